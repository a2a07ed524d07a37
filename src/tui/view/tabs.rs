//! The panes by their keys, below the only one that has the screen.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{areas::Areas, paint::Pen};
use crate::tui::{
    keymap::written,
    state::{Model, Pane},
    styles::Tone,
    words,
};

/// All panes, and a short name of each.
const PANES: [(Pane, &str); 5] = [
    (Pane::Hosts, "hosts"),
    (Pane::Releases, "releases"),
    (Pane::Steps, "steps"),
    (Pane::Log, "log"),
    (Pane::Choices, "what now"),
];

/// Draws them on the lower side of its frame, where no other pane is seen; those that are not there are
/// left out.
pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, areas: &Areas) {
    let shown = [
        areas.matrix,
        areas.releases,
        areas.steps,
        areas.log,
        areas.choices,
        areas.card,
        areas.standing,
    ];
    let shown: Vec<Rect> = shown.into_iter().flatten().collect();
    let [only] = shown.as_slice() else { return };
    if model.failure.open {
        return;
    }
    let there = |pane: Pane| match pane {
        Pane::Hosts | Pane::Steps | Pane::Log => true,
        Pane::Releases => model.sight.has.releases,
        Pane::Choices => model.hold().is_some(),
    };
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (pane, name) in PANES.into_iter().filter(|(pane, _)| there(*pane)) {
        let here = pane == model.focus;
        let tone = if here { Tone::Strong } else { Tone::Text };
        spans.push(pen.span(&format!(" {}", written(model, words::action_of(pane))), Tone::Key));
        spans.push(match here {
            true => pen.styled(&format!(" {name} "), pen.styles.selected()),
            false => pen.span(&format!(" {name} "), tone),
        });
    }
    let line = Line::from(spans);
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if width + 4 > only.width || only.height < 3 {
        return;
    }
    let row = Rect { x: only.x + 2, y: only.bottom() - 1, width, height: 1 };
    frame.render_widget(Paragraph::new(line), row);
}
