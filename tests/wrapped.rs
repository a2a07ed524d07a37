//! What a run is wrapped in beside its steps: code that hosts are sent, what is said before it begins,
//! and webhooks that are told of it.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod recipes;
mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use recipes::{Project, ROOT, stage};
use serde_json::Value;
use support::deployui::Ran;
use support::fleet::Fleet;

/// Runs a shell text in the operator's home, where the repository lies and no host sees it.
fn here(project: &Project, text: &str) -> String {
    let text = format!(
        "set -e; export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a \
         GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_GLOBAL=/dev/null\n{text}"
    );
    let output =
        Command::new("sh").args(["-c", &text]).current_dir(project.ui.home()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A project whose code only the operator's machine can read: 1 MiB in the first commit.
fn shop(options: &[&str], more: &str) -> Project {
    let project = Project::new(Fleet::up(2, options), "");
    here(
        &project,
        "git init -q -b main code && cd code && echo one >page
         head -c 1048576 /dev/urandom >large && git add . && git commit -qm one",
    );
    let repository = project.ui.home().join("code");
    project.recipe(&format!(
        "{}\n[source]\nrepository = \"{}\"\nref = \"main\"\nvia = \"operator\"\n\
         [layout]\nkind = \"releases\"\n\
         [pipelines]\ndeploy = [\"release\", \"fetch\", \"publish\"]\n{more}",
        stage(2),
        repository.display(),
    ));
    for i in [1, 2] {
        project.on(i, &format!("test ! -e {}", repository.display()));
    }
    project
}

/// Deploys. A release is named after its second: one that comes within that of the one before is refused
/// before anything is done, and asked for again.
fn deploy(project: &Project) -> Ran {
    loop {
        let ran = project.run(&["deploy", "--yes"]);
        if !ran.stderr.contains("which is not older than") {
            assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
            return ran;
        }
    }
}

/// Every host serves the head of the repository, and nothing of the sending is left anywhere.
fn served(project: &Project) {
    let head = here(project, "git -C code rev-parse main");
    let sum = here(project, "git -C code show main:large | cksum");
    for i in [1, 2] {
        assert_eq!(project.file(i, "current/REVISION"), head);
        assert_eq!(project.on(i, &format!("cksum <{ROOT}/current/large")), sum);
        assert_eq!(project.on(i, &format!("ls {ROOT}/.deployui | grep bundle || true")), "");
    }
    let left = fs::read_dir(project.state().join("mirrors/shop")).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["mirror.git"]);
}

#[test]
fn hosts_need_no_key_to_the_repository() {
    let shop = shop(&["1:shell=fish", "2:shell=tcsh"], "");
    deploy(&shop);
    served(&shop);
    let packed = |i| -> u64 {
        let text = format!("cat {ROOT}/.deployui/mirror.git/objects/pack/*.pack | wc -c");
        shop.on(i, &text).trim().parse().unwrap()
    };
    let first = packed(1);
    // One host has the first commit only, the other nothing: each is sent what it lacks.
    here(&shop, "cd code && echo two >page && git commit -qam two");
    shop.on(2, &format!("rm -rf {ROOT}/.deployui/mirror.git"));
    deploy(&shop);
    served(&shop);
    assert!(packed(1) < first + 65_536, "{} after {first}", packed(1));
    assert!(packed(2) > 1_048_576);
}

#[test]
fn a_commit_that_is_served_already_is_said() {
    let shop = shop(&[], "");
    let ran = deploy(&shop);
    assert!(!ran.stderr.contains("already"), "{}", ran.stderr);
    let ran = deploy(&shop);
    let head = here(&shop, "git -C code rev-parse main");
    let note = format!("note: h1, h2 serve {} already\n", &head[..10]);
    assert!(ran.stderr.contains(&note), "{}", ran.stderr);
}

#[test]
fn code_that_cannot_be_sent_changes_nothing() {
    let shop = shop(&["2:max-sessions=2"], "");
    let ran = shop.must(5, &["deploy", "--yes"]);
    assert!(ran.stderr.contains("error: h2: code was not sent: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("set MaxSessions to 3 or more"), "{}", ran.stderr);
    for i in [1, 2] {
        assert_eq!(shop.on(i, &format!("ls -A {ROOT}/releases 2>/dev/null || true")), "");
        assert_eq!(
            shop.on(i, &format!("ls -A {ROOT}/.deployui | grep -e lock -e bundle || true")),
            ""
        );
    }
    here(&shop, "rm -rf code");
    let ran = shop.must(5, &["deploy", "--yes"]);
    assert!(
        ran.stderr.contains("error: this machine: the repository cannot be read: "),
        "{}",
        ran.stderr
    );
}

/// Says no to every request; the body of each is there before its sender has the answer.
fn hook() -> (u16, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, taken) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            sender.send(body(&mut stream)).unwrap();
            stream.write_all(b"HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n").unwrap();
        }
    });
    (port, taken)
}

/// The JSON body of a request.
fn body(stream: &mut TcpStream) -> Value {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let n = stream.read(&mut piece).unwrap();
        assert_ne!(n, 0, "no whole request: {text}");
        text += std::str::from_utf8(&piece[..n]).unwrap();
        if let Some((_, body)) = text.split_once("\r\n\r\n")
            && let Ok(body) = serde_json::from_str(body)
        {
            return body;
        }
    }
}

#[test]
fn webhooks_are_told_how_a_run_goes() {
    let (port, taken) = hook();
    let recipe = format!(
        r#"{}
[steps.work]
run = "test ! -e {{{{ root }}}}/bad"
[steps.bad]
run = "exit 3"
[pipelines]
deploy = ["work"]
broken = ["bad"]
[[notify]]
on = ["started", "failed", "finished"]
url = "http://127.0.0.1:{port}/secret"
[[notify]]
url = "http://127.0.0.1:{port}/secret"
body = '{{"own": "{{{{ app }}}} {{{{ run.id }}}} {{{{ event }}}} {{{{ outcome }}}}"}}'
"#,
        stage(2)
    );
    let project = Project::up(2, &[], "");
    project.recipe(&recipe);
    let ran = project.must(1, &["run", "broken", "--yes", "--on-failure", "undo"]);
    let taken: Vec<Value> = taken.try_iter().collect();
    assert_eq!(taken.len(), 4, "{taken:?}");
    let run = project.newest();
    let events: Vec<&Value> = taken.iter().map(|body| &body["event"]).collect();
    assert_eq!(events[..3], ["started", "failed", "finished"]);
    assert!(taken[..3].iter().all(|body| body["run"] == run && body["stage"] == "staging"));
    assert_eq!(
        taken[3]["own"],
        format!("shop {run} finished {}", taken[2]["outcome"].as_str().unwrap())
    );
    // A webhook that says no is a warning without its address, and nothing else.
    let warning = "warning: webhook to 127.0.0.1: refused with status 403\n";
    assert_eq!(ran.stderr.matches(warning).count(), 4, "{}", ran.stderr);
    assert!(!ran.stderr.contains("secret"), "{}", ran.stderr);
    let journal = fs::read_to_string(project.journal(&run)).unwrap();
    assert!(!journal.contains("secret"), "the address of a webhook is journalled");
}
