//! The journal of a run: its facts, each durable before anything is done because of it.
//!
//! # Format 2
//!
//! JSON Lines, UTF-8. The first line is a header:
//!
//! ```json
//! {"format":2,"program":"deployui 0.1.0","run":"…","app":"…","stage":"…","pipeline":"…","opened":"2026-11-22T01:43:12Z","sum":"f00dcafe"}
//! ```
//!
//! Every other line is one [`Event`], with `seq` from 0 and without gaps. Every line ends with the
//! field `sum`, eight lowercase hexadecimal digits: the CRC-32 (ISO-HDLC, as in zip) of the eight
//! digits of the line before (`00000000` for the first line) and of this line up to, but not
//! including, `,"sum":`. So a changed byte and a missing line are seen at the place where they are.
//!
//! Facts that are learned together are written together: one write, one `fdatasync`. A last line
//! without its line end, or whose checksum does not fit, is an unfinished write: nothing was done
//! because of it. It is left out, and before anything is appended it is moved to `journal.torn-N`.
//! Anything else that does not fit is [`Damage`]: the journal can be read up to there, and nothing
//! can be run from it.
//!
//! Formats are frozen. New facts come with a new format number; `format-1.jsonl` beside this file
//! is a journal that every later version must read. Format 2 knows one more fact, `went-on`.

mod error;
mod follow;
mod line;
mod lock;
mod read;
mod tail;

use std::{
    fs::{self, File},
    io::{self, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::{
    line::Sum,
    lock::{Lock, NotLocked},
    read::Scan,
    tail::Tail,
};
use super::{
    Store,
    disk::{At, DiskError, if_there, make_dir, make_dirs, make_file, open_existing, sync_dir},
};
use crate::{
    model::{Plan, RunId},
    run::Event,
};

pub use error::{Damage, JournalError, What};
pub use follow::Follower;
pub(super) use line::{Sum as LineSum, check as check_line, stored as stored_sum};
pub use read::{Reading, Torn};

/// The format that is written, and the newest that is read.
const FORMAT: u32 = 2;

/// The first line of a journal: enough to list the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The format of the journal.
    pub format: u32,
    /// What opened it, with its version.
    pub program: String,
    /// The run.
    pub run: RunId,
    /// The application.
    pub app: String,
    /// The stage.
    pub stage: String,
    /// The pipeline.
    pub pipeline: String,
    /// When the run was opened.
    pub opened: Timestamp,
}

impl Header {
    /// The header for a run of that plan, opened then.
    #[must_use]
    pub fn new(plan: &Plan, opened: Timestamp) -> Self {
        Self {
            format: FORMAT,
            program: concat!("deployui ", env!("CARGO_PKG_VERSION")).to_owned(),
            run: plan.run.clone(),
            app: plan.app.clone(),
            stage: plan.stage.clone(),
            pipeline: plan.pipeline.clone(),
            opened,
        }
    }

    /// Whether this version knows the format.
    pub(super) fn is_known(&self) -> bool {
        self.format <= FORMAT
    }
}

/// The journal of a run that this console drives. Others are told so as long as it lives.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    header: Header,
    tail: Tail<File>,
    sum: Sum,
    next: u64,
    _lock: Lock,
}

impl Journal {
    /// Makes the journal of a new run with its first facts, and takes its lock. `driver` is who
    /// drives it, as `user@machine pid`.
    ///
    /// # Errors
    /// When the disk refuses, a run with this id is there, or the facts are not the first. A journal
    /// without its whole header and all of these facts is never left behind under its name: there
    /// is no run that is listed as open and cannot be gone on with.
    pub fn create(
        store: &Store,
        header: Header,
        opening: &[Event],
        driver: &str,
    ) -> Result<Self, JournalError> {
        let (runs, dir) = (store.runs_dir(), store.run_dir(&header.run));
        make_dirs(&runs).at("make", &runs)?;
        match make_dir(&dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(JournalError::Exists(dir));
            }
            made => made.at("make", &dir)?,
        }
        let created = Self::create_in(store, header, opening, driver, &dir);
        if created.is_err() {
            // Nothing was run: what is half made would only be listed as damaged. If this fails
            // too, it is.
            drop(fs::remove_dir_all(&dir));
        }
        created
    }

    fn create_in(
        store: &Store,
        header: Header,
        opening: &[Event],
        driver: &str,
        dir: &Path,
    ) -> Result<Self, JournalError> {
        let lock = take_lock(dir, driver)?;
        let mut first = Vec::new();
        let sum = line::write(&mut first, Sum::START, &header).map_err(JournalError::Unwritable)?;
        let (sum, next) = write_facts(&mut first, opening, sum, 0)?;
        let path = store.journal_path(&header.run);
        let unfinished = dir.join("journal.new");
        let mut tail = Tail::new(make_file(&unfinished).at("make", &unfinished)?, 0);
        tail.push(&first).at("write", &unfinished)?;
        fs::rename(&unfinished, &path).at("make", &path)?;
        sync_dir(dir).at("sync", dir)?;
        let runs = store.runs_dir();
        sync_dir(&runs).at("sync", &runs)?;
        sync_dir(store.root()).at("sync", store.root())?;
        Ok(Self { path, header, tail, sum, next, _lock: lock })
    }

    /// Opens the journal of a run to drive it: takes the lock, moves an unfinished end aside, and
    /// gives all facts.
    ///
    /// # Errors
    /// When there is no such run, another console drives it, the disk refuses, or the journal is
    /// damaged; a damaged one is not touched.
    pub fn open(
        store: &Store,
        run: &RunId,
        driver: &str,
    ) -> Result<(Self, Vec<Event>), JournalError> {
        let (path, dir) = (store.journal_path(run), store.run_dir(run));
        if if_there(fs::metadata(&dir)).at("read", &dir)?.is_none() {
            return Err(JournalError::NoSuchRun(dir));
        }
        let lock = take_lock(&dir, driver)?;
        let Some(file) = if_there(open_existing(&path)).at("open", &path)? else {
            let damage = Damage { path, line: 1, what: What::Missing };
            return Err(JournalError::Damaged(damage));
        };
        let Scan { reading, good, sum } = read::scan(&file, &path, run).at("read", &path)?;
        if let Some(damage) = reading.damage {
            return Err(JournalError::Damaged(damage));
        }
        let Some(header) = reading.header else {
            let damage = Damage { path, line: 1, what: What::NoHeader };
            return Err(JournalError::Damaged(damage));
        };
        if reading.torn.is_some() {
            cut_torn(&file, good, &dir)?;
            file.set_len(good).and_then(|()| file.sync_data()).at("cut back", &path)?;
        }
        let next = reading.events.len() as u64;
        let tail = Tail::new(file, good);
        Ok((Self { path, header, tail, sum, next, _lock: lock }, reading.events))
    }

    /// Who drives the run now, as they wrote it down; `None`: nobody, or that cannot be seen. Looking
    /// takes nothing from anybody, but for an instant in which another console may be told that the
    /// run is taken.
    #[must_use]
    pub fn holder(store: &Store, run: &RunId) -> Option<String> {
        lock::held_by(&store.run_dir(run).join("lock"))
    }

    /// Reads the journal of a run as far as it can be trusted, without its lock: to list, show and
    /// replay it. It may be growing meanwhile.
    ///
    /// # Errors
    /// When there is no such run, or the disk refuses.
    pub fn read(store: &Store, run: &RunId) -> Result<Reading, JournalError> {
        let (path, dir) = (store.journal_path(run), store.run_dir(run));
        if let Some(file) = if_there(File::open(&path)).at("open", &path)? {
            return Ok(read::scan(&file, &path, run).at("read", &path)?.reading);
        }
        if if_there(fs::metadata(&dir)).at("read", &dir)?.is_none() {
            return Err(JournalError::NoSuchRun(dir));
        }
        let damage = Some(Damage { path, line: 1, what: What::Missing });
        Ok(Reading { header: None, events: vec![], torn: None, damage })
    }

    /// Appends facts and makes them durable, all with one write and one sync.
    ///
    /// # Errors
    /// When the disk refuses (the journal is then as before, and the same facts can be appended
    /// again), or when a fact is not the one that follows.
    pub fn append(&mut self, events: &[Event]) -> Result<(), JournalError> {
        let mut lines = Vec::new();
        let (sum, next) = write_facts(&mut lines, events, self.sum, self.next)?;
        if lines.is_empty() {
            return Ok(());
        }
        self.tail.push(&lines).at("write", &self.path)?;
        (self.sum, self.next) = (sum, next);
        Ok(())
    }

    /// Its first line.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The lines of facts that follow a line with this sum, the first with that number; what the next
/// ones follow.
fn write_facts(
    lines: &mut Vec<u8>,
    events: &[Event],
    mut sum: Sum,
    mut next: u64,
) -> Result<(Sum, u64), JournalError> {
    for event in events {
        if event.seq != next {
            return Err(JournalError::OutOfOrder { wanted: next, found: event.seq });
        }
        sum = line::write(lines, sum, event).map_err(JournalError::Unwritable)?;
        next += 1;
    }
    Ok((sum, next))
}

fn take_lock(dir: &Path, driver: &str) -> Result<Lock, JournalError> {
    let path = dir.join("lock");
    lock::take(&path, driver).map_err(|refused| match refused {
        NotLocked::By(by) => JournalError::LockedBy { path, by },
        NotLocked::Io(source) => DiskError { doing: "lock", path, source }.into(),
    })
}

/// Copies what lies behind the good part into a file of its own, durably.
fn cut_torn(mut journal: &File, good: u64, dir: &Path) -> Result<(), DiskError> {
    for n in 1u32.. {
        let path = dir.join(format!("journal.torn-{n}"));
        let mut aside = match make_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made.at("make", &path)?,
        };
        let copied = journal
            .seek(SeekFrom::Start(good))
            .and_then(|_| io::copy(&mut journal, &mut aside))
            .and_then(|_| aside.sync_all());
        copied.at("write", &path)?;
        break;
    }
    sync_dir(dir).at("sync", dir)
}

#[cfg(test)]
mod tests;
