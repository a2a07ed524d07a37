//! How long each wait may take, and how much a server may say.

use std::time::Duration;

/// The bounds of one connection. The defaults suit slow hosts on bad lines; tests shorten them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For one TCP connection; `ConnectTimeout` of ssh_config replaces it.
    pub tcp: Duration,
    /// From the open stream to the end of the key exchange.
    pub handshake: Duration,
    /// For each answer of the server while logging in. A person's thinking is not counted.
    pub login: Duration,
    /// For the agent to list its keys.
    pub agent_list: Duration,
    /// For the agent to sign; long enough to touch a token or to confirm in a dialog.
    pub agent_sign: Duration,
    /// For the server to open a channel.
    pub open: Duration,
    /// For `ssh -G` to print its configuration.
    pub config: Duration,
    /// For the goodbye at the end.
    pub close: Duration,
    /// A keepalive is sent after this much silence; `ServerAliveInterval` may shorten it.
    pub keepalive: Duration,
    /// This many keepalives without an answer end the connection.
    pub keepalive_missed_max: usize,
    /// A connection on which nothing at all could be read or written for so long is gone.
    pub inactivity: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            tcp: Duration::from_secs(10),
            handshake: Duration::from_secs(20),
            login: Duration::from_secs(30),
            agent_list: Duration::from_secs(5),
            agent_sign: Duration::from_secs(30),
            open: Duration::from_secs(20),
            config: Duration::from_secs(10),
            close: Duration::from_secs(2),
            keepalive: Duration::from_secs(8),
            keepalive_missed_max: 3,
            inactivity: Duration::from_secs(45),
        }
    }
}

/// Bytes of one text a server may have shown (banner, prompt, goodbye); the rest is cut.
pub(super) const SERVER_TEXT_BYTES_MAX: usize = 4096;

/// Prompts in one keyboard-interactive request; a server that sends more is not answered.
pub(super) const PROMPTS_MAX: usize = 8;

/// Rounds of keyboard-interactive requests; a server that goes on is not answered.
pub(super) const PROMPT_ROUNDS_MAX: usize = 8;

/// Keys offered to one server: OpenSSH's `MaxAuthTries` is 6.
pub(super) const KEYS_OFFERED_MAX: usize = 6;

/// Wrong passphrases or passwords before the method is given up (ssh's own number).
pub(super) const ASKED_MAX: u32 = 3;

/// Times a connection is made anew because logging in spoiled it (an agent that hung).
pub(super) const REBUILDS_MAX: u32 = 4;

/// Cuts what a server said to [`SERVER_TEXT_BYTES_MAX`].
pub(super) fn cut(text: &str) -> String {
    prefix(text, SERVER_TEXT_BYTES_MAX).to_owned()
}

/// The longest prefix of at most `bytes` that ends at a character.
pub(super) fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_at_a_character() {
        assert_eq!(prefix("äöü", 3), "ä");
        assert_eq!(prefix("äöü", 4), "äö");
        assert_eq!(prefix("ab", 9), "ab");
        assert_eq!(cut(&"x".repeat(9000)).len(), SERVER_TEXT_BYTES_MAX);
    }
}
