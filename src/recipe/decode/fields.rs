//! The values of one table, once its shape is right.

use super::{Decoder, values};
use crate::recipe::source::{At, Span, Template};
use crate::recipe::tree::{Node, Table, in_order};
use crate::recipe::value::{Env, Headers, Vars};

/// The values of a table. What was reported as wrong is not among them.
#[derive(Clone, Copy)]
pub(super) struct Fields<'t> {
    table: &'t Table,
}

impl<'t> Fields<'t> {
    pub(super) fn of(table: &'t Table) -> Self {
        Self { table }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'t Node> {
        self.table.get(name).filter(|node| !node.is_bad())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether the key is written at all, if perhaps wrongly.
    pub(super) fn written(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// Names of the keys that were reported as wrong.
    pub(super) fn bad(&self) -> impl Iterator<Item = &'t str> {
        self.table.iter().filter(|(_, node)| node.is_bad()).map(|(name, _)| name.as_str())
    }

    /// Where the key stands.
    pub(super) fn key(&self, name: &str) -> Option<&'t Span> {
        self.get(name).map(|node| &node.key)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).and_then(Node::flag).unwrap_or(false)
    }

    pub(super) fn count(&self, name: &str) -> Option<At<u16>> {
        let node = self.get(name)?;
        Some(At { value: node.count()?, span: node.span.clone() })
    }

    pub(super) fn text(&self, name: &str) -> Option<At<String>> {
        self.get(name)?.at()
    }

    /// A file on the operator's machine, from where deployui runs.
    pub(super) fn file(&self, name: &str) -> Option<At<String>> {
        let path = self.text(name)?;
        Some(path.with(path.beside()))
    }

    pub(super) fn template(&self, name: &str) -> Option<Template> {
        template(self.get(name)?)
    }

    /// A template that must be there; an empty one stands for what was reported as missing.
    pub(super) fn needed(&self, name: &str, span: &Span) -> Template {
        self.template(name).unwrap_or_else(|| Template::new("", span.clone()))
    }

    /// A template, or several.
    pub(super) fn templates(&self, name: &str) -> Vec<Template> {
        let Some(node) = self.get(name) else { return Vec::new() };
        match node.list() {
            Some(list) => list.iter().filter_map(template).collect(),
            None => template(node).into_iter().collect(),
        }
    }

    pub(super) fn names(&self, name: &str) -> Vec<At<String>> {
        let list = self.get(name).and_then(Node::list).unwrap_or_default();
        list.iter().filter_map(Node::at).collect()
    }

    pub(super) fn list(&self, name: &str) -> &'t [Node] {
        self.get(name).and_then(Node::list).unwrap_or_default()
    }

    pub(super) fn table(&self, name: &str) -> Option<&'t Table> {
        self.get(name)?.table()
    }

    /// A table with keys of its own.
    pub(super) fn inner(&self, name: &str) -> Option<Self> {
        self.table(name).map(Fields::of)
    }

    pub(super) fn vars(&self, decoder: &mut Decoder, name: &str) -> Vars {
        self.table(name).map(|table| values::vars(decoder, table)).unwrap_or_default()
    }

    pub(super) fn env(&self, decoder: &mut Decoder, name: &str) -> Env {
        self.table(name).map(|table| values::env(decoder, table)).unwrap_or_default()
    }

    pub(super) fn headers(&self, decoder: &mut Decoder, name: &str) -> Headers {
        self.table(name).map(|table| values::headers(decoder, table)).unwrap_or_default()
    }

    /// The entries of a table of named things, in the order of the file.
    pub(super) fn entries(&self, name: &str) -> Vec<(At<String>, &'t Node)> {
        self.table(name).map(in_order).unwrap_or_default()
    }
}

/// A string as a template that knows where its text stands.
pub(super) fn template(node: &Node) -> Option<Template> {
    Some(Template::new(node.text()?, node.span.clone()))
}
