//! The log of one attempt, written with the places of secrets.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Secrets,
    finder::{Finder, Found},
    patterns::Patterns,
};
use crate::store::{DiskError, LogWriter, Mask};

/// Writes a log, and where secrets lie in it, before they are in it.
#[derive(Debug)]
pub(in crate::driver) struct Ingest {
    log: LogWriter,
    looks: Looks,
}

/// How secrets are looked for.
#[derive(Debug)]
enum Looks {
    /// There are none.
    Not,
    /// For these.
    For(Box<Finder>),
    /// The value of this one is not known here: all is hidden.
    Blind(String),
}

impl Ingest {
    /// Goes on with a log of a step that gets the secrets of these names. Those of all steps are
    /// looked for: one can print what another was given.
    pub(in crate::driver) fn new(
        log: LogWriter,
        secrets: &Secrets,
        names: &[String],
    ) -> Result<Self, DiskError> {
        let unknown = names.iter().find(|name| secrets.value(name).is_none());
        let looks = match (unknown, &secrets.patterns) {
            (Some(name), _) => Looks::Blind(name.clone()),
            (None, Some(patterns)) => Looks::For(Box::new(finder(patterns, &log)?)),
            (None, None) => Looks::Not,
        };
        Ok(Self { log, looks })
    }

    /// Looks for these from now on: there may be more of them than before.
    pub(in crate::driver) fn know(
        &mut self,
        secrets: &Secrets,
        at: Timestamp,
    ) -> Result<(), DiskError> {
        let Some(patterns) = &secrets.patterns else { return Ok(()) };
        let held = match &mut self.looks {
            Looks::For(before) if before.is_for(patterns) => return Ok(()),
            Looks::Blind(_) => return Ok(()),
            Looks::For(before) => before.flush(),
            Looks::Not => Vec::new(),
        };
        self.looks = Looks::For(Box::new(finder(patterns, &self.log)?));
        self.append(&held, at)
    }

    /// Takes bytes in that arrived at `at`. Their end may be held back: it is not in the log then, and
    /// the host is asked for it again when the connection is lost.
    pub(in crate::driver) fn append(
        &mut self,
        bytes: &[u8],
        at: Timestamp,
    ) -> Result<(), DiskError> {
        match &mut self.looks {
            Looks::Not => self.log.append(bytes, at),
            Looks::For(finder) => {
                let Found { masks, bytes } = finder.feed(bytes);
                self.log.mask(&masks)?;
                self.log.append(&bytes, at)
            }
            Looks::Blind(name) => {
                let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.log.mask(&[Mask { offset: self.log.len(), len, name: name.clone() }])?;
                self.log.append(bytes, at)
            }
        }
    }

    /// Writes what is held back: all that was printed by now is to be in the log.
    pub(in crate::driver) fn flush(&mut self, at: Timestamp) -> Result<(), DiskError> {
        match &mut self.looks {
            Looks::For(finder) => self.log.append(&finder.flush(), at),
            Looks::Not | Looks::Blind(_) => Ok(()),
        }
    }

    /// Sets the log aside, with all that came in, and begins it anew.
    pub(in crate::driver) fn set_aside(mut self, at: Timestamp) -> Result<Self, DiskError> {
        self.flush(at)?;
        let log = self.log.set_aside()?;
        let looks = match self.looks {
            Looks::For(finder) => Looks::For(Box::new(finder.anew())),
            looks @ (Looks::Not | Looks::Blind(_)) => looks,
        };
        Ok(Self { log, looks })
    }
}

fn finder(patterns: &Arc<Patterns>, log: &LogWriter) -> Result<Finder, DiskError> {
    let tail = log.tail(patterns.longest())?;
    Ok(Finder::new(Arc::clone(patterns), log.len(), &tail))
}
