//! What the operator decided: answers to holds, excluded hosts, giving up.

use super::{Run, attempt::settled};
use crate::{
    model::{HoldId, HostId, Kind, Node, NodeId, Text},
    run::{Abort, Cause, Choice, End, Mode, Overrule, State, Why},
};

impl Run {
    pub(super) fn choose(&mut self, id: HoldId, choice: &Choice, why: &Why) {
        let Some(hold) = self.holds.remove(&id) else { return };
        let node = hold.on;
        match choice {
            Choice::Go => self.go(node),
            Choice::Retry => self.again(node, None),
            Choice::Edit(text) => self.again(node, Some(Text::literal(text.clone()))),
            Choice::Skip => self.overrule(node, Overrule::Skipped(why.clone())),
            Choice::Fixed => self.overrule(node, Overrule::Fixed(why.clone())),
            Choice::Assume(true) => self.overrule(node, Overrule::Assumed(true, why.clone())),
            Choice::Assume(false) => self.with(node, |cell| {
                const ASSUMED: End = End::Exit(1);
                cell.state = State::Failed(cell.tries, ASSUMED);
            }),
            Choice::Exclude => {
                if let Some(host) = self.cell(node).and_then(|cell| cell.node.host) {
                    self.exclude(host, why);
                }
            }
            Choice::Undo => self.abort(Abort { undo: true, stop: false }),
            Choice::Abort => self.abort_at(node),
            Choice::Answer(n) => {
                self.with(node, |cell| cell.answering = Some(*n));
            }
            Choice::Move(host) => {
                let host = *host;
                self.with(node, |cell| {
                    cell.moved = Some(host);
                    let flight = matches!(cell.state, State::Stranded(true));
                    cell.state = State::Overruled(Overrule::Excluded(why.clone(), flight));
                });
            }
            Choice::TakeOver => self.with(node, |cell| cell.released = true),
        }
        self.drop_stale_holds(node);
    }

    /// Gives up at this node. Where it belongs to the taking back, that is what ends: things are
    /// left as they are now.
    fn abort_at(&mut self, node: NodeId) {
        let undoing = self.cell(node).is_some_and(|cell| cell.node.origin.takes_back());
        self.abort(Abort { undo: false, stop: false });
        if let (true, Some(abort)) = (undoing, &mut self.aborting) {
            abort.undo = false;
        }
    }

    /// Lets a held node go on.
    fn go(&mut self, node: NodeId) {
        self.with(node, |cell| {
            cell.released = true;
            if let State::Settling(n, end) = cell.state {
                cell.state = settled(&cell.node, n, end);
            }
        });
        self.mark_reverted(node);
    }

    fn again(&mut self, node: NodeId, edited: Option<Text>) {
        self.with(node, |cell| {
            cell.state = State::Waiting;
            cell.question = None;
            cell.answering = None;
            if edited.is_some() {
                cell.edited = edited;
            }
        });
    }

    fn overrule(&mut self, node: NodeId, overrule: Overrule) {
        self.with(node, |cell| {
            let flight = matches!(cell.state, State::Stranded(true));
            cell.state = match (overrule, flight) {
                (Overrule::Skipped(why), true) => State::Overruled(Overrule::Excluded(why, true)),
                (other, _) => State::Overruled(other),
            };
        });
    }

    pub(super) fn exclude(&mut self, host: HostId, why: &Why) {
        self.excluded.entry(host).or_insert_with(|| why.clone());
        // What is prepared behind something that is not over was never told to start.
        let told: Vec<bool> = self.cells.iter().map(|cell| self.may_have_started(cell)).collect();
        for (cell, told) in self.cells.iter_mut().zip(told) {
            if cell.node.host != Some(host) || cell.state.is_done() {
                continue;
            }
            let unknown = matches!(cell.state, State::Unknown(..));
            let astray = cell.astray && matches!(cell.state, State::Refused(..));
            let flight = cell.in_flight() || told || unknown || astray;
            cell.state = if self.aborting.is_none() && movable(&cell.node) {
                State::Stranded(flight)
            } else {
                State::Overruled(Overrule::Excluded(why.clone(), flight))
            };
        }
        // Where else a `once` action could be done is asked anew: not here.
        let here = self.nodes_of(host);
        self.drop_holds(|hold| {
            here.contains(&hold.on) || matches!(hold.cause, Cause::OnceHostGone(_))
        });
    }

    pub(super) fn abort(&mut self, abort: Abort) {
        let before = self.aborting.unwrap_or(Abort { undo: false, stop: false });
        let abort = Abort { undo: abort.undo || before.undo, stop: abort.stop || before.stop };
        self.aborting = Some(abort);
        self.mode = Mode::Run;
        for cell in &mut self.cells {
            if let State::Stranded(flight) = cell.state {
                let why = Why::default();
                cell.state = State::Overruled(Overrule::Excluded(why, flight));
            }
        }
        self.drop_holds(|hold| !hold.cause.outlives_abort());
    }
}

/// Whether the node could be done on another host.
fn movable(node: &Node) -> bool {
    match &node.kind {
        Kind::Act(act) => !act.elsewhere.is_empty(),
        Kind::Ask(_) | Kind::Gate(_) => false,
    }
}
