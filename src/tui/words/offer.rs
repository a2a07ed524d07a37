//! What can be answered, on which key, and what comes of it.

use super::cause::opens;
use crate::{
    model::HoldId,
    run::{Cause, Hold, Offer, Run},
    tui::{action::Act, state::Model},
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
    let text = match offer {
        Offer::Go if model.run().is_some_and(|run| opens(run, hold)) => {
            "takes the maintenance page DOWN, undoes on"
        }
        Offer::Go => go(&hold.cause),
        Offer::Retry if unknown => "runs it AGAIN, perhaps a second time",
        Offer::Retry => match model.run().map_or(0, |run| same_step(run, hold).len()) {
            0 | 1 => "runs the same command once more",
            all => return format!("once more: here, or on all {all} hosts"),
        },
        Offer::Edit => "changes the command for this run only",
        Offer::Skip => "goes on without it, ends as failed",
        Offer::Fixed => "goes on: you did it by hand",
        Offer::AssumeOk => "goes on: you saw that it was done",
        Offer::AssumeFailed => "you saw that it was not done",
        Offer::Exclude => "goes on without this host",
        Offer::Undo => "takes back what was done, last first",
        Offer::Abort => "gives up; asks which way",
        Offer::Answer => "sends one line to the step",
        Offer::Move(host) => return format!("does it on {} instead", model.host_name(host)),
        Offer::TakeOver => "the other holder can change no more",
    };
    text.to_owned()
}

/// Open questions about the same failed step, on all hosts: they can be tried again together.
pub(crate) fn same_step(run: &Run, hold: &Hold) -> Vec<HoldId> {
    let step = |hold: &Hold| run.cell(hold.on).map(|cell| &cell.node.key.step);
    let alike = |other: &Hold| {
        other.cause.is_failure()
            && hold.cause.is_failure()
            && step(other) == step(hold)
            && other.offers.contains(&Offer::Retry)
    };
    run.holds.iter().filter(|(_, other)| alike(other)).map(|(id, _)| *id).collect()
}

fn go(cause: &Cause) -> &'static str {
    match cause {
        Cause::Break => "to the end, or the next breakpoint",
        Cause::Confirm(_) => "goes on",
        Cause::Schema => "takes back what was done before",
        Cause::Unsettled => "goes on; what still runs is left alone",
        Cause::Batch(_) => "goes on with the next hosts",
        Cause::Diverges(_) => "goes on although the hosts differ",
        Cause::Failed(_)
        | Cause::Refused(_)
        | Cause::Unknown(_)
        | Cause::Input(..)
        | Cause::LockHeld(_)
        | Cause::OnceHostGone(_)
        | Cause::Unreachable
        | Cause::NotUndone(_) => "goes on",
    }
}
