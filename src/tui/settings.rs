//! What the operator likes, and what their terminal can.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::{Keymap, colour::Depth, notice::Notices};
pub use crate::config::Notify;
use crate::config::Theme;

/// The theme, or one for each ground.
#[derive(Clone, Debug)]
pub enum Themes {
    /// This one.
    One(Theme),
    /// By what the terminal says its ground is; it is asked before keys are read, and again when
    /// these settings are.
    ByGround {
        /// On a dark ground, and where the terminal does not say.
        dark: Theme,
        /// On a light ground.
        light: Theme,
    },
}

impl Themes {
    /// The one for a ground, as far as that is known.
    pub(crate) fn on(&self, light: Option<bool>) -> &Theme {
        match (self, light) {
            (Self::One(theme), _) => theme,
            (Self::ByGround { light, .. }, Some(true)) => light,
            (Self::ByGround { dark, .. }, Some(false) | None) => dark,
        }
    }
}

/// What the console is told at its start, and again when config.toml or a theme was changed.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Draw marks and frames in ASCII: for terminals and fonts without them, and where their width is
    /// ambiguous.
    pub ascii: bool,
    /// The terminal does not read UTF-8: nothing but ASCII goes to it, also of what hosts say.
    pub seven_bit: bool,
    /// Use colours; without, attributes and marks alone tell things apart.
    pub colour: bool,
    /// How many colours the terminal can show.
    pub depth: Depth,
    /// What things look like.
    pub themes: Themes,
    /// Which key means what.
    pub keymap: Keymap,
    /// Take clicks and the wheel, from the start.
    pub mouse: bool,
    /// Only look: no key changes anything.
    pub read_only: bool,
    /// A value as one word of the shell, for a command that is shown to be edited; `None` where it
    /// cannot be one. Only `script` knows how to quote, and a front end does not know `script`.
    pub quote: fn(&str) -> Option<String>,
    /// Who sits here, as `user@machine`: what others have done is told apart from it.
    pub who: String,
    /// Whether what is left open can be taken up later.
    pub lasting: bool,
    /// Whether the operator is called while the terminal is not looked at.
    pub notify: Notify,
    /// How this terminal calls its operator.
    pub notices: Notices,
    /// Whether this terminal shows how far something is (OSC 9;4); others take it for a message.
    pub progress: bool,
    /// The words of the command that opens a file in an editor, for `sh`.
    pub editor: String,
    /// The words of the command that shows a file page by page, for `sh`.
    pub pager: String,
    /// Inside of tmux, which hands on what is meant for the terminal only if it is told so.
    pub tmux: bool,
    /// Where logs are saved, if no other place is said: the folder that it was called from.
    pub here: PathBuf,
    /// Where times of day are shown for.
    pub zone: TimeZone,
}

impl Settings {
    /// How text gets on the clipboard, for the line that says it was copied. Whether it did, no
    /// terminal says.
    pub(super) fn copies(&self) -> &'static str {
        match self.tmux {
            true => "by tmux (load-buffer -w) and the terminal (OSC 52; it may refuse)",
            false => "by the terminal (OSC 52; it may refuse)",
        }
    }
}
