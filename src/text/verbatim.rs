//! Where raw lines hold what they show: for looking for a text in many raw bytes at once.

use super::neutral::{self, Kind};
use super::quick::behind_colour;

/// Bytes that are looked at together.
const STRIDE: usize = 64;

/// What is known of a text that is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verbatim {
    /// It has blanks: a tab shows some.
    pub blanks: bool,
    /// It has characters behind which the parts of an emoji are left out.
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
            emoji: text.chars().any(neutral::takes_emoji_parts),
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

/// Tells places in whole lines at which one may show such a text that does not hold it, colours
/// aside. `false` where the one who is told wants no more of them.
pub fn unlike(bytes: &[u8], known: Verbatim, mut told: impl FnMut(usize) -> bool) -> bool {
    let tabs = known.blanks;
    let is_odd = |byte: u8| {
        (byte < b' ') & (byte != b'\n') & (byte != b'\x1b') & (tabs | (byte != b'\t'))
            | (byte == b'\x7f')
    };
    for (at, chunk) in bytes.chunks(STRIDE).enumerate() {
        // Without a branch for each byte, so that all of a chunk are looked at at once.
        if !chunk.iter().fold(false, |odd, byte| odd | is_odd(*byte)) {
            continue;
        }
        for (place, byte) in chunk.iter().enumerate() {
            let place = at * STRIDE + place;
            let is_end = *byte == b'\r' && bytes.get(place + 1).is_none_or(|next| *next == b'\n');
            if is_odd(*byte) && !is_end && !told(place) {
                return false;
            }
        }
    }
    // The other control characters, and the parts of an emoji.
    let mut twos = memchr::memchr_iter(0xc2, bytes);
    let mut good = twos.all(|at| {
        let is_control = bytes.get(at + 1).is_some_and(|next| matches!(next, 0x80..=0x9f));
        !is_control || told(at)
    });
    if known.emoji {
        good = good && memchr::memchr2_iter(0xef, 0xf0, bytes).all(&mut told);
        good = good && memchr::memmem::find_iter(bytes, "\u{200d}").all(&mut told);
    }
    good
}

/// Where the colours end that begin with the escape there; `None`: something else begins there.
pub fn colours_end(bytes: &[u8], escape: usize) -> Option<usize> {
    let mut rest = bytes.get(escape..)?;
    while let Some((b'\x1b', behind)) = rest.split_first() {
        rest = behind_colour(behind)?;
    }
    Some(bytes.len() - rest.len())
}
