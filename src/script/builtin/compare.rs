//! How the code of two releases differs: by their commits in a mirror of the repository, else by
//! their files. What is different is said in numbers, or shown whole.

use super::{
    BadInput, Layout, Unreadable,
    answer::{facts, fields},
    dependencies::changes,
    sheet::Sheet,
    steps::{full, mirror, name},
    veil::veiled,
};
use crate::model::{Between, Difference, Touched};

/// What is compared; the first is what is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// Two full commits.
    Commits(&'a str, &'a str),
    /// The directories of two releases, by their names.
    Files(&'a str, &'a str),
}

/// As many lines of a difference are shown, at most.
pub const DIFF_LINES_MAX: usize = 15_000;

/// Lines of what is other in one file that are looked at, at most: the script prints one more.
const INSIDE_LINES_MAX: usize = 800;

/// The script that says in numbers how two releases differ, and which dependencies do.
///
/// # Errors
/// A value that no script is written with.
pub fn compare(layout: &Layout, by: By<'_>) -> Result<String, BadInput> {
    Ok(between(layout, by)?.then(include_str!("../sh/builtin/compare.sh")).string())
}

/// The script that prints how two releases differ, line by line, as far as anybody reads it.
///
/// # Errors
/// A value that no script is written with.
pub fn diff(layout: &Layout, by: By<'_>) -> Result<String, BadInput> {
    Ok(between(layout, by)?.then(include_str!("../sh/builtin/diff.sh")).string())
}

fn between(layout: &Layout, by: By<'_>) -> Result<Sheet, BadInput> {
    let (before, after, how) = match by {
        By::Commits(before, after) => {
            full(before)?;
            full(after)?;
            (before, after, include_str!("../sh/builtin/by_commits.sh"))
        }
        By::Files(before, after) => {
            name(before)?;
            name(after)?;
            (before, after, include_str!("../sh/builtin/by_files.sh"))
        }
    };
    Ok(Sheet::of(layout)?
        .path("mirror", &mirror(&layout.state()))?
        .word("before", before)?
        .word("after", after)?
        .then(include_str!("../sh/builtin/fields.sh"))
        .then(how))
}

/// Reads what [`compare`] printed; the inner error is why that host cannot compare them.
///
/// # Errors
/// When it is not such an answer.
pub fn compared(lines: &[impl AsRef<str>]) -> Result<Result<Difference, String>, Unreadable> {
    let mut found = Difference::default();
    let (mut between, mut counted) = (Between::default(), false);
    let mut inside: Vec<(bool, String, Vec<&str>)> = Vec::new();
    for line in facts("compare 1", lines)? {
        if let Some(text) = line.strip_prefix('~') {
            if let Some((_, _, texts)) = inside.last_mut() {
                texts.push(text);
            }
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let number = || rest.parse::<u64>();
        match word {
            "no" => return Ok(Err(field(line))),
            "leaves" | "comes" => {
                let number = number();
                counted |= number.is_ok();
                let count = number.unwrap_or_default();
                let side =
                    if word == "leaves" { &mut between.leaving } else { &mut between.coming };
                side.count = count;
            }
            "leave" => between.leaving.newest.push(rest.to_owned()),
            "come" => between.coming.newest.push(rest.to_owned()),
            "files" => found.files = rest.trim().parse().unwrap_or_default(),
            "lines" => {
                let (added, removed) = rest.split_once(' ').unwrap_or((rest, ""));
                found.added = added.parse().unwrap_or_default();
                found.removed = removed.parse().unwrap_or_default();
            }
            "lock" | "example" => inside.push((word == "lock", field(line), Vec::new())),
            _ => return Err(Unreadable::new(format!("it says `{line}`"))),
        }
    }
    found.commits = counted.then_some(between);
    for (lock, file, texts) in inside {
        let more = texts.len() > INSIDE_LINES_MAX;
        let touched = Touched { changes: changes(&file, &texts), file, more };
        if lock { &mut found.locks } else { &mut found.examples }.push(touched);
    }
    Ok(Ok(found))
}

/// Reads what [`diff`] printed; the inner error is why that host cannot compare them.
///
/// # Errors
/// When it is not such an answer.
pub fn diffed(lines: &[impl AsRef<str>]) -> Result<Result<Vec<String>, String>, Unreadable> {
    let facts = facts("diff 1", lines)?;
    if let Some(why) = facts.iter().find(|line| line.starts_with("no ")) {
        return Ok(Err(field(why)));
    }
    let shown = facts.iter().filter_map(|line| line.strip_prefix('~'));
    Ok(Ok(veiled(shown)))
}

/// The one field of a fact.
fn field(line: &str) -> String {
    fields(line).and_then(|(_, fields)| fields.into_iter().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, Commits};

    #[test]
    fn an_answer_is_read() {
        let check = |lines: &[&str], expect: Result<Difference, &str>| {
            let all: Vec<&str> = [&["compare 1"], lines, &["end"]].concat();
            assert_eq!(compared(&all).unwrap(), expect.map_err(str::to_owned), "{lines:?}");
        };
        let some = |count, line: &str| Commits {
            count,
            newest: if line.is_empty() { Vec::new() } else { vec![line.to_owned()] },
        };
        let one = "a1b2c3d Add totals (ana, 2026-11-21)";
        let change = Change {
            name: "django".to_owned(),
            before: Some("5.2.9".to_owned()),
            after: Some("5.2.8".to_owned()),
        };
        check(
            &[
                "leaves 14",
                &format!("leave {one}"),
                "comes 0",
                "files 38",
                "lines 1204 611",
                "lock requirements.txt",
                "~@@ -1 +1 @@",
                "~-django==5.2.9",
                "~+django==5.2.8",
            ],
            Ok(Difference {
                commits: Some(Between { leaving: some(14, one), coming: some(0, "") }),
                files: 38,
                added: 1204,
                removed: 611,
                locks: vec![Touched {
                    file: "requirements.txt".to_owned(),
                    changes: vec![change],
                    more: false,
                }],
                ..Difference::default()
            }),
        );
        check(
            &["lines 1 2", "files 3"],
            Ok(Difference { files: 3, added: 1, removed: 2, ..Difference::default() }),
        );
        check(&["no git"], Err("git"));
        assert!(compared(&["compare 1", "leaves 1"]).is_err(), "it stops before its end");
        assert!(compared(&["compare 1", "what", "end"]).is_err());
    }

    #[test]
    fn lines_of_a_difference_cannot_end_it() {
        let read = diffed(&["diff 1", "~end", "~no way", "", "end"]).unwrap();
        assert_eq!(read, Ok(vec!["end".to_owned(), "no way".to_owned()]));
        assert_eq!(diffed(&["diff 1", "no %61", "end"]).unwrap(), Err("a".to_owned()));
    }
}
