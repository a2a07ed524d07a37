//! How two commands differ, line by line.

use similar::{ChangeTag, TextDiff};

use crate::{
    model::{Changes, Kind, MissingHole, Text},
    run::{Cell, Run},
    tui::state::Model,
};

/// Lines around a difference that are shown.
const CONTEXT: usize = 2;

/// The command of a node as the plan has it, its values filled in.
pub(crate) fn planned(model: &Model, run: &Run, cell: &Cell) -> Option<String> {
    as_sent(model, run, cell, &cell.node.kind.command()?.run).ok()
}

/// A text of a command as it is sent: the values that are known by now are each one word.
///
/// # Errors
/// The first value that is not known.
pub(crate) fn as_sent(
    model: &Model,
    run: &Run,
    cell: &Cell,
    text: &Text,
) -> Result<String, MissingHole> {
    let quote = model.settings.quote;
    text.fill(|hole| run.value(cell, hole).and_then(|value| quote(&value)))
}

/// Whether doing it changes the database schema.
pub(crate) fn changes_schema(cell: &Cell) -> bool {
    matches!(&cell.node.kind, Kind::Act(act) if act.changes == Changes::Schema)
}

/// The difference of two texts: lines that begin with `- `, `+ ` or two blanks; a line of dots where
/// lines that are the same are left out. Empty where they are the same.
pub(crate) fn diff(old: &str, new: &str) -> Vec<String> {
    // A last line with and without its end is the same line.
    let (old, new) = (format!("{}\n", old.trim_end()), format!("{}\n", new.trim_end()));
    let diff = TextDiff::from_lines(&old, &new);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            lines.push("  …".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    lines
}

/// Lines that were added, and that were removed.
pub(crate) fn changes(diff: &[String]) -> (usize, usize) {
    let count = |sign| diff.iter().filter(|line| line.starts_with(sign)).count();
    (count('+'), count('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_with_a_little_around_it() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n";
        let new = "a\nb\nc\nD\ne\nf\ng\nh\ni\nj\nk\n";
        let wanted = ["  b", "  c", "- d", "+ D", "  e", "  f", "  …", "  i", "  j", "+ k"];
        assert_eq!(diff(old, new), wanted);
        assert_eq!(diff("same\n", "same"), Vec::<String>::new());
        assert_eq!(changes(&diff("a", "b\nc")), (2, 1));
    }
}
