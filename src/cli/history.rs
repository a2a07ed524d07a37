//! `deployui runs`.

use serde_json::json;

use super::{
    args::{Format, Listing},
    environment::Surroundings,
    exit::{Exit, Stop},
    say,
};
use crate::{
    run::Verdict,
    store::{Header, Summary},
    text::escape,
};

pub(super) fn runs(around: &Surroundings, args: &Listing) -> Result<Exit, Stop> {
    let runs = around
        .store
        .runs()
        .map_err(|error| Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))?;
    match args.output {
        Format::Plain if runs.is_empty() => say::err("no runs yet"),
        Format::Plain => runs.iter().for_each(|run| say::out(&line(run))),
        Format::Json => {
            let runs: Vec<_> = runs.iter().map(document).collect();
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

fn line(run: &Summary) -> String {
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
    format!("{}  {state:<8} {what}", run.run)
}

fn document(run: &Summary) -> serde_json::Value {
    let of = |get: fn(&Header) -> &String| run.header.as_ref().map(get);
    json!({
        "run": run.run.as_str(),
        "app": of(|header| &header.app),
        "stage": of(|header| &header.stage),
        "pipeline": of(|header| &header.pipeline),
        "opened": run.header.as_ref().map(|header| header.opened.to_string()),
        "last": run.last.map(|at| at.to_string()),
        "outcome": outcome(run),
        "damage": run.damage.as_ref().map(ToString::to_string),
    })
}
