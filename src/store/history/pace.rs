//! How long runs took.

use jiff::SignedDuration;

use crate::{run::Verdict, store::Store};

/// So many of the newest runs are looked through, of any kind.
const LOOKED_MAX: usize = 200;

/// So many durations are told.
const TOLD_MAX: usize = 5;

impl Store {
    /// How long the last runs of a pipeline took that ended well, newest first. What the operator
    /// took to decide is in it. Runs that cannot be read are left out.
    #[must_use]
    pub fn pace(&self, app: &str, stage: &str, pipeline: &str) -> Vec<SignedDuration> {
        let ids = self.ids().unwrap_or_default();
        let newest = ids.into_iter().rev().take(LOOKED_MAX).map(|run| self.summary(run));
        let took = newest.filter(|it| it.closed == Some(Verdict::Ok)).filter_map(|it| {
            let header = it.header?;
            let same = (header.app.as_str(), header.stage.as_str(), header.pipeline.as_str());
            let took = it.last?.duration_since(header.opened);
            (same == (app, stage, pipeline)).then_some(took)
        });
        took.take(TOLD_MAX).collect()
    }
}
