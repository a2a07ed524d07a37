//! What templates become, and what is wrong with them.

use super::*;

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
