//! What a gate still asks for, once all that it needs is done: for the engine, which passes it, and for
//! the look ahead, alike.

use std::time::Duration;

use super::{Cause, Cell, Mode, Run};
use crate::model::{Gate, Kind, NodeId, Origin};

/// How a gate is passed that waits for no node any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// At once.
    Free,
    /// When the run is let go on: it is paused.
    Paused,
    /// When somebody says so; about what.
    Asked(Cause),
    /// So long after the last of what it needs was done.
    InTime(Duration),
    /// When all that was laid out before it is undone: a scope is not left over what was not taken back,
    /// since visitors would be let in. Then at once, or when somebody says so; about what.
    Undone(Option<Cause>),
}

impl Run {
    /// What this gate still asks for in a run that may go so far; `None`: it is no gate.
    #[must_use]
    pub fn opening(&self, id: NodeId, mode: Mode) -> Option<Opening> {
        let cell = self.cell(id)?;
        let Kind::Gate(gate) = &cell.node.kind else { return None };
        if mode == Mode::Pause && cell.node.is_stop() && !cell.released {
            return Some(Opening::Paused);
        }
        Some(match gate {
            Gate::Join | Gate::Enter(_) => Opening::Free,
            Gate::Leave(_) if cell.node.origin.takes_back() => Opening::Undone(None),
            Gate::Leave(_) => Opening::Free,
            Gate::Barrier if mode == Mode::Run && cell.breakpoint => asked(cell, Cause::Break),
            Gate::Barrier => Opening::Free,
            Gate::Batch { max_failed } => {
                let out = u16::try_from(self.excluded.len()).unwrap_or(u16::MAX);
                let agreed = self.missing_agreed.max(*max_failed);
                if out <= agreed { Opening::Free } else { asked(cell, Cause::Batch(out)) }
            }
            Gate::Confirm(_) if self.is_about_nobody(cell) => Opening::Free,
            Gate::Confirm(question) => asked(cell, Cause::Confirm(question.clone())),
            // Whoever is asked knows of all that failed before.
            Gate::Schema(_) if !cell.released => Opening::Undone(Some(Cause::Schema)),
            Gate::Schema(_) => Opening::Free,
            Gate::Until(after) => Opening::InTime(*after),
        })
    }

    /// Whether a question after a step is about hosts of which none takes part any more.
    pub(super) fn is_about_nobody(&self, gate: &Cell) -> bool {
        let cells = |needs: &[NodeId]| -> Vec<&Cell> {
            needs.iter().filter_map(|id| self.cell(*id)).collect()
        };
        let is_join = |cell: &Cell| matches!(cell.node.kind, Kind::Gate(Gate::Join));
        // Items of a host are joined before.
        let about = cells(&gate.node.needs).into_iter().flat_map(|cell| match is_join(cell) {
            true => cells(&cell.node.needs),
            false => vec![cell],
        });
        let mut about = about.peekable();
        about.peek().is_some()
            && about.all(|cell| cell.node.host.is_some_and(|host| !self.takes_part(host)))
    }

    /// Compensations, and what follows them, that were laid out before this gate of an undo, and are not
    /// done with.
    pub fn not_undone(&self, gate: NodeId) -> impl Iterator<Item = (NodeId, &Cell)> {
        let before = self.ids().take_while(move |(id, _)| *id < gate);
        before.filter(|(_, cell)| {
            matches!(cell.node.origin, Origin::UndoOf(_) | Origin::FollowerOf(_))
                && !cell.state.is_done()
        })
    }
}

fn asked(cell: &Cell, cause: Cause) -> Opening {
    if cell.released { Opening::Free } else { Opening::Asked(cause) }
}
