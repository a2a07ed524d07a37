//! A step outlives the console and the network: nothing runs twice, nothing is lost, and what became
//! of it is learned.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::time::{Duration, Instant};

use recipes::{Numbers, Project, ROOT, events, rounds};
use serde_json::Value;
use support::deployui::Spawned;
use support::fleet::Fleet;
use support::proxy::{Direction, Fault, Proxy};

/// Steps that leave one line behind for each time that they ran, and print text and bytes that are no
/// text. One runs on one host only, one on one host after the other, one has two items, one is local.
const EFFECTS: &str = r#"
[steps.a]
run = "echo x >>{{ root }}/a.{{ run.id }}; seq 300; head -c 20000 /dev/urandom"
[steps.b]
run = "echo x >>{{ root }}/b.{{ run.id }}; for i in 1 2 3 4 5; do echo line $i; sleep 0.02; done"
[steps.c]
run = "echo x >>{{ root }}/c.{{ run.id }}; printf 'no line end'"
[steps.d]
once = true
run = "echo x >>{{ root }}/d.{{ run.id }}; sleep 0.05; echo once >&2"
[steps.e]
run = "echo x >>{{ root }}/e.{{ run.id }}; echo one after the other"
[steps.f]
run = "echo x >>{{ root }}/f.{{ run.id }}; seq 1000"
[steps.g]
unless = "[ -e /nowhere ]"
[steps.g.items]
list = "for n in 1 2; do [ -e {{ root }}/g$n.{{ run.id }} ] || echo $n; done"
run = "echo x >>{{ root }}/g{{ item }}.{{ run.id }}; echo item {{ item }}"
[steps.h]
local = true
cwd = "~"
run = "echo x >>h.{{ run.id }}; sleep 0.05; echo here"
[pipelines]
deploy = ["a", "b", "c", "d", { batch = 1, steps = ["e"] }, "g", "f", "h"]
"#;

/// Each step of [`EFFECTS`] ran exactly once, and every log here is the host's.
fn once_each(project: &Project, hosts: usize, run: &str) {
    let listed = project.runs().into_iter().find(|listed| listed["run"] == run).unwrap();
    assert_eq!(listed["outcome"], "ok", "{listed}");
    for i in 1..=hosts {
        let steps = ["a", "b", "c", "d", "e", "f", "g1", "g2"];
        let here = steps.iter().filter(|step| i == 1 || **step != "d");
        let wanted: Vec<String> = here.map(|step| format!("{step}.{run}:x")).collect();
        let found = project.on(i, &format!("cd {ROOT} && grep -H . *.{run}"));
        assert_eq!(found.lines().collect::<Vec<_>>(), wanted, "h{i}");
    }
    // The listing of the items is asked before each, and once more; the condition has a log as well.
    assert_eq!(project.same_logs(hosts, run), (5 + 1 + 3 + 2) * hosts + 1);
    assert_eq!(fs::read_to_string(project.ui.home().join(format!("h.{run}"))).unwrap(), "x\n");
}

/// Nothing was done by a run that was never opened.
fn nothing_done(project: &Project, hosts: usize, known: &[String]) {
    for i in 1..=hosts {
        let found = project.on(i, &format!("cd {ROOT} 2>/dev/null && ls -1 || true"));
        let new = found.lines().find(|name| !known.iter().any(|run| name.ends_with(run.as_str())));
        assert_eq!(new, None, "h{i}: done without a run");
    }
}

#[expect(clippy::disallowed_methods, reason = "the instants of the kills are measured in time")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a kill at a random instant is the point")]
fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// The runs there are, oldest first, without those whose journal was never finished.
fn opened(project: &Project) -> Vec<String> {
    let runs = project.runs();
    let whole = runs.iter().rev().filter(|run| run["damage"].is_null());
    whole.map(|run| run["run"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn killed_at_any_instant_and_taken_up_again() {
    let project = Project::up(3, &[], EFFECTS);
    let begun = now();
    project.must(0, &["deploy"]);
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let mut known = opened(&project);
    once_each(&project, 3, &known[0]);

    let mut numbers = Numbers(1);
    let (mut unopened, mut open, mut over) = (0, 0, 0);
    for round in 0..rounds(12) {
        let format = if numbers.below(2) == 0 { "plain" } else { "json" };
        let console = project.spawn(&["deploy", "--output", format]);
        pause(Duration::from_micros(numbers.below(whole)));
        console.kill();
        let now_known = opened(&project);
        let Some(run) = now_known.get(known.len()) else {
            unopened += 1;
            nothing_done(&project, 3, &known);
            continue;
        };
        match project.runs()[0]["outcome"].is_null() {
            true => open += 1,
            false => over += 1,
        }
        while numbers.below(3) == 0 {
            let again = project.spawn(&["resume", run]);
            pause(Duration::from_micros(numbers.below(whole)));
            again.kill();
        }
        let ran = project.run(&["resume", run, "--output", format]);
        assert_eq!(ran.code, Some(0), "round {round}: {}\n{}", ran.stdout, ran.stderr);
        once_each(&project, 3, run);
        known = now_known;
    }
    println!("killed: {unopened} before the run was opened, {open} while open, {over} after");
}

#[test]
fn the_network_fails_at_any_byte() {
    let project = Project::up(2, &[], EFFECTS);
    // Silence is noticed after three seconds instead of half a minute.
    let config = fs::read_to_string(project.fleet.ssh_config()).unwrap();
    fs::write(project.fleet.ssh_config(), format!("ServerAliveInterval 1\n{config}")).unwrap();
    let proxy = Proxy::to(project.fleet.host(2).port);
    project.fleet.route(2, proxy.port());
    project.must(0, &["deploy"]);
    let whole = |way| proxy.bytes(way);
    let ways = [Direction::ToHost, Direction::FromHost].map(|way| (way, whole(way)));

    let mut numbers = Numbers(2);
    let (mut refused, mut went_on) = (0, 0);
    for round in 0..rounds(12) {
        let fault = [Fault::Cut, Fault::Reset, Fault::Stall][usize::try_from(round % 3).unwrap()];
        let (way, whole) = ways[usize::try_from(numbers.below(2)).unwrap()];
        let at = 1 + numbers.below(whole * 8 / 10);
        let patient = numbers.below(2) == 0;
        let story = format!("round {round}: {fault:?} {way:?} at byte {at} of {whole}");
        let known = opened(&project);
        proxy.fail_after(way, at, fault);
        let console = project.spawn(&["deploy"]);
        assert!(proxy.wait_failed(1_000_000), "{story}: never struck");
        if patient && opened(&project).len() > known.len() {
            console.wait_for("h2: connection lost");
        }
        proxy.heal();
        let ran = console.wait();
        let now_known = opened(&project);
        match ran.code {
            Some(5) => {
                refused += 1;
                assert_eq!(known, now_known, "{story}");
                nothing_done(&project, 2, &known);
            }
            code => {
                went_on += 1;
                assert_eq!(code, Some(0), "{story}\n{}\n{}", ran.stdout, ran.stderr);
                once_each(&project, 2, now_known.last().unwrap());
            }
        }
    }
    println!("struck: {refused} while connecting, {went_on} during the run");
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
    let begun = now();
    project.must(1, &["deploy", "--on-failure", "undo"]);
    let whole = u64::try_from(begun.elapsed().as_micros()).unwrap();
    let mut numbers = Numbers(3);
    for round in 0..rounds(6) {
        let before = project.runs().len();
        let console = project.spawn(&["deploy", "--on-failure", "undo"]);
        console.wait_for("opened");
        pause(Duration::from_micros(numbers.below(whole)));
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
        let ran = console.wait();
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
        gone_through(&project, &project.newest());
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
    println!("peak memory {peak} kB");
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
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    gone_through(&project, &project.newest());
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
    // Whatever has sshd as its parent: both shells of the connection.
    project.on(1, "for p in $(pgrep -f '^sh$'); do kill -9 $p; done");
    console.wait_for("h1: connection lost");
    release(&project, 1);
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    gone_through(&project, &project.newest());
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
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    gone_through(&project, &project.newest());
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
    assert!(ran.stdout.contains("is not known"), "{}", ran.stdout);
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
    let ran = console.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    gone_through(&project, &project.newest());
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
