//! Other keys than the table has.

use super::{Desk, NARROW, SMALL, WIDE, chatter, commands::stages, keys::STATES, settings, story};
use crate::{
    config::Theme,
    tui::{
        KeyFault, Keymap, Settings, Themes, Told,
        action::{Act, Action},
        errand::Errand,
        keymap::{Binding, Place, TABLE},
        state::Model,
    },
};

fn with(bindings: &[(&str, &[&str])]) -> Result<Keymap, Vec<KeyFault>> {
    let owned = |keys: &&[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    let bindings: Vec<(String, Vec<String>)> =
        bindings.iter().map(|(action, keys)| ((*action).to_owned(), owned(keys))).collect();
    Keymap::with(&bindings)
}

fn faults(bindings: &[(&str, &[&str])]) -> Vec<String> {
    let Err(faults) = with(bindings) else { return Vec::new() };
    faults.into_iter().map(|fault| fault.what).collect()
}

fn desk(bindings: &[(&str, &[&str])]) -> Desk {
    let settings = Settings { keymap: with(bindings).unwrap(), ..settings() };
    Desk::with(WIDE, settings, 40, chatter).tell(story::failed().told())
}

#[test]
fn another_key_does_it_and_the_old_one_does_not() {
    let zoomed = |keys: &str| desk(&[("zoom", &["F5", "Z"])]).keys(keys).model.zoom;
    assert!(zoomed("Z"));
    assert!(!zoomed("z"));
    let desk = desk(&[("retry", &["G"]), ("bottom", &["ctrl-e"])]).keys("G");
    assert!(desk.model.dialog.is_some());
}

#[test]
fn what_suspends_also_over_lists_is_bound_otherwise_too() {
    let asked = |keys: &str| {
        let bindings: &[(&str, &[&str])] = &[("suspend", &["ctrl-e"]), ("redraw", &["ctrl-z"])];
        let mut desk = desk(bindings).keys(keys);
        std::iter::from_fn(|| desk.model.errands.next())
            .any(|errand| matches!(errand, Errand::Lend(_)))
    };
    assert!(asked("<C-e>") && asked("?<C-e>") && asked("T<C-e>"));
    assert!(!asked("<C-z>") && !asked("?<C-z>"));
    assert!(!asked("O<tab><C-e>"), "in a text it is a key of the text");
}

#[test]
fn footer_help_and_texts_show_the_keys_that_hold() {
    let bindings: &[(&str, &[&str])] =
        &[("retry", &["G"]), ("bottom", &["ctrl-e"]), ("help", &["F9"]), ("look", &["ctrl-r"])];
    let screen = desk(bindings).screen();
    assert!(screen.contains(" G retry") && screen.contains(" F9 more"), "{screen}");
    assert!(
        !screen.contains(" T retry")
            && !screen.contains(" ? more")
            && !screen.contains(" T  retry"),
        "{screen}"
    );
    let settings = Settings { keymap: with(bindings).unwrap(), ..settings() };
    let mut fresh =
        Desk::with(WIDE, settings, 40, chatter).tell(Told::Did(Err("no route".to_owned())));
    assert!(fresh.screen().contains("NO PLAN: Ctrl-r tries again"), "{}", fresh.screen());
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    let check = |bindings: &[(&str, &[&str])], wanted: &[&str]| {
        assert_eq!(faults(bindings), wanted, "{bindings:?}");
    };
    check(&[("zoom", &["F5"]), ("search", &["ctrl-f"])], &[]);
    check(&[("zoo", &["F5"])], &["unknown action `zoo`"]);
    check(&[("zoom", &["F55", "alt-z"])], &["`F55` is not a key", "`alt-z` is not a key"]);
    check(&[("zoom", &["f"])], &["f is the key of `follow`, too"]);
    check(&[("zoom", &["F5"]), ("wrap", &["F5"])], &["F5 is the key of `zoom`, too"]);
    check(&[("zoom", &["F5", "F5"])], &["F5 stands here twice"]);
    check(&[("zoom", &[])], &["`zoom` would have no key"]);
    check(&[("deploy", &["d"])], &["`deploy` changes something on hosts: not on d"]);
    check(&[("deploy", &["F6"])], &["`deploy` changes something on hosts: not on F6"]);
    check(&[("deploy", &["ctrl-d"])], &["`deploy` changes something on hosts: not on Ctrl-d"]);
    check(&[("back", &["F5"])], &["`back` keeps its key"]);
    check(&[("interrupt", &["F5"])], &["`interrupt` keeps its key"]);
    check(&[("zoom", &["esc"])], &["Esc cannot mean anything else"]);
    check(&[("zoom", &["Ctrl-C"])], &["Ctrl-c cannot mean anything else"]);
}

#[test]
fn two_actions_can_change_their_keys_with_each_other() {
    assert!(with(&[("wrap", &["t"]), ("times", &["w"])]).is_ok());
    // Freed keys are free.
    assert!(with(&[("follow", &["F6"]), ("zoom", &["f"])]).is_ok());
}

#[test]
fn settings_that_are_read_again_hold_at_once_and_bad_ones_are_said() {
    let desk = desk(&[]);
    let again = Settings { keymap: with(&[("zoom", &["F5", "Z"])]).unwrap(), ..settings() };
    let mut desk = desk.tell(Told::Settings(Ok(Box::new(again)))).keys("Z");
    assert!(desk.model.zoom && desk.screen().contains("config.toml read again"));
    let mut desk =
        desk.tell(Told::Settings(Err(vec!["config.toml:3:5: unknown key `x`".to_owned()])));
    assert!(desk.screen().contains("config.toml:3:5: unknown key `x`"), "{}", desk.screen());
    assert!(!desk.keys("Z").model.zoom);
}

#[test]
fn a_pair_of_themes_that_is_read_again_asks_for_the_ground_again() {
    let pair = || Themes::ByGround { dark: Theme::default(), light: Theme::default() };
    let check = |themes, colour, wanted: usize| {
        let again = Settings { themes, colour, ..settings() };
        let mut desk = desk(&[]).tell(Told::Settings(Ok(Box::new(again))));
        let errands = std::iter::from_fn(|| desk.model.errands.next());
        assert_eq!(errands.filter(|errand| *errand == Errand::Ground).count(), wanted);
    };
    check(pair(), true, 1);
    check(pair(), false, 0);
    check(Themes::One(Theme::default()), true, 0);
}

/// Every key that can be bound otherwise, on a letter that stands for nothing by itself.
fn all_moved() -> Vec<(Action, String)> {
    let mut looks = ('а'..='я').chain('ա'..='ֆ');
    let mut acts = 'А'..='Я';
    let can_be = TABLE.iter().filter(|row| !row.keys.iter().any(|key| key.is_fixed()));
    let mut letter = |row: &Binding| {
        if row.place == Place::Acting { acts.next().unwrap() } else { looks.next().unwrap() }
    };
    can_be.map(|row| (row.action, letter(row).to_string())).collect()
}

fn moved_keymap() -> Keymap {
    let name = |action| TABLE.iter().find(|row| row.action == action).unwrap().name();
    let bindings: Vec<(String, Vec<String>)> =
        all_moved().into_iter().map(|(action, key)| (name(action), vec![key])).collect();
    Keymap::with(&bindings).unwrap()
}

/// Keys that the text of a screen names and that are not bound any more. In lists and in dialogs some
/// keys are what they are everywhere, and dialogs have letters of their own.
fn old_keys(model: &Model, screen: &str) -> Vec<String> {
    const SAME: [&str; 7] = ["Enter", "Tab", "Shift-Tab", "PgDn", "PgUp", "Ctrl-u", "Ctrl-o"];
    let listed = model.dialog.is_some()
        || model.picker.is_some()
        || model.stages.is_some()
        || model.palette.is_some()
        || model.help.is_some()
        || model.history.open
        || model.log.typing.is_some()
        || model.narrow.typing.is_some();
    let buttons = model.dialog.iter().flat_map(|dialog| &dialog.buttons);
    let own: Vec<String> = buttons.filter_map(|button| Some(button.key?.to_string())).collect();
    // An article, and a unit of time.
    let shown = screen.replace(" A ", " ").replace(" a ", " ").replace(" 10 s", " ");
    let shown = shown.replace("exit or Ctrl-d", "exit");
    let mut found = Vec::new();
    for row in TABLE.iter().filter(|row| !row.keys.iter().any(|key| key.is_fixed())) {
        let key = row.written;
        if own.iter().any(|own| own == key) || (listed && SAME.contains(&key)) {
            continue;
        }
        let hint = format!(" {key} {} ", row.label);
        let title = format!("┌ {key} ");
        let behind = format!("({key})");
        let is_word = key.chars().any(|c| c.is_ascii_alphabetic());
        // What was pressed is named, whatever it stands for.
        for line in shown.lines().filter(|line| !line.contains(" stands for nothing; ")) {
            let word = |word: &str| word.trim_matches([',', '.', ';', ':', '(', ')']) == key;
            let number = title.chars().any(|c| c.is_ascii_digit());
            let titled = number && (line.contains(&title) && !line.contains(&format!("{title}of")));
            let named = is_word && line.split_whitespace().any(word);
            if named || titled || line.contains(&hint) || (number && line.contains(&behind)) {
                found.push(format!("{key}: {line}"));
            }
        }
    }
    found
}

#[test]
fn no_text_names_a_key_that_is_bound_otherwise() {
    let keys = all_moved();
    let key = |action: Action| {
        keys.iter().find(|(of, _)| *of == action).map_or("", |(_, key)| key.as_str())
    };
    let act = |act| key(Action::Act(act));
    let mut pressed: Vec<String> = keys.iter().map(|(_, key)| key.clone()).collect();
    for combined in [
        format!("{0}{0}", key(Action::AllHosts)),
        format!("{0}{0}", key(Action::Choose)),
        format!("{}{}7", key(Action::Log), key(Action::Search)),
        format!("{}<ret>", act(Act::Rollback)),
        format!("{}<tab>7<esc>", act(Act::Edit)),
        format!("{}<tab>7<tab><tab><ret>", act(Act::Edit)),
        format!("{}<tab><tab><down><ret>", act(Act::Edit)),
        format!("{}<tab>7", act(Act::Skip)),
        format!("{}{}", key(Action::Choices), key(Action::Open)),
        format!("{}step<ret>", key(Action::Palette)),
        format!("{}break<ret>", key(Action::Palette)),
        format!("{}pause<ret>", key(Action::Palette)),
        format!("{}{}", key(Action::Runs), key(Action::Search)),
        format!("{}{}7<ret>", key(Action::Runs), key(Action::Search)),
        format!("{}<C-o>", act(Act::Deploy)),
        format!("{}{}", key(Action::Evidence), key(Action::Zoom)),
    ] {
        pressed.push(combined);
    }
    let mut named = std::collections::BTreeMap::new();
    for (name, told) in STATES {
        for (keys, size) in pressed.iter().zip([WIDE, NARROW, SMALL].iter().cycle()) {
            let settings = Settings { keymap: moved_keymap(), ..settings() };
            let mut desk = Desk::with(*size, settings, 40, chatter).tell_all(told()).keys(keys);
            let screen = desk.screen();
            for old in old_keys(&desk.model, &screen) {
                named.entry(old).or_insert_with(|| format!("{name}, {keys}"));
            }
        }
    }
    let settings = Settings { keymap: moved_keymap(), ..settings() };
    let mut desk = Desk::with(WIDE, settings, 40, chatter).tell(stages());
    let screen = desk.screen();
    for old in old_keys(&desk.model, &screen) {
        named.insert(old, "stages".to_owned());
    }
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn what_names_a_key_is_found() {
    let model = desk(&[]).model;
    for text in
        ["│ q leaves │", " T retry ", "see (4)", "┌ 4 Log ──", "press PgDn", "Ctrl-z: a shell"]
    {
        assert_eq!(old_keys(&model, text).len(), 1, "{text}");
    }
    assert_eq!(old_keys(&model, "1 host of 4: a step's q-and-a, 10 s ago"), Vec::<String>::new());
}
