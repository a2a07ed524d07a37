//! A text of one line while it is typed, or pasted: a filter, a search, what is looked for in a list.

use crossterm::event::KeyCode;

use crate::tui::keymap::Press;

/// Bytes of such a text, at most.
const TYPED_MAX: usize = 512;

/// What a key has made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// Another text.
    Changed,
    /// Nothing was left to be taken back: whoever goes on wants to leave.
    Left,
    /// Nothing.
    Nothing,
}

/// A key for it.
pub(super) fn key(text: &mut String, press: Option<Press>) -> Came {
    match press {
        Some(Press::Named(KeyCode::Backspace)) => match text.pop() {
            Some(_) => Came::Changed,
            None => Came::Left,
        },
        Some(Press::Ctrl('u')) => {
            text.clear();
            Came::Changed
        }
        Some(Press::Char(c)) if push(text, c) => Came::Changed,
        Some(Press::Named(_) | Press::Ctrl(_) | Press::Char(_)) | None => Came::Nothing,
    }
}

/// Text that is pasted into it, as far as there is room.
pub(super) fn paste(text: &mut String, pasted: &str) {
    for c in pasted.chars() {
        if !push(text, c) {
            return;
        }
    }
}

/// Whether there was room.
fn push(text: &mut String, c: char) -> bool {
    let room = text.len() + c.len_utf8() <= TYPED_MAX;
    if room {
        text.push(c);
    }
    room
}
