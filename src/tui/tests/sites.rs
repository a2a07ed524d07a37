//! What hosts were seen to have, in the stories of releases and maintenance.

use jiff::Timestamp;

use super::story::{self, at};
use crate::{
    model::{
        Between, Candidate, Change, Commits, Difference, Lock, Maintenance, Pair, Raised, Release,
        ReleaseVerdict, Served, Site, Touched,
    },
    tui::{Has, Told},
};

pub(super) const NEWEST: &str = "20261122101200";
pub(super) const BEFORE: &str = "20261121174000";
pub(super) const OLDER: &str = "20261119090200";
pub(super) const BAD: &str = "20261118163300";

/// What is told of the hosts beside the run.
pub(super) struct Sites {
    pub(super) hosts: Vec<(&'static str, Site)>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) pages: Vec<(&'static str, Maintenance)>,
}

fn candidate(name: &str, commit: &str, by: &str, hours: i64, verdict: ReleaseVerdict) -> Candidate {
    Candidate {
        name: name.to_owned(),
        revision: Some(format!("{commit}{}", "0".repeat(33))),
        reference: Some("main".to_owned()),
        by: Some(format!("{by}@desk")),
        at: Some(at(0) - jiff::SignedDuration::from_hours(hours)),
        verdict,
        reason: None,
        served: Vec::new(),
        previous: Vec::new(),
        missing: Vec::new(),
        refused: None,
        migrations: Vec::new(),
    }
}

fn release(candidate: &Candidate) -> Release {
    Release {
        name: candidate.name.clone(),
        path: format!("/srv/www/shop/releases/{}", candidate.name),
        revision: candidate.revision.clone(),
        reference: candidate.reference.clone(),
        by: candidate.by.clone(),
        at: candidate.at,
        verdict: candidate.verdict,
        reason: candidate.reason.clone(),
        schema: Vec::new(),
        pids: Vec::new(),
    }
}

fn both() -> Vec<String> {
    vec!["web1".to_owned(), "web2".to_owned()]
}

fn refused(mut candidate: Candidate, why: &str) -> Candidate {
    candidate.refused = Some(why.to_owned());
    candidate
}

fn candidates() -> Vec<Candidate> {
    use ReleaseVerdict::{Bad, Failed, Good, Unfinished, Unknown};
    let mut newest = refused(candidate(NEWEST, "a1b2c3d", "ana", 4, Good), "it is served");
    newest.served = both();
    let mut before = candidate(BEFORE, "9f8e7d6", "ana", 20, Good);
    before.previous = both();
    before.migrations =
        vec!["orders.0041_order_idx".to_owned(), "orders.0042_backfill_totals".to_owned()];
    let older = candidate(OLDER, "55aa10c", "li", 77, Good);
    let mut bad = refused(candidate(BAD, "0be77f1", "li", 94, Bad), "it is marked bad");
    bad.reason = Some("the payment page was empty".to_owned());
    let failed = candidate("20261117110500", "77e0d42", "ana", 123, Failed);
    let failed = refused(failed, "its run failed: it was never verified");
    let unfinished = candidate("20261115120000", "31cafe0", "ana", 170, Unfinished);
    let unfinished = refused(unfinished, "it was never finished");
    let mut partly = candidate("20261114095100", "c0ffee1", "li", 196, Good);
    partly.missing = vec!["web2".to_owned()];
    let partly = refused(partly, "web2 does not have it");
    let mut foreign = candidate("20261101080000", "", "", 0, Unknown);
    (foreign.revision, foreign.by, foreign.at, foreign.reference) = (None, None, None, None);
    vec![newest, before, older, bad, failed, unfinished, partly, foreign]
}

/// How the release before differs from the newest.
pub(super) fn difference() -> Difference {
    let commits = [
        "a1b2c3d Add totals to orders (ana, 2026-11-21)",
        "be0091f Use the net price in the cart (li, 2026-11-21)",
    ];
    let newest = commits.map(str::to_owned).to_vec();
    let change = |name: &str, before: Option<&str>, after: Option<&str>| Change {
        name: name.to_owned(),
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
    };
    let touched =
        |file: &str, changes: Vec<Change>| Touched { file: file.to_owned(), changes, more: false };
    let versions = vec![
        change("celery", Some("5.6.1"), Some("5.6.0")),
        change("django", Some("5.2.9"), Some("5.2.8")),
        change("httpx", Some("0.28.1"), None),
    ];
    Difference {
        host: "web1".to_owned(),
        commits: Some(Between {
            leaving: Commits { count: 2, newest },
            coming: Commits::default(),
        }),
        files: 38,
        added: 1204,
        removed: 611,
        locks: vec![touched("requirements.txt", versions)],
        examples: vec![touched(".env.example", vec![change("ORDER_TOTALS_V2", Some(""), None)])],
    }
}

fn site(candidates: &[Candidate], host: &str) -> Site {
    let there = candidates.iter().filter(|it| !it.missing.iter().any(|name| name == host));
    Site {
        served: Served::Release(NEWEST.to_owned()),
        previous: Some(BEFORE.to_owned()),
        releases: there.map(release).collect(),
        ..Site::default()
    }
}

impl Sites {
    /// Two hosts that serve the newest release.
    pub(super) fn calm() -> Self {
        let candidates = candidates();
        let hosts = ["web1", "web2"].map(|host| (host, site(&candidates, host)));
        let pages = ["web1", "web2"].map(|host| (host, Maintenance::Off(200)));
        Self { hosts: hosts.to_vec(), pages: pages.to_vec(), candidates }
    }

    pub(super) fn serving(mut self, host: usize, served: Served) -> Self {
        let name = self.hosts[host].0;
        for candidate in &mut self.candidates {
            candidate.served.retain(|other| other != name);
            if served.release() == Some(candidate.name.as_str()) {
                candidate.served.push(name.to_owned());
            }
        }
        self.hosts[host].1.served = served;
        self
    }

    pub(super) fn page(mut self, host: usize, page: Maintenance) -> Self {
        self.pages[host].1 = page;
        self
    }

    /// The page is up on both hosts, raised by someone.
    pub(super) fn raised(self, by: &str) -> Self {
        let mut raised = self.page(0, Maintenance::On(Vec::new()));
        raised = raised.page(1, Maintenance::On(Vec::new()));
        for (_, site) in &mut raised.hosts {
            site.page = true;
            site.raised = Some(Raised {
                run: "by-hand-ana".to_owned(),
                by: by.to_owned(),
                since: at(-1200),
                reason: Some("new prices, back soon".to_owned()),
                until: Some(at(1800)),
            });
        }
        raised
    }

    pub(super) fn locked(mut self, by: &str, purpose: &str) -> Self {
        self.hosts[0].1.lock = Some(Lock {
            run: "20261122-135000-zzzz".to_owned(),
            by: by.to_owned(),
            at: at(-600),
            purpose: purpose.to_owned(),
        });
        self
    }

    /// All of it, as seen then.
    pub(super) fn told(self, seen: Timestamp) -> Vec<Told> {
        let mut told = vec![Told::Has(Has { releases: true, maintenance: true, ..Has::default() })];
        told.push(Told::Shared(vec![".env".to_owned(), "media".to_owned()]));
        let pair = Pair { from: NEWEST.to_owned(), to: BEFORE.to_owned() };
        told.push(Told::Compared(pair, Ok(difference())));
        told.extend(self.hosts.into_iter().map(|(host, site)| {
            let site = Box::new(site);
            Told::Seen { host: host.to_owned(), site, at: seen }
        }));
        told.extend(self.pages.into_iter().map(|(host, page)| Told::Page {
            host: host.to_owned(),
            page,
            at: seen,
        }));
        told.push(Told::Candidates(self.candidates));
        told
    }

    /// A run can be started, and the hosts were looked at 12 s ago.
    pub(super) fn idle(self) -> Vec<Told> {
        story::ready().into_iter().chain(self.told(at(48))).collect()
    }

    /// The same while a run is open, or over.
    pub(super) fn with(self, run: story::Story) -> Vec<Told> {
        std::iter::once(run.told()).chain(self.told(at(48))).collect()
    }
}

/// A stage that is not protected.
pub(super) fn unprotected(told: Vec<Told>) -> Vec<Told> {
    let mut plan = story::plan();
    (plan.protected, plan.stage) = (false, "staging".to_owned());
    told.into_iter().chain([Told::Plan(Box::new(plan))]).collect()
}
