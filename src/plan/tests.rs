use std::fmt::Write as _;

use super::*;
use crate::model::{Command, Gate, Kind, Node, Plan, Query, RunId, StepName};
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

fn ids(nodes: &[crate::model::NodeId]) -> Vec<u32> {
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
    let Command { run, cwd, env, secrets: _, umask, user, input, detaches, takes } = command;
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
    insta::assert_snapshot!(fault(r#"["a", "b"]"#, r#"run = "echo""#));
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
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn templates_insert_words_lists_and_text_as_it_is() {
    let text = |run: &str| {
        let recipe = format!(
            "app = \"shop\"\nstages.test.hosts = [\"a\"]\nhosts.a.roles = [\"web\", \"db\"]\n\
             vars = {{ none = [], one = \"\", n = 7, f = 1.5, b = true, d = 2026-01-02 }}\n\
             pipelines.deploy = [\"x\"]\nsteps.x.run = '''{run}'''\n"
        );
        let (recipe, _) = Recipe::parse("deploy.toml", &recipe, &no_file).unwrap();
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
    assert_eq!(text("a ${#b} {{ host.roles | join(',') }}"), "a ${#b} 'web,db'");
    assert_eq!(text("{% raw %}docker -f {{.State}}{% endraw %}"), "docker -f {{.State}}");
    assert_eq!(text("x=\"$(cat {{ host.name }})\""), "x=\"$(cat 'a')\"");
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

#[test]
fn a_project_without_releases_can_be_planned() {
    let text = include_str!("../../recipes/examples/by-hand.toml");
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
        ("django-releases", include_str!("../../recipes/examples/django-releases.toml")),
        (
            "capistrano-migrations",
            include_str!("../../recipes/examples/capistrano-migrations.toml"),
        ),
        ("capistrano-passenger", include_str!("../../recipes/examples/capistrano-passenger.toml")),
    ];
    for (name, text) in good {
        assert_eq!(faults_of(name, text), "", "{name}");
    }
}

#[test]
fn the_deploy_toml_of_the_readme_can_be_planned() {
    let readme = include_str!("../../README.md");
    let text = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(faults_of("README.md", text), "");
}

/// What a `once` step makes is packed there, and taken by every other host before the next step.
#[test]
fn outputs_are_brought_to_the_other_hosts() {
    let text = |hosts: &str| {
        format!(
            r#"
app = "shop"
root = "/srv/www/shop"
[layout]
kind = "releases"
[source]
repository = "https://git.example.com/shop.git"
[stages.staging]
hosts = [{hosts}]
[hosts]
web1 = {{}}
web2 = {{}}
web3 = {{}}
[steps]
static = {{ run = "collect", once = true, outputs = ["src/static"] }}
[pipelines]
deploy = ["release", "static", "publish"]
"#
        )
    };
    let alone = shown(&text(r#""web1""#), &request("deploy"));
    assert!(alone.contains("collect") && !alone.contains("sha256sum"), "{alone}");
    let asked = text(r#""web1", "web2", "web3""#)
        .replace("run = \"collect\"", "run = \"collect\", when = \"asks\"");
    let (recipe, _) = Recipe::parse("deploy.toml", &asked, &no_file).unwrap();
    let plan = build(&recipe, &request("deploy")).unwrap().plan;
    let of = |node: &Node| match &node.kind {
        Kind::Act(act) => {
            let packs = act.command.run.to_string().contains("tar -cf");
            format!("packs: {packs}, takes: {:?}", act.command.takes.as_ref().map(StepName::as_str))
        }
        Kind::Ask(ask) => format!("decides about {:?}", ask.query),
        Kind::Gate(gate) => format!("{gate:?}"),
    };
    let nodes =
        plan.nodes.iter().enumerate().filter(|(_, it)| it.key.step.as_str().starts_with("static"));
    let nodes = nodes
        .map(|(id, it)| format!("{id} {} at {:?}: {}", it.key, it.host.map(|id| id.0), of(it)));
    insta::assert_snapshot!(nodes.collect::<Vec<_>>().join("\n"), @r#"
    4 static at None: Barrier
    5 static: when at Some(0): decides about When([NodeId(6), NodeId(8), NodeId(9)])
    6 static at Some(0): packs: true, takes: None
    7 static-outputs at None: Barrier
    8 static-outputs at Some(1): packs: false, takes: Some("static")
    9 static-outputs at Some(2): packs: false, takes: Some("static")
    "#);
}

const HOOKED: &str = r#"
app = "shop"
root = "/srv/www/shop"
[stages.staging]
hosts = ["web1"]
[hosts.web1]
[layout]
kind = "releases"
[steps]
work = { run = "work" }
[pipelines]
deploy = ["release", "work"]
[[notify]]
on = ["started", "failed", "finished"]
url = "https://chat.example.com/{{ stage }}"
body = "{{ app }} {{ pipeline }} {{ run.id }} [{{ release.name }}] {{ event }} {{ outcome }}"
[[notify]]
url = "https://other.example.com/hook"
"#;

/// What webhooks are told, or what is wrong with it.
fn hooked(text: &str) -> String {
    let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
    let request = request("deploy");
    let plan = build(&recipe, &request).unwrap().plan;
    match notices(&recipe, &request, &plan) {
        Ok(notices) => {
            let line =
                |it: &Notice| format!("{:?} {} {}: {}\n", it.on, it.outcome, it.url, it.body);
            notices.iter().map(line).collect()
        }
        Err(found) => render(&found),
    }
}

#[test]
fn webhooks_are_rendered_before_the_run() {
    insta::assert_snapshot!(hooked(HOOKED), @r#"
    Started open https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] started open
    Failed open https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] failed open
    Finished ok https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished ok
    Finished failed https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished failed
    Finished aborted https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished aborted
    Finished unknown https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished unknown
    Finished ok https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"ok","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: ok (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    Finished failed https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"failed","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: failed (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    Finished aborted https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"aborted","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: aborted (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    Finished unknown https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"unknown","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: unknown (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    "#);
    let wrong = HOOKED.replace("{{ app }}", "{{ root }}");
    insta::assert_snapshot!(hooked(&wrong), @r#"
    error: `root` is not defined here
      --> deploy.toml:16:12
       |
    16 | body = "{{ root }} {{ pipeline }} {{ run.id }} [{{ release.name }}] {{ event }} {{ outcome }}"
       |            ^^^^
    "#);
}

/// A new release of a commit that hosts serve already is noticed, a rollback to it is not.
#[test]
fn a_commit_that_is_served_is_noticed() {
    use crate::model::{Served, Site};
    let text = r#"
app = "shop"
root = "/srv/www/shop"
[layout]
kind = "releases"
[source]
repository = "https://git.example.com/shop.git"
[stages.staging]
hosts = ["web1", "web2"]
[hosts]
web1 = {}
web2 = {}
[pipelines]
deploy = ["release", "fetch", "publish"]
"#;
    let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
    let mut known = Known::sample(&recipe, "staging");
    let served = |revision: &str| {
        let mut site: Site = known.sites["web1"].clone();
        site.releases[0].revision = Some(revision.to_owned());
        assert_eq!(site.served, Served::Release(site.releases[0].name.clone()));
        site
    };
    let sites = [("web1", "0".repeat(40)), ("web2", "1".repeat(40))];
    let sites = sites.map(|(host, revision)| (host.to_owned(), served(&revision)));
    known.sites = sites.into_iter().collect();
    let sites = known.sites.clone();
    let check = |pipeline: &str, expect: &[&str]| {
        let request = Request { known: known.clone(), ..request(pipeline) };
        let plan = build(&recipe, &request).unwrap().plan;
        assert_eq!(again(&plan, &sites), expect, "{pipeline}");
    };
    check("deploy", &["web1"]);
    check("rollback", &[]);
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

/// A check is asked before the run has made anything.
#[test]
fn checks_work_in_no_directory_that_the_run_makes() {
    let text = include_str!("../../recipes/examples/django-releases.toml").to_owned()
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
