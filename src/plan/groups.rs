//! The pipeline of a request: its groups, without the steps that are left out.

use super::request::Request;
use crate::model::StepName;
use crate::recipe::{BuiltIn, Diagnostic, Pipeline, Recipe, Share, Span, Step, Template, choose};

/// Steps that hosts go through together.
pub(super) struct Group<'r> {
    pub(super) steps: Vec<&'r Step>,
    pub(super) batch: Option<Share>,
    pub(super) maintenance: Option<&'r Span>,
    pub(super) when: Option<&'r Template>,
    pub(super) when_pending: Option<&'r Step>,
}

/// The pipeline without the steps that are left out.
pub(super) fn groups<'r>(
    recipe: &'r Recipe,
    request: &Request,
) -> Result<Vec<Group<'r>>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let known: Vec<&str> = recipe.steps.keys().map(StepName::as_str).collect();
    for name in &request.skip {
        let problem = match recipe.steps.get(name).map(Step::built_in) {
            None => Diagnostic::request(format!("unknown step `{name}` to skip"))
                .maybe_hint(choose(name.as_str(), &known, "step")),
            // What comes after them takes it for granted that there is a release, and that it is served.
            Some(Some(BuiltIn::Release | BuiltIn::Publish)) => {
                Diagnostic::request(format!("the step `{name}` is never skipped"))
                    .hint("run a pipeline that does not have it")
            }
            Some(_) => continue,
        };
        found.push(problem);
    }
    let named = recipe.pipelines.get(&request.pipeline);
    if let (Some(from), Some(pipeline)) = (&request.from, named) {
        let names: Vec<&str> = names(pipeline).map(StepName::as_str).collect();
        if !names.contains(&from.as_str()) {
            let message = format!("`{}` has no step `{from}` to begin at", request.pipeline);
            found.push(Diagnostic::request(message).maybe_hint(choose(
                from.as_str(),
                &names,
                "step",
            )));
        }
    }
    match named.map(|it| left(recipe, request, it)).or_else(|| pruning(recipe, request)) {
        Some(groups) if found.is_empty() => return Ok(groups),
        Some(_) => {}
        None => found.push(unknown_pipeline(recipe, &request.pipeline)),
    }
    Err(found)
}

/// The built-in step that removes old releases, by itself: every recipe that uses it has it as a
/// pipeline, too.
fn pruning<'r>(recipe: &'r Recipe, request: &Request) -> Option<Vec<Group<'r>>> {
    let step = recipe.steps.values().find(|step| step.built_in() == Some(BuiltIn::Prune))?;
    let alone =
        Group { steps: vec![step], batch: None, maintenance: None, when: None, when_pending: None };
    (request.pipeline == BuiltIn::Prune.name()).then(|| vec![alone])
}

/// Whether the pipeline begins behind its step that makes a release: one is gone on with then.
pub(super) fn continues(recipe: &Recipe, request: &Request) -> bool {
    let makes = |name: &StepName| {
        let step = recipe.steps.get(name);
        step.is_some_and(|step| step.built_in() == Some(BuiltIn::Release))
    };
    before(recipe, request).iter().any(|name| makes(name))
}

/// The steps that stand before the one to begin at, in their order.
#[must_use]
pub fn before<'r>(recipe: &'r Recipe, request: &Request) -> Vec<&'r StepName> {
    let pipeline = recipe.pipelines.get(&request.pipeline);
    let (Some(from), Some(pipeline)) = (&request.from, pipeline) else { return Vec::new() };
    names(pipeline).take_while(|name| *name != from).collect()
}

fn names(pipeline: &Pipeline) -> impl Iterator<Item = &StepName> {
    pipeline.entries.iter().flat_map(|entry| entry.steps.iter().map(|name| &name.value))
}

fn left<'r>(recipe: &'r Recipe, request: &Request, pipeline: &'r Pipeline) -> Vec<Group<'r>> {
    let mut groups = Vec::new();
    let mut before = before(recipe, request).len();
    for entry in &pipeline.entries {
        let done = before.min(entry.steps.len());
        before -= done;
        let steps = entry.steps.iter().skip(done);
        if done > 0 && done == entry.steps.len() {
            continue;
        }
        let wanted = steps.filter(|name| !request.skip.contains(&name.value));
        groups.push(Group {
            steps: wanted.filter_map(|name| recipe.steps.get(&name.value)).collect(),
            batch: entry.batch.as_ref().map(|batch| batch.value),
            maintenance: entry.maintenance.as_ref(),
            when: entry.when.as_ref(),
            when_pending: entry.when_pending.as_ref().and_then(|it| recipe.steps.get(&it.value)),
        });
    }
    groups
}

fn unknown_pipeline(recipe: &Recipe, name: &str) -> Diagnostic {
    let known: Vec<&str> = recipe.pipeline_names().collect();
    let message = format!("unknown pipeline `{}`", name.escape_debug());
    Diagnostic::request(message).maybe_hint(choose(name, &known, "pipeline"))
}
