//! Screens with their styles: what is bold, reversed or coloured, and that without colours and with
//! ASCII alone nothing is lost.

use std::collections::BTreeMap;

use ratatui::{
    buffer::{Buffer, Cell},
    style::{Color, Modifier},
};

use super::{
    Desk, NARROW, WIDE,
    keys::{STATES, parse_state},
    settings,
};
use crate::tui::{Settings, state::SIZE_MIN};

/// A screen as text, and under each row what its parts look like: `    ^^^^ red bold`.
fn styled(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let row: Vec<&Cell> = (0..buffer.area.width).map(|x| &buffer[(x, y)]).collect();
        let shown: String = row.iter().map(|cell| cell.symbol()).collect();
        text.push_str(shown.trim_end());
        text.push('\n');
        let mut looks: BTreeMap<String, String> = BTreeMap::new();
        for (x, cell) in row.iter().enumerate() {
            let look = look(cell);
            if !look.is_empty() && !is_frame(cell) {
                let under = looks.entry(look).or_default();
                under.push_str(&" ".repeat(x - under.len()));
                under.push('^');
            }
        }
        for (look, under) in looks {
            text.push_str(&format!("{under} {look}\n"));
        }
    }
    text
}

/// Lines around panes; that a pane has the keys is seen in its title as well.
fn is_frame(cell: &Cell) -> bool {
    cell.symbol().chars().all(|c| ('\u{2500}'..='\u{257f}').contains(&c))
}

/// The words for what a cell looks like; none for ordinary text.
fn look(cell: &Cell) -> String {
    let mut words = Vec::new();
    if cell.fg != Color::Reset {
        words.push(cell.fg.to_string().to_lowercase());
    }
    if cell.bg != Color::Reset {
        words.push(format!("on {}", cell.bg.to_string().to_lowercase()));
    }
    let names = cell.modifier.iter_names().map(|(name, _)| name.to_lowercase());
    words.extend(names);
    words.join(" ")
}

/// The screen of a state after these keys, with its styles, and the same without colours.
fn check(name: &str, state: &str, keys: &str) {
    for (colour, suffix) in [(true, ""), (false, "_plain")] {
        let settings = Settings { colour, ..settings() };
        let mut desk = Desk::with(NARROW, settings, 40, super::chatter)
            .tell_all(parse_state(state))
            .keys(keys);
        insta::assert_snapshot!(format!("{name}{suffix}"), styled(&desk.buffer()));
    }
}

#[test]
fn a_failure_and_what_is_chosen_in_it() {
    check("failed", "failed", "5j");
}

#[test]
fn a_dialog_over_it() {
    check("dialog", "failed", "K<tab>by hand<tab>");
}

#[test]
fn what_a_search_found() {
    check("search", "running", "4/module 3\\d<ret>");
}

#[test]
fn the_picker() {
    check("picker", "calm", "Rj");
}

/// Every state, at every size, without colours and with ASCII alone.
fn everywhere(ascii: bool, mut look: impl FnMut(&str, &Buffer)) {
    for (name, told) in STATES {
        for size in [WIDE, NARROW, SIZE_MIN] {
            for keys in ["", "3", "4z", "5", "?", "R", "M", "A"] {
                let settings = Settings { ascii, colour: false, ..settings() };
                let desk = Desk::with(size, settings, 40, super::chatter).tell_all(told());
                let name = format!("{name}, {keys}, {size}");
                look(&name, &desk.keys(keys).buffer());
            }
        }
    }
}

#[test]
fn without_colours_no_screen_has_one_and_a_failure_is_reversed() {
    let mut failures = 0;
    everywhere(false, |name, buffer| {
        let plain = |cell: &Cell| cell.fg == Color::Reset && cell.bg == Color::Reset;
        assert!(buffer.content.iter().all(plain), "{name}:\n{}", styled(buffer));
        let mut marks = buffer.content.iter().filter(|cell| cell.symbol() == "✗").peekable();
        if marks.peek().is_some() {
            failures += 1;
            let loud = marks.any(|cell| cell.modifier.contains(Modifier::REVERSED));
            assert!(loud, "{name}:\n{}", styled(buffer));
        }
    });
    assert!(failures > 20, "{failures}");
}

#[test]
fn with_ascii_no_screen_has_anything_else() {
    everywhere(true, |name, buffer| {
        let ours = |cell: &Cell| cell.symbol().is_ascii();
        assert!(buffer.content.iter().all(ours), "{name}:\n{}", styled(buffer));
    });
}
