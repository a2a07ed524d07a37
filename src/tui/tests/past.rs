//! Runs that there were: listed, read, and left again.

use super::{
    Desk, WIDE,
    nav::{failed, id, read, running, runs},
    outside::idle,
    story,
};
use crate::{
    run::Run,
    tui::{Told, Wish},
};

#[test]
fn a_past_run_is_read_and_left() {
    let opened = || {
        let desk = Desk::new(WIDE).tell_all(running()).keys("o").tell(runs(1));
        desk.keys("j<ret>").tell(read())
    };
    let mut desk = opened();
    assert_eq!(desk.wishes.last(), Some(&Wish::Past(id(2))));
    assert_eq!(desk.model.run().map(|run| &run.plan.run), Some(&id(2)));
    assert!(desk.screen().contains("PAST RUN"), "{}", desk.screen());
    // Nothing acts in it.
    let before = desk.wishes.len();
    let desk = desk.keys("DSCPBTOFKLXWVIUAMR!<ret>");
    assert_eq!(desk.wishes.len(), before, "{:?}", desk.wishes);
    assert!(desk.model.dialog.is_none());
    let desk = desk.keys("<esc>");
    let present = story::plan().run;
    assert_eq!(desk.model.run().map(|run| &run.plan.run), Some(&present));
    assert!(desk.model.past.is_none() && desk.model.open_run().is_some());
    // A second way out asks as the present does.
    let desk = opened().keys("<C-c>");
    assert!(desk.model.past.is_none() && desk.model.dialog.is_some() && !desk.model.quit);
    let desk = opened().keys("q");
    assert!(desk.model.past.is_none() && desk.model.dialog.is_some() && !desk.model.quit);
}

#[test]
fn what_happens_meanwhile_is_taken_in_and_announced() {
    let desk = Desk::new(WIDE).tell_all(running()).keys("o").tell(runs(1)).keys("j<ret>");
    let mut desk = desk.tell(read()).tell(story::failed().told());
    let screen = desk.screen();
    assert!(screen.contains("PAST RUN") && screen.contains("NOW: ✗"), "{screen}");
    assert_eq!(desk.model.run().map(|run| &run.plan.run), Some(&id(2)));
    let mut desk = desk.keys("<esc>");
    let failed = Run::fold(&story::failed().events).unwrap();
    assert_eq!(desk.model.run(), Some(&failed));
    assert!(desk.screen().contains("5 What now"), "{}", desk.screen());
}

#[test]
fn the_log_of_another_run_is_never_shown_for_this_one() {
    let desk = Desk::new(WIDE).tell_all(failed());
    let mut desk = desk.keys("o").tell(runs(1)).keys("j<ret>").tell(read());
    desk.look();
    assert!(desk.model.log.of.is_some());
    let desk = desk.keys("<esc>");
    assert_eq!(desk.model.log.of, None, "its reader is begun anew");
}

#[test]
fn answers_to_questions_that_are_over_are_let_go() {
    // An older list does not mix with a newer one, and a run that is no longer wanted does not open.
    let desk = Desk::new(WIDE).tell_all(idle()).keys("orr").tell(runs(1));
    assert!(desk.model.history.rows.is_empty());
    let desk = desk.tell(runs(3));
    assert_eq!(desk.model.history.rows.len(), 4);
    let desk = desk.tell(read());
    assert!(desk.model.past.is_none());
}

#[test]
fn older_runs_are_read_on_demand() {
    let Told::Runs { rows, .. } = runs(1) else { panic!("rows") };
    let more = Told::Runs { asked: 1, rows, end: Some(Ok(true)) };
    let desk = Desk::new(WIDE).tell_all(idle()).keys("o").tell(more).keys("aGG");
    let asked: Vec<String> = desk.wishes().into_iter().filter(|it| it.contains("Runs")).collect();
    assert_eq!(asked, ["Runs(1, from 0)", "Runs(2, from 4)"]);
}
