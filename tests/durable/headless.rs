//! Runs without the console, killed.

use std::time::Duration;

use super::effects::{EFFECTS, once_each, opened};
use super::instants::{Fell, pause, took};
use super::recipes::{Project, ROOT, figure, rounds};
use super::support::deployui::Spawned;
use super::support::random::Random;

#[test]
fn killed_at_any_instant_and_taken_up_again() {
    let project = Project::up(3, &[], EFFECTS);
    let whole = took(|| drop(project.must(0, &["deploy"])));
    let mut known = opened(&project);
    once_each(&project, 3, &known[0]);

    let mut random = Random::new(1);
    let mut fell = Fell::default();
    for round in 0..rounds(12) {
        let format = if random.below(2) == 0 { "plain" } else { "json" };
        let console = project.spawn(&["deploy", "--output", format]);
        pause(Duration::from_micros(random.below(whole)));
        console.kill();
        let Some((run, _)) = fell.on(&project, 3, &mut known) else { continue };
        while random.below(3) == 0 {
            let again = project.spawn(&["resume", &run]);
            pause(Duration::from_micros(random.below(whole)));
            again.kill();
        }
        let ran = project.run(&["resume", &run, "--output", format]);
        assert_eq!(ran.code, Some(0), "round {round}: {}\n{}", ran.stdout, ran.stderr);
        once_each(&project, 3, &run);
    }
    figure(&fell.words());
}

const TAKEN_BACK: &str = r#"
[steps.a]
run = "echo a >>{{ root }}/{{ run.id }}.done"
undo = "echo a >>{{ root }}/{{ run.id }}.undone; sleep 0.05"
[steps.b]
run = "echo b >>{{ root }}/{{ run.id }}.done; sleep 0.05"
undo = "echo b >>{{ root }}/{{ run.id }}.undone; exit 1"
[steps.c]
run = "echo c >>{{ root }}/{{ run.id }}.done; exit 1"
undo = "echo c >>{{ root }}/{{ run.id }}.undone; sleep 0.05"
[pipelines]
deploy = ["a", "b", "c"]
"#;

#[test]
fn killed_while_it_is_taken_back() {
    let project = Project::up(2, &[], TAKEN_BACK);
    let whole = took(|| drop(project.must(1, &["deploy", "--on-failure", "undo"])));
    let mut random = Random::new(3);
    for round in 0..rounds(6) {
        let before = project.runs().len();
        let console = project.spawn(&["deploy", "--on-failure", "undo"]);
        console.wait_for("opened");
        pause(Duration::from_micros(random.below(whole)));
        console.kill();
        assert_eq!(project.runs().len(), before + 1);
        let run = project.newest();
        let ran = project.run(&["resume", &run, "--on-failure", "undo"]);
        assert_eq!(ran.code, Some(1), "round {round}: {}\n{}", ran.stdout, ran.stderr);
        for i in [1, 2] {
            let done = project.file(i, &format!("{run}.done"));
            let undone = project.file(i, &format!("{run}.undone"));
            assert_eq!((done.as_str(), undone.as_str()), ("a\nb\nc", "c\nb\na"), "round {round}");
        }
        assert_eq!(project.same_logs(2, &run), 12);
    }
}

const KEPT: &str = r#"
[steps.a]
run = "cp {{ root }}/.deployui/lock {{ root }}/kept"
[pipelines]
deploy = ["a"]
"#;

#[test]
fn what_a_program_left_that_was_killed_after_the_end_of_its_run_is_done_when_that_is_taken_up() {
    let project = Project::up(2, &[], KEPT);
    project.must(0, &["deploy"]);
    let run = project.newest();
    let over = project.must(0, &["resume", &run]);
    assert_eq!(over.stderr, format!("run {run} is over: done\n"));
    // As if h2 had not been asked to give the lock back.
    let left =
        project.fleet.ssh(2).arg(format!("cp {ROOT}/kept {ROOT}/.deployui/lock")).output().unwrap();
    assert!(left.status.success());
    let refused = project.must(4, &["deploy"]);
    assert!(refused.stderr.contains(&format!("deployui resume {run}")), "{}", refused.stderr);
    let over = project.must(0, &["resume", &run]);
    assert!(over.stderr.contains("its lock was left on h2; given back"), "{}", over.stderr);
    project.must(0, &["deploy"]);
}

const RELEASES: &str = r#"
[layout]
kind = "releases"
[steps.keep]
run = "cp {{ root }}/.deployui/lock {{ root }}/kept"
[pipelines]
deploy = ["release", "keep", "publish"]
"#;

/// h2 was away when the locks were given back, and when the release was rolled back from.
#[test]
fn what_is_made_up_for_is_no_new_judgement_of_a_release_that_was_marked_bad_since() {
    let project = Project::up(2, &[], RELEASES);
    project.must(0, &["deploy"]);
    project.must(0, &["deploy"]);
    let run = project.newest();
    project.must(0, &["rollback", "--reason", "broken", "--hosts", "h1", "--yes"]);
    let bad = |releases: String| releases.lines().filter(|line| line.contains(" bad")).count();
    let before = project.must(0, &["releases", "--hosts", "h1"]);
    assert_eq!(bad(before.stdout.clone()), 1, "{}", before.stdout);
    project.on(2, &format!("su deploy -c 'cp {ROOT}/kept {ROOT}/.deployui/lock'"));
    let over = project.must(0, &["resume", &run]);
    assert!(over.stderr.contains("its lock was left on h2; given back"), "{}", over.stderr);
    let after = project.must(0, &["releases", "--hosts", "h1"]);
    assert_eq!(bad(after.stdout.clone()), 1, "{}", after.stdout);
}

#[test]
fn one_of_several_consoles_takes_a_run_up() {
    let project = Project::up(2, &[], EFFECTS);
    for _ in 0..rounds(3) {
        let console = project.spawn(&["deploy"]);
        console.wait_for("b | line 2");
        console.kill();
        let run = project.newest();
        let racing: Vec<Spawned> = (0..4).map(|_| project.spawn(&["resume", &run])).collect();
        let mut codes: Vec<Option<i32>> = racing.into_iter().map(|one| one.wait().code).collect();
        codes.sort_unstable();
        // One that comes late finds it done.
        assert!(codes.contains(&Some(0)), "{codes:?}");
        assert!(codes.iter().all(|code| matches!(code, Some(0 | 4))), "{codes:?}");
        once_each(&project, 2, &run);
    }
}
