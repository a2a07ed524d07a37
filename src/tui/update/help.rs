//! Keys while the list of keys is open: it is searched by typing, and runs what is chosen.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    allowed::why_not,
    keys::{self, shifted},
    typing::{self, Came},
};
use crate::tui::{
    action::Action,
    keymap::{Binding, Press},
    state::Model,
    told::Wish,
    view,
};

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
fn choose(model: &mut Model, rows: &[&'static Binding]) -> Vec<Wish> {
    let Some(help) = &model.help else { return Vec::new() };
    let Some(action) = rows.get(help.chosen).map(|row| row.action) else { return Vec::new() };
    if let Some(why) = why_not(model, action) {
        if let Some(help) = &mut model.help {
            help.says = Some(format!("not now: {why}"));
        }
        return Vec::new();
    }
    model.help = None;
    if action == Action::Help {
        return Vec::new();
    }
    keys::listed(model, action)
}
