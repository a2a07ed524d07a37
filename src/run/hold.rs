//! Holds: the one way in which anything is asked of the operator.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{End, Lost, Question, State};
use crate::model::{HostId, NodeId};

/// Something that goes no further until it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The node it is about.
    pub on: NodeId,
    /// What happened.
    pub cause: Cause,
    /// What can be answered.
    pub offers: Vec<Offer>,
}

impl Hold {
    /// Whether the rest of an undo is left as it is, from there on. It is written as a breakpoint that
    /// nobody set, at which there is but that to say; and answered at once, unless the console died just then.
    #[must_use]
    pub fn rest(on: NodeId) -> Self {
        Self { on, cause: Cause::Break, offers: vec![Offer::Abort] }
    }

    /// Whether it is that question, and no breakpoint.
    #[must_use]
    pub fn is_rest(&self) -> bool {
        *self == Self::rest(self.on)
    }

    /// What it is about as a short word for reports and JSON: that of its cause, or `rest`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        if self.is_rest() { "rest" } else { self.cause.word() }
    }
}

/// Why there is a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The node ended without success.
    Failed(End),
    /// The host could not begin it; the host's words.
    Refused(String),
    /// Its outcome is unknown.
    Unknown(Lost),
    /// It ended, and something that it started still lives.
    Unsettled,
    /// A breakpoint.
    Break,
    /// The recipe wants a confirmation.
    Confirm(String),
    /// Going on would take back something from before a schema change.
    Schema,
    /// The step waits for input: question number, and what it printed.
    Input(u16, Question),
    /// Too many hosts of the batches before were excluded.
    Batch(u16),
    /// The lock is held by someone else; what is known of them.
    LockHeld(String),
    /// Hosts differ; how.
    Diverges(String),
    /// The host of a `once` step was excluded; `true` when an attempt was in flight there.
    OnceHostGone(bool),
    /// The host has not been reachable for a long time while something may be running there.
    Unreachable,
    /// A compensation failed: this is NOT undone.
    NotUndone(End),
}

/// An answer that a hold offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// Go on.
    Go,
    /// Try again: a new attempt.
    Retry,
    /// Change the command for this run, and try again.
    Edit,
    /// Leave it out.
    Skip,
    /// It was mended by hand.
    Fixed,
    /// Take the unknown outcome as done.
    AssumeOk,
    /// Take the unknown outcome as failed.
    AssumeFailed,
    /// The host takes no further part.
    Exclude,
    /// Abort, and take back what was done.
    Undo,
    /// Abort, and leave things as they are.
    Abort,
    /// Send input.
    Answer,
    /// Do it on that host instead.
    Move(HostId),
    /// Take the lock over.
    TakeOver,
}

/// An answer to a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Go on.
    Go,
    /// Try again: a new attempt.
    Retry,
    /// Run this text instead, in this run only.
    Edit(String),
    /// Leave it out.
    Skip,
    /// It was mended by hand.
    Fixed,
    /// Take the unknown outcome as done, or as failed.
    Assume(bool),
    /// The host takes no further part.
    Exclude,
    /// Abort, and take back what was done.
    Undo,
    /// Abort, and leave things as they are.
    Abort,
    /// Send the input that the driver was given for this question.
    Answer(u16),
    /// Do it on that host instead.
    Move(HostId),
    /// Take the lock over.
    TakeOver,
}

impl Choice {
    /// What must be offered for this to be an answer.
    #[must_use]
    pub fn needs(&self) -> Offer {
        match self {
            Self::Go => Offer::Go,
            Self::Retry => Offer::Retry,
            Self::Edit(_) => Offer::Edit,
            Self::Skip => Offer::Skip,
            Self::Fixed => Offer::Fixed,
            Self::Assume(true) => Offer::AssumeOk,
            Self::Assume(false) => Offer::AssumeFailed,
            Self::Exclude => Offer::Exclude,
            Self::Undo => Offer::Undo,
            Self::Abort => Offer::Abort,
            Self::Answer(_) => Offer::Answer,
            Self::Move(host) => Offer::Move(*host),
            Self::TakeOver => Offer::TakeOver,
        }
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Go => "go on",
            Self::Retry => "retry",
            Self::Edit => "edit and retry",
            Self::Skip => "skip",
            Self::Fixed => "mark fixed",
            Self::AssumeOk => "take as done",
            Self::AssumeFailed => "take as failed",
            Self::Exclude => "exclude the host",
            Self::Undo => "abort and undo",
            Self::Abort => "abort, leave as it is",
            Self::Answer => "answer",
            Self::Move(_) => "do it on another host",
            Self::TakeOver => "take the lock over",
        })
    }
}

/// Of what kind a cause is. A new cause is placed here, once; what is asked of causes follows.
enum Sort {
    /// The node is known not to be done.
    Failure,
    /// A compensation failed.
    NotUndone,
    /// An outcome cannot be learned.
    Unknown,
    /// Something still lives after the end.
    Unsettled,
    /// What goes on cannot be followed.
    Unreachable,
    /// A step that goes on waits for a line.
    Input,
    /// A breakpoint.
    Break,
    /// The operator has to decide before anything is done.
    Decision,
}

impl Cause {
    fn sort(&self) -> Sort {
        match self {
            Self::Failed(_) | Self::Refused(_) => Sort::Failure,
            Self::NotUndone(_) => Sort::NotUndone,
            Self::Unknown(_) => Sort::Unknown,
            Self::Unsettled => Sort::Unsettled,
            Self::Unreachable => Sort::Unreachable,
            Self::Input(..) => Sort::Input,
            Self::Break => Sort::Break,
            Self::Confirm(_)
            | Self::Schema
            | Self::Batch(_)
            | Self::LockHeld(_)
            | Self::Diverges(_)
            | Self::OnceHostGone(_) => Sort::Decision,
        }
    }

    /// Whether a node is known not to be done: it failed, or could not be begun.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self.sort(), Sort::Failure)
    }

    /// Whether something went wrong, or may have.
    #[must_use]
    pub fn is_trouble(&self) -> bool {
        matches!(self.sort(), Sort::Failure | Sort::NotUndone | Sort::Unknown)
    }

    /// Whether what comes later waits for the answer as well. At a breakpoint only what is right
    /// behind it is stopped, a step that asks goes on, and after a failed undo nothing comes.
    #[must_use]
    pub fn stops(&self) -> bool {
        !matches!(self.sort(), Sort::Break | Sort::Input | Sort::NotUndone)
    }

    /// Whether it is about something that may be going on on a host: giving the run up does not
    /// answer it.
    #[must_use]
    pub fn outlives_abort(&self) -> bool {
        use Sort::{Input, Unknown, Unreachable, Unsettled};
        matches!(self.sort(), Unknown | Unsettled | Input | Unreachable)
    }

    /// Whether a node in this state no longer has it.
    #[must_use]
    pub fn is_gone(&self, state: &State) -> bool {
        let running = matches!(state, State::Running(_) | State::Armed(_));
        let settling = matches!(state, State::Settling(..));
        match self.sort() {
            Sort::Unknown => !matches!(state, State::Unknown(..)),
            Sort::Unsettled => !settling,
            Sort::Unreachable => !settling && !running,
            Sort::Input => !running,
            Sort::Failure | Sort::NotUndone | Sort::Break | Sort::Decision => false,
        }
    }

    /// The cause as a short word for reports and JSON; a closed, documented list.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Failed(_) => "failed",
            Self::Refused(_) => "refused",
            Self::Unknown(_) => "unknown",
            Self::Unsettled => "unsettled",
            Self::Break => "break",
            Self::Confirm(_) => "confirm",
            Self::Schema => "schema",
            Self::Input(..) => "input",
            Self::Batch(_) => "batch",
            Self::LockHeld(_) => "lock-held",
            Self::Diverges(_) => "diverges",
            Self::OnceHostGone(_) => "once-host-gone",
            Self::Unreachable => "unreachable",
            Self::NotUndone(_) => "not-undone",
        }
    }
}
