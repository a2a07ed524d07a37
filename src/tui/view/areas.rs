//! Which pane lies where, for the size of the screen.

use ratatui::layout::{Constraint, Layout, Rect};

use super::{failure, holds};
use crate::tui::state::{Model, Pane};

/// From this width on, panes lie beside each other.
pub(super) const WIDE: u16 = 110;

/// Below this size one pane has the screen.
const SMALL: (u16, u16) = (80, 20);

/// Width of the panes on the left, at least; and percents of a screen that has room for more.
const LEFT: (u16, u16) = (44, 30);

/// Rows that the list of steps keeps.
const STEPS_MIN: u16 = 6;

/// Rows that the list of releases has at most, with its frame, beside the steps.
const RELEASES_MAX: u16 = 13;

/// Rows that the log keeps.
const LOG_MIN: u16 = 4;

/// Rows of the open question while the log has the keys.
const SHORT: u16 = 5;

/// Where things lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Areas {
    pub(super) header: Rect,
    pub(super) matrix: Option<Rect>,
    pub(super) releases: Option<Rect>,
    pub(super) steps: Option<Rect>,
    pub(super) choices: Option<Rect>,
    pub(super) log: Option<Rect>,
    /// Of the failure view: its card, and where things stand.
    pub(super) card: Option<Rect>,
    pub(super) standing: Option<Rect>,
    pub(super) line: Rect,
    pub(super) footer: Rect,
}

/// The header, what is between, and the two last lines.
pub(super) fn frame(model: &Model) -> (Areas, Rect) {
    let whole = Rect::new(0, 0, model.size.width, model.size.height);
    let rows = [1, 0, 1, 1].map(|rows| match rows {
        0 => Constraint::Min(0),
        rows => Constraint::Length(rows),
    });
    let [header, body, line, footer] = Layout::vertical(rows).areas(whole);
    (Areas { header, line, footer, ..Areas::default() }, body)
}

/// Whether one pane has the screen.
pub(super) fn one_alone(model: &Model) -> bool {
    model.zoom || model.size.width < SMALL.0 || model.size.height < SMALL.1
}

pub(super) fn areas(model: &Model) -> Areas {
    let whole = Rect::new(0, 0, model.size.width, model.size.height);
    let (frame, body) = frame(model);
    if model.failure.open {
        return failure::areas(model, frame, body);
    }
    if one_alone(model) {
        return match model.focus {
            Pane::Hosts => Areas { matrix: Some(body), ..frame },
            Pane::Choices => Areas { choices: Some(body), ..frame },
            Pane::Releases | Pane::Steps | Pane::Log => one_of(model, frame, body),
        };
    }
    let hosts = u16::try_from(model.grid.hosts.len()).unwrap_or(u16::MAX);
    // Frame, heading, and the chosen cell in words.
    let wanted = hosts.saturating_add(4);
    let matrix = wanted.min((body.height / 3).max(7));
    let [matrix, rest] =
        Layout::vertical([Constraint::Length(matrix), Constraint::Min(0)]).areas(body);
    let frame = Areas { matrix: Some(matrix), ..frame };
    if whole.width >= WIDE { beside(model, frame, rest) } else { stacked(model, frame, rest) }
}

/// The pane of those that share a place: the one that has the keys, else the log.
fn one_of(model: &Model, frame: Areas, area: Rect) -> Areas {
    match model.focus {
        Pane::Releases => Areas { releases: Some(area), ..frame },
        Pane::Steps => Areas { steps: Some(area), ..frame },
        Pane::Hosts | Pane::Log | Pane::Choices => Areas { log: Some(area), ..frame },
    }
}

fn beside(model: &Model, frame: Areas, rest: Rect) -> Areas {
    let own = (rest.width * LEFT.1 / 100).max(LEFT.0);
    let wide = own.saturating_add_signed(model.wider);
    let parts = [Constraint::Length(wide), Constraint::Min(0)];
    let [left, log] = Layout::horizontal(parts).areas(rest);
    let frame = Areas { log: Some(log), ..frame };
    let most = left.height.saturating_sub(STEPS_MIN);
    let Some(height) = holds::height(model, wide, most) else {
        return with_releases(model, frame, left);
    };
    let parts = [Constraint::Min(0), Constraint::Length(height)];
    let [above, choices] = Layout::vertical(parts).areas(left);
    let frame = Areas { choices: Some(choices), ..frame };
    match model.focus {
        Pane::Releases => Areas { releases: Some(above), ..frame },
        Pane::Hosts | Pane::Steps | Pane::Log | Pane::Choices => {
            Areas { steps: Some(above), ..frame }
        }
    }
}

/// Steps, with the releases above them where the recipe has some.
fn with_releases(model: &Model, frame: Areas, left: Rect) -> Areas {
    if !model.sight.has.releases {
        return Areas { steps: Some(left), ..frame };
    }
    let all = u16::try_from(model.sight.candidates.len()).unwrap_or(u16::MAX);
    // Frame, and what is said of the chosen one.
    let wanted = all.saturating_add(5).clamp(7, RELEASES_MAX);
    let height = wanted.min(left.height.saturating_sub(STEPS_MIN));
    let parts = [Constraint::Length(height), Constraint::Min(0)];
    let [releases, steps] = Layout::vertical(parts).areas(left);
    Areas { releases: Some(releases), steps: Some(steps), ..frame }
}

fn stacked(model: &Model, frame: Areas, rest: Rect) -> Areas {
    let most = match model.focus {
        Pane::Releases | Pane::Steps | Pane::Log => SHORT,
        Pane::Hosts | Pane::Choices => rest.height.saturating_sub(LOG_MIN),
    };
    let Some(height) = holds::height(model, rest.width, most) else {
        return one_of(model, frame, rest);
    };
    let parts = [Constraint::Length(height), Constraint::Min(0)];
    let [choices, below] = Layout::vertical(parts).areas(rest);
    one_of(model, Areas { choices: Some(choices), ..frame }, below)
}
