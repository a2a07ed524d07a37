//! A step outlives what it was begun by: the console, its network, sshd, and the processes that watch
//! it. What became of it is learned, or said to be unknown.

mod recipes;
mod support;

use std::fs;

use recipes::{Project, ROOT, events, figure};
use serde_json::Value;
use support::deployui::Spawned;
use support::fleet::Fleet;
use support::proxy::Proxy;

/// A step that counts itself, says `in`, and ends when the test says so.
const GATE: &str = r#"
[steps.wait]
run = "mkfifo -m 666 {{ root }}/gate; echo x >>{{ root }}/wait; echo in; read -r word <{{ root }}/gate; echo out"
[steps.after]
run = "echo x >>{{ root }}/after"
[pipelines]
deploy = ["wait", "after"]
"#;

/// Lets the waiting step of host `i` end.
fn release(project: &Project, i: usize) {
    project.on(i, &format!("timeout 60 sh -c 'echo go >{ROOT}/gate'"));
}

/// Both steps of [`GATE`] ran once.
fn gone_through(project: &Project, run: &str) {
    assert_eq!((project.file(1, "wait"), project.file(1, "after")), ("x".into(), "x".into()));
    assert_eq!(project.log(&[run, "wait", "h1"]), b"in\nout\n");
    project.same_logs(1, run);
}

/// The run ends well, and was gone through.
fn ends_well(project: &Project, console: Spawned) {
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    gone_through(project, &project.newest());
}

fn waiting(project: &Project) -> Spawned {
    let console = project.spawn(&["deploy"]);
    console.wait_for("h1 wait | in");
    console
}

#[test]
fn sshd_is_restarted_and_sessions_are_killed_mid_step() {
    let project = Project::up(1, &[], GATE);
    for fault in [Fleet::kill_sessions as fn(&Fleet, usize), Fleet::restart] {
        project.on(1, &format!("rm -rf {ROOT}/gate {ROOT}/wait {ROOT}/after"));
        let console = waiting(&project);
        fault(&project.fleet, 1);
        console.wait_for("h1: connection lost");
        release(&project, 1);
        ends_well(&project, console);
    }
}

#[test]
fn a_signal_leaves_the_run_and_not_the_step() {
    let project = Project::up(1, &[], GATE);
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        project.on(1, &format!("rm -rf {ROOT}/gate {ROOT}/wait {ROOT}/after"));
        let console = waiting(&project);
        console.signal(signal);
        let ran = console.wait();
        assert_eq!(ran.code, Some(code), "{}\n{}", ran.stdout, ran.stderr);
        let run = project.newest();
        assert!(ran.stdout.contains(&format!("run {run}: detached after ")), "{}", ran.stdout);
        assert!(ran.stdout.contains("h1 wait: still running"), "{}", ran.stdout);
        assert!(ran.stderr.contains(&format!("deployui resume {run}")), "{}", ran.stderr);
        release(&project, 1);
        // The step ends by itself; what follows it is nobody's to begin.
        project.on(
            1,
            &format!(
                "until ls {ROOT}/.deployui/*/runs/{run}/wait.1/rc.0.* 2>/dev/null; do :; done"
            ),
        );
        assert_eq!(project.file(1, "after"), "", "the run went on without anybody");
        project.must(0, &["resume"]);
        gone_through(&project, &run);
    }
}

#[test]
fn two_consoles_do_not_drive_one_run() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    let run = project.newest();
    for format in ["plain", "json"] {
        let ran = project.must(4, &["resume", &run, "--output", format]);
        assert!(ran.stderr.contains("error: the run is driven by "), "{}", ran.stderr);
        assert!(ran.stderr.contains(&console.id().to_string()), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        if format == "json" {
            let refused = &events(&ran.stdout)[0];
            assert_eq!((&refused["event"], &refused["exit"]), (&"refused".into(), &4.into()));
        }
    }
    release(&project, 1);
    assert_eq!(console.wait().code, Some(0));
    gone_through(&project, &run);
}

const BIG: &str = r#"
[steps.big]
run = "head -c 200000000 /dev/urandom"
[steps.lines]
run = "yes 0123456789012345678901234567890123456789012345678901234567890 | head -n 300000"
[steps.wait]
run = "mkfifo -m 666 {{ root }}/gate; echo in; read -r word <{{ root }}/gate"
[pipelines]
deploy = ["big", "lines", "wait"]
"#;

#[test]
fn two_hundred_megabytes_lose_no_byte() {
    let project = Project::up(1, &[], BIG);
    let console = waiting(&project);
    let status = fs::read_to_string(format!("/proc/{}/status", console.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    release(&project, 1);
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.len() < 2_000_000, "{} bytes were printed", ran.stdout.len());
    let run = project.newest();
    assert_eq!(project.same_logs(1, &run), 3);
    assert_eq!(project.log(&[&run, "big"]).len(), 200_000_000);
    figure(&format!("peak memory {peak} kB"));
    assert!(peak < 100_000, "peak memory {peak} kB");
}

/// Kills processes of the waiting step's box: `$leader` is the step's process group, `$super` the
/// process that records its end.
fn kill_in_box(project: &Project, kill: &str) {
    project.on(
        1,
        &format!(
            "cd {ROOT}/.deployui/*/runs/*/wait.1 && leader=$(tail -n 1 leader | cut -d' ' -f1) && \
             super=$(tail -n 1 pid | cut -d' ' -f1) && {kill}"
        ),
    );
}

#[test]
fn the_recorder_of_a_step_is_killed_and_its_outcome_is_still_known() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    kill_in_box(&project, "kill -9 $super");
    release(&project, 1);
    ends_well(&project, console);
}

#[test]
fn a_step_that_is_killed_has_failed() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    kill_in_box(&project, "pkill -9 -P $leader");
    let ran = console.wait();
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("h1 wait: FAILED: killed by signal 9 (KILL)"), "{}", ran.stdout);
    assert_eq!(project.file(1, "after"), "");
}

#[test]
fn an_unknown_outcome_is_said_to_be_unknown() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    kill_in_box(&project, "kill -9 $super -$leader");
    let ran = console.wait();
    assert_eq!(ran.code, Some(6), "{}\n{}", ran.stdout, ran.stderr);
    let words = "h1 wait: outcome UNKNOWN: it was started, and was killed together with what records its end";
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
    let run = project.newest();
    assert!(
        ran.stderr.contains(&format!("hint: to go on: deployui resume {run}")),
        "{}",
        ran.stderr
    );
    // Still unknown when it is asked again; and nothing is done on a guess.
    let again = project.must(6, &["resume", &run, "--output", "json"]);
    let events = events(&again.stdout);
    let last: &Value = events.last().unwrap();
    assert_eq!((&last["outcome"], &last["exit"]), (&"unknown".into(), &6.into()));
    assert_eq!((project.file(1, "wait"), project.file(1, "after")), ("x".into(), String::new()));
}

#[test]
fn a_killed_agent_is_begun_anew() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    // Both shells of the connection; a step's shell has more words.
    project.on(1, "pkill -9 -f '^sh$'");
    console.wait_for("h1: connection lost");
    release(&project, 1);
    ends_well(&project, console);
}

#[test]
fn a_run_is_taken_up_when_its_host_is_there_again() {
    let project = Project::up(1, &[], GATE);
    let proxy = Proxy::to(project.fleet.host(1).port);
    project.fleet.route(1, proxy.port());
    waiting(&project).kill();
    proxy.cut();
    let console = project.spawn(&["resume"]);
    console.wait_for("h1: connection lost: ");
    release(&project, 1);
    proxy.heal();
    ends_well(&project, console);
}

#[test]
fn a_host_that_we_must_not_trust_any_more_is_not_waited_for() {
    let project = Project::up(1, &[], GATE);
    waiting(&project).kill();
    let known = fs::read_to_string(project.fleet.known_hosts()).unwrap();
    fs::write(project.fleet.known_hosts(), "").unwrap();
    let run = project.newest();
    let ran = project.must(6, &["resume", "--output", "json"]);
    let last: Value = events(&ran.stdout).last().unwrap().clone();
    assert_eq!((&last["outcome"], &last["run"]), (&"unknown".into(), &run.clone().into()));
    let ran = project.must(6, &["resume"]);
    assert!(ran.stderr.contains("error: h1: the host key of "), "{}", ran.stderr);
    assert!(ran.stdout.contains("h1 wait: still running"), "{}", ran.stdout);
    assert!(ran.stderr.contains("hint: h1: compare the fingerprint"), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("deployui resume {run}")), "{}", ran.stderr);
    fs::write(project.fleet.known_hosts(), known).unwrap();
    release(&project, 1);
    project.must(0, &["resume"]);
    gone_through(&project, &run);
}

#[test]
fn a_console_that_slept_catches_up() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    console.signal("STOP");
    project.fleet.kill_sessions(1);
    release(&project, 1);
    console.signal("CONT");
    ends_well(&project, console);
}

#[test]
fn a_log_that_is_emptied_is_read_anew_and_what_was_read_is_kept() {
    let project = Project::up(1, &[], GATE);
    let console = waiting(&project);
    kill_in_box(&project, ": >log");
    console.wait_for("h1 wait: its log on the host was replaced (3 bytes read, 0 there)");
    release(&project, 1);
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    let run = project.newest();
    let logs = project.state().join("runs").join(&run).join("logs/h1");
    let kept: Vec<_> = fs::read_dir(&logs)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains("wait.1.log.kept"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(fs::read(&kept[0]).unwrap(), b"in\n");
    assert_eq!(project.log(&[&run, "wait"]), b"out\n");
    project.same_logs(1, &run);
}

#[test]
fn a_box_that_is_gone_and_a_machine_that_is_another_are_unknown() {
    for (trouble, said) in [
        ("rm -rf $PWD", "its directory on the host was removed"),
        ("hostname another", "another machine answers at this address now"),
    ] {
        let project = Project::up(1, &[], GATE);
        let console = waiting(&project);
        kill_in_box(&project, trouble);
        project.fleet.kill_sessions(1);
        let ran = console.wait();
        assert_eq!(ran.code, Some(6), "{trouble}: {}\n{}", ran.stdout, ran.stderr);
        assert!(
            ran.stdout.contains(&format!("h1 wait: outcome UNKNOWN: {said}")),
            "{}",
            ran.stdout
        );
        assert_eq!((project.file(1, "wait"), project.file(1, "after")), ("x".into(), "".into()));
    }
}
