//! A release by hand on three hosts, and everything that a run without the console can be told.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;

use recipes::{Project, ROOT, events, repository, sha256};
use serde_json::Value;
use support::fleet::Fleet;

/// Two commits, and so a revision to tell apart.
const COMMITS: &str = r#"echo one >page.txt
        echo 'set -e; { echo "$GREETING"; cat page.txt; } >page; echo built' >build.sh
        git add . && git commit -qm one && echo two >>page.txt && git commit -qam two"#;

fn shop() -> Project {
    let fleet = Fleet::up(3, &[]);
    repository(&fleet, 3, COMMITS);
    Project::new(fleet, include_str!("recipes/release.toml"))
}

/// The run that a plain or JSON report is about.
fn run_of(stdout: &str) -> String {
    let first = stdout.lines().next().unwrap();
    match serde_json::from_str::<Value>(first) {
        Ok(event) => event["run"].as_str().unwrap().to_owned(),
        Err(_) => first.split(' ').nth(1).unwrap().to_owned(),
    }
}

/// The release is served by every host, whole, with what outlives it.
fn served(shop: &Project, run: &str, greeting: &str) {
    let head = shop.on(1, "git -C /srv/git/shop.git -c safe.directory=* rev-parse main");
    for i in 1..=3 {
        assert_eq!(shop.on(i, &format!("readlink {ROOT}/current")), format!("releases/{run}"));
        assert_eq!(shop.file(i, "current/page"), format!("{greeting}, h{i}\none\ntwo"));
        assert_eq!(shop.file(i, "current/REVISION"), head);
        assert_eq!(
            shop.on(i, &format!("readlink -f {ROOT}/current/log")),
            format!("{ROOT}/shared/log")
        );
        assert_eq!(shop.on(i, &format!("stat -c '%U %a' {ROOT}/current/page")), "deploy 644");
    }
}

#[test]
fn a_release_of_ten_steps() {
    let shop = shop();
    let ran = shop.must(0, &["deploy"]);
    let first = run_of(&ran.stdout);
    served(&shop, &first, "hello");
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    assert!(ran.stdout.contains("h2 build | built\n"), "{}", ran.stdout);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.starts_with(&format!("run {first}: ok after ")), "{last}");
    // Ten steps on three hosts, the migration on one of them.
    assert_eq!(shop.same_logs(3, &first), 28);
    assert_eq!(shop.file(3, "shared/migrations"), first);
    assert_eq!(shop.file(1, "shared/migrations"), "");
    assert_eq!(fs::read_to_string(shop.ui.home().join("told")).unwrap(), format!("shop {first}\n"));

    for (step, host) in [("build", "h1"), ("revision", "h3"), ("verify", "h2")] {
        let i = host[1..].parse().unwrap();
        let there = &shop.host_logs(i, &first)[&format!("{step}.1")];
        assert_eq!(sha256(&shop.log(&[&first, step, host])), *there, "{step} {host}");
    }
    assert_eq!(shop.log(&[&first, "verify", "h2"]), b"hello, h2\none\ntwo\n");
    assert_eq!(
        shop.log(&[&first, "mirror", "h1"]).is_empty(),
        shop.on(1, &format!("cat {ROOT}/.deployui/*/runs/{first}/mirror.1/log")).is_empty()
    );

    // Again: the mirror is there, and old releases go.
    let mut runs = vec![first];
    for greeting in ["again", "and again", "and so on"] {
        let var = format!("greeting={greeting}");
        let ran = shop.must(0, &["run", "deploy", "--var", &var, "--output", "json"]);
        let run = run_of(&ran.stdout);
        served(&shop, &run, greeting);
        told(&ran.stdout, &run);
        runs.push(run);
    }
    let kept = shop.on(2, &format!("ls -1 {ROOT}/releases"));
    assert_eq!(kept.lines().collect::<Vec<_>>(), runs[1..]);
    let listed: Vec<Value> = shop.runs();
    let ids: Vec<&str> = listed.iter().rev().map(|run| run["run"].as_str().unwrap()).collect();
    assert_eq!(ids, runs);
    assert!(listed.iter().all(|run| run["outcome"] == "ok" && run["app"] == "shop"), "{listed:?}");
    let plain = shop.must(0, &["runs"]);
    assert_eq!(plain.stdout.lines().count(), 4);
    assert!(plain.stdout.contains("ok       "), "{}", plain.stdout);
}

/// The closed list of events, as the report's documentation has it.
const EVENTS: [&str; 19] = [
    "run-opened",
    "run-resumed",
    "host-up",
    "host-down",
    "step-started",
    "step-ended",
    "step-refused",
    "step-unknown",
    "step-stopping",
    "step-never",
    "log-replaced",
    "held",
    "answered",
    "mode",
    "host-excluded",
    "aborted",
    "run-finished",
    "refused",
    "step-settled",
];

/// A whole JSON report of a run that went well.
fn told(stdout: &str, run: &str) {
    let events = events(stdout);
    for event in &events {
        let name = event["event"].as_str().unwrap();
        assert!(EVENTS.contains(&name), "an event that is not on the list: {event}");
        let at = event["at"].as_str().unwrap();
        assert!(at.ends_with('Z') && at.parse::<jiff::Timestamp>().is_ok(), "{event}");
    }
    assert_eq!(events[0]["event"], "run-opened");
    assert_eq!(events[0]["hosts"], serde_json::json!(["h1", "h2", "h3", "local"]));
    assert_eq!(events[0]["steps"].as_array().unwrap().len(), 11);
    let last = events.last().unwrap();
    assert_eq!(
        (&last["event"], &last["outcome"], &last["exit"], &last["run"]),
        (&"run-finished".into(), &"ok".into(), &0.into(), &run.into())
    );
    let ended: Vec<&Value> = events.iter().filter(|event| event["event"] == "step-ended").collect();
    assert_eq!(ended.len(), 29);
    assert!(ended.iter().all(|event| event["outcome"] == "ok" && event["status"] == 0));
    // One host after the other through the whole batch.
    let batch = |event: &&&Value| event["step"] == "publish" || event["step"] == "verify";
    let order: Vec<(&str, &str)> = ended
        .iter()
        .filter(batch)
        .map(|event| (event["host"].as_str().unwrap(), event["step"].as_str().unwrap()))
        .collect();
    let wanted = ["h1", "h2", "h3"].map(|host| [(host, "publish"), (host, "verify")]);
    assert_eq!(order, wanted.concat());
}

const CHOICE: &str = r#"
app = "shop"
root = "/srv/www/app"
[vars]
word = "plain"
[stages.staging]
hosts = ["h1", "h2", "h3"]
[stages.production]
hosts = ["h1"]
protected = true
[hosts.h1]
roles = ["web"]
[hosts.h2]
roles = ["web"]
[hosts.h3]
roles = ["db"]
[steps.note]
run = "echo {{ vars.word }} {{ stage }} >>{{ root }}/notes"
[steps.more]
run = "echo more >>{{ root }}/notes"
[steps.first]
once = true
run = "echo once >>{{ root }}/notes"
[pipelines]
deploy = ["note", "more", "first"]
"#;

/// What each host noted, and nothing is left of it.
fn notes(project: &Project) -> [String; 3] {
    [1, 2, 3].map(|i| {
        let noted = project.file(i, "notes");
        project.on(i, &format!("rm -f {ROOT}/notes"));
        noted.replace('\n', ", ")
    })
}

#[test]
fn hosts_and_steps_are_chosen() {
    let project = Project::new(Fleet::up(3, &[]), CHOICE);
    let staging = ["deploy", "--stage", "staging"];
    let cases: [(&[&str], [&str; 3]); 5] = [
        (&[], ["plain staging, more, once", "plain staging, more", "plain staging, more"]),
        (&["--hosts", "h3,h2"], ["", "plain staging, more, once", "plain staging, more"]),
        (&["--roles", "db"], ["", "", "plain staging, more, once"]),
        (
            &["--skip", "more", "--skip", "first", "--roles", "web"],
            ["plain staging", "plain staging", ""],
        ),
        (
            &["--var", "word=$(id) 'x'", "--hosts", "h1", "--skip", "more"],
            ["$(id) 'x' staging, once", "", ""],
        ),
    ];
    for (more, wanted) in cases {
        project.must(0, &[&staging[..], more].concat());
        assert_eq!(notes(&project), wanted, "{more:?}");
    }
    let wrong: [(&[&str], &str); 6] = [
        (&["--hosts", "h9"], "h9"),
        (&["--roles", "cache"], "cache"),
        (&["--skip", "nothing"], "nothing"),
        (&["--var", "wrod=x"], "wrod"),
        (&["--on-failure", "hope"], "stop, undo, or retry=N"),
        (&["--hosts", "h3", "--roles", "web"], ""),
    ];
    for (more, named) in wrong {
        let ran = project.must(2, &[&staging[..], more].concat());
        assert!(ran.stderr.starts_with("error:") && ran.stderr.contains(named), "{}", ran.stderr);
    }
    for words in
        [&["deploy"][..], &["run", "depoly", "--stage", "staging"], &["deploy", "--stage", "x"]]
    {
        let ran = project.must(2, words);
        assert!(ran.stderr.starts_with("error:"), "{}", ran.stderr);
    }
    assert_eq!(notes(&project), ["", "", ""]);
    assert_eq!(project.runs().len(), 5, "a run was opened by a wrong command line");
}

#[test]
fn a_protected_stage_wants_its_name() {
    let project = Project::new(Fleet::up(3, &[]), CHOICE);
    let production = ["deploy", "--stage", "production"];
    for (more, said) in [
        (&["--yes"][..], "hint: say --confirm production"),
        (&["--confirm", "staging"], "`staging` is not the name of the stage"),
    ] {
        let ran = project.must(2, &[&production[..], more].concat());
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert_eq!(notes(&project), ["", "", ""]);
    }
    let json = project.must(2, &["deploy", "--stage", "production", "--output", "json"]);
    let refused = events(&json.stdout);
    assert_eq!((&refused[0]["event"], &refused[0]["exit"]), (&"refused".into(), &2.into()));
    project.must(0, &["deploy", "--stage", "production", "--confirm", "production"]);
    assert_eq!(notes(&project), ["plain production, more, once", "", ""]);
    project.must(2, &["exec", "--stage", "production", "--", "touch /srv/www/app/touched"]);
    assert_eq!(project.file(1, "touched"), "");
}

const UNDO: &str = r#"
[steps.one]
run = "echo 1 >>{{ root }}/done; touch {{ root }}/one"
undo = "echo 1 >>{{ root }}/undone; rm {{ root }}/one"
[steps.two]
run = "echo 2 >>{{ root }}/done; touch {{ root }}/two"
undo = "echo 2 >>{{ root }}/undone; rm {{ root }}/two"
[steps.three]
run = "echo 3 >>{{ root }}/done; [ {{ host.name }} != h2 ]"
undo = "echo 3 >>{{ root }}/undone; [ {{ host.name }} != h3 ]"
[steps.four]
run = "echo 4 >>{{ root }}/done"
[pipelines]
deploy = ["one", "two", "three", "four"]
"#;

#[test]
fn what_was_done_is_taken_back() {
    let project = Project::up(3, &[], UNDO);
    let ran = project.must(1, &["deploy", "--on-failure", "undo"]);
    for i in 1..=3 {
        assert_eq!(project.file(i, "done"), "1\n2\n3", "h{i}");
        assert_eq!(project.file(i, "undone"), "3\n2\n1", "h{i}");
        assert_eq!(project.on(i, &format!("ls {ROOT}")), "done\nundone");
    }
    assert!(ran.stdout.contains("h2 three: FAILED: exit 1"), "{}", ran.stdout);
    assert!(ran.stdout.contains("NOT undone: exit 1"), "{}", ran.stdout);
    let run = run_of(&ran.stdout);
    assert_eq!(project.runs()[0]["outcome"], "failed");
    assert_eq!(project.same_logs(3, &run), 18);
}

#[test]
fn a_failure_stops_every_host_and_is_not_tried_again() {
    let project = Project::up(3, &[], UNDO);
    let ran = project.must(1, &["deploy", "--output", "json"]);
    let events = events(&ran.stdout);
    assert_eq!(events.last().unwrap()["outcome"], "failed");
    let held: Vec<&Value> = events.iter().filter(|event| event["event"] == "held").collect();
    assert_eq!(held.len(), 1);
    assert_eq!((&held[0]["host"], &held[0]["step"]), (&"h2".into(), &"three".into()));
    for i in 1..=3 {
        assert_eq!(
            (project.file(i, "done"), project.file(i, "undone")),
            ("1\n2\n3".into(), "".into())
        );
    }
    let run = run_of(&ran.stdout);
    for format in ["plain", "json"] {
        let again = project.must(1, &["resume", &run, "--output", format]);
        assert!(
            again.stderr.contains(&format!("run {run} is over: aborted after a failure")),
            "{}",
            again.stderr
        );
        let last = recipes::events(&again.stdout);
        assert_eq!(last.len(), usize::from(format == "json"));
        assert!(last.iter().all(|event| event["event"] == "run-finished" && event["exit"] == 1));
    }
    assert_eq!(project.file(1, "done"), "1\n2\n3", "a closed run went on");
    // What was only prepared has no log, and is not spoken of as if it had one.
    let nothing = project.must(0, &["log", &run, "four"]);
    assert_eq!(
        (nothing.stdout.as_str(), nothing.stderr.as_str()),
        ("", "nothing of it was begun\n")
    );
    assert_eq!(project.must(0, &["log", &run]).stdout.matches("==> ").count(), 9);
}

const FLAKY: &str = r#"
[steps.flaky]
run = "echo x >>{{ root }}/tries; [ $(wc -l <{{ root }}/tries) -ge 2 ]"
[steps.after]
run = "echo after >>{{ root }}/done"
[pipelines]
deploy = ["flaky", "after"]
"#;

#[test]
fn a_step_is_tried_again_as_often_as_was_said() {
    let project = Project::up(2, &[], FLAKY);
    let ran = project.must(0, &["deploy", "--on-failure", "retry=2"]);
    let run = run_of(&ran.stdout);
    assert!(ran.stdout.contains("h1 flaky: started (attempt 2)"), "{}", ran.stdout);
    for i in [1, 2] {
        assert_eq!(
            (project.file(i, "tries"), project.file(i, "done")),
            ("x\nx".into(), "after".into())
        );
    }
    assert_eq!(project.same_logs(2, &run), 6);

    project.recipe(&format!("{}{}", recipes::stage(2), FLAKY.replace("-ge 2", "-ge 99")));
    let ran = project.must(1, &["deploy", "--on-failure", "retry=2", "--hosts", "h1"]);
    assert_eq!(project.file(1, "tries").lines().count(), 2 + 3, "{}", ran.stdout);
    assert_eq!(project.file(1, "done"), "after");
}

#[test]
fn what_the_recipe_says_of_retries_counts() {
    let steps = FLAKY.replace("[steps.flaky]", "[steps.flaky]\nretry = 1");
    let project = Project::up(1, &[], &steps);
    project.must(0, &["deploy"]);
    assert_eq!(project.file(1, "tries"), "x\nx");
}

const SCHEMA: &str = r#"
[steps.migrate]
changes = "schema"
run = "echo x >>{{ root }}/migrated; [ -e {{ root }}/mended ]"
[steps.after]
run = "echo x >>{{ root }}/after"
[pipelines]
deploy = ["migrate", "after"]
"#;

#[test]
fn a_failed_schema_change_is_left_open() {
    for policy in ["stop", "retry=2"] {
        // A run that is left open keeps the stage.
        let project = Project::up(1, &[], SCHEMA);
        let ran = project.must(3, &["deploy", "--on-failure", policy]);
        let run = run_of(&ran.stdout);
        assert!(
            ran.stderr.contains(&format!("hint: to go on: deployui resume {run}")),
            "{}",
            ran.stderr
        );
        assert_eq!(project.runs()[0]["outcome"], Value::Null);
        assert_eq!(project.file(1, "migrated"), "x", "tried again by itself");
        // Taken up without anybody to answer, it is still a decision, and nothing is done.
        let again = project.must(3, &["resume", &run, "--output", "json"]);
        let asked = events(&again.stdout);
        assert_eq!(asked[0]["event"], "run-resumed");
        let held: Vec<&Value> = asked.iter().filter(|event| event["event"] == "held").collect();
        assert_eq!(
            (held.len(), &held[0]["step"], &held[0]["cause"]),
            (1, &"migrate".into(), &"failed".into())
        );
        assert_eq!(
            (project.file(1, "migrated"), project.file(1, "after")),
            ("x".into(), "".into())
        );
        project.on(1, &format!("rm {ROOT}/migrated"));
        // It keeps everybody else off, until somebody ends that.
        let refused = project.must(4, &["deploy"]);
        assert!(refused.stderr.contains("deployui unlock --force"), "{}", refused.stderr);
        let ended = project.must(0, &["unlock", "--force"]);
        assert!(ended.stdout.contains(&run), "{}", ended.stdout);
    }
}

#[test]
fn a_command_on_all_hosts() {
    let project = Project::up(3, &[], UNDO);
    let ran = project.must(0, &["exec", "--", "hostname;", "pwd"]);
    for i in 1..=3 {
        assert!(ran.stdout.contains(&format!(" | h{i}\n")), "{}", ran.stdout);
    }
    assert!(ran.stdout.contains(" | /home/deploy\n"), "{}", ran.stdout);
    let ran = project
        .must(1, &["exec", "--hosts", "h2,h3", "--output", "json", "--", "[ $(hostname) = h2 ]"]);
    let ended: Vec<(Value, Value)> = events(&ran.stdout)
        .iter()
        .filter(|event| event["event"] == "step-ended")
        .map(|event| (event["host"].clone(), event["outcome"].clone()))
        .collect();
    assert!(
        ended.contains(&("h2".into(), "ok".into()))
            && ended.contains(&("h3".into(), "failed".into()))
    );
    assert_eq!(ended.len(), 2);
    project.must(2, &["exec"]);
    // Braces are the shell's, and no template.
    let ran = project.must(0, &["exec", "--hosts", "h1", "--", "echo '{{ app }}' ${HOME}"]);
    assert!(ran.stdout.contains(" | {{ app }} /home/deploy\n"), "{}", ran.stdout);
}
