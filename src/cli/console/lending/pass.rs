//! Bytes between the operator's terminal and the one of a guest, as they are.

use std::io;

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::memmem::rfind;
use rustix::process::Signal;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

use super::{escape::Escape, keyed::Keyed, tty::Tty};
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

/// How it ended, and what went by.
#[derive(Debug)]
pub(super) struct Passed {
    pub(super) left: Left,
    /// Something was shown, and the guest ended without a key: nobody can have read it. What a terminal
    /// answers by itself is no key.
    pub(super) unread: bool,
}

/// What went either way.
#[derive(Debug, Default)]
struct Went {
    typed: bool,
    shown: bool,
}

/// Something for the guest.
enum Key {
    Bytes(Vec<u8>),
    Size(u16, u16),
}

/// Passes bytes on until the guest ends, or is cut off. Neither way waits for the other, and a terminal
/// that takes nothing keeps nobody waiting but what it shows.
pub(super) async fn pass(tty: &Tty, shell: &mut Shell, escape: Option<Escape>) -> Passed {
    let mut went = Went::default();
    let left = passing(tty, shell, escape, &mut went).await;
    Passed { left, unread: went.shown && !went.typed }
}

async fn passing(
    tty: &Tty,
    shell: &mut Shell,
    mut escape: Option<Escape>,
    went: &mut Went,
) -> Left {
    let mut sized = match signal(SignalKind::window_change()) {
        Ok(sized) => sized,
        Err(error) => return Left::Gone(error),
    };
    let mut continued = match signal(SignalKind::from_raw(Signal::CONT.as_raw())) {
        Ok(continued) => continued,
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
    let (mut out, mut other, mut keyed) = (Bytes::new(), Other::default(), Keyed::default());
    // It may have changed since the guest was told.
    let mut size = tty.size();
    drop(keys.try_send(Key::Size(size.0, size.1)));
    loop {
        tokio::select! {
            () = &mut typing => {}
            read = tty.read(&mut buffer) => {
                let read = match read {
                    Ok(0) => return Left::Gone(io::ErrorKind::UnexpectedEof.into()),
                    Ok(read) => buffer.get(..read).unwrap_or_default(),
                    Err(error) => return Left::Gone(error),
                };
                went.typed |= keyed.are_in(read);
                let (bytes, cut) = match &mut escape {
                    Some(escape) => escape.typed(read),
                    None => (read.to_vec(), false),
                };
                if cut {
                    return Left::Cut;
                }
                // A size that came before the key is told before it.
                tell_size(tty, &mut size, &keys);
                drop(keys.try_send(Key::Bytes(bytes)));
            }
            _ = sized.recv() => tell_size(tty, &mut size, &keys),
            _ = continued.recv() => tty.pass_bytes(),
            written = tty.write(&out), if !out.is_empty() => match written {
                Ok(written) => out.advance(written),
                Err(error) => return Left::Gone(error),
            },
            said = heard.next(), if out.is_empty() => match said {
                Said::Bytes(bytes) => {
                    went.shown = true;
                    if let Some(on) = other.passed(&bytes) {
                        tty.has_other_screen(on);
                    }
                    out = bytes;
                }
                Said::LeftOut(bytes) => out = left_out(bytes),
                Said::Ended(ending) => return Left::Ended(ending),
            },
        }
    }
}

/// Says that the terminal has another size, where it has; a guest that takes no keys is told later.
fn tell_size(tty: &Tty, told: &mut (u16, u16), keys: &mpsc::Sender<Key>) {
    let now = tty.size();
    if now != *told && keys.try_send(Key::Size(now.0, now.1)).is_ok() {
        *told = now;
    }
}

/// Watches for the alternate screen in what passes.
#[derive(Default)]
struct Other {
    /// The end of what has passed, in which a sequence may have begun.
    tail: Vec<u8>,
}

impl Other {
    /// What the bytes leave it at; nothing where they say nothing of it.
    fn passed(&mut self, bytes: &[u8]) -> Option<bool> {
        const ON: &[u8] = b"\x1b[?1049h";
        const OFF: &[u8] = b"\x1b[?1049l";
        self.tail.extend_from_slice(bytes);
        let (on, off) = (rfind(&self.tail, ON), rfind(&self.tail, OFF));
        let rest = self.tail.len().saturating_sub(ON.len() - 1);
        self.tail.drain(..rest);
        (on.is_some() || off.is_some()).then_some(on > off)
    }
}

/// Ends whatever sequence the gap cut in two, and says so.
fn left_out(bytes: u64) -> Bytes {
    let words = "deployui: this terminal is slower than the host";
    Bytes::from(format!("\x1b\\\r\n[{words}: {bytes} bytes left out]\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_screen_is_seen_however_it_is_cut() {
        let text = b"a\x1b[?1049hvi\x1b[?1049l\x1b[?1049h";
        for at in 0..text.len() {
            let mut other = Other::default();
            let (first, then) = text.split_at(at);
            let seen = [other.passed(first), other.passed(then)];
            assert_eq!(seen.into_iter().flatten().last(), Some(true), "cut at {at}");
        }
        let mut other = Other::default();
        assert_eq!(other.passed(b"\x1b[?1049h"), Some(true));
        assert_eq!(other.passed(b"plain"), None, "what was seen is not seen again");
        assert_eq!(other.passed(b"\x1b[?1049l"), Some(false));
    }
}
