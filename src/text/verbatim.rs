//! Where raw lines hold what they show: for looking for a text in many raw bytes at once.

use super::neutral::{self, Kind};
use super::quick::behind_colour;

/// Bytes that are looked at together.
const STRIDE: usize = 64;

/// With these end the sequences behind which a line is written over, or becomes blank. Plain text has
/// them, too: [`is_rewrite`] tells.
#[rustfmt::skip]
pub const REWRITES: [&str; 23] = [
    "2K", "[G", "0G", "1G", "2G", "3G", "4G", "5G", "6G", "7G", "8G", "9G",
    "[D", "0D", "1D", "2D", "3D", "4D", "5D", "6D", "7D", "8D", "9D",
];

/// Whether a whole sequence ends there behind which a line is written over, or becomes blank.
pub fn is_rewrite(bytes: &[u8], end: usize) -> bool {
    let Some((last, before)) = bytes.get(..end).and_then(<[u8]>::split_last) else { return false };
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (intro, params) = before.split_at(before.len() - digits);
    let rewrites = matches!((last, params), (b'G' | b'D', _) | (b'K', b"2"));
    rewrites && intro.ends_with(b"\x1b[")
}

/// What is known of a text that is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verbatim {
    /// It has blanks: a tab shows some.
    pub blanks: bool,
    /// It has characters behind which presentation selectors are left out.
    pub emoji: bool,
    /// It can be part of what is shown in place of a hidden character.
    pub code_point: bool,
}

impl Verbatim {
    /// What is known of a text; `None` where a line may show it that does not hold it.
    pub fn of(text: &str) -> Option<Self> {
        let is_itself = |c: char| {
            matches!(c, ' '..='~')
                || (c.is_alphabetic() && matches!(neutral::kind(c), Kind::Visible(_)))
        };
        let in_code_point = |c: char| c.is_ascii_hexdigit() || matches!(c, 'U' | '+');
        text.chars().all(is_itself).then(|| Self {
            blanks: text.contains(' '),
            emoji: text.chars().any(neutral::takes_selectors),
            code_point: text.contains(['<', '>']) || text.chars().all(in_code_point),
        })
    }

    /// What is known of both.
    pub fn and(self, other: Self) -> Self {
        Self {
            blanks: self.blanks || other.blanks,
            emoji: self.emoji || other.emoji,
            code_point: self.code_point || other.code_point,
        }
    }
}

/// Tells places in whole lines at which one may show such a text that does not hold it: all but
/// escape sequences. `false` where the one who is told wants no more of them.
///
/// A sequence matters only directly behind a character of the text, or if it [is one](is_rewrite) behind
/// which a line is written over.
pub fn odd_places(bytes: &[u8], known: Verbatim, mut told: impl FnMut(usize) -> bool) -> bool {
    let (chunks, rest) = bytes.as_chunks::<STRIDE>();
    for (at, chunk) in chunks.iter().enumerate() {
        let all = at * STRIDE..(at + 1) * STRIDE;
        if !is_even(chunk) && !all.into_iter().all(|at| !is_odd(bytes, at) || told(at)) {
            return false;
        }
    }
    let from = bytes.len() - rest.len();
    let mut good = (from..bytes.len()).all(|at| !is_odd(bytes, at) || told(at));
    if known.blanks {
        good = good && memchr::memchr_iter(b'\t', bytes).all(&mut told);
    }
    if known.emoji {
        good = good && memchr::memchr_iter(0xef, bytes).all(&mut told);
    }
    good
}

/// Whether nothing in a chunk is odd. `false` may be wrong.
///
/// There is no branch for a byte, so that many are looked at at once.
fn is_even(chunk: &[u8; STRIDE]) -> bool {
    let is_odd = |byte: u8| {
        let low = (byte < b' ') & (byte != b'\n') & (byte != b'\x1b') & (byte != b'\t');
        low | (byte == b'\x7f') | (byte == 0xc2)
    };
    !chunk.iter().fold(false, |odd, byte| odd | is_odd(*byte))
}

fn is_odd(bytes: &[u8], at: usize) -> bool {
    let next = bytes.get(at + 1);
    match bytes.get(at) {
        Some(b'\n' | b'\x1b' | b'\t') | None => false,
        Some(b'\r') => next.is_some_and(|next| *next != b'\n'),
        Some(0xc2) => next.is_some_and(|next| matches!(next, 0x80..=0x9f)),
        Some(byte) => *byte < b' ' || *byte == b'\x7f',
    }
}

/// Where the colours end that begin with the escape there; `None`: something else begins there.
pub fn colours_end(bytes: &[u8], escape: usize) -> Option<usize> {
    let mut rest = bytes.get(escape..)?;
    while let Some((b'\x1b', behind)) = rest.split_first() {
        rest = behind_colour(behind)?;
    }
    Some(bytes.len() - rest.len())
}
