//! Runs that are only watched, with the real program: without a terminal as plain lines, and by consoles
//! that are open before one begins.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;

use recipes::{Project, ROOT};
use support::deployui::Spawned;

/// A step that says `in` with a secret, and ends when the test says so.
const GATE: &str = r#"
[secrets]
KEY = { file = "key" }
[steps.first]
run = "printf 'all \\033[2Jgood\\n'"
[steps.wait]
secrets = ["KEY"]
run = "test -p {{ root }}/gate || mkfifo -m 666 {{ root }}/gate; echo \"in $KEY\"; read -r word <{{ root }}/gate; echo \"out $word\"; test \"$word\" = go"
[steps.after]
run = "echo done"
[pipelines]
deploy = ["first", "wait", "after"]
"#;

const KEY: &str = "corr3ct-h0rse_battery";

fn project(hosts: usize) -> Project {
    let project = Project::up(hosts, &[], GATE);
    fs::write(project.ui.dir().join("key"), KEY).unwrap();
    project
}

/// Lets the waiting step of host `i` end.
fn say(project: &Project, i: usize, word: &str) {
    project.on(i, &format!("timeout 60 sh -c 'echo {word} >{ROOT}/gate'"));
}

fn waiting(project: &Project) -> Spawned {
    let driver = project.spawn(&["deploy"]);
    driver.wait_for("h1 wait | in");
    driver
}

#[test]
fn a_run_that_another_drives_is_shown_to_its_end() {
    let project = project(2);
    let driver = waiting(&project);
    driver.wait_for("h2 wait | in");
    let run = project.newest();
    let last = format!("run {run} was only watched: nothing of it was changed\n");
    for (signal, code) in [("TERM", 143), ("INT", 130), ("HUP", 129), ("QUIT", 131)] {
        let left = project.spawn(&[]);
        left.wait_for("h1 wait | in ‹KEY hidden›");
        left.signal(signal);
        let left = left.wait();
        assert_eq!((left.code, left.stderr.as_str()), (Some(code), last.as_str()), "{left:?}");
    }
    let stays = project.spawn(&[]);
    stays.wait_for("h2 wait | in ‹KEY hidden›");
    let by = format!("shop on staging: run {run} (deploy) is open, and ");
    // Whoever reads two lines of it does not wait for the third; nor is a screen opened for a machine.
    let config = project.fleet.ssh_config();
    let args = ["--ssh-config", config.to_str().unwrap()];
    for text in ["\"$0\" \"$@\" | head -n 2; echo alldone", "CI=1 \"$0\" \"$@\""] {
        let shell = project.ui.under_shell(text, &args, 24, 200);
        shell.wait_for(&format!("run {run} opened: deploy of shop on staging (h1, h2)"));
        let screen = shell.screen();
        assert!(screen.starts_with(&by), "{screen}");
        assert!(screen.contains(&format!("{} drives it", driver.id())), "{screen}");
        if text.starts_with("CI") {
            shell.wait_for("h2 wait | in ‹KEY hidden›");
            assert!(!shell.state().alternate_screen());
            shell.send("\u{3}");
            shell.wait_for("was only watched");
        } else {
            shell.wait_for("alldone");
            assert!(!shell.screen().contains("error"), "{}", shell.screen());
        }
    }
    for i in [1, 2] {
        say(&project, i, "go");
    }
    let (drove, saw) = (driver.wait(), stays.wait());
    assert_eq!((drove.code, saw.code), (Some(0), Some(0)), "{saw:?}");
    for line in ["h1 wait | out go\n", "h2 after | done\n", &format!("run {run}: ok after ")] {
        assert!(saw.stdout.contains(line), "{line}: {}", saw.stdout);
    }
    assert!(!saw.stdout.contains('\u{1b}') && !saw.stdout.contains(KEY), "{}", saw.stdout);
    // The facts are those that the driver has printed, each once.
    let facts = |text: &str| {
        let mut lines: Vec<String> =
            text.lines().filter(|line| line.contains(" after ")).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(facts(&drove.stdout), facts(&saw.stdout));
    let over = project.must(2, &[]);
    assert!(over.stdout.contains("no run is open"), "{over:?}");
}

#[test]
fn a_run_that_nobody_drives_is_shown_as_far_as_it_came() {
    let project = project(1);
    let driver = waiting(&project);
    let watches = project.spawn(&[]);
    watches.wait_for("h1 wait | in");
    let run = project.newest();
    drop(driver.kill());
    let saw = watches.wait();
    // It printed something after the last fact.
    let mut logs = fs::read_dir(project.journal(&run).with_file_name("logs").join("h1")).unwrap();
    let log = logs.find_map(|it| {
        let path = it.unwrap().path();
        let name = path.file_name()?.to_str()?;
        (name.starts_with("wait") && name.ends_with(".log")).then_some(path)
    });
    let printed: jiff::Timestamp = "2099-01-02T12:00:00Z".parse().unwrap();
    let log = fs::File::options().append(true).open(log.unwrap()).unwrap();
    log.set_modified(printed.into()).unwrap();
    let read = project.must(3, &[]);
    let at = printed.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S");
    let last = format!("nobody drives run {run}; it was last heard of at {at}\n");
    assert!(read.stdout.contains(&last), "{last}: {read:?}");
    let nobody = format!("run {run} (deploy) is open, and nobody drives it\n");
    assert!(read.stdout.contains(&nobody), "{read:?}");
    for ran in [&saw, &read] {
        assert_eq!(ran.code, Some(3), "{ran:?}");
        for line in [
            "h1 first: ok after ",
            "h1 wait | in ‹KEY hidden›\n",
            &format!("nobody drives run {run}; it was last heard of at "),
            "  h1 wait: still running\n",
            &format!("run {run}: detached after "),
        ] {
            assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
        }
        assert_eq!(ran.stderr, format!("hint: to go on: deployui resume {run}\n"));
    }
    say(&project, 1, "go");
    project.must(0, &["resume"]);
}

#[test]
fn a_decision_is_waited_for_as_long_as_somebody_can_make_it() {
    let project = project(1);
    let console = project.console(36, 120);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    let watches = || {
        let watches = project.spawn(&[]);
        watches.wait_for("h1 wait | in");
        watches
    };
    console.wait_for("in ‹KEY hidden›");
    let first = watches();
    say(&project, 1, "no");
    first.wait_for("h1 wait: needs a decision (failed): retry");
    first.wait_for("to decide; it is waited for");
    console.wait_for("FAILED wait on h1");
    console.act("T", "Retry wait on h1?");
    first.wait_for("h1 wait: started (attempt 2)");
    say(&project, 1, "no");
    first.wait_for("h1 wait: FAILED: exit 1 after ");
    console.wait_for("FAILED wait on h1");
    let second = watches();
    console.act("q", "Leave?");
    assert_eq!(console.wait_exit().0, Some(3));
    for watched in [first, second] {
        let saw = watched.wait();
        assert_eq!(saw.code, Some(3), "{saw:?}");
        let last = saw.stdout.split_once("nobody drives run ").unwrap().1;
        for line in [
            "  h1 wait: needs a decision (failed): retry, ",
            "  h1 wait: FAILED: exit 1\n",
            ": decision after ",
        ] {
            assert!(last.contains(line), "{line}: {}", saw.stdout);
        }
        assert!(saw.stderr.starts_with("hint: to go on: deployui resume "), "{saw:?}");
    }
}

#[test]
fn who_looks_on_sees_the_runs_that_others_begin() {
    let project = project(1);
    let before = project.console_with(&["--read-only"], 24, 100);
    before.wait_for("READY");
    let driver = waiting(&project);
    before.wait_for("READ-ONLY, driven by");
    before.wait_for("in ‹KEY hidden›");
    before.send("D");
    before.wait_for("D not now: ");
    // Another comes while that one goes on.
    let during = project.console_with(&["--read-only"], 24, 100);
    during.wait_for("READ-ONLY, driven by");
    say(&project, 1, "go");
    assert_eq!(driver.wait().code, Some(0));
    let first = project.newest();
    let consoles = [before, during];
    for console in &consoles {
        console.wait_for(&format!("run {first} is over; it was only watched"));
    }
    for round in 0..2 {
        let driver = waiting(&project);
        consoles.iter().for_each(|console| drop(console.wait_for("READ-ONLY, driven by")));
        say(&project, 1, if round == 0 { "no" } else { "go" });
        assert_eq!(driver.wait().code, Some(if round == 0 { 1 } else { 0 }));
        let next = project.newest();
        assert_ne!(next, first);
        for console in &consoles {
            console.wait_for(&format!("run {next} is over; it was only watched"));
        }
    }
    for console in consoles {
        console.send("q");
        assert_eq!(console.wait_exit().0, Some(0));
    }
}

/// Colours, a cleared screen, a title, and a secret.
const LOUD: &str = r#"
[secrets]
KEY = { file = "key" }
[steps.loud]
secrets = ["KEY"]
run = "printf '\\033[31mred\\033[0m \\033[2J\\033]0;title\\007%s\\n' \"$KEY\""
[pipelines]
deploy = ["loud"]
"#;

#[test]
fn a_log_is_safe_to_read_and_raw_where_that_is_asked_for() {
    let project = Project::up(1, &[], LOUD);
    fs::write(project.ui.dir().join("key"), KEY).unwrap();
    project.must(0, &["deploy"]);
    let run = project.newest();
    let raw = "\u{1b}[31mred\u{1b}[0m \u{1b}[2J\u{1b}]0;title\u{7}<KEY hidden>\n";
    assert_eq!(String::from_utf8(project.log(&[&run])).unwrap(), raw);
    let plain = project.ui.run(&["log", &run]);
    assert_eq!(plain.stdout, "red ‹KEY hidden›\n");
    // On a terminal with its colours, unless nobody wants them or it has none.
    for (before, colours) in [("", true), ("NO_COLOR=1 ", false), ("TERM=dumb ", false)] {
        let shell = format!("{before}\"$0\" \"$@\"");
        let console = project.ui.under_shell(&shell, &["log", &run], 24, 80);
        console.wait_for("red ‹KEY hidden›");
        let bytes = String::from_utf8(console.bytes()).unwrap();
        assert_eq!(bytes.contains("\u{1b}[38;5;1mred\u{1b}[0m"), colours, "{before}: {bytes:?}");
        assert!(!bytes.contains("[2J") && !bytes.contains("title"), "{bytes:?}");
        assert_eq!(bytes.contains('\u{1b}'), colours, "{before}: {bytes:?}");
        assert_eq!(console.wait_exit().0, Some(0));
    }
}
