//! A wish on its way to whoever carries it out. Nothing that was wished is lost without a word: what is
//! let go of before it is carried out, wherever and by whatever, is refused by that alone.

use std::collections::VecDeque;

use tokio::{
    runtime::Handle,
    sync::mpsc::{self, error::TrySendError},
};

use crate::tui::{Told, Wish};

/// Why a wish is refused of which nobody says more.
const NOBODY: &str = "this cannot be carried out now";

/// A wish that is not answered yet.
pub(super) struct Wished {
    what: Wish,
    told: mpsc::Sender<Told>,
    /// What is said of it if it ends here; `None`: it was carried out.
    unless: Option<String>,
}

impl Wished {
    /// As it came from the screen.
    pub(super) fn new(what: Wish, told: mpsc::Sender<Told>) -> Self {
        Self { what, told, unless: Some(NOBODY.to_owned()) }
    }

    pub(super) fn what(&self) -> &Wish {
        &self.what
    }

    /// It is carried out, or answered by whoever carries it out.
    pub(super) fn done(mut self) {
        self.unless = None;
    }

    /// It is not carried out.
    pub(super) fn refuse(mut self, why: impl Into<String>) {
        self.unless = Some(why.into());
    }
}

/// Wishes that wait while something else is being done, at most.
const LATER_MAX: usize = 64;

/// What was wished while something else was being done, in its order.
#[derive(Default)]
pub(super) struct Later(VecDeque<Wished>);

impl Later {
    /// Keeps one, as long as there are not too many.
    pub(super) fn keep(&mut self, wished: Wished) {
        if self.0.len() < LATER_MAX {
            self.0.push_back(wished);
        } else {
            wished.refuse("too much waits to be carried out");
        }
    }

    /// The one whose turn it is.
    pub(super) fn next(&mut self) -> Option<Wished> {
        self.0.pop_front()
    }

    /// Refuses what would change something: it was wished before that was known.
    pub(super) fn refuse_acts(&mut self, why: &str) {
        let (acts, others) =
            std::mem::take(&mut self.0).into_iter().partition(|it: &Wished| it.what().acts());
        self.0 = others;
        let acts: VecDeque<Wished> = acts;
        acts.into_iter().for_each(|it| it.refuse(why));
    }
}

impl Drop for Wished {
    fn drop(&mut self) {
        let told = self.unless.take().and_then(|why| self.what.refused(&why));
        let Some(told) = told else { return };
        // A screen that is gone waits for nothing.
        let Err(TrySendError::Full(told)) = self.told.try_send(told) else { return };
        let to = self.told.clone();
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(async move { drop(to.send(told).await) }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        run::{Command, Mode},
        tui::Intent,
    };

    /// What the screen hears of a wish that this is done with.
    async fn heard(wish: Wish, with: impl FnOnce(Wished)) -> Vec<String> {
        // So small that it is full already.
        let (told, mut hears) = mpsc::channel(1);
        told.try_send(Told::Note("before".to_owned())).unwrap();
        with(Wished::new(wish, told));
        let mut heard = Vec::new();
        while let Some(told) = hears.recv().await {
            heard.push(format!("{told:?}"));
        }
        heard.split_off(1)
    }

    #[tokio::test]
    async fn what_is_let_go_of_is_refused() {
        let start = || Wish::Start(Mode::Run);
        assert_eq!(heard(start(), drop).await, [format!("Refused(Wish(Start, {NOBODY:?}))")]);
        assert_eq!(
            heard(start(), |it| it.refuse("not now")).await,
            ["Refused(Wish(Start, \"not now\"))"]
        );
        assert_eq!(heard(start(), Wished::done).await, [""; 0]);
    }

    #[tokio::test]
    async fn what_was_wished_before_something_was_known_changes_nothing() {
        let (told, mut hears) = mpsc::channel(8);
        let mut later = Later::default();
        for wish in [Wish::Look, Wish::Command(Command::Mode(Mode::Run)), Wish::Glance] {
            later.keep(Wished::new(wish, told.clone()));
        }
        later.refuse_acts("the lock was ended");
        let left = std::iter::from_fn(|| later.next());
        let left: Vec<String> = left
            .map(|it| {
                let what = format!("{:?}", it.what());
                it.done();
                what
            })
            .collect();
        assert_eq!(left, ["Look", "Glance"]);
        let told = hears.try_recv().unwrap();
        assert_eq!(format!("{told:?}"), "Refused(Wish(Nothing, \"the lock was ended\"))");
        assert!(hears.try_recv().is_err());
    }

    #[tokio::test]
    async fn whoever_is_broken_off_with_it_has_refused_it() {
        let wish = Wish::Do(Intent::maintenance(true));
        let came = heard(wish, |wished| {
            let work = tokio::spawn(async move {
                std::future::pending::<()>().await;
                wished.done();
            });
            work.abort();
        });
        assert_eq!(came.await, [format!("Refused(Wish(Deed, {NOBODY:?}))")]);
    }
}
