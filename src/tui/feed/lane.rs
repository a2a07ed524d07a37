//! Which lines are shown one below the other: all, or those that a filter keeps.

use std::ops::Range;

use super::board::Finds;
use crate::tui::state::log::search::Sieve;

/// More lines that a filter keeps are not counted one by one.
const COUNTED_MAX: usize = 10_000;

/// The lines that are shown, by their numbers.
pub(super) struct Lane<'a> {
    finds: &'a Finds,
    /// Lines that are kept around one that fits; `None`: there is no filter.
    context: Option<u64>,
    first: u64,
    end: u64,
}

impl<'a> Lane<'a> {
    pub(super) fn new(finds: &'a Finds, sieve: &Sieve, (first, end): (u64, u64)) -> Self {
        let context = sieve.pattern.as_ref().map(|_| sieve.context);
        Self { finds, context, first, end }
    }

    /// Whether a line is shown.
    pub(super) fn has(&self, line: u64) -> bool {
        let there = (self.first..self.end).contains(&line);
        there && self.from(line) == Some(line)
    }

    /// The first line that is shown, from there on.
    pub(super) fn from(&self, line: u64) -> Option<u64> {
        let line = line.max(self.first);
        let shown = match self.context {
            None => line,
            Some(context) => {
                let hit = self.finds.kept.set.next(line.saturating_sub(context).max(self.first))?;
                line.max(hit.saturating_sub(context))
            }
        };
        (shown < self.end).then_some(shown)
    }

    /// The last line that is shown, before that.
    pub(super) fn before(&self, line: u64) -> Option<u64> {
        let last = line.min(self.end).checked_sub(1)?;
        let shown = match self.context {
            None => last,
            Some(context) => {
                let until = last.saturating_add(context).saturating_add(1).min(self.end);
                let hit = self.finds.kept.set.before(until)?;
                last.min(hit.saturating_add(context))
            }
        };
        (shown >= self.first).then_some(shown)
    }

    /// So many lines from there on.
    pub(super) fn down(&self, from: u64, count: usize) -> Vec<u64> {
        let next = |line: &u64| self.from(line + 1);
        std::iter::successors(self.from(from), next).take(count).collect()
    }

    /// So many lines before that, the last first.
    pub(super) fn up(&self, until: u64, count: usize) -> Vec<u64> {
        let next = |line: &u64| self.before(*line);
        std::iter::successors(self.before(until), next).take(count).collect()
    }

    /// How many of some lines are shown; with a filter no more than [`COUNTED_MAX`] are counted.
    pub(super) fn among(&self, lines: Range<u64>) -> u64 {
        if self.context.is_none() {
            return lines.end.saturating_sub(lines.start);
        }
        let shown = self.down(lines.start, COUNTED_MAX);
        shown.partition_point(|line| *line < lines.end) as u64
    }

    /// Lines below that one; with a filter those that fit.
    pub(super) fn below(&self, line: u64) -> u64 {
        match self.context {
            None => self.end.saturating_sub(line + 1),
            Some(_) => self.finds.kept.set.len() - self.finds.kept.set.below(line + 1),
        }
    }

    /// Whether it is said where lines are left out.
    pub(super) fn has_gaps(&self) -> bool {
        self.context.is_some_and(|context| context > 0)
    }

    /// How many lines are left out directly before that one, where that is said.
    pub(super) fn left_out(&self, line: u64) -> u64 {
        if !self.has_gaps() {
            return 0;
        }
        let before = self.before(line).map_or(self.first, |before| before + 1);
        line.saturating_sub(before)
    }
}
