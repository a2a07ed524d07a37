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
            "\x1b[3G", "\x1b[2D", "\x1b[D", "\x1b[120D", "\x1b[1G", "\x1b[1000D", "\x1b[02K", "\x1b[002G",
            "2K", "3D", "[D", "1G",
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

/// A line of so many bytes that says something at some of them.
fn long_line(len: usize, says: &[(usize, &str)]) -> Vec<u8> {
    let mut line = vec![b'x'; len];
    for (at, text) in says {
        line[*at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    line
}

#[test]
fn a_long_line_is_searched_whole() {
    const MIB: usize = 1 << 20;
    let edge = MIB - 3;
    let says = [(100, "first"), (70_000, "ä"), (edge, "across"), (2 * MIB, "\x1b[1mfar\x1b[0m")];
    let line = long_line(3 * MIB, &says);
    let block = long_line(200_000, &[(150_000, "inside"), (199_997, "end")]);
    for (text, wanted) in [
        ("first", &[0_u64][..]),
        ("across", &[0]),
        ("xfarx", &[0]),
        ("first.*far", &[0]),
        ("x$", &[0]),
        ("^x+first", &[0]),
        ("far$", &[]),
        ("^far", &[]),
        ("äx", &[0]),
        ("bytes", &[]),
        ("inside", &[1]),
        ("end$", &[1, 2]),
        ("second", &[2]),
    ] {
        for shape in [Shape::One, Shape::Each] {
            let mut bench = Bench::new(1);
            bench.print(0, &line);
            bench.print(0, &[b"\n", &block[..], b"\nsecond end\n"].concat());
            let mut looking = bench.looker(shape);
            looking.search(&Arc::new(Pattern::new(text, false).unwrap()), 0);
            looking.look();
            assert_eq!(looking.hits(), wanted, "{text}");
            let far = looking.shared.lock().finds.hits.far.clone();
            let there = says.iter().find(|(_, said)| said.contains(text)).map(|(at, _)| *at as u64);
            if let Some(there) = there.filter(|there| *there > 100) {
                let from = far[&0];
                assert!(from < there && there - from < 10_000, "{text}: {from}");
            } else if text == "first" {
                assert!(!far.contains_key(&0), "{text}: {far:?}");
            }
        }
    }
}

#[test]
fn a_secret_in_a_long_line_is_found_by_nobody() {
    let mut bench = Bench::new(1);
    let line = long_line(2 << 20, &[(4094, "s3cr3t"), (1 << 20, "s3cr3t")]);
    let masks = [4094, 1 << 20].map(|offset| Mask { offset, len: 6, name: "TOKEN".to_owned() });
    bench.writers[0].mask(&masks).unwrap();
    bench.print(0, &line);
    for (text, wanted) in [("s3", 0), ("r3t", 0), ("TOKEN hidden", 1)] {
        let mut looking = bench.looker(Shape::One);
        looking.search(&Arc::new(Pattern::new(text, false).unwrap()), 0);
        looking.look();
        assert_eq!(looking.hits().len(), wanted, "{text}");
    }
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
