//! What the host of a connection is told to do.

use super::LogEnd;
use crate::{model::Try, script::Flags};

/// What the host is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Put the box of an attempt.
    Put {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
        /// What `sh` runs.
        text: String,
        /// What else it needs.
        flags: Flags,
    },
    /// Begin the attempt if nobody has, and follow it.
    Go {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
        /// Whether the agent itself does it.
        inline: bool,
        /// What is here of its log.
        log: LogEnd,
    },
    /// Follow the attempt without beginning it.
    Attach {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
        /// What is here of its log.
        log: LogEnd,
    },
    /// Make sure that it never begins.
    Fence {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
    },
    /// Send `TERM` or `KILL` to it.
    Cancel {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
        /// The signal's name.
        signal: &'static str,
    },
    /// Send it a line of input.
    Input {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
        /// The question that it answers.
        number: u16,
        /// The line.
        text: String,
    },
    /// Ask whether a line of input was delivered; the answer is as to [`Order::Input`].
    Taken {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
        /// The question that it answers.
        number: u16,
    },
    /// Remove the box.
    Clean {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
    },
    /// Run a short text by itself, and hand out what it prints.
    Ask {
        /// Names the question in its answer.
        id: u64,
        /// The text, for `sh`.
        text: String,
    },
    /// Ask what the box says.
    State {
        /// The attempt.
        attempt: Try,
        /// Its directory.
        dir: String,
    },
}
