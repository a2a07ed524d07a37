//! From an indexed line to the lines behind it.

use std::{fs::File, io, ops::Range};

use super::{
    files::read_at,
    index::{Entry, Index, unfit},
};

const BUFFER_BYTES: usize = 64 * 1024;

/// The index as a reader has it: the records on disk, then entries of its own for what those do
/// not reach.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub(super) index: Option<Index>,
    pub(super) own: Vec<Entry>,
    distrusted: bool,
}

/// An entry and its position in [`Steps`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    number: u64,
    pub(super) entry: Entry,
}

impl Steps {
    /// Whether there is no index yet, and one would be of use.
    pub(super) fn needs_index(&self) -> bool {
        self.index.is_none() && !self.distrusted
    }

    /// Looks for more records: the last one, and whether they are others than before.
    pub(super) fn refresh(
        &mut self,
        log: &File,
        len: u64,
    ) -> io::Result<Option<(Option<Entry>, bool)>> {
        let Some(index) = &mut self.index else { return Ok(None) };
        let before = index.count;
        let last = index.trust(log, len)?;
        Ok(Some((last, before != index.count)))
    }

    /// Uses the index on disk no more.
    pub(super) fn distrust(&mut self) {
        self.index = None;
        self.distrusted = true;
    }

    /// Entries on disk.
    pub(super) fn on_disk(&self) -> u64 {
        self.index.as_ref().map_or(0, |index| index.count)
    }

    /// The entry with that position.
    pub(super) fn get(&self, number: u64) -> io::Result<Option<Place>> {
        let on_disk = self.on_disk();
        let entry = match (&self.index, number.checked_sub(on_disk)) {
            (Some(index), None) => index.get(number)?,
            (None, None) => None,
            (_, Some(own)) => usize::try_from(own).ok().and_then(|own| self.own.get(own)).copied(),
        };
        Ok(entry.map(|entry| Place { number, entry }))
    }

    /// The last entry that is not behind that line.
    ///
    /// # Errors
    /// [`unfit`] when there is none, or the index is damaged.
    pub(super) fn before(&self, line: u64) -> io::Result<Place> {
        let own = self.own.partition_point(|entry| entry.line <= line) as u64;
        let reached = match &self.index {
            Some(index) if own == 0 => index.until(line)?,
            Some(_) | None => self.on_disk() + own,
        };
        let number = reached.checked_sub(1).ok_or_else(unfit)?;
        self.get(number)?.ok_or_else(unfit)
    }
}

/// Goes from line to line, forward only.
pub(super) struct Walk<'a> {
    log: &'a File,
    len: u64,
    steps: &'a Steps,
    here: Place,
    next: Option<Place>,
    /// The line at `offset`.
    line: u64,
    offset: u64,
    /// The line that has no end yet.
    open_line: Option<u64>,
    buffer: Vec<u8>,
    buffered: Range<u64>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        log: &'a File,
        len: u64,
        steps: &'a Steps,
        here: Place,
        open_line: Option<u64>,
    ) -> Self {
        let (line, offset) = (here.entry.line, here.entry.offset);
        let buffer = vec![0; BUFFER_BYTES];
        Self { log, len, steps, here, next: None, line, offset, open_line, buffer, buffered: 0..0 }
    }

    /// Where a line lies, without its end, and the entry that says when it arrived. The line must
    /// not be before one that was asked for.
    ///
    /// # Errors
    /// [`unfit`] when the line is not where the index has it.
    pub(super) fn line(&mut self, number: u64) -> io::Result<(Range<u64>, Entry)> {
        while self.line < number {
            self.pass()?;
        }
        self.settle()?;
        let (start, entry) = (self.offset, self.here.entry);
        let end = self.pass()?;
        Ok((start..end, entry))
    }

    /// Goes behind the line at `offset`; gives its end.
    fn pass(&mut self) -> io::Result<u64> {
        self.settle()?;
        let next = self.next.map(|place| place.entry).filter(|next| next.line == self.line + 1);
        let end = match next {
            // Known without looking; a line can be very long.
            Some(next) => next.offset.checked_sub(1).filter(|end| *end >= self.offset),
            None if self.open_line == Some(self.line) => Some(self.len),
            None => self.line_end()?,
        };
        let end = end.ok_or_else(unfit)?;
        self.line += 1;
        self.offset = end + 1;
        Ok(end)
    }

    /// Makes `here` the last entry that is not behind the line.
    fn settle(&mut self) -> io::Result<()> {
        loop {
            if self.next.is_none() {
                self.next = self.steps.get(self.here.number + 1)?;
            }
            match self.next.take() {
                Some(next) if next.entry.line <= self.line => self.here = next,
                next => {
                    self.next = next;
                    return Ok(());
                }
            }
        }
    }

    /// Looks for the end of the line at `offset`.
    fn line_end(&mut self) -> io::Result<Option<u64>> {
        let mut at = self.offset;
        while at < self.len {
            if !self.buffered.contains(&at) {
                let wanted = usize::try_from(self.len - at).unwrap_or(usize::MAX);
                let wanted = wanted.min(self.buffer.len());
                let read = read_at(self.log, &mut self.buffer[..wanted], at)?;
                self.buffered = at..at + read as u64;
            }
            let skip = usize::try_from(at - self.buffered.start).unwrap_or(usize::MAX);
            let held = usize::try_from(self.buffered.end - self.buffered.start).unwrap_or(0);
            let Some(bytes) = self.buffer.get(skip..held).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            if let Some(end) = memchr::memchr(b'\n', bytes) {
                return Ok(Some(at + end as u64));
            }
            at = self.buffered.end;
        }
        Ok(None)
    }
}
