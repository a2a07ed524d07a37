//! Items: which lines of a list are items, and what their holes are filled with.

use regex::Regex;

use super::{Cell, Run};
use crate::model::{Hole, Items, Kind, Origin, Part, Query};

impl Items {
    /// The values that a listed line gives: `item` itself and one per named group. `None`: the line
    /// is not an item (or the pattern is none, which the recipe's check has ruled out).
    #[must_use]
    pub fn captures(&self, line: &str) -> Option<Vec<(String, String)>> {
        let mut values = vec![("item".to_owned(), line.to_owned())];
        let Some(pattern) = &self.pattern else {
            return (!line.trim().is_empty()).then_some(values);
        };
        let regex = Regex::new(pattern).ok()?;
        let found = regex.captures(line)?;
        for name in regex.capture_names().flatten() {
            let value = found.name(name).map_or("", |value| value.as_str());
            values.push((format!("item.{name}"), value.to_owned()));
        }
        Some(values)
    }
}

impl Run {
    /// What fills a hole in the commands of this node.
    #[must_use]
    pub fn value(&self, cell: &Cell, hole: &Hole) -> Option<String> {
        if let Origin::UndoOf(of) = cell.node.origin {
            return self.value(self.cell(of)?, hole);
        }
        let Part::Item { line, .. } = &cell.node.key.part else { return None };
        let Origin::ItemOf(list) = cell.node.origin else { return None };
        let Kind::Ask(ask) = &self.cell(list)?.node.kind else { return None };
        let Query::Items(items) = &ask.query else { return None };
        let values = items.captures(line)?;
        values.into_iter().find(|(name, _)| *name == hole.0).map(|(_, value)| value)
    }
}
