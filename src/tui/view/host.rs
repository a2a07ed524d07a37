//! The detail of one host.

use ratatui::{Frame, text::Line};

use super::{
    areas, footer, header,
    paint::Pen,
    rows::{labelled, scrolled},
};
use crate::tui::{over::Over, state::Model, styles::Tone, words};

/// Cells of a label.
const LABEL: usize = 12;

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let (areas, body) = areas::frame(model);
    header::draw(model, pen, frame, areas.header);
    let scroll = model.host_view.map_or(0, |open| open.scroll);
    let name = model.host().map_or("?", |host| model.host_name(host));
    let at = words::count_of(model.cursor.row, model.grid.hosts.len());
    let right = vec![(format!(" host {at} "), Tone::Text)];
    let block = pen.pane(&format!("Host {name}"), &right, model.dialog.is_none(), body.width);
    let inner = block.inner(body);
    frame.render_widget(block, body);
    let lines = lines(model, pen, usize::from(inner.width));
    scrolled(pen, frame, (body, inner), lines, scroll);
    footer::draw_line(model, pen, frame, areas.line);
    footer::draw_over((model, pen), frame, areas.footer, Over::Host);
}

/// The whole text.
pub(super) fn lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let Some(host) = model.host() else { return Vec::new() };
    labelled(pen, words::host(model, host), LABEL, width)
}
