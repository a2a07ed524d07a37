//! What the list of keys says: first of where it was opened, then of everything.

use super::{key_of, pane};
use crate::tui::{
    action::{Act, Action, Motion},
    keymap::{Binding, Place, TABLE, binding, written},
    state::{Model, Pane, help::Over},
    update,
};

/// A row of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) action: Action,
    pub(crate) label: &'static str,
    pub(crate) about: &'static str,
    /// The screen that lies over the panes takes it, if any does.
    pub(crate) by: Option<Over>,
    /// It is always taken there.
    free: bool,
    place: Place,
}

/// Rows with a heading.
pub(crate) type Section = (String, Vec<Listed>);

impl Listed {
    fn of(row: &'static Binding) -> Self {
        let Binding { action, label, about, place, .. } = *row;
        Self { action, label, about, by: None, free: false, place }
    }

    /// A key with its usual meaning, or with another one: a label and a sentence.
    fn own((action, other): &Own) -> Option<Self> {
        let row = Self::of(binding(*action)?);
        Some(match other {
            Some((label, about)) => Self { label, about, free: true, ..row },
            None => row,
        })
    }

    /// Why it does nothing now.
    pub(crate) fn refused(&self, model: &Model) -> Option<String> {
        if self.free { None } else { update::why_not(model, self.action) }
    }

    fn fits(&self, model: &Model, filter: &str) -> bool {
        let key = written(model, self.action) == filter;
        let filter = filter.to_lowercase();
        let within = |text: &str| text.to_lowercase().contains(&filter);
        filter.is_empty() || within(self.label) || within(self.about) || key
    }
}

/// A key of a place, and what it means there, if that is another thing than elsewhere.
type Own = (Action, Option<(&'static str, &'static str)>);

const UP: Own = (Action::Go(Motion::Up), None);
const DOWN: Own = (Action::Go(Motion::Down), None);
const TOP: Own = (Action::Go(Motion::Top), None);
const BOTTOM: Own = (Action::Go(Motion::Bottom), None);
const PAGE_UP: Own = (Action::Go(Motion::PageUp), None);
const PAGE_DOWN: Own = (Action::Go(Motion::PageDown), None);

/// The history.
const HISTORY: &[Own] = &[
    (Action::Open, Some(("read it", "Opens the chosen run of the history, to be read."))),
    (
        Action::AllHosts,
        Some(("all stages", "The runs of this stage alone, or those of all stages.")),
    ),
    (Action::Look, Some(("read anew", "Reads the history anew."))),
    (Action::Search, Some(("filter", "Shows only runs that have what you type in them."))),
    (Action::Runs, Some(("close", "Closes the history."))),
    UP,
    DOWN,
    TOP,
    BOTTOM,
    PAGE_UP,
    PAGE_DOWN,
];

/// The page of a host.
const HOST: &[Own] = &[
    (Action::Go(Motion::Down), Some(("other host", "To the page of the next host."))),
    (Action::Go(Motion::Up), Some(("other host", "To the page of the host before."))),
    PAGE_DOWN,
    PAGE_UP,
    (Action::Look, None),
    (Action::Act(Act::Shell), None),
    (Action::Act(Act::Exclude), None),
    (Action::Host, Some(("close", "Closes the page of the host."))),
];

/// The choice of a release.
const RELEASES: &[Own] = &[
    (Action::Open, Some(("roll back", "Asks whether to go back to the chosen release."))),
    (Action::NextPause, Some(("diff", "The whole difference to what is served, in the pager."))),
    (Action::Copy, Some(("copy", "Copies what is known of the chosen release."))),
    (Action::Search, Some(("filter", "Shows only releases that have what you type in them."))),
    (Action::Look, None),
    UP,
    DOWN,
    PAGE_DOWN,
    PAGE_UP,
];

const BEFORE: Own = (Action::Go(Motion::Left), Some(("one before", "To the question before.")));
const NEXT: Own = (Action::Go(Motion::Right), Some(("next one", "To the next question.")));

/// The card of the failure view.
const CARD: &[Own] = &[
    (Action::Open, Some(("what now", "Gives the keys to the open question."))),
    (Action::Copy, Some(("copy", "Copies the card. Secrets stay hidden."))),
    BEFORE,
    NEXT,
    DOWN,
    UP,
    PAGE_DOWN,
    PAGE_UP,
];

/// Where things stand in the failure view.
const STANDING: &[Own] = &[BEFORE, NEXT, DOWN, UP, PAGE_DOWN, PAGE_UP];

/// All that is listed, as it is filtered.
pub(crate) fn listed(model: &Model, filter: &str) -> Vec<Section> {
    let (title, mine) = here(model);
    let known = |row: &Listed| mine.iter().any(|it| it.action == row.action);
    let others: Vec<Listed> = TABLE.iter().map(Listed::of).filter(|row| !known(row)).collect();
    let mut sections: Vec<Section> = if filter.is_empty() {
        let places = [Place::Acting, Place::Everywhere, Place::Log, Place::Moving];
        let of = |place: Place| {
            let rows = others.iter().filter(|row| row.place == place).copied().collect();
            (place.title().to_owned(), rows)
        };
        std::iter::once((title, mine)).chain(places.map(of)).collect()
    } else {
        let mut rows: Vec<Listed> = mine.into_iter().chain(others).collect();
        rows.retain(|row| row.fits(model, filter));
        // What has it in its name, before what has it in its sentence.
        let filter = filter.to_lowercase();
        rows.sort_by_key(|row| !row.label.to_lowercase().contains(&filter));
        vec![("Found".to_owned(), rows)]
    };
    sections.retain(|(_, rows)| !rows.is_empty());
    sections
}

/// What matters where the list was opened, the most wanted first.
fn here(model: &Model) -> Section {
    let of = |keys: &[Own], by| -> Vec<Listed> {
        keys.iter().filter_map(Listed::own).map(|row| Listed { by, ..row }).collect()
    };
    match (Over::of(model), model.focus) {
        (Some(Over::Host), _) => {
            let name = model.host().map_or("?", |host| model.host_name(host));
            (format!("On this page: Host {name}"), of(HOST, Some(Over::Host)))
        }
        (Some(Over::History), _) => {
            ("In this list: Runs, the history".to_owned(), of(HISTORY, Some(Over::History)))
        }
        (Some(Over::Releases), _) => {
            ("In this list: Releases".to_owned(), of(RELEASES, Some(Over::Releases)))
        }
        (None, Pane::Hosts) if model.failure.open => (in_pane(model), of(CARD, None)),
        (None, Pane::Steps) if model.failure.open => (in_pane(model), of(STANDING, None)),
        (None, _) => (in_pane(model), in_focus(model)),
    }
}

fn in_pane(model: &Model) -> String {
    format!("In this pane: {}", pane(model, model.focus))
}

/// What matters most in the pane that has the keys, then what moves about there.
fn in_focus(model: &Model) -> Vec<Listed> {
    let first = wanted(model);
    let log = |row: &Listed| row.place == Place::Log && model.focus == Pane::Log;
    let listed =
        |row: &Listed| first.contains(&row.action) || row.place == Place::Moving || log(row);
    let mut rows: Vec<Listed> = TABLE.iter().map(Listed::of).filter(listed).collect();
    rows.sort_by_key(|row| {
        let named = first.iter().position(|action| *action == row.action);
        named.unwrap_or(if row.place == Place::Moving { usize::MAX } else { first.len() })
    });
    rows
}

fn wanted(model: &Model) -> Vec<Action> {
    match model.focus {
        Pane::Hosts => vec![Action::Open, Action::Host, Action::Act(Act::Break)],
        Pane::Steps => vec![Action::Open, Action::Act(Act::Break)],
        Pane::Releases => vec![Action::Open, Action::Act(Act::Rollback)],
        Pane::Log => vec![Action::Open, Action::Follow],
        Pane::Choices => {
            let offers = model.hold().map_or(&[][..], |(_, hold)| &hold.offers);
            let mut acts = vec![Action::Open];
            for act in offers.iter().map(|offer| Action::Act(key_of(*offer))) {
                if !acts.contains(&act) {
                    acts.push(act);
                }
            }
            acts
        }
    }
}
