//! Commands of the operator, checked against what is open now.

use super::{Engine, Policy};
use crate::{
    model::{Gate, HoldId, HostId, Kind, NodeId, Try},
    run::{
        Abort, Cause, Choice, Command, Fact, Hold, Mode, Question, Refusal, Sig, State, Stop,
        StopCause, Who, Why,
    },
};

impl Engine {
    pub(super) fn command(&self, what: &Command, by: &Who) -> Result<Vec<Fact>, Refusal> {
        if self.run.closed.is_some() {
            return Err(Refusal::Closed);
        }
        match what {
            Command::Choose(hold, choice, why) => self.answer(*hold, choice, why),
            Command::Mode(mode) => self.mode(*mode),
            Command::Break(gate, set) => self.breakpoint(*gate, *set),
            Command::Listen(attempt) => self.listen(*attempt),
            Command::Stop(attempt, sig) => self.stop(*attempt, *sig),
            Command::Exclude(host, why) => self.exclude(*host, why),
            Command::Abort(abort, why) => self.abort(*abort, why),
            Command::Rest(why) => self.rest(why),
            Command::Leave => Ok(vec![Fact::Left(by.clone())]),
        }
    }

    fn answer(&self, id: HoldId, choice: &Choice, why: &Why) -> Result<Vec<Fact>, Refusal> {
        let hold = self.run.holds.get(&id).ok_or(Refusal::HoldGone)?;
        if !hold.offers.contains(&choice.needs()) {
            return Err(Refusal::NotOffered);
        }
        // Offered before the run was given up: trying again would only forget what became of it.
        let again = matches!(choice, Choice::Retry | Choice::Edit(_));
        if again && self.run.cell(hold.on).is_some_and(|cell| self.run.barred(cell)) {
            return Err(Refusal::NotOffered);
        }
        if let (Choice::Answer(n), Cause::Input(asked, _)) = (choice, &hold.cause)
            && n != asked
        {
            return Err(Refusal::HoldGone);
        }
        Ok(vec![Fact::Chose(id, choice.clone(), why.clone())])
    }

    fn mode(&self, mode: Mode) -> Result<Vec<Fact>, Refusal> {
        let failed = self.run.holds.values().any(|hold| {
            matches!(hold.cause, Cause::Failed(_) | Cause::Refused(_) | Cause::Unknown(_))
        });
        match mode {
            // A policy answers by itself; an operator first says what becomes of the failure.
            Mode::Run if failed && self.policy == Policy::Ask => Err(Refusal::Failed),
            Mode::Run | Mode::Step | Mode::Pause => Ok(vec![Fact::Mode(mode)]),
        }
    }

    fn breakpoint(&self, gate: NodeId, set: bool) -> Result<Vec<Fact>, Refusal> {
        let cell = self.run.cell(gate).ok_or(Refusal::NotAhead)?;
        let ahead = cell.state == State::Waiting && cell.node.kind == Kind::Gate(Gate::Barrier);
        if !ahead && !self.run.lists_on(gate) {
            return Err(Refusal::NotAhead);
        }
        Ok(if cell.breakpoint == set { Vec::new() } else { vec![Fact::Break(gate, set)] })
    }

    /// Nobody saw what it asks, so the answer may be a secret.
    fn listen(&self, attempt: Try) -> Result<Vec<Fact>, Refusal> {
        let cell = self.run.cell(attempt.node).ok_or(Refusal::NotRunning)?;
        if cell.tries != attempt.n || !matches!(cell.state, State::Running(_)) {
            return Err(Refusal::NotRunning);
        }
        let number = cell.asked.checked_add(1).filter(|_| cell.hears()).ok_or(Refusal::NoInput)?;
        let question = Question { text: String::new(), hidden: true };
        Ok(vec![Fact::Asks(attempt, number, question)])
    }

    fn stop(&self, attempt: Try, sig: Sig) -> Result<Vec<Fact>, Refusal> {
        let cell = self.run.cell(attempt.node).ok_or(Refusal::NotRunning)?;
        if cell.tries != attempt.n || !cell.in_flight() {
            return Err(Refusal::NotRunning);
        }
        // What is on its way is not sent again, nor weakened; a time limit stays the reason.
        if cell.stop.is_some_and(|(stop, _)| stop.sig >= sig) {
            return Ok(Vec::new());
        }
        let stop = Stop { sig, cause: StopCause::Operator };
        Ok(vec![Fact::Stopping(attempt, stop)])
    }

    fn exclude(&self, host: HostId, why: &Why) -> Result<Vec<Fact>, Refusal> {
        if self.run.plan.host(host).is_none() || !self.run.takes_part(host) {
            return Err(Refusal::NoSuchHost);
        }
        Ok(vec![Fact::Excluded(host, why.clone())])
    }

    /// An abort can be made stronger: undo added, running steps stopped.
    fn abort(&self, abort: Abort, why: &Why) -> Result<Vec<Fact>, Refusal> {
        let stronger = match self.run.aborting {
            None => true,
            Some(before) => {
                let undo = abort.undo && !before.undo && !self.run.undo_grown;
                undo || (abort.stop && !before.stop)
            }
        };
        if !stronger {
            return Err(Refusal::Aborting);
        }
        Ok(vec![Fact::Aborted(abort, why.clone())])
    }

    /// The rest of the taking back is left as it is: a question about the first of it, answered at once.
    fn rest(&self, why: &Why) -> Result<Vec<Fact>, Refusal> {
        let (first, _) = self.run.left_of_the_undo().next().ok_or(Refusal::NothingLeft)?;
        let (hold, id) = (Hold::rest(first), HoldId(self.run.holds_asked));
        Ok(vec![Fact::Held(id, hold), Fact::Chose(id, Choice::Abort, why.clone())])
    }
}
