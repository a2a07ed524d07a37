//! The three files of one attempt's log, and the header that the two beside it share.

use std::{
    ffi::OsString,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Bytes before the first record of an index or a mask file.
pub(super) const HEADER_BYTES: u64 = 16;

/// Format of index and mask files.
const VERSION: u32 = 1;

/// Where the files lie.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) log: PathBuf,
    pub(super) index: PathBuf,
    pub(super) masks: PathBuf,
}

impl Files {
    pub(super) fn beside(log: PathBuf) -> Self {
        let (index, masks) = (log.with_extension("idx"), log.with_extension("mask"));
        Self { log, index, masks }
    }

    /// Their names as the `n`th log that was set aside.
    pub(super) fn kept(&self, n: u32) -> Self {
        let kept = |path: &Path| {
            let mut name = OsString::from(path);
            name.push(format!(".kept-{n}"));
            PathBuf::from(name)
        };
        Self { log: kept(&self.log), index: kept(&self.index), masks: kept(&self.masks) }
    }
}

/// The header of a file: 8 bytes that say what it is, the version, and zero (u32 each).
pub(super) fn header(magic: [u8; 8]) -> [u8; 16] {
    let mut header = [0; 16];
    header[..8].copy_from_slice(&magic);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header
}

/// Reads until the buffer is full or the file ends.
pub(super) fn read_at(file: &impl FileExt, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
