//! How long something that is about to be done usually takes, and on which hosts it is done.

use super::{clocked, hosts, took, typical};
use crate::{
    model::HostId,
    run::Hold,
    store::Times,
    tui::state::{Model, tempo::Left},
};

/// How long a whole run of a pipeline takes.
pub(crate) fn usual_run(model: &Model, pipeline: &str) -> String {
    let whole = model.tempo.paces.get(pipeline).map(|pace| &pace.whole);
    whole
        .and_then(usually)
        .unwrap_or_else(|| format!("not known yet: no {pipeline} has ended well here before"))
}

/// What is usual, and what it was at worst: of many times without the few that were longest.
fn usually(times: &Times) -> Option<String> {
    let (typ, most) = (typical(times)?, took(times.p95()?));
    Some(match (times.is_one(), times.has_p95()) {
        (true, _) => format!("typically {typ}"),
        (false, true) => format!("typically {typ}, 95 of 100 within {most}"),
        (false, false) => format!("typically {typ}, the longest {most}"),
    })
}

/// How long the step takes that a question is about.
pub(crate) fn usual_step(model: &Model, hold: &Hold) -> String {
    let times = || {
        let (column, host) = model.grid.find(hold.on)?;
        model.typical(model.grid.columns.get(column)?, host?)
    };
    let unknown = || "not known yet: the step has not ended well here before".to_owned();
    times().and_then(usually).unwrap_or_else(unknown)
}

/// How long the rest of the run takes.
pub(crate) fn usual_rest(model: &Model) -> String {
    match model.tempo.left {
        Some(Left { time, more: false, .. }) => format!("about {}", clocked(time)),
        Some(Left { time, more: true, .. }) => format!("longer than {}", clocked(time)),
        None => "not known yet: no such run has ended well here before".to_owned(),
    }
}

/// All hosts that take part, and of which stage they are.
pub(crate) fn all_hosts(model: &Model) -> String {
    let out = |host: &HostId| model.run().is_some_and(|run| run.excluded.contains_key(host));
    let hosts_in = model.grid.hosts.iter().filter(|host| !out(host));
    let names: Vec<&str> = hosts_in.map(|host| model.host_name(*host)).collect();
    of_stage(model, &hosts(&names))
}

/// A host, or what a question without a host is about.
pub(crate) fn on_host(model: &Model, host: Option<HostId>) -> String {
    match host {
        Some(host) => of_stage(model, model.host_name(host)),
        None => all_hosts(model),
    }
}

/// Names of hosts, and of which stage they are.
pub(super) fn of_stage(model: &Model, names: &str) -> String {
    let stage = model.plan().map_or("", |plan| plan.stage.as_str());
    format!("{names} ({stage})")
}
