//! The lock of a run: who drives it. Held as long as the value lives, and by the system, so that
//! a console that was killed holds nothing.

use std::{
    fs::{File, TryLockError},
    io::{self, Read, Write},
    path::Path,
};

use crate::store::disk::open_or_make;

/// As much as is shown of what a lock file says.
const HOLDER_BYTES_MAX: u64 = 200;

/// Why a lock was not had.
pub(super) enum NotLocked {
    /// Someone has it; what the file says of them.
    By(String),
    /// The file could not be used.
    Io(io::Error),
}

/// A lock that is held. Dropping it gives it back.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

/// Takes the lock, and writes `driver` into it for whoever comes second.
pub(super) fn take(path: &Path, driver: &str) -> Result<Lock, NotLocked> {
    let mut file = open_or_make(path).map_err(NotLocked::Io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(NotLocked::By(holder(file))),
        Err(TryLockError::Error(error)) => return Err(NotLocked::Io(error)),
    }
    let told = file.set_len(0).and_then(|()| writeln!(file, "{driver}"));
    told.map_err(NotLocked::Io)?;
    Ok(Lock { _held: file })
}

/// Who holds a lock, if anybody does. It is asked for as one reader among others would, and given back
/// at once.
pub(super) fn held_by(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(holder(file)),
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}

fn holder(file: File) -> String {
    let mut text = Vec::new();
    let read = file.take(HOLDER_BYTES_MAX).read_to_end(&mut text);
    let text = String::from_utf8_lossy(&text);
    let line = text.lines().next().unwrap_or_default().trim();
    if read.is_err() || line.is_empty() {
        return "another console".to_owned();
    }
    line.chars().filter(|c| !c.is_control()).collect()
}
