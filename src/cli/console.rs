//! The console: wired to the driver.

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
};
use crate::{
    run::{Event, Run},
    store::Journal,
};

pub(super) async fn open(_around: &Surroundings, _global: &Global) -> Result<Exit, Stop> {
    Err(Stop::new(Exit::Usage, "the console is not wired yet"))
}

pub(super) async fn resume(
    _around: &Surroundings,
    _global: &Global,
    _journal: Journal,
    _events: Vec<Event>,
    _run: Run,
) -> Result<Exit, Stop> {
    Err(Stop::new(Exit::Usage, "the console is not wired yet"))
}
