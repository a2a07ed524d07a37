//! A stream that the server connected for us, on a channel of its own.
//!
//! As with commands, the channel is drained by a task from the moment it exists until it is closed,
//! so that a reader who is gone never stops the connection's other channels. What nobody has read
//! yet waits here. When there is no more room the connection waits, as it does for commands, but not
//! for long: a reader who takes nothing meanwhile loses the stream.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use russh::client::Msg;
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf};
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, ReadBuf, ReadHalf,
    WriteHalf, duplex, split,
};
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use crate::remote::Lost;

/// Bytes in flight between the reader and the draining task, each way.
const PASSING_BYTES: usize = 64 << 10;

/// Bytes that may wait for a reader, and at most one packet more.
const WAITING_BYTES_MAX: usize = 1 << 20;

/// As long as the whole connection waits for a reader who takes nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The reader's and writer's end. Dropping it closes the channel.
#[derive(Debug)]
pub(in crate::remote) struct Forwarded {
    near: DuplexStream,
    end: Arc<OnceLock<Broken>>,
    _held: oneshot::Sender<Infallible>,
}

/// An end of the stream before its own.
#[derive(Debug)]
enum Broken {
    Lost(Lost),
    Overrun,
}

/// Takes over an open channel.
pub(super) fn carry(channel: Channel<Msg>, lost: watch::Receiver<Option<Lost>>) -> Forwarded {
    let (near, far) = duplex(PASSING_BYTES);
    let (from, to) = split(far);
    let (read, write) = channel.split();
    let write = Arc::new(write);
    let (held, dropped) = oneshot::channel();
    let (gone, until_gone) = watch::channel(false);
    let end = Arc::new(OnceLock::new());
    let drain = Drain { write: Arc::clone(&write), end: Arc::clone(&end), lost };
    tokio::spawn(send(from, write, until_gone));
    tokio::spawn(async move {
        drain.run(read, to, dropped).await;
        gone.send_replace(true);
    });
    Forwarded { near, end, _held: held }
}

/// Our bytes to the server. The library does not wake a waiting writer when the channel or the
/// connection ends, so that is watched here.
async fn send(
    mut from: ReadHalf<DuplexStream>,
    write: Arc<ChannelWriteHalf<Msg>>,
    mut gone: watch::Receiver<bool>,
) {
    let sending = async {
        let mut buffer = BytesMut::with_capacity(PASSING_BYTES);
        while let Ok(1..) = from.read_buf(&mut buffer).await {
            write.data_bytes(buffer.split().freeze()).await?;
            buffer.reserve(PASSING_BYTES);
        }
        write.eof().await
    };
    tokio::select! {
        biased;
        _ = gone.wait_for(|gone| *gone) => {}
        // An error says that the channel is gone, which the draining task sees too.
        sent = sending => drop(sent),
    }
}

/// The task that always reads the channel.
struct Drain {
    write: Arc<ChannelWriteHalf<Msg>>,
    end: Arc<OnceLock<Broken>>,
    lost: watch::Receiver<Option<Lost>>,
}

/// What became of the channel.
enum Step {
    Data(Bytes),
    /// The server sends no more.
    EndOfData,
    /// The channel is closed.
    Closed,
    /// The connection is gone.
    Lost,
    /// Nobody wants it any more.
    Dropped,
    /// So many of the waiting bytes were taken.
    Taken(usize),
    /// There is no room, and nobody made any.
    Overrun,
    /// Of no interest.
    Other,
}

impl Drain {
    async fn run(
        &self,
        mut read: ChannelReadHalf,
        mut to: WriteHalf<DuplexStream>,
        mut dropped: oneshot::Receiver<Infallible>,
    ) {
        let mut waiting = BytesMut::new();
        let mut ended = false;
        loop {
            let full = waiting.len() >= WAITING_BYTES_MAX;
            let step = tokio::select! {
                message = read.wait(), if !full => step(message),
                () = sleep(PATIENCE), if full => Step::Overrun,
                _ = &mut dropped => Step::Dropped,
                taken = to.write(&waiting), if !waiting.is_empty() => {
                    taken.map_or(Step::Dropped, Step::Taken)
                }
            };
            match step {
                Step::Data(data) => waiting.extend_from_slice(&data),
                Step::Taken(count) => waiting.advance(count),
                Step::EndOfData => ended = true,
                Step::Closed => break,
                Step::Overrun => {
                    self.end.get_or_init(|| Broken::Overrun);
                    return self.close(read).await;
                }
                Step::Lost => {
                    let lost = self.lost.borrow().clone().unwrap_or(Lost::Closed);
                    self.end.get_or_init(|| Broken::Lost(lost));
                    break;
                }
                Step::Dropped => return self.close(read).await,
                Step::Other => {}
            }
            if ended && waiting.is_empty() {
                // The reader is told at once; the server may close much later. A reader that has
                // gone does not want to know.
                drop(to.shutdown().await);
            }
        }
        // Nothing comes any more; what is here waits for its reader.
        tokio::select! {
            _ = &mut dropped => {}
            written = to.write_all(&waiting) => drop(written),
        }
    }

    /// Closes the channel, and reads on until that is done: the connection's queue may be full
    /// because it waits for us to read.
    async fn close(&self, mut read: ChannelReadHalf) {
        let write = Arc::clone(&self.write);
        let mut closing = tokio::spawn(async move { drop(write.close().await) });
        loop {
            tokio::select! {
                _ = &mut closing => return,
                message = read.wait() => {
                    if matches!(step(message), Step::Closed | Step::Lost) {
                        return;
                    }
                }
            }
        }
    }
}

fn step(message: Option<ChannelMsg>) -> Step {
    match message {
        None => Step::Lost,
        Some(ChannelMsg::Data { data }) => Step::Data(data),
        Some(ChannelMsg::Eof) => Step::EndOfData,
        Some(ChannelMsg::Close) => Step::Closed,
        Some(_) => Step::Other,
    }
}

impl AsyncRead for Forwarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.near).poll_read(cx, buffer))?;
        let nothing = buffer.filled().len() == before && buffer.remaining() > 0;
        match self.end.get().filter(|_| nothing) {
            None => Poll::Ready(Ok(())),
            Some(Broken::Lost(lost)) => Poll::Ready(Err(io::Error::other(lost.clone()))),
            Some(Broken::Overrun) => {
                Poll::Ready(Err(io::Error::other("it was left unread for too long")))
            }
        }
    }
}

impl AsyncWrite for Forwarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.near).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.near).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.near).poll_shutdown(cx)
    }
}
