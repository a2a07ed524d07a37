//! The output of `ssh -G` into settings. Keywords are those of ssh_config(5), in lower case.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use russh::keys::Algorithm;

use super::target::{valid_host, valid_port, valid_user};
use super::tokens::Tokens;
use super::{Family, Login, Method, Settings, Target, Trust, Unknown};
use crate::remote::ssh::known_hosts::lookup_name;
use crate::remote::{Environment, Problem};

/// Key files that ssh tries by itself and that are supported here.
const DEFAULT_KEYS: [&str; 3] = ["id_ed25519", "id_ecdsa", "id_rsa"];

/// Keywords that change whom we reach or trust, with the values that mean "not used".
const UNSUPPORTED: [(&str, &[&str]); 8] = [
    ("proxycommand", &["none"]),
    ("knownhostscommand", &["none"]),
    ("pkcs11provider", &["none"]),
    ("revokedhostkeys", &["none"]),
    ("verifyhostkeydns", &["no", "false"]),
    ("canonicalizehostname", &["no", "false", "none"]),
    ("proxyusefdpass", &["no", "false"]),
    ("bindinterface", &["none"]),
];

/// The lines by keyword, in order of appearance.
struct Lines<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Lines<'a> {
    fn read(text: &'a str) -> Self {
        let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for line in text.lines() {
            let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
            lines.entry(keyword).or_default().push(value.trim());
        }
        Self(lines)
    }

    fn all(&self, keyword: &str) -> &[&'a str] {
        self.0.get(keyword).map_or(&[], Vec::as_slice)
    }

    fn one(&self, keyword: &str) -> Option<&'a str> {
        self.all(keyword).first().copied().filter(|value| !value.is_empty())
    }

    fn yes(&self, keyword: &str, default: bool) -> bool {
        match self.one(keyword) {
            None => default,
            Some(value) => matches!(value, "yes" | "true"),
        }
    }

    /// A positive number of seconds; `ssh -G` has resolved the units.
    fn seconds(&self, keyword: &str) -> Option<Duration> {
        let seconds = self.one(keyword)?.parse().ok().filter(|seconds| *seconds > 0)?;
        Some(Duration::from_secs(seconds))
    }
}

/// Settings from `ssh -G`'s output.
pub(super) fn parse(
    text: &str,
    target: &Target,
    environment: &Environment,
) -> Result<Settings, Problem> {
    let lines = Lines::read(text);
    refuse_unsupported(&lines)?;
    let host = lines.one("hostname").unwrap_or(&target.host);
    let host = valid_host(host.trim_start_matches('[').trim_end_matches(']'))?;
    let user = valid_user(lines.one("user").unwrap_or(&environment.user))?;
    let port = valid_port(lines.one("port").unwrap_or("22"))?;
    let alias = lines.one("hostkeyalias");
    let tokens = Tokens {
        environment,
        host,
        asked: &target.host,
        user,
        port,
        alias: alias.unwrap_or(&target.host),
    };
    let bind = match lines.one("bindaddress") {
        None => None,
        Some(text) => Some(text.parse().map_err(|error| {
            Problem::Config(format!("BindAddress {text:?} is not an address: {error}"))
        })?),
    };
    Ok(Settings {
        host: host.to_owned(),
        port,
        user: user.to_owned(),
        family: match lines.one("addressfamily") {
            Some("inet") => Family::V4,
            Some("inet6") => Family::V6,
            Some(_) | None => Family::Any,
        },
        bind,
        jump: jump(lines.one("proxyjump"), target)?,
        tcp_timeout: lines.seconds("connecttimeout"),
        alive_interval: lines.seconds("serveraliveinterval"),
        trust: trust(&lines, lookup_name(alias, host, port), &tokens)?,
        login: login(&lines, &tokens)?,
    })
}

/// Settings without an ssh client: only what deploy.toml says, and ssh's defaults.
pub(super) fn plain(target: &Target, environment: &Environment) -> Result<Settings, Problem> {
    if let Some(file) = &target.config_file {
        return Err(Problem::Config(format!(
            "no ssh client is installed here to read {}",
            file.display()
        )));
    }
    let user = target.user.as_deref().unwrap_or(&environment.user);
    let port = target.port.unwrap_or(22);
    let folder = environment.home.join(".ssh");
    Ok(Settings {
        host: target.host.clone(),
        port,
        user: valid_user(user)?.to_owned(),
        family: Family::Any,
        bind: None,
        jump: None,
        tcp_timeout: None,
        alive_interval: None,
        trust: Trust {
            name: lookup_name(None, &target.host, port),
            user_files: vec![folder.join("known_hosts")],
            global_files: vec![PathBuf::from("/etc/ssh/ssh_known_hosts")],
            unknown: Unknown::Ask,
            hash_names: false,
            algorithms: Vec::new(),
        },
        login: Login {
            files: DEFAULT_KEYS.iter().map(|key| folder.join(key)).collect(),
            certificates: Vec::new(),
            only_files: false,
            agent: environment.agent_socket(),
            methods: Method::ALL.to_vec(),
            batch: false,
        },
    })
}

fn refuse_unsupported(lines: &Lines<'_>) -> Result<(), Problem> {
    for (keyword, unused) in UNSUPPORTED {
        if let Some(value) = lines.one(keyword).filter(|value| !unused.contains(value)) {
            return Err(Problem::Config(format!(
                "ssh_config sets `{keyword} {value}` for this host, which is not supported"
            )));
        }
    }
    Ok(())
}

/// `[user@]host[:port]` or `ssh://` and the same; one hop.
fn jump(value: Option<&str>, target: &Target) -> Result<Option<Target>, Problem> {
    let Some(value) = value.filter(|value| *value != "none") else { return Ok(None) };
    if value.contains(',') {
        return Err(Problem::Config(format!(
            "ssh_config sets `proxyjump {value}`; only one jump host is supported"
        )));
    }
    let address = value.strip_prefix("ssh://").unwrap_or(value).trim_end_matches('/');
    Target::new(address, None, target.config_file.clone()).map(Some)
}

fn trust(lines: &Lines<'_>, name: String, tokens: &Tokens<'_>) -> Result<Trust, Problem> {
    let files = |keyword: &str| match lines.one(keyword) {
        None | Some("none") => Ok(Vec::new()),
        Some(value) => paths(value)
            .iter()
            .map(|path| tokens.path(path).map_err(Problem::Config))
            .collect::<Result<Vec<_>, _>>(),
    };
    Ok(Trust {
        name,
        user_files: files("userknownhostsfile")?,
        global_files: files("globalknownhostsfile")?,
        unknown: match lines.one("stricthostkeychecking") {
            Some("yes" | "true") => Unknown::Refuse,
            Some("accept-new") => Unknown::Learn,
            Some(_) | None => Unknown::Ask,
        },
        hash_names: lines.yes("hashknownhosts", false),
        algorithms: lines
            .one("hostkeyalgorithms")
            .unwrap_or_default()
            .split(',')
            .filter_map(|name| Algorithm::from_str(name).ok())
            .collect(),
    })
}

/// Several files on one line: `ssh -G` has removed the quotes, so a word that does not look like
/// the beginning of a path belongs to the one before.
fn paths(value: &str) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for word in value.split(' ') {
        match paths.last_mut() {
            Some(path) if !word.starts_with(['/', '~', '%']) => {
                path.push(' ');
                path.push_str(word);
            }
            Some(_) | None => paths.push(word.to_owned()),
        }
    }
    paths
}

fn login(lines: &Lines<'_>, tokens: &Tokens<'_>) -> Result<Login, Problem> {
    let expand = |keyword: &str| {
        lines
            .all(keyword)
            .iter()
            .filter(|path| **path != "none")
            .map(|path| tokens.path(path).map_err(Problem::Config))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(Login {
        files: expand("identityfile")?,
        certificates: expand("certificatefile")?,
        only_files: lines.yes("identitiesonly", false),
        agent: agent(lines.one("identityagent"), tokens)?,
        methods: methods(lines),
        batch: lines.yes("batchmode", false),
    })
}

fn agent(value: Option<&str>, tokens: &Tokens<'_>) -> Result<Option<PathBuf>, Problem> {
    match value {
        Some("none") => Ok(None),
        None | Some("SSH_AUTH_SOCK") => Ok(tokens.environment.agent_socket()),
        Some(text) => match text.strip_prefix('$') {
            Some(name) => {
                let name = name.trim_start_matches('{').trim_end_matches('}');
                Ok(tokens.environment.var(name).map(PathBuf::from))
            }
            None => tokens.path(text).map(Some).map_err(Problem::Config),
        },
    }
}

fn methods(lines: &Lines<'_>) -> Vec<Method> {
    let allowed = |method: Method| match method {
        Method::PublicKey => !matches!(lines.one("pubkeyauthentication"), Some("no" | "false")),
        Method::KeyboardInteractive => lines.yes("kbdinteractiveauthentication", true),
        Method::Password => lines.yes("passwordauthentication", true),
    };
    let mut methods: Vec<Method> = match lines.one("preferredauthentications") {
        None => Method::ALL.to_vec(),
        Some(list) => list
            .split(',')
            .filter_map(|name| Method::ALL.into_iter().find(|method| method.name() == name))
            .collect(),
    };
    methods.retain(|method| allowed(*method));
    methods
}
