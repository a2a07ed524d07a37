//! `deployui resume`: folds the journal, attaches to every box in flight, and goes on.

use super::{
    args::{Format, Global, Resume},
    console,
    environment::Surroundings,
    exit::{Exit, Stop},
    headless, load, prepare,
    report::{self, Report},
    say, secrets, webhooks,
};
use crate::{
    driver::{Driver, Left},
    run::Run,
    store::{Dirty, Journal},
};

pub(super) async fn resume(
    around: &Surroundings,
    global: &Global,
    args: &Resume,
) -> Result<Exit, Stop> {
    let id = around.store.find(args.run.as_deref())?;
    let (journal, events) = Journal::open(&around.store, &id, &around.who.0)?;
    let run = Run::fold(&events)
        .map_err(|error| Stop::new(Exit::Refused, format!("run {id}: {error}")))?;
    if let (Some(verdict), Some(ending)) = (run.closed, run.ending()) {
        say::err(&format!("run {id} is over: {ending}"));
        make_up(around, global, &run).await;
        let left = Left::Closed(verdict);
        let exit = Exit::of(left, &run, None);
        if args.output == Some(Format::Json) {
            Report::Json.over(&run, exit, report::outcome(left, exit));
        }
        return Ok(exit);
    }
    if around.terminal && args.output.is_none() {
        return console::resume(around, global, journal, events, run).await;
    }
    let mut signals = headless::listen()?;
    let secrets = secrets::again(around, global, &run.plan, &mut signals).await?;
    let (dirty, grown) = Dirty::new();
    let fleet = load::fleet(
        around,
        global,
        (&run.plan.run, &load::hosts(&run.plan)),
        headless::asker(around),
        dirty,
        true,
    );
    fleet.keep(secrets);
    let mut report = Report::begin(args.output.unwrap_or_default(), around, grown);
    report.resumed(&run);
    let store = around.store.clone();
    let taken = Driver::resume(journal, &events, store, fleet, &around.who, args.on_failure);
    let mut driver = taken
        .map_err(|error| Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))?;
    driver.announce(webhooks::taken_up(webhooks::of_run(around, global, &run.plan)));
    if let Some(ended) = prepare::still_held(&driver, around).await? {
        let stop = Stop::new(Exit::Refused, ended);
        return Err(stop.hint(format!(
            "look at the hosts first (deployui status, releases); then go on: deployui resume {id}"
        )));
    }
    let exit = headless::drive(&mut driver, &mut report, &mut signals).await;
    prepare::finish(&driver, around).await;
    driver.close().await;
    exit
}

/// Does what whoever drove a run that is over did not come to, and says so.
async fn make_up(around: &Surroundings, global: &Global, run: &Run) {
    let (dirty, _grown) = Dirty::new();
    let hosts = load::hosts(&run.plan);
    let run_on = (&run.plan.run, hosts.as_slice());
    let fleet = load::fleet(around, global, run_on, headless::asker(around), dirty, false);
    let said = prepare::made_up_for(&fleet.asker(), run, around).await;
    said.iter().for_each(|line| say::err(line));
    fleet.close().await;
}
