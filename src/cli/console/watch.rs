//! A run that is only watched: its journal and logs are read as they grow. Nothing is connected, locked
//! or changed; whoever drives the run does not know.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{MissedTickBehavior, interval};

use super::{begun::Begun, screen::Screen};
use crate::{
    cli::{
        environment::Surroundings,
        exit::{Exit, Stop},
        own::Own,
    },
    driver,
    model::{Owner, RunId},
    run::{Event, Run},
    store::{Follower, JournalError, Store},
    tui::Told,
};

/// How often it is looked for news.
const GLANCE: Duration = Duration::from_millis(250);

/// So many glances later it is asked whether somebody drives the run.
const ASK_AFTER: u32 = 8;

/// Facts that are found this long after the last look at most have just been written.
const JUST_NOW: SignedDuration = SignedDuration::from_secs(2);

/// Why nothing is done here, whatever is wished.
const ONLY_WATCHES: &str = "this console only watches";

/// What is watched.
struct Watched {
    follower: Follower,
    run: Run,
    driver: Option<String>,
    /// When anything that runs was last heard of.
    heard: Option<Timestamp>,
    glances: u32,
    /// When it was last looked for news.
    glanced: Timestamp,
}

/// How the watching of a run ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Watching {
    /// The run is over, or cannot be watched any more.
    Over,
    /// The operator has left.
    Left,
}

/// Shows a run that somebody else may drive, and those that are begun after it, until the operator
/// leaves.
pub(super) async fn watch(
    around: &Surroundings,
    own: Own,
    owner: Owner,
    first: RunId,
) -> Result<Exit, Stop> {
    let (follower, events) = Follower::open(&around.store, &first)?;
    let mut screen = Screen::open(around, own, true)?;
    let mut begun = Begun::after(&around.store, owner, Some(&first));
    let mut watching =
        Watched::of(&first, follower, &events)?.show(around, &mut screen, events).await?;
    while watching == Watching::Over {
        tokio::select! {
            wish = screen.wish() => match wish {
                Some(wished) => wished.refuse(ONLY_WATCHES),
                None => break,
            },
            id = begun.next() => watching = follow(around, &mut screen, &id).await?,
        }
    }
    let exit = screen.signal().await.map_or(Exit::Done, Exit::Signal);
    screen.close().await?;
    Ok(exit)
}

/// Shows a run that was begun while this console was open, until it is over or the operator leaves.
pub(super) async fn follow(
    around: &Surroundings,
    screen: &mut Screen,
    id: &RunId,
) -> Result<Watching, Stop> {
    let (follower, events) = Follower::open(&around.store, id)?;
    Watched::of(id, follower, &events)?.show(around, screen, events).await
}

impl Watched {
    fn of(id: &RunId, follower: Follower, events: &[Event]) -> Result<Self, Stop> {
        let run = Run::fold(events)
            .map_err(|error| Stop::new(Exit::Refused, format!("run {id}: {error}")))?;
        let driver = follower.driver();
        driver::no_earlier(run.latest);
        Ok(Self { follower, run, driver, heard: None, glances: 0, glanced: driver::now() })
    }

    /// Shows it to its end.
    async fn show(
        mut self,
        around: &Surroundings,
        screen: &mut Screen,
        events: Vec<Event>,
    ) -> Result<Watching, Stop> {
        screen.tell(Told::Watching(self.driver.clone())).await;
        screen.tell_pace(&around.store, &self.run.plan, &self.run.plan.pipeline);
        self.tell(events, screen).await;
        let mut ticks = interval(GLANCE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while self.run.closed.is_none() {
            tokio::select! {
                wish = screen.wish() => match wish {
                    Some(wished) => wished.refuse(ONLY_WATCHES),
                    None => return Ok(Watching::Left),
                },
                _ = ticks.tick() => match self.glance(around, screen).await {
                    Ok(()) => {}
                    Err(error @ JournalError::Damaged(_)) => {
                        screen.tell(Told::Over(format!("cannot watch it any more: {error}"))).await;
                        break;
                    }
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(Watching::Over)
    }

    /// Tells what is new.
    async fn glance(&mut self, around: &Surroundings, screen: &Screen) -> Result<(), JournalError> {
        self.glances = self.glances.wrapping_add(1);
        // What its driver wrote before leaving is read after seeing that it is gone.
        let asked = self.glances.is_multiple_of(ASK_AFTER).then(|| self.follower.driver());
        let events = self.follower.news()?;
        events.iter().for_each(|event| self.run.apply(event));
        let last = std::mem::replace(&mut self.glanced, driver::now());
        if let Some(newest) = events.last() {
            // What was written while nobody looked is no news of the time.
            if self.glanced.duration_since(last) < JUST_NOW {
                driver::along(newest.at);
                self.glanced = driver::now();
            }
            self.tell(events, screen).await;
        }
        let heard = last_heard(&around.store, &self.run);
        if heard != self.heard {
            self.heard = heard;
            screen.dirty.mark();
        }
        if let Some(driver) = asked.filter(|driver| *driver != self.driver)
            && self.run.closed.is_none()
        {
            self.driver.clone_from(&driver);
            screen.tell(Told::Watching(driver)).await;
        }
        Ok(())
    }

    async fn tell(&self, events: Vec<Event>, screen: &Screen) {
        screen.tell(Told::Events(events)).await;
        if self.run.closed.is_some() {
            let line = format!("run {} is over; it was only watched", self.run.plan.run);
            screen.tell(Told::Over(line)).await;
        }
    }
}

/// When any step that runs was last heard of.
pub(super) fn last_heard(store: &Store, run: &Run) -> Option<Timestamp> {
    let running = run.cells.iter().filter(|cell| cell.in_flight());
    let heard = running.filter_map(|cell| {
        let host = run.plan.host(cell.node.host?)?;
        let name = cell.node.key.box_name(cell.tries);
        store.heard(&run.plan.run, &host.name, &name)
    });
    heard.max()
}
