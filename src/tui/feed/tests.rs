//! The whole log, looked through: against the plainest way to do the same.

use proptest::prelude::*;

use super::{
    levels::Watch,
    place::Place,
    source::{Raw, show},
    *,
};
use crate::{
    model::{NodeId, RunId, Try},
    store::{LogWriter, Mask},
    text::Filter,
    tui::state::log::Shape,
};

/// Hosts that print, and what looks through it.
pub(super) struct Bench {
    _dir: tempfile::TempDir,
    store: Store,
    run: RunId,
    pub(super) writers: Vec<LogWriter>,
    ms: i64,
}

const HOSTS: [&str; 3] = ["web1", "web2", "web3"];

impl Bench {
    fn new(hosts: usize) -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let store = Store::at(dir.path().join("state"));
        let run = RunId::new("20261122-140000", [7; 10]);
        let open =
            |host: &&str| LogWriter::open(&store, &run, host, "migrate.1", Dirty::new().0).unwrap();
        let writers = HOSTS.iter().take(hosts).map(open).collect();
        Self { _dir: dir, store, run, writers, ms: 1_700_000_000_000 }
    }

    fn print(&mut self, host: usize, bytes: &[u8]) {
        self.ms += 1;
        let at = jiff::Timestamp::from_millisecond(self.ms).unwrap();
        self.writers[host].append(bytes, at).unwrap();
    }

    fn open(&self) -> Open<LogReader> {
        let store = self.store.clone();
        Arc::new(move |run, host, name| LogReader::open(&store, run, host, name))
    }

    fn subject(&self, shape: Shape) -> Subject {
        let place = |at: usize| Place {
            of: Try { node: NodeId(u32::try_from(at).unwrap()), n: 1 },
            host: HOSTS[at].to_owned(),
            box_name: "migrate.1".to_owned(),
        };
        let places = (0..self.writers.len()).map(place).collect();
        Subject { run: self.run.clone(), shape, places }
    }

    fn looker(&self, shape: Shape) -> Looking {
        let shared = Shared::new(Dirty::new().0);
        shared.lock().subject = Some(Arc::new(self.subject(shape)));
        let worker = Worker::new(Arc::clone(&shared), self.open());
        let reader = Reader::open(&self.subject(shape), &self.open()).unwrap();
        Looking { shared, worker, reader }
    }
}

struct Looking {
    shared: Arc<Shared>,
    worker: Worker<LogReader>,
    reader: Reader<LogReader>,
}

impl Looking {
    fn search(&mut self, pattern: &Arc<Pattern>, from: u64) {
        let pattern = Arc::clone(pattern);
        self.shared.lock().search = Some(Order { id: 1, pattern, from });
    }

    fn look(&mut self) {
        while self.worker.step() {}
        self.reader.refresh().unwrap();
        assert_eq!(self.shared.lock().finds.trouble, None);
    }

    /// All lines, as they are shown.
    fn lines(&mut self) -> Vec<(u64, String)> {
        let board = self.shared.lock();
        let (first, end) = self.reader.extent(&board.finds.rows);
        let numbers: Vec<u64> = (first..end).collect();
        let items = self.reader.fetch(&board.finds.rows, &numbers).unwrap();
        let text =
            |item: &reader::Item| show(&mut Filter::default(), &Raw::line(&item.line)).plain();
        items.iter().map(|item| (item.number, text(item))).collect()
    }

    fn hits(&self) -> Vec<u64> {
        let board = self.shared.lock();
        let set = &board.finds.hits.set;
        std::iter::successors(set.next(0), |line| set.next(line + 1)).collect()
    }
}

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
        1 => Just(b"\x08".to_vec()),
        1 => Just(b"\r\n".to_vec()),
    ]
}

fn patterns() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a", "ab", "A", "a.*b", "^a", "b$", "^$", "a b", "[^a]b", r"a\sb", "ä", "U\\+202E", ".",
        r"\bab\b", r"\A", r"d\z", "(?-s).b", "x*", "ab|cd", r"a\s*b", r"\Bb", "hidden",
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

    /// Errors and warnings are those found by reading every line.
    #[test]
    fn levels_are_those_of_every_line(
        lines in prop::collection::vec(prop::sample::select(vec![
            "all is well", "ERROR: no", "warning: x", "Traceback (most recent call last):",
            "  File \"a.py\", line 1", "KeyError: 'x'", "", "\x1b[31merr\x1b[0mor: red",
            "DETAIL: y", "E1122 14:00:01 pod.go", "0 failed", "W: apt", "fäil: failed",
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
            prop_assert_eq!(levels.errors.contains(*number), kind == levels::Kind::Error, "{}", text);
            let within = matches!(kind, levels::Kind::Error | levels::Kind::Within);
            prop_assert_eq!(levels.within.contains(*number), within, "{}", text);
            let warns = kind == levels::Kind::Warning;
            prop_assert_eq!(levels.warnings.contains(*number), warns, "{}", text);
        }
    }

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

/// A log of so many bytes, as a step prints it, with one line that says something.
fn big(bytes: u64) -> (Bench, u64) {
    let mut bench = Bench::new(1);
    let (mut number, mut chunk) = (0_u64, Vec::new());
    while bench.writers[0].len() < bytes {
        chunk.clear();
        for _ in 0..1000 {
            let text = match number % 1_000_003 {
                700_000 => "ERROR: deadlock detected".to_owned(),
                at => format!(
                    "batch {at} of the backfill, 5000 rows, took {} ms, and on it goes",
                    at % 300
                ),
            };
            chunk.extend_from_slice(text.as_bytes());
            chunk.push(b'\n');
            number += 1;
        }
        bench.print(0, &chunk);
    }
    (bench, number)
}

/// `cargo test --release --lib the_speed -- --ignored --nocapture`: a table, beside `grep` and
/// `rg` where there is one.
#[test]
#[ignore = "takes a gigabyte of memory, and tells more than it asserts"]
#[expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints and reads the clock"
)]
fn the_speed_beside_others() {
    let ms = |begin: std::time::Instant| begin.elapsed().as_secs_f64() * 1000.0;
    for size in [70_000_000, 1_000_000_000] {
        let (bench, lines) = big(size);
        let path = bench.store.log_path(&bench.run, "web1", "migrate.1").unwrap();
        println!("\n{} bytes, {lines} lines", bench.writers[0].len());
        let now = std::time::Instant::now();
        let mut reader = Reader::open(&bench.subject(Shape::One), &bench.open()).unwrap();
        let rows = together::Rows::default();
        reader.fetch(&rows, &(lines - 36..lines).collect::<Vec<u64>>()).unwrap();
        println!("open, and the last 36 lines        {:>9.2} ms", ms(now));
        for (at, what) in
            [(lines / 2, "to the middle"), (0, "to the top"), (lines - 36, "to the end")]
        {
            let now = std::time::Instant::now();
            reader.fetch(&rows, &(at..at + 36).collect::<Vec<u64>>()).unwrap();
            println!("{what:<34} {:>9.2} ms", ms(now));
        }
        let mut looking = bench.looker(Shape::One);
        looking.look();
        for text in ["deadlock", "Deadlock|nothing", "took 29[0-9] ms", "batch"] {
            looking.shared.lock().search = None;
            looking.look();
            let pattern = Arc::new(Pattern::new(text, false).unwrap());
            let now = std::time::Instant::now();
            looking.search(&pattern, 0);
            let mut first = None;
            while looking.worker.step() {
                if first.is_none() && looking.shared.lock().finds.hits.set.len() > 0 {
                    first = Some(ms(now));
                }
            }
            let ours = ms(now);
            println!(
                "/{text}/: {} lines, first {:.2} ms, all {ours:.1} ms",
                looking.shared.lock().finds.hits.set.len(),
                first.unwrap_or(0.0)
            );
            for (program, arguments) in [("rg", ["-c", "-S"]), ("grep", ["-c", "-E"])] {
                let any_case = if text.chars().any(char::is_uppercase) { "-n" } else { "-i" };
                let now = std::time::Instant::now();
                let ran = std::process::Command::new(program)
                    .args(arguments)
                    .arg(any_case)
                    .arg(text)
                    .arg(&path)
                    .output();
                if ran.is_ok() {
                    println!("    {program:<5} {:>9.1} ms, ratio {:.2}", ms(now), ours / ms(now));
                }
            }
        }
        let mut looking = bench.looker(Shape::One);
        let now = std::time::Instant::now();
        looking.look();
        println!("errors, warnings, pauses           {:>9.1} ms", ms(now));
    }
}
