//! Why a run cannot be driven on.

use std::fmt;

use crate::{
    run::NotARun,
    store::{DiskError, JournalError},
};

/// Why a run could not be driven on. Steps in flight go on; the run can be resumed.
#[derive(Debug)]
pub enum DriveError {
    /// The journal could not be written.
    Journal(JournalError),
    /// A log could not be written.
    Log(DiskError),
    /// The journal does not begin with the opening of a run.
    NotARun(NotARun),
}

impl fmt::Display for DriveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::Log(error) => error.fmt(f),
            Self::NotARun(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DriveError {}

impl DriveError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Journal(error) => error.hint(),
            Self::Log(error) => error.hint(),
            Self::NotARun(_) => None,
        }
    }
}
