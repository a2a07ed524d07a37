//! Opens holds for what cannot go on by itself.

use jiff::Timestamp;

use super::{Engine, Found, limits};
use crate::{
    model::{Changes, HoldId, Kind, NodeId},
    run::{Cause, Cell, Fact, Hold, LinkState, Offer, State, Who},
};

impl Engine {
    pub(super) fn held(&self, hold: Hold) -> (Fact, Option<Who>) {
        (Fact::Held(HoldId(self.run.holds_asked), hold), None)
    }

    /// Asks for the first node that needs an answer and has no hold yet.
    pub(super) fn hold(&self, now: Timestamp) -> Found {
        let run = &self.run;
        for (id, cell) in run.ids() {
            let cause = self.cause(cell, now).filter(|cause| !self.is_asked(id, cause));
            if let Some(cause) = cause {
                let offers = self.offers(&cause, cell);
                return vec![self.held(Hold { on: id, cause, offers })];
            }
        }
        Vec::new()
    }

    /// Whether a question of this kind about the node is open.
    pub(super) fn is_asked(&self, id: NodeId, cause: &Cause) -> bool {
        let kind = std::mem::discriminant(cause);
        let mut holds = self.run.holds.values();
        holds.any(|hold| hold.on == id && std::mem::discriminant(&hold.cause) == kind)
    }

    /// What there is to ask about a node.
    fn cause(&self, cell: &Cell, now: Timestamp) -> Option<Cause> {
        let aborting = self.run.aborting.is_some();
        let takes_back = cell.node.origin.takes_back();
        match &cell.state {
            State::Failed(_, end) if takes_back => {
                self.asks_what_is_not_undone().then_some(Cause::NotUndone(*end))
            }
            State::Failed(_, end) if !aborting => Some(Cause::Failed(*end)),
            State::Refused(_, words) if takes_back => {
                self.asks_what_is_not_undone().then(|| Cause::Refused(words.clone()))
            }
            State::Refused(_, words) if !aborting => Some(Cause::Refused(words.clone())),
            State::Unknown(_, lost) => Some(Cause::Unknown(*lost)),
            State::Stranded(flight) => Some(Cause::OnceHostGone(*flight)),
            State::Running(_) if self.is_cut_off(cell, now) => Some(Cause::Unreachable),
            State::Running(_) => {
                let waits = cell.question.clone().filter(|_| cell.answering.is_none());
                waits.map(|(n, question)| Cause::Input(n, question))
            }
            State::Settling(..) if self.is_cut_off(cell, now) => Some(Cause::Unreachable),
            State::Settling(..) => {
                let due = cell.ended.map(|ended| limits::after(ended, limits::SETTLE_PATIENCE));
                due.is_some_and(|due| now >= due).then_some(Cause::Unsettled)
            }
            State::Armed(_) if self.run.is_next(cell) => {
                self.is_cut_off(cell, now).then_some(Cause::Unreachable)
            }
            State::Waiting
            | State::Armed(_)
            | State::Ok(_)
            | State::Failed(..)
            | State::Refused(..)
            | State::Overruled(_)
            | State::Never(_)
            | State::Reverted(_) => None,
        }
    }

    /// Compensations that failed are asked about when all others had their turn, as far as the end
    /// of a scope or a schema change; and no more once the rest is left as it is.
    fn asks_what_is_not_undone(&self) -> bool {
        let back = |cell: &&Cell| cell.node.origin.takes_back();
        let undoing = self.run.is_taken_back();
        let over = || self.run.cells.iter().filter(back).all(Cell::is_over);
        undoing && (over() || self.waits_for_what_failed())
    }

    fn is_cut_off(&self, cell: &Cell, now: Timestamp) -> bool {
        let link = cell.node.host.and_then(|host| self.run.world.links.get(&host));
        match link {
            Some((LinkState::Down(_), since)) => {
                now >= limits::after(*since, limits::LINK_PATIENCE)
            }
            Some((LinkState::Up, _)) | None => false,
        }
    }

    fn offers(&self, cause: &Cause, cell: &Cell) -> Vec<Offer> {
        let aborting = self.run.aborting.is_some();
        let mut offers = match cause {
            Cause::Failed(_) | Cause::Refused(_) => {
                vec![Offer::Retry, Offer::Edit, Offer::Fixed, Offer::Skip, Offer::Exclude]
            }
            Cause::NotUndone(_) => vec![Offer::Retry, Offer::Edit, Offer::Fixed, Offer::Skip],
            Cause::Unknown(_) => {
                vec![Offer::AssumeOk, Offer::AssumeFailed, Offer::Retry, Offer::Exclude]
            }
            Cause::Unsettled => vec![Offer::Go, Offer::Exclude],
            Cause::Input(..) => vec![Offer::Answer],
            Cause::Unreachable => vec![Offer::Exclude],
            Cause::OnceHostGone(_) => {
                let hosts = self.run.elsewhere(cell).into_iter().map(Offer::Move);
                hosts.chain([Offer::Skip]).collect()
            }
            Cause::LockHeld(_) => vec![Offer::TakeOver],
            Cause::Break
            | Cause::Confirm(_)
            | Cause::Schema
            | Cause::Batch(_)
            | Cause::Diverges(_) => {
                vec![Offer::Go]
            }
        };
        let not_undone = matches!(cause, Cause::NotUndone(_) | Cause::Refused(_));
        if !aborting {
            offers.extend([Offer::Undo, Offer::Abort]);
        } else if not_undone && cell.node.origin.takes_back() {
            // One answer for all: the rest is left as it is.
            offers.push(Offer::Abort);
        }
        if self.run.barred(cell) {
            offers.retain(|offer| !matches!(offer, Offer::Retry | Offer::Edit));
        }
        offers
    }
}

/// Whether doing the node changes the database schema.
pub(super) fn changes_schema(cell: &Cell) -> bool {
    match &cell.node.kind {
        Kind::Act(act) => act.changes == Changes::Schema,
        Kind::Ask(_) | Kind::Gate(_) => false,
    }
}
