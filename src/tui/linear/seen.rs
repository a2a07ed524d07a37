//! What looks at the hosts bring: who has the stage, what is served, what visitors get. On a screen it is
//! seen by itself; here it is said when it is other than it was.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Linear, stands::locked};
use crate::{
    model::Served,
    tui::{
        feed::Source,
        served_since,
        state::{Model, as_seen::AsSeen},
    },
};

/// What of the hosts was said, or was there before.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Who else had the stage: person and run.
    lock: Option<(String, String)>,
    served: BTreeMap<String, Served>,
    pages: AsSeen,
    /// The operator asked for a look then, and it is not over.
    asked: Option<Timestamp>,
}

impl Seen {
    /// The operator has asked for a look.
    pub(super) fn asks(&mut self, now: Timestamp) {
        self.asked = Some(now);
    }

    /// The look that was asked for comes to nothing, which is said already.
    pub(super) fn gives_up(&mut self) {
        self.asked = None;
    }

    /// What is to be said of what was seen since.
    fn news(&mut self, model: &Model) -> Vec<String> {
        let sight = &model.sight;
        let mut said = self.lock_news(model);
        let served =
            sight.sites.iter().map(|(host, (site, _))| (host.clone(), site.served.clone()));
        let served = served.collect();
        let pages = AsSeen::of(sight, Vec::new());
        // What a run changes is said of its steps.
        let changes = model.open_run().is_some() || sight.doing.is_some();
        if !changes {
            said.extend(served_since(&self.served, &served));
            said.extend(self.pages.pages_since(&pages));
        }
        (self.served, self.pages) = (served, pages);
        let over = |asked: &mut Timestamp| sight.seen_at().is_some_and(|seen| seen >= *asked);
        if self.asked.take_if(over).is_some() && said.is_empty() {
            said.push("The hosts were looked at: nothing is other than it was.".to_owned());
        }
        said
    }

    /// That somebody else has the stage now, or has it no more.
    fn lock_news(&mut self, model: &Model) -> Vec<String> {
        let now = model.foreign_lock().map(|(_, lock)| (lock.by.clone(), lock.run.clone()));
        if self.lock == now {
            return Vec::new();
        }
        self.lock = now;
        vec![locked(model).unwrap_or_else(|| "Nobody else has the stage any more.".to_owned())]
    }
}

impl<S: Source> Linear<S> {
    /// What was seen of the hosts since; where a dialog is open, it says what concerns it, and the rest
    /// comes behind it.
    pub(super) fn seen(&mut self) {
        // The hosts of a stage are looked at together: it is said of all of them at once.
        if self.model.dialog.is_none() && !self.model.sight.unlisted {
            let lines = self.seen.news(&self.model);
            self.out.lines(lines);
        }
    }
}
