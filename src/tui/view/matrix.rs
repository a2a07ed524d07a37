//! Pane 1: hosts × steps, and the chosen cell in words.

use std::collections::BTreeMap;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    first_shown, focused, names,
    narrow::{self, listed},
    paint::Pen,
    rows::marks,
    spots,
};
use crate::{
    model::{HostId, NodeId, Served},
    run::State,
    tui::{
        state::{Model, Pane, grid::Column, narrow::List},
        styles::Tone,
        words::{self, Linked, Look, Weight},
    },
};

/// Cells of the column that says how a host is connected.
const LINK: usize = 11;

/// Narrowest and widest column of a step, with the gap behind it.
const COLUMN: (usize, usize) = (8, 14);

/// Narrowest and widest column of a release.
const RELEASE: (usize, usize) = (8, 16);

/// From these widths on, what a host serves is shown, and what it served before.
const SERVED: (usize, usize) = (76, 108);

/// How wide things are, which columns are shown, and by which names.
struct Widths {
    hosts: Vec<String>,
    steps: Vec<String>,
    host: usize,
    /// Of a release with the gap behind it; 0: not shown.
    current: usize,
    previous: usize,
    column: usize,
    first: usize,
    shown: usize,
}

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let (done, _) = model.progress();
    let mut right: Vec<_> = narrow::title(model, List::Hosts).into_iter().collect();
    right.push((format!(" {done}/{} done ", model.grid.columns.len()), Tone::Dim));
    let in_focus = focused(model, Pane::Hosts);
    let block = pen.pane(&words::pane(model, Pane::Hosts), &right, in_focus, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let parts = [Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)];
    let [head, body, foot] = Layout::vertical(parts).areas(inner);
    let widths = widths(model, usize::from(inner.width));
    frame.render_widget(Paragraph::new(heading(model, pen, &widths)), head);
    let listed = listed(model, List::Hosts);
    let (first, room) = part(model, &listed, usize::from(body.height));
    let shown = listed.get(first..).unwrap_or_default();
    let shown = shown.get(..room).unwrap_or(shown);
    let hosts = shown.iter().filter_map(|at| Some((*at, *model.grid.hosts.get(*at)?)));
    let mut rows: Vec<Line<'_>> =
        hosts.map(|(at, host)| row(model, pen, &widths, at, host)).collect();
    if shown.len() < model.grid.hosts.len() && room < usize::from(body.height) {
        rows.push(hidden(model, pen, shown, usize::from(body.width)));
    }
    frame.render_widget(Paragraph::new(rows), body);
    marks(pen, frame, (area, body), (first > 0, first + room < listed.len()));
    frame.render_widget(Paragraph::new(chosen(model, pen)), foot);
}

/// The first of the listed hosts that is shown, and the rows for them: where some are hidden, the row
/// behind them says how they are.
fn part(model: &Model, listed: &[usize], whole: usize) -> (usize, usize) {
    let hides = listed.len() > whole || listed.len() < model.grid.hosts.len();
    let room = if hides && whole > 1 { whole - 1 } else { whole };
    let chosen = listed.iter().position(|at| *at == model.cursor.row).unwrap_or(0);
    (first_shown(chosen, listed.len(), room), room)
}

/// Hosts by how they are.
type Groups<'a> = BTreeMap<(Weight, &'static str), (Tone, Vec<&'a str>)>;

/// How the hosts are that are not shown, folded by their state: `38 more: 1 failed (web7), 37 ok`.
fn hidden(model: &Model, pen: Pen, shown: &[usize], width: usize) -> Line<'static> {
    let mut groups: Groups<'_> = BTreeMap::new();
    let outside =
        model.grid.hosts.iter().enumerate().filter(|(at, _)| shown.binary_search(at).is_err());
    let mut count = 0;
    for (_, host) in outside {
        let (weight, word, tone) = words::host_stands(model, *host);
        let group = groups.entry((weight, word)).or_insert((tone, Vec::new()));
        group.1.push(model.host_name(*host));
        count += 1;
    }
    // What is calm loses its names first; where not all fits, it is the end that is cut.
    let all = words::HOSTS_SHOWN;
    let forms = [(all, all), (all, 1), (all, 0), (2, 0)];
    let lines = forms.into_iter().map(|most| folded(pen, count, &groups, most));
    let mut lines = lines.skip_while(|line| line.width() > width);
    lines.next().unwrap_or_else(|| folded(pen, count, &groups, (all, 0)))
}

/// Hosts by how they are, the worst first; so many of the worst by their names, and of each other. Those
/// that are calm are not named.
fn folded(
    pen: Pen,
    count: usize,
    groups: &Groups<'_>,
    (worst, others): (usize, usize),
) -> Line<'static> {
    let mut spans = vec![pen.span(&format!("  {count} more: "), Tone::Dim)];
    for (at, ((weight, word), (tone, names))) in groups.iter().rev().enumerate() {
        let most = if at == 0 { worst } else { others };
        let named = match *weight > Weight::Waiting && most > 0 {
            true => format!(" ({})", words::hosts_up_to(names, most)),
            false => String::new(),
        };
        let comma = if at > 0 { ", " } else { "" };
        spans.push(pen.span(comma, Tone::Dim));
        spans.push(pen.span(&format!("{} {word}{named}", names.len()), *tone));
    }
    Line::from(spans)
}

/// The host and the step that lie there.
pub(super) fn at(model: &Model, area: Rect, at: Position) -> (Option<usize>, Option<usize>) {
    let inner = spots::within(area);
    let (widths, hosts) = (widths(model, usize::from(inner.width)), listed(model, List::Hosts));
    let rows = inner.height.saturating_sub(2);
    let body = Rect { y: inner.y + 1, height: rows, ..inner };
    let (first, room) = part(model, &hosts, usize::from(rows));
    let row = spots::row_of(body, at).filter(|row| *row < room);
    let row = row.and_then(|row| hosts.get(first + row).copied());
    let left = 2 + widths.host + 1 + LINK + widths.current + widths.previous + 1;
    let across = usize::from(at.x.saturating_sub(inner.x)).checked_sub(left);
    let across = across.and_then(|cells| cells.checked_div(widths.column));
    let across = across.filter(|column| *column < widths.shown && at.y <= inner.y + rows);
    let column = across.map(|column| widths.first + column);
    (row, column.filter(|column| *column < model.grid.columns.len()))
}

fn widths(model: &Model, width: usize) -> Widths {
    let names = model.grid.hosts.iter().map(|host| model.host_name(*host).chars().count());
    let host = names.max().unwrap_or(4).clamp(4, 20);
    let (current, previous) = releases(model, width);
    let room = width.saturating_sub(2 + host + 1 + LINK + 1 + current + previous);
    let columns = model.grid.columns.len().max(1);
    let column = (room / columns).clamp(COLUMN.0, COLUMN.1);
    let shown = (room / column).max(1);
    let first = first_shown(model.cursor.column, model.grid.columns.len(), shown);
    // The mark of a breakpoint takes a cell of its own step, and of no other.
    let room = column.saturating_sub(1);
    let shorter = names::steps(model, room.saturating_sub(1));
    let names = names::steps(model, room).into_iter().zip(shorter);
    let named = names
        .zip(&model.grid.columns)
        .map(|((name, shorter), column)| if has_break(model, column) { shorter } else { name });
    let steps = named.collect();
    let hosts = names::hosts(model, host);
    Widths { hosts, steps, host, current, previous, column, first, shown }
}

/// Widths of what is served, and of what was before.
fn releases(model: &Model, width: usize) -> (usize, usize) {
    let sight = &model.sight;
    if sight.sites.is_empty() || width < SERVED.0 {
        return (0, 0);
    }
    let shown = |served: &Served| words::served(served).0.chars().count();
    let current = sight.sites.values().map(|(site, _)| shown(&site.served)).max().unwrap_or(0);
    let previous = sight.sites.values().filter_map(|(site, _)| site.previous.as_ref());
    let previous = previous.map(|name| name.chars().count()).max();
    let cells = |count: usize| count.clamp(RELEASE.0, RELEASE.1) + 1;
    let previous = previous.filter(|_| width >= SERVED.1).map_or(0, cells);
    (cells(current), previous)
}

fn heading(model: &Model, pen: Pen, widths: &Widths) -> Line<'static> {
    let dim = pen.styles.of(Tone::Dim);
    let mut spans =
        vec![Span::raw("  "), pen.cell("host", widths.host + 1, dim), pen.cell("link", LINK, dim)];
    for (name, cells) in [("current", widths.current), ("previous", widths.previous)] {
        spans.push(pen.cell(name, cells, dim));
    }
    let more_left = widths.first > 0;
    spans.push(pen.cell(if more_left { pen.glyphs.left } else { "" }, 1, dim));
    let columns = model.grid.columns.iter().enumerate().skip(widths.first).take(widths.shown);
    for (at, column) in columns {
        let broken = if has_break(model, column) { pen.glyphs.breakpoint } else { "" };
        let name = widths.steps.get(at).map_or("", String::as_str);
        let name = format!("{broken}{name}");
        let style = match at == model.cursor.column {
            true => pen.styles.selected(),
            false => pen.styles.of(Tone::Strong),
        };
        spans.push(pen.cell(&name, widths.column - 1, style));
        spans.push(Span::raw(" "));
    }
    if widths.first + widths.shown < model.grid.columns.len() {
        spans.pop();
        spans.push(pen.span(pen.glyphs.right, Tone::Dim));
    }
    Line::from(spans)
}

fn row(model: &Model, pen: Pen, widths: &Widths, at: usize, host: HostId) -> Line<'static> {
    let chosen = at == model.cursor.row;
    let host_name = widths.hosts.get(at).map_or("", String::as_str);
    let cursor = if chosen { pen.glyphs.cursor } else { "" };
    let (link, tone) = link(model, host);
    let name = if chosen { pen.styles.of(Tone::Strong) } else { Style::default() };
    let mut spans = vec![
        pen.cell(cursor, 2, Style::default()),
        pen.cell(host_name, widths.host, name),
        Span::raw(" "),
        pen.cell(&link, LINK, pen.styles.of(tone)),
    ];
    spans.extend(served(model, pen, widths, host));
    spans.push(Span::raw(" "));
    let columns = model.grid.columns.iter().enumerate().skip(widths.first).take(widths.shown);
    for (at, column) in columns {
        let look = words::look_at(model, column, host);
        let mut style = pen.styles.of(look.tone);
        if chosen && at == model.cursor.column {
            style = style.patch(pen.styles.selected());
        }
        let width = widths.column - 1;
        spans.push(pen.cell(&cell(&look, width), width, style));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// What a host serves, and what it served before.
fn served(model: &Model, pen: Pen, widths: &Widths, host: HostId) -> Vec<Span<'static>> {
    let name = model.host_name(host);
    let differ = model.sight.served_by_all().is_none();
    let site = model.sight.sites.get(name).map(|(site, _)| site);
    let (mut current, mut tone) =
        site.map_or_else(|| ("-".to_owned(), Tone::Dim), |site| words::served(&site.served));
    if model.is_outdated(name) {
        (current, tone) = ("?".to_owned(), Tone::Unknown);
    } else if differ && tone == Tone::Text {
        tone = Tone::Warn;
    }
    let previous = site.and_then(|site| site.previous.as_deref()).unwrap_or("-");
    let mut spans = Vec::new();
    for (text, cells, tone) in
        [(current.as_str(), widths.current, tone), (previous, widths.previous, Tone::Dim)]
    {
        // The gap is not underlined.
        if cells > 0 {
            spans.push(pen.cell(text, cells - 1, pen.styles.of(tone)));
            spans.push(Span::raw(" "));
        }
    }
    spans
}

/// The mark, with as much beside it as there is room for.
fn cell(look: &Look, width: usize) -> String {
    let Look { glyph, short, long, .. } = look;
    let long = long.iter().flat_map(|long| [format!("{glyph} {long}"), format!("{glyph}{long}")]);
    let mut forms = long.chain([format!("{glyph} {short}")]);
    let fits = forms.find(|form| form.chars().count() <= width);
    fits.unwrap_or_else(|| format!("{glyph}{short}"))
}

fn has_break(model: &Model, column: &Column) -> bool {
    let Some(run) = model.run() else { return false };
    let is_set = |id: &NodeId| run.cell(*id).is_some_and(|cell| cell.breakpoint);
    let waits = |id: &NodeId| run.cell(*id).is_some_and(|cell| cell.state == State::Waiting);
    let gates = column.gates.iter().chain(column.stops.keys());
    let lists = column.hosts().flat_map(|host| column.nodes(host));
    gates.filter(|id| waits(id)).chain(lists.filter(|id| run.lists_on(**id))).any(is_set)
}

/// How a host is connected, in at most [`LINK`] cells.
fn link(model: &Model, host: HostId) -> (String, Tone) {
    let Linked { glyph, word, tone, .. } = words::linked(model, host);
    (format!("{glyph} {word}"), tone)
}

/// The chosen cell in words.
fn chosen(model: &Model, pen: Pen) -> Line<'static> {
    let (Some(column), Some(host)) = (model.column(), model.host()) else {
        return Line::default();
    };
    let look = words::look_at(model, column, host);
    let place = format!("{} {} {}: ", model.host_name(host), pen.glyphs.within, column.step);
    let mut spans = vec![
        pen.span(&place, Tone::Strong),
        pen.span(&format!("{} {}", look.glyph, look.word), look.tone),
    ];
    let logs = model.attempts().len();
    if logs > 1 {
        spans.push(pen.span(&format!(", {logs} logs"), Tone::Text));
    }
    if let Some(why) = model.run().and_then(|run| run.down(host)) {
        spans.push(pen.span(&format!(" ({why})"), Tone::Dim));
    }
    Line::from(spans)
}
