//! Wishes on their way to whoever carries them out.

use std::{collections::VecDeque, time::Duration};

use tokio::{sync::mpsc, time::timeout};

use super::told::{Told, Wish};

/// Wishes that wait for whoever carries them out.
const WISHES_MAX: usize = 64;

/// How long one that still waits at the end is offered.
const LAST: Duration = Duration::from_secs(1);

/// Wishes that were not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Outbox(VecDeque<Wish>);

impl Outbox {
    /// It is sent behind the others. Where too much waits: what to tell whoever wished it.
    pub(crate) fn put(&mut self, wish: Wish) -> Option<Told> {
        if self.is_full() {
            return wish.refused("too much waits to be carried out");
        }
        self.0.push_back(wish);
        None
    }

    /// Whether nothing more finds room.
    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= WISHES_MAX
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sends the oldest as soon as it is taken. Where nobody takes any more, all are let go of.
    pub(crate) async fn send(&mut self, to: &mpsc::Sender<Wish>) {
        match (to.reserve().await, self.0.pop_front()) {
            (Ok(permit), Some(wish)) => permit.send(wish),
            (Ok(_) | Err(_), _) => self.0.clear(),
        }
    }

    /// Sends what still waits, before the console is left.
    pub(crate) async fn flush(&mut self, to: &mpsc::Sender<Wish>) {
        while let Some(wish) = self.0.pop_front() {
            if !matches!(timeout(LAST, to.send(wish)).await, Ok(Ok(()))) {
                tracing::warn!("a wish was not taken before the console was left");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_finds_no_room_is_answered_and_the_others_go_in_their_order() {
        let mut outbox = Outbox::default();
        for _ in 0..WISHES_MAX {
            assert!(outbox.put(Wish::Times).is_none());
        }
        assert!(matches!(outbox.put(Wish::Connect), Some(Told::Refused(_))));
        assert!(matches!(outbox.put(Wish::Look), Some(Told::Unlooked(_))));
        let (to, mut taken) = mpsc::channel(WISHES_MAX);
        outbox.send(&to).await;
        assert!(outbox.put(Wish::Look).is_none(), "there is room again");
        assert_eq!(taken.try_recv(), Ok(Wish::Times));
        outbox.flush(&to).await;
        assert!(outbox.is_empty());
        let mut last = Err(mpsc::error::TryRecvError::Empty);
        while let Ok(wish) = taken.try_recv() {
            last = Ok(wish);
        }
        assert_eq!(last, Ok(Wish::Look));
    }
}
