//! The lock of a stage as commands and the console take it: claimed here before any host is asked, so
//! that what a killed program of ours leaves locked does not keep everybody off.

use crate::{
    driver::{Locking, Wrapping},
    model::{Lock, RunId, Site},
    store::{Claim, Store},
};

/// What is locked now, and what is to be said of it.
pub(super) struct Locked {
    /// Held until a run is opened that says so, or the locks are given back.
    pub(super) claim: Option<Claim>,
    /// What was done before it could be had.
    pub(super) notes: Vec<String>,
}

/// Locks a stage under the name of a run. Locks that were left there by programs of this operator that
/// were killed before they opened a run are given back first.
///
/// # Errors
/// As [`Wrapping::lock`].
pub(super) async fn take(
    wrapping: &Wrapping,
    store: &Store,
    lock: &Lock,
    claim: Option<Claim>,
) -> Result<Locked, Locking> {
    let claim = claim.or_else(|| claimed(store, &lock.run));
    let mut notes = Vec::new();
    // Each killed program may have left another, at worst on another host.
    for _ in 0..wrapping.survey().machines.len() {
        match wrapping.lock(lock).await {
            Ok(()) => return Ok(Locked { claim, notes }),
            Err(Locking::Other(host, left)) if store.is_abandoned(&left.run) => {
                give_back(wrapping, store, &left).await?;
                notes.push(format!("{host}: {}; it was given back", abandoned(&left)));
            }
            Err(refused) => {
                // Whoever else has it keeps it: nothing of ours is left there.
                let nothing_left = matches!(refused, Locking::Other(..));
                if let Some(claim) = claim.filter(|_| nothing_left) {
                    claim.end();
                }
                return Err(refused);
            }
        }
    }
    wrapping.lock(lock).await.map(|()| Locked { claim, notes })
}

async fn give_back(wrapping: &Wrapping, store: &Store, left: &Lock) -> Result<(), Locking> {
    if let Some((host, why)) = wrapping.unlock(&left.run).await.into_iter().next() {
        return Err(Locking::Failed(host, format!("{}, and stays there: {why}", abandoned(left))));
    }
    if let Ok(run) = RunId::try_from(left.run.clone()) {
        store.end_claim(&run);
    }
    Ok(())
}

/// Without a claim the lock is as good; only what a kill leaves is then not told from what goes on.
fn claimed(store: &Store, run: &str) -> Option<Claim> {
    let run = RunId::try_from(run.to_owned()).ok()?;
    store.claim(&run).inspect_err(|error| tracing::warn!(%error, "nothing was claimed")).ok()
}

/// A lock under which nothing goes on.
fn abandoned(left: &Lock) -> String {
    format!(
        "the lock of {} since {:.0} for {} was left by a program that was killed before it opened a run",
        left.by, left.at, left.purpose
    )
}

/// Of what a host has: a lock that the next run gives back is nobody's.
pub(super) fn without_abandoned(store: &Store, mut site: Site) -> Site {
    if let Some(left) = site.lock.take_if(|lock| store.is_abandoned(&lock.run)) {
        site.odd.push(format!("{}; whoever locks the stage next gives it back", abandoned(&left)));
    }
    site
}

/// As [`without_abandoned`], of a host that carries no releases.
pub(super) fn but_abandoned(store: &Store, lock: Option<Lock>) -> Option<Lock> {
    lock.filter(|lock| !store.is_abandoned(&lock.run))
}
