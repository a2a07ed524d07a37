//! Names that are unknown, that are none, and that nothing uses.

use super::*;

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
