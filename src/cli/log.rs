//! `deployui log`: what the steps of a run printed.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    args::{Format, Log},
    environment::Surroundings,
    exit::{Exit, Stop},
    say,
};
use crate::{
    driver::box_name,
    model::{Hole, Kind, Try},
    run::{Cell, Event, Fact, Run},
    script::quote,
    store::{DiskError, Journal, LogReader, Store},
    text::{Filter, escape},
    tui::{Entire, diff},
};

/// Bytes that are copied at once.
const WINDOW_BYTES: usize = 1024 * 1024;

/// Lines that are read at once.
const LINES_AT_ONCE: usize = 512;

/// One attempt that may have printed something.
struct Attempt<'a> {
    cell: &'a Cell,
    attempt: Try,
    host: String,
    name: String,
    /// What it ran, where the operator had changed that; and what the plan has.
    edited: Option<(String, String)>,
}

pub(super) fn log(around: &Surroundings, args: &Log) -> Result<Exit, Stop> {
    let id = around.store.find(Some(&args.run))?;
    let reading = Journal::read(&around.store, &id)?;
    if let Some(damage) = &reading.damage {
        say::err(&format!("warning: {damage}; what follows is from before that"));
    }
    let run = Run::fold(&reading.events)
        .map_err(|error| Stop::new(Exit::Refused, format!("run {id}: {error}")))?;
    let edits = edits(&reading.events);
    let attempts = chosen(&run, &edits, &around.store, args)?;
    match args.output {
        Format::Json => {
            let list: Vec<_> = attempts.iter().map(|one| document(one, &run)).collect();
            say::out(&json!({ "format": 1, "run": id.as_str(), "attempts": list }).to_string());
        }
        Format::Plain if attempts.is_empty() => say::err("nothing of it was begun"),
        Format::Plain => {
            let headings = attempts.len() > 1;
            for one in &attempts {
                if headings {
                    say::out(&heading(one));
                }
                if let (true, Some((ran, planned))) = (headings, &one.edited) {
                    say::out("edited, against the plan:");
                    diff(planned, ran).iter().for_each(|line| say::out(&escape(line)));
                    say::out("its output:");
                }
                print(around, args, &run, one)?;
            }
        }
    }
    Ok(Exit::Done)
}

/// What attempts ran instead of what was planned, and that.
type Edits = BTreeMap<Try, (String, String)>;

/// An attempt runs what the operator had typed by the time it was armed.
fn edits(events: &[Event]) -> Edits {
    let mut edits = Edits::new();
    let Some((first, rest)) = events.split_first() else { return edits };
    let Ok(mut run) = Run::open(first) else { return edits };
    for event in rest {
        run.apply(event);
        let Fact::Armed(attempt) = &event.fact else { continue };
        let Some(cell) = run.cell(attempt.node) else { continue };
        let Some(edited) = &cell.edited else { continue };
        edits.insert(*attempt, (edited.to_string(), planned(&run, cell)));
    }
    edits
}

/// The command of the plan, as it would have been sent.
fn planned(run: &Run, cell: &Cell) -> String {
    let Some(command) = cell.node.kind.command() else { return String::new() };
    let value = |hole: &Hole| run.value(cell, hole).and_then(|value| quote(&value).ok());
    command.run.fill(value).unwrap_or_else(|_| command.run.to_string())
}

/// The attempts of the chosen step and host that were begun, in the order of the graph.
fn chosen<'a>(
    run: &'a Run,
    edits: &Edits,
    store: &Store,
    args: &Log,
) -> Result<Vec<Attempt<'a>>, Stop> {
    let step_is =
        |cell: &Cell| args.step.as_ref().is_none_or(|step| cell.node.key.step.as_str() == step);
    let known_step = run.cells.iter().any(step_is);
    let known_host =
        args.host.as_ref().is_none_or(|name| run.plan.hosts.iter().any(|host| host.name == *name));
    if !known_step || !known_host {
        let what = if known_step { args.host.as_deref() } else { args.step.as_deref() };
        let kind = if known_step { "host" } else { "step" };
        let name = what.unwrap_or_default().escape_debug().to_string();
        return Err(Stop::new(Exit::Usage, format!("run {} has no {kind} `{name}`", run.plan.run))
            .hint(format!("`deployui log {}` shows all of it", run.plan.run)));
    }
    let mut found = Vec::new();
    for (node, cell) in run.ids() {
        if matches!(cell.node.kind, Kind::Gate(_)) || !step_is(cell) {
            continue;
        }
        for n in 1..=cell.tries {
            let attempt = Try { node, n };
            let Some((host, name)) = box_name(run, attempt) else { continue };
            // The last one may be prepared only: its box is there before its turn comes.
            let begun = n < cell.tries
                || cell.started.is_some()
                || store.log_path(&run.plan.run, &host, &name).is_ok_and(|path| path.exists());
            if begun && args.host.as_ref().is_none_or(|wanted| *wanted == host) {
                let edited = edits.get(&attempt).cloned();
                found.push(Attempt { cell, attempt, host, name, edited });
            }
        }
    }
    Ok(found)
}

fn heading(one: &Attempt<'_>) -> String {
    let last = one.attempt.n == one.cell.tries;
    let end = match (last, one.cell.end) {
        (true, Some(end)) => end.to_string(),
        (true, None) => "no end known".to_owned(),
        (false, _) => "tried again".to_owned(),
    };
    let step = escape(&one.cell.node.key.to_string());
    format!("==> {} {step}, attempt {}: {end} <==", one.host, one.attempt.n)
}

fn document(one: &Attempt<'_>, run: &Run) -> serde_json::Value {
    json!({
        "host": one.host,
        "step": one.cell.node.key.step.as_str(),
        "attempt": one.attempt.n,
        "box": one.name,
        "end": if one.attempt.n == one.cell.tries { one.cell.end.map(|end| end.to_string()) } else { None },
        "run": run.plan.run.as_str(),
        "edited": one.edited.as_ref().map(|(ran, _)| ran),
        "planned": one.edited.as_ref().map(|(_, planned)| planned),
    })
}

/// As it is shown everywhere, also where it is read by another program: that may be a pager on a
/// terminal. The bytes as they are only where they are asked for.
fn print(around: &Surroundings, args: &Log, run: &Run, one: &Attempt<'_>) -> Result<(), Stop> {
    let failed =
        |error: DiskError| Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint());
    let opened = LogReader::open(&around.store, &run.plan.run, &one.host, &one.name);
    let mut reader = opened.map_err(failed)?;
    reader.refresh().map_err(failed)?;
    if args.raw {
        return copy(&reader).map_err(failed);
    }
    let (mut next, mut filter) = (0, Filter::default());
    while !say::unread() {
        let lines = reader.lines(next, LINES_AT_ONCE).map_err(failed)?;
        let Some(last) = lines.last() else { return Ok(()) };
        next = last.number.saturating_add(1);
        let mut text = String::new();
        for line in &lines {
            for piece in Entire::of(&reader, line, &mut filter) {
                text.push_str(&say::inked(&piece.map_err(failed)?, around.looks.inks));
                if text.len() > WINDOW_BYTES {
                    say::raw(std::mem::take(&mut text).as_bytes());
                    if say::unread() {
                        return Ok(());
                    }
                }
            }
            text.push('\n');
        }
        say::raw(text.as_bytes());
    }
    Ok(())
}

fn copy(reader: &LogReader) -> Result<(), DiskError> {
    let mut at = 0;
    while at < reader.len() && !say::unread() {
        let window = reader.window(at, WINDOW_BYTES)?;
        if window.bytes.is_empty() {
            return Ok(());
        }
        let len = window.bytes.len();
        let mut from = 0;
        for mask in &window.masks {
            let start = mask.at.clamp(from, len);
            say::raw(&window.bytes[from..start]);
            say::raw(format!("<{} hidden>", mask.name).as_bytes());
            from = mask.at.saturating_add(mask.len).clamp(start, len);
        }
        say::raw(&window.bytes[from..]);
        at = at.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
    }
    Ok(())
}
