//! What is chosen by the request.

use super::*;

#[test]
fn hosts_steps_and_values_are_chosen_by_the_request() {
    let mut chosen = request("deploy");
    chosen.roles = Some(vec!["web".to_owned()]);
    chosen.hosts = Some(vec!["web2".to_owned(), "db1".to_owned()]);
    chosen.skip = vec![StepName::try_from("fetch".to_owned()).unwrap()];
    chosen.vars = vec![("settings".to_owned(), "mine 'o".to_owned())];
    insta::assert_snapshot!(shown(SHOP, &chosen), @r#"
    web2 = "web2" ["web"] /srv/www/shop/.deployui
    local = "" [] /home/me/.local/state/deployui
     0 Gate(1) <- []: barrier
     1 Main@web2 <- [0]: make -j '4'
     2 Gate(1) <- [1]: barrier
     3 Main@web2 <- [2]: migrate 'mine '\''o'
     4 Gate(1) <- [3]: barrier
     5 Main@web2 <- [4]: mv -T new '/srv/www/shop/current'
     6 Gate(1) <- [5]: barrier
     7 When(1)@web2 <- [6]: test -e '/srv/www/shop'/pid ? [8]
     8 Main@web2 <- [7]: restart
     9 Gate(1) <- [8]: barrier
    10 Main@local <- [9]: notify '20261122-014312-aaaaaaaaaaaaaaaa' 'local'
    build (""): gates [0], nodes [1]
    migrate (""): gates [2], nodes [3]
    switch (""): gates [4], nodes [5]
    restart (""): gates [6], nodes [8]
    tell (""): gates [9], nodes [10]
    "#);
    chosen.roles = None;
    chosen.hosts = Some(vec!["db1".to_owned()]);
    chosen.skip.push(StepName::try_from("tell".to_owned()).unwrap());
    insta::assert_snapshot!(shown(SHOP, &chosen), @r#"
    db1 = "db1" ["db"] /srv/www/shop/.deployui
     0 Gate(1) <- []: barrier
     1 Main@db1 <- [0]: migrate 'mine '\''o'
    migrate (""): gates [0], nodes [1]
    warning: `build` reaches no chosen host
      --> deploy.toml:22:1
       |
    22 | build = { run = "make -j {{ vars.workers }}", roles = ["web"], cwd = "{{ root }}/build", env = { DIR = "y" } }
       | ^^^^^

    warning: `switch` reaches no chosen host
      --> deploy.toml:24:1
       |
    24 | switch = { run = "mv -T new {{ root ~ '/current' }}", roles = ["web"], undo = "mv -T old current", as = "root" }
       | ^^^^^^

    warning: `restart` reaches no chosen host
      --> deploy.toml:25:1
       |
    25 | restart = { run = "restart", roles = ["web"], when = "test -e {{ root }}/pid", detaches = true }
       | ^^^^^^^
    "#);
}

#[test]
fn a_request_that_does_not_fit_the_recipe_is_told_what_would() {
    let mut bad = request("deploy");
    bad.hosts = Some(vec!["wbe1".to_owned()]);
    bad.roles = Some(vec!["mail".to_owned()]);
    bad.vars = vec![("setings".to_owned(), String::new())];
    insta::assert_snapshot!(shown(SHOP, &bad), @r#"
    error: the stage `production` has no host `wbe1`
    hint: did you mean `web1`?

    error: the stage `production` has no role `mail`
    hint: known: db, web

    error: the recipe has no variable `setings`
    hint: did you mean `settings`?
    "#);
    let mut bad = request("deplyo");
    bad.skip = vec![StepName::try_from("biuld".to_owned()).unwrap()];
    insta::assert_snapshot!(shown(SHOP, &bad), @r#"
    error: unknown step `biuld` to skip
    hint: did you mean `build`?

    error: unknown pipeline `deplyo`
    hint: did you mean `deploy`?
    "#);
    let bad = Request { stage: Some("prodction".to_owned()), ..request("deploy") };
    insta::assert_snapshot!(shown(SHOP, &bad), @r#"
    error: unknown stage `prodction`
    hint: did you mean `production`?
    "#);
    let two = SHOP.replace("[hosts]", "[stages.staging]\nhosts = [\"db1\"]\n[hosts]");
    insta::assert_snapshot!(shown(&two, &request("deploy")), @r#"
    error: there is more than one stage
    hint: say --stage and one of: production, staging
    "#);
    let mut none = request("deploy");
    none.roles = Some(vec!["web".to_owned()]);
    none.hosts = Some(vec!["db1".to_owned()]);
    insta::assert_snapshot!(shown(SHOP, &none), @r#"error: no host of the stage has both a chosen name and a chosen role"#);
    let mut nothing = request("deploy");
    nothing.hosts = Some(vec!["db1".to_owned()]);
    nothing.skip = ["fetch", "migrate", "tell"]
        .map(|step| StepName::try_from(step.to_owned()).unwrap())
        .to_vec();
    insta::assert_snapshot!(shown(SHOP, &nothing), @r#"
    error: nothing to do: no step of `deploy` reaches a host
    hint: look at --hosts, --roles and --skip
    "#);
}

#[test]
fn exec_runs_what_was_typed_on_all_chosen_hosts() {
    let (recipe, _) = Recipe::parse("deploy.toml", SHOP, &no_file).unwrap();
    let mut request = request("exec");
    request.roles = Some(vec!["web".to_owned()]);
    let planned = exec(&recipe, &request, "echo '{{ root }}' \"$HOME\"").unwrap();
    insta::assert_snapshot!(graph(&planned.plan), @r#"
    web1 = "deploy@web1.example.com:22" ["web"] /srv/www/shop/.deployui
    web2 = "web2" ["web"] /srv/www/shop/.deployui
    web3 = "web3" ["web"] /opt/shop/.deployui
     0 Gate(1) <- []: barrier
     1 Main@web1 <- [0]: echo '{{ root }}' "$HOME"
     2 Main@web2 <- [0]: echo '{{ root }}' "$HOME"
     3 Main@web3 <- [0]: echo '{{ root }}' "$HOME"
    exec ("echo '{{ root }}' \"$HOME\""): gates [0], nodes [1, 2, 3]
    "#);
    let refused = |command| render(&exec(&recipe, &request, command).unwrap_err());
    assert_eq!(refused(" "), "error: there is no command");
    assert_eq!(refused("echo \"x"), "error: the command ends inside a double quote");
}
