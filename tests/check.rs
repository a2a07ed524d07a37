//! `deployui check`: whether steps outlive the connection over which they were begun.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use recipes::{Project, ROOT, TWO_STEPS};

const LAYOUT: &str = "\n[layout]\nkind = \"releases\"\n";

/// Nothing of the sleeper is left.
fn nothing_left(project: &Project, i: usize) {
    assert_eq!(project.on(i, &format!("ls {ROOT}/.deployui/*/runs 2>/dev/null || true")), "");
    assert_eq!(project.on(i, "pgrep -fxc 'sleep 120' || true"), "0");
    let here = std::fs::read_dir(project.state()).unwrap();
    let names = here.map(|it| it.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("check-")).count(), 0);
}

#[test]
fn steps_outlive_their_connections() {
    let project = Project::up(2, &[], &format!("{TWO_STEPS}{LAYOUT}"));
    let ran = project.must(0, &["check"]);
    for host in ["h1", "h2"] {
        let line = format!("ok       {host}: durability: a step outlives its connection\n");
        assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    }
    nothing_left(&project, 1);
    nothing_left(&project, 2);
    assert!(project.runs().is_empty());
}

/// A host that ends all processes of a user with the last session, as logind does where it is told to.
#[test]
fn a_host_that_kills_with_the_session_is_named() {
    let project = Project::up(2, &[], &format!("{TWO_STEPS}{LAYOUT}"));
    project.on(
        2,
        "setsid sh -c 'until pgrep -u deploy -fx \"sleep 120\"; do sleep 0.05; done
          while pgrep -u deploy -f ^sshd; do sleep 0.05; done; pkill -KILL -u deploy' >/dev/null 2>&1 </dev/null &",
    );
    let ran = project.must(5, &["check"]);
    assert!(ran.stdout.contains("ok       h1: durability: "), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("bad      h2: durability: a step is killed when its connection ends"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("KillUserProcesses"), "{}", ran.stdout);
    nothing_left(&project, 2);
}
