//! Why the run waits, in plain words.

use super::{behind::Behind, gate};
use crate::{
    model::{Changes, Key, Kind, Origin, Part, Query},
    run::{Cause, Cell, Hold, Offer, Run},
    tui::{
        action::{Act, Action},
        keymap::written,
        state::Model,
    },
};

/// The step that a hold is about, and where, as in `migrate on web1`; raw.
pub(crate) fn place(model: &Model, run: &Run, hold: &Hold) -> String {
    let behind = run.item_behind(hold.on).map(|(_, cell)| cell);
    let Some(cell) = behind.or_else(|| run.cell(hold.on)) else { return String::new() };
    let step = step(&cell.node.key);
    match cell.node.host {
        Some(host) => format!("{step} on {}", model.host_name(host)),
        None => step,
    }
}

fn step(key: &Key) -> String {
    match key.part {
        Part::When(_) => format!("the question whether {} is wanted", key.step),
        Part::List(_) => format!("the list of items of {}", key.step),
        Part::Main
        | Part::Again(_)
        | Part::Gate(_)
        | Part::Item { .. }
        | Part::Undo(_)
        | Part::Follow(_)
        | Part::Leave(_) => key.to_string(),
    }
}

/// A hold in a few words, for the header; raw.
pub(crate) fn headline(model: &Model, run: &Run, hold: &Hold) -> String {
    let place = place(model, run, hold);
    match &hold.cause {
        Cause::Failed(end) => format!("FAILED {place}, {end}"),
        Cause::Refused(_) => format!("FAILED {place}, could not begin"),
        Cause::Unknown(_) => format!("UNKNOWN {place}"),
        Cause::Unsettled => format!("STILL RUNNING {place}"),
        Cause::Break if hold.is_rest() => format!("ASKS whether the undo ends before {place}"),
        Cause::Break => format!("BREAK before {place}{}", gate::in_batch(run, hold.on)),
        Cause::Confirm(_) | Cause::Batch(_) => {
            format!("ASKS {}", gate::asked_at(run, hold.on, &hold.cause))
        }
        Cause::Schema => match Behind::of(run, hold) {
            Some(behind) => {
                format!("ASKS before {}: a schema change has begun", behind.asked_before())
            }
            None => "ASKS".to_owned(),
        },
        Cause::Input(_, question) if question.text.is_empty() => format!("INPUT for {place}"),
        Cause::Input(..) => format!("ASKS {place}"),
        Cause::LockHeld(_) => "LOCKED".to_owned(),
        Cause::Diverges(_) => "ASKS hosts differ".to_owned(),
        Cause::OnceHostGone(_) if moves(hold) => format!("ASKS where to do {place}"),
        Cause::OnceHostGone(_) => format!("NOT DONE {place}, and its host was excluded"),
        Cause::Unreachable => format!("UNREACHABLE {place}"),
        Cause::NotUndone(end) if follows(run, hold) => {
            format!("FAILED in the undo: {place}, {end}")
        }
        Cause::NotUndone(end) => format!("NOT UNDONE {place}, {end}"),
    }
}

/// What happened, in sentences; raw. Names, and what a host printed, stay as they are.
pub(crate) fn cause(model: &Model, run: &Run, hold: &Hold) -> Vec<String> {
    let place = place(model, run, hold);
    match &hold.cause {
        Cause::Failed(end) => vec![format!("{place} failed: {end}.")],
        Cause::Refused(words) => vec![
            format!("The host could not begin {place}, and certainly did not."),
            format!("It said: {words}"),
        ],
        Cause::Unknown(lost) => vec![
            format!("Whether {place} was done is not known: {lost}."),
            "Look at the host before you answer: it may have been done in part.".to_owned(),
        ],
        Cause::Unsettled => vec![format!(
            "{place} has ended, but something that it started still runs on the host."
        )],
        Cause::Break if hold.is_rest() => vec![
            format!("Whether the undo ends before {place} was asked, and not answered."),
            "Nothing is left out yet: the undo can go on.".to_owned(),
        ],
        Cause::Break => {
            let batch = gate::in_batch(run, hold.on);
            vec![format!("Stopped at your breakpoint, before {place}{batch}.")]
        }
        Cause::Confirm(question) => {
            vec![question.clone(), gate::asked_where(run, hold.on, &hold.cause)]
        }
        Cause::Schema => Behind::of(run, hold).map_or_else(Vec::new, |behind| schema(&behind)),
        Cause::Input(_, question) => {
            let mut lines = match question.text.is_empty() {
                true => vec![format!("{place} takes input. No question of it was seen.")],
                false => vec![
                    format!("{place} waits for input. It printed last:"),
                    question.text.clone(),
                ],
            };
            if run.aborting.is_some() {
                let [answer, stop] =
                    [Act::Input, Act::Stop].map(|act| written(model, Action::Act(act)));
                lines.push(format!(
                    "The run is given up, and waits for this step to end: answer it ({answer}), or stop it \
                     ({stop})."
                ));
            }
            lines
        }
        Cause::Batch(out) => {
            vec![gate::too_many_out(*out), gate::asked_where(run, hold.on, &hold.cause)]
        }
        Cause::LockHeld(who) => vec![format!("The lock is held by someone else: {who}")],
        Cause::Diverges(how) => vec![format!("The hosts differ: {how}")],
        Cause::OnceHostGone(flight) => once_host_gone(run, hold, &place, *flight),
        Cause::Unreachable => vec![format!(
            "{place} may be running, and the host has not been reachable for a long time."
        )],
        Cause::NotUndone(end) => vec![format!("{place} failed: {end}. {}", not_undone(run, hold))],
    }
}

/// What it means that something failed which belongs to an undo.
pub(super) fn not_undone(run: &Run, hold: &Hold) -> &'static str {
    match follows(run, hold) {
        true => {
            "What it follows is taken back: what runs there may still be the code that is given up."
        }
        false => "What it takes back is NOT undone.",
    }
}

/// Whether this takes nothing back itself, but follows what was taken back.
fn follows(run: &Run, hold: &Hold) -> bool {
    run.cell(hold.on).is_some_and(|cell| matches!(cell.node.origin, Origin::FollowerOf(_)))
}

/// Why the undo of a run that began to change the schema waits.
fn schema(behind: &Behind) -> Vec<String> {
    let going_on = format!("Going on does this: {}.", behind.in_full());
    std::iter::once(going_on).chain(behind.for_visitors()).collect()
}

/// Whether a host is left that could do it.
fn moves(hold: &Hold) -> bool {
    hold.offers.iter().any(|offer| matches!(offer, Offer::Move(_)))
}

/// A step that its host does no more: done on another one, or on none.
fn once_host_gone(run: &Run, hold: &Hold, place: &str, flight: bool) -> Vec<String> {
    let mut lines = match moves(hold) {
        true => vec![format!("{place} is done on one host only, and that host was excluded.")],
        false => vec![
            format!("{place} is not done: its host was excluded, and no other one does it."),
            match run.cell(hold.on).is_some_and(concerns_schema) {
                true => "Skipped, the new code meets a database that was NOT changed.".to_owned(),
                false => "Skipped, what comes after it goes on WITHOUT it.".to_owned(),
            },
        ],
    };
    if flight {
        let line = "An attempt was under way there: it may have been done, or may still be.";
        lines.push(line.to_owned());
    }
    lines
}

/// Whether without this node the schema is not what the code expects: it changes it, or lists what does.
pub(crate) fn concerns_schema(cell: &Cell) -> bool {
    let changes = match &cell.node.kind {
        Kind::Act(act) => act.changes,
        Kind::Ask(ask) => match &ask.query {
            Query::Items(items) => items.each.changes,
            Query::When(_) => Changes::Nothing,
        },
        Kind::Gate(_) => Changes::Nothing,
    };
    changes == Changes::Schema
}
