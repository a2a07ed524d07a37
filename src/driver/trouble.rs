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
    /// The login shell ended.
    Shell {
        /// How.
        how: ShellEnd,
        /// What it said, on both channels; empty if nothing.
        said: String,
    },
    /// Something is missing here.
    Here(String),
}

/// How a login shell ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShellEnd {
    /// With this exit status.
    Exit(u32),
    /// Killed by this signal, named without `SIG`.
    Killed(String),
    /// The server did not start it.
    Refused,
    /// Without saying how.
    Untold,
    /// It takes nothing more, and its end was not seen; the error of the write.
    Deaf(String),
}

impl fmt::Display for ShellEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "its login shell ended with exit {status}"),
            Self::Killed(signal) => write!(f, "its login shell was killed by {signal}"),
            Self::Refused => f.write_str("the server refused to start a shell"),
            Self::Untold => f.write_str("its login shell ended"),
            Self::Deaf(error) => f.write_str(error),
        }
    }
}

impl Trouble {
    /// A login shell whose pipe ended so, having said this.
    pub(super) fn shell(ending: Ending, noise: &str) -> Self {
        let how = match ending {
            Ending::Exit(status) => ShellEnd::Exit(status),
            Ending::Signal(signal) => ShellEnd::Killed(signal),
            Ending::Refused => ShellEnd::Refused,
            Ending::NoStatus(Some(lost)) => return Self::Lost(lost),
            Ending::NoStatus(None) => ShellEnd::Untold,
        };
        Self::ended(how, noise)
    }

    /// A login shell that ended so, having said this.
    pub(super) fn ended(how: ShellEnd, noise: &str) -> Self {
        Self::Shell { how, said: noise.trim().to_owned() }
    }

    /// What happened, for a line that names the host already: a connection that failed names it itself
    /// otherwise.
    #[must_use]
    pub fn without_host(&self) -> String {
        match self {
            Self::Connect(error) => error.problem.to_string(),
            Self::Open(_)
            | Self::Lost(_)
            | Self::Unfit(_)
            | Self::NoAgent(_)
            | Self::Shell { .. }
            | Self::Here(_) => self.to_string(),
        }
    }

    /// Whether it may pass without anyone changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_worth_retrying(),
            Self::Open(_) | Self::Lost(_) | Self::Shell { .. } | Self::NoAgent(_) => true,
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
            Self::Shell { .. } => {
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
        "write" => {
            "is it writable for the login user, is the disk full, or mounted read-only?".to_owned()
        }
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
            Self::Shell { how, said } if said.is_empty() => how.fmt(f),
            Self::Shell { how, said } => write!(f, "{how}: {said}"),
            Self::Here(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Trouble {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::Problem;

    #[test]
    fn a_failed_connection_names_its_host_or_leaves_it_to_the_line() {
        let problem = Problem::Config("no such key".to_owned());
        let trouble = Trouble::Connect(ConnectError { host: "web1".to_owned(), problem });
        assert!(trouble.to_string().starts_with("web1: "), "{trouble}");
        assert_eq!(format!("web1: {}", trouble.without_host()), trouble.to_string());
        assert_eq!(Trouble::Here("no agent".to_owned()).without_host(), "no agent");
    }
}
