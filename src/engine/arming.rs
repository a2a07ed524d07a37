//! Arming: an attempt is written down, and its box put on the host, while the step before it runs.

use jiff::Timestamp;

use super::{Engine, Found};
use crate::{
    model::{Gate, Kind, NodeId, Try},
    run::{Cell, Fact, State},
};

impl Engine {
    /// Arms what is next, one step ahead of what runs.
    pub(super) fn arm(&self, _now: Timestamp) -> Found {
        let run = &self.run;
        run.ids()
            .filter(|(_, cell)| cell.state == State::Waiting && !run.given_up(cell))
            .filter(|(_, cell)| !matches!(cell.node.kind, Kind::Gate(_)))
            .filter(|(_, cell)| cell.node.host.is_some_and(|host| run.takes_part(host)))
            .filter(|(_, cell)| cell.node.needs.iter().all(|need| self.is_near(*need)))
            .map(|(node, cell)| {
                let attempt = Try { node, n: cell.tries.saturating_add(1) };
                (Fact::Armed(attempt), None)
            })
            .collect()
    }

    /// Whether this need is met, or will be as soon as what runs now has ended.
    fn is_near(&self, need: NodeId) -> bool {
        let run = &self.run;
        let Some(cell) = run.cell(need) else { return true };
        if run.satisfied(need) {
            return true;
        }
        match &cell.node.kind {
            Kind::Gate(gate) if opens_by_itself(gate) => {
                cell.node.needs.iter().all(|need| self.is_begun(*need))
            }
            Kind::Gate(_) | Kind::Act(_) | Kind::Ask(_) => false,
        }
    }

    fn is_begun(&self, need: NodeId) -> bool {
        let run = &self.run;
        let begun = |cell: &Cell| cell.in_flight() || matches!(cell.state, State::Armed(_));
        run.satisfied(need) || run.cell(need).is_none_or(|cell| begun(cell) && run.ready(cell))
    }
}

fn opens_by_itself(gate: &Gate) -> bool {
    match gate {
        Gate::Barrier | Gate::Join | Gate::Enter(_) | Gate::Leave(_) => true,
        Gate::Batch { .. } | Gate::Confirm(_) | Gate::Schema(_) | Gate::Until(_) => false,
    }
}
