//! Private key files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use russh::keys::{Certificate, PrivateKey, PublicKey, decode_secret_key};
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::remote::limits::ASKED_MAX;
use crate::remote::{Answer, Ask, Question};

/// A key file above this is none.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// Permission bits of others that ssh refuses a private key for.
const MODE_OF_OTHERS: u32 = 0o077;

/// What is behind a configured file name.
#[derive(Debug, Clone)]
pub(super) enum Loaded {
    Plain(Arc<PrivateKey>),
    /// Encrypted: the public half, if it can be told without the passphrase.
    Locked {
        public: Option<PublicKey>,
        text: Zeroizing<String>,
    },
    /// Only the public half is here: the agent may hold the other.
    Public(PublicKey),
    Missing,
    Bad(String),
}

impl Loaded {
    pub(super) fn public(&self) -> Option<PublicKey> {
        match self {
            Self::Plain(key) => Some(key.public_key().clone()),
            Self::Locked { public, .. } => public.clone(),
            Self::Public(key) => Some(key.clone()),
            Self::Missing | Self::Bad(_) => None,
        }
    }
}

/// Reads a key file. Blocks on the disk.
pub(super) fn load(file: &Path) -> Loaded {
    let text = match read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return beside(file).map_or(Loaded::Missing, Loaded::Public);
        }
        Err(error) => return Loaded::Bad(format!("{}: {error}", file.display())),
    };
    if let Ok(public) = PublicKey::from_openssh(text.trim()) {
        return Loaded::Public(public);
    }
    if let Some(mode) = mode_of_others(file) {
        return Loaded::Bad(format!(
            "{} has mode {mode:04o}: it may be read by others",
            file.display()
        ));
    }
    decode(file, text)
}

fn decode(file: &Path, text: Zeroizing<String>) -> Loaded {
    match PrivateKey::from_openssh(text.as_bytes()) {
        // A FIDO key: its private half is in a token, which only the agent can use.
        Ok(key) if key.algorithm().as_str().starts_with("sk-") => {
            Loaded::Public(key.public_key().clone())
        }
        Ok(key) if key.is_encrypted() => {
            Loaded::Locked { public: Some(key.public_key().clone()), text }
        }
        Ok(key) => Loaded::Plain(Arc::new(key)),
        Err(_) => match decode_secret_key(&text, None) {
            Ok(key) => Loaded::Plain(Arc::new(key)),
            Err(russh::keys::Error::KeyIsEncrypted) => {
                Loaded::Locked { public: beside(file), text }
            }
            Err(error) => Loaded::Bad(format!("{}: {error}", file.display())),
        },
    }
}

/// The certificate ssh looks for beside a key: `<file>-cert.pub`, or one that was configured.
pub(super) fn certificates(file: &Path, configured: &[PathBuf]) -> Vec<Certificate> {
    let mut name = file.as_os_str().to_owned();
    name.push("-cert.pub");
    std::iter::once(Path::new(&name))
        .chain(configured.iter().map(PathBuf::as_path))
        .filter_map(|path| Certificate::from_openssh(read(path).ok()?.trim()).ok())
        .collect()
}

/// The public key in `<file>.pub`.
fn beside(file: &Path) -> Option<PublicKey> {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    PublicKey::from_openssh(read(Path::new(&name)).ok()?.trim()).ok()
}

fn read(file: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(file)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

fn mode_of_others(file: &Path) -> Option<u32> {
    let mode = file.metadata().ok()?.permissions().mode() & 0o7777;
    (mode & MODE_OF_OTHERS != 0).then_some(mode)
}

/// Keys that a person has unlocked: asked once per file, whatever the number of hosts.
#[derive(Debug, Default)]
pub(in crate::remote::ssh) struct Keyring {
    /// Files that were asked about, whatever came of it.
    asked: AtomicU64,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    unlocked: BTreeMap<PathBuf, Arc<PrivateKey>>,
    /// The count of `asked` when a file was last not unlocked.
    refused: BTreeMap<PathBuf, u64>,
}

impl Keyring {
    /// The unlocked key, or `None` if nobody unlocks it. One question at a time; those who wait
    /// meanwhile share its answer, also a refusal.
    pub(super) async fn unlock(
        &self,
        file: &Path,
        text: &Zeroizing<String>,
        ask: &dyn Ask,
    ) -> Option<Arc<PrivateKey>> {
        let asked_before = self.asked.load(Ordering::Acquire);
        let mut ring = self.ring.lock().await;
        if let Some(key) = ring.unlocked.get(file) {
            return Some(Arc::clone(key));
        }
        let refused_meanwhile = ring.refused.get(file).is_some_and(|at| *at > asked_before);
        if refused_meanwhile || !ask.can_ask() {
            return None;
        }
        let key = unlock(file, text, ask).await;
        let asked = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        match &key {
            Some(key) => drop(ring.unlocked.insert(file.to_path_buf(), Arc::clone(key))),
            None => drop(ring.refused.insert(file.to_path_buf(), asked)),
        }
        key
    }
}

async fn unlock(file: &Path, text: &Zeroizing<String>, ask: &dyn Ask) -> Option<Arc<PrivateKey>> {
    for attempt in 1..=ASKED_MAX {
        let question = Question::Passphrase { file: file.to_path_buf(), attempt };
        let Answer::Secret(passphrase) = ask.ask(question).await? else { return None };
        let text = text.clone();
        // Deriving the key from the passphrase is slow on purpose.
        let decode = move || decode_secret_key(&text, Some(passphrase.expose_secret())).ok();
        if let Some(key) = tokio::task::spawn_blocking(decode).await.ok().flatten() {
            return Some(Arc::new(key));
        }
    }
    None
}
