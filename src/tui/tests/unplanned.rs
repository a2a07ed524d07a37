//! A stage that cannot be planned: why, and what can be done about it.

use super::{Desk, NARROW, WIDE, sites::Sites};
use crate::tui::Told;

#[test]
fn what_keeps_a_stage_from_being_planned_stays_on_the_screen() {
    let why = "web1: the repository cannot be read: Permission denied\n\
               a key must read it, and its host key be known";
    for size in [WIDE, NARROW] {
        let told = Sites::calm().told(super::story::at(48)).into_iter();
        let told = told.chain([Told::Did(Err(why.to_owned()))]);
        let mut desk = Desk::new(WIDE).resize(size.width, size.height).tell_all(told).keys("D");
        let screen = desk.screen();
        for words in ["NO PLAN: r tries again", "Permission denied", "a key must read it"] {
            assert!(screen.contains(words), "{words}: {screen}");
        }
        assert!(!screen.contains("STARTING"), "{screen}");
    }
}
