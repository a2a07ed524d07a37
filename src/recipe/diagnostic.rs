//! What is wrong with a recipe or a request, shown in the text where it stands.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be run.
    Error,
    /// It can be run, and is probably not what was meant.
    Warning,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where it stands; nowhere for what the command line asked.
    pub span: Option<Span>,
    /// What is to be seen there.
    pub label: String,
    /// Another place that it has to do with, and how.
    pub other: Option<(Span, String)>,
    /// What to do.
    pub hint: Option<String>,
    /// Whether it lies in what the hosts have: what was written and asked for is right, and cannot be
    /// done as they are now.
    pub of_hosts: bool,
}

impl Diagnostic {
    /// An error that stands in a file.
    pub fn error(span: &Span, message: impl Into<String>) -> Self {
        Self { span: Some(span.clone()), ..Self::request(message) }
    }

    /// An error in what was asked, not in a file.
    pub fn request(message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span: None,
            label: String::new(),
            other: None,
            hint: None,
            of_hosts: false,
        }
    }

    /// What was asked for is right, and cannot be done with what the hosts have now.
    pub fn hosts(message: impl Into<String>) -> Self {
        Self { of_hosts: true, ..Self::request(message) }
    }

    /// A warning that stands in a file.
    pub fn warning(span: &Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// It lies in what the hosts have now.
    #[must_use]
    pub fn lies_with_hosts(self) -> Self {
        Self { of_hosts: true, ..self }
    }

    /// With a word under the text.
    #[must_use]
    pub fn label(self, label: impl Into<String>) -> Self {
        Self { label: label.into(), ..self }
    }

    /// With what to do.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With what to do, where that is known.
    #[must_use]
    pub fn maybe_hint(self, hint: Option<String>) -> Self {
        Self { hint: hint.or(self.hint), ..self }
    }

    /// With another place that it has to do with.
    #[must_use]
    pub fn other(self, span: &Span, label: impl Into<String>) -> Self {
        Self { other: Some((span.clone(), label.into())), ..self }
    }

    /// The diagnostic for people: message, file, line and column, the text underlined, the hint.
    /// Control characters of the file are shown as pictures of themselves.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let message = neutral(&self.message);
        let mut group = level
            .primary_title(message.as_str())
            .elements(self.snippet())
            .elements(self.elsewhere());
        if let Some(hint) = &self.hint
            && self.span.is_some()
        {
            group = group.element(Level::HELP.with_name("hint").message(neutral(hint)));
        }
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut text = renderer.render(&[group]);
        if let Some(hint) = &self.hint
            && self.span.is_none()
        {
            text.push_str("\nhint: ");
            text.push_str(&neutral(hint));
        }
        text
    }

    /// The other place, where it is in another file.
    fn elsewhere(&self) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
        let (other, label) = self.other.as_ref()?;
        let here = self.span.as_ref()?;
        let annotation = AnnotationKind::Context.span(clamped(other)).label(label.as_str());
        let snippet = Snippet::source(other.source.text.as_str())
            .path(other.source.shown.as_str())
            .annotation(annotation);
        (other.source.shown != here.source.shown).then_some(snippet)
    }

    fn snippet(&self) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
        let span = self.span.as_ref()?;
        let label = (!self.label.is_empty()).then_some(self.label.as_str());
        let primary = AnnotationKind::Primary.span(clamped(span)).label(label);
        let other =
            self.other.as_ref().filter(|(other, _)| other.source.shown == span.source.shown);
        let context = other.map(|(other, label)| {
            AnnotationKind::Context.span(clamped(other)).label(label.as_str())
        });
        let snippet = Snippet::source(span.source.text.as_str())
            .path(span.source.shown.as_str())
            .annotation(primary)
            .annotations(context);
        Some(snippet)
    }
}

/// The first line of a span: values over many lines would bury what is wrong with them.
fn clamped(span: &Span) -> std::ops::Range<usize> {
    let text = span.source.text.get(span.range.clone()).unwrap_or_default();
    let length = text.find('\n').unwrap_or(text.len());
    let end = span.range.start + length.max(usize::from(length < text.len()));
    span.range.start..end
}

/// The message without characters that could move a cursor: names of files and values are in it.
fn neutral(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    for c in message.chars() {
        if c.is_control() && c != '\n' { text.extend(c.escape_debug()) } else { text.push(c) }
    }
    text
}

/// The one of `known` that `given` was probably meant to be, as a hint.
pub(crate) fn meant<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    closest(given, known).map(|name| format!("did you mean `{name}`?"))
}

/// The one of `known` that is most like `given`, if any is like it at all.
fn closest<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    const LIKENESS_MIN: f64 = 0.75;
    let given = given.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&given, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// A hint that names the likely one, else all of a short list.
pub(crate) fn choose(given: &str, known: &[&str], what: &str) -> Option<String> {
    const LISTED_MAX: usize = 12;
    if let Some(hint) = meant(given, known.iter().copied()) {
        return Some(hint);
    }
    let known = known.get(..known.len().min(LISTED_MAX)).unwrap_or_default();
    if known.is_empty() {
        return Some(format!("there is no {what} yet"));
    }
    Some(format!("known: {}", known.join(", ")))
}
