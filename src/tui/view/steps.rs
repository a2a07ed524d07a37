//! Pane 3: the list of steps with their full names, beside the log where there is room.

use std::collections::BTreeMap;

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    first_shown, focused,
    paint::{Pen, wrap_words},
};
use crate::tui::{
    state::{Model, Pane, face::Face, grid::Column},
    styles::Tone,
    words,
};

/// Cells of a step's name.
const NAME: usize = 18;

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let block = pen.pane("3 Steps", &[], focused(model, Pane::Steps), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inner.width);
    let about = about(model, width);
    let room = usize::from(inner.height).saturating_sub(about.len() + 1).max(1);
    let first = first_shown(model.cursor.column, model.grid.columns.len(), room);
    let columns = model.grid.columns.iter().enumerate().skip(first).take(room);
    let mut lines: Vec<Line<'_>> =
        columns.map(|(at, column)| line(model, pen, column, at == model.cursor.column)).collect();
    lines.push(Line::default());
    lines.extend(about.iter().map(|row| Line::from(pen.span(row, Tone::Dim))));
    frame.render_widget(Paragraph::new(lines), inner);
}

/// What the chosen step does.
fn about(model: &Model, width: usize) -> Vec<String> {
    let text = model.column().map_or("", |column| column.about.as_str());
    wrap_words(text, width).into_iter().take(2).collect()
}

fn line(model: &Model, pen: Pen, column: &Column, chosen: bool) -> Line<'static> {
    let faces: Vec<Face> = column.hosts().map(|host| model.face(column, host)).collect();
    let worst = faces.iter().max_by_key(|face| weight(face)).cloned().unwrap_or(Face::Absent);
    let look = words::look(&worst, pen.glyphs, model.now);
    let cursor = if chosen { pen.glyphs.cursor } else { "" };
    let name = if chosen { pen.styles.of(Tone::Strong) } else { Style::default() };
    let broken = model.run().is_some_and(|run| {
        let set = |gate| run.cell(gate).is_some_and(|cell| cell.breakpoint && !cell.is_over());
        column.gates.iter().any(|gate| set(*gate))
    });
    let mut spans = vec![
        pen.cell(cursor, 2, Style::default()),
        pen.cell(look.glyph, 2, pen.styles.of(look.tone)),
        pen.cell(&column.step, NAME, name),
        Span::raw(" "),
    ];
    if broken {
        let text = format!("{} break ", pen.glyphs.breakpoint);
        spans.push(pen.span(&text, Tone::Held));
    }
    spans.push(pen.span(&sum(&faces), look.tone));
    Line::from(spans)
}

/// What all hosts together say: `ok 12s`, or `2 ok, 1 failed`.
fn sum(faces: &[Face]) -> String {
    let mut counts: BTreeMap<u8, (&'static str, usize)> = BTreeMap::new();
    for face in faces {
        counts.entry(weight(face)).or_insert((group(face), 0)).1 += 1;
    }
    if let [(word, all)] = counts.values().collect::<Vec<_>>().as_slice() {
        let longest = faces.iter().filter_map(|face| {
            let Face::Ok(took) = face else { return None };
            *took
        });
        let took = longest.max().map_or_else(String::new, |took| format!(" {}", words::took(took)));
        return if *all == 1 || !took.is_empty() {
            format!("{word}{took}")
        } else {
            (*word).into()
        };
    }
    let parts: Vec<String> =
        counts.values().rev().map(|(word, count)| format!("{count} {word}")).collect();
    parts.join(", ")
}

fn group(face: &Face) -> &'static str {
    match weight(face) {
        9 => "failed",
        8 => "unknown",
        7 => "link lost",
        6 => "asks",
        5 => "running",
        4 => "held",
        3 => "waiting",
        2 => "left out",
        1 => "undone",
        _ => "ok",
    }
}

/// What matters more has more weight.
fn weight(face: &Face) -> u8 {
    match face {
        Face::Failed(_) | Face::Refused | Face::NotUndone(_) => 9,
        Face::Unknown => 8,
        Face::LinkLost(_) => 7,
        Face::Asks | Face::Stranded => 6,
        Face::Running(_)
        | Face::Stopping(_)
        | Face::Settling(_)
        | Face::Undoing
        | Face::Prepared => 5,
        Face::Held | Face::Break => 4,
        Face::Waiting => 3,
        Face::Skipped | Face::Excluded | Face::NotWanted | Face::Aborted => 2,
        Face::Undone => 1,
        Face::Ok(_) | Face::Fixed | Face::Assumed | Face::Absent => 0,
    }
}
