//! Where in which file a value stands.

use std::{fmt, ops::Range, sync::Arc};

/// A file of a recipe: what it is called on screens, and its text.
#[derive(Debug)]
pub struct Source {
    /// Its path as the operator knows it.
    pub shown: String,
    /// What it holds.
    pub text: String,
}

/// A stretch of a file, in bytes.
#[derive(Clone)]
pub struct Span {
    /// The file.
    pub source: Arc<Source>,
    /// The bytes of it.
    pub range: Range<usize>,
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:?}", self.source.shown, self.range)
    }
}

impl PartialEq for Span {
    fn eq(&self, other: &Self) -> bool {
        self.source.shown == other.source.shown && self.range == other.range
    }
}

impl Span {
    /// Line and column, both from 1, the column in characters.
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        let before = self.source.text.get(..self.range.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, column)
    }
}

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> At<T> {
    /// Another value that stands at the same place.
    pub fn with<U>(&self, value: U) -> At<U> {
        At { value, span: self.span.clone() }
    }
}

/// Text in which `{{ ... }}` is replaced by values, as written.
#[derive(Clone, Debug)]
pub struct Template {
    /// The text, as TOML means it.
    pub text: String,
    /// The whole value in the file, with its quotes.
    pub span: Span,
    /// Where in the file the text begins, when it stands there character for character.
    pub(super) begins: Option<usize>,
}

impl Template {
    /// Where a stretch of the text stands in the file; the whole value when that is not known.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Span {
        let Some(begins) = self.begins else { return self.span.clone() };
        let range = begins + range.start..begins + range.end;
        Span { source: Arc::clone(&self.span.source), range }
    }
}
