//! The way to the hosts: an ssh_config, known hosts, and a key, as an operator has them. They are where
//! ssh looks by itself in the operator's home, too, for machines without an ssh client.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::{DemoError, Host, sandbox::place};
use crate::remote::serve::KeyPair;

/// What is written.
pub(super) struct Access<'a> {
    pub(super) dir: &'a Path,
    pub(super) user: &'a str,
    pub(super) client: &'a KeyPair,
    pub(super) hosts: &'a [Host],
}

pub(super) fn config_file(dir: &Path) -> PathBuf {
    dir.join("operator/.ssh/config")
}

impl Access<'_> {
    /// Writes the three files.
    pub(super) fn write(&self) -> Result<(), DemoError> {
        let ssh = self.dir.join("operator/.ssh");
        let key = ssh.join("id_ed25519");
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&key);
        made.and_then(|mut file| file.write_all(self.client.private.as_bytes()))
            .map_err(place(&key))?;
        let known = ssh.join("known_hosts");
        fs::write(&known, self.known_hosts()?).map_err(place(&known))?;
        let config = config_file(self.dir);
        fs::write(&config, self.config(&known, &key)).map_err(place(&config))
    }

    fn known_hosts(&self) -> Result<String, DemoError> {
        let mut text = String::new();
        for host in self.hosts {
            let at = host.ssh();
            let key = host.ssh.host_key().map_err(DemoError::Host)?;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "[{}]:{} {}", at.ip(), at.port(), key.trim());
        }
        Ok(text)
    }

    fn config(&self, known: &Path, key: &Path) -> String {
        let mut text = String::new();
        for host in self.hosts {
            let (name, at) = (&host.name, host.ssh());
            let _ = writeln!(text, "Host {name}\n  HostName {}\n  Port {}", at.ip(), at.port());
        }
        let (user, known, key) = (self.user, known.display(), key.display());
        let _ = write!(
            text,
            "Host *\n  User {user}\n  UserKnownHostsFile {known}\n  GlobalKnownHostsFile none\n  \
             StrictHostKeyChecking yes\n  IdentityFile {key}\n  IdentitiesOnly yes\n  \
             IdentityAgent none\n"
        );
        text
    }
}
