//! A run from here to its end, and what is done when it is over.

use super::{Session, said};
use crate::{
    cli::{
        console::{driven, sight::first_line},
        exit::{Exit, Stop},
        load, prepare, say,
    },
    driver::{DriveError, Driver, Left},
    run::Mode,
    tui::Told,
};

impl Session<'_> {
    /// Drives a run to its end and wraps it up; an exit, when it was left open.
    pub(super) async fn run(
        &mut self,
        mut driver: Driver,
        mode: Mode,
    ) -> Result<Option<Exit>, Stop> {
        let planned = crate::cli::webhooks::of_run(self.around, self.global, &driver.run().plan);
        let hosts = &driver.run().plan;
        let hosts = hosts.host_ids().map(|(id, host)| (host.name.clone(), id)).collect();
        self.screen.reach(driver.asker(), hosts);
        driver.announce(crate::cli::webhooks::beside(planned, self.screen.told.clone()));
        self.tell_pace(&driver.run().plan);
        let left = driven::drive(&mut self.screen, &mut driver, mode, self.sight.as_ref()).await;
        let run = driver.run().clone();
        let id = run.plan.run.clone();
        match left {
            Ok(Left::Closed(_)) => {
                self.exit = Some(Exit::of(Left::Closed(run.verdict()), &run, None));
                self.over(driver).await;
                Ok(None)
            }
            Ok(left @ (Left::Stuck | Left::Detached)) => {
                let signal = self.screen.signal().await;
                self.screen.show_out().await;
                if self.lasting {
                    say::out(&format!("run {id} is left open; steps in flight go on"));
                    say::out(&format!("to go on: deployui resume {id}"));
                }
                Ok(Some(Exit::of(left, &run, signal)))
            }
            Err(error) => self.failed(&error, &run).await,
        }
    }

    /// A run that is over: it is recorded, the stage unlocked and looked at, and connected anew.
    async fn over(&mut self, driver: Driver) {
        let id = driver.run().plan.run.clone();
        let problems = self
            .screen
            .through(prepare::finished(&driver.asker(), driver.run(), self.around))
            .await;
        self.tell_pace(&driver.run().plan);
        if let Some(sight) = &self.sight {
            self.screen.during(sight.clone().look_again()).await;
        }
        let unfinished = match problems.as_slice() {
            [] => String::new(),
            some => format!("; not all is written down: {}", some.join("; ")),
        };
        let how = driver.run().ending().map_or_else(String::new, |ending| format!(": {ending}"));
        let line = format!("run {id} is over{how}");
        self.screen.tell(Told::Over(format!("{line}{unfinished}"))).await;
        self.last = Some(line);
        self.screen.unlent().await;
        self.screen.through(driver.close()).await;
        self.take_in().await;
        (self.shown, self.reading, self.stage) = (None, true, None);
        let connected = match load::quietly(self.global) {
            Ok((recipe, _warnings)) => self.connect(recipe).await,
            Err(stop) => Err(stop),
        };
        if let Err(stop) = connected {
            self.screen.note(first_line(&said(&stop))).await;
        }
    }

    /// A run that cannot be driven on is shown until the operator leaves.
    async fn failed(
        &mut self,
        error: &DriveError,
        run: &crate::run::Run,
    ) -> Result<Option<Exit>, Stop> {
        self.screen.tell(Told::Over(format!("cannot go on: {error}"))).await;
        while let Some(wished) = self.screen.wish().await {
            wished.refuse("nothing is carried out any more");
        }
        Err(crate::cli::exit::undriven(error, run))
    }
}
