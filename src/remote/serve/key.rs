//! A client's key, for whoever starts a served host and is to be let in.

use std::io;

use russh::keys::PrivateKey;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};

/// Both halves of an Ed25519 key, as OpenSSH writes them.
#[derive(Clone)]
pub struct KeyPair {
    /// The text of the private key's file; not encrypted.
    pub private: String,
    /// A line of authorized_keys.
    pub public: String,
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

impl KeyPair {
    /// The key of a seed.
    ///
    /// # Errors
    /// It cannot be written out; never for keys of this kind.
    pub fn from_seed(seed: &[u8; 32], comment: &str) -> io::Result<Self> {
        let key = private(seed, comment)?;
        let text = key.to_openssh(LineEnding::LF).map_err(io::Error::other)?;
        let public = key.public_key().to_openssh().map_err(io::Error::other)?;
        Ok(Self { private: text.to_string(), public })
    }
}

pub(super) fn private(seed: &[u8; 32], comment: &str) -> io::Result<PrivateKey> {
    let key = KeypairData::Ed25519(Ed25519Keypair::from_seed(seed));
    PrivateKey::new(key, comment).map_err(io::Error::other)
}
