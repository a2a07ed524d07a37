//! What can be answered, on which key, and what comes of it.

use crate::{
    run::{Cause, Hold, Offer},
    tui::{action::Action, state::Model},
};

/// The key of an answer.
pub(crate) fn key_of(offer: Offer) -> Action {
    match offer {
        Offer::Go => Action::Continue,
        Offer::Retry => Action::Retry,
        Offer::Edit => Action::Edit,
        Offer::Skip => Action::Skip,
        Offer::Fixed | Offer::AssumeOk => Action::Fixed,
        Offer::AssumeFailed => Action::AssumeFailed,
        Offer::Exclude => Action::Exclude,
        Offer::Undo => Action::Undo,
        Offer::Abort => Action::Abort,
        Offer::Answer => Action::Input,
        Offer::Move(_) => Action::Elsewhere,
        Offer::TakeOver => Action::TakeOver,
    }
}

/// What comes of an answer.
pub(crate) fn consequence(model: &Model, hold: &Hold, offer: Offer) -> String {
    let unknown = matches!(hold.cause, Cause::Unknown(_));
    match offer {
        Offer::Go => go(&hold.cause).to_owned(),
        Offer::Retry if unknown => {
            "runs it AGAIN: if it was done, or done in part, it is done twice".to_owned()
        }
        Offer::Retry => "runs the same command once more, as a new attempt".to_owned(),
        Offer::Edit => "changes the command for this run only, and runs it".to_owned(),
        Offer::Skip => "goes on without it here; the run ends as failed".to_owned(),
        Offer::Fixed => "you did by hand what it should have done; the run goes on".to_owned(),
        Offer::AssumeOk => "you have seen on the host that it was done; the run goes on".to_owned(),
        Offer::AssumeFailed => {
            "you have seen that it was not done; then retry, or mend it".to_owned()
        }
        Offer::Exclude => "this host takes no further part, and stays as it is now".to_owned(),
        Offer::Undo => "gives the run up and takes back what was done, last first".to_owned(),
        Offer::Abort => "gives the run up; what was done stays".to_owned(),
        Offer::Answer => "sends one line to the step".to_owned(),
        Offer::Move(host) => format!("does it on {} instead", model.host_name(host)),
        Offer::TakeOver => "the other holder can no longer change this stage".to_owned(),
    }
}

fn go(cause: &Cause) -> &'static str {
    match cause {
        Cause::Break => "goes on to the end, or to the next breakpoint",
        Cause::Confirm(_) => "goes on",
        Cause::Schema => "takes back what was done before the schema change",
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
