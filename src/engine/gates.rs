//! Gates: all waiting is here. Pause, stepping, breakpoints and confirmations act on nothing else.

use jiff::Timestamp;

use super::{Engine, Found, limits};
use crate::{
    model::{Gate, Kind, NodeId, Origin},
    run::{Cause, Cell, Fact, Hold, Mode, Offer, State},
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
            let Kind::Gate(gate) = &cell.node.kind else { continue };
            let due = cell.state == State::Waiting && !run.given_up(cell) && run.ready(cell);
            if !due || run.hold_on(id).is_some() {
                continue;
            }
            match self.at_gate(gate, (id, cell), now) {
                Step::Pass => return vec![(Fact::Passed(id), None)],
                Step::Hold(cause) => return self.ask_at(id, cause),
                Step::Wait => {}
            }
        }
        Vec::new()
    }

    fn at_gate(&self, gate: &Gate, (id, cell): (NodeId, &Cell), now: Timestamp) -> Step {
        let released = cell.released;
        let ask_unless_released = |cause| if released { Step::Pass } else { Step::Hold(cause) };
        match gate {
            Gate::Join | Gate::Enter(_) => Step::Pass,
            Gate::Leave(_) => {
                let undoing = cell.node.origin.takes_back();
                let over = undoing && self.not_undone(id).next().is_some();
                if over { Step::Wait } else { Step::Pass }
            }
            Gate::Barrier => match self.run.mode {
                Mode::Pause if released => Step::Pass,
                Mode::Pause => Step::Wait,
                Mode::Run if cell.breakpoint && !released => Step::Hold(Cause::Break),
                Mode::Run | Mode::Step => Step::Pass,
            },
            Gate::Batch { max_failed } => {
                let out = u16::try_from(self.run.excluded.len()).unwrap_or(u16::MAX);
                if out <= *max_failed { Step::Pass } else { ask_unless_released(Cause::Batch(out)) }
            }
            Gate::Confirm(question) => ask_unless_released(Cause::Confirm(question.clone())),
            Gate::Schema(_) => ask_unless_released(Cause::Schema),
            Gate::Until(after) => {
                let due = limits::after(self.done_at(cell), *after);
                if now >= due { Step::Pass } else { Step::Wait }
            }
        }
    }

    /// Compensations laid out before a gate that leaves a scope, and not done with: it is not left
    /// over what was not taken back, since visitors would be let in.
    fn not_undone(&self, leave: NodeId) -> impl Iterator<Item = &Cell> {
        let before = self.run.ids().take_while(move |(id, _)| *id < leave).map(|(_, cell)| cell);
        before.filter(|cell| matches!(cell.node.origin, Origin::UndoOf(_)) && !cell.state.is_done())
    }

    /// Whether leaving a scope, in the course of an undo, waits for an answer to what failed.
    pub(super) fn waits_to_leave(&self) -> bool {
        self.run.ids().any(|(id, cell)| {
            matches!(cell.node.kind, Kind::Gate(Gate::Leave(_)))
                && cell.node.origin.takes_back()
                && cell.state == State::Waiting
                && self.run.ready(cell)
                && self.not_undone(id).any(|cell| cell.state.is_failure())
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
