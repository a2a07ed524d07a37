//! Questions to hosts beside a run: a short text is run by itself on a connection that is there, and
//! what it prints comes back. Nothing of it is journalled; what it changes must bear being done twice.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{
    Hurry,
    here::Here,
    parcel::{Errand, Parcel},
    probe::{Get, Seen},
    secrets::Safe,
    shell::Wanted,
};
use crate::{
    model::HostId,
    remote::{ReachError, Shell},
};

/// Questions that wait at a host.
pub(super) const QUESTIONS_MAX: usize = 32;

/// A question for a host, and where its answer goes.
pub(super) enum Question {
    /// A text to run.
    Text(String, oneshot::Sender<Vec<String>>),
    /// A text that only looks: run when no other look is under way, if anybody still waits for it then.
    Look(String, oneshot::Sender<Vec<String>>),
    /// A request to make through the connection.
    Probe(Get, oneshot::Sender<Result<Seen, ReachError>>),
    /// How long a question and its answer take on the connection.
    RoundTrip(oneshot::Sender<Duration>),
    /// A file of this machine to send.
    Send(Parcel, oneshot::Sender<Result<(), String>>),
    /// A file of the host to read.
    Fetch(Errand, oneshot::Sender<Result<(), String>>),
    /// A shell for the operator.
    Shell(Box<Wanted>, oneshot::Sender<Result<Shell, String>>),
}

/// Asks hosts, as long as somebody keeps them connected.
#[derive(Clone, Default)]
pub struct Asker {
    hosts: BTreeMap<HostId, mpsc::Sender<Question>>,
    here: Option<Here>,
    hurry: Hurry,
    /// What is hidden in the words of others.
    secrets: Arc<Safe>,
}

/// Why there is no answer. What the text does may have been done all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The host is not connected, or the connection went away.
    NotConnected,
    /// Nothing came in time.
    Silent,
    /// Nothing had come when it was no longer waited for.
    Left,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConnected => "the host is not connected",
            Self::Silent => "the host did not answer in time",
            Self::Left => "the host had not answered yet",
        })
    }
}

impl std::error::Error for NoAnswer {}

impl Asker {
    pub(super) fn at(here: Here, secrets: Arc<Safe>) -> Self {
        Self { here: Some(here), secrets, ..Self::default() }
    }

    /// What cuts the waiting for answers short.
    #[must_use]
    pub fn hurry(&self) -> &Hurry {
        &self.hurry
    }

    /// The operator's own machine; `None` where nobody said what it is.
    pub(super) fn here(&self) -> Option<&Here> {
        self.here.as_ref()
    }

    pub(super) fn add(&mut self, host: HostId, questions: mpsc::Sender<Question>) {
        self.hosts.insert(host, questions);
    }

    /// Runs a text on a host, and returns the lines that it printed.
    ///
    /// # Errors
    /// When no answer came within `patience`, which begins at once, connected or not.
    pub async fn ask(
        &self,
        host: HostId,
        text: String,
        patience: Duration,
    ) -> Result<Vec<String>, NoAnswer> {
        self.put(host, |reply| Question::Text(text, reply), patience).await
    }

    /// As [`Self::ask`], for a text that only looks: on each host one at a time, and none that nobody
    /// waits for any more.
    ///
    /// # Errors
    /// When no answer came within `patience`, which begins at once, connected or not.
    pub(super) async fn look(
        &self,
        host: HostId,
        text: String,
        patience: Duration,
    ) -> Result<Vec<String>, NoAnswer> {
        self.put(host, |reply| Question::Look(text, reply), patience).await
    }

    /// As [`Self::look`], for a text that prints words of others: secrets are hidden in them.
    ///
    /// # Errors
    /// When no answer came within `patience`, which begins at once, connected or not.
    pub(super) async fn read(
        &self,
        host: HostId,
        text: String,
        patience: Duration,
    ) -> Result<Vec<String>, NoAnswer> {
        let lines = self.look(host, text, patience).await?;
        let clean = self.secrets.now().scrub(lines.join("\n"));
        Ok(clean.lines().map(str::to_owned).collect())
    }

    /// Makes a request through the connection to a host.
    ///
    /// # Errors
    /// When no answer came within `patience`. That the connection forwards nothing is an answer.
    pub async fn probe(
        &self,
        host: HostId,
        get: Get,
        patience: Duration,
    ) -> Result<Result<Seen, ReachError>, NoAnswer> {
        self.put(host, |reply| Question::Probe(get, reply), patience).await
    }

    /// How long a question and its answer take on the connection to a host that is there already.
    ///
    /// # Errors
    /// When no answer came within `patience`.
    pub async fn round_trip(&self, host: HostId, patience: Duration) -> Result<Duration, NoAnswer> {
        self.put(host, Question::RoundTrip, patience).await
    }

    /// Opens a shell for the operator on the connection to a host. It goes on when nobody asks any more,
    /// as long as the connection does. The inner error is why there is none, in words that may be the
    /// host's.
    ///
    /// # Errors
    /// When no answer came within `patience`.
    pub async fn shell(
        &self,
        host: HostId,
        wanted: Wanted,
        patience: Duration,
    ) -> Result<Result<Shell, String>, NoAnswer> {
        self.put(host, |reply| Question::Shell(Box::new(wanted), reply), patience).await
    }

    /// Sends a file of this machine to a host; the inner error is why it did not take it.
    ///
    /// # Errors
    /// When it was not sent within `patience`.
    pub(super) async fn send(
        &self,
        host: HostId,
        parcel: Parcel,
        patience: Duration,
    ) -> Result<Result<(), String>, NoAnswer> {
        self.put(host, |reply| Question::Send(parcel, reply), patience).await
    }

    /// Reads a file of a host into one of this machine; the inner error is why it is not here.
    ///
    /// # Errors
    /// When it was not read within `patience`.
    pub(super) async fn fetch(
        &self,
        host: HostId,
        errand: Errand,
        patience: Duration,
    ) -> Result<Result<(), String>, NoAnswer> {
        self.put(host, |reply| Question::Fetch(errand, reply), patience).await
    }

    async fn put<T>(
        &self,
        host: HostId,
        question: impl FnOnce(oneshot::Sender<T>) -> Question,
        patience: Duration,
    ) -> Result<T, NoAnswer> {
        let questions = self.hosts.get(&host).ok_or(NoAnswer::NotConnected)?;
        let (reply, answer) = oneshot::channel();
        let asking = async {
            questions.send(question(reply)).await.map_err(|_gone| NoAnswer::NotConnected)?;
            answer.await.map_err(|_dropped| NoAnswer::NotConnected)
        };
        tokio::select! {
            // What is not waited for is asked for all the same: a lock is given back so.
            biased;
            answer = timeout(patience, asking) => answer.unwrap_or(Err(NoAnswer::Silent)),
            () = self.hurry.over() => Err(NoAnswer::Left),
        }
    }
}
