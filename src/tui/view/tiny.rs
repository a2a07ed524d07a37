//! A screen too small for a run: its state, and what is needed.

use ratatui::{Frame, text::Line, widgets::Paragraph};

use super::{
    header,
    paint::{Pen, wrap_words},
};
use crate::tui::{
    action::Action,
    keymap::written,
    state::{Model, SIZE_MIN, dialog::Subject},
    styles::Tone,
};

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let width = usize::from(model.size.width);
    let (state, tone) = header::state(model);
    let (has, needs) = (model.size, SIZE_MIN);
    let asked = model.dialog.as_ref().map(|dialog| dialog.subject == Subject::Quit);
    let what = match asked {
        Some(true) if model.open_run().is_some() => "Leave? D detach, Esc stay.".to_owned(),
        Some(true) => "Leave? D leave, Esc stay.".to_owned(),
        Some(false) | None => format!(
            "The screen has {}x{}, {}x{} are needed: make it larger. {} leaves.",
            has.width,
            has.height,
            needs.width,
            needs.height,
            written(model, Action::Quit)
        ),
    };
    let rows = [(state, tone), (what, Tone::Text)].into_iter().flat_map(|(text, tone)| {
        wrap_words(&text, width).into_iter().map(move |row| Line::from(pen.span(&row, tone)))
    });
    frame.render_widget(Paragraph::new(rows.collect::<Vec<_>>()), frame.area());
}
