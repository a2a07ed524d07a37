//! Keys while a stage is chosen. None of them changes anything.

use crossterm::event::KeyCode;

use super::{
    acts,
    keys::{rows, shifted},
};
use crate::tui::{
    action::Action,
    keymap::{self, Press},
    state::Model,
    told::Wish,
};

/// Rows of a page.
const PAGE: usize = 8;

/// A key.
pub(super) fn key(model: &mut Model, press: Option<Press>) -> Vec<Wish> {
    let action = press.and_then(|press| keymap::action(model, press));
    let leaves = press == Some(Press::Named(KeyCode::Esc)) || action == Some(Action::Quit);
    let Some(stages) = &mut model.stages else { return Vec::new() };
    match (press, action) {
        _ if leaves => return acts::quit(model),
        (Some(Press::Named(KeyCode::Enter)), _) => return choose(model),
        (_, Some(Action::Go(motion))) if !stages.opens => {
            stages.at = shifted(stages.at, rows(motion, PAGE), stages.offers.len());
        }
        (_, Some(Action::Redraw)) => model.redraw = true,
        (_, _) => {}
    }
    Vec::new()
}

/// Opens the console on the chosen stage.
pub(super) fn choose(model: &mut Model) -> Vec<Wish> {
    let Some(stages) = model.stages.as_mut().filter(|it| !it.opens) else { return Vec::new() };
    let Some(chosen) = stages.offers.get(stages.at).map(|it| it.name.clone()) else {
        return Vec::new();
    };
    // This screen has done what it was for; the console is opened on a terminal that is plain again.
    (stages.opens, model.quit) = (true, true);
    vec![Wish::Stage(chosen), Wish::Quit]
}
