//! A log that is read is not taken away by the run that goes on.

use super::{Desk, WIDE, story};
use crate::{
    model::Try,
    run::{Cause, Fact, Offer, Question},
    tui::{
        Told,
        action::{Act, Action},
        update::{Msg, Place, Spoken},
    },
};

/// The build has ended on both hosts, and the migration runs on a third.
fn went_on() -> Told {
    story::running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2).told()
}

fn title(desk: &mut Desk) -> String {
    let screen = desk.screen();
    let row = screen.lines().find(|row| row.contains(" 4 Log "));
    row.unwrap_or_else(|| panic!("{screen}")).to_owned()
}

#[test]
fn a_log_that_is_read_stays_while_the_run_goes_on() {
    // Scrolled; at the top; lines chosen; a pattern typed, or a filter; held in the scrolled log.
    for keys in ["4kkk", "4g", "4c", "4ckk", "4/", "4/module", "4&module", "4kkk/module 3<ret>"] {
        let desk = Desk::new(WIDE).tell(story::running().told()).keys(keys);
        let mut desk = desk.tell(went_on());
        let row = title(&mut desk);
        assert!(row.contains("Log web1 \u{203a} build"), "{keys}: {row}");
        assert!(row.contains("f goes on to migrate") && !row.contains("FOLLOW"), "{keys}: {row}");
        // What is chosen or typed is still that.
        assert_eq!(desk.model.log.choose.is_some(), keys.contains('c'), "{keys}");
        let typed = keys.contains(['/', '&']) && !keys.contains("<ret>");
        assert_eq!(desk.model.log.typing.is_some(), typed, "{keys}");
    }
}

#[test]
fn the_end_of_the_log_or_f_goes_on_with_the_step_that_runs() {
    for keys in ["G", "<end>", "f"] {
        let desk = Desk::new(WIDE).tell(story::running().told()).keys("4kkk");
        let mut desk = desk.tell(went_on());
        // One row further down, or all, is read still: it was not asked to go on.
        desk = desk.keys("<pgdn><pgdn><pgdn>");
        let row = title(&mut desk);
        assert!(row.contains("build") && !row.contains("FOLLOW"), "{row}");
        let mut desk = desk.keys(keys);
        let row = title(&mut desk);
        assert!(
            row.contains("Log db1 \u{203a} migrate") && row.contains("FOLLOW"),
            "{keys}: {row}"
        );
    }
    // Who is at the end all the time goes with the run.
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("4").tell(went_on());
    assert!(title(&mut desk).contains("Log db1 \u{203a} migrate"));
}

#[test]
fn what_is_still_looked_for_or_chosen_does_not_hold_the_log_back() {
    for keys in ["e", "c", "ckk", "/module 3<ret>", "n"] {
        let desk = Desk::new(WIDE).tell(story::running().told()).keys("4kkk/module 1<ret>");
        let desk = desk.burst(&format!("{keys}f"));
        let mut desk = desk.tell(went_on());
        let row = title(&mut desk);
        let follows = row.contains("Log db1 \u{203a} migrate") && row.contains("FOLLOW");
        assert!(follows, "{keys}: {row}");
    }
}

#[test]
fn another_attempt_does_not_replace_the_one_that_is_read() {
    let retried = || story::running().wait(3).end("build", 0, 1).start("build", 0);
    let desk = Desk::new(WIDE).tell(story::running().told()).keys("4kkk");
    let mut desk = desk.tell(retried().told());
    let row = title(&mut desk);
    assert!(row.contains("attempt 1, log 1 of 2"), "{row}");
    let mut desk = desk.keys("G");
    assert!(title(&mut desk).contains("attempt 2, log 2 of 2"), "{}", desk.screen());
}

#[test]
fn a_question_is_asked_beside_the_log_that_is_read() {
    let story = story::running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2);
    let node = story.node("migrate", 2);
    let question = Question { text: "Proceed? [y/N] ".into(), hidden: false };
    let story = story.then(Fact::Asks(Try { node, n: 1 }, 1, question.clone())).hold(
        node,
        Cause::Input(1, question),
        &[Offer::Answer, Offer::Abort],
    );
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("4kkk").tell(story.told());
    let screen = desk.screen();
    assert!(screen.contains("Log web1 \u{203a} build") && screen.contains("Proceed?"), "{screen}");
    let mut desk = desk.keys("G");
    assert!(title(&mut desk).contains("Log db1 \u{203a} migrate"), "{}", desk.screen());
}

#[test]
fn a_failure_opens_its_view_by_itself_all_the_same() {
    let desk = Desk::new(WIDE).tell(story::running().told()).keys("4kkk");
    let desk = desk.tell(story::failed().told());
    assert!(desk.model.failure.open);
    let desk = desk.keys("<esc>").tell(story::failed().told());
    assert!(!desk.model.failure.open);
}

#[test]
fn a_word_with_a_place_that_is_refused_moves_nothing() {
    let place = |row, column| Place { row, column };
    let host = place(Some(2), None);
    // No place; nothing asked; nothing that runs; no step; a host that is away no more.
    for (act, there) in [
        (Act::Deploy, host),
        (Act::Retry, host),
        (Act::Stop, host),
        (Act::Break, host),
        (Act::Exclude, place(None, Some(1))),
        (Act::Exclude, place(Some(1), None)),
    ] {
        for keys in ["", "1l", "4kkk"] {
            let gone = Fact::Excluded(crate::model::HostId(1), crate::run::Why::default());
            let told = story::running().then(gone).told();
            let mut desk = Desk::new(WIDE).tell(told).keys(keys);
            let stand = |desk: &Desk| {
                let (model, log) = (&desk.model, &desk.model.log);
                format!("{:?}", (model.cursor, model.focus, model.asked, log.pinned, log.stays))
            };
            let before = stand(&desk);
            desk.take(Msg::Spoken(Spoken::At(Action::Act(act), there)));
            assert_eq!(stand(&desk), before, "{act:?} {there:?}, {keys}");
            assert!(desk.model.dialog.is_none() && desk.model.line.is_some());
        }
    }
}
