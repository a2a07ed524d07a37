//! What would be run, host by host, before anything is done: by the chosen entry of the palette, and by
//! the buttons of a dialog.

use super::{
    Behind, alike, all_of,
    commands::{self, Row},
    consequence,
    entry::Entry,
    hosts_asked, key_of, preview, standing_of,
};
use crate::{
    model::{HoldId, HostId},
    run::{Abort, Cause, Choice, Hold, Mode, Offer, Run},
    tui::{
        action::{Act, Action},
        state::{
            Model, Subject,
            dialog::{Button, Deed, Dialog},
            palette::Goal,
        },
        styles::Tone,
        told::Intent,
        update,
    },
};

/// What the chosen entry would run, host by host, before anything is done.
pub(crate) fn would(model: &Model, entry: &Entry) -> Vec<Row> {
    let text = |text: String| vec![(text, Tone::Text)];
    let act = match &entry.goal {
        Goal::Key(Action::Act(act)) => *act,
        Goal::Key(_) => return text(format!("{} Runs nothing on any host.", entry.about)),
        Goal::Host(_) | Goal::Step(_) => return text("Goes there. Runs nothing.".to_owned()),
        Goal::Run(_) => {
            return text("Opens the run to be read. Nothing acts there.".to_owned());
        }
        Goal::Release(_) => Act::Rollback,
    };
    if let Some(why) = &entry.refused {
        let about = (entry.about.clone(), Tone::Text);
        return vec![about, (format!("Not now: {why}."), Tone::Warn)];
    }
    if let (Act::Continue, Some(run), Some((id, hold))) = (act, model.open_run(), model.hold())
        && hold.cause != Cause::Break
        && hold.offers.contains(&Offer::Go)
    {
        return going_on(model, run, (id, hold));
    }
    let rows = match (act, model.open_run()) {
        (Act::Deploy, _) => planned(model, usize::MAX),
        (Act::Step, Some(run)) => let_go(model, run, Mode::Step),
        (Act::Step, None) => planned(model, 1),
        (Act::Continue, Some(run)) => let_go(model, run, Mode::Run),
        (Act::Undo, Some(run)) => commands::undoing(run),
        (Act::Abort, Some(run)) => {
            let mut rows = text("Leaving it as it is runs nothing. Undoing it runs:".to_owned());
            rows.extend(commands::undoing(run));
            rows
        }
        (
            Act::Retry
            | Act::Edit
            | Act::Fixed
            | Act::Skip
            | Act::AssumeFailed
            | Act::Elsewhere
            | Act::TakeOver
            | Act::Input
            | Act::Exclude,
            Some(run),
        ) => answered(model, run, act),
        (Act::Maintenance | Act::Rollback | Act::TakeOver, _) => told(model),
        // These need an open run, without which they were refused above; or run nothing.
        (
            Act::Continue
            | Act::Undo
            | Act::Abort
            | Act::Retry
            | Act::Edit
            | Act::Fixed
            | Act::Skip
            | Act::AssumeFailed
            | Act::Elsewhere
            | Act::Input
            | Act::Exclude,
            None,
        )
        | (Act::Pause | Act::Break | Act::Stop | Act::Shell, _) => Vec::new(),
    };
    if !rows.is_empty() {
        return rows;
    }
    text(format!("{} Runs no command of the recipe.", entry.about))
}

/// What a run does that is let go on from where it is: the next step of it, or all.
fn let_go(model: &Model, run: &Run, mode: Mode) -> Vec<Row> {
    let one = mode == Mode::Step;
    if run.is_taken_back() {
        let mut rows = commands::undoing(run);
        if one && !rows.is_empty() {
            rows.insert(0, ("Only the first of these:".to_owned(), Tone::Dim));
        }
        return rows;
    }
    if one {
        let at = model.progress().1.unwrap_or(usize::MAX);
        return commands::ahead(model, run, at..at.saturating_add(1), &[]);
    }
    all_ahead(model, run, &[])
}

/// All that is left of a run, on all but these hosts. Not from where it is: batches of hosts come to
/// steps before that yet.
fn all_ahead(model: &Model, run: &Run, without: &[HostId]) -> Vec<Row> {
    commands::ahead(model, run, 0..model.grid.columns.len(), without)
}

fn planned(model: &Model, columns: usize) -> Vec<Row> {
    match &model.subject {
        Subject::Plan(plan) => commands::of_columns(plan, columns),
        Subject::Run(_) | Subject::Nothing => {
            let line = "The next run is planned first, and shown; then a dialog asks.";
            vec![(line.to_owned(), Tone::Text)]
        }
    }
}

/// What an answer to the open question would run: here, and on all hosts that it can be given to.
fn answered(model: &Model, run: &Run, act: Act) -> Vec<Row> {
    let Some((id, hold)) = model.hold() else { return Vec::new() };
    let offered = |offer: &&Offer| key_of(**offer) == act;
    let Some(offer) = hold.offers.iter().find(offered) else { return Vec::new() };
    if matches!(offer, Offer::Move(_)) {
        let each = hold.offers.iter().filter(offered);
        return each.flat_map(|offer| answer(model, run, &[id], *offer)).collect();
    }
    let mut rows = vec![(super::capital(&consequence(model, hold, *offer)), Tone::Text)];
    let all = alike(run, hold, *offer).these;
    if all.len() < 2 {
        rows.extend(answer(model, run, &[id], *offer));
        return rows;
    }
    for (heading, ids) in [("That one alone".to_owned(), vec![id]), (all_of(run, &all), all)] {
        rows.push((super::capital(&heading), Tone::Strong));
        rows.extend(answer(model, run, &ids, *offer));
    }
    rows
}

/// What an answered question is about, and what is undone then.
fn going_on(model: &Model, run: &Run, (id, hold): (HoldId, &Hold)) -> Vec<Row> {
    let lines = super::cause(model, run, hold).into_iter();
    let mut rows: Vec<Row> = lines.map(|line| (line, Tone::Text)).collect();
    rows.extend(answer(model, run, &[id], Offer::Go));
    rows
}

/// What is undone once the question before it is answered.
fn undone_next(run: &Run, behind: &Behind) -> Vec<Row> {
    let mut rows = commands::of_undo(run, &behind.acts);
    if run.mode != Mode::Run && !rows.is_empty() {
        rows.insert(0, ("The run pauses before each of these:".to_owned(), Tone::Dim));
    }
    rows
}

/// What an answer to these questions would run.
fn answer(model: &Model, run: &Run, ids: &[HoldId], offer: Offer) -> Vec<Row> {
    match offer {
        Offer::Retry | Offer::Edit => {
            commands::of_nodes(run, ids.iter().filter_map(|id| run.holds.get(id)).map(|it| it.on))
        }
        Offer::Move(host) => {
            let on = ids.iter().filter_map(|id| run.holds.get(id)).map(|it| it.on);
            on.flat_map(|on| commands::elsewhere(run, on, host)).collect()
        }
        Offer::Go => {
            let hold = ids.first().and_then(|id| run.holds.get(id));
            match hold.and_then(|hold| Behind::of(run, hold)) {
                Some(behind) => undone_next(run, &behind),
                None => behind_a_gate(model, run),
            }
        }
        Offer::Exclude => afterwards(model, run, ids, &hosts_asked(run, ids)),
        Offer::Skip | Offer::Fixed | Offer::AssumeOk => afterwards(model, run, ids, &[]),
        // What is taken as failed is asked about again, and the others have lists of their own.
        Offer::AssumeFailed | Offer::Undo | Offer::Abort | Offer::Answer | Offer::TakeOver => {
            vec![("Runs no command by itself.".to_owned(), Tone::Dim)]
        }
    }
}

/// What goes on behind a gate that is passed by an answer; paused, the run still goes on to the next one.
fn behind_a_gate(model: &Model, run: &Run) -> Vec<Row> {
    let heading = match run.mode {
        Mode::Run => GOES_ON,
        Mode::Step | Mode::Pause => "Then the run goes on, and pauses before its next step:",
    };
    under(heading, all_ahead(model, run, &[]))
}

/// What follows an answer to these questions that runs nothing by itself, on all but these hosts.
fn afterwards(model: &Model, run: &Run, ids: &[HoldId], without: &[HostId]) -> Vec<Row> {
    let line = |text: &str| vec![(text.to_owned(), Tone::Dim)];
    if run.is_taken_back() {
        return line("Then the undo goes on.");
    }
    if run.mode != Mode::Run {
        return line("Runs no command: the run does not go on by itself now.");
    }
    let others: Vec<HoldId> =
        run.holds.keys().copied().filter(|other| !ids.contains(other)).collect();
    let next = all_ahead(model, run, without);
    if others.is_empty() {
        return under(GOES_ON, next);
    }
    let which = standing_of(model, run, &others);
    under(&format!("First what else is open is asked about ({which}); then the run goes on:"), next)
}

/// What is said above what goes on by itself.
const GOES_ON: &str = "Then the run goes on, to the end or to the next question:";

/// What goes on, with what is said above it, or that nothing does.
fn under(heading: &str, mut rows: Vec<Row>) -> Vec<Row> {
    let heading = if rows.is_empty() { "No step is left after it." } else { heading };
    rows.insert(0, (heading.to_owned(), Tone::Dim));
    rows
}

/// What was told of something that is done outside of the run.
fn told(model: &Model) -> Vec<Row> {
    update::palette_intent(model).map_or_else(Vec::new, |intent| intended(model, &intent))
}

pub(super) fn intended(model: &Model, intent: &Intent) -> Vec<Row> {
    let lines = preview(model, intent);
    let mut rows: Vec<Row> = lines.into_iter().map(|line| (line, Tone::Text)).collect();
    let told = model.sight.preview.told.as_ref().is_some_and(|(of, _)| of == intent);
    if let Some(plan) = model.sight.preview.plan.as_ref().filter(|_| told) {
        rows.extend(commands::of_plan(plan, model.plan()));
    }
    rows
}

/// What the open dialog would run on hosts, if that is known; `None`: it runs nothing there.
pub(crate) fn dialog_would(model: &Model, dialog: &Dialog) -> Option<Vec<Row>> {
    if let Some(intent) = dialog.intent() {
        return Some(intended(model, intent));
    }
    let known = |button: &Button| Some((button.label.clone(), pressed(model, &button.deed)?));
    let mut each: Vec<(String, Vec<Row>)> = dialog.buttons.iter().filter_map(known).collect();
    each.dedup_by(|(_, rows), (_, before)| rows == before);
    let rows = match each.len() {
        0 => return None,
        1 => each.into_iter().flat_map(|(_, rows)| rows).collect(),
        _ => each.into_iter().flat_map(headed).collect(),
    };
    Some(or_nothing(rows))
}

/// What a button runs under its label.
fn headed((label, rows): (String, Vec<Row>)) -> impl Iterator<Item = Row> {
    std::iter::once((format!("[ {label} ]"), Tone::Strong)).chain(or_nothing(rows))
}

fn or_nothing(rows: Vec<Row>) -> Vec<Row> {
    match rows.is_empty() {
        true => vec![("Runs no command of the recipe.".to_owned(), Tone::Text)],
        false => rows,
    }
}

/// What a button would run; `None`: nothing on any host, or nothing that is known.
fn pressed(model: &Model, deed: &Deed) -> Option<Vec<Row>> {
    match (deed, model.open_run()) {
        (Deed::Start(_), _) => Some(planned(model, usize::MAX)),
        (Deed::Mode(mode @ (Mode::Run | Mode::Step)), Some(run)) => Some(let_go(model, run, *mode)),
        (
            Deed::Choose(
                ids,
                choice @ (Choice::Retry
                | Choice::Skip
                | Choice::Fixed
                | Choice::Assume(true)
                | Choice::Exclude
                | Choice::Move(_)
                | Choice::Go),
            ),
            Some(run),
        ) => Some(answer(model, run, ids, choice.needs())),
        (Deed::Exclude(host), Some(run)) => Some(afterwards(model, run, &[], &[*host])),
        (Deed::Abort(Abort { undo: true, .. }), Some(run)) => Some(commands::undoing(run)),
        (_, _) => None,
    }
}
