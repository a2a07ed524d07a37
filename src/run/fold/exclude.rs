//! A host takes no further part: what becomes of what it has not done.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cell, Run};
use crate::{
    model::{HostId, Kind, Node, NodeId, StepName},
    run::{Cause, Hold, Overrule, State, Why},
};

impl Run {
    /// The run as it would be without these hosts.
    #[must_use]
    pub fn without(&self, hosts: &[HostId]) -> Self {
        let mut run = self.clone();
        for host in hosts {
            run.exclude(*host, &Why::default());
        }
        run.come();
        run
    }

    /// Where else a node could be done now.
    #[must_use]
    pub fn elsewhere(&self, cell: &Cell) -> Vec<HostId> {
        match &cell.node.kind {
            Kind::Act(act) => {
                let hosts = act.elsewhere.iter().map(|other| other.host);
                hosts.filter(|host| self.takes_part(*host)).collect()
            }
            Kind::Ask(_) | Kind::Gate(_) => Vec::new(),
        }
    }

    pub(super) fn exclude(&mut self, host: HostId, why: &Why) {
        self.excluded.entry(host).or_insert_with(|| why.clone());
        // What is prepared behind something that is not over was never told to start.
        let told: Vec<bool> = self.cells.iter().map(|cell| self.may_have_started(cell)).collect();
        let missed = self.missed(host);
        let given_up = self.aborting.is_some();
        for ((id, cell), told) in (0u32..).map(NodeId).zip(&mut self.cells).zip(told) {
            if cell.node.host != Some(host) || cell.state.is_done() {
                continue;
            }
            let unknown = matches!(cell.state, State::Unknown(..));
            let astray = cell.astray && matches!(cell.state, State::Refused(..));
            let flight = cell.in_flight() || told || unknown || astray;
            cell.state = if !given_up && (movable(&cell.node) || missed.contains(&id)) {
                State::Stranded(flight)
            } else {
                self.early.insert(id);
                State::Overruled(Overrule::Excluded(why.clone(), flight))
            };
        }
        if self.plan.host_ids().all(|(other, _)| !self.takes_part(other)) {
            self.leave_stranded();
        }
        // Where else a `once` action could be done is asked anew: not here.
        let here = self.nodes_of(host);
        let moot = self.questions_about_nobody();
        self.drop_holds(|hold| {
            here.contains(&hold.on)
                || moot.contains(&hold.on)
                || matches!(hold.cause, Cause::OnceHostGone(_))
        });
    }

    /// Gates that ask about what hosts did of which none takes part any more.
    fn questions_about_nobody(&self) -> BTreeSet<NodeId> {
        let asks = self.holds.values().filter(|hold| matches!(hold.cause, Cause::Confirm(_)));
        let moot = |hold: &&Hold| self.cell(hold.on).is_some_and(|it| self.is_about_nobody(it));
        asks.filter(moot).map(|hold| hold.on).collect()
    }

    /// Nothing more is asked about what was left behind on excluded hosts.
    pub(super) fn leave_stranded(&mut self) {
        for (id, cell) in (0u32..).map(NodeId).zip(&mut self.cells) {
            if let State::Stranded(flight) = cell.state {
                self.early.insert(id);
                cell.state = State::Overruled(Overrule::Excluded(Why::default(), flight));
            }
        }
    }

    /// What no host does any more, while others wait for it: of each such step the last node, since
    /// what comes after the step waits for that one.
    fn missed(&self, host: HostId) -> BTreeSet<NodeId> {
        let mut last: BTreeMap<&StepName, NodeId> = BTreeMap::new();
        for (id, cell) in self.ids() {
            if cell.node.host == Some(host) && !cell.state.is_done() && is_planned(cell) {
                last.insert(&cell.node.key.step, id);
            }
        }
        last.retain(|step, id| !self.is_done_elsewhere(step) && self.is_waited_for(*id));
        last.into_values().collect()
    }

    /// Whether a host that goes on does the step, or one that is out has done all of it.
    fn is_done_elsewhere(&self, step: &StepName) -> bool {
        let mut whole: BTreeMap<HostId, bool> = BTreeMap::new();
        for cell in self.cells.iter().filter(|cell| cell.node.key.step == *step) {
            let Some(host) = cell.node.host.filter(|_| is_planned(cell)) else { continue };
            let left = matches!(cell.state, State::Overruled(Overrule::Excluded(..)));
            *whole.entry(host).or_insert(true) &= cell.state.is_done() && !left;
        }
        whole.into_iter().any(|(host, whole)| whole || self.takes_part(host))
    }

    /// Whether a host that goes on still has something to do behind this node.
    fn is_waited_for(&self, id: NodeId) -> bool {
        let mut behind = BTreeSet::from([id]);
        loop {
            let waits = |(other, cell): &(NodeId, &Cell)| {
                !behind.contains(other) && cell.node.needs.iter().any(|need| behind.contains(need))
            };
            let more: Vec<NodeId> = self.ids().filter(waits).map(|(id, _)| id).collect();
            if more.is_empty() {
                break;
            }
            behind.extend(more);
        }
        behind.into_iter().filter_map(|id| self.cell(id)).any(|cell| {
            let goes_on = cell.node.host.is_some_and(|host| self.takes_part(host));
            goes_on && !cell.state.is_done()
        })
    }
}

/// Whether the node is there to do something, not to take it back.
fn is_planned(cell: &Cell) -> bool {
    !cell.node.origin.takes_back()
}

/// Whether the node could be done on another host.
fn movable(node: &Node) -> bool {
    match &node.kind {
        Kind::Act(act) => !act.elsewhere.is_empty(),
        Kind::Ask(_) | Kind::Gate(_) => false,
    }
}
