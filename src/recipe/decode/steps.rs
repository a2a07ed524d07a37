//! Steps.

use std::collections::BTreeMap;

use regex::Regex;
use toml::de::DeTable;

use super::fields::{Fields, mistyped};
use super::hosts::repeated;
use super::{Decoder, names};
use crate::model::StepName;
use crate::recipe::diagnostic::{Diagnostic, meant};
use crate::recipe::keys::Table;
use crate::recipe::source::{At, Template};
use crate::recipe::value::{Condition, Items, Step, Where, Work};

/// `[steps]`
pub(super) fn steps(decoder: &mut Decoder, root: &Fields<'_, '_>) -> BTreeMap<StepName, Step> {
    let mut steps = BTreeMap::new();
    for (name, value) in root.entries(decoder, "steps") {
        let Ok(step_name) = StepName::try_from(name.value.clone()).map_err(|bad| {
            let message = format!("`{}` cannot be the name of a step", name.value.escape_debug());
            let problem = Diagnostic::error(&name.span, message).hint(bad.wanted);
            decoder.report(problem);
            decoder.absent_steps.insert(name.value.clone());
        }) else {
            continue;
        };
        if value.get_ref().as_bool() == Some(false) {
            decoder.absent_steps.insert(name.value);
        } else if let Some(table) = value.get_ref().as_table() {
            let at = At { value: step_name.clone(), span: name.span };
            steps.insert(step_name, step(decoder, at, table));
        } else {
            let span = decoder.span(value.span());
            decoder.report(mistyped(&span, &name.value, "a table, or false", value.get_ref()));
            decoder.absent_steps.insert(name.value);
        }
    }
    steps
}

fn step(decoder: &mut Decoder, name: At<StepName>, table: &DeTable<'_>) -> Step {
    let fields = Fields::open(decoder, table, Table::Step);
    let limit = fields.text(decoder, "timeout");
    let user = fields.text(decoder, "as");
    let schema = changes(decoder, &fields);
    let retry = fields.count("retry");
    if let (Some(retry), true) = (&retry, schema) {
        let message = "a step that changes the schema is never retried by a number";
        let hint = "leave `retry` out: when it fails, you are asked";
        decoder.report(Diagnostic::error(&retry.span, message).hint(hint));
    }
    Step {
        about: fields.text(decoder, "about").map(|about| about.value).unwrap_or_default(),
        work: work(decoder, &name, &fields, table),
        place: place(decoder, &fields),
        cwd: fields.template(decoder, "cwd"),
        env: fields.env(decoder, "env"),
        undo: fields.template(decoder, "undo"),
        condition: condition(decoder, &fields),
        limit: limit.and_then(|limit| names::limit(decoder, &limit)),
        user: user.and_then(|user| names::user(decoder, user)),
        detaches: fields.flag("detaches"),
        schema,
        input: fields.flag("input"),
        retry: retry.map_or(0, |retry| retry.value),
        name,
    }
}

fn changes(decoder: &mut Decoder, fields: &Fields<'_, '_>) -> bool {
    const SCHEMA: &str = "schema";
    let Some(changes) = fields.text(decoder, "changes") else { return false };
    if changes.value != SCHEMA {
        let message = format!("`changes` cannot be `{}`", changes.value.escape_debug());
        decoder.report(Diagnostic::error(&changes.span, message).hint("changes = \"schema\""));
    }
    changes.value == SCHEMA
}

fn condition(decoder: &mut Decoder, fields: &Fields<'_, '_>) -> Option<Condition> {
    if let (Some(when), Some(unless)) = (fields.key("when"), fields.key("unless")) {
        let problem = Diagnostic::error(unless, "a step has `when` or `unless`, not both");
        let problem = problem.other(when, "the other condition").hint("put both into one command");
        decoder.report(problem);
    }
    let when = fields.template(decoder, "when").map(Condition::When);
    when.or_else(|| fields.template(decoder, "unless").map(Condition::Unless))
}

fn place(decoder: &mut Decoder, fields: &Fields<'_, '_>) -> Where {
    let roles = fields.names(decoder, "roles").unwrap_or_default();
    let names = fields.names(decoder, "hosts").unwrap_or_default();
    for role in &roles {
        names::name(decoder, "the name of a role", role);
    }
    repeated(decoder, &roles, "role");
    repeated(decoder, &names, "host");
    for (key, list) in [("roles", &roles), ("hosts", &names)] {
        if let (Some(span), true) = (fields.key(key), list.is_empty()) {
            let problem = Diagnostic::error(span, format!("`{key}` is empty"));
            decoder.report(problem.hint("leave it out for all hosts"));
        }
    }
    if fields.flag("local") {
        for key in ["roles", "hosts", "once"] {
            if let Some(span) = fields.key(key) {
                let message = format!("a local step runs on no host, so `{key}` means nothing");
                decoder.report(Diagnostic::error(span, message).hint("leave one of them out"));
            }
        }
        return Where::Local;
    }
    Where::Hosts { roles, names, once: fields.flag("once") }
}

fn work(
    decoder: &mut Decoder,
    name: &At<StepName>,
    fields: &Fields<'_, '_>,
    table: &DeTable<'_>,
) -> Work {
    let items = fields.table("items").map(|items| items_of(decoder, fields, items));
    let run = fields.template(decoder, "run");
    for (key, command) in [("run", &run), ("undo", &fields.template(decoder, "undo"))] {
        empty(decoder, key, command.as_ref());
    }
    match (run, items) {
        (Some(run), None) => Work::Run(run),
        (Some(run), Some(items)) => Work::Both(run, items),
        (None, Some(items)) => Work::Items(items),
        (None, None) => {
            nothing(decoder, name, fields, table);
            Work::Run(missing(&name.span))
        }
    }
}

/// Reports a step that does nothing, unless what it does was reported already.
fn nothing(
    decoder: &mut Decoder,
    name: &At<StepName>,
    fields: &Fields<'_, '_>,
    table: &DeTable<'_>,
) {
    let doing = ["run", "items", "uses", "upload", "health", "confirm", "pids"];
    let reported = |key: &str| doing.contains(&key) || meant(key, doing).is_some();
    if table.keys().any(|key| !fields.has(key.get_ref()) && reported(key.get_ref())) {
        return;
    }
    let message = format!("the step `{}` does nothing", name.value);
    decoder
        .missing(Diagnostic::error(&name.span, message).hint("give it a command: run = \"...\""));
}

fn items_of(decoder: &mut Decoder, step: &Fields<'_, '_>, table: &DeTable<'_>) -> Items {
    let fields = Fields::open(decoder, table, Table::Items);
    let span = step.key("items").cloned().unwrap_or_else(|| decoder.span(0..0));
    let command = |decoder: &mut Decoder, key: &str| {
        let template = fields.template(decoder, key);
        if template.is_none() && !table.keys().any(|name| name.get_ref() == key) {
            let message = format!("the items have no `{key}`");
            decoder.missing(Diagnostic::error(&span, message));
        }
        empty(decoder, key, template.as_ref());
        template.unwrap_or_else(|| missing(&span))
    };
    Items {
        list: command(decoder, "list"),
        run: command(decoder, "run"),
        pattern: pattern(decoder, &fields),
        undo: fields.template(decoder, "undo"),
    }
}

fn pattern(decoder: &mut Decoder, fields: &Fields<'_, '_>) -> Option<At<String>> {
    let pattern = fields.text(decoder, "match")?;
    if let Err(error) = Regex::new(&pattern.value) {
        // The error shows the expression over several lines; the last one says what is wrong.
        let shown = error.to_string();
        let why = shown.lines().last().unwrap_or_default().trim_start_matches("error: ");
        let message = format!("`match` is not a regular expression: {why}");
        decoder.report(Diagnostic::error(&pattern.span, message));
    }
    Some(pattern)
}

fn empty(decoder: &mut Decoder, key: &str, command: Option<&Template>) {
    if let Some(command) = command.filter(|command| command.text.trim().is_empty()) {
        decoder.report(Diagnostic::error(&command.span, format!("`{key}` is empty")));
    }
}

/// Stands for a command that was reported as missing.
fn missing(span: &crate::recipe::source::Span) -> Template {
    Template::new("", span.clone())
}
