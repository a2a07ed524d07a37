//! Why there is no demo.

use std::{fmt, io, path::PathBuf};

use crate::remote::OpenError;

/// Why the fleet could not be started, or not be removed.
#[derive(Debug)]
pub enum DemoError {
    /// A folder or file of the sandbox.
    Place(PathBuf, io::Error),
    /// The sandbox's path holds characters that ssh_config and shells read in ways of their own.
    Path(PathBuf),
    /// The shell that makes the repository could not be started.
    Shell(OpenError),
    /// A program that is needed on this machine is missing; its words.
    Missing(String),
    /// The repository could not be made; git's words.
    Repository(String),
    /// A server could not be started.
    Host(io::Error),
}

impl DemoError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Place(..) | Self::Path(_) => {
                Some("set TMPDIR to a writable directory with a plain name")
            }
            Self::Missing(_) => Some("install it, and try again"),
            Self::Shell(error) => error.hint(),
            Self::Repository(_) | Self::Host(_) => None,
        }
    }
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Place(path, error) => write!(f, "the demo's {}: {error}", path.display()),
            Self::Path(path) => {
                write!(f, "the demo cannot live in {}: its name is not plain", path.display())
            }
            Self::Shell(error) => write!(f, "the demo's repository: {error}"),
            Self::Missing(what) => write!(f, "the demo needs more than is here: {what}"),
            Self::Repository(why) => write!(f, "the demo's repository could not be made: {why}"),
            Self::Host(error) => write!(f, "the demo's hosts could not be started: {error}"),
        }
    }
}

impl std::error::Error for DemoError {}
