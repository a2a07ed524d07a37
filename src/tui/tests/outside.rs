//! Releases, going back to one, and maintenance: what is shown, and what the keys wish for.

use super::{
    Desk, NARROW, WIDE, settings,
    sites::{BAD, BEFORE, NEWEST, OLDER, Sites, difference, unprotected},
    story::{self, at},
};
use crate::{
    model::{Between, Commits, HostId, Maintenance, Pair, Released, Served},
    run::{Fact, Mode, Verdict},
    tui::{HostState, Intent, Settings, Told, Wish, state::dialog::Focus},
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

fn previewed(release: &str) -> Told {
    let of = Intent::rollback(release);
    let lines = vec![
        format!("publish {release} on web1, web2; then restart and verify"),
        "typically 11s (last 5: 9 10 11 11 14 s)".to_owned(),
    ];
    Told::Preview { of, lines, plan: None }
}

/// What it does, not what it asks.
fn done(desk: &Desk) -> Vec<String> {
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
