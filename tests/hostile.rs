//! Hosts and networks that are not as they should be. Each gets an error that says what, where and what
//! to do, the right exit code, and nothing is half changed.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::net::TcpListener;

use recipes::{Project, ROOT, TWO_STEPS, events, stage};
use support::deployui::Ran;
use support::fleet::Fleet;

/// What a run was refused with: the exit code and all that it says, and that it says it in JSON too.
fn refused(project: &Project, said: &[&str]) -> Ran {
    let before: Vec<String> = hosts(project).map(|i| project.files(i)).collect();
    let ran = project.must(5, &["deploy"]);
    for words in said {
        assert!(ran.stderr.contains(words), "not said: {words}\n{}", ran.stderr);
    }
    assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("\nhint: "), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    let after: Vec<String> = hosts(project).map(|i| project.files(i)).collect();
    assert_eq!(before, after, "something was changed");
    assert!(project.runs().is_empty(), "a run was opened");
    ran
}

fn hosts(project: &Project) -> impl Iterator<Item = usize> {
    let ports = fs::read_to_string(project.fleet.dir().join("ports")).unwrap();
    1..=ports.lines().count()
}

/// A port at which nobody listens.
fn dead_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

#[test]
fn every_host_that_cannot_be_reached_is_named() {
    let project = Project::up(3, &[], TWO_STEPS);
    let port = dead_port();
    project.fleet.route(2, port);
    project.on(3, "echo >/home/deploy/.ssh/authorized_keys");
    let address = format!("127.0.0.1:{port}");
    refused(
        &project,
        &[
            "h2: cannot connect to ",
            &address,
            "hint: h2: check that the host is up and that sshd listens there",
            "h3: login as deploy was denied; tried key ",
            "the server offers publickey",
            "hint: h3: see what plain `ssh -v h3` offers",
        ],
    );
    let ran = project.must(5, &["deploy", "--output", "json"]);
    let said = events(&ran.stdout);
    assert_eq!((&said[0]["event"], &said[0]["exit"]), (&"refused".into(), &5.into()));
    assert_eq!(said.len(), 1);
    // What is left out does not stand in the way.
    project.must(0, &["deploy", "--hosts", "h1"]);
    assert_eq!(project.file(1, "two"), "two");
}

#[test]
fn a_host_that_answers_tcp_and_nothing_else() {
    let project = Project::up(1, &[], TWO_STEPS);
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    project.fleet.route(1, silent.local_addr().unwrap().port());
    refused(
        &project,
        &["h1: no answer in time while waiting for the server's greeting", "not as an SSH server"],
    );
    // Nobody has to wait for that.
    let console = project.spawn(&["deploy", "--output", "json"]);
    let connections: Vec<_> = silent.incoming().take(2).collect();
    console.signal("INT");
    let ran = console.wait();
    drop(connections);
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(
        ran.stderr.starts_with("error: left while connecting: no run was opened"),
        "{}",
        ran.stderr
    );
    let said = events(&ran.stdout);
    assert_eq!((&said[0]["event"], &said[0]["exit"]), (&"refused".into(), &130.into()));
}

#[test]
fn an_unknown_host_key_is_refused_where_nobody_can_be_asked() {
    let project = Project::up(1, &[], TWO_STEPS);
    let known = fs::read_to_string(project.fleet.known_hosts()).unwrap();
    fs::write(project.fleet.known_hosts(), "").unwrap();
    let fingerprint = fingerprint(&project, 1);
    refused(&project, &["h1: the host key of [127.0.0.1]:", "is not known", &fingerprint]);
    assert_eq!(fs::read_to_string(project.fleet.known_hosts()).unwrap(), "", "it was stored");
    assert_eq!(project.on(1, "ls -A /srv"), "", "something was sent");

    // Another key than the known one: both are named, and there is no way past it.
    let other = Fleet::up(1, &[]);
    let key = fs::read_to_string(other.known_hosts()).unwrap();
    let changed =
        format!("{} {}", known.split_once(' ').unwrap().0, key.split_once(' ').unwrap().1);
    fs::write(project.fleet.known_hosts(), changed).unwrap();
    let elsewhere = Project::new(other, TWO_STEPS);
    let known_fingerprint = self::fingerprint(&elsewhere, 1);
    refused(
        &project,
        &[
            "h1: the host key of [127.0.0.1]:",
            "has CHANGED",
            &fingerprint,
            &known_fingerprint,
            "ssh-keygen -R",
        ],
    );
    assert_eq!(project.on(1, "ls -A /srv"), "", "something was sent");
}

#[test]
fn an_unknown_host_key_is_asked_for_at_a_terminal() {
    let project = Project::up(1, &[], TWO_STEPS);
    let known = fs::read_to_string(project.fleet.known_hosts()).unwrap();
    fs::write(project.fleet.known_hosts(), "").unwrap();
    let config = project.fleet.ssh_config();
    let asking =
        fs::read_to_string(&config).unwrap().replace("HostKeyChecking yes", "HostKeyChecking ask");
    fs::write(&config, asking).unwrap();
    let args = ["--ssh-config", config.to_str().unwrap(), "deploy", "--yes"];
    for answer in ["no", "y", "yes"] {
        let console = project.ui.console(&args, 24, 200);
        console.wait_for("Is this the host's key? Type yes:");
        assert!(console.screen().contains(&fingerprint(&project, 1)), "{}", console.screen());
        console.send(&format!("{answer}\r"));
        let (code, screen) = console.wait_exit();
        let took = if answer == "yes" { (0, known.clone()) } else { (5, String::new()) };
        let stored = fs::read_to_string(project.fleet.known_hosts()).unwrap();
        assert_eq!((code, stored), (Some(took.0), took.1), "{answer}: {}", screen.contents());
    }
    assert_eq!(project.file(1, "two"), "two");
    // Known now; and at a terminal a run is begun only when somebody says so.
    project.on(1, &format!("rm {ROOT}/two"));
    let console = project.ui.console(&args[..3], 24, 200);
    console.wait_for("Run deploy of shop on staging (h1)? Type yes:");
    console.send("\r");
    assert_eq!(console.wait_exit().0, Some(5));
    assert_eq!(project.file(1, "two"), "");
}

fn fingerprint(project: &Project, i: usize) -> String {
    let line = project.on(i, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
    line.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn any_login_shell_and_any_noise_will_do() {
    let shells = ["fish", "csh", "busybox", "zsh", "dash", "bash"];
    let mut options: Vec<String> =
        shells.iter().enumerate().map(|(i, shell)| format!("{}:shell={shell}", i + 1)).collect();
    options.extend(["noisy", "3:sh=busybox", "6:sh=bash"].map(str::to_owned));
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let project = Project::up(6, &options, TWO_STEPS);
    let ran = project.must(0, &["deploy"]);
    assert!(!ran.stdout.contains("noise") && ran.stderr.is_empty(), "{}{}", ran.stdout, ran.stderr);
    let run = project.newest();
    for i in 1..=6 {
        assert_eq!(project.log(&[&run, "two", &format!("h{i}")]), b"one\n", "{}", shells[i - 1]);
    }
    assert_eq!(project.same_logs(6, &run), 12);
}

#[test]
fn an_account_that_may_not_log_in_says_so() {
    let project = Project::up(2, &["2:shell=nologin"], TWO_STEPS);
    refused(
        &project,
        &[
            "h2: its login shell ended with exit 1",
            "not available",
            "hint: h2: the login shell must",
        ],
    );
}

#[test]
fn a_server_that_runs_something_else_says_what() {
    let options = ["1:sshd=ForceCommand echo only backups here", "2:sshd=PermitOpen none"];
    let project = Project::up(2, &options, TWO_STEPS);
    refused(&project, &["h1: its login shell ended with exit 0: only backups here", "hint: h1: "]);
}

#[test]
fn a_host_without_room_for_the_agent() {
    let project = Project::up(1, &[], TWO_STEPS);
    project.on(1, "chmod 755 /tmp; chown root /tmp /home/deploy");
    refused(
        &project,
        &["h1: our agent cannot work there: cannot make ", "hint: h1: our agent needs"],
    );
    // One of the two is enough.
    project.on(1, "chmod 1777 /tmp");
    project.must(0, &["deploy"]);
    assert_eq!(project.same_logs(1, &project.newest()), 2);
    assert_eq!(
        project.on(1, "ls -A /tmp /home/deploy | grep deployui. || true"),
        "",
        "left behind"
    );
}

#[test]
fn two_sessions_are_enough_and_one_is_not() {
    let project = Project::up(2, &["1:max-sessions=2", "no-forwarding"], TWO_STEPS);
    project.must(0, &["deploy"]);
    assert_eq!(project.same_logs(2, &project.newest()), 4);
    let project = Project::up(2, &["2:max-sessions=1"], TWO_STEPS);
    refused(&project, &["h2: ", "MaxSessions"]);
}

#[test]
fn what_is_not_there_on_a_host_is_named() {
    let steps = TWO_STEPS.replace("cat {{ root }}/one", "git --version");
    let project = Project::up(2, &["2:no-git"], &steps);
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h2 two: FAILED: exit 127 (command not found)"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("git: not found") || ran.stdout.contains("git: command not found"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.contains("h1 two: ok"), "{}", ran.stdout);
}

#[test]
fn a_root_that_cannot_be_written() {
    let project = Project::up(2, &[], TWO_STEPS);
    project.on(2, "mkdir -p /srv/www && chown root /srv/www && chmod 755 /srv/www");
    refused(
        &project,
        &["h2: cannot make the directory /srv/www/app", "hint: h2: make the directory there"],
    );
    // Somebody else's state, and a link in its place.
    project.on(2, "mkdir -p /srv/www/app/.deployui && chown deploy /srv/www/app");
    refused(&project, &["h2: /srv/www/app/.deployui belongs to somebody else"]);
    project.on(2, "rmdir /srv/www/app/.deployui && ln -s /tmp /srv/www/app/.deployui");
    refused(&project, &["h2: /srv/www/app/.deployui is a symbolic link"]);
    project.on(2, "rm /srv/www/app/.deployui && touch /srv/www/app/.deployui");
    refused(&project, &["h2: cannot make the directory /srv/www/app/.deployui"]);
}

#[test]
fn a_full_disk_on_a_host() {
    let project = Project::up(2, &["2:tmpfs=/srv/www:256k"], "");
    // Full before the run: refused by its check.
    project.recipe(&format!("{}{TWO_STEPS}", stage(2)));
    project.on(2, "head -c 1m /dev/zero >/srv/www/full 2>/dev/null; true");
    refused(&project, &["h2: cannot ", "/srv/www/app", "hint: h2: "]);
    // Full when a step is to be put there: it did not begin, and says why.
    let text = TWO_STEPS.replace("echo two", &format!(": {}; echo two", "x".repeat(100_000)));
    project.recipe(&format!("{}{text}", stage(2)));
    project.on(2, "rm /srv/www/full; head -c 150k /dev/zero >/srv/www/full");
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h2 two: could not be begun: cannot write in "), "{}", ran.stdout);
    assert!(ran.stdout.contains("is the disk full?"), "{}", ran.stdout);
    // `one` may have found no room either: the box of `two` is put while it runs.
    assert_eq!(project.file(2, "two"), "");

    // Full while a step prints: its end is still known, and what was kept is here as well.
    let text = "[steps.fill]\nrun = \"seq 100000; echo end >{{ root }}/end\"\n[pipelines]\ndeploy = [\"fill\"]\n";
    project.recipe(&format!("{}{text}", stage(2)));
    project.on(2, "rm -rf /srv/www/full /srv/www/app/.deployui");
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h2 fill: FAILED: exit "), "{}", ran.stdout);
    assert!(ran.stdout.contains("h1 fill: ok"), "{}", ran.stdout);
    project.same_logs(2, &project.newest());
}

/// Where nothing is read as UTF-8, a byte of a harmless character can be an 8-bit control.
#[test]
fn a_terminal_that_is_not_utf8_gets_seven_bits() {
    let project = Project::up(1, &[], TWO_STEPS);
    let ui = project.ui.env("LANG", "C");
    let config = project.fleet.ssh_config();
    let words = ["--ssh-config", config.to_str().unwrap(), "exec", "--yes", "--"];
    let screen =
        ui.console(&[&words[..], &["echo a\u{eb}\u{65e5}z"]].concat(), 24, 100).wait_exit().1;
    assert!(screen.contents().contains("h1 exec | a???z"), "{}", screen.contents());
    assert!(screen.contents().is_ascii(), "{}", screen.contents());
    // What is not a terminal gets what the host said.
    let ran = ui.run(&[&words[..], &["echo a\u{eb}\u{65e5}z"]].concat());
    assert!(ran.stdout.contains("a\u{eb}\u{65e5}z"), "{}", ran.stdout);
}

/// Lines that would do something to a terminal, and what is shown of them.
const HOSTILE: &[(&[u8], &str)] = &[
    (b"cursor \x1b[2J\x1b[H\x1b[10;10Hmoved\x1b[3A\x1b[99C.", "cursor moved."),
    (b"reset \x1bc\x1b#8\x1b[3J\x1b[5i\x1b[?1049l\x1b[4h\x1b[2;5r\x1b(0.", "reset ."),
    (b"title \x1b]0;PWNED\x07\x1b]2;PWNED\x1b\\.", "title ."),
    (b"link \x1b]8;;http://PWNED.example\x1b\\text\x1b]8;;\x1b\\.", "link text."),
    (b"clipboard \x1b]52;c;UFdORUQ=\x07.", "clipboard ."),
    (b"strings \x1bPPWNED\x1b\\\x1b_PWNED\x1b\\\x1b^PWNED\x1b\\\x1bXPWNED\x1b\\.", "strings ."),
    (
        b"eight bits \xc2\x9b2J\xc2\x9d0;x\xc2\x9c \x9b2J\x90x\x9c.",
        "eight bits 2J0;x \u{fffd}2J\u{fffd}x\u{fffd}.",
    ),
    (b"questions \x1b[6n\x1b[c\x1b]11;?\x07\x1b[>q\x05.", "questions ."),
    (
        "bidi \u{202e}drow\u{202c} \u{2066}x\u{2069} \u{200f}.".as_bytes(),
        "bidi <U+202E>drow<U+202C> <U+2066>x<U+2069> <U+200F>.",
    ),
    (
        b"broken \xff\xfe\xc3\x28 \xed\xa0\x80 \xf8.",
        "broken \u{fffd}\u{fffd}\u{fffd}( \u{fffd}\u{fffd}\u{fffd} \u{fffd}.",
    ),
    (b"tabs\ta\tb\t.", "tabs    a       b       ."),
    ("wide 漢字 한글 ｆｕ.".as_bytes(), "wide 漢字 한글 ｆｕ."),
    ("marks e\u{301} a\u{308}\u{323} \u{301}.".as_bytes(), "marks e\u{301} a\u{308}\u{323}"),
    (
        "families 👨\u{200d}👩\u{200d}👧 👍🏽 1\u{fe0f}.".as_bytes(),
        "families 👨<U+200D>👩<U+200D>👧 👍<U+1F3FD> 1.",
    ),
    (b"progress 10 %\rprogress 50 %\rprogress 100 %.", "progress 100 %."),
    (b"controls a\0b\x07c\x0e\x0fd\x7fe\x0b\x0c.", "controls abcde."),
    (b"colours \x1b[31mred\x1b[7m\x1b[4mand on", "colours redand on"),
    (b"no end \x1b]0;PWNED", "no end"),
];

/// What a log does to the terminal: nothing, at any size. `--nocapture` prints what is shown.
#[test]
#[expect(clippy::print_stdout, reason = "the screens can be looked at")]
fn a_hostile_log_is_text_and_nothing_of_it_reaches_the_terminal() {
    let step = "[steps.print]\nrun = \"cat /srv/hostile\"\n[pipelines]\ndeploy = [\"print\"]\n";
    let project = Project::up(1, &[], step);
    let octal = |bytes: &[u8]| bytes.iter().map(|byte| format!("\\{byte:03o}")).collect::<String>();
    let lines: String = HOSTILE.iter().map(|(line, _)| octal(line) + "\\n").collect();
    project.on(
        1,
        &format!(
            "{{ printf '{lines}'; printf 'long '; head -c 10000000 /dev/zero | tr '\\0' x; printf '\\nlast\\n'; \
             }} >/srv/hostile"
        ),
    );
    let config = project.fleet.ssh_config();
    let words = ["--ssh-config", config.to_str().unwrap()];
    let console = project.ui.console(&words, 36, 120);
    console.wait_for("READY");
    console.act("D", "Start deploy");
    console.wait_for("last");
    console.send("4z");
    for (rows, cols) in [(36_u16, 120_u16), (24, 80)] {
        console.resize(rows, cols);
        let mut shown = String::new();
        for (key, first, last) in [("g", "cursor", "no end"), ("G", "bytes more", "last")] {
            console.send(key);
            let screen = console.wait_frame(None, |screen| {
                let text = screen.contents();
                let whole = text.contains(first) && text.contains(last);
                (whole && framed(screen, rows, cols)).then_some(text)
            });
            let screen = screen.unwrap();
            println!("{cols}x{rows}, {key}:\n{screen}\n");
            shown.push_str(&screen);
        }
        for (_, wanted) in HOSTILE {
            // This emulator does not draw replacement characters, nor what stands behind them in its
            // place.
            let wanted = wanted.split('\u{fffd}').next().unwrap();
            assert!(shown.contains(wanted), "{wanted:?} is not shown:\n{shown}");
        }
        assert!(shown.contains("long xxxx") && shown.contains("bytes more"), "{shown}");
    }
    untouched(&console.bytes());
}

/// Whether the pane has its frame whole, on both sides.
fn framed(screen: &vt100::Screen, rows: u16, cols: u16) -> bool {
    let cell = |row: u16, col: u16| {
        screen.cell(row, col).map(|cell| cell.contents().to_owned()).unwrap_or_default()
    };
    let inside = (0..rows).filter(|row| cell(*row, 0) == "│" || cell(*row, 0) == "┃");
    let inside: Vec<u16> = inside.collect();
    let edge = |row: &u16| !cell(*row, cols - 1).trim().is_empty();
    inside.len() > 10 && inside.iter().all(edge)
}

/// Nothing of the log is among what the terminal was sent but text.
fn untouched(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for never in [
        "PWNED",
        "UFdORUQ",
        "\u{1b}c",
        "\u{1b}#8",
        "\u{1b}[3J",
        "\u{1b}[5i",
        "\u{1b}[?1049l",
        "\u{1b}[4h",
        "\u{1b}[2;5r",
        "\u{1b}(0",
        "\u{1b}P",
        "\u{1b}_",
        "\u{1b}^",
        "\u{1b}X",
        "\u{1b}]8",
        "\u{1b}]52",
        "\u{1b}]11",
        "\u{1b}[6n",
        "\u{1b}[99C",
        "\u{200d}",
        "\u{fe0f}",
        "\0",
        "\u{5}",
        "\u{e}",
        "\u{f}",
        "\u{7f}",
    ] {
        assert!(!text.contains(never), "{never:?} reached the terminal");
    }
    let bidi = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert_eq!(text.chars().find(|c| bidi(*c)), None);
    // All but the last bytes, which may be half a character, are UTF-8.
    let broken = str::from_utf8(bytes).err().map_or(bytes.len(), |error| error.valid_up_to());
    assert!(broken + 3 >= bytes.len(), "{broken} of {}", bytes.len());
}
