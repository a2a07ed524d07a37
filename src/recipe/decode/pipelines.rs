//! Pipelines.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::fields::{Fields, mistyped};
use super::{Decoder, Value, names, values};
use crate::model::StepName;
use crate::recipe::diagnostic::{Diagnostic, meant};
use crate::recipe::keys::Table;
use crate::recipe::source::{At, Span};
use crate::recipe::value::{Entry, Pipeline, Share, Step};

type Steps = BTreeMap<StepName, Step>;

/// `[pipelines]`
pub(super) fn pipelines(
    decoder: &mut Decoder,
    root: &Fields<'_, '_>,
    steps: &Steps,
) -> BTreeMap<String, Pipeline> {
    let mut pipelines = BTreeMap::new();
    for (name, value) in root.entries(decoder, "pipelines") {
        names::name(decoder, "the name of a pipeline", &name);
        let span = decoder.span(value.span());
        let Some(list) = value.get_ref().as_array() else {
            let problem = mistyped(&span, &name.value, "an array of steps", value.get_ref());
            decoder.report(problem);
            continue;
        };
        if list.is_empty() {
            let message = format!("the pipeline `{}` has no steps", name.value);
            decoder.report(Diagnostic::error(&span, message));
        }
        let entries = list.iter().filter_map(|item| entry(decoder, item, steps)).collect();
        pipelines.insert(name.value.clone(), Pipeline { name, entries });
    }
    pipelines
}

fn entry(decoder: &mut Decoder, item: &Value<'_>, steps: &Steps) -> Option<Entry> {
    let span = decoder.span(item.span());
    match item.get_ref() {
        DeValue::String(name) => {
            let name = step(decoder, At { value: name.to_string(), span }, steps)?;
            Some(Entry { steps: vec![name], batch: None })
        }
        DeValue::Table(table) => group(decoder, &span, table, steps),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_) => {
            let message = "an entry of a pipeline is the name of a step, or a group";
            decoder.report(Diagnostic::error(&span, message).hint("{ steps = [\"a\", \"b\"] }"));
            None
        }
    }
}

fn group(decoder: &mut Decoder, span: &Span, table: &DeTable<'_>, known: &Steps) -> Option<Entry> {
    // A group in a group would be taken for a name of the wrong type; say what it is.
    let inner = table.iter().find(|(key, _)| key.get_ref() == "steps");
    let inner = inner.and_then(|(_, value)| value.get_ref().as_array());
    if let Some(nested) = inner.and_then(|list| list.iter().find(|v| v.get_ref().is_table())) {
        let problem = Diagnostic::error(&decoder.span(nested.span()), "a group inside a group");
        decoder.report(problem.hint("end the outer group before, and go on after it"));
        return None;
    }
    let fields = Fields::open(decoder, table, Table::Group);
    let names = fields.names(decoder, "steps").unwrap_or_default();
    if names.is_empty() && (fields.has("steps") || inner.is_none()) {
        decoder.report(Diagnostic::error(span, "the group has no steps").hint("steps = [...]"));
    }
    let batch = fields.any("batch").and_then(|value| share(decoder, value));
    let steps: Vec<_> = names.into_iter().filter_map(|name| step(decoder, name, known)).collect();
    if batch.is_some() {
        for name in &steps {
            whole_stage(decoder, name, known);
        }
    }
    (!steps.is_empty()).then_some(Entry { steps, batch })
}

/// A step of that name; one that is switched off is left out, an unknown one reported.
fn step(decoder: &mut Decoder, name: At<String>, known: &Steps) -> Option<At<StepName>> {
    let found = known.keys().find(|step| step.as_str() == name.value);
    if found.is_none() && !decoder.absent_steps.contains(&name.value) {
        let message = format!("unknown step `{}`", name.value.escape_debug());
        let hint = meant(&name.value, known.keys().map(StepName::as_str))
            .unwrap_or_else(|| format!("define it: [steps.{}]", name.value.escape_debug()));
        decoder.report(Diagnostic::error(&name.span, message).hint(hint));
    }
    found.map(|step| At { value: step.clone(), span: name.span })
}

/// Reports a step that is done once, in a group whose hosts go through it in batches.
fn whole_stage(decoder: &mut Decoder, name: &At<StepName>, known: &Steps) {
    use crate::recipe::value::Where;
    let (key, step) = match known.get(&name.value) {
        Some(step) if step.once() => ("once", step),
        Some(step) if matches!(step.place, Where::Local) => ("local", step),
        Some(_) | None => return,
    };
    let message = format!("`{}` is `{key}`, and cannot go through in batches", name.value);
    let problem = Diagnostic::error(&name.span, message).other(&step.name.span, "this step");
    decoder.report(problem.hint("take it out of the group"));
}

fn share(decoder: &mut Decoder, value: &Value<'_>) -> Option<At<Share>> {
    const PERCENT_MAX: u16 = 100;
    let span = decoder.span(value.span());
    let percent = value.get_ref().as_str().map(|text| {
        let digits = text.strip_suffix('%')?;
        let plain = digits.bytes().all(|c| c.is_ascii_digit());
        plain.then(|| digits.parse::<u16>().ok()).flatten()
    });
    let share = match percent {
        Some(percent) => percent.filter(|n| (1..=PERCENT_MAX).contains(n)).map(Share::Percent),
        None => values::count(value.get_ref()).filter(|n| *n > 0).map(Share::Count),
    };
    if share.is_none() {
        let problem = Diagnostic::error(&span, "this is not a size of a batch");
        decoder.report(problem.hint("a whole number from 1, or \"1%\" to \"100%\""));
    }
    share.map(|value| At { value, span })
}
