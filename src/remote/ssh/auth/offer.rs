//! Offering keys: those of the agent, then those in files.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use russh::client::AuthResult;
use russh::keys::agent::AgentIdentity;
use russh::keys::{Certificate, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKey};
use russh::{SendError, Signer};
use tokio::time::timeout;
use zeroize::Zeroizing;

use super::super::connection::Fresh;
use super::super::known_hosts::fingerprint;
use super::agent::{Agent, Unsigned};
use super::keys::{Loaded, certificates, load};
use super::{Allowed, Login, Method, Step, allows};
use crate::remote::limits::KEYS_OFFERED_MAX;
use crate::remote::{Phase, Problem};

/// The keys to offer on one connection, in order.
pub(super) struct Keys {
    agent: Option<Agent>,
    queue: VecDeque<Key>,
    offered: usize,
    /// The hash that RSA keys sign with here, once it was asked for; `None` inside: SHA-1 only.
    rsa_hash: Option<Option<HashAlg>>,
}

enum Key {
    Agent(Box<AgentIdentity>),
    File(Box<FileKey>),
}

struct FileKey {
    file: PathBuf,
    half: Half,
    certificates: Vec<Certificate>,
}

/// How much of a key file is readable.
enum Half {
    Whole(Arc<PrivateKey>),
    Locked { public: Option<PublicKey>, text: Zeroizing<String> },
}

/// Learns whether a server would take a key, before a person is asked to unlock it.
struct Probe;

/// The server takes the key, or the connection went.
enum Probed {
    Wanted,
    Lost,
}

impl From<SendError> for Probed {
    fn from(_: SendError) -> Self {
        Self::Lost
    }
}

impl Signer for Probe {
    type Error = Probed;

    async fn auth_sign(
        &mut self,
        _: &AgentIdentity,
        _: Option<HashAlg>,
        _: Vec<u8>,
    ) -> Result<Vec<u8>, Probed> {
        Err(Probed::Wanted)
    }
}

impl Login<'_> {
    /// The keys in ssh's order: those in the agent that are configured, the agent's others
    /// (unless `IdentitiesOnly`), and the files that the agent does not hold.
    pub(super) async fn gather(&mut self, fresh: &Fresh) -> Keys {
        let files = self.files().await;
        let mut agent = self.agent(fresh).await;
        let mut identities = agent.as_mut().map(|agent| std::mem::take(&mut agent.identities));
        let identities = identities.get_or_insert_default();
        let mut queue = VecDeque::new();
        let mut rest = Vec::new();
        for (file, loaded) in files {
            let public = loaded.public();
            let held = |identity: &AgentIdentity| {
                public
                    .as_ref()
                    .is_some_and(|key| identity.public_key().key_data() == key.key_data())
            };
            let (here, others): (Vec<_>, Vec<_>) = identities.drain(..).partition(held);
            *identities = others;
            if here.is_empty() {
                rest.push((file, loaded));
            }
            queue.extend(here.into_iter().map(Box::new).map(Key::Agent));
        }
        if !self.settings.login.only_files {
            queue.extend(identities.drain(..).map(Box::new).map(Key::Agent));
        }
        queue.extend(rest.into_iter().filter_map(|(file, loaded)| self.file_key(file, loaded)));
        Keys { agent, queue, offered: 0, rsa_hash: None }
    }

    async fn files(&self) -> Vec<(PathBuf, Loaded)> {
        let files = self.settings.login.files.clone();
        let read = move || files.into_iter().map(|file| (file.clone(), load(&file))).collect();
        // A panic of the reader leaves no keys, which the denial then tells.
        tokio::task::spawn_blocking(read).await.unwrap_or_default()
    }

    async fn agent(&mut self, fresh: &Fresh) -> Option<Agent> {
        let socket = self.settings.login.agent.as_ref().filter(|_| !self.agent_hung)?;
        if !self.settings.login.methods.contains(&Method::PublicKey) {
            return None;
        }
        let (list, sign) = (self.limits.agent_list, self.limits.agent_sign);
        match Agent::open(socket, fresh, list, sign).await {
            Ok(agent) => Some(agent),
            Err(why) => {
                self.report.passed_over(format!("the agent {}: {why}", socket.display()));
                None
            }
        }
    }

    fn file_key(&mut self, file: PathBuf, loaded: Loaded) -> Option<Key> {
        let only = self.settings.login.files.len() == 1;
        let half = match loaded {
            Loaded::Plain(key) => Half::Whole(key),
            Loaded::Locked { public, text } => Half::Locked { public, text },
            Loaded::Bad(why) => {
                self.report.bad_files.push(why);
                return None;
            }
            Loaded::Missing if only => {
                self.report.bad_files.push(format!("{} does not exist", file.display()));
                return None;
            }
            Loaded::Public(_) if only => {
                self.report.passed_over(format!("{} is not held by the agent", file.display()));
                return None;
            }
            Loaded::Missing | Loaded::Public(_) => return None,
        };
        let certificates = certificates(&file, &self.settings.login.certificates);
        Some(Key::File(Box::new(FileKey { file, half, certificates })))
    }

    /// Offers keys until one is taken, all are refused, or the server would have enough.
    pub(super) async fn offer(
        &mut self,
        fresh: &mut Fresh,
        keys: &mut Keys,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        while let Some(key) = keys.queue.pop_front() {
            if !allows(allowed, Method::PublicKey) {
                break;
            }
            if keys.offered >= KEYS_OFFERED_MAX {
                self.report.passed_over(format!(
                    "{} more keys, as servers take {KEYS_OFFERED_MAX} (set IdentitiesOnly)",
                    keys.queue.len() + 1
                ));
                break;
            }
            let step = match key {
                Key::Agent(identity) => self.offer_agent(fresh, keys, *identity, allowed).await?,
                Key::File(key) => self.offer_file(fresh, keys, *key, allowed).await?,
            };
            match step {
                Step::In | Step::Again | Step::Further => return Ok(step),
                Step::Refused | Step::Spent => {}
            }
        }
        Ok(Step::Spent)
    }

    async fn offer_agent(
        &mut self,
        fresh: &mut Fresh,
        keys: &mut Keys,
        identity: AgentIdentity,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        if self.agent_hung {
            return Ok(Step::Spent);
        }
        let public = identity.public_key().into_owned();
        let Some(hash) = self.rsa_hash(fresh, keys, &public).await? else {
            return Ok(Step::Spent);
        };
        let Some(agent) = keys.agent.as_mut() else { return Ok(Step::Spent) };
        self.report.tried(format!("key {} of the agent", fingerprint(&public)));
        keys.offered += 1;
        let user = &self.settings.user;
        let answer = async {
            match identity {
                AgentIdentity::PublicKey { key, .. } => {
                    fresh.handle.authenticate_publickey_with(user, key, hash, agent).await
                }
                AgentIdentity::Certificate { certificate, .. } => {
                    fresh.handle.authenticate_certificate_with(user, certificate, hash, agent).await
                }
            }
        };
        match timeout(self.limits.login + self.limits.agent_sign, answer).await {
            Err(_) => Err(Problem::TimedOut { phase: Phase::Login }),
            Ok(Ok(result)) => self.judge(fresh, allowed, result).await,
            Ok(Err(Unsigned::Hung)) => {
                self.agent_hung = true;
                self.report.passed_over("the agent, which did not sign in time".to_owned());
                // The server still waits for the signature; begin anew rather than trust that.
                Ok(Step::Again)
            }
            Ok(Err(Unsigned::Refused(why))) => {
                self.report.passed_over(format!("the agent refused to sign: {why}"));
                Ok(Step::Refused)
            }
            Ok(Err(Unsigned::Lost)) => self.gone(fresh).await,
        }
    }

    async fn offer_file(
        &mut self,
        fresh: &mut Fresh,
        keys: &mut Keys,
        FileKey { file, half, certificates }: FileKey,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        self.report.tried(format!("key {}", file.display()));
        keys.offered += 1;
        let key = match half {
            Half::Whole(key) => key,
            Half::Locked { public, text } => {
                if let Some(public) = public.filter(|_| certificates.is_empty()) {
                    let probed = self.probe(fresh, keys, public, allowed).await?;
                    if probed != Step::In {
                        return Ok(probed);
                    }
                }
                self.asked = true;
                let Some(key) = self.keyring.unlock(&file, &text, self.ask).await else {
                    self.report.passed_over(format!(
                        "{} is encrypted and was not unlocked",
                        file.display()
                    ));
                    return Ok(Step::Spent);
                };
                // The person may have taken longer than the server waits; the key is open now.
                if fresh.handle.is_closed() {
                    return Ok(Step::Again);
                }
                key
            }
        };
        let Some(hash) = self.rsa_hash(fresh, keys, key.public_key()).await? else {
            return Ok(Step::Spent);
        };
        let user = &self.settings.user;
        for certificate in certificates {
            if certificate.public_key() != key.public_key().key_data() {
                continue;
            }
            let key = Arc::clone(&key);
            let answer = fresh.handle.authenticate_openssh_cert(user, key, certificate);
            let step = self.settle(self.answer(answer).await?.ok(), fresh, allowed).await?;
            if step != Step::Refused {
                return Ok(step);
            }
        }
        let key = PrivateKeyWithHashAlg::new(key, hash);
        let answer = fresh.handle.authenticate_publickey(user, key);
        self.settle(self.answer(answer).await?.ok(), fresh, allowed).await
    }

    /// Like [`Login::judge`]; `None`, an error of the library, says only that the session ended.
    pub(super) async fn settle(
        &mut self,
        result: Option<AuthResult>,
        fresh: &mut Fresh,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        match result {
            Some(result) => self.judge(fresh, allowed, result).await,
            None => self.gone(fresh).await,
        }
    }

    /// [`Step::In`] if the server would take the key.
    async fn probe(
        &mut self,
        fresh: &mut Fresh,
        keys: &mut Keys,
        public: PublicKey,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        let Some(hash) = self.rsa_hash(fresh, keys, &public).await? else {
            return Ok(Step::Spent);
        };
        let user = &self.settings.user;
        let mut probe = Probe;
        let answer = fresh.handle.authenticate_publickey_with(user, public, hash, &mut probe);
        match self.answer(answer).await? {
            Err(Probed::Wanted) => Ok(Step::In),
            Err(Probed::Lost) => self.gone(fresh).await,
            Ok(result) => self.judge(fresh, allowed, result).await,
        }
    }

    /// The hash to sign with: outer `None` if this key cannot be used here at all.
    async fn rsa_hash(
        &mut self,
        fresh: &Fresh,
        keys: &mut Keys,
        public: &PublicKey,
    ) -> Result<Option<Option<HashAlg>>, Problem> {
        if !public.algorithm().is_rsa() {
            return Ok(Some(None));
        }
        let hash = match keys.rsa_hash {
            Some(known) => known,
            None => {
                // May take a second: the server's list comes when it likes. `None`: it sent none.
                match self.answer(fresh.handle.best_supported_rsa_hash()).await? {
                    Ok(Some(best)) => best,
                    Ok(None) | Err(_) => Some(HashAlg::Sha512),
                }
            }
        };
        keys.rsa_hash = Some(hash);
        if hash.is_none() {
            self.report.passed_over("RSA keys: the server takes them with SHA-1 only".to_owned());
            return Ok(None);
        }
        Ok(Some(hash))
    }
}
