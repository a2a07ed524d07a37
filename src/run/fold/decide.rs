//! What the operator decided: answers to holds, giving up.

use super::{Run, attempt::settled};
use crate::{
    model::{HoldId, NodeId, Text},
    run::{Abort, Cause, Choice, End, Mode, Overrule, State, Why},
};

impl Run {
    /// The run as it would be with this answer to these questions; what grows by it is not there.
    #[must_use]
    pub fn with_answer(&self, ids: &[HoldId], choice: &Choice) -> Self {
        let mut run = self.clone();
        for id in ids {
            run.choose(*id, choice, &Why::default());
        }
        run.come();
        run
    }

    /// The run as it would be if it may go that far.
    #[must_use]
    pub fn in_mode(&self, mode: Mode) -> Self {
        let mut run = self.clone();
        run.set_mode(mode);
        run
    }

    pub(super) fn choose(&mut self, id: HoldId, choice: &Choice, why: &Why) {
        let Some(hold) = self.holds.remove(&id) else { return };
        let node = hold.on;
        match choice {
            Choice::Go => {
                if let Cause::Batch(out) = hold.cause {
                    self.missing_agreed = self.missing_agreed.max(out);
                }
                self.go(node);
            }
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
        // What is made ready ahead may be asked about before its turn.
        if self.cell(node).is_some_and(|cell| cell.state.is_done()) {
            self.early.insert(node);
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

    pub(super) fn abort(&mut self, abort: Abort) {
        let before = self.aborting.unwrap_or(Abort { undo: false, stop: false });
        let abort = Abort { undo: abort.undo || before.undo, stop: abort.stop || before.stop };
        self.aborting = Some(abort);
        self.mode = Mode::Run;
        self.leave_stranded();
        self.drop_holds(|hold| !hold.cause.outlives_abort());
    }
}
