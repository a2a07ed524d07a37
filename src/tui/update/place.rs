//! A word that was typed with a place: what it does is done there, or nowhere.

use super::{allowed::why_not, exclude, failure, keys};
use crate::{
    model::{HoldId, Try},
    run::Hold,
    tui::{
        action::{Act, Action},
        keymap::written,
        state::{Asked, Cursor, Model, Pane, face, grid::Column},
        styles::Tone,
        told::Wish,
        words,
    },
};

/// A host and a step, as far as they were said: positions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) row: Option<usize>,
    pub(crate) column: Option<usize>,
}

/// What a word needs of its place.
enum Needs {
    /// A question that is open there.
    Question(Act),
    /// The host.
    Host,
    /// The step.
    Step,
    /// A step that runs there.
    Running,
    /// Whatever it is.
    Any,
    /// It is of no place.
    None,
}

/// From now on this place is meant, and what is asked there.
pub(super) fn go(model: &mut Model, place: Place) {
    let before = model.asked.hold;
    model.cursor.row = place.row.unwrap_or(model.cursor.row);
    model.cursor.column = place.column.unwrap_or(model.cursor.column);
    (model.cursor.moved, model.focus) = (true, Pane::Hosts);
    model.at_another_cell();
    model.asked.hold = asked(model, place, |_| true).or(before);
}

/// Where the operator was before a place was meant: all that [`go`] changes.
struct Stand {
    cursor: Cursor,
    focus: Pane,
    asked: Asked,
    detail: usize,
    pinned: Option<Try>,
    stays: bool,
}

impl Stand {
    fn of(model: &Model) -> Self {
        Self {
            cursor: model.cursor,
            focus: model.focus,
            asked: model.asked,
            detail: model.detail,
            pinned: model.log.pinned,
            stays: model.log.stays,
        }
    }

    /// Back there.
    fn again(self, model: &mut Model) {
        (model.cursor, model.focus, model.asked) = (self.cursor, self.focus, self.asked);
        (model.detail, model.log.pinned, model.log.stays) = (self.detail, self.pinned, self.stays);
    }
}

/// Does what a word means at that place, or says why that cannot be: then nothing has moved either.
pub(super) fn act(model: &mut Model, action: Action, place: Place) -> Vec<Wish> {
    let before = Stand::of(model);
    go(model, place);
    match meant(model, action, place) {
        Ok(()) if action == Action::Act(Act::Exclude) => leave_out(model, place, before),
        Ok(()) => keys::listed(model, action),
        Err(why) => {
            before.again(model);
            model.say(why, Tone::Warn);
            Vec::new()
        }
    }
}

fn needs(model: &Model, action: Action) -> Needs {
    if matches!(action, Action::Editor | Action::Pager) {
        return Needs::Any;
    }
    let Action::Act(act) = action else { return Needs::None };
    match act {
        Act::TakeOver if model.open_run().is_none() => Needs::None,
        Act::Retry
        | Act::Edit
        | Act::Fixed
        | Act::Skip
        | Act::AssumeFailed
        | Act::Elsewhere
        | Act::TakeOver
        | Act::Continue
        | Act::Input => Needs::Question(act),
        Act::Exclude | Act::Shell => Needs::Host,
        Act::Break => Needs::Step,
        Act::Stop => Needs::Running,
        Act::Deploy
        | Act::Step
        | Act::Pause
        | Act::Undo
        | Act::Abort
        | Act::Maintenance
        | Act::Rollback => Needs::None,
    }
}

/// Chooses what is meant there.
///
/// # Errors
/// Why nothing is.
fn meant(model: &mut Model, action: Action, place: Place) -> Result<(), String> {
    let word = written(model, action).to_owned();
    let said = said(model, place);
    match needs(model, action) {
        Needs::Any => Ok(()),
        Needs::None => Err(format!("{word} takes no host and no step: nothing was done")),
        Needs::Host if place.row.is_some() => Ok(()),
        Needs::Host => Err(format!("{word} takes a host: {word} HOST")),
        Needs::Step if place.column.is_some() => Ok(()),
        Needs::Step => Err(format!("{word} takes a step: {word} STEP")),
        Needs::Running if to_running(model, place) => Ok(()),
        Needs::Running => Err(format!("nothing of {said} is running")),
        Needs::Question(act) => {
            let offers = |hold: &Hold| hold.offers.iter().any(|it| words::key_of(*it) == act);
            match asked(model, place, offers).or_else(|| asked(model, place, |_| true)) {
                Some(hold) => failure::show(model, hold),
                // It may take a line without having asked for one.
                None if act == Act::Input && to_running(model, place) => {}
                None => return Err(format!("nothing is asked of {said}")),
            }
            Ok(())
        }
    }
}

/// As it was said.
fn said(model: &Model, place: Place) -> String {
    let host = place.row.and_then(|row| model.grid.hosts.get(row));
    let host = host.map(|host| model.host_name(*host).to_owned());
    let step = place.column.and_then(|at| model.grid.columns.get(at));
    let step = step.map(|column| column.step.clone());
    match (step, host) {
        (Some(step), Some(host)) => format!("{step} on {host}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "that".to_owned(),
    }
}

/// The open question of that place: the one that is shown, else the oldest.
fn asked(model: &Model, place: Place, fits: impl Fn(&Hold) -> bool) -> Option<HoldId> {
    let run = model.open_run()?;
    let here = |hold: &&Hold| {
        let Some((column, host)) = model.grid.find(hold.on) else { return false };
        let row = host.and_then(|host| model.grid.row(host));
        let same = |said: Option<usize>, it| said.is_none() || said == it;
        same(place.row, row) && same(place.column, Some(column)) && fits(hold)
    };
    let shown = model.hold().filter(|(_, hold)| here(hold)).map(|(id, _)| id);
    shown.or_else(|| run.holds.iter().find(|(_, hold)| here(hold)).map(|(id, _)| *id))
}

/// To what runs at that place, if anything does.
fn to_running(model: &mut Model, place: Place) -> bool {
    let Some(run) = model.run() else { return false };
    let rows = model.grid.hosts.iter().copied().enumerate();
    let rows = rows.filter(|(row, _)| place.row.is_none_or(|said| said == *row));
    let found = rows.into_iter().find_map(|(row, host)| {
        let mut columns = model.grid.columns.iter().enumerate();
        let runs = |(at, column): &(usize, &Column)| {
            let here = place.column.is_none_or(|said| said == *at);
            here && face::running(run, column.nodes(host)).is_some()
        };
        columns.find(runs).map(|(column, _)| (row, column))
    });
    let Some((row, column)) = found else { return false };
    (model.cursor.row, model.cursor.column) = (row, column);
    true
}

/// The named host is left out, whoever asks.
fn leave_out(model: &mut Model, place: Place, before: Stand) -> Vec<Wish> {
    let exclude = Action::Act(Act::Exclude);
    let host = place.row.and_then(|row| model.grid.hosts.get(row)).copied();
    let Some(host) = host else { return Vec::new() };
    let dialog = why_not(model, exclude).map_or_else(|| exclude::of(model, host), Err);
    match dialog {
        Ok(dialog) => {
            keys::close_screens(model);
            model.dialog = Some(dialog);
        }
        Err(why) => {
            before.again(model);
            keys::refuse(model, exclude, &why);
        }
    }
    Vec::new()
}
