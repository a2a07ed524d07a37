//! Why a host cannot be worked with, in words, and what to do about it.

use std::fmt;

use crate::{
    remote::{ConnectError, Ending, Lost, OpenError},
    script::Bad,
};

/// Why a host cannot be worked with.
#[derive(Debug)]
pub enum Trouble {
    /// No connection.
    Connect(ConnectError),
    /// A connection, and no channel on it.
    Open(OpenError),
    /// The connection went away.
    Lost(Lost),
    /// The host cannot hold boxes.
    Unfit(Bad),
    /// The agent cannot work; the host's words.
    NoAgent(String),
    /// The login shell ended; its words.
    Shell(String),
    /// Something is missing here.
    Here(String),
}

impl Trouble {
    pub(super) fn shell(ending: &Ending, noise: &str) -> Self {
        let how = match ending {
            Ending::Exit(status) => format!("its login shell ended with exit {status}"),
            Ending::Signal(signal) => format!("its login shell was killed by {signal}"),
            Ending::Refused => "the server refused to start a shell".to_owned(),
            Ending::NoStatus(Some(lost)) => return Self::Lost(lost.clone()),
            Ending::NoStatus(None) => "its login shell ended".to_owned(),
        };
        Self::said(&how, noise)
    }

    /// A login shell that ended so, having said this.
    pub(super) fn said(how: &str, noise: &str) -> Self {
        let said = noise.trim();
        Self::Shell(if said.is_empty() { how.to_owned() } else { format!("{how}: {said}") })
    }

    /// Whether it may pass without anyone changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_worth_retrying(),
            Self::Open(_) | Self::Lost(_) | Self::Shell(_) | Self::NoAgent(_) => true,
            Self::Unfit(_) | Self::Here(_) => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Connect(error) => return error.hint(),
            Self::Open(error) => return error.hint().map(str::to_owned),
            Self::Lost(_) | Self::Here(_) => return None,
            Self::Unfit(bad) => return Some(unfit_hint(bad)),
            Self::NoAgent(_) => "our agent needs a writable /tmp or home directory",
            Self::Shell(_) => {
                "the login shell must be able to run `exec sh`; see what plain ssh says there"
            }
        };
        Some(hint.to_owned())
    }
}

fn unfit_hint(bad: &Bad) -> String {
    match bad.check.as_str() {
        "tool" => format!("install {} there (util-linux, coreutils or BusyBox)", bad.what),
        "network" => "set `state_dir` to a directory on a local disk".to_owned(),
        "owner" => "give the directory to the login user, or set `state_dir`".to_owned(),
        "link" => "it must be a directory, not a link".to_owned(),
        "write" => "is the disk full, or mounted read-only?".to_owned(),
        "state-dir" => "`root` and `state_dir` are absolute paths, or begin with ~/".to_owned(),
        _ => "make the directory there, writable for the login user, or set `state_dir`".to_owned(),
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::Lost(lost) => lost.fmt(f),
            Self::Unfit(bad) => match bad.check.as_str() {
                "tool" => write!(f, "the host has no `{}`", bad.what),
                "network" => {
                    write!(f, "our state would lie on a network file system: {}", bad.what)
                }
                "owner" => write!(f, "{} belongs to somebody else", bad.what),
                "link" => write!(f, "{} is a symbolic link", bad.what),
                "write" => write!(f, "cannot write in {}", bad.what),
                "state-dir" => f.write_str(&bad.what),
                "hello" => write!(f, "the host's answer is incomplete: {}", bad.what),
                _ => write!(f, "cannot make the directory {}", bad.what),
            },
            Self::NoAgent(why) => write!(f, "our agent cannot work there: {why}"),
            Self::Shell(why) | Self::Here(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Trouble {}
