//! What is shown of a log, and where in it the operator is.

use std::{ops::Range, sync::Arc};

use regex::Regex;

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

/// A search that goes on.
#[derive(Clone, Debug)]
pub(crate) struct Hunt {
    pub(crate) pattern: Arc<Regex>,
    /// Towards the end.
    pub(crate) forward: bool,
    /// The line to look at next; `None`: the one after (or before) what is on the screen.
    pub(crate) next: Option<u64>,
    /// What is looked for, in words.
    pub(crate) what: String,
}

/// The search of a log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    /// The text while it is typed.
    pub(crate) typing: Option<String>,
    /// What was searched for last.
    pub(crate) pattern: Option<Arc<Regex>>,
    pub(crate) hunt: Option<Hunt>,
    /// What came of it.
    pub(crate) says: Option<String>,
    /// The line that was found last.
    pub(crate) found: Option<u64>,
}

/// One row of the screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) number: u64,
    /// Whether the line begins here; otherwise it goes on from the row before.
    pub(crate) begins: bool,
    pub(crate) arrival: Option<Arrival>,
    pub(crate) text: Shown,
    /// Cells of the text that the search found.
    pub(crate) hits: Vec<Range<usize>>,
}

/// The log pane.
#[derive(Clone, Debug)]
pub(crate) struct LogPane {
    /// The attempt that the operator chose; `None`: the latest.
    pub(crate) pinned: Option<Try>,
    /// The attempt whose rows these are.
    pub(crate) of: Option<Try>,
    pub(crate) follow: bool,
    /// The first line shown, and the row in it.
    pub(crate) top: (u64, usize),
    /// Cells that are scrolled out on the left.
    pub(crate) left: usize,
    pub(crate) wrap: bool,
    pub(crate) times: Times,
    pub(crate) way: Option<Move>,
    pub(crate) search: Search,
    /// Lines and bytes of the log.
    pub(crate) lines: u64,
    pub(crate) rows: Vec<Row>,
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
            follow: true,
            top: (0, 0),
            left: 0,
            wrap: false,
            times: Times::Off,
            way: None,
            search: Search::default(),
            lines: 0,
            rows: Vec::new(),
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
        self.way = None;
        self.rows.clear();
        (self.lines, self.below) = (0, 0);
        self.trouble = None;
        self.search.hunt = None;
        self.search.found = None;
        self.search.says = None;
    }

    /// Asks for so many rows further down.
    pub(crate) fn scroll(&mut self, rows: i64) {
        let before = match self.way {
            Some(Move::Rows(before)) => before,
            Some(Move::Top | Move::Bottom) | None => 0,
        };
        let sum = before.saturating_add(rows).clamp(-ROWS_AT_ONCE_MAX, ROWS_AT_ONCE_MAX);
        self.way = Some(Move::Rows(sum));
    }

    /// Looks for a pattern from here on.
    pub(crate) fn hunt(&mut self, pattern: Arc<Regex>, forward: bool, what: &str) {
        let next = match (self.search.found, forward) {
            (Some(found), true) => Some(found.saturating_add(1)),
            (Some(0), false) => {
                self.search.says = Some(format!("no {what} before the first line"));
                return;
            }
            (Some(found), false) => Some(found.saturating_sub(1)),
            (None, _) => None,
        };
        self.search.says = None;
        self.search.hunt = Some(Hunt { pattern, forward, next, what: what.to_owned() });
    }
}

/// A pattern with smart case: capital letters count only if there are any.
///
/// # Errors
/// What is wrong with it, in a line.
pub(crate) fn pattern(text: &str) -> Result<Arc<Regex>, String> {
    let capitals = text.chars().any(char::is_uppercase);
    regex::RegexBuilder::new(text)
        .case_insensitive(!capitals)
        .size_limit(1 << 20)
        .build()
        .map(Arc::new)
        .map_err(|error| {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default();
            format!("not a regular expression: {}", last.trim_start_matches("error: "))
        })
}

/// What lines that speak of an error have in them.
pub(crate) const ERROR_WORDS: &str =
    r"(?i)\b(error|errors|failed|failure|fatal|panic(ked)?|exception|traceback|denied|cannot)\b";
