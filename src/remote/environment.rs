//! What this module may know of the operator's machine: read once, by the command line.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The operator's own side of every connection.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The home directory: where `~` and the default key files are.
    pub home: PathBuf,
    /// The login name here, which is the default one there.
    pub user: String,
    /// The environment of every process started here (`ssh -G`, local commands).
    pub vars: BTreeMap<OsString, OsString>,
    /// The ssh client that is asked for its configuration; `None` for none.
    pub ssh: Option<PathBuf>,
    /// Random bytes, new in each process: salts of hashed known_hosts names come from them.
    pub seed: [u8; 32],
}

impl Environment {
    /// The value of one variable, if it is set and not empty.
    pub(super) fn var(&self, name: &str) -> Option<&OsStr> {
        self.vars.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The socket of the operator's ssh-agent, `SSH_AUTH_SOCK`.
    pub(super) fn agent_socket(&self) -> Option<PathBuf> {
        self.var("SSH_AUTH_SOCK").map(PathBuf::from)
    }
}
