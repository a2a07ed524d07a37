//! What most lines show, without reading them character by character: for looking through a log of
//! any length. What cannot be told so is left to [`Filter`](super::Filter).

use super::filter::LINE_CAP;

/// Cells from one tab stop to the next.
const TAB: usize = 8;

/// The text that a raw line shows, given without its newline and without secrets in it; `None`
/// where only [`Filter::line`](super::Filter::line) can tell. It is the same text as that of
/// [`Shown::plain`](super::Shown::plain).
///
/// Quick are printable ASCII, tabs, colours and attributes, and carriage returns at the end.
pub fn quick<'a>(raw: &'a [u8], buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    if raw.len() > LINE_CAP {
        return None;
    }
    let end = raw.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    let raw = raw.get(..end)?;
    if raw.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return Some(raw);
    }
    buffer.clear();
    let mut rest = raw;
    while let Some((first, behind)) = rest.split_first() {
        rest = match first {
            b' '..=b'~' => {
                buffer.push(*first);
                behind
            }
            b'\t' => {
                let stop = (buffer.len() / TAB + 1) * TAB;
                buffer.resize(stop, b' ');
                behind
            }
            b'\x1b' => behind_colour(behind)?,
            _ => return None,
        };
    }
    Some(buffer)
}

/// What lies behind `[…m`, the rest of a colour or an attribute.
fn behind_colour(rest: &[u8]) -> Option<&[u8]> {
    let params = rest.strip_prefix(b"[")?;
    let end = params.iter().position(|byte| !matches!(byte, b'0'..=b';'))?;
    (params.get(end) == Some(&b'm')).then(|| params.get(end + 1..)).flatten()
}
