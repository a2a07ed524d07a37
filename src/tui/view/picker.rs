//! The picker of a release to go back to: the list, and all that is known of the chosen one.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    areas::{self, WIDE},
    footer, header,
    paint::{Pen, fit_parts, wrap_words},
    releases,
};
use crate::tui::{
    state::{Model, picker::Picker},
    styles::Tone,
    words,
};

/// Cells of the list where it lies beside the details.
const LIST: u16 = 56;

/// Cells of the label of a detail.
const LABEL: usize = 11;

/// The keys, the most wanted first.
const KEYS: [(&str, &str); 6] = [
    ("j k", "choose"),
    ("Enter", "go back to it (asks first)"),
    ("Esc", "leave"),
    ("PgDn", "more details"),
    ("r", "look again"),
    ("?", "help"),
];

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let Some(picker) = &model.picker else { return };
    let (areas, body) = areas::frame(model);
    header::draw(model, pen, frame, areas.header);
    let (list, details) = parts(model, body);
    let all = model.sight.candidates.len();
    let at = picker.at(&model.sight);
    let mut right = vec![(format!(" {} of {all} ", at + 1), Tone::Text)];
    right.extend(releases::seen(model));
    let block = pen.pane("Go back to which release?", &right, model.dialog.is_none(), list.width);
    let inner = block.inner(list);
    frame.render_widget(block, list);
    let room = (usize::from(inner.width), usize::from(inner.height));
    let rows = releases::rows_of(model, pen, Some(at), room);
    frame.render_widget(Paragraph::new(rows), inner);
    draw_details(model, pen, frame, details, picker);
    footer::draw_line(model, pen, frame, areas.line);
    let hints: Vec<(u8, Vec<Span<'static>>)> =
        (0u8..).zip(KEYS).map(|(rank, (key, label))| (rank, hint(pen, key, label))).collect();
    let hints = fit_parts(hints, usize::from(areas.footer.width));
    frame.render_widget(Paragraph::new(Line::from(hints)), areas.footer);
}

fn hint(pen: Pen, key: &str, label: &str) -> Vec<Span<'static>> {
    vec![Span::raw(" "), pen.span(key, Tone::Key), pen.span(&format!(" {label} "), Tone::Text)]
}

/// List and details, beside each other where there is room.
fn parts(model: &Model, body: Rect) -> (Rect, Rect) {
    if body.width >= WIDE {
        let parts = [Constraint::Length(LIST), Constraint::Min(0)];
        let [list, details] = Layout::horizontal(parts).areas(body);
        return (list, details);
    }
    let all = u16::try_from(model.sight.candidates.len()).unwrap_or(u16::MAX);
    let height = all.saturating_add(2).min((body.height / 3).max(5));
    let parts = [Constraint::Length(height), Constraint::Min(0)];
    let [list, details] = Layout::vertical(parts).areas(body);
    (list, details)
}

fn draw_details(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect, picker: &Picker) {
    let title = match model.sight.served_by_all() {
        Some(served) => format!("{} {} {}", words::served(served).0, pen.glyphs.to, picker.chosen),
        None => picker.chosen.clone(),
    };
    let lines = lines(model, pen, usize::from(area.width.saturating_sub(2)));
    let room = usize::from(area.height.saturating_sub(2));
    let first = picker.scroll.min(lines.len().saturating_sub(room));
    let hidden = lines.len().saturating_sub(first + room);
    let right = match hidden {
        0 => Vec::new(),
        rows => vec![(format!(" {} more: PgDn ", words::count(rows, "row")), Tone::Held)],
    };
    let block = pen.pane(&title, &right, false, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(room).collect();
    frame.render_widget(Paragraph::new(shown), inner);
}

/// All details in rows of that width.
pub(super) fn lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let candidate = model.picker.as_ref().and_then(|picker| picker.candidate(&model.sight));
    let Some(candidate) = candidate else {
        return vec![Line::from(pen.span("that release is gone: choose another", Tone::Warn))];
    };
    let details = words::details(model, candidate).into_iter();
    let rows = details.flat_map(|(label, text, tone)| {
        let rows = wrap_words(&text, width.saturating_sub(LABEL));
        let labels = std::iter::once(label).chain(std::iter::repeat(""));
        labels.zip(rows).map(move |(label, row)| (label, row, tone)).collect::<Vec<_>>()
    });
    let line = |(label, row, tone): (&str, String, Tone)| {
        let label = pen.cell(label, LABEL, pen.styles.of(Tone::Dim));
        Line::from(vec![label, pen.span(&row, tone)])
    };
    rows.map(line).collect()
}
