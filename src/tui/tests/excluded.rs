//! A host that is left out: what the dialog says becomes of its steps, and what is still seen of them.

use super::{Desk, WIDE, settings, story};
use crate::{
    model::{Command, Elsewhere, HoldId, HostId, Kind, NodeId, Text, Try},
    run::{Cause, Choice, Fact, Offer, Why},
    tui::{Settings, Told},
};

/// The lines of the dialog that leaves a host out which are about steps, and the word that is to be
/// typed.
fn said(told: Told, keys: &str) -> (Vec<String>, Option<String>) {
    let desk = Desk::new(WIDE).tell(told).keys(keys).keys("X");
    let dialog = desk.model.dialog.unwrap();
    let steps = dialog.text.iter().filter(|line| !line.starts_with("A step that runs there"));
    let typed = dialog.fields.iter().find_map(|field| {
        field.label.strip_prefix("Type ")?.strip_suffix(" to confirm").map(str::to_owned)
    });
    (steps.cloned().collect(), typed)
}

/// The plan, in which the migration could be done on these hosts, too.
fn once(elsewhere: &[u16]) -> story::Story {
    let mut plan = story::plan();
    for node in &mut plan.nodes {
        let Kind::Act(act) = &mut node.kind else { continue };
        if node.key.step.as_str() != "migrate" {
            continue;
        }
        let other = |host: &u16| Elsewhere {
            host: HostId(*host),
            command: Command::new(Text::literal("./bin/migrate")),
            undo: None,
            when: None,
        };
        act.elsewhere = elsewhere.iter().map(other).collect();
    }
    story::Story::of(plan).done("release", &[0, 1, 2], 1)
}

fn check(told: Told, keys: &str, lines: &[&str], typed: Option<&str>) {
    assert_eq!(
        said(told, keys),
        (lines.iter().map(ToString::to_string).collect(), typed.map(str::to_owned))
    );
}

#[test]
fn what_is_then_done_nowhere_is_said_and_confirmed_by_typing() {
    let only =
        ["migrate is then done nowhere in this run: you are asked whether to go on without."];
    // Its own failure is asked about; nothing is; it has not begun.
    check(story::failed().told(), "", &only, Some("db1"));
    check(story::running().told(), "jj", &only, Some("db1"));
    // Others have it, too.
    check(story::running().told(), "j", &[], None);
    // Its part is done.
    check(story::broken().told(), "jj", &[], None);
    // Nothing comes after it.
    let story = story::running().then(Fact::Excluded(HostId(0), Why::default()));
    let story = story.then(Fact::Excluded(HostId(2), Why::default()));
    check(story.told(), "j", &["No host is left then: nothing more is done in this run."], None);
}

#[test]
fn what_runs_there_and_nowhere_else_is_not_waited_for() {
    let runs =
        ["migrate is then still running there, unseen from then on: you are asked whether to \
                 go on without."];
    check(story::asking().told(), "jj", &runs, Some("db1"));
}

#[test]
fn a_step_that_no_host_does_any_more_is_asked_about() {
    let told = || story::failed().then(Fact::Chose(HoldId(0), Choice::Exclude, Why::default()));
    let story = told();
    let node = story.node("migrate", 2);
    let offers = [Offer::Skip, Offer::Undo, Offer::Abort];
    let mut desk =
        Desk::new(WIDE).tell(story.hold(node, Cause::OnceHostGone(false), &offers).told());
    insta::assert_snapshot!("a_step_that_no_host_does_any_more", desk.screen());
    // Skipped, the new code is served without the migration: that is typed.
    let desk = desk.keys("K<tab>db1<tab>known<ret><tab><ret>");
    assert_eq!(desk.wishes(), ["Command(Choose(HoldId(1), Skip, Why(\"known\")))"]);
}

#[test]
fn where_else_a_step_is_done_once_is_asked_next() {
    let asked = |hosts: &str| format!("migrate: you are asked where else it is done: {hosts}.");
    check(once(&[0, 1]).told(), "jj", &[&asked("web1, web2")], None);
    let why = || Why(String::new());
    let story = once(&[0, 1]).then(Fact::Excluded(HostId(0), why()));
    check(story.told(), "jj", &[&asked("web2")], None);
    let story = once(&[0]).then(Fact::Excluded(HostId(0), why()));
    let none = "migrate is then done nowhere in this run: you are asked whether to go on without.";
    check(story.told(), "jj", &[none], Some("db1"));
}

#[test]
fn the_last_host_is_said_to_be_the_last() {
    let why = || Why(String::new());
    let story = story::running();
    let story = story.then(Fact::Excluded(HostId(0), why())).then(Fact::Excluded(HostId(2), why()));
    check(story.told(), "j", &["No host is left then: nothing more is done in this run."], None);
}

/// Both builds failed, in their ways, and the first host was left out.
fn built(end: fn(story::Story, NodeId) -> story::Story) -> story::Story {
    let story = story::Story::opened().wait(2).done("release", &[0, 1, 2], 1).pass("build");
    let node = story.node("build", 0);
    end(story, node).then(Fact::Excluded(HostId(0), Why("broken".to_owned())))
}

fn failed(story: story::Story, node: NodeId) -> story::Story {
    story.start_node(node).wait(9).end_node(node, 127)
}

fn refused(story: story::Story, node: NodeId) -> story::Story {
    let attempt = Try { node, n: 1 };
    story.then(Fact::Armed(attempt)).then(Fact::Refused(attempt, "disk full".to_owned()))
}

fn running(story: story::Story, node: NodeId) -> story::Story {
    story.start_node(node).wait(9)
}

/// The row of the matrix of the host that was left out, and of one that was left out before it came
/// to its step.
fn rows(settings: Settings) -> String {
    let story = built(failed).then(Fact::Excluded(HostId(1), Why(String::new())));
    let mut desk = Desk::with(WIDE, settings, 0, super::chatter).tell(story.told());
    let screen = desk.screen();
    let rows = screen.lines().take(12).filter(|row| row.contains("web1") || row.contains("web2"));
    rows.map(|row| format!("{}\n", row.trim_end_matches(['│', '|', ' ']))).collect()
}

#[test]
fn a_step_that_had_failed_is_still_seen_to_have_failed_where_its_host_is_left_out() {
    insta::assert_snapshot!(rows(settings()));
    insta::assert_snapshot!(rows(Settings { ascii: true, colour: false, ..settings() }));
}

#[test]
fn it_is_said_in_words_how_far_it_had_come() {
    let check = |end, row: &str, words: &str| {
        let screen = Desk::new(WIDE).tell(built(end).told()).keys("hhhhh<right>k").screen();
        assert!(screen.contains(words), "{words}:\n{screen}");
        assert!(screen.contains(row), "{row}:\n{screen}");
    };
    check(failed, "✗ excl", "FAILED, exit 127 (command not found); then the host was excluded");
    check(refused, "✗ excl", "FAILED: the host could not begin it; then it was excluded");
    check(running, "? excl", "outcome unknown: it may have run when the host was excluded");
}
