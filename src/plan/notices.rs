//! Webhooks: what is sent when, rendered before a run begins, so that nothing of it can fail later.

use minijinja::Value;
use serde_json::json;

use super::{commands::add, ground::Ground, render::Renderer, request::Request};
use crate::{
    model::{Plan, Released},
    recipe::{Diagnostic, Notify, NotifyOn, Recipe},
};

/// What one webhook is sent at one moment. Not part of a plan, which is journalled: the address of a
/// webhook is often a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub on: NotifyOn,
    /// With which outcome of the run: `ok`, `failed`, `aborted` or `unknown`; `open` before its end.
    pub outcome: &'static str,
    /// What is called, by POST.
    pub url: String,
    /// What is sent.
    pub body: String,
}

/// The outcome of a run that is not over.
const OPEN: &str = "open";

/// The outcomes of a run that is over.
const OUTCOMES: [&str; 4] = ["ok", "failed", "aborted", "unknown"];

/// Everything that may have to be sent for the run of this plan.
///
/// # Errors
/// Every address and body that cannot be evaluated.
pub fn notices(
    recipe: &Recipe,
    request: &Request,
    plan: &Plan,
) -> Result<Vec<Notice>, Vec<Diagnostic>> {
    let ground = Ground::of(recipe, request)?;
    let renderer = Renderer::new();
    let (mut notices, mut found) = (Vec::new(), Vec::new());
    for notify in &recipe.notify {
        for on in &notify.on {
            for outcome in outcomes(*on) {
                match notice(&ground, &renderer, notify, (*on, outcome), plan) {
                    Ok(notice) => notices.push(notice),
                    Err(problems) => add(&mut found, problems),
                }
            }
        }
    }
    if found.is_empty() { Ok(notices) } else { Err(found) }
}

fn outcomes(on: NotifyOn) -> &'static [&'static str] {
    match on {
        NotifyOn::Started | NotifyOn::Failed => &[OPEN],
        NotifyOn::Finished => &OUTCOMES,
    }
}

fn notice(
    ground: &Ground<'_>,
    renderer: &Renderer,
    notify: &Notify,
    (on, outcome): (NotifyOn, &'static str),
    plan: &Plan,
) -> Result<Notice, Vec<Diagnostic>> {
    let event = match on {
        NotifyOn::Started => "started",
        NotifyOn::Failed => "failed",
        NotifyOn::Finished => "finished",
    };
    let mut names = ground.names(None);
    names.remove("host");
    names.extend([
        ("release".to_owned(), release(plan.released.as_ref())),
        ("event".to_owned(), Value::from(event)),
        ("outcome".to_owned(), Value::from(outcome)),
    ]);
    let context: Value = names.into_iter().collect();
    let body = match &notify.body {
        Some(body) => renderer.data(body, &context)?.to_string(),
        None => document(plan, event, outcome),
    };
    Ok(Notice { on, outcome, url: renderer.data(&notify.url, &context)?.to_string(), body })
}

fn release(released: Option<&Released>) -> Value {
    let name = released.map(|it| it.name.as_str());
    let revision = released.and_then(|it| it.revision.as_deref());
    let reference = released.and_then(|it| it.reference.as_deref());
    let fields = [("name", name), ("revision", revision), ("ref", reference)];
    fields
        .into_iter()
        .map(|(field, value)| (field, Value::from(value.unwrap_or_default())))
        .collect()
}

/// What is sent without a `body`. Chat services show its `text`.
fn document(plan: &Plan, event: &str, outcome: &str) -> String {
    let Plan { run, app, stage, pipeline, .. } = plan;
    let what = match (event, outcome) {
        ("started", _) => "has begun".to_owned(),
        ("failed", _) => "has failed and waits for the operator".to_owned(),
        (_, outcome) => format!("is over: {outcome}"),
    };
    let released = plan.released.as_ref();
    json!({
        "format": 1,
        "text": format!("{app} {stage}: {pipeline} {what} (run {run})"),
        "app": app,
        "stage": stage,
        "pipeline": pipeline,
        "run": run.as_str(),
        "release": released.map(|it| &it.name),
        "revision": released.and_then(|it| it.revision.as_ref()),
        "event": event,
        "outcome": outcome,
    })
    .to_string()
}
