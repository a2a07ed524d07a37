//! The entries of the palette: what there is to do and where to go, found by a few letters, and what
//! would be run by the chosen one.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

use super::{commands, consequence, key_of, preview};
use crate::{
    model::NodeId,
    run::{Abort, Cause, Choice, Mode, Offer, Run},
    tui::{
        action::{Act, Action, Motion},
        keymap::{self, Binding, Place},
        state::{
            Model, Subject,
            dialog::{Deed, Dialog},
            palette::Goal,
        },
        styles::Tone,
        told::Intent,
        update,
    },
};

/// One entry.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) goal: Goal,
    pub(crate) label: String,
    pub(crate) about: String,
    /// The key that does the same, as it is written.
    pub(crate) key: String,
    /// Why it does nothing now.
    pub(crate) refused: Option<String>,
}

/// What fits in the name of an entry stands before what fits in its words.
const NAMED: u32 = 10_000;

/// The entries that fit what is typed, the best first; without anything typed, what was done lately
/// stands first.
pub(crate) fn entries(model: &Model) -> Vec<Entry> {
    let Some(palette) = &model.palette else { return Vec::new() };
    let mut all: Vec<Entry> = keys(model).chain(places(model)).collect();
    let typed = palette.typed.trim();
    if typed.is_empty() {
        all.sort_by_key(|entry| {
            let recent = model.recent.rank(&entry.goal).unwrap_or(usize::MAX);
            (recent, entry.refused.is_some(), is_motion(&entry.goal))
        });
        return all;
    }
    let mut matcher = Matcher::new(Config::DEFAULT);
    let (ignore, smart) = (CaseMatching::Ignore, Normalization::Smart);
    let by_name = Pattern::parse(typed, ignore, smart);
    let by_words = Pattern::new(typed, ignore, smart, AtomKind::Substring);
    let mut buffer = Vec::new();
    let mut rate = |entry: &Entry| {
        let name = by_name.score(Utf32Str::new(&entry.label, &mut buffer), &mut matcher);
        let words = format!("{} {}", entry.label, entry.about);
        let words = by_words.score(Utf32Str::new(&words, &mut buffer), &mut matcher);
        let key = (entry.key == typed).then_some(2 * NAMED);
        key.or(name.map(|score| score + NAMED)).or(words)
    };
    let mut rated: Vec<(u32, Entry)> =
        all.into_iter().filter_map(|entry| Some((rate(&entry)?, entry))).collect();
    rated.sort_by_key(|(score, entry)| {
        let recent = model.recent.rank(&entry.goal).unwrap_or(usize::MAX);
        (std::cmp::Reverse(*score), entry.refused.is_some(), recent)
    });
    rated.into_iter().map(|(_, entry)| entry).collect()
}

/// The entry that is chosen.
pub(crate) fn chosen(model: &Model) -> Option<Entry> {
    let at = model.palette.as_ref()?.chosen;
    entries(model).into_iter().nth(at)
}

fn is_motion(goal: &Goal) -> bool {
    matches!(goal, Goal::Key(Action::Go(_)))
}

/// What keys do, what acts first.
fn keys(model: &Model) -> impl Iterator<Item = Entry> {
    let (acting, others): (Vec<&Binding>, Vec<&Binding>) =
        keymap::TABLE.iter().partition(|row| row.place == Place::Acting);
    acting.into_iter().chain(others).map(move |row| Entry {
        goal: Goal::Key(row.action),
        label: label(row),
        about: row.about.to_owned(),
        key: keymap::written(model, row.action).to_owned(),
        refused: update::why_not(model, row.action),
    })
}

/// Names of what a word of the footer does not make plain.
const NAMES: [(Action, &str); 12] = [
    (Action::Go(Motion::Up), "move up"),
    (Action::Go(Motion::Down), "move down"),
    (Action::Go(Motion::Left), "move left"),
    (Action::Go(Motion::Right), "move right"),
    (Action::NextPane, "next pane"),
    (Action::PreviousPane, "previous pane"),
    (Action::Runs, "runs (history)"),
    (Action::Host, "host (detail)"),
    (Action::Act(Act::Maintenance), "maintenance on or off"),
    (Action::Act(Act::Fixed), "mark fixed"),
    (Action::Messages, "messages (what was said)"),
    (Action::Interrupt, "quit (Ctrl-c)"),
];

fn label(row: &Binding) -> String {
    let named = NAMES.iter().find(|(action, _)| *action == row.action);
    named.map_or(row.label, |(_, name)| name).to_owned()
}

/// Where one can go.
fn places(model: &Model) -> impl Iterator<Item = Entry> {
    let entry =
        |goal, label, about, refused| Entry { goal, label, about, key: String::new(), refused };
    let hosts = model.grid.hosts.iter().filter_map(|id| model.plan()?.host(*id)).map(move |host| {
        let about = format!("{} {}", host.address, host.roles.join(" "));
        entry(Goal::Host(host.name.clone()), format!("host {}", host.name), about, None)
    });
    let steps = model.grid.columns.iter().map(move |column| {
        let (name, about) = (column.step.clone(), column.about.clone());
        entry(Goal::Step(name), format!("step {}", column.step), about, None)
    });
    let refused = update::why_not(model, Action::Act(Act::Rollback));
    let releases = model.sight.candidates.iter().map(move |one| {
        let parts = [one.reference.as_deref(), one.by.as_deref(), one.revision.as_deref()];
        let about: Vec<&str> = parts.into_iter().flatten().collect();
        let label = format!("release {}", one.name);
        entry(Goal::Release(one.name.clone()), label, about.join(" "), refused.clone())
    });
    let runs = model.history.goals().map(move |(run, goal)| {
        let about = format!("{} of {} on {}: {}", run.pipeline, run.app, run.stage, run.ended());
        entry(goal, format!("run {}", run.id), about, None)
    });
    hosts.chain(steps).chain(releases).chain(runs)
}

/// What the chosen entry would run, host by host, before anything is done.
pub(crate) fn would(model: &Model, entry: &Entry) -> Vec<commands::Row> {
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
    if let (Act::Continue, Some(run), Some((_, hold))) = (act, model.open_run(), model.hold())
        && hold.cause != Cause::Break
    {
        let lines = super::cause(model, run, hold).into_iter();
        return lines.map(|line| (line, Tone::Text)).collect();
    }
    let rows = match (act, model.open_run()) {
        (Act::Deploy, _) => planned(model, usize::MAX),
        (Act::Step, Some(run)) => {
            let at = model.progress().1.unwrap_or(usize::MAX);
            commands::ahead(model, run, at..at.saturating_add(1))
        }
        (Act::Step, None) => planned(model, 1),
        (Act::Continue, Some(run)) => {
            let from = model.progress().1.unwrap_or(usize::MAX);
            commands::ahead(model, run, from..model.grid.columns.len())
        }
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

fn planned(model: &Model, columns: usize) -> Vec<commands::Row> {
    match &model.subject {
        Subject::Plan(plan) => commands::of_columns(plan, columns),
        Subject::Run(_) | Subject::Nothing => {
            let line = "The next run is planned first, and shown; then a dialog asks.";
            vec![(line.to_owned(), Tone::Text)]
        }
    }
}

/// What an answer to the open question would run.
fn answered(model: &Model, run: &Run, act: Act) -> Vec<commands::Row> {
    let Some((_, hold)) = model.hold() else { return Vec::new() };
    let offered = |offer: &&Offer| key_of(**offer) == act;
    let Some(offer) = hold.offers.iter().find(offered) else { return Vec::new() };
    let mut rows = vec![(super::capital(&consequence(model, hold, *offer)), Tone::Text)];
    if matches!(offer, Offer::Retry | Offer::Edit | Offer::Move(_)) {
        rows.extend(commands::of_node(run, hold.on));
        return rows;
    }
    rows.extend(afterwards(model, run, hold.on));
    rows
}

/// What follows an answer that runs nothing by itself.
fn afterwards(model: &Model, run: &Run, on: NodeId) -> Vec<commands::Row> {
    let line = |text: &str| vec![(text.to_owned(), Tone::Dim)];
    if run.mode != Mode::Run {
        return line("Runs no command: the run does not go on by itself now.");
    }
    let from = model.grid.find(on).map_or(0, |(column, _)| column);
    let next = commands::ahead(model, run, from..model.grid.columns.len());
    if next.is_empty() {
        return line("No step is left after it.");
    }
    let mut rows = line("Then the run goes on, to the end or to the next question:");
    rows.extend(next);
    rows
}

/// What was told of something that is done outside of the run.
fn told(model: &Model) -> Vec<commands::Row> {
    update::palette_intent(model).map_or_else(Vec::new, |intent| intended(model, &intent))
}

pub(super) fn intended(model: &Model, intent: &Intent) -> Vec<commands::Row> {
    let lines = preview(model, intent);
    let mut rows: Vec<commands::Row> = lines.into_iter().map(|line| (line, Tone::Text)).collect();
    let told = model.sight.preview.told.as_ref().is_some_and(|(of, _)| of == intent);
    if let Some(plan) = model.sight.preview.plan.as_ref().filter(|_| told) {
        rows.extend(commands::of_plan(plan, model.plan()));
    }
    rows
}

/// What the open dialog would run on hosts, if that is known; `None`: it runs nothing there.
pub(crate) fn dialog_would(model: &Model, dialog: &Dialog) -> Option<Vec<commands::Row>> {
    if let Some(intent) = dialog.intent() {
        return Some(intended(model, intent));
    }
    let steps = model.grid.columns.len();
    let from = || model.progress().1.unwrap_or(usize::MAX);
    let rows = dialog.buttons.iter().find_map(|button| match (&button.deed, model.open_run()) {
        (Deed::Start(_), _) => Some(planned(model, usize::MAX)),
        (Deed::Mode(Mode::Run), Some(run)) => Some(commands::ahead(model, run, from()..steps)),
        (Deed::Mode(Mode::Step), Some(run)) => {
            Some(commands::ahead(model, run, from()..from().saturating_add(1)))
        }
        (Deed::Choose(ids, Choice::Retry), Some(run)) => Some(
            ids.iter()
                .filter_map(|id| run.holds.get(id))
                .flat_map(|hold| commands::of_node(run, hold.on))
                .collect(),
        ),
        (Deed::Choose(ids, Choice::Skip | Choice::Fixed | Choice::Assume(true)), Some(run)) => {
            Some(
                ids.first()
                    .and_then(|id| run.holds.get(id))
                    .map_or_else(Vec::new, |hold| afterwards(model, run, hold.on)),
            )
        }
        (Deed::Abort(Abort { undo: true, .. }), Some(run)) => Some(commands::undoing(run)),
        (_, _) => None,
    })?;
    Some(match rows.is_empty() {
        true => vec![("Runs no command of the recipe.".to_owned(), Tone::Text)],
        false => rows,
    })
}
