//! The program's own log, for whoever mends the program: `debug.log` in the state directory.

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt as _};

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::LevelFilter;

use super::environment::Surroundings;

/// Begins to log. Dropping the guard writes what is left. A log that cannot be written is no reason
/// not to release: the program goes on without.
pub(super) fn begin(around: &Surroundings, verbose: bool) -> Option<WorkerGuard> {
    let root = around.store.root();
    DirBuilder::new().recursive(true).mode(0o700).create(root).ok()?;
    let file = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("debug")
        .filename_suffix("log")
        .max_log_files(7)
        .build(root)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let level = if verbose { LevelFilter::DEBUG } else { LevelFilter::WARN };
    let started = tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_max_level(level)
        .try_init();
    started.ok().map(|()| guard)
}
