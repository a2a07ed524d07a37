//! What begins next, before it is let go.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cause, Cell, Mode, Offer, Opening, Run, State, fold::settled};
use crate::model::{Kind, NodeId};

/// What begins by itself, until a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begins {
    /// Actions and questions, in the order in which they begin.
    pub nodes: Vec<NodeId>,
    /// Lists among these, or read now, whose items begin, too, if they have any.
    pub lists: Vec<NodeId>,
    /// Lists among these, or read now, at whose items, if they have any, the run stops: before the first,
    /// or, where it goes step by step, behind it.
    pub stops: Vec<NodeId>,
    /// What begins, too, if those, and lists behind them, have none.
    pub without_items: Vec<NodeId>,
    /// What it asks at gates on its way, in that order, and what begins behind each answer; none behind
    /// lists that stop it.
    pub waits: Vec<Wait>,
}

/// Gates at which a run waits for answers, until all of them are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The gates, and what is asked at each.
    pub at: Vec<(NodeId, Cause)>,
    /// What begins by itself once it may go on at all of them; that has no waits of its own.
    pub begins: Begins,
}

impl Begins {
    /// All that begins in one go: at once, then behind the first wait, and so on.
    pub fn legs(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.waits.iter().map(|wait| &wait.begins))
    }
}

impl Run {
    /// What begins by itself from here on, as far as the run may go: up to where it is stopped, and to
    /// questions that somebody must answer. What is in flight, and what begins, is taken to end well, and
    /// conditions to be met. Then the same behind each of those questions that is asked at a gate.
    #[must_use]
    pub fn begins(&self) -> Begins {
        let mut walk = Walk::of(self);
        let mut found = walk.leg();
        let mut stands = !found.stops.is_empty();
        while let Some(at) = walk.asked().filter(|_| !stands) {
            for (gate, cause) in &at {
                if let Cause::Batch(out) = cause {
                    walk.missing_agreed = walk.missing_agreed.max(*out);
                }
                walk.pass(*gate);
            }
            let begins = walk.leg();
            stands = !begins.stops.is_empty();
            found.waits.push(Wait { at, begins });
        }
        found
    }
}

/// A look ahead. Each need is looked at once: a plan of hundreds of hosts is walked while people look on.
struct Walk<'r> {
    run: &'r Run,
    mode: Mode,
    /// How much of what it needs is not done, of each node that is ahead.
    unmet: BTreeMap<NodeId, usize>,
    /// What waits for a node, once for each need of it.
    waiting: BTreeMap<NodeId, Vec<NodeId>>,
    /// Passed, or ended well, beside what is done in the run.
    done: BTreeSet<NodeId>,
    /// Gates that wait for no node any more.
    gates: BTreeSet<NodeId>,
    /// Actions and questions that wait for nothing any more.
    due: BTreeSet<NodeId>,
    begun: Vec<NodeId>,
    lists: Vec<NodeId>,
    stops: Vec<NodeId>,
    /// How far the run could go when the first list stopped it.
    stopped: Option<Mode>,
    /// So many hosts were missing where it was asked before, about which it is not asked again.
    missing_agreed: u16,
}

impl<'r> Walk<'r> {
    fn of(run: &'r Run) -> Self {
        let mut walk = Self {
            run,
            mode: run.mode,
            unmet: BTreeMap::new(),
            waiting: BTreeMap::new(),
            done: BTreeSet::new(),
            gates: BTreeSet::new(),
            due: BTreeSet::new(),
            begun: Vec::new(),
            lists: Vec::new(),
            stops: Vec::new(),
            stopped: None,
            missing_agreed: 0,
        };
        let ahead = |id, cell: &Cell| {
            run.early.contains(&id) || (will_begin(run, cell) && !run.satisfied(id))
        };
        for (id, cell) in run.ids().filter(|(id, cell)| ahead(*id, cell)) {
            let open = cell.node.needs.iter().filter(|need| !run.satisfied(**need));
            let mut unmet = 0;
            for need in open {
                unmet += 1;
                walk.waiting.entry(*need).or_default().push(id);
            }
            match unmet {
                0 => walk.ready(id, cell),
                _ => drop(walk.unmet.insert(id, unmet)),
            }
        }
        walk
    }

    /// Goes on until nothing begins any more, and a second time as if lists at which it stopped were empty.
    fn leg(&mut self) -> Begins {
        self.on();
        let nodes = std::mem::take(&mut self.begun);
        let lists = std::mem::take(&mut self.lists);
        let stops = self.stops.clone();
        while self.goes_on_without_items() {}
        let without_items = std::mem::take(&mut self.begun);
        Begins { nodes, lists, stops, without_items, waits: Vec::new() }
    }

    /// What is asked now at gates; `None`: nothing is.
    fn asked(&self) -> Option<Vec<(NodeId, Cause)>> {
        let cause = |id: &NodeId| {
            let opening = self.opening(*id)?;
            let open = self.run.hold_on(*id).and_then(|hold| self.run.holds.get(&hold));
            match (opening, open) {
                (Opening::Paused, _) => None,
                // What only can be left as it is stops it for good.
                (_, Some(hold)) => hold.offers.contains(&Offer::Go).then(|| hold.cause.clone()),
                (Opening::Asked(cause), None) => Some(cause),
                (Opening::Undone(cause), None) => cause.filter(|_| self.is_undone_before(*id)),
                (Opening::Free | Opening::InTime(_), None) => None,
            }
        };
        let at = self.gates.iter().filter_map(|id| Some((*id, cause(id)?)));
        let at: Vec<(NodeId, Cause)> = at.collect();
        (!at.is_empty()).then_some(at)
    }

    /// Goes on until nothing begins any more.
    fn on(&mut self) {
        let flying = self.run.ids().filter(|(_, cell)| ends_well(cell)).map(|(id, _)| id);
        let mut ends: Vec<NodeId> = flying.collect();
        loop {
            while let Some(gate) = self.next_gate() {
                self.pass(gate);
            }
            let begins = std::mem::take(&mut self.due);
            if begins.is_empty() && ends.is_empty() {
                return;
            }
            let grown = |id: &NodeId| self.run.cell(*id).is_some_and(is_moved);
            self.begun.extend(begins.iter().filter(|id| !grown(id)));
            for id in begins.into_iter().chain(std::mem::take(&mut ends)) {
                self.end(id);
            }
        }
    }

    /// Goes on behind the lists at whose items the run stopped, if there are any.
    fn goes_on_without_items(&mut self) -> bool {
        let Some(mode) = self.stopped.take() else { return false };
        self.mode = mode;
        for list in std::mem::take(&mut self.stops) {
            self.done(list);
        }
        self.on();
        true
    }

    /// Everything that a node needs is done.
    fn ready(&mut self, id: NodeId, cell: &Cell) {
        // What is left out keeps its place, and does nothing there.
        if self.run.early.contains(&id) {
            return self.done(id);
        }
        match cell.node.kind {
            Kind::Gate(_) => self.gates.insert(id),
            Kind::Act(_) | Kind::Ask(_) => self.due.insert(id),
        };
    }

    fn done(&mut self, id: NodeId) {
        if !self.done.insert(id) {
            return;
        }
        for other in self.waiting.remove(&id).unwrap_or_default() {
            let Some(unmet) = self.unmet.get_mut(&other) else { continue };
            *unmet = unmet.saturating_sub(1);
            if let (0, Some(cell)) = (*unmet, self.run.cell(other)) {
                self.ready(other, cell);
            }
        }
    }

    /// The first gate that opens now.
    fn next_gate(&self) -> Option<NodeId> {
        self.gates.iter().copied().find(|id| self.opens(*id))
    }

    fn opens(&self, id: NodeId) -> bool {
        if self.run.hold_on(id).is_some() {
            return false;
        }
        match self.opening(id) {
            Some(Opening::Free | Opening::InTime(_)) => true,
            Some(Opening::Undone(None)) => self.is_undone_before(id),
            Some(Opening::Paused | Opening::Asked(_) | Opening::Undone(Some(_))) | None => false,
        }
    }

    fn opening(&self, gate: NodeId) -> Option<Opening> {
        let opening = self.run.opening(gate, self.mode)?;
        let is_agreed =
            matches!(&opening, Opening::Asked(Cause::Batch(out)) if *out <= self.missing_agreed);
        Some(if is_agreed { Opening::Free } else { opening })
    }

    fn is_undone_before(&self, gate: NodeId) -> bool {
        self.run.not_undone(gate).all(|(before, _)| self.done.contains(&before))
    }

    fn pass(&mut self, gate: NodeId) {
        self.gates.remove(&gate);
        let stop = self.run.cell(gate).is_some_and(|cell| cell.node.is_stop());
        if stop && self.mode == Mode::Step {
            self.mode = Mode::Pause;
        }
        self.done(gate);
    }

    /// Something has ended well. Whether a list has items is not known.
    fn end(&mut self, id: NodeId) {
        if self.done.contains(&id) {
            return;
        }
        if !self.run.lists(id) {
            return self.done(id);
        }
        let breaks = self.run.cell(id).is_some_and(|cell| cell.breakpoint);
        let stops = self.mode != Mode::Run || breaks;
        // A step that a list is met in is its first item.
        if self.mode == Mode::Step || !stops {
            self.lists.push(id);
        }
        if !stops {
            return self.done(id);
        }
        self.stops.push(id);
        self.stopped.get_or_insert(self.mode);
        if self.mode == Mode::Step {
            self.mode = Mode::Pause;
        }
    }
}

/// Whether this has not begun, and will be; or something in its place, on another host.
fn will_begin(run: &Run, cell: &Cell) -> bool {
    (cell.state.is_ahead() && !run.given_up(cell)) || is_moved(cell)
}

/// Whether another host is to do it in its place.
fn is_moved(cell: &Cell) -> bool {
    matches!(cell.state, State::Overruled(_)) && cell.moved.is_some()
}

/// Whether this is in flight, and may still end well.
fn ends_well(cell: &Cell) -> bool {
    if let State::Settling(n, end) = cell.state {
        return settled(&cell.node, n, end).is_done();
    }
    cell.state.is_in_flight()
}
