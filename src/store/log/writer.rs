//! The writing half of a log: bytes as they come from a host.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{FileExt, MetadataExt},
};

use jiff::Timestamp;

use super::{
    Dirty, Mask,
    cksum::posix_cksum,
    files::{Files, read_at},
    index::{Entry, Index, Stamp, Tracker},
    mask::MaskWriter,
};
use crate::{
    model::RunId,
    store::{
        Store,
        disk::{At, DiskError, if_there, make_dirs, open_or_make, remove},
    },
};

const BUFFER_BYTES: usize = 256 * 1024;

/// Writes the log of one attempt. Every byte goes to the file at once and none is held back, so
/// [`len`](Self::len) is the offset from which the host is asked for more.
#[derive(Debug)]
pub struct LogWriter {
    files: Files,
    log: File,
    len: u64,
    tracker: Tracker,
    index: Index,
    masks: MaskWriter,
    /// Bytes before this were printed before they were asked for.
    late_until: u64,
    dirty: Dirty,
}

impl LogWriter {
    /// Opens the log of an attempt, by the names of its host and its box; goes on behind what is
    /// there.
    ///
    /// # Errors
    /// When a name cannot be a file name, or the disk refuses.
    pub fn open(
        store: &Store,
        run: &RunId,
        host: &str,
        box_name: &str,
        dirty: Dirty,
    ) -> Result<Self, DiskError> {
        let files = Files::beside(store.log_path(run, host, box_name)?);
        if let Some(dir) = files.log.parent() {
            make_dirs(dir).at("make", dir)?;
        }
        if if_there(fs::metadata(&files.log)).at("read", &files.log)?.is_none() {
            // Left from a log that was being set aside.
            remove(&files.index).at("remove", &files.index)?;
            remove(&files.masks).at("remove", &files.masks)?;
        }
        Self::open_files(files, dirty)
    }

    fn open_files(files: Files, dirty: Dirty) -> Result<Self, DiskError> {
        let log = open_or_make(&files.log).at("open", &files.log)?;
        let (len, found_ms) = extent(&log).at("read", &files.log)?;
        let (index, tracker) =
            open_index(&files, &log, len, found_ms).at("index anew", &files.index)?;
        let masks = MaskWriter::open(&files.masks, len).at("open", &files.masks)?;
        Ok(Self { files, log, len, tracker, index, masks, late_until: 0, dirty })
    }

    /// Bytes that the log has.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the log has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Says that bytes before this offset had been printed before they were asked for, so that
    /// their time of arrival is only an upper bound. `u64::MAX`: all from now on, until said
    /// otherwise.
    pub fn resume(&mut self, until: u64) {
        self.late_until = until;
    }

    /// Appends bytes that arrived at `at`.
    ///
    /// # Errors
    /// When the disk refuses. The log then has the first of the bytes, up to its
    /// [`len`](Self::len), and can be gone on with from there.
    pub fn append(&mut self, bytes: &[u8], at: Timestamp) -> Result<(), DiskError> {
        let before = self.len;
        let mut entries = Vec::new();
        let written = self.write(bytes, at.as_millisecond(), &mut entries);
        if !entries.is_empty()
            && let Err(error) = self.index.append(&entries)
        {
            // Readers do without, more slowly: not worth to stop a step's log for.
            tracing::warn!(path = %self.files.index.display(), %error, "index not written");
        }
        if self.len > before {
            self.dirty.mark();
        }
        written.at("write", &self.files.log)
    }

    fn write(&mut self, bytes: &[u8], at: i64, entries: &mut Vec<Entry>) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.log.write_at(rest, self.len) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    let (done, further) = rest.split_at(written);
                    self.track(done, at, entries);
                    rest = further;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn track(&mut self, bytes: &[u8], at: i64, entries: &mut Vec<Entry>) {
        let late = self.late_until.saturating_sub(self.len);
        let late = usize::try_from(late).unwrap_or(usize::MAX).min(bytes.len());
        let (late, live) = bytes.split_at(late);
        self.tracker.feed(self.len, late, Stamp::Late(at), entries);
        self.len += late.len() as u64;
        self.tracker.feed(self.len, live, Stamp::Live(at), entries);
        self.len += live.len() as u64;
    }

    /// Notes where secrets lie, before the bytes are appended that hold them.
    ///
    /// # Errors
    /// When the disk refuses, or a name is too long: the bytes must not be appended then.
    pub fn mask(&mut self, masks: &[Mask]) -> Result<(), DiskError> {
        if masks.is_empty() {
            return Ok(());
        }
        self.masks.append(&self.files.masks, masks).at("write", &self.files.masks)
    }

    /// The length, and what `cksum` says of the last bytes, at most `bytes_max`: to compare with
    /// the host's copy before going on with it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn tail_sum(&self, bytes_max: u16) -> Result<(u64, u32), DiskError> {
        let from = self.len.saturating_sub(bytes_max.into());
        let mut tail = vec![0; usize::from(bytes_max)];
        let read = read_at(&self.log, &mut tail, from).at("read", &self.files.log)?;
        Ok((self.len, posix_cksum(&tail[..read])))
    }

    /// The last bytes, at most `bytes_max`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn tail(&self, bytes_max: usize) -> Result<Vec<u8>, DiskError> {
        let len = usize::try_from(self.len).unwrap_or(usize::MAX).min(bytes_max);
        let mut tail = vec![0; len];
        let read = read_at(&self.log, &mut tail, self.len - len as u64);
        tail.truncate(read.at("read", &self.files.log)?);
        Ok(tail)
    }

    /// Makes all bytes durable: before the host's copy may be removed.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn sync(&self) -> Result<(), DiskError> {
        self.log.sync_data().at("sync", &self.files.log)
    }

    /// Keeps the log under another name, because the host's copy is not the one it was read from,
    /// and begins anew.
    ///
    /// # Errors
    /// When the disk refuses. The log is then still there, under one name or the other.
    pub fn set_aside(self) -> Result<Self, DiskError> {
        let kept = self.free_name()?;
        // In an order that never leaves a log without its masks, whenever it is interrupted.
        if_there(fs::copy(&self.files.masks, &kept.masks)).at("keep", &self.files.masks)?;
        if_there(fs::rename(&self.files.index, &kept.index)).at("keep", &self.files.index)?;
        fs::rename(&self.files.log, &kept.log).at("keep", &self.files.log)?;
        remove(&self.files.masks).at("remove", &self.files.masks)?;
        let Self { files, dirty, .. } = self;
        let anew = Self::open_files(files, dirty)?;
        anew.dirty.mark();
        Ok(anew)
    }

    fn free_name(&self) -> Result<Files, DiskError> {
        let mut n = 1;
        loop {
            let kept = self.files.kept(n);
            if if_there(fs::metadata(&kept.log)).at("read", &kept.log)?.is_none() {
                return Ok(kept);
            }
            n += 1;
        }
    }
}

/// The length of a log, and when it was last written, in milliseconds since 1970.
pub(super) fn extent(log: &File) -> io::Result<(u64, i64)> {
    let found = log.metadata()?;
    let ms = found.mtime().saturating_mul(1000).saturating_add(found.mtime_nsec() / 1_000_000);
    Ok((found.len(), ms))
}

/// Opens the index of a log and makes good what it lacks.
fn open_index(files: &Files, log: &File, len: u64, found_ms: i64) -> io::Result<(Index, Tracker)> {
    let mut index = match Index::of(open_or_make(&files.index)?)? {
        Some(index) => index,
        None => Index::begin(open_or_make(&files.index)?)?,
    };
    let last = index.trust(log, len)?;
    index.cut()?;
    let mut tracker = last.map_or(Tracker::START, Tracker::from);
    let mut entries = Vec::new();
    let from = last.map_or(0, |entry| entry.offset);
    scan(log, from..len, &mut tracker, found_ms, &mut entries)?;
    if !entries.is_empty() {
        index.append(&entries)?;
    }
    Ok((index, tracker))
}

/// Feeds a part of a log to a tracker; gives where it ends, should the log be shorter.
pub(super) fn scan(
    log: &File,
    part: std::ops::Range<u64>,
    tracker: &mut Tracker,
    found_ms: i64,
    entries: &mut Vec<Entry>,
) -> io::Result<u64> {
    let mut at = part.start;
    let wanted = usize::try_from(part.end.saturating_sub(at)).unwrap_or(usize::MAX);
    let mut buffer = vec![0; wanted.min(BUFFER_BYTES)];
    while at < part.end {
        let wanted = usize::try_from(part.end - at).unwrap_or(usize::MAX).min(buffer.len());
        let read = read_at(log, &mut buffer[..wanted], at)?;
        if read == 0 {
            break;
        }
        tracker.feed(at, &buffer[..read], Stamp::Found(found_ms), entries);
        at += read as u64;
    }
    Ok(at)
}
