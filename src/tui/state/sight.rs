//! What was seen of the hosts beside the run: releases, what is served, maintenance. Each with its
//! age, by the names of the hosts.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::differences::Differences;
use crate::{
    model::{Candidate, Lock, Maintenance, Pair, Plan, Raised, Release, Served, Site},
    tui::told::{Has, Intent},
};

/// What was seen of the hosts.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    pub(crate) has: Has,
    pub(crate) sites: BTreeMap<String, (Box<Site>, Timestamp)>,
    pub(crate) pages: BTreeMap<String, (Maintenance, Timestamp)>,
    /// Who has the stage, on hosts that carry no releases.
    pub(crate) locks: BTreeMap<String, (Option<Box<Lock>>, Timestamp)>,
    /// The newest first.
    pub(crate) candidates: Vec<Candidate>,
    /// Hosts were seen anew, and the releases they offer together are not told yet.
    pub(crate) unlisted: bool,
    /// The picker was asked for, and opens as soon as what is served is known again.
    pub(crate) wanted: bool,
    /// Hosts are looked at again for a dialog, since then.
    pub(crate) glancing: Option<Timestamp>,
    /// The release that is chosen in the pane, by its name: the list may change.
    pub(crate) chosen: Option<String>,
    /// A run that was over before left a schema change that did not end well.
    pub(crate) schema_left: bool,
    /// What is being done outside of a run, in words.
    pub(crate) doing: Option<String>,
    /// Login users, by the names of their hosts.
    pub(crate) logins: BTreeMap<String, String>,
    pub(crate) preview: Preview,
    pub(crate) differences: Differences,
    /// What all releases share, so that it does not go back with one: paths in a release.
    pub(crate) shared: Vec<String>,
}

/// What something would do, asked from outside.
#[derive(Debug, Default)]
pub(crate) struct Preview {
    /// Asked, and not answered yet: one at a time.
    pub(crate) asked: Option<Intent>,
    /// The last answer; of what two buttons of a dialog offer, both.
    told: Vec<Previewed>,
}

/// What something would do.
#[derive(Debug)]
pub(crate) struct Previewed {
    of: Intent,
    pub(crate) lines: Vec<String>,
    /// What it would run, where that is known.
    pub(crate) plan: Option<Box<Plan>>,
}

impl Preview {
    /// What was told of something.
    pub(crate) fn of(&self, intent: &Intent) -> Option<&Previewed> {
        self.told.iter().find(|told| told.of == *intent)
    }

    /// The question is answered.
    pub(crate) fn tell(&mut self, of: Intent, lines: Vec<String>, plan: Option<Box<Plan>>) {
        self.asked.take_if(|asked| *asked == of);
        let switches = |intent: &Intent| matches!(intent, Intent::Maintenance { .. });
        self.told.retain(|told| switches(&told.of) && switches(&of) && told.of != of);
        self.told.truncate(1);
        self.told.push(Previewed { of, lines, plan });
    }

    /// It is to be asked anew.
    pub(crate) fn forget(&mut self) {
        self.told.clear();
    }
}

/// What visitors get, all hosts together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// Nobody has asked yet.
    NotAsked,
    /// The page, on all hosts; whether something about it is not as it should be.
    On {
        /// Not as it should be: no 503, no Retry-After.
        drift: bool,
    },
    /// The application, on all hosts.
    Off,
    /// The page on so many of all hosts.
    Mixed(usize, usize),
    /// A host gave no answer, and why.
    Unknown(String, String),
}

impl Sight {
    /// Hosts by what they serve, the most hosts first.
    pub(crate) fn served(&self) -> Vec<(&Served, Vec<&str>)> {
        let mut groups: Vec<(&Served, Vec<&str>)> = Vec::new();
        for (host, (site, _)) in &self.sites {
            match groups.iter_mut().find(|(served, _)| **served == site.served) {
                Some((_, hosts)) => hosts.push(host),
                None => groups.push((&site.served, vec![host])),
            }
        }
        groups.sort_by_key(|(_, hosts)| std::cmp::Reverse(hosts.len()));
        groups
    }

    /// What the hosts serve, where all serve the same.
    pub(crate) fn served_by_all(&self) -> Option<&Served> {
        match self.served().as_slice() {
            [(served, _)] => Some(served),
            _ => None,
        }
    }

    /// What a release is compared with: what most hosts serve instead of it.
    pub(crate) fn pair(&self, release: &str) -> Option<Pair> {
        let served = self.served();
        let mut names = served.iter().filter_map(|(served, _)| served.release());
        let from = names.find(|name| *name != release)?.to_owned();
        Some(Pair { from, to: release.to_owned() })
    }

    /// The release before the one that is served, where all hosts agree.
    pub(crate) fn previous_of_all(&self) -> Option<&str> {
        let mut all = self.sites.values().map(|(site, _)| site.previous.as_deref());
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// The commit of a release, where it is known.
    pub(crate) fn revision(&self, release: &str) -> Option<&str> {
        let listed = self.candidate(release).and_then(|candidate| candidate.revision.as_deref());
        let on = |host: &String| self.on_host(host, release)?.revision.as_deref();
        listed.or_else(|| self.sites.keys().find_map(on))
    }

    /// A release as one host has it.
    pub(crate) fn on_host(&self, host: &str, release: &str) -> Option<&Release> {
        let (site, _) = self.sites.get(host)?;
        site.releases.iter().find(|other| other.name == release)
    }

    /// A host that carries releases was looked at.
    pub(crate) fn saw(&mut self, host: String, site: Box<Site>, at: Timestamp) {
        self.locks.remove(&host);
        self.sites.insert(host, (site, at));
        self.unlisted = true;
    }

    /// Hosts that are left out are looked at no more: nothing is said of them.
    pub(crate) fn forget(&mut self, hosts: &[String]) {
        self.sites.retain(|host, _| !hosts.contains(host));
        self.pages.retain(|host, _| !hosts.contains(host));
        self.locks.retain(|host, _| !hosts.contains(host));
    }

    /// A release by its name.
    pub(crate) fn candidate(&self, release: &str) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.name == release)
    }

    /// Position of the release that is chosen in the pane.
    pub(crate) fn at(&self) -> usize {
        let named = |name: &String| self.candidates.iter().position(|other| other.name == *name);
        self.chosen.as_ref().and_then(named).unwrap_or(0)
    }

    /// The release that one most likely goes back to: the newest good one older than the newest
    /// that is served, else the newest older one that is offered.
    pub(crate) fn default_target(&self) -> Option<&Candidate> {
        let served = self.candidates.iter().position(|candidate| !candidate.served.is_empty());
        let older = self.candidates.get(served.map_or(0, |at| at + 1)..).unwrap_or(&[]);
        let offered = |candidate: &&Candidate| candidate.refused.is_none();
        let good = |candidate: &&Candidate| {
            offered(candidate) && candidate.verdict == crate::model::ReleaseVerdict::Good
        };
        let any = || older.iter().chain(&self.candidates).find(offered);
        older.iter().find(good).or_else(any).or_else(|| self.candidates.first())
    }

    /// When the host that was looked at longest ago was.
    pub(crate) fn seen_at(&self) -> Option<Timestamp> {
        let sites = self.sites.values().map(|(_, at)| *at);
        sites.chain(self.locks.values().map(|(_, at)| *at)).min()
    }

    /// When the host that was probed longest ago was.
    pub(crate) fn probed_at(&self) -> Option<Timestamp> {
        self.pages.values().map(|(_, at)| *at).min()
    }

    /// What visitors get.
    pub(crate) fn pages(&self) -> Pages {
        let unknown = self.pages.iter().find_map(|(host, (page, _))| match page {
            Maintenance::Unknown(why) => Some((host.clone(), why.clone())),
            Maintenance::On(_) | Maintenance::Off(_) => None,
        });
        if let Some((host, why)) = unknown {
            return Pages::Unknown(host, why);
        }
        let drifts = self.pages.values().filter_map(|(page, _)| match page {
            Maintenance::On(drift) => Some(!drift.is_empty()),
            Maintenance::Off(_) | Maintenance::Unknown(_) => None,
        });
        let drifts: Vec<bool> = drifts.collect();
        match (drifts.len(), self.pages.len()) {
            (_, 0) => Pages::NotAsked,
            (0, _) => Pages::Off,
            (on, all) if on == all => Pages::On { drift: drifts.contains(&true) },
            (on, all) => Pages::Mixed(on, all),
        }
    }

    /// What is recorded of who raised the page; the first host that has it.
    pub(crate) fn raised(&self) -> Option<&Raised> {
        self.sites.values().find_map(|(site, _)| site.raised.as_ref())
    }

    /// Whether a page lies on a host, or is recorded to.
    pub(crate) fn page_lies(&self) -> bool {
        self.lying().0 > 0
    }

    /// The hosts on which a page lies, or is recorded to, and all that were looked at.
    pub(crate) fn lying(&self) -> (usize, usize) {
        let lies = |site: &Site| site.page || site.raised.is_some();
        let lying = self.sites.values().filter(|(site, _)| lies(site)).count();
        (lying, self.sites.len())
    }

    /// Who has the stage, by host; `None`: nobody has it there.
    pub(crate) fn held(&self) -> impl Iterator<Item = (&String, Option<&Lock>)> {
        let sites = self.sites.iter().map(|(host, (site, _))| (host, site.lock.as_ref()));
        sites.chain(self.locks.iter().map(|(host, (lock, _))| (host, lock.as_deref())))
    }

    /// A lock that is not of this run, and a host that has it.
    pub(crate) fn foreign_lock(&self, run: Option<&str>) -> Option<(&str, &Lock)> {
        let other = |lock: &&Lock| Some(lock.run.as_str()) != run;
        self.held().find_map(|(host, lock)| Some((host.as_str(), lock.filter(other)?)))
    }
}
