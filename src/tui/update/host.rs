//! Keys while the detail of a host is open. What acts asks first, as everywhere.

use crossterm::event::{KeyCode, KeyEvent};

use super::keys::{self, rows, shifted};
use crate::tui::{
    action::{Action, Motion},
    keymap::{self, Press},
    state::{Model, host::HostView},
    told::Wish,
    view,
};

/// A key while it is open.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    match Press::of(key) {
        Some(Press::Named(KeyCode::Esc)) => model.host_view = None,
        Some(press) => return act(model, keymap::action(model, press)),
        None => {}
    }
    Vec::new()
}

/// What a key stands for, on the page.
pub(super) fn act(model: &mut Model, action: Option<Action>) -> Vec<Wish> {
    match action {
        Some(Action::Go(motion)) => go(model, motion),
        Some(Action::Quit | Action::Host) => model.host_view = None,
        Some(
            action @ (Action::Help
            | Action::Palette
            | Action::Redraw
            | Action::Look
            | Action::Act(_)),
        ) => {
            return keys::act(model, action);
        }
        Some(_) | None => {}
    }
    Vec::new()
}

/// Up and down go through the hosts, pages through the text.
fn go(model: &mut Model, motion: Motion) {
    let text = view::host_rows(model);
    let page = usize::from(model.size.height).saturating_sub(6);
    let by = rows(motion, page);
    match motion {
        Motion::Up | Motion::Down | Motion::Top | Motion::Bottom => {
            let row = shifted(model.cursor.row, by, model.grid.hosts.len());
            (model.cursor.row, model.cursor.moved) = (row, true);
            model.host_view = Some(HostView::default());
        }
        Motion::PageUp | Motion::PageDown | Motion::HalfUp | Motion::HalfDown => {
            if let Some(open) = &mut model.host_view {
                open.scroll = shifted(open.scroll, by, text);
            }
        }
        Motion::Left | Motion::Right => {}
    }
}
