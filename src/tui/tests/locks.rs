//! A stage that somebody else has, and a run that would bring nothing new: what is said before.

use super::{
    Desk, NARROW, WIDE,
    outside::{check, idle, refused},
    sites::{NEWEST, Sites, unprotected},
    story,
};
use crate::{
    model::{Lock, Released},
    tui::{Has, Intent, Told},
};

const BOTH: [(u16, u16); 2] = [(WIDE.width, WIDE.height), (NARROW.width, NARROW.height)];

fn locked() -> Sites {
    Sites::calm().locked("ana@desk", "deploy of shop")
}

fn previewed() -> Told {
    let of = Intent::Unlock { reason: String::new() };
    let lines = ["web1: ana@desk has it since 2026-11-22T13:50:00Z for deploy of shop"];
    Told::Preview { of, lines: lines.map(str::to_owned).to_vec(), plan: None }
}

#[test]
fn somebody_elses_lock_is_ended_with_a_reason() {
    for (width, height) in BOTH {
        let desk = Desk::new(WIDE).resize(width, height).tell_all(locked().idle()).keys("V");
        insta::assert_snapshot!(
            format!("dialog_unlock_{width}x{height}"),
            desk.tell(previewed()).screen()
        );
    }
    let ended = |reason: &str| format!("Do({:?})", Intent::Unlock { reason: reason.to_owned() });
    let plain = || unprotected(locked().idle());
    check(plain(), "V<tab>she is away<tab><tab><ret>", &[&ended("she is away")]);
    check(plain(), "V<tab><tab><ret>", &[]);
    check(plain(), "V<tab>she is away<tab><ret>", &[]);
    check(locked().idle(), "V<tab>she is away<tab><tab><ret>", &[]);
    check(locked().idle(), "V<tab>production<tab>away<tab><tab><ret>", &[&ended("away")]);
    refused(idle(), "V", "nobody else was seen to have the lock");
}

#[test]
fn somebody_elses_lock_is_said_in_the_header_and_before_each_run() {
    let mut free = Desk::new(WIDE).tell_all(idle());
    let mut desk = Desk::new(WIDE).tell_all(locked().idle());
    assert!(free.screen().contains("READY"), "{}", free.screen());
    let screen = desk.screen();
    assert!(screen.contains("LOCKED by ana@desk") && !screen.contains("READY"), "{screen}");
    for keys in ["D", "R<ret>"] {
        let screen = desk.keys(keys).screen();
        assert!(screen.contains("the stage is locked, and this is refused"), "{keys}\n{screen}");
        desk = Desk::new(WIDE).tell_all(locked().idle());
    }
}

/// A stage of steps alone, whose hosts are looked at for nothing but who has it.
fn plain(lock: Option<Lock>) -> Vec<Told> {
    let mut told = vec![Told::Has(Has { locks: true, ..Has::default() })];
    told.extend(unprotected(story::ready()));
    told.extend(held("web1", lock));
    told.extend(held("web2", None));
    told
}

fn held(host: &str, lock: Option<Lock>) -> [Told; 1] {
    [Told::Held { host: host.to_owned(), lock: lock.map(Box::new), at: story::at(48) }]
}

fn anas() -> Lock {
    Lock {
        run: "20261122-135000-zzzz".to_owned(),
        by: "ana@desk".to_owned(),
        at: story::at(-600),
        purpose: "deploy of shop".to_owned(),
    }
}

#[test]
fn a_lock_is_seen_where_there_are_no_releases() {
    let desk = |keys: &str| Desk::new(WIDE).tell_all(plain(Some(anas()))).keys(keys).screen();
    let screen = desk("");
    assert!(screen.contains("LOCKED by ana@desk") && !screen.contains("READY"), "{screen}");
    assert!(screen.contains("V take over"), "{screen}");
    let screen = desk("i");
    assert!(screen.contains("LOCK        ana@desk has it since 11m"), "{screen}");
    let screen = desk("D");
    assert!(screen.contains("the stage is locked, and this is refused"), "{screen}");
    assert!(screen.contains("Seen "), "{screen}");
    let told = || plain(Some(anas()));
    let ended = format!("Do({:?})", Intent::Unlock { reason: "away".to_owned() });
    check(told(), "V<tab>away<tab><tab><ret>", &[&ended]);
    check(told(), "r", &["Look"]);
    assert!(Desk::new(WIDE).tell_all(plain(None)).screen().contains("READY"));
}

#[test]
fn a_lock_that_comes_while_the_dialog_is_open_is_said_in_it() {
    let mut desk =
        Desk::new(WIDE).tell_all(plain(None)).keys("D").tell_all(held("web1", Some(anas())));
    let screen = desk.screen();
    assert!(screen.contains("changed while you looked: web1: locked by ana@desk"), "{screen}");
    assert!(screen.contains("the stage is locked, and this is refused"), "{screen}");
    let screen = desk.keys("<tab>").tell_all(held("web1", None)).screen();
    assert!(!screen.contains("is locked"), "{screen}");
}

#[test]
fn a_lock_that_is_gone_is_not_ended() {
    let desk = Desk::new(WIDE).tell_all(unprotected(locked().idle())).keys("V<tab>away");
    let desk = desk.tell_all(idle());
    assert!(desk.model.dialog.is_none());
    let desk = Desk::new(WIDE).tell_all(unprotected(locked().idle())).keys("V<tab>away");
    assert!(desk.tell(story::running().told()).model.dialog.is_none());
}

#[test]
fn a_page_that_stays_up_is_said_before_each_run() {
    for keys in ["D", "Rj<ret>"] {
        let mut desk = Desk::new(WIDE).tell_all(Sites::calm().raised("ana@desk").idle()).keys(keys);
        let screen = desk.screen();
        assert!(screen.contains("MIND   ana@desk has the maintenance page up since"), "{screen}");
        let free = Desk::new(WIDE).tell_all(idle()).keys(keys).screen();
        assert!(!free.contains("MIND"), "{free}");
    }
}

#[test]
fn a_schema_that_nobody_knows_of_is_not_called_safe() {
    let unlisted = vec!["migrate".to_owned()];
    let has = Has { releases: true, maintenance: true, locks: true, unlisted };
    let told = || Sites::calm().idle().into_iter().chain([Told::Has(has.clone())]);
    let mut known = Desk::new(WIDE).tell_all(Sites::calm().idle()).keys("Rj");
    assert!(known.screen().contains("no migration is recorded since"), "{}", known.screen());
    let mut desk = Desk::new(WIDE).tell_all(told()).keys("Rj");
    let screen = desk.screen();
    assert!(screen.contains("CARE: code only; whether the schema"), "{screen}");
    assert!(screen.contains("not known: migrate may change the schema"), "{screen}");
    let screen = desk.keys("<ret>").screen();
    assert!(screen.contains("MIND   not known: migrate may change the schema"), "{screen}");
}

#[test]
fn a_commit_that_is_served_already_is_said_before_the_run() {
    let starting = |served: &str| {
        let mut sites = Sites::calm();
        sites.candidates[0].revision = Some(served.to_owned());
        let mut plan = story::plan();
        plan.released = Some(Released {
            name: "20261122140000".to_owned(),
            revision: Some("a1b2c3d4e5".to_owned()),
            reference: Some("main".to_owned()),
            made: true,
            hosts: Vec::new(),
            rolled_back: Vec::new(),
            reason: None,
            lists: Vec::new(),
        });
        let told = sites.idle().into_iter().chain([Told::Plan(Box::new(plan))]);
        Desk::new(WIDE).tell_all(told).keys("D").screen()
    };
    let says = "Releases the commit a1b2c3d (main).";
    let again = format!("NOTHING NEW: web1, web2 serve that commit already, as {NEWEST}.");
    let (same, other) = (starting("a1b2c3d4e5"), starting("ffffffffff"));
    assert!(same.contains(says) && other.contains(says), "{other}");
    assert!(same.contains(&again) && !other.contains("NOTHING NEW"), "{same}");
}
