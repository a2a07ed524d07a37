//! `deployui runs`.

use serde_json::json;

use super::{
    args::{Format, Listing},
    environment::Surroundings,
    exit::{Exit, Stop},
    say,
};
use crate::{
    run::{Ending, Run, Verdict},
    store::{Header, Journal, Store, Summary},
    text::escape,
};

pub(super) fn runs(around: &Surroundings, args: &Listing) -> Result<Exit, Stop> {
    let runs = around
        .store
        .runs()
        .map_err(|error| Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))?;
    match args.output {
        Format::Plain if runs.is_empty() => say::err("no runs yet"),
        Format::Plain => {
            runs.iter().for_each(|run| say::out(&line(&around.store, run)));
        }
        Format::Json => {
            let runs: Vec<_> = runs.iter().map(|run| document(&around.store, run)).collect();
            say::out(&json!({ "format": 1, "runs": runs }).to_string());
        }
    }
    Ok(Exit::Done)
}

/// The outcome as in JSON; `None`: the run is open.
fn outcome(run: &Summary) -> Option<&'static str> {
    run.closed.map(|verdict| match verdict {
        Verdict::Ok => "ok",
        Verdict::Failed => "failed",
        Verdict::Aborted => "aborted",
        Verdict::Unknown => "unknown",
    })
}

/// How it ended, in the words of the console: of a run that did not end well only its whole journal
/// tells.
fn ending(store: &Store, summary: &Summary) -> Option<Ending> {
    let read = || {
        let reading = Journal::read(store, &summary.run).ok()?;
        Run::fold(&reading.events).ok()
    };
    let told = summary.closed.is_none_or(|verdict| verdict == Verdict::Ok);
    let run = if told { None } else { read() };
    Ending::known(run.as_ref(), summary.closed)
}

fn line(store: &Store, run: &Summary) -> String {
    let state = match (&run.damage, outcome(run)) {
        (Some(_), _) => "DAMAGED",
        (None, Some(outcome)) => outcome,
        (None, None) => "open",
    };
    let what = match &run.header {
        Some(header) => format!(
            "{}  {} of {} on {}",
            header.opened.strftime("%Y-%m-%d %H:%M:%SZ"),
            escape(&header.pipeline),
            escape(&header.app),
            escape(&header.stage)
        ),
        None => "its journal cannot be read".to_owned(),
    };
    let ending = ending(store, run).filter(|_| run.closed != Some(Verdict::Ok));
    let ending = ending.map_or_else(String::new, |ending| format!(": {ending}"));
    format!("{}  {state:<8} {what}{ending}", run.run)
}

fn document(store: &Store, run: &Summary) -> serde_json::Value {
    let of = |get: fn(&Header) -> &String| run.header.as_ref().map(get);
    json!({
        "run": run.run.as_str(),
        "app": of(|header| &header.app),
        "stage": of(|header| &header.stage),
        "pipeline": of(|header| &header.pipeline),
        "opened": run.header.as_ref().map(|header| header.opened.to_string()),
        "last": run.last.map(|at| at.to_string()),
        "outcome": outcome(run),
        "ending": ending(store, run).map(|ending| ending.to_string()),
        "damage": run.damage.as_ref().map(ToString::to_string),
    })
}
