//! What can be said of one node: the state of a cell of the matrix.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Why;

/// How an attempt ended. Only `Exit(0)` is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// With this exit status.
    Exit(u8),
    /// Killed by this signal (or by a status that a shell gives for it: 128 + n).
    Signal(u8),
    /// Stopped because its time limit was over.
    TimedOut,
}

impl End {
    /// Reads a shell's exit status: above 128 is the signal that killed the command.
    #[must_use]
    pub fn from_status(status: u8) -> Self {
        const SIGNAL_BASE: u8 = 128;
        const SIGNAL_LAST: u8 = 64;
        match status.checked_sub(SIGNAL_BASE) {
            Some(signal @ 1..=SIGNAL_LAST) => Self::Signal(signal),
            Some(_) | None => Self::Exit(status),
        }
    }

    /// Whether it is success.
    #[must_use]
    pub fn is_ok(self) -> bool {
        self == Self::Exit(0)
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => match status_words(*status) {
                Some(words) => write!(f, "exit {status} ({words})"),
                None => write!(f, "exit {status}"),
            },
            Self::Signal(n) => match signal_name(*n) {
                Some(name) => write!(f, "killed by signal {n} ({name})"),
                None => write!(f, "killed by signal {n}"),
            },
            Self::TimedOut => f.write_str("stopped at its time limit"),
        }
    }
}

/// What a shell says with an exit status of its own (POSIX, 2.8.2): one that is seldom anything else.
fn status_words(status: u8) -> Option<&'static str> {
    match status {
        126 => Some("cannot be executed"),
        127 => Some("command not found"),
        _ => None,
    }
}

/// The name of a signal by its Linux number, for the ones that end steps.
fn signal_name(n: u8) -> Option<&'static str> {
    Some(match n {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        7 => "BUS",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        24 => "XCPU",
        25 => "XFSZ",
        31 => "SYS",
        _ => return None,
    })
}

/// Why the outcome of an attempt cannot be learned from the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// It began, and nothing that could have recorded its end lives any more.
    Died,
    /// The host has restarted since.
    Rebooted,
    /// Its box was there and is gone.
    Gone,
    /// The box holds something that no box of ours would.
    Corrupt,
    /// The host that answers is not the one that began it.
    OtherHost,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Died => "it was started, and was killed together with what records its end",
            Self::Rebooted => "the host restarted while it was running",
            Self::Gone => "its directory on the host was removed",
            Self::Corrupt => "its directory on the host holds contradictory files",
            Self::OtherHost => "another machine answers at this address now",
        })
    }
}

/// What the operator said instead of an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overrule {
    /// Leave it out.
    Skipped(Why),
    /// It was mended by hand.
    Fixed(Why),
    /// Its unknown outcome is taken to be this.
    Assumed(bool, Why),
    /// Its host takes no further part; `true` when an attempt was in flight there.
    Excluded(Why, bool),
}

/// Why a node will not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The run was aborted before.
    Aborted,
    /// Its condition said that it is not wanted.
    NotWanted,
    /// It was forbidden to start, and had not.
    Fenced,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Aborted | Self::Fenced => "the run was aborted before it",
            Self::NotWanted => "its condition says that there is nothing to do",
        })
    }
}

/// A signal to a step's process group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sig {
    /// Asks it to end.
    Term,
    /// Ends it.
    Kill,
}

impl fmt::Display for Sig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Term => "TERM",
            Self::Kill => "KILL",
        })
    }
}

/// The state of one node. The number is the attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not begun.
    Waiting,
    /// An attempt is prepared on the host; whether it has begun is asked, never assumed.
    Armed(u16),
    /// Begun.
    Running(u16),
    /// Ended so, but something that it started still lives.
    Settling(u16, End),
    /// Begun, and its outcome cannot be learned from the host.
    Unknown(u16, Lost),
    /// Done; gates: passed.
    Ok(u16),
    /// Ended without success.
    Failed(u16, End),
    /// The host could not begin it; the host's words.
    Refused(u16, String),
    /// A `once` action whose host was excluded: where else is being asked.
    Stranded(bool),
    /// Decided by the operator.
    Overruled(Overrule),
    /// Will not be done.
    Never(Reason),
    /// Done, and taken back since.
    Reverted(u16),
}

/// How far a node has come. A new state is placed here, once; what is asked of states follows.
enum Phase {
    /// Not known to have begun.
    Ahead,
    /// Goes on on its host.
    InFlight,
    /// Only the operator can say what becomes of it.
    Unsure,
    /// Known not to be done.
    Failed,
    /// Done, or not to be done any more.
    Done,
}

impl State {
    fn phase(&self) -> Phase {
        match self {
            Self::Waiting | Self::Armed(_) => Phase::Ahead,
            Self::Running(_) | Self::Settling(..) => Phase::InFlight,
            Self::Unknown(..) | Self::Stranded(_) => Phase::Unsure,
            Self::Failed(..) | Self::Refused(..) => Phase::Failed,
            Self::Ok(_) | Self::Overruled(_) | Self::Never(_) | Self::Reverted(_) => Phase::Done,
        }
    }

    /// Whether it is not known to have begun.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        matches!(self.phase(), Phase::Ahead)
    }

    /// Whether an attempt goes on on the host.
    #[must_use]
    pub fn is_in_flight(&self) -> bool {
        matches!(self.phase(), Phase::InFlight)
    }

    /// Whether it is known not to be done: it failed, or could not be begun.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self.phase(), Phase::Failed)
    }

    /// Whether it is done, or not to be done any more.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.phase(), Phase::Done)
    }

    /// Whether nothing more will happen to it without the operator.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_done() || self.is_failure()
    }
}
