//! Which pane lies where, for the size of the screen.

use ratatui::layout::{Constraint, Layout, Rect};

use super::holds;
use crate::tui::state::{Model, Pane};

/// From this width on, panes lie beside each other.
const WIDE: u16 = 110;

/// Below this size one pane has the screen.
const SMALL: (u16, u16) = (80, 20);

/// Width of the panes on the left.
const LEFT: u16 = 44;

/// Rows that the list of steps keeps.
const STEPS_MIN: u16 = 6;

/// Rows that the log keeps.
const LOG_MIN: u16 = 4;

/// Rows of the open question while the log has the keys.
const SHORT: u16 = 5;

/// Where things lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Areas {
    pub(super) header: Rect,
    pub(super) matrix: Option<Rect>,
    pub(super) steps: Option<Rect>,
    pub(super) choices: Option<Rect>,
    pub(super) log: Option<Rect>,
    pub(super) line: Rect,
    pub(super) footer: Rect,
}

pub(super) fn areas(model: &Model) -> Areas {
    let whole = Rect::new(0, 0, model.size.width, model.size.height);
    let rows = [1, 0, 1, 1].map(|rows| match rows {
        0 => Constraint::Min(0),
        rows => Constraint::Length(rows),
    });
    let [header, body, line, footer] = Layout::vertical(rows).areas(whole);
    let frame = Areas { header, line, footer, ..Areas::default() };
    let small = whole.width < SMALL.0 || whole.height < SMALL.1;
    if model.zoom || small {
        return match model.focus {
            Pane::Hosts => Areas { matrix: Some(body), ..frame },
            Pane::Log => Areas { log: Some(body), ..frame },
            Pane::Choices => Areas { choices: Some(body), ..frame },
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

fn beside(model: &Model, frame: Areas, rest: Rect) -> Areas {
    let parts = [Constraint::Length(LEFT), Constraint::Min(0)];
    let [left, log] = Layout::horizontal(parts).areas(rest);
    let frame = Areas { log: Some(log), ..frame };
    let most = left.height.saturating_sub(STEPS_MIN);
    let Some(height) = holds::height(model, LEFT, most) else {
        return Areas { steps: Some(left), ..frame };
    };
    let parts = [Constraint::Min(0), Constraint::Length(height)];
    let [steps, choices] = Layout::vertical(parts).areas(left);
    Areas { steps: Some(steps), choices: Some(choices), ..frame }
}

fn stacked(model: &Model, frame: Areas, rest: Rect) -> Areas {
    let most = match model.focus {
        Pane::Log => SHORT,
        Pane::Hosts | Pane::Choices => rest.height.saturating_sub(LOG_MIN),
    };
    let Some(height) = holds::height(model, rest.width, most) else {
        return Areas { log: Some(rest), ..frame };
    };
    let parts = [Constraint::Length(height), Constraint::Min(0)];
    let [choices, log] = Layout::vertical(parts).areas(rest);
    Areas { choices: Some(choices), log: Some(log), ..frame }
}
