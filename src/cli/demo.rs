//! `deployui demo`: the console on three hosts that live in this program, in a folder that is gone
//! when it is left.

use std::env;

use super::{
    args::Global,
    console,
    environment::Surroundings,
    exit::{Exit, Stop},
    headless, say,
};
use crate::{
    demo::{DemoError, Fleet},
    driver,
    store::Store,
};

pub(super) async fn demo(around: Surroundings, global: &Global) -> Result<Exit, Stop> {
    console::refuse_unseen(&around)?;
    // From here on a signal leaves in good order, so that nothing stays behind.
    let mut signals = headless::listen()?;
    let parent = env::temp_dir();
    let fleet = tokio::select! {
        started = Fleet::start(&around.environment, &parent, driver::now()) => {
            started.map_err(|error| refused(&error))?
        }
        number = signals.next() => return Ok(Exit::Signal(number)),
    };
    let around = Surroundings {
        environment: fleet.environment().clone(),
        store: Store::at(fleet.state_dir()),
        ..around
    };
    let global = Global {
        stage: None,
        config: fleet.config(),
        ssh_config: Some(fleet.ssh_config()),
        state_dir: Some(fleet.state_dir()),
        ..global.clone()
    };
    let left = console::trial(&around, &global, fleet.guide()).await;
    fleet.close().await.map_err(|error| refused(&error))?;
    say::out("the demo is over: its hosts and its folder are gone");
    left
}

fn refused(error: &DemoError) -> Stop {
    Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint())
}
