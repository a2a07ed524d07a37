//! Answers that are not waited for as long as they might be: whoever asked wants to leave.

use std::time::Duration;

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// How long an answer is waited for by somebody who wants to leave. A host that is well takes less.
const GRACE: Duration = Duration::from_secs(3);

/// How long for an answer to what is asked when nothing is waited for any more: hosts that are well give
/// back what they were locked with.
const LAST: Duration = Duration::from_millis(500);

/// How much of a hurry there is. Copies share it.
#[derive(Clone, Default)]
pub struct Hurry(watch::Sender<Pace>);

#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd)]
enum Pace {
    /// An answer may take its time.
    #[default]
    Patient,
    /// It may take [`GRACE`].
    Leaving,
    /// What is asked now may take [`LAST`]; what was asked before is not waited for.
    Gone,
}

impl Hurry {
    /// Says that somebody wants to leave: every answer has a few seconds from now on. Said again: less than one.
    pub fn more(&self) {
        self.0.send_modify(|pace| {
            *pace = match *pace {
                Pace::Patient => Pace::Leaving,
                Pace::Leaving | Pace::Gone => Pace::Gone,
            };
        });
    }

    /// Resolves when an answer that is waited for from now on is not waited for any longer.
    pub(super) async fn over(&self) {
        // The sender is ours: neither waits for what cannot come.
        let mut pace = self.0.subscribe();
        if *pace.borrow() == Pace::Gone {
            return sleep(LAST).await;
        }
        drop(pace.wait_for(|pace| *pace >= Pace::Leaving).await);
        drop(timeout(GRACE, pace.wait_for(|pace| *pace == Pace::Gone)).await);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::Instant;

    use super::*;

    /// After how many milliseconds of waiting it is over, if it is said so often before and while it is
    /// waited.
    async fn check(before: usize, meanwhile: usize, expect: u128) {
        let hurry = Hurry::default();
        (0..before).for_each(|_| hurry.more());
        let began = Instant::now();
        let other = hurry.clone();
        tokio::select! {
            () = hurry.over() => {}
            () = async {
                for _ in 0..meanwhile {
                    sleep(Duration::from_secs(1)).await;
                    other.more();
                }
                pending::<()>().await;
            } => {}
        }
        assert_eq!(began.elapsed().as_millis(), expect, "{before} before, {meanwhile} meanwhile");
    }

    #[tokio::test(start_paused = true)]
    async fn answers_get_a_few_seconds_then_none() {
        check(1, 0, 3000).await;
        check(2, 0, 500).await;
        check(0, 1, 4000).await;
        check(0, 2, 2000).await;
        check(1, 1, 1000).await;
    }
}
