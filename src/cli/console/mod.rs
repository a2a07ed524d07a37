//! The console: wired to the driver. The screen is a task of its own; whatever it does, the run goes on.

mod acts;
mod ask;
mod asked;
mod begun;
mod clipboard;
mod driven;
mod feed;
mod lending;
mod linear;
mod past;
mod reload;
mod save;
mod screen;
mod session;
mod sight;
mod stages;
mod watch;
mod wished;
mod without;

use std::sync::Arc;

use begun::Begun;
use screen::Screen;
use session::Session;

use super::{
    args::Global,
    environment::Surroundings,
    exit::{Exit, Stop},
    headless, load,
    own::Own,
    prepare, secrets,
};
use crate::{
    driver::{Driver, Secrets},
    engine::Policy,
    model::{Owner, RunId},
    plan,
    recipe::Recipe,
    run::{Event, Run},
    store::{Header, Journal, JournalError, Summary},
    tui::Told,
};

/// `deployui`: the console on a run that is open, or on one that can be started.
pub(super) async fn open(around: &Surroundings, global: &Global) -> Result<Exit, Stop> {
    if let Some(why) = without::why(around) {
        return without::stream(around, global, why).await;
    }
    let own = Own::of_console(around, global)?;
    let recipe = load::recipe(global)?;
    let mut chosen = global.clone();
    if stages::unsaid(global, &recipe) {
        let request = headless::plain_request(around, global, &session::pipeline(&recipe))?;
        if let Err(found) = plan::survey(&recipe, &request) {
            let unsaid = load::faults(&found);
            chosen.stage = Some(stages::choose(around, global, &recipe, unsaid).await?);
        }
    }
    let global = &chosen;
    let request = headless::plain_request(around, global, &session::pipeline(&recipe))?;
    if !around.read_only {
        headless::place(around, &request.run)?;
    }
    let survey = plan::survey(&recipe, &request).map_err(|found| load::faults(&found))?;
    if let Some(run) = open_run(around, &survey.owner)? {
        if around.read_only {
            return watch::watch(around, own, survey.owner, run).await;
        }
        let (journal, events) = match Journal::open(&around.store, &run, &around.who.0) {
            // Somebody drives it: there is nothing to do but to look on.
            Err(JournalError::LockedBy { .. }) => {
                return watch::watch(around, own, survey.owner, run).await;
            }
            opened => opened?,
        };
        let run = Run::fold(&events)
            .map_err(|error| Stop::new(Exit::Refused, format!("run {run}: {error}")))?;
        return taken_up(around, global, own, (journal, events, run), Some(recipe)).await;
    }
    // The terminal is still free for what asks.
    let stage = &survey.owner.stage;
    let secrets = match around.read_only {
        true => Secrets::default(),
        false => secrets::of_stage(around, &recipe, stage, &mut headless::listen()?).await?,
    };
    let begun = around.read_only.then(|| Begun::after(&around.store, survey.owner, None));
    let screen = Screen::open(around, own, true)?;
    let session = Session::new(around, global, screen, true).with(secrets).noticing(begun);
    session.fresh(recipe, Vec::new()).await
}

/// The console on a stage that will be gone when it is left; `guide` is shown beside the plan.
pub(super) async fn trial(
    around: &Surroundings,
    global: &Global,
    guide: Vec<String>,
) -> Result<Exit, Stop> {
    refuse_unseen(around)?;
    let own = Own::of_console(around, global)?;
    let recipe = load::recipe(global)?;
    let screen = Screen::open(around, own, false)?;
    Session::new(around, global, screen, false).fresh(recipe, guide).await
}

/// Refuses where nobody could see the console.
pub(super) fn refuse_unseen(around: &Surroundings) -> Result<(), Stop> {
    without::why(around).map_or(Ok(()), Err)
}

/// The newest run of this application and stage that is open.
fn open_run(around: &Surroundings, owner: &Owner) -> Result<Option<RunId>, Stop> {
    let runs = around
        .store
        .runs()
        .map_err(|error| Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))?;
    let open = runs
        .into_iter()
        .find(|run| run.closed.is_none() && run.last.is_some() && is_of(run, owner));
    Ok(open.map(|run| run.run))
}

/// Whether it is a run of this application and stage.
fn is_of(run: &Summary, owner: &Owner) -> bool {
    let ours = |header: &Header| header.app == owner.app && header.stage == owner.stage;
    run.header.as_ref().is_some_and(ours)
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
    let own = Own::of_console(around, global)?;
    // The run has all that it needs in its journal; the recipe is for what is seen beside it.
    let recipe = load::quietly(global).ok().map(|(recipe, _warnings)| recipe);
    taken_up(around, global, own, (journal, events, run), recipe).await
}

async fn taken_up(
    around: &Surroundings,
    global: &Global,
    own: Own,
    (journal, events, run): (Journal, Vec<Event>, Run),
    recipe: Option<Recipe>,
) -> Result<Exit, Stop> {
    let secrets = secrets::again(around, global, &run.plan, &mut headless::listen()?).await?;
    let screen = Screen::open(around, own, true)?;
    let ask = Arc::clone(&screen.asking) as Arc<dyn crate::remote::Ask>;
    let hosts = load::hosts(&run.plan);
    let dirty = screen.dirty.clone();
    let fleet = load::fleet(around, global, (&run.plan.run, &hosts), ask, dirty, true);
    fleet.keep(secrets.clone());
    let store = around.store.clone();
    screen.tell(Told::TakesUp).await;
    screen.tell(Told::Events(events.clone())).await;
    let taken = Driver::resume(journal, &events, store, fleet, &around.who, Policy::Ask);
    match taken {
        Ok(driver) => {
            let mut screen = screen;
            match screen.during(prepare::still_held(&driver, around)).await {
                Some(Ok(Some(ended))) => {
                    screen.refuse_acts(&ended);
                    screen.tell(Told::Did(Err(ended))).await;
                }
                Some(Ok(None)) | None => {}
                Some(Err(stop)) => {
                    screen.close().await?;
                    return Err(stop);
                }
            }
            Session::new(around, global, screen, true).with(secrets).taken_up(driver, recipe).await
        }
        Err(error) => {
            screen.close().await?;
            Err(Stop::new(Exit::Refused, error.to_string()).maybe_hint(error.hint()))
        }
    }
}
