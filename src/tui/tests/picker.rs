//! The picker of a release: how each differs from what is served, its commands, and long names.

use super::{
    Desk, WIDE,
    outside::idle,
    sites::{BEFORE, NEWEST, OLDER, Sites},
};
use crate::{
    model::{Pair, Served},
    tui::{Told, Wish, errand::Errand, told::Guest},
};

fn pair(to: &str) -> Pair {
    Pair { from: NEWEST.to_owned(), to: to.to_owned() }
}

fn asked(desk: &Desk) -> Vec<Wish> {
    let asks = |wish: &&Wish| matches!(wish, Wish::Compare(_) | Wish::Diff(_));
    desk.wishes.iter().filter(asks).cloned().collect()
}

/// Nothing that is wished is carried out: as often as something else is wished then.
pub(super) fn refused(mut desk: Desk) -> Desk {
    for _ in 0..3 {
        let wishes = std::mem::take(&mut desk.wishes).into_iter();
        let told: Vec<Told> = wishes.filter_map(|wish| wish.refused("nobody drives it")).collect();
        desk = desk.tell_all(told);
    }
    assert_eq!(desk.wishes, [], "it is not asked for again and again");
    desk
}

#[test]
fn what_is_not_carried_out_is_waited_for_no_more() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys("Rj");
    let sight = &desk.model.sight;
    assert!(sight.differences.asked.is_some() && sight.preview.asked.is_some());
    let mut desk = refused(desk);
    let sight = &desk.model.sight;
    assert!(sight.differences.asked.is_none() && sight.preview.asked.is_none());
    let screen = desk.screen();
    assert!(screen.contains("not known: nobody drives it (r asks again)"), "{screen}");
    assert!(screen.contains("PLAN       nobody drives it"), "{screen}");
    let desk = refused(desk.keys("d"));
    assert_eq!(desk.model.sight.differences.opening, None);
}

#[test]
fn how_a_release_differs_is_read_as_the_cursor_comes_to_it_and_once() {
    let mut desk = Desk::new(WIDE).tell_all(idle()).keys("R");
    assert!(asked(&desk).is_empty(), "that is known already");
    assert!(desk.screen().contains("2 commits leave; 38 files +1204 −611"));
    desk = desk.keys("j");
    assert_eq!(asked(&desk), [Wish::Compare(pair(OLDER))]);
    assert!(desk.screen().contains("reading how it differs…"));
    // Back and forth: what is under way is asked for again only after another release.
    desk = desk.keys("<C-d>");
    assert_eq!(asked(&desk).len(), 1);
    let mut desk = desk.tell(Told::Compared(pair(OLDER), Err("web1: git is not here".to_owned())));
    assert!(desk.screen().contains("not known: web1: git is not here (r asks again)"));
    desk = desk.keys("kj");
    assert_eq!(asked(&desk).len(), 1);
    desk = desk.keys("r");
    assert_eq!(asked(&desk).len(), 2);
}

#[test]
fn an_answer_to_an_older_question_does_not_end_the_newer_one() {
    let desk = Desk::new(WIDE).tell_all(idle()).keys("Rjj");
    assert_eq!(asked(&desk).len(), 2);
    let desk = desk.tell(Told::Compared(pair(OLDER), Err("x".to_owned()))).keys("k");
    assert_eq!(asked(&desk).len(), 2, "that one was answered");
}

#[test]
fn what_most_hosts_serve_is_compared_with() {
    let told = Sites::calm().serving(0, Served::Release(OLDER.to_owned())).idle();
    let mut desk = Desk::new(WIDE).tell_all(told).keys("R");
    let from =
        |from: &str, to: &str| Wish::Compare(Pair { from: from.to_owned(), to: to.to_owned() });
    assert_eq!(asked(&desk), [from(OLDER, BEFORE)], "{}", desk.screen());
}

#[test]
fn the_whole_difference_is_lent_the_terminal_while_it_is_still_wanted() {
    let lines = vec!["+a".to_owned()];
    let wanted = |desk: Desk| {
        let mut desk = desk.tell(Told::Diff(pair(BEFORE), Ok(lines.clone())));
        match desk.model.errands.next() {
            Some(Errand::Lend(Guest::Lines(page))) => Some(page.lines),
            other => {
                assert!(other.is_none(), "{other:?}");
                None
            }
        }
    };
    let open = || Desk::new(WIDE).tell_all(idle()).keys("R");
    let desk = open().keys("d");
    assert_eq!(asked(&desk), [Wish::Diff(pair(BEFORE))]);
    assert_eq!(wanted(desk), Some(lines.clone()));
    assert_eq!(wanted(open()), None, "nobody asked");
    assert_eq!(wanted(open().keys("dj")), None, "another one is looked at");
    assert_eq!(wanted(open().keys("d<esc>")), None, "the picker is closed");
    assert_eq!(wanted(open().keys("d<ret>")), None, "it is asked about");
    for keys in ["dj", "d<esc>", "d<ret>", "d?"] {
        let said = open().keys(keys).model.line.map(|line| line.text);
        let wanted =
            format!("how {BEFORE} differs is not shown any more: you went on to something else");
        assert_eq!(said, Some(wanted), "{keys}");
    }
    let desk = open().keys("d").tell(Told::Diff(pair(BEFORE), Err("web1: away".to_owned())));
    let said = desk.model.line.as_ref().map(|line| line.text.clone());
    assert_eq!(said, Some(format!("how {BEFORE} differs is not known: web1: away")));
}

#[test]
fn commands_have_a_page_of_their_own() {
    let mut desk = Desk::new(WIDE).tell_all(idle()).keys("R<C-o>");
    assert!(desk.screen().contains(&format!("What going back to {BEFORE} would run")));
    let mut desk = desk.keys("<esc>");
    assert!(desk.screen().contains("VERDICT"));
}

#[test]
fn long_names_have_the_room_that_there_is_and_stay_apart() {
    let told = || {
        let mut sites = Sites::calm();
        for (at, candidate) in sites.candidates.iter_mut().enumerate() {
            candidate.name =
                format!("release-of-the-shop-for-all-countries-{at:0>3}-{}", "x".repeat(60));
        }
        sites.idle()
    };
    for (width, height) in [(60, 16), (80, 24), (120, 36), (200, 50), (250, 60)] {
        let mut desk = Desk::new(WIDE).resize(width, height).tell_all(told()).keys("R");
        insta::assert_snapshot!(format!("picker_long_{width}x{height}"), desk.screen());
    }
}

#[test]
fn keys_that_stand_for_nothing_say_so() {
    let said = |keys: &str| {
        let desk = Desk::new(WIDE).tell_all(idle()).keys(keys);
        assert!(desk.model.picker.is_some(), "{keys}");
        desk.model.line.map(|line| line.text).unwrap_or_default()
    };
    for (key, word) in [("x", "x"), ("D", "D"), ("<tab>", "Tab"), ("M", "M")] {
        let wanted = format!(
            "{word} not here now: the choice of a release does not take it; Esc closes that first"
        );
        assert_eq!(said(&format!("R{key}")), wanted);
    }
    for keys in ["R/zzz<ret><ret>", "R/zzz<ret>d"] {
        assert!(said(keys).ends_with("no release fits the filter; Esc takes it away"), "{keys}");
    }
    let desk = Desk::new(WIDE).tell_all(idle()).keys("Rx<f3>");
    assert!(desk.model.sheet.is_some());
    assert!(desk.keys("<esc>").model.picker.is_some());
}

#[test]
fn what_lies_over_the_picker_leaves_it_open() {
    for keys in ["<f3>", ":messages<ret>", "?messages<ret>", ":look again<ret>", ":redraw<ret>"] {
        let desk = Desk::new(WIDE).tell_all(idle()).keys("Rx").keys(keys);
        assert!(desk.model.picker.is_some() && desk.model.palette.is_none(), "{keys}");
        let sheet = keys.contains("messages") || keys == "<f3>";
        assert_eq!(desk.model.sheet.is_some(), sheet, "{keys}");
        // Nor is it closed by what is refused, or said, there.
        let desk = desk.tell(Told::Did(Err("refused".to_owned())));
        let desk = if sheet { desk.keys("<esc>") } else { desk };
        assert!(desk.model.picker.is_some() && desk.model.sheet.is_none(), "{keys}");
    }
    // Out of it by what is chosen elsewhere.
    let desk = Desk::new(WIDE).tell_all(idle()).keys("R:web2<ret>");
    assert!(desk.model.picker.is_none());
}
