//! What only the whole recipe shows: names that nothing defines, steps that nothing uses.

mod commands;

pub(crate) use commands::{misplaced, site};

use std::collections::{BTreeMap, BTreeSet};

use self::commands::Names;
use super::diagnostic::{Diagnostic, choose};
use super::source::{At, Span, Template};
use super::value::{Condition, Entry, Pipeline, Recipe, Step, Where};
use crate::model::StepName;

/// Everything that is wrong between the parts of a recipe.
pub(super) fn recipe(recipe: &Recipe) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    stages(recipe, &mut found);
    for step in recipe.steps.values() {
        reach(recipe, step, &mut found);
    }
    for pipeline in recipe.pipelines.values() {
        repetitions(recipe, pipeline, &mut found);
    }
    roots(recipe, &mut found);
    unused(recipe, &mut found);
    templates(recipe, &mut found);
    found
}

fn stages(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let known: Vec<&str> = recipe.hosts.keys().map(String::as_str).collect();
    for host in recipe.stages.values().flat_map(|stage| &stage.hosts) {
        found.extend(unknown_host(host, &known));
    }
}

fn unknown_host(host: &At<String>, known: &[&str]) -> Option<Diagnostic> {
    if known.contains(&host.value.as_str()) {
        return None;
    }
    let message = format!("unknown host `{}`", host.value.escape_debug());
    let hint = choose(&host.value, known, "host");
    Some(Diagnostic::error(&host.span, message).maybe_hint(hint))
}

fn reach(recipe: &Recipe, step: &Step, found: &mut Vec<Diagnostic>) {
    let Where::Hosts { roles, names, .. } = &step.place else { return };
    let known: Vec<&str> = recipe.hosts.keys().map(String::as_str).collect();
    found.extend(names.iter().filter_map(|name| unknown_host(name, &known)));
    let held: BTreeSet<&str> = recipe
        .hosts
        .values()
        .flat_map(|host| &host.roles)
        .map(|role| role.value.as_str())
        .collect();
    let held: Vec<&str> = held.into_iter().collect();
    for role in roles.iter().filter(|role| !held.contains(&role.value.as_str())) {
        let message = format!("no host has the role `{}`", role.value.escape_debug());
        let hint = choose(&role.value, &held, "role");
        found.push(Diagnostic::error(&role.span, message).maybe_hint(hint));
    }
}

/// The items of a step are met once in a run, so a second listing would find nothing to do.
fn repetitions(recipe: &Recipe, pipeline: &Pipeline, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&StepName, &Span> = BTreeMap::new();
    for name in pipeline.entries.iter().flat_map(|entry: &Entry| &entry.steps) {
        let Some(first) = seen.insert(&name.value, &name.span) else { continue };
        if !recipe.steps.get(&name.value).is_some_and(Step::only_items) {
            continue;
        }
        let message = format!("`{}` has only items, and can stand in a pipeline once", name.value);
        found.push(
            Diagnostic::error(&name.span, message)
                .other(first, "first here")
                .hint("define a second step with another name"),
        );
    }
}

fn roots(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let own = [(Place::Root, &recipe.root), (Place::StateDir, &recipe.state_dir)];
    let stages = recipe.stages.values().map(|stage| (Place::Root, &stage.root));
    let hosts = recipe.hosts.values().map(|host| (Place::Root, &host.root));
    for (place, template) in own.into_iter().chain(stages).chain(hosts) {
        let Some(template) = template else { continue };
        if !template.text.starts_with("{{") && !place.is_anchored(&template.text) {
            found.push(place.unanchored(&template.span));
        }
    }
}

/// The keys that hold a directory on the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// `root`: commands get it as a quoted word, in which no shell reads `~`.
    Root,
    /// `state_dir`: only used by deployui itself, which knows `~/`.
    StateDir,
}

impl Place {
    fn key(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::StateDir => "state_dir",
        }
    }

    /// Whether the path means the same from every directory.
    pub(crate) fn is_anchored(self, path: &str) -> bool {
        path.starts_with('/') || (self == Self::StateDir && path.starts_with("~/"))
    }

    /// A path that depends on where one stands.
    pub(crate) fn unanchored(self, span: &Span) -> Diagnostic {
        let hint = match self {
            Self::Root => "begin it with `/`; the shell does not expand `~` in an inserted value",
            Self::StateDir => "begin it with `/`, or with `~/` for the home of the login user",
        };
        Diagnostic::error(span, format!("`{}` is not an absolute path", self.key())).hint(hint)
    }

    /// A path that no screen and no command can show.
    pub(crate) fn unprintable(self, span: &Span) -> Diagnostic {
        Diagnostic::error(span, format!("`{}` has control characters", self.key()))
    }
}

fn unused(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let entries = recipe.pipelines.values().flat_map(|pipeline| &pipeline.entries);
    let used: BTreeSet<&StepName> =
        entries.flat_map(|entry| &entry.steps).map(|name| &name.value).collect();
    for step in recipe.steps.values().filter(|step| !used.contains(&step.name.value)) {
        let message = format!("no pipeline has the step `{}`", step.name.value);
        found.push(Diagnostic::warning(&step.name.span, message));
    }
    let hosts = recipe.stages.values().flat_map(|stage| &stage.hosts);
    let used: BTreeSet<&str> = hosts.map(|host| host.value.as_str()).collect();
    for host in recipe.hosts.values().filter(|host| !used.contains(host.name.value.as_str())) {
        let message = format!("no stage has the host `{}`", host.name.value);
        found.push(Diagnostic::warning(&host.name.span, message));
    }
}

fn templates(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let mut names = Names::of(recipe, found);
    let roots = recipe.stages.values().map(|stage| &stage.root);
    let roots = roots.chain(recipe.hosts.values().map(|host| &host.root)).chain([&recipe.root]);
    for root in roots.flatten() {
        names.data(root, "root");
    }
    let stages = recipe.stages.values().map(|stage| &stage.env);
    let steps = recipe.steps.values().map(|step| &step.env);
    let variables = stages.chain(steps).chain([&recipe.env]).flat_map(|env| &env.variables);
    let plain = recipe.steps.values().filter_map(|step| step.cwd.as_ref());
    for template in recipe.state_dir.iter().chain(plain).chain(variables.map(|(_, value)| value)) {
        names.data(template, "");
    }
    for step in recipe.steps.values() {
        step_commands(&mut names, step);
    }
}

fn step_commands(names: &mut Names<'_>, step: &Step) {
    use super::value::Work;
    let run = match &step.work {
        Work::Run(run) | Work::Both(run, _) => Some(run),
        Work::Items(_) => None,
    };
    let condition = step.condition.as_ref().map(Condition::command);
    for command in run.into_iter().chain(&step.undo).chain(condition) {
        names.command(command, None);
    }
    if let Some(items) = step.items() {
        names.command(&items.list, None);
        for command in [&items.run].into_iter().chain(&items.undo) {
            names.command(command, Some(items));
        }
    }
}

impl Condition {
    /// The command that is asked.
    #[must_use]
    pub fn command(&self) -> &Template {
        match self {
            Self::When(command) | Self::Unless(command) => command,
        }
    }
}
