//! Where a row is written from its first cell on again: what stood in it before is no part of what it
//! shows in the end.

use std::ops::Range;

use super::escapes::SEQUENCE_CAP;

/// Bytes of the longest sequence that goes back to the first cell.
pub const HOME_MAX: usize = 12;

/// Most digits in it.
const DIGITS_MAX: usize = HOME_MAX - 3;

/// Cells that no terminal has in a row. Whoever goes back by as many means the first one; to go back by
/// fewer leads there only from one of the first cells.
pub(super) const FAR: usize = 999;

/// Behind the first place that goes back to the first cell and that something follows.
pub fn rewritten(bytes: &[u8]) -> Option<usize> {
    let bytes = without_returns(bytes);
    homes(bytes).map(|home| home.end).find(|end| *end < bytes.len())
}

/// Behind the last such place; `followed`: something is written behind these bytes.
pub fn rewritten_last(bytes: &[u8], followed: bool) -> Option<usize> {
    let bytes = if followed { bytes } else { without_returns(bytes) };
    homes(bytes).map(|home| home.end).filter(|end| followed || *end < bytes.len()).last()
}

/// A carriage return that nothing follows rewrites nothing.
fn without_returns(bytes: &[u8]) -> &[u8] {
    let written = bytes.iter().rposition(|byte| *byte != b'\r').map_or(0, |last| last + 1);
    bytes.get(..written).unwrap_or_default()
}

/// Carriage returns, `CSI G`, `CSI 0 G`, `CSI 1 G`, and `CSI n D` by [`FAR`] or more: whatever stands
/// before these bytes, they go there. A `CSI n D` by less may, too; what it does is seen when what is
/// behind the place before it is written again.
fn homes(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    // A carriage return in a title or the like is no part of the row.
    let mut inside = 0;
    memchr::memchr2_iter(b'\r', b'\x1b', bytes).filter_map(move |at| {
        let len = match bytes.get(at..)? {
            [b'\r', ..] => (at >= inside).then_some(1)?,
            [b'\x1b', b']' | b'P' | b'_' | b'^' | b'X', payload @ ..] => {
                inside = at + 2 + payload_len(payload);
                return None;
            }
            [b'\x1b', rest @ ..] => {
                inside = at;
                goes_home(rest)? + 1
            }
            _ => return None,
        };
        Some(at..at + len)
    })
}

/// Bytes of a sequence behind its escape that goes back to the first cell.
fn goes_home(rest: &[u8]) -> Option<usize> {
    let params = rest.strip_prefix(b"[")?;
    let digits = params.iter().take(DIGITS_MAX).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, last) = params.split_at(digits);
    let number = number.iter().fold(0, |all, digit| all * 10 + usize::from(digit - b'0'));
    match last.first()? {
        b'G' => number <= 1,
        b'D' => number >= FAR,
        _ => false,
    }
    .then_some(digits + 2)
}

/// Bytes that are inside of a sequence with a text in it, before what ends it.
fn payload_len(payload: &[u8]) -> usize {
    let most = payload.get(..SEQUENCE_CAP - 1).unwrap_or(payload);
    let ends = |at: &usize| match payload.get(*at..) {
        Some([0x07 | 0x18 | 0x1a | 0x1b, ..] | [0xc2, 0x9c, ..]) => true,
        Some(_) | None => false,
    };
    (0..most.len()).find(ends).unwrap_or(most.len())
}
