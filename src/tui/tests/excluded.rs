//! A host that is left out: what the dialog says becomes of its steps, and what is still seen of them.

use super::{Desk, WIDE, settings, story};
use crate::{
    model::{Command, Elsewhere, HoldId, HostId, Kind, Text},
    run::{Choice, Fact, Why},
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
    let only = ["migrate is done on db1 only: then done on NO host, and the steps after go on."];
    // Its own failure is asked about; nothing is; it has not begun.
    check(story::failed().told(), "", &only, Some("db1"));
    check(story::running().told(), "jj", &only, Some("db1"));
    // Others have it, too.
    check(story::running().told(), "j", &[], None);
    // Its part is done.
    check(story::broken().told(), "jj", &[], None);
}

#[test]
fn what_runs_there_and_nowhere_else_is_not_waited_for() {
    let runs = ["migrate is running on db1 only: the steps after do NOT wait for its end."];
    check(story::asking().told(), "jj", &runs, Some("db1"));
}

#[test]
fn where_else_a_step_is_done_once_is_asked_next() {
    let asked = |hosts: &str| format!("migrate: you are asked where else it is done: {hosts}.");
    check(once(&[0, 1]).told(), "jj", &[&asked("web1, web2")], None);
    let why = || Why(String::new());
    let story = once(&[0, 1]).then(Fact::Excluded(HostId(0), why()));
    check(story.told(), "jj", &[&asked("web2")], None);
    let story = once(&[0]).then(Fact::Excluded(HostId(0), why()));
    let none = "migrate: no other host is left for it: you are asked whether to go on without.";
    check(story.told(), "jj", &[none], None);
}

#[test]
fn the_last_host_is_said_to_be_the_last() {
    let why = || Why(String::new());
    let story = story::running();
    let story = story.then(Fact::Excluded(HostId(0), why())).then(Fact::Excluded(HostId(2), why()));
    check(story.told(), "j", &["No host is left then: nothing more is done in this run."], None);
}

/// The row of the matrix of the host that was left out after its step had failed, and of one that
/// was left out before it came to it.
fn rows(settings: Settings) -> String {
    let why = || Why("broken".to_owned());
    let told = story::failed().then(Fact::Chose(HoldId(0), Choice::Exclude, why()));
    let told = told.then(Fact::Excluded(HostId(1), why())).told();
    let mut desk = Desk::with(WIDE, settings, 0, super::chatter).tell(told);
    let screen = desk.screen();
    let rows = screen.lines().take(12).filter(|row| row.contains("db1") || row.contains("web2"));
    rows.map(|row| format!("{}\n", row.trim_end_matches(['│', '|', ' ']))).collect()
}

#[test]
fn a_step_that_had_failed_is_still_seen_to_have_failed_where_its_host_is_left_out() {
    insta::assert_snapshot!(rows(settings()));
    insta::assert_snapshot!(rows(Settings { ascii: true, colour: false, ..settings() }));
}

#[test]
fn it_is_said_in_words_that_it_failed_before() {
    let why = Why(String::new());
    let told = story::failed().then(Fact::Chose(HoldId(0), Choice::Exclude, why)).told();
    let screen = Desk::new(WIDE).tell(told).screen();
    assert!(screen.contains("FAILED, exit 1; then the host was excluded"), "{screen}");
}
