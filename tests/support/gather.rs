//! Bytes that a running program has printed so far, and waiting for more of them.

use std::io::{ErrorKind, Read};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A program that prints nothing for this long while something is awaited has hung. Only a bound
/// against a test that never ends: what is tested never depends on it.
const QUIET_MAX: Duration = Duration::from_secs(120);

/// No wait lasts longer, however much is printed: a console is never quiet, since the clock on its
/// screen ticks while it hangs. Far more than anything that is awaited takes on a busy machine.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// A stream read to its end in the background into an `S`, by one thread; others watch.
pub(crate) struct Gather<S> {
    shared: Arc<(Mutex<Progress<S>>, Condvar)>,
}

struct Progress<S> {
    sink: S,
    reads: u64,
    ended: bool,
}

impl<S: Send + 'static> Gather<S> {
    /// Reads `stream` until it ends; each piece goes through `take` into `sink`.
    pub(crate) fn start(
        mut stream: impl Read + Send + 'static,
        sink: S,
        take: impl Fn(&mut S, &[u8]) + Send + 'static,
    ) -> Self {
        let shared =
            Arc::new((Mutex::new(Progress { sink, reads: 0, ended: false }), Condvar::new()));
        let ours = Arc::clone(&shared);
        thread::spawn(move || {
            let (progress, changed) = &*shared;
            let mut piece = [0; 16 * 1024];
            loop {
                let read = stream.read(&mut piece);
                let mut progress = progress.lock().unwrap();
                progress.reads += 1;
                match read {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    // A terminal whose other side is closed reports an error, not an end.
                    Ok(0) | Err(_) => progress.ended = true,
                    Ok(length) => take(&mut progress.sink, &piece[..length]),
                }
                changed.notify_all();
                if progress.ended {
                    return;
                }
            }
        });
        Self { shared: ours }
    }

    /// Looks at what has come so far.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&mut S) -> T) -> T {
        at(&mut self.shared.0.lock().unwrap().sink)
    }

    /// Waits until `found` gives something, asked again whenever more has been read. `None` when
    /// the stream has ended without it, has been quiet for too long, or has gone on for too long.
    pub(crate) fn wait<T>(&self, found: impl FnMut(&S) -> Option<T>) -> Option<T> {
        self.wait_before(None, found)
    }

    /// As [`Self::wait`], and `None` also when it is `end` without it.
    pub(crate) fn wait_before<T>(
        &self,
        end: Option<Instant>,
        mut found: impl FnMut(&S) -> Option<T>,
    ) -> Option<T> {
        let (progress, changed) = &*self.shared;
        let last = now() + WAIT_MAX;
        let mut progress = progress.lock().unwrap();
        loop {
            if let Some(found) = found(&progress.sink) {
                return Some(found);
            }
            if progress.ended {
                return None;
            }
            let before = progress.reads;
            let left = end.unwrap_or(last).min(last).saturating_duration_since(now());
            if left.is_zero() {
                return None;
            }
            let time = if end.is_some() { left } else { left.min(QUIET_MAX) };
            progress = changed
                .wait_timeout_while(progress, time, |progress| progress.reads == before)
                .unwrap()
                .0;
            if progress.reads == before {
                return None;
            }
        }
    }

    /// Whether the stream has ended.
    pub(crate) fn ended(&self) -> bool {
        self.shared.0.lock().unwrap().ended
    }

    /// Waits for the end of the stream; false when that did not come in time.
    pub(crate) fn wait_end(&self) -> bool {
        // Nothing is ever found, so this returns at the end of the stream or when it is too late.
        let nothing: Option<()> = self.wait(|_| None);
        nothing.is_none() && self.ended()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever waits until an instant has to know the time"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
