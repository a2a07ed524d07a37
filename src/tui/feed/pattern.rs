//! Which lines of a block fit a pattern: exactly those whose shown text fits it. Most lines show
//! their own bytes, and of those only what fits is looked at.

use std::ops::Range;

use regex::bytes::Regex;

use super::{
    hint::Hint,
    source::{Raw, show},
    whole::Whole,
    wrong::NoPattern,
};
use crate::{
    store::Block,
    text::{Filter, LINE_CAP, quick},
};

/// Bytes that are looked at together for anything but plain text: more and more while there is
/// nothing else.
const STRIDES: Range<usize> = 64..4096;

/// A pattern, made for looking through blocks.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: regex::Regex,
    /// The same for many lines at once.
    many: Regex,
    /// And where they are ASCII alone.
    ascii: Regex,
    reach: Reach,
    /// Whether lines with more than ASCII are looked at together, too: an edge of a word is found
    /// there only slowly, so those lines are then looked at by themselves.
    joins: bool,
    hint: Option<Hint>,
    /// Lines are wanted that do not fit.
    pub(crate) invert: bool,
}

/// What a pattern finds in a text of many lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// What it finds in the lines by themselves.
    Within,
    /// That and what reaches over line ends.
    Over,
    /// Something else: an end of the text means an end of the line.
    Line,
}

/// Compiled patterns are no larger than this.
const SIZE_MAX: usize = 1 << 20;

impl Pattern {
    /// A pattern with smart case: capital letters count only if there are any.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub(crate) fn new(text: &str, invert: bool) -> Result<Self, NoPattern> {
        let any_case = !has_capitals(text);
        let none = |error: regex::Error| NoPattern::of(text, &error);
        let regex = regex::RegexBuilder::new(text)
            .case_insensitive(any_case)
            .size_limit(SIZE_MAX)
            .build()
            .map_err(none)?;
        let bytes = |unicode| {
            regex::bytes::RegexBuilder::new(text)
                .case_insensitive(any_case)
                .multi_line(true)
                .unicode(unicode)
                .size_limit(SIZE_MAX)
                .build()
        };
        // In ASCII both find the same, but without all of Unicode it is faster. A pattern that
        // speaks of characters beyond ASCII is refused then.
        let many = bytes(true).map_err(none)?;
        let ascii = bytes(false).unwrap_or_else(|_| many.clone());
        let hint = Hint::of(text, any_case);
        Ok(Self {
            regex,
            many,
            ascii,
            reach: Reach::of(text),
            joins: !has_edges(text),
            hint,
            invert,
        })
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
        let found = self.fitting(block, bytes);
        if !self.invert {
            return found;
        }
        let end = if block.open { block.next.line + 1 } else { block.next.line };
        let mut fits = found.into_iter().peekable();
        (block.first.line..end).filter(|line| fits.next_if_eq(line).is_none()).collect()
    }

    fn fitting(&self, block: &Block, bytes: &[u8]) -> Vec<u64> {
        if let Some(lines) = self.hint.as_ref().and_then(|hint| hint.lines(bytes)) {
            return self.those_of(lines, block, bytes);
        }
        self.all(block, bytes)
    }

    /// Those that fit of some lines, and of those that always show something else than their bytes.
    fn those_of(&self, lines: Vec<Range<usize>>, block: &Block, bytes: &[u8]) -> Vec<u64> {
        let mut all = lines;
        all.extend(special_lines(block, bytes));
        all.sort_by_key(|line| line.start);
        all.dedup();
        let mut lines = Lines::new(bytes, block.first.line);
        let mut buffer = Vec::new();
        let fits = |line: Range<usize>| {
            let start = line.start;
            let raw = Raw::of(block, bytes, line);
            self.shows(&raw, quick_of(&raw, &mut buffer)).then(|| lines.number(start))
        };
        all.into_iter().filter_map(fits).collect()
    }

    /// Whether what a line shows fits, which may be known by now.
    fn shows(&self, raw: &Raw<'_>, shown: Option<&[u8]>) -> bool {
        match shown.and_then(|shown| str::from_utf8(shown).ok()) {
            Some(shown) => self.regex.is_match(shown),
            None if raw.bytes.len() > LINE_CAP => self.regex.is_match(&Whole::of(raw).text),
            None => self.regex.is_match(&show(&mut Filter::default(), raw).plain()),
        }
    }

    /// Whether a line fits that was read by itself, as far as it is searched; and from where on it is
    /// to be shown so that this is seen.
    pub(super) fn fits_whole(&self, raw: &Raw<'_>) -> (bool, Option<u64>) {
        if raw.bytes.len() <= LINE_CAP {
            return (self.fits(&show(&mut Filter::default(), raw).plain()), None);
        }
        let whole = Whole::of(raw);
        (self.fits(&whole.text), whole.far(&self.regex))
    }

    /// Lines of a block that are to be shown from somewhere else than their beginning on, and where.
    pub(super) fn far(&self, block: &Block, bytes: &[u8]) -> Vec<(u64, u64)> {
        let mut lines = Lines::new(bytes, block.first.line);
        let far = |line: Range<usize>| {
            let number = lines.number(line.start);
            Some((number, Whole::of(&Raw::of(block, bytes, line)).far(&self.regex)?))
        };
        long_lines(bytes).into_iter().filter_map(far).collect()
    }

    /// Looks at all lines.
    fn all(&self, block: &Block, bytes: &[u8]) -> Vec<u64> {
        let (mut found, mut line) = (Vec::new(), block.first.line);
        let odd_lines = odd_lines(block, bytes);
        if odd_lines.is_empty() {
            self.plain(&mut Lines::new(bytes, line), &mut found);
            return found;
        }
        // What the lines show, as long as that is told quickly: one search for all of them.
        let mut text = Vec::with_capacity(bytes.len());
        let mut buffer = Vec::new();
        let mut at = 0;
        for odd in odd_lines {
            text.extend_from_slice(bytes.get(at..odd.start).unwrap_or_default());
            at = (odd.end + 1).min(bytes.len());
            let raw = Raw::of(block, bytes, odd);
            let shown = quick_of(&raw, &mut buffer);
            if let Some(shown) = shown.filter(|shown| self.joins || shown.is_ascii()) {
                text.extend_from_slice(shown);
                text.push(b'\n');
                continue;
            }
            let mut lines = Lines::new(&text, line);
            self.plain(&mut lines, &mut found);
            line = lines.number(text.len());
            text.clear();
            if self.shows(&raw, shown) {
                found.push(line);
            }
            line += 1;
        }
        text.extend_from_slice(bytes.get(at..).unwrap_or_default());
        self.plain(&mut Lines::new(&text, line), &mut found);
        found
    }

    /// Looks through lines that are what they show.
    fn plain(&self, lines: &mut Lines<'_>, found: &mut Vec<u64>) {
        let regex = if lines.bytes.is_ascii() { &self.ascii } else { &self.many };
        let mut at = 0;
        while at < lines.bytes.len() {
            let next = match self.reach {
                Reach::Within => within(regex, lines, at, found),
                Reach::Over => over(regex, lines, at, found),
                Reach::Line => Some(one(regex, lines, at, found)),
            };
            let Some(next) = next else { return };
            at = next;
        }
    }
}

/// The first line from there on that fits; where the one behind it begins.
fn within(regex: &Regex, lines: &mut Lines<'_>, at: usize, found: &mut Vec<u64>) -> Option<usize> {
    let bytes = lines.bytes;
    // No matter where it begins: that is in the same line.
    let hit = regex.shortest_match_at(bytes, at)?;
    if is_behind(bytes, hit) {
        return None;
    }
    found.push(lines.number(line_start(bytes, hit)));
    Some(line_end(bytes, hit) + 1)
}

/// As [`within`], or the lines that what is found reaches over, read by themselves.
fn over(regex: &Regex, lines: &mut Lines<'_>, at: usize, found: &mut Vec<u64>) -> Option<usize> {
    let bytes = lines.bytes;
    let hit = regex.find_at(bytes, at)?;
    if is_behind(bytes, hit.start()) {
        return None;
    }
    let start = line_start(bytes, hit.start());
    let end = line_end(bytes, hit.start());
    if hit.end() <= end {
        found.push(lines.number(start));
        return Some(end + 1);
    }
    let mut next = start;
    while next < hit.end() {
        next = one(regex, lines, next, found);
    }
    Some(next)
}

/// The line that begins there; where the next one does.
fn one(regex: &Regex, lines: &mut Lines<'_>, at: usize, found: &mut Vec<u64>) -> usize {
    let end = line_end(lines.bytes, at);
    if regex.is_match(lines.bytes.get(at..end).unwrap_or_default()) {
        found.push(lines.number(at));
    }
    end + 1
}

impl Reach {
    fn of(text: &str) -> Self {
        let mut reach = Self::Within;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek().copied()) {
                ('\\', Some('b' | 'B' | 'd' | 'w' | 'S')) => drop(chars.next()),
                ('\\', Some('s' | 'D' | 'W' | 't')) | ('[', Some('^' | ':')) => reach = Self::Over,
                ('\\', Some(next)) if !next.is_alphanumeric() => drop(chars.next()),
                ('\\', _) => return Self::Line,
                ('(', Some('?')) => {
                    let flags = chars.clone().skip(1);
                    let flags: String =
                        flags.take_while(|c| !matches!(c, ':' | '<' | ')')).collect();
                    if !matches!(flags.as_str(), "" | "P" | "i") {
                        return Self::Line;
                    }
                }
                (c, _) if c.is_control() => reach = Self::Over,
                (_, _) => {}
            }
        }
        reach
    }
}

/// Whether a place is behind the last line end, where no line is.
fn is_behind(bytes: &[u8], at: usize) -> bool {
    at >= bytes.len() && bytes.last().is_none_or(|last| *last == b'\n')
}

/// Whether it speaks of edges of words.
fn has_edges(text: &str) -> bool {
    [r"\b", r"\B", r"\<", r"\>"].iter().any(|edge| text.contains(edge))
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
    let (mut at, mut stride) = (0, STRIDES.start);
    while at < bytes.len() {
        let end = (at + stride).min(bytes.len());
        let piece = bytes.get(at..end).unwrap_or_default();
        if is_plain(piece) {
            (at, stride) = (end, (stride * 2).min(STRIDES.end));
            continue;
        }
        let odd = at + first_odd(piece);
        let line = line_start(bytes, odd)..line_end(bytes, odd);
        (at, stride) = (line.end + 1, STRIDES.start);
        found.push(line);
    }
    let special = special_lines(block, bytes);
    if !special.is_empty() {
        found.extend(special);
        found.sort_by_key(|line| line.start);
        found.dedup();
    }
    found
}

/// Lines that are longer than is shown of one.
fn long_lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    // Each has one of these bytes.
    for at in (LINE_CAP..bytes.len()).step_by(LINE_CAP) {
        if found.last().is_some_and(|last| at < last.end) {
            continue;
        }
        let line = line_start(bytes, at)..line_end(bytes, at);
        if line.len() > LINE_CAP {
            found.push(line);
        }
    }
    found
}

/// Lines with words of ours in them: for secrets, and for what is left out.
fn special_lines(block: &Block, bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = long_lines(bytes);
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
    found
}

fn first_odd(bytes: &[u8]) -> usize {
    let mut chunks = bytes.chunks(STRIDES.start);
    let plain = chunks.position(|chunk| !is_plain(chunk)).unwrap_or(0) * STRIDES.start;
    let rest = bytes.get(plain..).unwrap_or_default();
    plain + rest.iter().position(|byte| is_odd(*byte)).unwrap_or(0)
}

fn is_odd(byte: u8) -> bool {
    byte.wrapping_sub(b' ') > b'~' - b' ' && byte != b'\n'
}

/// Without a branch for each byte, so that many are looked at at once.
fn is_plain(bytes: &[u8]) -> bool {
    !bytes.iter().fold(false, |odd, byte| odd | is_odd(*byte))
}
