//! The console where nobody could see it: how things stand, as plain lines, and what to say instead.
//!
//! It ends as a wrong command line does. Whoever calls it in a script meant another command, and must
//! not take a report for a console that was used and left.

use super::open_run;
use crate::{
    cli::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load, say,
    },
    plan,
    run::Run,
    store::Journal,
    text::escape,
};

/// Why there can be no console.
pub(super) fn why(around: &Surroundings) -> Option<Stop> {
    let what = match (around.terminal, around.ci) {
        (true, false) => return None,
        (true, true) => "the console is not opened: CI is set, so nobody sits here",
        (false, _) => "the console needs a terminal (and TERM to say which)",
    };
    Some(Stop::new(Exit::Usage, what).hint(
        "without one: deployui run PIPELINE, deployui resume, deployui status, deployui log RUN",
    ))
}

/// Says how things stand on the stage, as far as it is known here; no host is asked.
pub(super) fn tell(around: &Surroundings, global: &Global) -> Result<(), Stop> {
    let (recipe, _warnings) = load::quietly(global)?;
    let pipeline = super::session::pipeline(&recipe);
    let request = headless::plain_request(around, global, &pipeline)?;
    let survey = plan::survey(&recipe, &request).map_err(|found| load::faults(&found))?;
    let owner = survey.owner;
    let Some(id) = open_run(around, &owner)? else {
        say::out(&format!("{} on {}: no run is open", owner.app, owner.stage));
        say::out(&format!("to begin one: deployui run {pipeline} --stage {}", owner.stage));
        return Ok(());
    };
    let reading = Journal::read(&around.store, &id)?;
    let run = Run::fold(&reading.events)
        .map_err(|error| Stop::new(Exit::Refused, format!("run {id}: {error}")))?;
    say::out(&format!(
        "{} on {}: run {id} ({}) is open, last heard of {:.0}",
        owner.app, owner.stage, run.plan.pipeline, run.latest
    ));
    for hold in run.holds.values() {
        let Some(cell) = run.cell(hold.on) else { continue };
        let host = cell.node.host.and_then(|host| run.plan.host(host));
        let host = host.map_or(String::new(), |host| format!("{} ", host.name));
        let offers: Vec<String> = hold.offers.iter().map(ToString::to_string).collect();
        let step = escape(&cell.node.key.to_string());
        let (word, offers) = (hold.cause.word(), offers.join(", "));
        say::out(&format!("  {host}{step} needs a decision ({word}): {offers}"));
    }
    say::out(&format!("to go on with it: deployui resume {id}"));
    Ok(())
}
