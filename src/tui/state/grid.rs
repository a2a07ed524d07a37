//! Hosts × steps: which nodes of the graph lie in which cell of the matrix.

use std::collections::BTreeMap;

use super::face;
use crate::{
    model::{HostId, Node, NodeId, Origin, Part, Plan, Try},
    run::{Cell, Run, State},
};

/// The matrix, by host and column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    pub(crate) hosts: Vec<HostId>,
    pub(crate) columns: Vec<Column>,
}

/// A step as the pipeline names it.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) step: String,
    pub(crate) about: String,
    pub(crate) gates: Vec<NodeId>,
    /// The gates before single items, and on which host those are.
    pub(crate) stops: BTreeMap<NodeId, HostId>,
    /// The nodes of each host, in the order of growth.
    cells: BTreeMap<HostId, Vec<NodeId>>,
}

impl Column {
    /// The nodes of a host.
    pub(crate) fn nodes(&self, host: HostId) -> &[NodeId] {
        self.cells.get(&host).map_or(&[], Vec::as_slice)
    }

    /// The hosts that have something to do in it.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = HostId> {
        self.cells.keys().copied()
    }
}

impl Grid {
    /// The matrix of a plan.
    pub(crate) fn of_plan(plan: &Plan) -> Self {
        Self::new(plan, (0u32..).map(NodeId).zip(&plan.nodes))
    }

    /// The matrix of a run, with what has grown.
    pub(crate) fn of_run(run: &Run) -> Self {
        Self::new(&run.plan, run.ids().map(|(id, cell)| (id, &cell.node)))
    }

    fn new<'a>(plan: &Plan, nodes: impl Iterator<Item = (NodeId, &'a Node)>) -> Self {
        let mut columns: Vec<Column> = plan
            .columns
            .iter()
            .map(|column| Column {
                step: column.step.to_string(),
                about: column.about.clone(),
                gates: column.gates.clone(),
                stops: BTreeMap::new(),
                cells: BTreeMap::new(),
            })
            .collect();
        let mut places = BTreeMap::new();
        for (at, column) in plan.columns.iter().enumerate() {
            places.extend(column.nodes.iter().map(|node| (*node, at)));
        }
        let mut hosts = BTreeMap::new();
        for (id, node) in nodes {
            let list = if let Origin::ItemOf(list) = node.origin { Some(list) } else { None };
            let of = list.and_then(|list| hosts.get(&list).copied());
            let Some(host) = node.host.or(of) else { continue };
            let Some(at) = place(plan, &places, id, node) else { continue };
            places.insert(id, at);
            hosts.insert(id, host);
            let Some(column) = columns.get_mut(at) else { continue };
            match node.host {
                Some(_) => column.cells.entry(host).or_default().push(id),
                None => drop(column.stops.insert(id, host)),
            }
        }
        Self { hosts: plan.host_ids().map(|(id, _)| id).collect(), columns }
    }

    /// The column and host in which a node lies.
    pub(crate) fn find(&self, node: NodeId) -> Option<(usize, Option<HostId>)> {
        self.columns.iter().enumerate().find_map(|(at, column)| {
            if column.gates.contains(&node) {
                return Some((at, None));
            }
            if let Some(host) = column.stops.get(&node) {
                return Some((at, Some(*host)));
            }
            let host = column.cells.iter().find(|(_, nodes)| nodes.contains(&node));
            host.map(|(host, _)| (at, Some(*host)))
        })
    }

    /// The row of a host.
    pub(crate) fn row(&self, host: HostId) -> Option<usize> {
        self.hosts.iter().position(|other| *other == host)
    }
}

/// The column of a node that may have grown.
fn place(plan: &Plan, places: &BTreeMap<NodeId, usize>, id: NodeId, node: &Node) -> Option<usize> {
    let by_name = || plan.columns.iter().position(|column| column.step == node.key.step);
    let of = match node.origin {
        Origin::Plan | Origin::FollowerOf(_) => None,
        Origin::ItemOf(of) | Origin::UndoOf(of) | Origin::LeaveOf(of) | Origin::InsteadOf(of) => {
            places.get(&of).copied()
        }
    };
    places.get(&id).copied().or(of).or_else(by_name)
}

/// The node that speaks for a cell: what goes on, else what failed, else the newest that was begun.
/// What takes back does not hide the action that it takes back.
pub(crate) fn face_of<'a>(run: &'a Run, nodes: &[NodeId]) -> Option<(NodeId, &'a Cell)> {
    nodes
        .iter()
        .filter_map(|id| Some((*id, run.cell(*id)?)))
        .filter(|(_, cell)| !cell.node.origin.takes_back() || cell.began.is_some())
        .filter(|(_, cell)| !matches!(cell.node.origin, Origin::UndoOf(_)))
        .max_by_key(|(id, cell)| {
            let asks = matches!(cell.node.key.part, Part::When(_) | Part::List(_));
            let failed = matches!(
                cell.state,
                State::Failed(..) | State::Refused(..) | State::Unknown(..) | State::Stranded(_)
            );
            (cell.tries > 0 && !cell.is_over(), failed, !asks, cell.began, id.0)
        })
}

/// All attempts of a cell, in the order in which they were begun.
pub(crate) fn attempts(run: &Run, nodes: &[NodeId]) -> Vec<Try> {
    let mut begun: Vec<(NodeId, &Cell)> = nodes
        .iter()
        .filter_map(|id| Some((*id, run.cell(*id)?)))
        .filter(|(_, cell)| face::begun(run, cell) > 0)
        .collect();
    begun.sort_by_key(|(id, cell)| (cell.began.unwrap_or(u64::MAX), id.0));
    let tries =
        |(node, cell): (NodeId, &Cell)| (1..=face::begun(run, cell)).map(move |n| Try { node, n });
    begun.into_iter().flat_map(tries).collect()
}
