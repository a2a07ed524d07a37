//! The first look at the hosts of a run that is taken up again: what it waited for when it was left
//! may have passed since, and only the hosts can tell.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;

use crate::{
    model::HostId,
    run::{Cause, Run},
};

/// As long as hosts get to be there. One that is slower is looked at by the next console.
const ARRIVAL: Duration = Duration::from_secs(30);

/// As long as a host that is there gets to say what became of its boxes.
const ANSWER: Duration = Duration::from_secs(2);

/// A look that is under way, until it is over.
pub(super) struct Look {
    until: Timestamp,
    awaited: BTreeSet<HostId>,
}

impl Look {
    pub(super) fn begin(run: &Run, now: Timestamp) -> Self {
        let awaited = run.plan.host_ids().map(|(id, _)| id).collect();
        Self { until: after(now, ARRIVAL), awaited }
    }

    /// The host is there, or cannot be had.
    pub(super) fn heard(&mut self, host: HostId, now: Timestamp) {
        if self.awaited.remove(&host) && self.awaited.is_empty() {
            self.until = self.until.min(after(now, ANSWER));
        }
    }

    /// When to look whether the run is stuck after all; `None`: it is as stuck as it seems.
    pub(super) fn until(&self, run: &Run, now: Timestamp) -> Option<Timestamp> {
        let may_pass = run
            .holds
            .values()
            .any(|hold| matches!(hold.cause, Cause::Unsettled | Cause::Unreachable));
        (may_pass && now < self.until).then_some(self.until)
    }
}

fn after(from: Timestamp, span: Duration) -> Timestamp {
    from.checked_add(span).unwrap_or(Timestamp::MAX)
}
