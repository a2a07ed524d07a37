//! INT, TERM, HUP and QUIT, as a run that is left.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The number of the signal that Ctrl-c stands for.
pub(super) const INT: u8 = 2;

/// The number of the signal that ends other programs when nobody reads what they print.
pub(super) const PIPE: u8 = 13;

/// The signals that ask the program to end. From the first listening on they end nothing by
/// themselves, so one value listens for as long as there is something to leave.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
    quit: Signal,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Resolves with the number of the next signal.
    pub(super) async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => INT,
            _ = self.terminate.recv() => 15,
            _ = self.hangup.recv() => 1,
            _ = self.quit.recv() => 3,
        }
    }
}
