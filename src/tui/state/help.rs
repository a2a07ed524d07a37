//! The list of keys, while it is open.

use super::Model;

/// A screen that lies over the panes, with keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// The page of a host.
    Host,
    /// The list of runs.
    History,
    /// The choice of a release to go back to.
    Releases,
}

impl Over {
    /// The one that is seen.
    pub(crate) fn of(model: &Model) -> Option<Self> {
        if model.host_view.is_some() {
            Some(Self::Host)
        } else if model.history.open {
            Some(Self::History)
        } else {
            model.picker.is_some().then_some(Self::Releases)
        }
    }
}

/// The searchable list of keys. It also runs what it lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Help {
    pub(crate) filter: String,
    /// Position among the rows that fit the filter.
    pub(crate) chosen: usize,
    /// Why the chosen row was not done.
    pub(crate) says: Option<String>,
}
