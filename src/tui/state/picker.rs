//! The picker of a release to go back to.

use crate::{model::Candidate, tui::state::sight::Sight};

/// The open picker.
#[derive(Clone, Debug)]
pub(crate) struct Picker {
    /// The release that is chosen, by its name: the list may change while it is open.
    pub(crate) chosen: String,
    /// Its commands are listed in the place of the details.
    pub(crate) commands: bool,
    /// First row shown of the details, or of the commands.
    pub(crate) scroll: usize,
    /// What the shown ones have in their words; empty: all are shown.
    pub(crate) filter: String,
    /// The filter while it is typed.
    pub(crate) typing: Option<String>,
}

impl Picker {
    /// A picker on that release.
    pub(crate) fn on(release: &str) -> Self {
        Self {
            chosen: release.to_owned(),
            commands: false,
            scroll: 0,
            filter: String::new(),
            typing: None,
        }
    }

    /// The release that is chosen, if it is still there and shown.
    pub(crate) fn candidate<'a>(&self, sight: &'a Sight) -> Option<&'a Candidate> {
        self.shown(sight).into_iter().find(|other| other.name == self.chosen)
    }

    /// The releases that are shown.
    pub(crate) fn shown<'a>(&self, sight: &'a Sight) -> Vec<&'a Candidate> {
        let filter = self.typing.as_ref().unwrap_or(&self.filter).to_lowercase();
        let fits = |one: &&Candidate| {
            let texts = [Some(&one.name), one.revision.as_ref(), one.reference.as_ref()];
            let more = [one.by.as_ref(), one.reason.as_ref()];
            let within = |text: &String| text.to_lowercase().contains(&filter);
            filter.is_empty() || texts.into_iter().chain(more).flatten().any(within)
        };
        sight.candidates.iter().filter(fits).collect()
    }

    /// Its position among those that are shown.
    pub(crate) fn at(&self, sight: &Sight) -> usize {
        self.shown(sight).iter().position(|other| other.name == self.chosen).unwrap_or(0)
    }

    /// Chooses one that is shown, where the filter has hidden the chosen one.
    pub(crate) fn settle(&mut self, sight: &Sight) {
        let shown = self.shown(sight);
        if shown.iter().any(|other| other.name == self.chosen) {
            return;
        }
        if let Some(first) = shown.first() {
            (self.chosen, self.scroll) = (first.name.clone(), 0);
        }
    }
}
