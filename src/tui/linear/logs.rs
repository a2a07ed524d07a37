//! What steps print, as far as it is said: all of it only when that is asked for. Otherwise what speaks of
//! an error or a warning, a few lines of each step; and of a step that takes long, now and then, that it
//! still runs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    model::Try,
    run::{Run, State},
    text::Filter,
    tui::{
        feed::{Open, Source, show_line},
        levels::level,
        state::{Model, log::Level},
        words,
    },
};

/// Lines of one attempt that are read at once.
const LINES_AT_ONCE: usize = 400;

/// An attempt that is further ahead than this is gone on with near its end: all of it is in its log.
const BEHIND_MAX: u64 = 20_000;

/// Lines of one attempt that speak of errors and warnings and are said.
const HINTS_MAX: u32 = 3;

/// When it is first said that a step still runs; then each time after twice that time, up to the longest.
const STILL: SignedDuration = SignedDuration::from_secs(60);
const STILL_MAX: SignedDuration = SignedDuration::from_mins(10);

/// Logs that are followed at once; of more only their ends are said.
const FOLLOWED_MAX: usize = 64;

/// The logs of what runs.
pub(super) struct Logs<S> {
    open: Open<S>,
    /// Every line is said.
    pub(super) all: bool,
    /// Attempts that were met.
    met: BTreeSet<Try>,
    followed: BTreeMap<Try, Followed<S>>,
    /// The run that they are of.
    run: String,
}

struct Followed<S> {
    source: S,
    filter: Filter,
    label: String,
    next: u64,
    hints: u32,
    since: Timestamp,
    still: SignedDuration,
}

impl<S: Source> Logs<S> {
    pub(super) fn new(open: Open<S>) -> Self {
        let (met, followed) = (BTreeSet::new(), BTreeMap::new());
        Self { open, all: false, met, followed, run: String::new() }
    }

    /// What is to be said of them since.
    pub(super) fn follow(&mut self, model: &Model) -> Vec<String> {
        let Some(run) = model.run() else { return Vec::new() };
        let mut said = Vec::new();
        let taken_up = self.begin(run);
        for (node, cell) in run.ids().filter(|(_, cell)| cell.tries > 0) {
            let attempt = Try { node, n: cell.tries };
            let runs = matches!(cell.state, State::Running(_) | State::Settling(..));
            // What was over before it was looked at first is not said.
            if self.met.insert(attempt)
                && (runs || !taken_up)
                && self.followed.len() < FOLLOWED_MAX
                && let Some(followed) = self.meet(run, attempt, model.now)
            {
                self.followed.insert(attempt, followed);
            }
        }
        let mut followed = std::mem::take(&mut self.followed);
        followed.retain(|attempt, one| {
            let state = run.cell(attempt.node).map(|cell| (&cell.state, cell.tries));
            let runs = matches!(
                state,
                Some((State::Running(n) | State::Settling(n, ..), _)) if *n == attempt.n
            );
            // A failure is read out with its error.
            let fails = matches!(state, Some((state, _)) if state.is_failure());
            let quiet = fails && !self.all;
            while one.read(self.all, quiet, !runs, &mut said) && !runs {}
            if runs {
                said.extend(one.still(model.now));
            }
            runs
        });
        self.followed = followed;
        said
    }

    /// Another run: nothing is known of it. Whether it had begun before.
    fn begin(&mut self, run: &Run) -> bool {
        let of = run.plan.run.as_str();
        if self.run == of {
            return false;
        }
        of.clone_into(&mut self.run);
        self.met.clear();
        self.followed.clear();
        true
    }

    fn meet(&self, run: &Run, attempt: Try, now: Timestamp) -> Option<Followed<S>> {
        let source = self.log(run, attempt)?;
        let cell = run.cell(attempt.node)?;
        Some(Followed {
            source,
            filter: Filter::default(),
            label: label(run, attempt),
            next: 0,
            hints: 0,
            since: cell.started.unwrap_or(now),
            still: STILL,
        })
    }

    fn log(&self, run: &Run, attempt: Try) -> Option<S> {
        let cell = run.cell(attempt.node)?;
        let host = run.plan.host(cell.node.host?)?;
        (self.open)(&run.plan.run, &host.name, &cell.node.key.box_name(attempt.n)).ok()
    }

    /// The last lines of an attempt.
    pub(super) fn last(&self, run: &Run, attempt: Try, count: u64) -> Vec<String> {
        let label = label(run, attempt);
        let Some(mut source) = self.log(run, attempt) else {
            return vec![format!("{label}: there is no log of it here.")];
        };
        let read = source.refresh();
        let all = source.line_count();
        let first = all.saturating_sub(count);
        let lines = source.lines(first, usize::try_from(count).unwrap_or(LINES_AT_ONCE));
        let (Ok(_), Ok(lines)) = (read, lines) else {
            return vec![format!("{label}: its log cannot be read.")];
        };
        let number = words::count(usize::try_from(all).unwrap_or(usize::MAX), "line");
        let head = match (all, first) {
            (0, _) => format!("{label} has printed nothing."),
            (_, 0) => format!("{label}, {number}:"),
            (_, _) => format!("{label}, the last {count} of {number}:"),
        };
        let mut filter = Filter::default();
        let lines = lines.iter().map(|line| show_line(&mut source, &mut filter, line).plain());
        std::iter::once(head).chain(lines).collect()
    }
}

impl<S: Source> Followed<S> {
    /// Reads on; whether there is more. `ended`: a line without an end is whole.
    fn read(&mut self, all: bool, quiet: bool, ended: bool, said: &mut Vec<String>) -> bool {
        if self.source.refresh().is_err() {
            return false;
        }
        let behind = self.source.line_count().saturating_sub(self.next);
        if behind > BEHIND_MAX {
            let left = behind - LINES_AT_ONCE as u64;
            if all {
                said.push(format!("{}: {left} lines left out, they are in its log", self.label));
            }
            self.next += left;
        }
        let Ok(lines) = self.source.lines(self.next, LINES_AT_ONCE) else { return false };
        let read = lines.len();
        for line in lines.iter().filter(|line| line.complete || ended) {
            self.next = line.number.saturating_add(1);
            let shown = show_line(&mut self.source, &mut self.filter, line).plain();
            if all {
                said.push(format!("{} | {shown}", self.label));
            } else if !quiet {
                said.extend(self.hint(&shown));
            }
        }
        read == LINES_AT_ONCE
    }

    /// A line that speaks of an error or a warning.
    fn hint(&mut self, line: &str) -> Option<String> {
        let word = match level(line) {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Calm => return None,
        };
        self.hints += 1;
        let label = &self.label;
        match self.hints {
            ..=HINTS_MAX => Some(format!("{label}, {word}: {}", line.trim())),
            hints if hints == HINTS_MAX + 1 => {
                Some(format!("{label} prints more of such lines: log on says every line"))
            }
            _ => None,
        }
    }

    /// That it still runs, now and then.
    fn still(&mut self, now: Timestamp) -> Option<String> {
        let runs = now.duration_since(self.since);
        if runs < self.still {
            return None;
        }
        while self.still <= runs {
            self.still += self.still.min(STILL_MAX);
        }
        let lines = words::count(usize::try_from(self.source.line_count()).unwrap_or(0), "line");
        Some(format!("{} still runs, {}, {lines} so far", self.label, words::whole(runs)))
    }
}

/// An attempt as people know it: host and step.
pub(super) fn label(run: &Run, attempt: Try) -> String {
    let Some(cell) = run.cell(attempt.node) else { return "?".to_owned() };
    let host = cell.node.host.and_then(|host| run.plan.host(host));
    format!("{} {}", host.map_or("?", |host| host.name.as_str()), cell.node.key)
}
