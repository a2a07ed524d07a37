//! What each way to run the console has: its ends of the channels, and the signals that it listens to.

use std::time::Duration;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    TuiError,
    told::{Told, Wish},
};

/// How long the last wish waits to be taken.
const LAST: Duration = Duration::from_secs(1);

/// The console's ends of its channels.
pub(crate) struct Ends {
    /// What it is told.
    pub(crate) told: mpsc::Receiver<Told>,
    /// What it wishes.
    pub(crate) wishes: mpsc::Sender<Wish>,
    /// Changes whenever a log has grown.
    pub(crate) dirty: watch::Receiver<u64>,
}

/// Runs a console to its end, however it ends, and sends the last wish: by then the terminal is given back.
pub(crate) async fn leaving(
    wishes: mpsc::Sender<Wish>,
    console: impl Future<Output = Result<(), TuiError>>,
) -> Result<(), TuiError> {
    let ended = console.await;
    // Whoever takes wishes may be gone already, which is as good.
    if !matches!(timeout(LAST, wishes.send(Wish::Quit)).await, Ok(Ok(()))) {
        tracing::debug!("nobody took the last wish");
    }
    ended
}

/// The signals that mean something to a console.
pub(crate) struct Signals {
    /// Those that ask to leave.
    pub(crate) leave: Leave,
    /// Ctrl-c, where the terminal makes a signal of it.
    pub(crate) int: Signal,
    /// Asks to stop for a while.
    pub(crate) stop: Signal,
    /// Goes on after that.
    pub(crate) go_on: Signal,
}

/// Signals that ask to leave.
pub(crate) struct Leave {
    term: Signal,
    hup: Signal,
    quit: Signal,
}

impl Signals {
    /// Begins to listen.
    ///
    /// # Errors
    /// When that cannot be.
    pub(crate) fn listen() -> Result<Self, TuiError> {
        let listen = |kind| signal(kind).map_err(TuiError::Signals);
        // Number 20 is TSTP and 18 is CONT on Linux; on the BSDs and macOS they are 18 and 19.
        let raw = |signal: rustix::process::Signal| SignalKind::from_raw(signal.as_raw());
        Ok(Self {
            leave: Leave {
                term: listen(SignalKind::terminate())?,
                hup: listen(SignalKind::hangup())?,
                quit: listen(SignalKind::quit())?,
            },
            int: listen(SignalKind::interrupt())?,
            stop: listen(raw(rustix::process::Signal::TSTP))?,
            go_on: listen(raw(rustix::process::Signal::CONT))?,
        })
    }
}

impl Leave {
    /// Resolves when one of them arrives.
    pub(crate) async fn asked(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.hup.recv() => {}
            _ = self.quit.recv() => {}
        }
    }
}
