//! What can be answered, on which key, and what comes of it.

use std::collections::BTreeSet;

use super::{HOSTS_SHOWN, behind::Behind, gate};
use crate::{
    model::{HoldId, HostId},
    run::{Cause, Hold, Offer, Run},
    tui::{
        action::{Act, Action},
        state::Model,
        update,
    },
};

/// The key of an answer.
pub(crate) fn key_of(offer: Offer) -> Act {
    match offer {
        Offer::Go => Act::Continue,
        Offer::Retry => Act::Retry,
        Offer::Edit => Act::Edit,
        Offer::Skip => Act::Skip,
        Offer::Fixed | Offer::AssumeOk => Act::Fixed,
        Offer::AssumeFailed => Act::AssumeFailed,
        Offer::Exclude => Act::Exclude,
        Offer::Undo => Act::Undo,
        Offer::Abort => Act::Abort,
        Offer::Answer => Act::Input,
        Offer::Move(_) => Act::Elsewhere,
        Offer::TakeOver => Act::TakeOver,
    }
}

/// What comes of an answer, short enough for the narrow pane.
pub(crate) fn consequence(model: &Model, hold: &Hold, offer: Offer) -> String {
    let unknown = matches!(hold.cause, Cause::Unknown(_));
    if let Some(said) = model.run().and_then(|run| together(run, hold, offer)) {
        return said;
    }
    let behind = model.run().filter(|_| offer == Offer::Go).and_then(|run| Behind::of(run, hold));
    if let Some(behind) = behind {
        return behind.in_short();
    }
    let text = match offer {
        Offer::Go => match (&hold.cause, model.run()) {
            (Cause::Confirm(_) | Cause::Batch(_), Some(run)) => return behind_gate(run, hold),
            (cause, _) => go(cause),
        },
        Offer::Retry if unknown => "runs it AGAIN, perhaps a second time",
        Offer::Retry => "runs the same command once more",
        Offer::Edit => "changes the command for this run only",
        Offer::Skip => "goes on without it, ends as failed",
        Offer::Fixed => "goes on: you did it by hand",
        Offer::AssumeOk => "goes on: you saw that it was done",
        Offer::AssumeFailed => "you saw that it was not done",
        Offer::Exclude => "goes on without this host",
        Offer::Undo => "takes back what was done, last first",
        Offer::Abort if model.run().is_some_and(|run| takes_back(run, hold)) => {
            "leaves all that is not undone as it is"
        }
        Offer::Abort => "gives up; asks which way",
        Offer::Answer => "sends one line to the step",
        Offer::Move(host) => return format!("does it on {} instead", model.host_name(host)),
        Offer::TakeOver => "the other holder can change no more",
    };
    text.to_owned()
}

/// What comes of an answer, or why it cannot be given now.
pub(crate) fn comes_of(model: &Model, hold: &Hold, offer: Offer) -> String {
    match update::why_not(model, Action::Act(key_of(offer))) {
        None => consequence(model, hold, offer),
        Some(why) => format!("not now: {why}"),
    }
}

/// Whether a question is about something that takes back.
fn takes_back(run: &Run, hold: &Hold) -> bool {
    run.cell(hold.on).is_some_and(|cell| cell.node.origin.takes_back())
}

/// The same of an answer that can be given on several hosts at once.
fn together(run: &Run, hold: &Hold, offer: Offer) -> Option<String> {
    let what = match offer {
        Offer::Retry if matches!(hold.cause, Cause::Unknown(_)) => "runs it AGAIN: here, or on",
        Offer::Retry => "once more: here, or on",
        Offer::Skip => "left out: here, or on",
        Offer::Fixed => "done by hand: here, or on",
        Offer::AssumeOk => "it was done: here, or on",
        Offer::AssumeFailed => "it was not done: here, or on",
        Offer::Go
        | Offer::Exclude
        | Offer::Edit
        | Offer::Undo
        | Offer::Abort
        | Offer::Answer
        | Offer::Move(_)
        | Offer::TakeOver => return None,
    };
    let these = alike(run, hold, offer).these;
    (these.len() > 1).then(|| format!("{what} {}", all_of(run, &these)))
}

/// Open questions about one step, each on a host of its own.
#[derive(Debug, Default)]
pub(crate) struct Alike {
    /// Those that this answer can be given to together.
    pub(crate) these: Vec<HoldId>,
    /// Those that it is no answer to, or not the same one.
    pub(crate) others: Vec<HoldId>,
}

/// What is open about the same step, on all hosts, for this answer to one of them. To run once more
/// what failed is another thing than to run what may have been done.
pub(crate) fn alike(run: &Run, hold: &Hold, offer: Offer) -> Alike {
    let place = |hold: &Hold| {
        let node = &run.cell(hold.on)?.node;
        node.host.map(|_| (&node.key.step, node.origin.takes_back()))
    };
    let Some(here) = place(hold) else { return Alike::default() };
    let same = |other: &Hold| {
        let alike = offer != Offer::Retry || other.cause.is_failure() == hold.cause.is_failure();
        alike && other.offers.contains(&offer)
    };
    let of_step = run.holds.iter().filter(|(_, other)| place(other) == Some(here));
    let (these, others): (Vec<_>, Vec<_>) = of_step.partition(|(_, other)| same(other));
    let ids = |of: Vec<(&HoldId, &Hold)>| of.into_iter().map(|(id, _)| *id).collect();
    Alike { these: ids(these), others: ids(others) }
}

/// The hosts of open questions, each once.
pub(crate) fn hosts_asked(run: &Run, ids: &[HoldId]) -> Vec<HostId> {
    let host = |id| run.cell(run.holds.get(id)?.on)?.node.host;
    let hosts: BTreeSet<HostId> = ids.iter().filter_map(host).collect();
    hosts.into_iter().collect()
}

/// How many they are: of a step with items a host may have several.
pub(crate) fn all_of(run: &Run, ids: &[HoldId]) -> String {
    let noun = if hosts_asked(run, ids).len() == ids.len() { " hosts" } else { "" };
    format!("all {}{noun}", ids.len())
}

/// What happened on which host, as in `web1: exit 1; web2: could not begin`; raw.
pub(crate) fn standing_of(model: &Model, run: &Run, ids: &[HoldId]) -> String {
    let said = |id: &HoldId| {
        let hold = run.holds.get(id)?;
        let host = run.cell(hold.on)?.node.host?;
        Some(format!("{}: {}", model.host_name(host), happened(&hold.cause)))
    };
    let mut all: Vec<String> = ids.iter().filter_map(said).collect();
    let more = all.len().saturating_sub(HOSTS_SHOWN);
    all.truncate(HOSTS_SHOWN);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join("; ")
}

/// A cause in a few words, beside the name of its host.
fn happened(cause: &Cause) -> String {
    match cause {
        Cause::Failed(end) => end.to_string(),
        Cause::NotUndone(end) => format!("NOT undone, {end}"),
        Cause::Refused(_) => "could not begin".to_owned(),
        Cause::Unknown(_) => "its outcome is unknown".to_owned(),
        Cause::Unsettled => "something of it still runs".to_owned(),
        Cause::Input(..) => "waits for input".to_owned(),
        Cause::Unreachable => "cannot be reached".to_owned(),
        Cause::OnceHostGone(_) => "was excluded".to_owned(),
        Cause::Break
        | Cause::Confirm(_)
        | Cause::Schema
        | Cause::Batch(_)
        | Cause::LockHeld(_)
        | Cause::Diverges(_) => "waits for an answer".to_owned(),
    }
}

/// What comes of going on at a gate.
fn behind_gate(run: &Run, hold: &Hold) -> String {
    match (gate::next(run, hold.on), run.asked_behind(hold.on)) {
        // Others may be asked behind the same step.
        (Some(next), Some(_)) => format!("then {next}"),
        (Some(next), None) => format!("goes on with {next}"),
        (None, _) => "goes on".to_owned(),
    }
}

fn go(cause: &Cause) -> &'static str {
    match cause {
        Cause::Break => "to the end, or the next breakpoint",
        Cause::Unsettled => "goes on; what still runs is left alone",
        Cause::Diverges(_) => "goes on although the hosts differ",
        Cause::Failed(_)
        | Cause::Refused(_)
        | Cause::Unknown(_)
        | Cause::Confirm(_)
        | Cause::Batch(_)
        | Cause::Schema
        | Cause::Input(..)
        | Cause::LockHeld(_)
        | Cause::OnceHostGone(_)
        | Cause::Unreachable
        | Cause::NotUndone(_) => "goes on",
    }
}
