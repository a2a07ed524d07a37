//! What must hold for any bytes.

use proptest::prelude::*;

use super::super::*;

#[test]
fn every_character_alone_is_safe_and_has_its_width() {
    for c in '\0'..=char::MAX {
        let mut filter = Filter::default();
        let shown = filter.line(c.to_string().as_bytes());
        assert_safe(&shown);
    }
}

/// What no front end may ever print, written down apart from the code under test.
fn assert_safe(shown: &Shown) {
    for span in shown.spans() {
        assert!(!span.text().is_empty());
        for c in span.text().chars() {
            let banned = c.is_control()
                || matches!(u32::from(c),
                    0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
                    | 0xfe00..=0xfe0f | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff);
            assert!(!banned, "{c:?} in {shown:?}");
            assert!(neutral::cells(c) <= 2, "{c:?} is too wide");
        }
    }
    assert_bases(shown);
    // The renderer drops what takes no cell and counts by grapheme: it must never count more than we do.
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;
    let plain = shown.plain();
    assert!(plain.graphemes(true).all(|grapheme| grapheme.width() > 0), "{plain:?}");
    assert!(plain.graphemes(true).map(UnicodeWidthStr::width).sum::<usize>() <= shown.width());
}

/// Every span begins with a base, and no base carries more than eight marks.
fn assert_bases(shown: &Shown) {
    for span in shown.spans() {
        let mut marks = usize::MAX;
        for c in span.text().chars() {
            marks = if neutral::cells(c) > 0 { 0 } else { marks.saturating_add(1) };
            assert!(marks <= 8, "marks in {:?}", span.text());
        }
    }
}

/// Bytes made of what hurts, with plain noise between.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..6),
        4 => any::<char>().prop_map(|c| c.to_string().into_bytes()),
        4 => "[ -~]{0,6}".prop_map(String::into_bytes),
        4 => "\x1b[\\[\\]P_^X(#]?[0-9;:?]{0,6}[ -~]?".prop_map(String::into_bytes),
        8 => prop::sample::select(vec![
            "\r", "\x08", "\t", "\x1b", "\x07", "\x1b\\", "\x1b[K", "\x1b[2K", "\x1b[1G",
            "\u{9b}", "日", "👍", "\u{1f3fd}", "\u{200d}", "\u{fe0f}", "\u{301}", "\u{336}",
            "\u{202e}", "\u{2066}", "\u{e0041}", "\u{feff}", "🇫", "\u{1100}", "\u{1161}",
            "\u{17d2}", "\u{600}", "\u{915}", "\u{94d}", "\n", "\x1b[31m", "\x1b[7;44m", "\x1b[m",
        ]).prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn masks() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let at = prop_oneof![9 => 0..80_usize, 1 => any::<usize>()];
    let len = prop_oneof![9 => 0..20_usize, 1 => any::<usize>()];
    let name = prop_oneof!["[A-Z_]{1,8}", any::<String>()];
    prop::collection::vec((at, len, name), 0..5)
}

fn vt100_of(columns: u16) -> vt100::Parser {
    let size = |cells| std::num::NonZeroU16::new(cells).unwrap();
    vt100::Parser::new(size(2), size(columns), 0)
}

/// What a real terminal shows after the same characters: text and style of each cell.
fn terminal(raw: &str) -> Vec<(String, Style)> {
    const COLUMNS: u16 = 400;
    let mut parser = vt100_of(COLUMNS);
    parser.process(raw.as_bytes());
    let color = |color| match color {
        vt100::Color::Default => None,
        vt100::Color::Idx(index) => Some(Color::Indexed(index)),
        vt100::Color::Rgb(r, g, b) => Some(Color::Rgb(r, g, b)),
    };
    (0..COLUMNS)
        .filter_map(|column| parser.screen().cell(0, column))
        .filter(|cell| !cell.is_wide_continuation())
        .map(|cell| {
            let style = Style {
                fg: color(cell.fgcolor()),
                bg: color(cell.bgcolor()),
                bold: cell.bold(),
                reverse: cell.inverse(),
                ..Style::default()
            };
            let text = if cell.has_contents() { cell.contents() } else { " " };
            (text.to_owned(), style)
        })
        .collect()
}

fn cells(shown: &Shown) -> Vec<(String, Style)> {
    let spans = shown.spans().iter();
    spans.flat_map(|s| s.text().chars().map(|c| (c.to_string(), s.style()))).collect()
}

fn trimmed(mut cells: Vec<(String, Style)>) -> Vec<(String, Style)> {
    let blank = |cell: &(String, Style)| cell.0 == " ";
    while cells.last().is_some_and(blank) {
        cells.pop();
    }
    // The look of a blank that was never written differs between terminals.
    cells.into_iter().map(|c| if blank(&c) { (c.0, Style::default()) } else { c }).collect()
}

proptest! {
    /// What is told quickly is what is shown.
    #[test]
    fn quick_text_is_the_text(
        parts in prop::collection::vec(
            prop_oneof![
                6 => "[ -~]{0,9}".prop_map(String::into_bytes),
                3 => Just(b"\t".to_vec()),
                3 => "\x1b\\[[0-9;:]{0,4}m".prop_map(String::into_bytes),
                1 => Just(b"\r".to_vec()),
                3 => "[äß漢ｱ✓😀e\u{301}\u{200d}]{1,3}".prop_map(String::into_bytes),
                1 => hostile(),
            ],
            0..8,
        ),
    ) {
        let raw = parts.concat();
        let mut buffer = Vec::new();
        if let Some(text) = quick(&raw, &mut buffer) {
            prop_assert_eq!(str::from_utf8(text).unwrap(), Filter::default().line(&raw).plain());
        }
    }

    #[test]
    fn any_bytes_become_safe(lines in prop::collection::vec(hostile(), 1..4)) {
        let mut filter = Filter::default();
        for raw in &lines {
            assert_safe(&filter.line(raw));
        }
    }

    #[test]
    fn any_noise_becomes_safe(raw in prop::collection::vec(any::<u8>(), 0..300)) {
        assert_safe(&Filter::default().line(&raw));
    }

    #[test]
    fn any_text_becomes_a_safe_literal(raw in hostile()) {
        assert_safe(&Shown::literal(&String::from_utf8_lossy(&raw)));
    }

    #[test]
    fn any_mask_hides_its_bytes(before in hostile(), after in hostile(), masks in masks()) {
        // A secret of letters that nothing else in the line is made of.
        let secret = "ßßßßßß";
        let clean = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('ß', "").into_bytes();
        let (before, after) = (clean(before), clean(after));
        let raw = [&before, secret.as_bytes(), &after].concat();
        let mut all: Vec<Mask<'_>> =
            masks.iter().map(|(at, len, name)| Mask { at: *at, len: *len, name }).collect();
        all.push(Mask { at: before.len(), len: secret.len(), name: "KEY" });
        let shown = Filter::default().masked_line(&raw, &all);
        assert_safe(&shown);
        let named = masks.iter().any(|(_, _, name)| name.contains('ß'));
        prop_assert!(named || !shown.plain().contains('ß'));
    }

    #[test]
    fn rows_are_the_whole(raw in hostile(), width in 1..30_usize) {
        let whole = Filter::default().line(&raw);
        let rows = whole.wrap(width);
        prop_assert!(rows.iter().all(|row| row.width() <= width));
        if width > 1 {
            prop_assert_eq!(rows.into_iter().collect::<Shown>(), whole);
        }
    }

    #[test]
    fn parts_never_exceed_their_place(raw in hostile(), from in 0..60_usize, width in 0..60_usize) {
        let whole = Filter::default().line(&raw);
        let part = whole.clip(from, width);
        prop_assert_eq!(part.width(), whole.width().saturating_sub(from).min(width));
        prop_assert!(fit(&whole, width).width() <= width);
        let bare = whole.to_seven_bit();
        prop_assert!(bare.plain().is_ascii() && bare.width() == whole.width());
        assert_safe(&part);
        assert_safe(&fit(&whole, width));
    }

    #[test]
    fn rewriting_is_what_a_terminal_does(pieces in prop::collection::vec(prop::sample::select(vec![
        "a", "bc", "def", "日", "本語", " ", "\r", "\x08", "\t", "\x1b[K", "\x1b[2K", "\x1b[G",
        "\x1b[31m", "\x1b[1;44m", "\x1b[7m", "\x1b[38;2;1;2;3m", "\x1b[0m", "\x1b[1G", "\x1b[D",
        "\x1b[2D", "\x1b[120D", "\x1b[999D", "\x1b[5000D", "2K", "[G", "0D",
    ]), 0..30)) {
        let raw = pieces.concat();
        let ours = cells(&Filter::default().line(raw.as_bytes()));
        prop_assert_eq!(trimmed(ours), trimmed(terminal(&raw)), "{:?}", raw);
    }

    /// Where a row is said to be written from its first cell on again, a terminal's cursor is there; and
    /// each place at which it surely is, whatever stands before, is found.
    #[test]
    fn homes_are_where_a_terminal_is_in_the_first_cell(pieces in prop::collection::vec(prop_oneof![
        homes().prop_map(|piece| (piece, true)),
        other_moves().prop_map(|piece| (piece, false)),
    ], 0..20)) {
        let (mut raw, mut last) = (String::new(), None);
        for (piece, is_home) in pieces {
            raw.push_str(piece);
            last = if is_home { Some(raw.len()) } else { last };
        }
        prop_assert_eq!(rewritten_last(raw.as_bytes(), true), last, "{:?}", raw);
        if let Some(at) = last {
            let mut parser = vt100_of(400);
            parser.process(&raw.as_bytes()[..at]);
            prop_assert_eq!(parser.screen().cursor_position().1, 0, "{:?}", raw);
        }
    }
}

proptest! {
    // Each takes a long line through a terminal.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A long line that rewrites itself shows what a terminal shows in the end.
    #[test]
    fn the_last_state_of_a_long_line_is_what_a_terminal_shows(
        states in prop::collection::vec(
            (homes(), prop::collection::vec(other_moves(), 0..12)),
            1..6,
        ),
        first in prop::bool::ANY,
    ) {
        let state = |(home, pieces): &(&str, Vec<&str>)| {
            // Of one that is shorter than that before it, nothing is left.
            format!("{home}\x1b[K{}\x1b]2;no\rtitle\x07", pieces.concat())
        };
        let some: String = states.iter().map(state).collect();
        let mut raw = if first { "downloading… ".to_owned() } else { String::new() };
        while raw.len() <= LINE_CAP + 4096 {
            raw.push_str(&some);
        }
        let shown = Filter::default().line(raw.as_bytes()).plain();
        let (_, shown) = shown.split_once(" bytes ").unwrap_or(("", &shown));
        let wanted: String = trimmed(terminal(&raw)).into_iter().map(|(text, _)| text).collect();
        prop_assert_eq!(shown.trim_end(), wanted, "{:?}", some);
    }
}

/// What goes back to the first cell, from wherever.
fn homes() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\r",
        "\x1b[G",
        "\x1b[0G",
        "\x1b[1G",
        "\x1b[001G",
        "\x1b[999D",
        "\x1b[1000D",
        "\x1b[123456789D",
    ])
}

/// What may not, and what only looks as if it did.
fn other_moves() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "50%",
        "日本",
        " ",
        "\x08",
        "\x1b[D",
        "\x1b[3D",
        "\x1b[120D",
        "\x1b[0120D",
        "\x1b[998D",
        "[G",
        "1G",
        "0D",
        "[1000D",
        "2K",
        "\x1b[31m",
        "\x1b[0m",
        "\x1b]0;a\rb\x07",
        "\x1b]0;\x1b\\",
        "\x1b[K",
    ])
}
