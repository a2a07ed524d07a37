//! Consoles killed at any instant, and networks that fail at any byte: nothing runs twice, nothing is
//! lost, and the run ends as if nothing had been. `DEPLOYUI_ROUNDS=100` does more of them.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::time::{Duration, Instant};

use recipes::{Numbers, Project, ROOT, figure, rounds};
use support::deployui::Spawned;
use support::proxy::{Direction, Fault, Proxy};

/// Steps that leave one line behind for each time that they ran, and print text and bytes that are no
/// text. One runs on one host only, one on one host after the other, one has two items, one is local.
const EFFECTS: &str = r#"
[steps.a]
run = "echo x >>{{ root }}/a.{{ run.id }}; seq 300; head -c 20000 /dev/urandom"
[steps.b]
run = "echo x >>{{ root }}/b.{{ run.id }}; for i in 1 2 3 4 5; do echo; echo line $i; head -c 20000 /dev/urandom; sleep 0.02; done"
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
    figure(&format!(
        "killed: {unopened} before the run was opened, {open} while open, {over} after"
    ));
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
    figure(&format!("struck: {refused} while connecting, {went_on} during the run"));
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
