//! What recipes ask of a project, and what they get.

use std::collections::BTreeMap;

use super::diagnostic::{Diagnostic, choose};
use super::shape::Role;
use super::source::{At, Span};
use super::tree::{Node, Table, Value, in_order};

/// What recipes ask for, and what they get.
#[derive(Default)]
pub(super) struct Params {
    /// By name.
    asked: BTreeMap<String, Asked>,
    /// Values that nothing asked for.
    stray: Vec<At<String>>,
}

/// One thing that a recipe asks for.
pub(super) struct Asked {
    /// What it is, in a line.
    pub(super) about: String,
    /// The given value, else the default.
    pub(super) value: Option<Node>,
}

impl Params {
    /// The `params` of a file; the files of recipes come first.
    pub(super) fn add(&mut self, given: Node, role: Role, found: &mut Vec<Diagnostic>) {
        let Value::Table(table) = given.value else { return };
        for (name, node) in in_order(&table) {
            match (role, node.table()) {
                (Role::Recipe, Some(asked)) => {
                    let asked = declaration(&name, asked, found);
                    self.asked.insert(name.value, asked);
                }
                (Role::Recipe | Role::Project, _) => match self.asked.get_mut(&name.value) {
                    Some(asked) => asked.value = Some(node.clone()),
                    None => self.stray.push(name),
                },
            }
        }
    }

    /// The values. `recipe` is where the project names its recipe.
    pub(super) fn values(
        self,
        recipe: Option<&At<String>>,
        found: &mut Vec<Diagnostic>,
    ) -> Vec<(At<String>, Node)> {
        let known: Vec<&str> = self.asked.keys().map(String::as_str).collect();
        for name in &self.stray {
            found.push(stray(name, recipe, &known));
        }
        let mut values = Vec::new();
        for (name, asked) in self.asked {
            match (asked.value, recipe) {
                (Some(node), _) => values.push((node.named(&name), node)),
                (None, Some(recipe)) => {
                    found.push(missing(&name, &asked.about, &recipe.span));
                    // So that nothing more is said of it.
                    let (key, span) = (recipe.span.clone(), recipe.span.clone());
                    let node = Node { key, span, value: Value::Text(String::new()) };
                    values.push((node.named(&name), node));
                }
                (None, None) => {}
            }
        }
        values
    }
}

/// What a recipe asks for, as it says it.
pub(super) fn declaration(name: &At<String>, table: &Table, found: &mut Vec<Diagnostic>) -> Asked {
    let about = table.get("about").and_then(Node::text).unwrap_or_default().to_owned();
    let required = table.get("required").and_then(Node::flag) == Some(true);
    let default = table.get("default").filter(|node| !node.is_bad());
    let problem = |message: &str, hint: &str| {
        Diagnostic::error(&name.span, format!("the param `{}` {message}", name.value)).hint(hint)
    };
    if !table.contains_key("about") {
        found.push(problem("does not say what it is", "about = \"...\""));
    }
    if required && default.is_some() {
        found.push(problem("is required, so its default never holds", "leave one of them out"));
    }
    if !required && !table.contains_key("default") {
        let hint = "default = ..., or required = true";
        found.push(problem("has no default and is not required", hint));
    }
    let value = default.filter(|_| !required);
    let value = value.map(|node| Node { key: name.span.clone(), ..node.clone() });
    Asked { about, value }
}

fn stray(name: &At<String>, recipe: Option<&At<String>>, known: &[&str]) -> Diagnostic {
    let given = name.value.escape_debug();
    let Some(recipe) = recipe else {
        let message = format!("no recipe asks for `{given}`");
        return Diagnostic::error(&name.span, message).hint("free values belong in [vars]");
    };
    let message = format!("the recipe `{}` does not ask for `{given}`", recipe.value);
    Diagnostic::error(&name.span, message).maybe_hint(choose(&name.value, known, "param"))
}

fn missing(name: &str, about: &str, recipe: &Span) -> Diagnostic {
    Diagnostic::error(recipe, format!("the recipe needs the param `{name}`"))
        .label(about.to_owned())
        .hint(format!("[params] {name} = \"...\""))
}
