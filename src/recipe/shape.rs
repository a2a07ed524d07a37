//! One file held against the table of keys: what is unknown or of a wrong type is reported and
//! marked, so that nothing after it looks at it again.

use super::diagnostic::{Diagnostic, meant};
use super::keys::{self, Type};
use super::source::Span;
use super::tree::{Node, Table, Value};

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The project's own.
    Project,
    /// A recipe that others build on.
    Recipe,
}

/// Reports and marks everything that does not fit.
pub(super) fn check(file: &mut Table, role: Role, found: &mut Vec<Diagnostic>) {
    let mut shape = Shape { role, found };
    if role == Role::Recipe {
        shape.only_the_project_has(file);
    }
    shape.keys(file, keys::Table::Root);
}

/// Reports and marks everything that does not fit in a file of the operator's own.
pub(super) fn own(file: &mut Table, which: keys::Table, found: &mut Vec<Diagnostic>) {
    Shape { role: Role::Project, found }.keys(file, which);
}

/// Reports and marks what does not fit in the hosts that an inventory lists.
pub(super) fn inventory(hosts: &mut [Node], found: &mut Vec<Diagnostic>) {
    let mut shape = Shape { role: Role::Project, found };
    for host in hosts {
        if let Value::Table(table) = &mut host.value {
            let name = table.remove("name");
            shape.keys(table, keys::Table::Host);
            table.extend(name.map(|name| ("name".to_owned(), name)));
        }
    }
}

struct Shape<'f> {
    role: Role,
    found: &'f mut Vec<Diagnostic>,
}

impl Shape<'_> {
    fn report(&mut self, node: &mut Node, problem: Diagnostic) {
        self.found.push(problem);
        node.value = Value::Bad;
    }

    fn only_the_project_has(&mut self, file: &mut Table) {
        for (key, what) in
            [("stages", "stages"), ("hosts", "hosts"), ("secrets", "values of secrets")]
        {
            if let Some(node) = file.remove(key) {
                let problem = Diagnostic::error(&node.key, format!("a recipe has no {what}"));
                self.found.push(problem.hint("they belong in the project's deploy.toml"));
            }
        }
    }

    fn keys(&mut self, table: &mut Table, which: keys::Table) {
        for (name, node) in table {
            match keys::find(which, name) {
                Some(key) => self.fit(key.name, key.kind, node),
                None => {
                    let problem = unknown(which, name, &node.key);
                    self.report(node, problem);
                }
            }
        }
    }

    fn fit(&mut self, name: &str, kind: Type, node: &mut Node) {
        if !accepts(kind, &node.value) {
            let problem = mistyped(&node.span, name, &kind.shown(), &node.value);
            return self.report(node, problem);
        }
        match kind {
            Type::Choice(words) => self.choice(name, words, node),
            Type::List(of) => self.list(name, kind, *of, node),
            Type::Either(one, other) => {
                let fits = if accepts(*one, &node.value) { *one } else { *other };
                self.fit(name, fits, node);
            }
            Type::One(table) => self.one(node, table),
            Type::Named(table) => self.named(node, |shape, name, entry| {
                if entry.table().is_none() {
                    let problem = mistyped(&entry.key, name, "a table", &entry.value);
                    return shape.report(entry, problem);
                }
                shape.one(entry, table);
            }),
            Type::Steps => self.named(node, Self::step),
            Type::Params if self.role == Role::Recipe => self.named(node, |shape, _, entry| {
                shape.one(entry, keys::Table::Param);
            }),
            Type::Pipelines => self.named(node, Self::pipeline),
            Type::Each(kind) => {
                self.named(node, |shape, name, entry| shape.fit(name, *kind, entry));
            }
            Type::Text
            | Type::Duration
            | Type::File
            | Type::Template
            | Type::Command
            | Type::Flag
            | Type::Count
            | Type::Share
            | Type::Any
            | Type::Values
            | Type::Env
            | Type::Headers
            | Type::Params => {}
        }
    }

    fn one(&mut self, node: &mut Node, which: keys::Table) {
        if let Value::Table(table) = &mut node.value {
            self.keys(table, which);
        }
    }

    fn named(&mut self, node: &mut Node, each: impl Fn(&mut Self, &str, &mut Node)) {
        if let Value::Table(table) = &mut node.value {
            for (name, entry) in table {
                each(self, name, entry);
            }
        }
    }

    fn choice(&mut self, name: &str, words: &'static [&'static str], node: &mut Node) {
        let Some(given) = node.text().map(str::to_owned) else { return };
        if !words.contains(&given.as_str()) {
            let message = format!("`{name}` cannot be `{}`", given.escape_debug());
            let hint = meant(&given, words.iter().copied())
                .unwrap_or_else(|| format!("{name} = {}", Type::Choice(words).shown()));
            let problem = Diagnostic::error(&node.span, message).hint(hint);
            self.report(node, problem);
        }
    }

    fn list(&mut self, name: &str, kind: Type, of: Type, node: &mut Node) {
        let Value::List(items) = &mut node.value else { return };
        for item in items.iter_mut() {
            if accepts(of, &item.value) {
                self.fit(name, of, item);
            } else {
                let problem = mistyped(&item.span, name, &kind.shown(), &item.value);
                self.report(item, problem);
            }
        }
        // An array of nothing but faults is not an empty one.
        if !items.is_empty() && items.iter().all(Node::is_bad) {
            node.value = Value::Bad;
        } else {
            items.retain(|item| !item.is_bad());
        }
    }

    fn step(&mut self, name: &str, node: &mut Node) {
        match node.value {
            Value::Table(_) => self.one(node, keys::Table::Step),
            Value::Flag(false) | Value::Bad => {}
            Value::Text(_)
            | Value::Whole(..)
            | Value::Number(_)
            | Value::Flag(true)
            | Value::Date(_)
            | Value::List(_) => {
                let problem = mistyped(&node.span, name, "a table, or false", &node.value);
                self.report(node, problem);
            }
        }
    }

    fn pipeline(&mut self, name: &str, node: &mut Node) {
        let Value::List(entries) = &mut node.value else {
            let problem = mistyped(&node.span, name, "an array of steps", &node.value);
            return self.report(node, problem);
        };
        for entry in entries {
            match &entry.value {
                Value::Text(_) | Value::Bad => {}
                Value::Table(group) => match nested(group) {
                    // Else it would be taken for a name of the wrong type.
                    Some(inner) => {
                        let problem = Diagnostic::error(inner, "a group inside a group")
                            .hint("end the outer group before, and go on after it");
                        self.report(entry, problem);
                    }
                    None => self.one(entry, keys::Table::Group),
                },
                Value::Whole(..)
                | Value::Number(_)
                | Value::Flag(_)
                | Value::Date(_)
                | Value::List(_) => {
                    let message = "an entry of a pipeline is the name of a step, or a group";
                    let problem =
                        Diagnostic::error(&entry.span, message).hint("{ steps = [\"a\", \"b\"] }");
                    self.report(entry, problem);
                }
            }
        }
    }
}

fn nested(group: &Table) -> Option<&Span> {
    let steps = group.get("steps")?.list()?;
    steps.iter().find(|step| step.table().is_some()).map(|step| &step.span)
}

/// Whether a value is of a type, as far as can be seen without looking into it.
fn accepts(kind: Type, value: &Value) -> bool {
    match kind {
        Type::Any => true,
        Type::Text
        | Type::Choice(_)
        | Type::Duration
        | Type::File
        | Type::Template
        | Type::Command => matches!(value, Value::Text(_)),
        Type::Flag => matches!(value, Value::Flag(_)),
        Type::Count => matches!(value, Value::Whole(_, Some(n)) if u16::try_from(*n).is_ok()),
        Type::Share => matches!(value, Value::Whole(..) | Value::Text(_)),
        Type::List(_) => matches!(value, Value::List(_)),
        Type::Either(one, other) => accepts(*one, value) || accepts(*other, value),
        Type::Values
        | Type::Env
        | Type::Headers
        | Type::One(_)
        | Type::Named(_)
        | Type::Steps
        | Type::Each(_)
        | Type::Params
        | Type::Pipelines => matches!(value, Value::Table(_)),
    }
}

fn unknown(table: keys::Table, name: &str, span: &Span) -> Diagnostic {
    let elsewhere = keys::beside(table).find(|(_, key)| key.name == name);
    let hint = meant(name, keys::of(table).iter().map(|key| key.name))
        .or_else(|| elsewhere.map(|(table, _)| format!("`{name}` belongs in {}", table.shown())));
    let message = format!("unknown key `{}` in {}", name.escape_debug(), table.shown());
    Diagnostic::error(span, message).maybe_hint(hint)
}

/// A value of the wrong type.
pub(super) fn mistyped(span: &Span, name: &str, wanted: &str, given: &Value) -> Diagnostic {
    let given = match given {
        Value::Text(_) => "a string",
        Value::Whole(..) => "a whole number",
        Value::Number(_) => "a number",
        Value::Flag(_) => "true or false",
        Value::Date(_) => "a date",
        Value::List(_) => "an array",
        Value::Table(_) => "a table",
        Value::Bad => "something else",
    };
    let name = name.escape_debug();
    Diagnostic::error(span, format!("`{name}` must be {wanted}")).label(format!("this is {given}"))
}
