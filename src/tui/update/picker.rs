//! Keys while the picker of a release is open. None of them changes anything: Enter asks.

use crossterm::event::KeyCode;

use super::{
    keys::{self, rows, shifted},
    outside,
};
use crate::tui::{
    action::{Action, Motion},
    keymap::{self, Press},
    state::{Model, Pane, picker::Picker},
    styles::Tone,
    told::Wish,
    view,
};

/// Rows of details that a page has, at least.
const PAGE: usize = 8;

/// Opens it: on the release that the pane of releases is at, else on the one before the served.
pub(super) fn open(model: &mut Model) {
    let sight = &model.sight;
    let here = (model.focus == Pane::Releases).then(|| sight.candidates.get(sight.at())).flatten();
    let Some(candidate) = here.or_else(|| sight.default_target()) else { return };
    model.picker = Some(Picker::on(&candidate.name));
}

/// A key.
pub(super) fn key(model: &mut Model, press: Option<Press>) -> Vec<Wish> {
    match press {
        Some(Press::Named(KeyCode::Esc) | Press::Char('q')) => model.picker = None,
        Some(Press::Named(KeyCode::Enter)) => choose(model),
        Some(press) => match keymap::action(press) {
            Some(Action::Go(motion)) => go(model, motion),
            Some(action @ (Action::Help | Action::Look | Action::Redraw)) => {
                return keys::act(model, action);
            }
            Some(_) | None => {}
        },
        None => {}
    }
    Vec::new()
}

fn go(model: &mut Model, motion: Motion) {
    let details = view::picker_rows(model);
    let Some(picker) = &mut model.picker else { return };
    let by = rows(motion, PAGE);
    match motion {
        Motion::Up | Motion::Down | Motion::Top | Motion::Bottom => {
            let candidates = &model.sight.candidates;
            let at = shifted(picker.at(&model.sight), by, candidates.len());
            if let Some(candidate) = candidates.get(at) {
                *picker = Picker::on(&candidate.name);
            }
        }
        Motion::PageUp | Motion::PageDown | Motion::HalfUp | Motion::HalfDown => {
            picker.scroll = shifted(picker.scroll, by, details);
        }
        Motion::Left | Motion::Right => {}
    }
}

/// Enter: the question, or why there is none.
fn choose(model: &mut Model) {
    let candidate = model.picker.as_ref().and_then(|picker| picker.candidate(&model.sight));
    let Some(candidate) = candidate else { return };
    let (name, refused) = (candidate.name.clone(), candidate.refused.clone());
    match refused {
        Some(why) => model.say(format!("{name} is not offered: {why}"), Tone::Warn),
        None => outside::rollback(model, &name),
    }
}
