//! Where lines come from, and how they are shown.

use std::{borrow::Cow, ops::Range};

use super::reader::Item;
use crate::{
    store::{Arrival, Block, DiskError, Line, LogReader, Masked, Spot, Window},
    text::{Filter, LINE_CAP, Mask, Shown, rewritten},
};

/// The log of one attempt.
pub(crate) trait Source {
    /// Looks what is new; whether it has changed.
    fn refresh(&mut self) -> Result<bool, DiskError>;
    /// Another one: another log in its place.
    fn identity(&self) -> u64;
    fn line_count(&self) -> u64;
    fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError>;
    /// Bytes of a line, as far as it has them.
    fn part(&mut self, line: &Line, part: Range<u64>) -> Result<Window, DiskError>;
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

    fn part(&mut self, line: &Line, part: Range<u64>) -> Result<Window, DiskError> {
        let len = part.end.min(line.len).saturating_sub(part.start);
        self.window(line.offset + part.start, usize::try_from(len).unwrap_or(usize::MAX))
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
    /// Its bytes without its end.
    pub(super) bytes: &'a [u8],
    /// Bytes of it that are left out before these.
    before: u64,
    /// Bytes of it that are left out behind these.
    pub(super) cut: u64,
    pub(super) masks: Cow<'a, [Masked]>,
}

impl<'a> Raw<'a> {
    /// A line that was read by itself.
    pub(super) fn line(line: &'a Line) -> Self {
        let cut = line.len.saturating_sub(line.bytes.len() as u64);
        Self { bytes: &line.bytes, before: 0, cut, masks: Cow::Borrowed(&line.masks) }
    }

    /// A line, or what of it is to be seen.
    pub(super) fn item(item: &'a Item) -> Self {
        Self::part_of(&item.line, item.from)
    }

    /// A line of which what was read begins there.
    fn part_of(line: &'a Line, from: u64) -> Self {
        let whole = Self::line(line);
        Self { before: from, cut: whole.cut.saturating_sub(from), ..whole }
    }

    /// A line of a block.
    pub(super) fn of(block: &Block, bytes: &'a [u8], line: Range<usize>) -> Self {
        let cut = if line.end == bytes.len() { block.cut } else { 0 };
        let masks = Cow::Owned(within(&block.masks, &line));
        Self { bytes: bytes.get(line).unwrap_or_default(), before: 0, cut, masks }
    }

    /// Bytes of a line.
    pub(super) fn window(window: &'a Window) -> Self {
        let masks = Cow::Borrowed(window.masks.as_slice());
        Self { bytes: &window.bytes, before: 0, cut: 0, masks }
    }

    /// The same, with so many bytes of the line left out before them.
    pub(super) fn behind(self, before: u64) -> Self {
        Self { before, ..self }
    }

    /// Some bytes of it.
    pub(super) fn part(&self, part: Range<usize>) -> Self {
        let masks = Cow::Owned(within(&self.masks, &part));
        Self { bytes: self.bytes.get(part).unwrap_or_default(), before: 0, cut: 0, masks }
    }
}

/// The secrets in a part.
fn within(masks: &[Masked], part: &Range<usize>) -> Vec<Masked> {
    let masks = masks.iter().filter_map(|mask| {
        let end = mask.at.saturating_add(mask.len).min(part.end);
        let start = mask.at.max(part.start);
        let (at, len) = (start.checked_sub(part.start)?, end.checked_sub(start)?);
        (len > 0).then(|| Masked { at, len, name: mask.name.clone() })
    });
    masks.collect()
}

/// What a line shows.
pub(super) fn show(filter: &mut Filter, raw: &Raw<'_>) -> Shown {
    let masks: Vec<Mask<'_>> = raw
        .masks
        .iter()
        .map(|mask| Mask { at: mask.at, len: mask.len, name: &mask.name })
        .collect();
    let mut shown = filter.masked_line(raw.bytes, &masks);
    if raw.before > 0 {
        let mut whole = Shown::literal(&format!("⋯ +{} bytes before ", raw.before));
        whole.push(&shown);
        shown = whole;
    }
    if raw.cut > 0 {
        shown.push(&Shown::literal(&format!(" ⋯ +{} bytes more", raw.cut)));
    }
    shown
}

/// What a line of a log shows: of a long one its beginning or, where it rewrites itself, its end.
pub(crate) fn show_line(source: &mut impl Source, filter: &mut Filter, line: &Line) -> Shown {
    // What cannot be read is left out, and that is said.
    match settled(source, line).unwrap_or(None) {
        None => show(filter, &Raw::line(line)),
        Some((from, state)) => show(filter, &Raw::window(&state).behind(from)),
    }
}

/// Of a line that is longer than what was read of it, and that rewrites itself at its end: from which
/// byte on its last state is, and that.
pub(super) fn settled(
    source: &mut impl Source,
    line: &Line,
) -> Result<Option<(u64, Window)>, DiskError> {
    if line.len <= line.bytes.len() as u64 {
        return Ok(None);
    }
    let tail = line.len.saturating_sub(LINE_CAP as u64);
    let Window { mut bytes, masks } = source.part(line, tail..line.len)?;
    let Some(found) = rewritten(&bytes) else { return Ok(None) };
    let masks = within(&masks, &(found..bytes.len()));
    Ok(Some((tail + found as u64, Window { bytes: bytes.split_off(found), masks })))
}
