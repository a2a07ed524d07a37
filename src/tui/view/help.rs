//! The list of keys, searched as one types: what acts in the pane that has the keys comes first.

use ratatui::{Frame, text::Line};

use super::{
    areas, empty, footer, middle,
    paint::{Pen, wrap_words},
    rows::{Rows, entry},
};
use crate::tui::{
    keymap::written,
    state::{Model, help::Help},
    styles::Tone,
    words::{self, Listed},
};

/// The keys, the most wanted first: every other one is typed.
const KEYS: [(&str, &str); 5] = [
    ("Enter", "does it"),
    ("Esc", "back"),
    ("a-z", "search"),
    ("Up Down", "choose"),
    ("PgDn", "more below"),
];

/// Cells of a key, with the blank behind it.
const KEY: usize = 10;

/// Cells of the name of a key's action.
const LABEL: usize = 14;

pub(super) fn draw(model: &Model, help: &Help, pen: Pen, frame: &mut Frame<'_>) {
    let width = model.size.width.saturating_sub(4).min(100);
    let keys = areas::frame(model).0.footer;
    empty(pen, frame, keys);
    footer::draw_keys((model, pen), frame, keys, &KEYS);
    let area = middle(pen, frame, width, model.size.height.saturating_sub(2));
    let title = match help.filter.is_empty() {
        true => "Keys: type to search".to_owned(),
        false => format!("Keys with: {}", help.filter),
    };
    let mut block = pen.pane(&title, &[], true, area.width);
    if let Some(says) = &help.says {
        let room = usize::from(area.width.saturating_sub(4));
        let says = wrap_words(says, room).into_iter().next().unwrap_or_default();
        block = block.title_bottom(pen.span(&format!(" {says} "), Tone::Warn));
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    lines(model, help, pen, usize::from(inner.width)).draw(pen, frame, area, inner);
}

/// All rows that fit what was typed.
fn lines(model: &Model, help: &Help, pen: Pen, width: usize) -> Rows {
    let mut rows = Rows::default();
    let mut at = 0;
    for (title, listed) in words::listed(model, &help.filter) {
        if !rows.lines.is_empty() {
            rows.lines.push(Line::default());
        }
        rows.lines.push(Line::from(pen.span(&title, Tone::Strong)));
        for row in &listed {
            rows.push(
                lines_of((model, help), pen, row, at == help.chosen, width),
                at == help.chosen,
            );
            at += 1;
        }
    }
    if rows.lines.is_empty() {
        rows.lines.push(Line::from(pen.span("no key has that in its words", Tone::Dim)));
    }
    // The heading above the first row is seen with it.
    if rows.chosen.start == 1 {
        rows.chosen.start = 0;
    }
    rows
}

fn lines_of(
    (model, help): (&Model, &Help),
    pen: Pen,
    row: &Listed,
    chosen: bool,
    width: usize,
) -> Vec<Line<'static>> {
    let refused = row.refused(model);
    let (key, tone) = match refused {
        None => (Tone::Key, Tone::Text),
        Some(_) => (Tone::Dim, Tone::Dim),
    };
    let about = match refused {
        None => row.about.to_owned(),
        // The heading above them says why.
        Some(_) if help.filter.is_empty() && row.is_behind() => row.about.to_owned(),
        Some(why) => format!("{} Not now: {why}.", row.about),
    };
    let label = if chosen { pen.styles.selected() } else { pen.styles.of(tone) };
    let room = width.saturating_sub(2 + KEY + LABEL + 1);
    let mut lines = Vec::new();
    for (at, text) in wrap_words(&about, room).iter().enumerate() {
        let first = at == 0;
        let (key_of, name) = if first { (written(model, row.action), row.label) } else { ("", "") };
        let style = if first { label } else { pen.styles.of(tone) };
        lines.push(entry(
            pen,
            chosen && first,
            vec![
                pen.cell(key_of, KEY, pen.styles.of(key)),
                pen.cell(name, LABEL, style),
                pen.span(" ", tone),
                pen.span(text, tone),
            ],
        ));
    }
    lines
}
