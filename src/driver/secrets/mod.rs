//! The secrets of a run: their values, and where they lie in what steps print.
//!
//! A value is found in any of the writings of `encodings`, however the bytes come in. Its place is
//! written down before its last byte is in the log, so that readers hide it without knowing it.

mod encodings;
mod finder;
mod ingest;
mod patterns;

use std::{collections::BTreeMap, fmt, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};

use self::patterns::Patterns;

pub(super) use ingest::Ingest;

/// A shorter value, in bytes, is in every log by chance: hiding it would show it.
pub const VALUE_BYTES_MIN: usize = 4;

/// A longer value, in bytes, is not looked for: all its writings are in memory at once.
pub const VALUE_BYTES_MAX: usize = 8 * 1024;

/// Why a value cannot be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSecret {
    /// It is empty.
    Empty,
    /// It has too few bytes to be hidden.
    Short(usize),
    /// It has too many bytes to be looked for.
    Long(usize),
    /// It holds a NUL, which no environment can take.
    Nul,
    /// All of them together are too much to be looked for.
    Many(String),
}

impl fmt::Display for BadSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::Short(bytes) => write!(
                f,
                "it has {bytes} bytes, too short to hide: a secret has at least {VALUE_BYTES_MIN}"
            ),
            Self::Long(bytes) => write!(
                f,
                "it has {bytes} bytes, too long to hide: a secret has at most {VALUE_BYTES_MAX}"
            ),
            Self::Nul => f.write_str("it holds a NUL byte, which no environment can hold"),
            Self::Many(why) => write!(f, "the secrets are too much to be looked for: {why}"),
        }
    }
}

impl std::error::Error for BadSecret {}

/// The secrets that the steps of a run need. Its text for people never has a value.
#[derive(Clone, Default)]
pub struct Secrets {
    values: BTreeMap<String, SecretString>,
    patterns: Option<Arc<Patterns>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Secrets {
    /// Whether a value can be a secret.
    ///
    /// # Errors
    /// Why not.
    pub fn fits(value: &SecretString) -> Result<(), BadSecret> {
        let value = value.expose_secret();
        match value.len() {
            _ if value.contains('\0') => Err(BadSecret::Nul),
            0 => Err(BadSecret::Empty),
            bytes @ 1..VALUE_BYTES_MIN => Err(BadSecret::Short(bytes)),
            bytes if bytes > VALUE_BYTES_MAX => Err(BadSecret::Long(bytes)),
            _ => Ok(()),
        }
    }

    /// Secrets by name.
    ///
    /// # Errors
    /// When a value cannot be a secret, or all of them are too much to be looked for.
    pub fn new(values: BTreeMap<String, SecretString>) -> Result<Self, BadSecret> {
        values.values().try_for_each(Self::fits)?;
        if values.is_empty() {
            return Ok(Self::default());
        }
        let patterns = Patterns::new(&values)?;
        Ok(Self { values, patterns: Some(Arc::new(patterns)) })
    }

    /// The value of a secret.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(SecretString::expose_secret)
    }

    /// Words that a host said of itself, without any secret.
    pub(super) fn scrub(&self, words: String) -> String {
        match &self.patterns {
            Some(patterns) => patterns.scrub(words),
            None => words,
        }
    }
}

#[cfg(test)]
mod tests;
