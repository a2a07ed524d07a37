//! Commands that are left by Ctrl-C or TERM: at a question, and while hosts are changed.

mod recipes;
mod support;

use recipes::{Project, ROOT, TWO_STEPS};

/// Says how the program ended, and what its terminal was left in.
const SCRIPT: &str = r#"trap : INT
    "$0" "$@"; code=$?; echo; echo "exit $code"
    stty -a | tr ' ;' '\n\n' | grep -xE -- '-?(isig|icanon|echo)' | tr '\n' ' '; echo end"#;

const PAGE: &str = "shared/system/maintenance.html";

/// Two hosts with a page; the stage is protected or not.
fn shop(protected: bool) -> Project {
    let project = Project::up(2, &[], TWO_STEPS);
    let recipe = std::fs::read_to_string(project.ui.dir().join("deploy.toml")).unwrap_or_default();
    let stage = format!("[stages.staging]\nprotected = {protected}");
    let more = "[layout]\nkind = \"releases\"\n\
                [maintenance]\npath = \"{{ layout.shared }}/system/maintenance.html\"\n";
    project.recipe(&format!("{}{more}", recipe.replace("[stages.staging]", &stage)));
    project
}

/// The locks on both hosts.
fn locks(project: &Project) -> [String; 2] {
    [1, 2].map(|i| project.file(i, ".deployui/lock"))
}

/// A lock of somebody else, on the first host.
fn held(project: &Project) -> &'static str {
    const EVAS: &str =
        r#"{"run":"by-hand-eva","by":"eva@desk","at":"2026-01-01T00:00:00Z","purpose":"tests"}"#;
    project.on(
        1,
        &format!("mkdir -p {ROOT}/.deployui && echo '{EVAS}' >{ROOT}/.deployui/lock && chown -R deploy {ROOT}"),
    );
    EVAS
}

/// Leaves these words at this question, by the key and by the signal.
fn check(project: &Project, words: &[&str], question: &str) {
    let config = project.fleet.ssh_config();
    let args = [&["--ssh-config", config.to_str().unwrap_or_default()], words].concat();
    let before = [1, 2]
        .map(|i| project.on(i, "find /srv -type f ! -path '*/.deployui/*/*' | xargs -r cksum"));
    for (end, code) in [("\u{3}", 130), ("TERM", 143)] {
        let console = project.ui.under_shell(SCRIPT, &args, 24, 200);
        console.wait_for(question);
        let screen = console.leave_by(end);
        assert!(screen.contains("\nerror: left at a question"), "{words:?}: {screen}");
        assert!(screen.contains(&format!("\nexit {code}\n")), "{words:?}: {screen}");
        assert!(screen.contains("\nisig icanon echo end"), "{words:?}: {screen}");
        let after = [1, 2]
            .map(|i| project.on(i, "find /srv -type f ! -path '*/.deployui/*/*' | xargs -r cksum"));
        assert_eq!(after, before, "{words:?}");
        assert!(project.runs().is_empty(), "{words:?}: a run was opened");
    }
}

#[test]
fn a_typed_question_is_left() {
    let project = shop(false);
    check(&project, &["deploy"], "Type yes:");
    check(&project, &["exec", "--", "true"], "Type yes:");
    let project = shop(true);
    check(&project, &["deploy"], "Type staging to begin:");
    check(&project, &["exec", "--", "true"], "Type staging to begin:");
    check(&project, &["maintenance", "on"], "Type staging to begin:");
    check(&project, &["maintenance", "off"], "Type staging to begin:");
    let evas = held(&project);
    check(&project, &["unlock", "--force"], "Type staging to begin:");
    assert_eq!(locks(&project), [evas, ""]);
}

/// Lets this program hang on the second host where it is about our state, until it may go on.
fn hang(project: &Project, program: &str) {
    let real = project.on(2, &format!("command -v {program}"));
    project.on(
        2,
        &format!(
            "rm -f /tmp/hangs /tmp/go
            printf '%s\\n' '#!/bin/sh' 'case $* in */lock*|*/.maintenance*) touch /tmp/hangs; until test -e /tmp/go; do sleep 0.1; done;; esac' 'exec {real} \"$@\"' >/usr/local/bin/{program}
            chmod 755 /usr/local/bin/{program}"
        ),
    );
}

/// Lets it go on, and takes away what it may have locked: that this is not known was said.
fn go_on(project: &Project, program: &str) {
    project.on(
        2,
        &format!(
            "rm /usr/local/bin/{program}; touch /tmp/go; cd {ROOT}/.deployui
            while test -n \"$(ls lock.* 2>/dev/null)\"; do sleep 0.1; done; rm -f lock"
        ),
    );
}

/// What is said when these words are left while the second host hangs in this program: by a signal so
/// many times.
fn left(project: &Project, words: &[&str], program: &str, (signal, times): (&str, u8)) -> String {
    hang(project, program);
    let ran = project.spawn(words);
    project.on(2, "until test -e /tmp/hangs; do sleep 0.1; done");
    for _ in 0..times {
        ran.signal(signal);
    }
    let ran = ran.wait();
    let code = if signal == "INT" { 130 } else { 143 };
    assert_eq!(ran.code, Some(code), "{words:?}: {ran:?}");
    if times == 1 {
        assert_eq!(locks(project)[0], "", "{words:?}: the host that answers is still locked");
    }
    project.on(1, &format!("rm -f {ROOT}/.deployui/lock"));
    go_on(project, program);
    format!("{}\n{}", ran.stdout, ran.stderr)
}

#[test]
fn an_act_on_a_host_that_does_not_answer_is_left() {
    let project = shop(false);
    for (words, signal) in [
        (&["lock"][..], ("INT", 1)),
        (&["lock"], ("TERM", 2)),
        (&["unlock"], ("TERM", 1)),
        (&["maintenance", "on"], ("INT", 1)),
    ] {
        let said = left(&project, words, "ln", signal);
        assert!(said.contains("error: h2: cannot lock: "), "{words:?}: {said}");
        assert!(said.contains("h2 (the host had not answered yet)"), "{words:?}: {said}");
        assert!(said.contains("deployui status"), "{words:?}: {said}");
        assert_eq!([1, 2].map(|i| project.file(i, PAGE)), ["", ""], "{words:?}");
    }
    let said = left(&project, &["maintenance", "on"], "chmod", ("INT", 1));
    assert!(said.contains("h1: the page is up"), "{said}");
    assert!(said.contains("h2: NOT KNOWN whether the page is up: "), "{said}");
    assert!(said.contains("warning: h2: the lock was not given back: "), "{said}");
    assert_ne!(project.file(1, PAGE), "");
}
