mod hostile;
mod layers;
mod placing;
mod shipped;

use super::*;

fn no_file(path: &str) -> Result<String, String> {
    Err(format!("there is no {path}"))
}

/// What a recipe's author reads.
fn faults(text: &str) -> String {
    match Recipe::parse("deploy.toml", text, &no_file) {
        Ok((_, found)) | Err(found) => shown(&found),
    }
}

fn shown(found: &[Diagnostic]) -> String {
    let shown: Vec<String> = found.iter().map(|found| found.render(false)).collect();
    shown.join("\n\n")
}

/// What is said of one step, in a recipe that is right otherwise; without the first line numbers.
fn step_faults(step: &str) -> String {
    faults(&format!(
        "app = \"shop\"\nroot = \"/srv\"\nvars.name = \"x\"\nstages.test.hosts = [\"web1\"]\n\
         hosts.web1.roles = [\"web\"]\npipelines.deploy = [\"x\"]\n[steps.x]\n{step}\n"
    ))
}

#[test]
fn the_table_of_keys_names_each_key_once_and_says_what_it_does() {
    for (table, key) in keys::all() {
        let same = keys::of(table).iter().filter(|other| other.name == key.name);
        assert_eq!(same.count(), 1, "{}", key.name);
        assert!(key.about.ends_with('.'), "{}: {}", key.name, key.about);
    }
}

#[test]
fn the_smallest_recipe_is_enough() {
    let text = "app = \"a\"\nstages.test.hosts = [\"h\"]\n[hosts.h]\n";
    assert_eq!(faults(text), "");
}

#[test]
fn twenty_faults_are_reported_at_once() {
    insta::assert_snapshot!(faults(TWENTY_FAULTS));
}

const TWENTY_FAULTS: &str = r##"
app = "shop"
rooot = "/srv/www/shop"
root = "srv/www/shop"
layout = { kind = "releases" }

[env]
umask = 22
"LD PATH" = "x"

[stages.production]
hosts = ["web1", "wbe2", "web1"]
protected = "yes"

[stages.staging]
hosts = []

[hosts.web1]
address = "-oProxyCommand=id"
roles = ["web", 7]

[hosts.web2]
address = "deploy@web2.example.com $(id)"

[steps.build]
run = """
cd {{ root }}/current
make PREFIX="{{ root }}" {{ vars.target }}
"""
timeout = "ten minutes"

[steps.migrate]
run = "manage.py migrate"
once = true
changes = "schema"
retry = 3
roles = ["wb"]
as = "root; id"

[steps."rm -rf"]
run = "true"

[steps.idle]
about = "does nothing"

[steps.items.items]
list = "ls"
match = '(?<name>.*)'
run = "echo {{ item.nmae }} {{ item | upper }}"

[steps.broken]
run = "echo {{ root "
undo = "echo {% if %}"
cwd = "{{ release.path }}"
env = { A = "{{ hots.name }}" }

[pipelines]
deploy = ["build", "migrat", { steps = ["migrate", { steps = ["build"] }] }, { batch = 0, steps = ["build"] }]
other = [{ batch = "25%", steps = ["migrate", "build"] }, { batch = "200%", steps = ["items", "idle"] }, 5]
"##;

#[test]
fn an_empty_file_lacks_everything() {
    insta::assert_snapshot!(faults(""), @r#"
    error: there is no `app`
     --> deploy.toml:1:1
      |
    1 |
      | ^
      |
      = hint: name the application: app = "shop"

    error: there are no stages
     --> deploy.toml:1:1
      |
    1 |
      | ^
      |
      = hint: [stages.production] with hosts = ["web1"]

    error: there are no hosts
     --> deploy.toml:1:1
      |
    1 |
      | ^
      |
      = hint: [hosts.web1] with address = "deploy@web1.example.com"
    "#);
}

#[test]
fn text_that_is_not_toml_is_shown_where_it_breaks() {
    let text =
        "app = \"shop\nroot = /srv\n[stages.test\nhosts = [\"a\"]\n[hosts]\na = {}\na = {}\n";
    insta::assert_snapshot!(faults(text), @r#"
    error: invalid basic string, expected `"`
     --> deploy.toml:1:12
      |
    1 | app = "shop
      |            ^ not TOML

    error: string values must be quoted, expected literal string
     --> deploy.toml:2:8
      |
    2 | root = /srv
      |        ^^^^ not TOML

    error: unclosed table, expected `]`
     --> deploy.toml:3:13
      |
    3 | [stages.test
      |             ^ not TOML

    error: duplicate key
     --> deploy.toml:7:1
      |
    7 | a = {}
      | ^ not TOML
    "#);
}

#[test]
fn every_table_says_what_is_wrong_in_it() {
    insta::assert_snapshot!(faults(TABLE_FAULTS));
}

const TABLE_FAULTS: &str = r#"
app = "shop"
root = "/srv"
batch = 2
[source]
ref = "{{ release.ref }} {{ source.reff }} {{ secrets.A }}"
via = "hosts"
[layout]
kind = "slots"
path = "app.{{ slot }}"
names = ["A", "A", "B"]
current = "current"
keep = 0
code = "../src"
shared_dirs = ["/log", { from = "x" }, 5, "a", "a"]
[maintenance]
roles = ["wbe"]
probe = { host = "x", headers = { "X Y" = "1", Z = [] } }
enter = ["stop"]
[secrets]
"A-B" = { env = "A" }
NONE = {}
TWO = { env = "A", file = "b" }
NO = { prompt = false }
ODD = { command = " ", pass = "x" }
[[notify]]
on = ["start"]
body = "{{ event }} {{ evnt }}"
[[notify]]
on = []
url = "https://example.com/{{ event }}"
[stages.test]
hosts = { command = "" }
[stages.prod]
hosts = ["web1"]
source = { repository = "x" }
secrets.NONE = { env = "NONE" }
[hosts.web1]
roles = ["web"]
[steps]
release = {}
health = { health = { path = "/x", expect = 99, within = "none", headers = 5 } }
both = { health = { url = "http://x", socket = "/s" }, run = "x", uses = "publish" }
upload = { upload = { mode = "0999", owner = "a b", from = "x" } }
nothing = { uses = "upload" }
built = { uses = "pbulish" }
ask = { confirm = 5, inspect = [""], check = "", pending = 1, secrets = ["X", "X"] }
outputs = { run = "x", outputs = ["a"], confirm = { befor = "x" } }
[pipelines]
deploy = ["release", "health", "both", "upload", "nothing", "ask", "outputs", { steps = [], maintenance = true }]
"#;

#[test]
fn values_stand_only_where_the_shell_reads_a_word() {
    insta::assert_snapshot!(step_faults(
        r#"run = """
set -eu
cd "{{ root }}"
echo ${x:-{{ root }}} `cat {{ root }}` # {{ root }}
cat <<EOF
name = {{ vars.name }}
EOF
echo ${{ root }} $(({{ vars.name }} + 1)) \\{{ root }} "$(cat {{ root }})" {{ root }}/x
"""
undo = 'echo "oops'
when = '''
test -e '{{ root }}'
'''"#
    ));
}

#[test]
fn names_must_be_known() {
    insta::assert_snapshot!(step_faults(r#"
run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
cwd = "{{ current.path }}/{{ stage }}"
env = { A = "{% if vars.nam is defined %}{{ vars.name }}{% endif %}" }"#), @r#"
    error: `rot` is not defined
     --> deploy.toml:9:11
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |           ^^^
      |
      = hint: did you mean `root`?

    error: `vars.nmae` is not defined
     --> deploy.toml:9:21
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |                     ^^^^^^^^^
      |
      = hint: did you mean `name`?

    error: `vars.zzz` is not defined
     --> deploy.toml:9:37
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |                                     ^^^^^^^^
      |
      = hint: give it a value in [vars]: zzz = "..."

    error: `host.adress` is not defined
     --> deploy.toml:9:52
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |                                                    ^^^^^^^^^^^
      |
      = hint: did you mean `address`?

    error: `run.number` is not defined
     --> deploy.toml:9:70
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |                                                                      ^^^^^^^^^^
      |
      = hint: known: id, by, reason

    error: `env.PATH` is not defined
     --> deploy.toml:9:87
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |                                                                                       ^^^^^^^^
      |
      = hint: a command reads its environment itself: "$NAME"

    error: `item` is known in the `run`, `undo` and `preview` of items only
     --> deploy.toml:9:102
      |
    9 | run = "{{ rot }} {{ vars.nmae }} {{ vars.zzz }} {{ host.adress }} {{ run.number }} {{ env.PATH }} {{ item }}"
      |                                                                                                      ^^^^

    error: `current.path` is not defined
      --> deploy.toml:10:11
       |
    10 | cwd = "{{ current.path }}/{{ stage }}"
       |           ^^^^^^^^^^^^
       |
       = hint: it comes with a [layout]

    error: `vars.nam` is not defined
      --> deploy.toml:11:20
       |
    11 | env = { A = "{% if vars.nam is defined %}{{ vars.name }}{% endif %}" }
       |                    ^^^^^^^^
       |
       = hint: did you mean `name`?
    "#);
}

#[test]
fn items_may_be_inserted_and_nothing_else() {
    insta::assert_snapshot!(step_faults(r#"
items.list = "ls {{ item }}"
items.match = '^(?<app>\w+)$'
items.run = "go {{ item }} {{- item.app }} {{ item.nam }} {% if item == 'a' %}x{% endif %} {{ item ~ 'x' }}"
items.undo = "{% for item in host.roles %}{{ item | upper }}{% endfor %}""#), @r#"
    error: `item` is known in the `run`, `undo` and `preview` of items only
     --> deploy.toml:9:21
      |
    9 | items.list = "ls {{ item }}"
      |                     ^^^^

    error: `item.nam` is not defined
      --> deploy.toml:11:47
       |
    11 | items.run = "go {{ item }} {{- item.app }} {{ item.nam }} {% if item == 'a' %}x{% endif %} {{ item ~ 'x' }}"
       |                                               ^^^^^^^^
       |
       = hint: known: app

    error: an item can be inserted, but nothing can be computed with it
      --> deploy.toml:11:65
       |
    11 | items.run = "go {{ item }} {{- item.app }} {{ item.nam }} {% if item == 'a' %}x{% endif %} {{ item ~ 'x' }}"
       |                                                                 ^^^^
       |
       = hint: its value is known only during the run: compute in the shell, name={{ item }}, then "$name"
    "#);
    insta::assert_snapshot!(step_faults(r#"items = { list = "ls", match = '(?<a', runn = "x" }"#), @r#"
    error: the items have no `run`
     --> deploy.toml:8:1
      |
    8 | items = { list = "ls", match = '(?<a', runn = "x" }
      | ^^^^^

    error: `match` is not a regular expression: unclosed capture group name
     --> deploy.toml:8:32
      |
    8 | items = { list = "ls", match = '(?<a', runn = "x" }
      |                                ^^^^^^

    error: unknown key `runn` in the items of a step
     --> deploy.toml:8:40
      |
    8 | items = { list = "ls", match = '(?<a', runn = "x" }
      |                                        ^^^^
      |
      = hint: did you mean `run`?
    "#);
}

#[test]
fn steps_that_contradict_themselves() {
    insta::assert_snapshot!(step_faults(
        r#"
run = ""
local = true
once = true
roles = []
when = "true"
unless = "true"
changes = "data"
retry = -1
timeout = "0s"
input = "no""#
    ));
}

#[test]
fn names_that_are_none() {
    let text = r#"
app = "../x"
root = "/srv"
[vars]
"a-b" = 1
[stages."pro duction"]
hosts = ["local", "a\u001b[31m"]
[hosts.local]
[hosts."a\u001b[31m"]
roles = ["$(id)"]
[pipelines]
"de;ploy" = []
"#;
    insta::assert_snapshot!(faults(text), @r#"
    error: `../x` cannot be the name of an application
     --> deploy.toml:2:7
      |
    2 | app = "../x"
      |       ^^^^^^
      |
      = hint: a letter or digit, then letters, digits, `.`, `_` and `-`, at most 64

    error: `a-b` cannot name a variable
     --> deploy.toml:5:1
      |
    5 | "a-b" = 1
      | ^^^^^
      |
      = hint: a letter or `_`, then letters, digits and `_`

    error: `pro duction` cannot be the name of a stage
     --> deploy.toml:6:9
      |
    6 | [stages."pro duction"]
      |         ^^^^^^^^^^^^^
      |
      = hint: a letter or digit, then letters, digits, `.`, `_` and `-`, at most 64

    error: `local` is the operator's own machine
     --> deploy.toml:8:8
      |
    8 | [hosts.local]
      |        ^^^^^
      |
      = hint: give the host another name; a step with local = true runs here

    error: `a\u{1b}[31m` cannot be the name of a host
     --> deploy.toml:9:8
      |
    9 | [hosts."a\u001b[31m"]
      |        ^^^^^^^^^^^^^
      |
      = hint: a letter or digit, then letters, digits, `.`, `_` and `-`, at most 64

    error: `$(id)` cannot be the name of a role
      --> deploy.toml:10:10
       |
    10 | roles = ["$(id)"]
       |          ^^^^^^^
       |
       = hint: a letter or digit, then letters, digits, `.`, `_` and `-`, at most 64

    error: `de;ploy` cannot be the name of a pipeline
      --> deploy.toml:12:1
       |
    12 | "de;ploy" = []
       | ^^^^^^^^^
       |
       = hint: a letter or digit, then letters, digits, `.`, `_` and `-`, at most 64

    error: the pipeline `de;ploy` has no steps
      --> deploy.toml:12:13
       |
    12 | "de;ploy" = []
       |             ^^
    "#);
}

#[test]
fn what_is_never_used_is_a_warning() {
    let text = r#"
app = "a"
stages.test.hosts = ["h"]
hosts = { h = {}, spare = {} }
steps.used.run = "true"
steps.idle.run = "true"
steps.off = false
pipelines.deploy = ["used", "off"]
"#;
    insta::assert_snapshot!(faults(text), @r#"
    warning: no stage has the host `spare`
     --> deploy.toml:4:19
      |
    4 | hosts = { h = {}, spare = {} }
      |                   ^^^^^

    warning: no pipeline has the step `idle`
     --> deploy.toml:6:7
      |
    6 | steps.idle.run = "true"
      |       ^^^^
    "#);
    let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
    assert_eq!(recipe.pipelines["deploy"].entries.len(), 1);
}

#[test]
fn colours_are_only_added() {
    let found = Recipe::parse("deploy.toml", "app = 1", &no_file).unwrap_err();
    let (plain, coloured) = (found[0].render(false), found[0].render(true));
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
}

#[test]
fn what_empties_the_log_of_its_step_is_an_error_where_it_stands() {
    let step = r#"
run = """
cd {{ root }} && echo {{ vars.name }} no "{> /dev/stderr}" >&2
é {{ vars.name }} > /dev/stderr
"""
undo = "ls 2>&1 | tee /dev/stderr | wc -l"
unless = "echo \"é\" >/dev/stdout"
"#;
    insta::assert_snapshot!(step_faults(step), @r#"
    error: `> /dev/stderr` empties this step's log
      --> deploy.toml:11:19
       |
    11 | é {{ vars.name }} > /dev/stderr
       |                   ^^^^^^^^^^^^^
       |
       = hint: write `>&2`

    error: `tee /dev/stderr` empties this step's log
      --> deploy.toml:13:19
       |
    13 | undo = "ls 2>&1 | tee /dev/stderr | wc -l"
       |                   ^^^^^^^^^^^^^^^
       |
       = hint: write `tee -a`, which opens the file without emptying it

    error: `> /dev/stdout` empties this step's log
      --> deploy.toml:14:22
       |
    14 | unless = "echo \"é\" >/dev/stdout"
       |                      ^^^^^^^^^^^^
       |
       = hint: write `>&1`, or leave it out
    "#);
}

/// Pipelines as they will be gone through.
fn pipelines(recipe: &Recipe) -> String {
    let mut shown = String::new();
    for (name, pipeline) in &recipe.pipelines {
        let entry = |entry: &Entry| {
            let steps: Vec<&str> = entry.steps.iter().map(|step| step.value.as_str()).collect();
            let page = entry.maintenance.as_ref().map(|_| "page ");
            let pending = entry.when_pending.as_ref().map(|name| format!("if {} ", name.value));
            let batch = entry.batch.as_ref().map(|batch| format!("{:?} ", batch.value));
            let words = [page.map(str::to_owned), pending, batch].into_iter().flatten();
            let words: String = words.collect();
            if words.is_empty() && steps.len() == 1 {
                steps.concat()
            } else {
                format!("{words}[{}]", steps.join(" "))
            }
        };
        let entries: Vec<String> = pipeline.entries.iter().map(entry).collect();
        shown.push_str(&format!("  {name}: {}\n", entries.join(" ")));
    }
    shown
}
