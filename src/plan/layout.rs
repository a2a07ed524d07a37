//! The first graph: gates, actions and questions in topological order.

use std::collections::BTreeMap;

use super::commands::{Body, Rendered};
use crate::model::{
    Ask, Column, Gate, HostId, Items, Key, Kind, Node, NodeId, Origin, Part, Query, StepName,
};

/// A graph in the making.
#[derive(Default)]
pub(super) struct Layout {
    nodes: Vec<Node>,
    columns: Vec<Column>,
    gates: BTreeMap<StepName, u16>,
    /// How often the pipeline named a step so far.
    named: BTreeMap<StepName, u16>,
    /// What the next gate waits for.
    frontier: Vec<NodeId>,
}

/// A step as the pipeline names it; the place of its column.
#[derive(Clone, Copy)]
pub(super) struct Occurrence {
    column: usize,
    /// Which time the pipeline names the step, from 1.
    time: u16,
}

impl Layout {
    /// A step begins to be laid out. A column without nodes is left out in the end.
    pub(super) fn open(&mut self, step: &StepName, about: &str) -> Occurrence {
        let time = self.named.entry(step.clone()).or_default();
        *time += 1;
        let occurrence = Occurrence { column: self.columns.len(), time: *time };
        self.columns.push(Column {
            step: step.clone(),
            about: about.to_owned(),
            gates: Vec::new(),
            nodes: Vec::new(),
        });
        occurrence
    }

    /// The gate between two batches of hosts.
    pub(super) fn batch(&mut self, step: &StepName) {
        let gate = self.gate(step, Gate::Batch { max_failed: 0 });
        self.frontier = vec![gate];
    }

    /// The step on these machines, all after everything that was laid out before.
    pub(super) fn step(&mut self, occurrence: Occurrence, on: Vec<(HostId, Rendered)>) {
        let Some(step) = self.columns.get(occurrence.column).map(|column| column.step.clone())
        else {
            return;
        };
        let barrier = self.gate(&step, Gate::Barrier);
        let asks: usize = on.iter().map(|(_, rendered)| questions(rendered)).sum();
        let itemized = on.iter().any(|(_, rendered)| matches!(rendered.body, Body::Items { .. }));
        let close = node_id(self.nodes.len() + asks);
        let mut done = Vec::new();
        for (host, rendered) in on {
            done.push(self.machine((&step, occurrence.time), host, rendered, (barrier, close)));
        }
        if let Some(column) = self.columns.get_mut(occurrence.column) {
            column.gates.push(barrier);
            column.nodes.extend(&done);
        }
        self.frontier = done;
        if itemized {
            self.frontier = vec![self.gate(&step, Gate::Join)];
        }
    }

    /// One machine; returns what does the work there.
    fn machine(
        &mut self,
        (step, time): (&StepName, u16),
        host: HostId,
        rendered: Rendered,
        (barrier, close): (NodeId, NodeId),
    ) -> NodeId {
        let mut after = barrier;
        if let Some(command) = rendered.when {
            let wanted = vec![node_id(self.nodes.len() + 1)];
            let ask = Ask { command, query: Query::When(wanted) };
            after = self.push(
                step,
                Part::When(time),
                Some(host),
                vec![after],
                Kind::Ask(Box::new(ask)),
            );
        }
        let (part, kind) = match rendered.body {
            Body::Act(act) => (part(time), Kind::Act(Box::new(act))),
            Body::Items { list, pattern, each } => {
                let items = Items { pattern, each, close };
                let ask = Ask { command: list, query: Query::Items(Box::new(items)) };
                (Part::List(1), Kind::Ask(Box::new(ask)))
            }
        };
        self.push(step, part, Some(host), vec![after], kind)
    }

    fn gate(&mut self, step: &StepName, gate: Gate) -> NodeId {
        let number = self.gates.entry(step.clone()).or_default();
        *number += 1;
        let part = Part::Gate(*number);
        let needs = std::mem::take(&mut self.frontier);
        self.push(step, part, None, needs, Kind::Gate(gate))
    }

    fn push(
        &mut self,
        step: &StepName,
        part: Part,
        host: Option<HostId>,
        needs: Vec<NodeId>,
        kind: Kind,
    ) -> NodeId {
        let id = node_id(self.nodes.len());
        let key = Key { step: step.clone(), part };
        self.nodes.push(Node { key, host, needs, kind, origin: Origin::Plan });
        id
    }

    /// The graph and its columns.
    pub(super) fn done(mut self) -> (Vec<Node>, Vec<Column>) {
        self.columns.retain(|column| !column.nodes.is_empty());
        (self.nodes, self.columns)
    }
}

fn part(time: u16) -> Part {
    if time > 1 { Part::Again(time) } else { Part::Main }
}

/// How many nodes the step has on a machine.
fn questions(rendered: &Rendered) -> usize {
    1 + usize::from(rendered.when.is_some())
}

/// The node at a position. A plan with more nodes than ids is refused before it is laid out.
fn node_id(at: usize) -> NodeId {
    NodeId(u32::try_from(at).unwrap_or(u32::MAX))
}
