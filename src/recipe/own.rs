//! The operator's own files (config.toml, themes), read by what reads recipes: the same table of keys,
//! the same faults, each where it stands.

use std::sync::Arc;

use super::diagnostic::{Diagnostic, Severity};
use super::keys;
use super::merge::{Level, merge};
use super::shape;
use super::source::Source;
use super::tree;

pub(crate) use super::reference::{config_reference, theme_reference};
pub(crate) use super::tree::{Node, Table, Value, in_order};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// config.toml.
    Config,
    /// A theme.
    Theme,
}

impl Kind {
    fn keys(self) -> keys::Table {
        match self {
            Self::Config => keys::Table::Config,
            Self::Theme => keys::Table::Theme,
        }
    }
}

/// A file, with how many lie over it: faults are shown in that order.
pub(crate) fn source(shown: &str, text: &str, depth: usize) -> Arc<Source> {
    Arc::new(Source { shown: shown.to_owned(), text: text.to_owned(), depth })
}

/// Reads a file. What is wrong with it is among `found`, and not in the table.
pub(crate) fn read(source: &Arc<Source>, kind: Kind, found: &mut Vec<Diagnostic>) -> Table {
    let mut table = tree::read(source, found);
    shape::own(&mut table, kind.keys(), found);
    without_bad(&mut table);
    table
}

/// Puts a file over another of its kind: tables key by key, anything else whole.
pub(crate) fn over(under: &mut Table, file: Table, kind: Kind) {
    merge(under, file, Level::Keys(kind.keys()));
}

/// The names that the keys of the styles of a theme have, or those of its colours of output.
#[cfg(test)]
pub(crate) fn names(of: Names) -> Vec<&'static str> {
    let table = match of {
        Names::Styles => keys::Table::Styles,
        Names::Ansi => keys::Table::Ansi,
    };
    keys::of(table).iter().map(|key| key.name).collect()
}

/// Which names.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Names {
    /// Of `[styles]`.
    Styles,
    /// Of `[ansi]`.
    Ansi,
}

/// All that was found, each once, in the order of the files; `Err` if anything is among them that is
/// more than a warning.
pub(crate) fn sorted(found: Vec<Diagnostic>) -> Result<Vec<Diagnostic>, Vec<Diagnostic>> {
    let found = super::in_order(found);
    let wrong = found.iter().any(|problem| problem.severity == Severity::Error);
    if wrong { Err(found) } else { Ok(found) }
}

fn without_bad(table: &mut Table) {
    table.retain(|_, node| !node.is_bad());
    for node in table.values_mut() {
        if let Value::Table(inner) = &mut node.value {
            without_bad(inner);
        }
    }
}
