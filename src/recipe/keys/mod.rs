//! The one table of keys: what may stand in a deploy.toml and in the operator's own files, and of what type. Decoding, merging,
//! suggestions, the schema and the reference all read it.

// A row a key.
#[rustfmt::skip]
mod own;
#[rustfmt::skip]
mod site;
#[rustfmt::skip]
mod steps;
mod types;

pub(super) use types::{Table, Type};

/// One key of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What its value is.
    pub(super) kind: Type,
    /// What it does, in a line.
    pub(super) about: &'static str,
    /// What holds without it; empty where nothing does.
    pub(super) default: &'static str,
}

const fn key(name: &'static str, kind: Type, about: &'static str, default: &'static str) -> Key {
    Key { name, kind, about, default }
}

/// The keys of one table, in the order of the reference.
pub(super) fn of(table: Table) -> &'static [Key] {
    match table {
        Table::Root => site::ROOT,
        Table::Source => site::SOURCE,
        Table::Layout => site::LAYOUT,
        Table::Live => site::LIVE,
        Table::Shared => site::SHARED,
        Table::Maintenance => site::MAINTENANCE,
        Table::Probe => site::PROBE,
        Table::Secret => site::SECRET,
        Table::Param => site::PARAM,
        Table::Notify => site::NOTIFY,
        Table::Stage => site::STAGE,
        Table::Inventory => site::INVENTORY,
        Table::Host => site::HOST,
        Table::Step => steps::STEP,
        Table::Items => steps::ITEMS,
        Table::Health => steps::HEALTH,
        Table::Upload => steps::UPLOAD,
        Table::Confirm => steps::CONFIRM,
        Table::Group => steps::GROUP,
        Table::Config => own::CONFIG,
        Table::Grounds => own::GROUNDS,
        Table::Theme => own::THEME,
        Table::Styles => own::STYLES,
        Table::Look => own::LOOK_KEYS,
        Table::Ansi => own::ANSI,
    }
}

/// Every key of the file that a table is in, with its table, in the order of the reference.
pub(super) fn beside(table: Table) -> impl Iterator<Item = (Table, &'static Key)> {
    let tables = table.siblings().iter().copied();
    tables.flat_map(|table| of(table).iter().map(move |key| (table, key)))
}

/// Every key of deploy.toml with its table.
#[cfg(test)]
pub(super) fn all() -> impl Iterator<Item = (Table, &'static Key)> {
    beside(Table::Root)
}

/// The key of that name in a table.
pub(super) fn find(table: Table, name: &str) -> Option<&'static Key> {
    of(table).iter().find(|key| key.name == name)
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
        | Table::Group
        | Table::Config
        | Table::Grounds
        | Table::Theme
        | Table::Styles
        | Table::Look
        | Table::Ansi => &[],
    }
}
