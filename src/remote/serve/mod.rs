//! An SSH server in this process, for tests and for the demo: it lets one operator in and runs
//! commands as this process's user in a folder. Not for a network: it listens on 127.0.0.1.

mod exec;
mod key;
mod session;
mod terminal;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use russh::keys::{PrivateKey, PublicKey};
use russh::{MethodKind, MethodSet, server};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use key::KeyPair;
use session::Session;

/// The window of each channel, as large as the client's.
const WINDOW_BYTES: u32 = 4 << 20;

/// What a host is and does.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where commands run.
    pub directory: PathBuf,
    /// Their whole environment; without `PATH` little works.
    pub vars: BTreeMap<OsString, OsString>,
    /// The login shell's words; the command is added as the last one. Usually `sh`, `-c`.
    pub shell: Vec<OsString>,
    /// The seed of the host's Ed25519 key.
    pub host_key_seed: [u8; 32],
    /// Public keys, as in authorized_keys, that may log in.
    pub keys: Vec<String>,
    /// The password, if there is one.
    pub password: Option<String>,
    /// The answer to the one prompt of keyboard-interactive, if there is one.
    pub code: Option<String>,
    /// Whether it connects further for a client: to TCP ports, as jump hosts do, and unix sockets.
    pub forwarding: bool,
    /// Sessions per connection (`MaxSessions`); `None` for no limit.
    pub sessions_max: Option<usize>,
    /// What it does wrong.
    pub fault: Fault,
}

impl Config {
    /// A well-behaved host that nobody can log in to yet.
    pub fn new(directory: PathBuf, vars: BTreeMap<OsString, OsString>, seed: [u8; 32]) -> Self {
        Self {
            directory,
            vars,
            shell: vec!["sh".into(), "-c".into()],
            host_key_seed: seed,
            keys: Vec::new(),
            password: None,
            code: None,
            forwarding: false,
            sessions_max: None,
            fault: Fault::None,
        }
    }
}

/// A way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It behaves.
    None,
    /// Takes the TCP connection and says nothing.
    SilentAfterConnect,
    /// Greets as an SSH server and says no more.
    SilentAfterGreeting,
    /// Lets the operator in and says no more.
    SilentAfterLogin,
    /// Refuses every command.
    RefusesExec,
    /// Closes every command's channel without a status.
    NoStatus,
    /// Shows a banner of 200 KB with terminal escapes.
    FloodsBanner,
    /// Asks a thousand questions at once.
    FloodsPrompts,
    /// Opens channels to the client: every kind there is.
    OpensChannels,
}

/// Starts hosts.
#[derive(Debug, Clone, Copy)]
pub struct Server;

/// A running host. Dropping it stops new connections and cuts the open ones.
#[derive(Debug)]
pub struct Handle {
    host: Arc<Host>,
    address: SocketAddr,
    host_key: PublicKey,
    accepting: JoinHandle<()>,
}

/// What the sessions of a host share.
#[derive(Debug)]
struct Host {
    config: Config,
    ssh: Arc<server::Config>,
    keys: Vec<PublicKey>,
    /// The sockets of the open connections, to be cut.
    sockets: Mutex<Vec<Weak<std::net::TcpStream>>>,
    /// For each channel opened to a client ([`Fault::OpensChannels`]): its kind, and whether the
    /// client took it.
    opened: watch::Sender<Vec<(&'static str, bool)>>,
}

impl Server {
    /// Starts a host on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port could be opened, or an authorized key cannot be read.
    pub async fn start(config: Config) -> io::Result<Handle> {
        let keys = config.keys.iter().map(|key| PublicKey::from_openssh(key));
        let keys = keys.collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
        let key = key::private(&config.host_key_seed, "")?;
        let host_key = key.public_key().clone();
        let ssh = Arc::new(ssh_config(&config, key));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (sockets, opened) = (Mutex::default(), watch::channel(Vec::new()).0);
        let host = Arc::new(Host { config, ssh, keys, sockets, opened });
        let accepting = tokio::spawn(accept(Arc::clone(&host), listener));
        Ok(Handle { host, address, host_key, accepting })
    }
}

fn ssh_config(config: &Config, key: PrivateKey) -> server::Config {
    let mut methods = MethodSet::empty();
    if !config.keys.is_empty() {
        methods.push(MethodKind::PublicKey);
    }
    if config.code.is_some() || config.fault == Fault::FloodsPrompts {
        methods.push(MethodKind::KeyboardInteractive);
    }
    if config.password.is_some() {
        methods.push(MethodKind::Password);
    }
    server::Config {
        methods,
        keys: vec![key],
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        window_size: WINDOW_BYTES,
        inactivity_timeout: None,
        nodelay: true,
        ..server::Config::default()
    }
}

impl Handle {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The host's public key as in known_hosts: type and base64.
    ///
    /// # Errors
    /// The key cannot be written out; never for the keys that are made here.
    pub fn host_key(&self) -> io::Result<String> {
        self.host_key.to_openssh().map_err(io::Error::other)
    }

    /// Cuts all TCP connections, as a lost network would.
    pub fn cut(&self) {
        let mut sockets = self.host.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        for socket in sockets.drain(..).filter_map(|socket| socket.upgrade()) {
            // A socket that is closed already needs no cutting.
            drop(socket.shutdown(Shutdown::Both));
        }
    }

    /// Waits until `count` channels were tried on clients, and says what became of each.
    #[cfg(test)]
    pub(in crate::remote) async fn channels_opened(
        &self,
        count: usize,
    ) -> Vec<(&'static str, bool)> {
        let mut opened = self.host.opened.subscribe();
        // The sender lives as long as this handle.
        match opened.wait_for(|opened| opened.len() >= count).await {
            Ok(opened) => opened.clone(),
            Err(_) => Vec::new(),
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(host: Arc<Host>, listener: TcpListener) {
    let mut silent = Vec::new();
    while let Ok((stream, _)) = listener.accept().await {
        match host.config.fault {
            Fault::SilentAfterConnect => silent.push(stream),
            Fault::SilentAfterGreeting => {
                let mut stream = stream;
                drop(stream.write_all(b"SSH-2.0-silent\r\n").await);
                silent.push(stream);
            }
            Fault::None
            | Fault::SilentAfterLogin
            | Fault::RefusesExec
            | Fault::NoStatus
            | Fault::FloodsBanner
            | Fault::FloodsPrompts
            | Fault::OpensChannels => {
                if let Ok((stream, socket)) = cuttable(stream) {
                    let mut sockets = host.sockets.lock().unwrap_or_else(PoisonError::into_inner);
                    sockets.retain(|socket| socket.strong_count() > 0);
                    sockets.push(Arc::downgrade(&socket));
                    drop(sockets);
                    tokio::spawn(serve(Arc::clone(&host), stream, socket));
                }
            }
        }
    }
}

/// The stream, and a second handle on its socket.
fn cuttable(stream: TcpStream) -> io::Result<(TcpStream, Arc<std::net::TcpStream>)> {
    stream.set_nodelay(true)?;
    let stream = stream.into_std()?;
    let socket = Arc::new(stream.try_clone()?);
    Ok((TcpStream::from_std(stream)?, socket))
}

/// One connection, to its end.
async fn serve(
    host: Arc<Host>,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    socket: Arc<std::net::TcpStream>,
) {
    let session = Session::new(Arc::clone(&host));
    if let Ok(running) = server::run_stream(Arc::clone(&host.ssh), stream, session).await {
        // How a client leaves is of no interest.
        drop(running.await);
    }
    drop(socket);
}
