//! Questions on the terminal, for commands without the console.

use std::{
    io,
    sync::{Mutex, PoisonError},
};

use futures::future::BoxFuture;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::{
    exit::{Exit, Stop},
    say,
    signals::Signals,
};
use crate::{
    remote::{Answer, Ask, Question},
    text::escape,
};

/// Whether the program leaves its terminal: nothing is hidden on it any more.
static LEFT: Mutex<bool> = Mutex::new(false);

/// What the terminal was set to before anything was asked on it.
pub(super) struct Before(Option<Termios>);

impl Before {
    pub(super) fn look() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }

    /// Sets the terminal back for good, also after a question that was left: its own thread waits for
    /// a line that will not come, or is yet to hide what is typed, which it does not any more. What is
    /// as it was is not touched, since a program in the background would be stopped for that.
    pub(super) fn restore(&self) {
        let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        *left = true;
        let (Some(before), Ok(now)) = (&self.0, tcgetattr(io::stdin())) else { return };
        if now.local_modes != before.local_modes {
            // A terminal that has gone away needs nothing.
            let _gone = tcsetattr(io::stdin(), OptionalActions::Now, before);
            say::err("");
        }
    }
}

/// What the terminal was set to before what is typed was hidden; set back when this is dropped.
pub(super) struct Shown(Termios);

impl Shown {
    /// Hides what is typed, but not the end of the line. Signals stay keys, except the one that would
    /// hand a terminal that hides to the shell. `None` where that cannot be had, and from the time on
    /// when the program leaves.
    pub(super) fn hide() -> Option<Self> {
        let left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
        if *left {
            return None;
        }
        let before = tcgetattr(io::stdin()).ok()?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ECHONL);
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        tcsetattr(io::stdin(), OptionalActions::Now, &hidden).ok()?;
        Some(Self(before))
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        // A terminal that has gone away needs nothing.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

/// What a key of the terminal is set to for it to do nothing (`_POSIX_VDISABLE`).
#[cfg(target_os = "linux")]
const DISABLED: u8 = 0;
#[cfg(not(target_os = "linux"))]
const DISABLED: u8 = 0xff;

/// Asks on the terminal, one question at a time.
#[derive(Default)]
pub(super) struct Terminal {
    turn: tokio::sync::Mutex<()>,
}

impl Ask for Terminal {
    fn can_ask(&self) -> bool {
        true
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Option<Answer>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            tokio::task::spawn_blocking(move || answer(&question)).await.ok()?
        })
    }
}

/// A value that is typed and not shown; `None` where nothing was typed.
pub(super) async fn value(prompt: String) -> Option<SecretString> {
    tokio::task::spawn_blocking(move || secret(&prompt)).await.ok()?
}

fn answer(question: &Question) -> Option<Answer> {
    let typed = match question {
        Question::Passphrase { file, attempt } => {
            let again = if *attempt > 1 { "wrong passphrase; " } else { "" };
            secret(&format!("{again}passphrase of {}: ", escape(&file.display().to_string())))
        }
        Question::Password { user, host } => {
            secret(&format!("password of {} on {}: ", escape(user), escape(host)))
        }
        Question::Interactive { host, name, instruction, prompt, echo } => {
            for text in [name, instruction].into_iter().filter(|text| !text.is_empty()) {
                say::err(&format!("{}: {}", escape(host), escape(text)));
            }
            let prompt = format!("{}: {} ", escape(host), escape(prompt));
            if *echo { read(&prompt).map(SecretString::from) } else { secret(&prompt) }
        }
        Question::UnknownHostKey { host, key_type, fingerprint, file } => {
            say::err(&format!("The key of {} is not known.", escape(host)));
            say::err(&format!("  {key_type} {fingerprint}"));
            say::err(&format!("  It would be stored in {}.", file.display()));
            let typed = read(&format!("Is this the host's key? {TYPE_YES}"));
            return is_yes(typed.as_deref()).then_some(Answer::Yes);
        }
    };
    typed.map(Answer::Secret)
}

/// The longest line that a terminal gives, in bytes (`MAX_CANON` is less).
const LINE_MAX: usize = 4096;

/// A line that is typed and not shown. It is hidden before it is asked for, and no buffer keeps it.
fn secret(prompt: &str) -> Option<SecretString> {
    let _shown_again = Shown::hide()?;
    say::ask(prompt);
    let mut line = Zeroizing::new([0; LINE_MAX]);
    let count = rustix::io::retry_on_intr(|| rustix::io::read(io::stdin(), &mut line[..])).ok()?;
    let text = std::str::from_utf8(line.get(..count)?).ok()?;
    (count > 0).then(|| SecretString::from(text.trim_end_matches(['\n', '\r'])))
}

/// What is asked for at a question of yes or no.
const TYPE_YES: &str = "Type yes: ";

/// Whether that is a yes: anything but the word is no.
fn is_yes(typed: Option<&str>) -> bool {
    typed == Some("yes")
}

/// A question of yes or no, unless a signal ends the program before.
pub(super) async fn yes(question: &str, signals: &mut Signals) -> Result<bool, Stop> {
    let typed = line(format!("{question} {TYPE_YES}"), signals).await?;
    Ok(is_yes(typed.as_deref()))
}

/// A line that is typed, unless a signal ends the program before; `None` at the end of the input. It is
/// read in a thread of its own, which is left behind then: once signals are listened for, none of them
/// wakes a reader.
pub(super) async fn line(prompt: String, signals: &mut Signals) -> Result<Option<String>, Stop> {
    tokio::select! {
        typed = tokio::task::spawn_blocking(move || read(&prompt)) => Ok(typed.ok().flatten()),
        number = signals.next() => {
            // The cursor stands behind the question.
            say::err("");
            Err(Stop::new(Exit::Signal(number), "left at a question: what it was for was not begun"))
        }
    }
}

fn read(prompt: &str) -> Option<String> {
    say::ask(prompt);
    let mut text = String::new();
    match io::stdin().read_line(&mut text) {
        Ok(1..) => Some(text.trim_end_matches(['\n', '\r']).to_owned()),
        Ok(0) | Err(_) => None,
    }
}
