//! The runs that there were, read from the operator's disk beside whatever goes on: in a thread of
//! their own, so that neither the screen nor a run waits for them.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{sync::mpsc, task::spawn_blocking};

use crate::{
    model::{Kind, RunId},
    run::{Ending, Event, Fact, Run},
    store::{Journal, Reading, Store, Summary},
    tui::{PastRun, Told},
};

/// Runs that are read in answer to one question.
const RUNS_MAX: usize = 200;

/// Runs that are told at once.
const CHUNK: usize = 20;

/// Reads runs for the screen.
pub(super) struct Archive {
    store: Store,
    told: mpsc::Sender<Told>,
    /// The newest question: older ones are not answered to their end.
    newest: Arc<AtomicU64>,
}

impl Archive {
    pub(super) fn new(store: Store, told: mpsc::Sender<Told>) -> Self {
        Self { store, told, newest: Arc::default() }
    }

    /// Tells the runs after so many of the newest.
    pub(super) fn list(&self, asked: u64, skip: usize) {
        self.newest.store(asked, Ordering::Relaxed);
        let (store, told, newest) =
            (self.store.clone(), self.told.clone(), Arc::clone(&self.newest));
        let tell = move |rows, end| told.blocking_send(Told::Runs { asked, rows, end }).is_ok();
        drop(spawn_blocking(move || {
            let (runs, more) = match store.newest(skip, RUNS_MAX) {
                Ok(found) => found,
                Err(error) => {
                    tell(Vec::new(), Some(Err(error.to_string())));
                    return;
                }
            };
            for chunk in runs.chunks(CHUNK) {
                let rows = chunk.iter().map(|run| row(&store, run)).collect();
                if newest.load(Ordering::Relaxed) != asked || !tell(rows, None) {
                    return;
                }
            }
            tell(Vec::new(), Some(Ok(more)));
        }));
    }

    /// Tells one run, as far as its journal can be read.
    pub(super) fn read(&self, run: RunId) {
        let (store, told) = (self.store.clone(), self.told.clone());
        drop(spawn_blocking(move || {
            let read = Journal::read(&store, &run).map_err(|error| error.to_string());
            let folded = read.and_then(|reading| {
                Run::fold(&reading.events).map_err(|error| match reading.damage {
                    Some(damage) => damage.to_string(),
                    None => error.to_string(),
                })
            });
            let past = folded.map(Box::new).map_err(|why| format!("run {run}: {why}"));
            drop(told.blocking_send(Told::Past(past)));
        }));
    }
}

/// A run as a row of the list. What only its whole journal tells is left empty where that cannot be
/// read.
fn row(store: &Store, summary: &Summary) -> PastRun {
    // Why it cannot be read is said to whoever opens the run: one bad journal is not to hide the others.
    let reading = Journal::read(store, &summary.run).ok();
    let run = reading.as_ref().and_then(|reading| Run::fold(&reading.events).ok());
    let released = run.as_ref().and_then(|run| run.plan.released.as_ref());
    let header = summary.header.as_ref();
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let closed = summary.closed;
    PastRun {
        id: summary.run.clone(),
        app: text(header.map(|it| &it.app)),
        stage: text(header.map(|it| &it.stage)),
        pipeline: text(header.map(|it| &it.pipeline)),
        by: reading.as_ref().map(opener).unwrap_or_default(),
        opened: header.map(|it| it.opened),
        last: summary.last,
        ending: Ending::known(run.as_ref(), closed),
        release: text(released.map(|it| &it.name)),
        commit: text(released.and_then(|it| it.revision.as_ref())),
        failures: run
            .as_ref()
            .zip(reading.as_ref())
            .map_or(0, |(run, it)| failures(run, &it.events)),
        holder: closed.is_none().then(|| Journal::holder(store, &summary.run)).flatten(),
        damage: summary.damage.as_ref().map(ToString::to_string),
    }
}

/// Who opened it: the first fact that somebody caused.
fn opener(reading: &Reading) -> String {
    let by = reading.events.iter().find_map(|event| match (&event.by, &event.fact) {
        (Some(who), _) | (None, Fact::Taken(who)) => Some(who.0.clone()),
        (None, _) => None,
    });
    // Behind the person stands the number of the process.
    by.and_then(|who| who.split(' ').next().map(str::to_owned)).unwrap_or_default()
}

/// Attempts of actions that did not end well.
fn failures(run: &Run, events: &[Event]) -> usize {
    let acts = |attempt: &crate::model::Try| {
        run.cell(attempt.node).is_some_and(|cell| matches!(cell.node.kind, Kind::Act(_)))
    };
    let failed = |event: &&Event| {
        if let Fact::Ended(attempt, end, _) = &event.fact {
            return !end.is_ok() && acts(attempt);
        }
        matches!(&event.fact, Fact::Refused(attempt, _) | Fact::Lost(attempt, _) if acts(attempt))
    };
    events.iter().filter(failed).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            Act, BoxMode, Changes, Column, Command, Host, HostId, Key, Node, NodeId, Origin, Part,
            Plan, StepName, Text, Try,
        },
        run::{Abort, End, Verdict, Who, Why},
        store::Header,
    };

    fn plan() -> Plan {
        let step = StepName::try_from("build".to_owned()).unwrap();
        let act = Act {
            command: Command::new(Text::literal("make".to_owned())),
            undo: None,
            changes: Changes::Nothing,
            mode: BoxMode::Detached,
            limit: None,
            retry: 0,
            elsewhere: Vec::new(),
        };
        let node = Node {
            key: Key { step: step.clone(), part: Part::Main },
            host: Some(HostId(0)),
            needs: Vec::new(),
            kind: Kind::Act(Box::new(act)),
            origin: Origin::Plan,
        };
        let host = Host {
            name: "web1".to_owned(),
            address: "web1".to_owned(),
            roles: Vec::new(),
            state_dir: "~/.deployui".to_owned(),
        };
        let nodes = vec![NodeId(0)];
        let about = String::new();
        Plan {
            run: RunId::new("20261122-014312", [7; 10]),
            app: "shop".to_owned(),
            stage: "production".to_owned(),
            protected: false,
            pipeline: "deploy".to_owned(),
            hosts: vec![host],
            nodes: vec![node],
            columns: vec![Column { step, about, built_in: None, gates: Vec::new(), nodes }],
            batches: Vec::new(),
            followers: Vec::new(),
            released: None,
        }
    }

    /// The row of a run with these facts behind its opening.
    fn row_of(facts: Vec<Fact>) -> PastRun {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::at(dir.path());
        let plan = plan();
        let opened = jiff::Timestamp::from_second(1_795_312_992).unwrap();
        let header = Header::new(&plan, opened);
        let facts = std::iter::once(Fact::Opened(Box::new(plan))).chain(facts);
        let events: Vec<Event> = (0..)
            .zip(facts)
            .map(|(seq, fact)| {
                let by = (seq == 0).then(|| Who("ana@desk 4711".to_owned()));
                Event {
                    seq,
                    at: opened + jiff::SignedDuration::from_secs(i64::try_from(seq).unwrap()),
                    by,
                    fact,
                }
            })
            .collect();
        let journal = Journal::create(&store, header, &events, "ana@desk 4711").unwrap();
        let (runs, _) = store.newest(0, 1).unwrap();
        let found = row(&store, &runs[0]);
        drop(journal);
        found
    }

    fn failing() -> Vec<Fact> {
        let attempt = |n| Try { node: NodeId(0), n };
        let one = |n, end| {
            [Fact::Armed(attempt(n)), Fact::Started(attempt(n)), Fact::Ended(attempt(n), end, 0)]
        };
        [one(1, End::Exit(2)), one(2, End::Signal(9)), one(3, End::Exit(0))].concat()
    }

    #[test]
    fn a_row_tells_who_how_it_ended_and_how_often_something_failed() {
        let closed = row_of([failing(), vec![Fact::Closed(Verdict::Ok)]].concat());
        assert_eq!((closed.by.as_str(), closed.failures, closed.ended()), ("ana@desk", 2, "ok"));
        assert_eq!((closed.app.as_str(), closed.stage.as_str()), ("shop", "production"));
        assert_eq!(closed.holder, None, "a run that is over is not looked for");
        let took = closed.last.unwrap().duration_since(closed.opened.unwrap());
        assert_eq!(took.as_secs(), 10);
    }

    #[test]
    fn an_open_run_says_who_drives_it() {
        let open = row_of(failing());
        assert_eq!((open.ended(), open.holder.as_deref()), ("open", Some("ana@desk 4711")));
    }

    #[test]
    fn an_undone_run_is_told_from_one_that_was_left() {
        let ended = |undo| {
            let abort = Fact::Aborted(Abort { undo, stop: false }, Why::default());
            row_of(vec![abort, Fact::Closed(Verdict::Aborted)]).ended()
        };
        assert_eq!((ended(true), ended(false)), ("undone", "aborted"));
    }
}
