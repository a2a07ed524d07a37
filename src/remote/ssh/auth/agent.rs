//! The operator's ssh-agent: asked with a limit, because it may hang (a forwarded one whose far
//! end is gone, a token that waits for a touch).

use std::path::Path;
use std::time::Duration;

use russh::keys::HashAlg;
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::{AgentAuthError, SendError, Signer};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::super::connection::Fresh;

/// An agent with the keys it holds.
pub(super) struct Agent {
    client: AgentClient<UnixStream>,
    limit: Duration,
    pub(super) identities: Vec<AgentIdentity>,
}

/// Why an agent did not sign.
#[derive(Debug)]
pub(super) enum Unsigned {
    Hung,
    Refused(String),
    Lost,
}

impl From<SendError> for Unsigned {
    fn from(_: SendError) -> Self {
        Self::Lost
    }
}

impl Agent {
    /// Connects to the agent at `socket`, ties it to the session as OpenSSH does (keys may be
    /// bound to hosts), and lists its keys.
    ///
    /// # Errors
    /// Why its keys cannot be used, in words.
    pub(super) async fn open(
        socket: &Path,
        fresh: &Fresh,
        list_limit: Duration,
        sign_limit: Duration,
    ) -> Result<Self, String> {
        let listing = async {
            let mut client = AgentClient::connect_uds(socket).await.map_err(|e| e.to_string())?;
            if let Some(binding) = fresh.handle.agent_session_binding() {
                // Agents that do not know the extension refuse it, which is no harm.
                drop(client.bind_session(binding, false).await);
            }
            let identities = client.request_identities().await.map_err(|e| e.to_string())?;
            Ok(Self { client, limit: sign_limit, identities })
        };
        timeout(list_limit, listing).await.unwrap_or_else(|_| Err("it does not answer".to_owned()))
    }
}

impl Signer for Agent {
    type Error = Unsigned;

    async fn auth_sign(
        &mut self,
        key: &AgentIdentity,
        hash: Option<HashAlg>,
        data: Vec<u8>,
    ) -> Result<Vec<u8>, Unsigned> {
        match timeout(self.limit, self.client.auth_sign(key, hash, data)).await {
            Err(_) => Err(Unsigned::Hung),
            Ok(Ok(signed)) => Ok(signed),
            Ok(Err(AgentAuthError::Send(_))) => Err(Unsigned::Lost),
            Ok(Err(AgentAuthError::Key(error))) => Err(Unsigned::Refused(error.to_string())),
        }
    }
}
