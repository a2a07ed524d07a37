//! What a plan says of the code that is released.

use super::*;

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
