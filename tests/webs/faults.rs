//! A recipe with twenty faults: all of them are told at once, and no host is asked.

use std::fs;

use crate::support::deployui::Deployui;

const RECIPE: &str = r#"
app = "my shop"
rooot = "/srv/www/shop"
root = "srv/shop"

[source]
repository = "https://git.example.com/shop.git"
via = "the operator"

[layout]
kind = "release"
shared_files = ["../.env"]
keep = 0

[stages.production]
hosts = ["web1", "wbe2"]
protected = "yes"

[hosts.web1]
address = "-oProxyCommand=id"
[hosts.web2]

[maintenance]
path = "{{ layout.shraed }}/page.html"
probe = { uri = "http://127.0.0.1/" }

[secrets]
TOKEN = { command = "pass show shop", env = "TOKEN" }

[steps.build]
run = "make PREFIX=\"{{ root }}\""
timeout = "soon"
secrets = ["TOKNE"]

[steps.configure]
run = """
cat >config <<END
{{ vars.settings }}
END
"""

[steps.migrate]
run = "migrate"
changes = "schema"
retry = 2
roles = ["db"]

[steps.restart]
run = "restart"
follows = "pubish"
pids = 7

[[notify]]
on = ["begun"]
url = "ftp://example.com"

[pipelines]
deploy = ["release", "fetch", "biuld", "migrate", { batch = 0, steps = ["publish"] }]
"#;

#[test]
fn twenty_faults_of_a_recipe() {
    let ui = Deployui::new();
    fs::write(ui.dir().join("deploy.toml"), RECIPE).unwrap();
    let ran = ui.run(&["plan"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    let faults = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    assert!(!ran.stderr.contains("error: warning"), "{}", ran.stderr);
    assert!(faults >= 20, "{faults}: {}", ran.stderr);
    for word in ["--> deploy.toml:", "^"] {
        assert!(ran.stderr.matches(word).count() >= faults, "{word}: {}", ran.stderr);
    }
    insta::assert_snapshot!(ran.stderr);
}
