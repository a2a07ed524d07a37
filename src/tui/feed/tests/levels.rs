//! Errors, warnings and pauses.

use proptest::prelude::*;

use super::*;
use crate::tui::levels::{Kind, Watch};

proptest! {
    /// Errors and warnings are those found by reading every line.
    #[test]
    fn levels_are_those_of_every_line(
        lines in prop::collection::vec(prop::sample::select(vec![
            "all is well", "ERROR: no", "warning: x", "Traceback (most recent call last):",
            "  File \"a.py\", line 1", "KeyError: 'x'", "", "\x1b[31merr\x1b[0mor: red",
            "npm ERR! x", "\x1b[31m✘ failed\x1b[0m", "app.errors.Gone: x", "exit code 3", "exit code 0",
            "× pip", "1 error", "DETAIL: y", "E1122 14:00:01 pod.go", "0 failed", "W: apt", "fäil: failed",
        ]), 0..60),
    ) {
        let mut bench = Bench::new(1);
        bench.print(0, lines.join("\n").as_bytes());
        let mut looking = bench.looker(Shape::One);
        looking.look();
        let mut watch = Watch::default();
        let shown = looking.lines();
        let board = looking.shared.lock();
        let levels = &board.finds.levels;
        for (number, text) in &shown {
            let kind = watch.line(text);
            prop_assert_eq!(levels.errors.contains(*number), kind == Kind::Error, "{}", text);
            let within = matches!(kind, Kind::Error | Kind::Within);
            prop_assert_eq!(levels.within.contains(*number), within, "{}", text);
            let warns = kind == Kind::Warning;
            prop_assert_eq!(levels.warnings.contains(*number), warns, "{}", text);
        }
    }
}

#[test]
fn a_pause_is_what_is_longer_than_usual() {
    let mut bench = Bench::new(1);
    for number in 0..50 {
        bench.ms += 300;
        if number == 20 || number == 40 {
            bench.ms += 12_400;
        }
        bench.print(0, format!("line {number}\n").as_bytes());
    }
    let mut looking = bench.looker(Shape::One);
    looking.look();
    let board = looking.shared.lock();
    assert_eq!(board.finds.gaps.lines(), [20, 40]);
    assert_eq!(board.finds.gaps.of(20).map(rows::pause).as_deref(), Some("12.7s"));
    assert_eq!(board.finds.gaps.of(21), None);
    drop(board);

    // A line every three seconds is no pause.
    let mut bench = Bench::new(1);
    for number in 0..50 {
        bench.ms += 3000;
        bench.print(0, format!("line {number}\n").as_bytes());
    }
    let mut looking = bench.looker(Shape::One);
    looking.look();
    assert_eq!(looking.shared.lock().finds.gaps.lines(), [0_u64; 0]);
}
