//! Bad input on the operator's side: disks, journals, files, words, and no terminal. Each gets an error
//! that says what, where and what to do, the right exit code, and nothing is half changed.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use recipes::{Project, ROOT, TWO_STEPS, events, stage};
use serde_json::Value;
use support::deployui::{Deployui, Ran, Spawned};

/// Runs a shell text in which `$0` is the program with the ssh configuration, in front of a small
/// disk as the state directory `$STATE`.
fn with_small_disk(project: &Project, size: &str, text: &str) -> Ran {
    let state = project.state();
    fs::create_dir_all(&state).unwrap();
    let config = project.fleet.ssh_config();
    let script = format!(
        "mount -t tmpfs -o size={size} state \"$STATE\" && cd {} && HOME={} && export HOME\n\
         deployui() {{ {} --ssh-config {} --state-dir \"$STATE\" \"$@\"; echo \"exit $?\"; }}\n{text}",
        project.ui.dir().display(),
        project.ui.home().display(),
        env!("CARGO_BIN_EXE_deployui"),
        config.display(),
    );
    let script = format!("STATE={}; {script}", state.display());
    let mut command = Command::new("sudo");
    command.args(["-n", "unshare", "--mount", "sh", "-c", &script]);
    Spawned::start(command).wait()
}

#[test]
fn a_full_disk_here() {
    let steps = "[steps.talk]\nrun = \"echo x >>{{ root }}/talk; seq 200000\"\n\
                 [steps.after]\nrun = \"echo x >>{{ root }}/after\"\n[pipelines]\ndeploy = [\"talk\", \"after\"]\n";
    let project = Project::up(1, &[], steps);
    let ran = with_small_disk(
        &project,
        "400k",
        "deployui deploy; mount -o remount,size=20m state \"$STATE\"; echo more room; deployui resume\n\
         sha256sum \"$STATE\"/runs/*/logs/h1/talk.1.log | cut -c 1-64",
    );
    let (full, roomy) = ran.stdout.split_once("more room\n").unwrap();
    assert!(full.ends_with("exit 3\n"), "{full}\n{}", ran.stderr);
    assert!(ran.stderr.contains("No space left on device"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: the disk is full: make room, then go on"), "{}", ran.stderr);
    assert!(ran.stderr.contains("then: deployui resume "), "{}", ran.stderr);
    let there = project
        .on(1, &format!("cat {ROOT}/.deployui/*/runs/*/talk.1/log | sha256sum | cut -c 1-64"));
    assert!(roomy.ends_with(&format!("exit 0\n{there}\n")), "{roomy}\n{}", ran.stderr);
    assert_eq!((project.file(1, "talk"), project.file(1, "after")), ("x".into(), "x".into()));
    // No room for the journal: nothing is begun.
    project.on(1, &format!("rm {ROOT}/talk {ROOT}/after"));
    let ran =
        with_small_disk(&project, "20k", "head -c 1m /dev/zero >\"$STATE/fill\"; deployui deploy");
    assert!(ran.stdout.ends_with("exit 5\n"), "{}\n{}", ran.stdout, ran.stderr);
    assert!(
        ran.stderr.contains("error: cannot ") && ran.stderr.contains("hint: the disk is full"),
        "{}",
        ran.stderr
    );
    assert_eq!(project.file(1, "talk"), "");
}

#[test]
fn a_state_directory_that_cannot_be_used_is_found_before_any_host_is_asked() {
    let project = Project::up(1, &[], TWO_STEPS);
    let host = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    host.set_nonblocking(true).unwrap();
    project.fleet.route(1, host.local_addr().unwrap().port());
    let config = project.fleet.ssh_config();
    let file = project.ui.home().join("a-file");
    fs::write(&file, "").unwrap();
    let inside = file.join("state");
    for dir in [Path::new("/proc/deployui"), &file, &inside] {
        let ran = project.must(5, &["--state-dir", dir.to_str().unwrap(), "deploy"]);
        assert!(
            ran.stderr.starts_with("error: cannot make ")
                && ran.stderr.contains(dir.to_str().unwrap()),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("\nhint: "), "{}", ran.stderr);
        let said = events(
            &project
                .must(5, &["--state-dir", dir.to_str().unwrap(), "deploy", "--output", "json"])
                .stdout,
        );
        assert_eq!((&said[0]["event"], &said[0]["exit"]), (&"refused".into(), &5.into()));
        let args = ["--ssh-config", config.to_str().unwrap(), "--state-dir", dir.to_str().unwrap()];
        let (code, screen) = project.ui.console(&args, 24, 200).wait_exit();
        assert_eq!(code, Some(5), "{}", screen.contents());
        assert!(screen.contents().starts_with("error: cannot make "), "{}", screen.contents());
        let asked = host.accept().map(|_| ()).unwrap_err();
        assert_eq!(asked.kind(), ErrorKind::WouldBlock, "a host was connected");
    }
    drop(host);
    // What is tried leaves nothing behind.
    let state = project.ui.home().join("good");
    project.must(5, &["--state-dir", state.to_str().unwrap(), "deploy", "--hosts", "h1"]);
    assert_eq!(fs::read_dir(state.join("runs")).unwrap().count(), 0);
}

#[test]
fn a_run_that_is_not_there() {
    let ui = Deployui::new();
    for words in [
        &["resume", "20260101-000000-aaaaaaaaaaaaaaaa"][..],
        &["log", "nothing"],
        &["resume", "../../etc"],
    ] {
        let ran = ui.run(words);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.starts_with("error: no run `")
                && ran.stderr.contains("hint: `deployui runs` lists them"),
            "{}",
            ran.stderr
        );
    }
    let ran = ui.run(&["resume"]);
    assert_eq!((ran.code, ran.stderr.lines().next().unwrap()), (Some(2), "error: no run is open"));
    let ran = ui.run(&["runs"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "", "no runs yet\n")
    );
}

#[test]
fn a_journal_that_cannot_be_trusted_is_not_run_from() {
    let steps = TWO_STEPS.replace("cat {{ root }}/one", "false");
    let steps = steps.replace("[steps.two]", "[steps.two]\nchanges = \"schema\"");
    let project = Project::up(1, &[], &steps);
    project.must(3, &["deploy"]);
    let run = project.newest();
    let path = project.journal(&run);
    let whole = fs::read(&path).unwrap();
    let lines: Vec<usize> = whole
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1)
        .collect();
    let before = project.files(1);

    let mut flipped = whole.clone();
    flipped[lines[2] + 20] ^= 1;
    let newer =
        String::from_utf8(whole.clone()).unwrap().replacen("\"format\":2", "\"format\":3", 1);
    let gap = [&whole[..lines[3]], &whole[lines[4]..]].concat();
    for (bytes, said) in [
        (flipped, "line 4: the checksum does not fit"),
        (newer.into_bytes(), "written by a later version of deployui (format 3"),
        (gap, "line 5: the checksum does not fit"),
        (Vec::new(), " is empty"),
        (b"no journal\n".to_vec(), "line 1: not the header of a journal"),
    ] {
        fs::write(&path, &bytes).unwrap();
        let ran = project.must(5, &["resume", &run]);
        assert!(
            ran.stderr.contains(said) && ran.stderr.contains("journal.jsonl"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        assert_eq!(fs::read(&path).unwrap(), bytes, "a damaged journal was touched");
        let listed = project.must(0, &["runs"]);
        assert!(listed.stdout.starts_with(&format!("{run}  DAMAGED")), "{said}: {}", listed.stdout);
    }
    // What lies before the damage can still be looked at.
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let middle = whole.len() - 60;
    flipped[middle] ^= 1;
    flipped.extend_from_slice(b"more\n");
    fs::write(&path, &flipped).unwrap();
    assert_eq!(project.log(&[&run, "one"]), b"");

    // A torn last line is an unfinished write: it is moved aside, and the run goes on from before it.
    for cut in [1, 7, 40] {
        fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        project.must(3, &["resume", &run]);
    }
    assert_eq!(project.files(1), before, "a step was run again");
    assert_eq!(project.same_logs(1, &run), 2);
}

#[test]
fn no_terminal_at_all() {
    let ui = Deployui::new();
    fs::write(ui.dir().join("deploy.toml"), format!("{}{TWO_STEPS}", stage(1))).unwrap();
    for words in [&[][..], &["--stage", "staging"]] {
        let ran = ui.run(words);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains("terminal"),
            "{}",
            ran.stderr
        );
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        // How things stand is said all the same, and how to go on without a screen.
        assert_eq!(
            ran.stdout,
            "shop on staging: no run is open\nto begin one: deployui run deploy --stage staging\n"
        );
    }
}

#[test]
fn a_project_without_its_file() {
    let ui = Deployui::new();
    for words in [&["deploy"][..], &["exec", "--", "true"], &["deploy", "--config", "other.toml"]] {
        let ran = ui.run(words);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        let file =
            if words.len() == 3 && words[0] == "deploy" { "other.toml" } else { "deploy.toml" };
        assert_eq!(
            ran.stderr,
            format!(
                "error: cannot read {file}: No such file or directory (os error 2)\nhint: name the project's file with --config FILE\n"
            )
        );
    }
    fs::create_dir(ui.dir().join("deploy.toml")).unwrap();
    let ran = ui.run(&["deploy"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: cannot read deploy.toml: "), "{}", ran.stderr);
}

#[test]
fn all_faults_of_a_file_at_once() {
    let ui = Deployui::new();
    let text = r#"
app = "shop"
rooot = "/srv"
[stages.staging]
hosts = ["h1", "h2"]
[hosts.h1]
roles = "web"
[steps.one]
run = "echo '{{ vars.nothing }}'"
timeout = "soon"
[steps.two]
rnu = "true"
[pipelines]
deploy = ["one", "tow"]
"#;
    fs::write(ui.dir().join("deploy.toml"), text).unwrap();
    let ran = ui.run(&["deploy", "--output", "json"]);
    assert_eq!(ran.code, Some(2));
    for said in ["rooot", "h2", "roles", "vars.nothing", "soon", "rnu", "tow"] {
        assert!(ran.stderr.contains(said), "not said: {said}\n{}", ran.stderr);
    }
    assert!(ran.stderr.matches("deploy.toml:").count() >= 7, "{}", ran.stderr);
    let refused: Value = events(&ran.stdout)[0].clone();
    assert_eq!((&refused["event"], &refused["exit"]), (&"refused".into(), &2.into()));
    // A file that is no TOML at all, and one that is no text.
    for bytes in [&b"app = \n[["[..], b"app = \"\xff\"\n"] {
        fs::write(ui.dir().join("deploy.toml"), bytes).unwrap();
        let ran = ui.run(&["deploy"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(
            ran.stderr.starts_with("error") && ran.stderr.contains("deploy.toml"),
            "{}",
            ran.stderr
        );
    }
}

/// Hosts that ask: for the passphrase of the key, for a password, or whether theirs is the right key.
fn asking(question: &str) -> Project {
    let project = Project::up(1, &["sshd=PasswordAuthentication yes"], TWO_STEPS);
    match question {
        "passphrase of " => {
            let mut lock = Command::new("ssh-keygen");
            lock.args(["-q", "-p", "-P", "", "-N", "secret", "-f"]).arg(project.fleet.key());
            assert!(lock.status().unwrap().success());
        }
        "password of " => {
            project.on(1, "echo >/home/deploy/.ssh/authorized_keys");
        }
        _ => {
            fs::write(project.fleet.known_hosts(), "").unwrap();
            let config = project.fleet.ssh_config();
            let text = fs::read_to_string(&config).unwrap();
            fs::write(&config, text.replace("HostKeyChecking yes", "HostKeyChecking ask")).unwrap();
        }
    }
    project
}

#[test]
fn a_question_that_is_left_leaves_the_terminal_as_it_was() {
    /// Says how the program ended, and what its terminal was left in.
    const SCRIPT: &str = r#"trap : INT
        "$0" "$@"; code=$?; echo; echo "exit $code"
        stty -a | tr ' ;' '\n\n' | grep -xE -- '-?(isig|icanon|echo)' | tr '\n' ' '; echo end"#;
    for question in ["passphrase of ", "password of ", "Is this the host's key?"] {
        let project = asking(question);
        let config = project.fleet.ssh_config();
        let before = fs::read(project.fleet.known_hosts()).unwrap();
        let args = ["--ssh-config", config.to_str().unwrap(), "deploy", "--yes"];
        for (end, code) in [("\u{3}", 130), ("TERM", 143)] {
            let console = project.ui.under_shell(SCRIPT, &args, 24, 200);
            console.wait_for(question);
            console.send("typed");
            let screen = console.leave_by(end);
            let hides = !question.ends_with('?');
            assert!(!hides || !screen.contains("typed"), "{question}: {screen}");
            assert!(screen.contains("error: left while connecting: no run was opened"), "{screen}");
            assert!(screen.contains(&format!("\nexit {code}\n")), "{question}: {screen}");
            assert!(screen.contains("\nisig icanon echo end"), "{question}: {screen}");
            assert!(project.runs().is_empty());
            assert_eq!(fs::read(project.fleet.known_hosts()).unwrap(), before);
            assert_eq!(project.on(1, "ls -A /srv"), "", "something was sent");
        }
    }
}
