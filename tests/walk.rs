//! A failed step taken through every choice, on real hosts: what the operator sees, what is done, and
//! what the journal keeps.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;

use recipes::{Project, ROOT, figure};
use serde_json::Value;
use support::console::Console;

/// The build fails on hosts where it is not mended; a step with an undo before it, one behind it.
const STEPS: &str = r#"
[env]
BUILD_TOKEN = "t0ken"
LANG = "C.UTF-8"
[steps.release]
run = "echo release >>{{ root }}/effects"
undo = "echo release undone >>{{ root }}/effects"
[steps.build]
run = """
echo build >>{{ root }}/effects
test -e {{ root }}/mended || { echo 'compiling'; echo 'main.c:12: error: no such header' >&2; echo 'make: 1 target left'; exit 3; }
"""
[steps.publish]
run = "echo publish >>{{ root }}/effects"
[steps.slow]
run = "echo slow; trap '' TERM; sleep 600"
[pipelines]
deploy = ["release", "build", "publish"]
hang = ["release", "slow"]
"#;

fn project() -> Project {
    let project = Project::up(2, &[], STEPS);
    for i in [1, 2] {
        project.on(i, &format!("mkdir -p {ROOT}; chown -R deploy {ROOT}"));
    }
    project
}

/// Each host as before, but for these, on which the build is mended.
fn reset(project: &Project, mended: &[usize]) {
    for i in [1, 2] {
        let touch = if mended.contains(&i) { format!("touch {ROOT}/mended") } else { ":".into() };
        project
            .on(i, &format!("rm -f {ROOT}/effects {ROOT}/mended; {touch}; chown -R deploy {ROOT}"));
    }
}

/// A console whose run has failed on h1, in the failure view.
fn failed(project: &Project) -> Console {
    let console = project.console(36, 120);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("1 Failure  build on h");
    console.wait_for("AT FIRST ERROR");
    // The other host may be at it still.
    console.wait_until("build has ended on both", |screen| {
        let seen = screen.contents();
        let build = seen.lines().find(|line| line.contains("build    ")).unwrap_or_default();
        build.contains("h2") && !build.contains("running") && !build.contains("waiting")
            || build.contains("on all 2")
    });
    console
}

/// What the operator decided, as the journal of the newest run has it.
fn decided(project: &Project) -> Vec<String> {
    let journal = fs::read_to_string(project.journal(&project.newest())).unwrap();
    let mut lines = Vec::new();
    for line in journal.lines().skip(1) {
        let event: Value = serde_json::from_str(line).unwrap();
        let fact = &event["fact"];
        for kind in ["chose", "aborted", "excluded", "stopping"] {
            if !fact[kind].is_null() {
                figure(line);
                lines.push(fact.to_string());
            }
        }
    }
    lines
}

fn ends(console: Console, code: i32) {
    console.wait_for("is over");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(code));
}

fn effects(project: &Project, i: usize) -> String {
    project.file(i, "effects").replace('\n', " ")
}

#[test]
fn the_card_says_what_happened() {
    let project = project();
    reset(&project, &[2]);
    let console = failed(&project);
    let screen = console.wait_for("error     main.c:12: error: no such header");
    figure(&screen);
    for words in [
        "ended     exit 3",
        "command   echo build >>'/srv/www/app'/effects",
        "where     h1 as deploy in ~",
        "at        main.c:12",
        "BUILD_TOKEN=‹hidden›",
        "✓ release          ok on all 2",
        "✗ build            FAILED h1; ok h2",
        "‖ publish          held on all 2",
        "AT FIRST ERROR",
        "gives up; asks which way",
    ] {
        assert!(screen.contains(words), "{words}:\n{screen}");
    }
    assert!(!screen.contains("t0ken"), "{screen}");
    console.send("y");
    console.wait_for("the card was sent to the clipboard");
    console.send("\u{1b}");
    console.wait_for("1 Hosts and steps");
    console.resize(24, 80);
    console.send("5");
    figure(&console.wait_for("1 Failure  build on h1"));
    console.resize(16, 60);
    console.send("1");
    figure(&console.wait_for("3 done and not done"));
    console.resize(36, 120);
    console.act("A", "Abort");
    ends(console, 1);
}

#[test]
fn retried_on_one_host_and_on_all() {
    let project = project();
    reset(&project, &[2]);
    let console = failed(&project);
    project.on(1, &format!("touch {ROOT}/mended"));
    console.act("T", "Retry build on h1?");
    ends(console, 0);
    assert_eq!(effects(&project, 1), "release build build publish");
    assert_eq!(decided(&project), [r#"{"chose":[0,"retry",""]}"#]);
    reset(&project, &[]);
    let console = failed(&project);
    let screen = console.wait_for("same error on 2 hosts: h1 h2");
    figure(&screen);
    for i in [1, 2] {
        project.on(i, &format!("touch {ROOT}/mended"));
    }
    console.send("T");
    console.wait_for("Retry on all 2 hosts");
    console.press("\t\t", "Retry on all 2 hosts");
    ends(console, 0);
    for i in [1, 2] {
        assert_eq!(effects(&project, i), "release build build publish");
    }
    assert_eq!(decided(&project), [r#"{"chose":[0,"retry",""]}"#, r#"{"chose":[1,"retry",""]}"#]);
}

#[test]
fn edited_with_several_pasted_lines_and_run() {
    let project = project();
    reset(&project, &[2]);
    let console = failed(&project);
    console.send("O");
    console.wait_for("Command (sh, set -e)");
    console.send("\t\u{1b}[200~touch /srv/www/app/mended\necho pasted\n\u{1b}[201~");
    console.wait_for("echo pasted");
    // Left by accident: it is there again.
    console.send("\u{1b}");
    console.wait_for("what you typed is kept");
    console.send("O");
    console.wait_for("This is what you typed before");
    console.press("\u{1b}[B", "Compare");
    let screen = console.wait_for("+ touch /srv/www/app/mended");
    assert!(screen.contains("Against the plan, 2 added and 0 removed"), "{screen}");
    figure(&screen);
    console.press("\t", "Run this");
    ends(console, 0);
    assert_eq!(effects(&project, 1), "release build build publish");
    let lines = decided(&project);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with(r#"{"chose":[0,{"edit":"touch /srv/www/app/mended\necho pasted\n"#)
    );
    // The difference can be seen later.
    let run = project.newest();
    let said = String::from_utf8(project.log(&[&run, "build", "h1"])).unwrap();
    figure(&said);
    assert!(said.contains("edited, against the plan:\n+ touch /srv/www/app/mended\n"), "{said}");
    let first = "==> h1 build, attempt 1: exit 3; tried again with another command <==";
    assert!(said.contains(first), "{said}");
    let json = project.log(&[&run, "build", "h1", "--output", "json"]);
    let json: Value = serde_json::from_slice(&json).unwrap();
    let attempts = json["attempts"].as_array().unwrap();
    assert_eq!(attempts[0]["edited"], Value::Null);
    assert!(attempts[1]["edited"].as_str().unwrap().starts_with("touch "), "{json}");
    assert!(attempts[1]["planned"].as_str().unwrap().starts_with("echo build"), "{json}");
}

#[test]
fn a_run_with_an_edit_that_ends_without_a_console_says_so() {
    let project = project();
    for output in ["plain", "json"] {
        reset(&project, &[2]);
        let console = failed(&project);
        console.send("P");
        console.wait_for("paused");
        console.send("O");
        console.wait_for("Command (sh, set -e)");
        console.send("\ttouch /srv/www/app/mended; ");
        console.press("\t\t", "Compare");
        console.wait_for("+ touch /srv/www/app/mended");
        console.confirm("\t");
        console.wait_for("PAUSED before publish");
        console.signal("TERM");
        assert_eq!(console.wait_exit().0, Some(143));
        let ended = project.must(0, &["resume", &project.newest(), "--output", output]);
        let word = match output {
            "plain" => "  h1 build: ok, edited: not with the plan's command\n",
            _ => r#""edited":[{"host":"h1","step":"build"}]"#,
        };
        assert!(ended.stdout.contains(word), "{}", ended.stdout);
        figure(&ended.stdout);
    }
}

#[test]
fn mended_by_hand_left_out_or_without_the_host() {
    let project = project();
    for (key, dialog, said, fact, one, code) in [
        (
            "F",
            "Mark build on h1 fixed?",
            "marked fixed",
            r#"{"chose":[0,"fixed","by hand"]}"#,
            "release build publish",
            0,
        ),
        (
            "K",
            "Skip build on h1?",
            "skipped",
            r#"{"chose":[0,"skip","by hand"]}"#,
            "release build publish",
            1,
        ),
        (
            "X",
            "Exclude h1?",
            "its host was excluded",
            r#"{"chose":[0,"exclude","by hand"]}"#,
            "release build",
            1,
        ),
    ] {
        reset(&project, &[2]);
        let console = failed(&project);
        console.send(key);
        figure(&console.wait_for(dialog));
        console.send("\tby hand");
        console.confirm("\t\t");
        ends(console, code);
        assert_eq!(effects(&project, 1), one, "{key}");
        assert_eq!(effects(&project, 2), "release build publish", "{key}");
        assert_eq!(decided(&project), [fact], "{key}");
        let log = project.must(0, &["log", &project.newest(), "build", "h1"]).stdout;
        let heading = format!("==> h1 build, attempt 1: exit 3; {said}: by hand <==");
        assert!(log.contains(&heading), "{log}");
    }
}

#[test]
fn given_up_in_each_way() {
    let project = project();
    let aborted = |undo: bool| format!(r#"{{"aborted":[{{"stop":false,"undo":{undo}}},""]}}"#);
    for (key, dialog, (tabs, button), undo) in [
        ("U", "Abort and undo?", ("\t", "Undo"), true),
        ("A", "Abort the run: which way?", ("\t", "Leave as it is"), false),
        ("A", "Abort the run: which way?", ("\t\t", "Undo"), true),
    ] {
        reset(&project, &[2]);
        let console = failed(&project);
        console.send(key);
        figure(&console.wait_for(dialog));
        console.press(tabs, button);
        ends(console, 1);
        let one = if undo { "release build release undone" } else { "release build" };
        assert_eq!(effects(&project, 1), one, "{key} {button}");
        assert_eq!(decided(&project), [aborted(undo)], "{key} {button}");
    }
}

#[test]
fn a_step_that_hangs_is_asked_to_end_and_then_killed() {
    let project = project();
    project.recipe(&format!(
        "{}{}",
        recipes::stage(2),
        STEPS.replace(
            "deploy = [\"release\", \"build\", \"publish\"]",
            "deploy = [\"release\", \"slow\"]",
        )
    ));
    reset(&project, &[]);
    let console = project.console(36, 120);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("RUN 2/2 slow");
    // The log goes to the host that runs first, which is any of the two.
    console.send(":h1\r");
    console.wait_for("4 Log h1 › slow");
    console.wait_for("FOLLOW  1 line");
    figure(&{
        console.send("H");
        console.wait_for("Stop slow on h1?")
    });
    console.confirm("\t");
    console.wait_for("slow was sent TERM");
    console.send("H");
    figure(&console.wait_for("It was sent TERM"));
    console.confirm("\t");
    let screen = console.wait_for("1 Failure  slow on h1");
    assert!(screen.contains("killed by signal 9 (KILL)"), "{screen}");
    // The other host goes on; both are stopped when the run is given up so.
    console.send("A");
    console.wait_for("Leave, and stop");
    console.press("\t\t\t", "Leave, and stop");
    ends(console, 1);
    let stop = |node: u64, sig: &str, cause: &str| {
        format!(r#"{{"stopping":[{{"n":1,"node":{node}}},{{"cause":"{cause}","sig":"{sig}"}}]}}"#)
    };
    let facts = decided(&project);
    let Some(node) = facts[0].split_once("\"node\":").and_then(|(_, rest)| rest.split_once('}'))
    else {
        panic!("{facts:?}")
    };
    let one: u64 = node.0.parse().unwrap();
    assert_eq!(facts[..2], [stop(one, "term", "operator"), stop(one, "kill", "operator")]);
    assert!(facts[2].starts_with(r#"{"aborted":[{"stop":true,"undo":false}"#), "{facts:?}");
    assert!(facts[3..].contains(&stop(one + 1, "term", "abort")), "{facts:?}");
}

const NOT_BACK: &str = r#"
[steps.one]
run = "true"
undo = "exit 3"
[steps.two]
run = "true"
undo = "exit 4"
[steps.three]
run = "exit 5"
[pipelines]
deploy = ["one", "two", "three"]
"#;

#[test]
fn what_cannot_be_taken_back_is_left_as_it_is_by_one_answer() {
    let project = Project::up(2, &[], NOT_BACK);
    let console = project.console(36, 120);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("FAILED three on h");
    console.act("U", "Abort and undo?");
    console.wait_for("NOT UNDONE");
    console.wait_for("leaves all that is not undone as it is");
    console.send("A");
    figure(&console.wait_for("Leave the rest as it is?"));
    console.press("\t", "Leave as it is");
    console.wait_for("is over");
    let screen = console.wait_for("UNDO FAILED, 4 NOT UNDONE");
    figure(&screen);
    ends(console, 1);
    let facts = decided(&project);
    assert_eq!(facts.len(), 2, "{facts:?}");
    assert!(facts[1].contains(r#","abort",""]"#), "{facts:?}");
}
