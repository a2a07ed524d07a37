//! What others begin on the stage, while this console only looks.

use super::{Session, said};
use crate::{
    cli::console::{
        begun::Begun,
        watch::{self, Watching},
    },
    model::RunId,
    tui::Told,
};

impl Session<'_> {
    /// With what tells of runs that others begin.
    pub(in crate::cli::console) fn noticing(self, begun: Option<Begun>) -> Self {
        Self { begun, ..self }
    }

    /// Shows a run that somebody else has begun; whether the operator is still there.
    pub(super) async fn watch(&mut self, run: &RunId) -> bool {
        self.rounds.rest();
        let watching = watch::follow(self.around, &mut self.screen, run).await;
        (self.shown, self.reading) = (None, true);
        match watching {
            Ok(Watching::Left) => return false,
            Ok(Watching::Over) => {}
            Err(stop) => self.screen.tell(Told::Did(Err(said(&stop)))).await,
        }
        if let Some(sight) = &self.sight {
            self.beside.spawn(sight.clone().look_again());
        }
        true
    }
}
