//! The list of keys, searched as one types: what acts in the pane that has the keys comes first.

use ratatui::{Frame, text::Line};

use super::{
    middle,
    paint::{Pen, wrap_words},
    rows::{Rows, entry},
};
use crate::tui::{
    action::{Act, Action},
    keymap::{Binding, Place, TABLE, written},
    state::{Model, Pane, help::Help},
    styles::Tone,
    update, words,
};

/// Cells of a key, with the blank behind it.
const KEY: usize = 10;

/// Cells of the name of a key's action.
const LABEL: usize = 14;

pub(super) fn draw(model: &Model, help: &Help, pen: Pen, frame: &mut Frame<'_>) {
    let width = model.size.width.saturating_sub(4).min(100);
    let area = middle(pen, frame, width, model.size.height.saturating_sub(2));
    let title = match help.filter.is_empty() {
        true => "Keys: type to search".to_owned(),
        false => format!("Keys with: {}", help.filter),
    };
    let right = match &help.says {
        Some(_) => Vec::new(),
        None => vec![(" Enter does it, Esc closes ".to_owned(), Tone::Dim)],
    };
    let mut block = pen.pane(&title, &right, true, area.width);
    if let Some(says) = &help.says {
        let room = usize::from(area.width.saturating_sub(4));
        let says = wrap_words(says, room).into_iter().next().unwrap_or_default();
        block = block.title_bottom(pen.span(&format!(" {says} "), Tone::Warn));
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    lines(model, help, pen, usize::from(inner.width)).draw(pen, frame, area, inner);
}

/// All rows that fit what was typed.
fn lines(model: &Model, help: &Help, pen: Pen, width: usize) -> Rows {
    let mut rows = Rows::default();
    let mut at = 0;
    for (title, bindings) in sections(model, &help.filter) {
        if !rows.lines.is_empty() {
            rows.lines.push(Line::default());
        }
        rows.lines.push(Line::from(pen.span(&title, Tone::Strong)));
        for row in bindings {
            rows.push(lines_of(model, pen, row, at == help.chosen, width), at == help.chosen);
            at += 1;
        }
    }
    if rows.lines.is_empty() {
        rows.lines.push(Line::from(pen.span("no key has that in its words", Tone::Dim)));
    }
    // The heading above the first row is seen with it.
    if rows.chosen.start == 1 {
        rows.chosen.start = 0;
    }
    rows
}

/// The rows that fit, in the order in which they are shown.
pub(super) fn bindings(model: &Model, help: &Help) -> Vec<&'static Binding> {
    sections(model, &help.filter).into_iter().flat_map(|(_, rows)| rows).collect()
}

fn sections(model: &Model, filter: &str) -> Vec<(String, Vec<&'static Binding>)> {
    if !filter.is_empty() {
        return found(model, filter);
    }
    let mine = here(model);
    let listed = |row: &&Binding| mine.contains(&row.action) || in_place(model, row);
    let order = |row: &&Binding| {
        let named = mine.iter().position(|action| *action == row.action);
        named.unwrap_or(if row.place == Place::Moving { usize::MAX } else { mine.len() })
    };
    let mut first: Vec<&Binding> = TABLE.iter().filter(listed).collect();
    first.sort_by_key(order);
    let title = format!("In this pane: {}", words::pane(model, model.focus));
    let mut sections = vec![(title, first)];
    for place in [Place::Acting, Place::Everywhere, Place::Log, Place::Moving] {
        let of = TABLE.iter().filter(|row| row.place == place).filter(|row| !listed(row));
        sections.push((place.title().to_owned(), of.collect()));
    }
    sections.retain(|(_, rows)| !rows.is_empty());
    sections
}

/// What has the words that were typed: in its name, before in its sentence.
fn found(model: &Model, filter: &str) -> Vec<(String, Vec<&'static Binding>)> {
    let mut rows: Vec<&Binding> = TABLE.iter().filter(|row| fits(model, row, filter)).collect();
    let filter = filter.to_lowercase();
    rows.sort_by_key(|row| !row.label.to_lowercase().contains(&filter));
    if rows.is_empty() { Vec::new() } else { vec![("Found".to_owned(), rows)] }
}

/// What moves about, and in the log all that is for the log.
fn in_place(model: &Model, row: &Binding) -> bool {
    row.place == Place::Moving || (row.place == Place::Log && model.focus == Pane::Log)
}

/// What matters most in the pane that has the keys.
fn here(model: &Model) -> Vec<Action> {
    match model.focus {
        Pane::Hosts => vec![Action::Open, Action::Host, Action::Act(Act::Break)],
        Pane::Steps => vec![Action::Open, Action::Act(Act::Break)],
        Pane::Releases => vec![Action::Open, Action::Act(Act::Rollback)],
        Pane::Log => vec![Action::Open, Action::Follow],
        Pane::Choices => {
            let offers = model.hold().map_or(&[][..], |(_, hold)| &hold.offers);
            let mut acts = vec![Action::Open];
            for act in offers.iter().map(|offer| Action::Act(words::key_of(*offer))) {
                if !acts.contains(&act) {
                    acts.push(act);
                }
            }
            acts
        }
    }
}

fn fits(model: &Model, row: &Binding, filter: &str) -> bool {
    let key = written(model, row.action) == filter;
    let filter = filter.to_lowercase();
    let within = |text: &str| text.to_lowercase().contains(&filter);
    filter.is_empty() || within(row.label) || within(row.about) || key
}

fn lines_of(
    model: &Model,
    pen: Pen,
    row: &Binding,
    chosen: bool,
    width: usize,
) -> Vec<Line<'static>> {
    let refused = update::why_not(model, row.action);
    let (key, tone) = match refused {
        None => (Tone::Key, Tone::Text),
        Some(_) => (Tone::Dim, Tone::Dim),
    };
    let about = match refused {
        None => row.about.to_owned(),
        Some(why) => format!("{} Not now: {why}.", row.about),
    };
    let label = if chosen { pen.styles.selected() } else { pen.styles.of(tone) };
    let room = width.saturating_sub(2 + KEY + LABEL + 1);
    let mut lines = Vec::new();
    for (at, text) in wrap_words(&about, room).iter().enumerate() {
        let first = at == 0;
        let (key_of, name) = if first { (written(model, row.action), row.label) } else { ("", "") };
        let style = if first { label } else { pen.styles.of(tone) };
        lines.push(entry(
            pen,
            chosen && first,
            vec![
                pen.cell(key_of, KEY, pen.styles.of(key)),
                pen.cell(name, LABEL, style),
                pen.span(" ", tone),
                pen.span(text, tone),
            ],
        ));
    }
    lines
}
