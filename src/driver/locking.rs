//! The lock of a stage, on all of its hosts but this machine: looked at, taken, taken over, given back.

use std::{collections::BTreeMap, fmt, time::Duration};

use futures::future::join_all;

use super::{
    asker::Asker,
    wrapping::{PATIENCE, Wrapping, act},
};
use crate::{
    model::{Host, HostId, Lock},
    plan::Surveyed,
    script::builtin::{self, Locked},
};

/// Why a stage is not locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locking {
    /// Someone else has it, on this host.
    Other(String, Lock),
    /// It could not be asked for, on this host.
    Failed(String, String),
}

impl fmt::Display for Locking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(host, Lock { run, by, at, purpose }) => {
                write!(f, "locked by {by} since {at:.0} for {purpose} (run {run}), seen on {host}")
            }
            Self::Failed(host, words) => write!(f, "{host}: cannot lock: {words}"),
        }
    }
}

impl std::error::Error for Locking {}

impl Wrapping {
    /// Who has the stage, by the hosts that carry no releases and are looked at for nothing else; an error
    /// is why that is not known.
    pub async fn holders(&self) -> BTreeMap<String, Result<Option<Lock>, String>> {
        let plain = self.remote().filter(|it| it.layout.is_none());
        let asks = plain.map(|it| async move {
            (it.host.name.clone(), holder(&self.asker, it.id, &it.host, PATIENCE).await)
        });
        join_all(asks).await.into_iter().collect()
    }

    /// Locks the stage: its first host first, then all others at once. Where one refuses, those that
    /// were locked now are given back, and those that may be: a host that did not answer may have done it.
    ///
    /// # Errors
    /// The first refusal, in the order of the hosts.
    pub async fn lock(&self, lock: &Lock) -> Result<(), Locking> {
        let mut hosts = self.remote();
        let Some(first) = hosts.next() else { return Ok(()) };
        if let Err(refused) = self.lock_at(first, lock).await {
            return Err(self.lock_back(refused, std::iter::once(first), lock).await);
        }
        let locked = join_all(hosts.map(|it| self.lock_at(it, lock))).await;
        match locked.into_iter().find_map(Result::err) {
            None => Ok(()),
            Some(refused) => Err(self.lock_back(refused, self.remote(), lock).await),
        }
    }

    /// Gives a lock back that was not got everywhere; where that cannot be done, the refusal says so.
    async fn lock_back(
        &self,
        refused: Locking,
        asked: impl Iterator<Item = &Surveyed>,
        lock: &Lock,
    ) -> Locking {
        let hosts = asked.map(|it| (it.id, &it.host));
        let left = unlock(&self.asker, hosts, &lock.run).await;
        match refused {
            Locking::Failed(host, words) if !left.is_empty() => {
                let left: Vec<String> =
                    left.into_iter().map(|(host, why)| format!("{host} ({why})")).collect();
                Locking::Failed(host, format!("{words}; not given back: {}", left.join(", ")))
            }
            Locking::Failed(..) | Locking::Other(..) => refused,
        }
    }

    async fn lock_at(&self, it: &Surveyed, lock: &Lock) -> Result<(), Locking> {
        let failed = |words: String| Locking::Failed(it.host.name.clone(), words);
        let text =
            builtin::lock(&it.host.state_dir, lock).map_err(|bad| failed(bad.to_string()))?;
        let lines = self.ask(it.id, text, PATIENCE).await.map_err(failed)?;
        ours(&it.host, builtin::locked(&lines).map_err(|bad| failed(bad.to_string()))?)
    }

    /// Takes a lock over from a run, wherever that run has it.
    ///
    /// # Errors
    /// The first refusal, in the order of the hosts; all of them are asked, whatever the first ones say.
    pub async fn take_over(&self, new: &Lock, from: &str) -> Result<(), Locking> {
        let mut refused = None;
        for it in self.remote() {
            let taken = self.take_over_at(it, new, from).await;
            refused = refused.or(taken.err());
        }
        refused.map_or(Ok(()), Err)
    }

    async fn take_over_at(&self, it: &Surveyed, new: &Lock, from: &str) -> Result<(), Locking> {
        let failed = |words: String| Locking::Failed(it.host.name.clone(), words);
        let text = builtin::take_over(&it.host.state_dir, new, from)
            .map_err(|bad| failed(bad.to_string()))?;
        let lines = self.ask(it.id, text, PATIENCE).await.map_err(failed)?;
        ours(&it.host, builtin::locked(&lines).map_err(|bad| failed(bad.to_string()))?)
    }

    /// Gives the locks of a run back; other locks stay. What could not be done, by host.
    pub async fn unlock(&self, run: &str) -> Vec<(String, String)> {
        let hosts = self.remote().map(|it| (it.id, &it.host));
        unlock(&self.asker, hosts, run).await
    }
}

/// Who has the lock of a host; nothing is changed.
pub(super) async fn holder(
    asker: &Asker,
    id: HostId,
    host: &Host,
    patience: Duration,
) -> Result<Option<Lock>, String> {
    let text = builtin::holder(&host.state_dir).map_err(|bad| bad.to_string())?;
    let lines = asker.look(id, text, patience).await.map_err(|error| error.to_string())?;
    match builtin::locked(&lines).map_err(|bad| bad.to_string())? {
        Locked::Free | Locked::Ours => Ok(None),
        Locked::Other(lock) => Ok(Some(lock)),
        Locked::Strange(words) => Err(no_lock(host, &words)),
        Locked::Failed(words) => Err(words),
    }
}

/// Whether what a host answered says that the lock is ours.
fn ours(host: &Host, answer: Locked) -> Result<(), Locking> {
    let failed = |words: String| Err(Locking::Failed(host.name.clone(), words));
    match answer {
        Locked::Ours => Ok(()),
        Locked::Other(other) => Err(Locking::Other(host.name.clone(), other)),
        Locked::Strange(words) => failed(no_lock(host, &words)),
        Locked::Free => failed("it says that it is free".to_owned()),
        Locked::Failed(words) => failed(words),
    }
}

fn no_lock(host: &Host, words: &str) -> String {
    format!("what lies at {}/lock is no lock (move it away): {words}", host.state_dir)
}

/// Gives the locks of a run back; other locks stay. What could not be done, by host.
pub async fn unlock<'h>(
    asker: &Asker,
    hosts: impl Iterator<Item = (HostId, &'h Host)>,
    run: &str,
) -> Vec<(String, String)> {
    let read = |lines: &[String]| match builtin::locked(lines) {
        Ok(Locked::Free | Locked::Other(_)) => Ok(()),
        Ok(Locked::Ours) => Err("the lock is still there".to_owned()),
        Ok(Locked::Strange(words) | Locked::Failed(words)) => Err(words),
        Err(bad) => Err(bad.to_string()),
    };
    act(asker, hosts, |host| builtin::unlock(&host.state_dir, run), read).await
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn only_our_own_lock_is_ours() {
        let host = Host {
            name: "web1".to_owned(),
            address: "web1".to_owned(),
            roles: Vec::new(),
            state_dir: "/srv/.deployui".to_owned(),
        };
        let check = |answer: Locked, expect: &str| {
            let said = ours(&host, answer).err().map(|refused| refused.to_string());
            assert_eq!(said.as_deref().unwrap_or("ours"), expect);
        };
        let other = Lock {
            run: "r".to_owned(),
            by: "eva@desk".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            purpose: "deploy".to_owned(),
        };
        check(Locked::Ours, "ours");
        check(
            Locked::Other(other),
            "locked by eva@desk since 1970-01-01T00:00:00Z for deploy (run r), seen on web1",
        );
        check(
            Locked::Strange("{".to_owned()),
            "web1: cannot lock: what lies at /srv/.deployui/lock is no lock (move it away): {",
        );
        check(Locked::Free, "web1: cannot lock: it says that it is free");
        check(Locked::Failed("no space".to_owned()), "web1: cannot lock: no space");
    }
}
