//! The reading half of a log: any line of it, at once, with little memory.

use std::{
    fs::{self, File},
    io,
    ops::Range,
    os::unix::fs::MetadataExt,
    sync::Arc,
};

use jiff::Timestamp;

use super::{
    files::{Files, read_at},
    index::{Entry, Index, Tracker, begins_a_line, unfit},
    mask::Masks,
    walk::{Steps, Walk},
    writer::{extent, scan},
};
use crate::{
    model::RunId,
    store::{
        Store,
        disk::{At, DiskError, if_there},
    },
};

/// As much as is given of one line.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// How often a log that is being set aside is looked at again.
const ATTEMPTS_MAX: u8 = 3;

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 0.
    pub number: u64,
    /// Its first byte in the log.
    pub offset: u64,
    /// Its bytes without the line end, at most [`LINE_BYTES_MAX`]. Raw: masks are to be applied.
    pub bytes: Vec<u8>,
    /// How many bytes it has, without the line end.
    pub len: u64,
    /// When its first byte arrived. When the others did is not known.
    pub arrival: Option<Arrival>,
    /// Where secrets lie in `bytes`.
    pub masks: Vec<Masked>,
    /// Whether it has its line end. Only the last line can be without.
    pub complete: bool,
}

/// When a line arrived, by the operator's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The time; an exact one is right to 50 ms.
    pub at: Timestamp,
    /// Whether it is exact; otherwise it is an upper bound, shown as "≤".
    pub exact: bool,
}

/// A secret in bytes that were read from a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// Its first byte.
    pub at: usize,
    /// Its length.
    pub len: usize,
    /// What is shown in its place.
    pub name: Arc<str>,
}

/// Bytes of a log, regardless of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The bytes. Raw: masks are to be applied.
    pub bytes: Vec<u8>,
    /// Where secrets lie in them.
    pub masks: Vec<Masked>,
}

/// Reads the log of one attempt, also while it grows. Everything it gives is as of the last
/// [`refresh`](Self::refresh). It trusts the log, uses the index where that fits the log, and
/// holds nothing but the masks (and, where there is no index, one entry per 64 KiB).
#[derive(Debug)]
pub struct LogReader {
    pub(super) files: Files,
    pub(super) open: Option<Open>,
    pub(super) masks: Masks,
}

#[derive(Debug)]
pub(super) struct Open {
    pub(super) log: File,
    inode: u64,
    pub(super) len: u64,
    pub(super) steps: Steps,
    tracker: Tracker,
    tracked: u64,
    found_ms: i64,
}

impl LogReader {
    /// Opens the log of an attempt, by the names of its host and its box. It need not be there yet.
    ///
    /// # Errors
    /// When a name cannot be a file name, or the disk refuses.
    pub fn open(store: &Store, run: &RunId, host: &str, box_name: &str) -> Result<Self, DiskError> {
        let files = Files::beside(store.log_path(run, host, box_name)?);
        let mut reader = Self { files, open: None, masks: Masks::default() };
        reader.refresh()?;
        Ok(reader)
    }

    /// Looks what is new. Whether the log has changed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn refresh(&mut self) -> Result<bool, DiskError> {
        let before = self.extent();
        // A log can be set aside while it is looked at, and its masks with it.
        for _ in 0..ATTEMPTS_MAX {
            if self.look()? {
                return Ok(before != self.extent());
            }
        }
        (self.open, self.masks) = (None, Masks::default());
        Ok(before.is_some())
    }

    /// Looks once; whether log and masks are certain to belong together.
    fn look(&mut self) -> Result<bool, DiskError> {
        let path = &self.files.log;
        let Some(found) = if_there(fs::metadata(path)).at("read", path)? else {
            (self.open, self.masks) = (None, Masks::default());
            return Ok(true);
        };
        let same = self.extent().is_some_and(|(id, len)| id == found.ino() && len <= found.len());
        if !same {
            self.masks = Masks::default();
            let log = if_there(File::open(path)).at("open", path)?;
            self.open = log.map(Open::new).transpose().at("read", path)?;
        }
        if let Some(open) = &mut self.open {
            open.refresh(&self.files).at("read", path)?;
        }
        // After the length was taken: masks come before their bytes.
        self.masks.refresh(&self.files.masks).at("read", &self.files.masks)?;
        let now = if_there(fs::metadata(path)).at("read", path)?.map(|found| found.ino());
        Ok(now == self.extent().map(|(inode, _)| inode))
    }

    fn extent(&self) -> Option<(u64, u64)> {
        self.open.as_ref().map(|open| (open.inode, open.len))
    }

    /// Tells one log from another in its place; 0 while there is none.
    #[must_use]
    pub fn identity(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.inode)
    }

    /// Bytes that the log has.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.len)
    }

    /// Whether the log has no bytes, or is not there yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Lines that the log has; a last one without line end counts.
    #[must_use]
    pub fn line_count(&self) -> u64 {
        self.open.as_ref().map_or(0, Open::line_count)
    }

    /// Up to `count` lines from the one with that number, in order.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError> {
        let (files, masks) = (&self.files, &self.masks);
        let Some(open) = &mut self.open else { return Ok(vec![]) };
        open.lines(from, count, masks).at("read", &files.log)
    }

    /// Up to `len` bytes from an offset on.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn window(&self, offset: u64, len: usize) -> Result<Window, DiskError> {
        let Some(open) = &self.open else { return Ok(Window { bytes: vec![], masks: vec![] }) };
        let end = offset.saturating_add(len as u64).min(open.len);
        window(&open.log, &self.masks, offset..end).at("read", &self.files.log)
    }
}

impl Open {
    fn new(log: File) -> io::Result<Self> {
        let inode = log.metadata()?.ino();
        let (tracker, steps) = (Tracker::START, Steps::default());
        Ok(Self { log, inode, len: 0, steps, tracker, tracked: 0, found_ms: 0 })
    }

    fn refresh(&mut self, files: &Files) -> io::Result<()> {
        (self.len, self.found_ms) = extent(&self.log)?;
        if self.steps.needs_index()
            && let Some(file) = if_there(File::open(&files.index))?
        {
            self.steps.index = Index::of(file)?;
        }
        if let Some((last, changed)) = self.steps.refresh(&self.log, self.len)?
            && changed
        {
            self.track_from(last);
        }
        self.track()
    }

    fn track_from(&mut self, last: Option<Entry>) {
        self.steps.own.clear();
        self.tracker = last.map_or(Tracker::START, Tracker::from);
        self.tracked = last.map_or(0, |entry| entry.offset);
    }

    /// Counts the lines that the index does not speak of.
    fn track(&mut self) -> io::Result<()> {
        let part = self.tracked..self.len;
        let own = &mut self.steps.own;
        self.tracked = scan(&self.log, part, &mut self.tracker, self.found_ms, own)?;
        // Shorter than it said: it was cut while it was read.
        self.len = self.tracked;
        Ok(())
    }

    fn line_count(&self) -> u64 {
        self.tracker.line + u64::from(!self.tracker.fresh)
    }

    fn lines(&mut self, from: u64, count: usize, masks: &Masks) -> io::Result<Vec<Line>> {
        match self.try_lines(from, count, masks) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
            lines => return lines,
        }
        // The index does not fit the log: do without.
        self.steps.distrust();
        self.track_from(None);
        self.track()?;
        self.try_lines(from, count, masks)
    }

    fn try_lines(&self, from: u64, count: usize, masks: &Masks) -> io::Result<Vec<Line>> {
        let until = from.saturating_add(count as u64).min(self.line_count());
        let mut lines = Vec::new();
        if from >= until {
            return Ok(lines);
        }
        let place = self.steps.before(from)?;
        if !begins_a_line(&self.log, place.entry.offset)? {
            return Err(unfit());
        }
        let open_line = (!self.tracker.fresh).then_some(self.tracker.line);
        let mut walk = Walk::new(&self.log, self.len, &self.steps, place, open_line);
        for number in from..until {
            let (span, entry) = walk.line(number)?;
            let shown = span.start..span.end.min(span.start + LINE_BYTES_MAX as u64);
            let Window { bytes, masks } = window(&self.log, masks, shown)?;
            let at = Timestamp::from_millisecond(entry.at_ms).ok();
            lines.push(Line {
                number,
                offset: span.start,
                bytes,
                len: span.end - span.start,
                arrival: at.map(|at| Arrival { at, exact: !entry.bound }),
                masks,
                complete: open_line != Some(number),
            });
        }
        Ok(lines)
    }
}

/// Bytes of a log, and the secrets in them.
pub(super) fn window(log: &File, masks: &Masks, part: Range<u64>) -> io::Result<Window> {
    let wanted = usize::try_from(part.end.saturating_sub(part.start)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; wanted];
    let read = read_at(log, &mut bytes, part.start)?;
    bytes.truncate(read);
    Ok(Window { bytes, masks: masked(masks, &part) })
}

/// The secrets in a part of a log.
pub(super) fn masked(masks: &Masks, part: &Range<u64>) -> Vec<Masked> {
    let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
    masks
        .within(part)
        .into_iter()
        .map(|(range, name)| Masked {
            at: size(range.start - part.start),
            len: size(range.end - range.start),
            name,
        })
        .collect()
}
