//! A preview is worked out once for what it rests on.

use super::{Desk, WIDE, story};
use crate::{
    model::HostId,
    run::{Fact, LinkState, Mode, Why},
    tui::{
        Told,
        update::{Msg, update},
    },
};

fn worked_out(desk: &Desk) -> usize {
    desk.model.previews.worked_out.get()
}

/// So many frames.
fn frames(desk: &mut Desk, count: usize) -> String {
    for _ in 1..count {
        desk.screen();
    }
    desk.screen()
}

#[test]
fn frames_work_out_nothing_that_is_known_and_a_run_that_goes_on_does() {
    for keys in [":continue", "C", "C<C-o>", "K", "K<C-o>", ":skip"] {
        let story = || match keys.contains(['K', 'k']) {
            true => story::failed(),
            false => story::running().then(Fact::Mode(Mode::Pause)),
        };
        let mut desk = Desk::new(WIDE).tell(story().told()).keys(keys);
        let before = frames(&mut desk, 1);
        let known = worked_out(&desk);
        assert!(known > 0, "{keys}");
        // Times that grow, other sizes and what is scrolled or typed there rest on nothing new.
        update(&mut desk.model, Msg::Second);
        assert_eq!(frames(&mut desk, 5), before, "{keys}");
        let at = story::at(60);
        let took = std::time::Duration::from_millis(3);
        let mut desk = desk.tell(Told::RoundTrip { host: "web1".to_owned(), took, at });
        frames(&mut desk, 2);
        let mut desk = desk.keys("<pgdn><pgup>").resize(80, 24).resize(120, 36);
        frames(&mut desk, 5);
        assert_eq!(worked_out(&desk), known, "{keys}");
        // A fact is something else.
        let down = Fact::Link(HostId(0), LinkState::Down("gone".to_owned()));
        let Told::Events(events) = story().then(down).told() else { panic!("facts") };
        let mut desk = desk.tell(Told::Events(events[events.len() - 1..].to_vec()));
        frames(&mut desk, 5);
        assert_eq!(worked_out(&desk), known + 1, "{keys}");
    }
}

#[test]
fn another_choice_and_another_cell_are_worked_out_anew() {
    let mut desk = Desk::new(WIDE).tell(story::running().told()).keys(":exclude");
    assert!(frames(&mut desk, 3).contains("web1 takes no further part"));
    let known = worked_out(&desk);
    let mut desk = desk.keys("<esc>j:exclude");
    let screen = frames(&mut desk, 3);
    assert!(screen.contains("web2 takes no further part"), "{screen}");
    assert!(worked_out(&desk) > known);
    let mut desk = desk.keys("<esc>:");
    frames(&mut desk, 3);
    let known = worked_out(&desk);
    let mut desk = desk.keys("<down>");
    frames(&mut desk, 3);
    assert_eq!(worked_out(&desk), known + 1);
    // The run that is told behind an open palette is the one that is previewed.
    let paused = || story::running().then(Fact::Mode(Mode::Pause));
    let mut desk = Desk::new(WIDE).tell(paused().told()).keys(":continue");
    let screen = frames(&mut desk, 2);
    assert!(screen.contains("web1 web2: ./bin/switch"), "{screen}");
    let out = Fact::Excluded(HostId(0), Why::default());
    let Told::Events(events) = paused().then(out).told() else { panic!("facts") };
    let mut desk = desk.tell(Told::Events(events[events.len() - 1..].to_vec()));
    let screen = frames(&mut desk, 2);
    assert!(!screen.contains("web1 web2: ./bin/switch"), "{screen}");
    assert!(screen.contains("web2: ./bin/switch"), "{screen}");
}
