//! Finds secrets in the bytes of one log as they come, in pieces of any size.

use std::sync::Arc;

use aho_corasick::automaton::StateID;

use super::patterns::Patterns;
use crate::store::Mask;

/// Looks at the bytes of a log on their way. What may be the beginning of a secret is held back until
/// it is known; so a secret is never in the log before its place is.
#[derive(Debug)]
pub(super) struct Finder {
    patterns: Arc<Patterns>,
    state: StateID,
    /// The end of what came in, which may be the beginning of a secret.
    held: Vec<u8>,
    /// How many bytes came in, counted from the beginning of the log.
    read: u64,
}

/// What follows from bytes that came in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// To be written down first.
    pub(super) masks: Vec<Mask>,
    /// Then to be appended to the log.
    pub(super) bytes: Vec<u8>,
}

impl Finder {
    /// Goes on behind a log that has `len` bytes, the last of which are `tail`: at least
    /// [`Patterns::longest`], or all.
    pub(super) fn new(patterns: Arc<Patterns>, len: u64, tail: &[u8]) -> Self {
        let mut state = patterns.start();
        // What ends in the log already was found when it came.
        drop(patterns.advance(&mut state, len.saturating_sub(tail.len() as u64), tail));
        Self { patterns, state, held: Vec::new(), read: len }
    }

    /// Whether it looks for these.
    pub(super) fn is_for(&self, patterns: &Arc<Patterns>) -> bool {
        Arc::ptr_eq(&self.patterns, patterns)
    }

    /// The same for a log that begins anew.
    pub(super) fn anew(self) -> Self {
        Self::new(self.patterns, 0, &[])
    }

    /// Takes bytes in.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Found {
        let places = self.patterns.advance(&mut self.state, self.read, bytes);
        self.read += bytes.len() as u64;
        let mask = |(range, name): super::patterns::Place| Mask {
            offset: range.start,
            len: u32::try_from(range.end - range.start).unwrap_or(u32::MAX),
            name: name.to_string(),
        };
        let masks = places.into_iter().map(mask).collect();
        self.held.extend_from_slice(bytes);
        let keep = self.patterns.open_end(self.state).min(self.held.len());
        let rest = self.held.split_off(self.held.len() - keep);
        Found { masks, bytes: std::mem::replace(&mut self.held, rest) }
    }

    /// Gives what is held back: for now nothing more is coming. It is remembered, so that a secret
    /// which goes on later is hidden from its beginning.
    pub(super) fn flush(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }
}
