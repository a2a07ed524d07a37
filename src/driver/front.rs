//! What passes between a run that is driven and its front end.

use crate::{
    model::Try,
    run::{Command, Event, Refusal, Run, Verdict},
};

/// What a front end tells the driver.
#[derive(Debug)]
pub enum Request {
    /// A command for the run.
    Command(Command),
    /// The input for the question of an attempt; the hold is answered with it.
    Answer {
        /// The attempt that asked.
        attempt: Try,
        /// The number of the question.
        number: u16,
        /// The line. Never journalled.
        text: String,
        /// Whether it was typed unseen: no log and no journal shows it from then on.
        hidden: bool,
    },
}

/// Is told everything, in order. Must not wait.
pub trait Observer {
    /// New facts, and what is known with them.
    fn told(&mut self, events: &[Event], run: &Run);
    /// This host is there, and this is its login user.
    fn reached(&mut self, host: &str, user: &str) {
        let _ = (host, user);
    }
    /// A command was not carried out.
    fn refused(&mut self, why: Refusal) {
        drop(why);
    }
}

/// How driving a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// The run is over.
    Closed(Verdict),
    /// It needs an answer that nobody here gives.
    Stuck,
    /// The console left it.
    Detached,
}
