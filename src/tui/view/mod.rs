//! The screen as a function of the state. Drawing changes nothing and reads nothing.

mod areas;
mod commands;
mod detail;
mod dialog;
mod failure;
mod footer;
mod header;
mod help;
mod history;
mod holds;
mod host;
mod log;
mod matrix;
mod names;
mod narrow;
mod paint;
mod palette;
mod parts;
mod picker;
mod releases;
mod rows;
mod sheet;
mod spots;
mod stages;
mod steps;
mod tabs;

use ratatui::{Frame, layout::Rect, widgets::Clear};

pub(crate) use self::commands::commands_room;
pub(crate) use self::failure::{card_rows, standing_rows};
pub(crate) use self::narrow::listed;
pub(crate) use self::spots::{Spot, spot};
use self::{areas::areas, paint::Pen};
use super::{
    state::{Model, Pane, said::Sheet},
    told::PastRun,
    words::{self, Listed},
};

pub(crate) use self::header::state;

/// Draws everything. A screen too small for it shows plain lines instead, but must not stop anything.
pub(crate) fn view(model: &Model, frame: &mut Frame<'_>) {
    let pen = Pen::of(model);
    ground(pen, frame, frame.area());
    if let Some(stages) = &model.stages {
        stages::draw(model, stages, pen, frame);
    } else if model.host_view.is_some() {
        host::draw(model, pen, frame);
    } else if model.history.open {
        history::draw(model, pen, frame);
    } else if model.picker.is_some() {
        picker::draw(model, pen, frame);
    } else {
        panes(model, pen, frame);
    }
    if let Some(open) = model.sheet {
        sheet::draw(model, open, pen, frame);
    }
    if let Some(open) = &model.palette {
        palette::draw(model, open, pen, frame);
    }
    if let Some(help) = &model.help {
        help::draw(model, help, pen, frame);
    }
    if let Some(open) = &model.dialog {
        dialog::draw(model, open, pen, frame);
        if let Some(first) = open.commands {
            commands::draw(model, open, pen, frame, first);
        }
    }
}

fn panes(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let areas = areas(model);
    match model.past {
        Some(_) => history::banner(model, pen, frame, areas.header),
        None => header::draw(model, pen, frame, areas.header),
    }
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
    tabs::draw(model, pen, frame, &areas);
    footer::draw(model, pen, frame, areas.line, areas.footer);
}

/// Rows of the text of the open dialog that there is no room for, and those that one page goes on: the
/// last row of a page says only that there are more.
pub(crate) fn dialog_pages(model: &Model) -> (usize, usize) {
    let Some(open) = &model.dialog else { return (0, 1) };
    let screen = Rect::new(0, 0, model.size.width, model.size.height);
    let laid = dialog::lay_out(model, open, screen);
    (dialog::hidden(&laid), dialog::page(&laid))
}

/// Whether panes lie beside each other.
pub(crate) fn lies_beside(model: &Model) -> bool {
    model.size.width >= areas::WIDE && !model.zoom
}

/// Cells and rows that the log has for text.
pub(crate) fn log_room(model: &Model) -> (usize, usize) {
    let area = areas(model).log.filter(|_| !model.is_tiny()).unwrap_or_default();
    let cells = usize::from(area.width.saturating_sub(2 + log::GAP));
    let cells = cells.saturating_sub(model.log.times.width());
    (cells, usize::from(area.height).saturating_sub(2))
}

/// Rows that the text of what would be run has.
pub(crate) fn detail_rows(model: &Model) -> usize {
    let area = areas(model).log.unwrap_or_default();
    let cells = usize::from(area.width.saturating_sub(2));
    detail::lines(model, Pen::of(model), cells).len()
}

/// Rows that the details of the picker have, about.
pub(crate) fn picker_rows(model: &Model) -> usize {
    let beside = usize::from(model.size.width) / 2;
    picker::lines(model, Pen::of(model), beside).len()
}

/// What is known of the chosen release, as text.
pub(crate) fn picker_text(model: &Model) -> String {
    let text = |line: &ratatui::text::Line<'_>| line.to_string().trim_end().to_owned();
    let lines: Vec<String> =
        picker::lines(model, Pen::of(model), COPIED).iter().map(text).collect();
    lines.join("\n")
}

/// Cells of a line that is copied.
const COPIED: usize = 100;

/// The rows of the help, as it is filtered, in order.
pub(crate) fn help_rows(model: &Model) -> Vec<Listed> {
    let sections = model.help.as_ref().map(|help| words::listed(model, &help.filter));
    sections.into_iter().flatten().flat_map(|(_, rows)| rows).collect()
}

/// Rows of what the chosen entry of the palette would run.
pub(crate) fn palette_rows(model: &Model) -> usize {
    palette::would_rows(model, Pen::of(model))
}

/// The rows of the list of runs, as it is filtered, in order.
pub(crate) fn history_rows(model: &Model) -> Vec<&PastRun> {
    history::shown(model)
}

/// Rows that the detail of a host has.
pub(crate) fn host_rows(model: &Model) -> usize {
    host::lines(model, Pen::of(model), usize::from(model.size.width.saturating_sub(2))).len()
}

/// Rows that a text over the panes has.
pub(crate) fn sheet_rows(model: &Model, open: Sheet) -> usize {
    sheet::lines(model, open, Pen::of(model)).len()
}

/// A text of one line as this terminal may be sent it: neutralised, in the characters that it reads.
pub(crate) fn plain(model: &Model, text: &str) -> String {
    Pen::of(model).plain(text)
}

/// The state in a few words, for the title of the terminal; neutralised.
pub(crate) fn title(model: &Model) -> String {
    // The title is of what goes on, also while a run of the past is read.
    let now = model.past.as_ref().map(|past| past.now.0.clone());
    plain(model, &now.unwrap_or_else(|| words::title(model)))
}

/// Whether a pane has the keys.
fn focused(model: &Model, pane: Pane) -> bool {
    model.focus == pane && !model.is_covered()
}

/// What everything is drawn on: a theme with a ground has it everywhere.
fn ground(pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    frame.buffer_mut().set_style(area, pen.styles.ground());
}

/// So much of the middle of the screen.
fn centred(whole: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(whole.width), height.min(whole.height));
    let left = (whole.width - width) / 2;
    let top = (whole.height - height) / 2;
    Rect::new(whole.x + left, whole.y + top, width, height)
}

/// An empty place in the middle of the screen.
fn middle(pen: Pen, frame: &mut Frame<'_>, width: u16, height: u16) -> Rect {
    let area = centred(frame.area(), width, height);
    empty(pen, frame, area);
    area
}

/// Nothing but the ground there.
fn empty(pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    frame.render_widget(Clear, area);
    ground(pen, frame, area);
}

/// The first of `len` things to show in `room`, so that `chosen` is among them.
fn first_shown(chosen: usize, len: usize, room: usize) -> usize {
    chosen.saturating_sub(room / 2).min(len.saturating_sub(room))
}
