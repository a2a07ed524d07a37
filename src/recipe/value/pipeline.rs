//! Pipelines.

use super::super::source::{At, Span, Template};
use crate::model::StepName;

/// A named list of steps and groups.
#[derive(Clone, Debug)]
pub struct Pipeline {
    /// Where its name stands; where a step stands, for one that deployui made itself.
    pub name: At<String>,
    /// What it does, in order.
    pub entries: Vec<Entry>,
    /// Whether a file has it; the `rollback` that every layout has by itself is not.
    pub own: bool,
}

/// One entry of a pipeline: a step, or a group of steps.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The steps, in order; at least one.
    pub steps: Vec<At<StepName>>,
    /// How many hosts go through it at a time; `None`: all of them, step by step. A step's own
    /// `batch` is here for an entry of one step.
    pub batch: Option<At<Share>>,
    /// The page is up meanwhile; where this is said.
    pub maintenance: Option<Span>,
    /// Go through it only where this exits 0.
    pub when: Option<Template>,
    /// Put the page up only when this step has something to do; the steps are done all the same.
    pub when_pending: Option<At<StepName>>,
}

/// Some of the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// That many, at least one.
    Count(u16),
    /// That many of a hundred, at least one host.
    Percent(u16),
}

impl Share {
    /// How many of `all` hosts that is; at least one.
    #[must_use]
    pub fn of(self, all: usize) -> usize {
        let part = match self {
            Self::Count(count) => usize::from(count),
            Self::Percent(percent) => all * usize::from(percent) / 100,
        };
        part.max(1)
    }
}

impl Pipeline {
    /// The steps in the order in which they are done.
    pub fn steps(&self) -> impl Iterator<Item = &At<StepName>> {
        self.entries.iter().flat_map(|entry| &entry.steps)
    }
}
