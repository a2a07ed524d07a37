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
    /// Why the chosen entry was not done.
    pub(crate) says: Option<String>,
}

/// So many of the last goals are kept.
const RECENT_MAX: usize = 8;

/// What was done by the palette, the last first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent(VecDeque<Goal>);

impl Recent {
    /// Remembers it as the last.
    pub(crate) fn add(&mut self, goal: Goal) {
        self.0.retain(|other| *other != goal);
        self.0.push_front(goal);
        self.0.truncate(RECENT_MAX);
    }

    /// How long ago it was done, from 0; `None`: not lately.
    pub(crate) fn rank(&self, goal: &Goal) -> Option<usize> {
        self.0.iter().position(|other| other == goal)
    }
}
