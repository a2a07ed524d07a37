//! Between runs: looks at the hosts that nobody asked for, so that the screen shows what others do
//! there. At a steady pace, one at a time, and given up as soon as the operator wants something of
//! the hosts.

use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{Session, planned};
use crate::{
    cli::console::sight::{LOOK_ANYWAY, Sight},
    model::Plan,
};

/// What there is to do about them.
pub(super) enum Round {
    /// The next look is due.
    Due,
    /// A look is over.
    Over,
}

/// The looks, of which at most one is under way.
pub(super) struct Rounds {
    due: Instant,
    looking: JoinSet<()>,
}

impl Rounds {
    /// The first is due after a pause.
    pub(super) fn begin() -> Self {
        Self { due: Instant::now() + LOOK_ANYWAY, looking: JoinSet::new() }
    }

    /// Resolves when a look is over, or the next one is due: not before the last one is over.
    pub(super) async fn next(&mut self) -> Round {
        while let Some(over) = self.looking.join_next().await {
            // One that was given up has told nothing.
            if over.is_ok() {
                return Round::Over;
            }
        }
        sleep_until(self.due).await;
        Round::Due
    }

    /// Looks by these eyes; where there are none, it is only asked again later.
    pub(super) fn look(&mut self, sight: Option<&Sight>) {
        self.rest();
        if let Some(sight) = sight {
            self.looking.spawn(sight.clone().glance(true));
        }
    }

    /// Gives up what is under way, and waits for a whole pause again.
    pub(super) fn rest(&mut self) {
        self.looking.abort_all();
        self.due = Instant::now() + LOOK_ANYWAY;
    }

    /// The same, but for something that waits for no look.
    pub(super) fn rest_unless(&mut self, waits_for_none: bool) {
        if !waits_for_none {
            self.rest();
        }
    }
}

impl Session<'_> {
    /// Does what there is to do about the looks that nobody asked for.
    pub(super) async fn round(&mut self, round: Round) {
        match round {
            Round::Due => self.look_around(),
            Round::Over => self.plan_again().await,
        }
    }

    /// Looks at hosts that are there, where somebody sees what comes of it.
    fn look_around(&mut self) {
        let sight = self.sight.as_ref();
        let seen = self.settled() && !self.screen.is_lent();
        self.rounds.look(sight.filter(|it| seen && it.has().something()));
    }

    /// Plans by what was seen, where that is something else than the plan on the screen was made with.
    /// Its commit is resolved anew only where the operator asks, or begins.
    async fn plan_again(&mut self) {
        let (Some(sight), Some(stage)) = (&self.sight, &mut self.stage) else { return };
        let sites = sight.sites();
        // A run that was asked for and refused may have turned the stage to another pipeline.
        let shown = |plan: &Plan| plan.pipeline == stage.request.pipeline;
        let mine = self.learnt && !self.reading && self.shown.as_ref().is_some_and(shown);
        if !mine || stage.request.known.sites == sites {
            return;
        }
        stage.request.known.sites = sites;
        match planned(stage) {
            Ok(plan) => self.show_newer(plan).await,
            // It is said to whoever begins it.
            Err(stop) => tracing::debug!(errors = ?stop.errors, "no plan by what was seen"),
        }
    }
}
