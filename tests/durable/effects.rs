//! A pipeline that leaves a line behind for everything that it does, and what must be found of it.

use std::fs;

use super::recipes::{Project, ROOT};

/// Steps that leave one line behind for each time that they ran, and print text and bytes that are no
/// text. One runs on one host only, one on one host after the other, one has two items, one is local.
pub(super) const EFFECTS: &str = r#"
[steps.a]
run = "echo x >>{{ root }}/a.{{ run.id }}; seq 300; head -c 20000 /dev/urandom"
[steps.b]
run = "echo x >>{{ root }}/b.{{ run.id }}; for i in 1 2 3 4 5; do echo; echo line $i; head -c 20000 /dev/urandom; sleep 0.02; done"
[steps.c]
run = "echo x >>{{ root }}/c.{{ run.id }}; printf 'no line end'"
[steps.d]
once = true
run = "echo x >>{{ root }}/d.{{ run.id }}; sleep 0.05; echo once >&2"
[steps.e]
run = "echo x >>{{ root }}/e.{{ run.id }}; echo one after the other"
[steps.f]
run = "echo x >>{{ root }}/f.{{ run.id }}; seq 1000"
[steps.g]
unless = "[ -e /nowhere ]"
[steps.g.items]
list = "for n in 1 2; do [ -e {{ root }}/g$n.{{ run.id }} ] || echo $n; done"
run = "echo x >>{{ root }}/g{{ item }}.{{ run.id }}; echo item {{ item }}"
[steps.h]
local = true
cwd = "~"
run = "echo x >>h.{{ run.id }}; sleep 0.05; echo here"
[pipelines]
deploy = ["a", "b", "c", "d", { batch = 1, steps = ["e"] }, "g", "f", "h"]
"#;

/// Each step of [`EFFECTS`] ran exactly once, and every log here is the host's.
pub(super) fn once_each(project: &Project, hosts: usize, run: &str) {
    let listed = project.runs().into_iter().find(|listed| listed["run"] == run).unwrap();
    assert_eq!(listed["outcome"], "ok", "{listed}");
    for i in 1..=hosts {
        let steps = ["a", "b", "c", "d", "e", "f", "g1", "g2"];
        let here = steps.iter().filter(|step| i == 1 || **step != "d");
        let wanted: Vec<String> = here.map(|step| format!("{step}.{run}:x")).collect();
        let found = project.on(i, &format!("cd {ROOT} && grep -H . *.{run}"));
        assert_eq!(found.lines().collect::<Vec<_>>(), wanted, "h{i}");
    }
    // The listing of the items is asked before each, and once more; the condition has a log as well.
    assert_eq!(project.same_logs(hosts, run), (5 + 1 + 3 + 2) * hosts + 1);
    assert_eq!(fs::read_to_string(project.ui.home().join(format!("h.{run}"))).unwrap(), "x\n");
}

/// Nothing was done by a run that was never opened.
pub(super) fn nothing_done(project: &Project, hosts: usize, known: &[String]) {
    for i in 1..=hosts {
        let found = project.on(i, &format!("cd {ROOT} 2>/dev/null && ls -1 || true"));
        let new = found.lines().find(|name| !known.iter().any(|run| name.ends_with(run.as_str())));
        assert_eq!(new, None, "h{i}: done without a run");
    }
}

/// The runs there are, oldest first, without those whose journal was never finished.
pub(super) fn opened(project: &Project) -> Vec<String> {
    let runs = project.runs();
    let whole = runs.iter().rev().filter(|run| run["damage"].is_null());
    whole.map(|run| run["run"].as_str().unwrap().to_owned()).collect()
}
