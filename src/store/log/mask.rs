//! Where secrets lie in a log, so that every reader hides them without knowing them.
//!
//! # Format 1 of `.mask`
//!
//! Little-endian. A header of 16 bytes: `dui-msk\n`, version 1 (u32), zero (u32). Then records:
//!
//! ```text
//! u64    offset of the first byte of a secret in the log
//! u32    its length in bytes
//! u16    length of the name
//! bytes  the name of the secret, UTF-8, at most 1,024 bytes
//! u32    CRC-32 (ISO-HDLC) of the bytes of the record before
//! ```
//!
//! Records are roughly in the order of the log, and may overlap. They are written before the bytes
//! that they speak of are appended to the log. There is no file while there is nothing to hide.
//!
//! What cannot be read hides more, never less. Behind a record that is cut or damaged, everything
//! is hidden from the furthest place that the records before it name; a writer that finds such an
//! end replaces it by records that hide what the log holds by then. A file that is not of this
//! format hides the whole log.

use std::{fs::File, io, ops::Range, os::unix::fs::FileExt, path::Path, sync::Arc};

use super::files::{HEADER_BYTES, header, read_at};
use crate::store::disk::{if_there, open_or_make};

const MAGIC: [u8; 8] = *b"dui-msk\n";
const FIXED_BYTES: usize = 14;
const SUM_BYTES: usize = 4;
const NAME_BYTES_MAX: usize = 1024;
const BUFFER_BYTES: usize = 64 * 1024;

/// The name that is shown where it cannot be known what is hidden.
const UNREADABLE: &str = "unreadable masks";

/// Where a secret lies in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Its first byte.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u32,
    /// What it is called: shown in its place.
    pub name: String,
}

fn write(out: &mut Vec<u8>, mask: &Mask) -> io::Result<()> {
    let name_bytes = u16::try_from(mask.name.len()).ok();
    let Some(name_bytes) = name_bytes.filter(|bytes| usize::from(*bytes) <= NAME_BYTES_MAX) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "the name of a secret is too long",
        ));
    };
    let start = out.len();
    out.extend_from_slice(&mask.offset.to_le_bytes());
    out.extend_from_slice(&mask.len.to_le_bytes());
    out.extend_from_slice(&name_bytes.to_le_bytes());
    out.extend_from_slice(mask.name.as_bytes());
    let sum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&sum.to_le_bytes());
    Ok(())
}

/// The first record, and its length.
fn parse(bytes: &[u8]) -> Option<(Mask, usize)> {
    let (offset, rest) = bytes.split_first_chunk()?;
    let (len, rest) = rest.split_first_chunk()?;
    let (name_bytes, rest) = rest.split_first_chunk()?;
    let name_bytes = usize::from(u16::from_le_bytes(*name_bytes));
    let (name, rest) = rest.split_at_checked(name_bytes)?;
    let (sum, _) = rest.split_first_chunk()?;
    let body = FIXED_BYTES + name_bytes;
    if crc32fast::hash(&bytes[..body]) != u32::from_le_bytes(*sum) {
        return None;
    }
    let mask = Mask {
        offset: u64::from_le_bytes(*offset),
        len: u32::from_le_bytes(*len),
        name: str::from_utf8(name).ok()?.to_owned(),
    };
    Some((mask, body + SUM_BYTES))
}

/// The masks of one log, read and read on. 32 bytes of memory each; equal names are kept once.
#[derive(Debug, Default)]
pub(super) struct Masks {
    places: Vec<Place>,
    names: Vec<Arc<str>>,
    /// Where the next record begins in the file.
    read: u64,
    /// From here on everything is hidden.
    blind_from: Option<u64>,
}

#[derive(Debug)]
struct Place {
    range: Range<u64>,
    /// The furthest end of this one and all before.
    reach: u64,
    name: Arc<str>,
}

impl Masks {
    /// Reads what was appended since.
    pub(super) fn refresh(&mut self, path: &Path) -> io::Result<()> {
        let Some(file) = if_there(File::open(path))? else {
            *self = Self::default();
            return Ok(());
        };
        let len = file.metadata()?.len();
        if len < self.read {
            *self = Self::default();
        }
        self.blind_from = None;
        if self.read == 0 && !self.read_header(&file, len)? {
            return Ok(());
        }
        let wanted = usize::try_from(len - self.read).unwrap_or(usize::MAX);
        let mut buffer = vec![0; wanted.min(BUFFER_BYTES)];
        while self.read < len {
            let filled = read_at(&file, &mut buffer, self.read)?;
            let taken = self.take(&buffer[..filled]);
            if taken == 0 {
                self.blind_from = Some(self.reach());
                break;
            }
            self.read += taken as u64;
        }
        Ok(())
    }

    fn read_header(&mut self, file: &File, len: u64) -> io::Result<bool> {
        if len == 0 {
            return Ok(false);
        }
        let mut found = [0; 16];
        let is_whole = read_at(file, &mut found, 0)? == found.len();
        if is_whole && found == header(MAGIC) {
            self.read = HEADER_BYTES;
        } else {
            self.blind_from = Some(0);
        }
        Ok(self.read > 0)
    }

    /// Takes whole records; gives their bytes.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let (mut taken, known) = (0, self.places.len());
        while let Some((mask, record)) = parse(&bytes[taken..]) {
            taken += record;
            let end = mask.offset.saturating_add(u64::from(mask.len));
            let name = self.name(&mask.name);
            self.places.push(Place { range: mask.offset..end, reach: 0, name });
        }
        let first = self.places[known..].iter().map(|place| place.range.start).min();
        let first = first.unwrap_or(u64::MAX);
        let kept = self.places[..known].partition_point(|place| place.range.start <= first);
        self.places[kept..].sort_by_key(|place| place.range.start);
        let mut reach = kept.checked_sub(1).map_or(0, |last| self.places[last].reach);
        for place in &mut self.places[kept..] {
            reach = reach.max(place.range.end);
            place.reach = reach;
        }
        taken
    }

    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.iter().find(|known| &***known == name) {
            return Arc::clone(known);
        }
        let new: Arc<str> = name.into();
        self.names.push(Arc::clone(&new));
        new
    }

    fn reach(&self) -> u64 {
        self.places.last().map_or(0, |place| place.reach)
    }

    /// The masks that overlap these bytes of the log, clipped to them.
    pub(super) fn within(&self, bytes: &Range<u64>) -> Vec<(Range<u64>, Arc<str>)> {
        let first = self.places.partition_point(|place| place.reach <= bytes.start);
        let until = self.places.partition_point(|place| place.range.start < bytes.end);
        let places = self.places.get(first..until).unwrap_or_default();
        let blind = self.blind_from.map(|from| (from..u64::MAX, Arc::from(UNREADABLE)));
        let known = places.iter().map(|place| (place.range.clone(), Arc::clone(&place.name)));
        known
            .chain(blind)
            .map(|(range, name)| (range.start.max(bytes.start)..range.end.min(bytes.end), name))
            .filter(|(range, _)| !range.is_empty())
            .collect()
    }
}

/// Appends masks to the file of one log.
#[derive(Debug)]
pub(super) struct MaskWriter {
    file: Option<File>,
    /// Bytes of whole records, with the header.
    good: u64,
}

impl MaskWriter {
    /// Goes on behind the last whole record. An end that cannot be read is replaced by masks for
    /// what it may have hidden.
    pub(super) fn open(path: &Path, log_len: u64) -> io::Result<Self> {
        let mut masks = Masks::default();
        masks.refresh(path)?;
        let mut writer = Self { file: None, good: masks.read };
        let Some(mut from) = masks.blind_from else { return Ok(writer) };
        let mut cover = Vec::new();
        while from < log_len {
            let len = u32::try_from(log_len - from).unwrap_or(u32::MAX);
            cover.push(Mask { offset: from, len, name: UNREADABLE.to_owned() });
            from += u64::from(len);
        }
        writer.append(path, &cover)?;
        Ok(writer)
    }

    /// Appends masks with one write.
    pub(super) fn append(&mut self, path: &Path, masks: &[Mask]) -> io::Result<()> {
        let mut records = Vec::new();
        if self.good == 0 {
            records.extend_from_slice(&header(MAGIC));
        }
        for mask in masks {
            write(&mut records, mask)?;
        }
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(open_or_make(path)?),
        };
        let written = file.write_all_at(&records, self.good);
        let whole = self.good + written.as_ref().map_or(0, |()| records.len() as u64);
        // Also after an error: what was written of a record would hide what comes next.
        let cut = file.set_len(whole);
        written?;
        cut?;
        self.good = whole;
        Ok(())
    }
}
