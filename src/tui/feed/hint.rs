//! What a line must hold to fit a pattern, looked for in the raw bytes of many lines at once. Only
//! the lines that may fit are read as they are shown.
//!
//! A colour may stand in the middle of a word. So beside the lines that hold one of the texts with
//! which a fit begins (or ends), those may fit in which colours or other sequences stand between two
//! bytes of it, those that write themselves over, and those with other characters that are not shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use regex::bytes::Regex;
use regex_syntax::{
    ParserBuilder,
    hir::{
        Hir,
        literal::{ExtractKind, Extractor, Seq},
    },
};

use super::pattern::{line_end, line_start};
use crate::text::{REWRITES, Verbatim, colours_end, is_rewrite, odd_places};

/// A text shorter than this is in too many lines.
const TEXT_MIN: usize = 2;

/// Looking at each line is no slower when more than one in so many bytes may fit.
const BYTES_PER_LINE: usize = 512;

/// But so few are always looked at by themselves.
const LINES_MIN: usize = 64;

/// What every line that fits shows.
#[derive(Debug)]
pub(super) struct Hint {
    /// The texts of which each of these lines shows one.
    any: Regex,
    /// A byte of them that is not the last and an escape behind it, or the end of a sequence that
    /// writes a line over.
    escapes: Regex,
    splits: Splits,
    known: Verbatim,
}

/// How texts can be split in two: by the bytes to both sides, all that may stand before.
type Splits = BTreeMap<(u8, u8), BTreeSet<Vec<u8>>>;

fn splits(texts: &[Vec<u8>]) -> Splits {
    let mut splits = Splits::new();
    for text in texts {
        for (at, pair) in text.windows(2).enumerate() {
            if let ([last, next], Some(head)) = (pair, text.get(..=at)) {
                splits.entry((*last, *next)).or_default().insert(head.to_vec());
            }
        }
    }
    splits
}

impl Hint {
    /// That of a pattern, if lines that fit have something in common that is worth looking for.
    pub(super) fn of(pattern: &str, any_case: bool) -> Option<Self> {
        let hir = ParserBuilder::new().case_insensitive(any_case).build().parse(pattern).ok()?;
        [ExtractKind::Suffix, ExtractKind::Prefix]
            .into_iter()
            .filter_map(|kind| Self::at(&hir, &kind))
            .max_by_key(|(worth, hint)| (!hint.known.code_point, *worth))
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
        if matches!(kind, ExtractKind::Suffix) {
            short.optimize_for_suffix_by_preference();
        } else {
            short.optimize_for_prefix_by_preference();
        }
        let worth = short.min_literal_len().filter(|bytes| *bytes >= TEXT_MIN)?;
        let texts = texts(&short)?;
        let firsts: BTreeSet<u8> =
            texts.iter().flat_map(|text| text.iter().rev().skip(1)).copied().collect();
        let mut ends: Vec<Vec<u8>> = firsts.into_iter().map(|byte| vec![byte, b'\x1b']).collect();
        ends.extend(REWRITES.map(|end| end.as_bytes().to_vec()));
        let hint =
            Self { any: any_of(&texts)?, escapes: any_of(&ends)?, splits: splits(&texts), known };
        Some((worth, hint))
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
            && self.escapes_in(bytes, &mut add)
            && odd_places(bytes, self.known, &mut add);
        good.then_some(found)
    }

    fn texts_in(&self, bytes: &[u8], add: &mut impl FnMut(usize) -> bool) -> bool {
        let mut at = 0;
        while let Some(hit) = self.any.find_at(bytes, at) {
            if !add(hit.start()) {
                return false;
            }
            at = line_end(bytes, hit.start());
        }
        true
    }

    /// Whether a text that begins before these colours may go on behind them.
    fn is_split(&self, bytes: &[u8], colours: usize, end: usize) -> bool {
        let before = bytes.get(..colours).unwrap_or_default();
        let Some((last, next)) = before.last().zip(bytes.get(end)) else { return false };
        let heads = self.splits.get(&(*last, *next));
        heads.is_some_and(|heads| heads.iter().any(|head| before.ends_with(head)))
    }

    fn escapes_in(&self, bytes: &[u8], add: &mut impl FnMut(usize) -> bool) -> bool {
        // Most text has none, and that is told much sooner.
        let Some(first) = memchr::memchr(b'\x1b', bytes) else { return true };
        let mut at = first.saturating_sub(1);
        while let Some(hit) = self.escapes.find_at(bytes, at) {
            let escape = hit.start() + 1;
            at = hit.end();
            let may_fit = if bytes.get(escape) == Some(&b'\x1b') {
                // Something else goes on behind a colour, unless it is the first in the middle of a text.
                let end = colours_end(bytes, escape);
                end.is_none_or(|end| self.is_split(bytes, escape, end))
            } else if is_rewrite(bytes, hit.end()) {
                true
            } else {
                // Plain text, whose last byte an escape may follow.
                at = escape;
                false
            };
            if may_fit && !add(hit.start()) {
                return false;
            }
        }
        true
    }
}

fn texts(seq: &Seq) -> Option<Vec<Vec<u8>>> {
    Some(seq.literals()?.iter().map(|text| text.as_bytes().to_vec()).collect())
}

/// Finds any of these texts.
fn any_of(texts: &[Vec<u8>]) -> Option<Regex> {
    let byte = |byte: &u8| format!(r"\x{byte:02x}");
    let texts: Vec<String> = texts.iter().map(|text| text.iter().map(byte).collect()).collect();
    Regex::new(&format!("(?-u){}", texts.join("|"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, wanted: Option<&[&str]>) {
        let hint = Hint::of(pattern, true);
        let lines = hint.as_ref().and_then(|hint| hint.lines(text.as_bytes()));
        let lines = lines.map(|lines| {
            let mut lines: Vec<&str> = lines.into_iter().map(|line| &text[line]).collect();
            lines.sort_unstable();
            lines.dedup();
            lines
        });
        assert_eq!(lines.as_deref(), wanted, "{pattern}");
    }

    #[test]
    fn lines_that_may_fit_are_those_that_hold_a_text_whole_or_in_colours() {
        let text = "calm\n\x1b[31mred\x1b[0m\nDeadlock\nde\x1b[1madlock\n\x1b[1mdea\x1b[0m\x1b[2mdlock\n\
                    de adlock\ntéte";
        let whole = "Deadlock";
        let split = ["\x1b[1mdea\x1b[0m\x1b[2mdlock", "Deadlock", "de\x1b[1madlock"];
        check("deadlock", text, Some(&split));
        check("no+thing", text, Some(&[]));
        check(
            ".*dlock$",
            text,
            Some(&["\x1b[1mdea\x1b[0m\x1b[2mdlock", whole, "de\x1b[1madlock", "de adlock"]),
        );
        check("T[eé]te", text, Some(&["téte"]));
        for pattern in ["a", "a*", ".", "[a-z]+[0-9]+", "(?:dead|x)?", "‹", "1\u{fe0f}", "\\t"] {
            assert!(Hint::of(pattern, true).is_none(), "{pattern}");
        }
    }

    #[test]
    fn plain_text_that_looks_like_the_end_of_a_sequence_is_not_read() {
        let plain = "2K 10G [G [D 3D\n0D 0A 1G\n120D [12G\n\x1b[31m9D\x1b[0m\n";
        check("nothing", plain, Some(&[]));
        check("Deadlock", plain, Some(&[]));
        for rewrites in ["3G", "G", "120D", "D", "1234567890D", "2K", "007G"] {
            let line = format!("2Kb 3D\x1b[{rewrites}0D");
            check("nothing", &format!("{plain}{line}\n"), Some(&[&line]));
        }
        // A colour begins right behind such an end.
        check("Deadlock", "calm\nx9D\x1b[1meadlock\n", Some(&["x9D\x1b[1meadlock"]));
        check("Gone", "[G\x1b[1mone\n", Some(&["[G\x1b[1mone"]));
    }

    #[test]
    fn lines_that_show_something_else_than_their_bytes_may_always_fit() {
        for odd in [
            "a\u{85}b",
            "a\rb",
            "a\x08b",
            "a\x7fb",
            "a\0b",
            "\x1b]0;x\x07",
            "\x1b[2K",
            "\x1b[G",
            "n\x1b",
            "o\x1b[7Ct",
            "o\x1b[1m\x1b]x",
        ] {
            check("nothing", &format!("calm\nx\x1b[7Ct\n{odd}\nno\tthing\n"), Some(&[odd]));
        }
        check("nothing", "calm\r\nno\tthing\r\n", Some(&[]));
        check("no thing", "calm\nno\tthing\n", Some(&["no\tthing"]));
        // What is shown in place of a hidden character holds it, and no line does.
        check("feff", "calm\n\u{feff}\n", None);
        check("feff", "calm\n", Some(&[]));
        // A selector behind a digit is left out.
        check("no1thing", "no1\u{fe0f}thing\nä\n", Some(&["no1\u{fe0f}thing"]));
    }
}
