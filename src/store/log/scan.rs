//! A log in large pieces, for looking through all of it: whole lines, raw, with their numbers.

use std::{fs::File, io, ops::Range};

use super::{
    files::read_at,
    reader::{Arrival, LINE_BYTES_MAX, LogReader, Masked, masked},
};
use crate::store::disk::{At, DiskError};

/// Bytes that are read at once.
const BLOCK_BYTES: u64 = 1 << 20;

/// Where a line begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The number of the line, from 0.
    pub line: u64,
    /// Its first byte in the log.
    pub offset: u64,
}

/// Some lines of a log, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The first of them.
    pub first: Spot,
    /// The line behind the last of them; the last itself, as long as that has no line end.
    pub next: Spot,
    /// Whether the last line has no line end yet.
    pub open: bool,
    /// Bytes that are left out at the end of the last line: it has more than [`LINE_BYTES_MAX`].
    pub cut: u64,
    /// Where secrets lie in the bytes.
    pub masks: Vec<Masked>,
}

impl LogReader {
    /// Reads lines from a spot on into `bytes`, with their line ends: at least one line, and no
    /// more than 1 MiB. `None` at the end of the log.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn block(&self, first: Spot, bytes: &mut Vec<u8>) -> Result<Option<Block>, DiskError> {
        let Some(open) = &self.open else { return Ok(None) };
        let block = read(&open.log, open.len, first, bytes).at("read", &self.files.log)?;
        Ok(block.map(|mut block| {
            let part = first.offset..first.offset + bytes.len() as u64;
            block.masks = masked(&self.masks, &part);
            block
        }))
    }

    /// When lines arrived, as the index has it: those behind the first `from` records, at most
    /// `count`. A line that has no record arrived less than 50 ms after the one before that has.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn stamps(&self, from: u64, count: u64) -> Result<Vec<(u64, Arrival)>, DiskError> {
        let Some(open) = &self.open else { return Ok(Vec::new()) };
        let until = from.saturating_add(count).min(open.steps.on_disk());
        let stamps = (from..until).map(|number| {
            let place = open.steps.get(number)?;
            let stamp = place.and_then(|place| {
                let entry = place.entry;
                let at = jiff::Timestamp::from_millisecond(entry.at_ms).ok()?;
                Some((entry.line, Arrival { at, exact: !entry.bound }))
            });
            Ok(stamp)
        });
        let stamps: io::Result<Vec<_>> = stamps.collect();
        Ok(stamps.at("read", &self.files.index)?.into_iter().flatten().collect())
    }
}

fn read(log: &File, len: u64, first: Spot, bytes: &mut Vec<u8>) -> io::Result<Option<Block>> {
    let left = len.saturating_sub(first.offset);
    if left == 0 {
        bytes.clear();
        return Ok(None);
    }
    bytes.resize(usize::try_from(left.min(BLOCK_BYTES)).unwrap_or(usize::MAX), 0);
    let filled = read_at(log, bytes, first.offset)?;
    bytes.truncate(filled);
    let mut block = Block { first, next: first, open: false, cut: 0, masks: Vec::new() };
    if let Some(last) = memchr::memrchr(b'\n', bytes) {
        bytes.truncate(last + 1);
        let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        block.next = Spot { line: first.line + lines, offset: first.offset + bytes.len() as u64 };
        return Ok(Some(block));
    }
    let read_to = first.offset + filled as u64;
    let end = line_end(log, read_to..len)?;
    block.open = end.is_none();
    let length = end.unwrap_or(len).saturating_sub(first.offset);
    bytes.truncate(LINE_BYTES_MAX);
    block.cut = length.saturating_sub(bytes.len() as u64);
    if let Some(end) = end {
        block.next = Spot { line: first.line + 1, offset: end + 1 };
    }
    Ok(Some(block))
}

/// The first line end in a part of a log.
fn line_end(log: &File, part: Range<u64>) -> io::Result<Option<u64>> {
    let mut at = part.start;
    let mut buffer = vec![0; usize::try_from(BLOCK_BYTES).unwrap_or(0)];
    while at < part.end {
        let wanted = usize::try_from(part.end - at).unwrap_or(usize::MAX).min(buffer.len());
        let Some(piece) = buffer.get_mut(..wanted) else { break };
        let filled = read_at(log, piece, at)?;
        let Some(piece) = piece.get(..filled).filter(|piece| !piece.is_empty()) else { break };
        if let Some(end) = memchr::memchr(b'\n', piece) {
            return Ok(Some(at + end as u64));
        }
        at += filled as u64;
    }
    Ok(None)
}
