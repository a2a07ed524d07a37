//! Steps.

use std::collections::BTreeMap;

use super::fields::Fields;
use super::{Decoder, Named, names, repeated, step_name, values, work};
use crate::model::StepName;
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::source::At;
use crate::recipe::tree::Value;
use crate::recipe::value::{Beside, BuiltIn, Condition, Confirm, Env, Layout, Step, Where, Work};

/// What names of steps mean. Names that cannot be one are reported.
pub(super) fn names(decoder: &mut Decoder, root: Fields<'_>) -> BTreeMap<String, Named> {
    let built_in = BuiltIn::ALL.into_iter();
    let mut known: BTreeMap<String, Named> =
        built_in.map(|step| (step.name().to_owned(), Named::BuiltIn(step, None))).collect();
    for (name, node) in root.entries("steps") {
        let named = match (&node.value, StepName::try_from(name.value.clone())) {
            (_, Err(bad)) => {
                let given = name.value.escape_debug();
                let message = format!("`{given}` cannot be the name of a step");
                decoder.report(Diagnostic::error(&name.span, message).hint(bad.wanted));
                Named::Absent
            }
            (Value::Table(_), Ok(_)) => Named::Defined,
            (_, Ok(_)) => Named::Absent,
        };
        known.insert(name.value, named);
    }
    known
}

/// `[steps]`
pub(super) fn steps(
    decoder: &mut Decoder,
    root: Fields<'_>,
    layout: Option<&Layout>,
) -> BTreeMap<StepName, Step> {
    let mut steps = BTreeMap::new();
    for (name, node) in root.entries("steps") {
        if let (Some(name), Some(table)) = (step_name(&name), node.table()) {
            let step = step(decoder, name, Fields::of(table), layout);
            steps.insert(step.name.value.clone(), step);
        }
    }
    steps
}

/// A built-in step that no table says anything of.
pub(super) fn built_in(name: At<StepName>, built_in: BuiltIn, layout: Option<&Layout>) -> Step {
    Step {
        name,
        about: built_in.about().to_owned(),
        work: Work::BuiltIn(built_in),
        place: carriers(layout, false),
        cwd: None,
        env: Env::default(),
        secrets: Vec::new(),
        undo: None,
        condition: None,
        pending: None,
        check: Vec::new(),
        confirm: Confirm::default(),
        verify: None,
        inspect: Vec::new(),
        pids: None,
        health: None,
        outputs: Vec::new(),
        limit: None,
        user: None,
        detaches: false,
        schema: false,
        lists: false,
        input: false,
        retry: 0,
        batch: None,
        follows: None,
        beside: None,
    }
}

/// The hosts that carry releases.
fn carriers(layout: Option<&Layout>, once: bool) -> Where {
    let roles = layout.map(|layout| layout.roles.clone()).unwrap_or_default();
    Where::Hosts { roles, names: Vec::new(), once }
}

fn step(
    decoder: &mut Decoder,
    name: At<StepName>,
    fields: Fields<'_>,
    layout: Option<&Layout>,
) -> Step {
    let limit = fields.text("timeout");
    let user = fields.text("as");
    let schema = fields.has("changes");
    let work = work::work(decoder, &name, fields);
    let about = fields.text("about").map(|about| about.value);
    Step {
        about: about.unwrap_or_else(|| own_about(&work)),
        place: place(decoder, fields, layout),
        cwd: fields.template("cwd"),
        env: fields.env(decoder, "env"),
        secrets: secrets(decoder, fields),
        undo: fields.template("undo"),
        condition: condition(decoder, fields),
        pending: work::command(decoder, fields, "pending"),
        check: work::commands(decoder, fields, "check"),
        confirm: confirm(fields),
        verify: work::command(decoder, fields, "verify"),
        inspect: work::commands(decoder, fields, "inspect"),
        pids: work::command(decoder, fields, "pids"),
        health: work::health(decoder, fields),
        outputs: fields.templates("outputs"),
        limit: limit.and_then(|limit| names::limit(decoder, &limit)),
        user: user.and_then(|user| names::user(decoder, user)),
        detaches: fields.flag("detaches"),
        schema,
        lists: fields.has("lists"),
        input: fields.flag("input"),
        retry: retry(decoder, fields, schema),
        batch: batch(decoder, fields),
        follows: fields.text("follows").and_then(|name| decoder.spoken_of(&name)),
        beside: beside(decoder, fields),
        work,
        name,
    }
}

fn own_about(work: &Work) -> String {
    match work {
        Work::BuiltIn(built_in) => built_in.about().to_owned(),
        Work::Run(_) | Work::Items(_) | Work::Both(..) | Work::Upload(_) | Work::Ask => {
            String::new()
        }
    }
}

fn secrets(decoder: &mut Decoder, fields: Fields<'_>) -> Vec<At<String>> {
    let secrets = fields.names("secrets");
    repeated(decoder, &secrets, "secret");
    secrets
}

fn retry(decoder: &mut Decoder, fields: Fields<'_>, schema: bool) -> u16 {
    let Some(retry) = fields.count("retry") else { return 0 };
    if schema {
        let message = "a step that changes the schema is never retried by a number";
        let hint = "leave `retry` out: when it fails, you are asked";
        decoder.report(Diagnostic::error(&retry.span, message).hint(hint));
    }
    retry.value
}

fn batch(decoder: &mut Decoder, fields: Fields<'_>) -> Option<At<crate::recipe::value::Share>> {
    let batch = values::share(decoder, fields.get("batch")?)?;
    for key in ["once", "local"] {
        if let (Some(span), true) = (fields.key(key), fields.flag(key)) {
            let message = format!("a step is `{key}` or has a `batch`, not both");
            let problem = Diagnostic::error(&batch.span, message).other(span, "done once");
            decoder.report(problem.hint("leave one of them out"));
        }
    }
    Some(batch)
}

fn condition(decoder: &mut Decoder, fields: Fields<'_>) -> Option<Condition> {
    if let (Some(when), Some(unless)) = (fields.key("when"), fields.key("unless")) {
        let problem = Diagnostic::error(unless, "a step has `when` or `unless`, not both");
        let problem = problem.other(when, "the other condition").hint("put both into one command");
        decoder.report(problem);
    }
    let when = work::command(decoder, fields, "when").map(Condition::When);
    when.or_else(|| work::command(decoder, fields, "unless").map(Condition::Unless))
}

fn confirm(fields: Fields<'_>) -> Confirm {
    match fields.inner("confirm") {
        Some(both) => Confirm { before: both.template("before"), after: both.template("after") },
        None => Confirm { before: fields.template("confirm"), after: None },
    }
}

fn beside(decoder: &mut Decoder, fields: Fields<'_>) -> Option<Beside> {
    if let (Some(before), Some(after)) = (fields.key("before"), fields.key("after")) {
        let problem = Diagnostic::error(after, "a step has `before` or `after`, not both");
        decoder.report(problem.other(before, "the other place").hint("one place is enough"));
    }
    let mut named = |key: &str| fields.text(key).and_then(|name| decoder.spoken_of(&name));
    let before = named("before").map(Beside::Before);
    before.or(named("after").map(Beside::After))
}

fn place(decoder: &mut Decoder, fields: Fields<'_>, layout: Option<&Layout>) -> Where {
    let (roles, names) = (fields.names("roles"), fields.names("hosts"));
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
    let once = fields.flag("once");
    if roles.is_empty() && names.is_empty() {
        return carriers(layout, once);
    }
    Where::Hosts { roles, names, once }
}
