//! The logs of several hosts as one.

use proptest::prelude::*;

use super::{
    super::board::Gaps,
    super::together::{Merge, Rows},
    *,
};

/// What a line says; two hosts may say the same at different times.
fn gist(line: &str) -> String {
    line.strip_prefix(['1', '2'])
        .and_then(|rest| rest.strip_prefix(":00:00 "))
        .map_or_else(|| line.to_owned(), |rest| format!("at some time: {rest}"))
}

/// What each host says, from the lines that are shown.
fn told(items: &[reader::Item]) -> Vec<(usize, String)> {
    let mut shown = Vec::new();
    for item in items {
        let text = String::from_utf8(item.line.bytes.clone()).unwrap();
        let hosts = (0..3).filter(|host| item.hosts & (1 << host) != 0);
        shown.extend(hosts.map(|host| (host, gist(&text))));
    }
    shown.sort();
    shown
}

proptest! {
    /// Folding loses no line and makes none up: each host says what it printed, and what is shown of
    /// the host whose line it is are its own bytes; and each line by itself are all lines of all hosts.
    #[test]
    fn folding_loses_no_line(
        printed in prop::collection::vec((0_usize..3, "([12]:00:00 )?[ab]{0,2}\n|[ab]{0,2}"), 0..60),
        folded in any::<bool>(),
    ) {
        let mut bench = Bench::new(3);
        let shape = if folded { Shape::Folded } else { Shape::Each };
        let mut looking = bench.looker(shape);
        let half = printed.len() / 2;
        for (at, (host, text)) in printed.iter().enumerate() {
            bench.print(*host, text.as_bytes());
            if at == half {
                looking.look();
            }
        }
        looking.look();
        let lines: Vec<Vec<String>> = (0..3)
            .map(|host| {
                let own = printed.iter().filter(|(of, _)| *of == host);
                let all: String = own.map(|(_, text)| text.as_str()).collect();
                all.lines().map(str::to_owned).collect()
            })
            .collect();
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for (host, own) in lines.iter().enumerate() {
            wanted.extend(own.iter().map(|line| (host, gist(line))));
        }
        wanted.sort();
        let items = looking.items();
        prop_assert_eq!(told(&items), wanted);
        for item in &items {
            let own = lines[item.host].get(usize::try_from(item.line.number).unwrap());
            prop_assert_eq!(own.map(String::as_bytes), Some(&item.line.bytes[..]));
            prop_assert!(!item.about || own.is_some_and(|own| gist(own) != *own));
            prop_assert!(folded || item.hosts == 1 << item.host);
        }
    }
}

#[test]
fn a_time_at_the_beginning_keeps_no_lines_apart() {
    let mut bench = Bench::new(3);
    for (host, second) in [(0, 1), (1, 2), (2, 2)] {
        let text = format!("14:00:0{second} begin\n14:00:05 end\n14:00:06 at {host}\n14:00:07 op");
        bench.print(host, text.as_bytes());
    }
    bench.print(2, b"en");
    let mut looking = bench.looker(Shape::Folded);
    looking.look();
    let told = looking.items();
    let told: Vec<_> = told
        .iter()
        .map(|item| (str::from_utf8(&item.line.bytes).unwrap(), item.hosts, item.about))
        .collect();
    let wanted = [
        ("14:00:01 begin", 0b111, true),
        ("14:00:05 end", 0b111, false),
        ("14:00:06 at 0", 0b001, false),
        ("14:00:06 at 1", 0b010, false),
        ("14:00:06 at 2", 0b100, false),
        ("14:00:07 op", 0b011, false),
        ("14:00:07 open", 0b100, false),
    ];
    assert_eq!(told, wanted);
}

/// Long lines are compared from the first byte to the last.
#[test]
fn long_lines_are_folded_where_all_of_them_is_equal() {
    let long = |begin: &str, len: usize, end: &str| format!("{begin}{}{end}", "x".repeat(len));
    let check = |lines: [String; 3], wanted: &[(u64, bool)]| {
        let mut bench = Bench::new(3);
        for (host, line) in lines.iter().enumerate() {
            bench.print(host, line.as_bytes());
        }
        let mut looking = bench.looker(Shape::Folded);
        looking.look();
        let told = looking.items().into_iter().map(|item| (item.hosts, item.about));
        assert_eq!(told.collect::<Vec<_>>(), wanted, "{:.20}", lines[0]);
    };
    for len in [70_000, 1 << 20, 3 << 20] {
        let same = || long("begin", len, "end\n");
        check([same(), same(), same()], &[(0b111, false)]);
        check([same(), long("begin", len, "END\n"), same()], &[(0b101, false), (0b010, false)]);
        check([same(), long("begin", len + 1, "end\n"), same()], &[(0b101, false), (0b010, false)]);
        let at = |second: u8| long(&format!("14:00:0{second} "), len, "end\n");
        check([at(1), at(2), at(1)], &[(0b111, true)]);
        check([at(1), at(1), at(1)], &[(0b111, false)]);
    }
    // More than is searched of a line.
    let huge = || long("", 33 << 20, "\n");
    check([huge(), huge(), "x\n".to_owned()], &[(0b001, false), (0b010, false), (0b100, false)]);
    // While they have no end: not by the beginning alone.
    let open = |end: &str| long("begin", 70_000, end);
    check(
        [open("one"), open("two"), open("three")],
        &[(0b001, false), (0b010, false), (0b100, false)],
    );
}

#[test]
fn equal_lines_are_shown_once_where_the_first_arrived() {
    let mut bench = Bench::new(3);
    for host in [1, 0, 2] {
        bench.print(host, b"begin\n");
        if host == 0 {
            bench.print(host, b"only web1\n");
        }
        bench.print(host, b"end\n");
    }
    let mut looking = bench.looker(Shape::Folded);
    looking.look();
    let texts: Vec<String> = looking.lines().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["begin", "end", "only web1"]);
    looking.search(&Arc::new(Pattern::new("e", false).unwrap()), 0);
    looking.look();
    assert_eq!(looking.hits(), [0, 1, 2]);
}

#[test]
fn of_much_that_is_there_the_newest_lines_are_put_in_order_first() {
    let mut bench = Bench::new(3);
    for n in 0..3000 {
        bench.print(n % 3, format!("line {n}\n").as_bytes());
    }
    let mut reader = bench.looker(Shape::Each).reader;
    let (mut merge, mut rows, mut gaps) = (Merge::default(), Rows::default(), Gaps::default());
    assert!(!merge.pass_over(&mut reader, 2000).unwrap(), "that is little");
    assert!(merge.pass_over(&mut reader, 200).unwrap());
    // Less than is put in order at once.
    rows.apply(&merge.step(&mut reader, &mut gaps).unwrap().0);
    let numbers: Vec<u64> = (rows.base..rows.end()).collect();
    assert!((200..=400).contains(&numbers.len()), "{}", numbers.len());
    let items = reader.fetch(&rows, &numbers).unwrap();
    let lines: std::collections::BTreeSet<String> =
        items.iter().map(|item| String::from_utf8(item.line.bytes.clone()).unwrap()).collect();
    assert!((2850..3000).all(|n| lines.contains(&format!("line {n}"))), "{lines:?}");
    assert!(!merge.pass_over(&mut reader, 200).unwrap(), "all of it is in order");
}
