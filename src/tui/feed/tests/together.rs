//! The logs of several hosts as one.

use proptest::prelude::*;

use super::*;

proptest! {
    /// Folding loses no line, makes none up, and keeps the order of each host's own lines that it
    /// shows; and each line by itself are all lines of all hosts.
    #[test]
    fn folding_loses_no_line(
        printed in prop::collection::vec((0_usize..3, "[ab]{0,2}\n?"), 0..60),
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
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for host in 0..3 {
            let all: String =
                printed.iter().filter(|(of, _)| *of == host).map(|(_, text)| text.as_str()).collect();
            wanted.extend(all.lines().map(|line| (host, line.to_owned())));
        }
        wanted.sort();
        let board = looking.shared.lock();
        let (first, end) = looking.reader.extent(&board.finds.rows);
        let numbers: Vec<u64> = (first..end).collect();
        let items = looking.reader.fetch(&board.finds.rows, &numbers).unwrap();
        prop_assert_eq!(items.len(), numbers.len());
        let mut shown = Vec::new();
        for item in &items {
            let text = String::from_utf8(item.line.bytes.clone()).unwrap();
            let hosts = (0..3).filter(|host| item.hosts & (1 << host) != 0);
            shown.extend(hosts.map(|host| (host, text.clone())));
        }
        shown.sort();
        prop_assert_eq!(shown, wanted);
    }
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
