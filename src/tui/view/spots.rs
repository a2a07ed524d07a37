//! What lies under the pointer, as the screen is drawn.

use ratatui::layout::{Margin, Position, Rect};

use super::{areas, dialog, holds, matrix, picker, releases, steps};
use crate::tui::state::Model;

/// What lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// A field of the open dialog.
    Field(usize),
    /// A button of it.
    Button(usize),
    /// Something else of it, or beside it.
    Dialog,
    /// The help.
    Help,
    /// A release in the picker.
    Candidate(usize),
    /// What is known of it.
    Details,
    /// Pane 1: the row of a host and the column of a step, as far as it is on them.
    Cell { row: Option<usize>, column: Option<usize> },
    /// Pane 2, and a release in it.
    Release(Option<usize>),
    /// Pane 3, and a step in it.
    Step(Option<usize>),
    /// Pane 4.
    Log,
    /// Pane 5, and a choice in it.
    Choice(Option<usize>),
    /// Nothing that can be chosen.
    Nothing,
}

/// What lies there. What is open takes the place of what is behind it.
pub(crate) fn spot(model: &Model, x: u16, y: u16) -> Spot {
    let at = Position { x, y };
    let screen = Rect::new(0, 0, model.size.width, model.size.height);
    if model.is_tiny() || !screen.contains(at) {
        return Spot::Nothing;
    }
    if model.stages.is_some() && model.dialog.is_none() {
        return Spot::Nothing;
    }
    if let Some(open) = &model.dialog {
        if open.commands.is_some() {
            return Spot::Dialog;
        }
        let laid = dialog::lay_out(model, open, screen);
        return match (row_of(laid.buttons, at), row_of(laid.fields, at)) {
            (Some(row), _) => {
                let button = dialog::first_button(open, laid.buttons) + row;
                if button < open.buttons.len() { Spot::Button(button) } else { Spot::Dialog }
            }
            // One alone has a frame around it.
            (None, Some(_)) if open.fields.len() == 1 => Spot::Field(0),
            (None, Some(row)) => Spot::Field(row),
            (None, None) => Spot::Dialog,
        };
    }
    if model.help.is_some() {
        return Spot::Help;
    }
    let over = model.palette.is_some() || model.host_view.is_some() || model.sheet.is_some();
    if over || model.history.open {
        return Spot::Nothing;
    }
    if model.picker.is_some() {
        return picker::at(model, at);
    }
    pane(model, at)
}

fn pane(model: &Model, at: Position) -> Spot {
    let areas = areas(model);
    let there = |area: Option<Rect>| area.filter(|area| area.contains(at));
    if let Some(area) = there(areas.matrix) {
        let (row, column) = matrix::at(model, area, at);
        return Spot::Cell { row, column };
    }
    if let Some(area) = there(areas.releases) {
        return Spot::Release(releases::at(model, area, at));
    }
    if let Some(area) = there(areas.steps) {
        return Spot::Step(steps::at(model, area, at));
    }
    if let Some(area) = there(areas.choices) {
        return Spot::Choice(holds::at(model, area, at));
    }
    if there(areas.card).is_some() {
        return Spot::Cell { row: None, column: None };
    }
    if there(areas.standing).is_some() {
        return Spot::Step(None);
    }
    if there(areas.log).is_some() { Spot::Log } else { Spot::Nothing }
}

/// What a pane has within its frame.
pub(super) fn within(area: Rect) -> Rect {
    area.inner(Margin { horizontal: 1, vertical: 1 })
}

/// The number of the row of an area that a place is in.
pub(super) fn row_of(area: Rect, at: Position) -> Option<usize> {
    area.contains(at).then(|| usize::from(at.y - area.y))
}
