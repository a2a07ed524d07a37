//! The first line and the last facts of a journal, which can be much longer than they are.

use std::{fs::File, io, os::unix::fs::FileExt};

use jiff::Timestamp;

use super::verdict;
use crate::{
    model::RunId,
    run::{Event, Verdict},
    store::journal::{Header, LineSum, check_line, stored_sum},
};

/// As much as is read of each end of a journal at first.
const END_BYTES: u64 = 64 * 1024;

/// As much as is read of the first line at first: it is short.
const HEADER_BYTES: u64 = 4 * 1024;

/// The first line of a journal, if it is whole.
pub(super) fn header(file: &File) -> io::Result<Option<Header>> {
    let len = file.metadata()?.len();
    let head = part(file, 0, len.min(HEADER_BYTES))?;
    if head.contains(&b'\n') {
        return Ok(first_line(&head));
    }
    Ok(first_line(&part(file, 0, len.min(END_BYTES))?))
}

fn first_line(head: &[u8]) -> Option<Header> {
    let first = head.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = whole(first).filter(|line| check_line(LineSum::START, line).is_some())?;
    serde_json::from_slice(line).ok()
}

/// What the two ends of a journal say.
pub(super) struct Ends {
    pub(super) header: Option<Header>,
    pub(super) last: Option<Timestamp>,
    pub(super) closed: Option<Verdict>,
    /// Whether all that was looked at fits, but for an unfinished end.
    fits: bool,
}

impl Ends {
    /// Reads as much of a journal as has at least one fact.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        let mut ends = Self { header: header(file)?, last: None, closed: None, fits: true };
        let mut size = END_BYTES;
        loop {
            let from = len.saturating_sub(size);
            if ends.read(&part(file, from, len)?, from == 0) || from == 0 {
                return Ok(ends);
            }
            size = size.saturating_mul(8);
        }
    }

    /// Takes the facts of the last part of a journal; whether it held a whole one.
    fn read(&mut self, end: &[u8], is_all: bool) -> bool {
        let mut lines = end.split_inclusive(|byte| *byte == b'\n').peekable();
        // The first line is the header, or is cut; either way it is what the next is bound to.
        let mut sum = lines.next().and_then(whole).and_then(stored_sum);
        let mut found = false;
        while let Some(line) = lines.next() {
            let next = whole(line).and_then(|line| Some((line, check_line(sum?, line)?)));
            let Some((line, checked)) = next else {
                self.fits &= lines.peek().is_none() && (sum.is_some() || !is_all);
                break;
            };
            sum = Some(checked);
            let Ok(event) = serde_json::from_slice::<Event>(line) else {
                self.fits = false;
                break;
            };
            found = true;
            self.last = Some(event.at);
            self.closed = verdict(&event).or(self.closed);
        }
        found
    }

    /// Whether nothing speaks against the journal of that run.
    pub(super) fn sound(&self, run: &RunId) -> bool {
        let header = self.header.as_ref();
        self.fits && header.is_some_and(|header| header.run == *run && header.is_known())
    }
}

fn whole(line: &[u8]) -> Option<&[u8]> {
    line.strip_suffix(b"\n")
}

fn part(file: &File, from: u64, until: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(until - from).unwrap_or(usize::MAX)];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}
