//! Keys while a screen lies over the panes: what its table does not list does nothing there.

use crossterm::event::{KeyCode, KeyEvent};

use super::{allowed, history, host, keys, picker};
use crate::tui::{
    action::Action,
    keymap::{self, Press, fixed, written},
    over::Over,
    state::Model,
    styles::Tone,
    told::Wish,
};

/// A key.
pub(super) fn key(model: &mut Model, over: Over, key: KeyEvent) -> Vec<Wish> {
    let press = Press::of(key);
    let typed = match over {
        Over::Host => false,
        Over::History => history::types(model, press),
        Over::Releases => picker::types(model, press),
    };
    let Some(press) = press.filter(|_| !typed) else { return Vec::new() };
    let enter = press == Press::Named(KeyCode::Enter);
    let action = if enter { Some(Action::Open) } else { keymap::action(model, press) };
    if action.is_none() {
        keys::unbound(model, Some(press));
    }
    action.map_or_else(Vec::new, |action| act(model, over, action))
}

/// What a key stands for there, or why it does nothing.
pub(super) fn act(model: &mut Model, over: Over, action: Action) -> Vec<Wish> {
    if let Some(why) = refused(model, over, action) {
        let key = written(model, action);
        model.say(format!("{key}{}{why}", allowed::NOT_HERE_NOW), Tone::Dim);
        return Vec::new();
    }
    match over {
        Over::Host => host::act(model, Some(action)),
        Over::History => history::act(model, Some(action)),
        Over::Releases => picker::act(model, Some(action)),
    }
}

/// Why a key does nothing now on that screen; `None` when it does something.
pub(crate) fn refused(model: &Model, over: Over, action: Action) -> Option<String> {
    if !over.takes(action) {
        let leaves = fixed(model, "Esc", "an empty line");
        return Some(format!("{} does not take it; {leaves} closes that first", over.name()));
    }
    match over {
        _ if !over.has_own(action) => allowed::why_not(model, action),
        Over::Host => host::refused(model, action),
        Over::History => history::refused(model, action),
        Over::Releases => picker::refused(model, action),
    }
}
