//! The screen goes with the run, as long as the operator has not gone elsewhere and reads no log.

use super::narrow;
use crate::{
    model::{HostId, NodeId, Try},
    run::{Cell, Event, Fact},
    tui::state::{Model, grid::Column, log::Move},
};

/// The attempt whose log somebody reads; not one that was only put at its first error.
pub(super) fn read(model: &Model) -> Option<Try> {
    let log = &model.log;
    let was_put = model.failure.stands(log.of, log.top) && !log.is_busy();
    model.attempt().filter(|_| log.is_read() && !was_put)
}

/// What was read before is still what is read: another attempt of the same step does not replace it.
pub(super) fn keep(model: &mut Model, read: Option<Try>) {
    let here = read.filter(|read| model.attempts().contains(read));
    if here.is_some() && here != model.attempt() {
        (model.log.pinned, model.log.stays) = (here, true);
    }
}

/// Goes with what has begun, and on to a host on which the step still runs.
pub(super) fn follow(model: &mut Model, events: &[Event]) {
    if model.cursor.moved {
        return;
    }
    let begun = with_what_began(model, events);
    let (column, row) = begun.unwrap_or((model.cursor.column, model.cursor.row));
    let row = where_it_runs(model, column, row).unwrap_or(row);
    go(model, column, row);
}

/// To a cell, unless a log is read: then it stays, and the operator is told where the run is.
fn go(model: &mut Model, column: usize, row: usize) {
    if (model.cursor.column, model.cursor.row) == (column, row) {
        return;
    }
    if read(model).is_some() {
        model.log.stays = true;
    } else {
        (model.cursor.column, model.cursor.row) = (column, row);
    }
}

/// The cell of the step that began last: on the same host as long as that takes part in it.
fn with_what_began(model: &Model, events: &[Event]) -> Option<(usize, usize)> {
    let started = events.iter().rev().find_map(|event| {
        let Fact::Started(attempt) = &event.fact else { return None };
        model.grid.find(attempt.node)
    });
    let (column, host) = started?;
    Some((column, row_in(model, column, host?)))
}

fn row_in(model: &Model, column: usize, host: HostId) -> usize {
    let has_part = |column: &Column, host| !column.nodes(host).is_empty();
    let next = model.grid.columns.get(column);
    let stays = next.zip(model.host()).is_some_and(|(column, host)| has_part(column, host));
    if stays { model.cursor.row } else { model.grid.row(host).unwrap_or(0) }
}

/// A host on which the step still runs, where it has ended on this one.
fn where_it_runs(model: &Model, column: usize, row: usize) -> Option<usize> {
    let run = model.open_run()?;
    let (column, host) = (model.grid.columns.get(column)?, *model.grid.hosts.get(row)?);
    let runs = |host| {
        let cells = column.nodes(host).iter().filter_map(|id| run.cell(*id));
        cells.into_iter().any(Cell::in_flight)
    };
    // What is tried again there begins next.
    let again = |id: &NodeId| {
        run.cell(*id).is_some_and(|cell| cell.began.is_some() && cell.state.is_ahead())
    };
    if model.hold().is_some() || runs(host) || column.nodes(host).iter().any(again) {
        return None;
    }
    model.grid.row(column.hosts().find(|other| runs(*other))?)
}

/// Shows the cell that the first question is about; who reads a log goes there by a key.
pub(super) fn to_question(model: &mut Model) {
    let Some(run) = model.open_run() else { return };
    let Some((id, hold)) = run.holds.iter().next() else { return };
    let (id, found) = (*id, model.grid.find(hold.on));
    (model.asked.hold, model.asked.choice) = (Some(id), 0);
    let Some((column, host)) = found else { return };
    let row = host.and_then(|host| model.grid.row(host)).unwrap_or(model.cursor.row);
    go(model, column, row);
    if read(model).is_none() {
        model.log.pinned = None;
    }
}

/// Goes with the run again: its newest step, among all of them, and the end of its log. What is still
/// looked for, or was chosen, in the log that was read does not hold it back.
pub(super) fn again(model: &mut Model) {
    narrow::forget(model);
    (model.log.jump, model.log.choose) = (None, None);
    model.cursor.moved = false;
    (model.log.pinned, model.log.stays) = (None, false);
    model.log.way = Some(Move::Bottom);
    if let Some((column, host)) = model.newest_step() {
        (model.cursor.row, model.cursor.column) = (row_in(model, column, host), column);
        let runs = where_it_runs(model, column, model.cursor.row);
        model.cursor.row = runs.unwrap_or(model.cursor.row);
    }
}
