//! Who has the terminal: us, a guest, or the shell that started us.

use crossterm::event::EventStream;

use super::{GLANCE, Turns};
use crate::tui::{
    TuiError,
    styles::Tone,
    terminal::{is_with_us, restore},
    told::{Guest, Wish},
};

/// Keys that are thrown away, at most, which were typed while a guest had the terminal.
const STALE_MAX: usize = 4096;

/// Who has the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// We do, and draw on it.
    Us,
    /// We do, and it has not taken the last frame.
    Busy,
    /// A guest does.
    Guest,
    /// The shell that started us does: we were continued in the background.
    Shell,
}

impl Turns {
    /// Gives the terminal to a guest.
    pub(super) fn lend(&mut self, guest: Guest) {
        if self.holder == Holder::Guest || self.outbox.is_full() {
            self.model.say("not now: too much waits to be carried out", Tone::Failed);
            return;
        }
        (self.keys, self.stream, self.holder) = (None, None, Holder::Guest);
        restore();
        self.wish(Wish::Lend(guest));
    }

    /// Takes the terminal from a guest that has left. What was typed for it and not read by it is no
    /// key of ours.
    pub(super) fn take_again(&mut self) -> Result<(), TuiError> {
        match self.holder {
            Holder::Us | Holder::Busy => return Ok(()),
            Holder::Guest | Holder::Shell => {}
        }
        for _ in 0..STALE_MAX {
            match crossterm::event::poll(GLANCE) {
                Ok(true) => drop(crossterm::event::read()),
                Ok(false) | Err(_) => break,
            }
        }
        self.terminal.take_again().map_err(TuiError::Terminal)?;
        self.terminal.mouse(self.model.looks.mouse);
        (self.keys, self.holder, self.pending) = (Some(EventStream::new()), Holder::Us, true);
        Ok(())
    }

    /// This program was stopped and goes on: whoever had the terminal meanwhile may have changed it.
    pub(super) fn continued(&mut self) -> Result<(), TuiError> {
        // Whoever reads keys has to end before another may begin.
        (self.keys, self.holder) = (None, Holder::Shell);
        // In the background, to touch the terminal would stop this program again.
        match is_with_us().map_err(TuiError::Terminal)? {
            true => self.take_again(),
            false => Ok(()),
        }
    }
}
