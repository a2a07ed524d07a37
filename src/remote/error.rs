//! Why a host could not be connected to, in words an operator can act on.

use std::fmt;
use std::path::PathBuf;

use super::Lost;

/// A host that could not be connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectError {
    /// The host as the recipe names it.
    pub host: String,
    /// What went wrong.
    pub problem: Problem,
}

/// What went wrong while connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The name, the address or the ssh_config cannot be used as it is.
    Config(String),
    /// The name has no address.
    Resolve {
        /// The name that was looked up.
        name: String,
        /// The resolver's words.
        cause: String,
    },
    /// No address took the connection.
    Unreachable {
        /// Each address tried, with its error.
        tried: Vec<(String, String)>,
    },
    /// The other side did not answer in time.
    TimedOut {
        /// What was being waited for.
        phase: Phase,
    },
    /// The host speaks, but no SSH that we share.
    Handshake(String),
    /// The host's key is not known, and was not accepted.
    HostKeyUnknown {
        /// The name it would be stored under.
        name: String,
        /// Its type.
        key_type: String,
        /// Its SHA256 fingerprint.
        fingerprint: String,
    },
    /// The host's key is not the one that is known.
    HostKeyChanged(Box<ChangedKey>),
    /// The host's key has been revoked.
    HostKeyRevoked {
        /// The presented key's SHA256 fingerprint.
        fingerprint: String,
        /// Where it is revoked.
        at: KeyAt,
    },
    /// The host is known by a certificate authority only, which is not supported.
    HostKeyAuthority {
        /// Where the authority stands.
        at: KeyAt,
    },
    /// A known_hosts file cannot be read, or has a bad line about this host.
    HostKeyFile {
        /// The file and line; line 0 is the file as a whole.
        at: KeyAt,
        /// What is wrong.
        why: String,
    },
    /// A host key was accepted and could not be stored.
    HostKeyNotStored {
        /// The file.
        file: PathBuf,
        /// What the file system says.
        why: String,
    },
    /// Every way to log in was refused.
    Denied {
        /// The login name.
        user: String,
        /// What was tried, in order.
        tried: Vec<String>,
        /// What the server offers; empty if it did not say.
        offers: Vec<String>,
        /// Keys and methods that were passed over, and why.
        passed_over: Vec<String>,
    },
    /// There is no key to offer, because none of the configured ones can be used.
    KeyFile {
        /// Each file and what is wrong with it.
        problems: Vec<String>,
    },
    /// The jump host could not be connected to.
    Jump(Box<ConnectError>),
    /// The jump host does not connect further.
    JumpRefused {
        /// The jump host's name.
        jump: String,
        /// The server's reason.
        reason: String,
    },
    /// The connection was lost on the way.
    Lost {
        /// What was being done.
        phase: Phase,
        /// How it went away.
        lost: Lost,
    },
}

/// A host key that is not the known one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedKey {
    /// The name the host is known under.
    pub name: String,
    /// Where the known key stands.
    pub known: KeyAt,
    /// The known key's SHA256 fingerprint.
    pub known_fingerprint: String,
    /// The presented key's type.
    pub key_type: String,
    /// The presented key's SHA256 fingerprint.
    pub fingerprint: String,
}

impl fmt::Display for ChangedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, known, known_fingerprint, key_type, fingerprint } = self;
        write!(
            f,
            "the host key of {name} has CHANGED: it shows {key_type} {fingerprint}, but {known} \
             has {known_fingerprint}"
        )
    }
}

/// How far a connection had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Looking up the name.
    Resolve,
    /// Opening the TCP connection.
    Tcp,
    /// Waiting for the server's first word.
    Banner,
    /// Exchanging keys.
    KeyExchange,
    /// Logging in.
    Login,
    /// Opening the stream through the jump host.
    Forward,
}

/// A line of a known_hosts file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyAt {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; 0 is the file as a whole.
    pub line: usize,
}

/// The kinds of [`Problem`] that callers tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectKind {
    /// Something here must be changed first.
    Config,
    /// The host could not be reached or did not answer; may pass by itself.
    Unreachable,
    /// We do not trust the host.
    Untrusted,
    /// The host does not let us in.
    Denied,
}

impl ConnectError {
    /// Its kind, jump hosts looked through.
    pub fn kind(&self) -> ConnectKind {
        self.problem.kind()
    }

    /// Whether the same attempt may succeed later without anyone changing anything.
    pub fn is_worth_retrying(&self) -> bool {
        self.kind() == ConnectKind::Unreachable
    }

    /// What the operator can do, where there is something to say.
    pub fn hint(&self) -> Option<String> {
        self.problem.hint(&self.host)
    }
}

impl Problem {
    /// Its kind, jump hosts looked through.
    pub fn kind(&self) -> ConnectKind {
        match self {
            Self::Config(_)
            | Self::HostKeyFile { .. }
            | Self::HostKeyNotStored { .. }
            | Self::KeyFile { .. } => ConnectKind::Config,
            Self::Resolve { .. }
            | Self::Unreachable { .. }
            | Self::TimedOut { .. }
            | Self::Handshake(_)
            | Self::Lost { .. } => ConnectKind::Unreachable,
            Self::HostKeyUnknown { .. }
            | Self::HostKeyChanged(_)
            | Self::HostKeyRevoked { .. }
            | Self::HostKeyAuthority { .. } => ConnectKind::Untrusted,
            Self::Denied { .. } | Self::JumpRefused { .. } => ConnectKind::Denied,
            Self::Jump(error) => error.kind(),
        }
    }

    fn hint(&self, host: &str) -> Option<String> {
        let hint = match self {
            Self::Config(_) => "correct the host in deploy.toml or in the ssh_config that is used",
            Self::Resolve { .. } => "check the name, and the name server of this machine",
            Self::Unreachable { .. } => "check that the host is up and that sshd listens there",
            Self::TimedOut { phase: Phase::Tcp } => "a firewall may be dropping the packets",
            Self::TimedOut { phase: Phase::Banner } => {
                "something answers TCP there, but not as an SSH server; check the port"
            }
            Self::TimedOut { .. } | Self::Lost { .. } => "the host may be overloaded; try again",
            Self::Handshake(_) => "see which algorithms plain `ssh -v` agrees on",
            Self::HostKeyUnknown { name, .. } => {
                return Some(format!(
                    "compare the fingerprint with the host's own (`ssh-keygen -lf \
                     /etc/ssh/ssh_host_*_key.pub` there), then connect once with ssh to store \
                     the key of {name}"
                ));
            }
            Self::HostKeyChanged(changed) => {
                return Some(format!(
                    "somebody may be listening in, or the host was installed anew; when you are \
                     sure: ssh-keygen -R '{}' -f '{}'",
                    changed.name,
                    changed.known.file.display()
                ));
            }
            Self::HostKeyRevoked { .. } => "never use this key again; give the host a new one",
            Self::HostKeyAuthority { .. } => {
                "host certificates are not supported yet; add the host's own key to known_hosts"
            }
            Self::HostKeyFile { .. } => "repair or remove the line; it is not passed over silently",
            Self::HostKeyNotStored { .. } => "make the file writable, or add the key by hand",
            Self::Denied { .. } => {
                return Some(format!("see what plain `ssh -v {host}` offers to the server"));
            }
            Self::KeyFile { .. } => "keys must be readable by you alone: chmod 600 FILE",
            Self::Jump(error) => return error.hint(),
            Self::JumpRefused { .. } => {
                "sshd on the jump host must have AllowTcpForwarding yes (or local) for this user"
            }
        };
        Some(hint.to_owned())
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.host, self.problem)
    }
}

impl std::error::Error for ConnectError {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(why) => f.write_str(why),
            Self::Resolve { name, cause } => write!(f, "cannot look up {name}: {cause}"),
            Self::Unreachable { tried } => {
                f.write_str("cannot connect to ")?;
                list(f, tried.iter().map(|(address, cause)| format!("{address} ({cause})")))
            }
            Self::TimedOut { phase } => write!(f, "no answer in time while {phase}"),
            Self::Handshake(why) => write!(f, "cannot agree on SSH: {why}"),
            Self::HostKeyUnknown { name, key_type, fingerprint } => {
                write!(f, "the host key of {name} is not known: {key_type} {fingerprint}")
            }
            Self::HostKeyChanged(changed) => write!(f, "{changed}"),
            Self::HostKeyRevoked { fingerprint, at } => {
                write!(f, "the host key {fingerprint} is REVOKED at {at}")
            }
            Self::HostKeyAuthority { at } => {
                write!(f, "the host is known only through the certificate authority at {at}")
            }
            Self::HostKeyFile { at, why } => write!(f, "cannot use {at}: {why}"),
            Self::HostKeyNotStored { file, why } => {
                write!(f, "cannot store the host key in {}: {why}", file.display())
            }
            Self::Denied { user, tried, offers, passed_over } => {
                denied(f, user, tried, offers, passed_over)
            }
            Self::KeyFile { problems } => {
                f.write_str("no key can be used: ")?;
                list(f, problems)
            }
            Self::Jump(error) => write!(f, "through its jump host: {error}"),
            Self::JumpRefused { jump, reason } => {
                write!(f, "the jump host {jump} refuses to forward the connection: {reason}")
            }
            Self::Lost { phase, lost } => write!(f, "{lost} while {phase}"),
        }
    }
}

impl std::error::Error for Problem {}

fn denied(
    f: &mut fmt::Formatter<'_>,
    user: &str,
    tried: &[String],
    offers: &[String],
    passed_over: &[String],
) -> fmt::Result {
    write!(f, "login as {user} was denied; tried ")?;
    if tried.is_empty() {
        f.write_str("nothing, as there is no key and nobody to ask")?;
    }
    list(f, tried)?;
    if !offers.is_empty() {
        f.write_str("; the server offers ")?;
        list(f, offers)?;
    }
    if !passed_over.is_empty() {
        f.write_str("; passed over: ")?;
        list(f, passed_over)?;
    }
    Ok(())
}

fn list(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = impl fmt::Display>,
) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "looking up the name",
            Self::Tcp => "opening the connection",
            Self::Banner => "waiting for the server's greeting",
            Self::KeyExchange => "exchanging keys",
            Self::Login => "logging in",
            Self::Forward => "connecting through the jump host",
        })
    }
}

impl fmt::Display for KeyAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.file.display()),
            line => write!(f, "{}:{line}", self.file.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(problem: Problem) -> String {
        let error = ConnectError { host: "web1".to_owned(), problem };
        format!("{error}\nhint: {}\n{:?}", error.hint().unwrap_or_default(), error.kind())
    }

    fn at(line: usize) -> KeyAt {
        KeyAt { file: PathBuf::from("~/.ssh/known_hosts"), line }
    }

    #[test]
    fn each_problem_is_one_sentence_with_a_way_out() {
        insta::assert_snapshot!(said(Problem::HostKeyChanged(Box::new(ChangedKey {
            name: "[web1]:2222".to_owned(),
            known: at(3),
            known_fingerprint: "SHA256:old".to_owned(),
            key_type: "ssh-ed25519".to_owned(),
            fingerprint: "SHA256:new".to_owned(),
        }))), @r"
        web1: the host key of [web1]:2222 has CHANGED: it shows ssh-ed25519 SHA256:new, but ~/.ssh/known_hosts:3 has SHA256:old
        hint: somebody may be listening in, or the host was installed anew; when you are sure: ssh-keygen -R '[web1]:2222' -f '~/.ssh/known_hosts'
        Untrusted
        ");
        insta::assert_snapshot!(said(Problem::Denied {
            user: "deploy".to_owned(),
            tried: vec!["key SHA256:x (agent)".to_owned()],
            offers: vec!["publickey".to_owned(), "password".to_owned()],
            passed_over: vec!["~/.ssh/id_rsa may be read by others".to_owned()],
        }), @r"
        web1: login as deploy was denied; tried key SHA256:x (agent); the server offers publickey, password; passed over: ~/.ssh/id_rsa may be read by others
        hint: see what plain `ssh -v web1` offers to the server
        Denied
        ");
        insta::assert_snapshot!(said(Problem::Jump(Box::new(ConnectError {
            host: "bastion".to_owned(),
            problem: Problem::TimedOut { phase: Phase::Banner },
        }))), @r"
        web1: through its jump host: bastion: no answer in time while waiting for the server's greeting
        hint: something answers TCP there, but not as an SSH server; check the port
        Unreachable
        ");
        insta::assert_snapshot!(said(Problem::HostKeyFile { at: at(0), why: "it cannot be read".to_owned() }), @r"
        web1: cannot use ~/.ssh/known_hosts: it cannot be read
        hint: repair or remove the line; it is not passed over silently
        Config
        ");
    }

    #[test]
    fn only_what_may_pass_by_itself_is_worth_retrying() {
        let retry = |problem| ConnectError { host: String::new(), problem }.is_worth_retrying();
        assert!(retry(Problem::TimedOut { phase: Phase::Tcp }));
        assert!(retry(Problem::Lost { phase: Phase::Login, lost: Lost::Closed }));
        assert!(!retry(Problem::Config(String::new())));
        assert!(!retry(Problem::HostKeyRevoked { fingerprint: String::new(), at: at(1) }));
        let denied = Problem::Denied {
            user: String::new(),
            tried: Vec::new(),
            offers: Vec::new(),
            passed_over: Vec::new(),
        };
        assert!(!retry(denied.clone()));
        assert!(!retry(Problem::Jump(Box::new(ConnectError {
            host: String::new(),
            problem: denied
        }))));
    }
}
