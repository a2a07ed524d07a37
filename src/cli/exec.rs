//! `deployui exec -- CMD`: one command on the hosts of a stage, as durable as a step.

use super::{
    args::{Exec, Global, How},
    environment::Surroundings,
    exit::{Exit, Stop},
    headless::{self, Start},
    load,
};
use crate::{engine::Policy, plan};

pub(super) async fn exec(
    around: &Surroundings,
    global: &Global,
    args: &Exec,
) -> Result<Exit, Stop> {
    let recipe = load::recipe(global)?;
    let how = How {
        output: args.output,
        on_failure: Policy::Stop,
        hosts: args.hosts.clone(),
        roles: args.roles.clone(),
        skip: Vec::new(),
        from: None,
        lock_wait: None,
        vars: Vec::new(),
        yes: args.yes,
        confirm: args.confirm.clone(),
        reference: None,
        reason: None,
        until: None,
        dry_run: false,
    };
    let request = headless::request(around, global, &how, "exec")?;
    let command = args.command.join(" ");
    let planned = plan::exec(&recipe, &request, &command).map_err(|found| load::faults(&found))?;
    let start = Start {
        output: args.output,
        policy: Policy::Stop,
        yes: args.yes,
        confirm: args.confirm.as_deref(),
        lock_wait: None,
    };
    headless::begin(around, global, planned.plan, &start).await
}
