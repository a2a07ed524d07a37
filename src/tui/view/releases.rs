//! Pane 2: the releases of the hosts, the newest first; and a row of them, as the picker has it too.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    first_shown, focused, names,
    paint::{Pen, wrap_words},
    rows::marks,
    spots,
};
use crate::{
    model::Candidate,
    text::Shown,
    tui::{
        state::{Model, Pane},
        styles::Tone,
        words,
    },
};

/// Rows of what is said below the list.
const FOOT: usize = 3;

/// Narrowest column of a name; and one that whoever made it gives way for.
const NAME: (usize, usize) = (9, 20);

/// Cells of whoever made it, where there is room for them.
const BY: usize = 10;

/// Cells of a short commit, of a standing, of an age.
const CELLS: (usize, usize, usize) = (7, 10, 4);

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let in_focus = focused(model, Pane::Releases);
    let block = pen.pane(&words::pane(model, Pane::Releases), &seen(model), in_focus, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inner.width);
    let foot = foot(model, width);
    let rows = u16::try_from(foot.len()).unwrap_or(u16::MAX);
    let [list, below] =
        Layout::vertical([Constraint::Min(0), Constraint::Length(rows)]).areas(inner);
    let lines = match model.sight.candidates.is_empty() {
        true => vec![Line::from(pen.span(nothing(model), Tone::Dim))],
        false => {
            let at = in_focus.then(|| model.sight.at());
            let all: Vec<&Candidate> = model.sight.candidates.iter().collect();
            rows_of(model, pen, &all, at, (width, usize::from(list.height)))
        }
    };
    frame.render_widget(Paragraph::new(lines), list);
    let (at, all) = (if in_focus { model.sight.at() } else { 0 }, model.sight.candidates.len());
    let first = first_shown(at, all, usize::from(list.height));
    marks(pen, frame, (area, list), (first > 0, first + usize::from(list.height) < all));
    let said = foot.iter().map(|(row, tone)| Line::from(pen.span(row, *tone)));
    frame.render_widget(Paragraph::new(said.collect::<Vec<_>>()), below);
}

/// The release that lies there.
pub(super) fn at(model: &Model, area: Rect, at: Position) -> Option<usize> {
    let inner = spots::within(area);
    let foot = foot(model, usize::from(inner.width)).len();
    let room = usize::from(inner.height).saturating_sub(foot);
    let chosen = focused(model, Pane::Releases).then(|| model.sight.at());
    let row = spots::row_of(inner, at).filter(|row| *row < room)?;
    candidate_at(model, chosen, room, row)
}

/// The release in a row of the list.
fn candidate_at(model: &Model, chosen: Option<usize>, room: usize, row: usize) -> Option<usize> {
    let all = model.sight.candidates.len();
    let candidate = first_shown(chosen.unwrap_or(0), all, room) + row;
    (candidate < all).then_some(candidate)
}

/// When the hosts were looked at.
pub(super) fn seen(model: &Model) -> Vec<(String, Tone)> {
    let seen = model.sight.seen_at().map(|at| words::ago(at, model.now));
    seen.map(|age| (format!(" seen {age} ago "), Tone::Dim)).into_iter().collect()
}

fn nothing(model: &Model) -> &'static str {
    match model.sight.sites.is_empty() {
        true => "the hosts were not looked at yet",
        false => "no host has a release yet",
    }
}

/// What is odd, who holds the lock, and what is known of the chosen release.
fn foot(model: &Model, width: usize) -> Vec<(String, Tone)> {
    let sight = &model.sight;
    let mut said: Vec<(String, Tone)> = Vec::new();
    if let Some((host, lock)) = model.foreign_lock() {
        let since = words::clock_minutes(lock.at, model.now, &model.settings.zone);
        let line = format!("{host} locked by {} since {since}: {}", lock.by, lock.purpose);
        said.push((line, Tone::Warn));
    }
    for (host, (site, _)) in &sight.sites {
        said.extend(site.odd.iter().map(|odd| (format!("{host}: {odd}"), Tone::Warn)));
    }
    if let Some(candidate) = sight.candidates.get(sight.at()) {
        said.push((about(model, candidate), Tone::Dim));
    }
    let rows = said
        .into_iter()
        .flat_map(|(line, tone)| wrap_words(&line, width).into_iter().map(move |row| (row, tone)));
    rows.take(FOOT).collect()
}

fn about(model: &Model, candidate: &Candidate) -> String {
    let by = candidate.by.as_ref().map(|who| format!("by {who}"));
    let from = candidate.reference.as_ref().map(|name| format!("from {name}"));
    let missing = (!candidate.missing.is_empty())
        .then(|| format!("not on {}", words::hosts(&candidate.missing)));
    let partly = candidate.served.len() < model.sight.sites.len() && !candidate.served.is_empty();
    let served = partly.then(|| format!("served on {}", words::hosts(&candidate.served)));
    let why = candidate.reason.clone();
    let parts: Vec<String> = [by, from, served, missing, why].into_iter().flatten().collect();
    format!("{}: {}", candidate.name, parts.join(", "))
}

/// The rows of the list that fit, with the chosen one among them.
pub(super) fn rows_of(
    model: &Model,
    pen: Pen,
    candidates: &[&Candidate],
    chosen: Option<usize>,
    (width, room): (usize, usize),
) -> Vec<Line<'static>> {
    let names: Vec<&str> = candidates.iter().map(|candidate| candidate.name.as_str()).collect();
    let longest = longest(&names);
    // Names go before those who made them, and no two of them look alike.
    let rest = fixed() + if longest > NAME.1 { 0 } else { BY };
    let name = longest.clamp(NAME.0, width.saturating_sub(rest).max(NAME.1));
    let names = names::short(&names, name);
    let first = first_shown(chosen.unwrap_or(0), candidates.len(), room);
    let shown = candidates.iter().zip(&names).enumerate().skip(first).take(room);
    let one = |(at, (it, short)): (usize, (&&Candidate, &String))| {
        row(model, pen, (it, short), chosen == Some(at), (name, width))
    };
    shown.map(one).collect()
}

/// Cells that the list would fill, with all names whole.
pub(super) fn wanted(model: &Model) -> usize {
    let names: Vec<&str> = model.sight.candidates.iter().map(|it| it.name.as_str()).collect();
    fixed() + longest(&names) + BY
}

/// Cells of all columns but those of the name and of whoever made it.
fn fixed() -> usize {
    let (revision, word, age) = CELLS;
    4 + 1 + revision + 1 + word + 1 + age
}

fn longest(names: &[&str]) -> usize {
    names.iter().map(|name| Shown::literal(name).width()).max().unwrap_or(0)
}

fn row(
    model: &Model,
    pen: Pen,
    (candidate, short): (&Candidate, &str),
    chosen: bool,
    (name, width): (usize, usize),
) -> Line<'static> {
    let standing = words::standing(candidate, model.sight.sites.len(), pen.glyphs);
    let offered = candidate.refused.is_none() || !candidate.served.is_empty();
    let look = match (chosen, offered) {
        (true, _) => pen.styles.selected(),
        (false, true) => Style::default(),
        (false, false) => pen.styles.of(Tone::Dim),
    };
    let (revision, word, age) = CELLS;
    let tone = pen.styles.of(standing.tone);
    let mut spans = vec![
        pen.cell(if chosen { pen.glyphs.cursor } else { "" }, 2, Style::default()),
        pen.cell(standing.glyph, 2, tone),
        pen.cell(short, name, look),
        Span::raw(" "),
    ];
    let mut used = 4 + name + 1 + word + 1 + age;
    if used + revision < width {
        let short = candidate.revision.as_deref().map_or_else(String::new, words::short_revision);
        spans.push(pen.cell(&short, revision, pen.styles.of(Tone::Dim)));
        spans.push(Span::raw(" "));
        used += revision + 1;
    }
    spans.push(pen.cell(&standing.word, word, tone));
    spans.push(Span::raw(" "));
    let made = candidate.at.map_or_else(String::new, |at| words::ago(at, model.now));
    spans.push(pen.cell(&made, age, Style::default()));
    let by = candidate.by.as_deref().unwrap_or_default();
    if used + 1 < width {
        spans.push(pen.cell(&format!(" {by}"), width - used, pen.styles.of(Tone::Dim)));
    }
    Line::from(spans)
}
