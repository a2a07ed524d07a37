//! The one type that front ends print.

use std::fmt;

use super::neutral;
use super::style::Style;

/// One line that is safe to print: no line break, no control character, nothing invisible.
///
/// Two texts are equal when they look the same: neighbouring spans differ in style and none is
/// empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    spans: Vec<Span>,
}

/// A piece of a [`Shown`] in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    text: String,
    style: Style,
}

impl Span {
    /// The text, never empty, safe to print.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its look.
    pub fn style(&self) -> Style {
        self.style
    }
}

impl Shown {
    /// The pieces from left to right.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Width in terminal cells.
    pub fn width(&self) -> usize {
        self.spans.iter().flat_map(|span| span.text.chars()).map(neutral::cells).sum()
    }

    /// The text without its style.
    pub fn plain(&self) -> String {
        self.spans.iter().map(Span::text).collect()
    }

    /// Puts `other` behind this text.
    pub fn push(&mut self, other: &Self) {
        for span in &other.spans {
            self.push_str(&span.text, span.style);
        }
    }

    /// Appends text that is known to be safe.
    pub(super) fn push_str(&mut self, text: &str, style: Style) {
        match self.spans.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.style == style => last.text.push_str(text),
            _ => self.spans.push(Span { text: text.to_owned(), style }),
        }
    }
}

impl FromIterator<Self> for Shown {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        let mut whole = Self::default();
        whole.extend(parts);
        whole
    }
}

impl Extend<Self> for Shown {
    fn extend<I: IntoIterator<Item = Self>>(&mut self, parts: I) {
        for part in parts {
            self.push(&part);
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.spans.iter().try_for_each(|span| f.write_str(&span.text))
    }
}
