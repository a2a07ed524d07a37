//! Bytes between the operator's terminal and the one of a guest, as they are.

use std::io;

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use super::{escape::Escape, tty::Tty};
use crate::remote::{Ending, Said, Shell};

/// Bytes of keys that are read at once.
const KEYS_BYTES: usize = 4096;

/// Readings of keys that wait for a guest which takes none; what is typed then is lost, so that the way
/// out stays open.
const KEYS_MAX: usize = 64;

/// How it ended.
#[derive(Debug)]
pub(super) enum Left {
    /// The guest ended.
    Ended(Ending),
    /// The operator cut it off.
    Cut,
    /// The operator's terminal cannot be used any more.
    Gone(io::Error),
}

/// Something for the guest.
enum Key {
    Bytes(Vec<u8>),
    Size(u16, u16),
}

/// Passes bytes on until the guest ends, or is cut off. Neither way waits for the other, and a terminal
/// that takes nothing keeps nobody waiting but what it shows.
pub(super) async fn pass(tty: &Tty, shell: &mut Shell, mut escape: Option<Escape>) -> Left {
    let mut sized = match signal(SignalKind::window_change()) {
        Ok(sized) => sized,
        Err(error) => return Left::Gone(error),
    };
    let (mut typed, mut heard) = shell.split();
    let (keys, mut waiting) = mpsc::channel(KEYS_MAX);
    let typing = async {
        while let Some(key) = waiting.recv().await {
            let taken = match key {
                Key::Bytes(bytes) => typed.write(&bytes).await,
                Key::Size(columns, rows) => typed.resize(columns, rows).await,
            };
            if taken.is_err() {
                break;
            }
        }
        // Its end is heard.
        std::future::pending::<()>().await;
    };
    tokio::pin!(typing);
    let mut buffer = BytesMut::zeroed(KEYS_BYTES);
    let mut out = Bytes::new();
    // It may have changed since the guest was told.
    let (columns, rows) = tty.size();
    drop(keys.try_send(Key::Size(columns, rows)));
    loop {
        tokio::select! {
            () = &mut typing => {}
            read = tty.read(&mut buffer) => {
                let read = match read {
                    Ok(0) => return Left::Gone(io::ErrorKind::UnexpectedEof.into()),
                    Ok(read) => buffer.get(..read).unwrap_or_default(),
                    Err(error) => return Left::Gone(error),
                };
                let (bytes, cut) = match &mut escape {
                    Some(escape) => escape.typed(read),
                    None => (read.to_vec(), false),
                };
                if cut {
                    return Left::Cut;
                }
                drop(keys.try_send(Key::Bytes(bytes)));
            }
            _ = sized.recv() => {
                let (columns, rows) = tty.size();
                drop(keys.try_send(Key::Size(columns, rows)));
            }
            written = tty.write(&out), if !out.is_empty() => match written {
                Ok(written) => out.advance(written),
                Err(error) => return Left::Gone(error),
            },
            said = heard.next(), if out.is_empty() => match said {
                Said::Bytes(bytes) => out = bytes,
                Said::LeftOut(bytes) => out = left_out(bytes),
                Said::Ended(ending) => return Left::Ended(ending),
            },
        }
    }
}

/// Ends whatever sequence the gap cut in two, and says so.
fn left_out(bytes: u64) -> Bytes {
    let words = "deployui: this terminal is slower than the host";
    Bytes::from(format!("\x1b\\\r\n[{words}: {bytes} bytes left out]\r\n"))
}
