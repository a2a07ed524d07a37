//! What would be run, as rows, and apart from them the texts of built-in steps: those are long, and each is
//! needed once however often its step stands in the rows.

use super::built::Texts;
use crate::tui::styles::Tone;

/// A row of text, and its look.
pub(crate) type Row = (String, Tone);

/// A row of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// As it stands there.
    Row(Row),
    /// Where a built-in step runs; its text is under the name of that step.
    BuiltIn {
        /// Hosts, and what the step is built in as.
        row: String,
        /// The step.
        step: String,
    },
}

/// What would be run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listing {
    said: Vec<Said>,
    texts: Texts,
}

impl From<Vec<Row>> for Listing {
    fn from(rows: Vec<Row>) -> Self {
        Self { said: rows.into_iter().map(Said::Row).collect(), texts: Texts::default() }
    }
}

impl Listing {
    /// One row.
    pub(crate) fn of(text: impl Into<String>, tone: Tone) -> Self {
        Self::from(vec![(text.into(), tone)])
    }

    /// These rows, with their texts.
    pub(super) fn with(said: Vec<Said>, texts: Texts) -> Self {
        Self { said, texts }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.said.is_empty()
    }

    pub(crate) fn push(&mut self, text: impl Into<String>, tone: Tone) {
        self.said.push(Said::Row((text.into(), tone)));
    }

    /// With these rows behind its own, and the texts that they add.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.extend(other);
        self
    }

    /// The same in place.
    pub(crate) fn extend(&mut self, other: Self) {
        self.said.extend(other.said);
        self.texts.merge(other.texts);
    }

    /// Under a heading.
    pub(crate) fn under(self, heading: impl Into<String>, tone: Tone) -> Self {
        Self::of(heading, tone).and(self)
    }

    /// The rows alone.
    pub(crate) fn said(&self) -> &[Said] {
        &self.said
    }

    /// The texts alone.
    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// All rows, and below them the texts.
    pub(crate) fn all(self) -> Vec<Row> {
        let row = |said| match said {
            Said::Row(row) => row,
            Said::BuiltIn { row, .. } => (format!("{row}; its text is below"), Tone::Text),
        };
        let texts = self.texts.rows();
        self.said.into_iter().map(row).chain(texts).collect()
    }
}
