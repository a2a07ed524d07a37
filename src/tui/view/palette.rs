//! The palette: entries on the left or above, and what the chosen one would run.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Clear, Paragraph},
};

use super::{
    areas::{self, WIDE},
    footer,
    paint::{Pen, wrap_words},
    rows::{Rows, entry, scrolled},
};
use crate::{
    text::Shown,
    tui::{
        state::{Model, palette::Palette},
        styles::Tone,
        words::{self, Entry},
    },
};

/// The keys, the most wanted first.
const KEYS: [(&str, &str); 4] = [
    ("Enter", "go; what acts asks first"),
    ("Esc", "back"),
    ("Up Down", "choose"),
    ("PgDn", "more below"),
];

pub(super) fn draw(model: &Model, palette: &Palette, pen: Pen, frame: &mut Frame<'_>) {
    let (areas, area) = areas::frame(model);
    for covered in [area, areas.footer] {
        frame.render_widget(Clear, covered);
    }
    footer::draw_keys((model, pen), frame, areas.footer, &KEYS);
    let entries = words::entries(model);
    let (list, would) = parts(area, entries.len());
    let right = vec![(format!(" {} ", words::count_of(palette.chosen, entries.len())), Tone::Dim)];
    let mut block = pen.pane("Do or go to", &right, true, list.width);
    if let Some(says) = &palette.says {
        block = block.title_bottom(pen.cell(
            &format!(" {says} "),
            usize::from(list.width.saturating_sub(4)).min(Shown::literal(says).width() + 2),
            pen.styles.of(Tone::Warn),
        ));
    }
    let inner = block.inner(list);
    frame.render_widget(block, list);
    let [input, below] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(inner);
    frame.render_widget(Paragraph::new(typed(pen, palette)), input);
    rows(pen, &entries, palette.chosen, usize::from(below.width)).draw(pen, frame, list, below);
    draw_would(model, palette, pen, frame, would);
}

/// The list, and what would be run: beside each other where there is room.
fn parts(area: Rect, entries: usize) -> (Rect, Rect) {
    if area.width >= WIDE - 10 {
        let parts = [Constraint::Percentage(50), Constraint::Min(0)];
        let [list, would] = Layout::horizontal(parts).areas(area);
        return (list, would);
    }
    // The frame, what is typed, and the entries: what they leave is for what would be run.
    let wanted = u16::try_from(entries).unwrap_or(u16::MAX).saturating_add(3);
    let list = (area.height / 2).max(5).min(wanted.max(5));
    let parts = [Constraint::Length(list), Constraint::Min(0)];
    let [list, would] = Layout::vertical(parts).areas(area);
    (list, would)
}

fn typed(pen: Pen, palette: &Palette) -> Line<'static> {
    let hint = if palette.typed.is_empty() {
        "  type a few letters; Up: what you typed before"
    } else {
        ""
    };
    Line::from(vec![
        pen.span(": ", Tone::Key),
        pen.span(&palette.typed, Tone::Strong),
        pen.styled(" ", pen.styles.selected()),
        pen.span(hint, Tone::Dim),
    ])
}

/// Cells of a key at the end of a row.
const KEY: usize = 9;

/// Cells of the name of an entry.
const LABEL: usize = 24;

fn rows(pen: Pen, entries: &[Entry], chosen: usize, width: usize) -> Rows {
    let mut rows = Rows::default();
    for (at, each) in entries.iter().enumerate() {
        let here = at == chosen;
        let tone = if each.refused.is_some() { Tone::Dim } else { Tone::Text };
        let key = if each.refused.is_some() { Tone::Dim } else { Tone::Key };
        let look = if here { pen.styles.selected() } else { pen.styles.of(tone) };
        let about = match &each.refused {
            Some(why) => format!("not now: {why}"),
            None => each.about.clone(),
        };
        let label = Shown::literal(&each.label).width().clamp(LABEL.min(width / 2), width / 2);
        let room = width.saturating_sub(2 + label + 1 + KEY);
        let spans = vec![
            pen.cell(&each.label, label, look),
            pen.span(" ", tone),
            pen.cell(&about, room, pen.styles.of(Tone::Dim)),
            pen.cell(&format!(" {}", each.key), KEY, pen.styles.of(key)),
        ];
        rows.push([entry(pen, here, spans)], here);
    }
    if entries.is_empty() {
        rows.lines.push(Line::from(pen.span("  nothing has that in its name", Tone::Dim)));
    }
    rows
}

fn draw_would(model: &Model, palette: &Palette, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let block = pen.pane("What it would run", &[], false, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = lines(model, pen, usize::from(inner.width));
    scrolled(pen, frame, (area, inner), lines, palette.scroll);
}

/// Rows of what would be run, on the screen as it is.
pub(super) fn would_rows(model: &Model, pen: Pen) -> usize {
    let (_, would) = parts(areas::frame(model).1, words::entries(model).len());
    lines(model, pen, usize::from(would.width.saturating_sub(2))).len()
}

fn lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let Some(chosen) = words::chosen(model) else { return Vec::new() };
    wrapped(pen, &words::entry_rows(model, &chosen), width)
}

/// Rows that keep their indent where they are broken.
pub(super) fn wrapped(pen: Pen, rows: &[(String, Tone)], width: usize) -> Vec<Line<'static>> {
    let lines = rows.iter().flat_map(|(text, tone)| {
        let indent = text.chars().take_while(|c| *c == ' ').count().min(width / 2);
        let body = text.trim_start();
        let broken = wrap_words(body, width.saturating_sub(indent));
        let pad = " ".repeat(indent);
        broken
            .into_iter()
            .map(move |row| Line::from(pen.span(&format!("{pad}{row}"), *tone)))
            .collect::<Vec<_>>()
    });
    lines.collect()
}
