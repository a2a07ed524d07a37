//! One table of the file, held against the table of keys.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::{Decoder, Value, values};
use crate::recipe::diagnostic::{Diagnostic, meant};
use crate::recipe::keys::{self, Key, Table, Type};
use crate::recipe::source::{At, Span, Template};
use crate::recipe::value::{Env, Vars};

/// The values of a table whose keys are known and whose types are right.
pub(super) struct Fields<'t, 'i> {
    values: BTreeMap<&'static str, (Span, &'t Value<'i>)>,
}

impl<'t, 'i> Fields<'t, 'i> {
    /// Takes what is right and reports the rest.
    pub(super) fn open(decoder: &mut Decoder, table: &'t DeTable<'i>, which: Table) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in table {
            let span = decoder.span(name.span());
            let name = name.get_ref();
            let Some(key) = keys::find(which, name) else {
                decoder.report(unknown(which, name, &span));
                continue;
            };
            if let Some(problem) = unfit(decoder, key, &span, value) {
                decoder.report(problem);
            } else {
                values.insert(key.name, (span, value));
            }
        }
        Self { values }
    }

    fn value(&self, name: &str) -> Option<&'t Value<'i>> {
        self.values.get(name).map(|(_, value)| *value)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Where the key stands.
    pub(super) fn key(&self, name: &str) -> Option<&Span> {
        self.values.get(name).map(|(span, _)| span)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.value(name).and_then(|value| value.get_ref().as_bool()).unwrap_or(false)
    }

    pub(super) fn count(&self, name: &str) -> Option<At<u16>> {
        let (span, value) = self.values.get(name)?;
        Some(At { value: values::count(value.get_ref())?, span: span.clone() })
    }

    pub(super) fn any(&self, name: &str) -> Option<&'t Value<'i>> {
        self.value(name)
    }

    pub(super) fn text(&self, decoder: &Decoder, name: &str) -> Option<At<String>> {
        let value = self.value(name)?;
        Some(decoder.at(value.span(), value.get_ref().as_str()?.to_owned()))
    }

    pub(super) fn template(&self, decoder: &Decoder, name: &str) -> Option<Template> {
        values::template(decoder, self.value(name)?)
    }

    pub(super) fn names(&self, decoder: &Decoder, name: &str) -> Option<Vec<At<String>>> {
        let array = self.value(name)?.get_ref().as_array()?;
        let text = |value: &Value<'_>| {
            Some(decoder.at(value.span(), value.get_ref().as_str()?.to_owned()))
        };
        Some(array.iter().filter_map(text).collect())
    }

    pub(super) fn vars(&self, decoder: &mut Decoder, name: &str) -> Vars {
        self.table(name).map(|table| values::vars(decoder, table)).unwrap_or_default()
    }

    pub(super) fn env(&self, decoder: &mut Decoder, name: &str) -> Env {
        self.table(name).map(|table| values::env(decoder, table)).unwrap_or_default()
    }

    pub(super) fn table(&self, name: &str) -> Option<&'t DeTable<'i>> {
        self.value(name)?.get_ref().as_table()
    }

    /// The entries of a table of named things, in the order of the file.
    pub(super) fn entries(
        &self,
        decoder: &Decoder,
        name: &str,
    ) -> Vec<(At<String>, &'t Value<'i>)> {
        let Some(table) = self.table(name) else { return Vec::new() };
        in_order(decoder, table)
    }
}

/// The entries of a table in the order of the file.
pub(super) fn in_order<'t, 'i>(
    decoder: &Decoder,
    table: &'t DeTable<'i>,
) -> Vec<(At<String>, &'t Value<'i>)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| (decoder.at(key.span(), key.get_ref().to_string()), value))
        .collect();
    entries.sort_by_key(|(key, _)| key.span.range.start);
    entries
}

fn unknown(table: Table, name: &str, span: &Span) -> Diagnostic {
    let known = keys::of(table).filter(|key| key.since.is_some()).map(|key| key.name);
    let elsewhere = keys::KEYS.iter().find(|key| key.name == name && key.since.is_some());
    let hint = meant(name, known)
        .or_else(|| elsewhere.map(|key| format!("`{name}` belongs in {}", key.table.shown())));
    let message = format!("unknown key `{}` in {}", name.escape_debug(), table.shown());
    Diagnostic::error(span, message).maybe_hint(hint)
}

/// What is wrong with the type of a value.
fn unfit(decoder: &mut Decoder, key: &Key, span: &Span, value: &Value<'_>) -> Option<Diagnostic> {
    let given = value.get_ref();
    if key.since.is_none() {
        return Some(unavailable(span, key.name));
    }
    let right = match key.kind {
        Type::Text | Type::Template | Type::Command => given.is_str(),
        Type::Flag => given.is_bool(),
        Type::Count => values::count(given).is_some(),
        Type::Share => given.is_integer() || given.is_str(),
        Type::Values | Type::Env | Type::One(_) | Type::Named(_) | Type::Pipelines => {
            given.is_table()
        }
        Type::Names => match given {
            DeValue::Array(items) => {
                for item in items.iter().filter(|item| !item.get_ref().is_str()) {
                    let span = decoder.span(item.span());
                    decoder.report(mistyped(
                        &span,
                        key.name,
                        "an array of strings",
                        item.get_ref(),
                    ));
                }
                true
            }
            DeValue::Table(_) if key.name == "hosts" && key.table == Table::Stage => {
                return Some(unavailable(span, "hosts = { command }"));
            }
            DeValue::Table(_)
            | DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => false,
        },
        Type::Later => true,
    };
    let place = decoder.span(value.span());
    (!right).then(|| mistyped(&place, key.name, key.kind.shown(), given))
}

fn unavailable(span: &Span, name: &str) -> Diagnostic {
    Diagnostic::error(span, format!("`{name}` is not available in this version"))
        .hint("leave it out, or use a newer deployui")
}

/// A value of the wrong type.
pub(super) fn mistyped(span: &Span, name: &str, wanted: &str, given: &DeValue<'_>) -> Diagnostic {
    let given = match given {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    };
    let name = name.escape_debug();
    Diagnostic::error(span, format!("`{name}` must be {wanted}")).label(format!("this is {given}"))
}
