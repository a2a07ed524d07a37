//! Help, palette, guide, the detail of a host, the runs that there were: what they look like at each
//! size.

use super::{
    Desk, NARROW, WIDE,
    outside::idle,
    sites::{BEFORE, OLDER, Sites, unprotected},
    story::{self, at},
};
use crate::{
    model::{HostId, RunId},
    run::{Ending, Fact, LinkState, Run, Trouble, Verdict},
    tui::{Intent, PastRun, Told, Way, Wish},
};

const SMALL: (u16, u16) = (60, 16);
pub(super) const ALL: [(u16, u16); 3] =
    [(WIDE.width, WIDE.height), (NARROW.width, NARROW.height), SMALL];

fn shown(name: &str, told: impl Fn() -> Vec<Told>, keys: &str) {
    for (width, height) in ALL {
        let mut desk = Desk::new(WIDE).resize(width, height).tell_all(told()).keys(keys);
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), desk.screen());
    }
}

pub(super) fn failed() -> Vec<Told> {
    vec![story::failed().told()]
}

pub(super) fn running() -> Vec<Told> {
    vec![story::running().told()]
}

pub(super) fn id(byte: u8) -> RunId {
    RunId::new("20261121-101500", [byte; 10])
}

/// The list as it is told: an open run of somebody else, a failed one, and one of another stage.
pub(super) fn runs(asked: u64) -> Told {
    let row = |byte, stage: &str, closed: Option<Verdict>, failures, ago: i64| PastRun {
        id: id(byte),
        app: "shop".to_owned(),
        stage: stage.to_owned(),
        pipeline: "deploy".to_owned(),
        by: "ana@desk".to_owned(),
        opened: Some(at(-ago)),
        last: Some(at(-ago + 171)),
        ending: Ending::known(None, closed),
        release: BEFORE.to_owned(),
        commit: "a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0".to_owned(),
        failures,
        holder: None,
        damage: None,
    };
    let mut open = row(1, "production", None, 0, 600);
    open.holder = Some("ana@desk 4711".to_owned());
    let mut broken = row(4, "production", None, 0, 90_000);
    broken.damage = Some("line 7 does not fit to the line before".to_owned());
    let rows = vec![
        open,
        row(2, "production", Some(Verdict::Failed), 2, 7_200),
        row(3, "staging", Some(Verdict::Ok), 0, 80_000),
        broken,
    ];
    Told::Runs { asked, rows, end: Some(Ok(false)) }
}

/// A run of yesterday that failed.
pub(super) fn yesterday() -> Run {
    let mut plan = story::plan();
    plan.run = id(2);
    let story = story::failed().then(Fact::Closed(Verdict::Failed));
    let mut events = story.events;
    events[0].fact = Fact::Opened(Box::new(plan));
    Run::fold(&events).unwrap()
}

pub(super) fn read() -> Told {
    Told::Past(Ok(Box::new(yesterday())))
}

pub(super) fn acting(desk: &Desk) -> Vec<String> {
    let acts = |wish: &&Wish| {
        !matches!(
            wish,
            Wish::Preview(_)
                | Wish::Compare(_)
                | Wish::Glance
                | Wish::Times
                | Wish::Runs { .. }
                | Wish::Past(_)
        )
    };
    desk.wishes.iter().filter(acts).map(|wish| format!("{wish:?}")).collect()
}

#[test]
fn an_ending_is_read_whole_where_there_is_room() {
    let told = || {
        let mut told = runs(1);
        if let Told::Runs { rows, .. } = &mut told {
            let (way, trouble) = (crate::run::Way::NotUndone(1), Trouble::Failed);
            rows[1].ending = Some(Ending { way, trouble });
            rows.iter_mut().for_each(|row| row.release.clear());
        }
        told
    };
    for (width, height) in [(WIDE.width, WIDE.height), (NARROW.width, NARROW.height)] {
        let desk = Desk::new(WIDE).resize(width, height).tell_all(idle()).keys("o");
        let screen = desk.tell(told()).screen();
        assert!(screen.contains("undo failed "), "{screen}");
    }
}

#[test]
fn help_looks() {
    shown("nav_help", failed, "?");
    shown("nav_help_log", failed, "4?");
    shown("nav_help_choices", failed, "5?");
    shown("nav_help_refused", failed, "?shell<ret>");
}

#[test]
fn palette_looks() {
    shown("nav_palette", idle, ":");
    shown("nav_palette_deploy", || unprotected(idle()), ":dep");
    shown("nav_palette_retry", failed, ":retr");
    shown("nav_palette_undo", failed, ":undo");
    shown("nav_palette_continue", running, ":conti");
    shown("nav_palette_nothing", running, ":zzzz");
}

#[test]
fn the_palette_shows_what_a_rollback_would_run() {
    let told = || {
        let mut plan = story::plan();
        plan.pipeline = "rollback".to_owned();
        plan.columns.truncate(4);
        plan.columns[0].built_in = Some("publish".to_owned());
        let of = Intent::rollback(BEFORE);
        let lines = vec![format!("web1, web2: 20261122101200 now, {BEFORE} then")];
        Told::Preview { of, lines, plan: Some(Box::new(plan)) }
    };
    for (width, height) in ALL {
        let desk = Desk::new(WIDE).resize(width, height).tell_all(idle()).keys(":rollb");
        let asked = desk.wishes.iter().filter(|wish| matches!(wish, Wish::Preview(_))).count();
        assert_eq!(asked, 1);
        let mut desk = desk.tell(told());
        insta::assert_snapshot!(format!("nav_palette_rollback_{width}x{height}"), desk.screen());
        // The picker has all of it, too.
        let desk = Desk::new(WIDE).tell_all(idle()).keys("R").tell(told());
        let mut desk = desk.keys("<C-o>");
        let screen = desk.screen();
        assert!(screen.contains("web1 web2 db1: (built in publish)"), "{screen}");
        assert!(screen.contains("web1 web2: ./bin/build --release"), "{screen}");
    }
}

#[test]
fn host_looks() {
    shown(
        "nav_host_ready",
        || {
            let way = Way {
                user: "deploy".into(),
                host: "10.0.3.11".into(),
                port: 2222,
                jump: Some("gate".into()),
            };
            let told = Sites::calm().raised("ana@desk").locked("ana@desk", "deploy of main").idle();
            told.into_iter().chain([Told::Way("web1".to_owned(), way)]).collect()
        },
        "i",
    );
    shown("nav_host_trouble", story::connecting, "i");
    shown("nav_host_failed", failed, "ijj");
    shown(
        "nav_host_lost",
        || {
            let down = LinkState::Down("no answer for 15 s".to_owned());
            vec![story::running().wait(2).then(Fact::Link(HostId(0), down)).wait(7).told()]
        },
        "i",
    );
}

#[test]
fn history_looks() {
    for (width, height) in ALL {
        let screen = |keys: &str| {
            let desk = Desk::new(WIDE).resize(width, height).tell_all(idle()).keys("o");
            desk.tell(runs(1)).keys(keys).screen()
        };
        insta::assert_snapshot!(format!("nav_runs_{width}x{height}"), screen(""));
        insta::assert_snapshot!(format!("nav_runs_all_{width}x{height}"), screen("aG"));
        insta::assert_snapshot!(format!("nav_runs_filter_{width}x{height}"), screen("/fail"));
    }
    shown("nav_runs_reading", idle, "o");
}

#[test]
fn a_past_run_looks() {
    for (width, height) in ALL {
        let desk = Desk::new(WIDE).resize(width, height).tell_all(running()).keys("o");
        let mut desk = desk.tell(runs(1)).keys("j<ret>").tell(read());
        insta::assert_snapshot!(format!("nav_past_{width}x{height}"), desk.screen());
        let mut desk = desk.keys("4");
        insta::assert_snapshot!(format!("nav_past_log_{width}x{height}"), desk.screen());
    }
}

#[test]
fn guide_looks() {
    let guide = || {
        let lines = (1..=24).map(|n| format!("  {n}  Do this, then that, and look.")).collect();
        idle().into_iter().chain([Told::Guide(lines)]).collect()
    };
    shown("nav_guide_pane", guide, "");
    shown("nav_guide", guide, "j<esc>");
    let mut desk = Desk::new(NARROW).tell_all(guide());
    desk.model.sheet = crate::tui::state::said::Paper::Guide.open();
    let screen = desk.screen();
    assert!(screen.contains("Where to begin"), "{screen}");
    assert!(desk.keys("<pgdn><esc>").model.sheet.is_none());
}

/// Fifty hosts and twenty steps; two of the hosts failed.
pub(super) fn fleet() -> Vec<Told> {
    use crate::{
        model::{Column, Host, Key, Kind, Node, NodeId, Origin, Part},
        run::End,
    };
    let mut plan = story::plan();
    let Kind::Act(act) = plan.nodes[1].kind.clone() else { panic!("an action") };
    plan.hosts =
        (1..=50).map(|n| Host { name: format!("web{n}"), ..plan.hosts[0].clone() }).collect();
    (plan.nodes, plan.columns) = (Vec::new(), Vec::new());
    for step in 1..=20 {
        let name = crate::model::StepName::try_from(format!("step-{step}")).unwrap();
        let from = (step - 1) * 50;
        for host in 0..50 {
            let key = Key { step: name.clone(), part: Part::Main };
            let (kind, origin) = (Kind::Act(act.clone()), Origin::Plan);
            let host = Some(HostId(host));
            plan.nodes.push(Node { key, host, needs: Vec::new(), kind, origin });
        }
        let nodes = (from..from + 50).map(NodeId).collect();
        let about = format!("Step number {step}");
        plan.columns.push(Column { step: name, about, built_in: None, gates: Vec::new(), nodes });
    }
    let mut story = story::Story::of(plan);
    for host in 0..50 {
        let attempt = crate::model::Try { node: NodeId(host), n: 1 };
        let status = if host == 7 || host == 43 { 1 } else { 0 };
        story = story
            .then(Fact::Armed(attempt))
            .then(Fact::Staged(attempt))
            .then(Fact::Started(attempt))
            .then(Fact::Ended(attempt, End::Exit(status), 0))
            .then(Fact::Settled(attempt, 0));
    }
    vec![story.told()]
}

#[test]
fn a_large_fleet_looks() {
    shown("nav_fleet", fleet, "");
    shown("nav_fleet_zoomed", fleet, "z");
    shown("nav_fleet_down", fleet, "jjjjjjjjjjjjjjjjjjjjjjjjjlllllllllllll");
    for (width, height) in ALL {
        for row in [0, 1, 12, 25, 43, 48, 49] {
            let keys = "j".repeat(row);
            let mut desk = Desk::new(WIDE).resize(width, height).tell_all(fleet()).keys(&keys);
            let screen = desk.screen();
            assert!(screen.contains(&format!("\u{25b8} web{}", row + 1)), "{row}\n{screen}");
            // A host that failed is named also where it is hidden.
            assert!(screen.contains("web8") && screen.contains("web44"), "{row}\n{screen}");
        }
    }
}

#[test]
fn escape_leaves_one_thing_at_a_time() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys("o").tell(runs(1)).keys("/fail<ret>?");
    let levels = |desk: &Desk| {
        let model = &desk.model;
        (model.help.is_some(), !model.history.filter.is_empty(), model.history.open)
    };
    assert_eq!(levels(&desk), (true, true, true));
    let desk = desk.keys("<esc>");
    assert_eq!(levels(&desk), (false, true, true));
    let desk = desk.keys("<esc>");
    assert_eq!(levels(&desk), (false, false, true));
    let desk = desk.keys("<esc>");
    assert_eq!(levels(&desk), (false, false, false));
    let desk = Desk::new(WIDE).tell_all(idle()).keys("R/2026<ret>");
    assert_eq!(desk.model.picker.as_ref().map(|it| it.filter.as_str()), Some("2026"));
    let desk = desk.keys("<esc>");
    assert!(desk.model.picker.is_some());
    assert!(desk.keys("<esc>").model.picker.is_none());
}

#[test]
fn the_picker_is_filtered_and_copied() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys(&format!("R/{}<ret>", &OLDER[..8]));
    assert_eq!(desk.model.picker.as_ref().map(|it| it.chosen.as_str()), Some(OLDER));
    let mut desk = desk.keys("y");
    let copied = desk.model.errands.next();
    let Some(crate::tui::errand::Errand::Copy(text)) = copied else { panic!("{copied:?}") };
    assert!(text.contains("VERDICT") && text.contains("CODE"), "{text}");
    assert!(desk.keys("<ret>").model.dialog.is_some());
}

#[test]
fn a_release_that_is_filtered_away_is_not_gone_back_to() {
    let mut desk = Desk::new(WIDE).tell_all(unprotected(idle())).keys("R/nothing<ret><ret>");
    assert!(desk.model.dialog.is_none());
    assert!(desk.screen().contains("no release has that in its words"), "{}", desk.screen());
    assert!(acting(&desk).is_empty());
    // What is shown again is chosen again.
    assert!(desk.keys("<esc><ret>").model.dialog.is_some());
}

#[test]
fn panes_that_are_not_there_say_so() {
    for (keys, why) in [
        ("2", "this recipe has no releases"),
        ("5", "nothing is being asked"),
        ("6", "there is no such pane"),
    ] {
        let desk = Desk::new(WIDE).tell_all(running()).keys(keys);
        let line = desk.model.line.as_ref().map_or("", |line| line.text.as_str());
        assert!(line.contains(why), "{keys}: {line}");
    }
}

#[test]
fn panes_get_wider_and_narrower_within_limits() {
    let desk = Desk::new(WIDE).tell_all(running()).keys(">>");
    assert_eq!(desk.model.wider, 8);
    let mut desk = desk.keys(&"<".repeat(3)).keys("<");
    desk.buffer();
    assert_eq!(desk.model.wider, -8);
    let mut desk = desk.keys(&">".repeat(40));
    desk.buffer();
    assert_eq!(desk.model.wider, 24);
    let desk = Desk::new(NARROW).tell_all(running()).keys(">");
    assert_eq!(desk.model.wider, 0);
    assert!(desk.model.line.as_ref().unwrap().text.contains("lie below each other"));
}

#[test]
fn no_two_steps_or_hosts_look_alike_where_there_is_little_room() {
    let mut plan = story::plan();
    let named = ["maintenance-on", "migrate-first", "migrate-second", "maintenance-off", "restart"];
    for (column, name) in plan.columns.iter_mut().zip(named) {
        column.step = name.to_owned().try_into().unwrap();
    }
    for (at, host) in plan.hosts.iter_mut().enumerate() {
        host.name = format!("frontend-of-the-shop-in-europe-{at}");
    }
    for width in (60..=130).step_by(5) {
        let told = Told::Plan(Box::new(plan.clone()));
        let screen = Desk::new(WIDE).resize(width, 30).tell(told).screen();
        let heading = screen.lines().nth(2).unwrap();
        let names: Vec<&str> = heading.split_whitespace().filter(|it| it.contains('…')).collect();
        let different: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), different.len(), "{screen}");
        for at in 0..3 {
            let rows = screen.lines().skip(3).take(3);
            let here = rows.filter(|row| row.contains(&format!("frontend-of-the-sh…{at} ")));
            assert_eq!(here.count(), 1, "{screen}");
        }
    }
}
