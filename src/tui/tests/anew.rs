//! Dialogs about hosts rest on a look that may be old: hosts are looked at again, and nothing is
//! confirmed that has become something else meanwhile.

use super::{
    Desk, WIDE,
    outside::idle,
    sites::{OLDER, Sites, unprotected},
    story::{self, at},
};
use crate::{
    model::{Maintenance, Raised, Served},
    tui::{Intent, Told, Wish, state::dialog::Focus},
};

fn glances(desk: &Desk) -> usize {
    desk.wishes.iter().filter(|wish| **wish == Wish::Glance).count()
}

fn says(desk: &Desk) -> String {
    let dialog = desk.model.dialog.as_ref();
    dialog.and_then(|dialog| dialog.says.clone()).unwrap_or_default()
}

const UNREAD: &str = "changed while you looked: read it again";

fn open(keys: &str) -> Desk {
    Desk::new(WIDE).tell_all(unprotected(idle())).keys(keys)
}

#[test]
fn hosts_are_looked_at_again_once_for_each_dialog_about_them() {
    for keys in ["M", "D", "R<ret>"] {
        let mut desk = open(keys);
        assert_eq!(glances(&desk), 1, "{keys}");
        assert!(desk.screen().contains("s ago, looking…"), "{keys}: {}", desk.screen());
        let mut desk = desk.keys("<tab>").tell_all(Sites::calm().told(at(62)));
        assert_eq!(glances(&desk), 1, "{keys}");
        let screen = desk.screen();
        assert!(screen.contains("Seen   ") && !screen.contains("looking…"), "{keys}: {screen}");
        assert!(!says(&desk).contains("changed"), "{keys}: {}", says(&desk));
        assert_eq!(glances(&desk.keys(&format!("<esc>{keys}"))), 2, "{keys}");
    }
    assert_eq!(glances(&open("A")), 0);
}

/// The dialog of these keys, with the keys on its second button when this is seen.
fn changed(keys: &str, sites: Sites) -> Desk {
    let mut desk = open(keys);
    let buttons = |desk: &Desk| desk.model.dialog.as_ref().unwrap().buttons.len();
    assert!(buttons(&desk) > 1);
    desk.model.dialog.as_mut().unwrap().give(Focus::Button(1));
    desk.tell_all(sites.told(at(62)))
}

#[test]
fn what_has_become_of_it_meanwhile_is_said_and_not_confirmed() {
    let check = |keys: &str, sites: Sites, wanted: &str| {
        let desk = changed(keys, sites);
        let dialog = desk.model.dialog.as_ref().unwrap();
        assert_eq!(dialog.focus, Focus::Button(0), "{keys}");
        assert_eq!(says(&desk), UNREAD, "{keys}");
        let row = format!("changed while you looked: {wanted}");
        assert_eq!(dialog.changed.as_ref(), Some(&row), "{keys}");
        let acts = |wish: &Wish| matches!(wish, Wish::Do(_) | Wish::Start(_));
        assert!(!desk.keys("<ret>").wishes.iter().any(acts), "{keys}");
    };
    let served = || Sites::calm().serving(1, Served::Release(OLDER.to_owned()));
    check("D", served(), &format!("web2 serves {OLDER} now, not 20261122101200"));
    let page = Sites::calm().page(0, Maintenance::On(Vec::new()));
    check("M", page, "web1: visitors get the page now");
    let raised = || Sites::calm().raised("li@desk");
    let others = "web1, web2: visitors get the page now; web1, web2: li@desk has turned it on";
    check("M", raised(), others);
    check("D", raised(), others);
    // What is served is nothing to a page.
    let desk = changed("M", served());
    assert_eq!(says(&desk), "");
}

/// The page of both hosts, as visitors get it now.
fn pages(desk: Desk, page: &Maintenance) -> Desk {
    desk.tell_all(Sites::calm().page(0, page.clone()).page(1, page.clone()).told(at(62)))
}

#[test]
fn a_difference_stays_and_what_was_typed_blindly_neither_takes_it_for_read_nor_leaves() {
    let on = Maintenance::On(Vec::new());
    let row = "MIND   changed while you looked: web1, web2: visitors get the page now";
    let typed = |desk: &Desk| desk.model.dialog.as_ref().unwrap().fields[0].typed();
    let focus = |desk: &Desk| desk.model.dialog.as_ref().unwrap().focus;
    // Whoever types goes on typing; the keys on a button go to Cancel.
    let mut desk = pages(open("M<tab>ab"), &on).burst("c");
    assert_eq!((typed(&desk).as_str(), focus(&desk)), ("abc", Focus::Field(0)));
    assert!(desk.screen().contains(row), "{}", desk.screen());
    let mut desk = pages(open("M<tab>ab<backtab>"), &on).burst("<ret>x<tab><down><ret>");
    assert_eq!((typed(&desk).as_str(), focus(&desk)), ("ab", Focus::Button(0)));
    assert_eq!(says(&desk), UNREAD);
    assert!(desk.screen().contains(row), "{}", desk.screen());
    // A second later it could be read; it stays on the screen.
    let mut desk = desk.keys("<tab>");
    assert_eq!((focus(&desk), says(&desk).as_str()), (Focus::Button(1), ""));
    assert!(desk.screen().contains(row), "{}", desk.screen());
    // Out of the field in one go: it is said before anything is confirmed.
    let desk = pages(open("M<tab>ab"), &on).burst("<ret><ret><tab><tab><tab><ret>");
    assert_eq!(says(&desk), UNREAD);
    assert!(!desk.wishes.iter().any(|wish| matches!(wish, Wish::Do(_))));
    // What is as it was again is no difference.
    let desk = pages(open("M"), &on);
    let desk = pages(desk, &Maintenance::Off(200));
    assert_eq!(desk.model.dialog.as_ref().unwrap().changed, None);
    assert_eq!(says(&desk), "it is again as it was when you looked");
    assert_eq!(desk.model.dialog.as_ref().unwrap().buttons.len(), 2);
}

#[test]
fn what_a_dialog_asks_by_itself_is_told_from_what_is_typed() {
    let typed = |keys: &str| {
        let wishes = open(keys).wishes;
        wishes.into_iter().filter(|wish| !wish.is_by_itself()).collect::<Vec<_>>()
    };
    assert!(open("M").wishes.iter().any(Wish::is_by_itself));
    assert_eq!(typed("M<down><up>"), [Wish::Glance]);
    assert_eq!(typed("Rj"), []);
    assert_eq!(typed("r"), [Wish::Look]);
}

#[test]
fn all_that_a_start_rests_on_is_said() {
    let sites = Sites::calm().serving(1, Served::Release(OLDER.to_owned()));
    let desk = changed("D", sites.page(0, Maintenance::On(Vec::new())));
    let row = desk.model.dialog.unwrap().changed.unwrap();
    assert!(row.contains("web2 serves") && row.contains("visitors get the page now"), "{row}");
}

#[test]
fn turned_on_anew_it_says_what_it_said() {
    let told = || unprotected(Sites::calm().raised("bob@ops").idle());
    let done = |keys: &str| {
        let desk = Desk::new(WIDE).tell_all(told()).keys(keys);
        desk.wishes.into_iter().find_map(|wish| {
            let Wish::Do(Intent::Maintenance { on, reason, until, from }) = wish else {
                return None;
            };
            Some((on, reason, until, from))
        })
    };
    // Cancel, Turn off, Turn on anew.
    let (on, reason, until, from) = done("M<down><down><ret>").unwrap();
    assert_eq!((on, reason.as_deref()), (true, Some("new prices, back soon")));
    assert_eq!(until.as_deref(), Some("2026-11-22T14:30:00Z"));
    let raised = |raised: &Option<Raised>| raised.as_ref().map(|it| it.by.clone());
    let from: Vec<_> =
        from.iter().map(|(host, (page, it))| (host.as_str(), *page, raised(it))).collect();
    let bob = || Some("bob@ops".to_owned());
    assert_eq!(from, [("web1", true, bob()), ("web2", true, bob())]);
    let (on, reason, until, from) = done("M<down><ret>").unwrap();
    assert_eq!((on, reason, until, from.len()), (false, None, None, 2));
}

#[test]
fn a_look_that_finds_nothing_else_changes_nothing() {
    let desk = changed("M", Sites::calm());
    assert_eq!(desk.model.dialog.as_ref().unwrap().focus, Focus::Button(1));
    let desk = desk.tell(Told::Candidates(Vec::new()));
    assert!(desk.model.sight.glancing.is_none());
}

#[test]
fn a_host_that_is_left_out_ages_nothing() {
    let late = || Told::Page {
        host: "web2".to_owned(),
        page: Maintenance::Unknown("the host is not connected".to_owned()),
        at: at(1),
    };
    let told = Sites::calm().idle().into_iter().chain([late()]);
    let told = told.chain([Told::Without(vec!["web2".to_owned()]), late()]);
    let mut desk = Desk::new(WIDE).tell_all(told);
    let seen: Vec<&String> = desk.model.sight.pages.keys().collect();
    assert_eq!(seen, ["web1"]);
    assert_eq!(desk.model.sight.sites.len(), 1);
    assert!(!desk.screen().contains("not connected"), "{}", desk.screen());
}

#[test]
fn what_was_only_read_has_not_changed() {
    let run = |story: story::Story, keys: &str| Desk::new(WIDE).tell(story.told()).keys(keys);
    let opened = [
        run(story::failed(), "K"),
        run(story::running(), "A"),
        run(story::failed(), "T"),
        open("D"),
        open("R<ret>"),
        open("M"),
    ];
    for desk in opened {
        let title = desk.model.dialog.as_ref().unwrap().title.clone();
        let desk = desk.keys("<C-o>").fast("<esc>");
        assert_eq!(says(&desk), "", "{title}");
        let desk = desk.fast("<tab>");
        assert_eq!(says(&desk), "", "{title}");
        assert_ne!(desk.model.dialog.unwrap().focus, Focus::Button(0), "{title}");
    }
    // What was meant for the list confirms nothing still.
    let desk = run(story::running(), "A<C-o>").fast("<esc>L");
    assert_eq!(says(&desk), "read first; press L again in a moment");
    assert!(!desk.wishes.iter().any(super::keys::acts));
    // What changes while the list is read is still to be read behind it.
    let desk = pages(open("M<C-o>"), &Maintenance::On(Vec::new())).keys("<esc>").fast("<tab>");
    assert_eq!(says(&desk), UNREAD);
}
