//! What the screen itself is to do beside drawing: it is wished by `update`, which stays pure, and
//! done by the loop, which has the terminal.

use std::collections::VecDeque;

use super::{notice::Notices, told::Guest};

/// Something to be done with the operator's own terminal. What reaches a host is wished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// Puts text on the clipboard, by the terminal (OSC 52).
    Copy(String),
    /// Calls the operator, who looks elsewhere.
    Alert(Notices, String),
    /// Gives it away, until the guest has left.
    Lend(Guest),
    /// Plain lines instead of the screen.
    Stream,
    /// Asks the terminal whether its ground is light; the answer comes between the keys.
    Ground,
    /// Has clicks and the wheel sent to us, or leaves them to the terminal.
    Mouse(bool),
}

/// Bytes of a text that is copied: more than 74,994 bytes of base64 (of which each four hold three) are not
/// taken by some terminals.
pub(crate) const COPY_BYTES_MAX: usize = 74_994 / 4 * 3;

/// More are not kept: each is one frame away from being done.
const ERRANDS_MAX: usize = 16;

/// What waits to be done, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Errands(VecDeque<Errand>);

impl Errands {
    /// Asks for it; what is too much is dropped, and nothing that matters to a run is among it.
    pub(crate) fn ask(&mut self, errand: Errand) {
        if self.0.len() < ERRANDS_MAX {
            self.0.push_back(errand);
        }
    }

    /// Whether there is nothing to be done.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next to be done.
    pub(crate) fn next(&mut self) -> Option<Errand> {
        self.0.pop_front()
    }
}
