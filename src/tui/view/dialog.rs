//! The open dialog, over everything else.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Margin, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    centred, empty, first_shown,
    paint::{Pen, wrap_words},
    rows::marks,
};
use crate::{
    text::Shown,
    tui::{
        state::{
            Model,
            dialog::{Button, Dialog, Field, Focus, Need},
            facts::MIND,
            moment,
        },
        styles::Tone,
        words,
    },
};

const WIDTH_MAX: u16 = 84;

/// Rows of a field for several lines, with its frame.
const TALL: u16 = 9;

/// Rows of text that stay beside what is pressed, and buttons that stay beside a tall field.
const TEXT_MIN: u16 = 2;
const BUTTONS_MIN: u16 = 4;

/// Rows of a field for one line, with its frame.
const FRAMED: u16 = 3;

/// Where the parts of a dialog lie, and its text in rows.
pub(super) struct Laid {
    /// All of it, with its frame.
    pub(super) whole: Rect,
    text: Vec<String>,
    top: Rect,
    /// The fields; one alone has a frame.
    pub(super) fields: Rect,
    /// A button a row.
    pub(super) buttons: Rect,
    foot: Rect,
}

/// Where the parts of a dialog lie on a screen.
pub(super) fn lay_out(model: &Model, dialog: &Dialog, screen: Rect) -> Laid {
    let width = model.size.width.saturating_sub(4).min(WIDTH_MAX);
    let inner = usize::from(width).saturating_sub(4);
    let text = words::dialog(model);
    let text: Vec<String> = text.iter().flat_map(|line| wrap_words(line, inner)).collect();
    let rows = |rows: usize| u16::try_from(rows).unwrap_or(u16::MAX);
    let fields = match dialog.fields.as_slice() {
        [one] => {
            if one.tall {
                TALL
            } else {
                FRAMED
            }
        }
        several => rows(several.len()),
    };
    // Buttons and fields are always seen; text is scrolled where there is no room for all of it, and
    // buttons where they alone are too many.
    let most = model.size.height.saturating_sub(2 + 1 + TEXT_MIN);
    let fields = fields.min(most.saturating_sub(rows(dialog.buttons.len()).min(BUTTONS_MIN)));
    let listed = rows(dialog.buttons.len()).min(most.saturating_sub(fields)).max(1);
    // Text, a blank row, the fields, the buttons, what is missing; and the frame.
    let below = fields + listed + 1;
    let height = rows(text.len()).saturating_add(below + 3);
    let whole = centred(screen, width, height.min(model.size.height));
    let within = whole.inner(Margin { horizontal: 1, vertical: 1 });
    let [_, within, _] =
        Layout::horizontal([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)])
            .areas(within);
    let parts = [
        Constraint::Min(0),
        Constraint::Length(fields),
        Constraint::Length(listed),
        Constraint::Length(1),
    ];
    let [top, fields, buttons, foot] = Layout::vertical(parts).areas(within);
    Laid { whole, text, top, fields, buttons, foot }
}

/// The first button that is shown, where there is no room for all.
pub(super) fn first_button(dialog: &Dialog, buttons: Rect) -> usize {
    let at = if let Focus::Button(at) = dialog.focus { at } else { 0 };
    first_shown(at, dialog.buttons.len(), usize::from(buttons.height))
}

pub(super) fn draw(model: &Model, dialog: &Dialog, pen: Pen, frame: &mut Frame<'_>) {
    let Laid { whole, text, top, fields: middle, buttons, foot } =
        lay_out(model, dialog, frame.area());
    empty(pen, frame, whole);
    let hint = vec![(" Esc cancels ".to_owned(), Tone::Dim)];
    frame.render_widget(pen.pane(&dialog.title, &hint, true, whole.width), whole);
    body(pen, frame, top, &text, dialog);
    match dialog.fields.as_slice() {
        [field] => entry(pen, frame, middle, field, dialog.focus == Focus::Field(0)),
        several => entries(pen, frame, middle, several, dialog.focus),
    }
    let ready = dialog.lacks(model.now, &model.settings.zone).is_none();
    let all = dialog.buttons.len();
    let (cells, room) = (usize::from(buttons.width), usize::from(buttons.height));
    let first = first_button(dialog, buttons);
    let lines = dialog.buttons.iter().enumerate().skip(first).take(room);
    let lines: Vec<Line<'_>> =
        lines.map(|(at, each)| button(pen, dialog, at, each, (ready, cells))).collect();
    frame.render_widget(Paragraph::new(lines), buttons);
    marks(pen, frame, (whole, buttons), (first > 0, first + room < all));
    frame.render_widget(
        Paragraph::new(Line::from(said(model, pen, dialog, usize::from(foot.width)))),
        foot,
    );
}

/// A difference is told apart by its sign, and by its look.
fn tone(dialog: &Dialog, row: &str) -> Tone {
    match row.get(..2) {
        Some("+ ") if dialog.diff => Tone::Ok,
        Some("- ") if dialog.diff => Tone::Failed,
        Some(_) if row.starts_with(MIND) => Tone::Warn,
        Some(_) | None => Tone::Text,
    }
}

fn body(pen: Pen, frame: &mut Frame<'_>, area: Rect, text: &[String], dialog: &Dialog) {
    let scroll = dialog.scroll;
    let room = usize::from(area.height);
    let first = scroll.min(text.len().saturating_sub(room));
    let mut lines: Vec<Line<'_>> = text
        .iter()
        .skip(first)
        .take(room)
        .map(|row| Line::from(pen.span(row, tone(dialog, row))))
        .collect();
    let hidden = text.len().saturating_sub(first + room);
    if let Some(last) = lines.last_mut().filter(|_| hidden > 0) {
        *last = Line::from(pen.span(&format!("… {} more rows: PgDn", hidden + 1), Tone::Dim));
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn entry(pen: Pen, frame: &mut Frame<'_>, area: Rect, field: &Field, in_focus: bool) {
    let block = pen.pane(&field.label, &[], in_focus, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    edit(pen, frame, inner, field, in_focus);
}

fn edit(pen: Pen, frame: &mut Frame<'_>, inner: Rect, field: &Field, in_focus: bool) {
    let mut area = field.area.clone();
    let cursor = if in_focus { pen.styles.selected() } else { ratatui::style::Style::default() };
    area.set_cursor_style(cursor);
    frame.render_widget(&area, inner);
}

/// Several fields of one line: each in a row, with its label before it.
fn entries(pen: Pen, frame: &mut Frame<'_>, area: Rect, fields: &[Field], focus: Focus) {
    let longest = fields.iter().map(|field| Shown::literal(&field.label).width()).max();
    let label = longest.unwrap_or(0).min(usize::from(area.width / 2));
    for (at, (field, row)) in fields.iter().zip(area.rows()).enumerate() {
        let in_focus = focus == Focus::Field(at);
        let cells = u16::try_from(label + 2).unwrap_or(u16::MAX);
        let parts = [Constraint::Length(cells), Constraint::Min(0), Constraint::Length(1)];
        let [name, value, end] = Layout::horizontal(parts).areas(row);
        let tone = if in_focus { Tone::Strong } else { Tone::Text };
        let name_of = pen.cell(&field.label, label + 1, pen.styles.of(tone));
        let bracket = |text| pen.styled(text, pen.styles.frame(in_focus));
        frame.render_widget(Line::from(vec![name_of, bracket("[")]), name);
        frame.render_widget(Line::from(bracket("]")), end);
        edit(pen, frame, value, field, in_focus);
    }
}

fn button(
    pen: Pen,
    dialog: &Dialog,
    at: usize,
    button: &Button,
    (ready, width): (bool, usize),
) -> Line<'static> {
    let in_focus = dialog.focus == Focus::Button(at);
    let style = match in_focus {
        true => pen.styles.selected(),
        false if at > 0 && !ready => pen.styles.of(Tone::Dim),
        false => pen.styles.of(Tone::Strong),
    };
    let cursor = if in_focus { pen.glyphs.cursor } else { "" };
    let key = button.key.map_or_else(String::new, |key| key.to_string());
    let mut spans = vec![
        pen.cell(cursor, 2, ratatui::style::Style::default()),
        pen.cell(&key, 2, pen.styles.of(Tone::Key)),
        pen.styled(&format!("[ {} ]", button.label), style),
    ];
    if let Some(room) = room_for_about(button, width) {
        spans.push(Span::raw("  "));
        spans.push(pen.cell(&button.about, room, pen.styles.of(Tone::Dim)));
    }
    Line::from(spans)
}

/// Cells that are left for what comes of a button; `None`: there is nothing to say, or no room.
fn room_for_about(button: &Button, width: usize) -> Option<usize> {
    let used = 4 + 4 + Shown::literal(&button.label).width() + 2;
    let room = width.saturating_sub(used);
    (!button.about.is_empty() && room > 3).then_some(room)
}

/// Cells of the longest of the hints below.
const HINT: usize = 56;

/// What comes of the button that has the keys, where it does not fit beside it.
fn cut_about(dialog: &Dialog, width: usize) -> Option<&str> {
    let Focus::Button(at) = dialog.focus else { return None };
    let button = dialog.buttons.get(at).filter(|button| !button.about.is_empty())?;
    let fits = room_for_about(button, width)
        .is_some_and(|room| Shown::literal(&button.about).width() <= room);
    (!fits).then_some(button.about.as_str())
}

/// Why the last press did nothing, what is wrong with what is typed, or how to go on.
fn said(model: &Model, pen: Pen, dialog: &Dialog, width: usize) -> Span<'static> {
    let field = match (&dialog.says, dialog.focus) {
        (Some(says), _) => return pen.span(says, Tone::Warn),
        (None, Focus::Field(at)) => dialog.fields.get(at),
        (None, Focus::Button(_)) => None,
    };
    let zone = &model.settings.zone;
    match field {
        Some(field) if field.need == Need::Moment => {
            match moment::read(&field.typed(), model.now, zone) {
                Err(why) => pen.span(&why, Tone::Warn),
                Ok(Some(at)) => {
                    let clock = words::clock_minutes(at, model.now, zone);
                    let ahead = words::ago(model.now, at);
                    pen.span(&format!("that is until {clock}, in {ahead}"), Tone::Ok)
                }
                Ok(None) => pen.span("may be left empty; Tab goes on", Tone::Dim),
            }
        }
        Some(_) => pen.span("Tab goes on to the buttons", Tone::Dim),
        // What comes of a button is said in full where it did not fit beside it.
        None if cut_about(dialog, width).is_some() => {
            pen.span(cut_about(dialog, width).unwrap_or_default(), Tone::Text)
        }
        None if width < HINT => pen.span("Tab and arrows choose, Enter presses", Tone::Dim),
        None if dialog.buttons.iter().all(|button| button.key.is_none()) => {
            pen.span("Tab and arrows choose, Enter presses", Tone::Dim)
        }
        None => pen.span("Tab and arrows choose, Enter presses; so does the letter", Tone::Dim),
    }
}
