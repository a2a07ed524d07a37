//! The lock of a stage around runs: given back, taken over, waited for.

mod recipes;
mod support;

use recipes::{Project, ROOT, TWO_STEPS};

const LAYOUT: &str = "\n[layout]\nkind = \"releases\"\n";

/// The locks on both hosts.
fn locks(project: &Project) -> [String; 2] {
    [1, 2].map(|i| project.file(i, ".deployui/lock"))
}

/// A lock of somebody else's run, where it is not said otherwise.
fn held(project: &Project, i: usize, text: &str) {
    project.on(
        i,
        &format!(
            "mkdir -p {ROOT}/.deployui && cat >{ROOT}/.deployui/lock <<'E'\n{text}\nE\nchown -R deploy {ROOT}"
        ),
    );
}

const EVAS: &str = r#"{"run":"20260101-000000-aaaaaaaaaaaaaaaa","by":"eva@desk","at":"2026-01-01T00:00:00Z","purpose":"deploy of shop"}"#;

/// What keeps the journal from being made comes after everything was found well: the secrets.
#[test]
fn a_run_that_cannot_be_opened_gives_the_lock_back() {
    let project = Project::up(2, &[], TWO_STEPS);
    let runs = project.state().join("runs");
    let sabotage = format!("rm -r {runs} && touch {runs} && echo sesame", runs = runs.display());
    let recipe = std::fs::read_to_string(project.ui.dir().join("deploy.toml")).unwrap();
    project.recipe(&format!(
        "{}{LAYOUT}[secrets]\nX = {{ command = \"{sabotage}\" }}\n",
        recipe.replace("run = \"echo one", "secrets = [\"X\"]\nrun = \"echo one")
    ));
    let ran = project.must(5, &["deploy"]);
    assert!(ran.stderr.contains("error: cannot make "), "{}", ran.stderr);
    assert_eq!(locks(&project), ["", ""], "the stage is still locked");
    assert_eq!(project.file(1, "one"), "");
}

/// Its program is killed by what it asks for a secret, when the stage is locked already.
#[test]
fn a_lock_of_a_program_that_was_killed_before_its_run_was_opened_keeps_nobody_off() {
    let project = Project::up(2, &[], &format!("{TWO_STEPS}{LAYOUT}"));
    let recipe = std::fs::read_to_string(project.ui.dir().join("deploy.toml")).unwrap();
    let kills = recipe.replace("run = \"echo one", "secrets = [\"X\"]\nrun = \"echo one");
    let cut_off = || {
        project.recipe(&format!("{kills}[secrets]\nX = {{ command = \"kill -9 $PPID\" }}\n"));
        let ran = project.run(&["deploy", "--lock-wait", "1m"]);
        assert_eq!(ran.code, None, "{}", ran.stderr);
        project.recipe(&recipe);
        assert_eq!(locks(&project).map(|it| it.is_empty()), [false; 2], "the stage is not locked");
    };
    cut_off();
    // Hosts with something odd are no success of a look.
    let seen = project.must(1, &["status"]);
    let left = "was left by a program that was killed before it opened a run";
    assert!(!seen.stdout.contains("locked by") && seen.stdout.contains(left), "{}", seen.stdout);
    let ran = project.must(0, &["deploy"]);
    assert!(ran.stderr.contains(left) && ran.stderr.contains("given back"), "{}", ran.stderr);
    assert_eq!(locks(&project), ["", ""]);
    cut_off();
    let ended = project.must(0, &["unlock"]);
    assert!(ended.stdout.contains("ended: "), "{}", ended.stdout);
    assert_eq!(locks(&project), ["", ""]);
}

#[test]
fn a_lock_that_cannot_be_read_is_no_success() {
    let project = Project::up(2, &[], &format!("{TWO_STEPS}{LAYOUT}"));
    held(&project, 1, EVAS);
    held(&project, 2, "scribble");
    let ran = project.must(1, &["unlock", "--force", "--reason", "eva is away"]);
    assert!(ran.stderr.contains("error: h2: cannot lock: what lies at "), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: deployui status"), "{}", ran.stderr);
    assert_eq!(locks(&project), ["", "scribble"]);
}

/// A run that was left open, whose lock somebody ended: it does not go on over what may have changed
/// before somebody has looked, and nobody else works on the stage meanwhile.
#[test]
fn a_run_whose_lock_was_ended_says_so_before_it_goes_on() {
    let project = Project::up(2, &[], &format!("{TWO_STEPS}{LAYOUT}"));
    let recipe = std::fs::read_to_string(project.ui.dir().join("deploy.toml")).unwrap();
    project.recipe(
        &recipe
            .replace("run = \"echo one", "changes = \"schema\"\nrun = \"test -e /tmp/go; echo one"),
    );
    project.must(3, &["deploy"]);
    project.must(0, &["unlock", "--force"]);
    let resume = ["resume", "--output", "plain"];
    let refused = project.must(5, &resume);
    assert!(
        refused.stderr.contains("error: h1, h2: somebody ended the lock of this run"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("hint: look at the hosts first"), "{}", refused.stderr);
    assert_eq!(project.file(1, "one"), "", "it went on");
    assert_ne!(locks(&project), ["", ""], "the stage is free");
    project.must(4, &["deploy"]);
    project.must(0, &["unlock", "--force"]);
    held(&project, 2, EVAS);
    let other = project.must(4, &resume);
    assert!(other.stderr.contains("locked by eva@desk"), "{}", other.stderr);
    project.on(2, &format!("rm {ROOT}/.deployui/lock"));
    project.must(5, &resume);
    // Whoever looked goes on: the question is still open.
    let taken = project.must(3, &resume);
    assert!(taken.stdout.contains("needs a decision (failed)"), "{}", taken.stdout);
}

const PAGE: &str = "shared/system/maintenance.html";

/// Two hosts and a pipeline that goes through maintenance.
fn closing() -> Project {
    let steps = r#"
[layout]
kind = "releases"
[maintenance]
path = "{{ layout.shared }}/system/maintenance.html"
[steps.note]
run = "cat {{ layout.shared }}/system/maintenance.html >>{{ root }}/seen"
[pipelines]
deploy = ["release", { maintenance = true, steps = ["note", "publish"] }]
"#;
    Project::up(2, &[], steps)
}

#[test]
fn maintenance_by_hand_is_adopted_and_stays() {
    let project = closing();
    project.must(0, &["maintenance", "on", "--reason", "new disks", "--hosts", "h1"]);
    let said = project.must(0, &["plan"]);
    assert!(
        said.stderr.contains("note: h1: ") && said.stderr.contains("it stays up"),
        "{}",
        said.stderr
    );
    assert!(said.stdout.contains("but where the page was up by hand"), "{}", said.stdout);
    let ran = project.must(0, &["deploy"]);
    assert_eq!(ran.stderr.matches("note: h1: ").count(), 2, "before and after: {}", ran.stderr);
    assert!(
        ran.stdout.contains("h1 maintenance-off | the maintenance page stays up: "),
        "{}",
        ran.stdout
    );
    assert!(
        project.file(1, "seen").contains("new disks"),
        "visitors read the reason of whoever raised it"
    );
    assert!(project.file(2, "seen").contains("<html"), "{}", project.file(2, "seen"));
    assert!(project.file(1, PAGE).contains("new disks"));
    assert_eq!(project.file(2, PAGE), "", "the page of the run itself is left up");
    project.must(0, &["maintenance", "off"]);
    assert_eq!(project.file(1, PAGE), "");
}

#[test]
fn maintenance_by_hand_stays_also_where_the_run_is_taken_back() {
    let project = closing();
    project.must(0, &["maintenance", "on"]);
    let recipe = std::fs::read_to_string(project.ui.dir().join("deploy.toml")).unwrap();
    project.recipe(&recipe.replace(">>{{ root }}/seen", "; exit 1"));
    project.must(1, &["deploy", "--on-failure", "undo"]);
    for i in [1, 2] {
        assert!(project.file(i, PAGE).contains("<html"), "h{i}: the page was taken down");
    }
}

/// A run that failed behind the page and was given up: the next one mends forward, and the site is never
/// opened over a half-changed database in between.
#[test]
fn the_page_of_a_run_that_is_over_is_the_next_runs() {
    let project = closing();
    let recipe = std::fs::read_to_string(project.ui.dir().join("deploy.toml")).unwrap();
    project.recipe(&recipe.replace(">>{{ root }}/seen", "; exit 1"));
    project.must(3, &["deploy"]);
    let open = project.must(4, &["deploy"]);
    assert!(open.stderr.contains("is open, and has the maintenance page up"), "{}", open.stderr);
    assert_eq!(open.stderr.matches("deployui resume").count(), 1, "{}", open.stderr);
    let console = project.console(36, 120);
    console.wait_for("FAILED note");
    console.send("A");
    console.wait_for("Abort the run: which way?");
    console.confirm("\t");
    console.wait_for("is over");
    console.send("q");
    assert_eq!(console.wait_exit().0, Some(1));
    assert!(project.file(1, PAGE).contains("<html") && project.file(2, PAGE).contains("<html"));

    let planned = project.must(0, &["plan"]);
    assert!(planned.stderr.contains("which is over: this run takes it over"), "{}", planned.stderr);
    project.recipe(&recipe);
    let ran = project.must(0, &["deploy", "--reason", "once more"]);
    assert_eq!(ran.stderr.matches("which is over").count(), 2, "{}", ran.stderr);
    assert!(project.file(2, "seen").contains("once more"), "{}", project.file(2, "seen"));
    assert_eq!((project.file(1, PAGE), project.file(2, PAGE)), (String::new(), String::new()));
}

#[test]
fn a_page_that_nobody_accounts_for_is_no_place_to_begin() {
    let project = closing();
    project.on(
        2,
        &format!(
            "mkdir -p {ROOT}/shared/system && echo x >{ROOT}/{PAGE} && chown -R deploy {ROOT}"
        ),
    );
    let ran = project.must(5, &["deploy"]);
    assert!(
        ran.stderr.contains("error: h2: a maintenance page is up that nobody accounts for"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("hint: find out what it is for"), "{}", ran.stderr);
    assert_eq!(project.on(1, &format!("ls {ROOT}/releases 2>/dev/null || true")), "");
}

#[test]
fn a_lock_is_waited_for_and_whoever_waits_is_told_who_has_it() {
    let project = Project::up(2, &[], &format!("{TWO_STEPS}{LAYOUT}"));
    held(&project, 2, EVAS);
    let waits = project.spawn(&["deploy", "--lock-wait", "2m"]);
    waits.wait_for_error("locked by eva@desk since 2026-01-01T00:00:00Z for deploy of shop");
    assert_eq!(project.file(1, "one"), "", "it did not wait");
    project.on(2, &format!("rm {ROOT}/.deployui/lock"));
    let ran = waits.wait();
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(locks(&project), ["", ""]);

    held(&project, 2, EVAS);
    let ran = project.must(4, &["deploy", "--lock-wait", "1s"]);
    assert!(
        ran.stderr.contains("waiting until ") && ran.stderr.contains("error: locked by eva@desk"),
        "{}",
        ran.stderr
    );
    let waits = project.spawn(&["deploy", "--lock-wait", "1h"]);
    waits.wait_for_error("waiting until ");
    waits.signal("TERM");
    let ran = waits.wait();
    assert_eq!(ran.code, Some(143), "{}", ran.stderr);
    assert!(ran.stderr.contains("error: left while waiting for the lock"), "{}", ran.stderr);
    assert_eq!(locks(&project), ["", EVAS], "something of ours is left, or of hers is not");
    project.must(2, &["deploy", "--lock-wait", "soon"]);
}

/// What is refused after the wait gives back what was waited for.
#[test]
fn a_refusal_after_the_wait_leaves_no_lock() {
    let project = closing();
    project.on(
        2,
        &format!(
            "mkdir -p {ROOT}/shared/system && echo x >{ROOT}/{PAGE} && chown -R deploy {ROOT}"
        ),
    );
    project.must(5, &["deploy", "--lock-wait", "1m"]);
    assert_eq!(locks(&project), ["", ""]);
}
