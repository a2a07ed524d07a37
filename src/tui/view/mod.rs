//! The screen as a function of the state. Drawing changes nothing and reads nothing.

mod areas;
mod detail;
mod dialog;
mod failure;
mod footer;
mod header;
mod help;
mod holds;
mod log;
mod matrix;
mod paint;
mod picker;
mod releases;
mod steps;
mod tiny;

use ratatui::{Frame, layout::Rect, widgets::Clear};

pub(crate) use self::failure::{card_rows, standing_rows};
use self::{areas::areas, paint::Pen};
use super::{
    state::{Model, Pane},
    words,
};

/// Draws everything.
pub(crate) fn view(model: &Model, frame: &mut Frame<'_>) {
    let pen = Pen::of(model);
    if model.is_tiny() {
        tiny::draw(model, pen, frame);
        return;
    }
    if model.picker.is_some() {
        picker::draw(model, pen, frame);
    } else {
        panes(model, pen, frame);
    }
    if let Some(help) = &model.help {
        help::draw(model, help, pen, frame);
    }
    if let Some(open) = &model.dialog {
        dialog::draw(model, open, pen, frame);
    }
}

fn panes(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let areas = areas(model);
    header::draw(model, pen, frame, areas.header);
    if let Some(area) = areas.matrix {
        matrix::draw(model, pen, frame, area);
    }
    if let Some(area) = areas.releases {
        releases::draw(model, pen, frame, area);
    }
    if let Some(area) = areas.steps {
        steps::draw(model, pen, frame, area);
    }
    if let Some(area) = areas.card {
        failure::draw_card(model, pen, frame, area);
    }
    if let Some(area) = areas.standing {
        failure::draw_standing(model, pen, frame, area);
    }
    if let Some(area) = areas.log {
        match model.attempt() {
            Some(attempt) => log::draw(model, pen, frame, area, attempt),
            None => detail::draw(model, pen, frame, area),
        }
    }
    if let Some(area) = areas.choices {
        holds::draw(model, pen, frame, area);
    }
    footer::draw(model, pen, frame, areas.line, areas.footer);
}

/// Cells and rows that the log has for text.
pub(crate) fn log_room(model: &Model) -> (usize, usize) {
    let area = areas(model).log.filter(|_| !model.is_tiny()).unwrap_or_default();
    let cells = usize::from(area.width).saturating_sub(2).saturating_sub(model.log.times.width());
    (cells, usize::from(area.height).saturating_sub(2))
}

/// Rows that the text of what would be run has.
pub(crate) fn detail_rows(model: &Model) -> usize {
    let (cells, _) = log_room(model);
    detail::lines(model, Pen::of(model), cells).len()
}

/// Rows that the details of the picker have, about.
pub(crate) fn picker_rows(model: &Model) -> usize {
    let beside = usize::from(model.size.width) / 2;
    picker::lines(model, Pen::of(model), beside).len()
}

/// Rows that the help has, as it is filtered.
pub(crate) fn help_rows(model: &Model) -> usize {
    model.help.as_ref().map_or(0, |help| help::lines(model, help, Pen::of(model), 80).len())
}

/// The state in a few words, for the title of the terminal; neutralised.
pub(crate) fn title(model: &Model) -> String {
    Pen::of(model).plain(&words::title(model))
}

/// Whether a pane has the keys.
fn focused(model: &Model, pane: Pane) -> bool {
    let behind = model.dialog.is_some() || model.help.is_some() || model.picker.is_some();
    model.focus == pane && !behind
}

/// An empty place in the middle of the screen.
fn middle(frame: &mut Frame<'_>, width: u16, height: u16) -> Rect {
    let whole = frame.area();
    let (width, height) = (width.min(whole.width), height.min(whole.height));
    let left = (whole.width - width) / 2;
    let top = (whole.height - height) / 2;
    let area = Rect::new(whole.x + left, whole.y + top, width, height);
    frame.render_widget(Clear, area);
    area
}

/// The first of `len` things to show in `room`, so that `chosen` is among them.
fn first_shown(chosen: usize, len: usize, room: usize) -> usize {
    chosen.saturating_sub(room / 2).min(len.saturating_sub(room))
}
