//! `just bench-console`: what the console costs and how soon it reacts, idle and in a flood, beside
//! `less` under the same terminal in the same run. Real sshd hosts on this machine. Prints a table;
//! asserts nothing.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock, prints, and may stop on any trouble"
)]

#[path = "../recipes/mod.rs"]
mod recipes;
#[path = "../support/mod.rs"]
mod support;

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use pty_process::blocking::Command;
use recipes::{Project, ROOT};
use support::console::Console;

const HOSTS: usize = 5;

/// Keys of each measurement.
const KEYS: usize = 200;

/// Starts of each measurement.
const STARTS: usize = 9;

/// For how long nothing is done.
const IDLE: Duration = Duration::from_secs(10);

/// Ticks of the kernel's clock in a second, in which it counts processor time: the same on every Linux.
const TICKS: f64 = 100.0;

/// Five hosts, 200,000 lines a second each, until a file says that it is enough.
const STEPS: &str = r#"
[steps.flood]
run = """
i=0
until [ -e {{ root }}/enough ]; do
  awk -v i=$i 'BEGIN { for (n = 1; n <= 20000; n++) printf "line %09d of the flood\\n", i + n }'
  i=$((i + 20000))
  sleep 0.05
done
echo $i >{{ root }}/printed
"""
[pipelines]
deploy = ["flood"]
"#;

fn main() {
    let project = Project::up(HOSTS, &[], STEPS);
    let file = project.ui.dir().join("file");
    let mut text = String::new();
    for n in 1..=1_000_000 {
        writeln!(text, "line {n:09} of the file").unwrap();
    }
    fs::write(&file, text).unwrap();
    let less = |more: &[&str]| {
        let command = Command::new("less").args(more).arg(&file).env("TERM", "xterm-256color");
        Console::start(command, 36, 120)
    };
    println!("{:<44} {:>12} {:>12}", "", "deployui", "less");

    let ours =
        sorted((0..STARTS).map(|_| first_frame(|| project.console(36, 120), "Hosts and steps")));
    let theirs = sorted((0..STARTS).map(|_| first_frame(|| less(&[]), "line 000000001")));
    row("first frame, median of 9, ms", middle(&ours), Some(middle(&theirs)));

    let console = project.console(36, 120);
    console.wait_for("READY");
    let follower = less(&["+F"]);
    follower.wait_for("Waiting for data");
    idle(&console, &follower);
    drop(follower);

    let reader = less(&[]);
    reader.wait_for("line 000000001");
    let (frames, bytes, calls) = (console.frames().0, console.frames().1, calls(&console));
    let ours = keys(&console, [("?", HELP, true), ("?", HELP, false)]);
    let drawn = real(console.frames().0 - frames);
    row("key to frame, idle, median, ms", middle(&ours), None);
    row("  99th percentile, ms", late(&ours), None);
    row("  bytes per frame", real(console.frames().1 - bytes) / drawn, None);
    row(
        "  write calls of the process per frame",
        real(self::calls(&console) - calls) / drawn,
        None,
    );
    let theirs = keys(&reader, [("G", "line 001000000", true), ("g", "line 000000001", true)]);
    row("end and beginning of 1,000,000 lines, median", f64::NAN, Some(middle(&theirs)));
    row("  99th percentile, ms", f64::NAN, Some(late(&theirs)));
    drop(reader);

    flood(&project, console);
}

const HELP: &str = "type to search";

/// Processor time, frames and bytes, wake-ups.
type Counted = (u64, (u64, u64), BTreeMap<String, u64>);

/// Nothing is done for a while: processor, wake-ups, frames.
fn idle(console: &Console, follower: &Console) {
    let both = [console, follower];
    let before = both.map(|one| (ticks(one), one.frames(), switches(one)));
    let end = Instant::now() + IDLE;
    let never: Option<()> = console.wait_before(Some(end), |_| None);
    assert_eq!(never, None);
    let seconds = IDLE.as_secs_f64();
    let after = both.map(|one| (ticks(one), one.frames(), switches(one)));
    let each = |what: fn(&Counted) -> u64| {
        [0, 1].map(|i| real(what(&after[i]) - what(&before[i])) / seconds)
    };
    let [ours, theirs] = each(|all| all.0);
    row("idle: processor, % of one", ours / TICKS * 100.0, Some(theirs / TICKS * 100.0));
    let [ours, theirs] = [0, 1].map(|i| real(woken(&before[i].2, &after[i].2)) / seconds);
    row("idle: wake-ups per second", ours, Some(theirs));
    let [ours, _] = each(|all| all.1.0);
    row("idle: frames per second", ours, None);
    let [ours, theirs] = each(|all| all.1.1);
    row("idle: bytes per second", ours, Some(theirs));
}

/// All hosts print; keys meanwhile.
fn flood(project: &Project, console: Console) {
    console.act("D", "Start deploy");
    console.wait_for("of the flood");
    let (begin, before, used) = (Instant::now(), console.frames(), ticks(&console));
    let help = keys(&console, [("?", HELP, true), ("?", HELP, false)]);
    console.send("1g");
    console.wait_for("Log h1");
    let other = keys(&console, [("j", "Log h2", true), ("k", "Log h1", true)]);
    console.send("4z");
    let log = keys(&console, [("g", "line 000000001 of", true), ("G", "FOLLOW", true)]);
    let quiet = Instant::now();
    let frames = console.frames().0;
    let never: Option<()> = console.wait_before(Some(quiet + IDLE / 2), |_| None);
    assert_eq!(never, None);
    let alone = real(console.frames().0 - frames) / quiet.elapsed().as_secs_f64();
    let (seconds, after) = (begin.elapsed().as_secs_f64(), console.frames());
    let used = real(ticks(&console) - used) / TICKS / seconds * 100.0;
    for i in 1..=HOSTS {
        project.on(i, &format!("touch {ROOT}/enough"));
    }
    console.wait_for("is over");
    let memory = real(console.peak_kib()) / 1024.0;
    console.send("q");
    console.wait_exit();
    for (what, times) in
        [("help", help), ("another host's log", other), ("top and end of log", log)]
    {
        row(&format!("key to frame, flood, {what}, median, ms"), middle(&times), None);
        row("  99th percentile, ms", late(&times), None);
    }
    row("flood: frames per second, no key pressed", alone, None);
    let frames = real(after.0 - before.0);
    row("flood: bytes per frame", real(after.1 - before.1) / frames, None);
    row("flood: processor, % of one", used, None);
    row("flood: peak memory, MiB", memory, None);
    lines(project);
}

/// What was printed, and how much of it is here.
fn lines(project: &Project) {
    let run = project.newest();
    let logs = project.same_logs(HOSTS, &run);
    assert!(logs >= HOSTS, "{logs} logs");
    let printed: u64 =
        (1..=HOSTS).map(|i| project.file(i, "printed").trim().parse::<u64>().unwrap()).sum();
    let text = project.log(&[&run, "flood"]);
    let kept = text.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"of the flood"));
    let kept = kept.count() as u64;
    row("flood: lines printed", real(printed), None);
    row("flood: lines lost or doubled", real(printed.abs_diff(kept)), None);
}

/// From the start of a program to its first text, in milliseconds.
fn first_frame(start: impl Fn() -> Console, text: &str) -> f64 {
    let begin = Instant::now();
    let console = start();
    console.wait_for(text);
    begin.elapsed().as_secs_f64() * 1000.0
}

/// From each key to the whole frame that has its effect, in milliseconds, in order.
fn keys(console: &Console, both: [(&str, &str, bool); 2]) -> Vec<f64> {
    sorted(both.iter().cycle().take(KEYS).map(|(key, text, comes)| {
        let begin = Instant::now();
        console.send(key);
        let found = console.wait_frame(None, |screen| {
            (screen.contents().contains(text) == *comes).then(|| begin.elapsed())
        });
        let time = found.unwrap_or_else(|| panic!("{key}: {text}: {}", console.screen()));
        // Not in step with the console's own clock.
        let apart = Duration::from_millis(20 + time.subsec_micros() as u64 % 40);
        let never: Option<()> = console.wait_before(Some(Instant::now() + apart), |_| None);
        assert_eq!(never, None);
        time.as_secs_f64() * 1000.0
    }))
}

fn sorted(times: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut all: Vec<f64> = times.collect();
    all.sort_by(f64::total_cmp);
    all
}

fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

fn late(sorted: &[f64]) -> f64 {
    sorted[sorted.len() * 99 / 100]
}

fn row(what: &str, ours: f64, theirs: Option<f64>) {
    let shown = |figure: f64| if figure.is_nan() { String::new() } else { format!("{figure:.1}") };
    let (ours, theirs) = (shown(ours), theirs.map_or_else(String::new, shown));
    println!("{what:<44} {ours:>12} {theirs:>12}");
}

/// Processor time so far, in the kernel's ticks.
fn ticks(console: &Console) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", console.id())).unwrap();
    // After the name, which may have blanks: state is the 3rd field, utime and stime the 14th and 15th.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// How often each of its threads went to sleep by itself, to be woken later.
fn switches(console: &Console) -> BTreeMap<String, u64> {
    let threads = fs::read_dir(format!("/proc/{}/task", console.id())).unwrap();
    let count = |path: std::path::PathBuf| {
        let status = fs::read_to_string(path.join("status")).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches:"))?;
        let count = line.split_whitespace().nth(1)?.parse().ok()?;
        Some((path.display().to_string(), count))
    };
    threads.filter_map(|thread| count(thread.unwrap().path())).collect()
}

/// How often threads were woken meanwhile; those that have ended are not counted.
fn woken(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> u64 {
    after.iter().map(|(thread, count)| count - before.get(thread).copied().unwrap_or(0)).sum()
}

/// How often the program has called `write` so far, to whatever.
fn calls(console: &Console) -> u64 {
    let io = fs::read_to_string(format!("/proc/{}/io", console.id())).unwrap();
    let line = io.lines().find(|line| line.starts_with("syscw:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "a figure of a table")]
fn real(count: u64) -> f64 {
    count as f64
}
