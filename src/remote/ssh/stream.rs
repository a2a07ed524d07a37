//! The stream under a session: a TCP connection, or a channel of the jump host.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use super::config::{Family, Settings};
use crate::remote::{Limits, Phase, Problem};

/// A TCP connection to the first address of the host that takes one.
pub(super) async fn tcp(settings: &Settings, limits: &Limits) -> Result<Prompt, Problem> {
    let limit = settings.tcp_timeout.unwrap_or(limits.tcp);
    let mut tried = Vec::new();
    let mut silent = true;
    for address in addresses(settings, limits).await? {
        match timeout(limit, dial(address, settings)).await {
            Ok(Ok(stream)) => return Ok(Prompt(stream)),
            Ok(Err(error)) => {
                silent = false;
                tried.push((address.to_string(), error.to_string()));
            }
            Err(_) => tried.push((address.to_string(), "no answer in time".to_owned())),
        }
    }
    if silent && !tried.is_empty() {
        return Err(Problem::TimedOut { phase: Phase::Tcp });
    }
    Err(Problem::Unreachable { tried })
}

async fn addresses(settings: &Settings, limits: &Limits) -> Result<Vec<SocketAddr>, Problem> {
    let name = &settings.host;
    let failed = |cause: String| Problem::Resolve { name: name.clone(), cause };
    let found = match timeout(limits.tcp, lookup_host((name.as_str(), settings.port))).await {
        Err(_) => return Err(Problem::TimedOut { phase: Phase::Resolve }),
        Ok(Err(error)) => return Err(failed(error.to_string())),
        Ok(Ok(found)) => found,
    };
    let found: Vec<SocketAddr> = found
        .filter(|address| match settings.family {
            Family::Any => true,
            Family::V4 => address.is_ipv4(),
            Family::V6 => address.is_ipv6(),
        })
        .collect();
    if found.is_empty() {
        return Err(failed("it has no address of the wanted family".to_owned()));
    }
    Ok(found)
}

async fn dial(address: SocketAddr, settings: &Settings) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    if let Some(from) = settings.bind {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A TCP connection on which what was read is acknowledged at once. A server that collects small
/// packets (sshd does while it lets somebody in) holds the next one back until then, and a system that
/// has nothing to send waits up to 40 ms before it acknowledges: together they cost a host at 40 ms two
/// round trips.
#[derive(Debug)]
pub(super) struct Prompt(TcpStream);

impl Prompt {
    /// The system falls back by itself, so it is asked after each read.
    fn acknowledge(&self) {
        #[cfg(target_os = "linux")]
        // Where it cannot be had, it is only slower.
        drop(self.0.set_quickack(true));
    }
}

impl AsyncRead for Prompt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.0).poll_read(cx, buffer);
        if polled.is_ready() {
            self.acknowledge();
        }
        polled
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// A stream that remembers whether the other side has said anything at all.
#[derive(Debug)]
pub(super) struct Heard<S> {
    stream: S,
    heard: Arc<AtomicBool>,
}

impl<S> Heard<S> {
    pub(super) fn new(stream: S, heard: Arc<AtomicBool>) -> Self {
        Self { stream, heard }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.heard.store(true, Ordering::Relaxed);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
