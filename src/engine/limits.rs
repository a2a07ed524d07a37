//! Deadlines. All follow from the state and the time; none is kept anywhere else.

use std::time::Duration;

use jiff::Timestamp;

use super::{Engine, Found};
use crate::{
    model::{Gate, Kind, NodeId, Try},
    run::{Cause, Cell, Fact, LinkState, Sig, State, Stop, StopCause},
};

/// From TERM to KILL where a time limit or an abort stops a step.
pub const KILL_AFTER: Duration = Duration::from_secs(10);

/// How long something left over by an ended step may live before the operator is asked.
pub const SETTLE_PATIENCE: Duration = Duration::from_secs(30);

/// How long a host may be out of reach, with something perhaps running there, before the operator is
/// asked.
pub const LINK_PATIENCE: Duration = Duration::from_secs(300);

/// The time `span` after `from`, or the end of time.
pub(super) fn after(from: Timestamp, span: Duration) -> Timestamp {
    from.checked_add(span).unwrap_or(Timestamp::MAX)
}

impl Engine {
    /// When to call [`Engine::handle`] with [`Input::Due`](super::Input::Due) if nothing else comes;
    /// `now` where that is over already. It stays until it is handled.
    #[must_use]
    pub fn deadline(&self, now: Timestamp) -> Option<Timestamp> {
        if self.run.closed.is_some() {
            return None;
        }
        let cells = self.run.ids().flat_map(|(id, cell)| self.deadlines(id, cell)).flatten();
        cells.min().map(|due| due.max(now))
    }

    fn deadlines(&self, id: NodeId, cell: &Cell) -> [Option<Timestamp>; 3] {
        let stop = self.stop_due(cell).map(|(due, _)| due);
        let cut_off = self.is_asked(id, &Cause::Unreachable);
        let patience = match &cell.state {
            State::Settling(..) if cut_off || self.is_asked(id, &Cause::Unsettled) => None,
            State::Settling(..) => cell.ended.map(|ended| after(ended, SETTLE_PATIENCE)),
            State::Waiting => self.opening_due(cell),
            State::Armed(_)
            | State::Running(_)
            | State::Unknown(..)
            | State::Ok(_)
            | State::Failed(..)
            | State::Refused(..)
            | State::Stranded(_)
            | State::Overruled(_)
            | State::Never(_)
            | State::Reverted(_) => None,
        };
        let link = cell.node.host.and_then(|host| self.run.world.links.get(&host));
        let needed = cell.in_flight() || self.run.is_next(cell);
        let reach = match link {
            Some((LinkState::Down(_), since)) if needed && !cut_off => {
                Some(after(*since, LINK_PATIENCE))
            }
            Some(_) | None => None,
        };
        [stop, patience, reach]
    }

    /// When a gate opens by itself, if it waits for nothing but time.
    fn opening_due(&self, cell: &Cell) -> Option<Timestamp> {
        match &cell.node.kind {
            Kind::Gate(Gate::Until(span)) if self.run.ready(cell) => {
                Some(after(self.done_at(cell), *span))
            }
            Kind::Gate(_) | Kind::Act(_) | Kind::Ask(_) => None,
        }
    }

    pub(super) fn opens_in_time(&self, cell: &Cell) -> bool {
        self.opening_due(cell).is_some()
    }

    /// When, and how, a running attempt is stopped by itself.
    fn stop_due(&self, cell: &Cell) -> Option<(Timestamp, Stop)> {
        let State::Running(_) = cell.state else { return None };
        match cell.stop {
            Some((stop, at)) => {
                let ours = match stop.cause {
                    StopCause::Limit | StopCause::Abort => stop.sig == Sig::Term,
                    StopCause::Operator => false,
                };
                ours.then(|| (after(at, KILL_AFTER), Stop { sig: Sig::Kill, cause: stop.cause }))
            }
            None => {
                let Kind::Act(act) = &cell.node.kind else { return None };
                let due = after(cell.started?, act.limit?);
                Some((due, Stop { sig: Sig::Term, cause: StopCause::Limit }))
            }
        }
    }

    /// Stops what is over its limit, and what an abort stops.
    pub(super) fn enforce_limits(&self, now: Timestamp) -> Found {
        let abort_stops = self.run.aborting.is_some_and(|abort| abort.stop);
        let mut found = Vec::new();
        for (node, cell) in self.run.ids() {
            let attempt = Try { node, n: cell.tries };
            if let Some((due, stop)) = self.stop_due(cell)
                && now >= due
            {
                found.push((Fact::Stopping(attempt, stop), None));
                continue;
            }
            let running = matches!(cell.state, State::Running(_));
            let untold = cell.stop.is_none_or(|(stop, _)| {
                stop == Stop { sig: Sig::Term, cause: StopCause::Operator }
            });
            if abort_stops && running && untold && !cell.node.origin.takes_back() {
                let stop = Stop { sig: Sig::Term, cause: StopCause::Abort };
                found.push((Fact::Stopping(attempt, stop), None));
            }
        }
        found
    }
}
