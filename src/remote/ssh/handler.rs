//! What the SSH library calls back, on the session's own task: nothing here waits for anything.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use russh::client::{ChannelOpenHandle, DisconnectReason, Msg, Session};
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{Channel, client};
use tokio::sync::watch;

use super::known_hosts::{Acquaintance, Verdict};
use crate::remote::Lost;
use crate::remote::limits::{SERVER_TEXT_BYTES_MAX, cut, prefix};

/// What was seen of a server from its callbacks.
#[derive(Debug, Default)]
pub(super) struct Seen {
    host_key: OnceLock<(PublicKey, Verdict)>,
    banner: Mutex<String>,
    /// The server has no way left to log in, and the library ended the session over it.
    pub(super) no_methods: AtomicBool,
    /// We are leaving: an end that follows is ours.
    pub(super) leaving: AtomicBool,
}

impl Seen {
    /// The key that the server presented, and what known_hosts says to it.
    pub(super) fn host_key(&self) -> Option<&(PublicKey, Verdict)> {
        self.host_key.get()
    }

    /// The text shown before the login, as sent, cut.
    pub(super) fn banner(&self) -> String {
        self.banner.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The callbacks of one session.
#[derive(Debug)]
pub(super) struct Handler {
    known: Acquaintance,
    /// Whether an unknown key may pass the key exchange: it is then accepted or refused before
    /// anything else is sent.
    unknown_may_pass: bool,
    seen: Arc<Seen>,
    lost: watch::Sender<Option<Lost>>,
}

impl Handler {
    pub(super) fn new(
        known: Acquaintance,
        unknown_may_pass: bool,
        seen: Arc<Seen>,
        lost: watch::Sender<Option<Lost>>,
    ) -> Self {
        Self { known, unknown_may_pass, seen, lost }
    }

    fn how(&self, reason: DisconnectReason<russh::Error>) -> Lost {
        if self.seen.leaving.load(Ordering::Acquire) {
            return Lost::Left;
        }
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => Lost::Disconnected(cut(&info.message)),
            DisconnectReason::Error(error) => self.broken(&error),
        }
    }

    fn broken(&self, error: &russh::Error) -> Lost {
        if matches!(error, russh::Error::NoAuthMethod) {
            self.seen.no_methods.store(true, Ordering::Release);
        }
        lost_by(error).unwrap_or_else(|| Lost::Broken(cut(&error.to_string())))
    }
}

/// The loss that an error of the library means; `None` if it is about something else.
#[expect(clippy::wildcard_enum_match_arm, reason = "the library has forty errors")]
pub(super) fn lost_by(error: &russh::Error) -> Option<Lost> {
    use russh::Error;
    match error {
        Error::KeepaliveTimeout | Error::InactivityTimeout => Some(Lost::Silent),
        Error::HUP | Error::Disconnect | Error::NoAuthMethod => Some(Lost::Closed),
        Error::IO(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => Some(Lost::Closed),
        Error::IO(io) => Some(Lost::Broken(io.to_string())),
        _ => None,
    }
}

impl client::Handler for Handler {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        presented: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        // Certificates are not asked for, so none may come.
        if presented.certificate().is_some() {
            return Ok(false);
        }
        let key = presented.public_key();
        let verdict = self.known.judge(&key);
        let pass = match &verdict {
            Verdict::Trusted => true,
            Verdict::Unknown => self.unknown_may_pass,
            Verdict::Changed { .. } | Verdict::Revoked(_) | Verdict::AuthorityOnly(_) => false,
        };
        self.seen.host_key.get_or_init(|| (key, verdict));
        Ok(pass)
    }

    async fn auth_banner(&mut self, banner: &str, _: &mut Session) -> Result<(), Self::Error> {
        let mut kept = self.seen.banner.lock().unwrap_or_else(PoisonError::into_inner);
        let room = SERVER_TEXT_BYTES_MAX.saturating_sub(kept.len());
        kept.push_str(prefix(banner, room));
        Ok(())
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<Self::Error>,
    ) -> Result<(), Self::Error> {
        let how = self.how(reason);
        self.lost.send_replace(Some(how));
        Ok(())
    }

    // The library accepts what a server opens unless told otherwise. A dropped reply refuses.

    async fn server_channel_open_forwarded_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_forwarded_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_agent_forward(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_session(
        &mut self,
        _: Channel<Msg>,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_direct_tcpip(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_direct_streamlocal(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }

    async fn server_channel_open_x11(
        &mut self,
        _: Channel<Msg>,
        _: &str,
        _: u32,
        _: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), Self::Error> {
        Ok(())
    }
}
