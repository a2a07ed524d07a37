//! One command of a served host.

use std::process::Stdio;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use russh::server::{Handle as Client, Msg};
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::{mpsc, watch};

use super::{Fault, Host};
use crate::remote::Ending;
use crate::remote::local::ending;

/// Bytes asked for in one read of a command's output.
const READ_BYTES: usize = 64 << 10;

/// Messages of input kept for a command that does not read: 256 MiB at SSH's packets of 32 KiB.
const INPUT_MESSAGES_MAX: usize = 8192;

/// The status of a command that could not be started, as sh's own.
const NOT_STARTED: u32 = 127;

/// SSH's code of standard error in extended data (RFC 4254, 5.2).
const STDERR: u32 = 1;

/// Runs the command to its end and reports it, as sshd does: the channel stays open until both
/// outputs have ended. A client that goes away closes the command's streams, nothing more.
///
/// The library widens the client's window without asking, so input that the command does not read
/// is kept here, up to a bound; beyond it the whole connection waits.
pub(super) async fn run(host: Arc<Host>, channel: Channel<Msg>, client: Client, command: Vec<u8>) {
    let (read, write) = channel.split();
    let Ok(mut child) = start(&host, command) else {
        drop(write.extended_data_bytes(STDERR, "cannot start the login shell\n").await);
        drop(write.exit_status(NOT_STARTED).await);
        drop(write.close().await);
        return;
    };
    let (closed, until_closed) = watch::channel(false);
    tokio::spawn(feed(read, child.stdin.take(), closed));
    let ended = carry(&mut child, &write, until_closed).await;
    report(&host, ended, &write, &client).await;
}

/// How it ended, and that nothing follows. The client may be gone by now; then nobody wants to know.
pub(super) async fn report(
    host: &Host,
    ended: Ending,
    write: &ChannelWriteHalf<Msg>,
    client: &Client,
) {
    match ended {
        Ending::Exit(_) | Ending::Signal(_) if host.config.fault == Fault::NoStatus => {}
        Ending::Exit(status) => drop(write.exit_status(status).await),
        Ending::Signal(name) => {
            let signal = Sig::Custom(name);
            let none = String::new();
            let _ = client.exit_signal_request(write.id(), signal, false, none.clone(), none).await;
        }
        Ending::Refused | Ending::NoStatus(_) => {}
    }
    drop(write.eof().await);
    drop(write.close().await);
}

fn start(host: &Host, command: Vec<u8>) -> std::io::Result<Child> {
    use std::os::unix::ffi::OsStringExt as _;
    let config = &host.config;
    let mut words = config.shell.iter();
    let program = words.next().ok_or(std::io::ErrorKind::NotFound)?;
    Command::new(program)
        .args(words)
        .arg(std::ffi::OsString::from_vec(command))
        .env_clear()
        .envs(&config.vars)
        .current_dir(&config.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

/// Takes the client's bytes off the connection, which would stop if they stayed there; says when
/// the client has closed the channel.
async fn feed(mut read: ChannelReadHalf, stdin: Option<ChildStdin>, closed: watch::Sender<bool>) {
    let (sender, waiting) = mpsc::channel(INPUT_MESSAGES_MAX);
    tokio::spawn(write_in(waiting, stdin));
    let mut sender = Some(sender);
    while let Some(message) = read.wait().await {
        if let ChannelMsg::Data { data } = message {
            if let Some(open) = &sender
                && open.send(data).await.is_err()
            {
                sender = None; // the command reads no more
            }
        } else if matches!(message, ChannelMsg::Eof) {
            sender = None;
        } else if matches!(message, ChannelMsg::Close) {
            break;
        }
    }
    closed.send_replace(true);
}

async fn write_in(mut waiting: mpsc::Receiver<Bytes>, stdin: Option<ChildStdin>) {
    let Some(mut stdin) = stdin else { return };
    while let Some(data) = waiting.recv().await {
        if stdin.write_all(&data).await.is_err() {
            return;
        }
    }
}

/// The command's bytes to the client, and then its status.
async fn carry(
    child: &mut Child,
    write: &ChannelWriteHalf<Msg>,
    mut until_closed: watch::Receiver<bool>,
) -> Ending {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let out = async {
        if let Some(stdout) = stdout {
            copy(stdout, write, Stream::Out).await;
        }
    };
    let err = async {
        if let Some(stderr) = stderr {
            copy(stderr, write, Stream::Err).await;
        }
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(out, err) } => {}
        _ = until_closed.wait_for(|closed| *closed) => {}
    }
    child.wait().await.map_or(Ending::NoStatus(None), ending)
}

#[derive(Debug, Clone, Copy)]
enum Stream {
    Out,
    Err,
}

async fn copy(mut from: impl AsyncRead + Unpin, write: &ChannelWriteHalf<Msg>, stream: Stream) {
    let mut buffer = BytesMut::with_capacity(READ_BYTES);
    while let Ok(1..) = from.read_buf(&mut buffer).await {
        let bytes = buffer.split().freeze();
        let sent = match stream {
            Stream::Out => write.data_bytes(bytes).await,
            Stream::Err => write.extended_data_bytes(STDERR, bytes).await,
        };
        if sent.is_err() {
            return;
        }
        buffer.reserve(READ_BYTES);
    }
}
