//! `--from`: a run that goes on with the release of a run before it.

mod recipes;
mod support;

use recipes::{Project, ROOT};

const STEPS: &str = r#"
[layout]
kind = "releases"
[steps.code]
run = "echo {{ release.name }} >{{ release.path }}/code"
[steps.build]
run = "test -e {{ root }}/fixed && cp {{ release.path }}/code {{ release.path }}/built"
[pipelines]
deploy = ["release", "code", { steps = ["build", "publish"] }]
"#;

fn releases(project: &Project, i: usize) -> String {
    project.on(i, &format!("ls {ROOT}/releases 2>/dev/null || true"))
}

#[test]
fn a_run_begins_at_a_step_with_the_release_of_the_run_before() {
    let project = Project::up(2, &[], STEPS);
    let none = project.must(5, &["deploy", "--from", "build"]);
    assert!(none.stderr.contains("error: no host has a release to go on with"), "{}", none.stderr);
    for (step, hint) in [("biuld", "build"), ("verify", "")] {
        let ran = project.must(2, &["deploy", "--from", step]);
        assert!(ran.stderr.contains("has no step") && ran.stderr.contains(hint), "{}", ran.stderr);
    }

    project.must(1, &["deploy"]);
    let release = releases(&project, 1);
    assert!(!release.is_empty() && !release.contains('\n'), "{release}");
    for i in [1, 2] {
        project.on(i, &format!("touch {ROOT}/fixed"));
    }
    let planned = project.must(0, &["deploy", "--from", "build", "--dry-run"]);
    assert!(planned.stderr.contains("taken as done: release, code"), "{}", planned.stderr);
    let ran = project.must(0, &["deploy", "--from", "build"]);
    let note =
        format!("note: begins at build of the release {release}; taken as done: release, code\n");
    assert!(ran.stderr.contains(&note), "{}", ran.stderr);
    assert!(!ran.stdout.contains("code: started"), "{}", ran.stdout);
    for i in [1, 2] {
        assert_eq!(project.file(i, "current/built"), release, "h{i}");
        assert_eq!(releases(&project, i), release, "h{i}");
    }
    let listed = project.must(0, &["releases"]);
    assert!(listed.stdout.contains("good"), "{}", listed.stdout);
    let good = project.must(5, &["deploy", "--from", "build"]);
    assert!(good.stderr.contains("is good already: it is not gone on with"), "{}", good.stderr);
}

#[test]
fn a_host_without_the_release_is_no_place_to_go_on() {
    let project = Project::up(2, &[], STEPS);
    project.must(1, &["deploy"]);
    project.on(2, &format!("rm -r {ROOT}/releases/*"));
    let ran = project.must(5, &["deploy", "--from", "publish"]);
    assert!(ran.stderr.contains(" is missing on h2\n"), "{}", ran.stderr);
    assert_eq!(project.on(1, &format!("ls -d {ROOT}/current 2>/dev/null || true")), "");
}

#[test]
fn a_pipeline_that_makes_no_release_only_begins_later() {
    let steps = STEPS.replace("deploy =", "more = [\"one\", \"two\"]\ndeploy =");
    let steps = format!(
        "{steps}[steps.one]\nrun = \"echo 1 >>{{{{ root }}}}/did\"\n[steps.two]\nrun = \"echo 2 >>{{{{ root }}}}/did\"\n"
    );
    let project = Project::up(1, &[], &steps);
    project.must(0, &["run", "more", "--from", "two"]);
    assert_eq!(project.file(1, "did"), "2");
}
