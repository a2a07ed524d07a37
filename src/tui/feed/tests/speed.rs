//! How fast it is, beside others.

use super::*;
use crate::tui::feed::together::Rows;

/// What the lines of a log are made of.
#[derive(Clone, Copy, Debug)]
enum Ink {
    /// ASCII.
    Plain,
    /// Each line has colours.
    Coloured,
    /// Each line has letters beyond ASCII.
    Accented,
    /// Both.
    Mixed,
}

impl Ink {
    fn line(self, number: u64) -> String {
        let ms = number % 300;
        match (self, number % 1_000_003) {
            (Self::Plain | Self::Accented, 700_000) => "ERROR: deadlock detected".to_owned(),
            (_, 700_000) => "\x1b[31mERROR\x1b[0m: dead\x1b[1mlock\x1b[0m detected".to_owned(),
            (Self::Plain, at) => {
                format!("batch {at} of the backfill, 5000 rows, took {ms} ms, and on it goes")
            }
            (Self::Coloured, at) => format!(
                "\x1b[32mINFO\x1b[0m batch \x1b[1;36m{at}\x1b[0m of the backfill, took {ms} ms"
            ),
            (Self::Accented, at) => {
                format!("Übertrage {at} von tausend Zeilen, Dauer {ms} ms – weiter geht’s")
            }
            (Self::Mixed, at) => {
                format!("\x1b[32m✓\x1b[0m Übertrage \x1b[1m{at}\x1b[0m Zeilen, took {ms} ms")
            }
        }
    }
}

/// A log of so many bytes, as a step prints it, with one line in a million that says something.
fn big(ink: Ink, bytes: u64) -> (Bench, u64) {
    let mut bench = Bench::new(1);
    let (mut number, mut chunk) = (0_u64, Vec::new());
    while bench.writers[0].len() < bytes {
        chunk.clear();
        for _ in 0..1000 {
            chunk.extend_from_slice(ink.line(number).as_bytes());
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
    let rows = Rows::default();
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
    for (ink, size) in [
        (Ink::Plain, 70_000_000),
        (Ink::Coloured, 70_000_000),
        (Ink::Accented, 70_000_000),
        (Ink::Mixed, 70_000_000),
        (Ink::Plain, 1_000_000_000),
        (Ink::Coloured, 1_000_000_000),
    ] {
        let (bench, lines) = big(ink, size);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        println!("\n{ink:?}: {} bytes, {lines} lines; load {load}", bench.writers[0].len());
        tell_jumps(&bench, lines);
        let levels = || {
            let mut looking = bench.looker(Shape::One);
            Some(Took::by(|| looking.look()))
        };
        tell("errors, warnings, pauses", Took::middle(levels).unwrap());
        let mut looking = bench.looker(Shape::One);
        looking.look();
        for text in
            ["deadlock", "Deadlock|nothing", "detected$", "took 29[0-9] ms", r"dead\s*lock", "a"]
        {
            tell_search(&bench, &mut looking, text);
        }
    }
}

/// `just bench-search`, too: what it takes to show lines that are in memory, one by one, as plain lines and
/// whoever looks for errors do. Medians of three.
#[test]
#[ignore = "tells more than it asserts"]
#[expect(clippy::print_stdout, reason = "a bench prints")]
fn the_speed_of_showing_lines() {
    let long = |bench: &mut Bench| {
        for n in 0..1000 {
            bench.print(0, format!("{n}{}\n", " a long line".repeat(5000)).as_bytes());
        }
    };
    let short = |bench: &mut Bench, ink: Ink| {
        for n in 0..200_000 {
            bench.print(0, format!("{}\n", ink.line(n)).as_bytes());
        }
    };
    for ink in [None, Some(Ink::Plain), Some(Ink::Coloured), Some(Ink::Accented)] {
        let mut bench = Bench::new(1);
        match ink {
            None => long(&mut bench),
            Some(ink) => short(&mut bench, ink),
        }
        let mut log = bench.open()(&bench.run, HOSTS[0], "migrate.1").unwrap();
        let lines = log.lines(0, usize::MAX).unwrap();
        println!("\n{ink:?}: {} lines, {} bytes", lines.len(), bench.writers[0].len());
        let mut show =
            |line: &crate::store::Line| show_line(&mut log, &mut Filter::default(), line);
        let all = Took::middle(|| Some(Took::by(|| lines.iter().map(&mut show).count())));
        tell("shown one by one", all.unwrap());
    }
}
