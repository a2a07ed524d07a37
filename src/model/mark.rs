//! How a maintenance page is known to be ours, by whoever made it and whoever looks for it.

/// Stands in every maintenance page, near its beginning. It is looked for in what visitors get,
/// byte for byte, so it never changes.
pub const MAINTENANCE_MARK: &str = "<!-- deployui:maintenance -->";

/// A response header, of any value, that says the same: for pages whose comments are lost on the
/// way. Lowercase, as HTTP libraries compare it.
pub const MAINTENANCE_HEADER: &str = "deployui-maintenance";
