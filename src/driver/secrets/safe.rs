//! The secrets of a run as they become known: those of the recipe before it begins, then what the
//! operator types unseen.

use std::sync::{PoisonError, RwLock};

use super::Secrets;

/// The secrets of a run, for the tasks of all its hosts.
#[derive(Debug, Default)]
pub(in crate::driver) struct Safe(RwLock<Secrets>);

impl Safe {
    /// Those that are known by now.
    pub(in crate::driver) fn now(&self) -> Secrets {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the place of what was known.
    pub(in crate::driver) fn keep(&self, secrets: Secrets) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets;
    }

    /// A line that was typed unseen is hidden from now on, where it can be.
    pub(in crate::driver) fn learn(&self, line: &str) {
        match self.now().with_answer(line) {
            Ok(secrets) => self.keep(secrets),
            Err(bad) => tracing::warn!(%bad, "an answer cannot be hidden"),
        }
    }
}
