//! The one table of keys: what may stand in a deploy.toml, and of what type. Decoding, merging,
//! suggestions, the schema and the reference all read it.

mod site;
mod steps;
mod types;

pub use types::{Table, Type};

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The table that it stands in.
    pub table: Table,
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: Type,
    /// What it does, in a line.
    pub about: &'static str,
    /// What holds without it; empty where nothing does.
    pub default: &'static str,
}

const fn key(
    table: Table,
    name: &'static str,
    kind: Type,
    about: &'static str,
    default: &'static str,
) -> Key {
    Key { table, name, kind, about, default }
}

/// Every key, by table, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Key> {
    site::KEYS.iter().chain(steps::KEYS)
}

/// The keys of one table.
pub fn of(table: Table) -> impl Iterator<Item = &'static Key> {
    all().filter(move |key| key.table == table)
}

/// The key of that name in a table.
#[must_use]
pub fn find(table: Table, name: &str) -> Option<&'static Key> {
    of(table).find(|key| key.name == name)
}

/// Keys of a table of which only one can hold. One that is said later takes the place of the
/// others that were said earlier.
pub(super) fn alternatives(table: Table) -> &'static [&'static [&'static str]] {
    match table {
        Table::Step => &[&["when", "unless"], &["before", "after"], &["run", "uses", "upload"]],
        Table::Secret => &[&["command", "env", "file", "prompt"]],
        Table::Health => &[&["url", "socket"], &["url", "path"]],
        Table::Param => &[&["default", "required"]],
        Table::Root
        | Table::Source
        | Table::Layout
        | Table::Live
        | Table::Shared
        | Table::Maintenance
        | Table::Probe
        | Table::Notify
        | Table::Stage
        | Table::Inventory
        | Table::Host
        | Table::Items
        | Table::Upload
        | Table::Confirm
        | Table::Group => &[],
    }
}
