//! What giving a run up leaves as it is: the maintenance page, and what is served; how it is said.

use ratatui::layout::Size;

use super::{
    Desk,
    sites::{NEWEST, Sites},
    story::{self, Story},
};
use crate::{
    model::{
        HoldId, HostId, Kind, MAINTENANCE_KEPT, MAINTENANCE_OFF, MAINTENANCE_ON, Node, NodeId,
        Plan, Served, StepName, Text,
    },
    run::{Cause, Choice, End, Event, Fact, Verdict, Why},
    tui::Told,
};

const TALL: Size = Size { width: 150, height: 50 };

/// The stories' plan: its build puts the maintenance page up on the web hosts, its restart takes it down.
fn paged(down: &str) -> Plan {
    let mut plan = story::plan();
    for (step, name) in [("build", MAINTENANCE_ON), ("restart", MAINTENANCE_OFF)] {
        let name = StepName::try_from(name.to_owned()).unwrap();
        for node in plan.nodes.iter_mut().filter(|node| node.key.step.as_str() == step) {
            node.key.step = name.clone();
            if let (Kind::Act(act), MAINTENANCE_OFF) = (&mut node.kind, name.as_str()) {
                act.command.run = Text::literal(down.to_owned());
            }
        }
        for column in plan.columns.iter_mut().filter(|column| column.step.as_str() == step) {
            column.step = name.clone();
        }
    }
    plan
}

fn up(down: &str) -> Story {
    Story::of(paged(down)).done("release", &[0, 1, 2], 1).done(MAINTENANCE_ON, &[0, 1], 1)
}

fn down(story: Story) -> Story {
    story.done("migrate", &[2], 1).done("switch", &[0, 1], 1).done(MAINTENANCE_OFF, &[0, 1], 1)
}

const STAYS: &str =
    "The maintenance page STAYS UP on web1, web2: M takes it down, or deployui maintenance off.";

fn screen(told: Vec<Told>, keys: &str) -> String {
    let screen = Desk::new(TALL).tell_all(told).keys(keys).screen();
    // Sentences go on in the next row of a frame.
    let plain = |c: char| if c.is_alphanumeric() || c.is_ascii_punctuation() { c } else { ' ' };
    screen.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_run_that_is_left_with_the_page_up_says_that_it_stays_and_how_it_is_taken_down() {
    let check = |story: fn() -> Story, stays: bool| {
        let asked = screen(vec![story().told()], "A");
        assert_eq!(asked.contains(&format!("Left as it is: {STAYS}")), stays, "{asked}");
        let over = screen(vec![story().then(Fact::Closed(Verdict::Aborted)).told()], "");
        assert_eq!(over.contains(STAYS), stays, "{over}");
    };
    check(|| up("rm page"), true);
    check(|| down(up("rm page")), false);
    // A person's page is not taken down by the run.
    check(|| down(up(MAINTENANCE_KEPT)), true);
    check(story::running, false);
}

#[test]
fn somebody_who_looked_since_knows_better() {
    let gone = screen(Sites::calm().with(up("rm page")), "A");
    assert!(gone.contains("Leave as it is") && !gone.contains("STAYS UP"), "{gone}");
    let there = screen(Sites::calm().raised("ana@desk").with(story::running()), "A");
    assert!(there.contains("STAYS UP on web1, web2: M takes it down"), "{there}");
}

#[test]
fn leaving_an_undo_says_what_that_leaves_apart_from_what_going_on_would_do() {
    let check = |sites: Sites, parts: &[&str]| {
        let asked = screen(sites.with(story::asks_about_schema(false)), "A");
        let mut rest = asked.as_str();
        for part in parts {
            let at = rest.find(part).unwrap_or_else(|| panic!("{part:?} is not there:\n{asked}"));
            rest = &rest[at..];
        }
    };
    let instead = "NOT by leaving, but by C: Going on does this: undo switch";
    let newest = format!("Left as it is: {NEWEST} stays served on web1, web2. ");
    check(Sites::calm(), &[&newest, instead]);
    let raised = Sites::calm().raised("ana@desk");
    check(raised, &[&newest, &format!("Left as it is: {STAYS}"), instead]);
    let nothing = Sites::calm().serving(1, Served::Nothing);
    let served = format!("{NEWEST} stays served on web1; nothing is served on web2.");
    check(nothing, &[&served, instead]);
}

/// The question of an undo, where nothing was served before on these hosts.
fn undoing(opens: bool, nothing: &[u16]) -> Vec<Event> {
    let first = u32::try_from(story::plan().nodes.len()).unwrap();
    let mut story = story::asks_about_schema(opens);
    if opens {
        for node in [first + 1, first + 2] {
            story = story.start_node(NodeId(node)).end_node(NodeId(node), 0);
        }
    }
    let empty = |host: Option<HostId>| host.is_some_and(|host| nothing.contains(&host.0));
    for event in &mut story.events {
        let Fact::Grew(nodes, _) = &mut event.fact else { continue };
        let back = |node: &&mut Node| node.key.step.as_str() == "switch" && empty(node.host);
        for node in nodes.iter_mut().filter(back) {
            let Kind::Act(act) = &mut node.kind else { continue };
            act.command.run = Text::literal("die() {\n}\nbefore=''\nname='2026'\n".to_owned());
        }
    }
    story.events
}

#[test]
fn an_undo_says_where_nothing_is_served_after_it() {
    let check = |opens: bool, nothing: &[u16], wanted: &str, not: &str| {
        let asked = screen(vec![Told::Events(undoing(opens, nothing))], "C");
        assert!(asked.contains(wanted), "{wanted}: {asked}");
        assert!(not.is_empty() || !asked.contains(not), "{not}: {asked}");
    };
    let fits = "Older code may not fit the new schema.";
    check(
        false,
        &[],
        &format!("Then OLDER code is served again, on that schema. {fits}"),
        "NOTHING",
    );
    check(false, &[0, 1], "Then NOTHING is served: nothing was before.", "code is served");
    check(
        false,
        &[1],
        "Then OLDER code is served again on web1, on that schema, and NOTHING on web2: nothing was \
         before. Older code",
        "",
    );
    check(true, &[], "VISITORS then get the code that is served now, on that schema.", "NOTHING");
    check(true, &[0, 1], "VISITORS then get NO application: nothing is served.", "Older code");
    check(
        true,
        &[1],
        "VISITORS then get the code that is served now, on that schema; NOTHING is served on web2.",
        "",
    );
}

#[test]
fn an_undo_names_hosts_that_were_left_out_and_keep_the_new_code() {
    let story = || {
        let story = story::running().end("build", 0, 0).done("migrate", &[2], 1);
        let story = story.done("switch", &[0, 1], 1).pass("restart").start("restart", 1);
        let story = story.end("restart", 1, 1);
        let failed = story.node("restart", 1);
        story.hold(failed, Cause::Failed(End::Exit(1)), &story::AFTER_FAILURE)
    };
    let keeps = "web2 was left out, and KEEPS the new code.";
    let asked = screen(vec![story().told()], "U");
    assert!(!asked.contains("KEEPS"), "{asked}");
    let out = story().then(Fact::Chose(HoldId(0), Choice::Exclude, Why::default()));
    let asked = screen(vec![out.told()], "U");
    assert!(asked.contains(keeps), "{asked}");
}
