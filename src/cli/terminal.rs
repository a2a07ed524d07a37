//! What this program's terminal was like before the console took it, kept where the next start finds it:
//! a console that is killed cannot give its terminal back, so the next one on that terminal does.

use std::{
    ffi::CString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, IsTerminal as _, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, Termios, tcgetattr,
    tcsetattr, ttyname,
};
use serde::{Deserialize, Serialize};

use crate::{store::Store, tui};

/// The settings of a terminal, as far as anybody changes them. Numbers are the system's own, and are
/// only read on the machine on which they were written.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    /// When the device was made: the same name may be another terminal later. Seconds, nanoseconds.
    made: (i64, i64),
    /// The console writes nothing but lines: it changes modes, and nothing that bytes set.
    #[serde(default)]
    lines: bool,
    input: u64,
    output: u64,
    control: u64,
    local: u64,
}

/// The terminal, as it was found. Dropping it says that it was given back.
pub(super) struct Mark {
    path: PathBuf,
    _lock: File,
}

impl Drop for Mark {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, path = %self.path.display(), "the mark of the terminal is left");
        }
    }
}

/// Keeps what the terminal is like, for a console that writes nothing but lines, or draws. Where it cannot
/// be kept, only a kill would miss it.
pub(super) fn mark(store: &Store, lines: bool) -> Option<Mark> {
    let (device, path) = place(store)?;
    let kept = Kept::of(&tcgetattr(io::stdin()).ok()?, made(&device)?, lines);
    let write = || -> io::Result<File> {
        DirBuilder::new().recursive(true).mode(0o700).create(path.parent().unwrap_or(&path))?;
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path)?;
        // Whoever finds it unlocked knows that its owner has died.
        file.try_lock()?;
        file.set_len(0)?;
        file.write_all(serde_json::to_string(&kept)?.as_bytes())?;
        Ok(file)
    };
    match write() {
        Ok(lock) => Some(Mark { path, _lock: lock }),
        Err(error) => {
            tracing::debug!(%error, path = %path.display(), "the terminal is not marked");
            None
        }
    }
}

/// Repairs the terminal if a console was killed on it: its modes, and how it passes bytes on. A terminal
/// that understands nothing but text is sent nothing. Whether it was repaired.
pub(super) fn mend(store: &Store, dumb: bool) -> bool {
    let Some((device, path)) = place(store).filter(|(_, path)| path.exists()) else { return false };
    let Ok(mut file) = File::open(&path) else { return false };
    if file.try_lock().is_err() {
        // Its owner lives: it is another console's, or ours in the background.
        return false;
    }
    let mut text = String::new();
    let read = file.read_to_string(&mut text).map_err(|error| error.to_string());
    let read = read.and_then(|_| serde_json::from_str(&text).map_err(|error| error.to_string()));
    // A mark that was half written when its console was killed says nothing: there is nothing to go back to.
    let kept: Option<Kept> = match read {
        Ok(kept) => Some(kept),
        Err(error) => {
            tracing::debug!(error, path = %path.display(), "the mark of the terminal cannot be read");
            None
        }
    };
    drop(fs::remove_file(&path));
    // The name of a terminal that was closed is given to the next one, which needs nothing.
    let Some(kept) = kept.filter(|kept| made(&device) == Some(kept.made)) else { return false };
    if !tui::is_with_us().unwrap_or(false) {
        return false;
    }
    let mended = tcgetattr(io::stdin()).map_err(io::Error::from).and_then(|now| {
        let then = kept.on(now);
        tcsetattr(io::stdin(), OptionalActions::Now, &then)?;
        if kept.lines || dumb {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(tui::mended().as_bytes())?;
        out.flush()
    });
    mended.is_ok()
}

/// The device of the terminal, and where its mark is.
fn place(store: &Store) -> Option<(CString, PathBuf)> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return None;
    }
    let device = ttyname(io::stdin(), Vec::new()).ok()?;
    let name = device.to_str().ok()?.trim_start_matches('/').replace('/', "-");
    let path = store.root().join("terminals").join(format!("{name}.json"));
    Some((device, path))
}

fn made(device: &CString) -> Option<(i64, i64)> {
    let found = fs::metadata(Path::new(device.to_str().ok()?)).ok()?;
    Some((found.ctime(), found.ctime_nsec()))
}

impl Kept {
    fn of(termios: &Termios, made: (i64, i64), lines: bool) -> Self {
        Self {
            made,
            lines,
            input: termios.input_modes.bits().into(),
            output: termios.output_modes.bits().into(),
            control: termios.control_modes.bits().into(),
            local: termios.local_modes.bits().into(),
        }
    }

    /// The settings as they are now, with the modes as they were.
    fn on(&self, mut now: Termios) -> Termios {
        now.input_modes = InputModes::from_bits_retain(flags(self.input));
        now.output_modes = OutputModes::from_bits_retain(flags(self.output));
        now.control_modes = ControlModes::from_bits_retain(flags(self.control));
        now.local_modes = LocalModes::from_bits_retain(flags(self.local));
        now
    }
}

/// Flags as the system has them, which are not as long everywhere.
fn flags<T: TryFrom<u64> + Default>(bits: u64) -> T {
    T::try_from(bits).unwrap_or_default()
}
