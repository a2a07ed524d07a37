//! Questions while connecting, asked on the screen.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::sync::{mpsc, oneshot};

use crate::{
    remote::{Answer, Ask, Question},
    tui::{Prompt, PromptKind, Told},
};

/// Questions on their way.
pub(super) struct Asking {
    told: mpsc::Sender<Told>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    waiting: BTreeMap<u64, oneshot::Sender<Option<String>>>,
}

impl Asking {
    pub(super) fn new(told: mpsc::Sender<Told>) -> Self {
        Self { told, open: Mutex::default() }
    }

    /// The operator's answer to a prompt.
    pub(super) fn answer(&self, id: u64, answer: Option<String>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = open.waiting.remove(&id) {
            // Whoever asked may have given up.
            drop(waiting.send(answer));
        }
    }

    fn begin(&self) -> (u64, oneshot::Receiver<Option<String>>) {
        let (sender, receiver) = oneshot::channel();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.next += 1;
        let id = open.next;
        open.waiting.insert(id, sender);
        (id, receiver)
    }
}

impl Ask for Asking {
    fn can_ask(&self) -> bool {
        !self.told.is_closed()
    }

    fn ask(&self, question: Question) -> BoxFuture<'_, Option<Answer>> {
        Box::pin(async move {
            let (id, answer) = self.begin();
            let prompt = prompt(id, &question);
            let yes_no = prompt.kind == PromptKind::YesNo;
            self.told.send(Told::Prompt(prompt)).await.ok()?;
            let text = answer.await.ok()??;
            Some(if yes_no { Answer::Yes } else { Answer::Secret(SecretString::from(text)) })
        })
    }
}

fn prompt(id: u64, question: &Question) -> Prompt {
    let (title, lines, kind) = match question {
        Question::Passphrase { file, attempt } => {
            let again = (*attempt > 1).then(|| "The passphrase before was wrong.".to_owned());
            let mut lines = vec![format!("The key {} is encrypted.", file.display())];
            lines.extend(again);
            ("Passphrase".to_owned(), lines, PromptKind::Secret)
        }
        Question::Password { user, host } => {
            (format!("Password of {user} on {host}"), Vec::new(), PromptKind::Secret)
        }
        Question::Interactive { host, name, instruction, prompt, echo } => {
            let lines = [name, instruction, prompt];
            let lines = lines.into_iter().filter(|line| !line.is_empty()).cloned().collect();
            let kind = if *echo { PromptKind::Text } else { PromptKind::Secret };
            (format!("{host} asks"), lines, kind)
        }
        Question::UnknownHostKey { host, key_type, fingerprint, file } => {
            let lines = vec![
                format!("The key of {host} is not known:"),
                format!("{key_type} {fingerprint}"),
                "Compare it with the host's own before you trust it.".to_owned(),
                format!("It would be stored in {}.", file.display()),
            ];
            (format!("Trust {host}?"), lines, PromptKind::YesNo)
        }
    };
    Prompt { id, title, lines, kind }
}
