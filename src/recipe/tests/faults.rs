//! Whole files that are wrong, as their authors read it.

use super::*;

#[test]
fn twenty_faults_are_reported_at_once() {
    insta::assert_snapshot!(faults(TWENTY_FAULTS));
}

pub(super) const TWENTY_FAULTS: &str = r##"
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
fn colours_are_only_added() {
    let found = Recipe::parse("deploy.toml", "app = 1", &no_file).unwrap_err();
    let (plain, coloured) = (found[0].render(false), found[0].render(true));
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
}
