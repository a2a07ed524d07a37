//! `deployui prune`: the built-in step that removes old releases, by itself, as durable as any step.

use super::{
    super::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless::{self, Start},
    },
    args::Prune,
};
use crate::{engine::Policy, plan::Request};

const PRUNE: &str = "prune";

pub(super) async fn prune(
    around: &Surroundings,
    global: &Global,
    args: &Prune,
) -> Result<Exit, Stop> {
    let plain = headless::plain_request(around, global, PRUNE)?;
    let request = Request { hosts: args.hosts.clone(), ..plain };
    let start = Start {
        output: args.output,
        policy: Policy::Stop,
        yes: args.yes,
        confirm: args.confirm.as_deref(),
        lock_wait: None,
    };
    headless::release(around, global, request, &start).await
}
