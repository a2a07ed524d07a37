//! One connection's callbacks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use russh::keys::PublicKey;
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Response};
use russh::server::{Session as Server, VerifiedPublicKey};
use russh::{Channel, ChannelId, ChannelOpenFailure, Pty};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;

use super::{Fault, Host, exec, terminal};
use crate::remote::Described;

/// Questions of [`Fault::FloodsPrompts`].
const PROMPTS_FLOOD: usize = 1000;

/// The state of one connection.
#[derive(Debug)]
pub(super) struct Session {
    host: Arc<Host>,
    /// Opened and waiting for their command.
    waiting: BTreeMap<ChannelId, Channel<Msg>>,
    /// The terminals that were asked for, and their sizes as they change.
    terminals: BTreeMap<ChannelId, watch::Sender<Described>>,
    open: usize,
}

impl Session {
    pub(super) fn new(host: Arc<Host>) -> Self {
        Self { host, waiting: BTreeMap::new(), terminals: BTreeMap::new(), open: 0 }
    }

    fn knows(&self, key: &PublicKey) -> bool {
        self.host.keys.iter().any(|known| known.key_data() == key.key_data())
    }

    /// A wrong answer may be followed by another try of the same method, as with sshd.
    fn judge(&self, right: bool) -> Auth {
        if right {
            return Auth::Accept;
        }
        let methods = Some(self.host.ssh.methods.clone());
        Auth::Reject { proceed_with_methods: methods, partial_success: false }
    }
}

impl Handler for Session {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        _: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.judge(self.knows(offer.public_key)))
    }

    async fn auth_publickey(
        &mut self,
        _: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(self.judge(self.knows(key.public_key)))
    }

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        Ok(self.judge(self.host.config.password.as_deref() == Some(password)))
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        let Some(mut response) = response else {
            let count =
                if self.host.config.fault == Fault::FloodsPrompts { PROMPTS_FLOOD } else { 1 };
            return Ok(Auth::Partial {
                name: Cow::Borrowed("Second factor"),
                instructions: Cow::Borrowed("See your token."),
                prompts: Cow::Owned(vec![(Cow::Borrowed("Code: "), false); count]),
            });
        };
        let code = response.next();
        let right = self.host.config.code.as_deref().map(str::as_bytes);
        Ok(self.judge(code.is_some() && code.as_deref() == right))
    }

    async fn authentication_banner(&mut self) -> Result<Option<String>, Self::Error> {
        let flood = self.host.config.fault == Fault::FloodsBanner;
        Ok(flood.then(|| "\u{1b}[2Jflood ".repeat(20_000)))
    }

    async fn auth_succeeded(&mut self, session: &mut Server) -> Result<(), Self::Error> {
        if self.host.config.fault == Fault::OpensChannels {
            tokio::spawn(open_channels(Arc::clone(&self.host), session.handle()));
        }
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Server,
    ) -> Result<(), Self::Error> {
        if self.host.config.fault == Fault::SilentAfterLogin {
            // Holds the session's own task: nothing is answered any more.
            std::future::pending::<()>().await;
        }
        if self.host.config.sessions_max.is_some_and(|max| self.open >= max) {
            reply.reject(ChannelOpenFailure::ConnectFailed).await;
            return Ok(());
        }
        self.open += 1;
        self.waiting.insert(channel.id(), channel);
        reply.accept().await;
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Server) -> Result<(), Self::Error> {
        self.waiting.remove(&id);
        self.terminals.remove(&id);
        self.open = self.open.saturating_sub(1);
        Ok(())
    }

    async fn exec_request(
        &mut self,
        id: ChannelId,
        command: &[u8],
        session: &mut Server,
    ) -> Result<(), Self::Error> {
        let refused = self.host.config.fault == Fault::RefusesExec;
        let Some(channel) = self.waiting.remove(&id).filter(|_| !refused) else {
            return session.channel_failure(id);
        };
        session.channel_success(id)?;
        let (host, client) = (Arc::clone(&self.host), session.handle());
        match self.terminals.get(&id) {
            Some(size) => {
                let sizes = size.subscribe();
                tokio::spawn(terminal::run(host, channel, client, command.to_vec(), sizes));
            }
            None => drop(tokio::spawn(exec::run(host, channel, client, command.to_vec()))),
        }
        Ok(())
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &[(Pty, u32)],
        session: &mut Server,
    ) -> Result<(), Self::Error> {
        let (columns, rows) = (cells(columns), cells(rows));
        let described = Described { term: term.to_owned(), columns, rows };
        self.terminals.insert(id, watch::Sender::new(described));
        session.channel_success(id)
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        _: u32,
        _: u32,
        _: &mut Server,
    ) -> Result<(), Self::Error> {
        if let Some(size) = self.terminals.get(&id) {
            size.send_modify(|now| (now.columns, now.rows) = (cells(columns), cells(rows)));
        }
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _: &str,
        _: u32,
        reply: ChannelOpenHandle,
        _: &mut Server,
    ) -> Result<(), Self::Error> {
        let port = u16::try_from(port).ok().filter(|_| self.host.config.forwarding);
        let Some(port) = port else {
            reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await;
            return Ok(());
        };
        let host = host.to_owned();
        let connecting = async move { TcpStream::connect((host.as_str(), port)).await };
        tokio::spawn(forward(channel, reply, connecting));
        Ok(())
    }

    async fn channel_open_direct_streamlocal(
        &mut self,
        channel: Channel<Msg>,
        path: &str,
        reply: ChannelOpenHandle,
        _: &mut Server,
    ) -> Result<(), Self::Error> {
        if !self.host.config.forwarding {
            // As OpenSSH says it, which has no reason of its own for this.
            reply.reject(ChannelOpenFailure::ConnectFailed).await;
            return Ok(());
        }
        let path = path.to_owned();
        let connecting = async move { UnixStream::connect(path).await };
        tokio::spawn(forward(channel, reply, connecting));
        Ok(())
    }
}

fn cells(count: u32) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Joins a channel and what it was opened for, until either ends.
async fn forward(
    channel: Channel<Msg>,
    reply: ChannelOpenHandle,
    connecting: impl Future<Output = io::Result<impl AsyncRead + AsyncWrite + Unpin>>,
) {
    match connecting.await {
        Err(_) => reply.reject(ChannelOpenFailure::ConnectFailed).await,
        Ok(mut stream) => {
            reply.accept().await;
            let mut channel = channel.into_stream();
            // Either end may go at any time; that is the end of it.
            drop(tokio::io::copy_bidirectional(&mut channel, &mut stream).await);
        }
    }
}

/// Tries every kind of channel that a server can open.
async fn open_channels(host: Arc<Host>, client: russh::server::Handle) {
    let tell = |kind: &'static str, taken: bool| {
        host.opened.send_modify(|opened| opened.push((kind, taken)));
    };
    tell("session", client.channel_open_session().await.is_ok());
    tell("agent", client.channel_open_agent().await.is_ok());
    tell("x11", client.channel_open_x11("127.0.0.1", 1).await.is_ok());
    tell("direct-tcpip", client.channel_open_direct_tcpip("a", 1, "b", 2).await.is_ok());
    tell("direct-streamlocal", client.channel_open_direct_streamlocal("/a").await.is_ok());
    tell("forwarded-tcpip", client.channel_open_forwarded_tcpip("a", 1, "b", 2).await.is_ok());
    tell("forwarded-streamlocal", client.channel_open_forwarded_streamlocal("/a").await.is_ok());
}
