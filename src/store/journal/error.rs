//! What can be wrong with a journal, and what to do about it.

use std::{fmt, path::PathBuf};

use crate::store::disk::DiskError;

/// Something in a journal that cannot be trusted. What lies before it still can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The journal.
    pub path: PathBuf,
    /// The line at which it begins, from 1.
    pub line: u64,
    /// What it is.
    pub what: What,
}

/// What is wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The run has a directory, and no journal in it.
    Missing,
    /// The journal has no bytes.
    Empty,
    /// It does not begin with a header.
    NoHeader,
    /// A later version of the program wrote it, in this format.
    Newer(u32),
    /// It is the journal of another run.
    OtherRun(String),
    /// The checksum of a line does not fit.
    Sum,
    /// A line is whole, but is no fact that this version knows; what the decoder said.
    NotAFact(String),
    /// A fact has another position than the one that follows.
    Gap {
        /// The position that follows.
        wanted: u64,
        /// The one that was found.
        found: u64,
    },
    /// It could not be read; what the system said.
    Unreadable(String),
}

impl Damage {
    /// What can be done about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self.what {
            What::Newer(_) | What::NotAFact(_) => {
                "use the version of deployui that wrote it, or a later one"
            }
            What::Missing
            | What::Empty
            | What::NoHeader
            | What::OtherRun(_)
            | What::Sum
            | What::Gap { .. } => {
                "nothing is run from it: put the file back from a backup, or look at the hosts \
                 and open a new run; the logs of its steps are still there, here and on the hosts"
            }
            What::Unreadable(_) => "nothing is run from it until it can be read",
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        match &self.what {
            What::Missing => f.write_str(" is missing"),
            What::Empty => f.write_str(" is empty"),
            What::NoHeader => f.write_str(" line 1: not the header of a journal"),
            What::Newer(format) => write!(
                f,
                " line 1: written by a later version of deployui (format {format}, this one reads \
                 up to {})",
                super::FORMAT
            ),
            What::OtherRun(run) => {
                write!(f, " line 1: the journal of another run, `{}`", run.escape_debug())
            }
            What::Sum => write!(
                f,
                " line {}: the checksum does not fit: bytes were changed, or a line is missing",
                self.line
            ),
            What::NotAFact(error) => {
                write!(f, " line {}: not a fact that this version knows: {error}", self.line)
            }
            What::Gap { wanted, found } => write!(
                f,
                " line {}: fact {found} stands where fact {wanted} must follow",
                self.line
            ),
            What::Unreadable(error) => write!(f, ": {error}"),
        }
    }
}

impl std::error::Error for Damage {}

/// Why a journal could not be made, opened or written.
#[derive(Debug)]
pub enum JournalError {
    /// The disk.
    Disk(DiskError),
    /// Another console drives the run.
    LockedBy {
        /// The lock.
        path: PathBuf,
        /// What its holder wrote into it, as `user@machine pid`.
        by: String,
    },
    /// There is no such run.
    NoSuchRun(PathBuf),
    /// A run with this id is there already.
    Exists(PathBuf),
    /// The journal cannot be trusted to its end.
    Damaged(Damage),
    /// A fact was to be written in another position than the one that follows: a defect of the
    /// program. Nothing was written.
    OutOfOrder {
        /// The position that follows.
        wanted: u64,
        /// The one of the fact.
        found: u64,
    },
    /// A fact or header has no form in JSON: a defect of the program. Nothing was written.
    Unwritable(serde_json::Error),
}

impl JournalError {
    /// What can be done about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Disk(error) => error.hint(),
            Self::LockedBy { .. } => Some(
                "watch it: deployui --read-only; or go on there, or leave it there first: steps in flight go on",
            ),
            Self::NoSuchRun(_) => Some("`deployui runs` lists them"),
            Self::Damaged(damage) => Some(damage.hint()),
            Self::Exists(_) | Self::OutOfOrder { .. } | Self::Unwritable(_) => None,
        }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => write!(f, "{error}"),
            Self::LockedBy { path, by } => {
                write!(f, "the run is driven by {by} ({})", path.display())
            }
            Self::NoSuchRun(path) => write!(f, "no such run: {} is not there", path.display()),
            Self::Exists(path) => write!(f, "a run with this id is there: {}", path.display()),
            Self::Damaged(damage) => write!(f, "{damage}"),
            Self::OutOfOrder { wanted, found } => {
                write!(f, "fact {found} cannot be journalled where fact {wanted} must follow")
            }
            Self::Unwritable(error) => write!(f, "a fact cannot be journalled: {error}"),
        }
    }
}

impl std::error::Error for JournalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Disk(error) => Some(error),
            Self::Damaged(damage) => Some(damage),
            Self::Unwritable(error) => Some(error),
            Self::LockedBy { .. }
            | Self::NoSuchRun(_)
            | Self::Exists(_)
            | Self::OutOfOrder { .. } => None,
        }
    }
}

impl From<DiskError> for JournalError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}
