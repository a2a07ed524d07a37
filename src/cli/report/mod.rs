//! What a run without the console says: plain lines for people, or one JSON event a line.

mod json;
mod live;
mod plain;

use std::sync::{Arc, Mutex, PoisonError};

use live::Live;
pub(super) use plain::when;
use tokio::{sync::watch, task::JoinHandle};

use super::{
    args::Format,
    environment::Surroundings,
    exit::{Exit, Stop},
    say,
};
use crate::{
    driver::{Left, Observer},
    model::{HoldId, Kind, Query, Try},
    run::{End, Event, Fact, Hold, Refusal, Run, Verdict},
};

/// Writes the report of one run.
pub(super) enum Report {
    /// Lines for people, with what the steps print.
    Plain(Plain),
    /// One JSON event a line.
    Json,
}

/// A plain report: events, and between them the growing logs.
pub(super) struct Plain {
    live: Arc<Mutex<Live>>,
    /// Whoever prints the logs as they grow; `None`: it is asked for.
    follower: Option<JoinHandle<()>>,
}

impl Report {
    /// Begins a report; `grown` tells when a log has grown.
    pub(super) fn begin(
        format: Format,
        around: &Surroundings,
        mut grown: watch::Receiver<u64>,
    ) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Plain => {
                let live = Arc::new(Mutex::new(Live::new(around.store.clone())));
                let shared = Arc::clone(&live);
                let follower = tokio::spawn(async move {
                    while grown.changed().await.is_ok() {
                        lock(&shared).print_all();
                    }
                });
                Self::Plain(Plain { live, follower: Some(follower) })
            }
        }
    }

    /// A plain report of a run that another drives. Nobody tells when a log has grown: see [`Self::look`].
    pub(super) fn beside(around: &Surroundings) -> Self {
        let live = Arc::new(Mutex::new(Live::new(around.store.clone())));
        Self::Plain(Plain { live, follower: None })
    }

    /// Prints what has come in the logs.
    pub(super) fn look(&mut self) {
        match self {
            Self::Plain(plain) => lock(&plain.live).print_all(),
            Self::Json => {}
        }
    }

    /// The run was opened.
    pub(super) fn opened(&mut self, run: &Run) {
        match self {
            Self::Plain(_) => plain::opened(run, "opened"),
            Self::Json => say::out(&json::opened(run, "run-opened").to_string()),
        }
    }

    /// The run was taken up again, with what it was left waiting for.
    pub(super) fn resumed(&mut self, run: &Run) {
        match self {
            Self::Plain(_) => plain::opened(run, "taken up"),
            Self::Json => say::out(&json::opened(run, "run-resumed").to_string()),
        }
        let held = |(id, hold): (&HoldId, &Hold)| Event {
            seq: run.seq,
            at: run.latest,
            by: None,
            fact: Fact::Held(*id, hold.clone()),
        };
        let open: Vec<Event> = run.holds.iter().map(held).collect();
        self.told(&open, run);
    }

    /// What is still to be decided, in one place.
    pub(super) fn open_holds(&self, run: &Run) {
        match self {
            Self::Plain(_) => plain::open_holds(run),
            Self::Json => {}
        }
    }

    /// The last word on the run.
    pub(super) fn over(&mut self, run: &Run, exit: Exit, outcome: &'static str) {
        match self {
            Self::Plain(plain) => {
                if let Some(follower) = &plain.follower {
                    follower.abort();
                }
                lock(&plain.live).print_all();
                plain::over(run, exit, outcome);
            }
            Self::Json => say::out(&json::finished(run, exit.code(), outcome).to_string()),
        }
    }
}

impl Observer for Report {
    fn told(&mut self, events: &[Event], run: &Run) {
        for event in events {
            match self {
                Self::Plain(plain) => plain::event(event, run, &mut lock(&plain.live)),
                Self::Json => {
                    if let Some(line) = json::event(event, run) {
                        say::out(&line.to_string());
                    }
                }
            }
        }
    }

    fn refused(&mut self, why: Refusal) {
        say::err(&format!("warning: {why}"));
    }
}

/// The report goes on even if a thread that held it has panicked.
fn lock(live: &Mutex<Live>) -> std::sync::MutexGuard<'_, Live> {
    live.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The outcome of a run as a word of the documented list.
pub(super) fn outcome(left: Left, exit: Exit) -> &'static str {
    match (left, exit) {
        (_, Exit::Unknown) => "unknown",
        (Left::Closed(Verdict::Ok), _) => "ok",
        (Left::Closed(Verdict::Failed | Verdict::Unknown), _) => "failed",
        (Left::Closed(Verdict::Aborted), _) => "aborted",
        (Left::Stuck, _) => "decision",
        (Left::Detached, _) => "detached",
    }
}

/// A command that stopped early: `error:` and `hint:` lines, or the JSON event.
pub(super) fn refusal(stop: &Stop, json: bool) {
    if json && stop.exit != Exit::Open {
        say::out(&json::refused(&stop.errors, stop.exit.code()).to_string());
    }
    for (at, error) in stop.errors.iter().enumerate() {
        // A fault in a file brings its own heading, and is a paragraph.
        if at > 0 && error.contains('\n') {
            say::err("");
        }
        if ["error: ", "warning: "].iter().any(|heading| error.starts_with(heading)) {
            say::err(error);
        } else {
            say::err(&format!("error: {error}"));
        }
    }
    for hint in &stop.hints {
        say::err(&format!("hint: {hint}"));
    }
}

/// Whether a question was answered with no, which is no failure.
fn says_no(run: &Run, attempt: Try, end: End) -> bool {
    let kind = run.cell(attempt.node).map(|cell| &cell.node.kind);
    let asks = matches!(kind, Some(Kind::Ask(ask)) if matches!(ask.query, Query::When(_)));
    asks && end == End::Exit(1)
}
