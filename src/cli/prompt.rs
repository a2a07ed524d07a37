//! Questions on the terminal, for commands without the console.

use std::io;

use futures::future::BoxFuture;
use rustix::{
    process::{Signal, getpid, kill_process},
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::{
    exit::{Exit, Stop},
    say,
    signals::Signals,
};
use crate::{
    remote::{Answer, Ask, Question},
    text::escape,
};

/// What the terminal was set to before anything was asked on it.
pub(super) struct Before(Option<Termios>);

impl Before {
    pub(super) fn look() -> Self {
        Self(tcgetattr(io::stdin()).ok())
    }

    /// Sets the terminal back after a question that was left: it hides what is typed, and its own
    /// thread waits for a line that will not come. What is as it was is not touched, since a program
    /// in the background would be stopped for that.
    pub(super) fn restore(&self) {
        let (Some(before), Ok(now)) = (&self.0, tcgetattr(io::stdin())) else { return };
        if now.local_modes != before.local_modes {
            // A terminal that has gone away needs nothing.
            let _gone = tcsetattr(io::stdin(), OptionalActions::Now, before);
            say::err("");
        }
    }
}

/// The operator pressed Ctrl-C at a question.
struct Interrupted;

/// Asks on the terminal, one question at a time.
#[derive(Default)]
pub(super) struct Terminal {
    turn: Mutex<()>,
}

impl Ask for Terminal {
    fn can_ask(&self) -> bool {
        true
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Option<Answer>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            match tokio::task::spawn_blocking(move || answer(&question)).await.ok()? {
                Ok(answer) => answer,
                Err(interrupted) => interrupted.left().await,
            }
        })
    }
}

impl Interrupted {
    /// The signal ends the program, and may be noticed later than the key: until then nothing is
    /// answered, or what was asked for would be given up first. Where the key came without the signal,
    /// it is sent.
    async fn left<T>(self) -> T {
        let _sent = kill_process(getpid(), Signal::INT);
        std::future::pending().await
    }
}

/// A value that is typed and not shown; `None` where nothing was typed.
pub(super) async fn value(prompt: String) -> Option<SecretString> {
    match tokio::task::spawn_blocking(move || secret(&prompt)).await.ok()? {
        Ok(Some(Answer::Secret(value))) => Some(value),
        Ok(Some(Answer::Yes) | None) => None,
        Err(interrupted) => interrupted.left().await,
    }
}

fn answer(question: &Question) -> Result<Option<Answer>, Interrupted> {
    match question {
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
            if *echo {
                Ok(read(&prompt).map(|text| Answer::Secret(SecretString::from(text))))
            } else {
                secret(&prompt)
            }
        }
        Question::UnknownHostKey { host, key_type, fingerprint, file } => {
            say::err(&format!("The key of {} is not known.", escape(host)));
            say::err(&format!("  {key_type} {fingerprint}"));
            say::err(&format!("  It would be stored in {}.", file.display()));
            let typed = read(&format!("Is this the host's key? {TYPE_YES}"));
            Ok(is_yes(typed.as_deref()).then_some(Answer::Yes))
        }
    }
}

/// A line that is typed and not shown.
fn secret(prompt: &str) -> Result<Option<Answer>, Interrupted> {
    match rpassword::prompt_password(say::spelled(prompt)) {
        Ok(text) => Ok(Some(Answer::Secret(SecretString::from(text)))),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(Interrupted),
        Err(_) => Ok(None),
    }
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
