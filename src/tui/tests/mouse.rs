//! Clicks and the wheel.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::{Desk, NARROW, WIDE, chatter, settings, story};
use crate::tui::{
    errand::Errand,
    state::{Pane, dialog::Focus},
    update::Msg,
};

impl Desk {
    fn at(mut self, kind: MouseEventKind, text: &str) -> Self {
        let screen = self.screen();
        let found = screen.lines().enumerate().find_map(|(y, line)| {
            let at = line.find(text)?;
            Some((line[..at].chars().count(), y))
        });
        let (x, y) = found.unwrap_or_else(|| panic!("no {text} on\n{screen}"));
        let (column, row) = (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
        self.take(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
        self
    }

    fn click(self, text: &str) -> Self {
        self.at(MouseEventKind::Down(MouseButton::Left), text)
    }
}

fn failed() -> Desk {
    Desk::new(WIDE).tell(story::failed().told()).keys("<f2>")
}

#[test]
fn the_mouse_is_off_until_it_is_asked_for() {
    let mut desk = Desk::new(WIDE).tell(story::failed().told()).click("4 Log");
    assert_ne!(desk.model.focus, Pane::Log);
    while desk.model.errands.next().is_some() {}
    let mut desk = desk.keys("<f2>");
    assert_eq!(desk.model.errands.next(), Some(Errand::Mouse(true)));
    assert!(desk.screen().contains("mouse on"), "{}", desk.screen());
    let mut desk = desk.click("4 Log");
    assert_eq!(desk.model.focus, Pane::Log);
    desk = desk.keys("<f2>");
    assert_eq!(desk.model.errands.next(), Some(Errand::Mouse(false)));
    assert!(desk.screen().contains("mouse off"), "{}", desk.screen());
}

#[test]
fn a_click_gives_a_pane_the_keys_and_chooses_in_it() {
    let desk = failed().keys("<esc>").click("web2");
    assert_eq!((desk.model.focus, desk.model.cursor.row), (Pane::Hosts, 1));
    let before = desk.model.cursor.column;
    let desk = desk.click("build  ");
    assert_ne!(desk.model.cursor.column, before);
    assert_eq!(desk.model.column().unwrap().step, "build");
    let desk = failed().click("skip");
    assert_eq!(desk.model.focus, Pane::Choices);
    let (_, hold) = desk.model.hold().unwrap();
    assert_eq!(hold.offers[desk.model.asked.choice].to_string(), "skip");
    assert!(desk.wishes.is_empty());
}

#[test]
fn a_click_in_the_failure_view_gives_the_keys_to_what_lies_there() {
    let check = |text: &str, pane: Pane| {
        let desk = failed().click(text);
        assert_eq!((desk.model.focus, desk.model.failure.open), (pane, true), "{text}");
        assert!(desk.wishes.is_empty());
    };
    check("held on all 2", Pane::Steps);
    check("./bin/migrate", Pane::Hosts);
    check("4 Log", Pane::Log);
    check("mark fixed", Pane::Choices);
}

#[test]
fn a_click_presses_nothing_however_often() {
    let desk = failed().keys("A").click("[ Undo ]").click("[ Undo ]").click("[ Undo ]");
    assert!(desk.wishes.is_empty(), "{:?}", desk.wishes());
    let dialog = desk.model.dialog.as_ref().unwrap();
    assert!(matches!(dialog.focus, Focus::Button(at) if at > 0));
    let desk = desk.keys("<ret>");
    assert_eq!(desk.wishes.len(), 1, "{:?}", desk.wishes());
}

#[test]
fn fields_are_clicked() {
    let desk = failed().keys("K<tab><tab>").click("Reason");
    let dialog = desk.model.dialog.as_ref().unwrap();
    let Focus::Field(at) = dialog.focus else { panic!("no field: {:?}", dialog.focus) };
    assert_eq!(dialog.fields[at].label, "Reason");
}

#[test]
fn the_wheel_scrolls_what_it_is_over_and_leaves_the_keys() {
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys("<f2>");
    desk.look();
    let mut desk = desk.at(MouseEventKind::ScrollUp, "compiling");
    desk.look();
    assert!(!desk.model.log.follow);
    assert_eq!(desk.model.focus, Pane::Hosts);
    let desk = failed().keys("?").at(MouseEventKind::ScrollDown, "Keys: type");
    assert_eq!(desk.model.help.as_ref().unwrap().chosen, 3);
}

#[test]
fn no_place_panics() {
    for size in [WIDE, NARROW] {
        for keys in ["", "?", "A", "K", "5", "z"] {
            let mut desk = Desk::with(size, settings(), 40, chatter)
                .tell(story::failed().told())
                .keys("<f2>")
                .keys(keys);
            for row in 0..=size.height {
                for column in (0..=size.width).step_by(7) {
                    for kind in [
                        MouseEventKind::Down(MouseButton::Left),
                        MouseEventKind::ScrollUp,
                        MouseEventKind::ScrollDown,
                    ] {
                        let modifiers = KeyModifiers::NONE;
                        desk.take(Msg::Mouse(MouseEvent { kind, column, row, modifiers }));
                    }
                }
            }
            desk.buffer();
            assert!(desk.wishes.is_empty());
        }
    }
}
