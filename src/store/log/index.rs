//! The sparse index of a log: where some of its lines begin, and when they arrived.
//!
//! # Format 1 of `.idx`
//!
//! Little-endian. A header of 16 bytes: `dui-idx\n`, version 1 (u32), zero (u32). Then records of
//! 32 bytes, in the order of the log:
//!
//! ```text
//! u64  offset of the first byte of a line
//! u64  number of that line, from 0
//! i64  when that byte arrived, in milliseconds since 1970, by the operator's clock
//! u32  flags: 1 = read after the fact (on resume, or indexed anew): the time is an upper bound
//! u32  CRC-32 (ISO-HDLC) of the 28 bytes before
//! ```
//!
//! The first line has a record, and so has every line that begins 64 KiB or more behind the last
//! recorded one, 50 ms or more after it arrived, or with another flag. Each record is written with
//! one call, after its bytes are in the log. A line without a record arrived less than 50 ms after
//! the last recorded one before it. Records at the end that are cut or speak of bytes that the log
//! has not are left out; if the file cannot be trusted at all it is made anew from the log.

use std::{fs::File, io, os::unix::fs::FileExt};

use super::files::{HEADER_BYTES, header, read_at};

/// At most this many bytes of a log are searched for a line (and the line itself).
const STRIDE: u64 = 64 * 1024;

/// Arrivals are known to this.
const INTERVAL_MS: u64 = 50;

const MAGIC: [u8; 8] = *b"dui-idx\n";
const RECORD_BYTES: u64 = 32;
const CHECKED_BYTES: usize = 28;
const BOUND: u32 = 1;

/// One line that is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) at_ms: i64,
    /// Whether the time is only an upper bound.
    pub(super) bound: bool,
}

impl Entry {
    fn to_bytes(self) -> [u8; 32] {
        let mut record = [0; 32];
        record[..8].copy_from_slice(&self.offset.to_le_bytes());
        record[8..16].copy_from_slice(&self.line.to_le_bytes());
        record[16..24].copy_from_slice(&self.at_ms.to_le_bytes());
        let flags = if self.bound { BOUND } else { 0 };
        record[24..28].copy_from_slice(&flags.to_le_bytes());
        let sum = crc32fast::hash(&record[..CHECKED_BYTES]);
        record[28..].copy_from_slice(&sum.to_le_bytes());
        record
    }

    fn from_bytes(record: &[u8; 32]) -> Option<Self> {
        let (checked, sum) = record.split_first_chunk::<CHECKED_BYTES>()?;
        if crc32fast::hash(checked).to_le_bytes() != sum {
            return None;
        }
        let (offset, rest) = checked.split_first_chunk()?;
        let (line, rest) = rest.split_first_chunk()?;
        let (at_ms, rest) = rest.split_first_chunk()?;
        let (flags, _) = rest.split_first_chunk()?;
        Some(Self {
            offset: u64::from_le_bytes(*offset),
            line: u64::from_le_bytes(*line),
            at_ms: i64::from_le_bytes(*at_ms),
            bound: u32::from_le_bytes(*flags) & BOUND != 0,
        })
    }
}

/// An index on disk, of which the first `count` records are trusted.
#[derive(Debug)]
pub(super) struct Index {
    file: File,
    pub(super) count: u64,
}

impl Index {
    /// An index file that is new or cannot be trusted: begins it.
    pub(super) fn begin(file: File) -> io::Result<Self> {
        file.set_len(0)?;
        file.write_all_at(&header(MAGIC), 0)?;
        Ok(Self { file, count: 0 })
    }

    /// An index file as it is found; `None` if it is not one, or not of this version.
    pub(super) fn of(file: File) -> io::Result<Option<Self>> {
        let mut found = [0; 16];
        let is_whole = read_at(&file, &mut found, 0)? == found.len();
        Ok((is_whole && found == header(MAGIC)).then_some(Self { file, count: 0 }))
    }

    /// Looks how many records there are by now that fit a log of this length, and gives the last.
    pub(super) fn trust(&mut self, log: &File, log_len: u64) -> io::Result<Option<Entry>> {
        self.count = self.file.metadata()?.len().saturating_sub(HEADER_BYTES) / RECORD_BYTES;
        let all = self.count;
        self.count = partition(all, |number| {
            Ok(self.peek(number)?.is_some_and(|entry| entry.offset < log_len))
        })?;
        let first = Entry { offset: 0, line: 0, at_ms: 0, bound: false };
        if !self.peek(0)?.is_some_and(|entry| Entry { at_ms: 0, bound: false, ..entry } == first) {
            self.count = 0;
        }
        while let Some(last) = self.count.checked_sub(1) {
            if let Some(entry) = self.peek(last)?
                && entry.offset < log_len
                && begins_a_line(log, entry.offset)?
            {
                return Ok(Some(entry));
            }
            self.count = last;
        }
        Ok(None)
    }

    /// A record; `None` if there are not so many.
    ///
    /// # Errors
    /// [`unfit`] when it was damaged.
    pub(super) fn get(&self, number: u64) -> io::Result<Option<Entry>> {
        if number >= self.count {
            return Ok(None);
        }
        self.peek(number)?.map(Some).ok_or_else(unfit)
    }

    /// A record; `None` if it is not there, or was damaged.
    fn peek(&self, number: u64) -> io::Result<Option<Entry>> {
        let mut record = [0; 32];
        let read = read_at(&self.file, &mut record, HEADER_BYTES + number * RECORD_BYTES)?;
        Ok(if read == record.len() { Entry::from_bytes(&record) } else { None })
    }

    /// How many records are not behind that line.
    pub(super) fn until(&self, line: u64) -> io::Result<u64> {
        partition(self.count, |number| {
            Ok(self.get(number)?.is_some_and(|entry| entry.line <= line))
        })
    }

    /// Appends records behind the trusted ones. If it fails they are not there, and the next
    /// records take their place: the index has a gap then, which costs time and nothing else.
    pub(super) fn append(&mut self, entries: &[Entry]) -> io::Result<()> {
        let records: Vec<u8> = entries.iter().flat_map(|entry| entry.to_bytes()).collect();
        self.file.write_all_at(&records, HEADER_BYTES + self.count * RECORD_BYTES)?;
        self.count += entries.len() as u64;
        Ok(())
    }

    /// Cuts off what is not trusted.
    pub(super) fn cut(&self) -> io::Result<()> {
        self.file.set_len(HEADER_BYTES + self.count * RECORD_BYTES)
    }
}

/// How many of `count` records are on this side, if all behind them are not.
fn partition(count: u64, side: impl Fn(u64) -> io::Result<bool>) -> io::Result<u64> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if side(middle)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// An index that does not fit its log. Readers go on without it.
pub(super) fn unfit() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the index does not fit the log")
}

/// Whether a line begins there: at the start, or behind a line end.
pub(super) fn begins_a_line(log: &File, offset: u64) -> io::Result<bool> {
    let Some(before) = offset.checked_sub(1) else { return Ok(true) };
    let mut byte = [0];
    Ok(read_at(log, &mut byte, before)? == 1 && byte == *b"\n")
}

/// When, and how, bytes were come by.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stamp {
    /// They arrive now.
    Live(i64),
    /// They are read on resume: they had been printed at the latest now.
    Late(i64),
    /// They lie in a log that is indexed anew: they had arrived at the latest then.
    Found(i64),
}

/// Counts lines, and finds those that the index must have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracker {
    /// Line ends so far: the number of the line that is open, or would be opened next.
    pub(super) line: u64,
    /// Whether the next byte begins a line.
    pub(super) fresh: bool,
    last: Option<Entry>,
}

impl Tracker {
    /// At the start of a log.
    pub(super) const START: Self = Self { line: 0, fresh: true, last: None };

    /// At a line that is indexed.
    pub(super) fn from(entry: Entry) -> Self {
        Self { line: entry.line, fresh: true, last: Some(entry) }
    }

    /// Takes the bytes that lie at `base`, directly behind those taken before, and adds the lines
    /// to index.
    pub(super) fn feed(&mut self, base: u64, bytes: &[u8], stamp: Stamp, found: &mut Vec<Entry>) {
        let mut at = 0;
        while at < bytes.len() {
            if self.fresh {
                self.begin(base + at as u64, stamp, found);
            }
            // No line that begins before this is to be indexed, so lines are only counted.
            let quiet = self.quiet_until(stamp).saturating_sub(base).saturating_sub(1);
            let quiet = usize::try_from(quiet).unwrap_or(usize::MAX).clamp(at, bytes.len());
            self.line += memchr::memchr_iter(b'\n', &bytes[at..quiet]).count() as u64;
            at = match memchr::memchr(b'\n', &bytes[quiet..]) {
                Some(end) => {
                    self.line += 1;
                    quiet + end + 1
                }
                None => bytes.len(),
            };
            self.fresh = bytes[at - 1] == b'\n';
        }
    }

    fn begin(&mut self, offset: u64, stamp: Stamp, found: &mut Vec<Entry>) {
        if offset < self.quiet_until(stamp) {
            return;
        }
        let (at_ms, bound) = match stamp {
            Stamp::Live(at) => (at, false),
            Stamp::Late(at) | Stamp::Found(at) => (at, true),
        };
        let entry = Entry { offset, line: self.line, at_ms, bound };
        found.push(entry);
        self.last = Some(entry);
    }

    /// The first offset at which a line that begins with this stamp is to be indexed.
    fn quiet_until(&self, stamp: Stamp) -> u64 {
        let Some(last) = self.last else { return 0 };
        let apart = |at: i64| at.abs_diff(last.at_ms) >= INTERVAL_MS;
        let due = match stamp {
            Stamp::Live(at) => last.bound || apart(at),
            Stamp::Late(at) => !last.bound || apart(at),
            Stamp::Found(_) => false,
        };
        if due { 0 } else { last.offset + STRIDE }
    }
}
