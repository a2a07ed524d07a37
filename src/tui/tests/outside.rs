//! What lies outside of a run, releases, what is served and the page: how it is shown.

use super::{
    Desk, NARROW, WIDE, settings,
    sites::{BEFORE, NEWEST, OLDER, Sites, difference, unprotected},
    story::{self, at},
};
use crate::{
    model::{Between, Commits, HostId, Maintenance, Pair, Released, Served},
    run::{Fact, Mode, Verdict},
    tui::{HostState, Intent, Settings, Told, Wish},
};

/// One snapshot per size.
fn shown(name: &str, told: fn() -> Vec<Told>, keys: &str, sizes: &[(u16, u16)]) {
    for (width, height) in sizes {
        let mut desk = Desk::new(WIDE).resize(*width, *height).tell_all(told()).keys(keys);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), desk.screen());
    }
}

const BOTH: [(u16, u16); 2] = [(WIDE.width, WIDE.height), (NARROW.width, NARROW.height)];
const ALL: [(u16, u16); 3] = [BOTH[0], BOTH[1], (60, 16)];

pub(super) fn idle() -> Vec<Told> {
    Sites::calm().idle()
}

pub(super) fn previewed(release: &str) -> Told {
    let of = Intent::rollback(release);
    let lines = vec![
        format!("publish {release} on web1, web2; then restart and verify"),
        "typically 11s (last 5: 9 10 11 11 14 s)".to_owned(),
    ];
    Told::Preview { of, lines, plan: None }
}

/// What it does, not what it asks.
pub(super) fn done(desk: &Desk) -> Vec<String> {
    let asks = |wish: &&Wish| {
        !matches!(wish, Wish::Preview(_) | Wish::Compare(_) | Wish::Glance | Wish::Times)
    };
    desk.wishes.iter().filter(asks).map(|wish| without_sight(&format!("{wish:?}"))).collect()
}

/// Without what the operator believed of the page, which has a test of its own.
fn without_sight(wish: &str) -> String {
    match wish.split_once(", from: {") {
        Some((before, _)) if wish.starts_with("Do(Maintenance") => format!("{before} }})"),
        Some(_) | None => wish.to_owned(),
    }
}

pub(super) fn check(told: Vec<Told>, keys: &str, wanted: &[&str]) {
    assert_eq!(done(&Desk::new(WIDE).tell_all(told).keys(keys)), wanted, "{keys}");
}

/// What the last line says after keys that do nothing.
pub(super) fn refused(told: Vec<Told>, keys: &str, why: &str) {
    let desk = Desk::new(WIDE).tell_all(told).keys(keys);
    let said = desk.model.line.as_ref().map_or("", |line| line.text.as_str());
    assert!(said.contains(why), "{keys}: {said}");
    assert!(desk.model.dialog.is_none() && desk.model.picker.is_none(), "{keys}");
    assert!(done(&desk).is_empty(), "{keys}");
}

#[test]
fn overview() {
    shown("overview_idle", idle, "", &BOTH);
    shown("overview_releases", idle, "2jj", &ALL);
    shown("overview_steps", idle, "3", &[BOTH[1]]);
    shown("overview_running", || Sites::calm().with(story::running()), "", &BOTH);
    shown("overview_failed", || Sites::calm().with(story::failed()), "2", &BOTH);
}

#[test]
fn overview_of_hosts_that_differ() {
    let told = || {
        let dangling = Served::Dangling("releases/gone".to_owned());
        Sites::calm().serving(1, Served::Release(BEFORE.to_owned())).serving(0, dangling).idle()
    };
    shown("overview_broken", told, "2j", &BOTH);
    let two = || Sites::calm().serving(1, Served::Release(BEFORE.to_owned())).idle();
    shown("overview_differ", two, "", &BOTH);
    shown("picker_differ", two, "R", &[BOTH[1]]);
}

#[test]
fn overview_of_what_is_on_unknown_and_locked() {
    let on = || Sites::calm().raised("ana@desk").locked("ana@desk", "deploy of main").idle();
    shown("overview_on", on, "", &BOTH);
    let unknown = || {
        let refused = Maintenance::Unknown("connection refused by 127.0.0.1:80".to_owned());
        Sites::calm().page(1, refused).idle()
    };
    shown("overview_unknown", unknown, "", &BOTH);
}

#[test]
fn why_it_is_not_known_what_visitors_get_pushes_nothing_out() {
    let why = "the host cannot connect to it: Connect failed";
    let told = || Sites::calm().page(1, Maintenance::Unknown(why.to_owned())).idle();
    let header = |width| {
        let mut desk = Desk::new(WIDE).resize(width, 36).tell_all(told());
        desk.screen().lines().next().unwrap_or_default().to_owned()
    };
    let (wide, wider) = (header(120), header(200));
    for part in ["a1b2c3d", "deploy", "MAINT ? web2, seen", "hosts 3/3", "14:01:00"] {
        assert!(wide.contains(part), "{part}: {wide}");
    }
    assert!(!wide.contains(why) && wider.contains(why), "{wide}\n{wider}");
}

#[test]
fn overview_after_the_run() {
    let told = || {
        let mut now = Sites::calm();
        let mut newest = now.candidates[0].clone();
        newest.name = "20261122140000".to_owned();
        newest.at = Some(at(2));
        now.candidates[0].refused = None;
        now.candidates.insert(0, newest);
        for host in [0, 1] {
            now = now.serving(host, Served::Release("20261122140000".to_owned()));
            now.hosts[host].1.previous = Some(NEWEST.to_owned());
        }
        let over = Told::Over("run a4dqob is over".to_owned());
        let mut told: Vec<Told> = Sites::calm().with(story::done_ok());
        told.push(over);
        told.into_iter().chain(now.told(at(58))).collect()
    };
    shown("overview_after", told, "", &BOTH);
}

#[test]
fn picker() {
    let told = || idle().into_iter().chain([previewed(BEFORE)]).collect();
    shown("picker", told, "R", &ALL);
    shown("picker_refused", idle, "Rjj", &BOTH);
    shown("picker_partly", idle, "RGk", &[BOTH[1]]);
}

#[test]
fn rollback_dialog() {
    let told = || idle().into_iter().chain([previewed(BEFORE)]).collect::<Vec<_>>();
    for (width, height) in ALL {
        let desk = Desk::new(WIDE).resize(width, height).tell_all(told()).keys("R<ret>");
        let mut desk = desk.tell(previewed(BEFORE)).keys(&format!("<tab>{}", &BEFORE[..9]));
        insta::assert_snapshot!(format!("dialog_rollback_{width}x{height}"), desk.screen());
    }
}

#[test]
fn maintenance_dialog() {
    shown("dialog_maintenance", || unprotected(idle()), "M", &[BOTH[0]]);
    shown("dialog_maintenance_until", idle, "M<tab>production<tab>prices<tab>+20m", &ALL);
    shown("dialog_maintenance_no_time", idle, "M<tab>production<tab><tab>25:00", &[BOTH[1]]);
    let on = || Sites::calm().raised("ana@desk").idle();
    shown("dialog_maintenance_off", on, "M", &ALL);
    let begun = || Sites::calm().raised("bob@laptop").with(story::failed());
    shown("dialog_maintenance_schema", begun, "M", &BOTH);
}

#[test]
fn ascii_alone() {
    let settings = || Settings { ascii: true, seven_bit: true, ..settings() };
    for (name, keys) in [("overview", "2"), ("picker", "R"), ("maintenance", "M")] {
        let mut desk =
            Desk::with(NARROW, settings(), 40, super::chatter).tell_all(idle()).keys(keys);
        let screen = desk.screen();
        assert!(screen.is_ascii(), "{screen}");
        insta::assert_snapshot!(format!("ascii_{name}"), screen);
    }
    // Also what hosts say: where nothing is read as UTF-8, a byte of it may be an 8-bit control.
    let raised = || Sites::calm().raised("zo\u{eb}\u{35b}@\u{65e5}\u{672c}").idle();
    let mut desk = Desk::with(NARROW, settings(), 40, super::chatter).tell_all(raised()).keys("M");
    let screen = desk.screen();
    assert!(screen.contains("zo?@????") && screen.is_ascii(), "{screen}");
    assert!(crate::tui::view::title(&desk.model).is_ascii());
}

#[test]
fn the_release_of_a_run_and_what_is_served_are_told_apart() {
    let head = |served: [&str; 2], over: bool| {
        let mut plan = story::plan();
        plan.released = Some(Released {
            name: NEWEST.to_owned(),
            revision: Some("abcdef0123456789".to_owned()),
            reference: None,
            made: true,
            hosts: vec![HostId(0), HostId(1)],
            rolled_back: Vec::new(),
            reason: None,
            lists: Vec::new(),
        });
        let [one, two] = served.map(|served| Served::Release(served.to_owned()));
        let sites = Sites::calm().serving(0, one).serving(1, two);
        let opened = story::Story::of(plan).then(Fact::Mode(Mode::Run));
        let story = if over { opened.then(Fact::Closed(Verdict::Ok)) } else { opened };
        let mut desk = Desk::new(WIDE).resize(200, 36).tell_all(sites.with(story));
        desk.screen().lines().next().unwrap_or_default().to_owned()
    };
    let check = |served, over, words: &str| {
        let head = head(served, over);
        assert!(head.contains(&format!(" deploy  {words} ")), "{words}: {head}");
    };
    check([BEFORE, BEFORE], false, &format!("{NEWEST} abcdef0  serves {BEFORE} 9f8e7d6"));
    check([BEFORE, NEWEST], false, &format!("{NEWEST} abcdef0  ▲ 2 hosts serve 2 releases"));
    check([NEWEST, NEWEST], false, &format!("{NEWEST} a1b2c3d"));
    check([NEWEST, NEWEST], true, &format!("{NEWEST} a1b2c3d"));
    // Somebody else went back.
    check([BEFORE, BEFORE], true, &format!("{NEWEST} abcdef0  now serves {BEFORE} 9f8e7d6"));
}

#[test]
fn a_dialog_that_is_no_longer_true_is_not_pressed() {
    // Someone else deployed meanwhile.
    let desk = Desk::new(WIDE).tell_all(unprotected(idle())).keys("R<ret><down>");
    let newer = Sites::calm().serving(0, Served::Release(OLDER.to_owned())).told(at(59));
    let desk = desk.tell_all(newer);
    assert!(desk.model.dialog.is_none() && desk.model.picker.is_some());
    let said = desk.model.line.as_ref().map_or("", |line| line.text.as_str());
    assert_eq!(said, format!("nothing was sent: web1 serves {OLDER} now, not {NEWEST}"));
    assert!(done(&desk.keys("<ret>")).is_empty());
    // The schema change began while the question was on the screen.
    let told = Sites::calm().raised("bob@laptop").with(story::running());
    let desk = Desk::new(WIDE).tell_all(told).keys("M<tab>production<ret><ret><ret><tab>");
    let mut desk = desk.tell(story::failed().told());
    assert!(desk.screen().contains("read it again"), "{}", desk.screen());
    assert!(done(&desk.keys("<ret>")).is_empty());
}

#[test]
fn keys_that_do_nothing_say_why() {
    refused(Vec::new(), "R", "there is no plan yet");
    refused(story::ready(), "R", "this recipe has no releases");
    refused(story::ready(), "M", "this recipe has no maintenance page");
    refused(story::ready(), "2", "this recipe has no releases");
    let connecting = || story::connecting().into_iter().chain(Sites::calm().told(at(48)));
    refused(connecting().collect(), "R", "web2 is not connected yet");
    refused(connecting().collect(), "M", "web2 is not connected yet");
    refused(Sites::calm().with(story::running()), "R", "a run is open that is not over");
    let mut empty = Sites::calm();
    empty.candidates.clear();
    refused(empty.idle(), "R", "no host has a release yet");
    // One thing at a time.
    let keys = "M<down><ret>";
    let mut desk = Desk::new(WIDE).tell_all(unprotected(idle())).keys(keys);
    assert!(desk.screen().contains("TURNING MAINTENANCE ON"), "{}", desk.screen());
    for key in ["M", "R", "D"] {
        desk = desk.keys(key);
        let line = desk.model.line.as_ref().unwrap();
        assert!(line.text.contains("turning maintenance on is under way"), "{}", line.text);
    }
    let desk = desk.tell(Told::Did(Err("web2 has no room".to_owned()))).keys("M");
    assert!(desk.model.dialog.is_some());
}

#[test]
fn looking_again_connects_only_what_is_not() {
    check(idle(), "r", &["Look"]);
    check(story::ready(), "r", &[]);
    check(story::connecting(), "r", &["Connect"]);
    let connecting = story::connecting().into_iter().chain(Sites::calm().told(at(48)));
    check(connecting.collect(), "r", &["Connect", "Look"]);
}

#[test]
fn hosts_keep_their_state_by_name_in_another_plan() {
    let mut plan = story::plan();
    plan.hosts.swap(0, 2);
    let desk = Desk::new(WIDE).tell_all(story::connecting()).tell(Told::Plan(Box::new(plan)));
    let state = |host| desk.model.hosts.get(&HostId(host));
    assert!(matches!(state(0), Some(HostState::Trouble { .. })));
    assert_eq!(state(2), Some(&HostState::Ready));
}

#[test]
fn what_a_run_has_changed_since_it_was_seen_is_not_shown_as_served() {
    let before = story::done_ok();
    let told = std::iter::once(before.told()).chain(Sites::calm().told(at(20)));
    let mut desk = Desk::new(WIDE).tell_all(told);
    let screen = desk.screen();
    assert!(screen.contains(&format!("was {NEWEST}, not seen since")), "{screen}");
    let mut desk = desk.tell_all(Sites::calm().told(at(58)));
    assert!(!desk.screen().contains("not seen since"), "{}", desk.screen());
}

#[test]
fn what_others_wrote_is_shown_as_text() {
    const EVIL: &str = "\x1b]0;owned\x07\x1b[2Jevil\u{202e}\n\tname";
    let evil = || {
        let mut sites = Sites::calm().raised(EVIL).locked(EVIL, EVIL);
        for candidate in &mut sites.candidates {
            candidate.reason = Some(EVIL.to_owned());
            candidate.by = Some(EVIL.to_owned());
            candidate.refused = candidate.refused.take().map(|_| EVIL.to_owned());
            candidate.migrations = vec![EVIL.to_owned()];
        }
        sites.candidates[1].name = EVIL.to_owned();
        let sites = sites.serving(0, Served::Outside(EVIL.to_owned()));
        let mut sites = sites.page(1, Maintenance::Unknown(EVIL.to_owned()));
        sites.hosts[0].1.odd = vec![EVIL.to_owned()];
        sites.hosts[1].1.served = Served::Release(EVIL.to_owned());
        let mut told = sites.idle();
        let mut found = difference();
        found.locks[0].file = EVIL.to_owned();
        found.locks[0].changes[0].name = EVIL.to_owned();
        found.commits = Some(Between {
            leaving: Commits { count: 9, newest: vec![EVIL.to_owned()] },
            coming: Commits { count: 9, newest: vec![EVIL.to_owned()] },
        });
        let pair = |from: &str| Pair { from: from.to_owned(), to: OLDER.to_owned() };
        told.extend([NEWEST, EVIL].map(|from| Told::Compared(pair(from), Ok(found.clone()))));
        told.push(Told::Shared(vec![EVIL.to_owned()]));
        told
    };
    for (width, height) in ALL {
        for keys in ["", "2", "R", "Rj", "R<ret>", "M"] {
            let desk = Desk::new(WIDE).resize(width, height).tell_all(evil());
            let mut desk = desk.keys(keys);
            let screen = desk.screen();
            let control = |c: char| c.is_control() && c != '\n';
            assert!(!screen.contains(control) && !screen.contains('\u{202e}'), "{screen}");
            assert_eq!(screen.lines().count(), usize::from(height), "{screen}");
        }
    }
}

#[test]
fn no_size_panics() {
    for keys in ["2", "R", "R<ret>", "M"] {
        let desk = Desk::new(WIDE).tell_all(idle()).keys(keys);
        desk.outlives_sizes();
    }
}
