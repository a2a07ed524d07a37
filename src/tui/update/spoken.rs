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
        state::{
            Model,
            dialog::{Deed, Focus},
            palette::Goal,
            picker::Picker,
        },
        styles::Tone,
        told::{Intent, Wish},
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
    /// All that is known of a release of the list, by its name, is looked at.
    Details(String),
    /// A stage of the list, by its position.
    Stage(usize),
    /// The dialog of the maintenance page, to put it up or to take it down.
    Maintenance(bool),
    /// Leaves, unless something goes on or is left behind: that is said first.
    Quit,
    /// Asks whether to leave, also where nothing is begun.
    AskToLeave,
    /// The text of a field of the open dialog, by its position.
    Fill(usize, String),
    /// What is typed into the first field of the open dialog is hidden, or shown.
    Hide(bool),
    /// A button of the open dialog is the one that is meant: what it would do is asked.
    Point(usize),
    /// It is pressed.
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
        Spoken::Details(name) => {
            if let Some(picker) = &mut model.picker {
                picker.chosen = name;
            }
        }
        Spoken::Maintenance(on) => return maintenance(model, on),
        Spoken::Quit => {
            if acts::leaves_nothing(model) {
                return acts::quit(model);
            }
            acts::ask_to_leave(model);
        }
        Spoken::AskToLeave => acts::ask_to_leave(model),
        Spoken::Fill(at, text) => fill(model, at, &text),
        Spoken::Point(at) => {
            if let Some(dialog) = &mut model.dialog {
                dialog.give(Focus::Button(at));
            }
        }
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

/// The dialog of the maintenance page with the button that puts it up, or takes it down; where it has none,
/// that is said.
fn maintenance(model: &mut Model, on: bool) -> Vec<Wish> {
    let wishes = keys::listed(model, Action::Act(Act::Maintenance));
    let Some(dialog) = &mut model.dialog else { return wishes };
    let is =
        |deed: &Deed| matches!(deed, Deed::Do(Intent::Maintenance { on: it, .. }) if *it == on);
    match dialog.buttons.iter().position(|button| is(&button.deed)) {
        Some(at) => dialog.give(Focus::Button(at)),
        None => {
            model.dialog = None;
            let line = "the maintenance page is down already: visitors get the application";
            model.say(line, Tone::Warn);
        }
    }
    wishes
}

/// Fills a field; the button that is meant stays so.
fn fill(model: &mut Model, at: usize, text: &str) {
    let focus = model.dialog.as_ref().map(|dialog| dialog.focus);
    dialog::fill(model, at, text);
    if let (Some(dialog), Some(focus @ Focus::Button(_))) = (&mut model.dialog, focus) {
        dialog.focus = focus;
    }
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
