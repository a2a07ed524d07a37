//! Why nothing can be answered: read in the pane of the question, whatever its size.

use ratatui::layout::Size;

use super::{Desk, NARROW, SMALL, WIDE, settings, story};
use crate::tui::{Settings, Told};

/// What the pane of the question says, its rows joined; `None` where it is not on the screen.
fn asked(screen: &str) -> Option<String> {
    let rows: Vec<Vec<char>> = screen.lines().map(|row| row.chars().collect()).collect();
    let title: Vec<char> = "┌ 5 ".chars().collect();
    let (top, left) = rows.iter().enumerate().find_map(|(at, row)| {
        row.windows(title.len()).position(|part| part == title).map(|left| (at, left))
    })?;
    let inside = |row: &Vec<char>| {
        let cells = row.iter().skip(left + 1).take_while(|c| !matches!(c, '│' | '┃'));
        cells.collect::<String>()
    };
    let below = rows.iter().skip(top + 1).take_while(|row| row.get(left) != Some(&'└'));
    let words: String = below.map(|row| inside(row) + " ").collect();
    Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn check(told: impl Fn() -> Vec<Told>, settings: &Settings, why: &str) {
    for size in [WIDE, NARROW, SMALL, Size { width: 200, height: 50 }] {
        for keys in ["", "5", "5jjj", "4", "5z"] {
            let desk = Desk::with(size, settings.clone(), 40, super::chatter);
            let screen = desk.tell_all(told()).keys(keys).screen();
            let Some(says) = asked(&screen) else {
                assert!(!keys.contains('5'), "{size:?}, {keys:?}: no question\n{screen}");
                continue;
            };
            let times = says.matches(&format!("Not now: {why}.")).count();
            assert_eq!(times, 1, "{size:?}, {keys:?}: {says}\n{screen}");
        }
    }
}

#[test]
fn why_nothing_can_be_answered_is_read_whole_and_once() {
    let only_looks = Settings { read_only: true, ..settings() };
    for story in [story::failed, story::unknown, story::asking, story::broken] {
        let why = "this console only looks (--read-only)";
        check(|| vec![story().told()], &only_looks, why);
        let by = || Told::Watching(Some("bob@a-machine-with-a-long-name 42".to_owned()));
        let why = "bob@a-machine-with-a-long-name 42 drives this run; this console only watches";
        check(|| vec![by(), story().told()], &settings(), why);
    }
}

#[test]
fn choices_that_cannot_be_taken_say_what_would_come_of_them() {
    let only_looks = Settings { read_only: true, ..settings() };
    for (size, keys) in [(WIDE, ""), (NARROW, ""), (NARROW, "5jj"), (SMALL, "5jj")] {
        let desk = Desk::with(size, only_looks.clone(), 40, super::chatter);
        let mut desk = desk.tell(story::failed().told()).keys(keys);
        let place = if keys.is_empty() { "" } else { "_chosen" };
        insta::assert_snapshot!(format!("read_only{place}_{}", size.width), desk.screen());
    }
}
