//! Reads lines from the terminal on a thread of its own, as long as nobody else has it.

use std::{
    fs::File,
    io::{self, Write as _},
    os::{fd::AsFd as _, unix::net::UnixStream},
    thread::JoinHandle,
};

use jiff::Timestamp;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use tokio::{sync::mpsc, time::Instant};
use zeroize::Zeroizing;

use crate::{cli::console::lending::own_handle, tui::is_with_us};

/// The longest line that a terminal gives, in bytes (`MAX_CANON` is less).
const LINE_MAX: usize = 4096;

/// Lines that wait to be taken in.
const WAITING_MAX: usize = 16;

/// How long it is looked whether more waits behind a line.
const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };

/// How often it is looked whether we are in the foreground again, to which alone a terminal gives lines.
const BEHIND: Timespec = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };

/// What comes from the terminal.
pub(super) enum Sound {
    /// A line, which may be a secret.
    Line { text: Zeroizing<String>, at: Timestamp, read: Instant, crowded: bool },
    /// The end of what is typed (Ctrl-d). More may come behind it.
    End,
    /// The terminal has gone away.
    Gone,
}

/// Whoever listens.
pub(super) struct Ears {
    sounds: mpsc::Receiver<Sound>,
    /// Its end ends the thread.
    wake: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
}

impl Ears {
    /// Begins to listen.
    pub(super) fn open(now: fn() -> Timestamp) -> io::Result<Self> {
        let (wake, woken) = UnixStream::pair()?;
        let tty = own_handle().or_else(|_nameless| as_it_is())?;
        let (send, sounds) = mpsc::channel(WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("lines".to_owned())
            .spawn(move || listen(&tty, &woken, &send, now))?;
        Ok(Self { sounds, wake: Some(wake), thread: Some(thread) })
    }

    pub(super) async fn next(&mut self) -> Sound {
        self.sounds.recv().await.unwrap_or(Sound::Gone)
    }
}

impl Drop for Ears {
    /// Nothing is read from the terminal any more when this returns.
    fn drop(&mut self) {
        self.sounds.close();
        if let Some(mut wake) = self.wake.take() {
            // A thread that has ended needs no waking.
            drop(wake.write_all(&[0]));
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Standard input itself, of a terminal that has no name here.
fn as_it_is() -> io::Result<File> {
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

fn listen(tty: &File, woken: &UnixStream, send: &mpsc::Sender<Sound>, now: fn() -> Timestamp) {
    loop {
        let mut ends = [PollFd::new(tty, PollFlags::IN), PollFd::new(woken, PollFlags::IN)];
        match poll(&mut ends, None) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(_) => break,
        }
        if !ends[1].revents().is_empty() {
            return;
        }
        // In the background, to read would stop this program.
        if is_with_us().is_ok_and(|with_us| !with_us) {
            let mut end = [PollFd::new(woken, PollFlags::IN)];
            if poll(&mut end, Some(&BEHIND)).is_ok_and(|some| some > 0) {
                return;
            }
            continue;
        }
        match read(tty, now) {
            Ok(sound) => {
                if send.blocking_send(sound).is_err() {
                    return;
                }
            }
            // What was typed was forgotten meanwhile.
            Err(Errno::AGAIN) => {}
            Err(_) => break,
        }
    }
    // Whoever has stopped listening hears nothing.
    drop(send.blocking_send(Sound::Gone));
}

/// The next line.
fn read(tty: &File, now: fn() -> Timestamp) -> Result<Sound, Errno> {
    let mut line = Zeroizing::new([0; LINE_MAX]);
    let count = rustix::io::retry_on_intr(|| rustix::io::read(tty, &mut line[..]))?;
    if count == 0 {
        return Ok(Sound::End);
    }
    let (at, read) = (now(), Instant::now());
    let text = String::from_utf8_lossy(line.get(..count).unwrap_or_default());
    let text = Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned());
    let mut more = [PollFd::new(tty, PollFlags::IN)];
    let crowded = poll(&mut more, Some(&GLANCE)).is_ok_and(|some| some > 0);
    Ok(Sound::Line { text, at, read, crowded })
}
