//! What the screen is told of the stage: its plan, how long that takes, its hosts and the way to each.

use std::{collections::BTreeSet, sync::Arc};

use super::{NOTHING_KNOWN, ROLLBACK, Session};
use crate::{
    cli::console::{
        driven::{BESIDE_MAX, TOO_MUCH},
        sight::Sight,
        wished::Wished,
    },
    model::{Host, Plan},
    remote::ssh::{Route, Target},
    tui::{HostState, Told, Way},
};

impl Session<'_> {
    /// Tells how hosts are reached, one after the other: each asks the ssh that is installed.
    pub(super) fn tell_ways(&mut self, hosts: Vec<Host>) {
        let (connector, told) = (Arc::clone(&self.connector), self.screen.told.clone());
        let config = self.global.ssh_config.clone();
        self.beside.spawn(async move {
            for host in hosts.into_iter().filter(|host| !host.is_local()) {
                let target = Target::new(&host.name, Some(&host.address), config.clone());
                let Ok(target) = target else { continue };
                let Ok(Route { user, host: at, port, jump }) = connector.route(&target).await
                else {
                    continue;
                };
                let way = Way { user, host: at, port, jump };
                if told.send(Told::Way(host.name, way)).await.is_err() {
                    return;
                }
            }
        });
    }

    pub(super) async fn show(&mut self, plan: Plan) {
        let fresh = self.shown.is_none();
        (self.reading, self.sketched) = (false, false);
        self.screen.tell(Told::Plan(Box::new(plan.clone()))).await;
        if fresh {
            self.tell_pace(&plan);
        }
        self.shown = Some(plan);
        if fresh {
            self.tell_hosts().await;
        }
    }

    /// Has something done with the hosts beside whatever goes on.
    pub(super) fn beside(&mut self, wished: Wished) {
        match self.sight.clone() {
            None => wished.refuse(NOTHING_KNOWN),
            Some(_) if self.beside.len() >= BESIDE_MAX => wished.refuse(TOO_MUCH),
            Some(sight) => drop(self.beside.spawn(sight.carry_out(wished))),
        }
    }

    /// Looks beside whatever goes on, at hosts of which some are known to be away.
    pub(super) async fn look_beside(&mut self, sight: Sight, away: BTreeSet<String>) {
        if self.beside.len() >= BESIDE_MAX {
            self.screen.note(format!("not looked: {TOO_MUCH}")).await;
            return;
        }
        self.beside.spawn(sight.look_for(away));
    }

    /// How long what is shown usually takes, and going back.
    pub(super) fn tell_pace(&self, plan: &Plan) {
        let store = &self.around.store;
        self.screen.tell_pace(store, plan, &plan.pipeline);
        if plan.pipeline != ROLLBACK {
            self.screen.tell_pace(store, plan, ROLLBACK);
        }
    }

    pub(super) async fn tell_hosts(&self) {
        for (name, state) in &self.hosts {
            self.tell_host(name, state).await;
        }
    }

    pub(super) async fn tell_host(&self, name: &str, state: &HostState) {
        let Some(plan) = &self.shown else { return };
        let Some((id, _)) = plan.host_ids().find(|(_, host)| host.name == name) else { return };
        self.screen.tell(Told::Host(id, state.clone())).await;
    }
}
