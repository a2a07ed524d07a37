//! What the open dialog would run, over everything else: to be read, and back to the question.

use ratatui::{Frame, text::Line, widgets::Clear};

use super::{areas, footer, paint::Pen, palette::wrapped, rows::scrolled};
use crate::tui::{
    action::{Action, Motion},
    keymap::{down_up, written},
    state::{Model, dialog::Dialog},
    styles::Tone,
    words,
};

/// The keys, the most wanted first.
fn keys(model: &Model) -> [(String, &'static str); 3] {
    [
        ("Esc".to_owned(), "back to the question"),
        (down_up(model), "line"),
        (written(model, Action::Go(Motion::PageDown)).to_owned(), "page"),
    ]
}

pub(super) fn draw(model: &Model, dialog: &Dialog, pen: Pen, frame: &mut Frame<'_>, first: usize) {
    let (areas, area) = areas::frame(model);
    for covered in [area, areas.line, areas.footer] {
        frame.render_widget(Clear, covered);
    }
    footer::draw_keys((model, pen), frame, areas.footer, &keys(model));
    let right = vec![(" nothing is run yet ".to_owned(), Tone::Dim)];
    let block = pen.pane(&format!("What it would run: {}", dialog.title), &right, true, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = lines(model, dialog, pen, usize::from(inner.width));
    scrolled(pen, frame, (area, inner), lines, first);
}

/// All rows of that width.
fn lines(model: &Model, dialog: &Dialog, pen: Pen, width: usize) -> Vec<Line<'static>> {
    wrapped(pen, &words::dialog_rows(model, dialog).unwrap_or_default(), width)
}

/// How far it can be scrolled, on the screen as it is, and the rows of a page.
pub(crate) fn commands_room(model: &Model) -> (usize, usize) {
    let Some(dialog) = &model.dialog else { return (0, 0) };
    let (_, area) = areas::frame(model);
    let page = usize::from(area.height.saturating_sub(2));
    let width = usize::from(area.width.saturating_sub(2));
    let rows = lines(model, dialog, Pen::of(model), width).len();
    (rows.saturating_sub(page) + 1, page)
}
