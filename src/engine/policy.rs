//! Headless: a policy that chooses on holds, or leaves them open.

use jiff::Timestamp;

use super::{Engine, Found, holds::changes_schema};
use crate::{
    model::{HoldId, Kind},
    run::{Cause, Cell, Choice, Fact, Hold, State, Who, Why},
};

/// Who answers holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// The operator.
    #[default]
    Ask,
    /// `--on-failure stop`: close where nothing visible was done, else leave open.
    Stop,
    /// `--on-failure undo`: take back, up to the first schema change.
    Undo,
    /// `--on-failure retry=N`: try again N times (never a schema change), then as `Stop`.
    Retry(u16),
}

impl Engine {
    /// Answers one hold, if the policy has an answer. It waits until nothing is in flight, so that
    /// every host's failure is known and reported; only a retry does not wait.
    pub(super) fn choose_by_policy(&self, _now: Timestamp) -> Found {
        for (id, hold) in &self.run.holds {
            if self.recipe_retries(hold) {
                return vec![chose(*id, Choice::Retry, "the recipe", "as `retry` says")];
            }
        }
        if self.policy == Policy::Ask {
            return Vec::new();
        }
        // What is tried again goes first: giving up on one host must not take another's tries away.
        let mut choices: Vec<(HoldId, Choice)> = self
            .run
            .holds
            .iter()
            .filter_map(|(id, hold)| Some((*id, self.policy_choice(hold)?)))
            .collect();
        choices.sort_by_key(|(_, choice)| *choice != Choice::Retry);
        match choices.into_iter().next() {
            Some((id, choice)) => vec![chose(id, choice, "policy", "as --on-failure says")],
            None => Vec::new(),
        }
    }

    /// Whether the recipe itself says that this failure is tried again. Only an end that was
    /// witnessed is: what the operator took for failed may still run.
    fn recipe_retries(&self, hold: &Hold) -> bool {
        let Some(cell) = self.run.cell(hold.on) else { return false };
        let Kind::Act(act) = &cell.node.kind else { return false };
        let failed = matches!(hold.cause, Cause::Failed(_)) && cell.end.is_some();
        failed && cell.tries <= act.retry && !changes_schema(cell) && !cell.node.origin.takes_back()
    }

    fn policy_choice(&self, hold: &Hold) -> Option<Choice> {
        let cell = self.run.cell(hold.on)?;
        // Nobody is let in over what was not taken back, unless someone says so.
        if cell.node.origin.takes_back() && self.waits_for_what_failed() {
            return None;
        }
        if hold.cause.is_failure() && !cell.node.origin.takes_back() {
            return self.on_failure(cell);
        }
        let not_taken_back = hold.cause.is_failure() || matches!(hold.cause, Cause::NotUndone(_));
        not_taken_back.then_some(Choice::Skip)
    }

    fn on_failure(&self, cell: &Cell) -> Option<Choice> {
        if let Policy::Retry(times) = self.policy
            && cell.tries <= times
            && !cell.astray
            && (cell.end.is_some() || matches!(cell.state, State::Refused(..)))
            && !changes_schema(cell)
        {
            return Some(Choice::Retry);
        }
        let others_open = self.run.holds.values().any(|hold| !hold.cause.is_failure());
        if self.run.busy() || others_open {
            return None;
        }
        match self.policy {
            Policy::Undo => Some(Choice::Undo),
            Policy::Stop | Policy::Retry(_) => (!self.run.visible()).then_some(Choice::Abort),
            Policy::Ask => None,
        }
    }
}

fn chose(id: HoldId, choice: Choice, by: &str, why: &str) -> (Fact, Option<Who>) {
    (Fact::Chose(id, choice, Why(why.to_owned())), Some(Who(by.to_owned())))
}
