//! Where a jump ends, as far as that is known by now, and what is said of it.

use super::{
    board::{Cover, Finds},
    whole::WHOLE_MAX,
};
use crate::tui::state::log::{
    LogPane,
    search::{self, Jump, Sought},
};

/// Lines that a filter leaves out are passed over, but not more than this.
const PASSED_MAX: usize = 100_000;

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
            Sought::Kept => self.finds.kept.set.next(from),
            Sought::Error => self.finds.levels.errors.next(from),
            Sought::Warning => self.finds.levels.warnings.next(from),
            Sought::Gap => self.finds.gaps.lines().into_iter().find(|line| *line >= from),
            Sought::Mark => self.log.marks.here()?.range(from..).next().copied(),
        }
    }

    fn before(&self, until: u64) -> Option<u64> {
        match self.sought {
            Sought::Hit => self.finds.hits.set.before(until),
            Sought::Kept => self.finds.kept.set.before(until),
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
            Sought::Kept => Some(self.finds.kept.cover),
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
            Sought::Kept => (self.finds.kept.set.len(), self.finds.kept.set.below(line)),
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

/// What came of a jump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) sought: Sought,
    /// The pattern that was searched for then.
    search: u64,
    /// The line, and where it went on if the log had an end before.
    line: Option<(u64, Option<&'static str>)>,
}

impl Reached {
    /// A jump came to its end: at a line, or at none.
    pub(super) fn of(log: &LogPane, jump: Jump, line: Option<(u64, bool)>) -> Self {
        let around = |around: bool| match (around, jump.forward) {
            (false, _) => None,
            (true, true) => Some("from the top"),
            (true, false) => Some("from the end"),
        };
        let line = line.map(|(line, from)| (line, around(from)));
        Self { sought: jump.sought, search: log.search.id, line }
    }

    /// Whether it is still what the operator did last.
    pub(super) fn lasts(&self, log: &LogPane) -> bool {
        let there = self.line.is_none_or(|(line, _)| log.search.found == Some(line));
        self.search == log.search.id && there
    }
}

/// What is said of lines that are jumped to: which one it is, and of how many.
pub(super) fn says(
    finds: &Finds,
    log: &LogPane,
    reached: Option<Reached>,
    lines: u64,
) -> Option<String> {
    let pattern = log.search.pattern.as_ref().map(|_| Sought::Hit);
    let jumping = log.jump.map(|jump| jump.sought);
    let reached = reached.filter(|reached| jumping.is_none() && reached.lasts(log));
    let sought = jumping.or(reached.map(|reached| reached.sought)).or(pattern)?;
    let kind = Kind { finds, log, sought };
    let what = name(log, sought);
    let whole = kind.knows(0, lines);
    let more = if whole { "" } else { "+" };
    let short = finds.hits.short.filter(|_| sought == Sought::Hit);
    let short = short.map_or_else(String::new, |line| {
        format!("; of line {} only {} MiB", line + 1, WHOLE_MAX >> 20)
    });
    let (all, before) = kind.count(log.search.found.unwrap_or(0));
    if all == 0 && whole {
        return Some(format!("{what} in no line{short}"));
    }
    if jumping.is_some() || !whole && all == 0 {
        let done = kind.cover().map_or(0, |cover| cover.len());
        let percent = done.saturating_mul(100).checked_div(lines).unwrap_or(100).min(100);
        return Some(format!("{what} {all}+, looked at {percent} %"));
    }
    match reached.map(|reached| reached.line) {
        None => Some(format!("{what} {all}{more}{short}")),
        Some(None) => Some(format!("{what} in no line that is shown{short}")),
        Some(Some((line, around))) => {
            let around = around.map_or_else(String::new, |around| format!(", {around}"));
            let which = if kind.knows(0, line) { (before + 1).to_string() } else { "?".to_owned() };
            Some(format!("{what} {which} of {all}{more}{around}{short}"))
        }
    }
}

/// What is jumped to, in a word.
pub(super) fn name(log: &LogPane, sought: Sought) -> String {
    match sought {
        Sought::Hit => {
            format!("/{}/", search::short(&log.search.text))
        }
        Sought::Kept => format!("&{}", search::short(&log.sieve.text)),
        Sought::Error => "error".to_owned(),
        Sought::Warning => "warning".to_owned(),
        Sought::Gap => "pause".to_owned(),
        Sought::Mark => "mark".to_owned(),
    }
}
