//! Hosts to connect to, and an operator to connect as.

use std::collections::BTreeMap;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use tempfile::TempDir;

use crate::remote::ssh::{Connector, Target};
use crate::remote::{
    Answer, Ask, Chunk, ConnectError, Ending, Environment, Limits, Link, NoAsk, Pacer, Pipe,
    Question,
};

/// The real server; tests fail without it.
const SSHD: &str = "/usr/sbin/sshd";

/// An operator with a home of their own: keys, known_hosts and an ssh_config.
pub(super) struct Operator {
    pub(super) folder: TempDir,
    pub(super) limits: Limits,
    pub(super) ask: Arc<dyn Ask>,
    vars: BTreeMap<std::ffi::OsString, std::ffi::OsString>,
    config: String,
}

impl Operator {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let operator = Self {
            limits: Limits::default(),
            ask: Arc::new(NoAsk),
            vars: vars(),
            config: String::new(),
            folder,
        };
        keygen(&operator.path("key"), &["-t", "ed25519", "-N", ""]);
        operator
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn public_key(&self) -> String {
        fs::read_to_string(self.path("key.pub")).unwrap()
    }

    pub(super) fn var(&mut self, name: &str, value: &Path) {
        self.vars.insert(name.into(), value.into());
    }

    /// Adds `Host name` with these lines to the ssh_config; what comes first wins.
    pub(super) fn host(&mut self, name: &str, address: SocketAddr, lines: &[&str]) {
        let (ip, port) = (address.ip(), address.port());
        self.config += &format!("Host {name}\n HostName {ip}\n Port {port}\n");
        for line in lines {
            self.config += &format!(" {line}\n");
        }
    }

    /// Makes a host's key known.
    pub(super) fn know(&self, address: SocketAddr, key: &str) {
        let line = format!("[{}]:{} {}\n", address.ip(), address.port(), key.trim());
        let file = self.path("known_hosts");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, before + &line).unwrap();
    }

    pub(super) fn connector(&self) -> Connector {
        let folder = self.folder.path().display();
        let config = format!(
            "{}Host *\n UserKnownHostsFile \"{folder}/known_hosts\"\n GlobalKnownHostsFile none\n \
             IdentityFile \"{folder}/key\"\n IdentitiesOnly yes\n",
            self.config
        );
        fs::write(self.path("config"), config).unwrap();
        let environment = Environment {
            home: self.folder.path().to_path_buf(),
            user: user(),
            vars: self.vars.clone(),
            ssh: Some(PathBuf::from("ssh")),
            seed: [9; 32],
        };
        Connector::new(environment, self.limits.clone(), Arc::clone(&self.ask), Pacer::default())
    }

    pub(super) fn target(&self, name: &str) -> Target {
        Target::new(name, None, Some(self.path("config"))).unwrap()
    }

    pub(super) async fn connect(&self, name: &str) -> Result<Link, ConnectError> {
        self.connector().connect(&self.target(name)).await.map(Link::Ssh)
    }

    pub(super) async fn refusal(&self, name: &str) -> ConnectError {
        match self.connect(name).await {
            Err(error) => error,
            Ok(link) => panic!("let in: {link:?}"),
        }
    }
}

/// What every process of a test sees.
pub(super) fn vars() -> BTreeMap<std::ffi::OsString, std::ffi::OsString> {
    BTreeMap::from([("PATH".into(), "/usr/local/bin:/usr/bin:/bin".into())])
}

pub(super) fn user() -> String {
    let said = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(said.stdout).unwrap().trim().to_owned()
}

pub(super) fn keygen(file: &Path, arguments: &[&str]) {
    let mut command = Command::new("ssh-keygen");
    let said = command.arg("-q").args(arguments).arg("-f").arg(file).output();
    let said = said.expect("ssh-keygen must be installed (openssh-client)");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// The real sshd on a loopback port. Each connection gets a process of its own (`sshd -i`), so
/// that there is no port to guess and nothing to wait for.
pub(super) struct Sshd {
    pub(super) address: SocketAddr,
    /// Connections taken so far.
    pub(super) taken: Arc<AtomicUsize>,
    folder: TempDir,
}

impl Sshd {
    pub(super) fn start(authorized: &str, lines: &[&str]) -> Self {
        assert!(Path::new(SSHD).exists(), "{SSHD} is missing: install openssh-server");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        keygen(&path.join("host"), &["-t", "ed25519", "-N", ""]);
        fs::write(path.join("authorized"), authorized).unwrap();
        let config = format!(
            "{lines}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPidFile none\n\
             PermitRootLogin prohibit-password\nLogLevel ERROR\n",
            lines = lines.join("\n"),
            folder = path.display(),
        );
        fs::write(path.join("config"), config).unwrap();
        check(&path.join("config"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let config = path.join("config");
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let stream: OwnedFd = stream.unwrap().into();
                let twin = stream.try_clone().unwrap();
                let mut command = Command::new(SSHD);
                command.arg("-i").arg("-e").arg("-f").arg(&config);
                command.stdin(twin).stdout(stream).stderr(Stdio::null());
                let mut child = command.spawn().unwrap();
                std::thread::spawn(move || child.wait());
            }
        });
        Self { address, taken, folder }
    }

    pub(super) fn host_key(&self) -> String {
        fs::read_to_string(self.folder.path().join("host.pub")).unwrap()
    }
}

/// Lets sshd judge its configuration and its surroundings. As root it wants an empty folder that
/// its service would have made; others cannot make it and do not need it.
fn check(config: &Path) {
    drop(fs::create_dir_all("/run/sshd"));
    let said = Command::new(SSHD).arg("-t").arg("-f").arg(config).output().unwrap();
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "sshd cannot run here (is /run/sshd there?): {words}");
}

/// An operator who is let in to a real host under the name `web`.
pub(super) fn at_sshd(lines: &[&str]) -> (Operator, Sshd) {
    let mut operator = Operator::new();
    let sshd = Sshd::start(&operator.public_key(), lines);
    operator.host("web", sshd.address, &[]);
    operator.know(sshd.address, &sshd.host_key());
    (operator, sshd)
}

/// Everything a command said, and how it ended. Nothing may follow its ending.
pub(super) async fn all(pipe: &mut Pipe) -> (String, String, Ending) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let ending = loop {
        match pipe.output.recv().await.expect("the pipe ended without an ending") {
            Chunk::Out(bytes) => out.extend_from_slice(&bytes),
            Chunk::Err(bytes) => err.extend_from_slice(&bytes),
            Chunk::Ended(ending) => break ending,
        }
    };
    assert!(pipe.output.recv().await.is_none(), "something followed the ending");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(out), text(err), ending)
}

/// Runs a command without input.
pub(super) async fn run(link: &Link, command: &str) -> (String, String, Ending) {
    let mut pipe = link.open(command).await.unwrap();
    pipe.input.finish().await.unwrap();
    all(&mut pipe).await
}

/// Somebody who answers from a list and remembers the questions.
#[derive(Default)]
pub(super) struct Person {
    pub(super) asked: Mutex<Vec<Question>>,
    answers: Mutex<Vec<Option<Answer>>>,
}

impl Person {
    pub(super) fn answering(answers: impl IntoIterator<Item = Option<Answer>>) -> Arc<Self> {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Arc::new(Self { answers: Mutex::new(answers), ..Self::default() })
    }

    pub(super) fn questions(&self) -> Vec<Question> {
        self.asked.lock().unwrap().clone()
    }
}

impl Ask for Person {
    fn can_ask(&self) -> bool {
        true
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Option<Answer>> {
        self.asked.lock().unwrap().push(question);
        let answer = self.answers.lock().unwrap().pop().flatten();
        Box::pin(async { answer })
    }
}

pub(super) fn secret(text: &str) -> Option<Answer> {
    Some(Answer::Secret(text.to_owned().into()))
}

/// Limits short enough to run into on purpose.
pub(super) fn hasty() -> Limits {
    let short = Duration::from_millis(300);
    Limits { tcp: short, handshake: short, login: short, open: short, ..Limits::default() }
}
