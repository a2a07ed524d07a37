//! What a line must hold to fit a pattern, looked for in the raw bytes of many lines at once. Only
//! the lines that may fit are read as they are shown.
//!
//! A colour may stand in the middle of a word. So beside the lines that hold one of the texts with
//! which a fit begins (or ends), those may fit in which colours stand between two bytes of it, and
//! those that may show something else than their bytes.

use std::ops::Range;

use regex_syntax::{
    ParserBuilder,
    hir::{
        Hir,
        literal::{ExtractKind, Extractor, Seq},
    },
};

use super::pattern::{line_end, line_start};
use crate::text::{Verbatim, colours_end, unlike};

/// A text shorter than this is in too many lines.
const TEXT_MIN: usize = 2;

/// Looking at each line is no slower when more than one in so many bytes may fit.
const BYTES_PER_LINE: usize = 512;

/// But so few are always looked at by themselves.
const LINES_MIN: usize = 64;

/// What every line that fits shows.
#[derive(Debug)]
pub(super) struct Hint {
    texts: regex::bytes::Regex,
    /// Bytes that stand side by side in them.
    pairs: Pairs,
    known: Verbatim,
}

/// A set of pairs of bytes: for each first one, a bit for each second one.
#[derive(Debug)]
struct Pairs(Box<[[u64; 4]; 256]>);

impl Pairs {
    fn of(texts: &[Vec<u8>]) -> Self {
        let mut pairs = Box::new([[0; 4]; 256]);
        for pair in texts.iter().flat_map(|text| text.windows(2)) {
            if let [first, second] = pair {
                let (word, bit) = (usize::from(*second) / 64, u32::from(*second) % 64);
                if let Some(word) = pairs[usize::from(*first)].get_mut(word) {
                    *word |= 1 << bit;
                }
            }
        }
        Self(pairs)
    }

    fn begins(&self, first: u8) -> bool {
        self.0[usize::from(first)] != [0; 4]
    }

    fn has(&self, first: u8, second: u8) -> bool {
        let word = self.0[usize::from(first)].get(usize::from(second) / 64);
        word.is_some_and(|word| word >> (second % 64) & 1 == 1)
    }
}

impl Hint {
    /// That of a pattern, if lines that fit have something in common that is worth looking for.
    pub(super) fn of(pattern: &str, any_case: bool) -> Option<Self> {
        let hir = ParserBuilder::new().case_insensitive(any_case).build().parse(pattern).ok()?;
        [ExtractKind::Prefix, ExtractKind::Suffix]
            .into_iter()
            .filter_map(|kind| Self::at(&hir, &kind))
            .max_by_key(|(worth, _)| *worth)
            .map(|(_, hint)| hint)
    }

    /// What lines have in common where a fit begins, or where it ends; and what that is worth.
    fn at(hir: &Hir, kind: &ExtractKind) -> Option<(usize, Self)> {
        let whole = Extractor::new().kind(kind.clone()).extract(hir);
        let known = whole.literals()?.iter().try_fold(Verbatim::default(), |known, text| {
            let text = str::from_utf8(text.as_bytes()).ok()?;
            Some(known.and(Verbatim::of(text)?))
        })?;
        // Fewer and shorter ones are found faster; a line with a whole one has one of them.
        let mut short = whole;
        match kind {
            ExtractKind::Suffix => short.optimize_for_suffix_by_preference(),
            _ => short.optimize_for_prefix_by_preference(),
        }
        let worth = short.min_literal_len().filter(|bytes| *bytes >= TEXT_MIN)?;
        let texts = texts(&short)?;
        let pattern: Vec<String> = texts.iter().map(|text| in_pattern(text)).collect();
        let pattern = regex::bytes::Regex::new(&format!("(?-u){}", pattern.join("|"))).ok()?;
        Some((worth, Self { texts: pattern, pairs: Pairs::of(&texts), known }))
    }

    /// The lines of some bytes that may fit, without their ends, in no order and some more than
    /// once; `None` where it is better to look at all.
    pub(super) fn lines(&self, bytes: &[u8]) -> Option<Vec<Range<usize>>> {
        if self.known.code_point && !bytes.is_ascii() {
            return None;
        }
        let most = bytes.len() / BYTES_PER_LINE + LINES_MIN;
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut add = |at: usize| {
            if found.last().is_none_or(|last| !last.contains(&at)) {
                found.push(line_start(bytes, at)..line_end(bytes, at));
            }
            found.len() < most
        };
        let good = self.texts_in(bytes, &mut add)
            && self.split_texts_in(bytes, &mut add)
            && unlike(bytes, self.known, &mut add);
        good.then_some(found)
    }

    fn texts_in(&self, bytes: &[u8], add: &mut impl FnMut(usize) -> bool) -> bool {
        let mut at = 0;
        while let Some(hit) = self.texts.find_at(bytes, at) {
            if !add(hit.start()) {
                return false;
            }
            at = line_end(bytes, hit.start());
        }
        true
    }

    /// Colours between two bytes of a text, and escapes that are no colours.
    fn split_texts_in(&self, bytes: &[u8], add: &mut impl FnMut(usize) -> bool) -> bool {
        memchr::memchr_iter(b'\x1b', bytes).all(|escape| {
            let Some(end) = colours_end(bytes, escape) else { return add(escape) };
            let before = escape.checked_sub(1).and_then(|before| bytes.get(before));
            let split = before.filter(|before| self.pairs.begins(**before)).is_some_and(|before| {
                bytes.get(end).is_some_and(|behind| self.pairs.has(*before, *behind))
            });
            !split || add(escape)
        })
    }
}

fn texts(seq: &Seq) -> Option<Vec<Vec<u8>>> {
    Some(seq.literals()?.iter().map(|text| text.as_bytes().to_vec()).collect())
}

/// A text as a pattern of bytes.
fn in_pattern(text: &[u8]) -> String {
    text.iter().map(|byte| format!(r"\x{byte:02x}")).collect()
}
