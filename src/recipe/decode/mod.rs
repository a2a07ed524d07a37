//! From TOML to values: every key is looked up in the table of keys, and everything that is wrong
//! is reported, not only the first.

mod fields;
mod hosts;
mod names;
mod pipelines;
mod steps;
mod values;

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::fields::Fields;
use super::diagnostic::Diagnostic;
use super::keys::Table;
use super::source::{At, Source, Span};
use super::value::Recipe;

/// A value of the file.
type Value<'i> = Spanned<DeValue<'i>>;

/// What decoding collects.
pub(super) struct Decoder {
    /// The file.
    source: Arc<Source>,
    /// What is wrong, in the order of finding.
    problems: Vec<Diagnostic>,
    /// Names of steps that are written but not there: switched off, or with a bad name.
    absent_steps: BTreeSet<String>,
    /// Whether the text itself is broken: what seems to be missing may only be unreadable.
    torn: bool,
}

impl Decoder {
    fn span(&self, range: Range<usize>) -> Span {
        Span { source: Arc::clone(&self.source), range }
    }

    fn at<T>(&self, range: Range<usize>, value: T) -> At<T> {
        At { value, span: self.span(range) }
    }

    fn report(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// Reports something that is missing, unless the text is broken.
    fn missing(&mut self, problem: Diagnostic) {
        if !self.torn {
            self.report(problem);
        }
    }
}

/// A file as far as it can be decoded.
pub(super) struct Decoded {
    /// Of use only when nothing is wrong.
    pub(super) recipe: Recipe,
    /// What is wrong.
    pub(super) problems: Vec<Diagnostic>,
    /// Whether the text is TOML: else names may seem to be missing that are only unreadable.
    pub(super) whole: bool,
}

/// Decodes a file.
pub(super) fn recipe(source: &Arc<Source>) -> Decoded {
    let mut decoder = Decoder {
        source: Arc::clone(source),
        problems: Vec::new(),
        absent_steps: BTreeSet::new(),
        torn: false,
    };
    let (document, errors) = DeTable::parse_recoverable(&source.text);
    for error in &errors {
        let end = source.text.len();
        let range = error.span().unwrap_or(end..end);
        let message = error.message().trim_end_matches('\n').replace('\n', ", ");
        decoder.report(Diagnostic::error(&decoder.span(range), message).label("not TOML"));
    }
    decoder.torn = !errors.is_empty();
    let recipe = root(&mut decoder, document.get_ref());
    Decoded { recipe, problems: decoder.problems, whole: errors.is_empty() }
}

fn root(decoder: &mut Decoder, document: &DeTable<'_>) -> Recipe {
    let root = Fields::open(decoder, document, Table::Root);
    if !root.has("app") {
        let problem = Diagnostic::error(&decoder.span(0..0), "there is no `app`");
        decoder.missing(problem.hint("name the application: app = \"shop\""));
    }
    let app = root.text(decoder, "app");
    if let Some(app) = &app {
        names::name(decoder, "the name of an application", app);
    }
    let (stages, hosts) = (hosts::stages(decoder, &root), hosts::hosts(decoder, &root));
    let steps = steps::steps(decoder, &root);
    Recipe {
        source: Arc::clone(&decoder.source),
        app: app.map(|app| app.value).unwrap_or_default(),
        root: root.template(decoder, "root"),
        state_dir: root.template(decoder, "state_dir"),
        vars: root.vars(decoder, "vars"),
        env: root.env(decoder, "env"),
        stages,
        hosts,
        pipelines: pipelines::pipelines(decoder, &root, &steps),
        steps,
    }
}
