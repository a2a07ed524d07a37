//! Where things lie below the state directory.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use super::disk::{At as _, DiskError, make_dirs, make_file, remove};
use crate::model::RunId;

/// File names are at most 255 bytes nearly everywhere; the longest ending is `.mask.kept-NNNNNNNN`.
const NAME_BYTES_MAX: usize = 230;

/// The state directory of one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The store in that directory, which need not be there yet. Nothing is touched.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes sure that a run could be kept here, before anything is done for it: the directory is
    /// made, and a file in it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn prepare(&self, run: &RunId) -> Result<(), DiskError> {
        let runs = self.runs_dir();
        make_dirs(&runs).at("make", &runs)?;
        let trial = runs.join(format!(".{run}.trial"));
        let written = make_file(&trial).and_then(|mut file| file.write_all(b"deployui\n"));
        let removed = remove(&trial);
        written.at("write", &trial)?;
        removed.at("remove", &trial)
    }

    /// The journal of a run.
    #[must_use]
    pub fn journal_path(&self, run: &RunId) -> PathBuf {
        self.run_dir(run).join("journal.jsonl")
    }

    /// The log of an attempt, by the names of its host and its box.
    ///
    /// # Errors
    /// When a name cannot be a file name.
    pub fn log_path(&self, run: &RunId, host: &str, box_name: &str) -> Result<PathBuf, DiskError> {
        let logs = self.run_dir(run).join("logs");
        for name in [host, box_name] {
            if !is_file_name(name) {
                let wanted = "a name that can be a file name";
                return Err(DiskError {
                    doing: "keep a log in",
                    path: logs.join(name.escape_debug().to_string()),
                    source: io::Error::new(io::ErrorKind::InvalidInput, wanted),
                });
            }
        }
        Ok(logs.join(host).join(format!("{box_name}.log")))
    }

    pub(super) fn claims_dir(&self) -> PathBuf {
        self.root.join("claims")
    }

    pub(super) fn runs_dir(&self) -> PathBuf {
        self.root.join("runs")
    }

    pub(super) fn run_dir(&self, run: &RunId) -> PathBuf {
        self.runs_dir().join(run.as_str())
    }
}

fn is_file_name(name: &str) -> bool {
    let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.starts_with('.');
    fits && !name.chars().any(|c| c == '/' || c.is_control())
}

/// A store of its own for a test; in memory where there is such a place, because the tests sync
/// thousands of times.
#[cfg(test)]
pub(super) fn scratch() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let store = Store::at(dir.path().join("state"));
    (dir, store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_lies_below_its_host() {
        let store = Store::at("/state");
        let run = RunId::new("20261122-014312", [0; 10]);
        let path = store.log_path(&run, "web1", "migrate.1-0badcafe.2").unwrap();
        let wanted =
            "/state/runs/20261122-014312-aaaaaaaaaaaaaaaa/logs/web1/migrate.1-0badcafe.2.log";
        assert_eq!(path, Path::new(wanted));
    }

    #[test]
    fn names_that_would_leave_their_directory_are_refused() {
        let store = Store::at("/state");
        let run = RunId::new("20261122-014312", [0; 10]);
        for bad in ["", ".", "..", "../x", "a/b", ".hidden", "a\0b", "a\nb", &"x".repeat(231)] {
            assert!(store.log_path(&run, bad, "fetch.1").is_err(), "host {bad:?}");
            assert!(store.log_path(&run, "web1", bad).is_err(), "box {bad:?}");
        }
    }
}
