//! What stays as it is on the hosts where a run is given up: the maintenance page, and what is served.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{behind::serves, hosts};
use crate::{
    model::{
        Changes, HostId, Kind, MAINTENANCE_KEPT, MAINTENANCE_OFF, MAINTENANCE_ON, Maintenance,
        Served, Site,
    },
    run::{Cell, Overrule, Run, State},
    tui::{
        action::{Act, Action},
        keymap::written,
        state::Model,
    },
};

/// The hosts on which the maintenance page is up: by what the run did there, and where it did nothing, or
/// somebody looked since, by what was seen.
fn page_up(model: &Model) -> Vec<&str> {
    let switched = model.run().map(switched).unwrap_or_default();
    let is_up = |id: HostId, name: &str| {
        let site = model.sight.sites.get(name);
        let lies = |site: &Site| site.page || site.raised.is_some();
        match (switched.get(&id), site) {
            (Some((_, Some(since))), Some((site, at))) if since < at => lies(site),
            (Some((up, _)), _) => *up,
            (None, _) => {
                let page = model.sight.pages.get(name);
                let shown = page.is_some_and(|(page, _)| matches!(page, Maintenance::On(_)));
                shown || site.is_some_and(|(site, _)| lies(site))
            }
        }
    };
    let Some(plan) = model.plan() else { return Vec::new() };
    let all = plan.host_ids().map(|(id, host)| (id, host.name.as_str()));
    all.filter(|(id, name)| is_up(*id, name)).map(|(_, name)| name).collect()
}

/// Whether the run has the page up, host by host, and when the act ended that put it up or took it down.
fn switched(run: &Run) -> BTreeMap<HostId, (bool, Option<Timestamp>)> {
    let mut found = BTreeMap::new();
    // What is done later is laid out later: the last word counts.
    for (_, cell) in run.ids() {
        let Some(host) = cell.node.host else { continue };
        match cell.node.key.step.as_str() {
            MAINTENANCE_ON if is_done(cell) || cell.state.is_in_flight() => {
                found.insert(host, (true, cell.ended));
            }
            // What a person raised stays up.
            MAINTENANCE_OFF if is_done(cell) && takes_down(cell) => {
                found.insert(host, (false, cell.ended));
            }
            _ => {}
        }
    }
    found
}

fn takes_down(cell: &Cell) -> bool {
    let command = cell.node.kind.command().map(|command| command.run.to_string());
    !command.is_some_and(|text| text.contains(MAINTENANCE_KEPT))
}

/// Whether it was done, by the run or by the operator.
fn is_done(cell: &Cell) -> bool {
    match &cell.state {
        State::Ok(_) | State::Overruled(Overrule::Fixed(_) | Overrule::Assumed(true, _)) => true,
        State::Overruled(
            Overrule::Skipped(_) | Overrule::Excluded(..) | Overrule::Assumed(false, _),
        )
        | State::Waiting
        | State::Armed(_)
        | State::Running(_)
        | State::Settling(..)
        | State::Unknown(..)
        | State::Failed(..)
        | State::Refused(..)
        | State::Stranded(_)
        | State::Never(_)
        | State::Reverted(_) => false,
    }
}

/// That the page stays where the run is left, and how it is taken down; nothing where none is up.
pub(crate) fn page_stays(model: &Model) -> Option<String> {
    let up = page_up(model);
    let key = written(model, Action::Act(Act::Maintenance));
    (!up.is_empty()).then(|| {
        format!(
            "The maintenance page STAYS UP on {}: {key} takes it down, or deployui maintenance off.",
            hosts(&up)
        )
    })
}

/// Which release stays served where the run is left, as far as the hosts were looked at since the run
/// changed it.
pub(crate) fn served_stays(model: &Model) -> Option<String> {
    let run = model.run()?;
    let mut parts = Vec::new();
    let mut unseen: Vec<&str> = Vec::new();
    for (served, names) in model.sight.served() {
        let (old, now): (Vec<&str>, Vec<&str>) =
            names.into_iter().partition(|name| is_old(model, run, name));
        unseen.extend(old);
        if now.is_empty() {
            continue;
        }
        let now = hosts(&now);
        parts.push(match served {
            Served::Release(release) => format!("{release} stays served on {now}"),
            Served::Nothing => format!("nothing is served on {now}"),
            Served::Dangling(_) | Served::Outside(_) | Served::Loop(_) | Served::NotALink => {
                format!("what {now} serves is no release")
            }
        });
    }
    if !unseen.is_empty() {
        parts.push(format!("{} as the run left it", hosts(&unseen)));
    }
    (!parts.is_empty()).then(|| format!("{}.", parts.join("; ")))
}

/// Whether the run began to change what a host serves after it was looked at, or to take that back.
fn is_old(model: &Model, run: &Run, name: &str) -> bool {
    let Some((_, seen)) = model.sight.sites.get(name) else { return true };
    let id = run.plan.host_ids().find(|(_, host)| host.name == name).map(|(id, _)| id);
    let changes = |cell: &Cell| match &cell.node.kind {
        Kind::Act(act) => act.changes == Changes::Served || serves(run, cell),
        Kind::Ask(_) | Kind::Gate(_) => false,
    };
    let since = |cell: &Cell| cell.ended.or(cell.started).is_some_and(|at| at >= *seen);
    run.ids().any(|(_, cell)| cell.node.host == id && changes(cell) && since(cell))
}
