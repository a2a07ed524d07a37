//! A journal that another console writes: what is new in it, as it grows. Nothing is locked or changed.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    path::PathBuf,
};

use super::{
    Damage, JournalError, lock,
    read::{self, Scan},
};
use crate::{
    model::RunId,
    run::Event,
    store::{
        Store,
        disk::{At as _, if_there},
    },
};

/// A journal that is followed.
#[derive(Debug)]
pub struct Follower {
    file: File,
    path: PathBuf,
    lock: PathBuf,
    scan: Scan,
}

impl Follower {
    /// Opens the journal of a run, and gives all facts that it has by now.
    ///
    /// # Errors
    /// When there is no such run, the disk refuses, or the journal is damaged.
    pub fn open(store: &Store, run: &RunId) -> Result<(Self, Vec<Event>), JournalError> {
        let (path, dir) = (store.journal_path(run), store.run_dir(run));
        let Some(file) = if_there(File::open(&path)).at("open", &path)? else {
            return Err(JournalError::NoSuchRun(dir));
        };
        let mut scan = read::scan(&file, &path, run).at("read", &path)?;
        if let Some(damage) = scan.reading.damage.take() {
            return Err(JournalError::Damaged(damage));
        }
        let events = scan.reading.events.clone();
        Ok((Self { file, path, lock: dir.join("lock"), scan }, events))
    }

    /// The facts that were written since. A line that is not whole yet is given when it is.
    ///
    /// # Errors
    /// When the disk refuses, or the journal is damaged.
    pub fn news(&mut self) -> Result<Vec<Event>, JournalError> {
        let known = self.scan.reading.events.len();
        let len = self.file.metadata().at("read", &self.path)?.len();
        let ahead = len.saturating_sub(self.scan.good);
        if ahead == 0 {
            return Ok(Vec::new());
        }
        self.file.seek(SeekFrom::Start(self.scan.good)).at("read", &self.path)?;
        let mut source = BufReader::new((&self.file).take(ahead));
        let mut text = Vec::new();
        loop {
            text.clear();
            let read = source.read_until(b'\n', &mut text).at("read", &self.path)?;
            // What has no end yet is being written.
            if read == 0 || !text.ends_with(b"\n") {
                break;
            }
            let is_last = false;
            let number = self.scan.reading.events.len() as u64 + 2;
            let path = self.path.clone();
            let damaged = |what| JournalError::Damaged(Damage { path, line: number, what });
            self.scan.further(&text, is_last).map_err(damaged)?;
            self.scan.good += text.len() as u64;
        }
        Ok(self.scan.reading.events.get(known..).unwrap_or_default().to_vec())
    }

    /// Who drives the run now, as `user@machine pid`; `None`: nobody.
    #[must_use]
    pub fn driver(&self) -> Option<String> {
        lock::held_by(&self.lock)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::{
        run::{Fact, Who},
        store::{Header, Journal, place::scratch},
    };

    fn event(seq: u64) -> Event {
        let at = jiff::Timestamp::from_second(1_795_312_992).unwrap();
        Event { seq, at, by: None, fact: Fact::Taken(Who(format!("ana@desk {seq}"))) }
    }

    fn header() -> Header {
        Header {
            format: 1,
            program: "deployui 0.1.0".into(),
            run: RunId::new("20261122-014312", [0; 10]),
            app: "shop".into(),
            stage: "production".into(),
            pipeline: "deploy".into(),
            opened: event(0).at,
        }
    }

    #[test]
    fn what_is_written_is_given_once_and_only_whole() {
        let (_dir, store) = scratch();
        let run = header().run;
        assert!(matches!(Follower::open(&store, &run), Err(JournalError::NoSuchRun(_))));
        let mut journal = Journal::create(&store, header(), &[event(0)], "bob@laptop 7").unwrap();
        let (mut follower, first) = Follower::open(&store, &run).unwrap();
        assert_eq!(first, [event(0)]);
        assert_eq!(follower.news().unwrap(), []);
        journal.append(&[event(1), event(2)]).unwrap();
        assert_eq!(follower.news().unwrap(), [event(1), event(2)]);
        assert_eq!(follower.news().unwrap(), []);
        assert_eq!(follower.driver().as_deref(), Some("bob@laptop 7"));
        drop(journal);
        assert_eq!(follower.driver(), None);
        // Half a line is waited for; its driver was killed, and the next one cuts it off.
        let path = store.journal_path(&run);
        let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"seq\":3,\"at\":\"2026-1").unwrap();
        assert_eq!(follower.news().unwrap(), []);
        let (mut journal, events) = Journal::open(&store, &run, "ana@desk 8").unwrap();
        assert_eq!(events.len(), 3);
        journal.append(&[event(3)]).unwrap();
        assert_eq!(follower.news().unwrap(), [event(3)]);
        // What is changed behind its back is no journal.
        file.write_all(b"{}\n").unwrap();
        assert!(matches!(follower.news(), Err(JournalError::Damaged(_))));
    }
}
