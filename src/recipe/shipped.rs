//! The recipes that come with deployui.

use std::sync::Arc;

use super::params::declaration;
use super::source::Source;
use super::tree::{self, Node, in_order};

/// A recipe that comes with deployui.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// What a deploy.toml calls it.
    pub name: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
    /// What it asks of a project, in its own order.
    pub params: Vec<Param>,
    /// Its whole text.
    pub text: &'static str,
}

/// What a recipe asks of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
    /// What holds when the project does not say, as TOML; `None`: the project must say.
    pub default: Option<String>,
}

/// Name, what it is for, text.
const SHIPPED: [(&str, &str, &str); 5] = [
    (
        "capistrano-migrations",
        "Ruby behind nginx: dated releases, migrations behind a maintenance page",
        include_str!("../../recipes/capistrano-migrations.toml"),
    ),
    (
        "capistrano-passenger",
        "Ruby under Apache and Passenger: each host is tried before the site opens",
        include_str!("../../recipes/capistrano-passenger.toml"),
    ),
    (
        "django-blue-green",
        "Django in two live copies behind nginx, switched without downtime",
        include_str!("../../recipes/django-blue-green.toml"),
    ),
    (
        "django-releases",
        "Django under gunicorn and supervisor: dated releases and a `current` link",
        include_str!("../../recipes/django-releases.toml"),
    ),
    (
        "fabric-maintenance",
        "Django in one working copy, updated behind a maintenance page",
        include_str!("../../recipes/fabric-maintenance.toml"),
    ),
];

/// The recipes that come with deployui, by name.
#[must_use]
pub fn shipped() -> Vec<Shipped> {
    let shipped = |(name, about, text): (&'static str, &'static str, &'static str)| Shipped {
        name,
        about,
        params: params(name, text),
        text,
    };
    SHIPPED.into_iter().map(shipped).collect()
}

/// Names of the recipes that come with deployui.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _, _)| *name)
}

/// The text of one.
pub(super) fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _, _)| *known == name).map(|(_, _, text)| *text)
}

/// How the file of one is called on screens.
pub(super) fn shown(name: &str) -> String {
    format!("{name}.toml (shipped)")
}

fn params(name: &str, text: &str) -> Vec<Param> {
    // What is wrong with a shipped recipe is found by tests.
    let mut found = Vec::new();
    let source = Arc::new(Source { shown: shown(name), text: text.to_owned(), depth: 0 });
    let file = tree::read(&source, &mut found);
    let Some(asked) = file.get("params").and_then(Node::table) else { return Vec::new() };
    let param = |(name, node): (super::source::At<String>, &Node)| {
        let asked = declaration(&name, node.table()?, &mut found);
        let default = asked.value.as_ref().map(written);
        Some(Param { name: name.value, about: asked.about, default })
    };
    in_order(asked).into_iter().filter_map(param).collect()
}

/// A value as it is written in its file.
fn written(node: &Node) -> String {
    node.span.source.text.get(node.span.range.clone()).unwrap_or_default().to_owned()
}
