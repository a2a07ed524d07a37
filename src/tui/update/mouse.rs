//! The mouse: a click chooses, the wheel scrolls. It presses nothing: what changes something takes a key.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{acts, keys};
use crate::tui::{
    action::{Action, Motion},
    errand::Errand,
    keymap::written,
    state::{Model, Pane, dialog::Focus, picker::Picker},
    styles::Tone,
    view::{self, Spot},
};

/// Rows of a text that a turn of the wheel is.
const WHEEL: i64 = 3;

/// The mouse on, or off.
pub(super) fn toggle(model: &mut Model) {
    let on = !model.looks.mouse;
    model.looks.mouse = on;
    model.errands.ask(Errand::Mouse(on));
    let key = written(model, Action::Mouse);
    let line = match on {
        true => format!("mouse on: clicks choose, the wheel scrolls; {key}: off, to select text"),
        false => format!("mouse off: the terminal selects text; {key}: on"),
    };
    model.say(line, Tone::Text);
}

/// A click, or the wheel. What was sent before it was turned off does nothing.
pub(super) fn mouse(model: &mut Model, event: MouseEvent) {
    if !model.looks.mouse {
        return;
    }
    let spot = view::spot(model, event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(model, spot),
        MouseEventKind::ScrollUp => wheel(model, spot, Motion::Up),
        MouseEventKind::ScrollDown => wheel(model, spot, Motion::Down),
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => {}
    }
}

fn click(model: &mut Model, spot: Spot) {
    match spot {
        Spot::Field(at) => focus(model, Focus::Field(at)),
        Spot::Button(at) => {
            focus(model, Focus::Button(at));
            if let Some(dialog) = &mut model.dialog {
                dialog.says = Some("chosen; Enter presses it".to_owned());
            }
        }
        Spot::Candidate(at) => {
            if let Some(candidate) = model.sight.candidates.get(at) {
                model.picker = Some(Picker::on(&candidate.name));
            }
        }
        Spot::Cell { row, column } => {
            model.focus = Pane::Hosts;
            choose(model, row, column);
        }
        Spot::Step(at) => {
            model.focus = Pane::Steps;
            choose(model, None, at);
        }
        Spot::Release(at) => {
            model.focus = Pane::Releases;
            if let Some(candidate) = at.and_then(|at| model.sight.candidates.get(at)) {
                model.sight.chosen = Some(candidate.name.clone());
            }
        }
        Spot::Choice(at) => {
            let hold = model.hold().map(|(id, _)| id);
            model.focus = Pane::Choices;
            if let Some(at) = at {
                (model.asked.hold, model.asked.choice) = (hold, at);
                acts::show_cell(model);
            }
        }
        Spot::Log => model.focus = Pane::Log,
        Spot::Dialog | Spot::Help | Spot::Details | Spot::Nothing => {}
    }
}

fn focus(model: &mut Model, focus: Focus) {
    if let Some(dialog) = &mut model.dialog {
        dialog.give(focus);
        dialog.says = None;
    }
}

/// The cell that was clicked, as far as one was.
fn choose(model: &mut Model, row: Option<usize>, column: Option<usize>) {
    if row.is_none() && column.is_none() {
        return;
    }
    let cursor = &mut model.cursor;
    (cursor.row, cursor.column) = (row.unwrap_or(cursor.row), column.unwrap_or(cursor.column));
    cursor.moved = true;
    model.at_another_cell();
}

/// Scrolls what lies under the pointer; the keys stay where they are.
fn wheel(model: &mut Model, spot: Spot, motion: Motion) {
    let by = if motion == Motion::Up { -WHEEL } else { WHEEL };
    let pane = match spot {
        Spot::Field(_) | Spot::Button(_) | Spot::Dialog => return scroll_dialog(model, by),
        Spot::Help => return scroll_help(model, by),
        Spot::Candidate(_) => return super::picker::go(model, motion),
        Spot::Details => {
            let rows = view::picker_rows(model);
            if let Some(picker) = &mut model.picker {
                picker.scroll = keys::shifted(picker.scroll, by, rows);
            }
            return;
        }
        Spot::Nothing => return,
        Spot::Cell { .. } => Pane::Hosts,
        Spot::Step(_) => Pane::Steps,
        Spot::Release(_) => Pane::Releases,
        Spot::Choice(_) => Pane::Choices,
        Spot::Log => Pane::Log,
    };
    let times = if pane == Pane::Log { WHEEL } else { 1 };
    let focus = std::mem::replace(&mut model.focus, pane);
    for _ in 0..times {
        keys::go(model, motion);
    }
    model.focus = focus;
}

fn scroll_dialog(model: &mut Model, by: i64) {
    if let Some(first) = model.dialog.as_ref().and_then(|dialog| dialog.commands) {
        return super::commands::wheel(model, first, by);
    }
    let (hidden, _) = view::dialog_pages(model);
    if let Some(dialog) = &mut model.dialog {
        dialog.scroll = keys::shifted(dialog.scroll, by, hidden + 1);
    }
}

fn scroll_help(model: &mut Model, by: i64) {
    let rows = view::help_rows(model).len();
    if let Some(help) = &mut model.help {
        help.chosen = keys::shifted(help.chosen, by, rows);
    }
}
