//! What the operator can tell a run.

use std::fmt;

use super::{Abort, Choice, Mode, Sig, Why};
use crate::model::{HoldId, HostId, NodeId, Try};

/// What the operator can tell a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Answer a hold.
    Choose(HoldId, Choice, Why),
    /// Step, go on or pause.
    Mode(Mode),
    /// Set a breakpoint on a gate, or remove it; on a list: on the gate of every item that it, or
    /// a later reading of it, brings.
    Break(NodeId, bool),
    /// Take a running step to ask for a line of input, though no question of it was seen.
    Listen(Try),
    /// Send a signal to a running step.
    Stop(Try, Sig),
    /// Leave a host out from here on.
    Exclude(HostId, Why),
    /// Give the run up.
    Abort(Abort, Why),
    /// Break the taking back off: what it has not done yet stays as it is.
    Rest(Why),
    /// Leave the run; steps in flight go on.
    Leave,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The hold was answered, or its cause is gone.
    HoldGone,
    /// The hold does not offer that.
    NotOffered,
    /// Something has failed: it is answered first.
    Failed,
    /// The run is over.
    Closed,
    /// That gate cannot be stopped at, or was passed; that list brings nothing more.
    NotAhead,
    /// Nothing is left that is to be taken back.
    NothingLeft,
    /// That attempt is not running.
    NotRunning,
    /// That attempt takes no input, or is asking already.
    NoInput,
    /// That host does not take part.
    NoSuchHost,
    /// The run is being aborted already.
    Aborting,
    /// It holds the value of this secret, and would be journalled.
    Secret(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::HoldGone => "that question is no longer open",
            Self::NotOffered => "that is not one of the choices",
            Self::Failed => "something has failed: answer that first",
            Self::Closed => "the run is over",
            Self::NotAhead => "the run is past that point",
            Self::NothingLeft => "nothing is left to be undone",
            Self::NotRunning => "that step is not running",
            Self::NoInput => "that step takes no input now",
            Self::NoSuchHost => "that host takes no part in the run",
            Self::Aborting => "the run is being aborted already",
            Self::Secret(name) if name.contains(' ') => {
                return f.write_str(
                    "it holds what you typed unseen, and everybody could read it in the journal",
                );
            }
            Self::Secret(name) => {
                return write!(
                    f,
                    "it holds the value of the secret {name}, and everybody could read it in the \
                     journal: write ${name} instead; a step has it that names it in `secrets`"
                );
            }
        };
        f.write_str(words)
    }
}

impl std::error::Error for Refusal {}
