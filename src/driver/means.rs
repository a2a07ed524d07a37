//! How hosts are reached, what their tasks share, and what they have to say.

use std::{path::PathBuf, sync::Arc};

use super::{http::Client, secrets::Secrets, trouble::Trouble};
use crate::{
    boxes::Fact,
    model::Try,
    remote::{ConnectError, Link, local::Local, ssh},
    run::Question,
    script::Hello,
    store::{Dirty, DiskError, Store},
};

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
    /// The directory of the project on that machine, absolute: what git reads a relative repository from.
    pub project: PathBuf,
    /// Makes requests through connections.
    pub http: Arc<Client>,
    /// Whether hosts are only looked at: nothing of ours is made there.
    pub looks: bool,
    /// An ssh_config to use instead of the operator's own.
    pub ssh_config: Option<PathBuf>,
}

/// How a host is reached.
pub(super) enum Means {
    Ssh { name: String, address: String },
    Local,
}

impl Means {
    pub(super) async fn connect(&self, settings: &FleetSettings) -> Result<Link, ConnectError> {
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
    /// The step seems to wait for input: question number, and what it printed last.
    Asks(Try, u16, Question),
    /// The step printed on without the input for this question.
    WentOn(Try, u16),
    /// The log of an attempt cannot be written here.
    Disk(DiskError),
}

impl HostNews {
    /// The same, without secrets in the host's own words: they are journalled.
    pub(super) fn scrubbed(self, secrets: &Secrets) -> Self {
        match self {
            Self::Fact(attempt, Fact::Refused(words)) => {
                Self::Fact(attempt, Fact::Refused(secrets.scrub(words)))
            }
            Self::Fact(attempt, Fact::Unable(words)) => {
                Self::Fact(attempt, Fact::Unable(secrets.scrub(words)))
            }
            Self::Fact(attempt, Fact::NotGiven(number, words)) => {
                Self::Fact(attempt, Fact::NotGiven(number, secrets.scrub(words)))
            }
            Self::Down(Trouble::Shell { how, said }) => {
                Self::Down(Trouble::Shell { how, said: secrets.scrub(said) })
            }
            Self::Down(Trouble::NoAgent(words)) => {
                Self::Down(Trouble::NoAgent(secrets.scrub(words)))
            }
            Self::Asks(attempt, number, Question { text, hidden }) => {
                Self::Asks(attempt, number, Question { text: secrets.scrub(text), hidden })
            }
            news @ (Self::Up(_)
            | Self::Down(_)
            | Self::Fact(..)
            | Self::AnswerGone(..)
            | Self::WentOn(..)
            | Self::Disk(_)) => news,
        }
    }
}
