//! The graph of an undo: one column after the other, behind a chain of gates.

use super::{Back, SchemaChange};
use crate::{
    model::{Act, BoxMode, Changes, Gate, HostId, Key, Kind, Node, NodeId, Origin, Part, StepName},
    run::Cell,
};

/// Nodes laid out one column after the other, behind a chain of gates.
pub(super) struct Layout {
    next: u32,
    count: u16,
    gate: Option<NodeId>,
    behind: Vec<NodeId>,
    pub(super) done: Vec<Node>,
}

impl Layout {
    pub(super) fn new(cells: &[Cell]) -> Self {
        let next = u32::try_from(cells.len()).unwrap_or(u32::MAX);
        Self { next, count: 0, gate: None, behind: Vec::new(), done: Vec::new() }
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.next);
        self.next = self.next.saturating_add(1);
        self.done.push(node);
        id
    }

    pub(super) fn gate(&mut self, step: &StepName, gate: Gate, origin: Origin) {
        let mut needs = std::mem::take(&mut self.behind);
        needs.extend(self.gate);
        self.count = self.count.saturating_add(1);
        let key = Key { step: step.clone(), part: Part::Undo(self.count) };
        let id = self.push(Node { key, host: None, needs, kind: Kind::Gate(gate), origin });
        self.gate = Some(id);
    }

    /// Asks before anything behind it.
    pub(super) fn schema_gate(&mut self, change: &SchemaChange) {
        self.gate(&change.step, Gate::Schema(change.node), Origin::UndoOf(change.node));
    }

    /// Does what that action was there for, to leave a scope.
    pub(super) fn close(&mut self, of: NodeId, closing: &Node) {
        let (Some(host), Kind::Act(act)) = (closing.host, &closing.kind) else { return };
        self.count = self.count.saturating_add(1);
        let act = Act { undo: None, elsewhere: Vec::new(), ..Act::clone(act) };
        let part = Part::Leave(self.count);
        let node = self.node(&closing.key.step, part, host, act, Origin::LeaveOf(of));
        self.behind.push(node);
    }

    pub(super) fn act(&mut self, back: &Back) {
        self.count = self.count.saturating_add(1);
        let act = Act {
            command: back.command.clone(),
            undo: None,
            changes: Changes::Nothing,
            mode: BoxMode::Detached,
            limit: back.limit,
            retry: 0,
            elsewhere: Vec::new(),
        };
        let part = Part::Undo(self.count);
        let node = self.node(&back.key.step, part, back.host, act, Origin::UndoOf(back.node));
        self.behind.push(node);
    }

    pub(super) fn follow(&mut self, step: &StepName, host: HostId, act: &Act, of: NodeId) {
        let Some(after) = self.behind.iter().copied().find(|id| self.undoes(*id, of)) else {
            return;
        };
        self.count = self.count.saturating_add(1);
        let part = Part::Follow(self.count);
        let node = self.node(step, part, host, act.clone(), Origin::FollowerOf(of));
        if let Some(last) = self.done.last_mut() {
            last.needs.push(after);
        }
        self.behind.push(node);
    }

    fn undoes(&self, id: NodeId, of: NodeId) -> bool {
        let first = self.next - u32::try_from(self.done.len()).unwrap_or(0);
        let place = usize::try_from(id.0.saturating_sub(first)).unwrap_or(usize::MAX);
        self.done.get(place).is_some_and(|node| node.origin == Origin::UndoOf(of))
    }

    fn node(
        &mut self,
        step: &StepName,
        part: Part,
        host: HostId,
        act: Act,
        origin: Origin,
    ) -> NodeId {
        let key = Key { step: step.clone(), part };
        let needs = self.gate.into_iter().collect();
        self.push(Node { key, host: Some(host), needs, kind: Kind::Act(Box::new(act)), origin })
    }
}
