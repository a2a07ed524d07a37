//! Making connections.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hmac::{Hmac, KeyInit as _, Mac as _};
use russh::client;
use russh::keys::PublicKey;
use sha2::Sha256;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;

use super::algorithms::client_config;
use super::auth::{Keyring, Login, Round};
use super::config::{Settings, Target, Unknown, resolve};
use super::connection::{Connection, Fresh, not_forwarded};
use super::handler::{Handler, Seen, lost_by};
use super::jump::Hops;
use super::known_hosts::{Acquaintance, Lesson, Verdict, fingerprint, learn};
use super::stream::{Heard, tcp};
use crate::remote::limits::{REBUILDS_MAX, cut};
use crate::remote::{
    Answer, Ask, ChangedKey, ConnectError, Environment, Limits, Lost, Pacer, Phase, Problem,
    Question,
};

/// Makes connections, with what they share: the pace, jump hosts, and unlocked keys.
pub struct Connector {
    environment: Environment,
    limits: Limits,
    ask: Arc<dyn Ask>,
    pacer: Pacer,
    keyring: Keyring,
    hops: Hops,
}

/// A host whose way in is settled.
struct Way<'a> {
    name: &'a str,
    settings: &'a Settings,
    through: Through<'a>,
}

/// What carries a connection.
enum Through<'a> {
    Tcp,
    Jump(&'a str, Arc<Connection>),
}

impl Through<'_> {
    fn jump(&self) -> Option<(&str, &Arc<Connection>)> {
        match self {
            Self::Jump(name, hop) => Some((name, hop)),
            Self::Tcp => None,
        }
    }
}

/// How a host is reached, as ssh resolves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Who logs in.
    pub user: String,
    /// The machine's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The host through which it is reached.
    pub jump: Option<String>,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Connector {
    /// A maker of connections from this machine.
    pub fn new(environment: Environment, limits: Limits, ask: Arc<dyn Ask>, pacer: Pacer) -> Self {
        let (keyring, hops) = (Keyring::default(), Hops::default());
        Self { environment, limits, ask, pacer, keyring, hops }
    }

    /// Connects to `target` and logs in. Safe to drop at any point.
    ///
    /// # Errors
    /// The host's name and the [`Problem`].
    pub async fn connect(&self, target: &Target) -> Result<Connection, ConnectError> {
        let named = |problem| ConnectError { host: target.name().to_owned(), problem };
        let settings = resolve(target, &self.environment, &self.limits).await.map_err(named)?;
        let through = match &settings.jump {
            None => Through::Tcp,
            Some(jump) => {
                let hop =
                    self.hop(jump).await.map_err(|error| named(Problem::Jump(error.into())))?;
                Through::Jump(jump.name(), hop)
            }
        };
        let way = Way { name: target.name(), settings: &settings, through };
        self.enter(&way).await.map_err(named)
    }

    /// How `target` is reached, without connecting it.
    ///
    /// # Errors
    /// The host's name and why ssh's configuration does not say.
    pub async fn route(&self, target: &Target) -> Result<Route, ConnectError> {
        let named = |problem| ConnectError { host: target.name().to_owned(), problem };
        let settings = resolve(target, &self.environment, &self.limits).await.map_err(named)?;
        let jump = settings.jump.map(|jump| jump.name().to_owned());
        Ok(Route { user: settings.user, host: settings.host, port: settings.port, jump })
    }

    /// The shared connection to a jump host.
    async fn hop(&self, jump: &Target) -> Result<Arc<Connection>, ConnectError> {
        let named = |problem| ConnectError { host: jump.name().to_owned(), problem };
        let settings = resolve(jump, &self.environment, &self.limits).await.map_err(named)?;
        if settings.jump.is_some() {
            return Err(named(Problem::Config(
                "it is reached through another jump host itself; only one is supported".to_owned(),
            )));
        }
        let key = format!("{}@{}:{} {}", settings.user, settings.host, settings.port, jump.name());
        let way = Way { name: jump.name(), settings: &settings, through: Through::Tcp };
        self.hops.get(key, async { self.enter(&way).await.map_err(named) }).await
    }

    /// Exchanges keys and logs in, again as long as a login only spoiled its connection.
    async fn enter(&self, way: &Way<'_>) -> Result<Connection, Problem> {
        let jump = way.through.jump();
        let _pace = self.pacer.admit(jump.map(|(name, _)| name)).await;
        let settings = way.settings;
        let ask: &dyn Ask = if settings.login.batch { &crate::remote::NoAsk } else { &*self.ask };
        let mut login = Login::new(way.name, settings, ask, &self.limits, &self.keyring);
        for _ in 0..=REBUILDS_MAX {
            let mut fresh = self.meet(way, ask).await?;
            match login.round(&mut fresh).await? {
                Round::In => {
                    let through = jump.map(|(_, hop)| Arc::clone(hop));
                    return Ok(Connection::new(fresh, self.limits.clone(), through));
                }
                Round::Again => {}
            }
        }
        Err(Problem::Lost { phase: Phase::Login, lost: Lost::Closed })
    }

    /// A session with a host whose key is trusted. Nothing but the key exchange has been sent.
    async fn meet(&self, way: &Way<'_>, ask: &dyn Ask) -> Result<Fresh, Problem> {
        for _ in 0..=REBUILDS_MAX {
            let known = self.acquaintance(way.settings).await?;
            let may_pass = match way.settings.trust.unknown {
                Unknown::Refuse => false,
                Unknown::Learn => true,
                Unknown::Ask => ask.can_ask(),
            };
            let seen = Arc::new(Seen::default());
            let met = self.handshake(way, known, may_pass, Arc::clone(&seen)).await;
            let Some((key, verdict)) = seen.host_key() else { return met };
            let Some(problem) = untrusted(&way.settings.trust.name, key, verdict) else {
                return met;
            };
            let fresh = match met {
                Ok(fresh) => fresh,
                // The key would have been asked about, but the exchange failed after it.
                Err(other) if may_pass && *verdict == Verdict::Unknown => return Err(other),
                Err(_) => return Err(problem),
            };
            self.introduce(way.settings, key, problem, ask).await?;
            // The person may have taken longer than the server waits; the key is known now.
            if !fresh.handle.is_closed() {
                return Ok(fresh);
            }
        }
        Err(Problem::Lost { phase: Phase::KeyExchange, lost: Lost::Closed })
    }

    async fn acquaintance(&self, settings: &Settings) -> Result<Acquaintance, Problem> {
        let trust = settings.trust.clone();
        let read = move || {
            let files = [trust.user_files, trust.global_files].concat();
            Acquaintance::read(&files, &trust.name)
        };
        match tokio::task::spawn_blocking(read).await {
            Ok(known) => known,
            Err(error) => Err(Problem::Config(format!("known_hosts could not be read: {error}"))),
        }
    }

    async fn handshake(
        &self,
        way: &Way<'_>,
        known: Acquaintance,
        unknown_may_pass: bool,
        seen: Arc<Seen>,
    ) -> Result<Fresh, Problem> {
        let config = client_config(way.settings, &known, &self.limits);
        let (sender, lost) = watch::channel(None);
        let handler = Handler::new(known, unknown_may_pass, Arc::clone(&seen), sender);
        let handle = match &way.through {
            Through::Tcp => {
                let stream = tcp(way.settings, &self.limits).await?;
                self.exchange(stream, config, handler).await?
            }
            Through::Jump(jump, hop) => {
                let channel = hop
                    .forward(&way.settings.host, way.settings.port)
                    .await
                    .map_err(|error| not_forwarded(error, jump))?;
                self.exchange(channel.into_stream(), config, handler).await?
            }
        };
        Ok(Fresh { handle, seen, lost })
    }

    async fn exchange(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        config: Arc<client::Config>,
        handler: Handler,
    ) -> Result<client::Handle<Handler>, Problem> {
        let heard = Arc::new(AtomicBool::new(false));
        let stream = Heard::new(stream, Arc::clone(&heard));
        let exchanged =
            timeout(self.limits.handshake, client::connect_stream(config, stream, handler)).await;
        let phase = if heard.load(Ordering::Relaxed) { Phase::KeyExchange } else { Phase::Banner };
        match exchanged {
            Err(_) => Err(Problem::TimedOut { phase }),
            Ok(Ok(handle)) => Ok(handle),
            Ok(Err(error)) => Err(handshake_problem(&error, phase)),
        }
    }

    /// Accepts an unknown key as the settings say, or returns `problem`.
    async fn introduce(
        &self,
        settings: &Settings,
        key: &PublicKey,
        problem: Problem,
        ask: &dyn Ask,
    ) -> Result<(), Problem> {
        let trust = &settings.trust;
        let Some(file) = trust.user_files.first().cloned() else { return Err(problem) };
        let accepted = match trust.unknown {
            Unknown::Refuse => false,
            Unknown::Learn => true,
            Unknown::Ask => {
                let question = Question::UnknownHostKey {
                    host: trust.name.clone(),
                    key_type: key.algorithm().to_string(),
                    fingerprint: fingerprint(key),
                    file: file.clone(),
                };
                matches!(ask.ask(question).await, Some(Answer::Yes))
            }
        };
        if !accepted {
            return Err(problem);
        }
        let salt = trust.hash_names.then(|| self.salt(&trust.name));
        let lesson =
            Lesson { file: file.clone(), name: trust.name.clone(), key: key.clone(), salt };
        let stored = match tokio::task::spawn_blocking(move || learn(&lesson)).await {
            Ok(stored) => stored.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        stored.map_err(|why| Problem::HostKeyNotStored { file, why })
    }

    /// A salt that nobody can guess and that differs for each name.
    fn salt(&self, name: &str) -> [u8; 20] {
        let mut salt = [0; 20];
        if let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.environment.seed) {
            let digest = mac.chain_update(name.as_bytes()).finalize().into_bytes();
            salt.copy_from_slice(&digest[..20]);
        }
        salt
    }
}

/// The problem with a presented key, unless it is trusted.
fn untrusted(name: &str, key: &PublicKey, verdict: &Verdict) -> Option<Problem> {
    let (name, key_type) = (name.to_owned(), key.algorithm().to_string());
    let fingerprint = fingerprint(key);
    match verdict.clone() {
        Verdict::Trusted => None,
        Verdict::Unknown => Some(Problem::HostKeyUnknown { name, key_type, fingerprint }),
        Verdict::Changed { known, known_fingerprint } => {
            Some(Problem::HostKeyChanged(Box::new(ChangedKey {
                name,
                known,
                known_fingerprint,
                key_type,
                fingerprint,
            })))
        }
        Verdict::Revoked(at) => Some(Problem::HostKeyRevoked { fingerprint, at }),
        Verdict::AuthorityOnly(at) => Some(Problem::HostKeyAuthority { at }),
    }
}

fn handshake_problem(error: &russh::Error, phase: Phase) -> Problem {
    match lost_by(error) {
        Some(lost) => Problem::Lost { phase, lost },
        None => Problem::Handshake(cut(&error.to_string())),
    }
}
