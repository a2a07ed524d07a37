//! How the code of two releases differs, asked of hosts that have both. Nothing is changed there.

use std::collections::BTreeMap;

use futures::future::select_ok;

use super::wrapping::{PATIENCE, Wrapping};
use crate::{
    model::{Difference, Pair, Site},
    plan::Surveyed,
    script::builtin::{self, BadInput, By, Layout, Unreadable},
};

/// So many hosts are asked at once; the first that knows is heard.
const ASKED_MAX: usize = 3;

/// A question about two releases, and how its answer is read.
type Question<T> = (
    fn(&Layout, By<'_>) -> Result<String, BadInput>,
    fn(&[String]) -> Result<Result<T, String>, Unreadable>,
);

impl Wrapping {
    /// What is other in the second of two releases, in numbers.
    ///
    /// # Errors
    /// Why no host that was seen can say.
    pub async fn compare(
        &self,
        pair: &Pair,
        sites: &BTreeMap<String, Site>,
    ) -> Result<Difference, String> {
        let question: Question<Difference> = (builtin::compare, |lines| builtin::compared(lines));
        let (host, found) = self.of_whom_knows(question, pair, sites).await?;
        Ok(Difference { host, ..found })
    }

    /// What is other in the second of two releases, line by line, and who says so. Values of secrets are
    /// hidden.
    ///
    /// # Errors
    /// Why no host that was seen can say.
    pub async fn diff(
        &self,
        pair: &Pair,
        sites: &BTreeMap<String, Site>,
    ) -> Result<(String, Vec<String>), String> {
        let question: Question<Vec<String>> = (builtin::diff, |lines| builtin::diffed(lines));
        self.of_whom_knows(question, pair, sites).await
    }

    /// By commits, where a host has them; else by files.
    async fn of_whom_knows<T>(
        &self,
        question: Question<T>,
        pair: &Pair,
        sites: &BTreeMap<String, Site>,
    ) -> Result<(String, T), String> {
        let revision = |name: &String| {
            let on = |site: &Site| {
                let release = site.releases.iter().find(|it| it.name == *name)?;
                release.revision.clone().filter(|it| is_full(it))
            };
            sites.values().find_map(on)
        };
        let seen = |it: &Surveyed| sites.contains_key(&it.host.name);
        let both = |it: &Surveyed| {
            let has = |name: &String| {
                let site = sites.get(&it.host.name);
                site.is_some_and(|site| site.releases.iter().any(|it| it.name == *name))
            };
            has(&pair.from) && has(&pair.to)
        };
        let mut why = "no host has both releases".to_owned();
        if let (Some(from), Some(to)) = (revision(&pair.from), revision(&pair.to)) {
            match self.asked(question, By::Commits(&from, &to), &seen).await {
                Some(Ok(found)) => return Ok(found),
                Some(Err(told)) => why = told,
                None => {}
            }
        }
        match self.asked(question, By::Files(&pair.from, &pair.to), &both).await {
            Some(found) => found,
            None => Err(why),
        }
    }

    /// Asks the first hosts of those; `None`: there are none.
    async fn asked<T>(
        &self,
        (text, read): Question<T>,
        by: By<'_>,
        who: &(dyn Fn(&Surveyed) -> bool + Sync),
    ) -> Option<Result<(String, T), String>> {
        let hosts = self.carrying().filter(|(it, _)| who(it)).take(ASKED_MAX);
        let asks = hosts.map(|(it, layout)| {
            let (name, text) = (it.host.name.clone(), text(layout, by));
            Box::pin(async move {
                let failed = |why: String| format!("{name}: {why}");
                let text = text.map_err(|bad| failed(bad.to_string()))?;
                let lines = self.asker.read(it.id, text, PATIENCE).await;
                let lines = lines.map_err(|error| failed(error.to_string()))?;
                let found = read(&lines).map_err(|bad| failed(bad.to_string()))?;
                Ok((name.clone(), found.map_err(failed)?))
            })
        });
        let asks: Vec<_> = asks.collect();
        if asks.is_empty() {
            return None;
        }
        Some(select_ok(asks).await.map(|(found, _slower)| found))
    }
}

/// Whether it is a whole commit: what others recorded may be anything.
fn is_full(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.bytes().all(|c| c.is_ascii_hexdigit())
}
