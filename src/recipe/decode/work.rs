//! What a step does, and how it is known to have done it.

use std::time::Duration;

use regex::Regex;

use super::fields::Fields;
use super::{Decoder, names, values};
use crate::model::StepName;
use crate::recipe::diagnostic::{Diagnostic, meant};
use crate::recipe::source::{At, Span, Template};
use crate::recipe::value::{BuiltIn, Health, HealthAt, Items, Upload, Work};

/// The file mode of what is uploaded.
const MODE: u16 = 0o644;
/// How long a service may take to be well.
const WITHIN: Duration = Duration::from_secs(30);
const EXPECT: u16 = 200;
const UPLOAD: &str = "upload";

/// What a step does on a host.
pub(super) fn work(decoder: &mut Decoder, name: &At<StepName>, fields: Fields<'_>) -> Work {
    let items = fields.inner("items").map(|items| items_of(decoder, fields, items));
    let run = command(decoder, fields, "run");
    command(decoder, fields, "undo");
    let upload = fields.inner(UPLOAD).map(|upload| upload_of(decoder, fields, upload));
    one_of(decoder, fields);
    match (run, items, upload) {
        (Some(run), None, _) => Work::Run(run),
        (Some(run), Some(items), _) => Work::Both(run, items),
        (None, Some(items), _) => Work::Items(items),
        (None, None, Some(Some(upload))) => Work::Upload(upload),
        (None, None, Some(None)) => Work::Ask,
        (None, None, None) => built_in(decoder, name, fields),
    }
}

/// Reports steps that do more than one thing.
fn one_of(decoder: &mut Decoder, fields: Fields<'_>) {
    let uses = fields.text("uses").filter(|uses| uses.value != UPLOAD);
    let uses = uses.and_then(|_| fields.key("uses"));
    let given = [
        ("run", fields.key("run")),
        ("items", fields.key("items")),
        (UPLOAD, fields.key(UPLOAD)),
        ("uses", uses),
    ];
    let given: Vec<(&str, &Span)> =
        given.into_iter().filter_map(|(key, span)| Some((key, span?))).collect();
    match given.as_slice() {
        [] | [_] | [("run", _), ("items", _)] => {}
        [(one, first), .., (other, last)] => {
            let message = format!("a step has `{one}` or `{other}`, not both");
            let problem = Diagnostic::error(last, message).other(first, "this is what it does");
            decoder.report(problem.hint("make two steps of it; `verify` and `follows` help"));
        }
    }
}

/// The built-in step of that name, or a step that only asks.
fn built_in(decoder: &mut Decoder, name: &At<StepName>, fields: Fields<'_>) -> Work {
    let uses = fields.text("uses").map(|uses| uses.value);
    let uses = uses.as_deref().unwrap_or_else(|| name.value.as_str());
    if let Some(built_in) = BuiltIn::find(uses) {
        return Work::BuiltIn(built_in);
    }
    if uses == UPLOAD {
        if !fields.written(UPLOAD) {
            let message = format!("the step `{}` uploads nothing", name.value);
            let problem = Diagnostic::error(&name.span, message);
            decoder
                .missing(problem.hint("upload = { from = \"app.conf\", to = \"/etc/app.conf\" }"));
        }
        return Work::Ask;
    }
    let asks = ["health", "pids", "verify", "confirm"];
    if !asks.iter().any(|key| fields.has(key)) {
        nothing(decoder, name, fields);
    }
    Work::Ask
}

/// Reports a step that does nothing, unless what it does was reported already.
fn nothing(decoder: &mut Decoder, name: &At<StepName>, fields: Fields<'_>) {
    let doing = ["run", "items", "uses", UPLOAD, "health", "confirm", "pids", "verify"];
    if fields.bad().any(|key| doing.contains(&key) || meant(key, doing).is_some()) {
        return;
    }
    let message = format!("the step `{}` does nothing", name.value);
    decoder
        .missing(Diagnostic::error(&name.span, message).hint("give it a command: run = \"...\""));
}

fn items_of(decoder: &mut Decoder, step: Fields<'_>, fields: Fields<'_>) -> Items {
    let span = step.key("items").cloned().unwrap_or_else(|| decoder.nowhere());
    let needed = |decoder: &mut Decoder, key: &str| {
        if !fields.written(key) {
            let message = format!("the items have no `{key}`");
            decoder.missing(Diagnostic::error(&span, message));
        }
        command(decoder, fields, key).unwrap_or_else(|| Template::new("", span.clone()))
    };
    Items {
        list: needed(decoder, "list"),
        run: needed(decoder, "run"),
        pattern: pattern(decoder, fields),
        undo: command(decoder, fields, "undo"),
        preview: command(decoder, fields, "preview"),
    }
}

fn pattern(decoder: &mut Decoder, fields: Fields<'_>) -> Option<At<String>> {
    let pattern = fields.text("match")?;
    if let Err(error) = Regex::new(&pattern.value) {
        // The error shows the expression over several lines; the last one says what is wrong.
        let shown = error.to_string();
        let why = shown.lines().last().unwrap_or_default().trim_start_matches("error: ");
        let message = format!("`match` is not a regular expression: {why}");
        decoder.report(Diagnostic::error(&pattern.span, message));
    }
    Some(pattern)
}

/// A command, if there is one. An empty one is reported.
pub(super) fn command(decoder: &mut Decoder, fields: Fields<'_>, key: &str) -> Option<Template> {
    let command = fields.template(key);
    if let Some(command) = &command {
        empty(decoder, key, command);
    }
    command
}

/// One command, or several.
pub(super) fn commands(decoder: &mut Decoder, fields: Fields<'_>, key: &str) -> Vec<Template> {
    let commands = fields.templates(key);
    for command in &commands {
        empty(decoder, key, command);
    }
    commands
}

fn empty(decoder: &mut Decoder, key: &str, command: &Template) {
    if command.text.trim().is_empty() {
        decoder.report(Diagnostic::error(&command.span, format!("`{key}` is empty")));
    }
}

/// How its service answers.
pub(super) fn health(decoder: &mut Decoder, step: Fields<'_>) -> Option<Health> {
    let (span, fields) = (step.key("health")?, step.inner("health")?);
    let headers = fields.headers(decoder, "headers");
    let expect = expect(decoder, fields);
    let within = fields.text("within").and_then(|within| {
        let found = names::duration(&within.value);
        if found.is_none() {
            let message = format!("`{}` is not a length of time", within.value.escape_debug());
            let problem = Diagnostic::error(&within.span, message);
            decoder.report(problem.hint("\"30s\", \"2m\"; at most seven days"));
        }
        found
    });
    if !["url", "socket"].iter().any(|key| fields.written(key)) {
        let problem = Diagnostic::error(span, "the health has no `url` and no `socket`");
        decoder.missing(problem.hint("health = { url = \"http://127.0.0.1:8000/health\" }"));
    }
    for key in ["socket", "path"] {
        if let (Some(url), Some(other)) = (fields.key("url"), fields.key(key)) {
            let message = format!("the health has `url` and `{key}`");
            let problem =
                Diagnostic::error(other, message).other(url, "this has a path of its own");
            decoder.report(problem.hint("a url, or a socket with a path"));
        }
    }
    let socket = |socket| HealthAt::Socket { socket, path: fields.template("path") };
    let at = fields.template("url").map(HealthAt::Url);
    Some(Health {
        span: span.clone(),
        at: at.or_else(|| fields.template("socket").map(socket))?,
        expect,
        within: within.unwrap_or(WITHIN),
        headers,
    })
}

fn expect(decoder: &mut Decoder, fields: Fields<'_>) -> u16 {
    const STATUSES: std::ops::RangeInclusive<u16> = 100..=599;
    let Some(expect) = fields.count("expect") else { return EXPECT };
    if !STATUSES.contains(&expect.value) {
        let message = format!("`{}` is not a status of HTTP", expect.value);
        decoder.report(Diagnostic::error(&expect.span, message).hint("from 100 to 599"));
    }
    expect.value
}

fn upload_of(decoder: &mut Decoder, step: Fields<'_>, fields: Fields<'_>) -> Option<Upload> {
    let span = step.key(UPLOAD)?;
    for key in ["from", "to"] {
        if !fields.written(key) {
            let message = format!("the upload has no `{key}`");
            decoder.missing(Diagnostic::error(span, message));
        }
    }
    let mode = fields.text("mode").map(|mode| {
        values::octal(&mode.value).unwrap_or_else(|| {
            let message = format!("`{}` is not a file mode", mode.value.escape_debug());
            let problem = Diagnostic::error(&mode.span, message);
            decoder.report(problem.hint("three or four octal digits: mode = \"0600\""));
            MODE
        })
    });
    let owner = fields.text("owner").and_then(|owner| names::owner(decoder, owner));
    Some(Upload {
        from: fields.file("from")?,
        to: fields.template("to")?,
        mode: mode.unwrap_or(MODE),
        owner,
    })
}
