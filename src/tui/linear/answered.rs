//! When a question is asked again: once what was done has not answered it, and once something else has
//! taken the numbers of its choices.

use super::Linear;
use crate::{
    model::HoldId,
    run::Command,
    tui::{feed::Source, told::Wish},
};

/// What is on its way about a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// An answer to it.
    Answer(HoldId),
    /// Something that ends more than the question, which may outlive it.
    Ends(HoldId),
}

impl Sent {
    /// The question.
    pub(super) fn of(self) -> HoldId {
        let (Self::Answer(id) | Self::Ends(id)) = self;
        id
    }
}

impl<S: Source> Linear<S> {
    /// What is on its way may answer the open question.
    pub(super) fn sends(&mut self, wishes: &[Wish]) {
        if wishes.contains(&Wish::Look) {
            self.seen.asks(self.model.now);
        }
        let Some((id, hold)) = self.model.hold() else { return };
        let answers = |wish: &Wish| {
            matches!(wish, Wish::Command(Command::Choose(other, ..)) if *other == id)
                || matches!(wish, Wish::Answer { attempt, .. } if attempt.node == hold.on)
        };
        let ends = |wish: &Wish| {
            let Wish::Command(command) = wish else { return false };
            matches!(command, Command::Abort(..) | Command::Exclude(..) | Command::Rest(..))
        };
        if wishes.iter().any(answers) {
            self.asking.sent = Some(Sent::Answer(id));
        } else if wishes.iter().any(ends) {
            self.asking.sent = Some(Sent::Ends(id));
        }
    }

    /// Something has happened: a question that is still open was not answered by the way.
    pub(super) fn happened(&mut self) {
        self.asking.sent.take_if(|sent| matches!(sent, Sent::Ends(_)));
    }

    /// Says the choices again whose numbers a dialog has taken.
    pub(super) fn renumber(&mut self) {
        if !self.asking.taken || self.model.dialog.is_some() || self.model.quit {
            return;
        }
        let asked = self.model.hold().map(|(id, _)| id);
        if self.asking.listed || self.asking.question.is_some() && self.asking.question == asked {
            self.again();
        }
    }
}
