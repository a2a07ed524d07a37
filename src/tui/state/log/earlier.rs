//! Patterns that were typed before in this session, the last first.

use std::collections::VecDeque;

use super::search::Typed;

/// More are not kept.
const EARLIER_MAX: usize = 100;

/// The patterns, as they were typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Earlier(VecDeque<(Typed, String)>);

impl Earlier {
    /// Keeps one; it is the last from now on.
    pub(super) fn keep(&mut self, what: Typed, text: &str) {
        self.0.retain(|(of, other)| (*of, other.as_str()) != (what, text));
        self.0.push_front((what, text.to_owned()));
        self.0.truncate(EARLIER_MAX);
    }

    /// The one so many back, for either prompt: a search knows no `!`.
    pub(super) fn get(&self, back: usize, what: Typed) -> Option<&str> {
        let (of, text) = self.0.get(back)?;
        let plain = text.strip_prefix('!').filter(|_| what != *of && *of == Typed::Filter);
        Some(plain.unwrap_or(text))
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
