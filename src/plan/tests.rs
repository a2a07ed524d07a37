use std::fmt::Write as _;

use super::*;
use crate::model::{Command, Gate, Kind, Plan, Query, RunId, StepName};
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

fn request(pipeline: &str) -> Request {
    Request {
        run: RunId::new("20261122-014312", [0; 10]),
        stage: None,
        pipeline: pipeline.to_owned(),
        hosts: None,
        roles: None,
        skip: Vec::new(),
        vars: Vec::new(),
        local_state_dir: "/home/me/.local/state/deployui".to_owned(),
    }
}

/// A plan, or what is wrong, as compact text.
fn shown(text: &str, request: &Request) -> String {
    let recipe = match Recipe::parse("deploy.toml", text) {
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

fn ids(nodes: &[crate::model::NodeId]) -> Vec<u32> {
    nodes.iter().map(|node| node.0).collect()
}

#[test]
fn a_pipeline_with_batches_conditions_once_and_local() {
    insta::assert_snapshot!(shown(SHOP, &request("deploy")), @"");
}

/// A command with everything around its text.
fn command(command: &Command) -> String {
    let Command { run, cwd, env, umask, user, input, detaches } = command;
    let cwd = cwd.as_ref().map_or("-".to_owned(), ToString::to_string);
    let env: Vec<String> = env.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let user = user.as_deref().unwrap_or("-");
    format!("{run} | {cwd} {umask:03o} {user} input={input} detaches={detaches} {env:?}")
}

#[test]
fn an_action_carries_everything_that_its_step_says() {
    let (recipe, _) = Recipe::parse("deploy.toml", SHOP).unwrap();
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
        for (host, other) in &act.elsewhere {
            writeln!(text, "  or on {}: {}", host.0, command(other)).unwrap();
        }
    }
    insta::assert_snapshot!(text, @"");
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
items = { list = "ls", run = "one {{ item }}" }
[pipelines]
deploy = ["migrate", "both", "both"]
"#;
    insta::assert_snapshot!(shown(text, &request("deploy")), @"");
}

#[test]
fn hosts_steps_and_values_are_chosen_by_the_request() {
    let mut chosen = request("deploy");
    chosen.roles = Some(vec!["web".to_owned()]);
    chosen.hosts = Some(vec!["web2".to_owned(), "db1".to_owned()]);
    chosen.skip = vec![StepName::try_from("fetch".to_owned()).unwrap()];
    chosen.vars = vec![("settings".to_owned(), "mine 'o".to_owned())];
    insta::assert_snapshot!(shown(SHOP, &chosen), @"");
    chosen.roles = None;
    chosen.hosts = Some(vec!["db1".to_owned()]);
    chosen.skip.push(StepName::try_from("tell".to_owned()).unwrap());
    insta::assert_snapshot!(shown(SHOP, &chosen), @"");
}

#[test]
fn a_request_that_does_not_fit_the_recipe_is_told_what_would() {
    let mut bad = request("deploy");
    bad.hosts = Some(vec!["wbe1".to_owned()]);
    bad.roles = Some(vec!["mail".to_owned()]);
    bad.vars = vec![("setings".to_owned(), String::new())];
    insta::assert_snapshot!(shown(SHOP, &bad), @"");
    let mut bad = request("deplyo");
    bad.skip = vec![StepName::try_from("biuld".to_owned()).unwrap()];
    insta::assert_snapshot!(shown(SHOP, &bad), @"");
    let bad = Request { stage: Some("prodction".to_owned()), ..request("deploy") };
    insta::assert_snapshot!(shown(SHOP, &bad), @"");
    let two = SHOP.replace("[hosts]", "[stages.staging]\nhosts = [\"db1\"]\n[hosts]");
    insta::assert_snapshot!(shown(&two, &request("deploy")), @"");
    let mut none = request("deploy");
    none.roles = Some(vec!["web".to_owned()]);
    none.hosts = Some(vec!["db1".to_owned()]);
    insta::assert_snapshot!(shown(SHOP, &none), @"");
    let mut nothing = request("deploy");
    nothing.hosts = Some(vec!["db1".to_owned()]);
    nothing.skip = ["fetch", "migrate", "tell"]
        .map(|step| StepName::try_from(step.to_owned()).unwrap())
        .to_vec();
    insta::assert_snapshot!(shown(SHOP, &nothing), @"");
}

#[test]
fn what_only_evaluation_shows_stands_where_it_was_written() {
    let fault = |hosts: &str, step: &str| {
        let text = format!(
            r#"app = "shop"
root = "{{{{ vars.root }}}}"
stages.test.hosts = {hosts}
hosts.a.vars = {{ root = "/srv" }}
hosts.b.vars = {{ root = "srv", only_b = 1 }}
vars = {{ list = ["a", "b"], table = {{ x = 1 }}, name = "x" }}
pipelines.deploy = ["x"]
[steps.x]
{step}
"#
        );
        shown(&text, &request("deploy"))
    };
    insta::assert_snapshot!(fault(r#"["a", "b"]"#, r#"run = "echo""#), @"");
    let steps = [
        r#"run = """
{% for x in vars.list %}
echo {{ x }} "{{ x }}"
{% endfor %}"""
undo = "echo {{ vars.only_b }} {{ vars.name }}"
cwd = "/srv/{{ vars.list }}"
env = { A = "{{ vars.table }}" }"#,
        r#"run = "echo --x={{ vars.list }} > {{ vars.list }}""#,
        r#"run = "echo {{ vars.table }}""#,
        r#"run = "echo {{ vars.name | uper }}""#,
        r#"run = "{% set x %}{{ vars.name }}{% endset %}echo {{ x }}""#,
        r#"run = "{% set x %}{{ vars.name }}{% endset %}echo""#,
        r#"run = "{% filter upper %}{{ vars.name }}{% endfilter %}""#,
        r#"run = "{% macro m(x) %}{{ x }}{% endmacro %}echo {{ m(vars.name) }}""#,
        r#"run = """
echo {{ "it's" | raw }}
echo {{ vars.name }}
'""""#,
        r#"run = "echo {{ none }}""#,
    ];
    let all: Vec<String> = steps.iter().map(|step| fault(r#"["a"]"#, step)).collect();
    insta::assert_snapshot!(all.join("\n\n"), @"");
}

#[test]
fn templates_insert_words_lists_and_text_as_it_is() {
    let text = |run: &str| {
        let recipe = format!(
            "app = \"shop\"\nstages.test.hosts = [\"a\"]\nhosts.a.roles = [\"web\", \"db\"]\n\
             vars = {{ none = [], one = \"\", n = 7, f = 1.5, b = true, d = 2026-01-02 }}\n\
             pipelines.deploy = [\"x\"]\nsteps.x.run = '''{run}'''\n"
        );
        let (recipe, _) = Recipe::parse("deploy.toml", &recipe).unwrap();
        let plan = build(&recipe, &request("deploy")).unwrap().plan;
        match &plan.nodes[1].kind {
            Kind::Act(act) => act.command.run.to_string(),
            Kind::Ask(_) | Kind::Gate(_) => String::new(),
        }
    };
    assert_eq!(text("a {{ host.roles }} {{ vars.none }} {{ vars.one }}"), "a 'web' 'db'  ''");
    assert_eq!(text("a {{ vars.n }} {{ vars.f }} {{ vars.b }}"), "a '7' '1.5' 'true'");
    assert_eq!(text("a {{ vars.d }}"), "a '2026-01-02'");
    assert_eq!(text("a {{ '-l $(id)' | raw }}"), "a -l $(id)");
    assert_eq!(text("a {{ ('b' | raw) ~ ';c' }}"), "a 'b;c'");
    assert_eq!(text("a {{ '$(id)' | safe }}"), "a '$(id)'");
    let block = "{% autoescape 'html' %}{{ '<' }}{% endautoescape %}";
    assert_eq!(text(block), "'<'");
    assert_eq!(text("{% for r in host.roles %}echo {{ r }};{% endfor %}"), "echo 'web';echo 'db';");
    assert_eq!(text("{% if 'db' in host.roles %}yes{% else %}no{% endif %}"), "yes");
    assert_eq!(text("a ${#b} {# c #} {{ host.roles | join(',') }}"), "a ${#b} {# c #} 'web,db'");
    assert_eq!(text("{% raw %}docker -f {{.State}}{% endraw %}"), "docker -f {{.State}}");
    assert_eq!(text("x=\"$(cat {{ host.name }})\""), "x=\"$(cat 'a')\"");
}

#[test]
fn exec_runs_what_was_typed_on_all_chosen_hosts() {
    let (recipe, _) = Recipe::parse("deploy.toml", SHOP).unwrap();
    let mut request = request("exec");
    request.roles = Some(vec!["web".to_owned()]);
    let planned = exec(&recipe, &request, "echo '{{ root }}' \"$HOME\"").unwrap();
    insta::assert_snapshot!(graph(&planned.plan), @"");
    let refused = |command| render(&exec(&recipe, &request, command).unwrap_err());
    assert_eq!(refused(" "), "error: there is no command");
    assert_eq!(refused("echo \"x"), "error: the command ends inside a double quote");
}

#[test]
fn keys_are_unique_and_needs_point_backwards() {
    let (recipe, _) = Recipe::parse("deploy.toml", SHOP).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    assert_eq!(check(&recipe), []);
    let mut seen = std::collections::BTreeSet::new();
    for (id, node) in plan.nodes.iter().enumerate() {
        assert!(seen.insert((node.key.clone(), node.host)), "{:?} twice", node.key);
        assert!(node.needs.iter().all(|need| (need.0 as usize) < id), "{id}");
    }
}
