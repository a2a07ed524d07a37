//! The console: what is going on in a run, and the dialogs by which the operator steers it.
//!
//! One state (`state`), changed by `update` from keys and from what it is told, drawn by `view`. It
//! never talks to a host: it is told facts over one channel and says what it wishes over another,
//! and reads logs from the operator's disk. Whatever comes from a host is shown as
//! [`Shown`](crate::text::Shown) only. A slow terminal makes the screen late, never a step.
//!
//! Lowercase keys look. What changes something is on an uppercase letter and asks first, with the
//! keys on the answer that does nothing; only step, pause and break in a run that has begun do not
//! ask.

mod action;
mod bound;
mod colour;
mod ends;
mod errand;
mod errors;
mod feed;
mod glyphs;
mod guest;
mod hearing;
mod keymap;
mod levels;
mod linear;
mod notice;
mod outbox;
mod over;
mod probe;
mod refused;
mod settings;
mod state;
mod stream;
mod styles;
mod swatch;
mod terminal;
mod tmux;
mod told;
mod turn;
mod update;
mod view;
mod words;

#[cfg(test)]
pub(crate) mod tests;

use std::{fmt, io};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

pub use self::{
    bound::{KeyFault, KeyHelp, Keymap, actions},
    colour::Depth,
    notice::Notices,
    settings::{Notify, Settings, Themes},
    state::as_seen::{raised_since, served_since},
    swatch::swatch,
    terminal::{after_guest, install_panic_hook, is_with_us, mended, restore},
    told::{
        Guest, Has, HostState, Intent, Lines, Page, PastRun, Prompt, PromptKind, Raising, Refused,
        Returned, Saving, StageOffer, Told, Waiting, Way, Wish,
    },
};
pub(crate) use self::{
    ends::{Ends, Signals, leaving},
    feed::{Entire, show_line},
    linear::{Heard, Linear},
    outbox::Outbox,
    words::{diff, took},
};
use crate::store::Store;

/// The time, as whoever runs the console knows it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// It goes on evenly; the facts that are told have it, too.
    pub now: fn() -> Timestamp,
    /// By the clock of this machine, which may be set.
    pub wall: fn() -> Timestamp,
}

/// Why the console could not go on. The terminal was given back; the run is not affected.
#[derive(Debug)]
pub enum TuiError {
    /// The terminal could not be taken over.
    Take(io::Error),
    /// The terminal could not be written or read any more.
    Terminal(io::Error),
    /// The signals by which one is asked to leave could not be listened to.
    Signals(io::Error),
}

impl fmt::Display for TuiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Take(error) => write!(f, "cannot take the terminal over: {error}"),
            Self::Terminal(error) => write!(f, "cannot use the terminal any more: {error}"),
            Self::Signals(error) => write!(f, "cannot listen to signals: {error}"),
        }
    }
}

impl std::error::Error for TuiError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Take(error) | Self::Terminal(error) | Self::Signals(error) => Some(error),
        }
    }
}

impl TuiError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Take(_) => "run it in a terminal, or without the console: deployui run PIPELINE",
            Self::Terminal(_) => "the run can be taken up again with: deployui resume",
            Self::Signals(_) => "run it without the console: deployui run PIPELINE",
        }
    }
}

/// Runs the console until the operator leaves, the terminal goes away, or TERM or HUP arrives; in
/// each case [`Wish::Quit`] is the last wish and the terminal is given back. `dirty`
/// changes whenever a log has grown.
///
/// # Errors
/// When the terminal cannot be used. [`Wish::Quit`] was sent then, too.
pub async fn run(
    told: mpsc::Receiver<Told>,
    wishes: mpsc::Sender<Wish>,
    dirty: watch::Receiver<u64>,
    store: Store,
    settings: Settings,
    clock: Clock,
) -> Result<(), TuiError> {
    install_panic_hook();
    let turns = turn::run(Ends { told, wishes, dirty }, store, settings, clock);
    terminal::CONSOLE.scope((), turns).await
}
