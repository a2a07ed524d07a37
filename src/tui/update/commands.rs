//! Keys while the commands of the open dialog are read. None of them answers it.

use crossterm::event::KeyCode;

use super::keys::{rows, shifted};
use crate::tui::{
    action::{Action, Motion},
    keymap::{self, Press},
    state::{Model, dialog::Focus},
    view, words,
};

/// Whether a key lists what a dialog would run, and goes back from there, by what it is bound to: in a
/// field a letter is a text.
pub(super) fn lists(bound: Option<Action>, press: Press, in_field: bool) -> bool {
    bound == Some(Action::Commands) && !(in_field && matches!(press, Press::Char(_)))
}

/// Opens the list of commands, or says that there is none.
pub(super) fn open(model: &mut Model) {
    let some = model.dialog.as_ref().is_some_and(|it| words::has_commands(model, it));
    let Some(dialog) = &mut model.dialog else { return };
    if some {
        dialog.commands = Some(0);
    } else {
        dialog.says = Some(words::unlisted(dialog).to_owned());
    }
}

/// A key while it is open: it scrolls, or goes back to the question.
pub(super) fn key(model: &mut Model, first: usize, press: Option<Press>) {
    let motion = match press {
        Some(Press::Named(KeyCode::Esc | KeyCode::Enter)) => None,
        Some(press) => match keymap::action(model, press) {
            Some(Action::Go(motion)) => Some(motion),
            Some(Action::Quit | Action::Palette | Action::Commands) => None,
            Some(_) | None => return,
        },
        None => return,
    };
    match motion {
        Some(motion) => scroll(model, first, motion),
        None => close(model),
    }
}

fn scroll(model: &mut Model, first: usize, motion: Motion) {
    let (rows_of, page) = view::commands_room(model);
    if let Some(dialog) = &mut model.dialog {
        dialog.commands = Some(shifted(first, rows(motion, page), rows_of));
    }
}

/// The pointer's wheel, so many rows.
pub(super) fn wheel(model: &mut Model, first: usize, by: i64) {
    let (rows_of, _) = view::commands_room(model);
    if let Some(dialog) = &mut model.dialog {
        dialog.commands = Some(shifted(first, by, rows_of));
    }
}

/// Back to the question, on the answer that does nothing.
fn close(model: &mut Model) {
    let now = model.now;
    if let Some(dialog) = &mut model.dialog {
        (dialog.commands, dialog.focus) = (None, Focus::Button(0));
        // A letter that was meant for the list confirms nothing; what has changed is still to be read, and
        // where nothing has, nothing is said to have.
        match dialog.meant.is_unread() {
            true => dialog.meant.anew(now),
            false => dialog.meant.as_before(now),
        }
    }
}
