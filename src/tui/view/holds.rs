//! Pane 5: what happened, and what can be answered.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    areas::one_alone,
    first_shown, focused,
    paint::{Pen, wrap_words},
    spots,
};
use crate::{
    run::{Cause, Hold, Offer},
    text::{Shown, fit},
    tui::{
        action::{Action, Motion},
        keymap,
        state::{Model, Pane},
        styles::Tone,
        update, words,
    },
};

/// From this width on, a choice and its consequence share a row.
const WIDE: usize = 70;

/// Cells of the name of a choice.
const NAME: usize = 24;

/// Rows of what happened that are seen above the choices, however many those are.
const ASKED_MIN: usize = 2;

/// Rows of what happened, at most.
const CAUSE_MAX: usize = 5;

/// Rows that the pane takes of at most so many; `None` while nothing is asked. Where not all choices
/// fit with their consequences, and the operator is not at them, their keys alone are shown.
pub(super) fn height(model: &Model, width: u16, most: u16) -> Option<u16> {
    let (_, hold) = model.hold()?;
    let width = usize::from(width).saturating_sub(2);
    let each = if width >= WIDE { 1 } else { 2 };
    let cause = cause(model, hold, width).len();
    let closed = closed_rows(model, hold, width).len();
    let rows = |inner: usize| u16::try_from(inner + 2).unwrap_or(u16::MAX);
    let below = below(model, hold, width, each);
    let whole = rows(cause + closed + hold.offers.len() * each + below);
    let short = rows(cause + keys(model, hold, width).len());
    let wanted = if whole > most && model.focus != Pane::Choices { short } else { whole };
    Some(wanted.min(most))
}

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect) {
    let Some((id, hold)) = model.hold() else { return };
    let holds = model.run().map_or(1, |run| run.holds.len());
    let at = model.run().and_then(|run| run.holds.keys().position(|other| *other == id));
    let right = match holds {
        0 | 1 => Vec::new(),
        all => vec![(format!(" question {} of {all} ", at.unwrap_or(0) + 1), Tone::Held)],
    };
    let in_focus = focused(model, Pane::Choices);
    let block = pen.pane(&words::pane(model, Pane::Choices), &right, in_focus, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let width = usize::from(inner.width);
    let strong = |row: &String| Line::from(pen.span(row, Tone::Strong));
    let cause = asked(model, hold, inner);
    let closed = closed_rows(model, hold, width);
    let fit = Fit::of(model, hold, inner, cause.len() + closed.len());
    let offers = hold.offers.len();
    if fit.room < offers && !in_focus {
        let keys = keys(model, hold, width);
        let room = usize::from(inner.height).saturating_sub(keys.len()).max(1);
        let cause = in_short(hold, cause, (width, room));
        let mut lines: Vec<Line<'_>> = cause.iter().map(strong).collect();
        lines.extend(keys.iter().map(|row| Line::from(pen.span(row, Tone::Text))));
        frame.render_widget(Paragraph::new(lines), inner);
        return;
    }
    let mut lines: Vec<Line<'_>> = cause.iter().map(strong).collect();
    lines.extend(closed.iter().map(|row| Line::from(pen.span(row, Tone::Held))));
    let (first, shown) = fit.shown(model.asked.choice, offers);
    for (at, offer) in hold.offers.iter().enumerate().skip(first).take(shown) {
        let chosen = in_focus && at == model.asked.choice;
        lines.extend(choice(model, pen, hold, *offer, chosen, (width, fit.each)));
    }
    if shown < offers {
        lines.push(Line::from(pen.span(&more(model, first, offers - first - shown), Tone::Held)));
    }
    if fit.below > 0 && lines.len() + fit.below < usize::from(inner.height) {
        lines.push(Line::default());
    }
    let chosen = hold.offers.get(model.asked.choice).filter(|_| in_focus && fit.below > 0);
    for row in chosen.into_iter().flat_map(|offer| in_full(model, hold, *offer, width)) {
        lines.push(Line::from(pen.span(&format!("{}{row}", " ".repeat(INDENT)), Tone::Strong)));
    }
    frame.render_widget(Paragraph::new(lines), inner);
}

/// How the choices lie in the pane: with what comes of them in a row of its own, or beside them where
/// there is no room for that.
struct Fit {
    /// Rows of a choice.
    each: usize,
    /// Choices that there is room for.
    room: usize,
    /// Rows below them, for what comes of the chosen one where it is cut beside its name.
    below: usize,
}

impl Fit {
    /// In this area, below so many rows of what happened, and of why nothing can be answered.
    fn of(model: &Model, hold: &Hold, inner: Rect, above: usize) -> Self {
        let (rows, width) = (usize::from(inner.height), usize::from(inner.width));
        let rows = rows.saturating_sub(above);
        let beside = width >= WIDE || rows < hold.offers.len() * 2;
        let each = if beside { 1 } else { 2 };
        let below = below(model, hold, width, each).min(rows.saturating_sub(2));
        Self { each, room: (rows - below) / each, below }
    }

    /// The first choice that is shown, and how many are: where not all are, a row says so.
    fn shown(&self, chosen: usize, offers: usize) -> (usize, usize) {
        if self.room >= offers {
            return (0, offers);
        }
        let room = self.room.saturating_sub(1).max(1);
        (first_shown(chosen, offers, room), room)
    }
}

/// What is not seen, and the keys that lead there.
fn more(model: &Model, above: usize, below: usize) -> String {
    let key = |motion| keymap::written(model, Action::Go(motion)).to_owned();
    let part =
        |n: usize, motion, way: &str| (n > 0).then(|| format!("{n} more {way}: {}", key(motion)));
    let parts = [part(above, Motion::Up, "above"), part(below, Motion::Down, "below")];
    format!("  … {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// The choice that lies there.
pub(super) fn at(model: &Model, area: Rect, at: Position) -> Option<usize> {
    let (_, hold) = model.hold()?;
    let inner = spots::within(area);
    let above = asked(model, hold, inner).len();
    let above = above + closed_rows(model, hold, usize::from(inner.width)).len();
    let fit = Fit::of(model, hold, inner, above);
    let offers = hold.offers.len();
    if fit.room < offers && !focused(model, Pane::Choices) {
        return None;
    }
    let row = spots::row_of(inner, at)?.checked_sub(above)?;
    let (first, shown) = fit.shown(model.asked.choice, offers);
    (row / fit.each < shown).then(|| first + row / fit.each)
}

/// Cells before what comes of a choice, in a row of its own.
const INDENT: usize = 5;

/// Why nothing can be answered, where that is the same for all choices: it is said once, above them.
fn closed(model: &Model, hold: &Hold) -> Option<String> {
    let mut whys =
        hold.offers.iter().map(|it| update::why_not(model, Action::Act(words::key_of(*it))));
    let why = whys.next()??;
    whys.all(|other| other.as_ref() == Some(&why)).then_some(why)
}

fn closed_rows(model: &Model, hold: &Hold, width: usize) -> Vec<String> {
    let line = closed(model, hold).map(|why| format!("Not now: {why}."));
    line.map(|line| wrap_words(&line, width)).unwrap_or_default()
}

/// What is said of a choice: what comes of it, and why it cannot be given where that is not said above.
fn said(model: &Model, hold: &Hold, offer: Offer) -> String {
    match closed(model, hold) {
        Some(_) => words::consequence(model, hold, offer),
        None => words::comes_of(model, hold, offer),
    }
}

/// The same in as many rows as it needs.
fn in_full(model: &Model, hold: &Hold, offer: Offer, width: usize) -> Vec<String> {
    wrap_words(&said(model, hold, offer), width.saturating_sub(INDENT).max(1))
}

/// Cells of the names of the choices: where there is little room, no more than they need.
fn name_cells(hold: &Hold, width: usize) -> usize {
    let longest = hold.offers.iter().map(|offer| offer.to_string().chars().count()).max();
    if width >= WIDE { NAME } else { longest.unwrap_or(0).min(NAME) }
}

/// Rows for what comes of the chosen one: none where all of them can be read beside their names, else
/// enough for each, so that nothing moves when another is chosen.
fn below(model: &Model, hold: &Hold, width: usize, each: usize) -> usize {
    if !focused(model, Pane::Choices) {
        return 0;
    }
    let room = width.saturating_sub(INDENT);
    let room = if each == 1 { room.saturating_sub(name_cells(hold, width) + 1) } else { room };
    let offers = || hold.offers.iter().copied();
    let cut = |offer: Offer| Shown::literal(&said(model, hold, offer)).width() > room;
    if !offers().any(cut) {
        return 0;
    }
    offers().map(|offer| in_full(model, hold, offer, width).len()).max().unwrap_or(0)
}

fn cause(model: &Model, hold: &Hold, width: usize) -> Vec<String> {
    let Some(run) = model.run() else { return Vec::new() };
    if model.failure.open && !one_alone(model) {
        // The card beside it says so.
        return Vec::new();
    }
    let lines = words::cause(model, run, hold);
    let rows = lines.iter().flat_map(|line| wrap_words(line, width));
    rows.take(CAUSE_MAX).collect()
}

/// What happened, above the choices: as much as leaves room for all of them and for what comes of the
/// chosen one, but never nothing.
fn asked(model: &Model, hold: &Hold, inner: Rect) -> Vec<String> {
    let (rows, width) = (usize::from(inner.height), usize::from(inner.width));
    let cause = cause(model, hold, width);
    if !focused(model, Pane::Choices) {
        return cause;
    }
    let choices = hold.offers.len() + below(model, hold, width, 1);
    let closed = closed_rows(model, hold, width).len();
    let room = rows.saturating_sub(closed + choices).max(ASKED_MIN);
    in_short(hold, cause, (width, room))
}

/// What happened, in at most so many rows: the question of a step is what one has to read, and its end
/// is nearest to the answer.
fn in_short(hold: &Hold, mut cause: Vec<String>, (width, room): (usize, usize)) -> Vec<String> {
    let Cause::Input(_, question) = &hold.cause else {
        let cut = cause.len() > room;
        cause.truncate(room);
        if let Some(last) = cause.last_mut().filter(|_| cut) {
            *last = fit(&Shown::literal(&format!("{last} …")), width).plain();
        }
        return cause;
    };
    let asked = wrap_words(&question.text, width);
    if cause.len() > room && !question.text.trim().is_empty() {
        cause = asked.get(asked.len().saturating_sub(room)..).unwrap_or_default().to_vec();
    }
    cause.truncate(room);
    cause
}

/// The choices alone, where there is no room for more; or why there are none.
fn keys(model: &Model, hold: &Hold, width: usize) -> Vec<String> {
    let closed = closed_rows(model, hold, width);
    if !closed.is_empty() {
        return closed;
    }
    let name = |offer: &Offer| {
        let key = keymap::written(model, Action::Act(words::key_of(*offer)));
        format!("{key}\u{a0}{}", offer.to_string().replace(' ', "\u{a0}"))
    };
    let names: Vec<String> = hold.offers.iter().map(name).collect();
    let all = keymap::written(model, Action::Choices);
    let rows = wrap_words(&format!("{} ({all}\u{a0}explains)", names.join("; ")), width);
    rows.into_iter().map(|row| row.replace('\u{a0}', " ")).collect()
}

fn choice(
    model: &Model,
    pen: Pen,
    hold: &Hold,
    offer: Offer,
    chosen: bool,
    (width, each): (usize, usize),
) -> Vec<Line<'static>> {
    let action = Action::Act(words::key_of(offer));
    let refused = update::why_not(model, action);
    let (key, name) = match refused {
        None => (pen.styles.of(Tone::Key), Style::default()),
        Some(_) => (pen.styles.of(Tone::Dim), pen.styles.of(Tone::Dim)),
    };
    let name = if chosen { pen.styles.selected() } else { name };
    let cursor = if chosen { pen.glyphs.cursor } else { "" };
    let mut first = vec![
        pen.cell(cursor, 2, Style::default()),
        pen.styled(keymap::written(model, action), key),
        Span::raw("  "),
    ];
    let about = said(model, hold, offer);
    if each == 1 {
        let cells = name_cells(hold, width);
        first.push(pen.cell(&offer.to_string(), cells, name));
        let room = width.saturating_sub(cells + INDENT);
        let tone = if refused.is_some() { Tone::Dim } else { Tone::Text };
        first.push(pen.cell(&format!(" {about}"), room, pen.styles.of(tone)));
        return vec![Line::from(first)];
    }
    first.push(pen.styled(&offer.to_string(), name));
    let second = pen.cell(&about, width.saturating_sub(INDENT), pen.styles.of(Tone::Dim));
    vec![Line::from(first), Line::from(vec![Span::raw(" ".repeat(INDENT)), second])]
}
