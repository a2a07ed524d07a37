//! When the operator is called: something failed, is asked, or is over, and nobody looks.

use crate::{
    run::Run,
    text::Shown,
    tui::{
        errand::Errand,
        state::{Model, attention::Marks},
        words,
    },
};

/// What somebody may have to be called for, as it is now.
pub(super) fn marks(model: &Model) -> Marks {
    let run = model.run();
    Marks {
        run: run.map(|run| run.plan.run.clone()),
        holds: model.open_run().map(|run| run.holds.keys().copied().collect()).unwrap_or_default(),
        prompts: model.prompts.len(),
        over: run.is_some_and(|run| run.closed.is_some()) || model.over.is_some(),
    }
}

/// Calls for what was not there before. What is told at once when the console opens is seen anyway.
pub(super) fn notice(model: &mut Model, before: &Marks) {
    let now = marks(model);
    let opened = before.run != now.run;
    let hold = now.holds.difference(&before.holds).next();
    let what = if let Some(prompt) = model.prompts.back().filter(|_| now.prompts > before.prompts) {
        Some(format!("asks: {}", prompt.title))
    } else if let Some((run, hold)) = hold.and_then(|id| {
        let run = model.open_run()?;
        Some((run, run.holds.get(id)?))
    }) {
        Some(words::headline(model, run, hold))
    } else if now.over && !before.over && (before.run.is_some() || !opened) {
        Some(ended(model))
    } else {
        None
    };
    let Some(what) = what else { return };
    let of = model.plan().map(|plan| format!("{} {}: ", plan.app, plan.stage));
    let text = Shown::literal(&format!("{}{what}", of.unwrap_or_default())).plain();
    model.attention.call_for(text);
}

fn ended(model: &Model) -> String {
    let pipeline = model.plan().map_or("the run", |plan| plan.pipeline.as_str());
    match model.run().and_then(Run::ending) {
        Some(ending) => format!("{pipeline} {ending}"),
        None => format!("{pipeline} is no longer driven from here"),
    }
}

/// Calls now, where it is time.
pub(super) fn call(model: &mut Model) {
    let (notify, can) = (model.settings.notify, model.settings.notices);
    if let Some((how, text)) = model.attention.due(model.now, notify, can) {
        model.errands.ask(Errand::Alert(how, text));
    }
}
