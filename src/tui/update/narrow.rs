//! Keys that narrow the lists of hosts and steps to those that have a text in their words.

use crossterm::event::KeyCode;

use super::typing::{self, Came};
use crate::tui::{
    keymap::Press,
    state::{Model, Pane, narrow::List},
    styles::Tone,
    view,
};

/// The list that the keys are in; none in the other panes, and none in the view of a failure.
pub(super) fn here(model: &Model) -> Option<List> {
    match model.focus {
        _ if model.failure.open => None,
        Pane::Hosts => Some(List::Hosts),
        Pane::Steps => Some(List::Steps),
        Pane::Releases | Pane::Log | Pane::Choices => None,
    }
}

/// Begins to type; what was typed before can be changed.
pub(super) fn begin(model: &mut Model, list: List) {
    (model.narrow.typing, model.cursor.moved) = (Some(list), true);
}

/// A key while the text is typed: the list follows at once.
pub(super) fn typing(model: &mut Model, list: List, press: Option<Press>) {
    match press {
        Some(Press::Named(KeyCode::Esc)) => stop(model),
        Some(Press::Named(KeyCode::Enter)) => keep(model, list),
        press => match typing::key(model.narrow.text_mut(list), press) {
            Came::Left => stop(model),
            Came::Changed | Came::Nothing => {}
        },
    }
}

/// Typing is broken off: all are listed.
pub(super) fn stop(model: &mut Model) {
    if let Some(list) = model.narrow.typing.take() {
        model.narrow.clear(list);
    }
}

fn keep(model: &mut Model, list: List) {
    model.narrow.typing = None;
    let text = model.narrow.text(list).to_owned();
    if view::listed(model, list).is_empty() && model.narrow.clear(list) {
        let of = list.of();
        model.say(format!("none of the {of} has {text} in its words: all are listed"), Tone::Warn);
    }
}

/// Lists all again: in the pane that has the keys, or else anywhere. Whether some were left out.
pub(super) fn back(model: &mut Model, anywhere: bool) -> bool {
    let here = here(model);
    let lists = [List::Hosts, List::Steps].into_iter();
    let mut left = lists.filter(|list| anywhere || here == Some(*list));
    left.any(|list| model.narrow.clear(list))
}

/// Lists all again, in both panes.
pub(super) fn forget(model: &mut Model) {
    (model.narrow.typing, _) = (None, [List::Hosts, List::Steps].map(|it| model.narrow.clear(it)));
}

/// What is chosen is listed: `before` is where the cursor was, as row and column. What was gone to by
/// another way than the list is worth more than the list; else the next that is listed is chosen.
pub(super) fn keep_listed(model: &mut Model, before: (usize, usize)) {
    for (list, before) in [(List::Hosts, before.0), (List::Steps, before.1)] {
        if model.narrow.text(list).is_empty() {
            continue;
        }
        let listed = view::listed(model, list);
        let at = match list {
            List::Hosts => &mut model.cursor.row,
            List::Steps => &mut model.cursor.column,
        };
        let typing = model.narrow.typing == Some(list);
        if listed.contains(at) || (typing && listed.is_empty()) {
            continue;
        }
        let next = listed.iter().find(|it| *it > at).or(listed.last());
        match next {
            Some(next) if typing || *at == before => {
                *at = *next;
                model.at_another_cell();
            }
            Some(_) | None => drop(model.narrow.clear(list)),
        }
    }
}
