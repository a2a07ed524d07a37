//! A fleet to try everything on: three SSH hosts in this process, a web server for each, a small
//! repository, and releases that were made of it before. All of it is in one folder, on loopback,
//! with keys that were made for it, and is gone when the [`Fleet`] is.

mod access;
mod error;
mod guide;
mod history;
mod recipe;
mod sandbox;
mod site;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::remote::{
    Environment,
    serve::{Config, Handle, KeyPair, Server},
};

pub use error::DemoError;

use access::Access;
use sandbox::{Sandbox, place};
use site::Site;

/// The application's name in the demo's recipe.
pub const APP: &str = "shop";

/// The one stage of the demo's recipe.
pub const STAGE: &str = "demo";

/// The hosts, in the order in which they are worked on. The first has the database.
const HOSTS: [&str; 3] = ["web1", "web2", "web3"];

/// In the environment of everything that runs on a host, so that it can be found and ended.
const MARK: &str = "DEPLOYUI_DEMO";

/// A fleet that runs.
///
/// [`Fleet::close`] ends it in good order. Dropping it stops the servers and removes the folder too,
/// also when a panic unwinds; only a step that still runs is left to end by itself. What a killed
/// process left behind is removed when the next fleet starts.
#[derive(Debug)]
pub struct Fleet {
    hosts: Vec<Host>,
    environment: Environment,
    /// Last, so that it is removed after the servers have stopped.
    sandbox: Sandbox,
}

/// One host of the fleet.
#[derive(Debug)]
pub struct Host {
    /// Its name in the recipe and in the ssh_config.
    pub name: String,
    /// The directory that releases lie in.
    pub root: PathBuf,
    ssh: Handle,
    site: Site,
}

impl Host {
    /// Where its SSH server listens.
    #[must_use]
    pub fn ssh(&self) -> SocketAddr {
        self.ssh.address()
    }

    /// The address of its site, for a browser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.site.address())
    }
}

impl Fleet {
    /// Starts the fleet in a new folder below `parent`, for example the directory for temporary
    /// files, as of `now`. `around` is where the program finds itself: the hosts get its PATH, and
    /// every key comes from its seed. Must be called within a runtime.
    ///
    /// # Errors
    /// The folder cannot be made, git or tar is missing, or no port could be opened.
    pub async fn start(
        around: &Environment,
        parent: &Path,
        now: Timestamp,
    ) -> Result<Self, DemoError> {
        let sandbox = Sandbox::make(parent, &around.seed)?;
        let dir = sandbox.dir().to_path_buf();
        let environment = operator(around, &dir);
        let homes = HOSTS.map(|name| dir.join("hosts").join(name).join("home"));
        for folder in homes.iter().chain([&environment.home.join(".ssh"), &dir.join("empty")]) {
            std::fs::create_dir_all(folder).map_err(place(folder))?;
        }
        history::make(&environment, &dir, now).await?;
        let client = KeyPair::from_seed(&seed(&around.seed, "client"), "deployui demo")
            .map_err(DemoError::Host)?;
        let mut hosts = Vec::new();
        for name in HOSTS {
            let host = host(name, around, &dir, &client).await.map_err(DemoError::Host)?;
            hosts.push(host);
        }
        Access { dir: &dir, user: &environment.user, client: &client, hosts: &hosts }.write()?;
        recipe::write(&dir, &hosts, &environment)?;
        Ok(Self { hosts, environment, sandbox })
    }

    /// The folder that everything is in.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.sandbox.dir()
    }

    /// The deploy.toml to use, to read and to edit.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        recipe::file(self.dir())
    }

    /// The ssh_config that leads to the hosts by name, without any question.
    #[must_use]
    pub fn ssh_config(&self) -> PathBuf {
        access::config_file(self.dir())
    }

    /// Where this program is to keep its journals and logs meanwhile.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        self.dir().join("state")
    }

    /// The repository, with a work tree to edit and commit in.
    #[must_use]
    pub fn repository(&self) -> PathBuf {
        self.dir().join("shop")
    }

    /// The operator's surroundings: a home with the demo's key and known hosts, and no agent.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The hosts, in order.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// Lines that lead a newcomer through it, at most 76 columns wide.
    #[must_use]
    pub fn guide(&self) -> Vec<String> {
        guide::lines(&self.hosts, &self.config())
    }

    /// Stops the servers, ends what still runs on the hosts, and removes the folder.
    ///
    /// # Errors
    /// Something of the folder is left; the error names it.
    pub async fn close(self) -> Result<(), DemoError> {
        let Self { hosts, environment, sandbox } = self;
        drop(hosts);
        sandbox::end_all(&environment, sandbox.dir()).await;
        sandbox.remove()
    }
}

/// The operator's side: what is theirs is left alone.
fn operator(around: &Environment, dir: &Path) -> Environment {
    let home = dir.join("operator");
    let mut vars = around.vars.clone();
    vars.insert("HOME".into(), home.clone().into());
    // What points git at another repository must not reach the demo's.
    vars.retain(|name, _| name != "SSH_AUTH_SOCK" && !name.as_encoded_bytes().starts_with(b"GIT_"));
    Environment { home, vars, ..around.clone() }
}

async fn host(name: &str, around: &Environment, dir: &Path, client: &KeyPair) -> io::Result<Host> {
    let own = dir.join("hosts").join(name);
    let root = own.join("srv").join(APP);
    let mut config =
        Config::new(own.join("home"), vars(around, dir, &own), seed(&around.seed, name));
    config.keys = vec![client.public.clone()];
    config.forwarding = true;
    let ssh = Server::start(config).await?;
    let site = Site::start(root.clone()).await?;
    Ok(Host { name: name.to_owned(), root, ssh, site })
}

/// The environment of a host's commands: the machine's programs, and nothing else of the operator.
fn vars(around: &Environment, dir: &Path, own: &Path) -> BTreeMap<OsString, OsString> {
    let path = around.vars.get(&OsString::from("PATH")).cloned();
    let path = path.unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    let mut vars = BTreeMap::from([
        ("PATH".into(), path),
        ("HOME".into(), own.join("home").into()),
        ("USER".into(), around.user.clone().into()),
        ("LOGNAME".into(), around.user.clone().into()),
        ("SHELL".into(), "/bin/sh".into()),
        (MARK.into(), dir.into()),
    ]);
    // git must not read what the operator, or the machine, has set up for other repositories.
    for (name, value) in [("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_CONFIG_GLOBAL", "/dev/null")] {
        vars.insert(name.into(), value.into());
    }
    vars
}

/// A seed for one use, so that no two keys are the same.
fn seed(of: &[u8; 32], purpose: &str) -> [u8; 32] {
    Sha256::new().chain_update(of).chain_update(purpose).finalize().into()
}
