//! Undo: compensations are ordinary nodes, appended when a run is given up with undo. A compensation that
//! fails does not stop the rest.

use jiff::Timestamp;

use super::{Engine, Found};
use crate::run::{Fact, State};

impl Engine {
    /// Lays out the taking back, once everything that was begun has ended.
    pub(super) fn grow_undo(&self, _now: Timestamp) -> Found {
        let run = &self.run;
        let due = run.is_taken_back() && !run.undo_grown;
        let unsure = run.cells.iter().any(|cell| {
            matches!(cell.state, State::Unknown(..))
                && cell.node.host.is_some_and(|h| run.takes_part(h))
        });
        if !due || unsure || run.busy() {
            return Vec::new();
        }
        vec![(Fact::Grew(run.taking_back(), Vec::new()), None)]
    }
}
