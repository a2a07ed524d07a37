//! Where a row is written from its first cell on again: what stood in it before is no part of what it
//! shows in the end.

use std::ops::Range;

/// Bytes of the longest sequence that goes back to the first cell.
pub const HOME_MAX: usize = 8;

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

/// Carriage returns, `CSI G`, `CSI 0 G`, `CSI 1 G`, and `CSI n D` by more cells than a row has.
fn homes(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let found = memchr::memchr2_iter(b'\r', b'\x1b', bytes);
    found.filter_map(|at| {
        let len = match bytes.get(at..)? {
            [b'\r', ..] => 1,
            [b'\x1b', b'[', b'G', ..] => 3,
            [b'\x1b', b'[', b'0' | b'1', b'G', ..] => 4,
            [b'\x1b', b'[', rest @ ..] => {
                let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let far = (3..=HOME_MAX - 3).contains(&digits) && rest.get(digits) == Some(&b'D');
                far.then_some(digits + 3)?
            }
            _ => return None,
        };
        Some(at..at + len)
    })
}
