//! The secrets of a run: their values, and where they lie in what steps print.
//!
//! A value is found in any of the writings of `encodings`, however the bytes come in. Its place is
//! written down before its last byte is in the log, so that readers hide it without knowing it.

mod encodings;
mod finder;
mod ingest;
mod patterns;
mod safe;

use std::{collections::BTreeMap, fmt, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};

use self::patterns::Patterns;

pub(super) use ingest::Ingest;
pub(super) use safe::Safe;

/// A shorter value, in bytes, is in every log by chance: hiding it would show it.
pub const VALUE_BYTES_MIN: usize = 4;

/// A longer value, in bytes, is not looked for: all its writings are in memory at once.
pub const VALUE_BYTES_MAX: usize = 8 * 1024;

/// What an answer is called that was typed unseen; no secret of a recipe has such a name.
const ANSWER: &str = "typed unseen";

/// So many of them are looked for in a run.
const ANSWERS_MAX: usize = 100;

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
    values: Arc<BTreeMap<String, SecretString>>,
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
        Ok(Self { values: Arc::new(values), patterns: Some(Arc::new(patterns)) })
    }

    /// The same, and a line that the operator typed unseen.
    fn with_answer(&self, line: &str) -> Result<Self, BadSecret> {
        let value = SecretString::from(line);
        Self::fits(&value)?;
        let answers = self.values.keys().filter(|name| name.starts_with(ANSWER)).count();
        let known = self.values.values().any(|it| it.expose_secret() == line);
        if known {
            return Ok(self.clone());
        }
        if answers >= ANSWERS_MAX {
            return Err(BadSecret::Many(format!("{answers} answers are looked for already")));
        }
        let name = match answers {
            0 => ANSWER.to_owned(),
            others => format!("{ANSWER} {}", others + 1),
        };
        let mut values = (*self.values).clone();
        values.insert(name, value);
        Self::new(values)
    }

    /// The name of a secret whose value lies in this text, in any writing.
    pub(super) fn lies_in(&self, text: &str) -> Option<String> {
        self.patterns.as_ref()?.first_in(text)
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
