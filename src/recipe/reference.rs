//! The table of keys as a page to read.

use std::fmt::Write as _;

use super::keys::{self, Table, Type};

/// The reference of deploy.toml in Markdown: every key with its type, its default and what it does.
#[must_use]
pub fn reference() -> String {
    of("# Keys of deploy.toml\n", &Table::ALL)
}

/// The reference of config.toml in Markdown.
pub(crate) fn config_reference() -> String {
    of("# Keys of config.toml\n", &Table::OF_CONFIG)
}

/// The reference of themes in Markdown.
pub(crate) fn theme_reference() -> String {
    of("# Keys of a theme\n", &Table::OF_THEME)
}

fn of(title: &str, tables: &[Table]) -> String {
    let mut page = title.to_owned();
    for table in tables.iter().copied() {
        // Writing to a string cannot fail.
        let _written = write!(
            page,
            "\n## {}\n\n| key | type | default | what it does |\n|---|---|---|---|\n",
            cell(table.written())
        );
        for key in keys::of(table) {
            let default = match key.default {
                "" => String::new(),
                default => format!("`{default}`"),
            };
            let row = [format!("`{}`", key.name), shown(key.kind), default, key.about.to_owned()];
            let row: Vec<String> = row.iter().map(|text| cell(text)).collect();
            page.push_str(&format!("| {} |\n", row.join(" | ")));
        }
    }
    page
}

/// The type in words, with what is special about strings.
fn shown(kind: Type) -> String {
    match kind {
        Type::Template => "a template".to_owned(),
        Type::Command => "a command".to_owned(),
        Type::File => "a file here".to_owned(),
        Type::One(table) => format!("a table: {}", table.written()),
        Type::Named(table) => format!("tables: {}", table.written()),
        Type::Steps => format!("tables: {}, or false", Table::Step.written()),
        Type::Either(one, other) => format!("{}, or {}", shown(*one), shown(*other)),
        Type::List(Type::Template) => "an array of templates".to_owned(),
        Type::List(Type::Command) => "an array of commands".to_owned(),
        Type::Each(kind) => format!("a table; each is {}", shown(*kind)),
        Type::Text
        | Type::Choice(_)
        | Type::Duration
        | Type::Flag
        | Type::Count
        | Type::Share
        | Type::Any
        | Type::List(_)
        | Type::Values
        | Type::Env
        | Type::Headers
        | Type::Params
        | Type::Pipelines => kind.shown(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
