//! Where gates stand: what is right behind them, and in which batch of hosts.

use super::{Cell, Run, State};
use crate::model::{Batch, Gate, HostId, Kind, NodeId, Origin};

impl Run {
    /// The batch in which a node is done, or which a gate opens.
    #[must_use]
    pub fn batch(&self, id: NodeId) -> Option<&Batch> {
        match self.cell(id)?.node.origin {
            Origin::Plan => self.plan.batch(id),
            Origin::ItemOf(of) | Origin::InsteadOf(of) => self.batch(of),
            Origin::UndoOf(_) | Origin::FollowerOf(_) | Origin::LeaveOf(_) => None,
        }
    }

    /// The gate at which a paused run stands: the first that it passes when it goes on.
    #[must_use]
    pub fn stands_before(&self) -> Option<NodeId> {
        let stands = |cell: &Cell| {
            cell.node.is_stop()
                && cell.state == State::Waiting
                && !self.given_up(cell)
                && self.ready(cell)
        };
        self.ids().find(|(_, cell)| stands(cell)).map(|(id, _)| id)
    }

    /// The host on which what a gate asks about was done, where it is asked behind that.
    #[must_use]
    pub fn asked_behind(&self, gate: NodeId) -> Option<HostId> {
        let cell = self.cell(gate)?;
        if !matches!(cell.node.kind, Kind::Gate(Gate::Confirm(_))) {
            return None;
        }
        let done = |need: &NodeId| self.cell(*need).is_some_and(|it| it.node.host.is_some());
        let [only] = cell.node.needs.as_slice() else { return None };
        done(only).then(|| self.cell(*only)?.node.host).flatten()
    }

    /// What a gate keeps back, and may still be done: actions and questions with nothing but gates in between.
    #[must_use]
    pub fn kept_back(&self, gate: NodeId) -> Vec<NodeId> {
        let mut gates = vec![gate];
        while !gates.is_empty() {
            let waits = self.ids().filter(|(_, cell)| {
                cell.state.is_ahead() && cell.node.needs.iter().any(|need| gates.contains(need))
            });
            let (further, found): (Vec<_>, Vec<_>) =
                waits.partition(|(_, cell)| matches!(cell.node.kind, Kind::Gate(_)));
            let found: Vec<NodeId> = found
                .into_iter()
                .filter(|(_, cell)| !self.given_up(cell))
                .map(|(id, _)| id)
                .collect();
            if !found.is_empty() {
                return found;
            }
            gates = further.into_iter().map(|(id, _)| id).collect();
        }
        Vec::new()
    }
}
