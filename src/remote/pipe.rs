//! One command's three streams, whatever carries them.

use std::fmt;
use std::io;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{local, ssh};

/// Chunks that wait between a connection and the reader of a [`Pipe`]: 2 MiB at SSH's packets of
/// 32 KiB. Enough to keep both busy, small enough for hundreds of pipes.
pub(super) const OUTPUT_CHUNKS_MAX: usize = 64;

/// One running command.
///
/// **Whoever opens a pipe reads `output` until [`Chunk::Ended`]**, at once and without waiting
/// for anything slow: all pipes of an SSH connection share one stream, and an unread one would
/// stop the others, the keepalives and the loss detection with it. A reader that has had enough
/// drops `output`; what still comes is then thrown away.
#[derive(Debug)]
pub struct Pipe {
    /// The command's standard input. Dropping it closes the pipe: over SSH the whole channel,
    /// on the own machine the input alone. To only end the input, call [`PipeInput::finish`] and
    /// keep it.
    pub input: PipeInput,
    /// What the command says, in order of arrival.
    pub output: mpsc::Receiver<Chunk>,
}

/// Something a command said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chunk {
    /// Bytes of its standard output.
    Out(Bytes),
    /// Bytes of its standard error.
    Err(Bytes),
    /// Nothing follows. Comes once, last, and always.
    Ended(Ending),
}

/// How a command's pipe ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It exited with this status and all its output has arrived.
    Exit(u32),
    /// It was ended by this signal, named without `SIG`.
    Signal(String),
    /// The server refused to start it: nothing has run.
    Refused,
    /// The pipe closed without a status, or was lost: whether the command ran, and how it ended,
    /// is not known from here.
    NoStatus(Option<Lost>),
}

/// How a connection went away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// We closed it.
    Left,
    /// The other side ended the stream without a word.
    Closed,
    /// The other side said goodbye, with this text (as sent, cut).
    Disconnected(String),
    /// Nothing was heard although we asked: keepalives without an answer, or a stuck line.
    Silent,
    /// The stream broke: reset, a wrong checksum, a protocol error.
    Broken(String),
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Left => f.write_str("the connection was closed from here"),
            Self::Closed => f.write_str("the other side closed the connection"),
            Self::Disconnected(text) if text.is_empty() => {
                f.write_str("the other side ended the connection")
            }
            Self::Disconnected(text) => write!(f, "the other side ended the connection: {text}"),
            Self::Silent => f.write_str("the other side stopped answering"),
            Self::Broken(cause) => write!(f, "the connection broke: {cause}"),
        }
    }
}

impl std::error::Error for Lost {}

/// Why a pipe could not be opened; nothing has run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// The server does not open a channel, with its reason; usually `MaxSessions`.
    Refused(String),
    /// The server did not answer in time.
    TimedOut,
    /// The connection is gone.
    Lost(Lost),
    /// The local shell could not be started.
    Start(String),
}

impl OpenError {
    /// What the operator can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Refused(_) => {
                Some("sshd's MaxSessions must allow at least 2 sessions per connection")
            }
            Self::TimedOut => Some("the host may be overloaded; look at it with plain ssh"),
            Self::Lost(_) => None,
            Self::Start(_) => Some("check that `sh` is in PATH and that the directory exists"),
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(f, "the server refused to open a session: {reason}"),
            Self::TimedOut => f.write_str("the server did not open a session in time"),
            Self::Lost(lost) => write!(f, "{lost}"),
            Self::Start(cause) => write!(f, "cannot start a local shell: {cause}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// The writing end of a [`Pipe`].
#[derive(Debug)]
pub struct PipeInput(Writer);

#[derive(Debug)]
enum Writer {
    Ssh(ssh::Input),
    Local(local::Input),
}

impl PipeInput {
    pub(super) fn ssh(input: ssh::Input) -> Self {
        Self(Writer::Ssh(input))
    }

    pub(super) fn local(input: local::Input) -> Self {
        Self(Writer::Local(input))
    }

    /// Writes all of `bytes`, as fast as the other side takes them. When it returns they are on
    /// their way, not yet read.
    ///
    /// # Errors
    /// The pipe or its connection has ended; how many bytes were taken is then unknown.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.0 {
            Writer::Ssh(input) => input.write(Bytes::copy_from_slice(bytes)).await,
            Writer::Local(input) => input.write(bytes).await,
        }
    }

    /// Like [`PipeInput::write`], without a copy over SSH; for bulk.
    ///
    /// # Errors
    /// As [`PipeInput::write`].
    pub async fn write_bytes(&mut self, bytes: Bytes) -> io::Result<()> {
        match &mut self.0 {
            Writer::Ssh(input) => input.write(bytes).await,
            Writer::Local(input) => input.write(&bytes).await,
        }
    }

    /// Says that the terminal of the command has another size; nothing where it has none.
    ///
    /// # Errors
    /// The pipe or its connection has ended.
    pub(super) async fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        match &mut self.0 {
            Writer::Ssh(input) => input.resize(columns, rows).await,
            Writer::Local(input) => input.resize(columns, rows),
        }
    }

    /// Ends the input: the command reads end of file. The pipe stays open.
    ///
    /// # Errors
    /// The pipe or its connection has ended.
    pub async fn finish(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Writer::Ssh(input) => input.finish().await,
            Writer::Local(input) => input.finish().await,
        }
    }
}
