//! Pane 4: the log of an attempt, or of all hosts of a step.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::{Block, Padding, Paragraph},
};

use super::{focused, paint::Pen, parts::Parts};
use crate::{
    model::Try,
    tui::{
        keymap::with_keys,
        state::{
            Model, Pane,
            log::{Level, Row, Shape, Tick, Times, search},
        },
        styles::Tone,
        words,
    },
};

/// Cells between the frame and the text.
pub(super) const GAP: u16 = 1;

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect, attempt: Try) {
    let title = title(model, pen, attempt);
    let block = pen.pane_of(&title, right(model, pen), focused(model, Pane::Log), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    // Between a mark on the frame and what it speaks of.
    let gap = Padding::left(GAP);
    let inner = Block::new().padding(gap).inner(inner);
    let lines: Vec<Line<'_>> = match model.log.rows.is_empty() {
        true => vec![Line::from(pen.span(&nothing(model, attempt), Tone::Dim))],
        false => model.log.rows.iter().map(|row| line(model, pen, row, attempt)).collect(),
    };
    frame.render_widget(Paragraph::new(lines), inner);
    if !model.log.rows.is_empty() {
        edges(model, pen, frame, area);
    }
}

fn title(model: &Model, pen: Pen, attempt: Try) -> String {
    let Some(cell) = model.run().and_then(|run| run.cell(attempt.node)) else {
        return words::pane(model, Pane::Log);
    };
    let named = |name: &str| words::pane_of(model, Pane::Log, name);
    let within = pen.glyphs.within;
    let hosts = words::count(model.newest_attempts().len(), "host");
    match model.log.shape {
        Shape::One => {}
        Shape::Folded => {
            return named(&format!("Log {hosts} {within} {}", cell.node.key.step));
        }
        Shape::Each => {
            return named(&format!("Log {hosts}, each line {within} {}", cell.node.key.step));
        }
    }
    let host = cell.node.host.map_or("", |host| model.host_name(host));
    let all = model.attempts();
    let at = all.iter().position(|other| *other == attempt).map_or(1, |at| at + 1);
    let which = match all.len() {
        0 | 1 => String::new(),
        all => format!(" attempt {}, log {at} of {all}", attempt.n),
    };
    if model.failure.open {
        // The card says of what.
        let which = if all.len() > 1 { format!(" {at} of {}", all.len()) } else { String::new() };
        return named(&format!("Log{which}"));
    }
    named(&format!("Log {host} {within} {}{which}", cell.node.key))
}

/// What is said of the log.
fn right(model: &Model, pen: Pen) -> Parts {
    let log = &model.log;
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut parts: Vec<(u8, String, Tone)> = Vec::new();
    if let Some(says) = &log.search.says {
        parts.push((1, format!(" {says} "), Tone::Text));
    }
    if log.sieve.pattern.is_some() {
        let (around, name) = (log.sieve.context, search::short(&log.sieve.text));
        // A log that is not whole says so before anything else.
        parts.push((0, format!(" &{name} {} ", log.sieve.says), Tone::Held));
        parts.push((5, format!(" {around} around "), Tone::Dim));
    }
    if log.choose.is_some() {
        let lines = words::count(number(log.chosen), "line");
        parts.push((0, format!(" choosing {lines} "), Tone::Held));
    }
    if !log.wrap {
        parts.push((6, " cut ".to_owned(), Tone::Dim));
    }
    let more = if log.counts.more { "+" } else { "" };
    for (count, letter, tone) in
        [(log.counts.errors, 'E', Tone::Failed), (log.counts.warnings, 'W', Tone::Warn)]
    {
        if count > 0 || log.counts.more {
            // None so far says less than how many lines there are.
            let rank = if count > 0 { 3 } else { 5 };
            parts.push((rank, format!(" {letter}{count}{more} "), tone));
        }
    }
    if let Some(percent) = log.behind {
        // The newest lines are not there yet.
        parts.push((2, format!(" MERGING {percent} % "), Tone::Held));
    }
    parts.extend(match log.follow {
        true if log.behind.is_some() || log.stays => None,
        true => Some((2, " FOLLOW ".to_owned(), Tone::Ok)),
        false if model.failure.stands(log.of, log.top) => {
            Some((0, format!(" AT FIRST ERROR +{} ", log.below), Tone::Held))
        }
        false => Some((2, format!(" PAUSED +{} ", log.below), Tone::Held)),
    });
    if let Some(on) = goes_on(model) {
        parts.push((1, format!(" {on} "), Tone::Held));
    }
    let newest = if log.first > 0 { "the newest " } else { "" };
    let lines = number(log.lines.saturating_sub(log.first));
    let lines = match log.merging {
        true => format!("{lines}+ lines"),
        false => words::count(lines, "line"),
    };
    parts.push((4, format!(" {newest}{lines} "), Tone::Dim));
    parts.into_iter().map(|(rank, text, tone)| (rank, vec![pen.span(&text, tone)])).collect()
}

/// Where the run is, and the key that goes there, while the log of another step is read.
fn goes_on(model: &Model) -> Option<String> {
    let (column, _) = model.log.stays.then(|| model.newest_step()).flatten()?;
    let step = &model.grid.columns.get(column)?.step;
    Some(with_keys(model, &format!("{{follow}} goes on to {step}")))
}

fn nothing(model: &Model, attempt: Try) -> String {
    let log = &model.log;
    if let Some(trouble) = &log.trouble {
        return format!("the log cannot be read: {trouble}");
    }
    if log.sieve.pattern.is_some() && log.lines > log.first {
        return format!("no line is kept by &{}; Esc shows all", search::short(&log.sieve.text));
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
    if row.parted {
        spans.push(pen.span(&row.text.plain(), Tone::Dim));
        return Line::from(spans);
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
    let chosen = model.log.choose.is_some_and(|choose| choose.lines().contains(&row.number));
    let look = if chosen { pen.styles.selected() } else { Style::default() };
    Line::from(spans).patch_style(look)
}

fn time(model: &Model, pen: Pen, row: &Row, attempt: Try) -> String {
    let Some(arrival) = row.arrival else { return String::new() };
    let bound = if arrival.exact { " " } else { pen.glyphs.late };
    let of = row.place.map_or(attempt, |(of, _)| of);
    let began = model.run().and_then(|run| run.cell(of.node)?.started);
    match (model.log.times, began) {
        (Times::Off, _) => String::new(),
        (Times::Since, Some(began)) => {
            format!("{bound}+{}", words::since_millis(arrival.at.duration_since(began)))
        }
        (Times::Clock | Times::Since, _) => {
            format!("{bound}{}", words::clock_millis(arrival.at, &model.settings.zone))
        }
    }
}

/// On the frame: beside each line what it speaks of, and the scroll bar.
fn edges(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let current = model.log.current();
    let right = area.right().saturating_sub(1);
    let inside = area.height.saturating_sub(2);
    let buffer = frame.buffer_mut();
    for (at, row) in (0..inside).zip(&model.log.rows) {
        let y = area.y + 1 + at;
        let is_current = row.begins && row.number == current && focused(model, Pane::Log);
        if let Some((glyph, tone)) = beside(model, pen, row, is_current) {
            buffer.set_string(area.x, y, glyph, pen.styles.of(tone));
        }
        let dim = pen.styles.of(Tone::Key);
        if row.cut.0 {
            buffer.set_string(area.x, y, pen.glyphs.left, dim);
        }
        if row.cut.1 {
            buffer.set_string(right.saturating_sub(1), y, pen.glyphs.right, dim);
        }
    }
    // Where all is on the screen there is nothing to say of where one is.
    let whole = model.log.bar.iter().all(|tick| tick.here);
    let ticks = model.log.bar.iter().filter(|_| !whole);
    for (at, tick) in (0..inside).zip(ticks) {
        if let Some((glyph, style)) = ticked(pen, *tick) {
            buffer.set_string(right, area.y + 1 + at, glyph, style);
        }
    }
}

/// The mark at the left of a row.
fn beside(model: &Model, pen: Pen, row: &Row, current: bool) -> Option<(&'static str, Tone)> {
    let (letter, tone) = match row.level {
        Level::Calm => (None, Tone::Strong),
        Level::Warning => (Some("W"), Tone::Warn),
        Level::Error => (Some("E"), Tone::Failed),
    };
    let marked = row.begins && model.log.marks.contains(row.number);
    match (current, marked) {
        (true, _) if !row.parted => Some((pen.glyphs.cursor, tone)),
        (_, true) => Some((pen.glyphs.breakpoint, tone)),
        (_, false) => letter.filter(|_| !row.parted).map(|letter| (letter, tone)),
    }
}

/// A place on the scroll bar.
fn ticked(pen: Pen, tick: Tick) -> Option<(&'static str, Style)> {
    let (glyph, tone) = match (tick.mark, tick.hit, tick.level) {
        (true, _, _) => (pen.glyphs.breakpoint, Tone::Strong),
        (_, true, _) => (pen.glyphs.hit, Tone::Unknown),
        (_, _, Level::Error) => ("E", Tone::Failed),
        (_, _, Level::Warning) => ("W", Tone::Warn),
        (_, _, Level::Calm) if tick.here => return Some((pen.glyphs.here, Style::default())),
        (_, _, Level::Calm) => return None,
    };
    let style = pen.styles.of(tone);
    Some((glyph, if tick.here { style.patch(pen.styles.selected()) } else { style }))
}
