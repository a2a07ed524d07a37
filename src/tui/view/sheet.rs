//! A text over the panes: the words for a newcomer, or what was said in the last line.

use ratatui::{Frame, text::Line};

use super::{areas, detail::rows, empty, footer, middle, paint::Pen, rows::scrolled};
use crate::tui::{
    action::{Action, Motion},
    keymap,
    state::{
        Model,
        said::{Paper, Sheet},
    },
    styles::Tone,
    words,
};

/// The keys: every other one closes it.
fn keys(model: &Model) -> [(String, &'static str); 3] {
    let page = keymap::written(model, Action::Go(Motion::PageDown));
    [("Esc".to_owned(), "back"), (keymap::down_up(model), "line"), (page.to_owned(), "page")]
}

pub(super) fn draw(model: &Model, open: Sheet, pen: Pen, frame: &mut Frame<'_>) {
    let footer = areas::frame(model).0.footer;
    empty(pen, frame, footer);
    footer::draw_keys((model, pen), frame, footer, &keys(model));
    let lines = lines(model, open, pen);
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let most = model.size.height.saturating_sub(2);
    let area = middle(pen, frame, width(model) + 2, rows.min(most));
    let hint = vec![(" Esc closes ".to_owned(), Tone::Dim)];
    let title = match open.of {
        Paper::Guide => "Where to begin",
        Paper::Messages => "What was said, the newest first",
    };
    let block = pen.pane(title, &hint, true, area.width);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    scrolled(pen, frame, (area, inner), lines, open.first);
}

fn width(model: &Model) -> u16 {
    model.size.width.saturating_sub(2).min(90)
}

/// All rows of it.
pub(super) fn lines(model: &Model, open: Sheet, pen: Pen) -> Vec<Line<'static>> {
    let text: Vec<(String, Tone)> = match open.of {
        Paper::Guide => {
            let with_keys = |line: &String| (keymap::with_keys(model, line), Tone::Text);
            model.guide.iter().map(with_keys).collect()
        }
        Paper::Messages => {
            let zone = &model.settings.zone;
            let line = |it: &crate::tui::state::Line| {
                (format!("{} {}", words::clock(it.at, zone), it.text), it.tone)
            };
            let said: Vec<_> = model.said.newest().map(line).collect();
            match said.is_empty() {
                true => vec![("Nothing was said yet.".to_owned(), Tone::Dim)],
                false => said,
            }
        }
    };
    rows(text, pen, usize::from(width(model)))
}
