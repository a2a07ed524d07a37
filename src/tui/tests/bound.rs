//! Other keys than the table has.

use super::{Desk, WIDE, chatter, settings, story};
use crate::{
    config::Theme,
    tui::{KeyFault, Keymap, Settings, Themes, Told, errand::Errand},
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
    let mut desk = desk.tell(Told::Settings(Err("config.toml:3:5: unknown key `x`".to_owned())));
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
