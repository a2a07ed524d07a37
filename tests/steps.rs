//! Steps that are not plain commands: run as another user, leaving something behind, deaf to signals,
//! killed, asking, conditional. The state and the words for each.

mod recipes;
mod support;

use recipes::{Project, ROOT, events};

/// One host, and a pipeline of these steps in their order.
fn steps(text: &str) -> Project {
    let names: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("[steps.")?.strip_suffix(']'))
        .filter(|name| !name.contains('.'))
        .map(|name| format!("\"{name}\""))
        .collect();
    Project::up(1, &[], &format!("{text}\n[pipelines]\ndeploy = [{}]\n", names.join(", ")))
}

#[test]
fn a_step_as_root() {
    let project = steps(
        r#"
[steps.root]
as = "root"
env = { GREETING = "it's me" }
cwd = "/srv"
run = """
id -un; pwd; echo "$GREETING"; umask
touch /srv/www/app/of-root
cat
echo END
exit 0"""
[steps.fails]
as = "root"
run = "echo no >&2; exit 7"
"#,
    );
    let ran = project.must(1, &["deploy"]);
    let run = project.newest();
    assert_eq!(
        String::from_utf8(project.log(&[&run, "root", "h1"])).unwrap(),
        "root\n/srv\nit's me\n0022\nEND\n"
    );
    assert_eq!(project.on(1, &format!("stat -c '%U %a' {ROOT}/of-root")), "root 644");
    assert!(ran.stdout.contains("h1 fails: FAILED: exit 7"), "{}", ran.stdout);
    project.same_logs(1, &run);
}

#[test]
fn a_user_that_sudo_does_not_give() {
    let project = steps("[steps.other]\nas = \"root\"\nrun = \"id\"\n");
    project.on(1, "sed -i 's/^deploy.*//' /etc/sudoers");
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h1 other | sudo: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("h1 other: FAILED: exit 1"), "{}", ran.stdout);
}

#[test]
fn a_daemon_that_the_recipe_knows_of() {
    let project = steps(
        r#"
[steps.start]
detaches = true
run = "sleep 77.25 >/dev/null 2>&1 & echo started"
[steps.root]
as = "root"
detaches = true
run = "sleep 77.5 >/dev/null 2>&1 & echo started"
"#,
    );
    let ran = project.must(0, &["deploy"]);
    assert_eq!(ran.stdout.matches(" | started\n").count(), 2, "{}", ran.stdout);
    for time in ["77.25", "77.5"] {
        assert_eq!(project.on(1, &format!("pgrep -fxc 'sleep {time}'")), "1", "it was ended");
    }
}

#[test]
fn a_daemon_that_nobody_spoke_of_is_asked_about() {
    let project = steps(
        "[steps.start]\nrun = \"sleep 300.25 >/dev/null 2>&1 & echo started\"\n\
         [steps.after]\nrun = \"echo x >>{{ root }}/after\"\n",
    );
    let ran = project.must(3, &["deploy"]);
    assert!(
        ran.stdout.contains("h1 start: needs a decision (unsettled): go on, "),
        "{}",
        ran.stdout
    );
    assert_eq!(project.file(1, "after"), "");
    // When it has ended, so has the step, and nothing need be decided.
    project.on(1, "pkill -fx 'sleep 300.25'");
    project.must(0, &["resume"]);
    assert_eq!(project.file(1, "after"), "x");
}

#[test]
fn a_time_limit_ends_with_term_and_then_with_kill() {
    let project = steps(
        r#"
[steps.polite]
timeout = "1s"
undo = "true"
run = "trap 'echo cleaning up; exit 3' TERM; echo begun; while :; do sleep 0.05; done"
"#,
    );
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h1 polite: sent TERM"), "{}", ran.stdout);
    assert!(ran.stdout.contains("h1 polite | cleaning up"), "{}", ran.stdout);
    assert!(ran.stdout.contains("h1 polite: FAILED: stopped at its time limit"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("sent KILL"), "{}", ran.stdout);

    let project = steps(
        r#"
[steps.deaf]
timeout = "1s"
run = "trap '' TERM; echo begun; while :; do sleep 0.05; done"
[steps.after]
run = "echo x >>{{ root }}/after"
"#,
    );
    let ran = project.must(1, &["deploy", "--output", "json"]);
    let events = events(&ran.stdout);
    let signals: Vec<&str> = events
        .iter()
        .filter(|event| event["event"] == "step-stopping")
        .map(|event| event["signal"].as_str().unwrap())
        .collect();
    assert_eq!(signals, ["TERM", "KILL"]);
    let ended = events.iter().find(|event| event["event"] == "step-ended").unwrap();
    assert_eq!(ended["outcome"], "timeout");
    assert!(ended["seconds"].as_f64().unwrap() >= 11.0, "{ended}");
    assert_eq!(project.file(1, "after"), "");
    assert_eq!(project.on(1, "pgrep -fc '[w]hile :; do sleep' || true"), "0", "it lives");
}

#[test]
fn a_question_answered_with_no_is_no_failure() {
    let project = steps(
        r#"
[steps.deaf]
when = "test -e /nowhere"
run = "echo x >>{{ root }}/after"
[steps.after]
run = "true"
"#,
    );
    let ran = project.must(0, &["deploy", "--output", "json"]);
    let events = events(&ran.stdout);
    let ended = events.iter().filter(|event| event["event"] == "step-ended");
    let outcomes: Vec<&str> = ended.map(|event| event["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["no", "ok"]);
    assert_eq!(project.file(1, "after"), "");
}

#[test]
fn a_time_limit_reaches_what_runs_as_root() {
    let project =
        steps("[steps.root]\nas = \"root\"\ntimeout = \"1s\"\nrun = \"sleep 301.5; echo never\"\n");
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h1 root: FAILED: stopped at its time limit"), "{}", ran.stdout);
    assert_eq!(project.on(1, "pgrep -fxc 'sleep 301.5' || true"), "0", "it lives");
}

#[test]
fn how_a_step_ended_is_said_in_words() {
    for (run, said) in [
        ("kill -9 $$", "killed by signal 9 (KILL)"),
        ("kill -SEGV $$", "killed by signal 11 (SEGV)"),
        ("ulimit -t 1; while :; do :; done", "killed by signal 9 (KILL)"),
        ("sh -c 'kill -9 $$'", "killed by signal 9 (KILL)"),
        ("exit 255", "exit 255"),
        ("no-such-command", "exit 127 (command not found)"),
        ("/etc/passwd", "exit 126 (cannot be executed)"),
    ] {
        let project = steps(&format!("[steps.killed]\nrun = \"\"\"echo begun; {run}\"\"\"\n"));
        let ran = project.must(1, &["deploy"]);
        assert!(
            ran.stdout.contains(&format!("h1 killed: FAILED: {said}")),
            "{run}: {}",
            ran.stdout
        );
        assert!(ran.stdout.contains("h1 killed | begun"), "{run}: {}", ran.stdout);
        project.same_logs(1, &project.newest());
    }
}

#[test]
fn conditions_and_items() {
    let project = steps(
        r#"
[steps.wanted]
when = "[ -d /srv ]"
run = "echo wanted >>{{ root }}/done"
[steps.unwanted]
unless = "[ -d /srv ]"
run = "echo unwanted >>{{ root }}/done"
[steps.each]
items = { list = "cd {{ root }}; for f in b a c; do [ -e $f ] || echo \"$f it's\"; done", match = '^(?<name>\w) (?<rest>.*)$', run = "touch {{ root }}/{{ item.name }}; echo {{ item.rest }} >>{{ root }}/done" }
"#,
    );
    let ran = project.must(0, &["deploy"]);
    assert_eq!(project.file(1, "done"), "wanted\nit's\nit's\nit's", "{}", ran.stdout);
    assert!(ran.stdout.contains("h1 unwanted: not done: its condition says"), "{}", ran.stdout);
    project.same_logs(1, &project.newest());

    let project =
        steps("[steps.broken]\nwhen = \"no-such-program\"\nrun = \"echo x >>{{ root }}/done\"\n");
    let ran = project.must(1, &["deploy"]);
    assert_eq!(project.file(1, "done"), "", "{}", ran.stdout);
    assert!(ran.stdout.contains("FAILED: exit 127"), "{}", ran.stdout);
}

#[test]
fn output_of_any_kind() {
    let project = steps(
        r#"
[steps.escapes]
run = """printf '\\033]0;title\\007\\033[2J\\033[31mred\\033[0m \\342\\200\\256gnol\\n\\rover\\n'; printf 'bytes \\377\\000 end'"""
[steps.flood]
run = "yes x | head -c 3000000"
[steps.long]
run = "head -c 3000000 /dev/zero | tr '\\0' x"
[steps.fast]
run = "echo out; echo err >&2; echo >&2; echo out"
"#,
    );
    let ran = project.must(0, &["deploy"]);
    let run = project.newest();
    assert_eq!(project.same_logs(1, &run), 4);
    let bad = |c: char| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c));
    assert!(
        !ran.stdout.contains(bad),
        "host output reached the terminal: {:?}",
        ran.stdout.lines().find(|line| line.contains(bad))
    );
    assert!(ran.stdout.contains("deployui log"), "nothing says where the rest is");
    assert_eq!(project.log(&[&run, "fast"]), b"out\nerr\n\nout\n");
    assert_eq!(project.log(&[&run, "escapes"]).last_chunk(), Some(b"bytes \xff\0 end"));
}

#[test]
fn a_step_that_waits_for_input_gets_none() {
    let project = steps("[steps.asks]\nrun = \"printf 'Sure? '; read -r word; echo got $word\"\n");
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h1 asks | Sure? "), "{}", ran.stdout);
    assert!(ran.stdout.contains("FAILED: exit 1"), "{}", ran.stdout);
}

#[test]
fn a_long_command_and_a_long_value() {
    let long = "x".repeat(100_000);
    let project = steps(&format!(
        "[steps.text]\nrun = \"\"\"\n# {}\ncat <<'E' | wc -c\n{long}\nE\n\"\"\"\n[steps.value]\nenv = {{ LONG = \"{long}\" }}\nrun = \"echo ${{#LONG}}\"\n",
        "y".repeat(400_000),
    ));
    project.must(0, &["deploy"]);
    let run = project.newest();
    assert_eq!(project.log(&[&run, "text"]), b"100001\n");
    assert_eq!(project.log(&[&run, "value"]), b"100000\n");
}
