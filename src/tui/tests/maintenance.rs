//! Turning maintenance on and off.

use super::{
    Desk, WIDE,
    outside::{check, done, idle},
    sites::{Sites, unprotected},
    story,
};
use crate::{
    run::{Fact, Verdict},
    tui::{Intent, Told, Wish, state::dialog::Focus},
};

#[test]
fn maintenance_is_turned_on_and_off() {
    let plain = || unprotected(idle());
    let on = "Do(Maintenance { on: true, reason: None, until: None })";
    let off = "Do(Maintenance { on: false, reason: None, until: None })";
    check(plain(), "M<down><ret>", &[on]);
    check(plain(), "M<ret>", &[]);
    check(plain(), "MMMMM", &[]);
    // What was typed is told as a time of its own: nobody reads "+20m" a second time.
    let whole = "Do(Maintenance { on: true, reason: Some(\"new prices\"), \
                 until: Some(\"2026-11-22T14:30:00Z\") })";
    check(plain(), "M<backtab><backtab>new prices<tab>14:30<tab><tab><ret>", &[whole]);
    check(plain(), "M<backtab>14:3<tab><tab><ret>", &[]);
    check(idle(), "M<tab><tab><tab><tab><tab><ret>", &[]);
    check(idle(), "M<tab>production<tab><tab><tab><tab><ret>", &[on]);
    let mine = || Sites::calm().raised("bob@laptop");
    check(unprotected(mine().idle()), "M<down><ret>", &[off]);
    let screen = Desk::new(WIDE).tell_all(unprotected(mine().idle())).keys("M").screen();
    assert!(screen.contains("[ Turn off ]") && screen.contains("[ Turn on anew ]"), "{screen}");
}

#[test]
fn a_page_that_nobody_probes_is_known_by_what_lies_there() {
    let raised = |reason: &str| {
        let mut sites = Sites::calm().raised("bob@laptop");
        sites.pages.clear();
        for (_, site) in &mut sites.hosts {
            if let Some(raised) = &mut site.raised {
                raised.reason = Some(reason.to_owned());
            }
        }
        unprotected(sites.idle())
    };
    let mut desk = Desk::new(WIDE).tell_all(raised("<b>new</b>\nback soon"));
    assert!(desk.screen().contains("MAINT raised, not probed until 14:30"), "{}", desk.screen());
    let screen = desk.keys("M").screen();
    assert!(screen.contains("[<b>new</b>↵back soon"), "{screen}");
    let at = |text: &str| screen.find(text).unwrap_or(usize::MAX);
    assert!(at("[ Turn off ]") < at("[ Turn on anew ]"), "{screen}");
    // What is not changed goes as it was.
    let desk = Desk::new(WIDE).tell_all(raised("a\nb")).keys("M<down><down><ret>");
    let reason = desk.wishes.iter().find_map(|wish| {
        let Wish::Do(Intent::Maintenance { reason, .. }) = wish else { return None };
        reason.clone()
    });
    assert_eq!(reason.as_deref(), Some("a\nb"));
}

#[test]
fn turning_off_what_another_turned_on_says_so_and_begins_on_cancel() {
    let cares = |told: Vec<Told>, why: &str| {
        let mut desk = Desk::new(WIDE).tell_all(told).keys("M");
        assert_eq!(desk.model.dialog.as_ref().unwrap().focus, Focus::Button(0));
        let screen = desk.screen();
        assert!(screen.contains(&format!("[ Turn off anyway ]  careful: {why}")), "{screen}");
        assert!(done(&desk.keys("<down><ret>")).is_empty());
    };
    cares(Sites::calm().raised("ana@desk").idle(), "ana@desk turned it on");
    let begun = Sites::calm().raised("bob@laptop").with(story::failed());
    cares(begun, "a schema change has begun");
    let closed = story::failed().then(Fact::Closed(Verdict::Failed));
    let ended = Sites::calm().raised("bob@laptop").with(closed);
    cares(ended, "a schema change did not end well");
    // Also when the next run is planned already.
    let closed = story::failed().then(Fact::Closed(Verdict::Aborted));
    let ended = Sites::calm().raised("bob@laptop").with(closed);
    let planned = unprotected(ended.into_iter().chain(story::ready()).collect());
    let screen = Desk::new(WIDE).tell_all(planned).keys("M").screen();
    let why = "[ Turn off anyway ]  careful: a schema change did not end well";
    assert!(screen.contains(why), "{screen}");
}
