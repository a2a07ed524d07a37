//! Writes to the terminal on a thread of its own: one that takes nothing makes what is said late, and
//! neither the run nor a signal.

use std::{io, sync::mpsc::SyncSender, time::Duration};

use tokio::{sync::watch, time::timeout};

use crate::cli::say;

/// Texts that wait.
const WAITING_MAX: usize = 4;

/// Whoever writes.
pub(super) struct Mouth {
    texts: SyncSender<String>,
    /// So many were written.
    written: watch::Receiver<u64>,
    /// So many were sent.
    sent: u64,
}

impl Mouth {
    pub(super) fn open() -> io::Result<Self> {
        let (texts, waiting) = std::sync::mpsc::sync_channel::<String>(WAITING_MAX);
        let (done, written) = watch::channel(0);
        drop(std::thread::Builder::new().name("speech".to_owned()).spawn(move || {
            for text in waiting {
                say::raw(text.as_bytes());
                say::flush();
                done.send_modify(|count| *count += 1);
            }
        })?);
        Ok(Self { texts, written, sent: 0 })
    }

    /// Writes a text, unless too much waits; whether it will be written.
    pub(super) fn say(&mut self, text: String) -> bool {
        let sent = self.texts.try_send(text).is_ok();
        self.sent += u64::from(sent);
        sent
    }

    /// Resolves when all is written.
    pub(super) async fn written(&mut self) {
        let sent = self.sent;
        // A writer that is gone has written all that it will.
        drop(self.written.wait_for(|count| *count >= sent).await);
    }

    /// Writes the last words, if the terminal takes them in time.
    pub(super) async fn end(mut self, last: String, patience: Duration) {
        if !last.is_empty() {
            self.say(last);
        }
        if timeout(patience, self.written()).await.is_err() {
            tracing::debug!("the terminal did not take the last words");
        }
    }
}
