//! What a `once` step leaves for the other hosts: it is packed where it was made, sent by the operator's
//! machine, and unpacked into the same release elsewhere.

use std::collections::BTreeSet;

use super::{
    BadInput, Layout, Unreadable,
    answer::facts,
    layout::below,
    sheet::{Sheet, is_plain},
    steps::{is_full, named},
};
use crate::model::Text;

/// The outputs of a step in a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// The run.
    pub run: String,
    /// The step that makes them.
    pub step: String,
    /// The release.
    pub release: String,
    /// Files and directories below its code.
    pub paths: Vec<String>,
}

/// What is packed on a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Packed {
    /// Its SHA-256 in hexadecimal.
    pub sum: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// Runs a step, and packs what it made when it has ended well: so one box, one outcome. The text of the
/// step stands in a subshell, since it may end with `exit 0`.
///
/// # Errors
/// A value that no script is written with.
pub fn pack(layout: &Layout, outputs: &Outputs, run: Text) -> Result<Text, BadInput> {
    let packs = sheet(layout, outputs)?.then(include_str!("../sh/builtin/pack.sh")).string();
    let mut pieces = Text::literal("(\n").0;
    pieces.extend(run.0);
    pieces.extend(Text::literal(format!("\n)\n{packs}")).0);
    Ok(Text(pieces))
}

/// Puts what was sent into the release. Where it was made, nothing is to be done.
///
/// # Errors
/// A value that no script is written with.
pub fn unpack(layout: &Layout, outputs: &Outputs) -> Result<Text, BadInput> {
    Ok(sheet(layout, outputs)?.then(include_str!("../sh/builtin/unpack.sh")).text())
}

/// Where the packed outputs of a step lie on the host that made them.
#[must_use]
pub fn packed(state_dir: &str, run: &str, step: &str) -> String {
    format!("{}/packed/{run}.{step}/files.tar", state_dir.trim_end_matches('/'))
}

/// The file beside [`packed`] with its sum and its length.
#[must_use]
pub fn packed_sum(state_dir: &str, run: &str, step: &str) -> String {
    format!("{}/packed/{run}.{step}/sum", state_dir.trim_end_matches('/'))
}

/// Where outputs that were sent lie on a host until they are unpacked.
#[must_use]
pub fn taken(state_dir: &str, run: &str, step: &str) -> String {
    format!("{}/taken/{run}.{step}", state_dir.trim_end_matches('/'))
}

/// The script that prints such a [`packed_sum`].
///
/// # Errors
/// A path that no script is written with.
pub fn holds(path: &str) -> Result<String, BadInput> {
    Ok(Sheet::new().path("path", path)?.then(include_str!("../sh/builtin/holds.sh")).string())
}

/// Reads what [`holds`] printed. `None`: nothing is packed there.
///
/// # Errors
/// When it is not such an answer.
pub fn held(lines: &[impl AsRef<str>]) -> Result<Option<Packed>, Unreadable> {
    let facts = facts("holds 1", lines)?;
    let Some(line) = facts.first() else { return Ok(None) };
    let packed = line.split_once(' ').and_then(|(sum, bytes)| {
        let bytes = bytes.parse().ok()?;
        is_full(sum).then(|| Packed { sum: sum.to_owned(), bytes })
    });
    packed.map(Some).ok_or_else(|| Unreadable::new(facts.join("; ")))
}

fn sheet(layout: &Layout, outputs: &Outputs) -> Result<Sheet, BadInput> {
    let id = format!("{}.{}", outputs.run, outputs.step);
    if !is_plain(&id) {
        return Err(BadInput::Word(id));
    }
    let paths = tops(&outputs.paths);
    for path in &paths {
        below(path)?;
    }
    named(layout, &outputs.release)?.word("id", &id)?.word("run", &outputs.run)?.words(paths)
}

/// The paths without those that lie below another one.
fn tops(paths: &[String]) -> BTreeSet<&str> {
    let all: BTreeSet<&str> =
        paths.iter().map(|path| path.trim_end_matches('/').trim_start_matches("./")).collect();
    let within =
        |path: &str, top: &str| path.strip_prefix(top).is_some_and(|it| it.starts_with('/'));
    all.iter().copied().filter(|path| !all.iter().any(|top| within(path, top))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_packed_twice() {
        let check = |paths: &[&str], expect: &[&str]| {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            assert_eq!(tops(&paths).into_iter().collect::<Vec<_>>(), expect);
        };
        check(&["a/b", "./a", "ab", "a/", "c/d/"], &["a", "ab", "c/d"]);
    }

    #[test]
    fn what_a_host_holds_is_read() {
        let sum = "ab".repeat(32);
        let check = |lines: &[&str], expect: Option<Option<Packed>>| {
            assert_eq!(held(lines).ok(), expect, "{lines:?}");
        };
        check(&["holds 1", "end"], Some(None));
        let line = format!("{sum} 7");
        check(&["holds 1", &line, "end"], Some(Some(Packed { sum, bytes: 7 })));
        check(&["holds 1", &line], None);
        check(&["holds 1", "abc 7", "end"], None);
    }
}
