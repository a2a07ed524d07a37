//! How the terminal passes bytes on: as they are while it is ours, as before when it is given back.

use std::{
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rustix::{
    process::getpgrp,
    termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcgetpgrp, tcsetattr},
};

/// How it was before it was ours.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

fn before() -> MutexGuard<'static, Option<Termios>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes come and go as they are. Said again it is set again, as it may have been changed.
pub(super) fn raw() -> io::Result<()> {
    let mut before = before();
    let kept = match before.take() {
        Some(kept) => kept,
        None => tcgetattr(io::stdin())?,
    };
    let mut raw = kept.clone();
    *before = Some(kept);
    raw.make_raw();
    tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
    Ok(())
}

/// As it was before. May be said as often as one likes.
pub(super) fn as_before() -> io::Result<()> {
    if let Some(kept) = before().take() {
        tcsetattr(io::stdin(), OptionalActions::Now, &kept)?;
    }
    Ok(())
}

/// Whether the terminal is with this program, and not with the shell or another program of it. To touch
/// it then would stop this program.
///
/// # Errors
/// When there is no terminal any more.
pub fn is_with_us() -> io::Result<bool> {
    Ok(tcgetpgrp(io::stdin())? == getpgrp())
}

/// Throws away what the terminal was sent and has not taken.
pub(super) fn drop_unsent() {
    if let Err(error) = tcflush(io::stdout(), QueueSelector::OFlush) {
        tracing::debug!(%error, "the terminal keeps what it was sent");
    }
}
