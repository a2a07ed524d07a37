//! What was typed as a line, where there are no keys: it means what keys mean, and nothing else.

use super::{
    acts, allowed, answer, dialog, failure, history, keys, over, palette,
    place::{self, Place},
};
use crate::{
    model::HoldId,
    tui::{
        action::{Act, Action},
        over::Over,
        state::{Model, palette::Goal, picker::Picker},
        styles::Tone,
        told::Wish,
    },
};

/// What a line stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// A key, by its whole name.
    Key(Action),
    /// An entry of the palette: what would act at once asks.
    Goal(Goal),
    /// This is meant from now on.
    Place(Place),
    /// A key, there or nowhere.
    At(Action, Place),
    /// A choice of an open question, by its position.
    Choice(HoldId, usize),
    /// An open question.
    Question(HoldId),
    /// A release of the list, by its name.
    Release(String),
    /// A stage of the list, by its position.
    Stage(usize),
    /// The text of a field of the open dialog, by its position.
    Fill(usize, String),
    /// What is typed into the first field of the open dialog is hidden, or shown.
    Hide(bool),
    /// A button of the open dialog, by its position.
    Press(usize),
    /// Leaves what is open: dialog, list.
    Leave,
    /// Asks for the runs that there were.
    Runs,
}

pub(super) fn spoken(model: &mut Model, what: Spoken) -> Vec<Wish> {
    match what {
        Spoken::Key(action) => {
            keys::close_screens(model);
            return keys::act(model, action);
        }
        Spoken::Goal(goal) => return palette::reach(model, goal),
        Spoken::Place(there) => place::go(model, there),
        Spoken::At(action, there) => return place::act(model, action, there),
        Spoken::Choice(hold, _) | Spoken::Question(hold) if !is_open(model, hold) => {
            model.say("that question was answered meanwhile; nothing was sent", Tone::Warn);
        }
        Spoken::Choice(hold, at) => {
            if model.hold().map(|(id, _)| id) != Some(hold) {
                failure::show(model, hold);
            }
            (model.asked.hold, model.asked.choice) = (Some(hold), at);
            return acts::choose(model);
        }
        Spoken::Question(hold) => failure::show(model, hold),
        Spoken::Release(name) => return release(model, &name),
        Spoken::Stage(at) => {
            if let Some(stages) = &mut model.stages {
                stages.at = at;
            }
            return super::stages::choose(model);
        }
        Spoken::Fill(at, text) => dialog::fill(model, at, &text),
        Spoken::Hide(hidden) => {
            if let Some(dialog) = &mut model.dialog {
                dialog.hide_first(hidden);
            }
        }
        Spoken::Press(at) => return dialog::confirm(model, at),
        Spoken::Leave => return leave(model),
        Spoken::Runs => return history::ask(model, 0),
    }
    Vec::new()
}

/// Asks whether that release is to be gone back to: from the list, or where the list could be opened.
fn release(model: &mut Model, name: &str) -> Vec<Wish> {
    let rollback = Action::Act(Act::Rollback);
    if model.picker.is_none()
        && let Some(why) = allowed::why_not(model, rollback)
    {
        keys::refuse(model, rollback, &why);
        return Vec::new();
    }
    model.picker = Some(Picker::on(name));
    over::act(model, Over::Releases, rollback)
}

fn is_open(model: &Model, hold: HoldId) -> bool {
    model.open_run().is_some_and(|run| run.holds.contains_key(&hold))
}

/// Leaves the topmost that is open.
fn leave(model: &mut Model) -> Vec<Wish> {
    if model.dialog.is_some() {
        return answer::cancel(model);
    }
    keys::close_screens(model);
    Vec::new()
}
