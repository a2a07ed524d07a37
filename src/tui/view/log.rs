//! Pane 4: the log of an attempt.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{focused, paint::Pen};
use crate::{
    model::Try,
    tui::{
        state::{
            Model, Pane,
            log::{Row, Times},
        },
        styles::Tone,
        words,
    },
};

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect, attempt: Try) {
    let title = title(model, pen, attempt);
    let block = pen.pane(&title, &right(model), focused(model, Pane::Log), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines: Vec<Line<'_>> = match model.log.rows.is_empty() {
        true => vec![Line::from(pen.span(&nothing(model, attempt), Tone::Dim))],
        false => model.log.rows.iter().map(|row| line(model, pen, row, attempt)).collect(),
    };
    frame.render_widget(Paragraph::new(lines), inner);
}

fn title(model: &Model, pen: Pen, attempt: Try) -> String {
    let Some(cell) = model.run().and_then(|run| run.cell(attempt.node)) else {
        return "4 Log".to_owned();
    };
    let host = cell.node.host.map_or("", |host| model.host_name(host));
    let within = pen.glyphs.within;
    let all = model.attempts();
    let at = all.iter().position(|other| *other == attempt).map_or(1, |at| at + 1);
    let which = match all.len() {
        0 | 1 => String::new(),
        all => format!(" attempt {}, log {at} of {all}", attempt.n),
    };
    if model.failure.open {
        // The card says of what.
        return format!("4 Log{which}");
    }
    format!("4 Log {host} {within} {}{which}", cell.node.key)
}

fn right(model: &Model) -> Vec<(String, Tone)> {
    let log = &model.log;
    let lines = words::count(usize::try_from(log.lines).unwrap_or(usize::MAX), "line");
    let mut parts = Vec::new();
    if let Some(says) = &log.search.says {
        parts.push((format!(" {says} "), Tone::Text));
    }
    if log.wrap {
        parts.push((" wrap ".to_owned(), Tone::Dim));
    }
    parts.push(match log.follow {
        true => (" FOLLOW ".to_owned(), Tone::Ok),
        false
            if model.failure.placed.is_some_and(|(of, top)| {
                model.failure.open && log.of == Some(of) && log.top == top
            }) =>
        {
            (format!(" AT FIRST ERROR +{} ", log.below), Tone::Held)
        }
        false => (format!(" PAUSED +{} ", log.below), Tone::Held),
    });
    parts.push((format!(" {lines} "), Tone::Dim));
    parts
}

fn nothing(model: &Model, attempt: Try) -> String {
    if let Some(trouble) = &model.log.trouble {
        return format!("the log cannot be read: {trouble}");
    }
    let cell = model.run().and_then(|run| run.cell(attempt.node));
    let over = cell.is_some_and(|cell| cell.tries > attempt.n || cell.is_over());
    if over { "it printed nothing".to_owned() } else { "no output yet".to_owned() }
}

fn line(model: &Model, pen: Pen, row: &Row, attempt: Try) -> Line<'static> {
    let mut spans = Vec::new();
    if model.log.times != Times::Off {
        let time = if row.begins { time(model, pen, row, attempt) } else { String::new() };
        let dim = pen.styles.of(Tone::Dim);
        spans.push(pen.cell(&time, model.log.times.width(), dim));
    }
    let mut start = 0;
    for hit in &row.hits {
        spans.extend(pen.host_line(&row.text.clip(start, hit.start.saturating_sub(start))));
        let found = row.text.clip(hit.start, hit.end - hit.start).plain();
        spans.push(pen.span(&found, Tone::Hit));
        start = hit.end;
    }
    spans.extend(pen.host_line(&row.text.clip(start, usize::MAX - start)));
    if row.text.is_empty() {
        spans.push(Span::raw(""));
    }
    Line::from(spans)
}

fn time(model: &Model, pen: Pen, row: &Row, attempt: Try) -> String {
    let Some(arrival) = row.arrival else { return String::new() };
    let bound = if arrival.exact { " " } else { pen.glyphs.late };
    let began = model.run().and_then(|run| run.cell(attempt.node)?.started);
    match (model.log.times, began) {
        (Times::Off, _) => String::new(),
        (Times::Since, Some(began)) => {
            let since = arrival.at.duration_since(began).as_millis().max(0);
            format!("{bound}+{}.{:03}s", since / 1000, since % 1000)
        }
        (Times::Clock | Times::Since, _) => {
            format!("{bound}{}", words::clock_millis(arrival.at, &model.settings.zone))
        }
    }
}
