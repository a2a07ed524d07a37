//! Looks that text snapshots do not have: selection, protected stage, colours.

use ratatui::style::{Color, Modifier};

use super::{Desk, NARROW, WIDE, chatter, settings, story};
use crate::tui::Settings;

/// All cells in which the look is so, as text.
fn where_it(desk: &mut Desk, is: impl Fn(&ratatui::buffer::Cell) -> bool) -> String {
    let buffer = desk.buffer();
    buffer.content.iter().filter(|cell| is(cell)).map(|cell| cell.symbol()).collect()
}

fn reversed(cell: &ratatui::buffer::Cell) -> bool {
    cell.modifier.contains(Modifier::REVERSED)
}

#[test]
fn without_colours_nothing_is_coloured_and_the_selection_is_seen() {
    let plain = Settings { colour: false, ..settings() };
    let mut desk = Desk::with(WIDE, plain, 40, |_| "\x1b[31;1mred\x1b[0m".to_owned())
        .tell(story::failed().told());
    let coloured =
        |cell: &ratatui::buffer::Cell| cell.fg != Color::Reset || cell.bg != Color::Reset;
    assert_eq!(where_it(&mut desk, coloured), "");
    let seen = where_it(&mut desk, reversed);
    assert!(seen.contains("▌PROD▐"), "{seen}");
    assert!(seen.contains("migrate"), "{seen}");
    assert!(seen.contains("✗ FAILED"), "{seen}");
}

#[test]
fn a_dialog_shows_which_button_has_the_keys() {
    for colour in [true, false] {
        let settings = Settings { colour, ..settings() };
        let mut desk =
            Desk::with(NARROW, settings, 40, chatter).tell(story::running().told()).keys("A");
        let seen = where_it(&mut desk, reversed);
        assert!(seen.contains("[ Cancel ]") && !seen.contains("[ Undo ]"), "{seen}");
        let mut desk = desk.keys("<tab><tab>");
        let seen = where_it(&mut desk, reversed);
        assert!(seen.contains("[ Undo ]") && !seen.contains("[ Cancel ]"), "{seen}");
    }
}

#[test]
fn colours_of_the_host_are_kept_in_its_log() {
    let red = |_| "\x1b[31mred\x1b[0m plain".to_owned();
    let mut desk = Desk::with(WIDE, settings(), 1, red).tell(story::running().told());
    let seen = where_it(&mut desk, |cell| cell.fg == Color::Indexed(1));
    assert_eq!(seen, "red");
}

#[test]
fn what_is_found_is_marked() {
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("4/module 3\\d<ret>");
    let seen = where_it(&mut desk, |cell| reversed(cell) && cell.fg == Color::Yellow);
    assert!(seen.contains("module 30module 31"), "{seen}");
}
