//! Going back to a release: which keys lead there, and what becomes of it.

use super::{
    Desk, WIDE,
    outside::{check, done, idle, previewed, refused},
    sites::{BAD, BEFORE, NEWEST, OLDER, Sites, unprotected},
    story::{self, at},
};
use crate::{
    model::Served,
    run::Fact,
    tui::{Intent, Told, Wish},
};

#[test]
fn a_rollback_is_picked_typed_and_confirmed() {
    let to = |release: &str, reason: Option<&str>| {
        let (release, reason) = (release.to_owned(), reason.map(str::to_owned));
        // What the operator was told goes with it.
        let both = ["web1", "web2"].map(str::to_owned).to_vec();
        let from = vec![(Served::Release(NEWEST.to_owned()), both)];
        format!("Do({:?})", Intent::Rollback { release, reason, from })
    };
    // The newest good one before the served is chosen at first.
    let typed = format!("R<ret><tab>{BEFORE}<ret><ret><tab><ret>");
    check(idle(), &typed, &[&to(BEFORE, None)]);
    let moved = format!("Rj<ret><tab>{OLDER}<tab>slow pages<tab><tab><ret>");
    check(idle(), &moved, &[&to(OLDER, Some("slow pages"))]);
    // From the pane of releases: the one that is chosen there.
    check(idle(), &format!("2jj<ret><ret><tab>{OLDER}<ret><ret><tab><ret>"), &[&to(OLDER, None)]);
    // Not without the whole name, nor without leaving Cancel.
    check(idle(), &format!("R<ret><tab>{}<ret><ret><tab><ret>", &BEFORE[..13]), &[]);
    check(idle(), &format!("R<ret><tab>{BEFORE}<ret><ret><ret>"), &[]);
    check(idle(), &format!("R<ret><tab>{BEFORE}<esc>"), &[]);
    check(unprotected(idle()), "R<ret><tab><tab><tab><tab><ret>", &[]);
    check(unprotected(idle()), &typed, &[&to(BEFORE, None)]);
    check(unprotected(idle()), "R<ret><ret>", &[]);
    check(unprotected(idle()), "RRRRRRDRSR", &[]);
    // A reason that is typed before the field has the keys presses nothing.
    check(unprotected(idle()), "R<ret>Rolled back: Slow<ret>", &[]);
    check(unprotected(idle()), "MTurned On, MAINTENANCE<ret>", &[]);
}

#[test]
fn what_is_refused_stays_in_the_list_and_says_why() {
    let mut desk = Desk::new(WIDE).tell_all(idle()).keys("Rjj<ret>");
    assert!(desk.model.dialog.is_none());
    let screen = desk.screen();
    assert!(screen.contains(&format!("{BAD} is not offered: it is marked bad")), "{screen}");
    assert!(!desk.wishes.iter().any(|wish| matches!(wish, Wish::Do(_))));
}

#[test]
fn pasted_text_is_no_confirmation() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys("R<ret><tab>").paste(BEFORE).paste("\n\t\n");
    assert!(done(&desk.keys("<ret><ret><tab><ret>")).is_empty());
    let desk = Desk::new(WIDE).tell_all(idle()).keys("R").paste("\n\n").paste("\t\n");
    assert!(done(&desk).is_empty());
}

#[test]
fn what_it_would_do_is_asked_once_and_shown_for_nothing_else() {
    let asked =
        |desk: &Desk| desk.wishes.iter().filter(|wish| matches!(wish, Wish::Preview(_))).count();
    let desk = Desk::new(WIDE).tell_all(idle()).keys("Rjkjkjkjkjk");
    assert_eq!(asked(&desk), 1);
    // The answer to what is no longer chosen is not shown; the next question follows it.
    let mut desk = desk.keys("j").tell(previewed(BEFORE));
    assert_eq!(asked(&desk), 2);
    assert!(!desk.screen().contains("typically 11s"), "{}", desk.screen());
    let mut desk = desk.tell(previewed(OLDER));
    assert!(desk.screen().contains(&format!("publish {OLDER}")), "{}", desk.screen());
    assert_eq!(asked(&desk), 2);
}

#[test]
fn a_rollback_becomes_a_run_like_any_other() {
    let after = || Sites::calm().with(story::done_ok());
    let typed = format!("R<ret><tab>{BEFORE}<ret><ret><tab><ret>");
    let mut plan = story::plan();
    plan.run = crate::model::RunId::new("20261122-140200", [9; 10]);
    plan.pipeline = "rollback".to_owned();
    let mut first = story::Story::opened().events.remove(0);
    first.fact = Fact::Opened(Box::new(plan.clone()));
    // The plan is told first, or not.
    let planned = vec![Told::Plan(Box::new(plan.clone())), Told::Events(vec![first.clone()])];
    for told in [vec![Told::Events(vec![first])], planned] {
        let over = Told::Over("over".to_owned());
        let desk = Desk::new(WIDE).tell_all(after()).tell(over).keys(&typed);
        assert_eq!(done(&desk).len(), 1);
        let mut desk = desk.tell_all(told);
        assert_eq!(desk.model.open_run().map(|run| &run.plan), Some(&plan));
        assert!(desk.model.sight.doing.is_none());
        assert!(desk.screen().contains("shop rollback"), "{}", desk.screen());
    }
}

#[test]
fn nobody_goes_back_by_what_was_served_before() {
    let told = std::iter::once(story::done_ok().told()).chain(Sites::calm().told(at(20)));
    refused(told.collect(), "R", "what is served has changed, and is looked at now");
}

/// A run that is just over: what is served has changed since it was looked at.
fn just_over() -> Desk {
    let told = std::iter::once(story::done_ok().told()).chain(Sites::calm().told(at(20)));
    Desk::new(WIDE).tell_all(told)
}

#[test]
fn the_picker_asked_for_too_early_opens_when_the_hosts_were_looked_at() {
    let mut desk = just_over().keys("R").tell(Told::Over("run 1 is over".to_owned()));
    // At every moment it is open, or still to come, and never on what was served before.
    for told in Sites::calm().told(at(58)) {
        assert!(desk.model.picker.is_none() && desk.model.sight.wanted);
        desk = desk.tell(told);
    }
    assert!(desk.model.picker.is_some() && !desk.model.sight.wanted, "{}", desk.screen());
    // A look of before that comes late opens nothing.
    let late = just_over().keys("R").tell_all(Sites::calm().told(at(21)));
    assert!(late.model.picker.is_none() && late.model.sight.wanted);
    let asked_no_more = just_over().keys("R<esc>").tell_all(Sites::calm().told(at(58)));
    assert!(asked_no_more.model.picker.is_none());
    // What the operator is at is not covered; it opens when that is left.
    let busy = just_over().keys("R?").tell_all(Sites::calm().told(at(58)));
    assert!(busy.model.picker.is_none());
    assert!(busy.keys("<esc>").model.picker.is_some());
}

#[test]
fn a_picker_that_goes_says_why() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys("R").tell(Told::Candidates(Vec::new()));
    let said = desk.model.line.as_ref().map_or("", |line| line.text.as_str());
    assert!(desk.model.picker.is_none() && said.contains("no release any more"), "{said}");
    // The first release of all: there is one to be listed, not none.
    let mut first = Sites::calm();
    first.candidates.clear();
    let told = std::iter::once(story::done_ok().told()).chain(first.told(at(20)));
    let mut desk = Desk::new(WIDE).tell_all(told).keys("R").tell_all(Sites::calm().told(at(58)));
    assert!(desk.model.picker.is_some(), "{}", desk.screen());
}
