//! Where a run asks between steps: behind or before which one, on which hosts, in which batch.

use super::{count, hosts, usual::of_stage};
use crate::{
    model::{Batch, HoldId, HostId, NodeId},
    run::{Cause, Choice, Hold, Mode, Run},
    tui::state::Model,
};

/// What is asked at a gate, as it is said to be asked: `after switch on web1 (batch 1 of 2)`.
pub(crate) fn asked_at(run: &Run, gate: NodeId, cause: &Cause) -> String {
    let step = run.cell(gate).map_or("", |cell| cell.node.key.step.as_str());
    if let Some(host) = run.asked_behind(gate) {
        return format!("after {step} on {}{}", names(run, &[host]), in_batch(run, gate));
    }
    match (cause, run.batch(gate)) {
        (Cause::Batch(_), Some(batch)) => {
            format!("before {} ({})", numbered(batch), names(run, &batch.hosts))
        }
        (Cause::Batch(_), None) => match next(run, gate) {
            Some(next) => format!("before the next batch ({next})"),
            None => "before the next batch".to_owned(),
        },
        (_, _) => format!("before {}", next(run, gate).unwrap_or_else(|| step.to_owned())),
    }
}

/// What comes right behind a gate, as in `switch on web1, web2 (batch 1 of 2)`.
pub(crate) fn next(run: &Run, gate: NodeId) -> Option<String> {
    let kept = run.kept_back(gate);
    (!kept.is_empty()).then(|| said(run, &kept))
}

/// Nodes of one step: which, on which hosts, in which batch.
fn said(run: &Run, nodes: &[NodeId]) -> String {
    let Some((first, cell)) = nodes.first().and_then(|id| Some((*id, run.cell(*id)?))) else {
        return String::new();
    };
    let hosts = names(run, &hosts_of(run, nodes));
    format!("{} on {hosts}{}", cell.node.key.step, in_batch(run, first))
}

/// The hosts that a question at a gate is about: those that come next; behind the last step, those it was on.
pub(crate) fn hosts_next(run: &Run, gate: NodeId) -> Vec<HostId> {
    let kept = hosts_of(run, &run.kept_back(gate));
    if kept.is_empty() { run.asked_behind(gate).into_iter().collect() } else { kept }
}

/// Where it is asked, in a sentence, and what comes then.
pub(crate) fn asked_where(run: &Run, gate: NodeId, cause: &Cause) -> String {
    let at = asked_at(run, gate, cause);
    let next = next(run, gate).filter(|_| run.asked_behind(gate).is_some());
    match next {
        Some(next) => format!("Asked {at}. Next: {next}."),
        None => format!("Asked {at}."),
    }
}

/// The hosts that a question at a gate is about, and of which stage they are; `None`: it is another question.
pub(crate) fn asked_on(model: &Model, run: &Run, hold: &Hold) -> Option<String> {
    let gates = matches!(hold.cause, Cause::Confirm(_) | Cause::Batch(_));
    let hosts = hosts_next(run, hold.on);
    (gates && !hosts.is_empty()).then(|| of_stage(model, &names(run, &hosts)))
}

/// What the run does once a question is answered with going on.
pub(crate) fn then(run: &Run, id: HoldId) -> String {
    let after = run.with_answer(&[id], &Choice::Go);
    let begins = after.begins().nodes;
    if let Some(first) = begins.first() {
        let place = |id: &NodeId| {
            let step = run.cell(*id).map(|cell| &cell.node.key.step);
            (step, run.batch(*id).map(|batch| batch.number))
        };
        let together: Vec<NodeId> =
            begins.iter().filter(|id| place(id) == place(first)).copied().collect();
        return format!("answers the question; the run goes on with {}", said(run, &together));
    }
    match (after.holds.len(), after.mode) {
        (0, Mode::Run) => "answers the question; the run goes on".to_owned(),
        (0, Mode::Step | Mode::Pause) => "answers the question; the run is paused".to_owned(),
        (1, _) => "answers this question; 1 more is open, and the run waits for it".to_owned(),
        (more, _) => {
            format!("answers this question; {more} more are open, and the run waits for them")
        }
    }
}

/// That hosts were left out, before a batch.
pub(crate) fn too_many_out(out: u16) -> String {
    let hosts = count(usize::from(out), "host");
    let were = if out == 1 { "was" } else { "were" };
    format!("{hosts} of the batches before {were} excluded: more than allowed.")
}

/// A batch as people count.
pub(crate) fn numbered(batch: &Batch) -> String {
    format!("batch {} of {}", batch.number, batch.of)
}

/// Behind what is done in a batch: which.
pub(crate) fn in_batch(run: &Run, id: NodeId) -> String {
    run.batch(id).map_or_else(String::new, |batch| format!(" ({})", numbered(batch)))
}

/// Some hosts by their names.
pub(crate) fn names(run: &Run, ids: &[HostId]) -> String {
    let name = |id: &HostId| run.plan.host(*id).map_or("?", |host| host.name.as_str());
    hosts(&ids.iter().map(name).collect::<Vec<_>>())
}

/// The hosts of some nodes, each once, in the order of the stage.
fn hosts_of(run: &Run, nodes: &[NodeId]) -> Vec<HostId> {
    let host = |id: &NodeId| run.cell(*id)?.node.host;
    let mut hosts: Vec<HostId> = nodes.iter().filter_map(host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}
