//! The log pane: following, scrolling, searching, and how little it reads.

use std::sync::atomic::Ordering;

use super::{Desk, WIDE, chatter, settings, story};
use crate::tui::view;

const MILLION: u64 = 1_000_000;

fn desk(count: u64, text: fn(u64) -> String) -> Desk {
    Desk::with(WIDE, settings(), count, text).tell(story::running().told()).keys("4")
}

fn top(desk: &mut Desk) -> u64 {
    desk.look();
    desk.model.log.rows.first().unwrap().number
}

fn last(desk: &mut Desk) -> u64 {
    desk.look();
    desk.model.log.rows.last().unwrap().number
}

#[test]
fn a_million_lines_cost_a_frame_no_more_than_the_screen() {
    for wrap in ["", "w"] {
        let mut desk = desk(MILLION, chatter).keys(wrap);
        let (_, rows) = view::log_room(&desk.model);
        desk.read.store(0, Ordering::Relaxed);
        for frame in 0..1000u64 {
            // Up, down and to both ends, so that nothing can be taken from the frame before.
            let keys = ["<C-u>", "k", "<pgdn>", "g", "G", "<pgup>"];
            desk = desk.keys(keys[usize::try_from(frame % 6).unwrap()]);
            desk.buffer();
        }
        let read = desk.read.load(Ordering::Relaxed);
        let most = 1000 * 2 * (rows as u64 * 4 + 32);
        assert!(read > 0 && read < most, "{read} lines read, at most {most} expected");
    }
}

#[test]
fn a_frame_in_which_nothing_is_new_reads_nothing() {
    let mut desk = desk(MILLION, chatter);
    desk.buffer();
    let before = desk.read.load(Ordering::Relaxed);
    for _ in 0..100 {
        desk.buffer();
    }
    assert_eq!(desk.read.load(Ordering::Relaxed), before);
}

#[test]
fn it_follows_until_one_leaves_the_end_and_again_from_there() {
    let mut desk = desk(1000, chatter);
    assert_eq!(last(&mut desk), 999);
    assert!(desk.model.log.follow);
    let mut desk = desk.keys("kkk");
    assert_eq!(last(&mut desk), 996);
    assert!(!desk.model.log.follow);
    assert!(desk.screen().contains("PAUSED +3"), "{}", desk.screen());
    let mut desk = desk.keys("g");
    assert_eq!(top(&mut desk), 0);
    let mut desk = desk.keys("G");
    assert_eq!(last(&mut desk), 999);
    assert!(desk.screen().contains("FOLLOW"));
    let mut desk = desk.keys("kjj");
    desk.look();
    assert!(desk.model.log.follow);
}

/// Every fifth line takes three rows.
fn long_lines(number: u64) -> String {
    let len = if number.is_multiple_of(5) { 180 } else { 10 };
    format!("{number:>6} ").chars().cycle().take(len).collect()
}

#[test]
fn wrapped_lines_scroll_row_by_row_there_and_back() {
    let mut desk = desk(200, long_lines).keys("wg");
    let mut places = Vec::new();
    for _ in 0..60 {
        desk.look();
        places.push(desk.model.log.top);
        desk = desk.keys("j");
    }
    let moves = places.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(moves, "{places:?}");
    for place in places.into_iter().rev() {
        desk = desk.keys("k");
        desk.look();
        assert_eq!(desk.model.log.top, place);
    }
}

fn one_error(number: u64) -> String {
    match number {
        700_000 => "ERROR: deadlock detected".to_owned(),
        10 => "an Apple".to_owned(),
        20 => "an apple".to_owned(),
        _ => format!("line {number}"),
    }
}

#[test]
fn a_search_finds_what_is_far_away_and_says_when_there_is_no_more() {
    let mut desk = desk(MILLION, one_error).keys("/deadlock<ret>");
    desk.look();
    assert_eq!(desk.model.log.search.found, Some(700_000));
    assert!(desk.screen().contains("ERROR: deadlock detected"));
    let mut desk = desk.keys("n");
    desk.look();
    assert_eq!(desk.model.log.search.says.as_deref(), Some("no /deadlock/ further down"));
    let mut desk = desk.keys("gE").keys("e");
    desk.look();
    assert_eq!(desk.model.log.search.found, Some(700_000));
}

#[test]
fn capitals_count_only_if_typed() {
    let found = |keys: &str| {
        let mut desk = desk(100, one_error).keys(keys);
        desk.look();
        desk.model.log.search.found
    };
    assert_eq!(found("/an apple<ret>"), Some(10));
    assert_eq!(found("/an Apple<ret>"), Some(10));
    assert_eq!(found("/an apple<ret>n"), Some(20));
    assert_eq!(found("/an Apple<ret>n"), Some(10));
    assert_eq!(found("/an apple<ret>nN"), Some(10));
}

#[test]
fn a_pattern_that_is_none_is_said_to_be_none() {
    let desk = desk(100, chatter).keys("/a(<ret>");
    let says = desk.model.log.search.says.clone().unwrap();
    assert!(says.starts_with("not a regular expression"), "{says}");
}

fn hostile(number: u64) -> String {
    match number % 3 {
        0 => "\x1b]0;owned\x07\x1b[2J\x1b[H\x1b[31mred".to_owned(),
        1 => "still red \u{202e}evil".to_owned(),
        _ => "10%\r100%".to_owned(),
    }
}

#[test]
fn what_a_host_prints_is_shown_as_text() {
    let mut desk = desk(6, hostile);
    let screen = desk.screen();
    assert!(screen.chars().all(|c| !c.is_control() || c == '\n'), "{screen:?}");
    assert!(screen.contains("<U+202E>"), "{screen}");
    assert!(!screen.contains("owned"), "{screen}");
}

#[test]
fn attempts_have_logs_of_their_own() {
    use crate::{
        model::HoldId,
        run::{Choice, Fact, Why},
    };
    let story = story::failed().then(Fact::Chose(HoldId(0), Choice::Retry, Why::default()));
    let mut desk = Desk::new(WIDE).tell(story.start("migrate", 2).told());
    assert!(desk.screen().contains("log 2 of 2"), "{}", desk.screen());
    let mut desk = desk.keys("[");
    assert!(desk.screen().contains("log 1 of 2"), "{}", desk.screen());
    let mut desk = desk.keys("]");
    assert!(desk.screen().contains("log 2 of 2"), "{}", desk.screen());
}
