//! The few marks that the console draws, in Unicode and in ASCII.

use jiff::Timestamp;
use ratatui::symbols::border;

/// One set of marks. None of them is wider than its column, and each state has one of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyphs {
    pub(crate) waiting: &'static str,
    pub(crate) running: [&'static str; 4],
    pub(crate) ok: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) held: &'static str,
    pub(crate) skipped: &'static str,
    pub(crate) absent: &'static str,
    pub(crate) unknown: &'static str,
    pub(crate) breakpoint: &'static str,
    pub(crate) undone: &'static str,
    pub(crate) cursor: &'static str,
    pub(crate) left: &'static str,
    pub(crate) right: &'static str,
    pub(crate) within: &'static str,
    pub(crate) late: &'static str,
    pub(crate) bar: &'static str,
    pub(crate) up: &'static str,
    pub(crate) down: &'static str,
    pub(crate) served: &'static str,
    pub(crate) warn: &'static str,
    pub(crate) to: &'static str,
    pub(crate) before: &'static str,
    /// A place on a scroll bar that is on the screen, and one that a search found.
    pub(crate) here: &'static str,
    pub(crate) hit: &'static str,
    /// In the place of a line break, where there is one row.
    pub(crate) line_break: char,
    pub(crate) stage: (&'static str, &'static str),
    pub(crate) border: border::Set<'static>,
}

const UNICODE: Glyphs = Glyphs {
    waiting: "○",
    running: ["◐", "◓", "◑", "◒"],
    ok: "✓",
    failed: "✗",
    held: "‖",
    skipped: "»",
    absent: "─",
    unknown: "?",
    breakpoint: "◆",
    undone: "↶",
    cursor: "▸",
    left: "‹",
    right: "›",
    within: "›",
    late: "≤",
    bar: "│",
    up: "▲",
    down: "▼",
    served: "●",
    warn: "▲",
    to: "→",
    before: "←",
    here: "┃",
    hit: "•",
    line_break: '↵',
    stage: ("▌", "▐"),
    border: border::PLAIN,
};

const ASCII: Glyphs = Glyphs {
    waiting: ".",
    running: [">", ">", ">", ">"],
    ok: "+",
    failed: "x",
    held: "=",
    skipped: "s",
    absent: "-",
    unknown: "?",
    breakpoint: "*",
    undone: "u",
    cursor: ">",
    left: "<",
    right: ">",
    within: ">",
    late: "<",
    bar: "|",
    up: "^",
    down: "v",
    served: "*",
    warn: "!",
    to: "->",
    before: "<-",
    here: "#",
    hit: "o",
    line_break: '|',
    stage: ("[", "]"),
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

impl Glyphs {
    /// The set for terminals with Unicode, or without.
    pub(crate) fn of(ascii: bool) -> &'static Self {
        if ascii { &ASCII } else { &UNICODE }
    }

    /// The mark of something that goes on: another one each second.
    pub(crate) fn spinning(&self, now: Timestamp) -> &'static str {
        let turn = usize::try_from(now.as_second().rem_euclid(4)).unwrap_or(0);
        self.running.get(turn).copied().unwrap_or_default()
    }
}
