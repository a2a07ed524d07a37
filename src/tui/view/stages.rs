//! The choice of a stage: each with its hosts, whether it is protected, and whether a run is open.

use ratatui::{Frame, text::Line, widgets::Paragraph};

use super::{
    areas, footer,
    paint::Pen,
    rows::{Rows, entry},
};
use crate::{
    text::Shown,
    tui::{
        keymap,
        state::{Model, stages::Stages},
        styles::Tone,
        told::StageOffer,
        words,
    },
};

/// The keys, the most wanted first.
fn keys(model: &Model) -> [(String, &'static str); 3] {
    let key = |key: &str| key.to_owned();
    [
        (key("Enter"), "open the console on it"),
        (key("Esc"), "leave"),
        (keymap::down_up(model), "choose"),
    ]
}

/// Most cells of the name of a stage.
const NAME: usize = 28;

pub(super) fn draw(model: &Model, stages: &Stages, pen: Pen, frame: &mut Frame<'_>) {
    let (areas, area) = areas::frame(model);
    let right = vec![(format!(" {} ", words::count_of(stages.at, stages.offers.len())), Tone::Dim)];
    let title = "Which stage? There is more than one, and no --stage";
    let block = pen.pane(title, &right, true, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let names = stages.offers.iter().map(|offer| Shown::literal(&offer.name).width());
    let name = names.max().unwrap_or(0).min(NAME);
    let mut rows = Rows::default();
    for (at, offer) in stages.offers.iter().enumerate() {
        let chosen = at == stages.at;
        rows.push(lines(pen, offer, chosen, (name, usize::from(inner.width))), chosen);
    }
    rows.draw(pen, frame, area, inner);
    let line =
        if stages.opens { "Opening…" } else { "Nothing has changed; no host is asked yet." };
    frame.render_widget(Paragraph::new(Line::from(pen.span(line, Tone::Dim))), areas.line);
    footer::draw_keys((model, pen), frame, areas.footer, &keys(model));
}

/// A stage: what it is in a row, and its hosts below where it is the chosen one.
fn lines(
    pen: Pen,
    offer: &StageOffer,
    chosen: bool,
    (name, width): (usize, usize),
) -> Vec<Line<'static>> {
    let look = if chosen { pen.styles.selected() } else { pen.styles.of(Tone::Strong) };
    let hosts = words::count(offer.hosts.len(), "host");
    let mut spans =
        vec![pen.cell(&offer.name, name, look), pen.span(&format!("  {hosts:<10}"), Tone::Text)];
    if offer.protected {
        spans.push(pen.span(&format!("{} PROTECTED  ", pen.glyphs.warn), Tone::Warn));
    }
    if offer.open {
        spans.push(pen.span(&format!("{} a run is open", pen.glyphs.held), Tone::Held));
    }
    let mut lines = vec![entry(pen, chosen, spans)];
    if chosen {
        let names = format!("    {}", words::hosts_up_to(&offer.hosts, 8));
        lines.push(Line::from(pen.cell(&names, width, pen.styles.of(Tone::Dim))));
    }
    lines
}
