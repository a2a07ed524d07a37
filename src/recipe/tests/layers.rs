//! Files over files, params, and what only a project may say.

use super::*;

const BASE: &str = r#"
recipe = "../shared/common.toml"
[params.workers]
about = "How many workers"
default = 2
[params.domain]
about = "The site's name"
required = true
[source]
repository = "https://example.com/a.git"
ref = "main"
[maintenance]
page = "page.html"
path = "/var/www/{{ params.domain }}/index.html"
[layout]
shared_dirs = ["log", "media"]
[steps.build]
run = "make -j {{ params.workers }}"
when = "test -e Makefile"
env = { A = "recipe", B = "recipe" }
timeout = "5m"
[steps.old]
run = "true"
[steps.restart]
run = "restart"
follows = "publish"
health = { url = "http://127.0.0.1/", headers = { Host = "{{ params.domain }}" } }
[pipelines]
deploy = ["release", "fetch", "old", "build", "publish", "verify"]
"#;

const COMMON: &str = r#"
root = "/srv/{{ app }}"
[params.tool]
about = "What builds"
default = "make"
[vars]
list = [1, 2]
table = { a = 1, b = 2 }
"#;

const PROJECT: &str = r#"
app = "shop"
recipe = "./recipes/base.toml"
params = { domain = "shop.example.com", tool = ["ninja", "-v"] }
vars = { list = [3], table = { b = 3 } }
[secrets]
TOKEN = { command = "pass token" }
[steps]
old = false
build = { unless = "test -e built", env = { B = "project" }, secrets = ["TOKEN"] }
restart.health = { socket = "/run/shop.sock" }
[stages.production]
hosts = ["web1"]
source.ref = "production"
maintenance.path = "/srv/page.html"
secrets.TOKEN = { file = "token" }
[stages.staging]
hosts = ["web1"]
[hosts.web1]
"#;

fn files(path: &str) -> Result<String, String> {
    match path {
        "ops/recipes/base.toml" => Ok(BASE.to_owned()),
        "ops/recipes/../shared/common.toml" => Ok(COMMON.to_owned()),
        path => Err(format!("there is no {path}")),
    }
}

fn project() -> Recipe {
    match Recipe::parse("ops/deploy.toml", PROJECT, &files) {
        Ok((recipe, warnings)) => {
            assert_eq!(shown(&warnings), "");
            recipe
        }
        Err(found) => panic!("{}", shown(&found)),
    }
}

#[test]
fn later_files_win_and_tables_are_merged() {
    let recipe = project();
    assert_eq!(recipe.root.as_ref().unwrap().text, "/srv/{{ app }}");
    assert_eq!(recipe.vars["list"], Var::List(vec![Var::Whole(3)]));
    let both = [("a".to_owned(), Var::Whole(1)), ("b".to_owned(), Var::Whole(3))];
    assert_eq!(recipe.vars["table"], Var::Table(both.into()));
    let build = recipe.steps.values().find(|step| step.name.value.as_str() == "build").unwrap();
    let env: Vec<_> = build.env.variables.iter().map(|(k, v)| (k.as_str(), &*v.text)).collect();
    assert_eq!(env, [("A", "recipe"), ("B", "project")]);
    assert_eq!(build.limit, Some(std::time::Duration::from_secs(300)));
    assert_eq!(build.run().unwrap().text, "make -j {{ params.workers }}");
}

#[test]
fn one_of_several_ways_takes_the_place_of_the_others() {
    let recipe = project();
    let step = |name: &str| {
        recipe.steps.values().find(|step| step.name.value.as_str() == name).unwrap().clone()
    };
    assert!(matches!(step("build").condition, Some(Condition::Unless(_))));
    let health = step("restart").health.unwrap();
    assert!(matches!(health.at, HealthAt::Socket { .. }));
    assert_eq!(health.headers.len(), 1);
    let from = |stage: &str| recipe.stages[stage].secrets["TOKEN"].from.clone();
    assert!(matches!(from("production"), SecretFrom::File(file) if file.value == "ops/token"));
    assert!(matches!(from("staging"), SecretFrom::Command(_)));
}

#[test]
fn a_stage_has_all_that_is_around_its_steps() {
    let recipe = project();
    let of = |stage: &str| {
        let stage = &recipe.stages[stage];
        let source = stage.source.as_ref().unwrap();
        let page = stage.maintenance.as_ref().unwrap();
        let reference = source.reference.as_ref().unwrap().text.clone();
        (source.repository.text.clone(), reference, page.path.text.clone())
    };
    let url = "https://example.com/a.git".to_owned();
    let path = "/var/www/{{ params.domain }}/index.html".to_owned();
    assert_eq!(of("staging"), (url.clone(), "main".to_owned(), path));
    assert_eq!(of("production"), (url, "production".to_owned(), "/srv/page.html".to_owned()));
    let page = recipe.stages["staging"].maintenance.as_ref().unwrap().page.clone().unwrap();
    assert_eq!(page.value, "ops/recipes/page.html", "from the file that says it");
}

#[test]
fn params_are_given_values_else_defaults() {
    let recipe = project();
    let text = |text: &str| Var::Text(text.to_owned());
    assert_eq!(recipe.params["workers"], Var::Whole(2));
    assert_eq!(recipe.params["domain"], text("shop.example.com"));
    assert_eq!(recipe.params["tool"], Var::List(vec![text("ninja"), text("-v")]));
}

#[test]
fn params_and_recipes_that_are_wrong() {
    let load = |path: &str| match path {
        "base.toml" => Ok(BASE_FAULTS.to_owned()),
        "self.toml" => Ok("recipe = \"./self.toml\"".to_owned()),
        path => Err(format!("there is no {path}")),
    };
    let faults = |text: &str| match Recipe::parse("deploy.toml", text, &load) {
        Ok((_, warnings)) => shown(&warnings),
        Err(found) => shown(&found),
    };
    let head = "app = \"a\"\nstages.a.hosts = [\"a\"]\nhosts.a = {}\n";
    let with = |rest: &str| faults(&format!("{head}{rest}"));
    insta::assert_snapshot!(
        [
            with("recipe = \"./base.toml\"\n[params]\nneded = 1\n"),
            with("recipe = \"./none.toml\"\npipelines.deploy = [\"build\"]\n"),
            with("recipe = \"djagno-releases\"\n"),
            with("recipe = \"./self.toml\"\n"),
            with("[params]\nx = 1\n"),
        ]
        .join("\n\n------\n\n")
    );
}

const BASE_FAULTS: &str = r#"
[params.needed]
about = "What nobody can guess"
required = true
[params.odd]
default = 1
required = true
[params.open]
about = "Neither this nor that"
[stages.production]
hosts = ["a"]
[secrets]
A = { env = "A" }
[steps.build]
run = "make {{ params.neded }} {{ params.open }}"
"#;

#[test]
fn an_inventory_gives_a_stage_its_hosts() {
    let text = "app = \"a\"\nstages.a.hosts = { command = \"list\" }\n\
        steps.x = { run = \"true {{ vars.n }}\", roles = [\"web\"] }\npipelines.deploy = [\"x\"]\n";
    let text = format!("{text}vars.n = 1\n");
    let read = || Recipe::parse("deploy.toml", &text, &no_file).unwrap().0;
    let with = |printed: &str| {
        let mut recipe = read();
        let found = recipe.inventory("a", printed);
        found.map(|warnings| {
            assert_eq!(shown(&warnings), "");
            let hosts = recipe.stages["a"].hosts.iter().map(|name| &recipe.hosts[&name.value]);
            let host = |host: &Host| {
                let roles: Vec<&str> = host.roles.iter().map(|role| &*role.value).collect();
                format!("{} {} {}", host.name.value, host.address, roles.join(","))
            };
            hosts.map(host).collect::<Vec<_>>().join("; ")
        })
    };
    let good = r#"[{"name": "w2", "address": "u@w2:2", "roles": ["web"], "vars": {"n": 2}}, "w1"]"#;
    assert_eq!(with(good).unwrap(), "w2 u@w2:2 web; w1 w1 ");
    let bad = [
        "",
        "{}",
        "[]",
        "[1]",
        "[\"a\", \"a\"]",
        r#"[{"name": "$(id)"}]"#,
        "[\"a\"]",
        r#"[{"name": "a", "role": ["web"]}]"#,
    ];
    let bad: Vec<String> = bad
        .map(|printed| {
            let found = with(printed).map_err(|found| found[0].message.clone());
            format!("{printed}: {}", found.unwrap_err())
        })
        .into();
    insta::assert_snapshot!(bad.join("\n"));
}
