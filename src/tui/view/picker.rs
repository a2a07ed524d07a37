//! The picker of a release to go back to: the list, and all that is known of the chosen one.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Position, Rect},
    text::Line,
    widgets::Paragraph,
};

use super::{
    areas::{self, WIDE},
    first_shown, footer, header,
    paint::Pen,
    palette::wrapped,
    releases,
    rows::{labelled, marks, scrolled},
    spots::{self, Spot},
};
use crate::tui::{
    action::{Action, Motion},
    keymap,
    over::Over,
    state::{Model, picker::Picker},
    styles::Tone,
    words,
};

/// Cells of the list where it lies beside the details, at least; and percents of the screen, at most.
const LIST: (u16, u16) = (56, 50);

/// Cells of the label of a detail.
const LABEL: usize = 11;

pub(super) fn draw(model: &Model, pen: Pen, frame: &mut Frame<'_>) {
    let Some(picker) = &model.picker else { return };
    let (areas, body) = areas::frame(model);
    header::draw(model, pen, frame, areas.header);
    let (list, details) = parts(model, body);
    let shown = picker.shown(&model.sight);
    let at = picker.at(&model.sight);
    let filter = picker.typing.as_ref().unwrap_or(&picker.filter);
    let filtered = if filter.is_empty() { String::new() } else { format!(" with {filter}") };
    let mut right = vec![(format!(" {}{filtered} ", words::count_of(at, shown.len())), Tone::Text)];
    if filter.is_empty() {
        right.extend(releases::seen(model));
    }
    let block = pen.pane("Go back to which release?", &right, model.dialog.is_none(), list.width);
    let inner = block.inner(list);
    frame.render_widget(block, list);
    let room = (usize::from(inner.width), usize::from(inner.height));
    let rows = releases::rows_of(model, pen, &shown, Some(at), room);
    frame.render_widget(Paragraph::new(rows), inner);
    let first = first_shown(at, shown.len(), room.1);
    marks(pen, frame, (list, inner), (first > 0, first + room.1 < shown.len()));
    draw_details(model, pen, frame, details, picker);
    match &picker.typing {
        Some(typing) => {
            let text = Line::from(vec![
                pen.span(&format!("/{typing}"), Tone::Strong),
                pen.styled(" ", pen.styles.selected()),
                pen.span("  the list follows; Enter keeps it, Esc clears", Tone::Dim),
            ]);
            frame.render_widget(Paragraph::new(text), areas.line);
        }
        None => footer::draw_line(model, pen, frame, areas.line),
    }
    footer::draw_over((model, pen), frame, areas.footer, Over::Releases);
}

/// What lies there.
pub(super) fn at(model: &Model, at: Position) -> Spot {
    let (_, body) = areas::frame(model);
    let (list, details) = parts(model, body);
    if details.contains(at) {
        return Spot::Details;
    }
    let Some(picker) = &model.picker else { return Spot::Nothing };
    let inner = spots::within(list);
    let all = picker.shown(&model.sight).len();
    let first = first_shown(picker.at(&model.sight), all, usize::from(inner.height));
    let row = spots::row_of(inner, at).map(|row| first + row).filter(|row| *row < all);
    row.map_or(Spot::Nothing, Spot::Candidate)
}

/// List and details, beside each other where there is room.
fn parts(model: &Model, body: Rect) -> (Rect, Rect) {
    if body.width >= WIDE {
        let most = (body.width * LIST.1 / 100).max(LIST.0);
        let wanted = u16::try_from(releases::wanted(model) + 2).unwrap_or(u16::MAX);
        let parts = [Constraint::Length(wanted.clamp(LIST.0, most)), Constraint::Min(0)];
        let [list, details] = Layout::horizontal(parts).areas(body);
        return (list, details);
    }
    let all = u16::try_from(model.sight.candidates.len()).unwrap_or(u16::MAX);
    let height = all.saturating_add(2).min((body.height / 3).max(5));
    let parts = [Constraint::Length(height), Constraint::Min(0)];
    let [list, details] = Layout::vertical(parts).areas(body);
    (list, details)
}

fn draw_details(model: &Model, pen: Pen, frame: &mut Frame<'_>, area: Rect, picker: &Picker) {
    let title = match model.sight.served_by_all() {
        _ if picker.commands => format!("What going back to {} would run", picker.chosen),
        Some(served) => format!("{} {} {}", words::served(served).0, pen.glyphs.to, picker.chosen),
        None => picker.chosen.clone(),
    };
    let lines = lines(model, pen, usize::from(area.width.saturating_sub(2)));
    let room = usize::from(area.height.saturating_sub(2));
    let first = picker.scroll.min(lines.len().saturating_sub(room));
    let hidden = lines.len().saturating_sub(first + room);
    let right = match hidden {
        0 => Vec::new(),
        rows => {
            let key = keymap::written(model, Action::Go(Motion::PageDown));
            vec![(format!(" {} more: {key} ", words::count(rows, "row")), Tone::Held)]
        }
    };
    let block = pen.pane(&title, &right, false, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    scrolled(pen, frame, (area, inner), lines, first);
}

/// All details in rows of that width.
pub(super) fn lines(model: &Model, pen: Pen, width: usize) -> Vec<Line<'static>> {
    let candidate = model.picker.as_ref().and_then(|picker| picker.candidate(&model.sight));
    let Some(candidate) = candidate else {
        let none = model.picker.as_ref().is_some_and(|it| it.shown(&model.sight).is_empty());
        let says = match none {
            true => "no release has that in its words",
            false => "that release is gone: choose another",
        };
        return vec![Line::from(pen.span(says, Tone::Warn))];
    };
    if model.picker.as_ref().is_some_and(|picker| picker.commands) {
        return wrapped(pen, &words::release_commands(model, candidate), width);
    }
    labelled(pen, words::details(model, candidate), LABEL, width)
}
