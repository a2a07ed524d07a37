//! The state of a cell of the matrix, as the operator thinks of it.

use jiff::{SignedDuration, Timestamp};

use super::grid::{Column, face_of};
use crate::{
    model::{HostId, NodeId, Origin, Try},
    run::{Cause, Cell, End, Hold, Overrule, Reason, Run, State},
};

/// The state of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// The step has nothing to do on this host.
    Absent,
    /// Its turn has not come.
    Waiting,
    /// Its turn has not come, and something before it waits for the operator.
    Held,
    /// The run stopped right before it.
    Break,
    /// Made ready on the host; whether it has begun is not known yet.
    Prepared,
    /// Goes on since then.
    Running(Option<Timestamp>),
    /// Was sent a signal.
    Stopping(Option<Timestamp>),
    /// Waits for input.
    Asks,
    /// Ended, but something that it started still lives.
    Settling(End),
    /// May be running; the connection is lost since then.
    LinkLost(Timestamp),
    /// Done, in that time.
    Ok(Option<SignedDuration>),
    /// Done in that time, with a command that was edited in this run.
    Edited(Option<SignedDuration>),
    /// Ended without success.
    Failed(End),
    /// The host could not begin it.
    Refused,
    /// Its outcome cannot be learned.
    Unknown,
    /// Its host was left out: where else it is done is being asked.
    Stranded,
    /// Left out by the operator.
    Skipped,
    /// Mended by hand.
    Fixed,
    /// Taken as done by the operator.
    Assumed,
    /// Its host takes no further part; how far it had come there.
    Excluded(Before),
    /// Its condition says that there is nothing to do.
    NotWanted,
    /// The run was given up before it.
    Aborted,
    /// Being taken back.
    Undoing,
    /// Done, and taken back.
    Undone,
    /// Taking it back failed.
    NotUndone(End),
}

/// How far a step had come when its host was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Before {
    /// It was not done, and nothing is known to have gone wrong.
    NotDone,
    /// It had failed so.
    Failed(End),
    /// The host could not begin it.
    Refused,
    /// It may have been running, and may still be.
    Unknown,
}

/// What is still to come in a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Something may happen.
    Open,
    /// Nothing more by itself, and not all was done.
    Over,
    /// Nothing: what was to be done is done.
    Done,
}

/// The state of a step on a host.
pub(crate) fn face(run: &Run, column: &Column, host: HostId) -> Face {
    let nodes = column.nodes(host);
    let Some((id, cell)) = face_of(run, nodes) else { return Face::Absent };
    let here = |hold: &Hold| {
        hold.cause == Cause::Break && column.stops.get(&hold.on).is_some_and(|at| *at == host)
    };
    if run.holds.values().any(here) {
        return Face::Break;
    }
    if let Some(undo) = undo_face(run, nodes) {
        return undo;
    }
    of_cell(run, column, id, cell)
}

/// What is to be said of compensations of these nodes, if one has begun.
fn undo_face(run: &Run, nodes: &[NodeId]) -> Option<Face> {
    // They lie in the same cell as what they take back.
    let (_, undo) = nodes
        .iter()
        .filter_map(|id| Some((*id, run.cell(*id)?)))
        .filter(|(_, cell)| matches!(cell.node.origin, Origin::UndoOf(_)))
        .filter(|(_, cell)| begun(run, cell) > 0)
        .max_by_key(|(id, cell)| (!cell.is_over(), id.0))?;
    match &undo.state {
        State::Armed(_) | State::Running(_) | State::Settling(..) => {
            Some(unseen_since(run, undo).map_or(Face::Undoing, Face::LinkLost))
        }
        State::Failed(_, end) => Some(Face::NotUndone(*end)),
        State::Refused(..) => Some(Face::NotUndone(End::Exit(u8::MAX))),
        State::Unknown(..) => Some(Face::Unknown),
        State::Overruled(Overrule::Fixed(_) | Overrule::Assumed(true, _)) => Some(Face::Undone),
        State::Overruled(_) => Some(Face::NotUndone(undo.end.unwrap_or(End::Exit(u8::MAX)))),
        State::Waiting
        | State::Ok(_)
        | State::Stranded(_)
        | State::Never(_)
        | State::Reverted(_) => None,
    }
}

/// How many attempts have had their turn: one that was made ready ahead of it waits, to the operator.
pub(crate) fn begun(run: &Run, cell: &Cell) -> u16 {
    let ahead = matches!(cell.state, State::Armed(_)) && !run.ready(cell);
    cell.tries.saturating_sub(u16::from(ahead))
}

fn of_cell(run: &Run, column: &Column, id: NodeId, cell: &Cell) -> Face {
    match &cell.state {
        State::Waiting => waiting(run, column, cell),
        // Armed ahead of its turn: to the operator it waits like the others.
        State::Armed(_) if !run.ready(cell) => waiting(run, column, cell),
        State::Armed(_) | State::Running(_) | State::Settling(..) => in_hand(run, id, cell),
        State::Unknown(..) => Face::Unknown,
        State::Ok(_) if cell.edited.is_some() => Face::Edited(took(cell)),
        State::Ok(_) => Face::Ok(took(cell)),
        State::Failed(_, end) => Face::Failed(*end),
        State::Refused(..) => Face::Refused,
        State::Stranded(_) => Face::Stranded,
        State::Overruled(Overrule::Skipped(_)) => Face::Skipped,
        State::Overruled(Overrule::Fixed(_)) => Face::Fixed,
        State::Overruled(Overrule::Assumed(..)) => Face::Assumed,
        State::Overruled(Overrule::Excluded(_, flight)) => Face::Excluded(before(cell, *flight)),
        State::Never(Reason::Aborted | Reason::Fenced) => Face::Aborted,
        State::Never(Reason::NotWanted) => Face::NotWanted,
        State::Reverted(_) => Face::Undone,
    }
}

fn before(cell: &Cell, flight: bool) -> Before {
    match cell.end {
        _ if flight => Before::Unknown,
        Some(end) if !end.is_ok() => Before::Failed(end),
        Some(_) | None if cell.refused => Before::Refused,
        Some(_) | None => Before::NotDone,
    }
}

fn waiting(run: &Run, column: &Column, cell: &Cell) -> Face {
    let before = |hold: &Hold| hold.cause == Cause::Break && column.gates.contains(&hold.on);
    if run.given_up(cell) {
        Face::Aborted
    } else if run.holds.values().any(before) {
        Face::Break
    } else if run.holds.values().any(|hold| hold.cause.stops()) {
        Face::Held
    } else {
        Face::Waiting
    }
}

fn in_hand(run: &Run, id: NodeId, cell: &Cell) -> Face {
    if let Some(since) = unseen_since(run, cell) {
        return Face::LinkLost(since);
    }
    let asks = |hold: &Hold| hold.on == id && matches!(hold.cause, Cause::Input(..));
    if let State::Settling(_, end) = cell.state {
        Face::Settling(end)
    } else if run.given_up(cell) {
        Face::Aborted
    } else if !cell.in_flight() {
        Face::Prepared
    } else if run.holds.values().any(asks) {
        Face::Asks
    } else if cell.stop.is_some() {
        Face::Stopping(cell.started)
    } else {
        Face::Running(cell.started)
    }
}

/// Since when nobody sees what may be running there.
fn unseen_since(run: &Run, cell: &Cell) -> Option<Timestamp> {
    let may_run = cell.in_flight() || run.may_have_started(cell);
    cell.node.host.and_then(|host| lost_since(run, host)).filter(|_| may_run)
}

/// Since when a host cannot be talked to.
fn lost_since(run: &Run, host: HostId) -> Option<Timestamp> {
    run.down(host)?;
    run.world.links.get(&host).map(|(_, since)| *since)
}

fn took(cell: &Cell) -> Option<SignedDuration> {
    if cell.unseen {
        return None;
    }
    Some(cell.ended?.duration_since(cell.started?))
}

impl Face {
    /// Whether what was to be done is done, or there was nothing to do.
    pub(crate) fn is_done(&self) -> bool {
        self.standing() == Standing::Done
    }

    /// Whether nothing more will happen here by itself.
    pub(crate) fn is_over(&self) -> bool {
        self.standing() != Standing::Open
    }

    fn standing(&self) -> Standing {
        match self {
            Self::Absent
            | Self::Ok(_)
            | Self::Edited(_)
            | Self::Fixed
            | Self::Assumed
            | Self::NotWanted => Standing::Done,
            Self::Failed(_)
            | Self::Refused
            | Self::Skipped
            | Self::Excluded(_)
            | Self::Aborted
            | Self::Undone
            | Self::NotUndone(_) => Standing::Over,
            Self::Waiting
            | Self::Held
            | Self::Break
            | Self::Prepared
            | Self::Running(_)
            | Self::Stopping(_)
            | Self::Asks
            | Self::Settling(_)
            | Self::LinkLost(_)
            | Self::Unknown
            | Self::Stranded
            | Self::Undoing => Standing::Open,
        }
    }
}

/// The attempt that is running in these nodes.
pub(crate) fn running(run: &Run, nodes: &[NodeId]) -> Option<Try> {
    nodes.iter().find_map(|node| {
        let cell = run.cell(*node)?;
        cell.in_flight().then_some(Try { node: *node, n: cell.tries })
    })
}
