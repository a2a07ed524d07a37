//! The hosts of a run: a task for each, what is wanted of them, and what they say.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    host::{self, Charge},
    wants::{Want, Wants},
};
use crate::{
    boxes::Fact,
    model::{Host, HostId, RunId, Try},
    remote::{ConnectError, Ending, Link, Lost, OpenError, local::Local, ssh},
    script::{Bad, Hello},
    store::{Dirty, DiskError, Store},
};

/// News that may wait to be taken in; a host whose news has no room waits.
const NEWS_MAX: usize = 1024;

/// As long as hosts are given to take a goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// What the tasks of all hosts share.
#[derive(Clone)]
pub struct FleetSettings {
    /// Where logs go.
    pub store: Store,
    /// Is marked whenever a log has grown.
    pub dirty: Dirty,
    /// Makes connections.
    pub connector: Arc<ssh::Connector>,
    /// The operator's own machine.
    pub local: Arc<Local>,
    /// An ssh_config to use instead of the operator's own.
    pub ssh_config: Option<PathBuf>,
}

pub(super) type Settings = FleetSettings;

/// How a host is reached.
pub(super) enum Means {
    Ssh { name: String, address: String },
    Local,
}

impl Means {
    pub(super) async fn connect(&self, settings: &Settings) -> Result<Link, ConnectError> {
        match self {
            Self::Local => Ok(Link::Local((*settings.local).clone())),
            Self::Ssh { name, address } => {
                let target = ssh::Target::new(name, Some(address), settings.ssh_config.clone())
                    .map_err(|problem| ConnectError { host: name.clone(), problem })?;
                settings.connector.connect(&target).await.map(Link::Ssh)
            }
        }
    }
}

/// Something that a host's task has to say.
#[derive(Debug)]
pub enum HostNews {
    /// The host is ready, and said this of itself.
    Up(Box<Hello>),
    /// The host cannot be worked with now. Where that may pass, it is tried again.
    Down(Trouble),
    /// A box said something of its attempt.
    Fact(Try, Fact),
    /// The input for this question is not known here.
    AnswerGone(Try, u16),
    /// The log of an attempt cannot be written here.
    Disk(DiskError),
}

/// Why a host cannot be worked with.
#[derive(Debug)]
pub enum Trouble {
    /// No connection.
    Connect(ConnectError),
    /// A connection, and no channel on it.
    Open(OpenError),
    /// The connection went away.
    Lost(Lost),
    /// The host cannot hold boxes.
    Unfit(Bad),
    /// The agent cannot work; the host's words.
    NoAgent(String),
    /// The login shell ended; its words.
    Shell(String),
    /// Something is missing here.
    Here(String),
}

impl Trouble {
    pub(super) fn shell(ending: &Ending, noise: &str) -> Self {
        let how = match ending {
            Ending::Exit(status) => format!("its login shell ended with exit {status}"),
            Ending::Signal(signal) => format!("its login shell was killed by {signal}"),
            Ending::Refused => "the server refused to start a shell".to_owned(),
            Ending::NoStatus(Some(lost)) => return Self::Lost(lost.clone()),
            Ending::NoStatus(None) => "its login shell ended".to_owned(),
        };
        let said = noise.trim();
        Self::Shell(if said.is_empty() { how } else { format!("{how}: {said}") })
    }

    /// Whether it may pass without anyone changing anything.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Connect(error) => error.is_worth_retrying(),
            Self::Open(_) | Self::Lost(_) | Self::Shell(_) | Self::NoAgent(_) => true,
            Self::Unfit(_) | Self::Here(_) => false,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Connect(error) => return error.hint(),
            Self::Open(error) => return error.hint().map(str::to_owned),
            Self::Lost(_) | Self::Here(_) => return None,
            Self::Unfit(bad) => return Some(unfit_hint(bad)),
            Self::NoAgent(_) => "our agent needs a writable /tmp or home directory",
            Self::Shell(_) => {
                "the login shell must be able to run `exec sh`; see what plain ssh says there"
            }
        };
        Some(hint.to_owned())
    }
}

fn unfit_hint(bad: &Bad) -> String {
    match bad.check.as_str() {
        "tool" => format!("install {} there (util-linux, coreutils or BusyBox)", bad.what),
        "network" => "set `state_dir` to a directory on a local disk".to_owned(),
        "owner" => "give the directory to the login user, or set `state_dir`".to_owned(),
        "link" => "it must be a directory, not a link".to_owned(),
        "write" => "is the disk full, or mounted read-only?".to_owned(),
        "state-dir" => "`root` and `state_dir` are absolute paths, or begin with ~/".to_owned(),
        _ => "make the directory there, writable for the login user, or set `state_dir`".to_owned(),
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::Open(error) => error.fmt(f),
            Self::Lost(lost) => lost.fmt(f),
            Self::Unfit(bad) => match bad.check.as_str() {
                "tool" => write!(f, "the host has no `{}`", bad.what),
                "network" => {
                    write!(f, "our state would lie on a network file system: {}", bad.what)
                }
                "owner" => write!(f, "{} belongs to somebody else", bad.what),
                "link" => write!(f, "{} is a symbolic link", bad.what),
                "write" => write!(f, "cannot write in {}", bad.what),
                "state-dir" => f.write_str(&bad.what),
                "hello" => write!(f, "the host's answer is incomplete: {}", bad.what),
                _ => write!(f, "cannot make the directory {}", bad.what),
            },
            Self::NoAgent(why) => write!(f, "our agent cannot work there: {why}"),
            Self::Shell(why) | Self::Here(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Trouble {}

/// The hosts of a run, each with its task.
pub struct Fleet {
    wants: BTreeMap<HostId, watch::Sender<Vec<Want>>>,
    news: mpsc::Receiver<(HostId, HostNews)>,
    back: VecDeque<(HostId, HostNews)>,
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
        let settings = Arc::new(settings);
        let (sender, news) = mpsc::channel(NEWS_MAX);
        let mut fleet =
            Self { wants: BTreeMap::new(), news, back: VecDeque::new(), tasks: JoinSet::new() };
        for (id, host) in hosts {
            let (wanted, wants) = watch::channel(Vec::new());
            fleet.wants.insert(*id, wanted);
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
                news: sender.clone(),
                settings: Arc::clone(&settings),
                means,
                begun,
            }));
        }
        fleet
    }

    /// Waits until a host is ready or has failed, before the run begins. The news stays in the queue
    /// for the run. `None`: no task is left.
    pub async fn arrival(&mut self) -> Option<(HostId, Result<&Hello, &Trouble>)> {
        loop {
            let news = self.news.recv().await?;
            self.back.push_back(news);
            match self.back.back() {
                Some((_, HostNews::Up(_) | HostNews::Down(_))) => break,
                Some((_, HostNews::Fact(..) | HostNews::AnswerGone(..) | HostNews::Disk(_)))
                | None => {}
            }
        }
        match self.back.back()? {
            (host, HostNews::Up(hello)) => Some((*host, Ok(hello))),
            (host, HostNews::Down(trouble)) => Some((*host, Err(trouble))),
            (_, HostNews::Fact(..) | HostNews::AnswerGone(..) | HostNews::Disk(_)) => None,
        }
    }

    /// Waits until every host is ready or has failed. Each is told as it comes.
    pub async fn gather(&mut self, mut told: impl FnMut(HostId, Result<&Hello, &Trouble>)) -> bool {
        let mut open: BTreeSet<HostId> = self.wants.keys().copied().collect();
        let mut all = true;
        while !open.is_empty() {
            let Some((host, arrived)) = self.arrival().await else { return false };
            all &= arrived.is_ok();
            told(host, arrived);
            open.remove(&host);
        }
        all
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
