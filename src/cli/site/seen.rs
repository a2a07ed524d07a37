//! The hosts of a stage as they are now. One that cannot be asked is told of, and stops nothing that
//! only looks.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value, json};

use super::{
    super::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load, locking,
        prepare::Stage,
        say,
        signals::Signals,
    },
    args::Listing,
};
use crate::{
    driver::Wrapping,
    model::{HostId, Lock, Site},
    plan::{Request, Surveyed},
    remote::ssh::Connector,
    store::{Dirty, Store},
};

/// A stage whose hosts were asked to connect.
pub(super) struct Seen {
    pub(super) stage: Stage,
    /// Why a host cannot be asked, by its name.
    away: BTreeMap<String, String>,
    hints: Vec<String>,
    /// What a host has, or why it cannot be said; only those that carry releases.
    sites: BTreeMap<String, Result<Site, String>>,
    /// Who has the stage, or why it cannot be said, on hosts that carry no releases.
    held: BTreeMap<String, Result<Option<Lock>, String>>,
}

/// A request about the stage itself.
pub(super) fn request(
    around: &Surroundings,
    global: &Global,
    listing: &Listing,
) -> Result<Request, Stop> {
    let (hosts, roles) = (listing.hosts.clone(), listing.roles.clone());
    Ok(Request { hosts, roles, ..headless::plain_request(around, global, "")? })
}

/// Connects all hosts and looks at them, as far as they can be asked.
pub(super) async fn look(
    around: &Surroundings,
    global: &Global,
    request: Request,
) -> Result<Seen, Stop> {
    look_by(around, global, request, load::connector(around, headless::asker(around))).await
}

/// As [`look`], by what connects more than once.
pub(super) async fn look_by(
    around: &Surroundings,
    global: &Global,
    request: Request,
    connector: Arc<Connector>,
) -> Result<Seen, Stop> {
    let (stage, mut signals) = begin(around, global, request, connector)?;
    let (away, sites, held) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let seen = Seen { stage, away, hints: Vec::new(), sites, held };
    or_left(&mut signals, seen.looked(&around.store)).await
}

/// Connects all hosts and looks at them; one that cannot be asked or read ends it. Whoever goes on with
/// them listens for signals: nobody else does from here on.
pub(super) async fn connect(
    around: &Surroundings,
    global: &Global,
    request: Request,
) -> Result<(Stage, Signals), Stop> {
    let connector = load::connector(around, headless::asker(around));
    let (mut stage, mut signals) = begin(around, global, request, connector)?;
    let gathered = stage.gather(&mut signals).await;
    gathered.map_err(|stop| {
        let refused = stop.exit == Exit::Refused;
        stop.maybe_hint(refused.then_some("leave a host out with --hosts"))
    })?;
    or_left(&mut signals, stage.look()).await?;
    Ok((stage, signals))
}

/// Hosts begin to connect, and signals are listened for.
fn begin(
    around: &Surroundings,
    global: &Global,
    request: Request,
    connector: Arc<Connector>,
) -> Result<(Stage, Signals), Stop> {
    let signals = headless::listen()?;
    // Nothing is run, so no log grows.
    let (dirty, _grown) = Dirty::new();
    let stage = Stage::on(around, global, (load::recipe(global)?, request), connector, dirty)?;
    Ok((stage, signals))
}

/// Does something that changes nothing, unless a signal ends the program before.
pub(in crate::cli) async fn or_left<T>(
    signals: &mut Signals,
    work: impl Future<Output = Result<T, Stop>>,
) -> Result<T, Stop> {
    tokio::select! {
        done = work => done,
        number = signals.next() => {
            Err(Stop::new(Exit::Signal(number), "left while looking: nothing was changed"))
        }
    }
}

impl Seen {
    async fn looked(mut self, store: &Store) -> Result<Self, Stop> {
        let names: BTreeMap<HostId, String> =
            self.machines().map(|it| (it.id, it.host.name.clone())).collect();
        let mut away = Vec::new();
        self.stage
            .fleet
            .gather(|id, told| {
                if let (Err(trouble), Some(name)) = (told, names.get(&id)) {
                    away.push((name.clone(), trouble.without_host(), trouble.hint()));
                }
            })
            .await;
        for (host, why, hint) in away {
            self.hints.extend(hint.map(|hint| format!("{host}: {hint}")));
            self.away.insert(host, why);
        }
        let wrapping = &self.stage.wrapping;
        let (sites, held) = futures::join!(wrapping.look(), wrapping.holders());
        let site = |seen: Result<Site, _>| seen.map(|it| locking::without_abandoned(store, it));
        self.sites = sites.into_iter().map(|(host, seen)| (host, site(seen))).collect();
        let lock = |held: Result<_, _>| held.map(|it| locking::but_abandoned(store, it));
        self.held = held.into_iter().map(|(host, held)| (host, lock(held))).collect();
        self.sites.retain(|host, _| !self.away.contains_key(host));
        self.held.retain(|host, _| !self.away.contains_key(host));
        Ok(self)
    }

    pub(super) fn wrapping(&self) -> &Wrapping {
        &self.stage.wrapping
    }

    /// All hosts, in the order of the stage.
    pub(super) fn machines(&self) -> impl Iterator<Item = &Surveyed> {
        self.stage.wrapping.survey().machines.iter()
    }

    /// Why a host cannot be asked.
    pub(super) fn away(&self, host: &str) -> Option<&str> {
        self.away.get(host).map(String::as_str)
    }

    /// What is wrong with asking a host: no connection, or no answer that can be read.
    pub(super) fn trouble(&self, host: &str) -> Option<&str> {
        let unread = self.sites.get(host).and_then(|site| site.as_ref().err());
        let unknown = self.held.get(host).and_then(|lock| lock.as_ref().err());
        self.away(host).or(unread.or(unknown).map(String::as_str))
    }

    /// What a host has.
    pub(super) fn site(&self, host: &str) -> Option<&Site> {
        self.sites.get(host)?.as_ref().ok()
    }

    /// Who has the stage as a host has it; an error is why that is not known.
    pub(super) fn lock(&self, host: &str) -> Result<Option<&Lock>, &str> {
        match self.held.get(host) {
            Some(Ok(lock)) => Ok(lock.as_ref()),
            Some(Err(why)) => Err(why),
            None => Ok(self.site(host).and_then(|site| site.lock.as_ref())),
        }
    }

    /// Tells what kept hosts from being asked, and what can be done about it.
    pub(super) fn tell_trouble(&self) {
        for machine in self.machines() {
            let host = &machine.host.name;
            if let Some(why) = self.trouble(host) {
                say::err(&format!("error: {host}: {why}"));
            }
        }
        self.hints.iter().for_each(|hint| say::err(&format!("hint: {hint}")));
    }

    /// Whether a host could not be asked or read.
    pub(super) fn troubled(&self) -> bool {
        self.machines().any(|it| self.trouble(&it.host.name).is_some())
    }

    /// A document about the stage, without its hosts.
    pub(super) fn document(&self) -> Map<String, Value> {
        document(&self.stage)
    }
}

/// A document about a stage: what every listing begins with.
pub(super) fn document(stage: &Stage) -> Map<String, Value> {
    let owner = &stage.wrapping.survey().owner;
    let head = [("format", json!(1)), ("app", json!(owner.app)), ("stage", json!(owner.stage))];
    head.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Prints a document with something more in it.
pub(super) fn print(mut document: Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        document.extend(more);
    }
    say::out(&Value::Object(document).to_string());
}
