//! The list of runs, and a run that is opened to be read: nothing acts there.

use crossterm::event::KeyCode;

use super::{
    keys::{self, rows, shifted},
    typing::{self, Came},
};
use crate::{
    model::RunId,
    run::Run,
    tui::{
        action::Action,
        keymap::Press,
        state::{Model, history::Past},
        styles::Tone,
        told::{PastRun, Wish},
        view, words,
    },
};

/// More rows are not kept, however far one scrolls.
const ROWS_MAX: usize = 5000;

/// Opens the list, and asks for it anew.
pub(super) fn open(model: &mut Model) -> Vec<Wish> {
    model.history.open = true;
    model.history.typing = false;
    ask(model, 0)
}

/// Asks for runs, after so many of the newest.
pub(super) fn ask(model: &mut Model, skip: usize) -> Vec<Wish> {
    let history = &mut model.history;
    if model.alone || skip >= ROWS_MAX {
        return Vec::new();
    }
    history.count += 1;
    history.asked = Some(history.count);
    history.trouble = None;
    vec![Wish::Runs { asked: history.count, skip }]
}

/// Rows of the list arrive. Those of a list that is asked for anew take the place of the old ones
/// only when they are there, so that the screen does not flicker.
pub(super) fn told(
    model: &mut Model,
    asked: u64,
    rows: Vec<PastRun>,
    end: Option<Result<bool, String>>,
) {
    let history = &mut model.history;
    if history.asked != Some(asked) {
        return;
    }
    for row in rows {
        match history.rows.iter_mut().find(|known| known.id == row.id) {
            Some(known) => *known = row,
            None => history.rows.push(row),
        }
    }
    history.rows.sort_by(|one, other| (other.opened, &other.id).cmp(&(one.opened, &one.id)));
    history.rows.truncate(ROWS_MAX);
    let Some(end) = end else { return };
    history.asked = None;
    match end {
        Ok(more) => history.more = more && history.rows.len() < ROWS_MAX,
        Err(why) => history.trouble = Some(why),
    }
}

/// A key while the filter is typed. Whether it is.
pub(super) fn types(model: &mut Model, press: Option<Press>) -> bool {
    let typing = model.history.typing;
    if typing {
        filter(model, press);
    }
    typing
}

/// What a key stands for, in the list.
pub(super) fn act(model: &mut Model, action: Option<Action>) -> Vec<Wish> {
    match action {
        Some(Action::Go(motion)) => return go(model, rows(motion, page(model))),
        Some(Action::Back) if !model.history.filter.is_empty() => model.history.filter.clear(),
        Some(Action::Back | Action::Quit | Action::Runs) => model.history.open = false,
        Some(Action::Open) => return read(model),
        Some(Action::Search) => model.history.typing = true,
        Some(Action::AllHosts) => model.history.all = !model.history.all,
        Some(Action::Look) => return ask(model, 0),
        Some(action) => return keys::act(model, action),
        None => {}
    }
    Vec::new()
}

/// Why what has a meaning of its own in the list does nothing now.
pub(super) fn refused(model: &Model, action: Action) -> Option<String> {
    if action == Action::Open && chosen(model).is_none() {
        return Some("no run is listed".to_owned());
    }
    (action == Action::Look && model.alone).then(|| "nothing is read any more".to_owned())
}

/// Opens the chosen run.
fn read(model: &mut Model) -> Vec<Wish> {
    let chosen = chosen(model).map(|run| run.id.clone());
    chosen.map_or_else(Vec::new, |run| open_run(model, run))
}

fn page(model: &Model) -> usize {
    usize::from(model.size.height).saturating_sub(8).max(2)
}

/// A key while the filter is typed: the list follows at once.
fn filter(model: &mut Model, press: Option<Press>) {
    let history = &mut model.history;
    match press {
        Some(Press::Named(KeyCode::Esc)) => (history.typing, _) = (false, history.filter.clear()),
        Some(Press::Named(KeyCode::Enter)) => history.typing = false,
        press => history.typing = typing::key(&mut history.filter, press) != Came::Left,
    }
}

/// The run that is chosen in the list.
pub(crate) fn chosen(model: &Model) -> Option<&PastRun> {
    let shown = view::history_rows(model);
    shown.get(at(model, &shown)).copied()
}

/// Its position.
pub(crate) fn at(model: &Model, shown: &[&PastRun]) -> usize {
    let chosen = model.history.chosen.as_deref();
    shown.iter().position(|run| Some(run.id.as_str()) == chosen).unwrap_or(0)
}

/// Moves; at the end of what was read, older ones are asked for.
fn go(model: &mut Model, by: i64) -> Vec<Wish> {
    let shown = view::history_rows(model);
    let here = at(model, &shown);
    let there = shifted(here, by, shown.len());
    let chosen = shown.get(there).map(|run| run.id.as_str().to_owned());
    let beyond = by > 0 && there + 1 >= shown.len();
    model.history.chosen = chosen;
    if beyond && model.history.more && model.history.asked.is_none() {
        let skip = model.history.rows.len();
        return ask(model, skip);
    }
    Vec::new()
}

/// Asks for a run to be read; the one on the screen is not another.
pub(super) fn open_run(model: &mut Model, run: RunId) -> Vec<Wish> {
    if model.past.is_none() && model.run().is_some_and(|present| present.plan.run == run) {
        keys::close_screens(model);
        model.say("that run is the one on the screen", Tone::Text);
        return Vec::new();
    }
    model.history.opening = Some(run.as_str().to_owned());
    model.say(format!("reading run {run}"), Tone::Dim);
    vec![Wish::Past(run)]
}

/// A run that was asked for, unless something else was meanwhile.
pub(super) fn opened(model: &mut Model, read: Result<Box<Run>, String>) {
    let Some(wanted) = model.history.opening.clone() else { return };
    let run = match read {
        Ok(run) if run.plan.run.as_str() == wanted => run,
        Ok(_) => return,
        Err(why) => {
            model.history.opening = None;
            model.say(why.clone(), Tone::Failed);
            model.history.trouble = Some(why);
            return;
        }
    };
    model.history.opening = None;
    leave(model);
    let listed = model.history.rows.iter().find(|row| row.id == run.plan.run).cloned();
    let about = listed.unwrap_or_else(|| words::past_run(&run));
    keys::close_screens(model);
    model.line = None;
    let mut past = Box::new(Past::new(*run, about));
    note(model, &mut past);
    past.swap(model);
    forget_log(model);
    model.past = Some(past);
}

/// Goes back to the present. Whether there was anywhere to go back from.
pub(super) fn leave(model: &mut Model) -> bool {
    let Some(mut past) = model.past.take() else { return false };
    past.swap(model);
    forget_log(model);
    true
}

/// Does something to the present, also while a run of the past is on the screen.
pub(super) fn in_the_present(model: &mut Model, change: impl FnOnce(&mut Model)) {
    let Some(mut past) = model.past.take() else { return change(model) };
    past.swap(model);
    change(model);
    note(model, &mut past);
    past.swap(model);
    model.past = Some(past);
}

/// How the present goes, for the line above the past.
fn note(model: &Model, past: &mut Past) {
    past.now = view::state(model);
    past.goes_on = model.open_run().is_some();
}

/// What is on the screen belongs to another run: attempts have the same numbers in each.
fn forget_log(model: &mut Model) {
    model.log.of = None;
}
