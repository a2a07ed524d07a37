//! Keys while the list of keys is open: it is searched by typing, and runs what is chosen.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    keys::{self, shifted},
    over,
    typing::{self, Came},
};
use crate::tui::{action::Action, keymap::Press, state::Model, told::Wish, view, words::Listed};

/// A key while the help is open.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    let rows = view::help_rows(model);
    let page = i64::from(model.size.height / 3).max(2);
    let Some(help) = &mut model.help else { return Vec::new() };
    help.says = None;
    let mut go = |by| help.chosen = shifted(help.chosen, by, rows.len());
    match Press::of(key) {
        Some(Press::Named(KeyCode::Esc)) => model.help = None,
        Some(press)
            if help.filter.is_empty()
                && model.settings.keymap.action(press) == Some(Action::Help) =>
        {
            model.help = None;
        }
        Some(Press::Named(KeyCode::Enter)) => return choose(model, &rows),
        Some(Press::Named(KeyCode::Up)) => go(-1),
        Some(Press::Named(KeyCode::Down)) => go(1),
        Some(Press::Named(KeyCode::PageUp)) => go(-page),
        Some(Press::Named(KeyCode::PageDown)) => go(page),
        Some(Press::Named(KeyCode::Home)) => go(i64::MIN),
        Some(Press::Named(KeyCode::End)) => go(i64::MAX),
        press => {
            if typing::key(&mut help.filter, press) == Came::Changed {
                help.chosen = 0;
            }
        }
    }
    Vec::new()
}

/// Enter: does what the chosen row says, or says why that does nothing now.
fn choose(model: &mut Model, rows: &[Listed]) -> Vec<Wish> {
    let Some(help) = &model.help else { return Vec::new() };
    let Some(row) = rows.get(help.chosen) else { return Vec::new() };
    if let Some(why) = row.refused(model) {
        if let Some(help) = &mut model.help {
            help.says = Some(format!("not now: {why}"));
        }
        return Vec::new();
    }
    model.help = None;
    match (row.over, row.action) {
        (_, Action::Help) => Vec::new(),
        (Some(_), action) if keys::asks(model, action) => Vec::new(),
        (Some(open), action) => over::act(model, open, action),
        (None, action) => keys::listed(model, action),
    }
}
