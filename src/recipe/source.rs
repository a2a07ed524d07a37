//! Where in which file a value stands.

use std::{fmt, ops::Range, path::Path, sync::Arc};

/// A file of a recipe: what it is called on screens, and its text.
#[derive(Debug)]
pub struct Source {
    /// Its path as the operator knows it.
    pub shown: String,
    /// What it holds.
    pub text: String,
    /// How many files lie over it; 0 for the project's own.
    pub(super) depth: usize,
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

impl At<String> {
    /// The path that this is, from where the paths of files are shown: a relative one begins at the
    /// file that says it. One that begins with `/` or `~/` stays as it is.
    pub(super) fn beside(&self) -> String {
        if self.value.starts_with("~/") {
            return self.value.clone();
        }
        let path = self.value.strip_prefix("./").unwrap_or(&self.value);
        let file = Path::new(&self.span.source.shown);
        let path = file.parent().map_or_else(|| path.into(), |folder| folder.join(path));
        path.to_string_lossy().into_owned()
    }
}

/// Text in which `{{ ... }}` is replaced by values, as written.
#[derive(Clone, Debug)]
pub struct Template {
    /// The text, as TOML means it.
    pub text: String,
    /// The whole value in the file, with its quotes.
    pub span: Span,
    /// Where in the file the text stands.
    places: Places,
}

/// Where the bytes of a text stand in its file.
#[derive(Clone, Debug)]
enum Places {
    /// Character for character, from here.
    Verbatim(usize),
    /// Each byte by itself, and the end: the text was written with escapes.
    Escaped(Vec<usize>),
    /// Not known.
    Unknown,
}

impl Template {
    /// A text and the value in the file that it was read from.
    pub(super) fn new(text: &str, span: Span) -> Self {
        let raw = span.source.text.get(span.range.clone()).unwrap_or_default();
        let places = match raw.find(text) {
            Some(at) => Places::Verbatim(span.range.start + at),
            None => escaped(raw, text, span.range.start).map_or(Places::Unknown, Places::Escaped),
        };
        Self { text: text.to_owned(), span, places }
    }

    /// A whole file as one template.
    pub(crate) fn of_file(shown: &str, text: &str) -> Self {
        let source = Arc::new(Source { shown: shown.to_owned(), text: text.to_owned(), depth: 0 });
        let span = Span { source, range: 0..text.len() };
        Self { text: text.to_owned(), span, places: Places::Verbatim(0) }
    }

    /// Another text that stands at the same places, byte for byte.
    pub(super) fn masked(&self, text: String) -> Self {
        Self { text, span: self.span.clone(), places: self.places.clone() }
    }

    /// Where a stretch of the text stands in the file; the whole value when that is not known.
    #[must_use]
    pub fn locate(&self, range: Range<usize>) -> Span {
        let range = match &self.places {
            Places::Verbatim(begin) => Some(begin + range.start..begin + range.end),
            Places::Escaped(places) => {
                places.get(range.start).zip(places.get(range.end)).map(|(a, b)| *a..*b)
            }
            Places::Unknown => None,
        };
        let range = range.unwrap_or_else(|| self.span.range.clone());
        Span { source: Arc::clone(&self.span.source), range }
    }
}

/// Where each byte of `text` stands, and its end, when `raw` is the basic string of TOML that means
/// it; positions count from `base`.
fn escaped(raw: &str, text: &str, base: usize) -> Option<Vec<usize>> {
    let (open, close) = if raw.starts_with("\"\"\"") { (3, 3) } else { (1, 1) };
    let inner = raw.get(open..raw.len().checked_sub(close)?)?;
    let skipped = if open == 3 && inner.starts_with('\n') { 1 } else { 0 };
    let (mut rest, mut at) = (inner.get(skipped..)?, base + open + skipped);
    let (mut places, mut meant) = (Vec::new(), String::new());
    while let Some(c) = rest.chars().next() {
        let (c, length) = if c == '\\' { escape(rest)? } else { (Some(c), c.len_utf8()) };
        if let Some(c) = c {
            meant.push(c);
            places.resize(meant.len(), at);
        }
        at += length;
        rest = rest.get(length..)?;
    }
    places.push(at);
    (meant == text).then_some(places)
}

/// The character that an escape means, if any, and how long the escape is.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    let code = |digits: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((Some(char::from_u32(code)?), 2 + digits))
    };
    let plain = match rest.chars().nth(1)? {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        c @ ('"' | '\\') => c,
        'x' => return code(2),
        'u' => return code(4),
        'U' => return code(8),
        _ => {
            // A line that goes on: everything up to the next text is left out.
            let next = rest.get(1..)?.trim_start_matches([' ', '\t', '\r', '\n']);
            return Some((None, rest.len() - next.len()));
        }
    };
    Some((Some(plain), 2))
}
