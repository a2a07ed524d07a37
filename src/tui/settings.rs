//! What the console is told once.

use jiff::tz::TimeZone;

/// What the console is told once, at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Draw with ASCII only: for terminals and fonts without the marks, and where their width is
    /// ambiguous.
    pub ascii: bool,
    /// Use colours; without, attributes and marks alone tell things apart.
    pub colour: bool,
    /// Only look: no key changes anything.
    pub read_only: bool,
    /// Where times of day are shown for.
    pub zone: TimeZone,
}
