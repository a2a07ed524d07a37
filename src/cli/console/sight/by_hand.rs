//! What is done on the hosts by key, beside a run: the maintenance page, and a lock that is given up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Sight;
use crate::{
    driver,
    model::{Maintenance, Raised, Site},
    plan,
    script::builtin::Maintained,
    tui::{Raising, Told, raised_since},
};

impl Sight {
    /// Puts the page up or takes it down, asks what visitors get, and tells what came of it. Nothing is
    /// done where something else lies there than the operator believes.
    pub(super) async fn maintain(
        self,
        on: bool,
        (reason, until): (Option<String>, Option<String>),
        from: Raising,
    ) {
        drop(self.look().await);
        let came = match as_believed(&from, self.sites()) {
            Ok(()) => self.switch(on, reason, until).await,
            Err(other) => Err(other),
        };
        drop(self.look().await);
        self.tell(Told::Did(came)).await;
    }

    async fn switch(
        &self,
        on: bool,
        reason: Option<String>,
        until: Option<String>,
    ) -> Result<String, String> {
        let done = if on {
            let (page, raised) = self.raised(reason, until)?;
            self.wrapping.page(Some((&page, &raised)), None).await
        } else {
            self.wrapping.page(None, None).await
        };
        let wanted = if on { Maintained::On } else { Maintained::Off };
        let wrong = done.iter().filter(|(_, came)| came.as_ref() != Ok(&wanted));
        let wrong: Vec<String> = wrong.map(|(host, came)| not_switched(host, came)).collect();
        if !wrong.is_empty() {
            return Err(wrong.join("; "));
        }
        let at = driver::now();
        let pages = self.wrapping.probe().await;
        self.tell_pages(&pages, at).await;
        seen_to_be(on, done.len(), &pages)
    }

    /// The page as it would be put up now, and what is recorded of it.
    pub(super) fn raised(
        &self,
        reason: Option<String>,
        until: Option<String>,
    ) -> Result<(String, Raised), String> {
        let until: Option<Timestamp> = until
            .map(|text| text.parse().map_err(|bad| format!("until {text}: {bad}")))
            .transpose()?;
        let custom = self.page.as_ref().map(|file| {
            std::fs::read_to_string(file)
                .map_err(|error| format!("cannot read {}: {error}", file.display()))
        });
        let custom = custom.transpose()?;
        let by = self.who.clone();
        let raised = Raised { run: self.hand.clone(), by, since: driver::wall(), reason, until };
        let template = plan::page_template(custom.as_deref());
        let page = plan::page(template, &self.wrapping.survey().owner.app, &raised)
            .map_err(|problem| format!("the page: {problem}"))?;
        Ok((page, raised))
    }

    /// Takes the locks that were seen from whoever has them, and gives them back.
    pub(super) async fn unlock(self, reason: String) {
        let ours = self.own_lock(format!("unlocking: {reason}"));
        let holders: BTreeSet<String> =
            self.locks().into_iter().map(|(_, lock)| lock.run).collect();
        let mut problems = Vec::new();
        for holder in &holders {
            if let Err(refused) = self.wrapping.take_over(&ours, holder).await {
                problems.push(refused.to_string());
            }
        }
        let left = self.wrapping.unlock(&self.hand).await;
        problems.extend(left.into_iter().map(|(host, why)| format!("{host}: {why}")));
        drop(self.look().await);
        let came = match (holders.is_empty(), problems.is_empty()) {
            (true, _) => Err("no host was seen to be locked".to_owned()),
            (false, true) => Ok("the stage is unlocked".to_owned()),
            (false, false) => Err(problems.join("; ")),
        };
        self.tell(Told::Did(came)).await;
    }
}

/// Refuses where another page lies on a host than the operator believes.
fn as_believed(from: &Raising, sites: BTreeMap<String, Site>) -> Result<(), String> {
    let now = sites.into_iter().map(|(host, site)| (host, (site.page, site.raised))).collect();
    match raised_since(from, &now) {
        None => Ok(()),
        Some(other) => Err(format!("changed meanwhile, and left: {other}. Ask again")),
    }
}

fn not_switched(host: &str, came: &Result<Maintained, String>) -> String {
    let came = match came {
        Ok(came) => came,
        Err(why) => return format!("{host}: it is not known whether the page is up: {why}"),
    };
    match came {
        Maintained::On => format!("{host}: the page is still there"),
        Maintained::Off => format!("{host}: the page is not there"),
        Maintained::Other(Raised { run, by, .. }) => {
            format!("{host}: {by} raised it (run {run}), and nothing was changed")
        }
        Maintained::Foreign => {
            format!("{host}: a page that nobody accounts for is there, and was left")
        }
        Maintained::Strange(words) => {
            format!("{host}: who raised it cannot be read, and nothing was changed: {words}")
        }
        Maintained::Failed(words) => format!("{host}: {words}"),
    }
}

/// Whether visitors get what they should.
fn seen_to_be(on: bool, hosts: usize, pages: &[(String, Maintenance)]) -> Result<String, String> {
    let odd: Vec<String> = pages
        .iter()
        .filter_map(|(host, page)| match (on, page) {
            (true, Maintenance::On(_)) | (false, Maintenance::Off(_)) => None,
            (true, Maintenance::Off(status)) => {
                Some(format!("{host} answers {status} all the same"))
            }
            (false, Maintenance::On(_)) => Some(format!("{host} shows the page all the same")),
            (_, Maintenance::Unknown(why)) => Some(format!("{host}: {why}")),
        })
        .collect();
    if !odd.is_empty() {
        return Err(format!("visitors do not all get it: {}", odd.join("; ")));
    }
    let what = if on { "on" } else { "off" };
    let seen = match pages.len() {
        0 => "nothing probes what visitors get".to_owned(),
        n => format!("visitors of {n} of {hosts} hosts were seen to get it"),
    };
    Ok(format!("maintenance is {what}: {seen}"))
}
