//! Byte streams to a host.
//!
//! A [`Link`] is one open connection: [`ssh`] to a host, or [`local`] to the operator's own
//! machine. A [`Pipe`] is one command running over it, a [`Stream`] one connection
//! made from there. [`serve`] is the other half of SSH, in
//! this process, for tests and for the demo. Nothing outside this module names the SSH library,
//! and nothing in here knows what the bytes mean.

mod ask;
mod environment;
mod error;
mod limits;
pub mod local;
mod pacer;
mod pipe;
mod reach;
pub mod serve;
mod shell;
pub mod ssh;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use ask::{Answer, Ask, NoAsk, Question};
pub use environment::Environment;
pub use error::{ChangedKey, ConnectError, ConnectKind, KeyAt, Phase, Problem};
pub use limits::Limits;
pub use pacer::{Pace, Pacer, backoff};
pub use pipe::{Chunk, Ending, Lost, OpenError, Pipe, PipeInput};
pub use reach::{Endpoint, ReachError, Stream};
pub use shell::{Described, Heard, SHELL_BYTES_MAX, Said, Shell, Typed};

/// One open connection to a host, over which commands are run.
#[derive(Debug)]
pub enum Link {
    /// Over SSH. Boxed by its user if it must be small; it is a few handles.
    Ssh(ssh::Connection),
    /// The operator's own machine, the pseudo-host `local`.
    Local(local::Local),
}

impl Link {
    /// Starts `command` on the host, without a terminal.
    ///
    /// Over SSH the request is sent and not waited for: input may be written at once, and a
    /// refusal arrives as [`Ending::Refused`].
    ///
    /// # Errors
    /// The channel could not be opened, or the program could not be started; nothing has run.
    pub async fn open(&self, command: &str) -> Result<Pipe, OpenError> {
        match self {
            Self::Ssh(connection) => connection.open(command, None).await,
            Self::Local(local) => local.open(command),
        }
    }

    /// Starts `command` on the host with a terminal of its own there.
    ///
    /// # Errors
    /// As [`Link::open`]. A server that gives no terminal is told as [`Ending::Refused`].
    pub async fn shell(&self, command: &str, on: &Described) -> Result<Shell, OpenError> {
        match self {
            Self::Ssh(connection) => Ok(Shell::spooled(connection.open(command, Some(on)).await?)),
            Self::Local(local) => local.shell(command, on).map(Shell::direct),
        }
    }

    /// Connects from the host to `endpoint`, over this connection. Dropping the stream closes it.
    ///
    /// # Errors
    /// There is no stream, and why; that the server forwards nothing is told apart.
    pub async fn reach(&self, endpoint: &Endpoint) -> Result<Stream, ReachError> {
        match self {
            Self::Ssh(connection) => connection.reach(endpoint).await.map(Stream::ssh),
            Self::Local(_) => Stream::local(endpoint).await,
        }
    }

    /// Resolves when the connection is gone, and says how; never for [`Link::Local`].
    pub async fn lost(&self) -> Lost {
        match self {
            Self::Ssh(connection) => connection.lost().await,
            Self::Local(_) => std::future::pending().await,
        }
    }

    /// The time that one question and its answer take; zero for [`Link::Local`].
    ///
    /// # Errors
    /// The connection was lost before the answer came.
    pub async fn round_trip(&self) -> Result<Duration, Lost> {
        match self {
            Self::Ssh(connection) => connection.round_trip().await,
            Self::Local(_) => Ok(Duration::ZERO),
        }
    }

    /// Says goodbye to the host and waits a moment for the connection to end.
    pub async fn close(&self) {
        match self {
            Self::Ssh(connection) => connection.close().await,
            Self::Local(_) => {}
        }
    }
}
