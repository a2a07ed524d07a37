use super::*;

/// What a recipe's author reads.
fn faults(text: &str) -> String {
    let found = match Recipe::parse("deploy.toml", text) {
        Ok((_, warnings)) => warnings,
        Err(found) => found,
    };
    let shown: Vec<String> = found.iter().map(|found| found.render(false)).collect();
    shown.join("\n\n")
}

#[test]
fn twenty_faults_are_reported_at_once() {
    insta::assert_snapshot!(faults(TWENTY_FAULTS), @"");
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
batch = [{ batch = "25%", steps = ["migrate", "build"] }, { batch = "200%", steps = ["items", "idle"] }, 5]
"##;
