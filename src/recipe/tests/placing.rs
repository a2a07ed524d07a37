//! Where steps find their place, and what cannot stand where it stands.

use super::*;

const HEAD: &str = r#"
app = "a"
root = "/srv"
stages.a.hosts = ["a"]
hosts.a = {}
layout = {}
source.repository = "/srv/a.git"
maintenance.path = "/srv/page"
"#;

fn placed(rest: &str) -> String {
    let text = format!("{HEAD}{rest}");
    match Recipe::parse("deploy.toml", &text, &no_file) {
        Ok((recipe, warnings)) => format!("{}{}", pipelines(&recipe), shown(&warnings)),
        Err(found) => shown(&found),
    }
}

#[test]
fn every_layout_can_go_back() {
    assert_eq!(placed(""), "  rollback: publish verify\n");
    let followed = "[steps]\na = { run = \"a\", follows = \"publish\" }\nb = { run = \"b\", follows = \"a\" }\n";
    assert_eq!(placed(followed), "  rollback: publish a b verify\n");
    let renamed = format!("{followed}switch.uses = \"publish\"\n");
    assert_eq!(placed(&renamed), "  rollback: switch a b verify\n");
    assert_eq!(placed("pipelines.rollback = [\"verify\"]\n"), "  rollback: verify\n");
    assert_eq!(placed("steps.verify = false\n"), "  rollback: publish\n");
}

#[test]
fn followers_run_behind_what_they_follow() {
    let restart = "steps.restart = { run = \"r\", follows = \"publish\" }\n";
    let deploy = |deploy: &str| {
        let all = placed(&format!("{restart}pipelines.deploy = [{deploy}]\n"));
        all.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(deploy("\"publish\", \"verify\""), "  deploy: publish restart verify");
    assert_eq!(deploy("\"publish\", \"verify\", \"restart\""), "  deploy: publish verify restart");
    let group = "{ steps = [\"publish\", \"verify\"], batch = 1 }";
    assert_eq!(deploy(group), "  deploy: Count(1) [publish restart verify]");
    assert_eq!(deploy("\"restart\""), "  deploy: restart");
}

#[test]
fn steps_stand_beside_the_one_that_they_name() {
    let steps = "[steps]\na = { run = \"a\", after = \"fetch\" }\nb = { run = \"b\", after = \"fetch\" }\n\
        c = { run = \"c\", before = \"a\" }\nd = { run = \"d\", after = \"gone\" }\ngone = false\n\
        e = { run = \"e\", before = \"publish\" }\n\
        [pipelines]\ndeploy = [\"fetch\", \"gone\", { maintenance = true, steps = [\"publish\"] }]\n\
        other = [\"b\", \"fetch\"]\n";
    insta::assert_snapshot!(placed(steps), @r"
    deploy: fetch c a b d page [e publish]
    other: b fetch c a
    rollback: publish verify
    ");
}

#[test]
fn a_step_that_is_switched_off_is_gone_everywhere() {
    let steps = "maintenance = { path = \"/srv/page\", enter = [\"x\"], leave = [\"x\"] }\n\
        [steps]\nx = false\nrestart = { run = \"r\", follows = \"x\" }\n\
        [pipelines]\ndeploy = [\"x\", { steps = [\"x\"] }, { maintenance = true, when_pending = \"x\", steps = [\"publish\"] }, \"restart\"]\n";
    let steps = steps.replace("maintenance = {", "maintenance.roles = [] # {");
    let recipe = format!("{}{steps}", HEAD.replace("maintenance.path = \"/srv/page\"\n", ""))
        .replace("maintenance.roles = [] # {", "maintenance = {");
    let (recipe, warnings) = Recipe::parse("deploy.toml", &recipe, &no_file).unwrap();
    assert_eq!(
        pipelines(&recipe),
        "  deploy: page [publish] restart\n  rollback: publish verify\n"
    );
    assert_eq!(shown(&warnings), "");
    let page = recipe.stages["a"].maintenance.as_ref().unwrap();
    assert!(page.enter.is_empty() && page.leave.is_empty());
}

#[test]
fn what_cannot_stand_where_it_stands() {
    let faults = [
        "steps.a = { run = \"a\", after = \"b\" }\nsteps.b = { run = \"b\", before = \"a\" }\npipelines.deploy = [\"a\", \"b\"]\n",
        "steps.a = { run = \"a\", follows = \"a\" }\npipelines.deploy = [\"a\"]\n",
        "steps.a = { run = \"a\", follows = \"publish\" }\npipelines.deploy = [\"a\", \"publish\"]\n",
        "steps.m = { run = \"m\", changes = \"schema\" }\npipelines.deploy = [\"publish\", \"m\"]\n",
        "steps.a = { run = \"a\", batch = 1 }\npipelines.deploy = [{ steps = [\"a\", \"verify\"], batch = 2 }]\n",
        "steps.a = { run = \"a\", once = true, batch = 1 }\npipelines.deploy = [\"a\"]\n",
        "steps.a = { run = \"a\" }\npipelines.deploy = [{ when_pending = \"a\", steps = [\"a\"] }, { maintenance = true, when_pending = \"a\", steps = [\"verify\"] }]\n",
        "steps.a = { run = \"a\", undo = \"b\" }\n",
        "steps.prune = { after = \"nothing\" }\npipelines.deploy = [\"prune\", \"pruen\"]\n",
    ];
    insta::assert_snapshot!(faults.map(placed).join("\n\n------\n\n"));
    let meant = "steps.m = { run = \"m\", changes = \"schema\" }\npipelines.deploy = [{ maintenance = true, steps = [\"publish\", \"m\"] }]\n";
    assert_eq!(placed(meant).lines().next(), Some("  deploy: page [publish m]"));
}
