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
    model::{HoldId, Hole, Kind, Try},
    run::{Cell, Choice, End, Event, Fact, Run},
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
    past: Past,
}

/// What the journal tells of an attempt, also where a later one has taken its place.
#[derive(Clone, Default)]
struct Past {
    /// What it ran, where the operator had changed that; and what the plan has.
    edited: Option<(String, String)>,
    end: Option<End>,
    /// Why it has no end that is known; neutralised.
    lacks: Option<String>,
    /// What was answered about it, each with the reason; neutralised.
    said: Vec<String>,
}

impl Past {
    /// How it ended, and what came of it.
    fn in_words(&self, last: bool) -> String {
        let end = self.end.map(|end| end.to_string()).or_else(|| self.lacks.clone());
        let end = end.unwrap_or_else(|| "no end known".to_owned());
        let again = (!last && self.said.is_empty()).then(|| "tried again".to_owned());
        let all: Vec<String> =
            std::iter::once(end).chain(self.said.iter().cloned()).chain(again).collect();
        all.join("; ")
    }
}

pub(super) fn log(around: &Surroundings, args: &Log) -> Result<Exit, Stop> {
    let id = around.store.find(Some(&args.run))?;
    let reading = Journal::read(&around.store, &id)?;
    if let Some(damage) = &reading.damage {
        say::err(&format!("warning: {damage}; what follows is from before that"));
    }
    let run = Run::fold(&reading.events)
        .map_err(|error| Stop::new(Exit::Refused, format!("run {id}: {error}")))?;
    let pasts = pasts(&reading.events);
    let attempts = chosen(&run, &pasts, &around.store, args)?;
    match args.output {
        Format::Json => {
            let list: Vec<_> = attempts.iter().map(|one| document(one, &run)).collect();
            say::out(&json!({ "format": 1, "run": id.as_str(), "attempts": list }).to_string());
        }
        Format::Plain if attempts.is_empty() => say::err("nothing of it was begun"),
        Format::Plain => {
            for one in &attempts {
                let headings = attempts.len() > 1 || (!one.past.said.is_empty() && !args.raw);
                if headings {
                    say::out(&heading(one));
                }
                if let (true, Some((ran, planned))) = (headings, &one.past.edited) {
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

/// What the journal tells of each attempt.
fn pasts(events: &[Event]) -> BTreeMap<Try, Past> {
    let mut pasts: BTreeMap<Try, Past> = BTreeMap::new();
    let Some((first, rest)) = events.split_first() else { return pasts };
    let Ok(mut run) = Run::open(first) else { return pasts };
    for event in rest {
        if let Fact::Chose(hold, choice, why) = &event.fact
            && let Some((attempt, said)) = said(&run, *hold, choice, &why.0)
        {
            pasts.entry(attempt).or_default().said.push(said);
        }
        run.apply(event);
        // An attempt runs what the operator had typed by the time it was armed.
        if let Fact::Armed(attempt) = &event.fact {
            pasts.entry(*attempt).or_default().edited = edited(&run, *attempt);
        } else if let Fact::Ended(attempt, end, _) = &event.fact {
            pasts.entry(*attempt).or_default().end = Some(*end);
        } else if let Fact::Lost(attempt, lost) = &event.fact {
            pasts.entry(*attempt).or_default().lacks = Some(format!("outcome unknown: {lost}"));
        } else if let Fact::Refused(attempt, words) = &event.fact {
            let lacks = format!("could not be begun: {}", escape(words));
            pasts.entry(*attempt).or_default().lacks = Some(lacks);
        }
    }
    pasts
}

fn edited(run: &Run, attempt: Try) -> Option<(String, String)> {
    let cell = run.cell(attempt.node)?;
    let edited = cell.edited.as_ref()?;
    Some((edited.to_string(), planned(run, cell)))
}

/// What an answer says of the attempt that it is about.
fn said(run: &Run, hold: HoldId, choice: &Choice, why: &str) -> Option<(Try, String)> {
    let what = match choice {
        Choice::Retry => "tried again",
        Choice::Edit(_) => "tried again with another command",
        Choice::Skip => "skipped",
        Choice::Fixed => "marked fixed",
        Choice::Assume(true) => "taken as done",
        Choice::Assume(false) => "taken as failed",
        Choice::Exclude => "its host was excluded",
        Choice::Move(_) => "done on another host instead",
        Choice::Go | Choice::Abort | Choice::Undo | Choice::Answer(_) | Choice::TakeOver => {
            return None;
        }
    };
    let node = run.holds.get(&hold)?.on;
    let n = run.cell(node)?.tries;
    let reason = if why.is_empty() { String::new() } else { format!(": {}", escape(why)) };
    Some((Try { node, n }, format!("{what}{reason}")))
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
    pasts: &BTreeMap<Try, Past>,
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
                let past = pasts.get(&attempt).cloned().unwrap_or_default();
                found.push(Attempt { cell, attempt, host, name, past });
            }
        }
    }
    Ok(found)
}

fn heading(one: &Attempt<'_>) -> String {
    let end = one.past.in_words(one.attempt.n == one.cell.tries);
    let step = escape(&one.cell.node.key.to_string());
    format!("==> {} {step}, attempt {}: {end} <==", one.host, one.attempt.n)
}

fn document(one: &Attempt<'_>, run: &Run) -> serde_json::Value {
    json!({
        "host": one.host,
        "step": one.cell.node.key.step.as_str(),
        "attempt": one.attempt.n,
        "box": one.name,
        "end": one.past.end.map(|end| end.to_string()),
        "said": one.past.said,
        "run": run.plan.run.as_str(),
        "edited": one.past.edited.as_ref().map(|(ran, _)| ran),
        "planned": one.past.edited.as_ref().map(|(_, planned)| planned),
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
