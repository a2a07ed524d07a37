//! A stage before anything is changed on it: its hosts connected and looked at, the commit resolved,
//! the plan made, every check made, the stage locked.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
    load,
    locking::{self, Locked},
    say,
    signals::Signals,
    site,
};
use crate::{
    driver::{self, Asker, Checked, Fleet, Held, LeftLocks, Locking, Wrapping},
    model::{HostId, Lock, Plan, Raised, RunId, Site, StepName},
    plan::{self, Request, Survey, Whose},
    recipe::Recipe,
    remote::{Ask, ssh::Connector},
    run::Run,
    script::builtin::Grade,
    store::{Claim, Dirty},
};

/// How often a lock is asked for that someone else has.
const AGAIN: Duration = Duration::from_secs(2);

/// A stage whose hosts are connected.
pub(super) struct Stage {
    pub(super) recipe: Recipe,
    pub(super) request: Request,
    pub(super) fleet: Fleet,
    pub(super) wrapping: Wrapping,
    /// As long as it is locked and no run is open.
    pub(super) claim: Option<Claim>,
}

impl Stage {
    /// Begins to connect the hosts that a request is about.
    pub(super) fn connect(
        around: &Surroundings,
        global: &Global,
        request: Request,
        ask: Arc<dyn Ask>,
        dirty: Dirty,
    ) -> Result<Self, Stop> {
        let connector = load::connector(around, ask);
        Self::on(around, global, (load::recipe(global)?, request), connector, dirty)
    }

    /// Begins to connect the hosts that a request about this recipe is about.
    pub(super) fn on(
        around: &Surroundings,
        global: &Global,
        (recipe, request): (Recipe, Request),
        connector: Arc<Connector>,
        dirty: Dirty,
    ) -> Result<Self, Stop> {
        let survey = plan::survey(&recipe, &request).map_err(|found| load::faults(&found))?;
        let hosts: Vec<(HostId, crate::model::Host)> =
            survey.machines.iter().map(|it| (it.id, it.host.clone())).collect();
        let fleet = load::fleet_by(around, global, (&request.run, &hosts), connector, dirty, false);
        let wrapping = Wrapping::new(survey, fleet.asker());
        Ok(Self { recipe, request, fleet, wrapping, claim: None })
    }

    fn survey(&self) -> &Survey {
        self.wrapping.survey()
    }

    /// Waits until all hosts are there; if one is not, nothing is changed anywhere.
    pub(super) async fn gather(&mut self, signals: &mut Signals) -> Result<(), Stop> {
        let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
        let names: BTreeMap<HostId, String> =
            self.survey().machines.iter().map(|it| (it.id, it.host.name.clone())).collect();
        let gathered = self.fleet.gather(|id, told| {
            if let Err(trouble) = told {
                stop.add_host(names.get(&id).map_or("?", String::as_str), trouble);
            }
        });
        tokio::select! {
            all = gathered => if all { return Ok(()) },
            number = signals.next() => return Err(Stop::new(
                Exit::Signal(number),
                "left while connecting: no run was opened, and nothing was changed",
            )),
        }
        Err(stop)
    }

    /// Looks at all hosts. One that cannot be looked at is not released to.
    pub(super) async fn look(&mut self) -> Result<(), Stop> {
        let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
        let mut sites: BTreeMap<String, Site> = BTreeMap::new();
        for (host, seen) in self.wrapping.look().await {
            match seen {
                Ok(site) => drop(sites.insert(host, site)),
                Err(why) => stop.errors.push(format!("{host}: cannot look at its releases: {why}")),
            }
        }
        if !stop.errors.is_empty() {
            return Err(stop);
        }
        self.request.known.sites = sites;
        Ok(())
    }

    /// Reads what the recipe names on this machine, and resolves the commit.
    ///
    /// Where the pipeline begins at a later step, the release that it goes on with says which commit.
    pub(super) async fn learn(&mut self, global: &Global) -> Result<(), Stop> {
        for file in &self.survey().files.clone() {
            let path = load::beside(global, file);
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Stop::new(Exit::Usage, format!("cannot read {}: {error}", path.display()))
            })?;
            self.request.known.files.insert(file.clone(), text);
        }
        let carrying = self.survey().machines.iter().filter(|it| it.layout.is_some());
        let carrying: Vec<&str> = carrying.map(|it| it.host.name.as_str()).collect();
        let continued = plan::continued(&self.recipe, &self.request, &carrying)
            .map_err(|found| load::faults(&found))?;
        let known = &mut self.request.known;
        if let Some(continued) = continued {
            known.continues = Some(continued.name);
            (known.revision, known.reference) = (continued.revision, continued.reference);
            return Ok(());
        }
        if let Some(source) = &self.wrapping.survey().source {
            known.reference.get_or_insert_with(|| source.reference.clone());
        }
        known.revision = self.wrapping.resolve().await.map_err(|problem| {
            Stop::new(Exit::Refused, problem.what).maybe_hint(problem.hint.as_deref())
        })?;
        Ok(())
    }

    /// The plan, now that everything is known.
    pub(super) fn plan(&self) -> Result<Plan, Stop> {
        load::plan(&self.recipe, &self.request)
    }

    /// Makes every check; what is wrong on any host is told, all of it. Otherwise: warnings.
    pub(super) async fn check(&self) -> Result<Vec<String>, Stop> {
        let mut warnings = Vec::new();
        let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
        for Checked { host, findings } in self.wrapping.check(driver::wall()).await {
            match findings {
                Err(why) => stop.errors.push(format!("{host}: cannot be checked: {why}")),
                Ok(findings) => {
                    for finding in findings {
                        let what = format!("{host}: {}: {}", finding.check, finding.what);
                        match finding.grade {
                            Grade::Ok => {}
                            Grade::Warning => warnings.push(what),
                            Grade::Bad => {
                                stop.errors.push(what);
                                stop.hints.extend(finding.hint);
                            }
                        }
                    }
                }
            }
        }
        stop.say_once();
        if stop.errors.is_empty() { Ok(warnings) } else { Err(stop) }
    }

    /// Locks the stage before it is looked at, and waits for whoever has it: what is seen afterwards is
    /// what the run finds. Who has it is told.
    pub(super) async fn wait(
        &mut self,
        around: &Surroundings,
        wait: Duration,
        signals: &mut Signals,
    ) -> Result<(), Stop> {
        let lock = self.own(around);
        let begun = driver::now();
        let end = begun.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let left = |number| Stop::new(Exit::Signal(number), "left while waiting for the lock");
        let mut told = None;
        loop {
            let claim = self.claim.take();
            let asked = tokio::select! {
                asked = locking::take(&self.wrapping, &around.store, &lock, claim) => asked,
                number = signals.next() => {
                    // It may have been taken meanwhile.
                    self.unlock().await;
                    return Err(left(number));
                }
            };
            let refused = match asked {
                Ok(Locked { claim, notes }) => {
                    self.claim = claim;
                    notes.iter().for_each(|note| say::err(&format!("note: {note}")));
                    return Ok(());
                }
                Err(refused @ Locking::Failed(..)) => {
                    return Err(locked(&refused, &self.confirm()));
                }
                Err(refused) => refused,
            };
            let rest = end.duration_since(driver::now());
            if !rest.is_positive() {
                return Err(locked(&refused, &self.confirm()));
            }
            let words = refused.to_string();
            if told.as_ref() != Some(&words) {
                say::err(&format!("waiting until {end:.0}: {words}"));
                told = Some(words);
            }
            tokio::select! {
                () = sleep(AGAIN.min(Duration::try_from(rest).unwrap_or(AGAIN))) => {}
                number = signals.next() => return Err(left(number)),
            }
        }
    }

    /// Gives the lock of the run back that was to be; what could not be done is told.
    pub(super) async fn unlock(&mut self) {
        warn(&unlock(&self.wrapping, &self.request.run, self.claim.take()).await);
    }

    /// What a command that changes this stage needs beside.
    pub(super) fn confirm(&self) -> String {
        confirm(self.survey().protected, &self.survey().owner.stage)
    }

    fn own(&self, around: &Surroundings) -> Lock {
        run_lock(around, &self.request.run, (&self.request.pipeline, &self.survey().owner.app))
    }

    /// Locks the stage for a run, and sends its hosts the code that they lack, where it comes from this
    /// machine. What cannot be sent gives the lock back. What was done before it could be locked comes back.
    pub(super) async fn lock(&mut self, around: &Surroundings) -> Result<Vec<String>, Stop> {
        let lock = self.own(around);
        let claim = self.claim.take();
        let taken = locking::take(&self.wrapping, &around.store, &lock, claim).await;
        let Locked { claim, notes } = taken.map_err(|refused| locked(&refused, &self.confirm()))?;
        self.claim = claim;
        let Err(mut stop) = self.send().await else { return Ok(notes) };
        stop.errors.extend(unlock(&self.wrapping, &self.request.run, self.claim.take()).await);
        Err(stop)
    }

    async fn send(&self) -> Result<(), Stop> {
        let Some(revision) = &self.request.known.revision else { return Ok(()) };
        let failed = match self.wrapping.send(&self.request.run, revision).await {
            Ok(()) => return Ok(()),
            Err(failed) => failed,
        };
        let errors = failed.into_iter().map(|(at, why)| format!("{at}: code was not sent: {why}"));
        Err(Stop { exit: Exit::Refused, errors: errors.collect(), hints: Vec::new() })
    }
}

/// Gives the lock of a run back that was not opened. What could not be done.
pub(super) async fn unlock(wrapping: &Wrapping, run: &RunId, claim: Option<Claim>) -> Vec<String> {
    let left = wrapping.unlock(run.as_str()).await;
    if let Some(claim) = claim.filter(|_| left.is_empty()) {
        claim.end();
    }
    let told =
        left.into_iter().map(|(host, why)| format!("{host}: the lock was not given back: {why}"));
    told.collect()
}

/// What it means that a run begins at a later step; nothing where it does not.
pub(super) fn continued(recipe: &Recipe, request: &Request) -> Option<String> {
    let from = request.from.as_ref()?;
    let of = match &request.known.continues {
        Some(name) => format!(" of the release {name}"),
        None => String::new(),
    };
    let done: Vec<&str> = plan::before(recipe, request).into_iter().map(StepName::as_str).collect();
    (!done.is_empty()).then(|| format!("begins at {from}{of}; taken as done: {}", done.join(", ")))
}

/// What it means that hosts serve the commit of a release already; nothing where none does.
pub(super) fn again(plan: &Plan, sites: &BTreeMap<String, Site>) -> Option<String> {
    let hosts = plan::again(plan, sites);
    let revision = plan.released.as_ref()?.revision.as_deref()?;
    let serve = if hosts.len() == 1 { "serves" } else { "serve" };
    (!hosts.is_empty()).then(|| format!("{} {serve} {revision:.10} already", hosts.join(", ")))
}

/// What is said of pages that are up already where a run would put up its own.
#[derive(Default)]
pub(super) struct Pages {
    /// Those that are left to this run.
    pub(super) left: Vec<String>,
    /// Those that stay up when it is over, since a person raised them: said at the end, too.
    pub(super) kept: Vec<String>,
}

/// Looks at the pages that are up already.
///
/// # Errors
/// Where nobody, or an open run, accounts for one: what it is for must be found out before.
pub(super) fn pages(plan: &Plan, sites: &BTreeMap<String, Site>) -> Result<Pages, Stop> {
    let mut stop = Stop { exit: Exit::Refused, errors: Vec::new(), hints: Vec::new() };
    let mut pages = Pages::default();
    for (host, whose) in plan::pages_up(plan, sites) {
        match whose {
            Whose::Hand(Raised { by, since, .. }) => pages.kept.push(format!(
                "{host}: {by} has the maintenance page up by hand since {since:.0}: it stays up when the run \
                 is over, until deployui maintenance off"
            )),
            Whose::Left(Raised { by, since, run, .. }) => pages.left.push(format!(
                "{host}: the maintenance page is up since {since:.0}, left by the run {run} of {by}, which is \
                 over: this run takes it over, and takes it down when all is well"
            )),
            Whose::Open(Raised { by, since, run, .. }) => {
                stop.exit = Exit::Locked;
                stop.errors.push(format!(
                    "{host}: the run {run} of {by} is open, and has the maintenance page up since {since:.0}"
                ));
                stop.hints.push(open(run, &confirm(plan.protected, &plan.stage)));
            }
            Whose::Nobody => stop.errors.push(format!(
                "{host}: a maintenance page is up that nobody accounts for"
            )),
        }
    }
    if stop.errors.is_empty() {
        return Ok(pages);
    }
    if stop.exit != Exit::Locked {
        stop.hints.push(format!(
            "find out what it is for, then: deployui maintenance off --force{}",
            confirm(plan.protected, &plan.stage)
        ));
    }
    stop.say_once();
    Err(stop)
}

/// The lock of a run, as it says whose it is.
fn run_lock(around: &Surroundings, run: &RunId, (pipeline, app): (&str, &str)) -> Lock {
    own_lock(around, run.as_str(), format!("{pipeline} of {app}"))
}

/// A lock of whoever sits here, under the name of a run or a word in its place.
pub(super) fn own_lock(around: &Surroundings, run: &str, purpose: String) -> Lock {
    let (by, at) = (around.person().to_owned(), driver::wall());
    Lock { run: run.to_owned(), by, at, purpose }
}

/// Sees to it that a run which is taken up has its locks. What is said where somebody had ended them.
///
/// # Errors
/// Where somebody else has the stage.
pub(super) async fn still_held(
    driver: &driver::Driver,
    around: &Surroundings,
) -> Result<Option<String>, Stop> {
    let plan = &driver.run().plan;
    let lock = run_lock(around, &plan.run, (&plan.pipeline, &plan.app));
    match driver::hold_again(&driver.asker(), plan, &lock).await {
        Held::Still => Ok(None),
        Held::Again(hosts) => Ok(Some(format!(
            "{}: somebody ended the lock of this run, and may have changed what is there; it is taken again",
            hosts.join(", ")
        ))),
        Held::Other(host, lock) => {
            let confirm = confirm(plan.protected, &plan.stage);
            Err(locked(&Locking::Other(host, lock), &confirm))
        }
    }
}

/// What can be done about a run that is open.
fn open(run: &str, confirm: &str) -> String {
    format!(
        "wait for it, take it up (deployui resume {run}), or end it: deployui unlock --force{confirm}"
    )
}

/// What a command that changes a protected stage needs beside.
fn confirm(protected: bool, stage: &str) -> String {
    if protected { format!(" --confirm {stage}") } else { String::new() }
}

/// A stage that somebody else has.
pub(super) fn locked(refused: &Locking, confirm: &str) -> Stop {
    match refused {
        Locking::Other(_, lock) if site::is_hand(&lock.run) => {
            let what = refused.to_string();
            Stop::new(Exit::Locked, what).hint(format!(
                "deployui unlock ends your own, and with --force{confirm} somebody else's: ask them before",
            ))
        }
        Locking::Other(_, lock) => {
            Stop::new(Exit::Locked, refused.to_string()).hint(open(&lock.run, confirm))
        }
        Locking::Failed(..) => Stop::new(Exit::Refused, refused.to_string())
            .hint("deployui status says which hosts are locked"),
    }
}

/// What is done when a run is over: its release is recorded, the stage unlocked. What could not be
/// done is told; the run's outcome does not change by it.
pub(super) async fn finish(driver: &driver::Driver, around: &Surroundings) {
    warn(&finished(&driver.asker(), driver.run(), around).await);
}

/// As [`finish`]; what could not be done comes back.
pub(super) async fn finished(asker: &Asker, run: &Run, around: &Surroundings) -> Vec<String> {
    let remote = run.plan.host_ids().filter(|(_, host)| !host.is_local());
    let on: Vec<HostId> = remote.map(|(id, _)| id).collect();
    finished_on(asker, run, around, &on, driver::wall()).await
}

/// As [`finished`], on these hosts, as of that time.
async fn finished_on(
    asker: &Asker,
    run: &Run,
    around: &Surroundings,
    on: &[HostId],
    at: Timestamp,
) -> Vec<String> {
    let Some(verdict) = run.closed else { return Vec::new() };
    let applied = driver::applied(run, &around.store);
    let outcome = (verdict, applied.as_slice());
    let left = driver::finish(asker, &run.plan, on, outcome, (around.person(), at)).await;
    left.into_iter().map(|(host, why)| format!("{host}: {why}")).collect()
}

/// What is said, and done, of a run that is over: where its locks are left, whoever drove it was cut off
/// before its end was told to the hosts, and that is made up for there. Only there: elsewhere others may
/// have judged its release since.
pub(super) async fn made_up_for(asker: &Asker, run: &Run, around: &Surroundings) -> Vec<String> {
    let LeftLocks { on, unknown } = driver::left_locks(asker, &run.plan).await;
    let unknown = unknown.into_iter().map(|(host, why)| {
        format!("warning: {host}: whether its lock was left there is not known: {why}")
    });
    let mut said: Vec<String> = unknown.collect();
    if !on.is_empty() {
        let left = finished_on(asker, run, around, &on, run.latest).await;
        let done = if left.is_empty() { "given back" } else { "not given back everywhere" };
        let names: Vec<&str> =
            on.iter().filter_map(|id| Some(run.plan.host(*id)?.name.as_str())).collect();
        said.push(format!("its lock was left on {}; {done}", names.join(", ")));
        said.extend(left.into_iter().map(|why| format!("warning: {why}")));
    }
    said
}

/// Migrations that stay applied when an earlier release is served again.
pub(super) fn stays(plan: &Plan, sites: &BTreeMap<String, Site>) -> Option<String> {
    let released = plan.released.as_ref().filter(|released| !released.made)?;
    let hosts: Vec<&str> = sites.keys().map(String::as_str).collect();
    let all = plan::candidates(sites, &hosts);
    let since = all.iter().find(|one| one.name == released.name).map(|one| &one.migrations)?;
    (!since.is_empty())
        .then(|| format!("applied since {} and staying so: {}", released.name, since.join(", ")))
}

/// Tells what is odd on the hosts of a run that did not go well: it may be the reason, and a step on a
/// full disk cannot say so itself.
pub(super) async fn odd(wrapping: &Wrapping) {
    for (host, seen) in wrapping.look().await {
        for odd in seen.map(|site| site.odd).unwrap_or_default() {
            say::err(&format!("note: {host}: {odd}"));
        }
    }
}

/// Tells what is no reason to stop.
pub(super) fn warn(warnings: &[String]) {
    for warning in warnings {
        say::err(&format!("warning: {warning}"));
    }
}
