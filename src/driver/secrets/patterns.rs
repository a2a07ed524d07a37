//! All writings of all secrets, to be found in one go.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    ops::Range,
    sync::Arc,
};

use aho_corasick::{
    Anchored, BuildError, MatchKind, automaton::Automaton, automaton::StateID, dfa::DFA,
    nfa::contiguous::NFA,
};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::{BadSecret, encodings::writings};

/// Bytes of all patterns up to which the faster automaton is used: it takes up to 1 KiB for each.
const TABLE_BYTES_MAX: usize = 16 * 1024;

/// What is looked for. The automaton keeps copies that are not wiped when it goes.
pub(super) struct Patterns {
    automaton: Either,
    start: StateID,
    /// The secret of each pattern.
    names: Vec<Arc<str>>,
    /// How much of a pattern is there in a state: what came in ends with so many bytes of one.
    depths: BTreeMap<StateID, usize>,
    longest: usize,
}

enum Either {
    Fast(DFA),
    Small(NFA),
}

/// A stretch of bytes that is hidden, and the secret there.
pub(super) type Place = (Range<u64>, Arc<str>);

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} patterns>", self.names.len())
    }
}

impl Patterns {
    /// The writings of secrets, by name.
    pub(super) fn new(secrets: &BTreeMap<String, SecretString>) -> Result<Self, BadSecret> {
        let (mut all, mut names) = (Vec::new(), Vec::new());
        for (name, value) in secrets {
            let name: Arc<str> = name.as_str().into();
            for writing in writings(value.expose_secret()) {
                all.push(writing);
                names.push(Arc::clone(&name));
            }
        }
        let too_many = |error: BuildError| BadSecret::Many(error.to_string());
        let total: usize = all.iter().map(|writing| writing.len()).sum();
        let built = if total <= TABLE_BYTES_MAX {
            let built = DFA::builder().match_kind(MatchKind::Standard).build(all.iter().map(bytes));
            Either::Fast(built.map_err(too_many)?)
        } else {
            let built = NFA::builder().match_kind(MatchKind::Standard).build(all.iter().map(bytes));
            Either::Small(built.map_err(too_many)?)
        };
        let (start, depths) = match &built {
            Either::Fast(dfa) => depths(dfa, &all),
            Either::Small(nfa) => depths(nfa, &all),
        }?;
        let longest = all.iter().map(|writing| writing.len()).max().unwrap_or_default();
        Ok(Self { automaton: built, start, names, depths, longest })
    }

    /// Bytes of the longest pattern.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The state before anything came in.
    pub(super) fn start(&self) -> StateID {
        self.start
    }

    /// Takes bytes in that begin at an offset. Gives where every pattern lies that ends in them,
    /// however they overlap; those of one secret that touch are one place.
    pub(super) fn advance(&self, state: &mut StateID, offset: u64, bytes: &[u8]) -> Vec<Place> {
        let mut by_name: BTreeMap<&Arc<str>, Vec<Range<u64>>> = BTreeMap::new();
        let found = |pattern: usize, range: Range<u64>| {
            let ranges = by_name.entry(&self.names[pattern]).or_default();
            add(ranges, range);
        };
        match &self.automaton {
            Either::Fast(dfa) => run(dfa, state, offset, bytes, found),
            Either::Small(nfa) => run(nfa, state, offset, bytes, found),
        }
        let named = |(name, ranges): (&Arc<str>, Vec<Range<u64>>)| {
            let name = Arc::clone(name);
            ranges.into_iter().map(move |range| (range, Arc::clone(&name)))
        };
        by_name.into_iter().flat_map(named).collect()
    }

    /// With how many bytes of a pattern that which came in ends.
    pub(super) fn open_end(&self, state: StateID) -> usize {
        // All states were reached by a pattern. One that is not known would hold all back.
        self.depths.get(&state).copied().unwrap_or(self.longest)
    }

    /// The name of what lies first in a text.
    pub(super) fn first_in(&self, text: &str) -> Option<String> {
        let places = self.advance(&mut self.start(), 0, text.as_bytes());
        places.into_iter().min_by_key(|(range, _)| range.start).map(|(_, name)| name.to_string())
    }

    /// A text without what is looked for.
    pub(super) fn scrub(&self, text: String) -> String {
        let mut places = self.advance(&mut self.start(), 0, text.as_bytes());
        if places.is_empty() {
            return text;
        }
        places.sort_by_key(|(range, _)| range.start);
        let (mut clean, mut from) = (String::new(), 0);
        for (range, name) in places {
            let place = |offset| usize::try_from(offset).unwrap_or(text.len());
            let (start, end) = (place(range.start), place(range.end));
            if end > from {
                // A pattern can begin or end inside a character: then all of it is left out.
                let start = floor(&text, start.max(from));
                clean.push_str(text.get(from..start).unwrap_or_default());
                // Writing to a String cannot fail.
                let _ = write!(clean, "<{name} hidden>");
                from =
                    (end..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
            }
        }
        clean.push_str(text.get(from..).unwrap_or_default());
        clean
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

fn bytes(writing: &Zeroizing<Vec<u8>>) -> &[u8] {
    writing
}

/// Adds a range that ends where all others do, or later.
fn add(ranges: &mut Vec<Range<u64>>, mut range: Range<u64>) {
    while let Some(last) = ranges.pop_if(|last| last.end >= range.start) {
        range.start = last.start.min(range.start);
    }
    ranges.push(range);
}

fn run(
    automaton: &impl Automaton,
    state: &mut StateID,
    offset: u64,
    bytes: &[u8],
    mut found: impl FnMut(usize, Range<u64>),
) {
    let mut now = *state;
    for (end, byte) in (offset + 1..).zip(bytes) {
        now = automaton.next_state(Anchored::No, now, *byte);
        if automaton.is_special(now) && automaton.is_match(now) {
            for index in 0..automaton.match_len(now) {
                let pattern = automaton.match_pattern(now, index);
                let len = automaton.pattern_len(pattern) as u64;
                found(pattern.as_usize(), end - len..end);
            }
        }
    }
    *state = now;
}

/// The first state, and how deep in its pattern each one is.
fn depths(
    automaton: &impl Automaton,
    patterns: &[Zeroizing<Vec<u8>>],
) -> Result<(StateID, BTreeMap<StateID, usize>), BadSecret> {
    let start =
        automaton.start_state(Anchored::No).map_err(|error| BadSecret::Many(error.to_string()))?;
    let mut depths = BTreeMap::from([(start, 0)]);
    for pattern in patterns {
        let mut state = start;
        for (depth, byte) in (1..).zip(pattern.iter()) {
            state = automaton.next_state(Anchored::No, state, *byte);
            depths.insert(state, depth);
        }
    }
    Ok((start, depths))
}
