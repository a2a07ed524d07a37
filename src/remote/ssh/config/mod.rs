//! Where a host is and how to get in: what deploy.toml says, completed by the operator's own
//! ssh_config as `ssh -G` resolves it.
//!
//! No resolver of our own: the installed client is asked, so that includes, matches and precedence
//! are exactly the operator's. It is kept from running anything: see [`resolve`].

mod parse;
mod resolve;
mod target;
#[cfg(test)]
mod tests;
mod tokens;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use russh::keys::Algorithm;

pub use target::Target;

pub(super) use resolve::resolve;

/// Everything that decides one connection. Values are validated and expanded.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) family: Family,
    pub(super) bind: Option<IpAddr>,
    pub(super) jump: Option<Target>,
    pub(super) tcp_timeout: Option<Duration>,
    pub(super) alive_interval: Option<Duration>,
    pub(super) trust: Trust,
    pub(super) login: Login,
}

/// Which addresses of a name are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Any,
    V4,
    V6,
}

/// How the host proves who it is.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    /// The name it is known under in known_hosts.
    pub(super) name: String,
    pub(super) user_files: Vec<PathBuf>,
    pub(super) global_files: Vec<PathBuf>,
    pub(super) unknown: Unknown,
    pub(super) hash_names: bool,
    /// Allowed host key algorithms in order; empty for the default.
    pub(super) algorithms: Vec<Algorithm>,
}

/// What happens with a host key that is not known (`StrictHostKeyChecking`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// `yes`: refused, nobody is asked.
    Refuse,
    /// `ask`, and also `no` and `off`: a key is never trusted silently.
    Ask,
    /// `accept-new`: stored and used.
    Learn,
}

/// How we prove who we are.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) files: Vec<PathBuf>,
    pub(super) certificates: Vec<PathBuf>,
    pub(super) only_files: bool,
    pub(super) agent: Option<PathBuf>,
    pub(super) methods: Vec<Method>,
    /// `BatchMode yes`: no person is asked for anything.
    pub(super) batch: bool,
}

/// A way to log in, in the order of `PreferredAuthentications`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    PublicKey,
    KeyboardInteractive,
    Password,
}

impl Method {
    pub(super) const ALL: [Self; 3] = [Self::PublicKey, Self::KeyboardInteractive, Self::Password];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::PublicKey => "publickey",
            Self::KeyboardInteractive => "keyboard-interactive",
            Self::Password => "password",
        }
    }
}
