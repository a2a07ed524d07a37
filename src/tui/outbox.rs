//! Wishes on their way to whoever carries them out.

use std::{collections::VecDeque, time::Duration};

use tokio::{sync::mpsc, time::timeout};

use super::{
    told::{Told, Wish},
    update::Msg,
};

/// Wishes that wait for whoever carries them out.
const WISHES_MAX: usize = 64;

/// What is taken in at once, with what is told of what found no room.
const EXCHANGED_MAX: usize = 256;

/// How long one that still waits at the end is offered.
const LAST: Duration = Duration::from_secs(1);

/// Wishes that were not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Outbox(VecDeque<Wish>);

impl Outbox {
    /// Takes something in and puts what is wished then; what finds no room is answered, and that is taken in,
    /// too. What is asked for again after every answer is answered no more at last.
    pub(crate) fn exchange(&mut self, first: Msg, mut update: impl FnMut(Msg) -> Vec<Wish>) {
        let mut msgs = VecDeque::from([first]);
        for _ in 0..EXCHANGED_MAX {
            let Some(msg) = msgs.pop_front() else { return };
            // The last wish is sent when everything else was.
            let wishes = update(msg).into_iter().filter(|wish| *wish != Wish::Quit);
            let told = wishes.filter_map(|wish| self.put(wish));
            msgs.extend(told.map(|told| Msg::Told(Box::new(told))));
        }
        tracing::warn!(left = msgs.len(), "what found no room was wished for again and again");
    }

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

    #[test]
    fn what_is_wished_again_after_every_refusal_ends() {
        let mut outbox = Outbox(VecDeque::from(vec![Wish::Times; WISHES_MAX]));
        let mut taken = 0;
        outbox.exchange(Msg::Second, |_| {
            taken += 1;
            vec![Wish::Look, Wish::Glance]
        });
        assert_eq!(taken, EXCHANGED_MAX);
        // What is content with an answer has it, and what has room is kept.
        let mut told = Vec::new();
        let mut outbox = Outbox(VecDeque::from(vec![Wish::Times; WISHES_MAX - 1]));
        outbox.exchange(Msg::Second, |msg| {
            let Msg::Told(one) = msg else { return vec![Wish::Quit, Wish::Look, Wish::Connect] };
            told.push(format!("{one:?}"));
            Vec::new()
        });
        assert_eq!(outbox.0.back(), Some(&Wish::Look));
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("Refused("), "{told:?}");
    }

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
