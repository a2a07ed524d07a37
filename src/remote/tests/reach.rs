//! Connections made from a host: served here, a real sshd, and the own machine.

use std::path::{Path, PathBuf};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::mpsc;

use super::rig::{Operator, at_sshd, run, vars};
use crate::remote::local::Local;
use crate::remote::serve::{Config, Handle, Server};
use crate::remote::{Endpoint, Environment, Link, Lost, ReachError};

/// What listens on the host does with each connection.
#[derive(Clone, Copy)]
enum Manner {
    /// Reads all, then says it back and closes.
    Echo,
    /// Sends without end.
    Flood,
    /// Says nothing and waits for the end.
    Wait,
}

/// Listens on a port and on a socket in `folder`; tells of each connection's end.
async fn listen(manner: Manner, folder: PathBuf) -> (Vec<Endpoint>, mpsc::Receiver<()>) {
    let (sender, ends) = mpsc::channel(100);
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = tcp.local_addr().unwrap().port();
    let path = folder.join("socket");
    let unix = UnixListener::bind(&path).unwrap();
    let tell = sender.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = tcp.accept().await {
            tokio::spawn(behave(manner, stream, tell.clone()));
        }
    });
    tokio::spawn(async move {
        while let Ok((stream, _)) = unix.accept().await {
            tokio::spawn(behave(manner, stream, sender.clone()));
        }
    });
    let tcp = Endpoint::Tcp { host: "127.0.0.1".to_owned(), port };
    (vec![tcp, Endpoint::Unix(path.to_str().unwrap().to_owned())], ends)
}

async fn behave(
    manner: Manner,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    ended: mpsc::Sender<()>,
) {
    let mut heard = Vec::new();
    match manner {
        Manner::Echo => {
            stream.read_to_end(&mut heard).await.unwrap();
            stream.write_all(&heard).await.unwrap();
        }
        Manner::Flood => while stream.write_all(&[b'x'; 32 << 10]).await.is_ok() {},
        Manner::Wait => drop(stream.read_to_end(&mut heard).await),
    }
    // The test may have ended.
    let _ = ended.send(()).await;
}

async fn served(forwarding: bool) -> (Operator, Handle, Link) {
    let mut operator = Operator::new();
    let mut config = Config::new(operator.folder.path().to_path_buf(), vars(), [3; 32]);
    config.keys = vec![operator.public_key()];
    config.forwarding = forwarding;
    let host = Server::start(config).await.unwrap();
    operator.host("web", host.address(), &[]);
    operator.know(host.address(), &host.host_key().unwrap());
    let link = operator.connect("web").await.unwrap();
    (operator, host, link)
}

/// What comes back from an echo, sent in pieces and ended.
async fn echoed(link: &Link, endpoint: &Endpoint, bytes: usize) -> Vec<u8> {
    let stream = link.reach(endpoint).await.unwrap();
    let (mut from, mut to) = tokio::io::split(stream);
    let sent = vec![b'y'; bytes];
    let writing = async {
        to.write_all(&sent).await.unwrap();
        to.shutdown().await.unwrap();
    };
    let mut heard = Vec::new();
    let (_, read) = tokio::join!(writing, from.read_to_end(&mut heard));
    read.unwrap();
    assert!(heard.iter().all(|byte| *byte == b'y'));
    heard
}

async fn refusal(link: &Link, endpoint: &Endpoint) -> ReachError {
    match link.reach(endpoint).await {
        Err(error) => error,
        Ok(stream) => panic!("connected: {stream:?}"),
    }
}

fn nobody_there(folder: &Path) -> [Endpoint; 2] {
    // Port 1 is nobody's on a machine that runs tests.
    let tcp = Endpoint::Tcp { host: "127.0.0.1".to_owned(), port: 1 };
    [tcp, Endpoint::Unix(folder.join("none").to_str().unwrap().to_owned())]
}

#[tokio::test]
async fn both_kinds_carry_bytes_and_ends_both_ways() {
    let (operator, _sshd) = at_sshd(&[]);
    let real = operator.connect("web").await.unwrap();
    let (_operator, _host, served) = served(true).await;
    let own = Environment {
        home: PathBuf::from("/"),
        user: "op".to_owned(),
        vars: vars(),
        ssh: None,
        seed: [0; 32],
    };
    let local = Link::Local(Local::new(own, PathBuf::from("/")));
    let folder = tempfile::tempdir().unwrap();
    let (endpoints, _ends) = listen(Manner::Echo, folder.path().to_path_buf()).await;
    for link in [&real, &served, &local] {
        for endpoint in &endpoints {
            assert_eq!(echoed(link, endpoint, 0).await.len(), 0);
            assert_eq!(echoed(link, endpoint, 2_000_000).await.len(), 2_000_000);
        }
        for endpoint in nobody_there(folder.path()) {
            let error = refusal(link, &endpoint).await;
            let ambiguous = matches!(error, ReachError::ForbiddenOrUnconnected(_));
            let over_ssh = matches!(link, Link::Ssh(_));
            let expect = over_ssh && matches!(endpoint, Endpoint::Unix(_));
            assert_eq!(ambiguous, expect, "{endpoint}: {error}");
            assert!(ambiguous || matches!(error, ReachError::Unconnected(_)), "{error}");
        }
    }
}

#[tokio::test]
async fn a_server_that_forwards_nothing_is_told_apart() {
    let (operator, _sshd) = at_sshd(&["AllowTcpForwarding no", "AllowStreamLocalForwarding no"]);
    let real = operator.connect("web").await.unwrap();
    let (_operator, _host, served) = served(false).await;
    let folder = tempfile::tempdir().unwrap();
    let (endpoints, _ends) = listen(Manner::Echo, folder.path().to_path_buf()).await;
    for link in [&real, &served] {
        for endpoint in &endpoints {
            let error = refusal(link, endpoint).await;
            let tcp = matches!(endpoint, Endpoint::Tcp { .. });
            assert_eq!(matches!(error, ReachError::Forbidden(_)), tcp, "{error}");
            assert!(error.is_the_connections(), "{error}");
        }
        assert_eq!(run(link, "echo alive").await.0, "alive\n");
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_blocks_nothing_and_ends() {
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (endpoints, mut ends) = listen(Manner::Flood, folder.path().to_path_buf()).await;
    let mut stream = link.reach(&endpoints[0]).await.unwrap();
    // The flood ends only when the channel is closed, since nothing here was dropped.
    ends.recv().await.unwrap();
    assert_eq!(run(&link, "echo other").await.0, "other\n");
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert!(error.to_string().contains("unread"), "{error}");
    // One that is read goes on for longer than may wait.
    let mut stream = link.reach(&endpoints[0]).await.unwrap();
    let mut bytes = vec![0; 20 << 20];
    stream.read_exact(&mut bytes).await.unwrap();
}

#[tokio::test]
async fn a_dropped_stream_is_closed_on_the_host() {
    let (operator, _sshd) = at_sshd(&[]);
    let link = operator.connect("web").await.unwrap();
    // One waits for the end of what is sent, the other is heard no more.
    for manner in [Manner::Wait, Manner::Flood] {
        let folder = tempfile::tempdir().unwrap();
        let (endpoints, mut ends) = listen(manner, folder.path().to_path_buf()).await;
        for endpoint in &endpoints {
            let stream = link.reach(endpoint).await.unwrap();
            assert!(ends.try_recv().is_err());
            drop(stream);
            ends.recv().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_lost_connection_is_an_error_and_not_an_end() {
    let (_operator, host, link) = served(true).await;
    let folder = tempfile::tempdir().unwrap();
    let (endpoints, _ends) = listen(Manner::Wait, folder.path().to_path_buf()).await;
    let mut stream = link.reach(&endpoints[0]).await.unwrap();
    host.cut();
    stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    let error = refusal(&link, &endpoints[0]).await;
    assert!(matches!(error, ReachError::Lost(Lost::Closed | Lost::Broken(_))), "{error}");
}
