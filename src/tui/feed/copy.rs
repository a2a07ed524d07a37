//! Lines for the clipboard: as they are shown, secrets hidden, without their colours; of several hosts
//! each with its host before it.

use std::ops::Range;

use super::{
    reader::Reader,
    rows::Layout,
    source::{Raw, Source, show},
};
use crate::{store::DiskError, text::Filter, tui::errand::COPY_BYTES_MAX};

/// Lines that are read at once.
const AT_ONCE: usize = 256;

/// What is to be copied.
pub(super) enum Copied {
    /// So many lines.
    Text(String, usize),
    /// The same, but of so many bytes no more than these.
    Piece(String, usize, Bytes),
    /// It is more than a terminal takes.
    TooMuch,
}

/// Bytes of lines: those that were read, and all.
#[derive(Clone, Copy, Default)]
pub(super) struct Bytes {
    pub(super) read: u64,
    pub(super) all: u64,
}

/// Reads lines, those that are shown: whole, as far as a terminal takes that; else the part of a long one
/// that is looked at.
pub(super) fn copied<S: Source>(
    reader: &mut Reader<S>,
    layout: &Layout<'_>,
    lines: Range<u64>,
) -> Result<Copied, DiskError> {
    let aim = reader.aim.take();
    let whole = read(reader, layout, lines.clone());
    reader.aim = aim;
    match whole? {
        Copied::Piece(..) | Copied::TooMuch if aim.is_some() => read(reader, layout, lines),
        whole @ (Copied::Text(..) | Copied::Piece(..) | Copied::TooMuch) => Ok(whole),
    }
}

fn read<S: Source>(
    reader: &mut Reader<S>,
    layout: &Layout<'_>,
    lines: Range<u64>,
) -> Result<Copied, DiskError> {
    let (mut text, mut count, mut next) = (String::new(), 0, lines.start);
    let mut bytes = Bytes::default();
    loop {
        let numbers: Vec<u64> =
            layout.lane.down(next, AT_ONCE).into_iter().filter(|line| *line < lines.end).collect();
        let Some(last) = numbers.last() else {
            return Ok(match bytes.read == bytes.all {
                true => Copied::Text(text, count),
                false => Copied::Piece(text, count, bytes),
            });
        };
        next = last + 1;
        for item in reader.fetch(&layout.finds.rows, &numbers)? {
            let mut shown = layout.who(&item);
            shown.push(&show(&mut Filter::default(), &Raw::item(&item)));
            bytes.read += item.line.bytes.len() as u64;
            bytes.all += item.line.len;
            let shown = shown.plain();
            let mut shown = shown.trim_end();
            if count > 0 {
                text.push('\n');
            }
            // Of the part of a line that is looked at, as much as there is room for.
            let room = COPY_BYTES_MAX.saturating_sub(text.len());
            if reader.aim.is_some_and(|(aim, _)| aim == item.number) && shown.len() > room {
                let end = (0..=room).rev().find(|at| shown.is_char_boundary(*at)).unwrap_or(0);
                shown = shown.get(..end).unwrap_or_default();
                bytes.read -= (item.line.bytes.len().saturating_sub(shown.len())) as u64;
            }
            text.push_str(shown);
            count += 1;
            if text.len() > COPY_BYTES_MAX {
                return Ok(Copied::TooMuch);
            }
        }
    }
}
