//! What is asked of a test run from outside, and the one clock.

use std::time::{Duration, Instant};

/// Rounds of each kind: few in the normal run, as many as `DEPLOYUI_ROUNDS` says otherwise.
#[expect(clippy::disallowed_methods, reason = "how many rounds is asked from outside")]
pub(crate) fn rounds(normal: usize) -> usize {
    std::env::var("DEPLOYUI_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(normal)
}

/// Whether figures are to be measured and printed.
#[expect(clippy::disallowed_methods, reason = "figures are asked for from outside")]
pub(crate) fn figures() -> bool {
    std::env::var_os("DEPLOYUI_FIGURES").is_some_and(|set| set == "1")
}

/// Where the programs of this machine are.
#[expect(clippy::disallowed_methods, reason = "the shells under test are where ours are")]
pub(crate) fn path() -> String {
    std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin"
}

#[expect(clippy::disallowed_methods, reason = "faults strike at times; figures are times")]
fn now() -> Instant {
    Instant::now()
}

/// A span of time that has begun.
pub(crate) struct Span(Instant);

impl Span {
    pub(crate) fn begin() -> Self {
        Self(now())
    }

    pub(crate) fn passed(&self) -> Duration {
        now().duration_since(self.0)
    }

    /// What is left of `whole`.
    pub(crate) fn left(&self, whole: Duration) -> Option<Duration> {
        whole.checked_sub(self.passed()).filter(|left| !left.is_zero())
    }
}
