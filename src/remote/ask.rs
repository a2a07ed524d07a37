//! What only a person can answer while connecting.

use std::path::PathBuf;

use futures::future::BoxFuture;
use secrecy::SecretString;

/// Something a person is asked while a connection is made.
///
/// Text that a server sent is passed on as it came, only cut in length: whoever shows it makes it
/// safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The passphrase of an encrypted private key.
    Passphrase {
        /// The key's file.
        file: PathBuf,
        /// Counted from 1; above 1, the answer before was wrong.
        attempt: u32,
    },
    /// The password of `user` on `host`.
    Password {
        /// The login name.
        user: String,
        /// The host as the recipe names it.
        host: String,
    },
    /// A prompt that the server wrote (keyboard-interactive).
    Interactive {
        /// The host as the recipe names it.
        host: String,
        /// The server's title, possibly empty.
        name: String,
        /// The server's instruction, possibly empty.
        instruction: String,
        /// The server's prompt.
        prompt: String,
        /// Whether the answer may be seen while it is typed.
        echo: bool,
    },
    /// A host key that no known_hosts file holds. [`Answer::Yes`] stores it.
    UnknownHostKey {
        /// The name under which it will be stored.
        host: String,
        /// The key's type, for example `ssh-ed25519`.
        key_type: String,
        /// `SHA256:` and the digest, as ssh prints it.
        fingerprint: String,
        /// The known_hosts file that it will be stored in.
        file: PathBuf,
    },
}

/// What a person answered.
#[derive(Debug)]
pub enum Answer {
    /// Text that was typed; wiped from memory when dropped.
    Secret(SecretString),
    /// Agreement to a question of yes or no.
    Yes,
}

/// Puts questions to a person; a front end implements it.
pub trait Ask: Send + Sync {
    /// Whether somebody is there at all. If not, methods that need a person are not begun.
    fn can_ask(&self) -> bool;

    /// Asks, and waits as long as the person takes. `None` is "no" or "no answer".
    fn ask(&self, question: Question) -> BoxFuture<'_, Option<Answer>>;
}

/// Nobody is there: no question is ever answered.
#[derive(Debug, Clone, Copy)]
pub struct NoAsk;

impl Ask for NoAsk {
    fn can_ask(&self) -> bool {
        false
    }

    fn ask(&self, _question: Question) -> BoxFuture<'_, Option<Answer>> {
        Box::pin(async { None })
    }
}
