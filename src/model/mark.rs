//! How a maintenance page is known to be ours, by whoever made it and whoever looks for it.

/// Stands in every maintenance page, near its beginning. It is looked for in what visitors get,
/// byte for byte, so it never changes.
pub const MAINTENANCE_MARK: &str = "<!-- deployui:maintenance -->";

/// A response header, of any value, that says the same: for pages whose comments are lost on the
/// way. Lowercase, as HTTP libraries compare it.
pub const MAINTENANCE_HEADER: &str = "deployui-maintenance";

/// The step of a run that puts the page up.
pub const MAINTENANCE_ON: &str = "maintenance-on";

/// The step of a run that takes the page down.
pub const MAINTENANCE_OFF: &str = "maintenance-off";

/// The name that what was served before has in the texts of publishing and of taking that back: in a line
/// of its own, as a quoted word; empty where nothing was.
pub const SERVED_BEFORE: &str = "before";

/// The words with which [`MAINTENANCE_OFF`] says that it takes no page down: a person raised it.
pub const MAINTENANCE_KEPT: &str = "the maintenance page stays up";
