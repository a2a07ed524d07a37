//! The console as an operator has it: the real program under a terminal that answers no questions,
//! on real ssh hosts.

mod recipes;
mod support;

use std::{fs, net::TcpListener, time::Duration};

use recipes::{Project, ROOT, repository, stage};
use support::{console::Console, fleet::Fleet, gather::now};

/// Three steps: the second fails the first time on h1, and has an undo.
const STEPS: &str = r#"
[steps.release]
run = "mkdir -p {{ root }}/releases/{{ run.id }}; echo one >> {{ root }}/effects"
undo = "rm -rf {{ root }}/releases/{{ run.id }}"
[steps.build]
run = """
cd {{ root }}
echo build >> effects
test {{ host.name }} != h1 || test -e mended || { echo 'no compiler' >&2; touch mended; exit 3; }
"""
[steps.publish]
run = "ln -s releases/{{ run.id }} {{ root }}/next; mv -T {{ root }}/next {{ root }}/current"
undo = "rm {{ root }}/current"
[pipelines]
deploy = ["release", "build", "publish"]
"#;

/// A console whose run can be begun.
fn ready(project: &Project, rows: u16, cols: u16) -> Console {
    let console = project.console(rows, cols);
    console.wait_for("READY");
    console
}

/// The run ends, and the console is left with this exit code.
fn ends(console: Console, code: i32) {
    console.wait_for("is over");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(code));
}

fn served(project: &Project, i: usize) -> String {
    project.on(i, &format!("readlink {ROOT}/current || true"))
}

#[test]
fn a_release_with_a_failure_that_is_mended() {
    let project = Project::up(2, &[], STEPS);
    let console = ready(&project, 24, 80);
    console.act("D", "Start deploy");
    console.wait_for("FAILED build on h1, exit 3");
    console.wait_for("no compiler");
    console.act("T", "Retry build on h1?");
    console.wait_for("is over");
    console.send("q");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(0));
    assert!(!screen.alternate_screen() && !screen.bracketed_paste());
    assert_eq!(project.file(1, "effects"), "one\nbuild\nbuild");
    assert_eq!(project.file(2, "effects"), "one\nbuild");
    assert_eq!(served(&project, 1), served(&project, 2));
    assert!(served(&project, 1).starts_with("releases/"));
}

#[test]
fn step_by_step_to_a_breakpoint_then_killed_and_taken_up() {
    let project = Project::up(2, &[], STEPS);
    project.on(1, &format!("mkdir -p {ROOT}; touch {ROOT}/mended; chown -R deploy {ROOT}"));
    let console = ready(&project, 36, 120);
    console.act("S", "Start deploy");
    console.wait_for("PAUSED before build");
    console.send("S");
    console.wait_for("PAUSED before publish");
    console.signal("KILL");
    let (code, _) = console.wait_exit();
    assert_eq!(code, None);
    // The next console takes the run up, and begins nothing by itself.
    let console = project.console(36, 120);
    console.wait_for("PAUSED before publish");
    console.wait_for("hosts 2/2");
    assert_eq!(served(&project, 1), "");
    console.act("C", "Continue to the end?");
    ends(console, 0);
    assert_eq!(project.file(1, "effects"), "one\nbuild");
    assert!(served(&project, 2).starts_with("releases/"));
}

#[test]
fn an_abort_with_undo_takes_back_what_was_done() {
    let project = Project::up(2, &[], STEPS);
    let console = ready(&project, 36, 120);
    console.act("D", "Start deploy");
    console.wait_for("FAILED build on h1, exit 3");
    console.act("U", "Abort and undo?");
    console.wait_for("undone");
    ends(console, 1);
    for i in [1, 2] {
        assert_eq!(project.on(i, &format!("ls {ROOT}/releases")), "");
        assert_eq!(served(&project, i), "");
    }
}

#[test]
fn a_breakpoint_before_each_item_and_the_edit_of_one() {
    let steps = r#"
[steps.migrate.items]
list = "cd {{ root }}; for f in \"a it's\" b c; do test -e \"$f\" || echo \"$f\"; done"
run = "cd {{ root }}; test -e mended || { touch mended; false; }; echo {{ item }} >>effects; touch {{ item }}"
[pipelines]
deploy = ["migrate"]
"#;
    let project = Project::up(1, &[], steps);
    project.on(1, &format!("mkdir -p {ROOT}; chown -R deploy {ROOT}"));
    let console = ready(&project, 36, 120);
    // One attempt of the list, and the run stops before its first item.
    console.act("S", "Start deploy");
    console.wait_for("h1 migrate: list ok");
    console.send("B");
    console.wait_for("breakpoint before each item of migrate");
    console.act("C", "Continue to the end?");
    console.wait_for("BREAK before migrate: a it's on h1");
    console.act("C", "Continue to the end?");
    console.wait_for("FAILED migrate: a it's on h1, exit 1");
    console.send("O");
    console.wait_for("Command (sh, set -e)");
    console.send("\techo edited >>/srv/www/app/effects; ");
    console.press("\t\t", "Compare");
    console.wait_for("+ echo edited >>/srv/www/app/effects; ");
    console.press("\t", "Run this");
    console.wait_for("BREAK before migrate: b on h1");
    assert_eq!(project.file(1, "effects"), "edited\na it's");
    console.act("C", "Continue to the end?");
    console.wait_for("BREAK before migrate: c on h1");
    console.send("B");
    console.wait_for("no breakpoint before each item of migrate");
    console.act("C", "Continue to the end?");
    ends(console, 0);
    assert_eq!(project.file(1, "effects"), "edited\na it's\nb\nc");
}

#[test]
fn a_question_before_the_run_is_left_with_ctrl_c() {
    let project = Project::up(1, &[], STEPS);
    let mut lock = std::process::Command::new("ssh-keygen");
    lock.args(["-q", "-p", "-P", "", "-N", "secret", "-f"]).arg(project.fleet.key());
    assert!(lock.status().unwrap().success());
    let config = project.fleet.ssh_config();
    let script = r#""$0" "$@"; echo "exit $?"; stty -a | tr ' ;' '\n\n' | grep -xE -- '-?(isig|icanon|echo)'; echo end"#;
    let args = ["--ssh-config", config.to_str().unwrap()];
    let console = project.ui.under_shell(script, &args, 24, 80);
    console.wait_for("Passphrase");
    console.send("\u{3}");
    console.wait_for("trouble");
    console.send("\u{3}");
    let (_, screen) = console.wait_exit();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste());
    let said = screen.contents();
    assert!(said.ends_with("exit 130\nisig\nicanon\necho\nend"), "{said}");
    assert!(project.runs().is_empty());
    assert_eq!(project.on(1, "ls -A /srv"), "", "something was sent");
}

#[test]
fn a_terminal_that_is_too_small_says_so_and_is_used_when_it_has_grown() {
    let project = Project::up(1, &[], STEPS);
    let console = project.console(5, 20);
    console.wait_for("60x16");
    console.resize(24, 80);
    console.wait_for("READY");
    console.resize(1, 1);
    console.resize(16, 60);
    console.wait_for("READY");
    console.send("q");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(0));
    assert!(!screen.alternate_screen());
}

#[test]
fn a_key_that_comes_with_a_new_size_is_not_lost() {
    let project = Project::up(1, &[], STEPS);
    let console = ready(&project, 24, 80);
    for round in 0..60 {
        console.resize(24 + round % 2, 80);
        console.send("?");
        console.wait_for("Keys: type to search");
        console.resize(24 + round % 2, 90);
        console.send("?");
        console.wait_without("Keys: type to search");
    }
}

#[test]
fn a_signal_before_the_run_changes_nothing() {
    let project = Project::up(1, &[], STEPS);
    let console = ready(&project, 24, 80);
    console.signal("HUP");
    let (code, screen) = console.wait_exit();
    assert_eq!(code, Some(129));
    assert!(!screen.alternate_screen());
    assert!(project.runs().is_empty());
}

/// One step that goes on until it is told to end.
const SLOW: &str = r#"
[steps.slow]
run = """
echo begun
until test -e {{ root }}/enough; do sleep 0.1; done
echo done >> {{ root }}/effects
"""
[pipelines]
deploy = ["slow"]
"#;

/// A console whose one step runs.
fn slow(project: &Project) -> Console {
    let console = ready(project, 24, 80);
    console.act("D", "Start deploy");
    console.wait_for("RUN 1/1 slow");
    console.wait_for("FOLLOW  1 line");
    console
}

fn enough(project: &Project) {
    project.on(1, &format!("touch {ROOT}/enough"));
}

#[test]
fn a_signal_leaves_the_run_open_and_the_terminal_as_it_was() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let project = Project::up(1, &[], SLOW);
        let console = slow(&project);
        console.signal(signal);
        let (left, screen) = console.wait_exit();
        assert_eq!(left, Some(code));
        assert!(!screen.alternate_screen() && !screen.bracketed_paste());
        let run = project.newest();
        enough(&project);
        project.must(0, &["resume", &run, "--output", "plain"]);
        assert_eq!(project.file(1, "effects"), "done", "{signal}");
    }
}

#[test]
fn ctrl_c_asks_first_and_enter_keeps_the_run() {
    let project = Project::up(1, &[], SLOW);
    let console = slow(&project);
    for focus in [
        "\u{25b8}   [ Keep running ]",
        "\u{25b8} D [ Detach ]",
        "\u{25b8} P [ Stop after this step ]",
    ] {
        console.send("\u{3}");
        console.wait_for(focus);
    }
    // Further ones press nothing.
    console.send("\u{3}");
    console.send("\u{1b}");
    console.wait_without("Leave?");
    console.send("\u{3}");
    console.wait_for("Leave?");
    console.send("\r");
    console.wait_without("Leave?");
    enough(&project);
    ends(console, 0);
    assert_eq!(project.file(1, "effects"), "done");
}

#[test]
fn a_stage_that_is_driven_from_elsewhere_is_said_to_be_locked_without_releases_too() {
    let project = Project::up(1, &[], SLOW);
    let driving = slow(&project);
    // As another machine would have it: nothing of that run lies here.
    let elsewhere = project.ui.home().join("elsewhere");
    let state = ["--state-dir", elsewhere.to_str().unwrap()];
    let console = project.console_with(&state, 24, 100);
    console.wait_for("LOCKED by");
    console.send("i");
    console.wait_for("has it since");
    console.send("\u{1b}");
    console.wait_for("V take over");
    console.send("D");
    console.wait_for("the stage is locked, and this is refused while it is");
    console.send("\u{1b}");
    enough(&project);
    ends(driving, 0);
    // It puts off by half a minute the look that nobody asked for: so it is its own which sees it.
    console.send("r");
    let ready = |screen: &vt100::Screen| screen.contents().contains("READY").then_some(());
    let soon = Some(now() + Duration::from_secs(20));
    assert!(console.wait_before(soon, ready).is_some(), "{}", console.screen());
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}

#[test]
fn who_only_looks_watches_the_run_of_another_and_changes_nothing() {
    let project = Project::up(1, &[], SLOW);
    let driving = slow(&project);
    let watchers = [&["--read-only"][..], &[]].map(|words| project.console_with(words, 24, 100));
    for (watcher, word) in watchers.iter().zip(["READ-ONLY, driven by", "WATCHING, driven by"]) {
        watcher.wait_for(word);
        watcher.wait_for("begun");
        watcher.send("A");
        watcher.wait_for("A not now: ");
    }
    for words in [
        &["deploy", "--yes"][..],
        &["resume"],
        &["exec", "--yes", "--", "true"],
        &["unlock"],
        &["check"],
    ] {
        let refused = project.must(2, &[&["--read-only"], words].concat());
        assert!(refused.stderr.contains("--read-only only looks"), "{}", refused.stderr);
    }
    let journal = project.journal(&project.newest());
    let before = fs::read(&journal).unwrap();
    let [first, second] = watchers;
    // Leaving asks nothing, and ends nothing.
    first.send("q");
    assert_eq!(first.wait_exit().0, Some(0));
    assert_eq!(fs::read(&journal).unwrap(), before);
    enough(&project);
    second.wait_for("it was only watched");
    second.send("q");
    assert_eq!(second.wait_exit().0, Some(0));
    ends(driving, 0);
    assert_eq!(project.file(1, "effects"), "done");
}

const SHOP: &str = r#"
[layout]
kind = "releases"
[source]
repository = "file:///srv/git/shop.git"
ref = "main"
[pipelines]
deploy = ["release", "fetch", "publish"]
"#;

fn shop(hosts: usize) -> Project {
    let fleet = Fleet::up(hosts, &[]);
    repository(&fleet, hosts, "echo one >page.txt && git add . && git commit -qm one");
    Project::new(fleet, &format!("{}{SHOP}", stage(hosts)))
}

#[test]
fn a_host_that_is_away_hides_neither_the_others_nor_what_would_be_done() {
    let project = shop(2);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let before = fs::read_to_string(project.fleet.ssh_config()).unwrap();
    project.fleet.route(1, nobody);
    let console = project.console(36, 120);
    let screen = console.wait_for("NOT CONNECTED 1/2");
    for seen in ["h1", "h2", "fetch", "publish"] {
        assert!(screen.contains(seen), "{seen}:\n{screen}");
    }
    console.send("D");
    console.wait_for("h1 cannot be reached; r tries again");
    assert_eq!(project.on(2, &format!("ls {ROOT}/releases 2>/dev/null | wc -l")), "0");
    fs::write(project.fleet.ssh_config(), before).unwrap();
    console.send("r");
    console.wait_for("READY");
    console.act("D", "Start deploy");
    ends(console, 0);
    for host in [1, 2] {
        assert_eq!(project.on(host, &format!("ls {ROOT}/releases | wc -l")), "1", "h{host}");
    }
}

#[test]
fn who_only_looks_makes_nothing_on_a_host() {
    let project = shop(1);
    let all = "find /srv /home /root -print | sort";
    let before = project.on(1, all);
    assert!(!before.contains(".deployui") && before.contains("/srv/git/shop.git"), "{before}");
    project.must(0, &["--read-only", "status"]);
    assert_eq!(project.on(1, all), before);
    let console = project.console_with(&["--read-only"], 36, 120);
    console.wait_for("READY");
    console.send("r");
    console.wait_for("looking at the hosts again");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
    for words in [&["--read-only", "plan"][..], &["status"], &["plan"], &["deploy", "--dry-run"]] {
        project.must(0, words);
        assert_eq!(project.on(1, all), before, "{words:?}");
    }
}
