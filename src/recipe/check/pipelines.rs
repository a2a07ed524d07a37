//! Pipelines: what cannot stand where it stands.

use std::collections::BTreeMap;

use crate::model::StepName;
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::{At, Span};
use crate::recipe::value::{Entry, Pipeline, Recipe, Step, Where};

/// Everything that is wrong with a pipeline.
pub(super) fn pipeline(recipe: &Recipe, pipeline: &Pipeline, found: &mut Vec<Diagnostic>) {
    repetitions(recipe, pipeline, found);
    late_schema(recipe, pipeline, found);
    for entry in &pipeline.entries {
        batched(recipe, entry, found);
        scope(recipe, entry, found);
    }
}

/// The items of a step are met once in a run, so a second listing would find nothing to do.
fn repetitions(recipe: &Recipe, pipeline: &Pipeline, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&StepName, &Span> = BTreeMap::new();
    for name in pipeline.steps() {
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

/// A schema that changes after the code that needs it is served breaks every visit between. Behind
/// the page, or after a question, it is meant.
fn late_schema(recipe: &Recipe, pipeline: &Pipeline, found: &mut Vec<Diagnostic>) {
    let mut published: Option<(usize, &At<StepName>)> = None;
    for (number, entry) in pipeline.entries.iter().enumerate() {
        for name in &entry.steps {
            let Some(step) = recipe.steps.get(&name.value) else { continue };
            if step.publishes() {
                published.get_or_insert((number, name));
            }
            let Some((when, publish)) = published.filter(|_| step.schema) else { continue };
            let closed = when == number && entry.maintenance.is_some();
            if closed || step.confirm.before.is_some() {
                continue;
            }
            let message = format!(
                "`{}` changes the schema after `{}`, while it is served",
                name.value, publish.value
            );
            let problem = Diagnostic::error(&name.span, message);
            found.push(
                problem.other(&publish.span, "served from here on").hint(
                    "put it before, put both behind maintenance = true, or give it a `confirm`",
                ),
            );
        }
    }
}

/// Reports steps that cannot go through in batches.
fn batched(recipe: &Recipe, entry: &Entry, found: &mut Vec<Diagnostic>) {
    let Some(batch) = &entry.batch else { return };
    for name in &entry.steps {
        let Some(step) = recipe.steps.get(&name.value) else { continue };
        let own = step.batch.as_ref().is_some_and(|own| own.span == batch.span);
        let key = match step.place {
            // It was said of the step itself already.
            Where::Local | Where::Hosts { .. } if own => continue,
            Where::Local => "local",
            Where::Hosts { once: true, .. } => "once",
            Where::Hosts { once: false, .. } => {
                twice(&batch.span, name, step, found);
                continue;
            }
        };
        let message = format!("`{}` is `{key}`, and cannot go through in batches", name.value);
        let problem = Diagnostic::error(&name.span, message).other(&step.name.span, "this step");
        found.push(problem.hint("take it out of the group"));
    }
}

/// A batch of a step inside the batches of its group.
fn twice(group: &Span, name: &At<StepName>, step: &Step, found: &mut Vec<Diagnostic>) {
    let Some(own) = &step.batch else { return };
    let message = format!("`{}` has a batch of its own, and so has its group", name.value);
    let problem = Diagnostic::error(&own.span, message).other(group, "the group's");
    found.push(problem.hint("leave one of them out"));
}

/// Everything that is wrong with a group behind the page.
fn scope(recipe: &Recipe, entry: &Entry, found: &mut Vec<Diagnostic>) {
    let Some(span) = &entry.maintenance else { return };
    let without = recipe.stages.values().find(|stage| stage.maintenance.is_none());
    if let Some(stage) = without {
        let message = "there is no [maintenance] to put up";
        let problem =
            Diagnostic::error(span, message).label(format!("in the stage `{}`", stage.name.value));
        found.push(problem.hint("[maintenance] path = \"/var/www/maintenance/index.html\", say"));
    }
    let Some(name) = &entry.when_pending else { return };
    let Some(step) = recipe.steps.get(&name.value) else { return };
    if step.pending.is_none() && step.items().is_none() {
        let message = format!("nothing tells whether `{}` has something to do", name.value);
        let problem = Diagnostic::error(&name.span, message).other(&step.name.span, "this step");
        found.push(problem.hint("give it `pending` or `items`"));
    }
    if !entry.steps.iter().any(|step| step.value == name.value) {
        let message = format!("`{}` is not in this group", name.value);
        let problem = Diagnostic::error(&name.span, message);
        found.push(problem.hint("name the step for which the page goes up"));
    }
}
