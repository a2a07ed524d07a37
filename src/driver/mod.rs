//! The imperative shell: the only clock and randomness, the only place that carries out what the
//! engine wants. One loop takes everything in, makes the facts durable, and only then lets the hosts
//! act on what is wanted now.
//!
//! Facts go through this loop; log bytes do not. Each host has a task of its own that writes what
//! it reads straight to the attempt's log.

mod asker;
mod asking;
mod chance;
mod channel;
mod clock;
mod compare;
mod error;
mod fleet;
mod front;
mod held;
mod herald;
mod here;
mod hits;
mod host;
mod http;
mod hurry;
mod listing;
mod locking;
mod look;
mod looks;
mod means;
mod notify;
mod parcel;
pub mod probe;
mod reconcile;
mod secrets;
mod sending;
mod sharing;
mod shell;
mod sleeper;
mod translate;
mod trouble;
mod veiled;
mod wants;
mod wrapping;

use std::{collections::BTreeMap, future::pending, time::Duration};

use tokio::{sync::mpsc, time::sleep};

pub use asker::{Asker, NoAnswer};
pub use chance::run_id;
pub use clock::{along, no_earlier, now, set_right, wall};
pub use error::DriveError;
pub use fleet::Fleet;
pub use front::{Left, Observer, Request};
pub use held::{Held, LeftLocks, hold_again, left_locks};
pub use herald::Herald;
pub use http::Client;
pub use hurry::Hurry;
pub use listing::applied;
pub use locking::{Locking, unlock};
pub use means::{FleetSettings, HostNews};
pub use notify::NotifyError;
pub use secrets::{BadSecret, Secrets, VALUE_BYTES_MAX, VALUE_BYTES_MIN};
pub use shell::Wanted as WantedShell;
pub use sleeper::{Outlived, outlives};
pub use trouble::{ShellEnd, Trouble};
pub use wrapping::{Checked, RefProblem, Wrapping, finish};

use self::{look::Look, sharing::Sharing};
use crate::{
    engine::{BoxFact, Engine, Input, Policy},
    model::{HostId, Kind, Plan, Try},
    run::{Cell, Choice, Command, Event, Excerpt, LinkState, Mode, Observation, Refusal, Run, Who},
    store::{Header, Journal, Store},
};

/// Inputs that are taken in before their facts are written, at most.
const DRAIN_MAX: usize = 1024;

/// A run that could not be opened, with its hosts: they are still connected, and may have something to
/// give back.
pub struct Unopened {
    /// Why.
    pub error: DriveError,
    /// The hosts.
    pub fleet: Fleet,
}

/// The host of an attempt, by name, and the name of its box: what its log is filed under.
#[must_use]
pub fn box_name(run: &Run, attempt: Try) -> Option<(String, String)> {
    let (host, name) = wants::box_of(run, attempt)?;
    Some((run.plan.host(host)?.name.clone(), name))
}

/// A run in hand: its engine, its journal and its hosts.
pub struct Driver {
    engine: Engine,
    journal: Journal,
    store: Store,
    fleet: Fleet,
    who: Who,
    answers: BTreeMap<(Try, u16), String>,
    fresh: Vec<Event>,
    opening: Vec<Event>,
    look: Option<Look>,
    given_up: BTreeMap<HostId, Trouble>,
    herald: Option<Herald>,
    sharing: Sharing,
}

impl Driver {
    /// Opens a new run on hosts that are there, paused.
    ///
    /// # Errors
    /// When its journal cannot be made. The hosts come back with it.
    pub fn open(
        plan: Plan,
        store: Store,
        fleet: Fleet,
        who: &Who,
        policy: Policy,
    ) -> Result<Self, Box<Unopened>> {
        let at = now();
        let header = Header::new(&plan, at);
        let made = Engine::start(plan, who, policy, at).map_err(DriveError::NotARun);
        let made = made.and_then(|(engine, events)| {
            let create = || Journal::create(&store, header, &events, &who.0);
            let journal = tokio::task::block_in_place(create).map_err(DriveError::Journal)?;
            Ok((engine, events, journal))
        });
        let (engine, events, journal) = match made {
            Ok(made) => made,
            Err(error) => return Err(Box::new(Unopened { error, fleet })),
        };
        let mut driver = Self::new(engine, journal, store, fleet, who);
        driver.opening = events;
        Ok(driver)
    }

    /// Takes a journalled run up again.
    ///
    /// # Errors
    /// When another console drives it, or its journal cannot be used.
    pub fn resume(
        journal: Journal,
        events: &[Event],
        store: Store,
        fleet: Fleet,
        who: &Who,
        policy: Policy,
    ) -> Result<Self, DriveError> {
        let engine = Engine::open(events, policy).map_err(DriveError::NotARun)?;
        no_earlier(engine.run().latest);
        let mut driver = Self::new(engine, journal, store, fleet, who);
        driver.input(&Input::Taken(who.clone()));
        driver.look = Some(Look::begin(driver.engine.run(), now()));
        Ok(driver)
    }

    fn new(engine: Engine, journal: Journal, store: Store, fleet: Fleet, who: &Who) -> Self {
        let journalled = store.journal_path(&engine.run().plan.run);
        let sharing = Sharing::new(fleet.asker(), journalled.with_file_name("outputs"));
        Self {
            engine,
            journal,
            store,
            fleet,
            who: who.clone(),
            answers: BTreeMap::new(),
            fresh: Vec::new(),
            opening: Vec::new(),
            look: None,
            given_up: BTreeMap::new(),
            herald: None,
            sharing,
        }
    }

    /// What is known of the run.
    #[must_use]
    pub fn run(&self) -> &Run {
        self.engine.run()
    }

    /// The hosts that are not tried again, since what keeps us out will not pass by itself.
    pub fn given_up(&self) -> impl Iterator<Item = (HostId, &Trouble)> {
        self.given_up.iter().map(|(host, trouble)| (*host, trouble))
    }

    /// Asks the hosts of the run, beside it.
    #[must_use]
    pub fn asker(&self) -> Asker {
        self.fleet.asker()
    }

    /// The first facts of a run that was opened here; nothing for one that was taken up.
    #[must_use]
    pub fn opening(&self) -> Vec<Event> {
        self.opening.clone()
    }

    /// Drives the run until it is over, left, or (unless `patient`) stuck.
    ///
    /// # Errors
    /// When a disk here refuses; nothing further was begun then.
    pub async fn drive(
        &mut self,
        requests: &mut mpsc::Receiver<Request>,
        observer: &mut dyn Observer,
        start: Option<Mode>,
        patient: bool,
    ) -> Result<Left, DriveError> {
        if let Some(mode) = start {
            self.command(Command::Mode(mode), observer);
        }
        self.input(&Input::Due);
        loop {
            self.settle(observer)?;
            if let Some(left) = self.left(patient) {
                return Ok(left);
            }
            let deadline = self.until_deadline();
            tokio::select! {
                biased;
                request = requests.recv() => match request {
                    Some(request) => self.request(request, observer),
                    None => self.command(Command::Leave, observer),
                },
                news = self.fleet.next() => self.news(news, observer)?,
                brought = self.sharing.next() => self.brought(brought),
                () = deadline => self.input(&Input::Due),
            }
            for _ in 0..DRAIN_MAX {
                let Some(news) = self.fleet.ready() else { break };
                self.news(news, observer)?;
            }
        }
    }

    /// Webhooks are told from now on how the run goes, and that it has begun, if it was opened here.
    pub fn announce(&mut self, mut herald: Herald) {
        if !self.opening.is_empty() {
            herald.opened();
        }
        self.herald = Some(herald);
    }

    /// Ends the connections in order; what webhooks are still to be told is waited for a moment.
    pub async fn close(self) {
        if let Some(herald) = self.herald {
            herald.rest().await;
        }
        self.sharing.end().await;
        self.fleet.close().await;
    }

    fn until_deadline(&self) -> impl Future<Output = ()> + use<> {
        let at = now();
        let look = self.look.as_ref().and_then(|look| look.until(self.engine.run(), at));
        let wait = self
            .engine
            .deadline(at)
            .into_iter()
            .chain(look)
            .min()
            .map(|due| Duration::try_from(due.duration_since(at)).unwrap_or(Duration::ZERO));
        async move {
            match wait {
                // A millisecond more, so that the deadline is over by then.
                Some(wait) => sleep(wait + Duration::from_millis(1)).await,
                None => pending().await,
            }
        }
    }

    fn left(&self, patient: bool) -> Option<Left> {
        let run = self.engine.run();
        if let Some(verdict) = run.closed {
            return Some(Left::Closed(verdict));
        }
        if run.left {
            return Some(Left::Detached);
        }
        let looking = self.look.as_ref().is_some_and(|look| look.until(run, now()).is_some());
        let stuck = !looking && self.engine.stuck();
        (!patient && (stuck || self.shut_out())).then_some(Left::Stuck)
    }

    /// Whether all that could move is on hosts that are not tried again.
    fn shut_out(&self) -> bool {
        let run = self.engine.run();
        let moves = |cell: &&Cell| cell.in_flight() || run.is_next(cell);
        let gone = |cell: &Cell| cell.node.host.is_some_and(|id| self.given_up.contains_key(&id));
        !self.given_up.is_empty() && run.cells.iter().filter(moves).all(gone)
    }

    /// Makes new facts durable, tells them, and only then lets the hosts act.
    fn settle(&mut self, observer: &mut dyn Observer) -> Result<(), DriveError> {
        let events = std::mem::take(&mut self.fresh);
        if !events.is_empty() {
            self.write(&events)?;
            observer.told(&events, self.engine.run());
            if let Some(herald) = &mut self.herald {
                herald.told(&events, self.engine.run());
            }
        }
        let mut wants = wants::of(&self.engine, &self.answers);
        self.sharing.sift(self.engine.run(), &mut wants);
        self.fleet.want(wants);
        Ok(())
    }

    fn write(&mut self, events: &[Event]) -> Result<(), DriveError> {
        tokio::task::block_in_place(|| self.journal.append(events)).map_err(DriveError::Journal)
    }

    fn input(&mut self, input: &Input) {
        match self.engine.handle(input, now()) {
            Ok(events) => self.fresh.extend(events),
            Err(refusal) => tracing::warn!(%refusal, ?input, "the engine refused an input"),
        }
    }

    fn command(&mut self, what: Command, observer: &mut dyn Observer) {
        let input = Input::Command { by: self.who.clone(), what };
        match self.engine.handle(&input, now()) {
            Ok(events) => self.fresh.extend(events),
            Err(refusal) => observer.refused(refusal),
        }
    }

    fn request(&mut self, request: Request, observer: &mut dyn Observer) {
        match request {
            Request::Command(command) => match self.tells(&command) {
                Some(name) => observer.refused(Refusal::Secret(name)),
                None => self.command(command, observer),
            },
            Request::Answer { attempt, number, text, hidden } => {
                let run = self.engine.run();
                let Some(hold) = run.hold_on(attempt.node) else {
                    return observer.refused(Refusal::HoldGone);
                };
                // To have looked at it while it was typed makes it no less a secret.
                let asked = run.cell(attempt.node).and_then(|it| it.question.as_ref());
                if hidden || asked.is_some_and(|(_, it)| it.hidden) {
                    self.fleet.hide(&text);
                }
                self.answers.insert((attempt, number), text);
                let choice = Choice::Answer(number);
                self.command(Command::Choose(hold, choice, crate::run::Why::default()), observer);
            }
        }
    }

    /// The secret whose value a command would bring into the journal, to be read by everybody.
    fn tells(&self, command: &Command) -> Option<String> {
        let texts = match command {
            Command::Choose(_, Choice::Edit(text), why) => vec![text, &why.0],
            Command::Choose(_, _, why)
            | Command::Exclude(_, why)
            | Command::Abort(_, why)
            | Command::Rest(why) => vec![&why.0],
            Command::Mode(_)
            | Command::Break(..)
            | Command::Listen(_)
            | Command::Stop(..)
            | Command::Leave => Vec::new(),
        };
        texts.into_iter().find_map(|text| self.fleet.secret_in(text))
    }

    /// What a step takes is on its host, or it cannot be put there.
    fn brought(&mut self, (attempt, brought): (Try, Result<(), String>)) {
        if let Err(why) = brought {
            self.input(&Input::Box(attempt, BoxFact::Refused(why)));
        }
    }

    fn news(
        &mut self,
        (host, news): (HostId, HostNews),
        observer: &mut dyn Observer,
    ) -> Result<(), DriveError> {
        if let (HostNews::Up(_) | HostNews::Down(_), Some(look)) = (&news, &mut self.look) {
            look.heard(host, now());
        }
        match news {
            HostNews::Up(hello) => {
                if let Some(host) = self.engine.run().plan.host(host) {
                    observer.reached(&host.name, &hello.user);
                }
                let machine = Excerpt {
                    machine: hello.machine.clone(),
                    boot: hello.boot.clone(),
                    base: hello.base.clone(),
                };
                self.input(&Input::Saw(host, Observation::Machine(machine)));
                self.input(&Input::Link(host, LinkState::Up));
            }
            HostNews::Down(trouble) => {
                self.input(&Input::Link(host, LinkState::Down(trouble.to_string())));
                if !trouble.may_pass() {
                    self.given_up.insert(host, trouble);
                }
            }
            HostNews::Fact(attempt, fact) => self.fact(attempt, &fact),
            HostNews::AnswerGone(attempt, number) => {
                self.input(&Input::AnswerGone(attempt, number));
            }
            HostNews::Asks(attempt, number, question) => {
                self.input(&Input::Box(attempt, BoxFact::Asks(number, question)));
            }
            HostNews::WentOn(attempt, number) => {
                self.answers.remove(&(attempt, number));
                self.input(&Input::Box(attempt, BoxFact::WentOn(number)));
            }
            HostNews::Disk(error) => return Err(DriveError::Log(error)),
        }
        Ok(())
    }

    fn fact(&mut self, attempt: Try, fact: &crate::boxes::Fact) {
        let asks =
            self.engine.run().cell(attempt.node).is_some_and(|cell| {
                matches!(cell.node.kind, Kind::Ask(_)) && cell.tries == attempt.n
            });
        for said in translate::box_facts(fact) {
            if asks && matches!(said, BoxFact::Ended(..)) {
                let lines = listing::printed(self.engine.run(), &self.store, attempt);
                self.input(&Input::Box(attempt, BoxFact::Lines(lines)));
            }
            if let BoxFact::Answered(number) = said {
                self.answers.remove(&(attempt, number));
            }
            self.input(&Input::Box(attempt, said));
        }
    }
}
