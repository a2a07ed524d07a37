//! Lines that are longer than is shown of one: all of such a line is searched, part by part as each
//! part is shown; and where something is found far inside, there it is shown.

use super::{
    pattern::quick_of,
    source::{Raw, Source, show},
};
use crate::{
    store::{Block, DiskError, Line, Window},
    text::{Filter, LINE_CAP},
};

/// Bytes of one line that are searched.
pub(super) const WHOLE_MAX: u64 = 32 << 20;

/// Bytes of a part.
const PART: usize = 4096;

/// Bytes at the end of a part in which a colour may begin that goes on behind it.
const COLOUR_MAX: usize = 64;

/// Bytes at the end of a part in which a character may begin that goes on behind it.
const CHAR_MAX: usize = 4;

/// What a line says from its beginning to its end.
#[derive(Debug, Default)]
pub(super) struct Whole {
    pub(super) text: String,
    /// Where each part begins: in the text, and in the line.
    parts: Vec<(usize, usize)>,
}

impl Whole {
    pub(super) fn of(raw: &Raw<'_>) -> Self {
        let (mut whole, mut buffer, mut at) = (Self::default(), Vec::new(), 0);
        while at < raw.bytes.len() {
            let end = part_end(raw.bytes, at);
            whole.parts.push((whole.text.len(), at));
            let part = raw.part(at..end);
            match quick_of(&part, &mut buffer).and_then(|text| str::from_utf8(text).ok()) {
                Some(text) => whole.text.push_str(text),
                None => whole.text.push_str(&show(&mut Filter::default(), &part).plain()),
            }
            at = end;
        }
        whole
    }

    /// From where on the line is to be shown so that what is found first is seen, and a part before
    /// it; `None` where its beginning shows that.
    pub(super) fn far(&self, regex: &regex::Regex) -> Option<u64> {
        let hit = regex.find(&self.text)?.start();
        let here = self.parts.partition_point(|(text, _)| *text <= hit).saturating_sub(1);
        let (_, at) = self.parts.get(here)?;
        let (_, from) = self.parts.get(here.saturating_sub(1))?;
        (at + PART > LINE_CAP).then_some(*from as u64)
    }
}

/// Where a part ends: in no colour and in no character.
fn part_end(bytes: &[u8], at: usize) -> usize {
    let end = at + PART;
    let Some(part) = bytes.get(at..end).filter(|_| end < bytes.len()) else { return bytes.len() };
    let last = |within: usize, begins: fn(u8) -> bool| {
        let from = part.len().saturating_sub(within);
        part.get(from..)?.iter().rposition(|byte| begins(*byte)).map(|found| at + from + found)
    };
    // Cut before it if it is whole, too: the next part has it.
    let escape = last(COLOUR_MAX, |byte| byte == b'\x1b');
    escape.or_else(|| last(CHAR_MAX, |byte| byte >= 0xc0)).unwrap_or(end)
}

/// Reads on where a line was cut, as far as it is searched.
pub(super) fn lengthen(source: &mut impl Source, line: &mut Line) -> Result<(), DiskError> {
    if line.len > line.bytes.len() as u64 {
        let Window { bytes, masks } = source.part(line, 0..WHOLE_MAX)?;
        (line.bytes, line.masks) = (bytes, masks);
    }
    Ok(())
}

/// As [`lengthen`], a line that is a block.
pub(super) fn lengthen_block(
    source: &mut impl Source,
    block: &mut Block,
    bytes: &mut Vec<u8>,
) -> Result<(), DiskError> {
    if block.cut == 0 {
        return Ok(());
    }
    let Some(mut line) = source.lines(block.first.line, 1)?.pop() else { return Ok(()) };
    lengthen(source, &mut line)?;
    block.cut = line.len.saturating_sub(line.bytes.len() as u64);
    (*bytes, block.masks) = (line.bytes, line.masks);
    Ok(())
}
