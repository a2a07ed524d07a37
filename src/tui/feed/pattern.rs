//! Which lines of a block fit a pattern: exactly those whose shown text fits it. Most lines show
//! their own bytes, and of those only what fits is looked at.

use std::ops::Range;

use super::source::{Raw, show};
use crate::{
    store::Block,
    text::{LINE_CAP, quick},
};

/// Bytes that are looked at together for anything but plain text.
const STRIDE: usize = 4096;

/// A pattern, made for looking through blocks.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: regex::Regex,
    bytes: regex::bytes::Regex,
    /// Whether what fits never reaches over a line end, so that many lines are looked at at once.
    wide: bool,
    /// Lines are wanted that do not fit.
    pub(crate) invert: bool,
}

/// A pattern that is none, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoPattern(pub(crate) String);

/// Compiled patterns are no larger than this.
const SIZE_MAX: usize = 1 << 20;

impl Pattern {
    /// A pattern with smart case: capital letters count only if there are any.
    ///
    /// # Errors
    /// What is wrong with it, in a line.
    pub(crate) fn new(text: &str, invert: bool) -> Result<Self, NoPattern> {
        let any_case = !has_capitals(text);
        let none = |error: regex::Error| {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default();
            NoPattern(last.trim_start_matches("error: ").to_owned())
        };
        let regex = regex::RegexBuilder::new(text)
            .case_insensitive(any_case)
            .size_limit(SIZE_MAX)
            .build()
            .map_err(none)?;
        let bytes = regex::bytes::RegexBuilder::new(text)
            .case_insensitive(any_case)
            .multi_line(true)
            .size_limit(SIZE_MAX)
            .build()
            .map_err(none)?;
        Ok(Self { regex, bytes, wide: is_wide(text), invert })
    }

    /// The pattern for text that is shown.
    pub(crate) fn regex(&self) -> &regex::Regex {
        &self.regex
    }

    /// Whether a text fits, or does not if that is what is wanted.
    pub(super) fn fits(&self, text: &str) -> bool {
        self.regex.is_match(text) != self.invert
    }

    /// The wanted lines of a block, in order.
    pub(super) fn find(&self, block: &Block, bytes: &[u8]) -> Vec<u64> {
        let mut found = Vec::new();
        let mut buffer = Vec::new();
        let mut lines = Lines::new(bytes, block.first.line);
        let mut at = 0;
        for odd in odd_lines(block, bytes) {
            self.plain(&mut lines, at..odd.start, &mut found);
            at = (odd.end + 1).min(bytes.len());
            let raw = Raw::of(block, bytes, odd.clone());
            let fits = match quick_of(&raw, &mut buffer) {
                Some(text) => self.bytes.is_match(text),
                None => {
                    self.regex.is_match(&show(&mut crate::text::Filter::default(), &raw).plain())
                }
            };
            if fits {
                found.push(lines.number(odd.start));
            }
        }
        self.plain(&mut lines, at..bytes.len(), &mut found);
        if !self.invert {
            return found;
        }
        let end = if block.open { block.next.line + 1 } else { block.next.line };
        let mut fits = found.into_iter().peekable();
        (block.first.line..end).filter(|line| fits.next_if_eq(line).is_none()).collect()
    }

    /// The lines of a part that show their own bytes.
    fn plain(&self, lines: &mut Lines<'_>, part: Range<usize>, found: &mut Vec<u64>) {
        let Some(bytes) = lines.bytes.get(part.clone()) else { return };
        let base = part.start;
        let mut at = 0;
        while at < bytes.len() {
            let (start, fits) = if self.wide {
                let Some(hit) = self.bytes.find_at(bytes, at) else { return };
                // An empty hit behind the last line end is in no line.
                if hit.start() >= bytes.len() {
                    return;
                }
                let start = line_start(bytes, hit.start());
                let end = line_end(bytes, hit.start());
                (start, hit.end() <= end || self.bytes.is_match(&bytes[start..end]))
            } else {
                let end = line_end(bytes, at);
                (at, self.bytes.is_match(&bytes[at..end]))
            };
            if fits {
                found.push(lines.number(base + start));
            }
            at = line_end(bytes, start) + 1;
        }
    }
}

fn has_capitals(text: &str) -> bool {
    // `\S` and `\W` are no capital letters.
    let mut escaped = false;
    text.chars().any(|c| {
        let counts = !escaped && c.is_uppercase();
        escaped = c == '\\' && !escaped;
        counts
    })
}

/// Whether the text of a pattern has nothing that fits a line end, or that means another thing in a
/// text of many lines.
fn is_wide(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(next)) if !matches!(next, 'b' | 'd' | 'w') && next.is_alphanumeric() => {
                return false;
            }
            ('\\', Some(_)) => drop(chars.next()),
            ('[', Some('^')) | ('(', Some('?')) | ('\\', None) => return false,
            (_, _) => {}
        }
    }
    true
}

/// Counts lines forward.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Bytes, and the number of their first line.
    pub(super) fn new(bytes: &'a [u8], line: u64) -> Self {
        Self { bytes, counted: 0, line }
    }

    /// The number of the line that begins there.
    pub(super) fn number(&mut self, start: usize) -> u64 {
        let passed = self.bytes.get(self.counted..start).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.counted = self.counted.max(start);
        self.line
    }
}

pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |end| end + 1)
}

pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(bytes.len(), |end| at + end)
}

/// What a line shows, where that can be told quickly.
pub(super) fn quick_of<'a>(raw: &Raw<'a>, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    let whole = raw.masks.is_empty() && raw.cut == 0;
    whole.then(|| quick(raw.bytes, buffer)).flatten()
}

/// Where the lines lie, without their ends, that may show something else than their bytes: in
/// order.
pub(super) fn odd_lines(block: &Block, bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = (at + STRIDE).min(bytes.len());
        let piece = bytes.get(at..end).unwrap_or_default();
        if is_plain(piece) {
            at = end;
            continue;
        }
        let odd = piece.iter().position(|byte| is_odd(*byte)).map_or(at, |odd| at + odd);
        let line = line_start(bytes, odd)..line_end(bytes, odd);
        at = line.end + 1;
        found.push(line);
    }
    let count = found.len();
    // A line that is longer than is shown has one of these bytes.
    for at in (LINE_CAP..bytes.len()).step_by(LINE_CAP) {
        let line = line_start(bytes, at)..line_end(bytes, at);
        if line.len() > LINE_CAP {
            found.push(line);
        }
    }
    if block.cut > 0 {
        found.push(line_start(bytes, bytes.len())..bytes.len());
    }
    for mask in &block.masks {
        let mut at = mask.at;
        let end = mask.at.saturating_add(mask.len).min(bytes.len());
        while at < end {
            let line = line_start(bytes, at)..line_end(bytes, at);
            at = line.end + 1;
            found.push(line);
        }
    }
    if found.len() > count {
        found.sort_by_key(|line| line.start);
        found.dedup();
    }
    found
}

fn is_odd(byte: u8) -> bool {
    byte.wrapping_sub(b' ') > b'~' - b' ' && byte != b'\n'
}

/// Without a branch for each byte, so that many are looked at at once.
fn is_plain(bytes: &[u8]) -> bool {
    !bytes.iter().fold(false, |odd, byte| odd | is_odd(*byte))
}
