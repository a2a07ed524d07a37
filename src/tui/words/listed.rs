//! What the list of keys says: first of where it was opened, then of everything.

use super::{key_of, pane};
use crate::tui::{
    action::{Act, Action, Motion},
    keymap::{Binding, Place, TABLE, binding, written},
    over::{Over, Taken},
    state::{Model, Pane},
    update,
};

/// A row of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) action: Action,
    pub(crate) label: &'static str,
    pub(crate) about: &'static str,
    /// The screen that lies over the panes.
    pub(crate) over: Option<Over>,
    place: Place,
}

/// Rows with a heading.
pub(crate) type Section = (String, Vec<Listed>);

impl Listed {
    fn of(row: &'static Binding) -> Self {
        let Binding { action, label, about, place, .. } = *row;
        Self { action, label, about, over: None, place }
    }

    /// Something that a screen over the panes takes.
    fn on(over: Over, taken: &Taken) -> Option<Self> {
        let row = Self { over: Some(over), ..Self::of(binding(taken.action)?) };
        Some(match taken.means {
            Some((label, about)) => Self { label, about, ..row },
            None => row,
        })
    }

    /// A key with its usual meaning, or with another one: a label and a sentence.
    fn own((action, other): &Own) -> Option<Self> {
        let row = Self::of(binding(*action)?);
        Some(match other {
            Some((label, about)) => Self { label, about, ..row },
            None => row,
        })
    }

    /// Why it does nothing now.
    pub(crate) fn refused(&self, model: &Model) -> Option<String> {
        match self.over {
            Some(over) => update::refused(model, over, self.action),
            None => update::why_not(model, self.action),
        }
    }

    /// Whether it acts behind the screen that lies over the panes, and not on it.
    pub(crate) fn is_behind(&self) -> bool {
        self.over.is_some_and(|over| !over.takes(self.action))
    }

    fn fits(&self, model: &Model, filter: &str) -> bool {
        let key = written(model, self.action) == filter;
        let filter = filter.to_lowercase();
        let within = |text: &str| text.to_lowercase().contains(&filter);
        filter.is_empty() || within(self.label) || within(self.about) || key
    }
}

/// A key of a pane of the failure view, and what it means there, if that is another thing than elsewhere.
type Own = (Action, Option<(&'static str, &'static str)>);

const UP: Own = (Action::Go(Motion::Up), None);
const DOWN: Own = (Action::Go(Motion::Down), None);
const PAGE_UP: Own = (Action::Go(Motion::PageUp), None);
const PAGE_DOWN: Own = (Action::Go(Motion::PageDown), None);

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
    let over = Over::of(model);
    let others = TABLE.iter().map(|row| Listed { over, ..Listed::of(row) });
    let others: Vec<Listed> = others.filter(|row| !known(row)).collect();
    let mut sections: Vec<Section> = if filter.is_empty() {
        let places = [Place::Acting, Place::Everywhere, Place::Log, Place::Moving];
        let (behind, others): (Vec<Listed>, Vec<Listed>) =
            others.into_iter().partition(Listed::is_behind);
        let of = |place: Place| {
            let rows = others.iter().filter(|row| row.place == place).copied().collect();
            (place.title().to_owned(), rows)
        };
        let behind = ("Not here: Esc closes this screen first".to_owned(), behind);
        std::iter::once((title, mine)).chain(places.map(of)).chain([behind]).collect()
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
    if let Some(over) = Over::of(model) {
        let title = match over {
            Over::Host => {
                let name = model.host().map_or("?", |host| model.host_name(host));
                format!("On this page: Host {name}")
            }
            Over::History => "In this list: Runs, the history".to_owned(),
            Over::Releases => "In this list: Releases".to_owned(),
        };
        return (title, over.rows().filter_map(|taken| Listed::on(over, taken)).collect());
    }
    let of = |keys: &[Own]| keys.iter().filter_map(Listed::own).collect();
    let rows = match model.focus {
        Pane::Hosts if model.failure.open => of(CARD),
        Pane::Steps if model.failure.open => of(STANDING),
        Pane::Hosts | Pane::Releases | Pane::Steps | Pane::Log | Pane::Choices => in_focus(model),
    };
    (in_pane(model), rows)
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
