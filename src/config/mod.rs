//! What the operator likes: config.toml, and themes. Both are read by what reads recipes, so that a
//! fault looks the same and all of them are shown at once.
//!
//! Plain values: it knows nothing of a screen. Whether a key can be what it is bound to is for the
//! console to say, which has the table of its keys.

pub(crate) mod contrast;
mod file;
mod shipped;
mod theme;
mod tone;

#[cfg(test)]
mod tests;

pub use file::{Bound, Config, Notify, Wanted};
pub use shipped::shipped;
pub use theme::{Find, Found, Theme, theme};
pub use tone::Tone;

use crate::recipe::own;

/// The name of the theme that holds where nothing is said: the terminal's own colours.
pub const DEFAULT_THEME: &str = "terminal-16";

/// The reference of config.toml and of themes, in Markdown.
#[must_use]
pub fn reference() -> String {
    format!("{}\n{}", own::config_reference(), own::theme_reference())
}
