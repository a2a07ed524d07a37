//! The console: wired to the driver. The screen is a task of its own; whatever it does, the run goes on.

mod ask;
mod feed;

use std::{sync::Arc, time::Duration};

use ask::Asking;
use feed::Feed;
use jiff::tz::TimeZone;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
    headless, load, say,
    signals::{INT, Signals},
    webhooks,
};
use crate::{
    driver::{self, DriveError, Driver, Fleet, Left, Request},
    engine::Policy,
    model::{HostId, Plan},
    recipe::Recipe,
    run::{Command, Event, Mode, Run},
    script::quote,
    store::{Dirty, Journal},
    tui::{self, HostState, Settings, Told, TuiError, Wish},
};

/// What the screen may have on its way to the driver, and to the screen.
const QUEUE_MAX: usize = 256;

/// How long a signal may take to be told after it has broken off the reading of keys.
const SIGNAL_WAIT: Duration = Duration::from_millis(100);

/// The pipeline that the console shows when nothing is said.
const PIPELINE: &str = "deploy";

/// The screen, and the channels to it.
struct Screen {
    told: mpsc::Sender<Told>,
    wishes: mpsc::Receiver<Wish>,
    asking: Arc<Asking>,
    dirty: Dirty,
    ended: JoinHandle<Result<(), TuiError>>,
    signals: Signals,
}

impl Screen {
    fn open(around: &Surroundings) -> Result<Self, Stop> {
        let signals = headless::listen()?;
        let (told, hears) = mpsc::channel(QUEUE_MAX);
        let (wishing, wishes) = mpsc::channel(QUEUE_MAX);
        let (dirty, grown): (Dirty, watch::Receiver<u64>) = Dirty::new();
        let settings = Settings {
            ascii: !around.utf8,
            colour: around.colour,
            read_only: false,
            quote: |word| quote(word).ok(),
            who: around.who.0.clone(),
            zone: TimeZone::system(),
        };
        let store = around.store.clone();
        let ended = tokio::spawn(tui::run(hears, wishing, grown, store, settings, driver::now));
        let asking = Arc::new(Asking::new(told.clone()));
        Ok(Self { told, wishes, asking, dirty, ended, signals })
    }

    /// The signal by which the screen was made to leave, if it was one. It also breaks off the
    /// reading of keys, which may be noticed first.
    async fn signal(&mut self) -> Option<u8> {
        timeout(SIGNAL_WAIT, self.signals.next()).await.ok()
    }

    /// A screen that is gone needs no telling.
    async fn tell(&self, told: Told) {
        drop(self.told.send(told).await);
    }

    /// Waits until the operator has read enough.
    async fn read_on(mut self, over: String) -> Result<(), Stop> {
        self.tell(Told::Over(over)).await;
        while let Some(wish) = self.wishes.recv().await {
            if wish == Wish::Quit {
                break;
            }
            self.not_wired(&wish).await;
        }
        self.close().await
    }

    /// Says so of a wish that nobody carries out yet.
    async fn not_wired(&self, wish: &Wish) {
        match wish {
            Wish::Look => self.tell(Told::Note("not wired yet".to_owned())).await,
            Wish::Preview(of) => {
                let lines = vec!["not wired yet".to_owned()];
                self.tell(Told::Preview { of: of.clone(), lines }).await;
            }
            Wish::Do(_) => self.tell(Told::Did(Err("not wired yet".to_owned()))).await,
            Wish::Start(_)
            | Wish::Command(_)
            | Wish::Answer { .. }
            | Wish::Connect
            | Wish::Prompted(..)
            | Wish::Interrupted
            | Wish::Quit => {}
        }
    }

    async fn close(self) -> Result<(), Stop> {
        let Self { told, wishes, asking, ended, .. } = self;
        drop((told, wishes, asking));
        match ended.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Stop::new(Exit::Refused, format!("the terminal: {error}"))),
            Err(_panicked) => {
                tui::restore();
                Err(Stop::new(Exit::Failed, "the screen failed; the terminal was restored"))
            }
        }
    }
}

/// `deployui`: the console on a run that is open, or on one that can be started.
pub(super) async fn open(around: &Surroundings, global: &Global) -> Result<Exit, Stop> {
    if !around.terminal {
        return Err(Stop::new(Exit::Usage, "the console needs a terminal").hint(
            "without one: deployui run PIPELINE, deployui resume, deployui runs, deployui log",
        ));
    }
    let recipe = load::recipe(global)?;
    let plan = plan(around, global, &recipe)?;
    headless::place(around, &plan.run)?;
    if let Some(run) = open_run(around, &plan)? {
        let (journal, events) = Journal::open(&around.store, &run, &around.who.0)?;
        let run = Run::fold(&events)
            .map_err(|error| Stop::new(Exit::Refused, format!("run {run}: {error}")))?;
        return resume(around, global, journal, events, run).await;
    }
    fresh(around, global, plan).await
}

fn plan(around: &Surroundings, global: &Global, recipe: &Recipe) -> Result<Plan, Stop> {
    let first = recipe.pipeline_names().next().unwrap_or(PIPELINE);
    let deploy = recipe.pipeline_names().find(|name| *name == PIPELINE);
    let pipeline = deploy.unwrap_or(first).to_owned();
    let request = headless::plain_request(around, global, &pipeline)?;
    load::plan(recipe, &request)
}

/// The newest run of this application and stage that is open.
fn open_run(around: &Surroundings, plan: &Plan) -> Result<Option<crate::model::RunId>, Stop> {
    let runs = around
        .store
        .runs()
        .map_err(|error| Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))?;
    let ours = |header: &crate::store::Header| header.app == plan.app && header.stage == plan.stage;
    let open = runs.into_iter().find(|run| {
        run.closed.is_none() && run.last.is_some() && run.header.as_ref().is_some_and(ours)
    });
    Ok(open.map(|run| run.run))
}

/// A run that can be started: the hosts are connected while the operator reads the plan.
async fn fresh(around: &Surroundings, global: &Global, plan: Plan) -> Result<Exit, Stop> {
    let mut screen = Screen::open(around)?;
    screen.tell(Told::Plan(Box::new(plan.clone()))).await;
    let connect = |screen: &Screen| {
        let ask = Arc::clone(&screen.asking) as Arc<dyn crate::remote::Ask>;
        load::fleet(
            around,
            global,
            (&plan.run, &load::hosts(&plan)),
            ask,
            screen.dirty.clone(),
            false,
        )
    };
    let mut fleet = connect(&screen);
    let (mut ready, mut interrupt) = (0, None);
    for (host, _) in plan.host_ids() {
        screen.tell(Told::Host(host, HostState::Connecting)).await;
    }
    loop {
        tokio::select! {
            wish = screen.wishes.recv() => match wish {
                None | Some(Wish::Quit) => {
                    let signal = screen.signal().await.or(interrupt);
                    screen.close().await?;
                    return Ok(signal.map_or(Exit::Done, Exit::Signal));
                }
                Some(Wish::Interrupted) => interrupt = Some(INT),
                Some(Wish::Start(mode)) if ready == plan.hosts.len() => {
                    let store = around.store.clone();
                    let opened = Driver::open(plan, store, fleet, &around.who, Policy::Ask);
                    return match opened {
                        Ok(mut driver) => {
                            let planned = webhooks::of_run(around, global, &driver.run().plan);
                            driver.announce(webhooks::beside(planned, screen.told.clone()));
                            driven(screen, driver, mode).await
                        }
                        Err(error) => {
                            screen.close().await?;
                            Err(Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))
                        }
                    };
                }
                Some(Wish::Start(_)) => {
                    screen.tell(Told::Note("not all hosts are ready yet".to_owned())).await;
                }
                Some(Wish::Connect) => {
                    fleet = connect(&screen);
                    ready = 0;
                    for (host, _) in plan.host_ids() {
                        screen.tell(Told::Host(host, HostState::Connecting)).await;
                    }
                }
                Some(Wish::Prompted(id, answer)) => screen.asking.answer(id, answer),
                Some(wish @ (Wish::Look | Wish::Preview(_) | Wish::Do(_))) => {
                    screen.not_wired(&wish).await;
                }
                Some(Wish::Command(_) | Wish::Answer { .. }) => {}
            },
            Some((host, state)) = arrival(&mut fleet) => {
                ready += usize::from(state == HostState::Ready);
                screen.tell(Told::Host(host, state)).await;
            }
        }
    }
}

async fn arrival(fleet: &mut Fleet) -> Option<(HostId, HostState)> {
    let (host, arrived) = fleet.arrival().await?;
    let state = match arrived {
        Ok(_) => HostState::Ready,
        Err(trouble) => HostState::Trouble { what: trouble.to_string(), hint: trouble.hint() },
    };
    Some((host, state))
}

/// The console on a run that was left open. What is in flight is followed at once; nothing further
/// begins before the operator says so.
pub(super) async fn resume(
    around: &Surroundings,
    global: &Global,
    journal: Journal,
    events: Vec<Event>,
    run: Run,
) -> Result<Exit, Stop> {
    let screen = Screen::open(around)?;
    let ask = Arc::clone(&screen.asking) as Arc<dyn crate::remote::Ask>;
    let fleet = load::fleet(
        around,
        global,
        (&run.plan.run, &load::hosts(&run.plan)),
        ask,
        screen.dirty.clone(),
        true,
    );
    let store = around.store.clone();
    screen.tell(Told::Events(events.clone())).await;
    let taken = Driver::resume(journal, &events, store, fleet, &around.who, Policy::Ask);
    match taken {
        Ok(mut driver) => {
            let planned = webhooks::of_run(around, global, &driver.run().plan);
            driver.announce(webhooks::beside(planned, screen.told.clone()));
            driven(screen, driver, Mode::Pause).await
        }
        Err(error) => {
            screen.close().await?;
            Err(Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))
        }
    }
}

/// Drives the run while the screen watches.
async fn driven(mut screen: Screen, mut driver: Driver, mode: Mode) -> Result<Exit, Stop> {
    let (requests, mut requested) = mpsc::channel(QUEUE_MAX);
    let mut feed = Feed::begin(screen.told.clone(), driver.opening());
    let left = {
        let driving = driver.drive(&mut requested, &mut feed, Some(mode), true);
        tokio::pin!(driving);
        loop {
            tokio::select! {
                left = &mut driving => break left,
                wish = screen.wishes.recv() => match wish {
                    Some(wish @ (Wish::Look | Wish::Preview(_) | Wish::Do(_))) => {
                        screen.not_wired(&wish).await;
                    }
                    wish => pass_on(wish, &requests, &screen.asking),
                },
            }
        }
    };
    feed.end().await;
    let run = driver.run().clone();
    let id = run.plan.run.clone();
    let exit = match left {
        Ok(Left::Closed(_)) => {
            let exit = Exit::of(Left::Closed(run.verdict()), &run, None);
            screen.read_on(format!("run {id} is over")).await.map(|()| exit)
        }
        Ok(left @ (Left::Stuck | Left::Detached)) => {
            let signal = screen.signal().await;
            screen.close().await?;
            say::out(&format!("run {id} is left open; steps in flight go on"));
            say::out(&format!("to go on: deployui resume {id}"));
            Ok(Exit::of(left, &run, signal))
        }
        Err(error) => failed(screen, &error, &run).await,
    };
    driver.close().await;
    exit
}

async fn failed(screen: Screen, error: &DriveError, run: &Run) -> Result<Exit, Stop> {
    screen.read_on(format!("cannot go on: {error}")).await?;
    Err(super::exit::undriven(error, run))
}

/// A wish of the screen to the driver. A screen that is gone leaves the run.
fn pass_on(wish: Option<Wish>, requests: &mpsc::Sender<Request>, asking: &Asking) {
    let request = match wish {
        None | Some(Wish::Quit) => Request::Command(Command::Leave),
        Some(Wish::Command(command)) => Request::Command(command),
        Some(Wish::Start(mode)) => Request::Command(Command::Mode(mode)),
        Some(Wish::Answer { attempt, number, text }) => Request::Answer { attempt, number, text },
        Some(Wish::Prompted(id, answer)) => return asking.answer(id, answer),
        Some(Wish::Connect | Wish::Interrupted | Wish::Look | Wish::Preview(_) | Wish::Do(_)) => {
            return;
        }
    };
    if requests.try_send(request).is_err() {
        tracing::warn!("the driver takes no requests");
    }
}
