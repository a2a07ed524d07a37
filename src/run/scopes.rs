//! Scopes: what is entered must be left again, also when the run is undone. Maintenance is one.

use std::collections::BTreeMap;

use super::{Overrule, Reason, Run, State};
use crate::model::{Gate, Kind, NodeId, ScopeId};

/// A scope that was entered and is not left everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenScope {
    /// Which.
    pub scope: ScopeId,
    /// The gate by which it was entered.
    pub enter: NodeId,
    /// The fact by which it was entered.
    pub since: u64,
    /// What is still to be done to leave it, in the order of doing; side by side what stands together.
    pub closing: Vec<Vec<NodeId>>,
}

impl Run {
    /// The scopes that are open, the last entered first.
    #[must_use]
    pub fn open_scopes(&self) -> Vec<OpenScope> {
        let mut open: Vec<OpenScope> =
            self.ids().filter_map(|(enter, _)| self.open_scope(enter)).collect();
        open.sort_by_key(|scope| std::cmp::Reverse(scope.since));
        open
    }

    /// Whether a scope was entered and not left.
    #[must_use]
    pub fn scope_open(&self) -> bool {
        self.ids().any(|(enter, _)| self.open_scope(enter).is_some())
    }

    fn open_scope(&self, enter: NodeId) -> Option<OpenScope> {
        let cell = self.cell(enter)?;
        let Kind::Gate(Gate::Enter(scope)) = cell.node.kind else { return None };
        let since = cell.began?;
        let leaves = |kind: &Kind| *kind == Kind::Gate(Gate::Leave(scope));
        // An undo appends a gate of its own, which counts then.
        let leave = self.ids().filter(|(_, cell)| leaves(&cell.node.kind)).map(|(id, _)| id).last();
        let passed = leave
            .and_then(|leave| self.cell(leave))
            .is_some_and(|cell| matches!(cell.state, State::Ok(_)));
        let mut closing = leave.map(|leave| self.closing(leave)).unwrap_or_default();
        for together in &mut closing {
            together.retain(|id| !self.is_closed(*id));
        }
        closing.retain(|together| !together.is_empty());
        let open = !passed || !closing.is_empty();
        open.then_some(OpenScope { scope, enter, since, closing })
    }

    /// The actions that leave a scope: those that wait for its gate with nothing but joins and one
    /// another in between.
    fn closing(&self, leave: NodeId) -> Vec<Vec<NodeId>> {
        let mut depths = BTreeMap::from([(leave, 0_usize)]);
        let mut layers: Vec<Vec<NodeId>> = Vec::new();
        // A node never stands before one that it needs, but for needs that were added later.
        for (id, cell) in self.ids() {
            let Some(depth) = cell.node.needs.iter().filter_map(|need| depths.get(need)).max()
            else {
                continue;
            };
            let depth = *depth;
            match &cell.node.kind {
                Kind::Gate(Gate::Join) => {
                    depths.insert(id, depth);
                }
                Kind::Act(_) => {
                    depths.insert(id, depth + 1);
                    layers.resize(layers.len().max(depth + 1), Vec::new());
                    if let Some(layer) = layers.get_mut(depth) {
                        layer.push(id);
                    }
                }
                Kind::Gate(_) | Kind::Ask(_) => {}
            }
        }
        layers
    }

    /// Whether a closing action is done with: by itself, by a word of the operator, or because its
    /// host takes no further part.
    fn is_closed(&self, id: NodeId) -> bool {
        let Some(cell) = self.cell(id) else { return true };
        let out = cell.node.host.is_some_and(|host| !self.takes_part(host));
        let done = match &cell.state {
            State::Ok(_) | State::Never(Reason::NotWanted) => true,
            State::Overruled(overrule) => match overrule {
                Overrule::Skipped(_) | Overrule::Fixed(_) | Overrule::Excluded(..) => true,
                Overrule::Assumed(ok, _) => *ok,
            },
            State::Never(Reason::Aborted | Reason::Fenced)
            | State::Waiting
            | State::Armed(_)
            | State::Running(_)
            | State::Settling(..)
            | State::Unknown(..)
            | State::Failed(..)
            | State::Refused(..)
            | State::Stranded(_)
            | State::Reverted(_) => false,
        };
        done || out
    }
}
