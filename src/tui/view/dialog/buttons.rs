//! The buttons of a dialog, one a row, each with what comes of it.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{MARK, Pen};
use crate::{
    text::Shown,
    tui::{
        state::dialog::{Button, Dialog, Focus},
        styles::Tone,
    },
};

/// A button; its letter is bright while it presses it.
pub(super) fn row(
    pen: Pen,
    dialog: &Dialog,
    at: usize,
    button: &Button,
    (ready, width): (bool, usize),
) -> Line<'static> {
    let in_focus = dialog.focus == Focus::Button(at);
    let style = match in_focus {
        true => pen.styles.selected(),
        false if at > 0 && !ready => pen.styles.of(Tone::Dim),
        false => pen.styles.of(Tone::Strong),
    };
    let cursor = if in_focus { pen.glyphs.cursor } else { "" };
    let key = button.key.map_or_else(String::new, |key| key.to_string());
    let letter = if dialog.takes_letters() { Tone::Key } else { Tone::Dim };
    let mut spans = vec![
        pen.cell(cursor, MARK, Style::default()),
        pen.cell(&key, 2, pen.styles.of(letter)),
        pen.styled(&format!("[ {} ]", button.label), style),
    ];
    let room = room(button, width);
    if !button.about.is_empty() && room > ROOM_MIN {
        spans.push(Span::raw("  "));
        spans.push(pen.cell(&button.about, room, pen.styles.of(Tone::Dim)));
    }
    Line::from(spans)
}

/// With fewer cells nothing is said beside a button.
const ROOM_MIN: usize = 3;

/// Whether there is no room beside a button for what comes of it.
pub(super) fn is_cut(button: &Button, width: usize) -> bool {
    Shown::literal(&button.about).width() > room(button, width)
}

/// Cells that are left beside a button.
fn room(button: &Button, width: usize) -> usize {
    width.saturating_sub(MARK + 2 + 4 + Shown::literal(&button.label).width() + 2)
}
