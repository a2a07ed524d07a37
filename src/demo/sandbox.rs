//! The folder of a fleet: one that is nobody else's, and that does not outlive its process for long.
//!
//! Its owner holds a lock on it, which the system gives back on any death. So a folder that can be
//! locked is left over, and is removed by whoever comes next.

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{DemoError, MARK};
use crate::remote::{Chunk, Environment, Link, local::Local};

/// What the folders' names begin with.
const PREFIX: &str = "deployui-demo-";

/// What the name of one that is not locked yet begins with.
const NEW_PREFIX: &str = ".deployui-demo-";

/// Tries to remove a folder in which something still writes.
const REMOVE_TRIES: usize = 5;

/// As long as processes that were killed get to be gone.
const END_MAX: Duration = Duration::from_secs(2);

/// A folder that is ours. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Sandbox {
    dir: PathBuf,
    removed: bool,
    _lock: File,
}

/// Names the place of an error.
pub(super) fn place(path: &Path) -> impl FnOnce(io::Error) -> DemoError {
    move |error| DemoError::Place(path.to_path_buf(), error)
}

impl Sandbox {
    /// Makes a folder below `parent`, and removes those that nobody owns any more.
    pub(super) fn make(parent: &Path, seed: &[u8; 32]) -> Result<Self, DemoError> {
        let parent = fs::canonicalize(parent).map_err(place(parent))?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@".contains(c);
        if !parent.to_str().is_some_and(|path| path.chars().all(plain)) {
            return Err(DemoError::Path(parent));
        }
        let id: String = seed[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        // Under another name until it is locked, so that nobody takes it for left over.
        let new = parent.join(format!("{NEW_PREFIX}{id}"));
        DirBuilder::new().mode(0o700).create(&new).map_err(place(&new))?;
        let dir = parent.join(format!("{PREFIX}{id}"));
        let locked = File::open(&new).and_then(|lock| {
            lock.try_lock()?;
            fs::rename(&new, &dir)?;
            Ok(lock)
        });
        let lock = match locked {
            Ok(lock) => lock,
            Err(error) => {
                // It is empty; more than this cannot be done about it.
                drop(fs::remove_dir(&new));
                return Err(DemoError::Place(new, error));
            }
        };
        let sandbox = Self { dir, removed: false, _lock: lock };
        sweep(&parent, &sandbox.dir);
        Ok(sandbox)
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn remove(mut self) -> Result<(), DemoError> {
        self.removed = true;
        remove(&self.dir).map_err(place(&self.dir))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if !self.removed
            && let Err(error) = remove(&self.dir)
        {
            tracing::warn!(%error, dir = %self.dir.display(), "the demo's folder is left");
        }
    }
}

/// Removes a folder. A step that still ends may write into it meanwhile.
fn remove(dir: &Path) -> io::Result<()> {
    let mut last = Ok(());
    for _ in 0..REMOVE_TRIES {
        last = fs::remove_dir_all(dir);
        if !dir.exists() {
            return Ok(());
        }
    }
    last
}

/// Removes our folders in `parent` that no process owns.
fn sweep(parent: &Path, ours: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let Ok(uid) = fs::metadata(ours).map(|dir| dir.uid()) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // Not through a link: somebody else may have put one there.
        let is_ours = entry.metadata().is_ok_and(|dir| dir.is_dir() && dir.uid() == uid);
        if !named || !is_ours || path == ours {
            continue;
        }
        let Ok(lock) = File::open(&path) else { continue };
        if lock.try_lock().is_ok()
            && let Err(error) = remove(&path)
        {
            tracing::warn!(%error, dir = %path.display(), "a demo's folder is left");
        }
    }
}

/// Ends every process of the fleet's hosts, wherever it went: each has the mark in its environment.
/// Where the system does not show that (no `/proc`), they end by themselves.
pub(super) async fn end_all(environment: &Environment, dir: &Path) {
    let pids = marked(dir);
    if pids.is_empty() {
        return;
    }
    let link = Link::Local(Local::new(environment.clone(), PathBuf::from("/")));
    let killed = link.open(&format!("kill -KILL {} 2>/dev/null", pids.join(" "))).await;
    if let Ok(mut pipe) = killed {
        while let Some(chunk) = pipe.output.recv().await {
            if matches!(chunk, Chunk::Ended(_)) {
                break;
            }
        }
    }
    let gone = async {
        while !marked(dir).is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    drop(tokio::time::timeout(END_MAX, gone).await);
}

fn marked(dir: &Path) -> Vec<String> {
    use std::os::unix::ffi::OsStrExt as _;
    let wanted = [MARK.as_bytes(), b"=", dir.as_os_str().as_bytes()].concat();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let has_mark = |pid: &String| {
        let environ = fs::read(Path::new("/proc").join(pid).join("environ")).unwrap_or_default();
        environ.split(|byte| *byte == 0).any(|var| var == wanted)
    };
    names.filter(|name| name.bytes().all(|c| c.is_ascii_digit())).filter(has_mark).collect()
}
