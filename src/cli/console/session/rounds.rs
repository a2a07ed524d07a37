//! Between runs: looks at the hosts that nobody asked for, so that the screen shows what others do
//! there. At a steady pace, one at a time, and given up as soon as the operator wants something of
//! the hosts.

use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::cli::console::sight::{LOOK_ANYWAY, Sight};

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
}
