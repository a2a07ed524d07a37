//! Questions on the terminal, for commands without the console.

use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::say;
use crate::{
    remote::{Answer, Ask, Question},
    text::escape,
};

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
            tokio::task::spawn_blocking(move || answer(&question)).await.ok().flatten()
        })
    }
}

fn answer(question: &Question) -> Option<Answer> {
    let secret = |prompt: String| {
        rpassword::prompt_password(prompt).ok().map(|text| Answer::Secret(SecretString::from(text)))
    };
    match question {
        Question::Passphrase { file, attempt } => {
            let again = if *attempt > 1 { "wrong passphrase; " } else { "" };
            secret(format!("{again}passphrase of {}: ", escape(&file.display().to_string())))
        }
        Question::Password { user, host } => {
            secret(format!("password of {} on {}: ", escape(user), escape(host)))
        }
        Question::Interactive { host, name, instruction, prompt, echo } => {
            for text in [name, instruction].into_iter().filter(|text| !text.is_empty()) {
                say::err(&format!("{}: {}", escape(host), escape(text)));
            }
            let prompt = format!("{}: {} ", escape(host), escape(prompt));
            if *echo {
                line(&prompt).map(|text| Answer::Secret(SecretString::from(text)))
            } else {
                secret(prompt)
            }
        }
        Question::UnknownHostKey { host, key_type, fingerprint, file } => {
            say::err(&format!("The key of {} is not known.", escape(host)));
            say::err(&format!("  {key_type} {fingerprint}"));
            say::err(&format!("  It would be stored in {}.", file.display()));
            yes("Is this the host's key?").then_some(Answer::Yes)
        }
    }
}

/// A question of yes or no; anything but `yes` is no.
pub(super) fn yes(question: &str) -> bool {
    line(&format!("{question} Type yes: ")).is_some_and(|text| text == "yes")
}

/// A line that is typed.
pub(super) fn line(prompt: &str) -> Option<String> {
    use std::io::Write as _;
    drop(std::io::stderr().lock().write_all(prompt.as_bytes()));
    let mut text = String::new();
    match std::io::stdin().read_line(&mut text) {
        Ok(1..) => Some(text.trim_end_matches(['\n', '\r']).to_owned()),
        Ok(0) | Err(_) => None,
    }
}
