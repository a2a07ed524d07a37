//! An open connection.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use russh::client::{Handle, Msg};
use russh::{Channel, ChannelOpenFailure, Disconnect};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout};

use super::channel;
use super::forward::{self, Forwarded};
use super::handler::{Handler, Seen};
use crate::remote::{Described, Endpoint, Limits, Lost, OpenError, Pipe, Problem, ReachError};

/// An open connection to a host, logged in. It ends when the last of it and its pipes is dropped,
/// or by [`Connection::close`].
pub struct Connection {
    handle: Arc<Handle<Handler>>,
    seen: Arc<Seen>,
    lost: watch::Receiver<Option<Lost>>,
    limits: Limits,
    /// The jump host's connection carries this one.
    _through: Option<Arc<Self>>,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("lost", &*self.lost.borrow()).finish_non_exhaustive()
    }
}

/// A session whose keys are exchanged, before and while logging in.
pub(super) struct Fresh {
    pub(super) handle: Handle<Handler>,
    pub(super) seen: Arc<Seen>,
    pub(super) lost: watch::Receiver<Option<Lost>>,
}

impl Fresh {
    /// Waits for the end of a session that is known to be ending.
    pub(super) async fn ended(&mut self) -> Lost {
        ended(&mut self.lost).await
    }
}

/// The loss, once there is one. A session task that died without telling has lost it too.
async fn ended(lost: &mut watch::Receiver<Option<Lost>>) -> Lost {
    match lost.wait_for(Option::is_some).await {
        Ok(how) => how.clone().unwrap_or(Lost::Closed),
        Err(_) => Lost::Closed,
    }
}

impl Connection {
    pub(super) fn new(fresh: Fresh, limits: Limits, through: Option<Arc<Self>>) -> Self {
        let Fresh { handle, seen, lost } = fresh;
        Self { handle: Arc::new(handle), seen, lost, limits, _through: through }
    }

    /// The text that the server showed before the login, as sent, at most 4 KiB.
    pub fn banner(&self) -> String {
        self.seen.banner()
    }

    pub(in crate::remote) async fn open(
        &self,
        command: &str,
        terminal: Option<&Described>,
    ) -> Result<Pipe, OpenError> {
        let handle = Arc::clone(&self.handle);
        let opening = async move { handle.channel_open_session().await };
        let channel = self.channel(opening).await.map_err(OpenError::from)?;
        channel::start(channel, command, terminal, self.lost.clone()).await
    }

    /// A stream to `host` as the server sees it.
    pub(super) async fn forward(&self, host: &str, port: u16) -> Result<Channel<Msg>, OpenError> {
        self.direct_tcpip(host, port).await.map_err(OpenError::from)
    }

    /// A stream to `endpoint` as the server sees it, drained by itself.
    pub(in crate::remote) async fn reach(
        &self,
        endpoint: &Endpoint,
    ) -> Result<Forwarded, ReachError> {
        let opened = match endpoint {
            Endpoint::Tcp { host, port } => self.direct_tcpip(host, *port).await,
            Endpoint::Unix(path) => {
                let (handle, path) = (Arc::clone(&self.handle), path.clone());
                let opening = async move { handle.channel_open_direct_streamlocal(path).await };
                self.channel(opening).await
            }
        };
        let channel = opened.map_err(|unopened| unopened.reached(endpoint))?;
        Ok(forward::carry(channel, self.lost.clone()))
    }

    async fn direct_tcpip(&self, host: &str, port: u16) -> Result<Channel<Msg>, Unopened> {
        let handle = Arc::clone(&self.handle);
        let host = host.to_owned();
        self.channel(async move {
            handle.channel_open_direct_tcpip(host, u32::from(port), "127.0.0.1", 0).await
        })
        .await
    }

    /// Waits for a channel to open. The opening goes on by itself when that takes too long, so
    /// that a channel which opens later is closed and not forgotten on the server.
    async fn channel(
        &self,
        opening: impl Future<Output = Result<Channel<Msg>, russh::Error>> + Send + 'static,
    ) -> Result<Channel<Msg>, Unopened> {
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            if let Err(Ok(unwanted)) = sender.send(opening.await) {
                // If even this fails, the connection is gone and the channel with it.
                drop(unwanted.close().await);
            }
        });
        let opened = tokio::select! {
            biased;
            opened = timeout(self.limits.open, receiver) => opened,
            lost = self.lost() => return Err(Unopened::Lost(lost)),
        };
        match opened {
            Err(_) => Err(Unopened::TimedOut),
            Ok(Ok(Ok(channel))) => Ok(channel),
            Ok(Ok(Err(russh::Error::ChannelOpenFailure(reason)))) => Err(Unopened::Refused(reason)),
            Ok(Ok(Err(_)) | Err(_)) => Err(Unopened::Lost(self.lost().await)),
        }
    }

    pub(in crate::remote) async fn lost(&self) -> Lost {
        ended(&mut self.lost.clone()).await
    }

    /// Whether the connection is gone already.
    pub(super) fn is_lost(&self) -> bool {
        self.handle.is_closed()
    }

    pub(in crate::remote) async fn round_trip(&self) -> Result<Duration, Lost> {
        let asked = Instant::now();
        tokio::select! {
            biased;
            lost = self.lost() => Err(lost),
            answer = self.handle.send_ping() => match answer {
                Ok(()) if !self.handle.is_closed() => Ok(asked.elapsed()),
                Ok(()) | Err(_) => Err(self.lost().await),
            },
        }
    }

    pub(in crate::remote) async fn close(&self) {
        self.seen.leaving.store(true, Ordering::Release);
        let goodbye = async {
            // An error says that the connection is gone, which is what is wanted.
            drop(self.handle.disconnect(Disconnect::ByApplication, "", "").await);
            self.lost().await
        };
        drop(timeout(self.limits.close, goodbye).await);
    }
}

/// Why a channel of whatever kind was not opened.
enum Unopened {
    Refused(ChannelOpenFailure),
    TimedOut,
    Lost(Lost),
}

impl From<Unopened> for OpenError {
    fn from(unopened: Unopened) -> Self {
        match unopened {
            Unopened::Refused(reason) => Self::Refused(reason.description().to_owned()),
            Unopened::TimedOut => Self::TimedOut,
            Unopened::Lost(lost) => Self::Lost(lost),
        }
    }
}

impl Unopened {
    /// What it means for a stream to `endpoint`. OpenSSH has a reason of its own for forwarding
    /// that is not allowed, but for TCP only (`server_request_direct_streamlocal` sets none).
    fn reached(self, endpoint: &Endpoint) -> ReachError {
        let reason = match self {
            Self::TimedOut => return ReachError::TimedOut,
            Self::Lost(lost) => return ReachError::Lost(lost),
            Self::Refused(reason) => reason,
        };
        let words = reason.description().to_owned();
        match (reason, endpoint) {
            (ChannelOpenFailure::ConnectFailed, Endpoint::Tcp { .. }) => {
                ReachError::Unconnected(words)
            }
            (ChannelOpenFailure::ConnectFailed, Endpoint::Unix(_)) => {
                ReachError::ForbiddenOrUnconnected(words)
            }
            (_, Endpoint::Tcp { .. } | Endpoint::Unix(_)) => ReachError::Forbidden(words),
        }
    }
}

/// What a jump host's refusal to open a stream means for the connection through it.
pub(super) fn not_forwarded(error: OpenError, jump: &str) -> Problem {
    use crate::remote::Phase::Forward;
    match error {
        OpenError::Refused(reason) | OpenError::Start(reason) => {
            Problem::JumpRefused { jump: jump.to_owned(), reason }
        }
        OpenError::TimedOut => Problem::TimedOut { phase: Forward },
        OpenError::Lost(lost) => Problem::Lost { phase: Forward, lost },
    }
}
