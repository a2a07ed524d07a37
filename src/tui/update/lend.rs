//! The terminal given away for a while: to a shell on a host, to one here, to programs that show a log.

use super::allowed;
use crate::{
    model::{Command, HostId, NodeId, Text},
    run::{LinkState, Run},
    tui::{
        errand::Errand,
        keymap::with_keys,
        state::{
            Model, Pane, Subject,
            dialog::{Deed, Dialog, Subject as About},
            facts::Facts,
        },
        styles::Tone,
        told::{Guest, Page, Returned, Wish},
    },
};

/// Where a shell would be.
struct Place {
    host: HostId,
    /// The step whose surroundings it has.
    step: Option<String>,
    like: Command,
    /// Why it has not those of the chosen step.
    note: Option<String>,
}

/// Why there can be no shell now.
pub(super) fn no_shell(model: &Model) -> Option<String> {
    if model.alone {
        return Some(allowed::nobody(model));
    }
    let Some((host, _)) = chosen(model) else { return Some("no host is chosen".to_owned()) };
    match &model.subject {
        Subject::Nothing => Some("there is no plan yet".to_owned()),
        Subject::Plan(_) => allowed::not_ready(model, host),
        Subject::Run(run) if run.closed.is_some() => None,
        Subject::Run(_) if model.over.is_some() => {
            Some("the run is no longer driven from here".to_owned())
        }
        Subject::Run(run) => match run.world.links.get(&host) {
            // A run that has just begun may not have said so yet.
            Some((LinkState::Up, _)) | None => None,
            Some((LinkState::Down(_), _)) => {
                Some(format!("{} is not connected now", model.host_name(host)))
            }
        },
    }
}

/// Why the dialog of a shell is closed.
pub(super) fn gone(model: &Model, host: &str) -> Option<&'static str> {
    let there = model.plan().is_some_and(|plan| plan.hosts.iter().any(|it| it.name == host));
    (!there || model.alone).then_some("that host is not there any more; no shell was opened")
}

/// The dialog before a shell.
pub(super) fn shell(model: &Model) -> Option<Dialog> {
    let place = place(model)?;
    let plan = model.plan()?;
    let host = plan.host(place.host)?;
    let run = model.open_run();
    let who = match &place.like.user {
        Some(user) => format!("{user} (through sudo)"),
        None => "the user of the connection".to_owned(),
    };
    let cwd = place.like.cwd.as_ref().map_or_else(|| "~".to_owned(), ToString::to_string);
    let whence = match &place.step {
        Some(step) => format!("as {step} has it"),
        None => "the root of the stage".to_owned(),
    };
    let mut dialog = Dialog::new(
        format!("Open a shell on {}?", host.name),
        About::Shell(host.name.clone()),
        model.now,
    )
    .about(
        Facts::new(
            "opens a shell; what you do there is no step: no log, no undo, not done again",
            format!("{} ({}), as {who}, in {cwd}: {whence}", host.name, host.address),
            "none; hosts are looked at again afterwards",
        )
        .takes("until you leave it"),
    );
    dialog.text.extend(place.note.clone());
    dialog = dialog
        .line(environment(&place.like))
        .line("That a shell was opened and left is noted in shells.jsonl of the state directory.");
    dialog = dialog.line(with_keys(
        model,
        match run {
            Some(_) if model.hold().is_some() => {
                "Meanwhile: the run goes on, and its question stays open until you answer it here."
            }
            Some(_) => "Meanwhile: the run goes on. {pause} first, if nothing further shall begin.",
            None => "No run is open.",
        },
    ));
    let dialog = dialog.line(
        "exit or Ctrl-d comes back; should the far side hang: Enter, then ~ and . (as in ssh).",
    );
    let guest = Guest::Shell {
        host: host.name.clone(),
        step: place.step,
        like: Box::new(place.like),
        run: run.map(|run| run.plan.run.clone()),
    };
    Some(dialog.button("Open shell", Some('O'), "on the connection of the run", Deed::Lend(guest)))
}

fn environment(like: &Command) -> String {
    let list = |names: Vec<&str>| match names.is_empty() {
        true => "none of its own".to_owned(),
        false => names.join(", "),
    };
    let set = list(like.env.iter().map(|(name, _)| name.as_str()).collect());
    match like.secrets.as_slice() {
        [] => format!("Environment: {set}. No secrets."),
        secrets => format!("Environment: {set}. SECRETS that are set: {}.", secrets.join(", ")),
    }
}

/// The host and the node that are chosen: those of the question where it has the keys.
fn chosen(model: &Model) -> Option<(HostId, Option<NodeId>)> {
    let asked = model.hold().filter(|_| model.focus == Pane::Choices).and_then(|(_, hold)| {
        let host = model.run()?.cell(hold.on)?.node.host?;
        Some((host, Some(hold.on)))
    });
    asked.or_else(|| {
        let shown = model.attempt().map(|attempt| attempt.node);
        Some((model.host()?, shown.or_else(|| model.nodes().last().copied())))
    })
}

fn place(model: &Model) -> Option<Place> {
    let (host, node) = chosen(model)?;
    let root = || root(model, host);
    let Some(node) = node else {
        return Some(Place { host, step: None, like: root(), note: None });
    };
    let planned = model.node(node)?;
    let step = planned.key.step.to_string();
    Some(match planned.kind.command().map(|command| filled(command, model.run(), node)) {
        Some(Ok(like)) => Place { host, step: Some(step), like, note: None },
        Some(Err(missing)) => {
            let note = Some(format!("Not where {step} runs: {missing}."));
            Place { host, step: None, like: root(), note }
        }
        None => Place { host, step: None, like: root(), note: None },
    })
}

/// The surroundings of a command, with everything that is known by now.
fn filled(command: &Command, run: Option<&Run>, node: NodeId) -> Result<Command, String> {
    let cell = run.and_then(|run| Some((run, run.cell(node)?)));
    let fill = |text: &Text| {
        let filled = text.fill(|hole| cell.and_then(|(run, cell)| run.value(cell, hole)));
        filled.map(Text::literal).map_err(|missing| missing.to_string())
    };
    let mut like = command.clone();
    (like.run, like.inspect, like.takes) = (Text::default(), Vec::new(), None);
    like.cwd = command.cwd.as_ref().map(fill).transpose()?;
    for (_, setting) in &mut like.env {
        *setting = fill(setting)?;
    }
    Ok(like)
}

/// The root of the stage on a host, where its state tells; else the login directory.
fn root(model: &Model, host: HostId) -> Command {
    let mut like = Command::new(Text::default());
    let dir = model.plan().and_then(|plan| plan.host(host));
    let dir = dir.and_then(|host| host.state_dir.strip_suffix("/.deployui"));
    like.cwd = dir.map(Text::literal);
    like
}

/// A guest has left: the line, and what may have changed is looked at.
pub(super) fn back(model: &mut Model, back: &Returned) -> Vec<Wish> {
    model.redraw = true;
    let looks = back.touched && !model.alone && model.sight.has.something();
    let tone = if back.well { Tone::Text } else { Tone::Warn };
    let said = match looks {
        true => format!("{}; hosts are looked at again", back.said),
        false => back.said.clone(),
    };
    if !said.is_empty() {
        model.say(said, tone);
    }
    if looks { vec![Wish::Look] } else { Vec::new() }
}

/// Ctrl-z: a run is never stopped with its console, so there it is a shell.
pub(super) fn suspend(model: &mut Model) {
    let guest =
        if model.open_run().is_some() || model.starting { Guest::Subshell } else { Guest::Starter };
    model.errands.ask(Errand::Lend(guest));
}

/// Asked to stop from outside.
pub(super) fn stop(model: &mut Model) {
    if model.open_run().is_some() || model.starting {
        let line =
            "not stopped: a stopped console could not watch over its run ({suspend}: a shell)";
        model.say(with_keys(model, line), Tone::Warn);
    } else {
        model.errands.ask(Errand::Lend(Guest::Starter));
    }
}

/// The log that is shown, in a program of the operator's.
pub(super) fn log(model: &mut Model, pager: bool) {
    let Some(page) = page(model, pager) else { return };
    model.errands.ask(Errand::Lend(Guest::Log(page)));
}

fn page(model: &Model, pager: bool) -> Option<Page> {
    let run = model.run()?;
    let (_, chosen) = model.log.spoken();
    let (attempt, line) = model.log.place().or_else(|| Some((model.attempt()?, 0)))?;
    let cell = run.cell(attempt.node)?;
    let settings = &model.settings;
    Some(Page {
        run: run.plan.run.clone(),
        host: run.plan.host(cell.node.host?)?.name.clone(),
        name: cell.node.key.box_name(attempt.n),
        line,
        chosen,
        program: if pager { settings.pager.clone() } else { settings.editor.clone() },
        colours: pager && settings.colour,
    })
}
