//! Where a jump ends, as far as that is known by now, and what is said of it.

use super::{
    board::{Cover, Finds},
    whole::WHOLE_MAX,
};
use crate::{
    text::{Shown, fit},
    tui::state::log::{
        LogPane,
        search::{Jump, Sought},
    },
};

/// Lines that a filter leaves out are passed over, but not more than this.
const PASSED_MAX: usize = 100_000;

/// Cells of a pattern that are said again with what it found.
const NAME_MAX: usize = 24;

/// Where a jump ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seek {
    /// At that line; whether it went on from the other end.
    There(u64, bool),
    /// It is not known yet.
    Later,
    /// There is no such line.
    Nowhere,
}

/// Lines of the kind that is jumped to.
struct Kind<'a> {
    finds: &'a Finds,
    log: &'a LogPane,
    sought: Sought,
}

impl Kind<'_> {
    fn next(&self, from: u64) -> Option<u64> {
        match self.sought {
            Sought::Hit => self.finds.hits.set.next(from),
            Sought::Error => self.finds.levels.errors.next(from),
            Sought::Warning => self.finds.levels.warnings.next(from),
            Sought::Gap => self.finds.gaps.lines().into_iter().find(|line| *line >= from),
            Sought::Mark => self.log.marks.here()?.range(from..).next().copied(),
        }
    }

    fn before(&self, until: u64) -> Option<u64> {
        match self.sought {
            Sought::Hit => self.finds.hits.set.before(until),
            Sought::Error => self.finds.levels.errors.before(until),
            Sought::Warning => self.finds.levels.warnings.before(until),
            Sought::Gap => self.finds.gaps.lines().into_iter().rev().find(|line| *line < until),
            Sought::Mark => self.log.marks.here()?.range(..until).next_back().copied(),
        }
    }

    /// What was looked at; `None`: all.
    fn cover(&self) -> Option<Cover> {
        match self.sought {
            Sought::Hit => Some(self.finds.hits.cover),
            Sought::Error | Sought::Warning => Some(self.finds.levels.cover),
            Sought::Gap | Sought::Mark => None,
        }
    }

    fn knows(&self, from: u64, until: u64) -> bool {
        self.cover().is_none_or(|cover| cover.has(from, until))
    }

    /// How many there are, how many before a line, and whether both are certain.
    fn count(&self, line: u64) -> (u64, u64) {
        match self.sought {
            Sought::Hit => (self.finds.hits.set.len(), self.finds.hits.set.below(line)),
            Sought::Error => (self.finds.levels.errors.len(), self.finds.levels.errors.below(line)),
            Sought::Warning => {
                (self.finds.levels.warnings.len(), self.finds.levels.warnings.below(line))
            }
            Sought::Gap => {
                let lines = self.finds.gaps.lines();
                (lines.len() as u64, lines.partition_point(|other| *other < line) as u64)
            }
            Sought::Mark => {
                self.log.marks.here().map_or((0, 0), |marks| {
                    (marks.len() as u64, marks.range(..line).count() as u64)
                })
            }
        }
    }
}

/// Where a jump ends, among the lines that are shown.
pub(super) fn seek(
    finds: &Finds,
    log: &LogPane,
    jump: Jump,
    (first, end): (u64, u64),
    shown: impl Fn(u64) -> bool,
) -> Seek {
    let kind = Kind { finds, log, sought: jump.sought };
    let passed = |mut line: Option<u64>, step: &dyn Fn(u64) -> Option<u64>| {
        for _ in 0..PASSED_MAX {
            match line {
                Some(found) if !shown(found) => line = step(found),
                found => return found,
            }
        }
        None
    };
    let down = |from: u64| passed(kind.next(from), &|line| kind.next(line + 1));
    let up = |until: u64| passed(kind.before(until), &|line| kind.before(line));
    if jump.forward {
        let from = if jump.included { jump.from } else { jump.from.saturating_add(1) };
        match down(from) {
            Some(line) if kind.knows(from, line) => return Seek::There(line, false),
            None if kind.knows(from, end) => {}
            Some(_) | None => return Seek::Later,
        }
        return match down(first) {
            Some(line) if kind.knows(first, line) => Seek::There(line, true),
            None if kind.knows(first, end) => Seek::Nowhere,
            Some(_) | None => Seek::Later,
        };
    }
    let until = jump.from;
    match up(until) {
        Some(line) if kind.knows(line, until) => return Seek::There(line, false),
        None if kind.knows(first, until) => {}
        Some(_) | None => return Seek::Later,
    }
    match up(end) {
        Some(line) if kind.knows(line, end) => Seek::There(line, true),
        None if kind.knows(first, end) => Seek::Nowhere,
        Some(_) | None => Seek::Later,
    }
}

/// What was jumped to, and whether it went on from the top or the end.
pub(super) type Reached = (Sought, Option<&'static str>);

/// What is said of lines of a kind: which one it is, and of how many.
pub(super) fn says(
    finds: &Finds,
    log: &LogPane,
    (sought, around): Reached,
    lines: u64,
) -> Option<String> {
    let kind = Kind { finds, log, sought };
    let what = name(log, sought);
    let whole = kind.knows(0, lines);
    let more = if whole { "" } else { "+" };
    let (all, before) = kind.count(log.search.found.unwrap_or(0));
    let around = around.map_or_else(String::new, |around| format!(", {around}"));
    let short = finds.hits.short.filter(|_| sought == Sought::Hit);
    let short = short.map_or_else(String::new, |line| {
        format!("; of line {} only {} MiB", line + 1, WHOLE_MAX >> 20)
    });
    let around = around + &short;
    match log.search.found {
        _ if all == 0 && whole => Some(format!("{what} in no line{short}")),
        _ if log.jump.is_some() || !whole && all == 0 => {
            let done = kind.cover().map_or(0, |cover| cover.len());
            let percent = done.saturating_mul(100).checked_div(lines).unwrap_or(100).min(100);
            Some(format!("{what} {all}+, looked at {percent} %"))
        }
        Some(found) if kind.knows(0, found) => {
            Some(format!("{what} {} of {all}{more}{around}", before + 1))
        }
        Some(_) => Some(format!("{what} ? of {all}{more}{around}")),
        None if sought == Sought::Hit => Some(format!("{what} {all}{more}{short}")),
        None => None,
    }
}

/// What is jumped to, in a word.
pub(super) fn name(log: &LogPane, sought: Sought) -> String {
    match sought {
        Sought::Hit => {
            format!("/{}/", fit(&Shown::literal(&log.search.text), NAME_MAX).plain())
        }
        Sought::Error => "error".to_owned(),
        Sought::Warning => "warning".to_owned(),
        Sought::Gap => "pause".to_owned(),
        Sought::Mark => "mark".to_owned(),
    }
}
