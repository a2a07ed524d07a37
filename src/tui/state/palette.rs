//! The palette: everything that can be done or gone to, found by a few letters.

use std::collections::VecDeque;

use crate::{model::RunId, tui::action::Action};

/// What an entry of the palette leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// What a key does.
    Key(Action),
    /// A host, by its name.
    Host(String),
    /// A step, by its name.
    Step(String),
    /// The picker on a release, by its name.
    Release(String),
    /// A run that there was.
    Run(RunId),
}

/// The open palette.
#[derive(Clone, Debug, Default)]
pub(crate) struct Palette {
    pub(crate) typed: String,
    /// Position among the entries that fit.
    pub(crate) chosen: usize,
    /// First row shown of what would be run.
    pub(crate) scroll: usize,
    /// What was typed comes from before: so many times ago, from 0.
    pub(crate) recalled: Option<usize>,
    /// Why the chosen entry was not done.
    pub(crate) says: Option<String>,
}

/// So many of the last goals are kept.
const RECENT_MAX: usize = 8;

/// So many of the texts that were typed are kept.
const EARLIER_MAX: usize = 32;

/// What was done by the palette, the last first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    goals: VecDeque<Goal>,
    /// What was typed to find them.
    typed: VecDeque<String>,
}

impl Recent {
    /// Remembers it as the last.
    pub(crate) fn add(&mut self, goal: Goal) {
        self.goals.retain(|other| *other != goal);
        self.goals.push_front(goal);
        self.goals.truncate(RECENT_MAX);
    }

    /// Remembers what was typed as the last.
    pub(crate) fn typed(&mut self, text: &str) {
        if !text.is_empty() {
            self.typed.retain(|other| other != text);
            self.typed.push_front(text.to_owned());
            self.typed.truncate(EARLIER_MAX);
        }
    }

    /// What was typed so many times ago, from 0.
    pub(crate) fn text(&self, ago: usize) -> Option<&str> {
        self.typed.get(ago).map(String::as_str)
    }

    /// How long ago it was done, from 0; `None`: not lately.
    pub(crate) fn rank(&self, goal: &Goal) -> Option<usize> {
        self.goals.iter().position(|other| other == goal)
    }
}
