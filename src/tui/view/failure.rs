//! The failure view: the card of a failure, and where things stand on every host.

use std::collections::BTreeMap;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    areas::{Areas, WIDE, one_alone},
    focused, holds, names,
    paint::{Pen, wrap_words},
};
use crate::{
    model::HostId,
    run::Run,
    text::{Shown, fit},
    tui::{
        keymap::with_keys,
        state::{
            Model, Pane,
            face::{Before, Face},
            failure::cards,
            grid::Column,
        },
        styles::Tone,
        words::{self, Point},
    },
};

/// Cells of the names of entries.
const NAME: usize = 10;

/// Cells of a step's name where things stand.
const STEP: usize = 16;

/// Cells of the panes on the left.
const LEFT: u16 = 46;

/// Rows that the log keeps beside the card, and that where things stand keeps.
const LOG_MIN: u16 = 9;
const STANDING_MIN: u16 = 7;

/// Rows of the choices on a low screen while something else has the keys.
const SHORT: u16 = 5;

/// Rows of the card on a low screen, with its frame.
const CARD_LOW: u16 = 10;

/// Rows of the lowest log that is shown, with its frame.
const LOG_ROWS: u16 = 3;

/// Where the card is, with the other panes.
pub(super) fn areas(model: &Model, frame: Areas, body: Rect) -> Areas {
    if one_alone(model) {
        return match model.focus {
            Pane::Hosts | Pane::Releases => Areas { card: Some(body), ..frame },
            Pane::Steps => Areas { standing: Some(body), ..frame },
            Pane::Log => Areas { log: Some(body), ..frame },
            Pane::Choices => Areas { choices: Some(body), ..frame },
        };
    }
    if body.width >= WIDE { beside(model, frame, body) } else { stacked(model, frame, body) }
}

fn beside(model: &Model, frame: Areas, body: Rect) -> Areas {
    let parts = [Constraint::Length(LEFT), Constraint::Min(0)];
    let [left, right] = Layout::horizontal(parts).areas(body);
    let most = left.height.saturating_sub(STANDING_MIN);
    let choices = holds::height(model, LEFT, most).unwrap_or(0);
    let parts = [Constraint::Min(0), Constraint::Length(choices)];
    let [standing, choices] = Layout::vertical(parts).areas(left);
    let card = wanted(model, right.width).min(right.height.saturating_sub(LOG_MIN));
    let parts = [Constraint::Length(card), Constraint::Min(0)];
    let [card, log] = Layout::vertical(parts).areas(right);
    Areas {
        card: Some(card),
        standing: Some(standing),
        log: Some(log),
        choices: Some(choices),
        ..frame
    }
}

fn stacked(model: &Model, frame: Areas, body: Rect) -> Areas {
    let card = wanted(model, body.width).min(CARD_LOW).min(body.height / 2);
    let rest = body.height.saturating_sub(card);
    let choosing = model.focus == Pane::Choices;
    let most = if choosing { rest } else { SHORT };
    let choices = holds::height(model, body.width, most).unwrap_or(0);
    // What is too low for a log is the card's: no row is left empty.
    let left = rest.saturating_sub(choices);
    let card = if choosing && left < LOG_ROWS { card + left } else { card };
    let parts = [Constraint::Length(card), Constraint::Length(choices), Constraint::Min(0)];
    let [card, choices, below] = Layout::vertical(parts).areas(body);
    let frame = Areas { card: Some(card), choices: Some(choices), ..frame };
    match model.focus {
        Pane::Steps => Areas { standing: Some(below), ..frame },
        Pane::Hosts | Pane::Releases | Pane::Log | Pane::Choices if below.height >= LOG_ROWS => {
            Areas { log: Some(below), ..frame }
        }
        Pane::Hosts | Pane::Releases | Pane::Log | Pane::Choices => frame,
    }
}

/// Rows that the card would have, with its frame.
fn wanted(model: &Model, width: u16) -> u16 {
    let rows = card_lines(model, Pen::of(model), usize::from(width).saturating_sub(2)).len();
    u16::try_from(rows + 2).unwrap_or(u16::MAX)
}

/// All rows of the card, and those that are seen at once.
pub(crate) fn card_rows(model: &Model) -> (usize, usize) {
    let area = super::areas::areas(model).card.unwrap_or_default();
    let width = usize::from(area.width).saturating_sub(2);
    (card_lines(model, Pen::of(model), width).len(), usize::from(area.height).saturating_sub(2))
}

/// All rows of where things stand, and those that are seen at once.
pub(crate) fn standing_rows(model: &Model) -> (usize, usize) {
    let area = super::areas::areas(model).standing.unwrap_or_default();
    let width = usize::from(area.width).saturating_sub(2);
    (standing_lines(model, Pen::of(model), width).len(), usize::from(area.height).saturating_sub(2))
}

/// The card.
pub(super) fn draw_card(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let Some((id, hold)) = model.hold() else { return };
    let Some(run) = model.run() else { return };
    let all = cards(run);
    let at = all.iter().position(|other| *other == id).map_or(1, |at| at + 1);
    let place = words::place(model, run, hold);
    let what = words::failure_view(model);
    let title = words::pane_of(model, Pane::Hosts, &format!("{what}  {place}"));
    let mut right = Vec::new();
    if all.len() > 1 {
        let text = format!(" {at} of {}: {} {} ", all.len(), pen.glyphs.before, pen.glyphs.to);
        right.push((text, Tone::Held));
    }
    right.push((with_keys(model, " {copy} copies "), Tone::Dim));
    let block = pen.pane(&title, &right, focused(model, Pane::Hosts), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = card_lines(model, pen, usize::from(inner.width));
    let here = focused(model, Pane::Hosts);
    let hint = if here { "{zoom} or {down} shows them" } else { "{hosts} shows them" };
    page(pen, frame, inner, lines, model.failure.scroll, &with_keys(model, hint));
}

/// Rows from there on; the last one says how many are not seen.
fn page(
    pen: Pen,
    frame: &mut Frame<'_>,
    area: Rect,
    lines: Vec<Line<'static>>,
    scroll: usize,
    hint: &str,
) {
    let room = usize::from(area.height);
    let first = scroll.min(lines.len().saturating_sub(room));
    let hidden = lines.len().saturating_sub(first + room);
    let mut shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(room).collect();
    if let Some(last) = shown.last_mut().filter(|_| hidden > 0) {
        let rows = words::count(hidden + 1, "more row");
        *last = Line::from(pen.span(&format!("… {rows}: {hint}"), Tone::Dim));
    }
    frame.render_widget(Paragraph::new(shown), area);
}

fn card_lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let Some((id, hold)) = model.hold() else { return Vec::new() };
    let entries = words::card(model, id, hold);
    let whole = model.zoom;
    entries.iter().flat_map(|entry| entry_lines(pen, entry, width, whole)).collect()
}

fn entry_lines(pen: Pen, entry: &Point, width: usize, whole: bool) -> Vec<Line<'static>> {
    let room = width.saturating_sub(NAME).max(1);
    let mut rows: Vec<String> =
        entry.text.lines().flat_map(|line| wrap_words(line, room)).collect();
    if !whole && rows.len() > entry.rows {
        rows.truncate(entry.rows);
        if let Some(last) = rows.last_mut() {
            let cut = fit(&Shown::literal(last), room.saturating_sub(2)).plain();
            *last = format!("{cut} …");
        }
    }
    let rows = rows.iter().enumerate().map(|(at, row)| {
        let name = if at == 0 { entry.name } else { "" };
        let name = pen.cell(name, NAME, pen.styles.of(Tone::Dim));
        Line::from(vec![name, pen.span(row, entry.tone)])
    });
    rows.collect()
}

/// What is done and what is not, on every host.
pub(super) fn draw_standing(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let title = words::pane(model, Pane::Steps);
    let block = pen.pane(&title, &[], focused(model, Pane::Steps), area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let lines = standing_lines(model, pen, usize::from(inner.width));
    let at = match focused(model, Pane::Steps) {
        true => model.failure.standing,
        false => first_of_interest(model, pen, &lines, usize::from(inner.height)),
    };
    let hint = if focused(model, Pane::Steps) { "{down} or {zoom}" } else { "{steps} shows them" };
    let hint = &with_keys(model, hint);
    page(pen, frame, inner, lines, at, hint);
}

/// So far down that the failed step is seen.
fn first_of_interest(model: &Model, pen: Pen, lines: &[Line<'static>], room: usize) -> usize {
    let names = names::steps(model, STEP);
    let name = names.get(model.cursor.column).map(|name| pen.plain(name)).unwrap_or_default();
    let at = lines
        .iter()
        .position(|line| line.spans.get(1).is_some_and(|span| span.content.trim_end() == name));
    super::first_shown(at.unwrap_or(0), lines.len(), room)
}

fn standing_lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let Some(run) = model.run() else { return Vec::new() };
    let columns = model.grid.columns.iter().zip(names::steps(model, STEP));
    columns.flat_map(|(column, name)| step_lines(model, run, pen, (column, &name), width)).collect()
}

/// A step: its hosts by their states, the worst first, and its items.
fn step_lines(
    model: &Model,
    run: &Run,
    pen: Pen,
    (column, step): (&Column, &str),
    width: usize,
) -> Vec<Line<'static>> {
    let faces: Vec<(HostId, Face)> =
        column.hosts().map(|host| (host, model.face(column, host))).collect();
    let mut groups: BTreeMap<(u8, String), Vec<HostId>> = BTreeMap::new();
    for (host, face) in &faces {
        groups.entry((rank(face), said(face))).or_default().push(*host);
    }
    let worst = faces.iter().map(|(_, face)| face).min_by_key(|face| rank(face));
    let look = words::look(worst.unwrap_or(&Face::Absent), pen.glyphs, model.now);
    let all = faces.len();
    let parts: Vec<String> = groups
        .iter()
        .map(|((_, word), hosts)| match hosts.len() {
            1 if all == 1 => format!("{word} {}", listed(model, hosts)),
            len if len == all => format!("{word} on all {len}"),
            len if len > 4 => format!("{word} on {len}: {} …", listed(model, &hosts[..3])),
            _ => format!("{word} {}", listed(model, hosts)),
        })
        .collect();
    let mut texts = vec![parts.join("; ")];
    for host in column.hosts() {
        let cells = column.nodes(host).iter().filter_map(|id| run.cell(*id));
        if let Some(items) = words::items_of(cells) {
            texts.push(format!("items on {}: {items}", model.host_name(host)));
        }
    }
    let room = width.saturating_sub(STEP + 3).max(1);
    let rows = texts.iter().flat_map(|text| wrap_words(text, room));
    let strong = model.column().is_some_and(|chosen| chosen.step == column.step);
    let name = if strong { pen.styles.of(Tone::Strong) } else { Style::default() };
    rows.enumerate()
        .map(|(at, row)| {
            let first = at == 0;
            let glyph = if first { look.glyph } else { "" };
            let step = if first { step } else { "" };
            let tone = if first { look.tone } else { Tone::Dim };
            Line::from(vec![
                pen.cell(glyph, 2, pen.styles.of(look.tone)),
                pen.cell(step, STEP, name),
                Span::raw(" "),
                pen.span(&row, tone),
            ])
        })
        .collect()
}

fn listed(model: &Model, hosts: &[HostId]) -> String {
    hosts.iter().map(|host| model.host_name(*host)).collect::<Vec<_>>().join(" ")
}

/// The state in a word or two.
fn said(face: &Face) -> String {
    match face {
        Face::Absent => "not for",
        Face::Waiting => "not begun",
        Face::Held | Face::Stranded => "held",
        Face::Break => "break",
        Face::Prepared => "starting",
        Face::Running(_) => "running",
        Face::Stopping(_) => "stopping",
        Face::Asks => "asks",
        Face::Settling(_) => "ending",
        Face::LinkLost(_) => "link lost",
        Face::Ok(_) => "ok",
        Face::Edited(_) => "ok, edited",
        Face::Failed(_) | Face::Refused => "FAILED",
        Face::Unknown => "unknown",
        Face::Skipped => "skipped",
        Face::Fixed => "fixed by you",
        Face::Assumed => "taken as done",
        Face::Excluded(Before::NotDone) => "excluded",
        Face::Excluded(Before::Failed(_) | Before::Refused) => "FAILED, excluded",
        Face::Excluded(Before::Unknown) => "unknown, excluded",
        Face::NotWanted => "nothing to do",
        Face::Aborted => "will not run",
        Face::Undoing => "being undone",
        Face::Undone => "undone",
        Face::NotUndone(_) => "NOT undone",
    }
    .to_owned()
}

/// What matters more comes first.
fn rank(face: &Face) -> u8 {
    match face {
        Face::Failed(_) | Face::Refused | Face::NotUndone(_) => 0,
        Face::Unknown | Face::LinkLost(_) => 1,
        Face::Asks | Face::Stranded => 2,
        Face::Running(_)
        | Face::Stopping(_)
        | Face::Settling(_)
        | Face::Undoing
        | Face::Prepared => 3,
        Face::Held | Face::Break => 4,
        Face::Waiting => 5,
        Face::Skipped | Face::Excluded(_) | Face::Aborted => 6,
        Face::Undone => 7,
        Face::Ok(_) | Face::Edited(_) | Face::Fixed | Face::Assumed | Face::NotWanted => 8,
        Face::Absent => 9,
    }
}
