//! From the first connection to what is known of a stage: hosts arrive, and are looked at when each has
//! arrived or is known to be away.

use std::collections::{BTreeMap, BTreeSet};

use super::{Session, many, planned, said};
use crate::{
    cli::{console::sight::but, prepare::Stage},
    driver,
    model::{HostId, Plan},
    plan,
    tui::{HostState, Told},
};

impl Session<'_> {
    pub(super) fn ready(&self) -> bool {
        self.hosts.values().all(|state| *state == HostState::Ready)
    }

    /// Whether every host is ready or is not to be had, and one is ready.
    pub(super) fn settled(&self) -> bool {
        let ready = self.hosts.values().any(|state| *state == HostState::Ready);
        ready && self.hosts.values().all(|state| *state != HostState::Connecting)
    }

    /// Takes in how far a host is by now.
    pub(super) async fn arrived(
        &mut self,
        (host, state, user): (HostId, HostState, Option<String>),
    ) {
        let Some(name) = self.stage.as_ref().and_then(|stage| name_of(stage, host)) else { return };
        let settled = self.settled();
        // By a sketch nothing is begun: hosts are ready when they were looked at.
        let sketched = self.sketched;
        if !sketched || state != HostState::Ready {
            self.tell_host(&name, &state).await;
        }
        if let Some(user) = user {
            self.screen.tell(Told::Login { host: name.clone(), user }).await;
        }
        self.hosts.insert(name, state);
        if self.settled() && !settled {
            self.look().await;
            if sketched {
                self.tell_hosts().await;
            }
        }
    }

    /// Looks at the stage, and plans the next run with what was seen.
    pub(super) async fn look(&mut self) {
        // What keeps a host away is told beside it, and whoever begins hears of it.
        let (away, lost) = (!self.ready(), away(&self.hosts));
        let (Some(sight), Some(stage)) = (self.sight.clone(), &mut self.stage) else { return };
        if !sight.has().releases && !sight.has().maintenance {
            // Nothing is planned by it: nobody waits for who has the stage.
            self.look_beside(sight, lost).await;
            return;
        }
        let (global, reading) = (self.global, self.reading);
        let planned = self.screen.during(async {
            let unseen = sight.look().await;
            // No plan needs to know who has the stage; whoever looks does.
            sight.note(but(&unseen.locks, &lost)).await;
            let sites = but(&unseen.sites, &lost);
            if !sites.is_empty() && !away {
                return Err(many(sites));
            }
            sight.note(sites).await;
            if reading {
                return Ok(None);
            }
            stage.request.known.sites = sight.sites();
            stage.request.known.at = driver::now();
            stage.learn(global).await?;
            planned(stage).map(Some)
        });
        let planned = planned.await;
        self.learnt = matches!(planned, Some(Ok(Some(_))));
        match planned {
            Some(Ok(Some(plan))) => self.show_newer(plan).await,
            Some(Ok(None)) | None => {}
            Some(Err(stop)) if away => {
                tracing::debug!(errors = ?stop.errors, "no plan without all hosts");
                if self.shown.is_none() {
                    self.show_sketch(self.stage.as_ref().and_then(sketch)).await;
                }
            }
            Some(Err(stop)) => self.screen.tell(Told::Did(Err(said(&stop)))).await,
        }
    }

    /// Shows a plan, unless it is the one that is shown.
    pub(super) async fn show_newer(&mut self, plan: Plan) {
        if self.shown.as_ref() != Some(&plan) {
            self.show(plan).await;
        }
    }

    /// Shows a sketch, if there is one.
    pub(super) async fn show_sketch(&mut self, sketch: Option<Plan>) {
        if let Some(plan) = sketch {
            self.show(plan).await;
            self.sketched = true;
        }
    }

    /// Takes in what was learned of hosts by whoever waited for all of them.
    pub(super) fn gathered(&mut self, stage: &Stage, arrived: Vec<(HostId, HostState)>) {
        let named = arrived.into_iter().filter_map(|(host, it)| Some((name_of(stage, host)?, it)));
        self.hosts.extend(named);
    }
}

/// The names of the hosts that are not there.
pub(super) fn away(hosts: &BTreeMap<String, HostState>) -> BTreeSet<String> {
    let away = hosts.iter().filter(|(_, state)| **state != HostState::Ready);
    away.map(|(name, _)| name.clone()).collect()
}

fn name_of(stage: &Stage, host: HostId) -> Option<String> {
    let machines = &stage.wrapping.survey().machines;
    machines.iter().find(|it| it.id == host).map(|it| it.host.name.clone())
}

/// The hosts and the pipeline, where there can be no plan yet.
pub(super) fn sketch(stage: &Stage) -> Option<Plan> {
    plan::sketch(&stage.recipe, &stage.request).ok()
}
