//! The one place that prints. A reader that has gone away is no error.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::ink::coloured;
use crate::text::{Shown, escape};

/// Terminals do not read UTF-8. It is what the locale says, once and for the whole program.
static SEVEN_BIT: AtomicBool = AtomicBool::new(false);

/// From now on terminals get ASCII alone. What is no terminal gets what hosts say.
pub(super) fn in_seven_bit() {
    SEVEN_BIT.store(true, Ordering::Relaxed);
}

/// A line on standard output.
pub(super) fn out(line: &str) {
    let mut to = io::stdout().lock();
    drop(write(&mut to, line, "\n").and_then(|()| to.flush()));
}

/// What a host said as standard output gets it, with its colours where `inks` are.
pub(super) fn inked(shown: &Shown, inks: bool) -> String {
    let narrow = SEVEN_BIT.load(Ordering::Relaxed) && (inks || io::stdout().is_terminal());
    let narrow = narrow.then(|| shown.to_seven_bit());
    let shown = narrow.as_ref().unwrap_or(shown);
    if inks { coloured(shown) } else { shown.plain() }
}

/// Bytes on standard output, as they are.
pub(super) fn raw(bytes: &[u8]) {
    drop(io::stdout().lock().write_all(bytes));
}

/// What was put there reaches its reader.
pub(super) fn flush() {
    drop(io::stdout().lock().flush());
}

/// Whether whoever read standard output has gone away (`| head`).
pub(super) fn unread() -> bool {
    let stdout = io::stdout();
    let mut ends = [PollFd::new(&stdout, PollFlags::empty())];
    let looked = poll(&mut ends, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
    looked.is_ok()
        && ends.iter().any(|end| end.revents().intersects(PollFlags::ERR | PollFlags::HUP))
}

/// A message on standard error. It may quote what a host said, of which nothing reaches a terminal as
/// it is.
pub(super) fn err(message: &str) {
    let lines: Vec<String> = message.split('\n').map(escape).collect();
    drop(write(&mut io::stderr().lock(), &lines.join("\n"), "\n"));
}

/// The beginning of a line on standard error, which the operator ends.
pub(super) fn ask(prompt: &str) {
    drop(write(&mut io::stderr().lock(), prompt, ""));
}

fn write(to: &mut (impl Write + IsTerminal), text: &str, end: &str) -> io::Result<()> {
    let text = if to.is_terminal() { spelled(text) } else { Cow::Borrowed(text) };
    to.write_all(text.as_bytes())?;
    to.write_all(end.as_bytes())
}

/// A text as a terminal gets it, line by line.
pub(super) fn spelled(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !SEVEN_BIT.load(Ordering::Relaxed) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> =
        text.split('\n').map(|line| Shown::literal(line).to_seven_bit().plain()).collect();
    Cow::Owned(lines.join("\n"))
}
