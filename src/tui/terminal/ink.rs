//! Frames on their way to the terminal. A thread of its own writes them, one at a time and each with
//! one write: a terminal that takes nothing keeps that thread waiting and nobody else. No frame is made
//! while one is on its way, so that there is never more than one.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::AsFd as _,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::sync::Notify;

/// Whether the terminal is ours. Given back once, whoever comes first.
pub(super) static TAKEN: AtomicBool = AtomicBool::new(false);

/// What is on its way.
struct Desk {
    way: Mutex<Way>,
    changed: Condvar,
    freed: Notify,
}

#[derive(Default)]
struct Way {
    waiting: Option<Vec<u8>>,
    writing: bool,
    failed: Option<io::Error>,
}

static DESK: Desk =
    Desk { way: Mutex::new(Way::EMPTY), changed: Condvar::new(), freed: Notify::const_new() };

impl Way {
    const EMPTY: Self = Self { waiting: None, writing: false, failed: None };

    fn is_free(&self) -> bool {
        self.waiting.is_none() && !self.writing
    }
}

fn way() -> MutexGuard<'static, Way> {
    DESK.way.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to write frames to the standard output, once.
///
/// # Errors
/// When there is no such thread to be had.
pub(super) fn begin() -> io::Result<()> {
    static BEGUN: OnceLock<()> = OnceLock::new();
    if BEGUN.get().is_some() {
        return Ok(());
    }
    // A handle of its own: who prints something must not wait for a frame that is not taken.
    let out = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    thread::Builder::new().name("ink".to_owned()).spawn(move || write(out))?;
    // Whoever was first has begun it as well.
    let _ = BEGUN.set(());
    Ok(())
}

fn write(mut out: File) {
    loop {
        let mut now = way();
        let bytes = loop {
            match now.waiting.take() {
                Some(bytes) => break bytes,
                None => {
                    now = DESK.changed.wait(now).unwrap_or_else(PoisonError::into_inner);
                }
            }
        };
        now.writing = true;
        drop(now);
        let written = out.write_all(&bytes);
        let mut now = way();
        (now.writing, now.failed) = (false, written.err());
        drop(now);
        DESK.changed.notify_all();
        DESK.freed.notify_one();
    }
}

/// Whether the next frame may be made.
///
/// # Errors
/// Why the last one could not be written: the terminal is gone.
pub(super) fn is_free() -> io::Result<bool> {
    let mut now = way();
    match now.failed.take() {
        Some(error) => Err(error),
        None => Ok(now.is_free()),
    }
}

/// Waits until the next frame may be made.
pub(super) async fn freed() {
    DESK.freed.notified().await;
}

/// Sends bytes on their way, after what is on it already.
pub(super) fn put(bytes: &[u8]) {
    if bytes.is_empty() {
        return;
    }
    way().waiting.get_or_insert_default().extend_from_slice(bytes);
    DESK.changed.notify_all();
}

/// Waits for what is on its way, so long at most; whether it has arrived.
pub(super) fn settle(patience: Duration) -> bool {
    let waited = DESK.changed.wait_timeout_while(way(), patience, |now| !now.is_free());
    let (_now, waited) = waited.unwrap_or_else(PoisonError::into_inner);
    !waited.timed_out()
}

/// Gathers a frame, which is sent on its way whole: by whoever has the other of two handles on the
/// same sheet.
#[derive(Clone, Debug)]
pub(super) struct Ink {
    sheet: Arc<Mutex<Vec<u8>>>,
    /// Without: not even what takes colours back is written.
    colour: bool,
}

impl Write for Ink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sheet().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Whoever draws may flush within a frame; it goes on its way by [`Ink::send`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Ink {
    pub(super) fn new(colour: bool) -> Self {
        Self { sheet: Arc::default(), colour }
    }

    fn sheet(&self) -> MutexGuard<'_, Vec<u8>> {
        self.sheet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that were gathered so far.
    pub(super) fn gathered(&self) -> usize {
        self.sheet().len()
    }

    /// Drops what was gathered after so many bytes.
    pub(super) fn cut(&self, bytes: usize) {
        self.sheet().truncate(bytes);
    }

    /// Sends what was gathered on its way; drops it when the terminal is no longer ours.
    pub(super) fn send(&self) {
        let mut sheet = self.sheet();
        if TAKEN.load(Ordering::SeqCst) {
            match self.colour {
                true => put(&sheet),
                false => put(&without_colours(&sheet)),
            }
        }
        sheet.clear();
    }
}

/// What the backend writes at the end of each frame: text, ground and underline as the terminal has
/// them. Without colours there is nothing to take back.
const TAKES_BACK: [&[u8]; 3] = [b"\x1b[39m", b"\x1b[49m", b"\x1b[59m"];

fn without_colours(mut bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    while let Some(at) = memchr::memchr(b'\x1b', bytes) {
        let (before, rest) = bytes.split_at(at);
        kept.extend_from_slice(before);
        let taken = TAKES_BACK.iter().find(|code| rest.starts_with(code));
        let length = taken.map_or_else(
            || {
                kept.push(b'\x1b');
                1
            },
            |code| code.len(),
        );
        bytes = rest.get(length..).unwrap_or_default();
    }
    kept.extend_from_slice(bytes);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_not_even_their_end_is_written() {
        let frame = b"\x1b[1ma\x1b[39m\x1b[49mb\x1b[59m\x1b[0m\x1b[3;9Hc\x1b";
        assert_eq!(without_colours(frame), b"\x1b[1mab\x1b[0m\x1b[3;9Hc\x1b");
    }

    #[test]
    fn what_is_left_of_a_frame_is_dropped_once_the_terminal_is_given_back() {
        let mut ink = Ink::new(true);
        ink.write_all(b"half a frame").unwrap();
        ink.flush().unwrap();
        assert_eq!(*ink.sheet(), b"half a frame", "a frame goes whole");
        ink.send();
        assert!(ink.sheet().is_empty() && way().is_free());
    }
}
