//! When a question is asked again: once what was done has not answered it, and once something else has
//! taken the numbers of its choices.

use super::Linear;
use crate::{
    run::Command,
    tui::{feed::Source, told::Wish},
};

impl<S: Source> Linear<S> {
    /// What is on its way may answer the open question.
    pub(super) fn sends(&mut self, wishes: &[Wish]) {
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
            (self.sent, self.outlives) = (Some(id), false);
        } else if wishes.iter().any(ends) {
            (self.sent, self.outlives) = (Some(id), true);
        }
    }

    /// Something has happened: a question that is still open was not answered by the way.
    pub(super) fn happened(&mut self) {
        if std::mem::take(&mut self.outlives) {
            self.sent = None;
        }
    }

    /// Says the choices again whose numbers a dialog has taken.
    pub(super) fn renumber(&mut self) {
        if !self.taken || self.model.dialog.is_some() || self.model.quit {
            return;
        }
        let asked = self.model.hold().map(|(id, _)| id);
        if self.listed || self.question.is_some() && self.question == asked {
            self.again();
        }
    }
}
