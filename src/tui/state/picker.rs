//! The picker of a release to go back to.

use crate::{model::Candidate, tui::state::sight::Sight};

/// The open picker.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    /// The release that is chosen, by its name: the list may change while it is open.
    pub(crate) chosen: String,
    /// First row shown of the details.
    pub(crate) scroll: usize,
}

impl Picker {
    /// A picker on that release.
    pub(crate) fn on(release: &str) -> Self {
        Self { chosen: release.to_owned(), scroll: 0 }
    }

    /// The release that is chosen, if it is still there.
    pub(crate) fn candidate<'a>(&self, sight: &'a Sight) -> Option<&'a Candidate> {
        sight.candidate(&self.chosen)
    }

    /// Its position in the list.
    pub(crate) fn at(&self, sight: &Sight) -> usize {
        sight.candidates.iter().position(|other| other.name == self.chosen).unwrap_or(0)
    }
}
