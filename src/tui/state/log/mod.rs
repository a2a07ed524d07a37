//! What is shown of a log, and where in it the operator is.

pub(crate) mod earlier;
pub(crate) mod marks;
pub(crate) mod search;

use std::ops::Range;

use self::{
    earlier::Earlier,
    marks::Marks,
    search::{Choose, Jump, Search, Sieve, Typing},
};
use crate::{model::Try, store::Arrival, text::Shown};

/// How the time of a line is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Times {
    /// Not.
    #[default]
    Off,
    /// By the operator's clock.
    Clock,
    /// Since the attempt began.
    Since,
}

impl Times {
    /// What the key makes of it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::Off => Self::Clock,
            Self::Clock => Self::Since,
            Self::Since => Self::Off,
        }
    }

    /// Cells that it takes, with the blank behind it.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Clock => 14,
            Self::Since => 12,
        }
    }
}

/// Whose log is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// That of one attempt.
    #[default]
    One,
    /// All hosts of the step, equal lines once.
    Folded,
    /// All hosts of the step, each line with its host.
    Each,
}

impl Shape {
    /// What the key makes of it.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::One => Self::Folded,
            Self::Folded => Self::Each,
            Self::Each => Self::One,
        }
    }
}

/// A way through the log that its reader still has to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// So many rows down, or up.
    Rows(i64),
    /// To the first line.
    Top,
    /// To the last, and on with it.
    Bottom,
}

/// What a line speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    #[default]
    Calm,
    Warning,
    /// An error, or what belongs to one.
    Error,
}

/// One row of the screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) number: u64,
    /// The attempt that printed it, and which of its lines it is.
    pub(crate) place: Option<(Try, u64)>,
    /// Whether the line begins here; otherwise it goes on from the row before.
    pub(crate) begins: bool,
    pub(crate) arrival: Option<Arrival>,
    pub(crate) text: Shown,
    /// Cells of the text that the search found.
    pub(crate) hits: Vec<Range<usize>>,
    pub(crate) level: Level,
    /// The filter left lines out before it.
    pub(crate) parted: bool,
    /// The line is longer than the row, at either side.
    pub(crate) cut: (bool, bool),
}

/// Lines of a kind, and whether there may be more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) errors: u64,
    pub(crate) warnings: u64,
    pub(crate) more: bool,
}

/// What a place on the scroll bar stands for, the weightiest alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) level: Level,
    pub(crate) hit: bool,
    pub(crate) mark: bool,
    /// Lines of it are on the screen.
    pub(crate) here: bool,
}

/// The log pane.
#[derive(Clone, Debug)]
pub(crate) struct LogPane {
    /// The attempt that the operator chose; `None`: the latest.
    pub(crate) pinned: Option<Try>,
    /// The attempt whose rows these are; with all hosts, that of the chosen cell.
    pub(crate) of: Option<Try>,
    /// Whose lines are wanted.
    pub(crate) shape: Shape,
    pub(crate) follow: bool,
    /// The run went on elsewhere while this log was read: it is not left before the operator says so.
    pub(crate) stays: bool,
    /// The first line shown, and the row in it.
    pub(crate) top: (u64, usize),
    /// Cells that are scrolled out on the left.
    pub(crate) left: usize,
    pub(crate) wrap: bool,
    pub(crate) times: Times,
    pub(crate) way: Option<Move>,
    pub(crate) search: Search,
    pub(crate) sieve: Sieve,
    pub(crate) typing: Option<Typing>,
    pub(crate) earlier: Earlier,
    pub(crate) jump: Option<Jump>,
    pub(crate) choose: Option<Choose>,
    /// How many lines that are shown are chosen.
    pub(crate) chosen: u64,
    pub(crate) marks: Marks,
    /// The line of the next log to begin at.
    pub(crate) arrive: Option<u64>,
    /// Lines to be put on the clipboard.
    pub(crate) copy: Option<Range<u64>>,
    pub(crate) lines: u64,
    /// The first line that there is: of all hosts together only the newest are kept.
    pub(crate) first: u64,
    /// There are more lines that are not in order yet.
    pub(crate) merging: bool,
    /// In hundredths how far that is, where the newest lines are far from there.
    pub(crate) behind: Option<u8>,
    pub(crate) counts: Counts,
    pub(crate) rows: Vec<Row>,
    /// One for each row of the pane.
    pub(crate) bar: Vec<Tick>,
    /// Lines below the last row.
    pub(crate) below: u64,
    /// Why the log cannot be read.
    pub(crate) trouble: Option<String>,
}

impl Default for LogPane {
    fn default() -> Self {
        Self {
            pinned: None,
            of: None,
            shape: Shape::One,
            follow: true,
            stays: false,
            top: (0, 0),
            left: 0,
            wrap: true,
            times: Times::Off,
            way: None,
            search: Search::default(),
            sieve: Sieve::default(),
            typing: None,
            earlier: Earlier::default(),
            jump: None,
            choose: None,
            chosen: 0,
            marks: Marks::default(),
            arrive: None,
            copy: None,
            lines: 0,
            first: 0,
            merging: false,
            behind: None,
            counts: Counts::default(),
            rows: Vec::new(),
            bar: Vec::new(),
            below: 0,
            trouble: None,
        }
    }
}

/// More than this is never scrolled at once: what is read for a frame stays bounded.
const ROWS_AT_ONCE_MAX: i64 = 500;

impl LogPane {
    /// Another log: at its end, with what was searched for still marked.
    pub(crate) fn begin(&mut self, of: Option<Try>) {
        self.of = of;
        self.follow = true;
        self.top = (0, 0);
        self.left = 0;
        (self.way, self.jump, self.choose, self.copy) = (None, None, None, None);
        (self.rows, self.bar) = (Vec::new(), Vec::new());
        (self.lines, self.below, self.first) = (0, 0, 0);
        self.counts = Counts::default();
        self.trouble = None;
        self.search.found = None;
        self.search.says = None;
        self.marks.of = of.map(|of| (self.shape, of));
        if let Some(line) = self.arrive.take() {
            (self.follow, self.top) = (false, (line.saturating_sub(3), 0));
            self.search.found = Some(line);
        }
    }

    /// Whether somebody reads it: away from its end, choosing lines, or typing what to look for.
    pub(crate) fn is_read(&self) -> bool {
        let away = self.way.map_or(!self.follow, |way| way != Move::Bottom);
        self.stays || away || self.is_busy()
    }

    /// Whether lines are being chosen, or what to look for is typed or looked for.
    pub(crate) fn is_busy(&self) -> bool {
        self.typing.is_some() || self.choose.is_some() || self.jump.is_some()
    }

    /// Asks for so many rows further down; where lines are chosen, for lines.
    pub(crate) fn scroll(&mut self, rows: i64) {
        let before = match self.way {
            Some(Move::Rows(before)) => before,
            Some(Move::Top | Move::Bottom) | None => 0,
        };
        let sum = before.saturating_add(rows).clamp(-ROWS_AT_ONCE_MAX, ROWS_AT_ONCE_MAX);
        self.way = Some(Move::Rows(sum));
    }

    /// The line that is spoken of.
    pub(crate) fn current(&self) -> u64 {
        self.spoken().0
    }

    /// The line that is spoken of, and why that one: it is at the cursor; it was marked or jumped to
    /// last and is on the screen; else it is the first that is shown, or the last while it follows.
    pub(crate) fn spoken(&self) -> (u64, &'static str) {
        if let Some(choose) = self.choose {
            return (choose.at, "the line at the cursor");
        }
        let (first, last) = match (self.rows.first(), self.rows.last()) {
            (Some(first), Some(last)) => (first.number, last.number),
            (_, _) => (self.top.0, self.top.0),
        };
        match self.search.found.filter(|found| (first..=last).contains(found)) {
            Some(found) if self.marks.contains(found) => (found, "the marked line"),
            Some(found) => (found, "the line jumped to last"),
            None if self.follow => (last, "the last line"),
            None => (first, "the first line on the screen"),
        }
    }

    /// The attempt that printed the current line, and which of its lines it is.
    pub(crate) fn place(&self) -> Option<(Try, u64)> {
        let current = self.current();
        self.rows.iter().find(|row| row.number == current)?.place
    }
}
