//! What is written to the two channels of a host and read from them, and how work on them ends.

use super::trouble::{ShellEnd, Trouble};
use crate::{
    boxes::{Client, Stream},
    remote::{Chunk, Pipe},
};

/// Nobody listens any more: the task ends.
pub(super) struct Unheard;

/// How a stretch of work on one connection ended.
pub(super) enum Ended {
    /// Nobody listens any more.
    Unheard,
    /// The connection, or a shell on it.
    Lost(Trouble),
    /// The shells are begun anew over the same connection.
    Anew,
}

impl From<Unheard> for Ended {
    fn from(_: Unheard) -> Self {
        Self::Unheard
    }
}

/// Writes to the shell on a channel.
pub(super) async fn write(pipe: &mut Pipe, text: &str) -> Result<(), Ended> {
    let written = pipe.input.write(text.as_bytes()).await;
    written.map_err(|error| Ended::Lost(Trouble::ended(ShellEnd::Deaf(error.to_string()), "")))
}

/// Takes in what a channel said. A shell that ends is a lost connection.
pub(super) fn heard(client: &mut Client, chunk: Option<Chunk>, agent: bool) -> Result<(), Trouble> {
    let (out, err) =
        if agent { (Stream::Log, Stream::Facts) } else { (Stream::Control, Stream::Noise) };
    match chunk {
        Some(Chunk::Out(bytes)) => client.bytes(out, &bytes),
        Some(Chunk::Err(bytes)) => client.bytes(err, &bytes),
        Some(Chunk::Ended(ending)) => return Err(Trouble::shell(ending, &client.noise())),
        None => return Err(Trouble::ended(ShellEnd::Untold, &client.noise())),
    }
    Ok(())
}
