//! The operator's terminal, lent to the console and by it: it is as it was on every way out, and
//! whoever it is lent to has it whole.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _};

use recipes::{Project, ROOT};
use support::{console::Console, deployui::Deployui};

/// Runs the program between two looks at the terminal.
const AROUND: &str = r#"trap : INT HUP TERM QUIT
    before=$(stty -g); "$0" "$@"; code=$?
    after=$(stty -g); test "$before" = "$after" && echo "same exit $code" || echo "changed"
    echo alldone"#;

/// The private modes and the stacks that are left set after these bytes.
fn left_set(bytes: &[u8]) -> BTreeSet<String> {
    let mut left = BTreeSet::new();
    let text = String::from_utf8_lossy(bytes);
    for part in text.split("\u{1b}[").skip(1) {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let (args, rest) = part.split_at(end);
        match (args, rest.chars().next()) {
            // The cursor is shown, and lines wrap, where nothing is set.
            ("?25" | "?7", Some('l')) => drop(left.insert(args.to_owned())),
            ("?25" | "?7", Some('h')) => drop(left.remove(args)),
            (mode, Some('h')) if mode.starts_with('?') => {
                for one in mode.trim_start_matches('?').split(';') {
                    left.insert(one.to_owned());
                }
            }
            (mode, Some('l')) if mode.starts_with('?') => {
                for one in mode.trim_start_matches('?').split(';') {
                    left.remove(one);
                }
            }
            ("22;0", Some('t')) => drop(left.insert("title".to_owned())),
            ("23;0", Some('t')) => drop(left.remove("title")),
            _ => {}
        }
    }
    left
}

/// The terminal was left as it was found, by its settings and by its modes.
fn assert_as_before(console: Console, code: i32) {
    console.wait_for("alldone");
    let bytes = console.bytes();
    assert_eq!(left_set(&bytes), BTreeSet::new());
    let (_, screen) = console.wait_exit();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
    let said = screen.contents();
    assert!(said.contains(&format!("same exit {code}")), "{said}");
}

fn demo(script: &str) -> (Deployui, Console) {
    let ui = Deployui::new();
    let tmp = ui.home().join("tmp");
    fs::create_dir(&tmp).unwrap();
    let ui = ui.env("TMPDIR", tmp.to_str().unwrap()).env("EDITOR", "true");
    let console = ui.under_shell(script, &["demo"], 40, 130);
    console.wait_for("READY");
    console.wait_for("served");
    (ui, console)
}

#[test]
fn the_terminal_is_as_before_on_every_way_out() {
    for (end, code) in [("q", 0), ("\u{3}", 130)] {
        let (_ui, console) = demo(AROUND);
        console.send(end);
        assert_as_before(console, code);
    }
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("QUIT", 131)] {
        let (_ui, console) = demo(AROUND);
        console.signal_child(signal);
        assert_as_before(console, code);
    }
    // From outside INT asks, as Ctrl-c does; before a run it leaves.
    let (_ui, console) = demo(AROUND);
    console.signal_child("INT");
    assert_as_before(console, 130);
}

#[test]
fn the_terminal_is_as_before_when_a_guest_has_it() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let (_ui, console) = demo(AROUND);
        console.send("!");
        console.wait_for("Open a shell on web1?");
        console.confirm("\t");
        console.wait_for("this is web1");
        console.send("printf '\\033[?1049h\\033[?1003h\\033[?2004hHA''LF'; stty raw -echo\r");
        console.wait_for("HALF");
        console.signal_child(signal);
        assert_as_before(console, code);
    }
}

#[test]
fn a_console_that_was_stopped_from_outside_goes_on_by_itself() {
    let (_ui, console) = demo(AROUND);
    console.signal_child("STOP");
    let (frames, _) = console.frames();
    console.signal_child("CONT");
    console.wait_more_frames(frames);
    console.signal_child("TERM");
    assert_as_before(console, 143);
}

/// Not a test by itself: a console whose own task panics, for the next test to run under a terminal.
#[test]
#[ignore = "run by another test"]
fn console_that_panics() {
    use jiff::Timestamp;
    use tokio::sync::{mpsc, watch};

    fn clock() -> Timestamp {
        static TIMES: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let times = TIMES.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        assert!(times < 3, "the clock stands still");
        Timestamp::UNIX_EPOCH
    }
    let settings = deployui::tui::Settings {
        ascii: true,
        seven_bit: true,
        colour: true,
        depth: deployui::tui::Depth::Sixteen,
        themes: deployui::tui::Themes::One(deployui::config::Theme::default()),
        keymap: deployui::tui::Keymap::default(),
        mouse: false,
        read_only: true,
        quote: |_| None,
        who: "ana@desk".to_owned(),
        lasting: false,
        editor: "vi".to_owned(),
        pager: "less".to_owned(),
        notify: deployui::tui::Notify::Off,
        notices: deployui::tui::Notices::Bell,
        progress: false,
        tmux: false,
        here: "/".into(),
        zone: jiff::tz::TimeZone::UTC,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let (_tell, told) = mpsc::channel(4);
        let (wishes, _wished) = mpsc::channel(4);
        let (_grow, dirty) = watch::channel(0);
        let store = deployui::store::Store::at("/nonexistent");
        let clock = deployui::tui::Clock { now: clock, wall: || Timestamp::UNIX_EPOCH };
        tokio::spawn(deployui::tui::run(told, wishes, dirty, store, settings, clock)).await
    });
    assert!(ended.unwrap_err().is_panic());
    runtime.shutdown_background();
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_is_told() {
    let script = r#"before=$(stty -g); "$@"; after=$(stty -g)
        test "$before" = "$after" && echo "same settings"; echo alldone"#;
    let program = std::env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    let args = [program, "--ignored", "--exact", "--nocapture", "console_that_panics"];
    let console = Deployui::new().under_shell(script, &args, 30, 100);
    console.wait_until("the console", vt100::Screen::alternate_screen);
    console.send("jjjj");
    console.wait_for("the clock stands still");
    console.wait_for("same settings");
    console.wait_for("alldone");
    assert_eq!(left_set(&console.bytes()), BTreeSet::new());
    let (_, screen) = console.wait_exit();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste() && !screen.hide_cursor());
}

#[test]
fn after_a_kill_the_next_start_repairs_the_terminal() {
    let script = r#"before=$(stty -g)
        "$0" --state-dir "$1" "$2"
        test "$before" = "$(stty -g)" || echo BROKEN
        read -r line
        "$0" --state-dir "$1" runs; test "$before" = "$(stty -g)" && echo MENDED
        "$0" --state-dir "$1" runs; echo alldone"#;
    let ui = Deployui::new();
    let state = ui.home().join("marks");
    let console = ui.under_shell(script, &[state.to_str().unwrap(), "demo"], 30, 100);
    console.wait_for("READY");
    console.signal_child("KILL");
    console.wait_for("BROKEN");
    assert!(console.state().alternate_screen() && console.state().bracketed_paste());
    // The terminal gives bytes as they are typed: Enter is no end of a line there.
    console.send("\n");
    console.wait_for("MENDED");
    console.wait_for("alldone");
    assert_eq!(left_set(&console.bytes()), BTreeSet::new());
    let (_, screen) = console.wait_exit();
    let said = screen.contents();
    assert_eq!(said.matches("was killed; the terminal is repaired").count(), 1, "{said}");
    assert!(!screen.alternate_screen() && !screen.bracketed_paste());
    assert_eq!(fs::read_dir(state.join("terminals")).unwrap().count(), 0);
}

#[test]
fn after_a_kill_of_a_console_of_lines_nothing_but_text_is_written() {
    let script = r#"before=$(stty -g)
        "$0" --state-dir "$1" demo --linear
        "$0" --state-dir "$1" runs; test "$before" = "$(stty -g)" && echo alldone"#;
    let ui = Deployui::new();
    let state = ui.home().join("marks");
    let console = ui.under_shell(script, &[state.to_str().unwrap()], 30, 100);
    console.wait_for("web3 is ready");
    console.signal_child("KILL");
    console.wait_for("alldone");
    let bytes = String::from_utf8_lossy(&console.bytes()).into_owned();
    assert!(!bytes.contains('\u{1b}') && bytes.contains("was killed"), "{bytes:?}");
    // A dumb terminal cannot be repaired by bytes, whatever was killed there.
    let script = r#""$0" --state-dir "$1" demo; read -r line
        TERM=dumb "$0" --state-dir "$1" runs; echo alldone"#;
    let console = ui.under_shell(script, &[state.to_str().unwrap()], 30, 100);
    console.wait_for("READY");
    console.signal_child("KILL");
    console.send("\n");
    console.wait_for("alldone");
    let bytes = String::from_utf8_lossy(&console.bytes()).into_owned();
    let behind = bytes.rsplit("was killed").next().unwrap_or_default();
    assert!(!behind.contains('\u{1b}'), "{behind:?}");
    assert_eq!(bytes.matches("\u{1b}[?1049l").count(), 0, "{bytes:?}");
}

/// A shell with job control, and a console that it started.
fn under_job_control() -> (Deployui, Console) {
    let ui = Deployui::new();
    let tmp = ui.home().join("tmp");
    fs::create_dir(&tmp).unwrap();
    let ui = ui.env("TMPDIR", tmp.to_str().unwrap()).env("PS1", "READY> ").env("SHELL", "/bin/sh");
    let program = env!("CARGO_BIN_EXE_deployui");
    let console = ui.under_shell("exec bash --norc --noprofile -i", &[], 30, 100);
    console.wait_for("READY>");
    console.send(&format!("before=$(stty -g); {program} demo\r"));
    console.wait_for("hosts 3/3");
    (ui, console)
}

fn is_stopped(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen() && screen.contents().contains("Stopped")
}

#[test]
fn an_idle_console_is_stopped_and_goes_on() {
    let (_ui, console) = under_job_control();
    for round in 1..=2 {
        console.send("\u{1a}");
        console.wait_until("it is stopped", is_stopped);
        console.send(&format!("clear; test \"$before\" != \"$(stty -g)\" || echo SA''ME{round}\r"));
        console.wait_for(&format!("SAME{round}"));
        console.send("clear; fg\r");
        console.wait_for("READY  ");
        console.wait_until("the screens", |screen| {
            screen.alternate_screen() && screen.contents().contains("Hosts and steps")
        });
    }
    // Sent to the background while it is stopped, it leaves the terminal to the shell.
    console.send("\u{1a}");
    console.wait_until("it is stopped", is_stopped);
    console.send("clear; bg; echo BA''CK\r");
    console.wait_for("BACK");
    console.send("clear; echo STI''LL\r");
    console.wait_for("STILL");
    assert!(!console.state().alternate_screen());
    console.send("fg\r");
    console.wait_until("the screens", vt100::Screen::alternate_screen);
    console.wait_for("Hosts and steps");
    console.send("q");
    console.wait_for("the demo is over");
    console.send("clear; test \"$before\" != \"$(stty -g)\" || echo SA''ME\r");
    console.wait_for("SAME");
}

#[test]
fn during_a_run_the_console_is_not_stopped_and_a_shell_is_opened_here() {
    let (_ui, console) = under_job_control();
    console.act("D", "Start deploy");
    console.wait_for("FAILED migrate on web1");
    console.send("\u{1a}");
    console.wait_for("a shell on this machine");
    console.send("echo he''re; stty size\r");
    console.wait_for("here");
    console.wait_for("30 100");
    console.resize(31, 101);
    console.send("stty size\r");
    console.wait_for("31 101");
    console.send("exit\r");
    console.wait_for("back from the shell");
    console.wait_for("FAILED migrate on web1");
    assert!(console.state().alternate_screen());
    // A stop from outside is not obeyed, and the console says so.
    console.signal_child("TSTP");
    console.wait_for("not stopped: a stopped console could not watch over its run");
    console.send("A");
    console.wait_for("Abort the run: which way?");
    console.send("\u{1b}");
    console.wait_without("which way?");
}

#[test]
fn what_is_pasted_confirms_nothing() {
    let (_ui, console) = demo("exec \"$0\" \"$@\"");
    console.send("D");
    console.wait_for("Start deploy");
    console.send("\u{1b}[200~\r\rD\tD\r\n\u{1b}[201~");
    console.send("\u{1b}");
    console.wait_without("Start deploy");
    console.send("\u{1b}[200~D\rD\r\u{1b}[201~");
    console.wait_for("pasted text is not taken for keys");
    assert!(console.screen().contains("READY"), "{}", console.screen());
    // From where pastes are not marked as such: what opens a dialog does not confirm it, too.
    console.send("ID\t\r");
    console.wait_for("read first, then press Enter once more");
    console.send("\u{1b}");
    console.wait_without("Start deploy");
    assert!(console.screen().contains("READY"), "{}", console.screen());
    // Nor one that is open already and was read.
    for pasted in ["\t\r", "\u{1b}[B\r", "\t\r\t\rD"] {
        console.send("D");
        console.wait_for("Start deploy");
        console.rest();
        console.send(pasted);
        console.wait_for("read first");
        console.send("\u{1b}");
        console.wait_without("Start deploy");
        assert!(console.screen().contains("READY"), "{}", console.screen());
    }
}

#[test]
fn a_storm_of_sizes_is_outlived() {
    let (_ui, console) = demo("exec \"$0\" \"$@\"");
    for round in 0..1000_u16 {
        console.resize(1 + round * 7 % 60, 1 + round * 13 % 200);
    }
    console.resize(40, 130);
    console.send("?");
    console.wait_for("Keys: type to search");
    console.send("\u{1b}");
    console.wait_without("Keys: type to search");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}

#[test]
fn plain_lines_and_back() {
    let (_ui, console) = demo("exec \"$0\" \"$@\"");
    console.send("s");
    console.wait_for("-- plain lines of all hosts; any key comes back --");
    assert!(!console.state().alternate_screen());
    console.send("D");
    console.wait_until("the screens", vt100::Screen::alternate_screen);
    assert!(!console.screen().contains("Start deploy"), "the key came back, and nothing more");
    console.act("D", "Start deploy");
    console.wait_for("FAILED migrate on web1");
    console.send("s");
    console.wait_for("?? FAILED migrate on web1");
    console.send("\u{1b}");
    console.wait_until("the screens", vt100::Screen::alternate_screen);
    // The terminal becomes too small, and large again.
    console.resize(12, 59);
    console.wait_for("59x12 is too small");
    assert!(!console.state().alternate_screen());
    console.wait_for("make the terminal larger to answer");
    console.send("q");
    console.wait_for("Leave? D");
    console.send("\u{1b}");
    console.resize(40, 130);
    console.wait_until("the screens", vt100::Screen::alternate_screen);
    console.wait_for("FAILED migrate on web1");
}

#[test]
fn where_there_is_no_terminal_it_is_said_how_things_stand() {
    let ui = Deployui::new();
    let recipe = "app = \"shop\"\n[stages.staging]\nhosts = [\"h1\"]\n[hosts.h1]\n\
                  [steps.one]\nrun = \"true\"\n[pipelines]\ndeploy = [\"one\"]\n";
    fs::write(ui.dir().join("deploy.toml"), recipe).unwrap();
    let ran = ui.run(&[]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stdout.contains("shop on staging: no run is open"), "{ran:?}");
    assert!(ran.stdout.contains("deployui run deploy --stage staging"), "{ran:?}");
    assert!(ran.stderr.contains("the console needs a terminal"), "{ran:?}");
}

/// A step that fails with secrets and escapes in its log, in a directory and as a user of its own.
const FAILING: &str = r#"
[secrets]
KEY = { file = "key" }
[steps.build]
secrets = ["KEY"]
cwd = "{{ root }}/a b"
env = { COLOUR = "it's red" }
run = """
for i in $(seq 40); do echo "line $i"; done
printf '\\033[31mred\\033[0m \\033]0;title\\007 %s\\n' "$KEY"
exit 3
"""
[steps.other]
as = "root"
cwd = "/srv"
secrets = ["KEY"]
run = "exit 4"
[pipelines]
deploy = ["build", "other"]
"#;

const VALUE: &str = "pa55 w0rd/it's";

fn failing(steps: &str) -> Project {
    let project = Project::up(1, &[], steps);
    fs::write(project.ui.dir().join("key"), format!("{VALUE}\n")).unwrap();
    project.on(1, &format!("mkdir -p '{ROOT}/a b'; chown -R deploy {ROOT}"));
    project
}

/// A console on its run, in which the first step has failed.
fn failed(project: &Project) -> Console {
    let console = project.console(30, 110);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("FAILED build on h1, exit 3");
    console
}

/// Opens a shell on the host of the chosen cell.
fn open_shell(console: &Console) {
    console.send("!");
    console.wait_for("Open a shell on h1?");
    console.confirm("\t");
    console.wait_for("this is h1");
}

#[test]
fn a_shell_is_where_the_step_is_and_leaves_the_console_as_it_was() {
    let project = failing(FAILING);
    let console = failed(&project);
    console.send("!");
    let asked = console.wait_for("Open a shell on h1?");
    for words in
        [format!("in {ROOT}/a b"), "COLOUR".to_owned(), "SECRETS that are set: KEY".to_owned()]
    {
        assert!(asked.contains(&words), "{words}: {asked}");
    }
    console.confirm("\t");
    console.wait_for("this is h1");
    // The value is asked about and not shown, and is in no argument list.
    console.send(
        "clear; pwd; echo \"<$COLOUR>\"; test \"$KEY\" = \"pa55 w0rd/it's\" && echo KEY''OK\r",
    );
    let shown = console.wait_for("KEYOK");
    assert!(shown.contains(&format!("{ROOT}/a b")) && shown.contains("<it's red>"), "{shown}");
    let args = project.on(1, "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '");
    assert!(!args.contains("pa55"), "{args}");
    // Job control, Ctrl-c and Ctrl-z are the host's.
    let runs = |name: &str| {
        project.on(1, &format!("until grep -qz '{name}' /proc/[0-9]*/cmdline; do sleep 0.1; done"));
    };
    console.send("sleep 1000\r");
    runs("^1000$");
    console.send("\u{1a}");
    console.wait_for("Stopped");
    console.send("kill %1; sleep 2000\r");
    runs("^2000$");
    console.send("\u{3}");
    console.wait_for("^C");
    console.send("clear; echo al''ive; stty size\r");
    console.wait_for("30 110");
    // A program of the whole screen, and another size.
    console.send("vi file\r");
    console.wait_until("vi", |screen| {
        screen.alternate_screen() && screen.contents().contains("[New]")
    });
    console.resize(36, 120);
    console.send("itext of h1\u{1b}");
    console.wait_without("-- INSERT --");
    console.send(":wq\r");
    console.wait_until("vi is left", |screen| !screen.alternate_screen());
    console.send("clear; cat file; stty size\r");
    console.wait_for("36 120");
    assert_eq!(project.file(1, "'a b/file'"), "text of h1");
    console.send("exit 7\r");
    console.wait_for("shell on h1 left (exit 7)");
    let screen = console.wait_for("FAILED build on h1, exit 3");
    assert!(screen.contains("1 Failure  build on h1") && console.state().alternate_screen());
    let notes = fs::read_to_string(project.state().join("shells.jsonl")).unwrap();
    let notes: Vec<&str> = notes.lines().collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(
        notes[0].contains("\"opened\"") && notes[0].contains("\"step\":\"build\""),
        "{notes:?}"
    );
    assert!(notes[1].contains("\"left\"") && notes[1].contains("exit 7"), "{notes:?}");
    assert!(!notes.concat().contains("pa55"));
}

#[test]
fn a_shell_of_another_user_one_that_is_cut_off_and_one_whose_link_is_lost() {
    let steps = FAILING.replace("[\"build\", \"other\"]", "[\"other\"]");
    let project = failing(&steps);
    let console = project.console(30, 110);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("FAILED other on h1, exit 4");
    open_shell(&console);
    console.send("clear; id -un; pwd; test \"$KEY\" = \"pa55 w0rd/it's\" && echo KEY''OK; tty\r");
    let shown = console.wait_for("/dev/pts/");
    assert!(shown.contains("root\n/srv\nKEYOK"), "{shown}");
    console.send("exec sleep 1000\r~.");
    console.wait_for("shell on h1 left (cut off by ~.)");
    open_shell(&console);
    project.fleet.kill_sessions(1);
    // That it was left may be covered at once by the news that the host is connected again.
    console.wait_until("the console", |screen| {
        screen.alternate_screen() && screen.contents().contains("FAILED other on h1, exit 4")
    });
    let notes = fs::read_to_string(project.state().join("shells.jsonl")).unwrap();
    let last = notes.lines().last().unwrap();
    assert!(last.contains("the link was lost"), "{notes}");
}

#[test]
fn the_run_goes_on_behind_a_shell_and_to_its_end() {
    let steps = format!(
        "[steps.slow]\nrun = \"until test -e {ROOT}/go; do sleep 0.1; done\"\n\
         [steps.last]\nrun = \"echo done >{ROOT}/done\"\n[pipelines]\ndeploy = [\"slow\", \"last\"]\n"
    );
    let project = failing(&steps);
    let console = project.console(30, 110);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("RUN 1/2 slow");
    open_shell(&console);
    console.send(&format!(
        "touch {ROOT}/go; until test -e {ROOT}/done; do sleep 0.1; done; echo it'' is''done\r"
    ));
    console.wait_for("it isdone");
    console.send("exit\r");
    console.wait_for("shell on h1 left (exit 0)");
    console.wait_for("DONE");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(0));
}

#[test]
fn an_editor_and_a_pager_get_a_copy_without_secrets_and_escapes() {
    let mut project = failing(FAILING);
    let program = project.ui.home().join("show");
    let seen = project.ui.home().join("seen");
    let text = format!(
        "#!/bin/sh\nfor file; do :; done\n{{ echo \"$@\"; stat -c %a \"$file\"; cat -v \"$file\"; }} >{0}.new\n\
         mv {0}.new {0}\nprintf 'it has the terminal'; read -r line\n",
        seen.display()
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let words = format!("{} -R", program.display());
    project.ui = std::mem::replace(&mut project.ui, Deployui::new())
        .env("EDITOR", &words)
        .env("PAGER", &words);
    let console = failed(&project);
    console.send("/line 20$\r");
    console.wait_without("line 40");
    for (key, red) in [("v", "red"), ("|", "^[[38;5;1mred^[[0m")] {
        console.send(key);
        while !seen.exists() {
            std::thread::yield_now();
        }
        let shown = fs::read_to_string(&seen).unwrap();
        fs::remove_file(&seen).unwrap();
        console.wait_until("the program", |screen| {
            !screen.alternate_screen() && screen.contents().contains("it has the terminal")
        });
        assert!(shown.starts_with("-R +20 ") && shown.contains("\n600\nline 1\n"), "{shown}");
        assert!(shown.contains(&format!("{red} ")) && shown.contains("KEY"), "{shown}");
        assert!(!shown.contains("pa55") && !shown.contains("title"), "{shown}");
        console.send("\r");
        console.wait_for("back from");
        assert_eq!(fs::read_dir(project.state().join("copies")).unwrap().count(), 0);
    }
}

#[test]
fn what_a_pager_shows_that_waits_for_no_key_stays_until_it_was_read() {
    let mut project = failing(FAILING);
    project.ui = std::mem::replace(&mut project.ui, Deployui::new()).env("PAGER", "cat");
    let console = project.console(30, 110);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("FAILED build on h1, exit 3");
    console.send("|");
    console.wait_until("the end of the log", |screen| {
        let text = screen.contents();
        !screen.alternate_screen() && text.contains("cat has ended; press Enter to go back")
    });
    console.send("x\r");
    console.wait_for("back from cat");
    assert!(console.state().alternate_screen());
}

#[test]
fn how_to_go_on_is_said_on_the_terminal_that_a_pager_had() {
    for (signal, code) in [("TERM", 143), ("HUP", 129)] {
        let mut project = failing(FAILING);
        let pager = project.ui.home().join("page");
        fs::write(&pager, "#!/bin/sh\nprintf '\\033[?1049hit has the terminal'; read -r line\n")
            .unwrap();
        fs::set_permissions(&pager, fs::Permissions::from_mode(0o755)).unwrap();
        let ui = std::mem::replace(&mut project.ui, Deployui::new());
        project.ui = ui.env("PAGER", pager.to_str().unwrap());
        let console = failed(&project);
        console.send("|");
        console.wait_for("it has the terminal");
        console.signal(signal);
        let (ended, screen) = console.wait_exit();
        assert_eq!(ended, Some(code));
        let said = screen.contents();
        assert!(!screen.alternate_screen());
        let run = project.newest();
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(&run)).collect();
        let left = format!("run {run} is left open; steps in flight go on");
        assert_eq!(lines, [left, format!("to go on: deployui resume {run}")], "{said}");
    }
}

#[test]
fn a_terminal_that_nobody_reads_stops_neither_the_run_nor_the_way_out() {
    let flood = format!(
        "[steps.flood]\nrun = \"for i in $(seq 300); do echo line $i; sleep 0.01; done; echo done >{ROOT}/done; sleep 1000\"\n\
         [pipelines]\ndeploy = [\"flood\"]\n"
    );
    let project = failing(&flood);
    let console = project.console(50, 200);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("RUN 1/1 flood");
    console.read(false);
    // The step goes on, and what it prints is taken in here.
    project.on(1, &format!("until test -e {ROOT}/done; do sleep 0.1; done"));
    let run = project.newest();
    let log = project.state().join("runs").join(&run).join("logs/h1/flood.1.log");
    let whole = || fs::read_to_string(&log).is_ok_and(|text| text.contains("line 300\n"));
    while !whole() {
        std::thread::yield_now();
    }
    console.signal("TERM");
    let (code, console) = console.wait_unread();
    assert_eq!(code, Some(143));
    // What it left for whoever reads again is a terminal as it was.
    console.read(true);
    let (_, screen) = console.wait_exit();
    assert!(!screen.alternate_screen() && !screen.bracketed_paste());
    assert_eq!(project.newest(), run);
}
