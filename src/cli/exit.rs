//! Exit codes, and the one way in which a command stops early.

use std::{fmt, process::ExitCode};

use crate::{
    driver::{DriveError, Left, Trouble},
    model::{Host, HostId, Plan},
    run::{Cause, Cell, Run, Verdict},
    store::{FindError, JournalError},
};

/// How the program ends. If several apply: `Unknown`, then `Open`, then `Failed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done and verified.
    Done,
    /// Closed: something failed, or a chosen host differs.
    Failed,
    /// The command line or the recipe is wrong.
    Usage,
    /// Left open: a decision is needed.
    Open,
    /// Somebody else has it.
    Locked,
    /// Refused before any change.
    Refused,
    /// An outcome is unknown.
    Unknown,
    /// Left by a signal, whose number it is; steps in flight go on.
    Signal(u8),
}

impl Exit {
    /// The number that the shell sees.
    pub(super) fn code(self) -> u8 {
        const SIGNAL_BASE: u8 = 128;
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Open => 3,
            Self::Locked => 4,
            Self::Refused => 5,
            Self::Unknown => 6,
            Self::Signal(signal) => SIGNAL_BASE.saturating_add(signal),
        }
    }

    /// The exit of a run that was driven as far as it went.
    pub(super) fn of(left: Left, run: &Run, signal: Option<u8>) -> Self {
        match left {
            Left::Closed(Verdict::Ok) => Self::Done,
            Left::Closed(Verdict::Failed | Verdict::Aborted) => Self::Failed,
            Left::Closed(Verdict::Unknown) => Self::Unknown,
            Left::Stuck => {
                let asked = run.holds.values().any(|hold| hold.cause == Cause::Unreachable);
                let unseen = |cell: &Cell| {
                    let down = cell.node.host.is_some_and(|host| run.down(host).is_some());
                    down && (cell.in_flight() || run.may_have_started(cell))
                };
                let cut_off = asked || run.cells.iter().any(unseen);
                if run.standing().unknown || cut_off { Self::Unknown } else { Self::Open }
            }
            Left::Detached => signal.map_or(Self::Open, Self::Signal),
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Why a command stopped before it did anything, or could not go on.
#[derive(Debug)]
pub(super) struct Stop {
    /// How the program ends.
    pub(super) exit: Exit,
    /// What happened and where, one message each; may have several lines.
    pub(super) errors: Vec<String>,
    /// What to do.
    pub(super) hints: Vec<String>,
}

impl Stop {
    pub(super) fn new(exit: Exit, error: impl Into<String>) -> Self {
        Self { exit, errors: vec![error.into()], hints: Vec::new() }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the trouble with a host.
    pub(super) fn add(&mut self, plan: &Plan, id: HostId, trouble: &Trouble) {
        let Some(Host { name, .. }) = plan.host(id) else { return };
        self.add_host(name, trouble);
    }

    /// Adds the trouble with a host of that name.
    pub(super) fn add_host(&mut self, name: &str, trouble: &Trouble) {
        self.errors.push(format!("{name}: {}", trouble.without_host()));
        let Some(hint) = trouble.hint() else { return };
        // What helps on several hosts is said once, with their names.
        let same = self.hints.iter_mut().find(|it| it.ends_with(&format!(": {hint}")));
        match same {
            Some(same) => {
                *same = same.replacen(&format!(": {hint}"), &format!(", {name}: {hint}"), 1);
            }
            None => self.hints.push(format!("{name}: {hint}")),
        }
    }

    /// Each hint once, where it comes first.
    pub(super) fn say_once(&mut self) {
        let mut said: Vec<String> = Vec::new();
        for hint in std::mem::take(&mut self.hints) {
            if !said.contains(&hint) {
                said.push(hint);
            }
        }
        self.hints = said;
    }

    pub(super) fn maybe_hint(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hints.extend(hint.map(Into::into));
        self
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.errors.join("; "))
    }
}

impl From<FindError> for Stop {
    fn from(error: FindError) -> Self {
        let exit = match &error {
            FindError::Disk(_) => Exit::Refused,
            FindError::NoSuchRun { .. } | FindError::Ambiguous { .. } | FindError::NothingOpen => {
                Exit::Usage
            }
        };
        Self::new(exit, error.to_string()).maybe_hint(error.hint())
    }
}

impl From<JournalError> for Stop {
    fn from(error: JournalError) -> Self {
        let exit = match &error {
            JournalError::LockedBy { .. } => Exit::Locked,
            JournalError::NoSuchRun(_) => Exit::Usage,
            JournalError::Disk(_)
            | JournalError::Exists(_)
            | JournalError::Damaged(_)
            | JournalError::OutOfOrder { .. }
            | JournalError::Unwritable(_) => Exit::Refused,
        };
        Self::new(exit, error.to_string()).maybe_hint(error.hint())
    }
}

/// A run that could not be driven on stays open.
pub(super) fn undriven(error: &DriveError, run: &Run) -> Stop {
    Stop::new(Exit::Open, format!("run {}: {error}", run.plan.run))
        .maybe_hint(error.hint())
        .hint(format!("steps in flight go on; then: deployui resume {}", run.plan.run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_for_several_hosts_is_said_once() {
        let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
        let trouble = |tool: bool| match tool {
            true => Trouble::NoAgent("no tool".to_owned()),
            false => Trouble::Here("gone".to_owned()),
        };
        for (name, tool) in [("h1", true), ("h2", false), ("h3", true)] {
            stop.add_host(name, &trouble(tool));
        }
        assert_eq!(stop.errors.len(), 3);
        assert_eq!(stop.hints, ["h1, h3: our agent needs a writable /tmp or home directory"]);
        stop.hints = ["a", "b", "a"].map(str::to_owned).to_vec();
        stop.say_once();
        assert_eq!(stop.hints, ["a", "b"]);
    }
}
