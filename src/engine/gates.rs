//! Gates: all waiting is here. Pause, stepping, breakpoints and confirmations act on nothing else.

use jiff::Timestamp;

use super::{Engine, Found, limits};
use crate::{
    model::{Gate, Kind, NodeId},
    run::{Cause, Cell, Fact, Hold, Offer, Opening, State},
};

/// What a gate does now.
enum Step {
    Pass,
    Wait,
    Hold(Cause),
}

impl Engine {
    /// Passes one gate that can be passed, or asks at one where the operator must be asked. One at a
    /// time: passing a barrier while stepping pauses the run.
    pub(super) fn pass_gates(&self, now: Timestamp) -> Found {
        let run = &self.run;
        for (id, cell) in run.ids() {
            let gate = matches!(cell.node.kind, Kind::Gate(_)) && cell.state == State::Waiting;
            let due = gate && !run.given_up(cell) && run.ready(cell);
            if !due || run.hold_on(id).is_some() {
                continue;
            }
            let Some(opening) = run.opening(id, run.mode) else { continue };
            match self.at_gate(opening, (id, cell), now) {
                Step::Pass => return vec![(Fact::Passed(id), None)],
                Step::Hold(cause) => return self.ask_at(id, cause),
                Step::Wait => {}
            }
        }
        Vec::new()
    }

    fn at_gate(&self, opening: Opening, (id, cell): (NodeId, &Cell), now: Timestamp) -> Step {
        match opening {
            Opening::Free => Step::Pass,
            Opening::Paused => Step::Wait,
            Opening::Asked(cause) => Step::Hold(cause),
            Opening::InTime(after) if now >= limits::after(self.done_at(cell), after) => Step::Pass,
            Opening::InTime(_) => Step::Wait,
            Opening::Undone(_) if self.run.not_undone(id).next().is_some() => Step::Wait,
            Opening::Undone(None) => Step::Pass,
            Opening::Undone(Some(cause)) => Step::Hold(cause),
        }
    }

    /// Whether an undo waits for an answer to what failed: before it leaves a scope, or asks whether it
    /// may pass a schema change.
    pub(super) fn waits_for_what_failed(&self) -> bool {
        self.run.ids().any(|(id, cell)| {
            matches!(cell.node.kind, Kind::Gate(Gate::Leave(_) | Gate::Schema(_)))
                && cell.node.origin.takes_back()
                && cell.state == State::Waiting
                && self.run.ready(cell)
                && self.run.not_undone(id).any(|(_, cell)| cell.state.is_failure())
        })
    }

    /// When the last of a gate's needs was met.
    pub(super) fn done_at(&self, gate: &Cell) -> Timestamp {
        let ended = gate.node.needs.iter().filter_map(|need| self.run.cell(*need)?.ended);
        ended.max().unwrap_or(self.run.opened)
    }

    fn ask_at(&self, gate: NodeId, cause: Cause) -> Found {
        let mut offers = vec![Offer::Go, Offer::Abort];
        let undoing = self.run.aborting.is_some();
        if cause != Cause::Schema && !undoing {
            offers.push(Offer::Undo);
        }
        vec![self.held(Hold { on: gate, cause, offers })]
    }
}
