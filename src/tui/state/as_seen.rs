//! What a dialog is about, as it was seen when it was opened: what has become of it meanwhile is said
//! before anything is confirmed.

use std::collections::BTreeMap;

use super::sight::Sight;
use crate::{
    model::{Lock, Maintenance, Raised, Served},
    tui::told::Raising,
};

/// What was seen of the hosts, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AsSeen {
    served: BTreeMap<String, Served>,
    /// Whether visitors get the page; `None`: it is not known.
    pages: BTreeMap<String, Option<bool>>,
    pub(crate) raising: Raising,
    /// Who has the stage, by host.
    held: BTreeMap<String, Option<Lock>>,
    /// What turning the page off needs care for.
    pub(crate) care: Vec<String>,
}

impl AsSeen {
    pub(crate) fn of(sight: &Sight, care: Vec<String>) -> Self {
        let sites = || sight.sites.iter().map(|(host, (site, _))| (host.clone(), site));
        let page = |page: &Maintenance| match page {
            Maintenance::On(_) => Some(true),
            Maintenance::Off(_) => Some(false),
            Maintenance::Unknown(_) => None,
        };
        let pages = sight.pages.iter();
        Self {
            served: sites().map(|(host, site)| (host, site.served.clone())).collect(),
            pages: pages.map(|(host, (it, _))| (host.clone(), page(it))).collect(),
            raising: sites().map(|(host, it)| (host, (it.page, it.raised.clone()))).collect(),
            held: sight.held().map(|(host, lock)| (host.clone(), lock.cloned())).collect(),
            care,
        }
    }

    /// What is other of all that by now.
    pub(crate) fn since(&self, now: &Self) -> Option<String> {
        let served = served_since(&self.served, &now.served).into_iter();
        joined(served.chain(self.pages_since(now)).chain(self.held_since(now)))
    }

    /// Who has the stage by now and had it not before, or has it no more.
    fn held_since(&self, now: &Self) -> Option<String> {
        let others = self.held.iter().filter_map(|(host, before)| {
            let after = now.held.get(host).filter(|after| *after != before)?;
            let what = match after {
                Some(lock) => format!("locked by {}", lock.by),
                None => "nobody has it locked any more".to_owned(),
            };
            Some((what, host.clone()))
        });
        joined(grouped(others).into_iter().map(line))
    }

    /// What is other of the page by now.
    pub(crate) fn pages_since(&self, now: &Self) -> Option<String> {
        let get = |is: Option<bool>| match is {
            Some(true) => "visitors get the page now",
            Some(false) => "visitors get the application now",
            None => "it is not known any more what visitors get",
        };
        let other = |(host, before): (&String, &Option<bool>)| {
            let after = now.pages.get(host).filter(|after| *after != before)?;
            Some((get(*after).to_owned(), host.clone()))
        };
        let gets = grouped(self.pages.iter().filter_map(other)).into_iter().map(line);
        joined(gets.chain(raised_since(&self.raising, &now.raising)))
    }
}

/// What lies on hosts by now that was not there before, or is gone, in a line.
#[must_use]
pub fn raised_since(before: &Raising, now: &Raising) -> Option<String> {
    let others = before.iter().filter_map(|(host, before)| {
        let after = now.get(host).filter(|after| *after != before)?;
        Some((lies(after), host.clone()))
    });
    joined(grouped(others).into_iter().map(line))
}

/// What hosts serve by now that is not what they served before, in a line. Hosts that were not seen before,
/// or are not seen now, are no difference.
#[must_use]
pub fn served_since(
    before: &BTreeMap<String, Served>,
    now: &BTreeMap<String, Served>,
) -> Option<String> {
    let others = before.iter().filter_map(|(host, before)| {
        let after = now.get(host).filter(|after| *after != before)?;
        let before = match *before == Served::Nothing {
            true => "and no release before".to_owned(),
            false => format!("not {}", before.name()),
        };
        Some((format!("{} now, {before}", after.name()), host.clone()))
    });
    joined(grouped(others).into_iter().map(|(what, hosts)| {
        let serve = if hosts.len() == 1 { "serves" } else { "serve" };
        format!("{} {serve} {what}", hosts.join(", "))
    }))
}

/// What lies on a host.
fn lies((page, raised): &(bool, Option<Raised>)) -> String {
    match (raised, page) {
        (Some(raised), _) => format!("{} has turned it on", raised.by),
        (None, true) => "a page of nobody lies there".to_owned(),
        (None, false) => "the page is gone".to_owned(),
    }
}

/// What is said, and all hosts of which it is.
fn grouped(said: impl Iterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (what, host) in said {
        match groups.iter_mut().find(|(other, _)| *other == what) {
            Some((_, hosts)) => hosts.push(host),
            None => groups.push((what, vec![host])),
        }
    }
    groups
}

/// What is said of hosts.
fn line((what, hosts): (String, Vec<String>)) -> String {
    format!("{}: {what}", hosts.join(", "))
}

fn joined(lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("; "))
}
