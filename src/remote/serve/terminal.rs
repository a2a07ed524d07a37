//! One command of a served host on a terminal of its own.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::sync::Arc;

use pty_process::{OwnedReadPty, OwnedWritePty, Size};
use russh::server::{Handle as Client, Msg};
use russh::{Channel, ChannelMsg, ChannelReadHalf, ChannelWriteHalf};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;
use tokio::sync::watch;

use super::{Host, exec};
use crate::remote::local::ending;
use crate::remote::{Described, Ending};

/// Bytes asked for in one read of a terminal.
const READ_BYTES: usize = 16 << 10;

/// Runs the command on a terminal to its end and reports it. A client that goes away hangs up.
pub(super) async fn run(
    host: Arc<Host>,
    channel: Channel<Msg>,
    client: Client,
    command: Vec<u8>,
    sizes: watch::Receiver<Described>,
) {
    let (read, write) = channel.split();
    let begun = sizes.borrow().clone();
    let Ok((mut child, terminal, typed)) = start(&host, command, &begun) else {
        drop(write.data_bytes("cannot start the login shell on a terminal\r\n").await);
        drop(write.close().await);
        return;
    };
    let feeding = tokio::spawn(feed(read, typed, sizes));
    let ended = tokio::select! {
        ended = carry(&mut child, terminal, &write) => ended,
        _ = feeding => return,
    };
    exec::report(&host, ended, &write, &client).await;
}

fn start(
    host: &Host,
    command: Vec<u8>,
    on: &Described,
) -> pty_process::Result<(Child, OwnedReadPty, OwnedWritePty)> {
    let config = &host.config;
    let (terminal, end) = pty_process::open()?;
    terminal.resize(Size::new(on.rows, on.columns))?;
    let shell = config.shell.first().cloned().unwrap_or_else(|| "sh".into());
    let child = pty_process::Command::new(shell)
        .args(config.shell.iter().skip(1))
        .arg(OsString::from_vec(command))
        .env_clear()
        .envs(&config.vars)
        .env("TERM", &on.term)
        .current_dir(&config.directory)
        .spawn(end)?;
    let (read, write) = terminal.into_split();
    Ok((child, read, write))
}

/// What is typed, and the size of what it is typed on, until the client has gone.
async fn feed(
    mut read: ChannelReadHalf,
    mut typed: OwnedWritePty,
    mut sizes: watch::Receiver<Described>,
) {
    let mut sized = true;
    loop {
        tokio::select! {
            message = read.wait() => match message {
                Some(ChannelMsg::Data { data }) => {
                    if typed.write_all(&data).await.is_err() {
                        return;
                    }
                }
                None | Some(ChannelMsg::Close) => return,
                Some(_) => {}
            },
            changed = sizes.changed(), if sized => {
                sized = changed.is_ok();
                let now = sizes.borrow_and_update().clone();
                // A terminal whose command has ended needs no size.
                drop(typed.resize(Size::new(now.rows, now.columns)));
            }
        }
    }
}

/// The terminal's bytes to the client, and then the command's status.
async fn carry(
    child: &mut Child,
    mut terminal: OwnedReadPty,
    write: &ChannelWriteHalf<Msg>,
) -> Ending {
    let mut buffer = vec![0; READ_BYTES];
    // The terminal ends with an error when nobody has it any more.
    while let Ok(read @ 1..) = terminal.read(&mut buffer).await {
        let bytes = buffer.get(..read).unwrap_or_default().to_vec();
        if write.data_bytes(bytes).await.is_err() {
            break;
        }
    }
    child.wait().await.map_or(Ending::NoStatus(None), ending)
}
