//! Questions that the engine and the front ends alike put to a [`Run`].

use super::{Cell, LinkState, Overrule, Run, State, Verdict};
use crate::model::{Changes, HoldId, HostId, Kind, Node, NodeId, Origin, Part, Query};

/// What all cells of a run add up to, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// A node failed, was left out, or its host was excluded.
    pub failed: bool,
    /// An outcome is unknown.
    pub unknown: bool,
}

impl Run {
    /// Whether a node that waits for this one may go on.
    #[must_use]
    pub fn satisfied(&self, id: NodeId) -> bool {
        let Some(cell) = self.cell(id) else { return true };
        if matches!(cell.state, State::Overruled(_)) && cell.moved.is_some() {
            return self.instead_of(id).is_some();
        }
        if self.early.contains(&id) {
            return false;
        }
        cell.state.is_done() || (cell.state.is_failure() && cell.node.origin.takes_back())
    }

    /// Whether everything before this node is done.
    #[must_use]
    pub fn ready(&self, cell: &Cell) -> bool {
        cell.node.needs.iter().all(|need| self.satisfied(*need))
    }

    /// The action that took the place of this one.
    #[must_use]
    pub fn instead_of(&self, id: NodeId) -> Option<NodeId> {
        let acts = |cell: &Cell| matches!(cell.node.kind, Kind::Act(_));
        self.ids()
            .find(|(_, cell)| cell.node.origin == Origin::InsteadOf(id) && acts(cell))
            .map(|(id, _)| id)
    }

    /// Whether an attempt is armed that nothing keeps from beginning.
    #[must_use]
    pub fn is_next(&self, cell: &Cell) -> bool {
        matches!(cell.state, State::Armed(_)) && self.ready(cell)
    }

    /// Whether an attempt is armed that may have been told to start.
    #[must_use]
    pub fn may_have_started(&self, cell: &Cell) -> bool {
        cell.staged && self.is_next(cell)
    }

    /// Whether the run was given up, and what it did is taken back.
    #[must_use]
    pub fn is_taken_back(&self) -> bool {
        self.aborting.is_some_and(|abort| abort.undo)
    }

    /// Whether something is, or may be, running on a host now.
    #[must_use]
    pub fn busy(&self) -> bool {
        self.cells.iter().any(|cell| cell.in_flight() || self.may_have_started(cell))
    }

    /// Whether nothing may be begun for this cell any more: the run is given up (what takes back
    /// still goes on, unless that is given up too), or its host takes no further part.
    #[must_use]
    pub fn barred(&self, cell: &Cell) -> bool {
        let takes_back = cell.node.origin.takes_back();
        let aborted = self.aborting.is_some_and(|abort| !(takes_back && abort.undo));
        let out = cell.node.host.is_some_and(|host| !self.takes_part(host));
        aborted || out
    }

    /// Whether this cell had not begun and will not.
    #[must_use]
    pub fn given_up(&self, cell: &Cell) -> bool {
        cell.state.is_ahead() && self.barred(cell)
    }

    /// The open hold on a node, the oldest first.
    #[must_use]
    pub fn hold_on(&self, node: NodeId) -> Option<HoldId> {
        self.holds.iter().find(|(_, hold)| hold.on == node).map(|(id, _)| *id)
    }

    /// Whether the host takes part.
    #[must_use]
    pub fn takes_part(&self, host: HostId) -> bool {
        !self.excluded.contains_key(&host)
    }

    /// Items of schema changes that this run did and has not taken back, as their hosts listed them.
    #[must_use]
    pub fn migrated(&self) -> Vec<String> {
        let is_done = |state: &State| {
            let said =
                matches!(state, State::Overruled(Overrule::Fixed(_) | Overrule::Assumed(true, _)));
            said || matches!(state, State::Ok(_))
        };
        let migrates = |cell: &&Cell| changes(&cell.node) == Changes::Schema;
        let done = self.cells.iter().filter(migrates).filter(|cell| is_done(&cell.state));
        let item = |cell: &Cell| {
            let Part::Item { line, .. } = &cell.node.key.part else { return None };
            Some(line.clone())
        };
        done.filter_map(item).collect()
    }

    /// Whether a schema change has begun.
    #[must_use]
    pub fn schema_begun(&self) -> bool {
        self.cells.iter().any(|cell| cell.began.is_some() && changes(&cell.node) == Changes::Schema)
    }

    /// Whether something was done that visitors may see: an aborted run is then not simply over.
    #[must_use]
    pub fn visible(&self) -> bool {
        let seen = self.cells.iter().any(|cell| {
            cell.began.is_some()
                && !matches!(cell.state, State::Reverted(_))
                && changes(&cell.node) != Changes::Nothing
        });
        seen || self.scope_open()
    }

    /// What the cells add up to.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let mut standing = Standing::default();
        for cell in &self.cells {
            match &cell.state {
                State::Failed(..) => standing.failed = true,
                State::Refused(..) => {
                    standing.failed = true;
                    standing.unknown |= cell.astray;
                }
                State::Unknown(..) => standing.unknown = true,
                State::Overruled(Overrule::Excluded(_, flight)) => {
                    standing.failed = true;
                    standing.unknown |= *flight;
                }
                State::Overruled(Overrule::Skipped(_)) | State::Stranded(_) => {
                    standing.failed = true;
                }
                State::Overruled(Overrule::Fixed(_) | Overrule::Assumed(..))
                | State::Waiting
                | State::Armed(_)
                | State::Running(_)
                | State::Settling(..)
                | State::Ok(_)
                | State::Never(_)
                | State::Reverted(_) => {}
            }
        }
        standing
    }

    /// The verdict if the run ended now.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let standing = self.standing();
        match self.aborting {
            _ if standing.unknown => Verdict::Unknown,
            Some(_) if standing.failed => Verdict::Failed,
            Some(_) => Verdict::Aborted,
            None if standing.failed => Verdict::Failed,
            None => Verdict::Ok,
        }
    }

    /// Whether this lists the items of a step.
    #[must_use]
    pub fn lists(&self, id: NodeId) -> bool {
        match self.cell(id).map(|cell| &cell.node.kind) {
            Some(Kind::Ask(ask)) => matches!(ask.query, Query::Items(_)),
            Some(Kind::Act(_) | Kind::Gate(_)) | None => false,
        }
    }

    /// Whether this lists the items of a step, and can still bring some.
    #[must_use]
    pub fn lists_on(&self, id: NodeId) -> bool {
        let open = |cell: &Cell| !cell.state.is_done() && !self.barred(cell);
        self.lists(id) && self.cell(id).is_some_and(open)
    }

    /// The item behind a gate that a list brought.
    #[must_use]
    pub fn item_behind(&self, gate: NodeId) -> Option<(NodeId, &Cell)> {
        let Origin::ItemOf(_) = self.cell(gate)?.node.origin else { return None };
        self.ids().find(|(_, cell)| {
            matches!(cell.node.key.part, Part::Item { .. }) && cell.node.needs.contains(&gate)
        })
    }

    /// Why the host cannot be talked to; `None` while it can, or before it was tried.
    #[must_use]
    pub fn down(&self, host: HostId) -> Option<&str> {
        match self.world.links.get(&host) {
            Some((LinkState::Down(why), _)) => Some(why),
            Some((LinkState::Up, _)) | None => None,
        }
    }
}

/// What doing a node changes.
fn changes(node: &Node) -> Changes {
    match &node.kind {
        Kind::Act(act) => act.changes,
        Kind::Ask(_) | Kind::Gate(_) => Changes::Nothing,
    }
}
