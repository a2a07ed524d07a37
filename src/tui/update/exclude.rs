//! The dialog that leaves a host out, and what becomes of the steps that it has not done.

use super::{
    acts::with_reason,
    allowed::{self, excludable},
    question::typed,
};
use crate::{
    model::{HostId, Kind, Maintenance},
    run::{Cell, Choice, Offer, Run},
    tui::{
        action::{Act, Action},
        keymap::{letter, with_keys, written},
        state::{
            Model,
            dialog::{Deed, Dialog, Subject},
            facts::Facts,
            grid::Column,
        },
        words,
    },
};

/// What becomes of a step that a host has not done, when it is left out.
enum Lot {
    /// Hosts that go on have done it or will.
    Shared,
    /// It is asked where else it is to be done: on one of these.
    Asked(Vec<HostId>),
    /// It runs there, and nobody waits for its end.
    Unwatched,
    /// It is done nowhere.
    Dropped,
}

/// Before a run: it is planned without hosts that cannot be reached.
fn leave_out(model: &Model) -> Option<Dialog> {
    let away: Vec<String> =
        allowed::away(model).iter().map(|host| model.host_name(*host).to_owned()).collect();
    let here = model.host().map(|host| model.host_name(host).to_owned());
    let here = here.filter(|here| away.contains(here)).or_else(|| away.first().cloned())?;
    let (look, all) = (written(model, Action::Look), away.len());
    let mut dialog = Dialog::new("Begin without hosts?", Subject::Without, model.now)
        .about(Facts::new(
            "plans the next run without them; they keep what they serve, unlike the others",
            "this console; nothing is changed on a host before the run is started",
            format!("{look} takes them in again, before the run is started"),
        ))
        .line(format!("Cannot be reached: {}", words::hosts(&away)))
        .line("Left out here, they are also left out of a rollback, until the next run is over.")
        .button(
            format!("Leave out {here}"),
            letter(model, Act::Exclude),
            with_keys(model, "then {deploy} asks"),
            Deed::Without(vec![here.clone()]),
        );
    if all > 1 {
        let label = format!("Leave out all {all}");
        dialog = dialog.button(label, Some('A'), "that cannot be reached", Deed::Without(away));
    }
    Some(dialog)
}

/// During a run: a host takes no further part in it.
pub(super) fn dialog(model: &Model) -> Option<Dialog> {
    if model.run().is_none() {
        return leave_out(model);
    }
    let run = model.open_run()?;
    let host = excludable(model, run).ok()?;
    let name = model.host_name(host);
    let asked = model.hold().filter(|(_, hold)| {
        let here = run.cell(hold.on).is_some_and(|cell| cell.node.host == Some(host));
        here && hold.offers.contains(&Offer::Exclude)
    });
    let (subject, deed) = match asked {
        Some((id, _)) => (Subject::Holds(vec![id]), Deed::Choose(vec![id], Choice::Exclude)),
        None => (Subject::Run, Deed::Exclude(host)),
    };
    let dialog = Dialog::new(format!("Exclude {name}?"), subject, model.now)
        .about(Facts::new(
            format!("{name} takes no further part and stays as it is now, unlike the others"),
            words::on_host(model, Some(host)),
            "none in this run; a new run brings the host back in line",
        ))
        .line("A step that runs there goes on to its end. The run ends as failed.")
        .button("Exclude", letter(model, Act::Exclude), "go on without it", deed);
    let mut dialog = steps(model, run, host, dialog);
    if model.sight.pages.get(name).is_some_and(|(page, _)| matches!(page, Maintenance::On(_))) {
        dialog = dialog.line(format!("{name} keeps the maintenance page: its visitors get that."));
    }
    Some(with_reason(dialog))
}

/// Says what becomes of the steps that it has not done. What is then done nowhere is confirmed by
/// typing, as leaving it out would be.
fn steps(model: &Model, run: &Run, host: HostId, mut dialog: Dialog) -> Dialog {
    let name = model.host_name(host);
    if run.plan.host_ids().all(|(other, _)| other == host || !run.takes_part(other)) {
        return dialog.line("No host is left then: nothing more is done in this run.");
    }
    let (mut dropped, mut unwatched) = (Vec::new(), Vec::new());
    for column in &model.grid.columns {
        let step = column.step.as_str();
        match lot(model, run, column, host) {
            None | Some(Lot::Shared) => {}
            Some(Lot::Asked(hosts)) if hosts.is_empty() => {
                let line = "no other host is left for it: you are asked whether to go on without";
                dialog = dialog.line(format!("{step}: {line}."));
            }
            Some(Lot::Asked(hosts)) => {
                let names: Vec<&str> = hosts.iter().map(|it| model.host_name(*it)).collect();
                let names = words::hosts(&names);
                dialog =
                    dialog.line(format!("{step}: you are asked where else it is done: {names}."));
            }
            Some(Lot::Unwatched) => unwatched.push(step),
            Some(Lot::Dropped) => dropped.push(step),
        }
    }
    for (these, becomes) in [
        (&dropped, format!("done on {name} only: then done on NO host, and the steps after go on")),
        (&unwatched, format!("running on {name} only: the steps after do NOT wait for its end")),
    ] {
        let is = if these.len() == 1 { "is" } else { "are" };
        if !these.is_empty() {
            dialog = dialog.line(format!("{} {is} {becomes}.", words::hosts(these)));
        }
    }
    if dropped.is_empty() && unwatched.is_empty() { dialog } else { typed(dialog, name) }
}

/// What becomes of a step; `None`: the host has no part in it, or has done its part.
fn lot(model: &Model, run: &Run, column: &Column, host: HostId) -> Option<Lot> {
    let cells = column.nodes(host).iter().filter_map(|id| run.cell(*id));
    let open = |cell: &&Cell| !cell.state.is_done() && !cell.node.origin.takes_back();
    let open: Vec<&Cell> = cells.filter(open).collect();
    let once = open.iter().find_map(|cell| match &cell.node.kind {
        Kind::Act(act) if !act.elsewhere.is_empty() => Some(&act.elsewhere),
        Kind::Act(_) | Kind::Ask(_) | Kind::Gate(_) => None,
    });
    let goes_on = |other: HostId| other != host && run.takes_part(other);
    if let Some(elsewhere) = once {
        let hosts = elsewhere.iter().map(|it| it.host).filter(|it| goes_on(*it));
        return Some(Lot::Asked(hosts.collect()));
    }
    open.first()?;
    let running = open.iter().any(|cell| cell.in_flight());
    let has_it =
        |other: HostId| goes_on(other) || (other != host && model.face(column, other).is_done());
    Some(match column.hosts().any(has_it) {
        true => Lot::Shared,
        false if running => Lot::Unwatched,
        false => Lot::Dropped,
    })
}
