//! The open dialog, over everything else but the last row, which names its keys.

mod buttons;
mod keys;
mod said;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Margin, Rect},
    text::Line,
    widgets::Paragraph,
};
use tui_textarea::{CursorMove, DataCursor, TextArea};

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
            dialog::{Dialog, Field, Focus},
            facts::MIND,
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

/// Rows of what is said below the buttons, at most.
const FOOT_MAX: usize = 2;

/// Cells before what can have the keys, for the mark that it has them.
const MARK: usize = 2;

/// Cells that the value of a field keeps beside its label.
const VALUE_MIN: u16 = 16;

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
    let screen = Rect { height: screen.height.saturating_sub(1), ..screen };
    let width = model.size.width.saturating_sub(4).min(WIDTH_MAX);
    let inner = usize::from(width).saturating_sub(4);
    let text = lines(model, dialog, inner);
    let text: Vec<String> = text.iter().flat_map(|line| wrap_words(line, inner)).collect();
    let below = said::said(model, dialog, inner).0;
    let below = u16::try_from(wrap_words(&below, inner).len().min(FOOT_MAX)).unwrap_or(1);
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
    let most = screen.height.saturating_sub(2 + below + TEXT_MIN);
    let fields = fields.min(most.saturating_sub(rows(dialog.buttons.len()).min(BUTTONS_MIN)));
    let listed = rows(dialog.buttons.len()).min(most.saturating_sub(fields)).max(1);
    // Text, a blank row, the fields, the buttons, what is missing; and the frame.
    let height = rows(text.len()).saturating_add(fields + listed + below + 3);
    let whole = centred(screen, width, height.min(screen.height));
    let within = whole.inner(Margin { horizontal: 1, vertical: 1 });
    let [_, within, _] =
        Layout::horizontal([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)])
            .areas(within);
    let parts = [
        Constraint::Min(0),
        Constraint::Length(fields),
        Constraint::Length(listed),
        Constraint::Length(below),
    ];
    let [top, fields, buttons, foot] = Layout::vertical(parts).areas(within);
    Laid { whole, text, top, fields, buttons, foot }
}

/// The text of a dialog, with all that does not fit where it belongs.
fn lines(model: &Model, dialog: &Dialog, inner: usize) -> Vec<String> {
    let wide = |text: &str| Shown::literal(text).width();
    let mut lines = Vec::new();
    if wide(&dialog.title) > inner {
        lines.push(dialog.title.clone());
    }
    lines.extend(words::dialog(model));
    let cells = match dialog.fields.as_slice() {
        [_] => inner.saturating_sub(MARK),
        several => label_cells(several, inner),
    };
    let labels = dialog.fields.iter().map(|field| &field.label);
    lines.extend(labels.filter(|label| wide(label) > cells).cloned());
    let cut = dialog.buttons.iter().filter(|button| buttons::is_cut(button, inner));
    lines.extend(cut.map(|button| format!("{}: {}", button.label, button.about)));
    lines
}

/// Cells of the labels of several fields.
fn label_cells(fields: &[Field], width: usize) -> usize {
    let longest = fields.iter().map(|field| Shown::literal(&field.label).width()).max();
    longest.unwrap_or(0).min(width.saturating_sub(MARK + 3 + usize::from(VALUE_MIN)))
}

/// Rows of the text that there is no room for.
pub(super) fn hidden(laid: &Laid) -> usize {
    laid.text.len().saturating_sub(usize::from(laid.top.height))
}

/// Rows that one page of the text goes on.
pub(super) fn page(laid: &Laid) -> usize {
    usize::from(laid.top.height).saturating_sub(1).max(1)
}

/// The first button that is shown, where there is no room for all.
pub(super) fn first_button(dialog: &Dialog, buttons: Rect) -> usize {
    let at = if let Focus::Button(at) = dialog.focus { at } else { 0 };
    first_shown(at, dialog.buttons.len(), usize::from(buttons.height))
}

pub(super) fn draw(model: &Model, dialog: &Dialog, pen: Pen, frame: &mut Frame<'_>) {
    let laid = lay_out(model, dialog, frame.area());
    let (whole, middle, buttons) = (laid.whole, laid.fields, laid.buttons);
    empty(pen, frame, whole);
    let hint = vec![(" Esc cancels ".to_owned(), Tone::Dim)];
    frame.render_widget(pen.pane(&dialog.title, &hint, true, whole.width), whole);
    body(model, pen, frame, &laid, dialog);
    match dialog.fields.as_slice() {
        [field] => entry(pen, frame, middle, field, dialog.focus == Focus::Field(0)),
        several => entries(pen, frame, middle, several, dialog.focus),
    }
    let ready = dialog.lacks(model.wall(), &model.settings.zone).is_none();
    let all = dialog.buttons.len();
    let (cells, room) = (usize::from(buttons.width), usize::from(buttons.height));
    let first = first_button(dialog, buttons);
    let lines = dialog.buttons.iter().enumerate().skip(first).take(room);
    let lines: Vec<Line<'_>> =
        lines.map(|(at, each)| buttons::row(pen, dialog, at, each, (ready, cells))).collect();
    frame.render_widget(Paragraph::new(lines), buttons);
    marks(pen, frame, (whole, buttons), (first > 0, first + room < all));
    let (text, tone) = said::said(model, dialog, cells);
    let rows = wrap_words(&text, cells).into_iter().take(FOOT_MAX);
    let rows: Vec<Line<'_>> = rows.map(|row| Line::from(pen.span(&row, tone))).collect();
    frame.render_widget(Paragraph::new(rows), laid.foot);
    keys::draw(model, dialog, hidden(&laid) > 0, pen, frame);
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

fn body(model: &Model, pen: Pen, frame: &mut Frame<'_>, laid: &Laid, dialog: &Dialog) {
    let Laid { whole, text, top, .. } = laid;
    let room = usize::from(top.height);
    let first = dialog.scroll.min(hidden(laid));
    let shown = text.iter().skip(first).take(room);
    let mut lines: Vec<Line<'_>> =
        shown.map(|row| Line::from(pen.span(row, tone(dialog, row)))).collect();
    let below = text.len().saturating_sub(first + room);
    if let Some(last) = lines.last_mut().filter(|_| below > 0) {
        let key = keys::page_down(model, dialog);
        *last = Line::from(pen.span(&format!("… {} more rows: {key}", below + 1), Tone::Held));
    }
    frame.render_widget(Paragraph::new(lines), *top);
    marks(pen, frame, (*whole, *top), (first > 0, below > 0));
}

fn entry(pen: Pen, frame: &mut Frame<'_>, area: Rect, field: &Field, in_focus: bool) {
    let mark = if in_focus { format!("{} ", pen.glyphs.cursor) } else { String::new() };
    let block = pen.pane(&format!("{mark}{}", field.label), &[], in_focus, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    edit(pen, frame, inner, field, in_focus);
}

/// What a field shows: of a text of several lines in one row also where they end.
fn shown(pen: Pen, field: &Field) -> TextArea<'static> {
    if field.area.lines().iter().all(|line| !line.contains('\n')) {
        return field.area.clone();
    }
    let with_ends = |line: &String| line.replace('\n', &pen.glyphs.line_break.to_string());
    let mut shown = TextArea::new(field.area.lines().iter().map(with_ends).collect());
    shown.set_cursor_line_style(ratatui::style::Style::default());
    let DataCursor(row, column) = field.area.cursor();
    let at = |place: usize| u16::try_from(place).unwrap_or(u16::MAX);
    shown.move_cursor(CursorMove::Jump(at(row), at(column)));
    shown
}

fn edit(pen: Pen, frame: &mut Frame<'_>, inner: Rect, field: &Field, in_focus: bool) {
    let mut area = shown(pen, field);
    let cursor = if in_focus { pen.styles.selected() } else { ratatui::style::Style::default() };
    area.set_cursor_style(cursor);
    frame.render_widget(&area, inner);
}

/// Several fields of one line: each in a row, with its label before it.
fn entries(pen: Pen, frame: &mut Frame<'_>, area: Rect, fields: &[Field], focus: Focus) {
    let label = label_cells(fields, usize::from(area.width));
    for (at, (field, row)) in fields.iter().zip(area.rows()).enumerate() {
        let in_focus = focus == Focus::Field(at);
        let cells = u16::try_from(MARK + label + 2).unwrap_or(u16::MAX);
        let parts = [Constraint::Length(cells), Constraint::Min(0), Constraint::Length(1)];
        let [name, value, end] = Layout::horizontal(parts).areas(row);
        let tone = if in_focus { Tone::Strong } else { Tone::Text };
        let name_of = pen.cell(&field.label, label + 1, pen.styles.of(tone));
        let mark = if in_focus { pen.glyphs.cursor } else { "" };
        let mark = pen.cell(mark, MARK, pen.styles.of(tone));
        let bracket = |text| pen.styled(text, pen.styles.frame(in_focus));
        frame.render_widget(Line::from(vec![mark, name_of, bracket("[")]), name);
        frame.render_widget(Line::from(bracket("]")), end);
        edit(pen, frame, value, field, in_focus);
    }
}
