//! Pipelines, as they are written.

use std::collections::BTreeMap;

use super::fields::{Fields, template};
use super::{Decoder, names, values};
use crate::model::StepName;
use crate::recipe::diagnostic::Diagnostic;
use crate::recipe::place::{Draft, DraftEntry, ROLLBACK};
use crate::recipe::source::{At, Span};
use crate::recipe::tree::Node;
use crate::recipe::value::{BuiltIn, Entry, Layout, Step};

/// `[pipelines]`
pub(super) fn drafts(decoder: &mut Decoder, root: Fields<'_>) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (name, node) in root.entries("pipelines") {
        names::name(decoder, "the name of a pipeline", &name);
        let Some(list) = node.list() else { continue };
        if list.is_empty() {
            let message = format!("the pipeline `{}` has no steps", name.value.escape_debug());
            decoder.report(Diagnostic::error(&node.span, message));
        }
        let entries = list.iter().filter_map(|item| entry(decoder, item)).collect();
        drafts.push(Draft { name, entries, own: true });
    }
    drafts
}

/// The pipeline that a project with releases has without a word: publish, what follows it, verify.
pub(super) fn rollback(
    decoder: &mut Decoder,
    steps: &BTreeMap<StepName, Step>,
    layout: &Layout,
) -> Option<Draft> {
    let at = |name: &str| At { value: name.to_owned(), span: layout.span.clone() };
    // The built-in step may have another name here.
    let renamed = steps.values().find(|step| step.built_in() == Some(BuiltIn::Publish));
    let publish = renamed.map_or(BuiltIn::Publish.name(), |step| step.name.value.as_str());
    let publish = decoder.used(&at(publish))?;
    let verify = decoder.used(&at(BuiltIn::Verify.name()));
    let entries = [Some(publish), verify].into_iter().flatten().map(DraftEntry::step).collect();
    Some(Draft { name: at(ROLLBACK), entries, own: false })
}

fn entry(decoder: &mut Decoder, item: &Node) -> Option<DraftEntry> {
    if let Some(table) = item.table() {
        return group(decoder, &item.span, Fields::of(table));
    }
    named(decoder, &item.at()?).map(DraftEntry::step)
}

/// A step as a pipeline names it. One that is switched off stays as a mark for what stands beside
/// it, until everything has its place.
fn named(decoder: &mut Decoder, name: &At<String>) -> Option<At<StepName>> {
    decoder.used(name).or_else(|| {
        let known = decoder.steps.contains_key(&name.value);
        if known { super::step_name(name) } else { None }
    })
}

fn group(decoder: &mut Decoder, span: &Span, fields: Fields<'_>) -> Option<DraftEntry> {
    let names = fields.names("steps");
    if names.is_empty() && (fields.has("steps") || !fields.written("steps")) {
        decoder.report(Diagnostic::error(span, "the group has no steps").hint("steps = [...]"));
    }
    let batch = fields.get("batch").and_then(|node| values::share(decoder, node));
    let maintenance = fields.key("maintenance").filter(|_| fields.flag("maintenance")).cloned();
    let when_pending = fields.text("when_pending");
    if let (Some(name), None, false) = (&when_pending, &maintenance, fields.written("maintenance"))
    {
        let problem = Diagnostic::error(&name.span, "there is no page that could stay down");
        decoder.report(problem.hint("`when_pending` goes with maintenance = true"));
    }
    let steps: Vec<_> = names.iter().filter_map(|name| named(decoder, name)).collect();
    let entry = Entry {
        steps,
        batch,
        maintenance,
        when: fields.get("when").and_then(template),
        when_pending: when_pending.and_then(|name| decoder.spoken_of(&name)),
    };
    (!entry.steps.is_empty()).then_some(DraftEntry { entry, group: true })
}
