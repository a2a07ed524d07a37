//! Webhooks of a run: what they are told, and where it is said that they did not take it.

use tokio::sync::mpsc;

use super::{
    args::Global, environment::Surroundings, exit::Stop, headless, load, prepare::Stage, say,
};
use crate::{
    driver::Herald,
    model::Plan,
    plan::{self, Notice, Request},
    tui::Told,
};

/// What is told of a run on a stage; faults end it before it begins.
pub(super) fn of_stage(stage: &Stage, plan: &Plan) -> Result<Vec<Notice>, Stop> {
    plan::notices(&stage.recipe, &stage.request, plan).map_err(|found| load::faults(&found))
}

/// What is told of a run whose plan alone is there, as the recipe says it now.
pub(super) fn of_run(
    around: &Surroundings,
    global: &Global,
    plan: &Plan,
) -> Result<Vec<Notice>, Stop> {
    // A screen may be open: what is odd about the recipe was told when the run began.
    let (recipe, _warnings) = load::quietly(global)?;
    if recipe.notify.is_empty() {
        return Ok(Vec::new());
    }
    let request = headless::plain_request(around, global, &plan.pipeline)?;
    let (run, stage) = (plan.run.clone(), Some(plan.stage.clone()));
    let request = Request { run, stage, ..request };
    plan::notices(&recipe, &request, plan).map_err(|found| load::faults(&found))
}

/// Tells webhooks; what they do not take is a warning.
pub(super) fn herald(notices: Vec<Notice>) -> Herald {
    Herald::begin(notices, |why| say::err(&format!("warning: {why}")))
}

/// As [`herald`], for a run that is taken up: it does not depend on what the recipe says now.
pub(super) fn taken_up(planned: Result<Vec<Notice>, Stop>) -> Herald {
    herald(planned.unwrap_or_else(|stop| {
        say::err("warning: webhooks are not told of this run:");
        stop.errors.iter().for_each(|error| say::err(error));
        Vec::new()
    }))
}

/// As [`herald`], beside a screen.
pub(super) fn beside(planned: Result<Vec<Notice>, Stop>, told: mpsc::Sender<Told>) -> Herald {
    let say = move |what: String| {
        // A screen that takes nothing now has more to do than to show this.
        if told.try_send(Told::Note(what.clone())).is_err() {
            tracing::warn!(what, "a note was not shown");
        }
    };
    let notices = planned.unwrap_or_else(|stop| {
        let first = stop.errors.first().and_then(|error| error.lines().next());
        say(format!("webhooks are not told of this run: {}", first.unwrap_or_default()));
        Vec::new()
    });
    Herald::begin(notices, say)
}
