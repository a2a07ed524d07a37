//! Entries of one row or more, scrolled so that the chosen one is seen; and the marks that say that
//! there is more above or below.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::paint::{Pen, wrap_words};
use crate::tui::{styles::Tone, words::Detail};

/// Rows, and those of the chosen entry.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) chosen: Range<usize>,
}

impl Rows {
    /// Adds an entry.
    pub(super) fn push(&mut self, lines: impl IntoIterator<Item = Line<'static>>, chosen: bool) {
        let from = self.lines.len();
        self.lines.extend(lines);
        if chosen {
            self.chosen = from..self.lines.len();
        }
    }

    /// Draws those that fit into the inner area of a frame, with the chosen entry among them.
    pub(super) fn draw(self, pen: Pen, frame: &mut Frame<'_>, framed: Rect, inner: Rect) {
        let room = usize::from(inner.height);
        let middle = self.chosen.start.midpoint(self.chosen.end);
        let last = self.lines.len().saturating_sub(room);
        // The first row of the chosen entry is seen also where the entry is taller than the room.
        let first = middle.saturating_sub(room / 2).min(last).min(self.chosen.start);
        scrolled(pen, frame, (framed, inner), self.lines, first);
    }
}

/// Draws rows from the first one on; marks on the frame say where more are.
pub(super) fn scrolled(
    pen: Pen,
    frame: &mut Frame<'_>,
    (framed, inner): (Rect, Rect),
    lines: Vec<Line<'static>>,
    first: usize,
) {
    let room = usize::from(inner.height);
    let first = first.min(lines.len().saturating_sub(room));
    let below = lines.len() > first + room;
    let shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(room).collect();
    frame.render_widget(Paragraph::new(shown), inner);
    marks(pen, frame, (framed, inner), (first > 0, below));
}

/// Marks on the right side of a frame: rows are hidden above, or below.
pub(super) fn marks(
    pen: Pen,
    frame: &mut Frame<'_>,
    (framed, inner): (Rect, Rect),
    (above, below): (bool, bool),
) {
    let x = framed.right().saturating_sub(1);
    let rows = [(above, inner.top(), pen.glyphs.up), (below, inner.bottom(), pen.glyphs.down)];
    for (hidden, y, mark) in rows {
        let y = if mark == pen.glyphs.down { y.saturating_sub(1) } else { y };
        let at = Rect::new(x, y, 1, 1);
        if hidden && inner.height > 0 && frame.area().contains(at.as_position()) {
            frame.render_widget(pen.span(mark, Tone::Held), at);
        }
    }
}

/// What is known of something, each with its label before its first row; so many cells for labels.
pub(super) fn labelled(
    pen: Pen,
    details: Vec<Detail>,
    label: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let rows = details.into_iter().flat_map(|(name, text, tone)| {
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        let rows = wrap_words(&text, width.saturating_sub(label));
        names.zip(rows).map(move |(name, row)| (name, row, tone)).collect::<Vec<_>>()
    });
    let line = |(name, row, tone): (&str, String, Tone)| {
        let name = pen.cell(name, label, pen.styles.of(Tone::Dim));
        Line::from(vec![name, pen.span(&row, tone)])
    };
    rows.map(line).collect()
}

/// A row with a mark before it where it is chosen, and a look of its own.
pub(super) fn entry(pen: Pen, chosen: bool, spans: Vec<Span<'static>>) -> Line<'static> {
    let cursor = if chosen { pen.glyphs.cursor } else { "" };
    let mut all = vec![pen.cell(cursor, 2, ratatui::style::Style::default())];
    all.extend(spans);
    Line::from(all)
}
