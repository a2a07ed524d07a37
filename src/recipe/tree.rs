//! A file as it is written: values that know where they stand. Files are merged in this form.

use std::{cmp::Reverse, collections::BTreeMap, ops::Range, sync::Arc};

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::diagnostic::Diagnostic;
use super::source::{At, Source, Span};

/// A table, by key.
pub(crate) type Table = BTreeMap<String, Node>;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The key; of what stands in an array, the value.
    pub(crate) key: Span,
    /// The value.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) value: Value,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A string.
    Text(String),
    /// A whole number: as written, and its value if it is not too large.
    Whole(String, Option<i64>),
    /// A number, as written.
    Number(String),
    /// True or false.
    Flag(bool),
    /// A date or a time, as written.
    Date(String),
    /// An array.
    List(Vec<Node>),
    /// A table.
    Table(Table),
    /// Something that was reported as wrong: it is there, and cannot be used.
    Bad,
}

impl Node {
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Text(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) fn at(&self) -> Option<At<String>> {
        Some(At { value: self.text()?.to_owned(), span: self.span.clone() })
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    pub(crate) fn list(&self) -> Option<&[Self]> {
        if let Value::List(list) = &self.value { Some(list) } else { None }
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        if let Value::Flag(flag) = self.value { Some(flag) } else { None }
    }

    /// A whole number that fits, from 0.
    pub(super) fn count(&self) -> Option<u16> {
        if let Value::Whole(_, whole) = self.value { whole?.try_into().ok() } else { None }
    }

    pub(crate) fn is_bad(&self) -> bool {
        matches!(self.value, Value::Bad)
    }

    /// A named table, with the name where it stands.
    pub(super) fn named(&self, name: &str) -> At<String> {
        At { value: name.to_owned(), span: self.key.clone() }
    }
}

/// The label of what is not TOML.
pub(super) const NOT_TOML: &str = "not TOML";

/// Reads a file as far as it can be read. What is not TOML is among `found`.
pub(super) fn read(source: &Arc<Source>, found: &mut Vec<Diagnostic>) -> Table {
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        let end = source.text.len();
        let range = error.span().unwrap_or(end..end);
        let message = error.message().trim_end_matches('\n').replace('\n', ", ");
        let span = Span { source: Arc::clone(source), range };
        found.push(Diagnostic::error(&span, message).label(NOT_TOML));
    }
    table(source, document.get_ref())
}

fn table(source: &Arc<Source>, given: &DeTable<'_>) -> Table {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let key: &Spanned<toml::de::DeString<'_>> = key;
        (key.get_ref().to_string(), node(source, Some(key.span()), value))
    };
    given.iter().map(entry).collect()
}

fn node(source: &Arc<Source>, key: Option<Range<usize>>, given: &Spanned<DeValue<'_>>) -> Node {
    let span = |range| Span { source: Arc::clone(source), range };
    let value = match given.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(integer) => Value::Whole(integer.to_string(), whole(integer)),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => {
            Value::List(items.iter().map(|item| node(source, None, item)).collect())
        }
        DeValue::Table(inner) => Value::Table(table(source, inner)),
    };
    Node { key: span(key.unwrap_or_else(|| given.span())), span: span(given.span()), value }
}

fn whole(integer: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// The entries of a table in the order of the file; those of a recipe come before what lies over it.
pub(crate) fn in_order(table: &Table) -> Vec<(At<String>, &Node)> {
    let mut entries: Vec<_> = table.iter().map(|(name, node)| (node.named(name), node)).collect();
    entries.sort_by_key(|(name, _)| (Reverse(name.span.source.depth), name.span.range.start));
    entries
}
