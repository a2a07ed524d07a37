//! Long lines to their ends.

use super::*;
use crate::store::Mask;

/// What is written down of the only line, and in how many pieces.
fn written(line: &[u8], masks: &[Mask]) -> (String, usize) {
    let mut bench = Bench::new(1);
    bench.writers[0].mask(masks).unwrap();
    bench.print(0, line);
    let mut reader = bench.open()(&bench.run, HOSTS[0], "migrate.1").unwrap();
    let lines = reader.lines(0, 9).unwrap();
    assert_eq!(lines.len(), 1);
    let mut filter = Filter::default();
    let pieces: Vec<String> =
        Entire::of(&reader, &lines[0], &mut filter).map(|piece| piece.unwrap().plain()).collect();
    (pieces.concat(), pieces.len())
}

#[test]
fn a_long_line_is_written_to_its_end() {
    let words = |word: fn(usize) -> String| (0..60_000).map(word).collect::<String>();
    let text = words(|n| format!("wörd {n} "));
    for (line, wanted) in [
        (text.clone(), text.clone()),
        (format!("{text}\r\n"), text.clone()),
        (words(|n| format!("\x1b[1;3{}mrot\x1b[0m ", n % 8)), words(|_| "rot ".to_owned())),
        (words(|_| "\x1b]0;a title\x07b".to_owned()), words(|_| "b".to_owned())),
    ] {
        let (written, pieces) = written(line.as_bytes(), &[]);
        assert!(written == wanted && pieces > 2, "{pieces} pieces, {} bytes", written.len());
    }
}

#[test]
fn of_what_a_long_line_rewrites_its_end_is_written() {
    let (old, new) = ("x".repeat(200_000), "y".repeat(100_000));
    let check = |line: &str, wanted: &str| {
        let (written, _) = written(line.as_bytes(), &[]);
        assert!(written == wanted, "{} bytes, not {}", written.len(), wanted.len());
    };
    check(&format!("{old}\r{new}"), &format!("⋯ +200001 bytes before {new}"));
    check(&format!("{old}\r10 %\r100\r"), "⋯ +200001 bytes before 100%");
    check(&format!("{old}\x1b[2K\x1b[G{new}"), &format!("⋯ +200007 bytes before {new}"));
    check(&format!("{old}\x1b[1G10 %\x1b[3D \x1b[K"), "⋯ +200004 bytes before 1 ");
}

/// The last state of a line, however it goes back, is the same for whoever reads it.
#[test]
fn all_readers_agree_on_the_last_state_of_a_line() {
    let check = |home: &str, times: usize| {
        let line: String = (0..times).map(|n| format!("{home}{n:06} of {times:06}")).collect();
        let wanted = format!("{:06} of {times:06}", times - 1);
        let mut bench = Bench::new(1);
        bench.print(0, line.as_bytes());
        let mut reader = bench.open()(&bench.run, HOSTS[0], "migrate.1").unwrap();
        let lines = reader.lines(0, 9).unwrap();
        let pieces: Vec<String> = Entire::of(&reader, &lines[0], &mut Filter::default())
            .map(|piece| piece.unwrap().plain())
            .collect();
        let streamed = show_line(&mut reader, &mut Filter::default(), &lines[0]).plain();
        let mut looking = bench.looker(Shape::One);
        looking.look();
        let item = looking.items().pop().unwrap();
        let pane = show(&mut Filter::default(), &Raw::item(&item)).plain();
        for (name, text) in [("save", pieces.concat()), ("stream", streamed), ("pane", pane)] {
            assert!(text.trim_end().ends_with(&wanted), "{name}, {home:?}, {times}: {text:.200}");
            let left_out = text.contains("bytes before");
            assert!(left_out || text == wanted, "{name}, {home:?}, {times}: {text:.200}");
        }
    };
    for home in ["\r", "\x1b[G", "\x1b[1G", "\x1b[2K\x1b[0G", "\x1b[1000D\x1b[K", "\r\x1b[K"] {
        for times in [2, 90, 40_000, 200_000] {
            check(home, times);
        }
    }
}

#[test]
fn a_secret_is_hidden_once_wherever_a_piece_ends() {
    let text = "abcdefgh".repeat(30_000);
    for at in [65_530, 65_535, 65_536, 65_500 + 4096] {
        let mask = Mask { offset: at, len: 8, name: "TOKEN".to_owned() };
        let (before, behind) = text.split_at(usize::try_from(at).unwrap());
        let wanted = format!("{before}‹TOKEN hidden›{}", &behind[8..]);
        let (written, _) = written(text.as_bytes(), &[mask]);
        assert!(written == wanted, "at {at}");
    }
}
