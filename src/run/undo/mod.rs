//! What would be, or is, taken back of a run: compensations as nodes, the last done first; what was done
//! side by side is taken back side by side. A scope that is still open is left where it was entered:
//! after everything inside it was taken back, and before what was done before it.

mod layout;

use super::{Cell, OpenScope, Overrule, Run, State};
use crate::model::{Changes, Command, Gate, HostId, Key, Kind, Node, NodeId, Origin, StepName};

use layout::Layout;

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

/// A schema change that has begun.
#[derive(Clone)]
struct SchemaChange {
    node: NodeId,
    step: StepName,
    /// The fact by which it was first known to have begun.
    since: u64,
}

impl Run {
    /// The nodes that take back what has begun, with the ids that come next. What goes on now, is tried
    /// again or is not known will have ended, or been decided, by then.
    #[must_use]
    pub fn taking_back(&self) -> Vec<Node> {
        let mut nodes = Layout::new(&self.cells);
        let changed = self.last_schema_change();
        let mut schema = changed.clone();
        let mut scopes = self.open_scopes().into_iter().peekable();
        for column in self.columns_back() {
            let Some(first) = column.first() else { continue };
            while let Some(scope) = scopes.next_if(|scope| scope.since > first.began) {
                self.leave(&scope, changed.as_ref(), &mut nodes);
            }
            let passes = |since: u64| {
                let visible = |back: &Back| back.changes != Changes::Nothing;
                column.iter().any(|back| visible(back) || back.began <= since)
            };
            if let Some(schema) = schema.take_if(|schema| passes(schema.since)) {
                nodes.schema_gate(&schema);
            }
            nodes.gate(&first.key.step, Gate::Barrier, Origin::UndoOf(first.node));
            for back in &column {
                nodes.act(back);
            }
            if column.iter().any(|back| back.changes == Changes::Served) {
                self.followers_back(&column, &mut nodes);
            }
        }
        for scope in scopes {
            self.leave(&scope, changed.as_ref(), &mut nodes);
        }
        nodes.done
    }

    /// What is still to be taken back, or would be if the run were given up so now.
    #[must_use]
    pub fn left_to_take_back(&self) -> Vec<Node> {
        if !self.undo_grown {
            return self.taking_back();
        }
        self.left_of_the_undo().map(|(_, cell)| cell.node.clone()).collect()
    }

    /// What of the taking back, as it is laid out, is not known to have begun, and will be.
    pub fn left_of_the_undo(&self) -> impl Iterator<Item = (NodeId, &Cell)> {
        let back = self.ids().filter(|(_, cell)| cell.node.origin.takes_back());
        back.filter(|(_, cell)| cell.state.is_ahead() && !self.given_up(cell))
    }

    /// What still leaves a scope. It shows visitors what is there: over a schema that was changed
    /// never without being asked, however that was taken back.
    fn leave(&self, open: &OpenScope, changed: Option<&SchemaChange>, nodes: &mut Layout) {
        let Some(enter) = self.cell(open.enter) else { return };
        if let Some(changed) = changed {
            nodes.schema_gate(changed);
        }
        let step = &enter.node.key.step;
        nodes.gate(step, Gate::Leave(open.scope), Origin::LeaveOf(open.enter));
        for (place, together) in open.closing.iter().enumerate() {
            if place > 0 {
                nodes.gate(step, Gate::Join, Origin::LeaveOf(open.enter));
            }
            for id in together {
                if let Some(cell) = self.cell(*id) {
                    nodes.close(*id, &cell.node);
                }
            }
        }
    }

    /// The schema change that began last: nothing from before it, and nothing visible, is taken back
    /// without being asked.
    fn last_schema_change(&self) -> Option<SchemaChange> {
        let begun = self.ids().filter(|(_, cell)| changes(cell) == Changes::Schema);
        begun
            .filter_map(|(node, cell)| {
                let step = cell.node.key.step.clone();
                Some(SchemaChange { node, step, since: cell.began? })
            })
            .max_by_key(|change| change.since)
    }

    /// What follows a change of what is served runs after it was taken back, too.
    fn followers_back(&self, column: &[Back], nodes: &mut Layout) {
        for back in column {
            let here = |host: HostId, of: &StepName| host == back.host && *of == back.key.step;
            let followers =
                self.plan.followers.iter().filter(|follower| here(follower.host, &follower.of));
            for follower in followers {
                nodes.follow(&follower.step, follower.host, &follower.act, back.node);
            }
        }
    }

    /// What is to be taken back, last first, grouped by what ran side by side.
    fn columns_back(&self) -> Vec<Vec<Back>> {
        let mut begun: Vec<(u64, NodeId, &Cell)> = self
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
            State::Ok(_)
            | State::Failed(..)
            | State::Refused(..)
            | State::Never(_)
            | State::Running(_)
            | State::Settling(..)
            | State::Waiting
            | State::Armed(_)
            | State::Unknown(..) => true,
            State::Overruled(overrule) => match overrule {
                Overrule::Skipped(_) | Overrule::Fixed(_) | Overrule::Assumed(..) => true,
                Overrule::Excluded(..) => false,
            },
            State::Stranded(_) | State::Reverted(_) => false,
        };
        if !done || !self.takes_part(host) {
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
