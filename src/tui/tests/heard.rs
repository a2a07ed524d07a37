//! The console as lines: what a typed line is taken for, and what it is not.

use super::{
    linear::{Ear, check, failed},
    outside::idle,
    sites::{BEFORE, NEWEST, OLDER, Sites},
    story,
};
use crate::{
    model::Pair,
    tui::{Intent, Told},
};

/// Two hosts whose releases are called so, the newest first.
fn called(names: &[&str]) -> Ear {
    let mut sites = Sites::calm();
    let known = sites.candidates.len();
    sites.candidates.truncate(names.len());
    assert!(known >= names.len());
    for (candidate, name) in sites.candidates.iter_mut().zip(names) {
        (candidate.name, candidate.refused) = ((*name).to_owned(), None);
    }
    Ear::new(sites.idle())
}

fn previewed(release: &str) -> Told {
    Told::Preview { of: Intent::rollback(release), lines: Vec::new(), plan: None }
}

/// Nobody knows how that release differs.
fn compared(release: &str) -> Told {
    let pair = Pair { from: NEWEST.to_owned(), to: release.to_owned() };
    Told::Compared(pair, Err("no host knows both".to_owned()))
}

#[test]
fn a_release_whose_name_is_a_number_is_chosen_by_its_name() {
    let asks = |ear: Ear, name: &str| {
        let ear = ear.tell(previewed(name)).tell(compared(name));
        assert!(ear.heard.contains(&format!("serves {name} again")), "{name}: {}", ear.heard);
    };
    let stamps = [NEWEST, BEFORE, OLDER];
    asks(called(&stamps).types(&["rollback", OLDER]), OLDER);
    asks(called(&stamps).types(&["rollback", "3"]), OLDER);
    asks(called(&stamps).types(&[BEFORE]), BEFORE);
    // A name that is the number of another one: no release has a number.
    let ear = called(&["5", "4", "3", "2", "1"]).types(&["rollback"]);
    assert!(!ear.heard.contains("1. 5"), "{}", ear.heard);
    check(
        "linear_names_are_numbers",
        &ear.types(&["9", "2"]).tell(previewed("2")).tell(compared("2")),
    );
}

#[test]
fn the_name_of_a_release_rolls_back_only_where_the_word_would() {
    let ear = Ear::new(idle()).tell(story::failed().told()).types(&["rollback", BEFORE]);
    assert!(!ear.heard.contains("Releases, the newest first"), "{}", ear.heard);
    assert_eq!(ear.heard.matches("rollback not now").count(), 2, "{}", ear.heard);
}

#[test]
fn a_command_that_was_kept_is_compared_changed_or_begun_anew() {
    let kept = || failed().types(&["edit", "HOURS=8 sh db/migrate up", "no", "edit"]);
    check("linear_kept_compared", &kept().types(&["1", "1", "yes"]));
    check("linear_kept_changed", &kept().types(&["HOURS=9 sh db/migrate up", "1", "yes"]));
    check("linear_kept_dropped", &kept().types(&["2", "1", ""]));
    let ear = kept().types(&["", "1"]);
    assert_eq!(ear.done(), [""; 0], "{}", ear.heard);
}

#[test]
fn a_word_of_the_console_is_no_reason_and_no_name() {
    for no in ["no", "status", "back", "quit", "Cancel"] {
        let ear = failed().types(&["mark fixed", no]);
        assert!(ear.heard.contains("nothing was done"), "{no}: {}", ear.heard);
        let ear = failed().types(&["edit", no]);
        assert!(ear.heard.contains("nothing was done"), "{no}: {}", ear.heard);
        let ear = Ear::new(idle()).types(&["maintenance", "production", no, "", "yes"]);
        assert_eq!(ear.done(), [""; 0], "{no}: {}", ear.heard);
    }
    check("linear_no_reason", &failed().types(&["mark fixed", "status", "skip", "no"]));
    // A program is answered with any word.
    let ear = Ear::new(vec![story::asking().told()]).types(&["answer", "no", "yes"]);
    assert_eq!(ear.done().len(), 1, "{}", ear.heard);
}

#[test]
fn an_interrupt_says_that_it_cancelled() {
    let mut ear = failed().types(&["mark fixed"]);
    ear.linear.interrupt();
    let ear = ear.listen();
    assert!(ear.heard.contains("Cancelled; nothing was done."), "{}", ear.heard);
}

#[test]
fn many_lines_at_once_are_asked_behind_once() {
    let ear = failed();
    let before = ear.heard.matches("What now? A number or a word:").count();
    let ear = ear.pastes(&["a", "b", "c", "d", "e"]);
    let after = ear.heard.matches("What now? A number or a word:").count();
    assert_eq!(after, before + 1, "{}", ear.heard);
}

#[test]
fn how_things_stand_is_said_in_whole_words() {
    check("linear_status", &Ear::new(idle()).types(&["status"]));
}

#[test]
fn the_choices_are_said_again_behind_the_commands() {
    check("linear_commands", &Ear::new(story::ready()).types(&["deploy", "commands"]));
}
