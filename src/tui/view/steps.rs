//! Pane 3: the list of steps with their full names, beside the log where there is room.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    first_shown, focused, names,
    narrow::{self, listed},
    paint::{Pen, wrap_words},
    rows::marks,
    spots,
};
use crate::tui::{
    state::{Model, Pane, face::Face, grid::Column, narrow::List},
    styles::Tone,
    words::{self, Weight},
};

/// Fewest and most cells of a step's name.
const NAME: (usize, usize) = (9, 18);

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let right: Vec<_> = narrow::title(model, List::Steps).into_iter().collect();
    let title = words::pane(model, Pane::Steps);
    let block = pen.pane(&title, &right, focused(model, Pane::Steps), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inner.width);
    let about = about(model, width);
    let room = usize::from(inner.height).saturating_sub(about.len() + 1).max(1);
    let listed = listed(model, List::Steps);
    let first = first_of(model, &listed, room);
    let columns = listed.iter().filter_map(|at| Some((*at, model.grid.columns.get(*at)?)));
    let columns = columns.skip(first).take(room);
    let names = names::steps(model, name_cells(model));
    let name = |at: usize| names.get(at).map_or("", String::as_str);
    let mut lines: Vec<Line<'_>> = columns
        .map(|(at, it)| line(model, pen, it, (name(at), at == model.cursor.column), width))
        .collect();
    let all = listed.len();
    let listed = Rect { height: u16::try_from(room).unwrap_or(inner.height), ..inner };
    marks(pen, frame, (area, listed.intersection(inner)), (first > 0, first + room < all));
    lines.push(Line::default());
    lines.extend(about.iter().map(|row| Line::from(pen.span(row, Tone::Dim))));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// The step that lies there.
pub(super) fn at(model: &Model, area: Rect, at: Position) -> Option<usize> {
    let inner = spots::within(area);
    let about = about(model, usize::from(inner.width));
    let room = usize::from(inner.height).saturating_sub(about.len() + 1).max(1);
    let steps = listed(model, List::Steps);
    let row = spots::row_of(inner, at).filter(|row| *row < room)?;
    steps.get(first_of(model, &steps, room) + row).copied()
}

/// The first of the listed steps that is shown.
fn first_of(model: &Model, listed: &[usize], room: usize) -> usize {
    let chosen = listed.iter().position(|at| *at == model.cursor.column).unwrap_or(0);
    first_shown(chosen, listed.len(), room)
}

/// What the chosen step does.
fn about(model: &Model, width: usize) -> Vec<String> {
    let text = model.column().map_or("", |column| column.about.as_str());
    wrap_words(text, width).into_iter().take(2).collect()
}

fn line(
    model: &Model,
    pen: Pen,
    column: &Column,
    (name, chosen): (&str, bool),
    width: usize,
) -> Line<'static> {
    let faces: Vec<Face> = column.hosts().map(|host| model.face(column, host)).collect();
    let look = words::look(&words::worst(&faces), pen.glyphs, model.now);
    let cursor = if chosen { pen.glyphs.cursor } else { "" };
    let style = if chosen { pen.styles.of(Tone::Strong) } else { Style::default() };
    let broken = model.run().is_some_and(|run| {
        let set = |gate| run.cell(gate).is_some_and(|cell| cell.breakpoint && !cell.is_over());
        column.gates.iter().any(|gate| set(*gate))
    });
    let mut spans = vec![
        pen.cell(cursor, 2, Style::default()),
        pen.cell(look.glyph, 2, pen.styles.of(look.tone)),
        pen.cell(name, name_cells(model), style),
        Span::raw(" "),
    ];
    if broken {
        let text = format!("{} break ", pen.glyphs.breakpoint);
        spans.push(pen.span(&text, Tone::Held));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    spans.extend(times(model, pen, column, &faces, look.tone, width.saturating_sub(used)));
    Line::from(spans)
}

/// Names as wide as the longest, as far as they leave room for times.
fn name_cells(model: &Model) -> usize {
    let longest = model.grid.columns.iter().map(|column| column.step.chars().count()).max();
    longest.unwrap_or(0).clamp(NAME.0, NAME.1)
}

/// How it stands and how long it took, and what is usual, as far as there is room.
fn times(
    model: &Model,
    pen: Pen,
    column: &Column,
    faces: &[Face],
    tone: Tone,
    room: usize,
) -> Vec<Span<'static>> {
    let odds = || column.hosts().map(|host| model.odd(column, host));
    // What is worse than running, is said instead.
    let worst = faces.iter().map(Weight::of).max();
    let runs = faces.iter().any(|face| matches!(face, Face::Running(_)));
    let running = runs && worst == Some(Weight::Running);
    let spent = column.hosts().filter_map(|host| model.spent(column, host)).max();
    let slowest = column.hosts().filter_map(|host| model.typical(column, host));
    let slowest = slowest.max_by_key(|times| times.median());
    let late = odds().any(|odd| odd.late);
    let silent = odds().filter_map(|odd| odd.silent).max();
    let mut first = words::together(faces);
    if running && let Some(spent) = spent {
        let time = words::whole(spent);
        first = format!("{} {time}", if late { "! late" } else { "running" });
    } else if late {
        first = format!("{first} ! slow");
    }
    let tone = if late || silent.is_some() { Tone::Warn } else { tone };
    let mut parts = vec![(first, tone)];
    parts.extend(silent.map(|time| (format!("silent {}", words::whole(time)), Tone::Warn)));
    parts.extend(slowest.and_then(words::typical).map(|typ| (format!("typ {typ}"), Tone::Dim)));
    let p95 = slowest.filter(|_| running && silent.is_none()).and_then(|times| times.p95());
    parts.extend(p95.map(|p95| (format!("p95 {}", words::took(p95)), Tone::Dim)));
    let wide = |parts: &[(String, Tone)]| {
        parts.iter().map(|(text, _)| text.chars().count() + 2).sum::<usize>() > room + 2
    };
    while parts.len() > 1 && wide(&parts) {
        parts.pop();
    }
    let spans = parts.iter().enumerate().flat_map(|(at, (text, tone))| {
        [Span::raw(if at > 0 { "  " } else { "" }), pen.span(text, *tone)]
    });
    spans.collect()
}
