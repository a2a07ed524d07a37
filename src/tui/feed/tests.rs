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
        1 => Just("ä漢".as_bytes().to_vec()),
        1 => Just(b"\x08".to_vec()),
        1 => Just(b"\r\n".to_vec()),
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

/// What something took, in milliseconds: by the clock, and of the processor.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Took {
    wall: f64,
    cpu: f64,
}

impl Took {
    /// What this thread does.
    #[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
    fn by<T>(act: impl FnOnce() -> T) -> Self {
        let busy = || {
            let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
            let ns = told.split(' ').next().and_then(|ns| ns.parse().ok());
            ns.unwrap_or(f64::NAN) / 1e6
        };
        let (begin, before) = (std::time::Instant::now(), busy());
        act();
        Self { wall: begin.elapsed().as_secs_f64() * 1000.0, cpu: busy() - before }
    }

    /// What another program does; `None` where there is none.
    fn by_program(program: &str, arguments: &[&str]) -> Option<Self> {
        let timed = "TIMEFORMAT='%R %U %S'; time \"$@\"";
        let mut bash = std::process::Command::new("bash");
        let told = bash.args(["-c", timed, "bash", program]).args(arguments).output().ok()?;
        let told = String::from_utf8(told.stderr).ok()?;
        let seconds: Vec<f64> =
            told.split_whitespace().map(|word| word.parse().ok()).collect::<Option<_>>()?;
        let [wall, user, system] = seconds[..] else { return None };
        Some(Self { wall: wall * 1000.0, cpu: (user + system) * 1000.0 })
    }

    /// The middle one of three.
    fn middle(mut act: impl FnMut() -> Option<Self>) -> Option<Self> {
        let mut three = [act()?, act()?, act()?];
        three.sort_by(|one, two| one.wall.total_cmp(&two.wall));
        Some(three[1])
    }
}

#[expect(clippy::print_stdout, reason = "a bench prints")]
fn tell(what: &str, took: Took) {
    println!("{what:<40} {:>9.2} ms {:>9.2} ms", took.wall, took.cpu);
}

/// Opening and jumping: each reads what one screen shows.
fn tell_jumps(bench: &Bench, lines: u64) {
    let rows = together::Rows::default();
    let screen = |from: u64| (from..from + 36).collect::<Vec<u64>>();
    let open = || {
        let mut reader = Reader::open(&bench.subject(Shape::One), &bench.open()).unwrap();
        reader.fetch(&rows, &screen(lines - 36)).unwrap();
        reader
    };
    tell("open, and the last 36 lines", Took::middle(|| Some(Took::by(open))).unwrap());
    let mut reader = open();
    for (at, what) in [(lines / 2, "to the middle"), (0, "to the top"), (lines - 36, "to the end")]
    {
        let jump = || Some(Took::by(|| reader.fetch(&rows, &screen(at)).unwrap()));
        tell(what, Took::middle(jump).unwrap());
    }
}

/// A search of all lines, beside others that only count them.
#[expect(clippy::print_stdout, reason = "a bench prints")]
fn tell_search(bench: &Bench, looking: &mut Looking, text: &str) {
    let pattern = Arc::new(Pattern::new(text, false).unwrap());
    let mut firsts = Vec::new();
    let ours = Took::middle(|| {
        looking.shared.lock().search = None;
        looking.look();
        looking.search(&pattern, 0);
        let has_some = |looking: &Looking| looking.shared.lock().finds.hits.set.len() > 0;
        let until = Took::by(|| while !has_some(looking) && looking.worker.step() {});
        let rest = Took::by(|| while looking.worker.step() {});
        firsts.push(until.wall);
        Some(Took { wall: until.wall + rest.wall, cpu: until.cpu + rest.cpu })
    });
    let ours = ours.unwrap();
    tell(&format!("/{text}/, {} lines", looking.hits().len()), ours);
    firsts.sort_by(f64::total_cmp);
    if !looking.hits().is_empty() {
        println!("    first after {:.2} ms", firsts[1]);
    }
    let path = bench.store.log_path(&bench.run, "web1", "migrate.1").unwrap();
    let path = path.to_str().unwrap();
    let case = if text.chars().any(char::is_uppercase) { "-s" } else { "-i" };
    let grep = if case == "-i" { "-icE" } else { "-cE" };
    for (program, arguments) in [
        ("rg", &["-j1", "-c", case, text, path][..]),
        ("rg", &["-j2", "-c", case, text, path]),
        ("grep", &[grep, text, path]),
    ] {
        let Some(theirs) = Took::middle(|| Took::by_program(program, arguments)) else { continue };
        tell(&format!("    {program} {}", arguments[0]), theirs);
        let (wall, cpu) = (ours.wall / theirs.wall, ours.cpu / theirs.cpu);
        println!("    {wall:>45.2} times {cpu:>6.2} times");
    }
}

/// `just bench-search`: what a search and a jump take, by the clock and of the processor, beside
/// `rg` and `grep` where they are there. Medians of three.
#[test]
#[ignore = "takes a gigabyte of memory, and tells more than it asserts"]
#[expect(clippy::print_stdout, reason = "a bench prints")]
fn the_speed_beside_others() {
    for size in [70_000_000, 1_000_000_000] {
        let (bench, lines) = big(size);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        println!("\n{} bytes, {lines} lines; load {load}", bench.writers[0].len());
        tell_jumps(&bench, lines);
        let levels = || {
            let mut looking = bench.looker(Shape::One);
            Some(Took::by(|| looking.look()))
        };
        tell("errors, warnings, pauses", Took::middle(levels).unwrap());
        let mut looking = bench.looker(Shape::One);
        looking.look();
        for text in ["deadlock", "Deadlock|nothing", "took 29[0-9] ms", r"dead\s*lock", "batch"] {
            tell_search(&bench, &mut looking, text);
        }
    }
}
