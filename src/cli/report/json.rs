//! One JSON event a line, from a closed list. It is a projection for other programs, not the journal.
//!
//! Every event has `event` and `at` (UTC, RFC 3339), and where they apply `step`, `host`, `item`,
//! `undo`, `attempt`, `outcome`. The list: `run-opened`, `run-resumed`, `host-up`, `host-down`,
//! `step-started`, `step-ended`, `step-refused`, `step-unknown`, `step-stopping`, `step-never`,
//! `log-replaced`, `held`, `answered`, `mode`, `host-excluded`, `aborted`, `run-finished`, `refused`.
//! The outcome of a step is `ok`, `failed` or `timeout`; of a question whether one is wanted, `no` too.

use serde_json::{Map, Value, json};

use super::says_no;
use crate::{
    model::{HostId, Kind, NodeId, Origin, Part, Try},
    run::{Choice, End, Event, Fact, LinkState, Mode, Run, Sig},
};

/// The first event of a run.
pub(super) fn opened(run: &Run, event: &str) -> Value {
    let hosts: Vec<&str> = run.plan.hosts.iter().map(|host| host.name.as_str()).collect();
    let steps: Vec<&str> = run.plan.columns.iter().map(|column| column.step.as_str()).collect();
    json!({
        "event": event, "at": run.latest.to_string(), "run": run.plan.run.as_str(),
        "app": run.plan.app, "stage": run.plan.stage, "pipeline": run.plan.pipeline,
        "hosts": hosts, "steps": steps,
    })
}

/// The last event of a run; `edited` are the steps that did not run the plan's command in the end.
pub(super) fn finished(run: &Run, exit: u8, outcome: &str) -> Value {
    let edited = run.ids().filter(|(_, cell)| cell.edited.is_some());
    let edited: Vec<Fields> = edited.map(|(id, _)| node_fields(run, id)).collect();
    json!({
        "event": "run-finished", "at": run.latest.to_string(), "outcome": outcome,
        "run": run.plan.run.as_str(), "exit": exit, "edited": edited,
    })
}

/// The only event where no run was opened.
pub(super) fn refused(reasons: &[String], exit: u8) -> Value {
    json!({ "event": "refused", "reason": reasons.join("\n"), "exit": exit })
}

/// The event for a fact, if it has one.
pub(super) fn event(event: &Event, run: &Run) -> Option<Value> {
    let (name, mut fields) = projected(&event.fact, run)?;
    fields.insert("event".to_owned(), json!(name));
    fields.insert("at".to_owned(), json!(event.at.to_string()));
    if let Some(who) = &event.by {
        fields.insert("by".to_owned(), json!(who.0));
    }
    Some(Value::Object(fields))
}

type Fields = Map<String, Value>;

fn projected(fact: &Fact, run: &Run) -> Option<(&'static str, Fields)> {
    Some(match fact {
        Fact::Started(attempt) => ("step-started", of(run, *attempt, json!({}))),
        Fact::Ended(attempt, end, bytes) => {
            ("step-ended", of(run, *attempt, end_fields(run, *attempt, *end, *bytes)))
        }
        Fact::Refused(attempt, why) => {
            ("step-refused", of(run, *attempt, json!({ "reason": why })))
        }
        Fact::Lost(attempt, lost) => (
            "step-unknown",
            of(run, *attempt, json!({ "outcome": "unknown", "reason": lost.to_string() })),
        ),
        Fact::Stopping(attempt, stop) => {
            ("step-stopping", of(run, *attempt, json!({ "signal": signal(stop.sig) })))
        }
        Fact::LogReplaced(attempt, read, there) => {
            ("log-replaced", of(run, *attempt, json!({ "read": read, "there": there })))
        }
        Fact::Pruned(nodes, reason) => {
            let steps: Vec<Value> = nodes
                .iter()
                .filter(|node| is_act(run, **node))
                .map(|node| Value::Object(node_fields(run, *node)))
                .collect();
            if steps.is_empty() {
                return None;
            }
            ("step-never", object(json!({ "steps": steps, "reason": reason.to_string() })))
        }
        Fact::Held(id, hold) => {
            let offers: Vec<String> = hold.offers.iter().map(ToString::to_string).collect();
            let mut fields = node_fields(run, hold.on);
            fields.insert("hold".to_owned(), json!(id.0));
            fields.insert("cause".to_owned(), json!(hold.word()));
            fields.insert("choices".to_owned(), json!(offers));
            ("held", fields)
        }
        Fact::Chose(id, choice, why) => (
            "answered",
            object(json!({ "hold": id.0, "choice": choice.needs().to_string(), "reason": why.0,
                "edited": edited(choice) })),
        ),
        Fact::Link(host, state) => link(run, *host, state),
        Fact::Mode(mode) => ("mode", object(json!({ "mode": mode_word(*mode) }))),
        Fact::Excluded(host, why) => {
            ("host-excluded", object(json!({ "host": host_name(run, *host), "reason": why.0 })))
        }
        Fact::Aborted(abort, why) => {
            ("aborted", object(json!({ "undo": abort.undo, "stop": abort.stop, "reason": why.0 })))
        }
        Fact::Opened(_)
        | Fact::Taken(_)
        | Fact::Left(_)
        | Fact::Break(..)
        | Fact::Passed(_)
        | Fact::Grew(..)
        | Fact::Armed(_)
        | Fact::Staged(_)
        | Fact::Listed(..)
        | Fact::Asks(..)
        | Fact::Answered(..)
        | Fact::WentOn(..)
        | Fact::Settled(..)
        | Fact::Fenced(_)
        | Fact::Saw(..)
        | Fact::Closed(_) => return None,
    })
}

/// The text that runs instead, where it was edited.
fn edited(choice: &Choice) -> Option<&str> {
    if let Choice::Edit(text) = choice { Some(text) } else { None }
}

fn end_fields(run: &Run, attempt: Try, end: End, bytes: u64) -> Value {
    // Unknown where a newer attempt has taken its place already.
    let cell = run.cell(attempt.node).filter(|cell| cell.tries == attempt.n);
    let seconds =
        cell.and_then(|cell| Some(cell.ended?.duration_since(cell.started?).as_secs_f64()));
    let (outcome, exit, signal) = match end {
        End::Exit(1) if says_no(run, attempt, end) => ("no", Some(1), None),
        End::Exit(0) => ("ok", Some(0), None),
        End::Exit(status) => ("failed", Some(status), None),
        End::Signal(signal) => ("failed", None, Some(signal)),
        End::TimedOut => ("timeout", None, None),
    };
    json!({ "outcome": outcome, "status": exit, "signal": signal, "bytes": bytes, "seconds": seconds })
}

fn link(run: &Run, host: HostId, state: &LinkState) -> (&'static str, Fields) {
    let host = host_name(run, host);
    match state {
        LinkState::Up => ("host-up", object(json!({ "host": host }))),
        LinkState::Down(why) => ("host-down", object(json!({ "host": host, "reason": why }))),
    }
}

fn of(run: &Run, attempt: Try, more: Value) -> Fields {
    let mut fields = node_fields(run, attempt.node);
    fields.insert("attempt".to_owned(), json!(attempt.n));
    fields.extend(object(more));
    fields
}

fn node_fields(run: &Run, node: NodeId) -> Fields {
    let Some(cell) = run.cell(node) else { return Fields::new() };
    let mut fields = object(json!({ "step": cell.node.key.step.as_str() }));
    if let Some(host) = cell.node.host {
        fields.insert("host".to_owned(), json!(host_name(run, host)));
    }
    if let Part::Item { line, .. } = &cell.node.key.part {
        fields.insert("item".to_owned(), json!(line));
    }
    if let Origin::UndoOf(_) = cell.node.origin {
        fields.insert("undo".to_owned(), json!(true));
    }
    fields
}

fn object(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Fields::new()
        }
    }
}

fn is_act(run: &Run, node: NodeId) -> bool {
    run.cell(node).is_some_and(|cell| matches!(cell.node.kind, Kind::Act(_)))
}

fn host_name(run: &Run, host: HostId) -> &str {
    run.plan.host(host).map_or("?", |host| &host.name)
}

fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Run => "run",
        Mode::Step => "step",
        Mode::Pause => "pause",
    }
}

fn signal(sig: Sig) -> &'static str {
    match sig {
        Sig::Term => "TERM",
        Sig::Kill => "KILL",
    }
}
