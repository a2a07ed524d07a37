//! Files that come with deployui can be planned.

use super::*;

#[test]
fn a_project_without_releases_can_be_planned() {
    let text = include_str!("../../../recipes/examples/by-hand.toml");
    let (recipe, _) = Recipe::parse("by-hand.toml", text, &no_file).unwrap();
    assert_eq!(check(&recipe), []);
    let staging = Request { stage: Some("staging".to_owned()), ..request("deploy") };
    insta::assert_snapshot!(graph(&build(&recipe, &staging).unwrap().plan), @r#"
    test = "[2001:db8::7]:2222" ["web", "app", "db"] /srv/staging/shop/.deployui
    local = "" [] /home/me/.local/state/deployui
     0 Gate(1) <- []: barrier
     1 Main@test <- [0]: git --git-dir='/srv/staging/shop'/mirror fetch --prune
     2 Gate(1) <- [1]: barrier
     3 Main@test <- [2]: release='/srv/staging/shop'/releases/'20261122-014312-aaaaaaaaaaaaaaaa'
    mkdir -p "$release"
    git --git-dir='/srv/staging/shop'/mirror archive main | tar -x -C "$release"
    make -C "$release" '--jobs=4' '--keep-going' WORKERS='1'

     4 Gate(1) <- [3]: barrier
     5 When(1)@test <- [4]: test -e '/srv/staging/shop'/releases/'20261122-014312-aaaaaaaaaaaaaaaa'/manage.py ? [6]
     6 Main@test <- [5]: '/srv/staging/shop'/releases/'20261122-014312-aaaaaaaaaaaaaaaa'/manage.py migrate --noinput
     7 Gate(1) <- [6]: barrier
     8 Main@test <- [7]: ln -s 'releases/20261122-014312-aaaaaaaaaaaaaaaa' '/srv/staging/shop'/next.'20261122-014312-aaaaaaaaaaaaaaaa'
    mv -T '/srv/staging/shop'/next.'20261122-014312-aaaaaaaaaaaaaaaa' '/srv/staging/shop'/current

     9 Gate(1) <- [8]: barrier
    10 When(1)@test <- [9]: trap 'case $? in 0) exit 1 ;; 1) exit 0 ;; esac' EXIT
    supervisorctl status 'shop' | grep -q STOPPED ? [11]
    11 Main@test <- [10]: supervisorctl restart 'shop'
    12 Gate(1) <- [11]: barrier
    13 Main@local <- [12]: echo 'shop' '20261122-014312-aaaaaaaaaaaaaaaa' is on 'staging'
    fetch ("Bring the mirror up to date"): gates [0], nodes [1]
    build ("Build the release"): gates [2], nodes [3]
    migrate ("Apply database migrations"): gates [4], nodes [6]
    switch ("Serve the new release"): gates [7], nodes [8]
    restart ("Restart the application"): gates [9], nodes [11]
    tell ("Say that it is done"): gates [12], nodes [13]
    "#);
}

/// What is wrong when all pipelines of an example are planned.
fn faults_of(name: &str, text: &str) -> String {
    let load = |path: &str| Err(format!("no {path}"));
    match Recipe::parse(name, text, &load) {
        Ok((recipe, _)) => render(&check(&recipe)),
        Err(found) => render(&found),
    }
}

#[test]
fn the_examples_of_the_shipped_recipes_can_be_planned() {
    let good = [
        ("django-releases", include_str!("../../../recipes/examples/django-releases.toml")),
        (
            "capistrano-migrations",
            include_str!("../../../recipes/examples/capistrano-migrations.toml"),
        ),
        (
            "capistrano-passenger",
            include_str!("../../../recipes/examples/capistrano-passenger.toml"),
        ),
    ];
    for (name, text) in good {
        assert_eq!(faults_of(name, text), "", "{name}");
    }
}

#[test]
fn the_deploy_toml_of_the_readme_can_be_planned() {
    let readme = include_str!("../../../README.md");
    let text = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(faults_of("README.md", text), "");
}

/// A check is asked before the run has made anything.
#[test]
fn checks_work_in_no_directory_that_the_run_makes() {
    let text = include_str!("../../../recipes/examples/django-releases.toml").to_owned()
        + r#"
[steps.static]
cwd = "{{ layout.current }}/src"
check = "test -w ."
[steps.messages]
cwd = "{{ root }}"
check = "test -w ."
"#;
    let (recipe, _) = Recipe::parse("deploy.toml", &text, &no_file).unwrap();
    let survey = survey(&recipe, &request("deploy")).unwrap();
    let cwd = |step: &str| {
        let mut checks = survey.machines.iter().flat_map(|machine| &machine.checks);
        checks.find(|(name, _)| name == step).unwrap().1.cwd.as_ref().map(ToString::to_string)
    };
    assert_eq!((cwd("virtualenv"), cwd("static")), (None, None));
    assert_eq!(cwd("messages").as_deref(), Some("/srv/www/demo"));
}
