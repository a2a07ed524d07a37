//! The runs that there were: listed from the first line and the end of each journal, found by a
//! part of their id.

mod ends;
mod find;
mod pace;
mod typical;

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::Path,
};

use jiff::Timestamp;

use self::ends::Ends;
use super::{
    DiskError, Store,
    disk::{At, if_there},
    journal::{Damage, Header, Journal, What},
};
use crate::{
    model::RunId,
    run::{Event, Fact, Verdict},
};

pub use find::FindError;
pub use typical::{Pace, Times};

/// A run, as far as its journal's ends tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The run.
    pub run: RunId,
    /// The first line of its journal, if that could be read.
    pub header: Option<Header>,
    /// When the last fact was learned, if there is one.
    pub last: Option<Timestamp>,
    /// How it ended, if it did.
    pub closed: Option<Verdict>,
    /// Why its journal cannot be trusted to its end. Only the ends are looked at.
    pub damage: Option<Damage>,
}

impl Summary {
    /// Whether the run may be gone on with, or its journal does not let that be known.
    fn may_be_open(&self) -> bool {
        let lost = self.damage.as_ref().map(|damage| damage.what != What::Missing);
        self.closed.is_none() && lost.unwrap_or(self.last.is_some())
    }
}

impl Store {
    /// All runs, newest first. A journal that is damaged or cannot be read is listed as such. A directory
    /// with neither a journal nor logs is no run: it was killed before it was opened.
    ///
    /// # Errors
    /// When the directory of the runs cannot be read. If it is not there, there are no runs.
    pub fn runs(&self) -> Result<Vec<Summary>, DiskError> {
        Ok(self.ids()?.into_iter().rev().map(|run| self.summary(run)).collect())
    }

    /// The newest runs after so many of them, at most `count`, newest first, and whether there are
    /// older ones. Of all others only the first line is looked at.
    ///
    /// # Errors
    /// As [`Store::runs`].
    pub fn newest(&self, skip: usize, count: usize) -> Result<(Vec<Summary>, bool), DiskError> {
        let ids = self.ids()?;
        let more = ids.len() > skip.saturating_add(count);
        let chosen = ids.into_iter().rev().skip(skip).take(count);
        Ok((chosen.map(|run| self.summary(run)).collect(), more))
    }

    /// The ids of all runs, in the order in which they were opened: an id has the time for which its run
    /// was planned, and a console may be open for long before.
    fn ids(&self) -> Result<Vec<RunId>, DiskError> {
        let dir = self.runs_dir();
        let Some(entries) = if_there(fs::read_dir(&dir)).at("read", &dir)? else {
            return Ok(vec![]);
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry.at("read", &dir)?.file_name().into_string();
            ids.extend(name.ok().and_then(|name| RunId::try_from(name).ok()));
        }
        ids.retain(|run| self.was_opened(run));
        ids.sort_by_cached_key(|run| (self.opened(run), run.clone()));
        Ok(ids)
    }

    /// When a run was opened; where its journal does not say so, the time in its id.
    fn opened(&self, run: &RunId) -> Option<Timestamp> {
        let header = File::open(self.journal_path(run)).and_then(|file| ends::header(&file));
        header.ok().flatten().map(|header| header.opened).or_else(|| run.time())
    }

    /// Whether there is, or was, a journal: logs are written only after it. Where that cannot be seen,
    /// it is said when the run is read.
    fn was_opened(&self, run: &RunId) -> bool {
        let dir = self.run_dir(run);
        let gone = |path: &Path| matches!(fs::symlink_metadata(path), Err(error) if error.kind() == ErrorKind::NotFound);
        !(dir.is_dir() && gone(&self.journal_path(run)) && gone(&dir.join("logs")))
    }

    fn summary(&self, run: RunId) -> Summary {
        let path = self.journal_path(&run);
        let ends =
            if_there(File::open(&path)).and_then(|file| file.as_ref().map(Ends::of).transpose());
        let ends = match ends {
            Ok(Some(ends)) if ends.sound(&run) => ends,
            Ok(_) => return self.damaged(run),
            Err(error) => {
                let what = What::Unreadable(error.to_string());
                let damage = Some(Damage { path, line: 1, what });
                return Summary { run, header: None, last: None, closed: None, damage };
            }
        };
        Summary { run, header: ends.header, last: ends.last, closed: ends.closed, damage: None }
    }

    /// Something is wrong: reads the whole journal to tell what.
    fn damaged(&self, run: RunId) -> Summary {
        match Journal::read(self, &run) {
            Ok(reading) => Summary {
                run,
                last: reading.events.last().map(|event| event.at),
                closed: reading.events.iter().rev().find_map(verdict),
                header: reading.header,
                damage: reading.damage,
            },
            Err(error) => {
                let what = What::Unreadable(error.to_string());
                let damage = Some(Damage { path: self.journal_path(&run), line: 1, what });
                Summary { run, header: None, last: None, closed: None, damage }
            }
        }
    }
}

fn verdict(event: &Event) -> Option<Verdict> {
    if let Fact::Closed(verdict) = event.fact { Some(verdict) } else { None }
}

#[cfg(test)]
mod tests;
