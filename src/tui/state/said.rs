//! What was said in the last line, and a text that lies over the panes.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::tui::styles::Tone;

/// A line for the operator.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: Timestamp,
    pub(crate) text: String,
    pub(crate) tone: Tone,
    /// The step that it is about, where it only tells that one began, or ended well.
    pub(crate) part: Option<Part>,
}

/// A step on a host that began, or ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) host: String,
    pub(crate) step: String,
    pub(crate) end: Came,
}

/// How far it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    Started,
    /// It is done, after this time.
    Ok(String),
}

/// What was said, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Said {
    lines: VecDeque<Line>,
    /// How many there were so far.
    count: u64,
}

/// So much of it is kept.
const SAID_MAX: usize = 500;

/// For so long what is worse is not covered by what is not, unless a key is pressed.
pub(crate) const COVERED_AFTER: SignedDuration = SignedDuration::from_secs(8);

impl Line {
    /// Whether it tells of something that is not as it should be, or that is over: what does not is not to
    /// cover it before it can have been read.
    pub(crate) fn matters(&self) -> bool {
        matches!(self.tone, Tone::Failed | Tone::Warn | Tone::Unknown | Tone::Strong)
    }
}

impl Said {
    /// Keeps a line.
    pub(crate) fn keep(&mut self, line: Line) {
        if self.lines.len() >= SAID_MAX {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
        self.count += 1;
    }

    /// How many lines there were so far.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Those after the first so many with their numbers, as far as they are kept, the oldest first.
    pub(crate) fn after(&self, count: u64) -> impl Iterator<Item = (u64, &Line)> {
        let first = self.count - self.lines.len() as u64;
        (first..).zip(&self.lines).skip_while(move |(number, _)| *number < count)
    }

    /// The newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().rev()
    }
}

/// A text over the panes, from this row on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) of: Paper,
    pub(crate) first: usize,
}

/// What a sheet is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paper {
    /// The words for a newcomer.
    Guide,
    /// What was said.
    Messages,
}

impl Paper {
    /// A sheet from its first row.
    pub(crate) fn open(self) -> Option<Sheet> {
        Some(Sheet { of: self, first: 0 })
    }
}
