//! Who may have the operator's terminal for a while, and how they leave it.

use crate::model::{self, RunId};

/// Who has the terminal for a while. The console has given it away when it is wished, and takes it
/// again at [`Told::Back`](super::told::Told::Back).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guest {
    /// A shell on a host.
    Shell {
        /// The host, by its name.
        host: String,
        /// The step whose surroundings it has; `None`: those of the stage.
        step: Option<String>,
        /// Directory, user, mask, environment and secrets; its text is not run.
        like: Box<model::Command>,
        /// The open run, if there is one.
        run: Option<RunId>,
    },
    /// A shell on the operator's own machine.
    Subshell,
    /// Whoever started this program, until it is continued; a shell where nobody would.
    Starter,
    /// A program that shows a copy of a log, its secrets hidden.
    Log(Page),
    /// A program that shows lines.
    Lines(Lines),
    /// An editor with a text: what became of it is told ([`Told::Text`](super::told::Told::Text)) before it has left.
    Text(Lines),
}

/// A log to be shown by another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The run.
    pub run: RunId,
    /// The host, by its name.
    pub host: String,
    /// The box of the attempt.
    pub name: String,
    /// The line that is shown first, from 0.
    pub line: u64,
    /// Why that line, as `the marked line`.
    pub chosen: &'static str,
    /// The words of the command, for `sh`.
    pub program: String,
    /// Whether it shows colours.
    pub colours: bool,
}

/// Lines to be shown by another program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// What they are, in a word that can name a file.
    pub name: String,
    /// The lines, raw; what begins with a plus or a minus is a difference.
    pub lines: Vec<String>,
    /// The words of the command, for `sh`.
    pub program: String,
    /// Whether it shows colours.
    pub colours: bool,
}

/// How a guest left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// A line to show, raw; nothing where there is nothing to say.
    pub said: String,
    /// Whether it was as it should be.
    pub well: bool,
    /// Whether something may have been changed on hosts.
    pub touched: bool,
}
