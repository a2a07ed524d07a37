//! The open dialog, over everything else.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    middle,
    paint::{Pen, wrap_words},
};
use crate::tui::{
    state::{
        Model,
        dialog::{Button, Dialog, Field, Focus},
    },
    styles::Tone,
};

const WIDTH_MAX: u16 = 84;

/// Rows of a field for several lines, with its frame.
const TALL: u16 = 9;

pub(super) fn draw(model: &Model, dialog: &Dialog, pen: Pen, frame: &mut Frame<'_>) {
    let width = model.size.width.saturating_sub(4).min(WIDTH_MAX);
    let inner = usize::from(width).saturating_sub(4);
    let text: Vec<String> = dialog.text.iter().flat_map(|line| wrap_words(line, inner)).collect();
    let rows = |rows: usize| u16::try_from(rows).unwrap_or(u16::MAX);
    let field = dialog.field.as_ref().map_or(0, |field| if field.tall { TALL } else { 3 });
    // Text, a blank row, the field, the buttons, what is missing; and the frame.
    let below = field + rows(dialog.buttons.len()) + 1;
    let height = rows(text.len()).saturating_add(below + 3);
    let area = middle(frame, width, height.min(model.size.height));
    let hint = vec![(" Esc cancels ".to_owned(), Tone::Dim)];
    let block = pen.pane(&dialog.title, &hint, true, area.width);
    let within = block.inner(area);
    frame.render_widget(block, area);
    let [_, within, _] =
        Layout::horizontal([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)])
            .areas(within);
    let parts = [
        Constraint::Min(0),
        Constraint::Length(field),
        Constraint::Length(rows(dialog.buttons.len())),
        Constraint::Length(1),
    ];
    let [top, middle, buttons, foot] = Layout::vertical(parts).areas(within);
    body(pen, frame, top, &text, dialog.scroll);
    if let Some(field) = &dialog.field {
        entry(pen, frame, middle, field, dialog.focus == Focus::Field);
    }
    let lines = dialog.buttons.iter().enumerate();
    let lines: Vec<Line<'_>> = lines.map(|(at, each)| button(pen, dialog, at, each)).collect();
    frame.render_widget(Paragraph::new(lines), buttons);
    frame.render_widget(Paragraph::new(Line::from(said(pen, dialog))), foot);
}

fn body(pen: Pen, frame: &mut Frame<'_>, area: Rect, text: &[String], scroll: usize) {
    let room = usize::from(area.height);
    let first = scroll.min(text.len().saturating_sub(room));
    let mut lines: Vec<Line<'_>> = text
        .iter()
        .skip(first)
        .take(room)
        .map(|row| Line::from(pen.span(row, Tone::Text)))
        .collect();
    let hidden = text.len().saturating_sub(first + room);
    if let Some(last) = lines.last_mut().filter(|_| hidden > 0) {
        *last = Line::from(pen.span(&format!("… {} more rows: PgDn", hidden + 1), Tone::Dim));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn entry(pen: Pen, frame: &mut Frame<'_>, area: Rect, field: &Field, in_focus: bool) {
    let block = pen.pane(&field.label, &[], in_focus, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let mut area = field.area.clone();
    let cursor = if in_focus { pen.styles.selected() } else { ratatui::style::Style::default() };
    area.set_cursor_style(cursor);
    frame.render_widget(&area, inner);
}

fn button(pen: Pen, dialog: &Dialog, at: usize, button: &Button) -> Line<'static> {
    let in_focus = dialog.focus == Focus::Button(at);
    let style = match in_focus {
        true => pen.styles.selected(),
        false if at > 0 && dialog.lacks().is_some() => pen.styles.of(Tone::Dim),
        false => pen.styles.of(Tone::Strong),
    };
    let cursor = if in_focus { pen.glyphs.cursor } else { "" };
    let key = button.key.map_or_else(String::new, |key| key.to_string());
    let mut spans = vec![
        pen.cell(cursor, 2, ratatui::style::Style::default()),
        pen.cell(&key, 2, pen.styles.of(Tone::Key)),
        pen.styled(&format!("[ {} ]", button.label), style),
    ];
    if !button.about.is_empty() {
        spans.push(Span::raw("  "));
        spans.push(pen.span(&button.about, Tone::Dim));
    }
    Line::from(spans)
}

/// Why the last press did nothing, or how to go on.
fn said(pen: Pen, dialog: &Dialog) -> Span<'static> {
    match (&dialog.says, dialog.focus) {
        (Some(says), _) => pen.span(says, Tone::Warn),
        (None, Focus::Field) => pen.span("Tab goes on to the buttons", Tone::Dim),
        (None, Focus::Button(_)) => {
            pen.span("Tab and arrows choose, Enter presses; so does the letter", Tone::Dim)
        }
    }
}
