//! What each state looks like, at both sizes.

use super::{Desk, NARROW, WIDE, settings, story};
use crate::{
    model::HostId,
    run::{Fact, LinkState, Mode},
    tui::{Prompt, PromptKind, Settings, Told},
};

/// One snapshot per size.
fn check(name: &str, told: fn() -> Vec<Told>, keys: &str) {
    for size in [WIDE, NARROW] {
        let mut desk = Desk::new(size).tell_all(told()).keys(keys);
        let name = format!("{name}_{}x{}", size.width, size.height);
        insta::assert_snapshot!(name, desk.screen());
    }
}

#[test]
fn nothing_told() {
    check("nothing", Vec::new, "");
}

#[test]
fn connecting() {
    check("connecting", story::connecting, "");
}

#[test]
fn ready() {
    check("ready", story::ready, "ll");
}

#[test]
fn running() {
    check("running", || vec![story::running().told()], "");
}

#[test]
fn paused() {
    let told = || {
        let story = story::running().wait(3).end("build", 0, 0).mode(Mode::Pause);
        vec![story.told()]
    };
    check("paused", told, "");
}

#[test]
fn breakpoint() {
    check("breakpoint", || vec![story::broken().told()], "");
}

#[test]
fn failed() {
    check("failed", || vec![story::failed().told()], "5j");
}

#[test]
fn failed_with_the_log_in_hand() {
    check("failed_log", || vec![story::failed().told()], "4");
}

#[test]
fn unknown_outcome() {
    check("unknown", || vec![story::unknown().told()], "");
}

#[test]
fn asking_for_input() {
    check("asking", || vec![story::asking().told()], "");
}

#[test]
fn link_lost() {
    let told = || {
        let down = LinkState::Down("no answer for 15 s".to_owned());
        vec![story::running().wait(2).then(Fact::Link(HostId(0), down)).wait(7).told()]
    };
    check("link_lost", told, "");
}

#[test]
fn done_ok() {
    check("done_ok", || vec![story::done_ok().told()], "");
}

#[test]
fn done_failed() {
    check("done_failed", || vec![story::done_failed().told()], "");
}

#[test]
fn undone() {
    check("undone", || vec![story::undone().told()], "");
}

#[test]
fn dialog_start() {
    check("dialog_start", story::ready, "D<tab>prod");
}

#[test]
fn dialog_retry() {
    check("dialog_retry", || vec![story::failed().told()], "T");
}

#[test]
fn dialog_skip() {
    check("dialog_skip", || vec![story::failed().told()], "K<tab>db1<tab>done by hand<tab><tab>");
}

#[test]
fn dialog_edit() {
    check("dialog_edit", || vec![story::failed().told()], "O<backtab><end><ret>echo done");
}

#[test]
fn dialog_unknown_as_done() {
    check("dialog_assume", || vec![story::unknown().told()], "F");
}

#[test]
fn dialog_abort() {
    check("dialog_abort", || vec![story::running().told()], "A");
}

#[test]
fn given_up_while_a_step_asks() {
    check("asking_given_up", || vec![story::asking_given_up().told()], "");
    check("dialog_abort_asking", || vec![story::asking().told()], "A");
    // It is given up already; what still can be done is to take back, or to stop.
    check("dialog_abort_given_up", || vec![story::asking_given_up().told()], "A");
}

#[test]
fn dialog_quit() {
    check("dialog_quit", || vec![story::running().told()], "<C-c><C-c>");
}

#[test]
fn dialog_input() {
    check("dialog_input", || vec![story::asking().told()], "I<tab>yes");
}

#[test]
fn dialog_prompt() {
    let told = || {
        let mut told = story::connecting();
        told.push(Told::Prompt(Prompt {
            id: 1,
            title: "Unknown host key of web2".to_owned(),
            lines: vec![
                "web2.example.com (10.0.3.12) shows a key that is not known here.".to_owned(),
                "SHA256:abcdef\x1b[2Jghi".to_owned(),
            ],
            kind: PromptKind::YesNo,
        }));
        told
    };
    check("dialog_prompt", told, "");
}

#[test]
fn help() {
    check("help", || vec![story::running().told()], "?retr");
    check("help_all", || vec![story::running().told()], "?");
}

#[test]
fn zoomed_log_with_times() {
    check("zoomed_log", || vec![story::running().told()], "4zt");
}

#[test]
fn ascii() {
    for (name, told) in [("running", story::running()), ("failed", story::failed())] {
        let settings = Settings { ascii: true, ..settings() };
        let mut desk = Desk::with(NARROW, settings, 40, super::chatter).tell(told.told());
        let screen = desk.screen();
        assert!(screen.is_ascii(), "{screen}");
        insta::assert_snapshot!(format!("ascii_{name}"), screen);
    }
}

#[test]
fn small_screens() {
    for (width, height) in [(79, 24), (60, 16)] {
        let mut desk = Desk::new(WIDE).tell(story::failed().told()).resize(width, height);
        insta::assert_snapshot!(format!("small_{width}x{height}"), desk.screen());
    }
}

#[test]
fn no_size_panics_and_a_larger_one_works_again() {
    let stories = [story::failed().told(), story::undone().told()];
    for told in stories {
        let desk = Desk::new(WIDE).tell(told).keys("K");
        desk.outlives_sizes();
    }
}

#[test]
fn where_rows_are_few_the_question_comes_first() {
    for (size, keys) in [(WIDE, "4"), (NARROW, "1"), (NARROW, "3"), (NARROW, "4")] {
        let screen = Desk::new(size).tell(story::asking().told()).keys(keys).screen();
        assert!(screen.contains("Really drop table"), "{keys}: {screen}");
        // No row is left empty while something of it is left out.
        let rows: Vec<&str> = screen.lines().collect();
        let asked = rows.iter().position(|row| row.contains("Really drop table")).unwrap();
        assert!(rows[asked + 1].contains('I'), "{keys}: {screen}");
    }
}
