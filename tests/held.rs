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
