//! The rules as a table.

mod properties;

use super::escapes::SEQUENCE_CAP;
use super::*;

/// Spells a text with its styles: `[red+bold:text]`.
fn spell(shown: &Shown) -> String {
    shown.spans().iter().map(spell_span).collect()
}

fn spell_span(span: &Span) -> String {
    let style = span.style();
    let color = |prefix: &str, color: Option<Color>| match color {
        Some(Color::Indexed(index)) => Some(format!("{prefix}{index}")),
        Some(Color::Rgb(r, g, b)) => Some(format!("{prefix}#{r:02x}{g:02x}{b:02x}")),
        None => None,
    };
    let flag = |set: bool, name: &str| set.then(|| name.to_owned());
    let words: Vec<String> = [
        color("fg", style.fg),
        color("bg", style.bg),
        flag(style.bold, "bold"),
        flag(style.dim, "dim"),
        flag(style.italic, "italic"),
        flag(style.underline, "underline"),
        flag(style.reverse, "reverse"),
        flag(style.strike, "strike"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if words.is_empty() {
        span.text().to_owned()
    } else {
        format!("[{}|{}]", words.join(" "), span.text())
    }
}

#[track_caller]
fn check(raw: impl AsRef<[u8]>, expect: &str) {
    assert_eq!(spell(&Filter::default().line(raw.as_ref())), expect);
}

#[track_caller]
fn check_dropped(raw: impl AsRef<[u8]>, expect: &str, dropped: u32) {
    let mut filter = Filter::default();
    assert_eq!(spell(&filter.line(raw.as_ref())), expect);
    assert_eq!(filter.dropped(), dropped, "dropped");
}

#[track_caller]
fn check_masked(raw: &str, masks: &[(usize, usize, &str)], expect: &str) {
    let masks: Vec<Mask<'_>> =
        masks.iter().map(|&(at, len, name)| Mask { at, len, name }).collect();
    assert_eq!(spell(&Filter::default().masked_line(raw.as_bytes(), &masks)), expect);
}

#[track_caller]
fn check_literal(text: &str, expect: &str) {
    assert_eq!(spell(&Shown::literal(text)), expect);
    assert_eq!(escape(text), Shown::literal(text).plain());
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    Shown::literal(text).wrap(width).iter().map(Shown::plain).collect()
}

#[test]
fn colours_are_kept() {
    check("plain", "plain");
    check("\x1b[31mred\x1b[0m plain", "[fg1|red] plain");
    check("\x1b[31mred\x1b[m plain", "[fg1|red] plain");
    check("\x1b[1;4;9;97;104mx", "[fg15 bg12 bold underline strike|x]");
    check("\x1b[1;2;3;7mx\x1b[22;23;27my", "[bold dim italic reverse|x]y");
    check("\x1b[4:3mcurly\x1b[4:0mnone\x1b[21mdouble", "[underline|curly]none[underline|double]");
    check("\x1b[38;5;208mx\x1b[39my", "[fg208|x]y");
    check(
        "\x1b[38;2;1;2;3mx\x1b[48:2::4:5:6my\x1b[49mz",
        "[fg#010203|x][fg#010203 bg#040506|y][fg#010203|z]",
    );
    check("\x1b[38:5:9mx\x1b[38:2:7:8:9my", "[fg9|x][fg#070809|y]");
    check("\x1b[38;5;300;1mx", "[bold|x]");
    check("\x1b[38;2;1;999;3;1mx", "[bold|x]");
    check("\x1b[58;5;3;1mx\x1b[58:2::1:2:3;3my", "[bold|x][bold italic|y]");
    check("\x1b[38mx\x1b[38;5my\x1b[;;mz\x1b[99999mz", "xyzz");
    check("\x1b[31;1mx\x1b[;4my", "[fg1 bold|x][underline|y]");
}

#[test]
fn nothing_hides_by_style() {
    check("\x1b[8mconcealed\x1b[5m blinking", "concealed blinking");
    check("\x1b[30;40mblack on black", "[bg0|black on black]");
}

#[test]
fn colours_go_on_in_the_next_line() {
    let mut filter = Filter::default();
    let shown = |line: Shown| spell(&line);
    assert_eq!(shown(filter.line(b"\x1b[32mgreen")), "[fg2|green]");
    assert_eq!(shown(filter.line(b"still")), "[fg2|still]");
    assert_eq!(shown(filter.line(b"\x1b[0;1")), "");
    assert_eq!(shown(filter.line("é".as_bytes())), "[fg2|é]");
    let mut place = filter.clone();
    assert_eq!(shown(filter.line(b"\x1b[mend")), "end");
    assert_eq!(shown(place.line(b"again")), "[fg2|again]");
}

#[test]
fn hostile_18_other_sequences_are_dropped() {
    for sequence in [
        "\x1b[2J",
        "\x1b[H",
        "\x1b[5A",
        "\x1b[3;4H",
        "\x1b[?1049h",
        "\x1b[?25l",
        "\x1b[6n",
        "\x1b[>4;2m",
        "\x1b[?1m",
        "\x1b[1 q",
        "\x1b[1K",
        "\x1b]0;title\x07",
        "\x1b]0;title\x1b\\",
        "\x1b]52;c;cm0gLXJm\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x1bPq#0;2;0;0;0\x1b\\",
        "\x1b_apc\x1b\\",
        "\x1b^pm\x1b\\",
        "\x1bXsos\x1b\\",
        "\x1b]0;title\u{9c}",
        "\x1b(B",
        "\x1b%G",
        "\x1b#8",
        "\x1b7",
        "\x1bc",
        "\x1b=",
        "\x1b\\",
        "\0",
        "\x07",
        "\x0b",
        "\x0c",
        "\x0e",
        "\x7f",
        "\u{85}",
        "\u{9b}",
        "\n",
    ] {
        check_dropped(format!("a{sequence}b"), "ab", 1);
    }
    check_dropped("\x1b[31m\x1b[0m\x1b[K\r\t\x08", "        ", 0);
}

#[test]
fn what_is_no_character_yet_is_a_code_point() {
    check("a\u{378}b\u{530}c", "a[reverse|<U+0378>]b[reverse|<U+0530>]c");
    check("a\u{2fe0}b", "a[reverse|<U+2FE0>]b");
    check("\u{377}\u{e0b0}\u{10ffff}", "\u{377}\u{e0b0}[reverse|<U+10FFFF>]");
}

/// What is agreed on joins with nothing, on neither side.
#[test]
fn what_all_terminals_agree_on_stands_alone() {
    let agreed = ('\u{20}'..='\u{ffff}').filter(|c| is_agreed(c.encode_utf8(&mut [0; 4])));
    let mut count = 0;
    for c in agreed {
        count += 1;
        let text = format!("a{c}a");
        let clusters: Vec<&str> = clusters(&text).map(|(text, _)| text).collect();
        assert_eq!(clusters, ["a", &c.to_string(), "a"], "{c:?}");
        assert_eq!(Shown::literal(&text).plain(), text, "{c:?}");
    }
    assert!(count > 30_000, "{count}");
    for odd in ["🇩", "🦀", "न्", "ก็", "e\u{301}", "\u{e0b0}", "ab", "✅"] {
        assert!(!is_agreed(odd), "{odd:?}");
    }
}

#[test]
fn malformed_sequences_end_where_text_begins() {
    check_dropped("a\x1b[12é", "aé", 1);
    check_dropped("a\x1b[12\x1b[31mb", "a[fg1|b]", 1);
    check_dropped("a\x1b\x1b[31mb", "a[fg1|b]", 1);
    check_dropped("a\x1b]0;x\x1b[31mb", "a[fg1|b]", 1);
    check_dropped("a\x1b]0;x\x18b", "ab", 1);
    check_dropped("a\x1béb", "aéb", 1);
    check_dropped("a\x1b(\rb", "b", 1);
    check_dropped(b"a\x1b[3\xff1m", "a\u{fffd}1m", 1);
    for open in ["\x1b", "\x1b[", "\x1b[31", "\x1b]0;title", "\x1bPdata", "\x1b(", "\x1b]x\x1b"] {
        check_dropped(format!("a{open}"), "a", 1);
    }
}

#[test]
fn a_sequence_without_end_swallows_no_more_than_its_cap() {
    let filler = "x".repeat(SEQUENCE_CAP - 1);
    check_dropped(format!("a\x1b]{filler}tail"), "atail", 1);
    check_dropped(format!("a\x1b]{filler}\u{1b}[31mtail"), "a[fg1|tail]", 1);
    let digits = "1".repeat(SEQUENCE_CAP - 1);
    check_dropped(format!("a\x1b[{digits}11mtail"), "a11mtail", 1);
}

#[test]
fn hostile_20_bytes_that_are_not_utf8() {
    check(b"a\xff\xfeb", "a\u{fffd}\u{fffd}b");
    check(b"a\xe2\x82", "a\u{fffd}");
    check(b"\x80\x9b31m", "\u{fffd}\u{fffd}31m");
    check(b"\xed\xa0\x80", "\u{fffd}\u{fffd}\u{fffd}");
    check("日本 ok", "日本 ok");
}

#[test]
fn hostile_20_carriage_returns_rewrite() {
    check("10%\r50%\r100%", "100%");
    check("100%\r5%", "5%0%");
    check("100%\r\x1b[K5%", "5%");
    check("100%\r5%\x1b[K", "5%");
    check("100%\x1b[2K\r5%", "5%");
    check("100%\x1b[2K5%", "    5%");
    check("abc\x1b[2K", "");
    check("abc\x1b[2K\x1b[2Kd\re", "e  d");
    check("spin |\x08/\x08-", "spin -");
    check("ab\x08\x08\x08\x08c", "cb");
    check("windows\r", "windows");
    check("windows\r\r", "windows");
    check("a\x1b[1Gb\x1b[Gc", "c");
    check("10%\x1b[2K\x1b[G50%\x1b[2K\x1b[1G100%", "100%");
    check("10%\x1b[3D50%\x1b[3D100%", "100%");
    check("[  ] 10%\x1b[6G50%", "[  ] 50%");
    check("done\x1b[1000Dgone", "gone");
    check(format!("{}\x1b[999Dy", "x".repeat(2000)), &format!("y{}", "x".repeat(1999)));
    check(format!("{}\x1b[998Dy", "x".repeat(1000)), &format!("xxy{}", "x".repeat(997)));
    check("ab\x1b[60Gok", "abok");
    check("ab\x1b[Dc\x1b[0Dd\x1b[1De", "ae");
    check("a日\x1b[2Dx", "ax ");
    check_dropped("a\x1b[3;4Db\x1b[99999999999999999999999Gc", "abc", 2);
    check("\x1b[31mred\x1b[0m\rg", "g[fg1|ed]");
    check("日本\rx", "x 本");
    check("日本\r 本", " 本 ");
    check("日本\x08x", "日 x");
    check("日本\x08\x1b[K", "日 ");
}

#[test]
fn tabs_go_to_stops() {
    check("\tx", "        x");
    check("1234567\tx", "1234567 x");
    check("12345678\tx", "12345678        x");
    check("日\tx", "日      x");
    check("\x1b[4ma\tb", "[underline|a]       [underline|b]");
    check("abcdefghij\r\tX", "abcdefghXj");
}

#[test]
fn hostile_19_characters_without_a_look_show_as_code_points() {
    check("rm \u{202e}fr- \u{202c}x", "rm [reverse|<U+202E>]fr- [reverse|<U+202C>]x");
    let banned = "\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\
        \u{2060}\u{2064}\u{2066}\u{2069}\u{feff}\u{fff9}\u{fffb}\u{e0001}\u{e007f}\u{fe0f}\
        \u{fe00}\u{e0100}\u{3164}\u{115f}\u{34f}\u{1f3fb}";
    for c in banned.chars() {
        let point = format!("<U+{:04X}>", u32::from(c));
        check_dropped(format!("é{c}b"), &format!("é[reverse|{point}]b"), 0);
        check_literal(&format!("é{c}b"), &format!("é[reverse|{point}]b"));
    }
}

#[test]
fn marks_stay_with_their_base() {
    check("e\u{301}x", "e\u{301}x");
    check("\u{301}x", "◌\u{301}x");
    check("\t\u{301}", "        ◌\u{301}");
    check("e\x1b[1m\u{301}", "e\u{301}");
    check("ab\r\u{301}", "◌\u{301}b");
    check("\u{202e}\u{301}", "[reverse|<U+202E>]◌\u{301}");
    check("\u{1100}\u{1161}\u{11a8}", "\u{1100}\u{1161}\u{11a8}");
    check("x\u{1161}", "x[reverse|<U+1161>]");
    // None is left out, and none is drawn over the rows around it.
    let (eight, point) = ("\u{336}".repeat(8), "[reverse|<U+0336>]");
    let zalgo = format!("z{}", "\u{336}".repeat(20));
    check_dropped(&zalgo, &format!("z{eight}{point}◌{eight}{point}◌\u{336}\u{336}"), 0);
}

#[test]
fn emoji_sequences_are_taken_apart() {
    let joiner = "[reverse|<U+200D>]";
    check("👨\u{200d}👩\u{200d}👧 ok", &format!("👨{joiner}👩{joiner}👧 ok"));
    check("❤\u{fe0f}\u{200d}🔥", &format!("❤{joiner}🔥"));
    check("👍🏽!", "👍[reverse|<U+1F3FD>]!");
    check("❤\u{fe0f} ⚠\u{fe0f}!", "❤ ⚠!");
    check("1\u{fe0f}\u{20e3}", "1\u{20e3}");
    check("🇫🇷", "🇫🇷");
}

/// Whether an emoji takes one cell or two does not depend on a selector that terminals disagree about.
#[test]
fn presentation_selectors_change_no_width() {
    use unicode_width::UnicodeWidthStr;
    let mut disputed = 0;
    let shown = |c: &char| matches!(neutral::kind(*c), neutral::Kind::Visible(_));
    let all = ('\u{20}'..='\u{1faff}').filter(shown);
    for c in all.filter(|c| neutral::takes_selectors(*c)) {
        let alone = Filter::default().line(c.to_string().as_bytes());
        for selector in ['\u{fe0e}', '\u{fe0f}'] {
            let both = format!("{c}{selector}");
            assert_eq!(Filter::default().line(both.as_bytes()), alone, "{c:?}");
            assert_eq!(Shown::literal(&both), Shown::literal(&c.to_string()), "{c:?}");
            disputed += usize::from(both.width() != c.to_string().width());
        }
    }
    // For these it would be two cells here and one there.
    assert!(disputed > 100, "{disputed}");
}

#[test]
fn hostile_20_long_lines_are_cut() {
    let long = "x".repeat(10_000_000);
    let cut = Filter::default().line(long.as_bytes());
    assert_eq!(cut.plain().len(), LINE_CAP + " ⋯ +9,934,464 bytes".len());
    assert!(spell(&cut).ends_with("x[dim| ⋯ +9,934,464 bytes]"));
    check("y".repeat(LINE_CAP), &"y".repeat(LINE_CAP));
    let split = format!("{}é", "x".repeat(LINE_CAP - 1));
    check(&split, &format!("{}[dim| ⋯ +2 bytes]", "x".repeat(LINE_CAP - 1)));
    assert!(escape(&split).ends_with("x ⋯ +2 bytes"));
    let junk = [0x80; LINE_CAP + 5];
    assert!(Filter::default().line(&junk).plain().ends_with("\u{fffd} ⋯ +5 bytes"));
}

#[test]
fn a_long_line_that_rewrites_itself_shows_its_end() {
    let mut progress: String = (0..200_000).map(|n| format!("\r{n} of 200000")).collect();
    let text = Filter::default().line(progress.as_bytes()).plain();
    assert!(text.starts_with("⋯ +") && text.ends_with(" bytes 199999 of 200000"), "{text}");
    progress.push('\r');
    assert!(Filter::default().line(progress.as_bytes()).plain().ends_with("199999 of 200000"));
    for home in ["\x1b[2K\x1b[G", "\x1b[1G", "\x1b[2K\x1b[0G", "\x1b[1000D\x1b[K", "\x1b[999D"] {
        let progress: String = (0..200_000).map(|n| format!("{home}{n} of 200000")).collect();
        let text = Filter::default().line(progress.as_bytes()).plain();
        assert!(text.starts_with("⋯ +") && text.ends_with(" bytes 199999 of 200000"), "{text}");
    }
    // Nobody knows that this goes back to the first cell, and plain text does not.
    for near in ["\x1b[120D", "\x1b[0500D", "[G", "1000D", "\x1b[2G", "\x1b]0;a\rtitle\x07"] {
        let text = format!("{}{near}end", "x".repeat(LINE_CAP));
        let shown = Filter::default().line(text.as_bytes()).plain();
        let cut = near.len() + 3;
        assert_eq!(shown, format!("{} ⋯ +{cut} bytes", "x".repeat(LINE_CAP)), "{near:?}");
    }
    let ended = format!("{}\r\r", "x".repeat(LINE_CAP));
    check(&ended, &format!("{}[dim| ⋯ +2 bytes]", "x".repeat(LINE_CAP)));
}

#[test]
fn masks_replace_their_bytes() {
    check_masked("key=hunter2 end", &[(4, 7, "KEY")], "key=[dim|‹KEY hidden›] end");
    check_masked("hunter2", &[(0, 7, "KEY")], "[dim|‹KEY hidden›]");
    check_masked("hunter2", &[(3, usize::MAX, "KEY")], "hun[dim|‹KEY hidden›]");
    check_masked(
        "hunter2",
        &[(7, 3, "A"), (900, 3, "B"), (usize::MAX, 9, "C"), (2, 0, "D")],
        "hunter2",
    );
    check_masked("abcdef", &[(3, 2, "B"), (1, 3, "A")], "a[dim|‹A, B hidden›]f");
    check_masked("abcdef", &[(1, 2, "A"), (1, 4, "A")], "a[dim|‹A hidden›]f");
    check_masked("abcdef", &[(3, 1, "B"), (2, 1, "A")], "ab[dim|‹A hidden›‹B hidden›]ef");
    check_masked("\x1b[31mabc", &[(3, 4, "A")], "[dim|‹A hidden›]c");
    check_masked("\x1b]0;secret\x07end", &[(4, 6, "A")], "[dim|‹A hidden›]end");
    check_masked("日本", &[(1, 3, "A")], "\u{fffd}[dim|‹A hidden›]\u{fffd}\u{fffd}");
    check_masked("\x1b[31mabc\u{301}", &[(7, 1, "A")], "[fg1|ab][dim|‹A hidden›][fg1|◌\u{301}]");
    check_masked(
        "x",
        &[(0, 1, "a\x1b[2J\u{202e}")],
        "[dim|‹a][reverse|<U+001B>][dim|[2J][reverse|<U+202E>][dim| hidden›]",
    );
}

#[test]
fn a_mask_over_the_cut_hides_both_sides() {
    let raw = format!("{}secret", "x".repeat(LINE_CAP - 3));
    check_masked(
        &raw,
        &[(LINE_CAP - 3, 6, "KEY")],
        &format!("{}[dim|‹KEY hidden› ⋯ +3 bytes]", "x".repeat(LINE_CAP - 3)),
    );
}

#[test]
fn hostile_10_literals_keep_no_colours_and_never_rewrite() {
    check_literal("web1", "web1");
    check_literal("", "");
    check_literal("\x1b[31mred\x1b[2Kx\x1b]0;t\x07", "redx");
    check_literal("first\r\nsecond\n\tthird", "first second  third");
    check_literal("bad\rgood", "bad[reverse|<U+000D>]good");
    check_literal("ab\x08c\0", "ab[reverse|<U+0008>]c[reverse|<U+0000>]");
    check_literal("‹é›", "‹é›");
    let bold = Style { bold: true, ..Style::default() };
    assert_eq!(spell(&Shown::styled("PROD é", bold)), "[bold|PROD é]");
}

#[test]
fn clipping_blanks_half_characters() {
    let text = Shown::literal("a日b本c");
    let clip = |from, width| text.clip(from, width).plain();
    assert_eq!(clip(0, 100), "a日b本c");
    assert_eq!(clip(0, 2), "a ");
    assert_eq!(clip(2, 3), " b ");
    assert_eq!(clip(1, 2), "日");
    assert_eq!(clip(2, 1), " ");
    assert_eq!(clip(6, usize::MAX), "c");
    assert_eq!(clip(9, 5), "");
    assert_eq!(clip(0, 0), "");
}

#[test]
fn wrapping_keeps_characters_whole() {
    assert_eq!(wrapped("abcdef", 4), ["abcd", "ef"]);
    assert_eq!(wrapped("abcd", 4), ["abcd"]);
    assert_eq!(wrapped("a日本b", 3), ["a日", "本b"]);
    assert_eq!(wrapped("日本", 3), ["日", "本"]);
    assert_eq!(wrapped("e\u{301}e\u{301}", 1), ["e\u{301}", "e\u{301}"]);
    assert_eq!(wrapped("日x", 1), ["…", "x"]);
    assert_eq!(wrapped("", 4), [""]);
    assert_eq!(wrapped("abc", 0), [""]);
}

#[test]
fn fitting_ends_in_an_ellipsis() {
    let fitted = |text: &str, width| fit(&Shown::literal(text), width).plain();
    assert_eq!(fitted("release", 7), "release");
    assert_eq!(fitted("release", 6), "relea…");
    assert_eq!(fitted("日本語", 4), "日 …");
    assert_eq!(fitted("ab", 1), "…");
    assert_eq!(fitted("ab", 0), "");
}

#[test]
fn dashes_and_quotes_are_what_they_are_in_ascii() {
    let text = Shown::literal("✗ migrate – shop’s “old” page—gone");
    assert_eq!(text.to_seven_bit().plain(), "? migrate - shop's \"old\" page-gone");
}

#[test]
fn ascii_spellings_keep_the_columns() {
    let mut text = Shown::literal("‹KEY hidden› ⋯ é e\u{301} 日\u{301} ◌\u{301}…");
    text.push(&Shown::literal("end"));
    assert_eq!(text.to_seven_bit().plain(), "<KEY hidden> ~ ? e ?? o~end");
    assert_eq!(text.to_seven_bit().width(), text.width());
    let text = Shown::literal("日本 é… ─ end");
    assert_eq!(text.to_narrow().plain(), "日本 é~ ? end");
    assert_eq!(text.to_narrow().width(), text.width());
}
