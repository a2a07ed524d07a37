//! What is seen of the hosts beside a run, and what a wish would do there: looks, probes, previews.

mod by_hand;
mod compare;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use super::{acts, wished::Wished};
use crate::{
    cli::{args::Global, environment::Surroundings, load, locking, pace, site},
    driver::{self, Wrapping},
    model::{
        Candidate, Lock, MAINTENANCE_OFF, MAINTENANCE_ON, Maintenance, Pair, Plan, Served, Site,
    },
    plan::{self, Request},
    recipe::{Recipe, Step, Work},
    script::builtin::take_over,
    store::Store,
    tui::{Has, Intent, Told, Wish},
};

/// Hosts are looked at after so long by themselves: somebody may be changing them beside.
pub(super) const LOOK_ANYWAY: Duration = Duration::from_secs(30);

/// What is seen of the hosts, and who is told. Clones share what was seen.
#[derive(Clone)]
pub(super) struct Sight {
    told: mpsc::Sender<Told>,
    wrapping: Wrapping,
    recipe: Arc<Recipe>,
    request: Request,
    page: Option<PathBuf>,
    store: Store,
    who: String,
    /// The word under which this person holds something, where a run stands.
    hand: String,
    seen: Arc<Mutex<Seen>>,
    /// The releases whose difference is asked for: an older question is given up.
    compared: Arc<watch::Sender<Option<Pair>>>,
}

/// What could not be looked at, each host with why.
#[derive(Default)]
pub(super) struct Unseen {
    /// What a plan needs.
    pub(super) sites: Vec<(String, String)>,
    /// Who has the stage.
    pub(super) locks: Vec<(String, String)>,
}

/// What is to be said of this: that hosts which are away cannot be looked at is known.
pub(super) fn but(unseen: &[(String, String)], away: &BTreeSet<String>) -> Vec<String> {
    let there = unseen.iter().filter(|(host, _)| !away.contains(host));
    there.map(|(_, why)| why.clone()).collect()
}

/// What hosts were seen to have.
#[derive(Default)]
struct Seen {
    /// By host.
    sites: BTreeMap<String, Site>,
    /// Who has the stage, by host that carries no releases.
    locks: BTreeMap<String, Lock>,
}

impl Seen {
    fn put(&mut self, host: &str, site: Site) {
        self.locks.remove(host);
        self.sites.insert(host.to_owned(), site);
    }
}

impl Sight {
    /// Sees by this survey's hosts. `request`: what a rollback here would be asked with.
    pub(super) fn new(
        told: mpsc::Sender<Told>,
        (around, global): (&Surroundings, &Global),
        wrapping: Wrapping,
        (recipe, request): (Recipe, Request),
    ) -> Self {
        let stage = recipe.stages.get(&wrapping.survey().owner.stage);
        let page = stage.and_then(|stage| stage.maintenance.as_ref()?.page.as_ref());
        let page = page.map(|page| load::beside(global, &page.value));
        let (who, hand) = (around.person().to_owned(), site::hand(around));
        let (recipe, store) = (Arc::new(recipe), around.store.clone());
        let (seen, compared) = (Arc::default(), Arc::new(watch::Sender::new(None)));
        Self { told, wrapping, recipe, request, page, store, who, hand, seen, compared }
    }

    /// With what was seen before, until it is seen anew.
    pub(super) fn knowing(mut self, before: Option<&Self>) -> Self {
        if let Some(before) = before {
            self.seen = Arc::clone(&before.seen);
        }
        self
    }

    /// What the recipe has beside steps.
    pub(super) fn has(&self) -> Has {
        let survey = self.wrapping.survey();
        Has {
            releases: survey.releases,
            maintenance: survey.machines.iter().any(|it| it.page.is_some()),
            locks: survey.machines.iter().any(|it| !it.host.is_local()),
            unlisted: unlisted(&self.recipe),
        }
    }

    /// What all releases share, by its paths in a release.
    pub(super) fn shared(&self) -> Vec<String> {
        let layouts = self.wrapping.survey().machines.iter().filter_map(|it| it.layout.as_ref());
        let linked = layouts.flat_map(|it| it.shared_files.iter().chain(&it.shared_dirs));
        let paths: BTreeSet<String> = linked.map(|it| it.at.clone()).collect();
        paths.into_iter().collect()
    }

    /// What was seen last.
    pub(super) fn sites(&self) -> BTreeMap<String, Site> {
        self.seen().sites.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell(&self, told: Told) {
        drop(self.told.send(told).await);
    }

    /// Carries out what is done with the hosts as they are seen here, beside whatever goes on.
    pub(super) async fn carry_out(self, wished: Wished) {
        match wished.what().clone() {
            Wish::Look | Wish::Glance => self.look_again().await,
            Wish::Preview(of) => self.preview(of).await,
            Wish::Compare(pair) => self.compare(pair).await,
            Wish::Diff(pair) => self.diff(pair).await,
            Wish::Do(Intent::Maintenance { on, reason, until, from }) => {
                self.maintain(on, (reason, until), from).await;
            }
            Wish::Do(Intent::Unlock { reason }) => self.unlock(reason).await,
            // Runs, and what the screen has means of its own for.
            Wish::Do(Intent::Rollback { .. })
            | Wish::Times
            | Wish::Start(_)
            | Wish::Command(_)
            | Wish::Answer { .. }
            | Wish::Stage(_)
            | Wish::Without(_)
            | Wish::Connect
            | Wish::Prompted(..)
            | Wish::Runs { .. }
            | Wish::Past(_)
            | Wish::Save(..)
            | Wish::Copy(_)
            | Wish::Lend(_)
            | Wish::Interrupted
            | Wish::Quit => return,
        }
        wished.done();
    }

    /// Looks and probes, and tells both.
    pub(super) async fn look(&self) -> Unseen {
        // What changes meanwhile may or may not be in the answers: they are as old as the question.
        let at = driver::now();
        let (seen, held, trips, pages) = futures::join!(
            self.wrapping.look(),
            self.wrapping.holders(),
            self.wrapping.round_trips(),
            self.wrapping.probe()
        );
        for (host, took) in trips {
            self.tell(Told::RoundTrip { host, took, at }).await;
        }
        let mut unseen = Unseen::default();
        for (host, seen) in seen {
            match seen {
                Ok(site) => {
                    let site = locking::without_abandoned(&self.store, site);
                    self.seen().put(&host, site.clone());
                    self.tell(Told::Seen { host, site: Box::new(site), at }).await;
                }
                Err(why) => {
                    let why = format!("{host}: cannot look at its releases: {why}");
                    unseen.sites.push((host, why));
                }
            }
        }
        for (host, held) in held {
            match held {
                Ok(lock) => {
                    let lock = locking::but_abandoned(&self.store, lock);
                    self.tell_held(host, lock, at).await;
                }
                Err(why) => {
                    let why = format!("{host}: cannot look at its lock: {why}");
                    unseen.locks.push((host, why));
                }
            }
        }
        // With what lies there: whether visitors get it is told of the same moment.
        self.tell_pages(&pages, at).await;
        self.tell(Told::Candidates(self.candidates())).await;
        unseen
    }

    async fn tell_held(&self, host: String, lock: Option<Lock>, at: Timestamp) {
        match lock.clone() {
            Some(lock) => drop(self.seen().locks.insert(host.clone(), lock)),
            None => drop(self.seen().locks.remove(&host)),
        }
        self.tell(Told::Held { host, lock: lock.map(Box::new), at }).await;
    }

    /// The releases that could be served again, with what is known of each.
    fn candidates(&self) -> Vec<Candidate> {
        let survey = self.wrapping.survey();
        let carrying = survey.machines.iter().filter(|it| it.layout.is_some());
        let hosts: Vec<&str> = carrying.map(|it| it.host.name.as_str()).collect();
        plan::candidates(&self.seen().sites, &hosts)
    }

    /// Looks again while a run goes on; what could not be seen keeps its age.
    /// `whole`: at what the hosts have, and not only at what visitors get.
    pub(super) async fn glance(self, whole: bool) {
        if !whole {
            return self.probe().await;
        }
        let Unseen { sites, locks } = self.look().await;
        tracing::debug!(?sites, ?locks, "looked beside the run");
    }

    /// Looks again; what could not be seen is a line on the screen.
    pub(super) async fn look_again(self) {
        self.look_for(BTreeSet::new()).await;
    }

    /// Looks where somebody wants to see it: of hosts that are `away` that is known.
    pub(super) async fn look_for(self, away: BTreeSet<String>) {
        let Unseen { sites, locks } = self.look().await;
        self.note([but(&sites, &away), but(&locks, &away)].concat()).await;
    }

    /// Says what could not be seen.
    pub(super) async fn note(&self, unseen: Vec<String>) {
        if !unseen.is_empty() {
            self.tell(Told::Note(unseen.join("; "))).await;
        }
    }

    async fn probe(&self) {
        let at = driver::now();
        self.tell_pages(&self.wrapping.probe().await, at).await;
    }

    async fn tell_pages(&self, pages: &[(String, Maintenance)], at: Timestamp) {
        for (host, page) in pages {
            self.tell(Told::Page { host: host.clone(), page: page.clone(), at }).await;
        }
    }

    /// Answers what something would do.
    async fn preview(self, of: Intent) {
        let (lines, plan) = match &of {
            Intent::Rollback { release, reason, .. } => {
                self.rollback_lines(release, reason.as_deref())
            }
            Intent::Maintenance { on, .. } => (self.page_lines(*on), self.page_plan(*on)),
            Intent::Unlock { .. } => (self.lock_lines(), self.lock_plan()),
        };
        self.tell(Told::Preview { of, lines, plan: plan.map(Box::new) }).await;
    }

    fn rollback_lines(&self, release: &str, reason: Option<&str>) -> (Vec<String>, Option<Plan>) {
        let mut request = self.request.clone();
        request.known.at = driver::now();
        request.known.target = Some(release.to_owned());
        request.known.reason = reason.map(str::to_owned);
        request.known.sites = self.sites();
        let plan = match plan::build(&self.recipe, &request) {
            Ok(planned) => planned.plan,
            Err(found) => {
                let faults = load::faults(&found).errors;
                return (faults.iter().map(|it| first_line(it)).collect(), None);
            }
        };
        let mut served: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (host, site) in self.sites() {
            let now = site.served.name().to_owned();
            served.entry(now).or_default().push(host);
        }
        let one = |(now, hosts): (String, Vec<String>)| {
            format!("{}: {now} now, {release} then", hosts.join(", "))
        };
        let mut lines: Vec<String> = served.into_iter().map(one).collect();
        let count = |n: usize| if n == 1 { "1 host".to_owned() } else { format!("{n} hosts") };
        lines.extend(plan.columns.iter().map(|column| {
            let hosts: BTreeSet<_> = plan
                .nodes
                .iter()
                .filter(|node| node.key.step == column.step)
                .filter_map(|node| node.host)
                .collect();
            format!("{} on {}", column.step, count(hosts.len()))
        }));
        let pace = self.store.pace(&plan.app, &plan.stage, &plan.pipeline);
        lines.extend(pace::typical(&pace));
        (lines, Some(plan))
    }

    fn page_lines(&self, on: bool) -> Vec<String> {
        let paged = self.wrapping.survey().machines.iter();
        let paged = paged.filter_map(|it| Some((it.host.name.as_str(), it.page.as_deref()?)));
        let (hosts, paths): (Vec<&str>, BTreeSet<&str>) = paged.unzip();
        let what = if on { "writes" } else { "removes" };
        let file = match paths.len() {
            1 => paths.into_iter().collect(),
            _ => "the page's file".to_owned(),
        };
        vec![format!("{what} {file} on {}", hosts.join(", "))]
    }

    /// What would be run for the page on each host; it has no reason and no time yet.
    fn page_plan(&self, on: bool) -> Option<Plan> {
        let up = if on { Some(self.raised(None, None).ok()?) } else { None };
        let up = up.as_ref().map(|(page, raised)| (page.as_str(), raised));
        let texts = self.wrapping.page_texts(up, None).into_iter();
        let texts = texts.filter_map(|(it, text)| Some((it.host.clone(), text.ok()?)));
        let what = match on {
            true => (MAINTENANCE_ON, "Visitors get the maintenance page"),
            false => (MAINTENANCE_OFF, "Visitors get the application again"),
        };
        acts::plan(&self.request.run, self.wrapping.survey(), what, texts.collect())
    }

    /// A lock of whoever sits here.
    fn own_lock(&self, purpose: String) -> Lock {
        let (run, by) = (self.hand.clone(), self.who.clone());
        Lock { run, by, at: driver::wall(), purpose }
    }

    /// What would be run to take the locks that were seen.
    fn lock_plan(&self) -> Option<Plan> {
        let ours = self.own_lock("unlocking".to_owned());
        let survey = self.wrapping.survey();
        let locks = self.locks();
        let texts = survey.machines.iter().filter_map(|it| {
            let (_, held) = locks.iter().find(|(host, _)| *host == it.host.name)?;
            let text = take_over(&it.host.state_dir, &ours, &held.run).ok()?;
            Some((it.host.clone(), text))
        });
        let what =
            ("unlock", "Takes the lock from who has it, for the record; then it is given up");
        acts::plan(&self.request.run, survey, what, texts.collect())
    }

    fn lock_lines(&self) -> Vec<String> {
        let held: Vec<String> = self
            .locks()
            .iter()
            .map(|(host, lock)| {
                format!("{host}: {} has it since {:.0} for {}", lock.by, lock.at, lock.purpose)
            })
            .collect();
        if held.is_empty() { vec!["no host was seen to be locked".to_owned()] } else { held }
    }

    fn locks(&self) -> Vec<(String, Lock)> {
        let Seen { sites, locks } = &*self.seen();
        let sites = sites.iter().filter_map(|(host, site)| Some((host, site.lock.as_ref()?)));
        let all = sites.chain(locks);
        all.map(|(host, lock)| (host.clone(), lock.clone())).collect()
    }

    /// What was seen to be served, and by which hosts.
    pub(super) fn served(&self) -> Vec<(Served, Vec<String>)> {
        let sites = self.sites();
        sites.into_iter().map(|(host, site)| (site.served, vec![host])).collect()
    }
}

/// The first line of a message, as far as one fits.
pub(super) fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// Steps that change the schema, and neither list migrations nor go through them one by one.
fn unlisted(recipe: &Recipe) -> Vec<String> {
    let named = |step: &Step| step.lists || matches!(step.work, Work::Items(_) | Work::Both(..));
    let silent = recipe.steps.iter().filter(|(_, step)| step.schema && !named(step));
    silent.map(|(name, _)| name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, but};

    #[test]
    fn hosts_that_are_away_hide_no_trouble_of_others() {
        let unseen = ["web1", "web2"].map(|host| (host.to_owned(), format!("{host}: cannot look")));
        let away = BTreeSet::from(["web1".to_owned()]);
        assert_eq!(but(&unseen, &away), ["web2: cannot look"]);
        assert_eq!(but(&unseen, &BTreeSet::new()).len(), 2);
    }
}
