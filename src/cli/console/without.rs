//! The console where nobody could see it: the run that is open as plain lines, whoever drives it, as it
//! goes on. Nothing is connected, locked or changed.
//!
//! Where there is nothing to show it ends as a wrong command line does. Whoever calls it in a script
//! meant another command, and must not take a report for a release.

use std::{
    mem,
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    time::Duration,
};

use tokio::{task::spawn_blocking, time::timeout};

use super::{open_run, session, watch::last_heard};
use crate::{
    cli::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load,
        report::{self, Report},
        say,
        signals::PIPE,
    },
    driver::{self, Left, Observer as _},
    model::RunId,
    plan,
    run::{Event, Run},
    store::{Follower, Store},
};

/// How often it is looked for news.
const GLANCE: Duration = Duration::from_millis(250);

/// So many glances something is asked before it is said who can answer: a policy does it at once.
const ASKED_FOR: u32 = 8;

/// Why there can be no console.
pub(super) fn why(around: &Surroundings) -> Option<Stop> {
    let what = match (around.terminal, around.ci) {
        (true, false) => return None,
        (true, true) => "the console is not opened: CI is set, so nobody sits here",
        (false, _) if around.linear => "--linear needs a terminal: lines are typed there by hand",
        (false, _) => "the console needs a terminal (and TERM to say which)",
    };
    Some(Stop::new(Exit::Usage, what).hint(
        "without one: deployui run PIPELINE, deployui resume, deployui status, deployui log RUN",
    ))
}

/// The run that is open on the stage, to its end; no host is asked. `why` there is no console is said
/// where no run is open.
pub(super) async fn stream(
    around: &Surroundings,
    global: &Global,
    why: Stop,
) -> Result<Exit, Stop> {
    let (recipe, _warnings) = load::quietly(global)?;
    let pipeline = session::pipeline(&recipe);
    let request = headless::plain_request(around, global, &pipeline)?;
    let survey = plan::survey(&recipe, &request).map_err(|found| load::faults(&found))?;
    let owner = survey.owner;
    let Some(id) = open_run(around, &owner)? else {
        say::out(&format!("{} on {}: no run is open", owner.app, owner.stage));
        say::out(&format!("to begin one: deployui run {pipeline} --stage {}", owner.stage));
        return Err(why);
    };
    let mut signals = headless::listen()?;
    let mut watched = Watched::open(around, &id)?;
    // On a thread of its own: whoever reads it may be slow, and a signal is heard all the same. It
    // waits by means of its own, for it may outlive the runtime.
    let (stays, leaves) = sync_channel(0);
    let mut followed = spawn_blocking(move || watched.follow(&leaves));
    tokio::select! {
        exit = &mut followed => {
            exit.unwrap_or_else(|_| Err(Stop::new(Exit::Failed, "the lines of the run failed")))
        }
        number = signals.next() => {
            drop(stays);
            // The last words come last, unless nobody takes what comes before them.
            drop(timeout(GLANCE, followed).await);
            say::err(&format!("run {id} was only watched: nothing of it was changed"));
            Ok(Exit::Signal(number))
        }
    }
}

/// A run that is watched.
struct Watched {
    follower: Follower,
    /// The facts that are not printed yet.
    news: Vec<Event>,
    run: Run,
    store: Store,
    report: Report,
}

impl Watched {
    fn open(around: &Surroundings, id: &RunId) -> Result<Self, Stop> {
        let (follower, news) = Follower::open(&around.store, id)?;
        let opened = news.first().map(Run::open);
        let Some(Ok(run)) = opened else {
            return Err(Stop::new(Exit::Refused, format!("run {id}: nothing of it can be shown")));
        };
        let store = around.store.clone();
        Ok(Self { follower, news, run, store, report: Report::beside(around) })
    }

    /// Prints what was, and what comes, until it is over, nobody drives it, or the operator `leaves`:
    /// then the other end of that is gone.
    fn follow(&mut self, leaves: &Receiver<()>) -> Result<Exit, Stop> {
        self.begin();
        let (mut asked, mut since) = (self.run.holds_asked, 0);
        loop {
            // What its driver wrote before leaving is read after seeing that it is gone.
            let driver = self.follower.driver();
            self.news.extend(self.follower.news()?);
            self.print();
            if let Some(verdict) = self.run.closed {
                return Ok(self.over(Left::Closed(verdict)));
            }
            let Some(driver) = driver else { return Ok(self.undriven()) };
            if say::unread() {
                return Ok(Exit::Signal(PIPE));
            }
            if self.run.holds.is_empty() || asked != self.run.holds_asked {
                (asked, since) = (self.run.holds_asked, 0);
            } else {
                since += 1;
                if since == ASKED_FOR {
                    say::out(&format!("that is for {driver} to decide; it is waited for"));
                }
            }
            if leaves.recv_timeout(GLANCE) != Err(RecvTimeoutError::Timeout) {
                return Ok(Exit::of(Left::Detached, &self.run, None));
            }
        }
    }

    /// The first lines.
    fn begin(&mut self) {
        let plan = &self.run.plan;
        let driver = self.follower.driver();
        let driver = driver.map_or("nobody drives it".to_owned(), |by| format!("{by} drives it"));
        say::out(&format!(
            "{} on {}: run {} ({}) is open, and {driver}",
            plan.app, plan.stage, plan.run, plan.pipeline
        ));
        self.report.opened(&self.run);
    }

    /// Prints what is new, each fact with what was known at its time.
    fn print(&mut self) {
        for event in mem::take(&mut self.news) {
            // The first one it was opened with.
            if event.seq >= self.run.seq {
                self.run.apply(&event);
            }
            self.report.told(&[event], &self.run);
        }
        self.report.look();
    }

    /// The last words on a run that goes no further by itself.
    fn undriven(&mut self) -> Exit {
        // Steps may have printed since its last fact.
        let heard = last_heard(&self.store, &self.run);
        self.run.latest = self.run.latest.max(heard.unwrap_or(self.run.latest));
        let at = report::when(self.run.latest, driver::wall());
        say::out(&format!("nobody drives run {}; it was last heard of at {at}", self.run.plan.run));
        self.report.open_holds(&self.run);
        let asks = !self.run.holds.is_empty();
        self.over(if asks { Left::Stuck } else { Left::Detached })
    }

    fn over(&mut self, left: Left) -> Exit {
        let exit = Exit::of(left, &self.run, None);
        self.report.over(&self.run, exit, report::outcome(left, exit));
        exit
    }
}
