//! The modes of a terminal that the console may set: each stands in one table with what sets it and
//! what unsets it, so that none can be set without being unset on every way out.

use std::sync::atomic::{AtomicU16, Ordering};

/// A mode of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The title, kept on the terminal's own stack (xterm, window operations 22 and 23).
    Title,
    /// The alternate screen (xterm, private mode 1049).
    Screen,
    /// Pasted text is told apart from keys (private mode 2004).
    Paste,
    /// Keys that are otherwise one byte are told apart (kitty's keyboard protocol, flag 1).
    /// Not set by us: a guest may leave it on.
    Keys,
    /// Coming and going of the operator's attention is told (private mode 1004).
    Focus,
    /// Clicks and the wheel are told, in the form that has no bound (private modes 1000 and 1006);
    /// nothing of mere motion, which would be a flood.
    Mouse,
    /// The cursor is hidden (private mode 25), and has a shape of ours (DECSCUSR).
    Cursor,
    /// Progress in the terminal's own indicator (OSC 9;4). What sets it is said with a number.
    Progress,
    /// A frame is shown when all of it is there (private mode 2026).
    Frame,
}

/// A row of the table.
#[derive(Debug)]
struct Row {
    mode: Mode,
    set: &'static str,
    unset: &'static str,
}

/// All modes, in the order in which they are set; they are unset the other way round, since some
/// terminals keep the ones after [`Mode::Screen`] for each screen apart.
const TABLE: [Row; 9] = [
    Row { mode: Mode::Title, set: "\x1b[22;0t", unset: "\x1b[23;0t" },
    Row { mode: Mode::Screen, set: "\x1b[?1049h", unset: "\x1b[?1049l" },
    Row { mode: Mode::Paste, set: "\x1b[?2004h", unset: "\x1b[?2004l" },
    Row { mode: Mode::Keys, set: "\x1b[>1u", unset: "\x1b[<u" },
    Row { mode: Mode::Focus, set: "\x1b[?1004h", unset: "\x1b[?1004l" },
    Row { mode: Mode::Mouse, set: "\x1b[?1000h\x1b[?1006h", unset: "\x1b[?1006l\x1b[?1000l" },
    Row { mode: Mode::Cursor, set: "\x1b[?25l", unset: "\x1b[0 q\x1b[?25h" },
    Row { mode: Mode::Progress, set: "", unset: "\x1b]9;4;0\x07" },
    Row { mode: Mode::Frame, set: "\x1b[?2026h", unset: "\x1b[?2026l" },
];

/// Leaves the alternate screen with nothing on it: tmux (seen with 3.3a) leaves rows of it on the main
/// screen if its window was resized meanwhile, and rows of nothing are the best that it can leave. Only
/// where it is on; elsewhere this would clear what is not ours.
const LEAVE_SCREEN: &str = "\x1b[H\x1b[J\x1b[?1049l";

/// Ends whatever sequence was cut off before it; nothing where there was none.
const CUT: &str = "\x1b\\";

/// Colours and attributes of the terminal's own.
const PLAIN: &str = "\x1b[0m";

/// What a program that ended badly may have left behind, beside the modes of the table: the mouse in
/// its other forms, the alternate screens of old, reports of size and colours, keys with their modifiers
/// (xterm; for others it is an attribute, so attributes go after it), line drawing, a scrolling region,
/// insertion, keys of applications, the screen reversed, no wrapping. The cursor, which goes home with the
/// region, stays where it is.
const STRANGE: &str = concat!(
    "\x1b[?9l\x1b[?1001l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1015l\x1b[?1016l",
    "\x1b[?47l\x1b[?1047l\x1b[?2031l\x1b[?2048l\x1b[>4m\x1b[0m",
    "\x1b(B\x0f\x1b7\x1b[?69l\x1b[?6l\x1b[r\x1b8\x1b[4l\x1b[?1l\x1b>\x1b[?5l\x1b[?7h",
);

/// What programs that draw set, by their private modes: vim, tmux, less, htop, mc.
#[cfg(test)]
const GUESTS: [&str; 16] = [
    "?1", "?5", "?6", "?9", "?47", "?69", "?1000", "?1001", "?1002", "?1003", "?1005", "?1006",
    "?1015", "?1016", "?1047", "?2031",
];

/// The modes that are set, by their place in the table.
static SET: AtomicU16 = AtomicU16::new(0);

fn bit(mode: Mode) -> u16 {
    1 << TABLE.iter().position(|row| row.mode == mode).unwrap_or(0)
}

/// What sets a mode. It is unset from now on with all others; one that is set says nothing again.
pub(super) fn set(mode: Mode) -> &'static str {
    let before = SET.fetch_or(bit(mode), Ordering::SeqCst);
    match before & bit(mode) {
        0 => TABLE.iter().find(|row| row.mode == mode).map_or("", |row| row.set),
        _ => "",
    }
}

/// What unsets a mode; nothing where it is not set.
pub(super) fn unset(mode: Mode) -> &'static str {
    let before = SET.fetch_and(!bit(mode), Ordering::SeqCst);
    match before & bit(mode) {
        0 => "",
        _ if mode == Mode::Screen => LEAVE_SCREEN,
        _ => TABLE.iter().find(|row| row.mode == mode).map_or("", |row| row.unset),
    }
}

/// What unsets all modes that are set, and with them whatever a frame that was cut off began.
pub(super) fn unset_all() -> String {
    let mut text = [CUT, PLAIN].concat();
    for row in TABLE.iter().rev() {
        text.push_str(unset(row.mode));
    }
    text
}

/// What unsets everything that a program which was killed may have left set: for the terminal on which
/// that happened, before anything else is done with it.
#[must_use]
pub fn mended() -> String {
    let unset = TABLE.iter().rev().map(|row| row.unset);
    [CUT, PLAIN].into_iter().chain(unset).chain([STRANGE]).collect()
}

/// What makes the terminal plain again after a guest that may have ended anyhow. The title is ours and
/// stays on its stack. `screen`: the guest has left the alternate screen on; to leave it where it is not
/// on would move the cursor.
#[must_use]
pub fn after_guest(screen: bool) -> String {
    let unset = TABLE.iter().rev().map(|row| match row.mode {
        Mode::Title => "",
        Mode::Screen if !screen => "",
        Mode::Screen
        | Mode::Paste
        | Mode::Keys
        | Mode::Focus
        | Mode::Mouse
        | Mode::Cursor
        | Mode::Progress
        | Mode::Frame => row.unset,
    });
    [CUT, PLAIN].into_iter().chain(unset).chain([STRANGE]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What is left set after these bytes: private modes by their number, and what is kept on stacks.
    fn left(bytes: &str) -> BTreeSet<String> {
        let mut left = BTreeSet::new();
        for part in bytes.split("\x1b[").skip(1) {
            let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
            let (args, rest) = part.split_at(end);
            let last = rest.chars().next().unwrap_or(' ');
            match (args, last) {
                (number, 'h') => drop(left.insert(number.to_owned())),
                (number, 'l') => drop(left.remove(number)),
                ("22;0", 't') | (">1", 'u') => drop(left.insert(last.to_string())),
                ("23;0", 't') | ("<", 'u') => drop(left.remove(&last.to_string())),
                _ => {}
            }
        }
        left
    }

    #[test]
    fn what_a_mode_sets_it_unsets() {
        for row in &TABLE {
            assert!(!row.unset.is_empty(), "{row:?}");
            if row.mode != Mode::Progress && row.mode != Mode::Cursor {
                assert!(!left(row.set).is_empty(), "{row:?} is not understood by this test");
            }
            let both = [row.set, row.unset].concat();
            // The cursor is set by hiding it.
            let rest: Vec<_> = left(&both).into_iter().filter(|mode| mode != "?25").collect();
            assert!(rest.is_empty(), "{row:?} leaves {rest:?}");
        }
    }

    #[test]
    fn all_modes_are_in_the_table_once_and_have_a_bit() {
        let bits: BTreeSet<u16> = TABLE.iter().map(|row| bit(row.mode)).collect();
        assert_eq!(bits.len(), TABLE.len());
    }

    #[test]
    fn mending_unsets_every_mode() {
        let sets: String = TABLE.iter().map(|row| row.set).collect();
        let rest = left(&[sets.as_str(), &mended()].concat());
        assert_eq!(rest.into_iter().collect::<Vec<_>>(), ["?25", "?7"], "shown, and wrapping");
        let guests: String = GUESTS.map(|mode| format!("\x1b[{mode}h")).concat();
        let rest = left(&[guests.as_str(), &mended()].concat());
        assert_eq!(rest.into_iter().collect::<Vec<_>>(), ["?25", "?7"]);
        let rest = left(&[guests.as_str(), &after_guest(false)].concat());
        assert_eq!(rest.into_iter().collect::<Vec<_>>(), ["?25", "?7"]);
        let rest = left(&[sets.as_str(), &after_guest(true)].concat());
        assert_eq!(rest.into_iter().collect::<Vec<_>>(), ["?25", "?7", "t"], "and our title");
        assert!(!after_guest(false).contains("1049"));
    }

    #[test]
    fn the_screen_is_cleared_before_it_is_left_and_only_where_it_is_on() {
        assert_eq!(unset(Mode::Screen), "");
        set(Mode::Screen);
        assert_eq!(unset(Mode::Screen), LEAVE_SCREEN);
        assert!(!mended().contains("\x1b[J") && !after_guest(true).contains("\x1b[J"));
    }
}
