//! A byte stream to something that listens on a host, or that the host can connect to.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use super::{Lost, ssh};

/// What to connect to, as the host sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// A TCP port; over SSH by `direct-tcpip` (RFC 4254, 7.2).
    Tcp {
        /// A name or an address, looked up on the host.
        host: String,
        /// The port.
        port: u16,
    },
    /// The absolute path of a unix socket; over SSH by `direct-streamlocal@openssh.com`
    /// (OpenSSH's PROTOCOL, 2.4).
    Unix(String),
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => f.write_str(path),
        }
    }
}

/// Why there is no stream to an [`Endpoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReachError {
    /// The SSH server does not forward, with its reason. Says nothing about the endpoint.
    Forbidden(String),
    /// The host tried to connect and could not, with its reason.
    Unconnected(String),
    /// As far as can be told from here, either of the two: OpenSSH gives one reason for both
    /// where the endpoint is a unix socket.
    ForbiddenOrUnconnected(String),
    /// The server did not answer in time.
    TimedOut,
    /// The connection is gone.
    Lost(Lost),
}

impl ReachError {
    /// Whether a program on the host itself may reach what this connection cannot.
    pub fn is_the_connections(&self) -> bool {
        match self {
            Self::Forbidden(_) | Self::ForbiddenOrUnconnected(_) => true,
            Self::Unconnected(_) | Self::TimedOut | Self::Lost(_) => false,
        }
    }

    /// What the operator can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Forbidden(_) => {
                Some("sshd's AllowTcpForwarding and AllowStreamLocalForwarding decide this")
            }
            Self::ForbiddenOrUnconnected(_) => {
                Some("is the socket there, and does sshd's AllowStreamLocalForwarding allow it?")
            }
            Self::Unconnected(_) => Some("is the web server running, and does it listen there?"),
            Self::TimedOut | Self::Lost(_) => None,
        }
    }
}

impl fmt::Display for ReachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(reason) => {
                write!(f, "the SSH server does not forward connections: {reason}")
            }
            Self::Unconnected(reason) => write!(f, "the host cannot connect to it: {reason}"),
            Self::ForbiddenOrUnconnected(reason) => {
                write!(f, "the SSH server did not connect to it: {reason}")
            }
            Self::TimedOut => f.write_str("the SSH server did not connect to it in time"),
            Self::Lost(lost) => lost.fmt(f),
        }
    }
}

impl std::error::Error for ReachError {}

/// A connection to an [`Endpoint`].
///
/// It is read as fast as it comes. Over SSH 1 MiB may wait here; when that is full and nothing of it
/// is taken for a second, the stream is closed, and reading on is an error: all streams and pipes of
/// a connection share one line.
#[derive(Debug)]
pub struct Stream(Carrier);

#[derive(Debug)]
enum Carrier {
    Ssh(ssh::Forwarded),
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    pub(super) fn ssh(forwarded: ssh::Forwarded) -> Self {
        Self(Carrier::Ssh(forwarded))
    }

    /// Connects from this machine.
    pub(super) async fn local(endpoint: &Endpoint) -> Result<Self, ReachError> {
        let connected = match endpoint {
            Endpoint::Tcp { host, port } => {
                TcpStream::connect((host.as_str(), *port)).await.map(Carrier::Tcp)
            }
            Endpoint::Unix(path) => UnixStream::connect(path).await.map(Carrier::Unix),
        };
        connected.map(Self).map_err(|error| ReachError::Unconnected(error.to_string()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Carrier::Ssh(stream) => Pin::new(stream).poll_read(cx, buffer),
            Carrier::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Carrier::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            Carrier::Ssh(stream) => Pin::new(stream).poll_write(cx, bytes),
            Carrier::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Carrier::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Carrier::Ssh(stream) => Pin::new(stream).poll_flush(cx),
            Carrier::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Carrier::Unix(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Carrier::Ssh(stream) => Pin::new(stream).poll_shutdown(cx),
            Carrier::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Carrier::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
