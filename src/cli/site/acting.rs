//! What changes hosts by short acts, and a signal meanwhile: an act that was begun is waited for a
//! little, the next one is not begun, and what became of it all is told.

use super::super::{
    exit::{Exit, Stop},
    prepare::Stage,
    say,
    signals::Signals,
};
use crate::driver::Hurry;

/// The acts of one command.
pub(super) struct Acting {
    signals: Signals,
    hurry: Hurry,
    /// The first signal that came.
    left: Option<u8>,
}

impl Acting {
    pub(super) fn on(stage: &Stage, signals: Signals) -> Self {
        Self { signals, hurry: stage.wrapping.hurry().clone(), left: None }
    }

    /// For a question between acts.
    pub(super) fn signals(&mut self) -> &mut Signals {
        &mut self.signals
    }

    /// Carries an act out, to its end: after a signal a host that does not answer is given up soon, and
    /// after another one at once, which the act's own result says.
    pub(super) async fn act<T>(&mut self, act: impl Future<Output = T>) -> T {
        tokio::pin!(act);
        loop {
            tokio::select! {
                done = &mut act => return done,
                number = self.signals.next() => {
                    if self.left.replace(self.left.unwrap_or(number)).is_none() {
                        say::err("leaving: what was begun is ended first; once more leaves at once");
                    }
                    self.hurry.more();
                }
            }
        }
    }

    /// Whether a signal asked to end: the next act is not begun.
    pub(super) fn is_left(&self) -> bool {
        self.left.is_some()
    }

    /// How the command ends that would end so without a signal.
    pub(super) fn exit(&self, exit: Exit) -> Exit {
        self.left.map_or(exit, Exit::Signal)
    }

    /// As [`Self::exit`], for a command that stops.
    pub(super) fn stop(&self, stop: Stop) -> Stop {
        Stop { exit: self.exit(stop.exit), ..stop }
    }
}
