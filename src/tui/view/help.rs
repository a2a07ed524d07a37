//! The list of keys, by place, searched as one types.

use ratatui::{
    Frame,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{middle, paint::Pen};
use crate::tui::{
    keymap::{Binding, TABLE},
    state::{Help, Model},
    styles::Tone,
    update,
};

pub(super) fn draw(model: &Model, help: &Help, pen: Pen, frame: &mut Frame<'_>) {
    let width = model.size.width.saturating_sub(4).min(100);
    let area = middle(frame, width, model.size.height.saturating_sub(2));
    let title = match help.filter.is_empty() {
        true => "Keys: type to search".to_owned(),
        false => format!("Keys with: {}", help.filter),
    };
    let block = pen.pane(&title, &[(" Esc closes ".to_owned(), Tone::Dim)], true, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines: Vec<Line<'_>> = lines(model, help, pen, usize::from(inner.width))
        .into_iter()
        .skip(help.scroll)
        .take(usize::from(inner.height))
        .collect();
    frame.render_widget(Paragraph::new(lines), inner);
}

/// All rows that fit what was typed.
pub(super) fn lines(model: &Model, help: &Help, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut place = None;
    for row in TABLE.iter().filter(|row| fits(row, &help.filter)) {
        if place != Some(row.place) {
            place = Some(row.place);
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(Line::from(pen.span(row.place.title(), Tone::Strong)));
        }
        lines.push(line(model, pen, row, width));
    }
    if lines.is_empty() {
        lines.push(Line::from(pen.span("no key has that in its words", Tone::Dim)));
    }
    lines
}

fn fits(row: &Binding, filter: &str) -> bool {
    let filter = filter.to_lowercase();
    let within = |text: &str| text.to_lowercase().contains(&filter);
    filter.is_empty() || within(row.label) || within(row.about) || row.written == filter
}

fn line(model: &Model, pen: Pen, row: &Binding, width: usize) -> Line<'static> {
    let refused = update::why_not(model, row.action);
    let (key, tone) = match refused {
        None => (Tone::Key, Tone::Text),
        Some(_) => (Tone::Dim, Tone::Dim),
    };
    let about = match refused {
        None => row.about.to_owned(),
        Some(why) => format!("{} Not now: {why}.", row.about),
    };
    let about = pen.cell(&about, width.saturating_sub(13), pen.styles.of(tone));
    Line::from(vec![
        Span::raw("  "),
        pen.cell(row.written, 10, pen.styles.of(key)),
        Span::raw(" "),
        about,
    ])
}
