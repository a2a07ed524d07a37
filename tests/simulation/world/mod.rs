//! One simulated run: a console, its hosts, the network between them, an operator, and everything
//! that can befall them, on a virtual clock.

mod wire;

use std::collections::{BTreeMap, VecDeque};

use deployui::{
    engine::{BoxFact, Engine, Input, Policy},
    model::{HoldId, HostId, Try},
    run::{Command, Event, Fact, LinkState, Who},
};
use jiff::Timestamp;

use crate::{
    bugs::{self, Bug},
    checks::Checks,
    console::Console,
    hosts::{Host, Order, Wake},
    operator::{self, Alone},
    plans,
    random::Random,
};

/// Virtual milliseconds after the faults have stopped within which a run must be closed.
const QUIET_MAX: i64 = 6 * 3_600_000;
/// Happenings in one run; more is a loop.
const STEPS_MAX: u64 = 60_000;
/// Virtual time begins here.
const EPOCH: i64 = 1_700_000_000_000;

/// What happens at some time.
#[derive(Debug)]
pub(crate) enum Happening {
    /// An order reaches its host; whether it survives a cut of its connection.
    Order(HostId, u64, Order, bool),
    /// News reaches the console.
    News(HostId, u64, Try, BoxFact),
    Wake(HostId, u32, String, u32, Wake),
    /// A connection is there, or cannot be had.
    Connected(HostId),
    /// The console notices that a connection is gone.
    Noticed(HostId, u64),
    Reachable(HostId),
    DiskFreed(HostId),
    Opens,
    Fault,
    /// The connection to this host is cut, just when it hurts.
    Cut(HostId),
    Operator,
    /// The operator gives up, just when it hurts.
    Abort,
}

/// A failure, with what led to it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) seed: u64,
    pub(crate) what: String,
    pub(crate) trace: VecDeque<String>,
}

/// What a seed led to.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) events: u64,
    pub(crate) begun: u64,
    pub(crate) crashes: u64,
    pub(crate) met: BTreeMap<String, u64>,
    pub(crate) trace: VecDeque<String>,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) random: Random,
    pub(crate) now: i64,
    queue: BTreeMap<(i64, u64), Happening>,
    queued: u64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) console: Option<Console>,
    journal: Vec<Event>,
    pub(crate) policy: Policy,
    pub(crate) alone: Alone,
    pub(crate) checks: Checks,
    pub(crate) bug: Option<Bug>,
    conns: u64,
    /// When faults stop.
    quiet_from: i64,
    closed_at: Option<i64>,
    /// Mean pause between faults, in milliseconds, and how likely each of them is.
    pub(crate) fault_pause: i64,
    pub(crate) faults: [usize; 7],
    /// Of a hundred batches, how many are cut by a crash.
    torn: usize,
    /// Whether the engine is dropped and opened again at every event.
    deep: bool,
    figures: Figures,
    trace: Option<VecDeque<String>>,
    trace_lines: usize,
    /// The question that was on the screen when a key was pressed, where that matters.
    pub(crate) pressed: Option<HoldId>,
    /// The first lines that each list gave, for a bug.
    pub(crate) first_lines: BTreeMap<(HostId, String), Vec<String>>,
}

pub(crate) type Step = Result<(), String>;

/// Runs a seed to its end.
///
/// Its last `trace_lines` happenings are kept for people.
pub(crate) fn simulate(
    seed: u64,
    bug: Option<Bug>,
    trace_lines: usize,
) -> Result<Figures, Failure> {
    let mut world = World::new(seed, bug, trace_lines);
    match world.finish() {
        Ok(()) => {
            world.figures.met = world.checks.met;
            world.figures.trace = world.trace.unwrap_or_default();
            Ok(world.figures)
        }
        Err(what) => Err(Failure { seed, what, trace: world.trace.unwrap_or_default() }),
    }
}

impl World {
    fn new(seed: u64, bug: Option<Bug>, trace_lines: usize) -> Self {
        let mut random = Random::new(seed);
        let plan = plans::plan(&mut random);
        let policy = match random.below(10) {
            0 => Policy::Stop,
            1 => Policy::Undo,
            2 => Policy::Retry(2),
            _ => Policy::Ask,
        };
        let hosts = plan.hosts.iter().map(|_| Host::new(bug)).collect();
        let opened = Engine::start(plan, &who(), policy, at(0)).unwrap();
        let calm = random.chance(15);
        let faults = std::array::from_fn(|_| if random.chance(50) { 1 } else { 0 });
        let mut world = Self {
            now: 0,
            queue: BTreeMap::new(),
            queued: 0,
            hosts,
            console: Some(Console::new(opened.0)),
            journal: Vec::new(),
            policy,
            alone: Alone::Not,
            checks: Checks::default(),
            bug,
            conns: 0,
            quiet_from: if calm { 0 } else { random.between(5, 900) * 1_000 },
            closed_at: None,
            fault_pause: random.between(300, 60_000),
            faults,
            torn: if random.chance(50) { 0 } else { random.below(4) },
            deep: seed.is_multiple_of(16),
            figures: Figures::default(),
            trace: (trace_lines > 0).then(VecDeque::new),
            trace_lines,
            pressed: None,
            first_lines: BTreeMap::new(),
            random,
        };
        world.note(|| format!("seed {seed}, policy {policy:?}"));
        world.checks.durable(&opened.1).unwrap();
        world.journal = opened.1;
        world
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(trace) = &mut self.trace {
            if trace.len() == self.trace_lines {
                trace.pop_front();
            }
            trace.push_back(format!("{:>9.3} {}", now as f64 / 1_000.0, line()));
        }
    }

    pub(crate) fn later(&mut self, after: i64, what: Happening) {
        self.queued += 1;
        self.queue.insert((self.now + after.max(0), self.queued), what);
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.now >= self.quiet_from
    }

    fn finish(&mut self) -> Step {
        self.later(1, Happening::Operator);
        let fault = self.random.between(1, self.fault_pause);
        self.later(fault, Happening::Fault);
        self.input(&Input::Taken(who()))?;
        for _ in 0..STEPS_MAX {
            if !self.step()? {
                return Ok(());
            }
        }
        Err(format!("not closed after {STEPS_MAX} happenings"))
    }

    /// The next thing that happens; false when the run is over and all that was under way has
    /// arrived.
    fn step(&mut self) -> Result<bool, String> {
        const AFTERMATH: i64 = 120_000;
        let next = self.queue.keys().next().map(|(time, _)| *time);
        let due = self.console.as_ref().and_then(|console| {
            Some(console.engine.deadline(at(self.now))?.as_millisecond() - EPOCH)
        });
        if let Some(due) = due.filter(|due| next.is_none_or(|next| *due < next)) {
            self.now = due.max(self.now);
            self.input(&Input::Due)?;
            return Ok(true);
        }
        let Some(((time, _), what)) = self.queue.pop_first() else {
            return match self.closed_at {
                Some(_) => Ok(false),
                None => Err("nothing will ever happen, and the run is not closed".into()),
            };
        };
        self.now = time;
        match self.closed_at {
            Some(closed) if time > closed + AFTERMATH => return Ok(false),
            None if time > self.quiet_from + QUIET_MAX => {
                return Err(self.what_is_open());
            }
            Some(_) | None => {}
        }
        self.happen(what)?;
        Ok(true)
    }

    /// Why it is not over.
    fn what_is_open(&self) -> String {
        let Some(console) = &self.console else { return "the console never came back".into() };
        let run = console.engine.run();
        let open = run.ids().filter(|(_, cell)| !cell.is_over());
        let open: Vec<_> = open.map(|(id, cell)| (id.0, &cell.state)).take(5).collect();
        let (holds, wanted) = (&run.holds, console.engine.wanted());
        format!("not closed long after the faults stopped: {open:?}; {holds:?}; {wanted:?}")
    }

    fn happen(&mut self, what: Happening) -> Step {
        match what {
            Happening::Order(host, conn, order, survives) => {
                self.order_arrives(host, conn, order, survives)
            }
            Happening::News(host, conn, attempt, fact) => self.news(host, conn, attempt, fact),
            Happening::Wake(host, machine, name, generation, wake) => {
                let random = &mut self.random;
                let here = &mut self.hosts[usize::from(host.0)];
                let deeds = here.wake(machine, &name, generation, wake, random);
                self.deeds(host, machine, deeds)
            }
            Happening::Connected(host) => self.connected(host),
            Happening::Noticed(host, conn) => {
                let Some(console) = &mut self.console else { return Ok(()) };
                if console.link(host).conn != Some(conn) {
                    return Ok(());
                }
                console.link(host).conn = None;
                self.input(&Input::Link(host, LinkState::Down("reset".into())))
            }
            Happening::Reachable(host) => {
                self.hosts[usize::from(host.0)].reachable = true;
                Ok(())
            }
            Happening::DiskFreed(host) => {
                self.hosts[usize::from(host.0)].disk_full = false;
                Ok(())
            }
            Happening::Opens => self.open(),
            Happening::Fault => self.fault(),
            Happening::Cut(host) => {
                self.cut(host);
                Ok(())
            }
            Happening::Abort => operator::gives_up(self),
            Happening::Operator => {
                let pause = operator::acts(self)?;
                if self.closed_at.is_none() {
                    self.later(pause, Happening::Operator);
                }
                Ok(())
            }
        }
    }

    /// Tells the engine, makes the facts durable (or not, if the console dies at it), and carries
    /// out what is wanted then.
    pub(crate) fn input(&mut self, input: &Input) -> Step {
        let Some(console) = &mut self.console else { return Ok(()) };
        let handled = console.engine.handle(input, at(self.now));
        let quiet = matches!(input, Input::Due);
        let mut events = match handled {
            Ok(events) => events,
            Err(refusal) => {
                self.note(|| format!("{input:?}: {refusal}"));
                return Ok(());
            }
        };
        if !quiet || !events.is_empty() {
            self.note(|| format!("{input:?}"));
        }
        for event in &events {
            self.note(|| format!("    {} {:?}", event.seq, event.fact));
        }
        self.intended(input, &events)?;
        if let Some(bug) = self.bug
            && bugs::spoil(bug, &mut events)
        {
            self.refold(&events);
        }
        if !self.is_quiet() && self.torn > 0 && !events.is_empty() && self.random.chance(self.torn)
        {
            return self.torn(events);
        }
        self.figures.events += u64::try_from(events.len()).unwrap();
        self.checks.durable(&events)?;
        if !events.is_empty() {
            self.journal.extend(events);
            self.look()?;
        }
        self.send_wanted()
    }

    /// The operator's answer is an answer to the question that was on the screen.
    fn intended(&self, input: &Input, events: &[Event]) -> Step {
        let Input::Command { what: Command::Choose(id, ..), .. } = input else { return Ok(()) };
        let others = events.iter().any(|event| {
            let chose = matches!(&event.fact, Fact::Chose(other, ..) if other != id);
            chose && event.by == Some(who())
        });
        let stale = self.pressed.is_some_and(|shown| shown != *id) && !events.is_empty();
        if others || stale { Err(format!("{id:?} was not what was answered")) } else { Ok(()) }
    }

    /// For bugs that change facts: the engine goes on from the changed ones.
    fn refold(&mut self, events: &[Event]) {
        let mut journal = self.journal.clone();
        journal.extend_from_slice(events);
        if let Some(console) = &mut self.console {
            console.engine = Engine::open(&journal, self.policy).unwrap();
        }
    }

    /// The console dies while it writes these facts: only some of them are durable.
    fn torn(&mut self, mut events: Vec<Event>) -> Step {
        let kept = self.random.below(events.len() + 1);
        self.note(|| format!("the console dies; {kept} of the facts are durable"));
        if self.bug == Some(Bug::EffectBeforeJournal) {
            self.send_wanted()?;
        }
        events.truncate(kept);
        self.figures.events += u64::try_from(events.len()).unwrap();
        self.checks.durable(&events)?;
        self.journal.extend(events);
        self.crash();
        Ok(())
    }

    /// The console is gone, with all its connections.
    pub(crate) fn crash(&mut self) {
        if self.console.take().is_none() {
            return;
        }
        self.figures.crashes += 1;
        for host in &mut self.hosts {
            host.listener = None;
        }
        if self.bug == Some(Bug::JournalNotSynced) {
            let lost = self.random.below(4);
            let kept = self.journal.len().saturating_sub(lost).max(1);
            self.journal.truncate(kept);
            self.checks.start_over(&self.journal);
        }
        let after = self.random.between(10, 40_000);
        self.later(after, Happening::Opens);
    }

    fn open(&mut self) -> Step {
        if self.console.is_some() {
            return Ok(());
        }
        let journal = self.read_back()?;
        let engine = Engine::open(&journal, self.policy).map_err(|e| e.to_string())?;
        self.note(|| "the console is opened again".into());
        self.console = Some(Console::new(engine));
        self.input(&Input::Taken(who()))
    }

    /// The journal as it comes back from the disk.
    fn read_back(&self) -> Result<Vec<Event>, String> {
        let line = |event: &Event| {
            let text = serde_json::to_string(event).map_err(|e| e.to_string())?;
            let back: Event = serde_json::from_str(&text).map_err(|e| e.to_string())?;
            if back == *event { Ok(back) } else { Err(format!("{text} reads back as {back:?}")) }
        };
        if self.deep { self.journal.iter().map(line).collect() } else { Ok(self.journal.clone()) }
    }

    fn look(&mut self) -> Step {
        let Some(console) = &self.console else { return Ok(()) };
        self.checks.after(&console.engine, &self.hosts, at(self.now))?;
        if self.deep {
            self.checks.reopened(&self.journal, &console.engine, self.policy)?;
        }
        if console.engine.run().closed.is_some() && self.closed_at.is_none() {
            self.closed_at = Some(self.now);
            self.checks.closed(console.engine.run(), &self.hosts)?;
        }
        Ok(())
    }

    /// Milliseconds since then.
    pub(crate) fn now_after(&self, then: Timestamp) -> i64 {
        at(self.now).as_millisecond() - then.as_millisecond()
    }

    /// The operator leaves; the console ends in order.
    pub(crate) fn leave(&mut self) {
        self.crash();
    }
}

/// The operator.
pub(crate) fn who() -> Who {
    Who("op@desk".into())
}

/// A virtual time.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(EPOCH + millis).unwrap()
}
