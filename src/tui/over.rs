//! The screens that lie over the panes, and what each takes: one table for what its keys do, for its
//! footer and for the list of keys.

use super::{
    action::{Act, Action, Motion},
    state::Model,
};

/// A screen that lies over the panes, with keys of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// The page of a host.
    Host,
    /// The list of runs.
    History,
    /// The choice of a release to go back to.
    Releases,
}

/// Something that a screen takes.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) action: Action,
    /// Its word and its sentence, where they are others than everywhere.
    pub(crate) means: Option<(&'static str, &'static str)>,
    /// Whether it stands in the footer.
    pub(crate) hinted: bool,
}

impl Taken {
    /// With its usual meaning.
    const fn usual(action: Action) -> Self {
        Self { action, means: None, hinted: false }
    }

    /// With a meaning of its own: a word and a sentence.
    const fn own(action: Action, label: &'static str, about: &'static str) -> Self {
        Self { action, means: Some((label, about)), hinted: false }
    }

    const fn hinted(self) -> Self {
        Self { hinted: true, ..self }
    }
}

const UP: Taken = Taken::usual(Action::Go(Motion::Up));
const TOP: Taken = Taken::usual(Action::Go(Motion::Top));
const BOTTOM: Taken = Taken::usual(Action::Go(Motion::Bottom));
const PAGE_UP: Taken = Taken::usual(Action::Go(Motion::PageUp));
const PAGE_DOWN: Taken = Taken::usual(Action::Go(Motion::PageDown));
const HALF_UP: Taken = Taken::usual(Action::Go(Motion::HalfUp));
const HALF_DOWN: Taken = Taken::usual(Action::Go(Motion::HalfDown));

const CHOOSE: Taken = Taken::own(Action::Go(Motion::Down), "choose", "To the next one.").hinted();

/// The history.
const HISTORY: &[Taken] = &[
    Taken::own(Action::Open, "read it", "Opens the chosen run of the history, to be read.")
        .hinted(),
    Taken::own(Action::Search, "filter", "Shows only runs that have what you type in them.")
        .hinted(),
    Taken::own(
        Action::AllHosts,
        "all stages",
        "The runs of this stage alone, or those of all stages.",
    )
    .hinted(),
    CHOOSE,
    Taken::own(Action::Look, "read anew", "Reads the history anew.").hinted(),
    UP,
    TOP,
    BOTTOM,
    PAGE_UP,
    PAGE_DOWN,
    HALF_UP,
    HALF_DOWN,
    Taken::own(Action::Runs, "close", "Closes the history."),
];

/// The page of a host; on it, every key that acts has its usual meaning.
const HOST: &[Taken] = &[
    Taken::own(Action::Go(Motion::Down), "other host", "To the page of the next host.").hinted(),
    Taken::own(Action::Go(Motion::PageDown), "more", "A page of its text on.").hinted(),
    Taken::usual(Action::Look).hinted(),
    Taken::usual(Action::Act(Act::Shell)).hinted(),
    Taken::usual(Action::Act(Act::Exclude)).hinted(),
    Taken::own(Action::Go(Motion::Up), "other host", "To the page of the host before."),
    Taken::own(Action::Go(Motion::Top), "first host", "To the page of the first host."),
    Taken::own(Action::Go(Motion::Bottom), "last host", "To the page of the last host."),
    PAGE_UP,
    HALF_UP,
    HALF_DOWN,
    Taken::own(Action::Host, "close", "Closes the page of the host."),
];

/// The choice of a release.
const RELEASES: &[Taken] = &[
    CHOOSE,
    Taken::own(Action::Open, "roll back", "Asks whether to go back to the chosen release.")
        .hinted(),
    Taken::own(Action::NextPause, "diff", "The whole difference to what is served, in the pager.")
        .hinted(),
    Taken::own(
        Action::Commands,
        "commands",
        "What going back to the chosen release would run, and back to its details.",
    )
    .hinted(),
    Taken::own(Action::Search, "filter", "Shows only releases that have what you type in them.")
        .hinted(),
    Taken::own(Action::Go(Motion::PageDown), "more details", "A page of the details on.").hinted(),
    Taken::own(Action::Copy, "copy", "Copies what is known of the chosen release.").hinted(),
    Taken::usual(Action::Look).hinted(),
    UP,
    TOP,
    BOTTOM,
    PAGE_UP,
    HALF_UP,
    HALF_DOWN,
    Taken::own(
        Action::Act(Act::Rollback),
        "roll back",
        "Asks whether to go back to the chosen release.",
    ),
    Taken::own(Action::Pager, "diff", "The whole difference to what is served, in the pager."),
];

/// What each of them takes.
const EACH: &[Taken] = &[
    Taken::usual(Action::Help),
    Taken::own(Action::Back, "back", "Leaves one thing: what is filtered, then this screen."),
    Taken::own(Action::Quit, "close", "Closes this screen, not the console."),
    Taken::own(
        Action::Interrupt,
        "close",
        "Closes this screen; pressed again it asks how to leave.",
    ),
    Taken::usual(Action::Palette),
    Taken::usual(Action::Messages),
    Taken::usual(Action::Guide),
    Taken::usual(Action::Suspend),
    Taken::usual(Action::Mouse),
    Taken::usual(Action::Redraw),
];

impl Over {
    /// The one that is seen.
    pub(crate) fn of(model: &Model) -> Option<Self> {
        if model.host_view.is_some() {
            Some(Self::Host)
        } else if model.history.open {
            Some(Self::History)
        } else {
            model.picker.is_some().then_some(Self::Releases)
        }
    }

    /// How it is called in a sentence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Host => "the page of a host",
            Self::History => "the history",
            Self::Releases => "the choice of a release",
        }
    }

    /// What it takes, the most wanted first.
    pub(crate) fn rows(self) -> impl Iterator<Item = &'static Taken> {
        let own = match self {
            Self::Host => HOST,
            Self::History => HISTORY,
            Self::Releases => RELEASES,
        };
        own.iter().chain(EACH)
    }

    /// Whether this has another meaning there than everywhere.
    pub(crate) fn has_own(self, action: Action) -> bool {
        self.rows().any(|row| row.action == action && row.means.is_some())
    }

    /// Whether it takes this.
    pub(crate) fn takes(self, action: Action) -> bool {
        let acts = self == Self::Host && matches!(action, Action::Act(_));
        acts || self.rows().any(|row| row.action == action)
    }
}
