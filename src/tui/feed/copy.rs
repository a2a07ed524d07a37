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
    /// It is more than a terminal takes.
    TooMuch,
}

/// Reads lines, those that are shown.
pub(super) fn copied<S: Source>(
    reader: &mut Reader<S>,
    layout: &Layout<'_>,
    lines: Range<u64>,
) -> Result<Copied, DiskError> {
    let (mut text, mut count, mut next) = (String::new(), 0, lines.start);
    loop {
        let numbers: Vec<u64> =
            layout.lane.down(next, AT_ONCE).into_iter().filter(|line| *line < lines.end).collect();
        let Some(last) = numbers.last() else { return Ok(Copied::Text(text, count)) };
        next = last + 1;
        for item in reader.fetch(&layout.finds.rows, &numbers)? {
            let mut shown = layout.who(&item);
            shown.push(&show(&mut Filter::default(), &Raw::item(&item)));
            let shown = shown.plain();
            if count > 0 {
                text.push('\n');
            }
            text.push_str(shown.trim_end());
            count += 1;
            if text.len() > COPY_BYTES_MAX {
                return Ok(Copied::TooMuch);
            }
        }
    }
}
