//! Instants of kills, and where in a run they fell.

use std::time::{Duration, Instant};

use super::effects::{nothing_done, opened};
use super::recipes::Project;

#[expect(clippy::disallowed_methods, reason = "the instants of the kills are measured in time")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a kill at a random instant is the point")]
pub(super) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// How long something takes, in microseconds.
pub(super) fn took(what: impl FnOnce()) -> u64 {
    let begun = now();
    what();
    u64::try_from(begun.elapsed().as_micros()).unwrap()
}

/// Counts where kills fell.
#[derive(Default)]
pub(super) struct Fell {
    unopened: u32,
    open: u32,
    over: u32,
}

impl Fell {
    /// Counts one more, of a program that was to begin a run beside those that are `known`. Gives the
    /// run and whether it is over; where none was opened, nothing was done.
    pub(super) fn on(
        &mut self,
        project: &Project,
        hosts: usize,
        known: &mut Vec<String>,
    ) -> Option<(String, bool)> {
        let now_known = opened(project);
        let Some(run) = now_known.get(known.len()).cloned() else {
            self.unopened += 1;
            nothing_done(project, hosts, known);
            return None;
        };
        *known = now_known;
        let over = !project.runs()[0]["outcome"].is_null();
        *if over { &mut self.over } else { &mut self.open } += 1;
        Some((run, over))
    }

    /// The counts in words.
    pub(super) fn words(&self) -> String {
        let Self { unopened, open, over } = self;
        format!("killed: {unopened} before the run was opened, {open} while open, {over} after")
    }
}
