//! What the engine wants, by host, with all that the hosts' tasks need to bring it about.

use std::collections::BTreeMap;

use super::asking::Before;
use crate::{
    engine::{Effect, Engine},
    model::{BoxMode, Command, HostId, Kind, StepName, Try},
    run::{Cell, Run, Sig},
    script::{self, Draft},
};

/// Something wanted of one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) attempt: Try,
    /// The box's name below the run's directory.
    pub(super) name: String,
    /// The names of the secrets that it gets.
    pub(super) secrets: Vec<String>,
    /// What is known of its input, where it takes some.
    pub(super) input: Option<Before>,
    pub(super) what: What,
}

/// What is wanted of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Its box put. The script without the values of its secrets, or why there is none.
    Stage(Result<Draft, String>),
    /// Begun, by the agent itself or detached.
    Start { inline: bool },
    /// Followed.
    Attach,
    /// Never begun.
    Fence,
    /// A signal sent.
    Stop(Sig),
    /// A line of input delivered; `None`: it is not known here any more.
    Answer(u16, Option<String>),
}

/// Everything wanted, by host. A host without an entry takes no (further) part.
pub(super) type Wants = BTreeMap<HostId, Vec<Want>>;

/// What is wanted now.
pub(super) fn of(engine: &Engine, answers: &BTreeMap<(Try, u16), String>) -> Wants {
    let run = engine.run();
    let mut wants = Wants::new();
    for effect in engine.wanted() {
        let Some(host) = effect.host() else { continue };
        let list = wants.entry(host).or_default();
        let (attempt, what) = match effect {
            Effect::Link(_) | Effect::Close(_) => continue,
            Effect::Stage(_, attempt) => (attempt, What::Stage(script_of(run, attempt))),
            Effect::Start(_, attempt) => (attempt, What::Start { inline: is_inline(run, attempt) }),
            Effect::Attach(_, attempt) => (attempt, What::Attach),
            Effect::Fence(_, attempt) => (attempt, What::Fence),
            Effect::Stop(_, attempt, sig) => (attempt, What::Stop(sig)),
            Effect::Answer(_, attempt, number) => {
                (attempt, What::Answer(number, answers.get(&(attempt, number)).cloned()))
            }
        };
        if let Some((_, name)) = box_of(run, attempt) {
            let cell = run.cell(attempt.node);
            let command = cell.and_then(|cell| cell.node.kind.command());
            let secrets = command.map(|it| it.secrets.clone()).unwrap_or_default();
            let input = cell.filter(|_| command.is_some_and(|it| it.input)).map(before);
            list.push(Want { attempt, name, secrets, input, what });
        }
    }
    wants
}

/// What was asked so far.
fn before(cell: &Cell) -> Before {
    Before { asked: cell.asked, open: cell.question.is_some(), answering: cell.answering.is_some() }
}

/// The host of an attempt, and the name of its box.
pub(super) fn box_of(run: &Run, attempt: Try) -> Option<(HostId, String)> {
    let cell = run.cell(attempt.node)?;
    Some((cell.node.host?, cell.node.key.box_name(attempt.n)))
}

/// The step whose outputs an attempt takes.
pub(super) fn takes(run: &Run, attempt: Try) -> Option<&StepName> {
    run.cell(attempt.node)?.node.kind.command()?.takes.as_ref()
}

fn is_inline(run: &Run, attempt: Try) -> bool {
    let kind = run.cell(attempt.node).map(|cell| &cell.node.kind);
    matches!(kind, Some(Kind::Act(act)) if act.mode == BoxMode::Inline)
}

fn command_of(cell: &Cell) -> Option<Command> {
    let mut command = cell.node.kind.command()?.clone();
    if let Some(edited) = &cell.edited {
        command.run = edited.clone();
    }
    Some(command)
}

fn script_of(run: &Run, attempt: Try) -> Result<Draft, String> {
    let cell = run.cell(attempt.node).ok_or("there is no such step")?;
    let command = command_of(cell).ok_or("there is nothing to run")?;
    script::draft(&command, |hole| run.value(cell, hole)).map_err(|error| error.to_string())
}
