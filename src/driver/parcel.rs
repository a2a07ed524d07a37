//! A file of this machine sent to a host, over a channel of its own on the connection that is there.
//! Never more of it than one piece is in memory, and it is there whole or not at all.

use std::{io, path::PathBuf, pin::pin, time::Duration};

use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::mpsc,
    time::timeout,
};

use crate::{
    remote::{Chunk, Ending, Link, OpenError, Pipe, PipeInput},
    script::builtin,
};

/// Bytes that are read and sent at once: two of SSH's packets.
const PIECE_BYTES: usize = 64 * 1024;

/// How long a host may take nothing of a parcel, or not say that it has it: a slow line may hold a
/// whole window of SSH, 2 MiB, on its way.
const STILL: Duration = Duration::from_secs(300);

/// The words where a channel ends without its end.
const AWAY: &str = "its connection went away";

/// Characters of a host's words that are shown.
const WORDS_MAX: usize = 500;

/// A file to send.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    /// The file here.
    pub(super) file: PathBuf,
    /// What the host is told first: what to do with the bytes that follow.
    pub(super) line: String,
}

/// A file to read.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    /// The file here that it becomes.
    pub(super) file: PathBuf,
    /// What the host is told: to print it.
    pub(super) line: String,
    /// How many bytes it has.
    pub(super) bytes: u64,
}

/// Reads a file of a host. What it is read into is whole only if this says so.
///
/// # Errors
/// Why it is not here, in words.
pub(super) async fn fetch(link: &Link, errand: Errand) -> Result<(), String> {
    let Errand { file, line, bytes } = errand;
    let unwritten = |error: io::Error| format!("cannot write {} here: {error}", file.display());
    let mut options = tokio::fs::OpenOptions::new();
    let mut to = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&file)
        .await
        .map_err(unwritten)?;
    let Pipe { mut input, mut output } = link.open(builtin::RECEIVER).await.map_err(unopened)?;
    input.write(line.as_bytes()).await.map_err(|error| error.to_string())?;
    let (mut got, mut words) = (0_u64, String::new());
    loop {
        match timeout(STILL, output.recv()).await {
            Ok(Some(Chunk::Out(piece))) => {
                got = got.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
                if got > bytes {
                    return Err(odd(got, bytes));
                }
                to.write_all(&piece).await.map_err(unwritten)?;
            }
            Ok(Some(Chunk::Err(said))) => say(&mut words, &said),
            Ok(Some(Chunk::Ended(Ending::Exit(0)))) if got == bytes => break,
            Ok(Some(Chunk::Ended(Ending::Exit(0)))) => return Err(odd(got, bytes)),
            Ok(Some(Chunk::Ended(ending))) => {
                return Err(format!("it cannot be read ({}): {}", how(&ending), words.trim()));
            }
            Ok(None) => return Err(AWAY.to_owned()),
            Err(_late) => return Err(format!("it sent nothing more for {} s", STILL.as_secs())),
        }
    }
    to.flush().await.map_err(unwritten)
}

fn odd(got: u64, bytes: u64) -> String {
    format!("it sent {got} or more bytes of {bytes}: was it packed again meanwhile?")
}

/// Sends a parcel.
///
/// # Errors
/// Why the host does not have it, in words.
pub(super) async fn send(link: &Link, parcel: Parcel) -> Result<(), String> {
    let Pipe { mut input, output } = link.open(builtin::RECEIVER).await.map_err(unopened)?;
    // Both at once: a host that refuses says so while bytes are still on their way, and what it says
    // counts more than the write that it breaks off.
    let mut taken = pin!(taken(output));
    let written = tokio::select! {
        taken = &mut taken => return taken,
        written = write(&mut input, parcel) => written,
    };
    match timeout(STILL, taken).await {
        Ok(Ok(())) => written,
        Ok(Err(why)) => Err(written.err().unwrap_or(why)),
        Err(_) => Err(written.err().unwrap_or_else(still)),
    }
}

fn still() -> String {
    format!("it took nothing more for {} s", STILL.as_secs())
}

fn unopened(error: OpenError) -> String {
    match error {
        OpenError::Refused(why) => format!(
            "its server opens no third session ({why}): set MaxSessions to 3 or more in its sshd_config"
        ),
        OpenError::TimedOut | OpenError::Lost(_) | OpenError::Start(_) => error.to_string(),
    }
}

async fn write(input: &mut PipeInput, parcel: Parcel) -> Result<(), String> {
    let written = pieces(input, parcel).await;
    // Also after an error: the end of the input ends the command there.
    drop(timeout(STILL, input.finish()).await);
    written
}

async fn pieces(input: &mut PipeInput, parcel: Parcel) -> Result<(), String> {
    let Parcel { file, line } = parcel;
    let unread = |error: io::Error| format!("cannot read {} here: {error}", file.display());
    let mut source = tokio::fs::File::open(&file).await.map_err(unread)?;
    let mut buffer = BytesMut::from(line.as_bytes());
    loop {
        let piece = buffer.split().freeze();
        let written = timeout(STILL, input.write_bytes(piece)).await;
        written.map_err(|_late| still())?.map_err(|error| error.to_string())?;
        buffer.reserve(PIECE_BYTES);
        if source.read_buf(&mut buffer).await.map_err(unread)? == 0 {
            return Ok(());
        }
    }
}

/// What the host says of it at its end.
async fn taken(mut output: mpsc::Receiver<Chunk>) -> Result<(), String> {
    let mut words = String::new();
    while let Some(chunk) = output.recv().await {
        match chunk {
            Chunk::Out(bytes) | Chunk::Err(bytes) => {
                say(&mut words, &bytes);
            }
            Chunk::Ended(Ending::Exit(0)) => return Ok(()),
            Chunk::Ended(ending) => return Err(refused(&ending, words.trim())),
        }
    }
    Err(AWAY.to_owned())
}

/// Keeps the beginning of what a host says.
fn say(words: &mut String, said: &[u8]) {
    let room = WORDS_MAX.saturating_sub(words.chars().count());
    words.extend(String::from_utf8_lossy(said).chars().take(room));
}

fn refused(ending: &Ending, words: &str) -> String {
    let how = how(ending);
    match words {
        "" => format!("it did not take what was sent ({how}); is its disk full?"),
        words => format!("it did not take what was sent ({how}): {words}"),
    }
}

fn how(ending: &Ending) -> String {
    match ending {
        Ending::Exit(status) => format!("exit {status}"),
        Ending::Signal(signal) => format!("killed by {signal}"),
        Ending::Refused => "the server starts no command".to_owned(),
        Ending::NoStatus(Some(lost)) => lost.to_string(),
        Ending::NoStatus(None) => "it did not say how it went".to_owned(),
    }
}
