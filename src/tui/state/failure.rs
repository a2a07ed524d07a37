//! The failure view: whether it is open, which failures it was opened for, and what was found in
//! their logs.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{HoldId, NodeId, Try},
    run::{Cause, Hold, Run},
};

/// What the log of a failed attempt says of the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Looked for, from this line on.
    Looking(u64),
    /// The first line that speaks of an error.
    Error {
        /// Its number, from 0.
        line: u64,
        /// What it says; of a traceback, what its end says. Made safe, without secrets.
        text: String,
        /// The place in the code that it names.
        at: Option<String>,
    },
    /// No line speaks of an error; the last one that says anything.
    Nothing(Option<String>),
}

/// A log that was put at its first error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) of: Try,
    /// Its first line and row then.
    pub(crate) top: (u64, usize),
    /// Cells and rows that there was room for, and whether lines were wrapped.
    pub(crate) room: ((usize, usize), bool),
}

/// The failure view.
#[derive(Clone, Debug, Default)]
pub(crate) struct Failure {
    pub(crate) open: bool,
    /// Failures for which it was opened, or that were seen in it: it opens once for each.
    pub(crate) seen: BTreeSet<HoldId>,
    /// A line has said that it opens as soon as nothing is in the way.
    pub(crate) announced: bool,
    /// Whether the cursor had been moved before it was opened.
    pub(crate) moved: bool,
    /// First row shown of the card, and of where things stand.
    pub(crate) scroll: usize,
    pub(crate) standing: usize,
    pub(crate) found: BTreeMap<Try, Found>,
    /// The log that was put at its first error.
    pub(crate) placed: Option<Placed>,
    /// Commands that were typed and not sent.
    pub(crate) drafts: BTreeMap<NodeId, String>,
}

/// Whether a question is about a step that can be looked at: it has a card.
pub(crate) fn has_card(hold: &Hold) -> bool {
    match &hold.cause {
        Cause::Failed(_)
        | Cause::Refused(_)
        | Cause::Unknown(_)
        | Cause::NotUndone(_)
        | Cause::Unsettled
        | Cause::Unreachable
        | Cause::Input(..) => true,
        Cause::Break
        | Cause::Confirm(_)
        | Cause::Schema
        | Cause::Batch(_)
        | Cause::LockHeld(_)
        | Cause::Diverges(_)
        | Cause::OnceHostGone(_) => false,
    }
}

/// The open questions that the view goes through: those that have a card.
pub(crate) fn cards(run: &Run) -> Vec<HoldId> {
    run.holds.iter().filter(|(_, hold)| has_card(hold)).map(|(id, _)| *id).collect()
}

/// The attempt that a question is about.
pub(crate) fn attempt(run: &Run, hold: &Hold) -> Option<Try> {
    let cell = run.cell(hold.on)?;
    (cell.tries > 0).then_some(Try { node: hold.on, n: cell.tries })
}

impl Failure {
    /// Whether this log stands where it was put: nobody has moved it.
    pub(crate) fn stands(&self, of: Option<Try>, top: (u64, usize)) -> bool {
        self.open && self.placed.is_some_and(|it| Some(it.of) == of && it.top == top)
    }

    /// What was found in the log of an attempt.
    pub(crate) fn found(&self, attempt: Try) -> Option<&Found> {
        self.found.get(&attempt)
    }
}
