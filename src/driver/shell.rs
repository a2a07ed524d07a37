//! A shell for the operator, opened on the connection that a run has. What is typed there and what it
//! says goes past the run: neither is kept.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::{chance, secrets::Secrets};
use crate::{
    model::Command,
    remote::{Described, Ending, Link, Said, Shell},
    script,
};

/// A shell that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it has its directory, user, mask, environment and secrets from. Nothing in it is a hole.
    pub like: Command,
    /// The terminal that it will be seen on.
    pub on: Described,
}

/// How long a host may take until its shell can be sent its surroundings. sudo may have to ask a
/// directory service who somebody is.
const PATIENCE: Duration = Duration::from_secs(20);

/// Bytes that a host may say before its shell is there; of more only the end is looked at.
const NOISE_MAX: usize = 16 * 1024;

/// Characters of a host's words that are shown.
const WORDS_MAX: usize = 500;

/// Opens a shell.
///
/// # Errors
/// Why there is none, in words; they may be the host's.
pub(super) async fn open(link: &Link, wanted: &Wanted, secrets: &Secrets) -> Result<Shell, String> {
    let nonce = chance::nonce().map_err(|error| error.to_string())?;
    let opening = script::shell(&wanted.like, &nonce, |_| None, |name| secrets.value(name))
        .map_err(|error| error.to_string())?;
    let opened = link.shell(&opening.command, &wanted.on).await;
    let mut shell = opened.map_err(|error| match error.hint() {
        Some(hint) => format!("{error} ({hint})"),
        None => error.to_string(),
    })?;
    let late = || format!("the host gave no shell within {} s", PATIENCE.as_secs());
    let sent = async {
        said(&mut shell, &opening.ready).await?;
        let (mut typed, _) = shell.split();
        typed.write(opening.text.as_bytes()).await.map_err(|error| error.to_string())?;
        // What is typed from here on belongs to the shell, and what came behind it is the shell's.
        let rest = said(&mut shell, &opening.begun).await?;
        shell.unread(rest);
        Ok(())
    };
    let sent = timeout(PATIENCE, sent).await;
    sent.map_err(|_late| late())?.map_err(|words: String| secrets.scrub(words))?;
    Ok(shell)
}

/// Waits until the host says this; what it says before is not ours. What came behind it comes back.
async fn said(shell: &mut Shell, mark: &str) -> Result<Bytes, String> {
    let mut said = Vec::new();
    let (_, mut heard) = shell.split();
    loop {
        match heard.next().await {
            Said::Bytes(bytes) => {
                let surplus = (said.len() + bytes.len()).saturating_sub(NOISE_MAX);
                said.drain(..surplus.min(said.len()));
                said.extend_from_slice(&bytes);
                if let Some(at) = memchr::memmem::find(&said, mark.as_bytes()) {
                    return Ok(Bytes::from(said.split_off(at + mark.len())));
                }
            }
            Said::LeftOut(_) => {}
            Said::Ended(ending) => return Err(refused(&ending, &said)),
        }
    }
}

fn refused(ending: &Ending, said: &[u8]) -> String {
    let how = match ending {
        Ending::Exit(status) => format!("exit {status}"),
        Ending::Signal(signal) => format!("killed by {signal}"),
        Ending::Refused => "its server gives no terminal (PermitTTY in its sshd_config)".to_owned(),
        Ending::NoStatus(Some(lost)) => lost.to_string(),
        Ending::NoStatus(None) => "it did not say why".to_owned(),
    };
    let said = String::from_utf8_lossy(said);
    let words: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match words.join("; ") {
        words if words.is_empty() => format!("the host gives no shell: {how}"),
        words => {
            let words: String = words.chars().take(WORDS_MAX).collect();
            format!("the host gives no shell ({how}): {words}")
        }
    }
}
