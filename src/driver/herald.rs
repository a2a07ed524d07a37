//! Tells webhooks how a run goes. What they are sent was rendered before; nothing here makes the run
//! wait, and a webhook that does not work is a warning.

use std::time::Duration;

use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use super::http::Client;
use crate::{
    plan::Notice,
    recipe::NotifyOn,
    run::{Cause, Event, Fact, Hold, Run, Verdict},
};

/// Notices on their way: one more is left out, and said so.
const WAITING_MAX: usize = 32;

/// How long the last notices are waited for when the run has been left.
const REST: Duration = Duration::from_secs(15);

/// Sends the notices of one run.
pub struct Herald {
    notices: Vec<Notice>,
    sender: mpsc::Sender<Notice>,
    task: JoinHandle<()>,
    /// Whether a failure waits for the operator: only the first of several is told.
    failing: bool,
}

impl Herald {
    /// `warn` is told what could not be sent, in a line.
    pub fn begin(notices: Vec<Notice>, warn: impl Fn(String) + Send + 'static) -> Self {
        let (sender, mut waiting) = mpsc::channel::<Notice>(WAITING_MAX);
        let client = Client::default();
        let task = tokio::spawn(async move {
            while let Some(notice) = waiting.recv().await {
                if let Err(error) = client.notify(&notice.url, notice.body).await {
                    warn(error.to_string());
                }
            }
        });
        Self { notices, sender, task, failing: false }
    }

    /// The run was opened.
    pub(super) fn opened(&mut self) {
        self.send(NotifyOn::Started, None);
    }

    /// New facts, and what is known with them.
    pub(super) fn told(&mut self, events: &[Event], run: &Run) {
        let fails = |event: &Event| matches!(&event.fact, Fact::Held(_, hold) if failure(hold));
        if events.iter().any(fails) && !self.failing {
            self.send(NotifyOn::Failed, None);
        }
        self.failing = run.holds.values().any(failure);
        for event in events {
            if let Fact::Closed(verdict) = &event.fact {
                self.send(NotifyOn::Finished, Some(outcome(*verdict)));
            }
        }
    }

    fn send(&self, on: NotifyOn, outcome: Option<&str>) {
        let meant =
            |it: &&Notice| it.on == on && outcome.is_none_or(|outcome| it.outcome == outcome);
        for notice in self.notices.iter().filter(meant) {
            if self.sender.try_send(notice.clone()).is_err() {
                tracing::warn!("too many webhooks wait: one is left out");
            }
        }
    }

    /// Waits a moment for what is on its way.
    pub(super) async fn rest(self) {
        drop(self.sender);
        if timeout(REST, self.task).await.is_err() {
            tracing::warn!("not all webhooks were told in time");
        }
    }
}

fn outcome(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Failed => "failed",
        Verdict::Aborted => "aborted",
        Verdict::Unknown => "unknown",
    }
}

/// Whether the operator is asked because something went wrong.
fn failure(hold: &Hold) -> bool {
    match &hold.cause {
        Cause::Failed(_)
        | Cause::Refused(_)
        | Cause::Unknown(_)
        | Cause::Batch(_)
        | Cause::OnceHostGone(_)
        | Cause::Unreachable
        | Cause::NotUndone(_) => true,
        Cause::Unsettled
        | Cause::Break
        | Cause::Confirm(_)
        | Cause::Schema
        | Cause::Input(..)
        | Cause::LockHeld(_)
        | Cause::Diverges(_) => false,
    }
}
