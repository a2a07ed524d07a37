//! What was said in the last line: nothing covers what is worse before it can be read, and all of it can
//! be found again. And the tabs of small screens, what was typed into the palette, what follows an answer.

use super::{Desk, WIDE, nav::failed, outside::idle, story};
use crate::{
    model::HostId,
    run::{Fact, LinkState, Run, Who},
    tui::{
        Told, action::Action, keymap::TABLE, notice::Progress, state::dialog::Deed, told::Returned,
        update::Msg, view, words,
    },
};

fn shown(desk: &Desk) -> &str {
    desk.model.line.as_ref().map_or("", |line| line.text.as_str())
}

fn lost() -> Told {
    let said = "shell on web1 left (link lost)".to_owned();
    Told::Back(Returned { said, well: false, touched: false })
}

#[test]
fn what_is_worse_stays_until_a_key_or_a_while() {
    let note = || Told::Note("web1 is connected".to_owned());
    let mut desk = Desk::new(WIDE).tell_all(idle()).tell(lost()).tell(note());
    assert_eq!(shown(&desk), "shell on web1 left (link lost)");
    assert!(desk.model.ticks(), "what was not to cover it is shown later");
    desk.model.now += jiff::SignedDuration::from_secs(9);
    desk.take(Msg::Second);
    assert_eq!(shown(&desk), "web1 is connected");
    let desk = Desk::new(WIDE).tell_all(idle()).tell(lost()).keys("j").tell(note());
    assert_eq!(shown(&desk), "web1 is connected");
    // Of two that matter the newer is shown.
    let worse = Told::Did(Err("no".to_owned()));
    let desk = Desk::new(WIDE).tell_all(idle()).tell(lost()).tell(worse);
    assert_eq!(shown(&desk), "not done: no");
}

#[test]
fn what_is_over_is_driven_by_nobody_and_that_is_not_said() {
    let watched = |by: Option<&str>| Told::Watching(by.map(str::to_owned));
    let of_another =
        |story: story::Story| Desk::new(WIDE).tell(watched(Some("bob@vm 42"))).tell(story.told());
    let gone = of_another(story::running()).tell(watched(None));
    assert!(shown(&gone).starts_with("nobody drives the run any more"), "{}", shown(&gone));
    let over = || Told::Over("run a4dqob is over".to_owned());
    let closed = of_another(story::done_failed()).tell(over()).tell(watched(None));
    assert_eq!(shown(&closed), "run a4dqob is over");
}

#[test]
fn how_a_run_that_nobody_drives_goes_on_is_seen_by_nobody() {
    let watched = |by: Option<&str>| Told::Watching(by.map(str::to_owned));
    let facts = story::running;
    for (facts, header) in [
        (story::running as fn() -> story::Story, "OPEN, goes no further"),
        (story::undoing, "UNDOING, goes no further"),
    ] {
        let before = Desk::new(WIDE).tell(watched(Some("bob@vm 42"))).tell(facts().told());
        let left = Desk::new(WIDE).tell(watched(None)).tell(facts().told());
        for mut desk in [before.tell(watched(None)), left] {
            let screen = desk.screen();
            for says in [header, "hosts 0/3", "unknown", "(nobody drives the run)"] {
                assert!(screen.contains(says), "{says}\n{screen}");
            }
            assert!(!screen.contains("running") && !screen.contains("eta"), "{screen}");
            // Nor does anything turn outside of the screen.
            let title = view::title(&desk.model);
            assert!(title.starts_with('\u{2016}'), "{title}");
            let progress = words::progress(&desk.model);
            assert!(matches!(progress, Progress::Waiting(_)), "{progress:?}");
        }
        let mut up = Desk::new(WIDE).tell(Told::TakesUp).tell(facts().told());
        assert!(up.screen().contains("TAKING UP"), "{}", up.screen());
    }
    // Until somebody takes it up; who did so before is of no account.
    let taken = |by: &str| Fact::Taken(Who(by.to_owned()));
    let left = facts().then(taken("bob@vm 42"));
    let before = left.events.len();
    let up = left.then(taken("li@desk 7"));
    let up = (0..3).fold(up, |up, host| up.then(Fact::Link(HostId(host), LinkState::Up)));
    let (left, up) = up.events.split_at(before);
    for (first, header) in [(watched(None), "OPEN, goes no further"), (Told::TakesUp, "TAKING UP")]
    {
        let mut desk = Desk::new(WIDE).tell(first).tell(Told::Events(left.to_vec()));
        assert!(desk.screen().contains(header), "{}", desk.screen());
        desk = desk.tell(Told::Events(up.to_vec()));
        assert!(!desk.model.is_undriven() && desk.screen().contains("hosts 3/3"));
    }
    // That it was taken up may be among what was lost on the way.
    let all = [left, up].concat();
    let (lost, rest) = all.split_at(all.len() - 1);
    let whole = Told::Whole(Box::new(Run::fold(lost).unwrap()));
    let desk = Desk::new(WIDE).tell(Told::TakesUp).tell(Told::Events(left.to_vec())).tell(whole);
    assert!(!desk.model.is_undriven());
    let mut desk = desk.tell(Told::Events(rest.to_vec()));
    let screen = desk.screen();
    assert!(!screen.contains("TAKING UP") && screen.contains("hosts 3/3"), "{screen}");
    // Nor by a console that cannot drive it any more.
    let over = Told::Over("cannot go on: the disk is full".to_owned());
    let mut over = Desk::new(WIDE).tell(facts().told()).tell(over);
    assert!(over.screen().contains("hosts 0/3"), "{}", over.screen());
}

#[test]
fn nothing_is_done_while_a_run_is_being_taken_up() {
    let left = || story::running().mode(crate::run::Mode::Pause);
    let story = || [story::running(), left(), story::failed(), story::broken(), story::undoing()];
    let why = "the run is being taken up; its hosts are asked first";
    for binding in TABLE.iter().filter(|binding| matches!(binding.action, Action::Act(_))) {
        let key = binding.written.chars().next().unwrap();
        for story in story() {
            let desk = Desk::new(WIDE).tell(Told::TakesUp).tell(story.told());
            let desk = desk.keys(&key.to_string());
            assert_eq!(desk.wishes(), [""; 0], "{key}");
            assert_eq!(shown(&desk), format!("{key} not now: {why}"));
        }
    }
    // Leaving offers nothing that would be done, either.
    let desk = Desk::new(WIDE).tell(Told::TakesUp).tell(story::running().told()).keys("q");
    let buttons = &desk.model.dialog.as_ref().unwrap().buttons;
    assert!(buttons.iter().all(|it| matches!(it.deed, Deed::Nothing | Deed::Detach)));
    // Once it is, it may be let go on.
    let up = left().then(Fact::Taken(Who("li@desk 7".to_owned())));
    let (before, taken) = up.events.split_at(left().events.len());
    let desk = Desk::new(WIDE).tell(Told::TakesUp).tell(Told::Events(before.to_vec())).keys("C");
    assert!(desk.model.dialog.is_none());
    let desk = desk.tell(Told::Events(taken.to_vec())).keys("C");
    assert!(desk.model.dialog.is_some(), "{}", shown(&desk));
}

#[test]
fn that_it_is_over_is_said_beside_a_key_that_did_nothing() {
    let over = Told::Over("run a4dqob is over".to_owned());
    let desk = Desk::new(WIDE).tell(story::done_ok().told()).keys("T").tell(over);
    assert_eq!(shown(&desk), "run a4dqob is over");
}

#[test]
fn all_that_was_said_is_found_again() {
    let note = Told::Note("web1 is connected".to_owned());
    let mut desk = Desk::new(WIDE).tell_all(idle()).tell(lost()).tell(note).keys(":messag<ret>");
    let screen = desk.screen();
    let at = |text: &str| screen.find(text).unwrap_or_else(|| panic!("{text}\n{screen}"));
    assert!(at("web1 is connected") < at("shell on web1 left (link lost)"), "{screen}");
    assert!(at("What was said") < at("db1 is ready"));
    assert!(desk.keys("<esc>").model.sheet.is_none());
}

#[test]
fn all_that_is_wrong_with_the_configuration_can_be_read() {
    let wrong = [3, 5, 9].map(|line| format!("config.toml:{line}:1: unknown key `x{line}`"));
    let told = Told::Settings(Err(wrong.to_vec()));
    let mut desk = Desk::new(WIDE).tell_all(idle()).tell(told).keys(":messag<ret>");
    assert_eq!(shown(&desk), format!("the old one holds: {} (and 2 more: F3)", wrong[0]));
    let screen = desk.screen();
    let at = |text: &str| screen.find(text).unwrap_or_else(|| panic!("{text}\n{screen}"));
    assert!(at(&wrong[0]) < at(&wrong[1]) && at(&wrong[1]) < at(&wrong[2]), "{screen}");
}

#[test]
fn panes_without_room_are_named() {
    let screen = |told: Vec<Told>, width, height, keys: &str| {
        Desk::new(WIDE).resize(width, height).tell_all(told).keys(keys).screen()
    };
    let small = screen(idle(), 60, 16, "");
    assert!(small.contains(" 1 hosts  2 releases  3 steps  4 log "), "{small}");
    let zoomed = screen(story::ready(), 120, 36, "z");
    assert!(zoomed.contains(" 1 hosts  3 steps  4 log "), "{zoomed}");
    // Where several have room, those that have none are named, too.
    for (width, height) in [(80, 24), (100, 20)] {
        let stacked = screen(idle(), width, height, "");
        assert!(stacked.contains(" 1 hosts  2 releases  3 steps  4 log "), "{stacked}");
    }
    assert!(!screen(idle(), 120, 36, "").contains(" 3 steps  4 log "));
    for keys in ["", "3", "4", "5"] {
        let failed = screen(failed(), 60, 16, keys);
        assert!(failed.contains(" 1 failure  3 done and not done  4 log  5 what now "), "{failed}");
    }
    assert!(screen(failed(), 80, 24, "").contains("5 what now  Esc overview "));
}

#[test]
fn what_comes_of_the_chosen_answer_is_read_whole() {
    for (width, height) in [(60, 16), (70, 16), (80, 24), (120, 36)] {
        let consequences = [
            "runs the same command once more",
            "changes the command for this run only",
            "goes on: you did it by hand",
            "goes on without it, ends as failed",
            "goes on without this host",
            "takes back what was done, last first",
            "gives up; asks which way",
        ];
        for (downs, consequence) in consequences.into_iter().enumerate() {
            let keys = format!("5{}", "j".repeat(downs));
            let desk = Desk::new(WIDE).resize(width, height).tell_all(failed());
            let screen = desk.keys(&keys).screen();
            assert!(screen.contains(consequence), "{width}x{height}\n{screen}");
        }
    }
}

#[test]
fn what_was_typed_into_the_palette_comes_back() {
    let typed = |desk: &Desk| desk.model.palette.as_ref().map(|it| it.typed.clone()).unwrap();
    let desk = Desk::new(WIDE).tell_all(idle()).keys(":host web1<ret>:step build<ret>:");
    assert_eq!(typed(&desk), "");
    let desk = desk.keys("<up>");
    assert_eq!(typed(&desk), "step build");
    let desk = desk.keys("<up><up><up>");
    assert_eq!(typed(&desk), "host web1");
    let desk = desk.keys("<down>");
    assert_eq!(typed(&desk), "step build");
    let desk = desk.keys("<down>");
    assert_eq!(typed(&desk), "");
    // What is typed is no longer what was: Up is among the entries again.
    let desk = desk.keys("s<up>");
    assert_eq!(typed(&desk), "s");
}
