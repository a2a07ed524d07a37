//! Whatever is wished and not carried out: nothing on the screen waits for it any longer, and it is said.

use super::{
    Desk, WIDE,
    nav::{running, runs},
    outside::idle,
    picker::refused,
    story,
};
use crate::{
    run::{Command, Mode},
    tui::{Intent, Told, Wish, state::Model},
};

/// What on the screen waits to be answered.
fn waits(model: &Model) -> Vec<&'static str> {
    let sight = &model.sight;
    let waiting = [
        ("starting", model.starting),
        ("doing", sight.doing.is_some()),
        ("the next run", model.next.is_some()),
        ("looking", sight.glancing.is_some()),
        ("preview", sight.preview.asked.is_some()),
        ("difference", sight.differences.asked.is_some()),
        ("to read the difference", sight.differences.opening.is_some()),
        ("runs", model.history.asked.is_some()),
        ("past run", model.history.opening.is_some()),
    ];
    waiting.into_iter().filter(|(_, waits)| *waits).map(|(what, _)| what).collect()
}

#[test]
fn nothing_waits_for_what_is_not_carried_out() {
    let check = |told: Vec<Told>, keys: &str, wanted: &[&str]| {
        let desk = Desk::new(WIDE).tell_all(told);
        assert_eq!(waits(&desk.model), [""; 0], "before {keys}");
        let desk = desk.keys(keys);
        assert_eq!(waits(&desk.model), wanted, "{keys}");
        // What nobody pressed a key for is not said either: the dialog has the age of what it rests on.
        let unasked = |wish: &Wish| matches!(wish, Wish::Glance | Wish::Times);
        let silent = desk.wishes.iter().all(unasked);
        let mut desk = refused(desk);
        assert_eq!(waits(&desk.model), [""; 0], "{keys}");
        let said: Vec<_> = desk.model.said.newest().map(|line| line.text.clone()).collect();
        let said = said.iter().any(|line| line.contains("nobody drives it"));
        let screen = desk.screen();
        assert_eq!(said || screen.contains("nobody drives it"), !silent, "{keys}: {screen}");
        assert!(!screen.contains("looking…"), "{keys}: {screen}");
    };
    let over = || {
        let over = Told::Over("run a4dqob is over".to_owned());
        idle().into_iter().chain([story::done_ok().told(), over]).collect::<Vec<_>>()
    };
    check(idle(), "D<tab>production<tab><tab><ret>", &["starting", "looking"]);
    check(idle(), "D", &["looking"]);
    check(idle(), "M", &["looking", "preview"]);
    check(idle(), "r", &[]);
    check(over(), "D", &["the next run"]);
    check(idle(), "Rj", &["preview", "difference"]);
    check(idle(), "Rjd", &["preview", "difference", "to read the difference"]);
    check(running(), "o", &["runs"]);
    check(running(), "P", &[]);
    let desk = Desk::new(WIDE).tell_all(running()).keys("o").tell(runs(1)).keys("j<ret>");
    assert!(waits(&desk.model).contains(&"past run"));
    assert!(waits(&refused(desk).model).is_empty());
}

#[test]
fn what_is_not_carried_out_ends_the_waiting_for_nothing_else() {
    let all = ["starting", "doing", "the next run"];
    let check = |wish: Wish, ended: &str| {
        let mut desk = Desk::new(WIDE).tell_all(idle());
        let model = &mut desk.model;
        (model.starting, model.next) = (true, Some(Mode::Run));
        model.sight.doing = Some("the page".to_owned());
        let desk = desk.tell(wish.refused("too much waits").unwrap());
        let left: Vec<&str> = all.into_iter().filter(|it| *it != ended).collect();
        assert_eq!(waits(&desk.model), left, "{wish:?}");
        let said = desk.model.line.as_ref().map(|line| line.text.as_str());
        assert_eq!(said, Some("not done: too much waits"), "{wish:?}");
    };
    check(Wish::Start(Mode::Run), "starting");
    check(Wish::Do(Intent::maintenance(true)), "doing");
    check(Wish::Connect, "the next run");
    check(Wish::Without(vec!["web1".to_owned()]), "the next run");
    check(Wish::Command(Command::Mode(Mode::Pause)), "");
}
