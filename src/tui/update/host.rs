//! Keys while the detail of a host is open. What acts asks first, as everywhere.

use super::keys::{self, rows, shifted};
use crate::tui::{
    action::{Action, Motion},
    state::{Model, host::HostView},
    told::Wish,
    view,
};

/// What a key stands for, on the page.
pub(super) fn act(model: &mut Model, action: Option<Action>) -> Vec<Wish> {
    match action {
        Some(Action::Go(motion)) => go(model, motion),
        Some(Action::Back | Action::Quit | Action::Host) => model.host_view = None,
        Some(action) => return keys::act(model, action),
        None => {}
    }
    Vec::new()
}

/// Why what has a meaning of its own on the page does nothing now.
pub(super) fn refused(model: &Model, action: Action) -> Option<String> {
    use Motion::{Bottom, Down, Top, Up};
    let others = matches!(action, Action::Go(Up | Down | Top | Bottom));
    let alone = model.grid.hosts.len() < 2;
    (others && alone).then(|| "there is no other host".to_owned())
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
