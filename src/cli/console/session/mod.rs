//! The console between runs: the stage connected and looked at, the plan of the next run, and how a
//! wish becomes a run.

mod arrivals;
mod begin;
mod left_out;
mod others;
mod rounds;
mod running;
mod tell;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arrivals::sketch;
use rounds::Rounds;
use tokio::task::JoinSet;

use super::{
    begun::{self, Begun},
    screen::Screen,
    sight::Sight,
    wished::Wished,
};
use crate::{
    cli::{
        DEPLOY,
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load,
        prepare::Stage,
        say,
    },
    driver::{Driver, Secrets, Trouble, Wrapping},
    model::{HostId, Plan, Served},
    plan::{self, Request},
    recipe::Recipe,
    remote::{Ask, ssh::Connector},
    run::Mode,
    script::Hello,
    tui::{HostState, Intent, Refused, Told, Waiting, Wish},
};

/// Why nothing can be done with the hosts where nothing is known of them.
pub(super) const NOTHING_KNOWN: &str = "the recipe at hand is not the one of this run";

/// The pipeline that serves an older release again.
const ROLLBACK: &str = "rollback";

/// What a run is asked for.
struct Asked {
    pipeline: String,
    target: Option<String>,
    reason: Option<String>,
    /// What the operator believes is served, where the run is about that.
    from: Vec<(Served, Vec<String>)>,
    mode: Mode,
}

/// The console on one stage.
pub(super) struct Session<'a> {
    around: &'a Surroundings,
    global: &'a Global,
    screen: Screen,
    /// Whether what is left open can be taken up later.
    lasting: bool,
    /// Keeps unlocked keys from one run to the next.
    connector: Arc<Connector>,
    stage: Option<Stage>,
    sight: Option<Sight>,
    /// How far each host is, by its name.
    hosts: BTreeMap<String, HostState>,
    /// The plan on the screen; `None`: none yet, or a run that is over.
    shown: Option<Plan>,
    /// Whether that plan is a sketch, made before any look.
    sketched: bool,
    /// Whether all that the plan needs to know was found out.
    learnt: bool,
    /// Hosts that the next run leaves out, by their names.
    without: BTreeSet<String>,
    /// Whether a run that is over is on the screen, to be read on.
    reading: bool,
    /// How the program ends, as of the last run.
    exit: Option<Exit>,
    /// How the last run ended, for whoever has left the screen.
    last: Option<String>,
    beside: JoinSet<()>,
    rounds: Rounds,
    secrets: Secrets,
    /// What others begin, where this console only looks.
    begun: Option<Begun>,
}

/// The pipeline that is shown first.
pub(super) fn pipeline(recipe: &Recipe) -> String {
    let deploy = recipe.pipeline_names().find(|name| *name == DEPLOY);
    deploy.or_else(|| recipe.pipeline_names().next()).unwrap_or(DEPLOY).to_owned()
}

impl<'a> Session<'a> {
    pub(super) fn new(
        around: &'a Surroundings,
        global: &'a Global,
        screen: Screen,
        lasting: bool,
    ) -> Self {
        let ask = Arc::clone(&screen.asking) as Arc<dyn Ask>;
        let connector = load::connector(around, ask);
        Self {
            connector,
            around,
            global,
            screen,
            lasting,
            stage: None,
            sight: None,
            hosts: BTreeMap::new(),
            shown: None,
            sketched: false,
            learnt: false,
            without: BTreeSet::new(),
            reading: false,
            exit: None,
            last: None,
            beside: JoinSet::new(),
            rounds: Rounds::begin(),
            secrets: Secrets::default(),
            begun: None,
        }
    }

    /// With what its steps may need.
    pub(super) fn with(self, secrets: Secrets) -> Self {
        Self { secrets, ..self }
    }

    /// A stage on which nothing is open: until the operator leaves.
    pub(super) async fn fresh(mut self, recipe: Recipe, guide: Vec<String>) -> Result<Exit, Stop> {
        if let Err(stop) = self.connect(recipe).await {
            self.screen.close().await?;
            return Err(stop);
        }
        if !guide.is_empty() {
            self.screen.tell(Told::Guide(guide)).await;
        }
        self.stay().await
    }

    /// A run that was left open: to its end, and on.
    pub(super) async fn taken_up(
        mut self,
        driver: Driver,
        recipe: Option<Recipe>,
    ) -> Result<Exit, Stop> {
        let sight = recipe.as_ref().and_then(|recipe| self.sight_of(&driver, recipe));
        if let Some(sight) = sight {
            self.screen.tell(Told::Has(sight.has())).await;
            self.screen.tell(Told::Shared(sight.shared())).await;
            self.beside.spawn(sight.clone().look_again());
            self.sight = Some(sight);
        }
        self.tell_ways(driver.run().plan.hosts.clone());
        match self.run(driver, Mode::Pause).await? {
            Some(exit) => self.leave(exit).await,
            None => self.stay().await,
        }
    }

    /// Sees by the hosts of a run, where the recipe at hand is still about them.
    fn sight_of(&self, driver: &Driver, recipe: &Recipe) -> Option<Sight> {
        let plan = &driver.run().plan;
        if recipe.app != plan.app {
            return None;
        }
        let mut request = headless::plain_request(self.around, self.global, &plan.pipeline).ok()?;
        request.stage = Some(plan.stage.clone());
        let survey = plan::survey(recipe, &request).ok()?;
        let same = |id: HostId, name: &str| plan.host(id).is_some_and(|host| host.name == name);
        if !survey.machines.iter().all(|it| same(it.id, &it.host.name)) {
            return None;
        }
        let wrapping = Wrapping::new(survey, driver.asker());
        ROLLBACK.clone_into(&mut request.pipeline);
        let around = (self.around, self.global);
        Some(Sight::new(self.screen.told.clone(), around, wrapping, (recipe.clone(), request)))
    }

    /// Begins to connect the stage for its next run.
    async fn connect(&mut self, recipe: Recipe) -> Result<(), Stop> {
        let pipeline = pipeline(&recipe);
        let mut request = headless::plain_request(self.around, self.global, &pipeline)?;
        request.hosts = self.rest(&recipe);
        if !self.around.read_only {
            headless::place(self.around, &request.run)?;
        }
        self.connect_for(recipe, request).await
    }

    async fn connect_for(&mut self, recipe: Recipe, request: Request) -> Result<(), Stop> {
        let connector = Arc::clone(&self.connector);
        let dirty = self.screen.dirty.clone();
        let stage = Stage::on(self.around, self.global, (recipe, request), connector, dirty)?;
        let mut rollback = stage.request.clone();
        ROLLBACK.clone_into(&mut rollback.pipeline);
        let sight = Sight::new(
            self.screen.told.clone(),
            (self.around, self.global),
            stage.wrapping.clone(),
            (stage.recipe.clone(), rollback),
        )
        .knowing(self.sight.as_ref());
        stage.fleet.keep(self.secrets.clone());
        self.screen.tell(Told::Has(sight.has())).await;
        self.screen.tell(Told::Shared(sight.shared())).await;
        let machines = &stage.wrapping.survey().machines;
        self.tell_ways(machines.iter().map(|it| it.host.clone()).collect());
        let begun = |name: &String| (name.clone(), HostState::Connecting);
        self.hosts = machines.iter().map(|it| begun(&it.host.name)).collect();
        // What has a layout may need to be looked at first; the look's plan takes this one's place.
        if !self.reading && self.shown.is_none() {
            match plan::build(&stage.recipe, &stage.request) {
                Ok(planned) => self.show(planned.plan).await,
                Err(found) if stage.wrapping.survey().releases => {
                    tracing::debug!(?found, "no plan before the look");
                    // After a run the look's plan is waited for: whoever asks for the next run reads that.
                    if self.sight.is_none() {
                        self.show_sketch(sketch(&stage)).await;
                    }
                }
                Err(found) => return Err(load::faults(&found)),
            }
        } else if self.shown.is_some() {
            self.tell_hosts().await;
        }
        let hosts = machines.iter().map(|it| (it.host.name.clone(), it.id)).collect();
        self.screen.reach(stage.fleet.asker(), hosts);
        (self.stage, self.sight, self.learnt) = (Some(stage), Some(sight), false);
        Ok(())
    }

    /// Carries out wishes until the operator leaves.
    async fn stay(mut self) -> Result<Exit, Stop> {
        loop {
            tokio::select! {
                wish = self.screen.wish() => {
                    let Some(wished) = wish else { break };
                    // Nobody waits for a look that was not asked for; what the screen asks by itself
                    // waits for none, and cuts none in half.
                    let by_itself = wished.what().is_by_itself();
                    self.rounds.rest_unless(by_itself);
                    if let Some(exit) = self.carry_out(wished).await? {
                        return self.leave(exit).await;
                    }
                    self.rounds.rest_unless(by_itself);
                }
                arrived = arrival(&mut self.stage) => {
                    self.rounds.rest();
                    self.arrived(arrived).await;
                }
                Some(_) = self.beside.join_next() => {}
                run = begun::next(&mut self.begun) => {
                    if !self.watch(&run).await {
                        break;
                    }
                }
                round = self.rounds.next(), if self.beside.is_empty() => self.round(round).await,
            }
        }
        let signal = self.screen.signal().await;
        let left = signal.map_or(Exit::Done, Exit::Signal);
        let exit = self.exit.unwrap_or(left);
        self.leave(exit).await
    }

    async fn leave(self, exit: Exit) -> Result<Exit, Stop> {
        self.screen.close().await?;
        if let Some(line) = self.last {
            say::out(&line);
        }
        Ok(exit)
    }

    /// Looks at the stage by deploy.toml as it is now.
    async fn read_again(&mut self) {
        let before = self.stage.as_ref().map(|stage| format!("{:?}", stage.recipe));
        match load::quietly(self.global) {
            Err(stop) => self.unplanned(&stop).await,
            Ok((recipe, _warnings)) if before == Some(format!("{recipe:?}")) => self.look().await,
            Ok((recipe, _warnings)) => {
                if before.is_some() {
                    self.screen.note("deploy.toml has changed: it is read anew").await;
                }
                self.connect_or_tell(recipe).await;
            }
        }
    }

    /// The next run takes the place of what is shown.
    async fn next(&mut self) {
        self.reading = false;
        match load::quietly(self.global) {
            Ok((recipe, _warnings)) => self.connect_or_tell(recipe).await,
            Err(stop) => self.unplanned(&stop).await,
        }
    }

    async fn connect_or_tell(&mut self, recipe: Recipe) {
        if let Err(stop) = self.connect(recipe).await {
            self.unplanned(&stop).await;
        }
    }

    /// The next run waits no longer to be planned.
    async fn unplanned(&self, stop: &Stop) {
        let why = Refused::Wish(Waiting::NextRun, said(stop));
        self.screen.tell(Told::Refused(why)).await;
    }

    /// Carries a wish out; an exit, when a run was left open.
    async fn carry_out(&mut self, wished: Wished) -> Result<Option<Exit>, Stop> {
        let wish = wished.what().clone();
        let acts =
            matches!(wish, Wish::Start(_) | Wish::Do(_) | Wish::Command(_) | Wish::Answer { .. });
        if acts && self.around.read_only {
            wished.refuse("this console only looks (--read-only)");
            return Ok(None);
        }
        match wish {
            Wish::Start(mode) => {
                let Some(stage) = &self.stage else {
                    wished.refuse(NOTHING_KNOWN);
                    return Ok(None);
                };
                let pipeline = pipeline(&stage.recipe);
                // All of it was told to the screen: what is served by now must be the same.
                let from = self.sight.as_ref().map(Sight::served).unwrap_or_default();
                let (target, reason) = (None, None);
                // A refusal is told, and so is the run.
                wished.done();
                return self.begin(Asked { pipeline, target, reason, from, mode }).await;
            }
            Wish::Do(Intent::Rollback { release, reason, from }) => {
                let (pipeline, target) = (ROLLBACK.to_owned(), Some(release));
                let mode = Mode::Run;
                wished.done();
                return self.begin(Asked { pipeline, target, reason, from, mode }).await;
            }
            Wish::Without(hosts) => self.leave_out(hosts).await,
            Wish::Connect => {
                self.take_in().await;
                self.next().await;
            }
            Wish::Look => {
                if self.stage.is_some() && (self.reading || !self.ready()) {
                    self.beside(wished);
                    return Ok(None);
                }
                self.read_again().await;
            }
            Wish::Times => self.shown.iter().for_each(|plan| self.tell_pace(plan)),
            Wish::Preview(_)
            | Wish::Compare(_)
            | Wish::Diff(_)
            | Wish::Glance
            | Wish::Do(Intent::Maintenance { .. } | Intent::Unlock { .. }) => {
                self.beside(wished);
                return Ok(None);
            }
            Wish::Command(_) | Wish::Answer { .. } => {
                wished.refuse("no run is open");
                return Ok(None);
            }
            // Nothing of the stage: the screen's own means are for it.
            Wish::Stage(_)
            | Wish::Prompted(..)
            | Wish::Runs { .. }
            | Wish::Past(_)
            | Wish::Save(..)
            | Wish::Copy(_)
            | Wish::Interrupted
            | Wish::Lend(_)
            | Wish::Quit => return Ok(None),
        }
        wished.done();
        Ok(None)
    }
}

/// The next host that is ready or is not; never, where none is connected.
async fn arrival(stage: &mut Option<Stage>) -> (HostId, HostState, Option<String>) {
    let arrived = match stage {
        Some(stage) => stage.fleet.arrival().await,
        None => None,
    };
    match arrived {
        Some((host, arrived)) => {
            let user = arrived.ok().map(|hello| hello.user.clone());
            (host, state_of(arrived), user)
        }
        None => std::future::pending().await,
    }
}

fn state_of(arrived: Result<&Hello, &Trouble>) -> HostState {
    match arrived {
        Ok(_) => HostState::Ready,
        Err(trouble) => HostState::Trouble { what: trouble.without_host(), hint: trouble.hint() },
    }
}

fn planned(stage: &Stage) -> Result<Plan, Stop> {
    let planned = plan::build(&stage.recipe, &stage.request);
    planned.map(|planned| planned.plan).map_err(|found| load::faults(&found))
}

fn many(errors: Vec<String>) -> Stop {
    Stop { exit: Exit::Refused, errors, hints: Vec::new() }
}

/// What is wrong, and what to do, the first line first.
fn said(stop: &Stop) -> String {
    let lines = stop.errors.iter().chain(&stop.hints);
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}
