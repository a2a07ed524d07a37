//! The panes by their keys, on the lowest frame, where not all of them have room.

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

/// All panes, and a short name of each: of the overview, and of the failure view.
const PANES: [(Pane, &str, &str); 5] = [
    (Pane::Hosts, "hosts", "failure"),
    (Pane::Releases, "releases", ""),
    (Pane::Steps, "steps", "done and not done"),
    (Pane::Log, "log", "log"),
    (Pane::Choices, "what now", "what now"),
];

/// Draws them on the lower side of the lowest frame, where a pane is not seen; those that are not there
/// are left out.
pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, areas: &Areas) {
    let there: Vec<Pane> =
        PANES.iter().map(|(pane, ..)| *pane).filter(|pane| is_there(model, *pane)).collect();
    if there.iter().all(|pane| of(areas, *pane).is_some()) {
        return;
    }
    let shown = there.iter().filter_map(|pane| of(areas, *pane));
    let Some(lowest) = shown.max_by_key(|area| (area.bottom(), area.width)) else { return };
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (pane, overview, failure) in PANES.into_iter().filter(|(pane, ..)| there.contains(pane)) {
        let name = if model.failure.open { failure } else { overview };
        spans.push(pen.span(&format!(" {}", written(model, words::action_of(pane))), Tone::Key));
        spans.push(match pane == model.focus {
            true => pen.styled(&format!(" {name} "), pen.styles.selected()),
            false => pen.span(&format!(" {name} "), Tone::Text),
        });
    }
    let cells = |spans: &[Span<'_>]| {
        let cells = spans.iter().map(Span::width).sum::<usize>();
        u16::try_from(cells).unwrap_or(u16::MAX).saturating_add(4)
    };
    let back = [pen.span(" Esc", Tone::Key), pen.span(" overview ", Tone::Text)];
    if model.failure.open && cells(&spans) + cells(&back) <= lowest.width {
        spans.extend(back);
    }
    if cells(&spans) > lowest.width || lowest.height < 3 {
        return;
    }
    let width = cells(&spans) - 4;
    let line = Line::from(spans);
    let row = Rect { x: lowest.x + 2, y: lowest.bottom() - 1, width, height: 1 };
    frame.render_widget(Paragraph::new(line), row);
}

fn is_there(model: &Model, pane: Pane) -> bool {
    match pane {
        Pane::Hosts | Pane::Steps | Pane::Log => true,
        Pane::Releases => model.sight.has.releases && !model.failure.open,
        Pane::Choices => model.hold().is_some(),
    }
}

/// Where a pane is seen.
fn of(areas: &Areas, pane: Pane) -> Option<Rect> {
    match pane {
        Pane::Hosts => areas.matrix.or(areas.card),
        Pane::Releases => areas.releases,
        Pane::Steps => areas.steps.or(areas.standing),
        Pane::Log => areas.log,
        Pane::Choices => areas.choices,
    }
}
