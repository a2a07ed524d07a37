//! Undo: compensations are ordinary nodes, appended when a run is given up with undo. The last done
//! is taken back first; what was done side by side is taken back side by side. A compensation that
//! fails does not stop the rest.

use jiff::Timestamp;

use super::{Engine, Found};
use crate::{
    model::{Act, Changes, Command, Gate, HostId, Key, Kind, Node, NodeId, Origin, Part, StepName},
    run::{Cell, Fact, Overrule, State},
};

/// One thing to take back.
struct Back {
    node: NodeId,
    key: Key,
    host: HostId,
    command: Command,
    changes: Changes,
    limit: Option<std::time::Duration>,
    /// The fact by which it was first known to have begun.
    began: u64,
}

impl Engine {
    /// Lays out the taking back, once everything that was begun has ended.
    pub(super) fn grow_undo(&self, _now: Timestamp) -> Found {
        let run = &self.run;
        let due = run.aborting.is_some_and(|abort| abort.undo) && !run.undo_grown;
        let unsure = run.cells.iter().any(|cell| {
            matches!(cell.state, State::Unknown(..))
                && cell.node.host.is_some_and(|h| run.takes_part(h))
        });
        if !due || unsure || run.busy() {
            return Vec::new();
        }
        vec![(Fact::Grew(self.taking_back(), Vec::new()), None)]
    }

    fn taking_back(&self) -> Vec<Node> {
        let mut nodes = Layout::new(&self.run.cells);
        let mut schema = self.last_schema_change();
        for column in self.columns_back() {
            let passes = |since: u64| {
                let visible = |back: &Back| back.changes != Changes::Nothing;
                column.iter().any(|back| visible(back) || back.began <= since)
            };
            if let Some((migration, step, _)) = schema.take_if(|(.., since)| passes(*since)) {
                nodes.gate(&step, Gate::Schema(migration), Origin::UndoOf(migration));
            }
            let Some(first) = column.first() else { continue };
            let step = first.key.step.clone();
            let origin = Origin::UndoOf(first.node);
            nodes.gate(&step, Gate::Barrier, origin);
            for back in &column {
                nodes.act(back);
            }
            if column.iter().any(|back| back.changes == Changes::Served) {
                self.followers_back(&column, &mut nodes);
            }
        }
        nodes.done
    }

    /// The schema change that began last: nothing from before it, and nothing visible, is taken back
    /// without being asked.
    fn last_schema_change(&self) -> Option<(NodeId, StepName, u64)> {
        let changes = self.run.ids().filter(|(_, cell)| changes(cell) == Changes::Schema);
        changes
            .filter_map(|(id, cell)| Some((id, cell.node.key.step.clone(), cell.began?)))
            .max_by_key(|(.., began)| *began)
    }

    /// What follows a change of what is served runs after it was taken back, too.
    fn followers_back(&self, column: &[Back], nodes: &mut Layout) {
        for back in column {
            let here = |host: HostId, of: &StepName| host == back.host && *of == back.key.step;
            let followers =
                self.run.plan.followers.iter().filter(|follower| here(follower.host, &follower.of));
            for follower in followers {
                nodes.follow(&follower.step, follower.host, &follower.act, back.node);
            }
        }
    }

    /// What is to be taken back, last first, grouped by what ran side by side.
    fn columns_back(&self) -> Vec<Vec<Back>> {
        let mut begun: Vec<(u64, NodeId, &Cell)> = self
            .run
            .ids()
            .filter_map(|(id, cell)| Some((cell.began?, id, cell)))
            .filter(|(_, _, cell)| !cell.node.origin.takes_back())
            .collect();
        begun.sort_by_key(|(began, ..)| std::cmp::Reverse(*began));
        let mut columns: Vec<Vec<Back>> = Vec::new();
        for (began, id, cell) in begun {
            let Some(back) = self.back(id, cell, began) else { continue };
            match columns.last_mut() {
                Some(last) if side_by_side(last, &back) => last.push(back),
                Some(_) | None => columns.push(vec![back]),
            }
        }
        columns
    }

    /// The taking back of something that began, with whatever attempt: a later attempt that was
    /// refused or never begun does not undo what an earlier one did.
    fn back(&self, node: NodeId, cell: &Cell, began: u64) -> Option<Back> {
        let (host, Kind::Act(act)) = (cell.node.host?, &cell.node.kind) else { return None };
        let done = match &cell.state {
            State::Ok(_) | State::Failed(..) | State::Refused(..) | State::Never(_) => true,
            State::Overruled(overrule) => match overrule {
                Overrule::Skipped(_) | Overrule::Fixed(_) | Overrule::Assumed(..) => true,
                Overrule::Excluded(..) => false,
            },
            State::Waiting
            | State::Armed(_)
            | State::Running(_)
            | State::Settling(..)
            | State::Unknown(..)
            | State::Stranded(_)
            | State::Reverted(_) => false,
        };
        if !done || !self.run.takes_part(host) {
            return None;
        }
        let command = act.undo.clone()?;
        let key = cell.node.key.clone();
        Some(Back { node, key, host, command, changes: act.changes, limit: act.limit, began })
    }
}

/// Whether this was done on another host at the same time as these.
fn side_by_side(column: &[Back], back: &Back) -> bool {
    column.iter().all(|other| other.key == back.key && other.host != back.host)
}

fn changes(cell: &Cell) -> Changes {
    match &cell.node.kind {
        Kind::Act(act) => act.changes,
        Kind::Ask(_) | Kind::Gate(_) => Changes::Nothing,
    }
}

/// Nodes laid out one column after the other, behind a chain of gates.
struct Layout {
    next: u32,
    count: u16,
    gate: Option<NodeId>,
    behind: Vec<NodeId>,
    done: Vec<Node>,
}

impl Layout {
    fn new(cells: &[Cell]) -> Self {
        let next = u32::try_from(cells.len()).unwrap_or(u32::MAX);
        Self { next, count: 0, gate: None, behind: Vec::new(), done: Vec::new() }
    }

    fn push(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.next);
        self.next = self.next.saturating_add(1);
        self.done.push(node);
        id
    }

    fn gate(&mut self, step: &StepName, gate: Gate, origin: Origin) {
        let mut needs = std::mem::take(&mut self.behind);
        needs.extend(self.gate);
        self.count = self.count.saturating_add(1);
        let key = Key { step: step.clone(), part: Part::Undo(self.count) };
        let id = self.push(Node { key, host: None, needs, kind: Kind::Gate(gate), origin });
        self.gate = Some(id);
    }

    fn act(&mut self, back: &Back) {
        self.count = self.count.saturating_add(1);
        let act = Act {
            command: back.command.clone(),
            undo: None,
            changes: Changes::Nothing,
            mode: crate::model::BoxMode::Detached,
            limit: back.limit,
            retry: 0,
            elsewhere: Vec::new(),
        };
        let part = Part::Undo(self.count);
        let node = self.node(&back.key.step, part, back.host, act, Origin::UndoOf(back.node));
        self.behind.push(node);
    }

    fn follow(&mut self, step: &StepName, host: HostId, act: &Act, of: NodeId) {
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
