//! How releases differ from what is served, as far as that was asked.

use std::collections::BTreeMap;

use crate::model::{Difference, Pair};

/// So many answers are kept: more than anybody goes through at once.
const KEPT_MAX: usize = 256;

/// What is known of how releases differ.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    /// Asked last, and not answered yet: only one is waited for.
    pub(crate) asked: Option<Pair>,
    /// Those that are to be read whole as soon as they are there.
    pub(crate) opening: Option<Pair>,
    told: BTreeMap<Pair, Result<Difference, String>>,
}

impl Differences {
    /// What is known of two releases, or why it is not; `None`: nothing was told yet.
    pub(crate) fn of(&self, pair: &Pair) -> Option<&Result<Difference, String>> {
        self.told.get(pair)
    }

    /// Takes an answer in.
    pub(crate) fn told(&mut self, pair: Pair, found: Result<Difference, String>) {
        self.asked.take_if(|asked| *asked == pair);
        // What was compared with something else than is served now is asked for no more.
        if self.told.len() >= KEPT_MAX {
            self.told.retain(|other, _| other.from == pair.from);
        }
        if self.told.len() >= KEPT_MAX {
            self.told.clear();
        }
        self.told.insert(pair, found);
    }

    /// What could not be said is asked again.
    pub(crate) fn forget_failures(&mut self) {
        self.told.retain(|_, found| found.is_ok());
    }
}
