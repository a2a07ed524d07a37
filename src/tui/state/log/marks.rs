//! Lines that the operator marked, of each log that was looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::Shape;
use crate::model::Try;

/// Marks in one log.
const MARKS_MAX: usize = 1000;

/// Logs whose marks are kept.
const LOGS_MAX: usize = 256;

/// The marks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// The log that is shown.
    pub(crate) of: Option<(Shape, Try)>,
    all: BTreeMap<(Shape, Try), BTreeSet<u64>>,
    /// Another number whenever one was set or taken away.
    pub(crate) stamp: u64,
}

impl Marks {
    /// The marks of the log that is shown.
    pub(crate) fn here(&self) -> Option<&BTreeSet<u64>> {
        self.all.get(&self.of?).filter(|marks| !marks.is_empty())
    }

    pub(crate) fn contains(&self, line: u64) -> bool {
        self.here().is_some_and(|marks| marks.contains(&line))
    }

    /// Marks a line, or takes its mark away: whether it is marked now; `None` if there are too many
    /// marks.
    pub(crate) fn turn(&mut self, line: u64) -> Option<bool> {
        let of = self.of?;
        if self.all.len() >= LOGS_MAX && !self.all.contains_key(&of) {
            return None;
        }
        self.stamp += 1;
        let marks = self.all.entry(of).or_default();
        if marks.remove(&line) {
            return Some(false);
        }
        (marks.len() < MARKS_MAX).then(|| marks.insert(line))
    }

    /// Another run: its logs are others.
    pub(crate) fn forget(&mut self) {
        self.stamp += 1;
        self.all.clear();
    }
}
