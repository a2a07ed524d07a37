//! What every run and every changing command is wrapped in: hosts are looked at, the commit is
//! resolved once, checks are made, the stage is locked, and in the end what became of the release is
//! written down. All of it is outside of a run's graph, by short texts on connections that are there,
//! and all of it bears being done twice.

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use jiff::Timestamp;

use super::{
    Hurry,
    asker::{Asker, NoAnswer},
    locking::unlock,
    probe::{Get, curl, curl_answer},
};
use crate::{
    model::{Host, HostId, Maintenance, Plan, Raised, Record, RecordEvent, Site},
    plan::{Probe, Survey, Surveyed},
    run::Verdict,
    script::{
        self,
        builtin::{self, BadInput, BadReference, Checks, Finding, Maintained},
    },
};

/// How long a look or a short act may take, the connection included.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How long checks and git may take: they ask the network, and the recipe's own commands.
pub(super) const CHECK_PATIENCE: Duration = Duration::from_secs(120);

/// How long a repository may be fetched here, and what is missing be sent to a host. Only a bound: a
/// host that takes nothing is given up much earlier.
pub(super) const SEND_PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// Free space, in KiB, and free inodes that a run should find which brings code to a host.
const FREE_FOR_CODE: (u64, u64) = (64 * 1024, 2_000);

/// The same for any other run: going back to a release, and what makes room.
const FREE: (u64, u64) = (1024, 100);

/// The hosts of a stage, connected, and what there is to know of them.
#[derive(Clone)]
pub struct Wrapping {
    pub(super) survey: Survey,
    pub(super) asker: Asker,
}

/// What the checks of one host found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The host.
    pub host: String,
    /// What was found, or why it could not be asked.
    pub findings: Result<Vec<Finding>, String>,
}

/// Why the commit is not known.
#[derive(Clone, Debug)]
pub struct RefProblem {
    /// What happened.
    pub what: String,
    /// What can be done about it.
    pub hint: Option<String>,
}

impl Wrapping {
    /// Wraps what these hosts do.
    #[must_use]
    pub fn new(survey: Survey, asker: Asker) -> Self {
        Self { survey, asker }
    }

    /// What there is to know without asking.
    #[must_use]
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// What cuts the waiting for hosts short.
    #[must_use]
    pub fn hurry(&self) -> &Hurry {
        self.asker.hurry()
    }

    /// The hosts that carry releases.
    pub(super) fn carrying(&self) -> impl Iterator<Item = (&Surveyed, &builtin::Layout)> {
        self.survey.machines.iter().filter_map(|it| Some((it, it.layout.as_ref()?)))
    }

    /// All hosts but the operator's own machine: there is no other stage to keep off.
    pub(super) fn remote(&self) -> impl Iterator<Item = &Surveyed> {
        self.survey.machines.iter().filter(|it| !it.host.is_local())
    }

    /// Looks at every host that carries releases: what it has, or why it cannot be said.
    pub async fn look(&self) -> BTreeMap<String, Result<Site, String>> {
        let looks = self.carrying().map(|(it, layout)| async move {
            (it.host.name.clone(), self.look_at(it, layout).await)
        });
        join_all(looks).await.into_iter().collect()
    }

    /// How long a question and its answer take on the connection of each host but this machine; a host
    /// that does not answer is left out.
    pub async fn round_trips(&self) -> Vec<(String, Duration)> {
        let trips = self.remote().map(|it| async move {
            let took = self.asker.round_trip(it.id, PATIENCE).await.ok()?;
            Some((it.host.name.clone(), took))
        });
        join_all(trips).await.into_iter().flatten().collect()
    }

    async fn look_at(&self, it: &Surveyed, layout: &builtin::Layout) -> Result<Site, String> {
        let text = builtin::look(layout, it.page.as_deref()).map_err(|bad| bad.to_string())?;
        let lines = self.asker.look(it.id, text, PATIENCE).await;
        let lines = lines.map_err(|error| error.to_string())?;
        builtin::site(layout, &lines).map_err(|error| error.to_string())
    }

    pub(super) async fn ask(
        &self,
        id: HostId,
        text: String,
        patience: Duration,
    ) -> Result<Vec<String>, String> {
        self.asker.ask(id, text, patience).await.map_err(|error| error.to_string())
    }

    /// The full commit that a new release holds, resolved once: on one host, or on this machine.
    ///
    /// # Errors
    /// When there is none, or nobody can be asked.
    pub async fn resolve(&self) -> Result<Option<String>, RefProblem> {
        let Some(source) = &self.survey.source else { return Ok(None) };
        if source.by_operator {
            return self.resolve_here(source).await.map(Some);
        }
        let plain = |what: String| RefProblem { what, hint: None };
        let mut away = None;
        for (it, layout) in self.carrying() {
            let state = layout.state();
            let text = builtin::resolve(&source.repository, &source.reference, Some(&state))
                .map_err(|bad| plain(bad.to_string()))?;
            let host = &it.host.name;
            let lines = match self.asker.ask(it.id, text, CHECK_PATIENCE).await {
                Ok(lines) => lines,
                Err(error) => {
                    let problem = away.get_or_insert_with(|| plain(format!("{host}: {error}")));
                    match error {
                        // A run is on hosts that are all there: this is for who only looks.
                        NoAnswer::NotConnected => continue,
                        NoAnswer::Silent | NoAnswer::Left => return Err(problem.clone()),
                    }
                }
            };
            return match builtin::resolved(&source.reference, &lines) {
                Ok(revision) => Ok(Some(revision)),
                Err(bad) => Err(reference(host, &bad)),
            };
        }
        away.map_or(Ok(None), Err)
    }

    /// Makes every check on every host. All of them are made, whatever the first ones say.
    pub async fn check(&self, now: Timestamp) -> Vec<Checked> {
        let checks = self.survey.machines.iter().map(|it| async move {
            Checked { host: it.host.name.clone(), findings: self.check_at(it, now).await }
        });
        join_all(checks).await
    }

    async fn check_at(&self, it: &Surveyed, now: Timestamp) -> Result<Vec<Finding>, String> {
        let Some(layout) = &it.layout else { return Ok(Vec::new()) };
        let source = self.survey.source.as_ref();
        let mut commands = Vec::new();
        for (step, command) in &it.checks {
            let script = script::script(command, |_| None).map_err(|bad| bad.to_string())?;
            commands.push((step.clone(), script.text));
        }
        let (min_kib, min_inodes) = if source.is_some() { FREE_FOR_CODE } else { FREE };
        let checks = Checks {
            owner: self.survey.owner.clone(),
            repository: source.filter(|it| !it.by_operator).map(|it| it.repository.clone()),
            git: source.is_some(),
            http: it.http,
            min_kib,
            min_inodes,
            commands,
        };
        let text = builtin::check(layout, &checks).map_err(|bad| bad.to_string())?;
        let lines = self.ask(it.id, text, CHECK_PATIENCE).await?;
        builtin::findings(&checks, now, &lines).map_err(|error| error.to_string())
    }

    /// The texts that put the page up, or take it down, on every host that has one.
    pub fn page_texts(
        &self,
        up: Option<(&str, &Raised)>,
        run: Option<&str>,
    ) -> Vec<(&Surveyed, Result<String, BadInput>)> {
        let paged = self.survey.machines.iter().filter_map(|it| Some((it, it.page.as_ref()?)));
        let text = |it: &Surveyed, path: &str| match up {
            Some(page) => builtin::maintenance_on(&it.host.state_dir, path, page, None),
            None => builtin::maintenance_off(&it.host.state_dir, path, run),
        };
        paged.map(|(it, path)| (it, text(it, path))).collect()
    }

    /// Puts the page up, or takes it down, on every host that has one, and says what became of it; an
    /// error is why that is not known. `run`: only a page of that run is taken down; `None`: whoever's
    /// it is.
    pub async fn page(
        &self,
        up: Option<(&str, &Raised)>,
        run: Option<&str>,
    ) -> Vec<(String, Result<Maintained, String>)> {
        let acts = self.page_texts(up, run).into_iter().map(|(it, text)| async move {
            let done = async {
                let text = match text {
                    Ok(text) => text,
                    Err(bad) => return Ok(Maintained::Failed(bad.to_string())),
                };
                let lines = self.ask(it.id, text, PATIENCE).await?;
                builtin::maintained(&lines).map_err(|bad| bad.to_string())
            };
            (it.host.name.clone(), done.await)
        });
        join_all(acts).await
    }

    /// What visitors get, on every host that has a page and is told how to ask.
    pub async fn probe(&self) -> Vec<(String, Maintenance)> {
        let probed = self.survey.machines.iter().filter_map(|it| Some((it, it.probe.as_ref()?)));
        let probes = probed.map(|(it, probe)| async move {
            (it.host.name.clone(), self.probe_at(it.id, probe).await)
        });
        join_all(probes).await
    }

    async fn probe_at(&self, id: HostId, probe: &Probe) -> Maintenance {
        let get = Get {
            url: probe.url.clone(),
            host: probe.host.clone(),
            headers: probe.headers.clone(),
            socket: None,
        };
        match self.asker.probe(id, get.clone(), PATIENCE).await {
            Ok(Ok(seen)) => seen.maintenance,
            // The connection forwards nothing: a program there may still reach it.
            Ok(Err(_)) => self.curl_at(id, &get).await,
            Err(error) => Maintenance::Unknown(error.to_string()),
        }
    }

    async fn curl_at(&self, id: HostId, get: &Get) -> Maintenance {
        let unknown = |why: &str| Maintenance::Unknown(why.to_owned());
        let Some(words) = curl(get) else { return unknown("its URL cannot be asked for") };
        let Ok(text) = script::captured(&words) else { return unknown("its URL holds a NUL") };
        match self.ask(id, text, PATIENCE).await {
            Ok(lines) => {
                let (status, rest) = lines
                    .split_first()
                    .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
                let exit = status.parse().unwrap_or(u32::MAX);
                curl_answer(exit, rest.join("\n").as_bytes(), "").0
            }
            Err(why) => Maintenance::Unknown(why),
        }
    }
}

fn reference(host: &str, bad: &BadReference) -> RefProblem {
    RefProblem { what: format!("{host}: {bad}"), hint: bad.hint().map(|hint| hint.to_string()) }
}

/// Writes down on these hosts what became of a run's release, with the migrations that are applied, and
/// gives the locks of the run back. What could not be done, by host.
pub async fn finish(
    asker: &Asker,
    plan: &Plan,
    on: &[HostId],
    (verdict, schema): (Verdict, &[String]),
    (by, at): (&str, Timestamp),
) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    for record in records(plan, (verdict, schema), by, at) {
        let carries = |id: HostId| plan.released.as_ref().is_some_and(|it| it.hosts.contains(&id));
        let hosts = plan.host_ids().filter(|(id, _)| on.contains(id) && carries(*id));
        let read = |lines: &[String]| {
            builtin::recorded(lines).map_err(|bad| bad.to_string()).and_then(|done| done)
        };
        let text = |host: &Host| builtin::record(&host.state_dir, &record);
        problems.extend(act(asker, hosts, text, read).await);
    }
    let hosts = plan.host_ids().filter(|(id, _)| on.contains(id));
    problems.extend(unlock(asker, hosts, plan.run.as_str()).await);
    problems
}

/// What is written down when a run is over.
fn records(
    plan: &Plan,
    (verdict, schema): (Verdict, &[String]),
    by: &str,
    now: Timestamp,
) -> Vec<Record> {
    let Some(released) = &plan.released else { return Vec::new() };
    let record = |release: &str, event, reason: Option<String>| Record {
        release: release.to_owned(),
        event,
        at: now,
        by: by.to_owned(),
        run: plan.run.to_string(),
        revision: released.revision.clone().filter(|_| release == released.name),
        reference: released.reference.clone().filter(|_| release == released.name),
        reason,
        schema: if release == released.name { schema.to_vec() } else { Vec::new() },
    };
    let name = released.name.as_str();
    match (verdict, released.made) {
        (Verdict::Ok, true) => vec![record(name, RecordEvent::Good, None)],
        (Verdict::Ok, false) => {
            let why = match &released.reason {
                Some(reason) => format!("rolled back to {name}: {reason}"),
                None => format!("rolled back to {name}"),
            };
            let bad = released.rolled_back.iter();
            let bad = bad.map(|other| record(other, RecordEvent::Bad, Some(why.clone())));
            [record(name, RecordEvent::Good, None)].into_iter().chain(bad).collect()
        }
        (Verdict::Failed | Verdict::Aborted | Verdict::Unknown, true) => {
            vec![record(name, RecordEvent::Failed, None)]
        }
        (Verdict::Failed | Verdict::Aborted | Verdict::Unknown, false) => Vec::new(),
    }
}

pub(super) async fn act<'h>(
    asker: &Asker,
    hosts: impl Iterator<Item = (HostId, &'h Host)>,
    text: impl Fn(&Host) -> Result<String, BadInput>,
    read: impl Fn(&[String]) -> Result<(), String>,
) -> Vec<(String, String)> {
    let (text, read) = (&text, &read);
    let acts = hosts.map(|(id, host)| async move {
        let done = async {
            let text = text(host).map_err(|bad| bad.to_string())?;
            let lines = asker.ask(id, text, PATIENCE).await.map_err(|error| error.to_string())?;
            read(&lines)
        };
        done.await.err().map(|why| (host.name.clone(), why))
    });
    join_all(acts).await.into_iter().flatten().collect()
}
