//! Finds the first line of a log that speaks of an error, and the place in the code that it names.

use std::sync::OnceLock;

use regex::Regex;

use super::{
    feed::{Open, Source, show_line},
    levels::level,
    state::{Model, failure::Found, failure::attempt, log::Level},
};
use crate::{model::Try, store::DiskError, text::Filter};

/// Lines before the end of a log in which the first error is looked for.
const LINES_MAX: u64 = 200_000;

/// Lines and bytes that are looked at before the screen has its turn again.
const LINES_AT_ONCE: usize = 512;
const CHUNKS_AT_ONCE: usize = 8;
const BYTES_AT_ONCE: usize = 4 << 20;

/// Lines behind an error that still belong to it.
const CONTEXT: usize = 60;

/// What the failed attempts of open questions say, looked at for a while. Whether it goes on.
pub(super) fn look<S: Source>(model: &mut Model, open: &Open<S>) -> bool {
    let Some((attempt, from)) = next(model) else { return false };
    let looked = read(model, attempt, from, open);
    // A log that is not there says nothing; the log pane says why.
    let found = looked.unwrap_or(Found::Nothing(None));
    model.failure.found.insert(attempt, found);
    next(model).is_some()
}

/// An attempt that was not looked at to the end.
fn next(model: &Model) -> Option<(Try, u64)> {
    let run = model.open_run()?;
    let failed = run.holds.values().filter(|hold| hold.cause.is_trouble());
    failed.filter_map(|hold| attempt(run, hold)).find_map(|attempt| {
        match model.failure.found(attempt) {
            None => Some((attempt, 0)),
            Some(Found::Looking(from)) => Some((attempt, *from)),
            Some(Found::Error { .. } | Found::Nothing(_)) => None,
        }
    })
}

fn read<S: Source>(model: &Model, attempt: Try, from: u64, open: &Open<S>) -> Option<Found> {
    let run = model.run()?;
    let cell = run.cell(attempt.node)?;
    let host = run.plan.host(cell.node.host?)?;
    let mut source = open(&run.plan.run, &host.name, &cell.node.key.box_name(attempt.n)).ok()?;
    source.refresh().ok()?;
    search(&mut source, from).ok()
}

fn search(source: &mut impl Source, from: u64) -> Result<Found, DiskError> {
    let count = source.line_count();
    let mut next = from.max(count.saturating_sub(LINES_MAX));
    let mut bytes = 0;
    for _ in 0..CHUNKS_AT_ONCE {
        if next >= count || bytes > BYTES_AT_ONCE {
            break;
        }
        for line in source.lines(next, LINES_AT_ONCE)? {
            bytes += line.bytes.len();
            let text = show_line(source, &mut Filter::default(), &line).plain();
            if level(&text) == Level::Error {
                return error(source, line.number);
            }
        }
        next = next.saturating_add(LINES_AT_ONCE as u64);
    }
    if next < count {
        return Ok(Found::Looking(next));
    }
    let last = plain(source, count.saturating_sub(CONTEXT as u64))?;
    let last = last.into_iter().rev().find(|line| !line.trim().is_empty());
    Ok(Found::Nothing(last.map(|line| line.trim().to_owned())))
}

/// The error that begins in this line.
fn error(source: &mut impl Source, line: u64) -> Result<Found, DiskError> {
    let lines = plain(source, line)?;
    let (text, at) = meant(&lines);
    Ok(Found::Error { line, text, at })
}

fn plain(source: &mut impl Source, from: u64) -> Result<Vec<String>, DiskError> {
    let mut filter = Filter::default();
    let lines = source.lines(from, CONTEXT)?;
    Ok(lines.iter().map(|line| show_line(source, &mut filter, line).plain()).collect())
}

/// A pattern of ours; it compiles, as a test shows.
fn pattern(cell: &'static OnceLock<Option<Regex>>, text: &str) -> Option<&'static Regex> {
    cell.get_or_init(|| Regex::new(text).ok()).as_ref()
}

/// What the error is, and where: of a traceback, its last line and its last place that is no library.
fn meant(lines: &[String]) -> (String, Option<String>) {
    let first = lines.first().map(|line| line.trim().to_owned()).unwrap_or_default();
    if first.to_lowercase().starts_with("traceback") {
        let indented = |line: &&String| line.starts_with([' ', '\t']) || line.trim().is_empty();
        let block: Vec<&String> = lines.iter().skip(1).take_while(indented).collect();
        let end = lines.get(block.len() + 1).map_or(first, |line| line.trim().to_owned());
        let places: Vec<String> = block.iter().filter_map(|line| place(line)).collect();
        let own = places.iter().rfind(|place| !is_library(place));
        return (end, own.or(places.last()).cloned());
    }
    // What is further down belongs to it as long as it is indented.
    let behind = lines.iter().skip(1).take_while(|line| line.starts_with([' ', '\t']));
    let at = std::iter::once(&first).chain(behind).find_map(|line| place(line));
    (first, at)
}

fn is_library(place: &str) -> bool {
    ["site-packages/", "dist-packages/", "/lib/python", "node_modules/", "/gems/", "/vendor/"]
        .iter()
        .any(|library| place.contains(library))
}

/// The place in the code that a line names, as `file:line`.
fn place(text: &str) -> Option<String> {
    static QUOTED: OnceLock<Option<Regex>> = OnceLock::new();
    static PLAIN: OnceLock<Option<Regex>> = OnceLock::new();
    static WORDS: OnceLock<Option<Regex>> = OnceLock::new();
    let quoted = pattern(&QUOTED, r#"File "([^"]+)", line (\d+)"#)?.captures(text);
    let words = || pattern(&WORDS, r"\bin (\S+\.\w+) on line (\d+)")?.captures(text);
    let plain = || pattern(&PLAIN, r"([\w./~-]*\w\.[A-Za-z]\w{0,7}):(\d+)\b")?.captures(text);
    let found = quoted.or_else(words).or_else(plain)?;
    Some(format!("{}:{}", found.get(1)?.as_str(), found.get(2)?.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], wanted: Option<(usize, &str, Option<&str>)>) {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        let found = lines.iter().position(|line| level(line) == Level::Error).map(|at| {
            let (text, place) = meant(&lines[at..]);
            (at, text, place)
        });
        let found = found.as_ref().map(|(at, text, place)| (*at, text.as_str(), place.as_deref()));
        assert_eq!(found, wanted);
    }

    #[test]
    fn the_first_error_and_its_place() {
        check(
            &[
                "  batch 233/240 rows=5000",
                "Traceback (most recent call last):",
                "  File \"manage.py\", line 22, in <module>",
                "    main()",
                "  File \"/srv/app/orders/migrations/0042.py\", line 31, in forwards",
                "    fill()",
                "  File \"/venv/lib/python3.12/site-packages/django/db.py\", line 89, in execute",
                "django.db.utils.OperationalError: deadlock detected",
                "DETAIL:  Process 4488 waits",
            ],
            Some((
                1,
                "django.db.utils.OperationalError: deadlock detected",
                Some("/srv/app/orders/migrations/0042.py:31"),
            )),
        );
        check(
            &["compiling", "src/main.rs:10:5: error[E0308]: mismatched types"],
            Some((1, "src/main.rs:10:5: error[E0308]: mismatched types", Some("src/main.rs:10"))),
        );
        check(
            &["TypeError: x is undefined", "    at Object.run (/srv/app/server.js:12:7)"],
            Some((0, "TypeError: x is undefined", Some("/srv/app/server.js:12"))),
        );
        check(
            &["PHP Fatal error:  Uncaught in /srv/app/index.php on line 7"],
            Some((
                0,
                "PHP Fatal error:  Uncaught in /srv/app/index.php on line 7",
                Some("/srv/app/index.php:7"),
            )),
        );
        check(
            &["cat: /srv/x: No such file or directory"],
            Some((0, "cat: /srv/x: No such file or directory", None)),
        );
        check(&["12:30:01 ok", "0 errors, 3 warnings", "failed: 0", "error.log rotated"], None);
        check(&["written to errors.py", "set -o errexit", "--on-error=stop"], None);
        check(&["0 errors in a.c", "2 failed"], Some((1, "2 failed", None)));
    }
}
