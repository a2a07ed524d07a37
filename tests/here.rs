//! What the operator's machine reads for a release, from where the project lies.

mod recipes;
mod support;

use std::process::Command;

use recipes::{Project, stage};
use support::fleet::Fleet;

#[test]
fn a_relative_repository_lies_beside_the_project() {
    let project = Project::new(Fleet::up(1, &[]), "");
    let text =
        "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        git init -q -b main code && cd code && echo one >page && git add . && git commit -qm one";
    let made = Command::new("sh").args(["-ec", text]).current_dir(project.ui.dir()).status();
    assert!(made.unwrap().success());
    project.recipe(&format!(
        "{}[source]\nrepository = \"code\"\nvia = \"operator\"\n[layout]\nkind = \"releases\"\n\
         [pipelines]\ndeploy = [\"release\", \"fetch\", \"publish\"]\n",
        stage(1)
    ));
    project.must(0, &["deploy"]);
    assert_eq!(project.file(1, "current/page"), "one");
}
