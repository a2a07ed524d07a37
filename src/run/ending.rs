//! How a run ended, said once for all who say it: the header, the message line, the list of runs, the
//! reports. The verdict is for machines; this is the same for people.

use std::fmt;

use super::{Cell, Overrule, Run, State, Verdict};

/// How far a run that is over came, and what was wrong then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How far it came.
    pub way: Way,
    /// What was wrong.
    pub trouble: Trouble,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To its end.
    Through,
    /// It was given up, and what was done stays.
    Aborted,
    /// It was given up, and some of what was done was taken back.
    PartlyUndone,
    /// It was given up, and what was done was taken back, but for so many things.
    NotUndone(usize),
    /// It was given up, and what was done was taken back.
    Undone,
}

/// What was wrong in the end, the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Nothing.
    Nothing,
    /// A step was skipped, or a host was excluded.
    LeftOut,
    /// A step failed.
    Failed,
    /// An outcome is not known.
    Unknown,
}

impl Ending {
    /// By the facts of a run where they could be read, else by no more than its verdict; `None`: it is
    /// open.
    #[must_use]
    pub fn known(run: Option<&Run>, verdict: Option<Verdict>) -> Option<Self> {
        run.and_then(Run::ending).or_else(|| verdict.map(Self::of))
    }

    /// What can be said where only the verdict is known.
    fn of(verdict: Verdict) -> Self {
        let (way, trouble) = match verdict {
            Verdict::Ok => (Way::Through, Trouble::Nothing),
            Verdict::Aborted => (Way::Aborted, Trouble::Nothing),
            Verdict::Failed => (Way::Through, Trouble::Failed),
            Verdict::Unknown => (Way::Through, Trouble::Unknown),
        };
        Self { way, trouble }
    }

    /// The same in a word, for lists.
    #[must_use]
    pub fn word(self) -> &'static str {
        match (self.trouble, self.way) {
            (Trouble::Unknown, _) => "unknown",
            (_, Way::Aborted | Way::PartlyUndone) => "aborted",
            (_, Way::NotUndone(_)) => "undo failed",
            (_, Way::Undone) => "undone",
            (Trouble::Nothing, Way::Through) => "ok",
            (Trouble::LeftOut, Way::Through) => "left out",
            (Trouble::Failed, Way::Through) => "failed",
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.way {
            Way::Through if self.trouble == Trouble::Nothing => f.write_str("done")?,
            Way::Through => f.write_str("ended")?,
            Way::Aborted => f.write_str("aborted")?,
            Way::PartlyUndone => f.write_str("aborted, undone in part")?,
            Way::NotUndone(left) => write!(f, "undo failed, {left} not undone")?,
            Way::Undone => f.write_str("undone")?,
        }
        f.write_str(match (self.trouble, self.way) {
            (Trouble::Unknown, _) => ", outcome unknown",
            (Trouble::Nothing, _) | (_, Way::NotUndone(_)) => "",
            // What was given up is not done anyway.
            (Trouble::LeftOut, Way::Aborted | Way::PartlyUndone) => "",
            (Trouble::LeftOut, Way::Through | Way::Undone) => ", something left out",
            (Trouble::Failed, Way::Through) => ", something failed",
            (Trouble::Failed, Way::Aborted | Way::PartlyUndone | Way::Undone) => " after a failure",
        })
    }
}

impl Run {
    /// How it ended; `None` while it is open.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.closed?;
        let back = |cell: &&Cell| cell.node.origin.takes_back();
        let undone = self.cells.iter().any(|cell| matches!(cell.state, State::Reverted(_)));
        let left = self.cells.iter().filter(back).filter(|cell| is_left(&cell.state)).count();
        let way = match self.aborting {
            None => Way::Through,
            Some(_) if left > 0 => Way::NotUndone(left),
            Some(abort) if abort.undo => Way::Undone,
            Some(_) if undone => Way::PartlyUndone,
            Some(_) => Way::Aborted,
        };
        let trouble = self.cells.iter().filter(|cell| !back(cell)).map(trouble).max();
        let trouble = trouble.unwrap_or(Trouble::Nothing);
        let unknown = self.standing().unknown;
        Some(Ending { way, trouble: if unknown { Trouble::Unknown } else { trouble } })
    }
}

/// Whether what a compensation takes back is still there.
fn is_left(state: &State) -> bool {
    match state {
        State::Failed(..)
        | State::Refused(..)
        | State::Overruled(
            Overrule::Skipped(_) | Overrule::Assumed(false, _) | Overrule::Excluded(..),
        ) => true,
        State::Waiting
        | State::Armed(_)
        | State::Running(_)
        | State::Settling(..)
        | State::Unknown(..)
        | State::Ok(_)
        | State::Stranded(_)
        | State::Overruled(Overrule::Fixed(_) | Overrule::Assumed(true, _))
        | State::Never(_)
        | State::Reverted(_) => false,
    }
}

/// What is wrong with a node that is there to do something.
fn trouble(cell: &Cell) -> Trouble {
    match &cell.state {
        State::Failed(..) | State::Refused(..) | State::Overruled(Overrule::Assumed(false, _)) => {
            Trouble::Failed
        }
        State::Unknown(..) => Trouble::Unknown,
        State::Stranded(_) | State::Overruled(Overrule::Skipped(_) | Overrule::Excluded(..)) => {
            Trouble::LeftOut
        }
        State::Waiting
        | State::Armed(_)
        | State::Running(_)
        | State::Settling(..)
        | State::Ok(_)
        | State::Overruled(Overrule::Fixed(_) | Overrule::Assumed(true, _))
        | State::Never(_)
        | State::Reverted(_) => Trouble::Nothing,
    }
}
