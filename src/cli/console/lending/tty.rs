//! The operator's terminal, for whoever passes bytes between it and another one.

use std::{
    ffi::OsStr,
    fs::{File, OpenOptions},
    io::{self, Write as _},
    os::unix::{ffi::OsStrExt as _, fs::OpenOptionsExt as _},
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::{
    fs::OFlags,
    termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr, ttyname},
};
use tokio::net::unix::pipe::{Receiver, Sender};

use super::keyed::Keyed;
use crate::{
    remote::{Described, Environment},
    text::Shown,
    tui,
};

/// The byte that Ctrl-c is.
const INTERRUPT: &[u8] = &[3];

/// What ends the looking at what is left on the screen: Enter, and what one tries else.
const SEEN: &[u8] = b"\r\nq\x03\x04\x1b";

/// A handle of the terminal that never waits, which concerns nobody else who has the terminal.
pub(in crate::cli::console) fn own_handle() -> io::Result<File> {
    let name = ttyname(io::stdin(), Vec::new())?;
    let flags = i32::from_ne_bytes((OFlags::NONBLOCK | OFlags::NOCTTY).bits().to_ne_bytes());
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags)
        .open(OsStr::from_bytes(name.as_bytes()))
}

/// The terminal while bytes go through it as they are. Dropping it makes it plain again, whatever a
/// guest has left behind.
pub(super) struct Tty {
    /// A handle of its own: that it never waits must not concern whoever else has the terminal.
    file: File,
    /// Its two directions. They are no pipes, and are waited for in the same way.
    keys: Receiver,
    screen: Sender,
    /// Whether a guest has the alternate screen on.
    other: AtomicBool,
    before: Termios,
}

impl Tty {
    pub(super) fn open() -> io::Result<Self> {
        let file = own_handle()?;
        let before = tcgetattr(&file)?;
        tcsetattr(&file, OptionalActions::Now, &raw(&before))?;
        let keys = Receiver::from_file_unchecked(file.try_clone()?)?;
        let screen = Sender::from_file_unchecked(file.try_clone()?)?;
        Ok(Self { file, keys, screen, other: AtomicBool::new(false), before })
    }

    /// Bytes go through it as they are again: this program was stopped, and whoever had the terminal
    /// meanwhile may have changed it. In the background, to touch it would stop this program once more.
    pub(super) fn pass_bytes(&self) {
        let set = match tui::is_with_us() {
            Ok(true) => tcsetattr(&self.file, OptionalActions::Now, &raw(&self.before)),
            Ok(false) | Err(_) => return,
        };
        if let Err(error) = set {
            tracing::debug!(%error, "the terminal refused to pass bytes as they are");
        }
    }

    /// Its columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        match tcgetwinsize(&self.file) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            Ok(_) | Err(_) => (80, 24),
        }
    }

    /// What another terminal is told of it.
    pub(super) fn described(&self, own: &Environment) -> Described {
        let term = own.vars.get(OsStr::new("TERM")).and_then(|term| term.to_str());
        let (columns, rows) = self.size();
        Described { term: term.unwrap_or("xterm").to_owned(), columns, rows }
    }

    /// Reads what is typed; nothing more will be when it is none. May be dropped and asked again.
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.keys.readable().await?;
            match self.keys.try_read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }

    /// Writes some of it. May be dropped and asked again.
    pub(super) async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.screen.writable().await?;
            match self.screen.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return written,
            }
        }
    }

    /// Remembers whether a guest has the alternate screen on.
    pub(super) fn has_other_screen(&self, on: bool) {
        self.other.store(on, Ordering::Relaxed);
    }

    /// A line of ours.
    pub(super) async fn say(&self, line: &str) {
        let line = Shown::literal(&format!("deployui: {line}"));
        let line = crate::cli::say::spelled(&line.plain()).into_owned();
        let bytes = format!("\r\n{line}\r\n");
        let mut rest = bytes.as_bytes();
        // A terminal that takes nothing is noticed by whoever passes bytes on.
        while let Ok(written @ 1..) = self.write(rest).await {
            rest = rest.get(written..).unwrap_or_default();
            if rest.is_empty() {
                return;
            }
        }
    }

    /// Resolves when Ctrl-c is pressed, or nothing can be any more. Other keys are lost.
    pub(super) async fn interrupted(&self) {
        self.pressed(INTERRUPT).await;
    }

    /// Resolves when the operator has read what is on the screen, or nothing can be pressed any more.
    pub(super) async fn seen(&self) {
        self.pressed(SEEN).await;
    }

    async fn pressed(&self, keys: &[u8]) {
        let (mut buffer, mut keyed) = ([0; 256], Keyed::default());
        loop {
            let read = match self.read(&mut buffer).await {
                Ok(0) | Err(_) => return,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
            };
            if keyed.of(read).iter().any(|byte| keys.contains(byte)) {
                return;
            }
        }
    }
}

fn raw(plain: &Termios) -> Termios {
    let mut raw = plain.clone();
    raw.make_raw();
    raw
}

impl Drop for Tty {
    fn drop(&mut self) {
        let mut file = &self.file;
        // As much as it takes at once: it is a few bytes, and a terminal that is gone needs none.
        drop(file.write_all(tui::after_guest(self.other.load(Ordering::Relaxed)).as_bytes()));
        if let Err(error) = tcsetattr(&self.file, OptionalActions::Now, &self.before) {
            tracing::debug!(%error, "the terminal refused to be restored");
        }
    }
}
