//! What only the whole recipe shows: names that nothing defines, steps that nothing uses.

mod commands;
mod names;
mod paths;
mod pipelines;
mod steps;
mod templates;

pub(crate) use commands::{misplaced, site};
pub(crate) use paths::Place;

use std::collections::BTreeSet;

use super::diagnostic::{Diagnostic, choose};
use super::source::At;
use super::value::{Recipe, Step, Where};
use crate::model::StepName;

/// Everything that is wrong between the parts of a recipe.
pub(super) fn recipe(recipe: &Recipe) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    stages(recipe, &mut found);
    for step in recipe.steps.values() {
        reach(recipe, step, &mut found);
        steps::step(recipe, step, &mut found);
    }
    for pipeline in recipe.pipelines.values() {
        pipelines::pipeline(recipe, pipeline, &mut found);
    }
    paths::paths(recipe, &mut found);
    unused(recipe, &mut found);
    templates::templates(recipe, &mut found);
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
    let Where::Hosts { roles, names, once: _ } = &step.place else { return };
    held(recipe, roles, found);
    if has_inventory(recipe) {
        return;
    }
    let known: Vec<&str> = recipe.hosts.keys().map(String::as_str).collect();
    found.extend(names.iter().filter_map(|name| unknown_host(name, &known)));
}

/// Whether hosts are only known once an inventory is read.
fn has_inventory(recipe: &Recipe) -> bool {
    recipe.stages.values().any(|stage| stage.inventory.is_some())
}

/// Reports roles that no host has.
fn held(recipe: &Recipe, roles: &[At<String>], found: &mut Vec<Diagnostic>) {
    if has_inventory(recipe) {
        return;
    }
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

/// Steps and hosts of the project's own file that nothing uses. A recipe may have steps in store.
fn unused(recipe: &Recipe, found: &mut Vec<Diagnostic>) {
    let used = used(recipe);
    let own = |step: &&Step| step.name.span.source.shown == recipe.source.shown;
    for step in recipe.steps.values().filter(own) {
        let name = &step.name;
        if used.contains(&name.value) {
            continue;
        }
        match undo(step) {
            Some(undo) => {
                let message = format!("no run reaches the `undo` of `{}`", name.value);
                let problem = Diagnostic::error(&undo.span, message);
                found.push(
                    problem
                        .other(&name.span, "no pipeline has this step")
                        .hint("put the step into a pipeline, or remove it"),
                );
            }
            None => {
                let message = format!("no pipeline has the step `{}`", name.value);
                found.push(Diagnostic::warning(&name.span, message));
            }
        }
    }
    let hosts = recipe.stages.values().flat_map(|stage| &stage.hosts);
    let used: BTreeSet<&str> = hosts.map(|host| host.value.as_str()).collect();
    for host in recipe.hosts.values().filter(|host| !used.contains(host.name.value.as_str())) {
        let message = format!("no stage has the host `{}`", host.name.value.escape_debug());
        found.push(Diagnostic::warning(&host.name.span, message));
    }
}

fn undo(step: &Step) -> Option<&super::source::Template> {
    step.undo.as_ref().or_else(|| step.items().and_then(|items| items.undo.as_ref()))
}

/// Steps that a run can reach.
fn used(recipe: &Recipe) -> BTreeSet<&StepName> {
    let scopes = recipe.stages.values().filter_map(|stage| stage.maintenance.as_ref());
    let scopes = scopes.flat_map(|scope| scope.enter.iter().chain(&scope.leave));
    let named = recipe.pipelines.values().flat_map(|pipeline| pipeline.steps());
    named.chain(scopes).map(|name| &name.value).collect()
}
