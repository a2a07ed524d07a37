//! What is wrong with single steps.

use super::*;

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
