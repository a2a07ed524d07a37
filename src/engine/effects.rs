//! What is wanted of the world now, as a function of the state.

use super::Engine;
use crate::{
    model::{HostId, Kind, Try},
    run::{Cell, Run, Sig, State, Verdict},
};

/// Something that the driver should bring about, or keep up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// A connection to the host.
    Link(HostId),
    /// The attempt's box on its host.
    Stage(HostId, Try),
    /// The attempt begun. Starting what has begun does nothing.
    Start(HostId, Try),
    /// News of the attempt.
    Attach(HostId, Try),
    /// The attempt never to begin.
    Fence(HostId, Try),
    /// This signal sent to the attempt.
    Stop(HostId, Try, Sig),
    /// The answer to that question delivered.
    Answer(HostId, Try, u16),
    /// The run is over.
    Close(Verdict),
}

impl Effect {
    /// The host that it concerns.
    #[must_use]
    pub fn host(&self) -> Option<HostId> {
        match self {
            Self::Link(host)
            | Self::Stage(host, _)
            | Self::Start(host, _)
            | Self::Attach(host, _)
            | Self::Fence(host, _)
            | Self::Stop(host, ..)
            | Self::Answer(host, ..) => Some(*host),
            Self::Close(_) => None,
        }
    }
}

impl Engine {
    /// What is wanted now. Each is to be brought about once, and again after a loss.
    #[must_use]
    pub fn wanted(&self) -> Vec<Effect> {
        let run = &self.run;
        if let Some(verdict) = run.closed {
            return vec![Effect::Close(verdict)];
        }
        let hosts = run.plan.host_ids().map(|(id, _)| id).filter(|id| run.takes_part(*id));
        let mut wanted: Vec<Effect> = hosts.map(Effect::Link).collect();
        for (node, cell) in run.ids() {
            let Some(host) = cell.node.host else { continue };
            if !run.takes_part(host) || matches!(cell.node.kind, Kind::Gate(_)) {
                continue;
            }
            of_cell(run, cell, host, Try { node, n: cell.tries }, &mut wanted);
        }
        wanted
    }
}

fn of_cell(run: &Run, cell: &Cell, host: HostId, attempt: Try, wanted: &mut Vec<Effect>) {
    match &cell.state {
        State::Armed(_) if run.given_up(cell) => {
            if run.may_have_started(cell) {
                wanted.push(Effect::Fence(host, attempt));
            }
        }
        State::Armed(_) if !cell.staged => wanted.push(Effect::Stage(host, attempt)),
        State::Armed(_) if run.ready(cell) => wanted.push(Effect::Start(host, attempt)),
        State::Running(_) | State::Settling(..) => {
            wanted.push(Effect::Attach(host, attempt));
            if let Some((stop, _)) = cell.stop {
                wanted.push(Effect::Stop(host, attempt, stop.sig));
            }
            if let Some(n) = cell.answering {
                wanted.push(Effect::Answer(host, attempt, n));
            }
        }
        State::Armed(_)
        | State::Waiting
        | State::Unknown(..)
        | State::Ok(_)
        | State::Failed(..)
        | State::Refused(..)
        | State::Stranded(_)
        | State::Overruled(_)
        | State::Never(_)
        | State::Reverted(_) => {}
    }
}
