//! The log pane: following, scrolling, searching, and how little it reads.

use std::sync::atomic::Ordering;

use ratatui::{Terminal, backend::TestBackend, layout::Size};

use super::{Desk, WIDE, chatter, settings, story};
use crate::tui::{Told, Wish, state::log::Shape, view};

const MILLION: u64 = 1_000_000;

pub(super) fn desk(count: u64, text: fn(u64) -> String) -> Desk {
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

const FRAMES: u64 = 300;

#[test]
fn a_million_lines_cost_a_frame_no_more_than_the_screen() {
    for wrap in ["w", ""] {
        let mut desk = desk(MILLION, chatter).keys(wrap);
        let (_, rows) = view::log_room(&desk.model);
        desk.read.store(0, Ordering::Relaxed);
        for frame in 0..FRAMES {
            // Up, down and to both ends, so that nothing can be taken from the frame before.
            let keys = ["<C-u>", "k", "<pgdn>", "g", "G", "<pgup>"];
            desk = desk.keys(keys[usize::try_from(frame % 6).unwrap()]);
            desk.buffer();
        }
        let read = desk.read.load(Ordering::Relaxed);
        let most = FRAMES * 2 * (rows as u64 * 4 + 32);
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
    let mut desk = desk(200, long_lines).keys("g");
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

pub(super) fn one_error(number: u64) -> String {
    match number {
        70_000 => "ERROR: deadlock detected".to_owned(),
        10 => "an Apple".to_owned(),
        20 => "an apple".to_owned(),
        _ => format!("line {number}"),
    }
}

pub(super) fn says(desk: &mut Desk) -> String {
    desk.look();
    desk.model.log.search.says.clone().unwrap_or_default()
}

fn numbers(desk: &mut Desk) -> Vec<u64> {
    desk.look();
    let mut numbers: Vec<u64> = desk.model.log.rows.iter().map(|row| row.number).collect();
    numbers.dedup();
    numbers
}

#[test]
fn a_filter_keeps_what_fits_and_what_is_around_it() {
    let mut desk = desk(1000, one_error).keys("&an apple<ret>g");
    assert_eq!(numbers(&mut desk), [8, 9, 10, 11, 12, 18, 19, 20, 21, 22]);
    assert!(desk.screen().contains("⋯ 5 lines"), "{}", desk.screen());
    let mut desk = desk.keys("{{");
    assert_eq!(numbers(&mut desk), [10, 20]);
    let mut desk = desk.keys("}g");
    assert_eq!(numbers(&mut desk), [9, 10, 11, 19, 20, 21]);
    // What is kept fits the pane: it is left at the last of it.
    let mut desk = desk.keys("jj<esc>");
    assert_eq!(top(&mut desk), 21 - 5);
    assert!(desk.model.log.sieve.pattern.is_none());
    let mut desk = desk.keys("&!line<ret>{{g");
    assert_eq!(numbers(&mut desk), [10, 20]);
    let mut desk = desk.keys("&zzz<ret>");
    assert!(desk.screen().contains("no line is kept by &zzz"), "{}", desk.screen());
}

#[test]
fn a_filter_scrolls_through_what_it_keeps_there_and_back() {
    let mut desk = desk(100_000, one_error).keys("&line .*7$<ret>}g");
    let mut places = Vec::new();
    for _ in 0..80 {
        desk.look();
        places.push(desk.model.log.top);
        desk = desk.keys("j");
    }
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
    for place in places.into_iter().rev() {
        desk = desk.keys("k");
        desk.look();
        assert_eq!(desk.model.log.top, place);
    }
    let mut desk = desk.keys("G");
    assert!(last(&mut desk) >= 99_997);
    assert!(desk.model.log.follow);
}

#[test]
fn a_mark_is_shown_and_found_again() {
    let mut desk = desk(1000, chatter).keys("gjjmjjjm");
    assert!(desk.screen().contains('◆'), "{}", desk.screen());
    let mut desk = desk.keys("G'");
    assert_eq!(says(&mut desk), "mark 1 of 2");
    assert_eq!(desk.model.log.search.found, Some(2));
    let mut desk = desk.keys("'");
    assert_eq!(desk.model.log.search.found, None.or(desk.model.log.search.found));
    assert_eq!(says(&mut desk), "mark 2 of 2");
    let mut desk = desk.keys("'");
    assert_eq!(says(&mut desk), "mark 1 of 2, from the top");
    let desk = desk.keys("m");
    assert!(!desk.model.log.marks.contains(2));
}

fn copied(desk: &mut Desk) -> Option<String> {
    desk.look();
    desk.look();
    match desk.model.errands.next() {
        Some(crate::tui::errand::Errand::Copy(text)) => Some(text),
        Some(_) | None => None,
    }
}

#[test]
fn a_line_is_copied_and_so_are_those_that_are_chosen() {
    let mut desk = desk(1000, chatter).keys("gjy");
    assert_eq!(copied(&mut desk).unwrap(), chatter(1));
    let line = desk.model.line.clone().unwrap().text;
    assert!(line.starts_with("copied 1 line, 37 bytes, by the terminal (OSC 52"), "{line}");
    let mut desk = desk.keys("cjcjj");
    assert!(desk.screen().contains("choosing 3 lines"), "{}", desk.screen());
    let mut desk = desk.keys("y");
    assert_eq!(copied(&mut desk).unwrap(), [chatter(2), chatter(3), chatter(4)].join("\n"));
    assert!(desk.model.log.choose.is_none());
    let mut desk = desk.keys("cgcGy");
    assert_eq!(
        copied(&mut desk).map(|text| text.len()),
        Some(chatter(0).len() * 1000 + 999 + 1890)
    );
}

#[test]
fn more_than_a_terminal_takes_is_not_copied_and_can_be_saved() {
    let mut desk = desk(100_000, chatter).keys("cgcGy");
    assert_eq!(copied(&mut desk), None);
    let line = desk.model.line.clone().unwrap().text;
    assert!(line.starts_with("not copied: more than the 56244 bytes"), "{line}");
    assert!(line.contains("b saves"), "{line}");
    let desk = desk.keys("b<ret>");
    assert!(desk.wishes.is_empty());
    let desk = desk.keys("b<down><ret>");
    let wishes = desk.wishes();
    assert!(wishes[0].contains("lines: Some(0..100000)"), "{wishes:?}");
    assert!(wishes[0].contains("/home/bob/20261122-140000-web1-build-140109.log"), "{wishes:?}");
}

#[test]
fn what_is_saved_and_copied_is_said() {
    let with = |keys: &str| desk(1000, one_error).keys(keys);
    for (keys, wanted) in [
        ("b", "saves all lines: as they are shown"),
        ("gcjjcb", "saves lines 3 to 3: as they are shown"),
        ("&apple<ret>b", "saves all lines, also those that the filter leaves out: as"),
        ("&apple<ret>gccGb", "saves lines 9 to 23, also those that the filter leaves out: as"),
        ("ab", "saves all lines of 2 hosts, one host after the other: as they are shown"),
        ("aacjb", "one host after the other, not only the chosen ones (go to one host"),
    ] {
        let asked = format!("{:?}", with(keys).model.dialog);
        assert!(asked.contains(wanted), "{keys}: {asked}");
    }
    let mut desk = with("&apple<ret>gcc").keys("G");
    assert!(desk.screen().contains("choosing 10 lines"), "{}", desk.screen());
    let mut desk = desk.keys("y");
    let text = copied(&mut desk).unwrap();
    assert_eq!(text.lines().count(), 10);
    // Of several hosts each line tells whose it is.
    let mut desk = with("aagcjcjy");
    assert_eq!(copied(&mut desk).unwrap(), "web2     line 0\nweb1     line 1");
}

#[test]
fn a_name_that_is_taken_is_asked_for_again_with_another_one() {
    let desk = desk(1000, chatter).keys("b<down><ret>");
    let wishes = desk.wishes.clone();
    let [Wish::Save(saving, _)] = &wishes[..] else { panic!("{wishes:?}") };
    let not_saved = |again| Told::NotSaved { why: "/home/bob/a.log is there".to_owned(), again };
    let again = Some((saving.clone(), "/home/bob/a-2.log".to_owned()));
    let desk = desk.tell(not_saved(again.clone()));
    let line = desk.model.line.clone().unwrap().text;
    assert_eq!(line, "not saved: /home/bob/a.log is there");
    let mut desk = desk.keys("<down><ret>");
    assert_eq!(
        desk.wishes.last(),
        Some(&Wish::Save(saving.clone(), "/home/bob/a-2.log".to_owned()))
    );
    // Another dialog is not taken away, and what cannot be helped is not asked for again.
    desk = desk.tell(not_saved(None));
    assert!(desk.model.dialog.is_none());
    desk = desk.keys("q").tell(not_saved(again));
    let title = desk.model.dialog.as_ref().map(|dialog| dialog.title.clone());
    assert!(title.is_some_and(|title| !title.contains("Save")));
}

pub(super) fn both(number: u64) -> String {
    match number {
        10 => "ERROR: one".to_owned(),
        20 => "warning: two".to_owned(),
        30 => "all tests passed, 0 failed".to_owned(),
        _ => format!("line {number}"),
    }
}

#[test]
fn errors_and_warnings_are_counted_marked_and_jumped_to() {
    let mut desk = desk(1000, both);
    assert!(desk.screen().contains(" E1  W1 "), "{}", desk.screen());
    let mut desk = desk.keys("x");
    assert_eq!(says(&mut desk), "warning 1 of 1");
    assert_eq!(desk.model.log.search.found, Some(20));
    let mut desk = desk.keys("e");
    assert_eq!(says(&mut desk), "error 1 of 1, from the top");
    let screen = desk.screen();
    assert!(screen.lines().any(|line| line.contains("W warning: two")), "{screen}");
    assert!(screen.lines().any(|line| line.contains("▸ ERROR: one")), "{screen}");
}

#[test]
fn what_matters_most_is_said_of_a_log_at_any_width() {
    for width in (60..=200).step_by(3) {
        let desk = desk(1000, both).resize(width, 24).keys("/line<ret>kw");
        let mut desk = desk.keys("&a very long pattern that fits nothing|line<ret>");
        let screen = desk.screen();
        assert!(screen.contains(" &a very long pat… 997 of 1000 "), "{width}: {screen}");
        let mut desk = desk.keys("<esc><esc>gx");
        let screen = desk.screen();
        assert!(screen.contains(" warning 1 of 1 "), "{width}: {screen}");
        assert!(width < 90 || screen.contains(" PAUSED +"), "{width}: {screen}");
        assert!(width < 110 || screen.contains(" E1 "), "{width}: {screen}");
    }
}

fn long(number: u64) -> String {
    format!("    at {number} /srv/www/{}/end", "x".repeat(150))
}

#[test]
fn nothing_of_a_long_line_is_hidden() {
    let mut desk = desk(3, long);
    let screen = desk.screen();
    assert_eq!(screen.matches("/end").count(), 3, "{screen}");
    // Where it goes on it keeps its indentation.
    assert!(screen.lines().any(|line| line.contains("│     xxx")), "{screen}");
    let mut desk = desk.keys("w");
    let screen = desk.screen();
    assert!(!screen.contains("/end"), "{screen}");
    assert!(screen.lines().filter(|line| line.contains("xx›")).count() >= 3, "{screen}");
}

#[test]
fn all_hosts_are_one_log_and_enter_goes_to_the_line_of_one() {
    let mut desk = desk(100, chatter).keys("a");
    let screen = desk.screen();
    assert!(screen.contains("4 Log 2 hosts › build"), "{screen}");
    assert!(screen.contains("×2 hosts compiling module 99"), "{screen}");
    assert_eq!(desk.model.log.lines, 100);
    let mut desk = desk.keys("a");
    let screen = desk.screen();
    assert!(screen.contains("web1     compiling module 99"), "{screen}");
    assert!(screen.contains("web2     compiling module 99"), "{screen}");
    assert_eq!(desk.model.log.lines, 200);
    let mut desk = desk.keys("/module 42 <ret><ret>");
    let screen = desk.screen();
    assert!(screen.contains("4 Log web1 › build"), "{screen}");
    assert_eq!(desk.model.log.search.found, Some(42));
    assert!(screen.contains("compiling module 42"), "{screen}");
    let mut desk = desk.keys("aaa");
    assert!(desk.screen().contains("4 Log web1 › build"), "{}", desk.screen());
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

#[test]
fn a_filter_hides_no_line_that_fits_above_what_is_shown() {
    let mut desk = desk(40, chatter).keys("gjjjjjj").keys("&module 5 <ret>");
    desk.look();
    desk.look();
    let screen = desk.screen();
    assert!(screen.contains("module 5 of") && screen.contains("module 3 of"), "{screen}");
}

#[test]
fn a_mark_is_on_the_scroll_bar_as_long_as_it_is_there() {
    let marked = |desk: &mut Desk| {
        desk.look();
        desk.model.log.bar.iter().any(|tick| tick.mark)
    };
    let mut desk = desk(1000, chatter).keys("gm");
    assert!(marked(&mut desk));
    for _ in 0..2 {
        desk = desk.keys("m");
        assert!(!marked(&mut desk), "{}", desk.screen());
        desk = desk.keys("m");
        assert!(marked(&mut desk), "{}", desk.screen());
    }
}

/// The screen as it is now, while the logs of several hosts are put in order.
fn now(desk: &Desk) -> String {
    let Size { width, height } = desk.model.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| view::view(&desk.model, frame)).unwrap();
    terminal.backend().to_string()
}

#[test]
fn what_is_not_put_in_order_yet_is_not_called_the_newest() {
    let mut desk = desk(40_000, chatter);
    desk.model.log.shape = Shape::Each;
    assert!(desk.feed.look(&mut desk.model));
    let screen = now(&desk);
    assert!(screen.contains("MERGING 5 %") && !screen.contains("FOLLOW"), "{screen}");
    desk.model.log.follow = false;
    let screen = now(&desk);
    assert!(screen.contains("MERGING 5 %  PAUSED"), "{screen}");
    desk.model.log.follow = true;
    let screen = desk.screen();
    assert!(screen.contains("FOLLOW  80000 lines"), "{screen}");
}

fn far_hit(number: u64) -> String {
    format!("{number} {}NEEDLE end", "x".repeat(if number == 1 { 40_000 } else { 10_000_000 }))
}

#[test]
fn a_line_is_copied_whole_or_it_is_said_that_it_is_not() {
    let found = |keys: &str| {
        let mut desk = desk(2, far_hit).keys(&format!("g/NEEDLE<ret>{keys}"));
        desk.look();
        let mut desk = desk.keys("y");
        let text = copied(&mut desk).unwrap();
        (text, desk.model.line.unwrap().text)
    };
    let (text, said) = found("n");
    assert_eq!(text, far_hit(1));
    assert!(said.starts_with("copied 1 line, 40012 bytes"), "{said}");
    let (text, said) = found("");
    assert!(text.ends_with("NEEDLE end") && text.len() < 100_000, "{}", text.len());
    let of = format!(" of {} bytes", far_hit(0).len());
    assert!(said.starts_with("copied a piece of 1 line: ") && said.contains(&of), "{said}");
    assert!(said.contains("b saves"), "{said}");
}

#[test]
fn the_top_and_the_end_are_at_the_beginning_of_the_rows() {
    for key in ["g", "<home>", "G", "<end>"] {
        let mut desk = desk(3, long).keys("wlll");
        assert!(!desk.screen().contains("    at 1"), "{}", desk.screen());
        let mut desk = desk.keys(key);
        assert!(desk.screen().contains("    at 1"), "{key}: {}", desk.screen());
    }
}

#[test]
fn the_file_is_named_and_its_letter_saves_at_once() {
    let desk = desk(10, chatter).keys("b");
    let wishes = desk.keys("S").wishes();
    assert!(wishes.first().is_some_and(|wish| wish.contains("Save")), "{wishes:?}");
    // What is typed goes on at the end of the name.
    let wishes = self::desk(10, chatter).keys("b<tab>.txt<tab><down><ret>").wishes();
    assert!(wishes[0].contains(".log.txt"), "{wishes:?}");
    // The next one is offered another name.
    let name = |desk: &Desk| desk.model.dialog.as_ref().unwrap().fields[0].typed();
    let desk = self::desk(10, chatter).keys("b");
    let first = name(&desk);
    assert_ne!(name(&desk.keys("S").keys("b")), first);
}
