//! The dialog that leaves a host out, and what becomes of the steps that it has not done.

use super::{
    allowed::{self, excludable},
    together::Answer,
};
use crate::{
    model::{HostId, Maintenance, NodeId},
    run::{Choice, Offer, Run, State},
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

/// What becomes of a step that a host has not done, when it is left out; the gravest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Lot {
    /// No host does it, and others wait for it.
    Missed,
    /// The same, and it runs there: nobody sees its end.
    Unwatched,
    /// It is done nowhere, and nothing waits for it.
    Dropped,
    /// It is asked where else it is to be done: on one of these.
    Moved(Vec<HostId>),
    /// Hosts that go on have done it or will.
    Shared,
}

/// Before a run: it is planned without hosts that cannot be reached, this one or the first of them.
fn leave_out(model: &Model, host: Option<HostId>) -> Option<Dialog> {
    let away: Vec<String> =
        allowed::away(model).iter().map(|host| model.host_name(*host).to_owned()).collect();
    let here = host.map(|host| model.host_name(host).to_owned());
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
pub(crate) fn dialog(model: &Model) -> Option<Dialog> {
    if model.run().is_none() {
        return leave_out(model, model.host());
    }
    let run = model.open_run()?;
    Some(without(model, run, excludable(model, run).ok()?))
}

/// The same for a host that was named.
///
/// # Errors
/// Why that host cannot be left out.
pub(super) fn of(model: &Model, host: HostId) -> Result<Dialog, String> {
    let name = model.host_name(host);
    let Some(run) = model.open_run() else {
        let away = allowed::away(model).contains(&host);
        let near =
            || format!("{name} can be reached; only what cannot be is left out before a run");
        return leave_out(model, Some(host)).filter(|_| away).ok_or_else(near);
    };
    match run.takes_part(host) {
        true => Ok(without(model, run, host)),
        false => Err(format!("{name} takes no part any more")),
    }
}

fn without(model: &Model, run: &Run, host: HostId) -> Dialog {
    let name = model.host_name(host);
    let asked = model.hold().filter(|(_, hold)| {
        let here = run.cell(hold.on).is_some_and(|cell| cell.node.host == Some(host));
        here && hold.offers.contains(&Offer::Exclude)
    });
    let subject = asked.map_or(Subject::Run, |(id, _)| Subject::Holds(vec![id]));
    let mut dialog = Dialog::new(format!("Exclude {name}?"), subject, model.now)
        .about(Facts::new(
            format!("{name} takes no further part and stays as it is now, unlike the others"),
            words::on_host(model, Some(host)),
            "none in this run; a new run brings the host back in line",
        ))
        .line("A step that runs there goes on to its end. The run ends as failed.");
    let loss = loss(model, run, &[host]);
    dialog.text.extend(loss.lines());
    let mut dialog = match asked {
        Some((id, hold)) => {
            let hosts = words::hosts_asked(run, &words::alike(run, hold, Offer::Exclude).these);
            let mut answer = Answer::new(Offer::Exclude, Act::Exclude, "Exclude", Choice::Exclude);
            answer.apart = self::loss(model, run, &hosts).in_short().filter(|_| hosts.len() > 1);
            answer.buttons(model, run, (id, hold), dialog)
        }
        None => dialog.button(
            "Exclude",
            letter(model, Act::Exclude),
            "go on without it",
            Deed::Exclude(host),
        ),
    };
    if loss.is_grave() {
        dialog = dialog.confirmed_by(name);
    }
    if model.sight.pages.get(name).is_some_and(|(page, _)| matches!(page, Maintenance::On(_))) {
        dialog = dialog.line(format!("{name} keeps the maintenance page: its visitors get that."));
    }
    dialog.with_reason()
}

/// What becomes of the steps that hosts have not done when they are left out.
#[derive(Default)]
struct Loss {
    /// No host goes on.
    last: bool,
    /// It is asked where else they are done; the hosts that are left for it.
    moved: Vec<(String, Vec<String>)>,
    /// Done nowhere then, and others wait for them: whether to go on without is asked.
    missed: Vec<String>,
    /// They run there, and their end is not seen any more.
    unwatched: Vec<String>,
    /// Done nowhere then, and nothing waits for them.
    dropped: Vec<String>,
}

impl Loss {
    fn is_grave(&self) -> bool {
        !self.missed.is_empty() || !self.unwatched.is_empty() || !self.dropped.is_empty()
    }

    fn lines(&self) -> Vec<String> {
        if self.last {
            return vec!["No host is left then: nothing more is done in this run.".to_owned()];
        }
        let mut lines: Vec<String> = Vec::new();
        for (step, hosts) in &self.moved {
            let hosts = words::hosts(hosts);
            lines.push(format!("{step}: you are asked where else it is done: {hosts}."));
        }
        let asked = "you are asked whether to go on without";
        for (steps, becomes) in [
            (&self.missed, format!("done nowhere in this run: {asked}")),
            (&self.unwatched, format!("still running there, unseen from then on: {asked}")),
            (&self.dropped, "done nowhere in this run; nothing waits for that".to_owned()),
        ] {
            let is = if steps.len() == 1 { "is" } else { "are" };
            if !steps.is_empty() {
                lines.push(format!("{} {is} then {becomes}.", words::hosts(steps)));
            }
        }
        lines
    }

    /// Why these hosts are not left out by one key.
    fn in_short(&self) -> Option<String> {
        let steps: Vec<&String> =
            self.missed.iter().chain(&self.unwatched).chain(&self.dropped).collect();
        if self.last {
            return Some("no host is left then".to_owned());
        }
        (!steps.is_empty()).then(|| format!("then no host is left for {}", words::hosts(&steps)))
    }
}

fn loss(model: &Model, run: &Run, out: &[HostId]) -> Loss {
    let after = run.without(out);
    let mut loss = Loss::default();
    if run.plan.host_ids().all(|(host, _)| !after.takes_part(host)) {
        return Loss { last: true, ..loss };
    }
    for column in &model.grid.columns {
        let step = column.step.to_string();
        let lot = out.iter().filter_map(|host| lot(model, (run, &after), column, *host)).min();
        match lot {
            None | Some(Lot::Shared) => {}
            Some(Lot::Moved(hosts)) => {
                let names = hosts.iter().map(|host| model.host_name(*host).to_owned());
                loss.moved.push((step, names.collect()));
            }
            Some(Lot::Missed) => loss.missed.push(step),
            Some(Lot::Unwatched) => loss.unwatched.push(step),
            Some(Lot::Dropped) => loss.dropped.push(step),
        }
    }
    loss
}

/// What becomes of a step; `None`: the host has no part in it, or has done its part.
fn lot(model: &Model, (run, after): (&Run, &Run), column: &Column, host: HostId) -> Option<Lot> {
    let nodes = column.nodes(host);
    let open = |id: &&NodeId| {
        run.cell(**id).is_some_and(|it| !it.state.is_done() && !it.node.origin.takes_back())
    };
    let open: Vec<NodeId> = nodes.iter().filter(open).copied().collect();
    open.first()?;
    let stranded = open.iter().find_map(|id| {
        let cell = after.cell(*id)?;
        matches!(cell.state, State::Stranded(_)).then_some(cell)
    });
    if let Some(cell) = stranded {
        let hosts = after.elsewhere(cell);
        let flight = matches!(cell.state, State::Stranded(true));
        return Some(match (hosts.is_empty(), flight) {
            (false, _) => Lot::Moved(hosts),
            (true, true) => Lot::Unwatched,
            (true, false) => Lot::Missed,
        });
    }
    let has_it = |other: HostId| {
        after.takes_part(other) || (other != host && model.face(column, other).is_done())
    };
    Some(if column.hosts().any(has_it) { Lot::Shared } else { Lot::Dropped })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{
        HostState, Told,
        tests::{Desk, WIDE, story},
    };

    #[test]
    fn before_a_run_the_host_that_was_named_is_left_out() {
        let away = || HostState::Trouble { what: "no answer".to_owned(), hint: None };
        let desk = Desk::new(WIDE).tell_all(story::connecting());
        let desk = desk.tell(Told::Host(HostId(0), away()));
        // Wherever the cursor is.
        for (host, label) in [(0, "Leave out web1"), (2, "Leave out db1")] {
            let dialog = of(&desk.model, HostId(host)).unwrap();
            assert!(dialog.buttons.iter().any(|button| button.label == label), "{label}");
        }
        assert!(of(&desk.model, HostId(1)).is_err());
    }
}
