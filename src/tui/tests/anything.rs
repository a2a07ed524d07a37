//! Whatever is pressed at whatever size: nothing panics, and no hint is cut.

use proptest::{prelude::*, sample::select};

use super::{
    Desk, WIDE,
    nav::{failed, fleet, read, running, runs},
    outside::idle,
    sites::Sites,
    story,
};
use crate::tui::{Told, Wish, keymap::TABLE};

const KEYS: [&str; 62] = [
    "?",
    ":",
    "<esc>",
    "q",
    "<tab>",
    "<backtab>",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "<ret>",
    "z",
    "f",
    "r",
    "h",
    "j",
    "k",
    "l",
    "g",
    "G",
    "/",
    "n",
    "N",
    "e",
    "E",
    "w",
    "t",
    "[",
    "]",
    "<",
    ">",
    "i",
    "o",
    "a",
    "y",
    "<up>",
    "<down>",
    "<left>",
    "<right>",
    "<pgup>",
    "<pgdn>",
    "<home>",
    "<end>",
    "<bs>",
    "<C-u>",
    "<C-d>",
    "<C-c>",
    "R",
    "M",
    "D",
    "S",
    "T",
    "K",
    "O",
    "A",
    "X",
    "B",
    "F",
    "C",
    "x",
];

type Telling = fn() -> Vec<Told>;

const STORIES: [Telling; 8] = [
    Vec::new,
    story::connecting,
    idle,
    running,
    failed,
    fleet,
    || vec![story::done_failed().told()],
    || Sites::calm().raised("ana@desk").with(story::failed()),
];

/// The last row is made of whole hints: a key and its label, or what a screen says of its own.
fn whole(screen: &str) -> Result<(), String> {
    let last = screen.lines().last().unwrap_or_default();
    let mut hints: Vec<String> =
        TABLE.iter().map(|row| format!(" {} {} ", row.written, row.label)).collect();
    let own = [
        "? help",
        "? more",
        "Enter read it",
        "Esc back",
        "/ filter",
        "a all stages",
        "j k choose",
        "r read anew",
        ": palette",
        "j k other host",
        "PgDn more",
        "r look again",
        "! shell",
        "X exclude",
        "Enter roll back",
        "PgDn more details",
        "d diff",
        "Ctrl-o commands",
        "y copy",
        "Enter go; what acts asks first",
        "Enter does it",
        "a-z search",
        "PgDn more below",
        "Up Down choose",
        "Esc back to the question",
        "Enter keep",
        "Esc list all",
        "Up Down earlier ones",
        "j k line",
        "PgDn page",
    ];
    hints.extend(own.iter().map(|hint| format!(" {hint} ")));
    hints.sort_by_key(|hint| std::cmp::Reverse(hint.len()));
    let mut rest = format!("{last} ");
    while !rest.trim().is_empty() {
        let bar = rest.strip_prefix(" \u{2502} ").map(str::to_owned);
        let hint = hints.iter().find_map(|hint| rest.strip_prefix(hint.as_str()));
        match bar.or_else(|| hint.map(str::to_owned)) {
            Some(after) => rest = after,
            None => return Err(format!("cut: {rest:?}\n{screen}")),
        }
    }
    Ok(())
}

#[test]
fn a_cut_hint_is_noticed() {
    assert!(whole(" ? help  q quit  : palette").is_ok());
    assert!(whole(" ? help  q quit  : pale").is_err());
    assert!(whole(" ? help  q quit  |").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_no_hint_is_cut(
        story in select(STORIES.to_vec()),
        steps in prop::collection::vec((select(KEYS.to_vec()), 60..=200_u16, 16..=60_u16), 1..24),
    ) {
        let mut desk = Desk::new(WIDE).tell_all(story());
        for (key, width, height) in steps {
            desk = desk.resize(width, height).keys(key);
            let mut news = Vec::new();
            for wish in desk.wishes.drain(..) {
                if let Wish::Runs { asked, .. } = wish {
                    news.push(runs(asked));
                } else if let Wish::Past(_) = wish {
                    news.push(read());
                }
            }
            let mut now = desk.tell_all(news);
            let screen = now.screen();
            let covered = now.model.dialog.is_some() || now.model.help.is_some();
            if !covered {
                prop_assert!(whole(&screen).is_ok(), "{:?}", whole(&screen));
            }
            // Every button of a dialog is there or marked to be further down.
            if let Some(dialog) = now.model.dialog.as_ref().filter(|it| it.commands.is_none()) {
                let seen = dialog.buttons.iter().filter(|button| {
                    screen.contains(&format!("[ {} ]", button.label.chars().take(20).collect::<String>()))
                });
                let marked = screen.contains('\u{25bc}') || screen.contains('\u{25b2}');
                prop_assert!(seen.count() > 0 || marked, "{screen}");
            }
            desk = now;
        }
    }
}
