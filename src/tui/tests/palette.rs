//! Palette and help: what is chosen in them is done, and what acts asks first.

use super::{
    Desk, WIDE,
    nav::{ALL, acting, failed, id, running, runs},
    outside::idle,
    sites::{OLDER, unprotected},
};
use crate::tui::{Wish, state::Pane};

#[test]
fn the_palette_goes_to_dialogs_and_never_acts() {
    for (told, keys, title) in [
        (unprotected(idle()), ":dep", "Start deploy of shop"),
        (failed(), ":retr", "Retry"),
        (running(), ":step", "Do the next step?"),
        (running(), ":pause", "Pause the run?"),
        (unprotected(idle()), ":mainten", "Maintenance of shop"),
    ] {
        let mut desk = Desk::new(WIDE).tell_all(told).keys(keys).keys("<ret>");
        assert_eq!(acting(&desk), [""; 0], "{keys}");
        let screen = desk.screen();
        assert!(desk.model.dialog.is_some() && screen.contains(title), "{keys}\n{screen}");
        // Held down, Enter does nothing further.
        let desk = desk.burst("<ret><ret><ret>");
        assert_eq!(acting(&desk), [""; 0], "{keys}");
    }
    let desk = Desk::new(WIDE).tell_all(running()).keys(":step<ret><tab><ret>");
    assert_eq!(acting(&desk), ["Command(Mode(Step))"]);
    let desk = Desk::new(WIDE).tell_all(running()).keys("lll:break<ret><tab><ret>");
    assert_eq!(acting(&desk), ["Command(Break(NodeId(12), true))"]);
}

#[test]
fn what_is_refused_keeps_lists_open_and_says_why() {
    let mut desk = Desk::new(WIDE).tell_all(running()).keys(":rollb<ret>");
    assert!(desk.model.palette.is_some());
    assert!(desk.screen().contains("not now: this recipe has no releases"), "{}", desk.screen());
    let mut desk = Desk::new(WIDE).tell_all(running()).keys("?Tries again what<ret>");
    assert!(desk.model.help.is_some());
    assert!(desk.screen().contains("not now: nothing is being asked"), "{}", desk.screen());
    assert_eq!(acting(&desk), [""; 0]);
}

#[test]
fn help_runs_what_it_lists() {
    let desk = Desk::new(WIDE).tell_all(failed()).keys("?retry<ret>");
    assert!(desk.model.help.is_none() && desk.model.dialog.is_some());
    let desk = Desk::new(WIDE).tell_all(failed()).keys("?zoom<ret>");
    assert!(desk.model.help.is_none() && desk.model.zoom);
    let desk = Desk::new(WIDE).tell_all(running()).keys("?begins no further<ret>");
    assert!(desk.model.dialog.is_some() && acting(&desk).is_empty());
    // Every row can be chosen, and the chosen one is seen.
    for (width, height) in ALL {
        let mut desk = Desk::new(WIDE).resize(width, height).tell_all(failed()).keys("?");
        for _ in 0..crate::tui::keymap::TABLE.len() {
            let rows = crate::tui::view::help_rows(&desk.model);
            let chosen = rows[desk.model.help.as_ref().unwrap().chosen];
            let key =
                format!("\u{25b8} {}", crate::tui::keymap::written(&desk.model, chosen.action));
            let screen = desk.screen();
            assert!(screen.contains(&key), "{key}\n{screen}");
            assert!(!screen.contains("\u{2026}\u{2502}"), "{screen}");
            desk = desk.keys("<down>");
        }
        let last = desk.keys("<end>").model.help.unwrap().chosen;
        assert_eq!(last, crate::tui::keymap::TABLE.len() - 1);
    }
}

#[test]
fn help_lists_the_keys_of_where_it_was_opened_first_and_runs_them_there() {
    let desk = |keys: &str| Desk::new(WIDE).tell_all(running()).keys(keys);
    for (keys, heading, wanted, not) in [
        ("o?", "In this list: Runs, the history", "all stages", "log of a cell"),
        ("i?", "On this page: Host web1", "other host", "log of a cell"),
        ("?", "In this pane: 1 Hosts and steps", "log of a cell", "all stages  "),
    ] {
        let screen = desk(keys).screen();
        assert!(screen.contains(heading) && screen.contains(wanted), "{keys}\n{screen}");
        assert!(!screen.contains(not), "{keys}\n{screen}");
        // Letters are typed: the footer of what lies behind does not hold.
        let last = screen.lines().last().unwrap();
        assert!(last.contains("Esc back") && last.contains("a-z search"), "{last}");
        assert!(!last.contains("quit") && !last.contains("A abort"), "{last}");
    }
    let screen = Desk::new(WIDE).tell_all(failed()).keys("?").screen();
    for wanted in ["In this pane: 1 Failure", "Copies the card", "next question"] {
        assert!(screen.contains(wanted), "{wanted}\n{screen}");
    }
    for keys in ["?history", "?all stages"] {
        assert!(desk(keys).screen().contains(" runs "), "{}", desk(keys).screen());
    }
    let open = |keys: &str| desk(keys).model;
    let stages = open("o?all stages<ret>");
    assert!(stages.history.open && stages.history.all && stages.help.is_none());
    assert!(open("o?filter<ret>").history.typing);
    assert!(!open("o?closes the hist<ret>").history.open);
    let other = open("i?next host<ret>");
    assert!(other.host_view.is_some() && other.cursor.row == 1);
}

#[test]
fn what_was_done_lately_stands_first_in_the_palette() {
    let desk = Desk::new(WIDE).tell_all(running()).keys(":wrap<ret>:zoom<ret>:");
    let first: Vec<String> =
        crate::tui::words::entries(&desk.model).into_iter().take(2).map(|it| it.label).collect();
    assert_eq!(first, ["zoom", "wrap"]);
}

#[test]
fn the_palette_goes_to_places() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys(":host db1<ret>");
    assert_eq!((desk.model.cursor.row, desk.model.focus), (2, Pane::Hosts));
    let desk = Desk::new(WIDE).tell_all(idle()).keys(":step migr<ret>");
    assert_eq!(desk.model.cursor.column, 2);
    let desk = Desk::new(WIDE).tell_all(idle()).keys(&format!(":release {OLDER}<ret>"));
    assert_eq!(desk.model.picker.as_ref().map(|it| it.chosen.as_str()), Some(OLDER));
    let desk = Desk::new(WIDE).tell_all(idle()).keys(":").tell(runs(1)).keys("run failed<ret>");
    assert_eq!(desk.wishes.last(), Some(&Wish::Past(id(2))));
}
