//! What a search finds.

use proptest::prelude::*;

use super::*;
use crate::store::Mask;

/// Pieces of hostile and ordinary lines.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => "[a-d ]{0,6}".prop_map(String::into_bytes),
        2 => Just(b"\n".to_vec()),
        1 => Just(b"\x1b[31m".to_vec()),
        1 => Just(b"\x1b[0m".to_vec()),
        1 => Just(b"\x1b]0;ab\x07".to_vec()),
        1 => Just(b"\x1b[2K".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\t".to_vec()),
        1 => Just(b"\x00".to_vec()),
        1 => Just(b"\xff\xc3".to_vec()),
        1 => Just("ä\u{202e}漢".as_bytes().to_vec()),
        1 => Just("ä漢".as_bytes().to_vec()),
        1 => Just(b"\x08".to_vec()),
        1 => Just(b"\r\n".to_vec()),
        1 => prop::sample::select(vec![
            "\x1b[1m", "\x1b[38;5;1m", "\x1b[0m\x1b[1m", "\x1b[38:5:1m", "\x1b[", "\x1b", "\x1b[?25l",
            "\u{85}", "\u{9b}1m", "\x7f", "\u{200d}", "\u{fe0f}", "\u{1f3fb}", "\u{301}", "\u{200b}",
            "\u{feff}", "1", "1\u{fe0f}", "✔\u{fe0f}", "\u{e000a}", "K", "\u{212a}", "é",
        ]).prop_map(|text| text.as_bytes().to_vec()),
    ]
}

fn patterns() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "ab",
        "A",
        "a.*b",
        "^a",
        "b$",
        "^$",
        "a b",
        "[^a]b",
        r"a\sb",
        "ä",
        "U\\+202E",
        ".",
        r"\bab\b",
        r"\A",
        r"d\z",
        "(?-s).b",
        "x*",
        "ab|cd",
        r"a\s*b",
        r"\Bb",
        "hidden",
        "$",
        r"\S+$",
        r"b\W*a",
        "[^b]+",
        "[[:^alpha:]]a",
        r"[\t-z]*d",
        "(?i)A",
        "(?:a|ä)+",
        r"\w\B",
        r"\x{e4}",
        "[^ä]",
        "(?-m)^a",
        "(?s)a.b",
        r"\W$",
        "(?i-s:B)",
        "abcd",
        "cd|bc",
        "b c",
        "aä",
        "ä漢",
        "1a",
        "a1",
        "fe",
        "feff",
        "u\\+",
        "kb",
        "é",
        "bc.*",
        ".*cb",
        "[a-d]c d?",
        "^ab$",
    ])
}

proptest! {
    /// What a search finds is what is found by reading every line as it is shown; also when the log
    /// has grown meanwhile, and wherever the search began.
    #[test]
    fn a_search_finds_exactly_what_is_shown(
        before in prop::collection::vec(piece(), 0..40),
        after in prop::collection::vec(piece(), 0..40),
        text in patterns(),
        invert in any::<bool>(),
        from in 0_u64..30,
        mask in 0_u64..60,
    ) {
        let mut bench = Bench::new(1);
        let mask = Mask { offset: mask, len: 3, name: "TOKEN".to_owned() };
        bench.writers[0].mask(&[mask]).unwrap();
        let mut looking = bench.looker(Shape::One);
        let pattern = Arc::new(Pattern::new(text, invert).unwrap());
        looking.search(&pattern, from);
        for part in [before.concat(), after.concat()] {
            bench.print(0, &part);
            looking.look();
            let lines = looking.lines();
            let wanted: Vec<u64> = lines
                .iter()
                .filter(|(_, shown)| pattern.regex().is_match(shown) != invert)
                .map(|(number, _)| *number)
                .collect();
            prop_assert_eq!(looking.hits(), wanted, "{:?}", lines);
            let cover = looking.shared.lock().finds.hits.cover;
            prop_assert!(cover.has(0, lines.len() as u64), "{:?}", cover);
        }
    }
}

#[test]
fn a_line_that_is_longer_than_is_shown_is_found_by_what_is_shown() {
    let mut bench = Bench::new(1);
    let mut line = vec![b'x'; 3 << 20];
    line[100] = b'a';
    line[2 << 20] = b'b';
    bench.print(0, &line);
    bench.print(0, b"\nsecond a\n");
    let mut looking = bench.looker(Shape::One);
    looking.search(&Arc::new(Pattern::new("a", false).unwrap()), 0);
    looking.look();
    assert_eq!(looking.hits(), [0, 1]);
    let mut looking = bench.looker(Shape::One);
    looking.search(&Arc::new(Pattern::new("b", false).unwrap()), 0);
    looking.look();
    assert_eq!(looking.hits(), [0], "the words about what is left out");
    let lines = looking.lines();
    assert!(lines[0].1.ends_with("bytes more"), "{}", lines[0].1.len());
}

#[test]
fn a_secret_is_found_by_nobody() {
    let mut bench = Bench::new(1);
    bench.writers[0].mask(&[Mask { offset: 6, len: 6, name: "TOKEN".to_owned() }]).unwrap();
    bench.print(0, b"token s3cr3t\n");
    for (text, wanted) in
        [("s3cr3t", vec![]), ("s3", vec![]), ("token", vec![0]), ("TOKEN", vec![0])]
    {
        let mut looking = bench.looker(Shape::One);
        looking.search(&Arc::new(Pattern::new(text, false).unwrap()), 0);
        looking.look();
        assert_eq!(looking.hits(), wanted, "{text}");
    }
}

#[test]
fn another_log_in_its_place_is_looked_at_anew() {
    let mut bench = Bench::new(1);
    bench.print(0, b"error: one\nerror: two\n");
    let mut looking = bench.looker(Shape::One);
    looking.search(&Arc::new(Pattern::new("two", false).unwrap()), 0);
    looking.look();
    assert_eq!(looking.hits(), [1]);
    let writer = bench.writers.remove(0).set_aside().unwrap();
    bench.writers.push(writer);
    bench.print(0, b"two\nthree\n");
    looking.look();
    assert_eq!(looking.hits(), [0]);
    assert_eq!(looking.shared.lock().finds.levels.errors.len(), 0);
}
