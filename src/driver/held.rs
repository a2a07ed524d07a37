//! The locks of a run that is taken up: still its own, or ended by somebody meanwhile.

use std::time::Duration;

use futures::future::join_all;

use super::{asker::Asker, locking::holder};
use crate::{
    model::{Host, HostId, Lock, Plan},
    script::builtin::{self, Locked},
};

/// How long a host may take to say whose its lock is, the connection included. One that is away has
/// its say when a step is put there, as before.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whose the locks of a run are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The run's, on every host that answered.
    Still,
    /// The run's again; on these hosts somebody had ended them, and may have changed what is there.
    Again(Vec<String>),
    /// Somebody else's, on this host.
    Other(String, Lock),
}

/// Takes the locks of a run again, where somebody ended them.
pub async fn hold_again(asker: &Asker, plan: &Plan, lock: &Lock) -> Held {
    let hosts = plan.host_ids().filter(|(_, host)| !host.is_local());
    let asked = hosts.map(|(id, host)| async move { (host, ask(asker, id, host, lock).await) });
    let mut again = Vec::new();
    for (host, answer) in join_all(asked).await {
        match answer {
            Ok((Locked::Other(other), _)) => return Held::Other(host.name.clone(), other),
            Ok((Locked::Ours, false)) => again.push(host.name.clone()),
            Ok(
                (Locked::Ours, true) | (Locked::Free | Locked::Strange(_) | Locked::Failed(_), _),
            ) => {}
            Err(why) => tracing::debug!(host = host.name, why, "whose its lock is: not known"),
        }
    }
    if again.is_empty() { Held::Still } else { Held::Again(again) }
}

/// Where a run that is over left its locks: whoever drove it did not come to give them back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftLocks {
    /// Hosts that still hold it: nobody else has changed anything there since.
    pub on: Vec<HostId>,
    /// Hosts that did not say, and why.
    pub unknown: Vec<(String, String)>,
}

/// Asks every host whether it still holds the lock of a run; nothing is changed.
pub async fn left_locks(asker: &Asker, plan: &Plan) -> LeftLocks {
    let hosts = plan.host_ids().filter(|(_, host)| !host.is_local());
    let asked =
        hosts.map(|(id, host)| async move { (id, host, holder(asker, id, host, PATIENCE).await) });
    let mut left = LeftLocks::default();
    for (id, host, answer) in join_all(asked).await {
        match answer {
            Ok(Some(lock)) if lock.run == plan.run.as_str() => left.on.push(id),
            Ok(_) => {}
            Err(why) => left.unknown.push((host.name.clone(), why)),
        }
    }
    left
}

async fn ask(
    asker: &Asker,
    id: HostId,
    host: &Host,
    lock: &Lock,
) -> Result<(Locked, bool), String> {
    let text = builtin::lock(&host.state_dir, lock).map_err(|bad| bad.to_string())?;
    let lines = asker.ask(id, text, PATIENCE).await.map_err(|error| error.to_string())?;
    let locked = builtin::locked(&lines).map_err(|bad| bad.to_string())?;
    Ok((locked, builtin::was_ours(&lines).map_err(|bad| bad.to_string())?))
}
