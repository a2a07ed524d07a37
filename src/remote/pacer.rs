//! How many connections are made at once, how close together, and when again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Handshakes at once: OpenSSH begins to refuse at 10 unauthenticated ones (`MaxStartups`), and
/// behind a jump host all of them meet there.
const HANDSHAKES_MAX: usize = 10;

/// Distance between two starts through the same jump host.
const JUMP_SPACING: Duration = Duration::from_millis(30);

/// The first wait of [`backoff`].
const BACKOFF_FIRST: Duration = Duration::from_secs(1);

/// The longest wait of [`backoff`], before its jitter.
const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// Bounds the handshakes of the whole process. Clones share the bound.
#[derive(Debug, Clone)]
pub struct Pacer {
    places: Arc<Semaphore>,
    next_start: Arc<Mutex<BTreeMap<String, Instant>>>,
    spacing: Duration,
}

/// A place among the handshakes; dropped, it is free for the next.
#[derive(Debug)]
pub struct Pace {
    _place: Option<OwnedSemaphorePermit>,
}

impl Default for Pacer {
    fn default() -> Self {
        Self::new(HANDSHAKES_MAX)
    }
}

impl Pacer {
    /// At most `handshakes` (at least one) at the same time.
    pub fn new(handshakes: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(handshakes.max(1))),
            next_start: Arc::default(),
            spacing: JUMP_SPACING,
        }
    }

    /// Waits for a place; through a jump host also for a little distance to the start before.
    pub async fn admit(&self, jump: Option<&str>) -> Pace {
        // The semaphore is never closed; if it were, going on unpaced is the harmless answer.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        if let Some(jump) = jump {
            let start = {
                let mut next = self.next_start.lock().await;
                let start =
                    next.get(jump).copied().unwrap_or_else(Instant::now).max(Instant::now());
                next.insert(jump.to_owned(), start + self.spacing);
                start
            };
            tokio::time::sleep_until(start).await;
        }
        Pace { _place: place }
    }
}

/// The wait before reconnecting for the `attempt`th time (from 0): 1 s doubling to 30 s, and by
/// `jitter` (any number) up to a quarter less or more, so that hosts do not come back in step.
///
/// Not for a refused login: that one does not get better by itself, see
/// [`super::ConnectError::is_worth_retrying`].
pub fn backoff(attempt: u32, jitter: u32) -> Duration {
    let doubled = BACKOFF_FIRST.saturating_mul(2_u32.saturating_pow(attempt)).min(BACKOFF_MAX);
    let quarter = doubled / 4;
    let share = f64::from(jitter) / f64::from(u32::MAX);
    doubled - quarter + quarter.mul_f64(2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_to_its_cap() {
        let waits: Vec<Duration> = (0..8).map(|n| backoff(n, u32::MAX / 2)).collect();
        for (wait, expected) in waits.iter().zip([1, 2, 4, 8, 16, 30, 30, 30]) {
            let off = wait.abs_diff(Duration::from_secs(expected));
            assert!(off < Duration::from_millis(1), "{waits:?}");
        }
    }

    #[test]
    fn backoff_jitters_by_a_quarter_and_never_overflows() {
        assert_eq!(backoff(0, 0), Duration::from_millis(750));
        assert_eq!(backoff(0, u32::MAX), Duration::from_millis(1250));
        assert_eq!(backoff(u32::MAX, u32::MAX), Duration::from_millis(37_500));
    }

    #[tokio::test(start_paused = true)]
    async fn places_are_bounded() {
        let pacer = Pacer::new(2);
        let (first, _second) = (pacer.admit(None).await, pacer.admit(None).await);
        let third = tokio::time::timeout(Duration::from_secs(60), pacer.admit(None)).await;
        assert!(third.is_err(), "a third handshake began");
        drop(first);
        let third = tokio::time::timeout(Duration::from_secs(60), pacer.admit(None)).await;
        assert!(third.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn starts_through_one_jump_host_are_spaced() {
        let pacer = Pacer::new(10);
        let begun = Instant::now();
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(pacer.admit(Some("bastion")).await);
        }
        assert_eq!(begun.elapsed(), JUMP_SPACING * 3);
        held.push(pacer.admit(Some("other")).await);
        assert_eq!(begun.elapsed(), JUMP_SPACING * 3);
    }
}
