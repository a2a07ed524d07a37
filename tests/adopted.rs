//! Roots that another tool releases to, taken over on real hosts: `deployui rollback` and `deploy` leave
//! them so that the tool goes on.

mod recipes;
mod support;

use recipes::{Project, ROOT, repository};
use support::fleet::Fleet;

/// Two hosts with releases 8, 9 and 10 of Deployer, the last one served.
fn deployers() -> Project {
    let fleet = Fleet::up(2, &[]);
    repository(&fleet, 2, "echo one >page.txt && git add . && git commit -qm one");
    let recipe = format!(
        r#"
app = "shop"
root = "{ROOT}"
[layout]
kind = "releases"
[source]
repository = "file:///srv/git/shop.git"
ref = "main"
[stages.staging]
hosts = ["h1", "h2"]
[hosts]
h1 = {{}}
h2 = {{}}
[pipelines]
deploy = ["release", "fetch", "link", "publish", "verify"]
"#
    );
    let project = Project::new(fleet, &recipe);
    for i in 1..=2 {
        project.on(
            i,
            &format!(
                r#"mkdir -p {ROOT}/releases {ROOT}/.dep {ROOT}/shared && cd {ROOT} && echo 10 >.dep/latest_release
                for n in 8 9 10; do
                  mkdir releases/$n && echo 0123456789abcdef0123456789abcdef01234567 >releases/$n/REVISION
                  echo '{{"created_at":"2021-11-06T20:51:45+0000","release_name":"'$n'","user":"A","target":"v'$n'"}}' >>.dep/releases_log
                done
                ln -s releases/10 current && chown -R deploy {ROOT}"#
            ),
        );
    }
    project
}

#[test]
fn a_root_of_deployer_is_rolled_back_and_released_to() {
    let project = deployers();
    let said = project.must(0, &["rollback", "--reason", "slow pages"]);
    for i in 1..=2 {
        assert_eq!(project.on(i, &format!("readlink {ROOT}/current")), "releases/9", "{said:?}");
        let mark = project.file(i, "releases/10/BAD_RELEASE");
        assert!(mark.starts_with("20") && mark.contains("+0000,"), "{mark}");
        assert_eq!(project.file(i, ".dep/releases_log").lines().count(), 3);
    }
    project.must(0, &["deploy"]);
    for i in 1..=2 {
        let link = project.on(i, &format!("readlink {ROOT}/current"));
        let name = link.strip_prefix("releases/").unwrap_or(&link);
        let log = project.file(i, ".dep/releases_log");
        let last = log.lines().last().unwrap_or_default();
        assert_eq!(log.lines().count(), 4, "{log}");
        assert!(last.contains(&format!(r#""release_name":"{name}""#)), "{last}");
        assert!(last.ends_with(r#","target":"main"}"#), "{last}");
        assert_eq!(project.file(i, ".dep/latest_release"), name);
    }
    // What was rolled back is not offered, and what was served before is, in the order of numbers.
    project.must(0, &["rollback"]);
    assert_eq!(project.on(1, &format!("readlink {ROOT}/current")), "releases/9");
    project.must(0, &["rollback"]);
    assert_eq!(project.on(2, &format!("readlink {ROOT}/current")), "releases/8");
}
