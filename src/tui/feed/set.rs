//! Line numbers, any of them, in at most a bit for each line of the log.

use std::{collections::BTreeMap, ops::Range};

/// Lines of one part.
const PART: u64 = 1 << 16;

/// From this many on, a bit for each line of the part takes less.
const FEW_MAX: usize = 4096;

/// Words of a part that has a bit for each line.
const WORDS: usize = 1024;

/// Parts that are kept at most: 32 MiB if all are full. Lines of further ones are left out.
const PARTS_MAX: usize = 4096;

/// The lines of one part, by their places in it.
#[derive(Clone, Debug)]
enum Part {
    Few(Vec<u16>),
    Many(Box<[u64; WORDS]>),
}

/// A set of line numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct LineSet {
    parts: BTreeMap<u64, Part>,
    len: u64,
    full: bool,
}

fn place(line: u64) -> (u64, u16) {
    (line / PART, u16::try_from(line % PART).unwrap_or(u16::MAX))
}

impl LineSet {
    /// Adds lines; those of one part that stand together are quick.
    pub(super) fn extend(&mut self, lines: &[u64]) {
        for lines in lines.chunk_by(|one, two| one / PART == two / PART) {
            let Some(first) = lines.first() else { continue };
            let (part, _) = place(*first);
            if !self.parts.contains_key(&part) && self.parts.len() >= PARTS_MAX {
                self.full = true;
                continue;
            }
            let part = self.parts.entry(part).or_insert_with(|| Part::Few(Vec::new()));
            for line in lines {
                self.len += u64::from(part.insert(place(*line).1));
            }
        }
    }

    /// Takes a line out.
    pub(super) fn remove(&mut self, line: u64) {
        let (part, at) = place(line);
        if let Some(part) = self.parts.get_mut(&part) {
            self.len -= u64::from(part.remove(at));
        }
    }

    /// Lines that are in it.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Whether lines had to be left out.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn contains(&self, line: u64) -> bool {
        self.next(line) == Some(line)
    }

    /// The first line from there on.
    pub(super) fn next(&self, from: u64) -> Option<u64> {
        let (first, at) = place(from);
        self.parts.range(first..).find_map(|(number, part)| {
            let from = if *number == first { at } else { 0 };
            part.next(from).map(|at| number * PART + u64::from(at))
        })
    }

    /// The last line before that.
    pub(super) fn before(&self, until: u64) -> Option<u64> {
        let (last, at) = place(until.checked_sub(1)?);
        self.parts.range(..=last).rev().find_map(|(number, part)| {
            let until = if *number == last { at } else { u16::MAX };
            part.last(until).map(|at| number * PART + u64::from(at))
        })
    }

    /// Whether any of these lines is in it.
    pub(super) fn any(&self, lines: Range<u64>) -> bool {
        self.next(lines.start).is_some_and(|line| line < lines.end)
    }

    /// How many lines before that are in it.
    pub(super) fn below(&self, line: u64) -> u64 {
        let (last, at) = place(line);
        let before: u64 = self.parts.range(..last).map(|(_, part)| part.below(None)).sum();
        before + self.parts.get(&last).map_or(0, |part| part.below(Some(at)))
    }
}

impl Part {
    fn insert(&mut self, at: u16) -> bool {
        match self {
            Self::Few(lines) => {
                if lines.last().is_none_or(|last| *last < at) {
                    lines.push(at);
                } else {
                    let Err(place) = lines.binary_search(&at) else { return false };
                    lines.insert(place, at);
                }
                if lines.len() > FEW_MAX {
                    let mut words = Box::new([0; WORDS]);
                    for line in lines {
                        let (word, bit) = bit(*line);
                        words[word] |= bit;
                    }
                    *self = Self::Many(words);
                }
                true
            }
            Self::Many(words) => {
                let (word, bit) = bit(at);
                let fresh = words[word] & bit == 0;
                words[word] |= bit;
                fresh
            }
        }
    }

    fn remove(&mut self, at: u16) -> bool {
        match self {
            Self::Few(lines) => {
                let found = lines.binary_search(&at);
                found.map(|place| lines.remove(place)).is_ok()
            }
            Self::Many(words) => {
                let (word, bit) = bit(at);
                let there = words[word] & bit != 0;
                words[word] &= !bit;
                there
            }
        }
    }

    fn next(&self, from: u16) -> Option<u16> {
        match self {
            Self::Few(lines) => lines.get(lines.partition_point(|line| *line < from)).copied(),
            Self::Many(words) => {
                let (first, start) = bit(from);
                (first..WORDS).find_map(|at| {
                    let mask = if at == first { !(start - 1) } else { u64::MAX };
                    let word = words[at] & mask;
                    (word != 0).then(|| line_of(at, word.trailing_zeros()))
                })
            }
        }
    }

    fn last(&self, until: u16) -> Option<u16> {
        match self {
            Self::Few(lines) => {
                let end = lines.partition_point(|line| *line <= until);
                end.checked_sub(1).and_then(|last| lines.get(last)).copied()
            }
            Self::Many(words) => {
                let (last, end) = bit(until);
                (0..=last).rev().find_map(|at| {
                    let mask = if at == last { end | (end - 1) } else { u64::MAX };
                    let word = words[at] & mask;
                    (word != 0).then(|| line_of(at, 63 - word.leading_zeros()))
                })
            }
        }
    }

    /// Lines before that place, or all.
    fn below(&self, until: Option<u16>) -> u64 {
        match (self, until) {
            (Self::Few(lines), None) => lines.len() as u64,
            (Self::Few(lines), Some(at)) => lines.partition_point(|line| *line < at) as u64,
            (Self::Many(words), None) => ones(words.iter()),
            (Self::Many(words), Some(at)) => {
                let (last, end) = bit(at);
                let rest = (words[last] & (end - 1)).count_ones();
                ones(words.iter().take(last)) + u64::from(rest)
            }
        }
    }
}

fn ones<'a>(words: impl Iterator<Item = &'a u64>) -> u64 {
    words.map(|word| u64::from(word.count_ones())).sum()
}

/// The word of a place, and its bit there.
fn bit(at: u16) -> (usize, u64) {
    (usize::from(at / 64), 1 << (at % 64))
}

fn line_of(word: usize, bit: u32) -> u16 {
    let line = word * 64 + usize::try_from(bit).unwrap_or(0);
    u16::try_from(line).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::LineSet;

    proptest! {
        /// Against a set of numbers, also where lines are dense and where parts meet.
        #[test]
        fn it_is_a_set(
            lines in proptest::collection::vec(0_u64..200_000, 0..50),
            dense in 60_000_u64..70_000,
            gone in proptest::collection::vec(0_u64..200_000, 0..50),
            asked in proptest::collection::vec(0_u64..210_000, 1..20),
        ) {
            let mut ours = LineSet::default();
            let mut theirs = BTreeSet::new();
            let dense: Vec<u64> = (dense..dense + 9000).step_by(2).collect();
            ours.extend(&lines);
            ours.extend(&dense);
            theirs.extend(lines.into_iter().chain(dense));
            for line in gone {
                ours.remove(line);
                theirs.remove(&line);
            }
            prop_assert_eq!(ours.len(), theirs.len() as u64);
            for at in asked {
                prop_assert_eq!(ours.next(at), theirs.range(at..).next().copied());
                prop_assert_eq!(ours.before(at), theirs.range(..at).next_back().copied());
                prop_assert_eq!(ours.below(at), theirs.range(..at).count() as u64);
                prop_assert_eq!(ours.contains(at), theirs.contains(&at));
            }
        }
    }
}
