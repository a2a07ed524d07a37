//! Files of the operator's own: what is wrong with them, what they mean, and whether the themes that come
//! along can be read by everybody.

use std::collections::BTreeMap;

use super::{Config, Find, Found, Notify, Theme, Tone, Wanted, shipped, theme, theme::ANSI};
use crate::{
    recipe::{
        Diagnostic,
        own::{self, Names},
    },
    text::{Color, Style},
};

fn rendered(found: &[Diagnostic]) -> String {
    found.iter().map(|problem| problem.render(false)).collect::<Vec<_>>().join("\n\n")
}

/// The theme `own` among these files, or all that is wrong.
fn made(files: &[(&str, &str)]) -> Result<Theme, String> {
    let files: BTreeMap<String, String> =
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let find = |name: &str| {
        let text = files.get(name)?.clone();
        Some(Ok(Found { shown: format!("themes/{name}.toml"), text }))
    };
    let find: Find<'_> = &find;
    let mut found = Vec::new();
    let made = theme("own", None, find, &mut found);
    match own::sorted(found) {
        Ok(_warnings) => Ok(made.unwrap()),
        Err(found) => Err(rendered(&found)),
    }
}

pub(super) fn coming_along(name: &str) -> Theme {
    let mut found = Vec::new();
    let made = theme(name, None, &|_| None, &mut found);
    assert!(found.is_empty(), "{}", rendered(&found));
    made.unwrap()
}

#[test]
fn every_fault_of_a_config_is_shown_where_it_stands() {
    let text = r#"
theem = "dark"
ascii = "yes"
mouse = 1
notifications = "belll"
editor = ""
dark = "light"

[keys]
search = ["ctrl-f", 3]
zoom = { key = "z" }
"#;
    let mut found = Vec::new();
    let config = Config::read("config.toml", text, &mut found);
    let found = own::sorted(found).unwrap_err();
    insta::assert_snapshot!(rendered(&found));
    assert!(!config.mouse);
}

#[test]
fn a_config_means_what_it_says() {
    let text = r#"
theme = { dark = "gruvbox-dark" }
ascii = false
mouse = true
notifications = "off"
editor = "vim -p"
[keys]
zoom = ["z", "F5"]
search = "ctrl-f"
"#;
    let mut found = Vec::new();
    let config = Config::read("config.toml", text, &mut found);
    assert!(found.is_empty(), "{}", rendered(&found));
    let Wanted::ByGround { dark: Some(dark), light: None } = config.theme else { panic!() };
    assert_eq!(dark.value, "gruvbox-dark");
    assert_eq!((config.ascii, config.mouse, config.notify), (Some(false), true, Notify::Off));
    assert_eq!((config.editor.as_deref(), config.pager), (Some("vim -p"), None));
    let keys: Vec<(String, usize)> =
        config.keys.iter().map(|one| (one.action.value.clone(), one.keys.len())).collect();
    assert_eq!(keys, [("zoom".to_owned(), 2), ("search".to_owned(), 1)]);
}

#[test]
fn nothing_said_is_the_default_and_auto_asks_for_the_ground() {
    let read = |text: &str| {
        let mut found = Vec::new();
        let config = Config::read("config.toml", text, &mut found);
        assert!(found.is_empty(), "{}", rendered(&found));
        config
    };
    let config = read("");
    assert!(matches!(config.theme, Wanted::Unsaid) && config.ascii.is_none() && !config.mouse);
    assert!(read("ascii = \"auto\"").ascii.is_none());
    let auto = read("theme = \"auto\"").theme;
    assert!(matches!(auto, Wanted::ByGround { dark: None, light: None }));
}

#[test]
fn every_fault_of_a_theme_is_shown_where_it_stands() {
    let own = r##"
inherits = "base"
[palette]
rot = "#ff00"
sand = "#d2b48c"
[styles]
ok = "sandd"
failed = { fg = "redd", bold = "yes" }
faild = "red"
text = { fg = "rot" }
[ansi]
red = "orange"
"##;
    let base = "[styles]\nwarn = \"yelow\"\n";
    insta::assert_snapshot!(made(&[("own", own), ("base", base)]).unwrap_err());
}

#[test]
fn a_theme_that_is_not_there_and_one_that_inherits_itself_are_refused() {
    let said = made(&[("own", "inherits = \"darkk\"\n")]).unwrap_err();
    insta::assert_snapshot!(said, @r#"
    error: there is no theme `darkk`
     --> themes/own.toml:1:12
      |
    1 | inherits = "darkk"
      |            ^^^^^^^
      |
      = hint: did you mean `dark`?
    "#);
    let circle = [("own", "inherits = \"other\"\n"), ("other", "inherits = \"own\"\n")];
    let said = made(&circle).unwrap_err();
    assert!(said.contains("the theme `own` inherits itself"), "{said}");
}

#[test]
fn a_theme_lies_over_the_one_that_it_inherits_with_its_colours() {
    let made = made(&[(
        "own",
        "inherits = \"dark\"\n[palette]\nred = \"#010203\"\n[styles]\nok = { bold = true, fg = \"default\" }\n",
    )]);
    let made = made.unwrap();
    let dark = coming_along("dark");
    assert_eq!(made.style(Tone::Failed).fg, Some(Color::Rgb(1, 2, 3)));
    assert_eq!(made.style(Tone::Ok), Style { bold: true, ..Style::default() });
    assert_eq!(made.style(Tone::Warn), dark.style(Tone::Warn));
    assert_eq!(made.file.as_deref(), Some("themes/own.toml"));
}

#[test]
fn a_theme_of_its_own_can_stand_before_the_one_of_its_name() {
    let find = |name: &str| {
        let text = "inherits = \"dark\"\n[styles]\nok = \"#f1f2f3\"\n".to_owned();
        (name == "dark").then(|| Ok(Found { shown: "themes/dark.toml".to_owned(), text }))
    };
    let mut found = Vec::new();
    let made = theme("dark", None, &find, &mut found).unwrap();
    assert!(found.is_empty(), "{}", rendered(&found));
    assert_eq!(made.style(Tone::Ok).fg, Some(Color::Rgb(0xf1, 0xf2, 0xf3)));
    assert_eq!(made.style(Tone::Failed), coming_along("dark").style(Tone::Failed));
}

#[test]
fn every_part_has_its_key_and_every_theme_its_line() {
    let parts: Vec<&str> = Tone::ALL.iter().map(|part| part.name()).collect();
    assert_eq!(parts, own::names(Names::Styles));
    for (number, part) in Tone::ALL.iter().enumerate() {
        assert_eq!(part.number(), number);
    }
    assert_eq!(own::names(Names::Ansi), ANSI);
    for (name, text) in shipped() {
        let theme = coming_along(name);
        assert!(!theme.about.is_empty() && text.starts_with('#'), "{name}");
        assert!(theme.file.is_none());
    }
    assert_eq!(Theme::default(), coming_along(super::DEFAULT_THEME));
}

#[test]
fn the_reference_is_as_the_tables_have_it() {
    insta::assert_snapshot!(super::reference());
}
