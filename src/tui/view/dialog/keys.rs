//! The keys of the open dialog, in the last row of the screen. They are the same however the keys of the
//! console are bound: a dialog is left and confirmed by what everybody knows.

use ratatui::{Frame, layout::Rect};

use super::Pen;
use crate::tui::{
    action::{Action, Motion},
    keymap::{Press, binding, written},
    state::{
        Model,
        dialog::{Dialog, Focus, Subject},
    },
    view::{empty, footer},
    words,
};

/// Names the keys that mean something now.
pub(super) fn draw(model: &Model, dialog: &Dialog, more: bool, pen: Pen, frame: &mut Frame<'_>) {
    let screen = frame.area();
    let row = Rect { y: screen.bottom().saturating_sub(1), height: 1, ..screen };
    empty(pen, frame, row.intersection(screen));
    let mut keys = match dialog.focus {
        Focus::Field(at) => in_field(dialog, at),
        Focus::Button(at) => on_button(dialog, at),
    };
    // What answers, and the way out, come first.
    if let Some(key) = lists(model, dialog) {
        keys.insert(keys.len().min(3), key);
    }
    if more {
        keys.insert(keys.len().min(2), (page_down(model, dialog), "more text"));
    }
    footer::draw_keys((model, pen), frame, row, &keys);
}

/// The key that shows more of the text.
pub(super) fn page_down(model: &Model, dialog: &Dialog) -> String {
    match dialog.focus {
        Focus::Button(_) => written(model, Action::Go(Motion::PageDown)).to_owned(),
        Focus::Field(at) if dialog.fields.get(at).is_some_and(|field| field.tall) => {
            "Tab, then PgDn".to_owned()
        }
        Focus::Field(_) => "PgDn".to_owned(),
    }
}

/// The key that lists what the dialog would run, where that does something: in a field a letter is text.
fn lists(model: &Model, dialog: &Dialog) -> Option<(String, &'static str)> {
    let row = binding(Action::Commands)?;
    let key = written(model, Action::Commands);
    let is_text = matches!(Press::read(key), Some(Press::Char(_)));
    let typed = matches!(dialog.focus, Focus::Field(_)) && is_text;
    (!typed && words::has_commands(model, dialog)).then(|| (key.to_owned(), row.label))
}

fn in_field(dialog: &Dialog, at: usize) -> Vec<(String, &str)> {
    let key = |key: &str, label| (key.to_owned(), label);
    let last = at + 1 == dialog.fields.len();
    if dialog.fields.get(at).is_some_and(|field| field.tall) {
        return vec![
            key("Tab", "to the buttons"),
            key("Esc", "leave, the text is kept"),
            key("Ctrl-u", "undo"),
            key("Ctrl-r", "redo"),
        ];
    }
    let veil = dialog.fields.get(at).filter(|field| field.veiled);
    let veil = veil.map(|it| key("Ctrl-t", if it.is_hidden() { "show it" } else { "hide it" }));
    if matches!(dialog.subject, Subject::Prompt(_)) {
        let keys = [key("Enter", "send"), key("Esc", "send nothing"), key("Tab", "to the buttons")];
        return keys.into_iter().chain(veil).collect();
    }
    let tab = if last { "to the buttons" } else { "next field" };
    let mut keys = vec![key("Tab", tab), key("Esc", "cancel")];
    keys.extend(veil);
    keys.extend([key("Shift-Tab", "back"), key("Ctrl-u", "undo")]);
    keys
}

fn on_button(dialog: &Dialog, at: usize) -> Vec<(String, &str)> {
    let key = |key: &str, label| (key.to_owned(), label);
    let label = dialog.buttons.get(at).map_or("", |button| button.label.as_str());
    let tab = match (dialog.fields.len(), dialog.visited) {
        (0, _) | (_, true) => "next",
        (1, false) => "to the field",
        (_, false) => "to the fields",
    };
    let mut keys = vec![key("Enter", label), key("Tab", tab), key("Esc", "cancel")];
    keys.push(key("arrows", "choose"));
    if dialog.takes_letters() {
        let letters = dialog.buttons.iter();
        keys.extend(letters.filter_map(|it| Some((it.key?.to_string(), it.label.as_str()))));
    }
    keys
}
