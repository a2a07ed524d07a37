//! Decides. Events in; the wanted effects and the next deadline out. Sans-IO: no clock, no network,
//! no randomness.
//!
//! The engine is level-triggered. [`Engine::wanted`] is a function of the folded state, so resuming a
//! run is folding its journal and asking what is wanted. [`Engine::handle`] first turns the input
//! into facts, then lets the rules (one file each) add what follows from the state, until nothing
//! more follows. A rule may look only at the state: whatever it would have added before a crash it
//! adds after reopening.

mod arming;
mod commands;
mod effects;
mod gates;
mod growth;
mod holds;
mod input;
mod limits;
mod policy;
mod undo;

use jiff::Timestamp;

pub use effects::Effect;
pub use input::{BoxFact, Input};
pub use limits::{KILL_AFTER, LINK_PATIENCE, SETTLE_PATIENCE};
pub use policy::Policy;

use crate::{
    model::Plan,
    run::{Event, Fact, Mode, NotARun, Refusal, Run, State, Who},
};

/// Facts that follow from a state in one go. More is a defect of a rule, and ends the going on.
const ROUNDS_MAX: usize = 100_000;

/// A run and what decides on it.
#[derive(Clone, Debug)]
pub struct Engine {
    run: Run,
    policy: Policy,
}

/// What a rule adds: facts, and who is behind them.
type Found = Vec<(Fact, Option<Who>)>;

impl Engine {
    /// Opens a new run, paused, and returns its first facts.
    ///
    /// # Errors
    /// Never for a new run; the signature is that of [`Engine::open`].
    pub fn start(
        plan: Plan,
        by: &Who,
        policy: Policy,
        now: Timestamp,
    ) -> Result<(Self, Vec<Event>), NotARun> {
        let fact = Fact::Opened(Box::new(plan));
        let opened = Event { seq: 0, at: now, by: Some(by.clone()), fact };
        let run = Run::open(&opened)?;
        Ok((Self { run, policy }, vec![opened]))
    }

    /// Opens a journalled run.
    ///
    /// # Errors
    /// When the events do not begin with the opening of a run.
    pub fn open(events: &[Event], policy: Policy) -> Result<Self, NotARun> {
        Ok(Self { run: Run::fold(events)?, policy })
    }

    /// What is known of the run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Takes an input in, and returns the new facts. They must be durable before anything in
    /// [`Engine::wanted`] is acted on.
    ///
    /// # Errors
    /// When a command cannot be carried out; nothing has changed then.
    pub fn handle(&mut self, input: &Input, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        let (facts, by) = self.facts_of(input)?;
        let mut events = Vec::new();
        for fact in facts {
            self.add(fact, by.clone(), now, &mut events);
        }
        for _ in 0..ROUNDS_MAX {
            let found = self.follows(now);
            if found.is_empty() {
                break;
            }
            for (fact, by) in found {
                self.add(fact, by, now, &mut events);
            }
        }
        Ok(events)
    }

    fn add(&mut self, fact: Fact, by: Option<Who>, now: Timestamp, events: &mut Vec<Event>) {
        let event = Event { seq: self.run.seq, at: now, by, fact };
        self.run.apply(&event);
        events.push(event);
    }

    /// What follows from the state, by the first rule that finds anything.
    fn follows(&self, now: Timestamp) -> Found {
        if self.run.closed.is_some() {
            return Vec::new();
        }
        let rules: [fn(&Self, Timestamp) -> Found; 8] = [
            Self::prune_aborted,
            Self::grow,
            Self::grow_undo,
            Self::hold,
            Self::enforce_limits,
            Self::pass_gates,
            Self::arm,
            Self::choose_by_policy,
        ];
        rules
            .iter()
            .map(|rule| rule(self, now))
            .find(|found| !found.is_empty())
            .unwrap_or_else(|| self.close())
    }

    /// Ends the run when nothing is left to do or to ask.
    fn close(&self) -> Found {
        let run = &self.run;
        let undo_due = run.is_taken_back() && !run.undo_grown;
        let over = run
            .cells
            .iter()
            .all(|cell| cell.is_over() || (run.given_up(cell) && !run.may_have_started(cell)));
        if over && run.holds.is_empty() && !undo_due {
            return vec![(Fact::Closed(run.verdict()), None)];
        }
        Vec::new()
    }

    /// Whether the run can go no further without an answer: whatever is in flight or on its way to
    /// begin waits for one too, and so does everything else.
    #[must_use]
    pub fn stuck(&self) -> bool {
        let run = &self.run;
        let moves = run.ids().any(|(id, cell)| {
            let on_its_way = match cell.state {
                State::Armed(_) => run.is_next(cell),
                State::Waiting => self.opens_in_time(cell),
                State::Running(_) | State::Settling(..) => true,
                State::Unknown(..)
                | State::Ok(_)
                | State::Failed(..)
                | State::Refused(..)
                | State::Stranded(_)
                | State::Overruled(_)
                | State::Never(_)
                | State::Reverted(_) => false,
            };
            on_its_way && run.hold_on(id).is_none()
        });
        run.closed.is_none() && !moves && (!run.holds.is_empty() || run.mode == Mode::Pause)
    }
}

#[cfg(test)]
mod tests;
