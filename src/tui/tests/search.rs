//! Looking for lines in a log: patterns while they are typed, jumps, and what is said of them.

use super::{
    Desk, NARROW, WIDE, chatter,
    log::{both, desk, one_error, says},
    settings, story,
};

#[test]
fn a_search_finds_what_is_far_away_and_says_when_there_is_no_more() {
    let mut desk = desk(70_100, one_error).keys("/deadlock<ret>");
    desk.look();
    assert_eq!(desk.model.log.search.found, Some(70_000));
    assert!(desk.screen().contains("ERROR: deadlock detected"));
    assert_eq!(says(&mut desk), "/deadlock/ 1 of 1");
    let mut desk = desk.keys("n");
    assert_eq!(says(&mut desk), "/deadlock/ 1 of 1, from the top");
    let mut desk = desk.keys("N");
    assert_eq!(says(&mut desk), "/deadlock/ 1 of 1, from the end");
    let mut desk = desk.keys("<esc>gE");
    assert_eq!(says(&mut desk), "error 1 of 1, from the end");
    assert_eq!(desk.model.log.search.found, Some(70_000));
    let mut desk = desk.keys("/nowhere<ret>");
    assert_eq!(says(&mut desk), "/nowhere/ in no line");
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
    assert_eq!(found("/an apple<ret>nn"), Some(10));
}

#[test]
fn a_search_shows_what_it_finds_while_it_is_typed() {
    let mut desk = desk(1000, one_error).keys("kkk");
    desk.look();
    let before = desk.model.log.top;
    let mut desk = desk.keys("g/an appl");
    assert_eq!(says(&mut desk), "/an appl/ 1 of 2");
    assert!(desk.screen().contains("/an appl   /an appl/ 1 of 2"), "{}", desk.screen());
    assert_eq!(desk.model.log.search.found, Some(10));
    let mut desk = desk.keys("<esc>");
    desk.look();
    assert!(desk.model.log.search.pattern.is_none());
    assert_eq!(desk.model.log.top, (0, 0));
    let mut desk = desk.keys("Gkkk/line 4(");
    assert!(desk.screen().contains("no pattern yet, character 7: ( is not closed"));
    let mut desk = desk.keys("<esc>");
    desk.look();
    assert_eq!(desk.model.log.top, before);
}

#[test]
fn a_pattern_that_is_none_says_so_and_is_still_typed() {
    for (keys, wanted) in [
        ("/(", "/(   no pattern yet, character 1: ( is not closed"),
        ("/(<ret>", "/(   no pattern yet, character 1: ( is not closed"),
        ("&(<ret>", "&(   no pattern yet, character 1: ( is not closed"),
        ("&!a(<ret><ret>", "&!a(   no pattern yet, character 3: ( is not closed"),
        ("/a{9999}{9999}<ret>", "/a{9999}{9999}   no pattern: it is too large"),
    ] {
        let mut desk = desk(100, chatter).keys(keys);
        let screen = desk.screen();
        assert!(screen.contains(wanted), "{screen}");
        assert!(screen.trim_end().ends_with("\n Enter keep  Esc back"), "{screen}");
        assert!(desk.model.log.typing.is_some(), "{keys}");
        let desk = desk.keys("<esc>");
        assert!(desk.model.log.typing.is_none(), "{keys}");
        assert!(desk.model.log.search.pattern.is_none() && desk.model.log.sieve.pattern.is_none());
    }
    // Mended, it is taken.
    let mut desk = desk(100, chatter).keys("/(<ret>module 4)<ret>");
    assert_eq!(says(&mut desk), "/(module 4)/ 1 of 11");
    let screen = desk.keys("/").paste(&"x".repeat(500)).keys("<bs>y").resize(60, 16).screen();
    assert!(screen.contains("xy   /xxxxxxxxxxxxxxx…/ in no line"), "{screen}");
}

#[test]
fn no_pattern_keeps_the_console_looking() {
    for keys in ["&<ret>", "&!<ret>", "&a<bs><ret>", "&!a<bs><ret>", "/<ret>", "&!", "/a<bs>"] {
        let mut desk = desk(100, chatter).keys(keys);
        let screen = desk.screen();
        assert!(screen.contains("100 lines") && !screen.contains("0+"), "{keys}: {screen}");
        assert!(desk.model.log.sieve.pattern.is_none(), "{keys}");
        assert!(desk.model.log.search.pattern.is_none(), "{keys}");
    }
    for (keys, wanted) in [
        ("/x*<ret>", "/x*/ 1 of 100"),
        ("/.*<ret>", "/.*/ 1 of 100"),
        ("/^$<ret>", "/^$/ in no line"),
        ("/$^|<ret>", "/$^|/ 1 of 100"),
        (r"/\n<ret>", r"/\n/ in no line"),
        ("/(?i)MODULE<ret>", "/(?i)MODULE/ 1 of 100"),
    ] {
        let mut desk = desk(100, chatter).keys(keys);
        assert_eq!(says(&mut desk), wanted);
    }
    let mut desk = desk(100, chatter).keys("&.*<ret>");
    assert!(desk.screen().contains("&.* 100 of 100"), "{}", desk.screen());
    let mut desk = desk.keys("<esc>&!.*<ret>");
    assert!(desk.screen().contains("no line is kept by &!.*; Esc shows all"));
}

#[test]
fn a_jump_says_what_it_did_while_a_search_is_kept() {
    let jumps = [
        ("x", "warning 1 of 1, from the top"),
        ("x", "warning 1 of 1, from the top"),
        ("e", "error 1 of 1, from the top"),
        ("d", "pause in no line"),
        ("n", "/line/ 11 of 997"),
        ("N", "/line/ 10 of 997"),
        ("jjjm", "/line/ 10 of 997"),
        ("'", "mark 1 of 1, from the top"),
        ("g", "/line/ 997"),
    ];
    let mut desk = desk(1000, both).keys("/line 2[1]$<ret>/line<ret>");
    assert_eq!(says(&mut desk), "/line/ 20 of 997");
    for (keys, wanted) in jumps {
        desk = desk.keys(keys);
        assert_eq!(says(&mut desk), wanted, "{keys}");
        assert!(desk.screen().contains(wanted), "{}", desk.screen());
    }
    let mut desk = desk.keys("<esc>&two<ret>{{e");
    assert_eq!(says(&mut desk), "error in no line that is shown");
}

#[test]
fn the_lines_of_a_filter_are_gone_through_one_by_one() {
    let mut desk = desk(1000, both).keys("&line 1.$<ret>gn");
    assert_eq!(says(&mut desk), "&line 1.$ 1 of 9");
    let mut desk = desk.keys("nn");
    assert_eq!(says(&mut desk), "&line 1.$ 3 of 9");
    assert_eq!(desk.model.log.search.found, Some(13));
    let mut desk = desk.keys("NNN");
    assert_eq!(says(&mut desk), "&line 1.$ 9 of 9, from the end");
    // What is searched for goes first.
    let mut desk = desk.keys("/15<ret>");
    assert_eq!(says(&mut desk), "/15/ 1 of 20");
}

#[test]
fn earlier_patterns_come_back() {
    let typed = |desk: &Desk| desk.model.log.typing.as_ref().map(|typing| typing.text.clone());
    let desk = desk(100, chatter).keys("/one<ret>/two<ret>&!three<ret>/x<esc>&(<ret><esc>");
    let table = [
        ("/", ""),
        ("<up>", "three"),
        ("<up>", "two"),
        ("<up>", "one"),
        ("<up>", "one"),
        ("<down>", "two"),
        ("s", "twos"),
        ("<down><down>", ""),
        ("<down>", ""),
        ("<esc>&a<up>", "!three"),
        ("<up>", "two"),
        ("<down><down>", "a"),
    ];
    let mut desk = desk;
    for (keys, wanted) in table {
        desk = desk.keys(keys);
        assert_eq!(typed(&desk).as_deref(), Some(wanted), "{keys}");
    }
    let mut desk = desk.keys("<up><up><ret>");
    assert!(desk.screen().contains("&two 0 of 100"), "{}", desk.screen());
}

/// Far inside of lines of 300 KB, and not so far in one of 10 KB.
fn far(number: u64) -> String {
    match number {
        3 => format!("{}needle{}", "x".repeat(200_000), "y".repeat(100_000)),
        5 => format!("{}needle{}", "x".repeat(5_000), "y".repeat(5_000)),
        _ => format!("line {number}"),
    }
}

#[test]
fn what_is_found_in_a_long_line_is_seen() {
    for (size, wrap) in [(WIDE, ""), (WIDE, "w"), (NARROW, ""), (NARROW, "w")] {
        let desk = Desk::with(size, settings(), 40, far).tell(story::running().told()).keys("4z");
        let mut desk = desk.keys(wrap).keys("g/needle<ret>");
        for line in [3, 5] {
            assert_eq!(desk.model.log.search.found, Some(line));
            let screen = desk.screen();
            let seen = desk.model.log.rows.iter().any(|row| !row.hits.is_empty());
            assert!(seen, "{wrap}: {screen}");
            desk = desk.keys("n");
            desk.look();
        }
        let mut desk = desk.keys("<esc>&needle<ret>{{{{g");
        assert!(desk.screen().contains("&needle 2 of 40"), "{}", desk.screen());
    }
}
