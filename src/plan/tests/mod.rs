mod examples;
mod notices;
mod releases;
mod requests;
mod templates;

use std::fmt::Write as _;

use super::*;
use crate::model::{Command, Gate, Kind, Node, NodeId, Plan, Query, RunId, StepName};
use crate::recipe::Recipe;

const SHOP: &str = r#"
app = "shop"
root = "/srv/www/shop"
[vars]
settings = "base"
flags = ["--fast", "it's"]
[env]
LANG = "C.UTF-8"
DIR = "{{ root }}/x"
[stages.production]
hosts = ["web1", "web2", "web3", "db1"]
protected = true
vars = { settings = "production" }
env = { LANG = "de_DE.UTF-8", umask = "027" }
[hosts]
web1 = { address = "deploy@web1.example.com:22", roles = ["web"], vars = { workers = 8 } }
web2 = { roles = ["web"], vars = { workers = 4 } }
web3 = { roles = ["web"], root = "/opt/shop", vars = { workers = 2 } }
db1 = { roles = ["db"] }
[steps]
fetch = { about = "Fetch the code", run = "git -C {{ root }}/mirror fetch {{ vars.flags }}" }
build = { run = "make -j {{ vars.workers }}", roles = ["web"], cwd = "{{ root }}/build", env = { DIR = "y" } }
migrate = { run = "migrate {{ vars.settings }}", once = true, changes = "schema", timeout = "10m", undo = "migrate back" }
switch = { run = "mv -T new {{ root ~ '/current' }}", roles = ["web"], undo = "mv -T old current", as = "root" }
restart = { run = "restart", roles = ["web"], when = "test -e {{ root }}/pid", detaches = true }
tell = { run = "notify {{ run.id }} {{ host.name }}", local = true }
[pipelines]
deploy = ["fetch", "build", "migrate", { batch = 2, steps = ["switch", "restart"] }, "tell"]
"#;

fn no_file(path: &str) -> Result<String, String> {
    Err(format!("there is no {path}"))
}

fn request(pipeline: &str) -> Request {
    Request {
        run: RunId::new("20261122-014312", [0; 10]),
        stage: None,
        pipeline: pipeline.to_owned(),
        hosts: None,
        roles: None,
        skip: Vec::new(),
        from: None,
        vars: Vec::new(),
        local_state_dir: "/home/me/.local/state/deployui".to_owned(),
        known: Known::default(),
    }
}

/// A plan, or what is wrong, as compact text.
fn shown(text: &str, request: &Request) -> String {
    let recipe = match Recipe::parse("deploy.toml", text, &no_file) {
        Ok((recipe, _)) => recipe,
        Err(found) => return render(&found),
    };
    match build(&recipe, request) {
        Ok(planned) => format!("{}{}", graph(&planned.plan), render(&planned.warnings)),
        Err(found) => render(&found),
    }
}

fn render(found: &[crate::recipe::Diagnostic]) -> String {
    found.iter().map(|found| found.render(false)).collect::<Vec<_>>().join("\n\n")
}

/// One line per host, node and column: `id key@host <- needs: what`.
fn graph(plan: &Plan) -> String {
    let mut text = String::new();
    let name = |id| plan.host(id).map_or("?", |host| host.name.as_str());
    for host in &plan.hosts {
        writeln!(text, "{} = {:?} {:?} {}", host.name, host.address, host.roles, host.state_dir)
            .unwrap();
    }
    for (id, node) in plan.nodes.iter().enumerate() {
        let needs: Vec<u32> = node.needs.iter().map(|need| need.0).collect();
        let at = node.host.map(|host| format!("@{}", name(host))).unwrap_or_default();
        let what = match &node.kind {
            Kind::Act(act) => act.command.run.to_string(),
            Kind::Ask(ask) => match &ask.query {
                Query::When(wanted) => format!("{} ? {:?}", ask.command.run, ids(wanted)),
                Query::Items(items) => format!(
                    "{} * {} (close {})",
                    ask.command.run, items.each.command.run, items.close.0
                ),
            },
            Kind::Gate(Gate::Batch { max_failed }) => format!("batch {max_failed}"),
            Kind::Gate(gate) => format!("{gate:?}").to_lowercase(),
        };
        writeln!(text, "{id:>2} {:?}{at} <- {needs:?}: {what}", node.key.part).unwrap();
    }
    for column in &plan.columns {
        let (gates, nodes) = (ids(&column.gates), ids(&column.nodes));
        writeln!(text, "{} ({:?}): gates {gates:?}, nodes {nodes:?}", column.step, column.about)
            .unwrap();
    }
    text
}

fn ids(nodes: &[NodeId]) -> Vec<u32> {
    nodes.iter().map(|node| node.0).collect()
}

#[test]
fn a_pipeline_with_batches_conditions_once_and_local() {
    insta::assert_snapshot!(shown(SHOP, &request("deploy")), @r#"
    web1 = "deploy@web1.example.com:22" ["web"] /srv/www/shop/.deployui
    web2 = "web2" ["web"] /srv/www/shop/.deployui
    web3 = "web3" ["web"] /opt/shop/.deployui
    db1 = "db1" ["db"] /srv/www/shop/.deployui
    local = "" [] /home/me/.local/state/deployui
     0 Gate(1) <- []: barrier
     1 Main@web1 <- [0]: git -C '/srv/www/shop'/mirror fetch '--fast' 'it'\''s'
     2 Main@web2 <- [0]: git -C '/srv/www/shop'/mirror fetch '--fast' 'it'\''s'
     3 Main@web3 <- [0]: git -C '/opt/shop'/mirror fetch '--fast' 'it'\''s'
     4 Main@db1 <- [0]: git -C '/srv/www/shop'/mirror fetch '--fast' 'it'\''s'
     5 Gate(1) <- [1, 2, 3, 4]: barrier
     6 Main@web1 <- [5]: make -j '8'
     7 Main@web2 <- [5]: make -j '4'
     8 Main@web3 <- [5]: make -j '2'
     9 Gate(1) <- [6, 7, 8]: barrier
    10 Main@web1 <- [9]: migrate 'production'
    11 Gate(1) <- [10]: barrier
    12 Main@web1 <- [11]: mv -T new '/srv/www/shop/current'
    13 Main@web2 <- [11]: mv -T new '/srv/www/shop/current'
    14 Gate(1) <- [12, 13]: barrier
    15 When(1)@web1 <- [14]: test -e '/srv/www/shop'/pid ? [16]
    16 Main@web1 <- [15]: restart
    17 When(1)@web2 <- [14]: test -e '/srv/www/shop'/pid ? [18]
    18 Main@web2 <- [17]: restart
    19 Gate(2) <- [16, 18]: batch 0
    20 Gate(3) <- [19]: barrier
    21 Main@web3 <- [20]: mv -T new '/opt/shop/current'
    22 Gate(2) <- [21]: barrier
    23 When(1)@web3 <- [22]: test -e '/opt/shop'/pid ? [24]
    24 Main@web3 <- [23]: restart
    25 Gate(1) <- [24]: barrier
    26 Main@local <- [25]: notify '20261122-014312-aaaaaaaaaaaaaaaa' 'local'
    fetch ("Fetch the code"): gates [0], nodes [1, 2, 3, 4]
    build (""): gates [5], nodes [6, 7, 8]
    migrate (""): gates [9], nodes [10]
    switch (""): gates [11, 20], nodes [12, 13, 21]
    restart (""): gates [14, 22], nodes [16, 18, 24]
    tell (""): gates [25], nodes [26]
    "#);
}

/// A command with everything around its text.
fn command(command: &Command) -> String {
    let Command { run, cwd, env, secrets: _, umask, user, input, detaches, takes, inspect: _ } =
        command;
    assert_eq!(*takes, None, "none of these steps takes outputs");
    let cwd = cwd.as_ref().map_or("-".to_owned(), ToString::to_string);
    let env: Vec<String> = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let user = user.as_deref().unwrap_or("-");
    format!("{run} | {cwd} {umask:03o} {user} input={input} detaches={detaches} {env:?}")
}

#[test]
fn an_action_carries_everything_that_its_step_says() {
    let (recipe, _) = Recipe::parse("deploy.toml", SHOP, &no_file).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    let mut text = String::new();
    for step in ["build", "migrate", "switch", "restart", "tell"] {
        let acts = plan.nodes.iter().filter(|node| node.key.step.as_str() == step);
        let mut acts = acts.filter_map(|node| match &node.kind {
            Kind::Act(act) => Some(act),
            Kind::Ask(_) | Kind::Gate(_) => None,
        });
        let act = acts.next().unwrap();
        writeln!(text, "{step}: {}", command(&act.command)).unwrap();
        writeln!(text, "  {:?} {:?} {:?}", act.changes, act.mode, act.limit).unwrap();
        if let Some(undo) = &act.undo {
            writeln!(text, "  undo {}", command(undo)).unwrap();
        }
        for other in &act.elsewhere {
            writeln!(text, "  or on {}: {}", other.host.0, command(&other.command)).unwrap();
        }
    }
    insta::assert_snapshot!(text, @r#"
    build: make -j '8' | /srv/www/shop/build 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=y"]
      Nothing Detached None
    migrate: migrate 'production' | - 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
      Schema Detached Some(600s)
      undo migrate back | - 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
      or on 1: migrate 'production' | - 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
      or on 2: migrate 'production' | - 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/opt/shop/x"]
      or on 3: migrate 'production' | - 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
    switch: mv -T new '/srv/www/shop/current' | - 027 root input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
      Nothing Detached None
      undo mv -T old current | - 027 root input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
    restart: restart | - 027 - input=false detaches=true ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
      Nothing Detached None
    tell: notify '20261122-014312-aaaaaaaaaaaaaaaa' 'local' | - 027 - input=false detaches=false ["LANG=de_DE.UTF-8", "DIR=/srv/www/shop/x"]
      Nothing Detached None
    "#);
}

#[test]
fn items_alone_are_listed_and_joined() {
    let text = r#"
app = "shop"
stages.test.hosts = ["a", "b"]
hosts = { a = {}, b = {} }
[steps.migrate]
when = "pending"
changes = "schema"
[steps.migrate.items]
list = "show --plan"
match = '(?<app>\w+)\.(?<name>\w+)'
run = "migrate {{ item.app }} {{ item.name }} --line={{ item }}"
undo = "back {{ item.name }}"
[steps.both]
run = "all"
unless = "is done"
items = { list = "ls", run = "one {{ item }}" }
[pipelines]
deploy = ["migrate", "both", "both"]
"#;
    insta::assert_snapshot!(shown(text, &request("deploy")), @r#"
    a = "a" [] ~/.deployui/shop
    b = "b" [] ~/.deployui/shop
     0 Gate(1) <- []: barrier
     1 When(1)@a <- [0]: pending ? [2]
     2 List(1)@a <- [1]: show --plan * migrate {{ item.app }} {{ item.name }} --line={{ item }} (close 5)
     3 When(1)@b <- [0]: pending ? [4]
     4 List(1)@b <- [3]: show --plan * migrate {{ item.app }} {{ item.name }} --line={{ item }} (close 5)
     5 Gate(2) <- [2, 4]: join
     6 Gate(1) <- [5]: barrier
     7 When(1)@a <- [6]: trap 'case $? in 0) exit 1 ;; 1) exit 0 ;; esac' EXIT
    is done ? [8]
     8 Main@a <- [7]: all
     9 When(1)@b <- [6]: trap 'case $? in 0) exit 1 ;; 1) exit 0 ;; esac' EXIT
    is done ? [10]
    10 Main@b <- [9]: all
    11 Gate(2) <- [8, 10]: barrier
    12 When(2)@a <- [11]: trap 'case $? in 0) exit 1 ;; 1) exit 0 ;; esac' EXIT
    is done ? [13]
    13 Again(2)@a <- [12]: all
    14 When(2)@b <- [11]: trap 'case $? in 0) exit 1 ;; 1) exit 0 ;; esac' EXIT
    is done ? [15]
    15 Again(2)@b <- [14]: all
    migrate (""): gates [0], nodes [2, 4]
    both (""): gates [6], nodes [8, 10]
    both (""): gates [11], nodes [13, 15]
    "#);
}

#[test]
fn keys_are_unique_and_needs_point_backwards() {
    let (recipe, _) = Recipe::parse("deploy.toml", SHOP, &no_file).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    assert_eq!(check(&recipe), []);
    let mut seen = std::collections::BTreeSet::new();
    for (id, node) in plan.nodes.iter().enumerate() {
        assert!(seen.insert((node.key.clone(), node.host)), "{:?} twice", node.key);
        assert!(node.needs.iter().all(|need| (need.0 as usize) < id), "{id}");
    }
}

#[test]
fn everything_of_a_step_gets_its_secrets_and_nothing_else_does() {
    let text = SHOP
        .replace("[steps]\n", "[secrets]\nKEY = { env = \"KEY\" }\n[steps]\n")
        .replace("once = true,", "once = true, secrets = [\"KEY\"], unless = \"done\",")
        .replace("run = \"mv -T new", "secrets = [\"KEY\"], check = [\"true\"], run = \"mv -T new");
    let (recipe, _) = Recipe::parse("deploy.toml", &text, &no_file).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    assert_eq!(Vec::from_iter(plan.secrets()), ["KEY"]);
    for node in &plan.nodes {
        let expect = ["migrate", "switch"].contains(&node.key.step.as_str());
        let mut commands = Vec::new();
        match &node.kind {
            Kind::Act(act) => {
                commands.push(&act.command);
                commands.extend(&act.undo);
                for other in &act.elsewhere {
                    commands.push(&other.command);
                    commands.extend(other.undo.iter().chain(&other.when));
                }
            }
            Kind::Ask(ask) => commands.push(&ask.command),
            Kind::Gate(_) => {}
        }
        for command in commands {
            assert_eq!(command.secrets == ["KEY"], expect, "{}", node.key);
            assert_eq!(serde_json::to_string(command).unwrap().contains("secrets"), expect);
        }
    }
    // A check is asked outside of every box.
    let survey = survey(&recipe, &request("deploy")).unwrap();
    let checks = survey.machines.iter().flat_map(|machine| &machine.checks);
    assert!(checks.clone().count() > 0 && checks.clone().all(|(_, it)| it.secrets.is_empty()));
}

#[test]
fn batches_are_numbered_and_know_their_hosts_their_steps_and_their_nodes() {
    let text = r#"
app = "shop"
root = "/srv/www/shop"
[stages.production]
hosts = ["web1", "web2", "db1"]
[hosts]
web1 = { roles = ["web"] }
web2 = { roles = ["web"] }
db1 = { roles = ["db"] }
[steps]
first = { run = "first" }
dump = { run = "dump", roles = ["db"] }
switch = { run = "switch", roles = ["web"] }
last = { run = "last" }
[pipelines]
deploy = ["first", { batch = 1, steps = ["dump", "switch"] }, { batch = 9, steps = ["last"] }]
"#;
    let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    let said: Vec<String> = plan
        .batches
        .iter()
        .map(|batch| {
            let steps: Vec<&str> = batch.steps.iter().map(|step| step.as_str()).collect();
            let (hosts, of) = (&batch.hosts, (batch.number, batch.of));
            format!("{of:?} {hosts:?} {steps:?} {}..{}", batch.from.0, batch.until.0)
        })
        .collect();
    // One batch of all is none; gates belong to the batch that they open.
    assert_eq!(
        said,
        [
            r#"(1, 3) [HostId(0)] ["dump", "switch"] 4..6"#,
            r#"(2, 3) [HostId(1)] ["dump", "switch"] 6..9"#,
            r#"(3, 3) [HostId(2)] ["dump", "switch"] 9..12"#,
        ]
    );
    let batch = |id| plan.batch(NodeId(id)).map(|batch| batch.number);
    let of: Vec<Option<u16>> = (0..14).map(batch).collect();
    let (a, b, c) = (Some(1), Some(2), Some(3));
    let none = None;
    assert_eq!(of, [none, none, none, none, a, a, b, b, b, c, c, c, none, none]);
}

#[test]
fn what_is_asked_after_a_list_of_items_waits_for_all_of_them() {
    let text = r#"
app = "shop"
root = "/srv/www/shop"
[stages.production]
hosts = ["web1", "web2"]
[hosts]
web1 = {}
web2 = {}
[steps.migrate]
confirm = { after = "Is {{ host.name }} right?" }
[steps.migrate.items]
list = "ls db"
run = "sh {{ item }}"
[pipelines]
deploy = ["migrate"]
"#;
    let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    let kind = |id: &NodeId| &plan.nodes[usize::try_from(id.0).unwrap()].kind;
    let asks = plan.nodes.iter().filter(|it| matches!(it.kind, Kind::Gate(Gate::Confirm(_))));
    let needs: Vec<&NodeId> = asks.flat_map(|gate| &gate.needs).collect();
    assert_eq!(needs.len(), 2);
    assert!(needs.iter().all(|id| matches!(kind(id), Kind::Gate(Gate::Join))), "{:?}", plan.nodes);
}
