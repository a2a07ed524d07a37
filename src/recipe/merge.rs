//! Files over files: tables are merged, everything else is replaced.

use super::keys::{self, Type};
use super::tree::{Table, Value};

/// Where in the file one is: keys with a meaning, or names.
#[derive(Clone, Copy)]
pub(super) enum Level {
    /// Keys of a table.
    Keys(keys::Table),
    /// Names of things that are such tables.
    Names(keys::Table),
    /// Names that mean nothing here.
    Free,
}

impl Level {
    fn of(self, name: &str) -> Self {
        match self {
            Self::Keys(table) => keys::find(table, name).map_or(Self::Free, |key| inside(key.kind)),
            Self::Names(table) => Self::Keys(table),
            Self::Free => Self::Free,
        }
    }
}

fn inside(kind: Type) -> Level {
    match kind {
        Type::One(table) => Level::Keys(table),
        Type::Named(table) => Level::Names(table),
        Type::Steps => Level::Names(keys::Table::Step),
        Type::Either(one, other) => match inside(*one) {
            Level::Free => inside(*other),
            level @ (Level::Keys(_) | Level::Names(_)) => level,
        },
        Type::Text
        | Type::Choice(_)
        | Type::Duration
        | Type::File
        | Type::Template
        | Type::Command
        | Type::Flag
        | Type::Count
        | Type::Share
        | Type::Any
        | Type::List(_)
        | Type::Values
        | Type::Env
        | Type::Headers
        | Type::Each(_)
        | Type::Params
        | Type::Pipelines => Level::Free,
    }
}

/// Puts a table over another.
pub(super) fn merge(under: &mut Table, over: Table, level: Level) {
    if let Level::Keys(table) = level {
        for group in keys::alternatives(table) {
            if group.iter().any(|key| over.contains_key(*key)) {
                under.retain(|key, _| !group.contains(&key.as_str()) || over.contains_key(key));
            }
        }
    }
    for (name, node) in over {
        let inner = level.of(&name);
        match (under.get_mut(&name).map(|node| &mut node.value), node.value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over, inner),
            (_, value) => {
                let node = super::tree::Node { value, ..node };
                under.insert(name, node);
            }
        }
    }
}
