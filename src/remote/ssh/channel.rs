//! One command on one channel.
//!
//! The library hands received data to a channel's bounded queue from the task that serves the
//! whole connection, so a channel nobody reads stops all others. Each channel here is therefore
//! drained by a task of its own from the moment it exists until the server has closed it, also
//! when nobody wants the output any more. Dropping the library's channel would not close it on
//! the server, where it would keep one of `MaxSessions`: the same task sees to that too.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use russh::client::Msg;
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::remote::limits::cut;
use crate::remote::pipe::OUTPUT_CHUNKS_MAX;
use crate::remote::{Chunk, Described, Ending, Lost, OpenError, Pipe, PipeInput};

/// SSH's code of standard error in extended data (RFC 4254, 5.2).
const STDERR: u32 = 1;

/// Asks for `command` on an open channel, with a terminal if one is described.
pub(super) async fn start(
    channel: Channel<Msg>,
    command: &str,
    terminal: Option<&Described>,
    lost: watch::Receiver<Option<Lost>>,
) -> Result<Pipe, OpenError> {
    let (read, write) = channel.split();
    let write = Arc::new(write);
    let (sender, output) = mpsc::channel(OUTPUT_CHUNKS_MAX);
    let (held, dropped) = oneshot::channel();
    let (ended, gone) = watch::channel(false);
    let drain = Drain { write: Arc::clone(&write), output: sender, ending: Seen::default(), lost };
    // Begun before anything is asked, so that no order of messages can block the connection.
    tokio::spawn(async move {
        drain.run(read, dropped).await;
        ended.send_replace(true);
    });
    let sent = async {
        if let Some(Described { term, columns, rows }) = terminal {
            let (columns, rows) = (u32::from(*columns), u32::from(*rows));
            write.request_pty(true, term, columns, rows, 0, 0, &[]).await?;
        }
        write.exec(true, command).await
    };
    let sent = sent.await;
    let input = PipeInput::ssh(Input { write, gone, _held: held });
    match sent {
        Ok(()) => Ok(Pipe { input, output }),
        Err(_) => Err(OpenError::Lost(Lost::Closed)),
    }
}

/// The writing end of a channel. Dropping it closes the channel.
#[derive(Debug)]
pub(in crate::remote) struct Input {
    write: Arc<ChannelWriteHalf<Msg>>,
    gone: watch::Receiver<bool>,
    _held: oneshot::Sender<Infallible>,
}

impl Input {
    /// Waits for the server's window. The library does not wake a waiting writer when the channel
    /// or the connection ends, so that is watched here.
    pub(in crate::remote) async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        tokio::select! {
            biased;
            _ = self.gone.wait_for(|gone| *gone) => Err(io::ErrorKind::BrokenPipe.into()),
            sent = self.write.data_bytes(bytes) => sent.map_err(io::Error::other),
        }
    }

    /// Says that the terminal has another size.
    pub(in crate::remote) async fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        let (columns, rows) = (u32::from(columns), u32::from(rows));
        self.write.window_change(columns, rows, 0, 0).await.map_err(io::Error::other)
    }

    pub(in crate::remote) async fn finish(&mut self) -> io::Result<()> {
        self.write.eof().await.map_err(io::Error::other)
    }
}

/// The task that always reads a channel.
struct Drain {
    write: Arc<ChannelWriteHalf<Msg>>,
    output: mpsc::Sender<Chunk>,
    ending: Seen,
    lost: watch::Receiver<Option<Lost>>,
}

/// What was seen of a channel's end: status, end of data and close come in any order.
#[derive(Debug, Default)]
struct Seen {
    status: Option<Ending>,
    end_of_data: bool,
}

impl Drain {
    /// Reads until the server has closed the channel, or until we have: once our close is sent,
    /// the library passes on nothing more of it, not even the server's close.
    async fn run(mut self, mut read: ChannelReadHalf, mut dropped: oneshot::Receiver<Infallible>) {
        let mut closing: Option<JoinHandle<()>> = None;
        let end = loop {
            let message = tokio::select! {
                biased;
                message = read.wait() => message,
                _ = &mut dropped, if closing.is_none() => {
                    closing = Some(self.close());
                    continue;
                }
                () = finished(&mut closing) => break End::Left,
            };
            match message {
                None => break End::Lost,
                Some(ChannelMsg::Close) => break End::Closed,
                Some(message) => {
                    let wanted = self.take(message).await;
                    if !wanted && closing.is_none() {
                        closing = Some(self.close());
                    }
                }
            }
        };
        let ending = self.ending(end);
        // A reader that has gone does not want it.
        drop(self.output.send(Chunk::Ended(ending)).await);
    }

    /// Passes a message on; false when the channel is of no more use.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's enum is open")]
    async fn take(&mut self, message: ChannelMsg) -> bool {
        match message {
            ChannelMsg::Data { data } => self.output.send(Chunk::Out(data)).await.is_ok(),
            ChannelMsg::ExtendedData { data, ext: STDERR } => {
                self.output.send(Chunk::Err(data)).await.is_ok()
            }
            ChannelMsg::ExitStatus { exit_status } => {
                self.ending.status.get_or_insert(Ending::Exit(exit_status));
                true
            }
            ChannelMsg::ExitSignal { signal_name, .. } => {
                self.ending.status.get_or_insert(Ending::Signal(name_of(&signal_name)));
                true
            }
            ChannelMsg::Eof => {
                self.ending.end_of_data = true;
                true
            }
            ChannelMsg::Failure => {
                self.ending.status.get_or_insert(Ending::Refused);
                false
            }
            _ => true,
        }
    }

    /// In a task of its own: the connection's queue may be full because it waits for us to read.
    fn close(&self) -> JoinHandle<()> {
        let write = Arc::clone(&self.write);
        tokio::spawn(async move {
            // An error says that the connection is gone, and the channel with it.
            drop(write.close().await);
        })
    }

    /// A status counts only if nothing of the output can be missing.
    fn ending(&mut self, end: End) -> Ending {
        let complete = self.ending.end_of_data || end == End::Closed;
        match (self.ending.status.take(), end) {
            (Some(Ending::Refused), _) => Ending::Refused,
            (Some(status), _) if complete => status,
            (_, End::Closed | End::Left) => Ending::NoStatus(None),
            (_, End::Lost) => {
                Ending::NoStatus(Some(self.lost.borrow().clone().unwrap_or(Lost::Closed)))
            }
        }
    }
}

/// How a channel came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The server closed it: nothing is missing.
    Closed,
    /// We closed it first.
    Left,
    Lost,
}

/// Waits for a task that may not have been begun; then for ever.
async fn finished(begun: &mut Option<JoinHandle<()>>) {
    match begun {
        // A panic in there is an end as well.
        Some(begun) => drop(begun.await),
        None => std::future::pending().await,
    }
}

fn name_of(signal: &Sig) -> String {
    let name = match signal {
        Sig::ABRT => "ABRT",
        Sig::ALRM => "ALRM",
        Sig::FPE => "FPE",
        Sig::HUP => "HUP",
        Sig::ILL => "ILL",
        Sig::INT => "INT",
        Sig::KILL => "KILL",
        Sig::PIPE => "PIPE",
        Sig::QUIT => "QUIT",
        Sig::SEGV => "SEGV",
        Sig::TERM => "TERM",
        Sig::USR1 => "USR1",
        Sig::Custom(name) => return cut(name),
    };
    name.to_owned()
}
