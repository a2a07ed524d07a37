//! Runs that somebody else begins on a stage while it is looked at.

use std::{collections::BTreeSet, future::pending, time::Duration};

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::is_of;
use crate::{
    model::{Owner, RunId},
    store::{Store, Summary},
};

/// How often it is looked.
const GLANCE: Duration = Duration::from_secs(1);

/// So many of the newest runs are looked at: other stages may have theirs in the same place.
const NEWEST: usize = 16;

/// Looks for runs that are begun.
pub(super) struct Begun {
    store: Store,
    owner: Owner,
    known: BTreeSet<RunId>,
    ticks: Interval,
}

impl Begun {
    /// From now on; one that is open already counts, unless it is that which is `shown`.
    pub(super) fn after(store: &Store, owner: Owner, shown: Option<&RunId>) -> Self {
        let mut ticks = interval(GLANCE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut begun = Self { store: store.clone(), owner, known: BTreeSet::new(), ticks };
        let old = |run: &Summary| run.closed.is_some() || shown == Some(&run.run);
        begun.known = begun.runs().into_iter().filter(old).map(|run| run.run).collect();
        begun
    }

    /// Resolves with the newest that was begun since, also where it is over by now.
    pub(super) async fn next(&mut self) -> RunId {
        loop {
            self.ticks.tick().await;
            let runs: Vec<RunId> = self.runs().into_iter().map(|run| run.run).collect();
            let new = runs.iter().find(|run| !self.known.contains(*run)).cloned();
            self.known = runs.into_iter().collect();
            if let Some(new) = new {
                return new;
            }
        }
    }

    /// The newest of the stage, the newest first. What cannot be read may be being written.
    fn runs(&self) -> Vec<Summary> {
        let newest = self.store.newest(0, NEWEST).map_or(Vec::new(), |(runs, _)| runs);
        newest.into_iter().filter(|run| run.last.is_some() && is_of(run, &self.owner)).collect()
    }
}

/// The next run of a stage that is only looked at; never, where runs are begun here.
pub(super) async fn next(begun: &mut Option<Begun>) -> RunId {
    match begun {
        Some(begun) => begun.next().await,
        None => pending().await,
    }
}
