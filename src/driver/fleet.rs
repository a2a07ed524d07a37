//! The hosts of a run: a task for each, what is wanted of them, and what they say.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    asker::{Asker, QUESTIONS_MAX},
    here::Here,
    host::{self, Charge},
    means::{FleetSettings, HostNews, Means},
    secrets::{Safe, Secrets},
    trouble::Trouble,
    wants::{Want, Wants},
};
use crate::{
    model::{Host, HostId, RunId},
    script::Hello,
};

/// News that may wait to be taken in; a host whose news has no room waits.
const NEWS_MAX: usize = 1024;

/// As long as hosts are given to take a goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// The hosts of a run, each with its task.
pub struct Fleet {
    wants: BTreeMap<HostId, watch::Sender<Vec<Want>>>,
    news: mpsc::Receiver<(HostId, HostNews)>,
    back: VecDeque<(HostId, HostNews)>,
    asker: Asker,
    secrets: Arc<Safe>,
    tasks: JoinSet<()>,
}

impl Fleet {
    /// Begins to connect all hosts. `begun`: the run has begun before, so that a host that cannot be
    /// reached now is tried again for as long as it takes. Dropping the fleet drops the connections;
    /// steps go on.
    #[must_use]
    pub fn start(
        run: &RunId,
        hosts: &[(HostId, Host)],
        settings: FleetSettings,
        begun: bool,
    ) -> Self {
        let here = Here::new(
            Arc::clone(&settings.local),
            settings.project.clone(),
            settings.store.root().join("mirrors"),
        );
        let settings = Arc::new(settings);
        let (sender, news) = mpsc::channel(NEWS_MAX);
        let secrets = Arc::<Safe>::default();
        let mut fleet = Self {
            wants: BTreeMap::new(),
            news,
            back: VecDeque::new(),
            asker: Asker::at(here, Arc::clone(&secrets)),
            secrets,
            tasks: JoinSet::new(),
        };
        for (id, host) in hosts {
            let (wanted, wants) = watch::channel(Vec::new());
            fleet.wants.insert(*id, wanted);
            let (asking, questions) = mpsc::channel(QUESTIONS_MAX);
            fleet.asker.add(*id, asking);
            let means = if host.is_local() {
                Means::Local
            } else {
                Means::Ssh { name: host.name.clone(), address: host.address.clone() }
            };
            fleet.tasks.spawn(host::keep(Charge {
                id: *id,
                name: host.name.clone(),
                state_dir: host.state_dir.clone(),
                run: run.clone(),
                wants,
                questions,
                news: sender.clone(),
                settings: Arc::clone(&settings),
                secrets: Arc::clone(&fleet.secrets),
                means,
                begun,
            }));
        }
        fleet
    }

    /// Gives the hosts' tasks the secrets of the run, before it begins or is taken up. A step that
    /// needs one and was given none is not put, and what it prints is hidden whole.
    pub fn keep(&self, secrets: Secrets) {
        self.secrets.keep(secrets);
    }

    /// What was typed unseen is hidden in what steps print from now on.
    pub(super) fn hide(&self, line: &str) {
        self.secrets.learn(line);
    }

    /// The name of a secret whose value lies in a text.
    pub(super) fn secret_in(&self, text: &str) -> Option<String> {
        self.secrets.now().lies_in(text)
    }

    /// Asks these hosts, also while a run has them.
    #[must_use]
    pub fn asker(&self) -> Asker {
        self.asker.clone()
    }

    /// Waits until a host is ready or has failed, before the run begins. The news stays in the queue
    /// for the run. `None`: no task is left.
    pub async fn arrival(&mut self) -> Option<(HostId, Result<&Hello, &Trouble>)> {
        loop {
            let news = self.news.recv().await?;
            self.back.push_back(news);
            if self.back.back().and_then(arrived).is_some() {
                break;
            }
        }
        self.back.back().and_then(arrived)
    }

    /// Waits until every host is ready or has failed. Each is told as it comes; those that came before
    /// are told at once, as they are now.
    pub async fn gather(&mut self, mut told: impl FnMut(HostId, Result<&Hello, &Trouble>)) -> bool {
        let mut ready: BTreeMap<HostId, bool> = BTreeMap::new();
        for (host, arrived) in self.back.iter().filter_map(arrived) {
            ready.insert(host, arrived.is_ok());
            told(host, arrived);
        }
        while ready.len() < self.wants.len() {
            let Some((host, arrived)) = self.arrival().await else { return false };
            ready.insert(host, arrived.is_ok());
            told(host, arrived);
        }
        ready.into_values().all(|ready| ready)
    }

    /// The next news; never, when all tasks have ended.
    pub(super) async fn next(&mut self) -> (HostId, HostNews) {
        if let Some(news) = self.back.pop_front() {
            return news;
        }
        match self.news.recv().await {
            Some(news) => news,
            None => std::future::pending().await,
        }
    }

    /// News that is there already.
    pub(super) fn ready(&mut self) -> Option<(HostId, HostNews)> {
        self.back.pop_front().or_else(|| self.news.try_recv().ok())
    }

    /// Says what is wanted now; a host's task is woken only by a change.
    pub(super) fn want(&self, mut wants: Wants) {
        for (host, sender) in &self.wants {
            let now = wants.remove(host).unwrap_or_default();
            sender.send_if_modified(|before| {
                let changed = *before != now;
                *before = now;
                changed
            });
        }
    }

    /// Says goodbye to all hosts; one that does not listen is not waited for.
    pub async fn close(self) {
        let Self { wants, news, mut tasks, .. } = self;
        drop((wants, news));
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GOODBYE, all).await.is_err() {
            tracing::info!("not all hosts took the goodbye in time");
        }
    }
}

/// What news says of a host's being ready, if it does.
fn arrived((host, news): &(HostId, HostNews)) -> Option<(HostId, Result<&Hello, &Trouble>)> {
    match news {
        HostNews::Up(hello) => Some((*host, Ok(hello))),
        HostNews::Down(trouble) => Some((*host, Err(trouble))),
        HostNews::Fact(..)
        | HostNews::AnswerGone(..)
        | HostNews::Asks(..)
        | HostNews::WentOn(..)
        | HostNews::Disk(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: [HostId; 2] = [HostId(0), HostId(1)];

    fn news(said: &[(HostId, bool)]) -> Fleet {
        let (sender, news) = mpsc::channel(NEWS_MAX);
        for (host, ready) in said {
            let up = HostNews::Up(Box::default());
            let down = HostNews::Down(Trouble::Here("no agent".to_owned()));
            sender.try_send((*host, if *ready { up } else { down })).unwrap();
        }
        Fleet {
            wants: HOSTS.map(|host| (host, watch::Sender::new(Vec::new()))).into(),
            news,
            back: VecDeque::new(),
            asker: Asker::default(),
            secrets: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    /// What is gathered, after so many arrivals were taken in one by one.
    async fn check(said: &[(HostId, bool)], taken: usize, ready: bool) {
        let mut fleet = news(said);
        for _ in 0..taken {
            assert!(fleet.arrival().await.is_some());
        }
        let mut told = BTreeMap::new();
        let gathered = fleet.gather(|host, it| told.extend([(host, it.is_ok())])).await;
        assert_eq!(gathered, ready, "{said:?}, {taken} taken");
        assert_eq!(told, said.iter().copied().collect(), "{said:?}, {taken} taken");
    }

    #[tokio::test]
    async fn hosts_that_came_before_are_not_waited_for() {
        let [one, two] = HOSTS;
        for taken in 0..=2 {
            check(&[(one, true), (two, true)], taken, true).await;
            check(&[(one, true), (two, false)], taken, false).await;
        }
        check(&[(one, true), (two, true), (one, false)], 3, false).await;
    }
}
