//! Whom we know: known_hosts files, read as ssh reads them and learned into.
//!
//! The format is the one of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". Two answers are stricter than
//! ssh's: a host that is known by keys of other types only counts as changed, and a bad line that
//! names the host is an error instead of being passed over.

mod learn;
mod name;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use russh::keys::{Algorithm, HashAlg, PublicKey};

pub(super) use learn::{Lesson, learn};
pub(super) use name::lookup_name;

use crate::remote::{KeyAt, Problem};

/// A known_hosts file above this is refused: it is read whole for every connection.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// What the files say about one host.
#[derive(Debug, Clone, Default)]
pub(super) struct Acquaintance {
    keys: Vec<Known>,
    revoked: Vec<Known>,
    authority: Option<KeyAt>,
}

/// A key on a line that names the host.
#[derive(Debug, Clone)]
struct Known {
    key: PublicKey,
    at: KeyAt,
}

/// What a presented key is to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Trusted,
    Unknown,
    /// Other keys are known for this host: the places of all of them, the first with its print.
    Changed {
        known: KeyAt,
        known_fingerprint: String,
    },
    Revoked(KeyAt),
    /// Only a certificate authority vouches for this host, and certificates are not supported.
    AuthorityOnly(KeyAt),
}

impl Acquaintance {
    /// Reads all lines about `name` from `files`; files that do not exist say nothing.
    ///
    /// # Errors
    /// A file that exists and cannot be read, or a line about this host that makes no sense.
    pub(super) fn read(files: &[PathBuf], name: &str) -> Result<Self, Problem> {
        let mut all = Self::default();
        for file in files {
            let Some(text) = read(file)? else { continue };
            for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
                all.take(line, name, KeyAt { file: file.clone(), line: index + 1 })?;
            }
        }
        Ok(all)
    }

    fn take(&mut self, line: &[u8], name: &str, at: KeyAt) -> Result<(), Problem> {
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_ascii_whitespace().peekable();
        let marker = words.next_if(|word| word.starts_with('@'));
        let Some(names) = words.next().filter(|word| !word.starts_with('#')) else { return Ok(()) };
        match name::matches(names, name) {
            Some(true) => {}
            Some(false) => return Ok(()),
            None => return Ok(()), // a hash that is none: it can be about nobody
        }
        let bad = |why: &str| Problem::HostKeyFile { at: at.clone(), why: why.to_owned() };
        let first = words.next().ok_or_else(|| bad("the key is missing"))?;
        if first.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(()); // a key of SSH 1, which ssh passes over too
        }
        let blob = words.next().ok_or_else(|| bad("the key is missing"))?;
        let key = PublicKey::from_openssh(&format!("{first} {blob}"))
            .map_err(|error| bad(&format!("the key cannot be read: {error}")))?;
        match marker {
            None => self.keys.push(Known { key, at }),
            Some("@revoked") => self.revoked.push(Known { key, at }),
            Some("@cert-authority") => {
                self.authority.get_or_insert(at);
            }
            Some(other) => return Err(bad(&format!("the marker `{other}` is not known"))),
        }
        Ok(())
    }

    /// Judges the key that a server presented.
    pub(super) fn judge(&self, key: &PublicKey) -> Verdict {
        let same = |known: &&Known| known.key.key_data() == key.key_data();
        if let Some(revoked) = self.revoked.iter().find(same) {
            return Verdict::Revoked(revoked.at.clone());
        }
        if self.keys.iter().any(|known| same(&known)) {
            return Verdict::Trusted;
        }
        let of_type = |known: &&Known| known.key.algorithm() == key.algorithm();
        if let Some(known) = self.keys.iter().find(of_type).or(self.keys.first()) {
            return Verdict::Changed {
                known: known.at.clone(),
                known_fingerprint: fingerprint(&known.key),
            };
        }
        match &self.authority {
            Some(at) => Verdict::AuthorityOnly(at.clone()),
            None => Verdict::Unknown,
        }
    }

    /// Whether a key of this type is known, whatever the hash it signs with.
    pub(super) fn knows_type(&self, algorithm: &Algorithm) -> bool {
        self.keys.iter().any(|known| {
            known.key.algorithm() == *algorithm
                || (known.key.algorithm().is_rsa() && algorithm.clone().is_rsa())
        })
    }
}

/// A key's fingerprint as ssh prints it: `SHA256:` and base64.
pub(super) fn fingerprint(key: &PublicKey) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

fn read(file: &Path) -> Result<Option<Vec<u8>>, Problem> {
    let bad = |why: String| {
        Err(Problem::HostKeyFile { at: KeyAt { file: file.to_path_buf(), line: 0 }, why })
    };
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return bad(format!("it cannot be opened: {error}")),
    };
    let mut bytes = Vec::new();
    match opened.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes) {
        Err(error) => bad(format!("it cannot be read: {error}")),
        Ok(_) if bytes.len() as u64 > FILE_BYTES_MAX => {
            bad(format!("it is larger than {} MiB", FILE_BYTES_MAX >> 20))
        }
        Ok(_) => Ok(Some(bytes)),
    }
}
