//! Names of steps and hosts where there is little room: no two of them look alike.

use crate::{
    text::{Shown, apart},
    tui::state::Model,
};

/// The names of all steps, as columns are ordered, in so many cells. Also of those that are not on the
/// screen: no name changes because others are looked at.
pub(super) fn steps(model: &Model, width: usize) -> Vec<String> {
    let names: Vec<&str> = model.grid.columns.iter().map(|column| column.step.as_str()).collect();
    plain(&apart(&names, width))
}

/// The names of all hosts, as rows are ordered.
pub(super) fn hosts(model: &Model, width: usize) -> Vec<String> {
    let names: Vec<&str> = model.grid.hosts.iter().map(|host| model.host_name(*host)).collect();
    plain(&apart(&names, width))
}

/// Names in so many cells.
pub(super) fn short(names: &[&str], width: usize) -> Vec<String> {
    plain(&apart(names, width))
}

fn plain(names: &[Shown]) -> Vec<String> {
    names.iter().map(Shown::plain).collect()
}
