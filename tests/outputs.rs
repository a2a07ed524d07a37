//! What a `once` step makes, brought to the other hosts of a release.

mod recipes;
mod support;

use recipes::{Project, ROOT, stage};
use support::{fleet::Fleet, proxy::Proxy};

/// A project whose `static` makes its outputs by this text, in the code of the release.
fn shop(make: &str, more: &str) -> Project {
    let project = Project::new(Fleet::up(3, &[]), "");
    project.recipe(&format!(
        "{}\n[layout]\nkind = \"releases\"\n\
         [steps.code]\nrun = \"mkdir -p {{{{ release.code }}}}/src/static && echo old >{{{{ release.code }}}}/src/static/old\"\n\
         [steps.static]\nonce = true\ncwd = \"{{{{ release.code }}}}\"\noutputs = [\"src/static\", \"map it's.json\"]\n\
         run = '''\n{make}\n'''\n{more}\n\
         [pipelines]\ndeploy = [\"release\", \"code\", \"static\", \"publish\"]\n",
        stage(3)
    ));
    project
}

const SMALL: &str =
    "rm src/static/old && mkdir -p 'src/static/a b' && echo $(hostname) >'src/static/a b/made'
ln -s made 'src/static/a b/link' && echo x >src/static/run && chmod 750 src/static/run
echo {} >\"map it's.json\" && exit 0";

/// Everything below the served release, with modes and sums.
fn tree(project: &Project, i: usize) -> String {
    project.on(
        i,
        &format!(
            "cd {ROOT}/current/ && find . ! -name REVISION -printf '%P %y %m %l\\n' | sort \
             && find . -type f | sort | xargs -d '\\n' sha256sum"
        ),
    )
}

/// Nothing of it is left where it is of no more use.
fn nothing_left(project: &Project) {
    for i in 1..=3 {
        let left = project.on(i, &format!("find {ROOT}/.deployui/taken {ROOT}/releases -name '.deployui-*' -o -path '*/taken/*' 2>/dev/null || true"));
        assert_eq!(left, "", "h{i}");
    }
    let run = project.journal(&project.newest());
    assert!(!run.with_file_name("outputs").exists(), "what was on its way lies here");
}

#[test]
fn outputs_are_on_every_host_as_they_were_made() {
    let project = shop(SMALL, "");
    let ran = project.must(0, &["deploy"]);
    assert!(ran.stdout.contains("h1 static | packed for the other hosts: "), "{}", ran.stdout);
    assert!(ran.stdout.contains("h3 static-outputs: ok"), "{}", ran.stdout);
    let made = tree(&project, 1);
    assert!(made.contains("src/static/a b/link l 777 made"), "{made}");
    assert!(!made.contains("old"), "{made}");
    for i in [2, 3] {
        assert_eq!(tree(&project, i), made, "h{i}");
    }
    nothing_left(&project);
    project.same_logs(3, &project.newest());
}

#[test]
fn a_step_that_is_not_wanted_has_no_outputs() {
    let project = shop(SMALL, "when = \"false\"");
    let ran = project.must(0, &["deploy"]);
    assert!(!ran.stdout.contains("static-outputs: FAILED"), "{}", ran.stdout);
    assert_eq!(project.file(2, "current/src/static/old"), "old\n".trim());
}

#[test]
fn a_host_that_cannot_take_them_is_a_failure_and_nothing_is_published() {
    let project = shop(SMALL, "");
    project.on(
        2,
        &format!(
            "mkdir -p {ROOT}/.deployui && touch {ROOT}/.deployui/taken && chown -R deploy {ROOT}"
        ),
    );
    let ran = project.must(1, &["deploy"]);
    assert!(
        ran.stdout.contains("h2 static-outputs: could not be begun: it did not take what was sent"),
        "{}",
        ran.stdout
    );
    for i in 1..=3 {
        assert_eq!(project.on(i, &format!("ls -d {ROOT}/current 2>/dev/null || true")), "", "h{i}");
    }
}

#[test]
fn what_was_not_made_fails_where_it_should_be_made() {
    let project = shop("echo nothing", "");
    let ran = project.must(1, &["deploy"]);
    assert!(ran.stdout.contains("h1 static | error: there is no "), "{}", ran.stdout);
    assert!(!ran.stdout.contains("static-outputs: FAILED"), "{}", ran.stdout);
}

#[test]
fn a_console_killed_while_they_are_brought_is_taken_up_again() {
    let large = format!("{SMALL} <&-\n")
        .replace("exit 0", "head -c 4194304 /dev/urandom >src/static/large");
    let project = shop(&large, "");
    let proxy = Proxy::to(project.fleet.host(2).port);
    project.fleet.route(2, proxy.port());
    let console = project.spawn(&["deploy", "--output", "plain"]);
    console.wait_for("h1 release: ok");
    proxy.set_bandwidth(Some(400_000));
    console.wait_for("h1 static: ok");
    console.wait_for("h3 static-outputs: ok");
    console.kill();
    assert_eq!(project.on(2, &format!("cat {ROOT}/releases/*/src/static/old")), "old");
    proxy.set_bandwidth(None);
    project.must(0, &["resume"]);
    assert_eq!(tree(&project, 2), tree(&project, 1));
    nothing_left(&project);
}

#[test]
fn a_hundred_megabytes_come_whole() {
    let make = SMALL.replace("exit 0", "head -c 104857600 /dev/urandom >src/static/large");
    let project = shop(&make, "");
    project.must(0, &["deploy"]);
    let sum = |i| project.on(i, &format!("sha256sum <{ROOT}/current/src/static/large"));
    assert_eq!((sum(2), sum(3)), (sum(1), sum(1)));
    nothing_left(&project);
}
