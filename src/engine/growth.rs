//! Growth by answers: what a condition prunes, the next item of a list, another host for a `once`
//! step; and what an abort prunes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Engine, Found};
use crate::{
    model::{
        Ask, Gate, HostId, Items, Key, Kind, Node, NodeId, Origin, Part, Query, StepName, Try,
    },
    run::{Cell, End, Fact, Reason, State},
};

/// Items of one list in one run. More is taken for a list that never ends.
const ITEMS_MAX: u16 = 10_000;

impl Engine {
    /// Prunes what an abort leaves undone.
    pub(super) fn prune_aborted(&self, _now: Timestamp) -> Found {
        let run = &self.run;
        if run.aborting.is_none() {
            return Vec::new();
        }
        let ids: Vec<NodeId> = run
            .ids()
            .filter(|(_, cell)| run.given_up(cell) && !run.may_have_started(cell))
            .map(|(id, _)| id)
            .collect();
        if ids.is_empty() { Vec::new() } else { vec![(Fact::Pruned(ids, Reason::Aborted), None)] }
    }

    pub(super) fn grow(&self, _now: Timestamp) -> Found {
        let run = &self.run;
        for (id, cell) in run.ids() {
            let fact = match (&cell.node.kind, &cell.state) {
                (Kind::Ask(ask), State::Ok(_)) if run.aborting.is_none() => match &ask.query {
                    Query::When(wanted) => self.prune_unwanted(cell, wanted),
                    Query::Items(items) => self.next_item(id, cell, items),
                },
                (Kind::Act(_), State::Overruled(_)) if run.aborting.is_none() => {
                    self.move_once(id, cell)
                }
                _ => None,
            };
            if let Some(fact) = fact {
                return vec![(fact, None)];
            }
        }
        Vec::new()
    }

    fn prune_unwanted(&self, ask: &Cell, nodes: &[NodeId]) -> Option<Fact> {
        if ask.end == Some(End::Exit(0)) {
            return None;
        }
        let waiting = |id: &NodeId| self.run.cell(*id).is_some_and(|cell| cell.state.is_ahead());
        let ids: Vec<NodeId> = nodes.iter().copied().filter(waiting).collect();
        (!ids.is_empty()).then_some(Fact::Pruned(ids, Reason::NotWanted))
    }

    /// The first listed item that was not met yet, behind a barrier of its own, and after it the
    /// next reading of the list. An item that is no longer listed is never done.
    fn next_item(&self, list: NodeId, cell: &Cell, items: &Items) -> Option<Fact> {
        let run = &self.run;
        let spent = run.cells.iter().any(|other| other.node.origin == Origin::ItemOf(list));
        if spent || cell.node.host.is_none_or(|host| !run.takes_part(host)) {
            return None;
        }
        let step = &cell.node.key.step;
        let met: BTreeSet<&str> = run
            .cells
            .iter()
            .filter(|other| other.node.key.step == *step && other.node.host == cell.node.host)
            .filter_map(|other| match &other.node.key.part {
                Part::Item { line, .. } => Some(line.as_str()),
                Part::Main
                | Part::Again(_)
                | Part::Gate(_)
                | Part::List(_)
                | Part::When(_)
                | Part::Undo(_)
                | Part::Follow(_)
                | Part::Leave(_) => None,
            })
            .collect();
        let line = cell
            .listed
            .iter()
            .find(|line| !met.contains(line.as_str()) && items.captures(line).is_some())?;
        let index = u16::try_from(met.len()).unwrap_or(u16::MAX).saturating_add(1);
        if index > ITEMS_MAX {
            let attempt = Try { node: list, n: cell.tries };
            return Some(Fact::Refused(attempt, format!("it lists more than {ITEMS_MAX} items")));
        }
        Some(self.item_nodes(list, cell, items, index, line))
    }

    fn item_nodes(&self, list: NodeId, cell: &Cell, items: &Items, index: u16, line: &str) -> Fact {
        let next = u32::try_from(self.run.cells.len()).unwrap_or(u32::MAX);
        let (gate, item, relist) = (NodeId(next), NodeId(next + 1), NodeId(next + 2));
        let key = |part| Key { step: cell.node.key.step.clone(), part };
        let origin = Origin::ItemOf(list);
        let node = |part, host: Option<HostId>, needs, kind| Node {
            key: key(part),
            host,
            needs: vec![needs],
            kind,
            origin,
        };
        let part = Part::Item { index, line: line.to_owned() };
        let host = cell.node.host;
        let nodes = vec![
            node(Part::Gate(index.saturating_add(1)), None, list, Kind::Gate(Gate::Barrier)),
            node(part, host, gate, Kind::Act(Box::new(items.each.clone()))),
            node(Part::List(index.saturating_add(1)), host, item, cell.node.kind.clone()),
        ];
        Fact::Grew(nodes, vec![(items.close, relist)])
    }

    /// The action on another host, behind the condition that the plan has for it there.
    fn move_once(&self, id: NodeId, cell: &Cell) -> Option<Fact> {
        let (host, Kind::Act(act)) = (cell.moved?, &cell.node.kind) else { return None };
        if self.run.instead_of(id).is_some() {
            return None;
        }
        let mut act = act.clone();
        let place = act.elsewhere.iter().position(|other| other.host == host)?;
        let there = act.elsewhere.remove(place);
        (act.command, act.undo) = (there.command, there.undo);
        let number = self.visits(&cell.node.key.step).saturating_add(1);
        let key = |part| Key { step: cell.node.key.step.clone(), part };
        let next = u32::try_from(self.run.cells.len()).unwrap_or(u32::MAX);
        let asked = there.when.is_some();
        let instead = NodeId(next.saturating_add(u32::from(asked)));
        let mut needs = cell.node.needs.clone();
        let mut nodes = Vec::new();
        if let Some(command) = there.when {
            let ask = Ask { command, query: Query::When(vec![instead]) };
            nodes.push(Node {
                key: key(Part::When(number)),
                host: Some(host),
                needs: std::mem::replace(&mut needs, vec![NodeId(next)]),
                kind: Kind::Ask(Box::new(ask)),
                origin: Origin::InsteadOf(id),
            });
        }
        nodes.push(Node {
            key: key(Part::Again(number)),
            host: Some(host),
            needs,
            kind: Kind::Act(act),
            origin: Origin::InsteadOf(id),
        });
        let waiting = self.run.ids().filter(|(_, other)| other.node.needs.contains(&id));
        let edges = waiting.map(|(other, _)| (other, instead)).collect();
        Some(Fact::Grew(nodes, edges))
    }

    /// How often a step is in the graph, wherever.
    fn visits(&self, step: &StepName) -> u16 {
        let visits = self.run.cells.iter().filter(|cell| {
            cell.node.key.step == *step && matches!(cell.node.key.part, Part::Main | Part::Again(_))
        });
        u16::try_from(visits.count()).unwrap_or(u16::MAX)
    }
}
