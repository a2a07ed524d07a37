//! Facts from the driver to the screen. The driver never waits for it: what the screen has not taken
//! yet is kept, and when that is too much it is replaced by all that is known.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
};

use crate::{
    driver::Observer,
    run::{Event, Refusal, Run},
    tui::Told,
};

/// Facts that are kept for a screen that is busy.
const KEPT_MAX: usize = 4096;

/// What the screen has not been told yet.
#[derive(Default)]
struct Kept {
    whole: Option<Box<Run>>,
    events: Vec<Event>,
    refused: Vec<Refusal>,
    /// Login users, by the names of their hosts.
    logins: BTreeMap<String, String>,
    over: bool,
}

/// The driver's observer that feeds the screen.
pub(super) struct Feed {
    kept: Arc<Mutex<Kept>>,
    news: Arc<Notify>,
    sender: JoinHandle<()>,
    changed: News,
}

/// Whether something has happened in the run since it was asked last.
#[derive(Clone, Default)]
pub(super) struct News(Arc<AtomicBool>);

impl News {
    /// Says so once.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

impl Feed {
    /// Begins to feed the screen. The first facts go there with the next ones: a run that was opened to
    /// be carried out is never shown as one that waits.
    pub(super) fn begin(told: mpsc::Sender<Told>, first: Vec<Event>) -> Self {
        let kept = Arc::new(Mutex::new(Kept { events: first, ..Kept::default() }));
        let news = Arc::new(Notify::new());
        let sender = tokio::spawn(send(Arc::clone(&kept), Arc::clone(&news), told));
        Self { kept, news, sender, changed: News::default() }
    }

    /// Hears whether something happens.
    pub(super) fn news(&self) -> News {
        self.changed.clone()
    }

    /// Tells what is left, and ends.
    pub(super) async fn end(self) {
        self.change(|kept| kept.over = true);
        drop(self.sender.await);
    }

    fn change(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        self.news.notify_one();
    }
}

async fn send(kept: Arc<Mutex<Kept>>, news: Arc<Notify>, told: mpsc::Sender<Told>) {
    loop {
        news.notified().await;
        let taken = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
        let whole = taken.whole.map(Told::Whole);
        let events = (!taken.events.is_empty()).then_some(Told::Events(taken.events));
        let refused = taken.refused.into_iter().map(|why| Told::Refused(why.into()));
        let login = |(host, user)| Told::Login { host, user };
        let logins = taken.logins.into_iter().map(login);
        for one in whole.into_iter().chain(events).chain(refused).chain(logins) {
            if told.send(one).await.is_err() {
                return;
            }
        }
        if taken.over {
            return;
        }
    }
}

impl Observer for Feed {
    fn told(&mut self, events: &[Event], run: &Run) {
        self.changed.0.store(true, Ordering::Relaxed);
        self.change(|kept| {
            if kept.events.len() + events.len() > KEPT_MAX {
                kept.events.clear();
                kept.whole = Some(Box::new(run.clone()));
            } else {
                kept.events.extend_from_slice(events);
            }
        });
    }

    fn reached(&mut self, host: &str, user: &str) {
        self.change(|kept| {
            kept.logins.insert(host.to_owned(), user.to_owned());
        });
    }

    fn refused(&mut self, why: Refusal) {
        self.change(|kept| {
            if kept.refused.len() < KEPT_MAX {
                kept.refused.push(why);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::run::{Fact, Mode};

    #[tokio::test]
    async fn the_first_facts_come_with_the_next_ones() {
        let (told, mut heard) = mpsc::channel(8);
        let (at, fact) = (Timestamp::UNIX_EPOCH, Fact::Mode(Mode::Run));
        let event = Event { seq: 0, at, by: None, fact };
        let feed = Feed::begin(told, vec![event]);
        tokio::task::yield_now().await;
        assert!(heard.try_recv().is_err());
        feed.end().await;
        assert!(matches!(heard.try_recv(), Ok(Told::Events(events)) if events.len() == 1));
    }
}
