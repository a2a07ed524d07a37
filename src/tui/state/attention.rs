//! Whether anybody looks at the terminal, and what they are to be called for.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::{
    model::{HoldId, RunId},
    tui::{notice::Notices, settings::Notify},
};

/// Between two calls.
const GAP: SignedDuration = SignedDuration::from_secs(5);

/// Who looks, and who was called.
#[derive(Debug, Default)]
pub(crate) struct Attention {
    /// Whether the terminal has the focus, if it ever told.
    pub(crate) focused: Option<bool>,
    called: Option<Timestamp>,
    waiting: Option<String>,
}

/// What somebody may have to be called for, at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) run: Option<RunId>,
    pub(crate) holds: BTreeSet<HoldId>,
    pub(crate) prompts: usize,
    /// The run is over, or is not driven any more.
    pub(crate) over: bool,
}

impl Attention {
    /// Somebody is to be called for this. The newest is the one that is said.
    pub(crate) fn call_for(&mut self, what: String) {
        self.waiting = Some(what);
    }

    /// Whether a call waits for its time.
    pub(crate) fn waits(&self) -> bool {
        self.waiting.is_some()
    }

    /// What is to be said now, and how. Nothing while the terminal is looked at; where that is not known,
    /// only the bell is rung, unless it was said how.
    pub(crate) fn due(
        &mut self,
        now: Timestamp,
        notify: Notify,
        can: Notices,
    ) -> Option<(Notices, String)> {
        if self.focused == Some(true) || notify == Notify::Off {
            self.waiting = None;
        }
        // The clock may have been set back meanwhile.
        if self.called.is_some_and(|called| now.duration_since(called).abs() < GAP) {
            return None;
        }
        let what = self.waiting.take()?;
        self.called = Some(now);
        let how = match (notify, self.focused) {
            (Notify::Bell | Notify::Off, _) | (Notify::Auto, None) => Notices::Bell,
            (Notify::Osc9, _) => Notices::Osc9,
            (Notify::Osc777, _) => Notices::Osc777,
            (Notify::Osc99, _) => Notices::Osc99,
            (Notify::Auto, Some(_)) => can,
        };
        Some((how, what))
    }
}
