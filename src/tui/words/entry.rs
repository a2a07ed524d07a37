//! The entries of the palette: what there is to do and where to go, found by a few letters.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};

use crate::tui::{
    action::{Act, Action, Motion},
    keymap::{self, Binding, Place},
    state::{Model, palette::Goal},
    update,
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
    fitting(model, &palette.typed)
}

/// Everything that there is to do, and where to go.
pub(crate) fn all_entries(model: &Model) -> impl Iterator<Item = Entry> {
    keys(model).chain(places(model))
}

/// The entries that fit a text, the best first.
pub(crate) fn fitting(model: &Model, typed: &str) -> Vec<Entry> {
    let mut all: Vec<Entry> = all_entries(model).collect();
    let typed = typed.trim();
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
