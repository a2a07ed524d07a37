//! What most lines show, without reading them character by character: for looking through a log of
//! any length. What cannot be told so is left to [`Filter`](super::Filter).

use super::{
    escapes::SEQUENCE_CAP,
    filter::LINE_CAP,
    neutral::{Kind, kind},
};

/// Cells from one tab stop to the next.
const TAB: usize = 8;

/// Bytes that are looked at together.
const STRIDE: usize = 32;

/// The text that a raw line shows, given without its newline and without secrets in it; `None`
/// where only [`Filter::line`](super::Filter::line) can tell. It is the same text as that of
/// [`Shown::plain`](super::Shown::plain).
///
/// Quick are characters that stand for themselves, tabs, colours and attributes, and carriage
/// returns at the end.
pub fn quick<'a>(raw: &'a [u8], buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    if raw.len() > LINE_CAP {
        return None;
    }
    let end = raw.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    let raw = raw.get(..end)?;
    let (run, mut rest) = raw.split_at(plain_run(raw));
    if rest.is_empty() {
        return Some(raw);
    }
    buffer.clear();
    buffer.extend_from_slice(run);
    // What the text has more bytes than cells.
    let mut more = 0;
    while let Some((first, behind)) = rest.split_first() {
        rest = match first {
            b' '..=b'~' => {
                let (run, behind) = rest.split_at(plain_run(rest));
                buffer.extend_from_slice(run);
                behind
            }
            b'\t' => {
                let stop = ((buffer.len() - more) / TAB + 1) * TAB;
                buffer.resize(stop + more, b' ');
                behind
            }
            b'\x1b' => behind_colour(behind)?,
            0x80.. => {
                let (bytes, behind) = rest.split_at_checked(length(*first)?)?;
                let Kind::Visible(cells) = kind(str::from_utf8(bytes).ok()?.chars().next()?) else {
                    return None;
                };
                buffer.extend_from_slice(bytes);
                more += bytes.len() - cells;
                behind
            }
            _ => return None,
        };
    }
    Some(buffer)
}

/// How many bytes from the first on are printable ASCII.
fn plain_run(bytes: &[u8]) -> usize {
    let is_odd = |byte: u8| byte.wrapping_sub(b' ') > b'~' - b' ';
    let mut at = 0;
    // Without a branch for each byte, so that all of a chunk are looked at at once.
    for chunk in bytes.chunks(STRIDE) {
        if chunk.iter().fold(false, |odd, byte| odd | is_odd(*byte)) {
            return at + chunk.iter().position(|byte| is_odd(*byte)).unwrap_or(0);
        }
        at += chunk.len();
    }
    at
}

/// Bytes of a character in UTF-8 that begins so, unless it is ASCII.
fn length(first: u8) -> Option<usize> {
    match first {
        0xc2..=0xdf => Some(2),
        0xe0..=0xef => Some(3),
        0xf0..=0xf4 => Some(4),
        _ => None,
    }
}

/// What lies behind `[…m`, the rest of a colour or an attribute.
pub(super) fn behind_colour(rest: &[u8]) -> Option<&[u8]> {
    let params = rest.strip_prefix(b"[")?;
    let end = params.iter().position(|byte| !matches!(byte, b'0'..=b';'))?;
    // With the bracket and the letter it is no longer than a sequence may be.
    let is_whole = params.get(end) == Some(&b'm') && end + 2 <= SEQUENCE_CAP;
    is_whole.then(|| params.get(end + 1..)).flatten()
}
