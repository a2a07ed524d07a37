//! The detail of one host, while it is open: of the host that is chosen in the matrix.

use std::time::Duration;

use jiff::Timestamp;

use crate::tui::told::Way;

/// The open detail.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HostView {
    /// First row shown.
    pub(crate) scroll: usize,
}

/// How a host is reached, and since when; by its name in [`super::Model::ways`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Met {
    /// How it is reached, as far as that was told.
    pub(crate) way: Option<Way>,
    /// Since when it is connected, before a run.
    pub(crate) since: Option<Timestamp>,
    /// How long a question and its answer took on the connection, and when that was.
    pub(crate) round_trip: Option<(Duration, Timestamp)>,
}
