//! What deploy.toml says about where a host is; validated before any program sees it.

use std::fmt;
use std::path::PathBuf;

use crate::remote::Problem;

/// Longest name or user that is passed on; DNS names end at 253 bytes.
const NAME_BYTES_MAX: usize = 255;

/// A host to connect to, as the recipe names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(super) name: String,
    pub(super) host: String,
    pub(super) user: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) config_file: Option<PathBuf>,
}

impl Target {
    /// The host `name`, at `address` (`[user@]host[:port]`, IPv6 in brackets when a port
    /// follows; default: the name itself), resolved with `config_file` (as ssh's `-F`; default:
    /// ssh's own files).
    ///
    /// # Errors
    /// [`Problem::Config`] for a name, user or port that could mean something else to a shell, to
    /// ssh or to a terminal.
    pub fn new(
        name: &str,
        address: Option<&str>,
        config_file: Option<PathBuf>,
    ) -> Result<Self, Problem> {
        let address = address.unwrap_or(name);
        let (user, rest) = match address.rsplit_once('@') {
            Some((user, rest)) => (Some(valid_user(user)?.to_owned()), rest),
            None => (None, address),
        };
        let (host, port) = split_port(rest)?;
        Ok(Self {
            name: name.to_owned(),
            host: valid_host(host)?.to_owned(),
            user,
            port,
            config_file,
        })
    }

    /// The name in deploy.toml, which every message about this host uses.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// `host`, `host:port`, `[v6]:port`, `[v6]` or a bare IPv6 address.
fn split_port(text: &str) -> Result<(&str, Option<u16>), Problem> {
    let (host, port) = if let Some(inner) = text.strip_prefix('[') {
        let Some((host, rest)) = inner.split_once(']') else {
            return Err(Problem::Config(format!("`{text}` lacks a `]`")));
        };
        match rest.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None if rest.is_empty() => (host, None),
            None => return Err(Problem::Config(format!("`{text}`: only `:port` may follow `]`"))),
        }
    } else {
        match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            Some(_) | None => (text, None),
        }
    };
    let port = match port {
        Some(port) => Some(valid_port(port)?),
        None => None,
    };
    Ok((host, port))
}

/// A port that can be connected to.
pub(super) fn valid_port(text: &str) -> Result<u16, Problem> {
    match text.parse() {
        Ok(0) | Err(_) => Err(Problem::Config(format!("{text:?} is not a port"))),
        Ok(port) => Ok(port),
    }
}

/// A host name or address: nothing that a shell, ssh's options or a terminal could take for
/// something else.
pub(super) fn valid_host(text: &str) -> Result<&str, Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:%+-".contains(&byte);
    valid(text, "host name", allowed)
}

/// A login name. ssh itself refuses `$`, `\` and control characters since 10.6.
pub(super) fn valid_user(text: &str) -> Result<&str, Problem> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._@%+-".contains(&byte);
    valid(text, "user name", allowed)
}

fn valid<'a>(text: &'a str, what: &str, allowed: fn(u8) -> bool) -> Result<&'a str, Problem> {
    let wrong = |why: &str| Err(Problem::Config(format!("the {what} {text:?} {why}")));
    if text.is_empty() {
        return wrong("is empty");
    }
    if text.len() > NAME_BYTES_MAX {
        return wrong("is too long");
    }
    if text.starts_with('-') {
        return wrong("begins with `-`");
    }
    match text.chars().find(|c| !u8::try_from(*c).is_ok_and(allowed)) {
        Some(bad) => wrong(&format!("contains {bad:?}")),
        None => Ok(text),
    }
}
