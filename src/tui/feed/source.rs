//! Where lines come from, and how they are shown.

use crate::{
    store::{Arrival, Block, DiskError, Line, LogReader, Masked, Spot},
    text::{Filter, LINE_CAP, Mask, Shown},
};

/// The log of one attempt.
pub(crate) trait Source {
    /// Looks what is new; whether it has changed.
    fn refresh(&mut self) -> Result<bool, DiskError>;
    /// Another one: another log in its place.
    fn identity(&self) -> u64;
    fn line_count(&self) -> u64;
    fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError>;
    /// See [`LogReader::block`].
    fn block(&mut self, first: Spot, bytes: &mut Vec<u8>) -> Result<Option<Block>, DiskError>;
    /// See [`LogReader::stamps`].
    fn stamps(&mut self, from: u64, count: u64) -> Result<Vec<(u64, Arrival)>, DiskError>;
}

impl Source for LogReader {
    fn refresh(&mut self) -> Result<bool, DiskError> {
        Self::refresh(self)
    }

    fn identity(&self) -> u64 {
        Self::identity(self)
    }

    fn line_count(&self) -> u64 {
        Self::line_count(self)
    }

    fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError> {
        Self::lines(self, from, count)
    }

    fn block(&mut self, first: Spot, bytes: &mut Vec<u8>) -> Result<Option<Block>, DiskError> {
        Self::block(self, first, bytes)
    }

    fn stamps(&mut self, from: u64, count: u64) -> Result<Vec<(u64, Arrival)>, DiskError> {
        Self::stamps(self, from, count)
    }
}

/// A line as it lies in the log.
#[derive(Clone, Debug)]
pub(super) struct Raw<'a> {
    /// Its bytes without its end, at most [`LINE_CAP`].
    pub(super) bytes: &'a [u8],
    /// Bytes of it that are left out.
    pub(super) cut: u64,
    pub(super) masks: Vec<Masked>,
}

impl<'a> Raw<'a> {
    /// A line that was read by itself.
    pub(super) fn line(line: &'a Line) -> Self {
        let cut = line.len.saturating_sub(line.bytes.len() as u64);
        Self { bytes: &line.bytes, cut, masks: line.masks.clone() }
    }

    /// A line of a block.
    pub(super) fn of(block: &Block, bytes: &'a [u8], line: std::ops::Range<usize>) -> Self {
        let whole = bytes.get(line.clone()).unwrap_or_default();
        let shown = whole.get(..LINE_CAP).unwrap_or(whole);
        let last = line.end == bytes.len();
        let further = if last { block.cut } else { 0 };
        let masks = block.masks.iter().filter_map(|mask| {
            let end = mask.at.saturating_add(mask.len).min(line.start + shown.len());
            let start = mask.at.max(line.start);
            (start < end).then(|| Masked {
                at: start - line.start,
                len: end - start,
                name: mask.name.clone(),
            })
        });
        let cut = (whole.len() - shown.len()) as u64 + further;
        Self { bytes: shown, cut, masks: masks.collect() }
    }
}

/// What a line shows.
pub(super) fn show(filter: &mut Filter, raw: &Raw<'_>) -> Shown {
    let masks: Vec<Mask<'_>> = raw
        .masks
        .iter()
        .map(|mask| Mask { at: mask.at, len: mask.len, name: &mask.name })
        .collect();
    let mut shown = filter.masked_line(raw.bytes, &masks);
    if raw.cut > 0 {
        shown.push(&Shown::literal(&format!(" ⋯ +{} bytes more", raw.cut)));
    }
    shown
}

/// What a line of a log shows.
pub(crate) fn show_line(filter: &mut Filter, line: &Line) -> Shown {
    show(filter, &Raw::line(line))
}
