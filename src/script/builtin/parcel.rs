//! Commits that are sent to a host by the operator's machine: what the host has, the bundle of what it
//! lacks, and how the host takes it.

use super::{
    BadInput, Unreadable,
    answer::{facts, fields},
    sheet::{Sheet, home},
    steps::{full, is_full, mirror},
};
use crate::script::quote::quote;

/// What a host's mirror has of a commit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mirrored {
    /// The commit itself: nothing needs to be sent.
    There,
    /// These commits and all before them, newest first; none on a first deploy.
    Only(Vec<String>),
}

/// The command that takes a parcel, whatever the login shell is: its first line of input is a text of
/// ours, which [`receive`] makes, and the rest is the parcel. `read` takes no byte after the line.
pub const RECEIVER: &str = r#"exec sh -c 'IFS= read -r t && eval "$t"'"#;

/// Where the bundle for a run lies on a host with this state directory.
#[must_use]
pub fn bundle_path(state_dir: &str, run: &str) -> String {
    format!("{}/{run}.bundle", state_dir.trim_end_matches('/'))
}

/// The script that says what the mirror on a host has of a commit.
///
/// # Errors
/// A value that no script is written with.
pub fn mirrored(state_dir: &str, revision: &str) -> Result<String, BadInput> {
    Ok(about(revision, &mirror(state_dir))?.then(include_str!("../sh/builtin/mirror.sh")).string())
}

/// Reads what [`mirrored`] printed.
///
/// # Errors
/// When it is not such an answer.
pub fn has(lines: &[impl AsRef<str>]) -> Result<Mirrored, Unreadable> {
    let facts = facts("mirror 1", lines)?;
    if facts.contains(&"there") {
        return Ok(Mirrored::There);
    }
    let commits = facts.iter().filter_map(|line| line.strip_prefix("commit "));
    Ok(Mirrored::Only(commits.filter(|it| is_full(it)).map(str::to_owned).collect()))
}

/// The script for the operator's own machine that writes a bundle of a commit into `file`, without what
/// a host with the commits `known` has. The code is fetched into `mirror` first, if it is not there.
///
/// # Errors
/// A value that no script is written with.
pub fn bundle(
    repository: &str,
    revision: &str,
    mirror: &str,
    file: &str,
    known: &[String],
) -> Result<String, BadInput> {
    Ok(about(revision, mirror)?
        .word("repository", repository)?
        .path("file", file)?
        .words(known.iter().map(String::as_str))?
        .then(include_str!("../sh/builtin/fields.sh"))
        .then(include_str!("../sh/builtin/few.sh"))
        .then(include_str!("../sh/builtin/bundle.sh"))
        .string())
}

/// Reads what [`bundle`] printed: the bytes of the bundle, or why there is none.
///
/// # Errors
/// When it is not such an answer.
pub fn bundled(lines: &[impl AsRef<str>]) -> Result<Result<u64, String>, Unreadable> {
    let facts = facts("bundle 1", lines)?;
    let answer = facts.first().and_then(|line| fields(line));
    let Some((word, fields)) = answer else { return Err(Unreadable::new("it says nothing")) };
    match (word, fields.as_slice()) {
        ("made", [bytes]) => bytes.parse().map(Ok).map_err(|_no| Unreadable::new(facts.join("; "))),
        ("failed", [why]) => Ok(Err(why.clone())),
        _ => Err(Unreadable::new(facts.join("; "))),
    }
}

/// The first line for [`RECEIVER`]: what follows becomes a file, whole or not at all. `bytes`: its
/// length; `sum`: its SHA-256 in hexadecimal, where that is known. Ends with 0 if it is there.
///
/// # Errors
/// A path or a sum that no line is written with.
pub fn receive(path: &str, bytes: u64, sum: Option<&str>) -> Result<String, BadInput> {
    let (word, dir) = one_line(path)?;
    let summed = match sum {
        Some(sum) if !is_full(sum) => return Err(BadInput::Word(sum.to_owned())),
        Some(sum) => {
            format!(
                "[ \"$(sha256sum <\"$p.new\" | cut -c 1-64)\" = {sum} ] && {{ sync \"$p.new\" 2>/dev/null || :; }} && "
            )
        }
        None => String::new(),
    };
    Ok(format!(
        "p={word}; umask 077; mkdir -p {dir} && cat >\"$p.new\" && \
         [ \"$(($(wc -c <\"$p.new\")))\" -eq {bytes} ] && {summed}mv -f \"$p.new\" \"$p\" || \
         {{ rm -f \"$p.new\"; exit 1; }}\n"
    ))
}

/// The first line for [`RECEIVER`] that prints a file.
///
/// # Errors
/// A path that no line is written with.
pub fn whole(path: &str) -> Result<String, BadInput> {
    Ok(format!("exec cat <{}\n", one_line(path)?.0))
}

/// A path and its directory, as words of one line.
fn one_line(path: &str) -> Result<(String, String), BadInput> {
    super::layout::absolute(path)?;
    if path.contains('\n') {
        return Err(BadInput::Path(path.to_owned()));
    }
    let (dir, _) = path.rsplit_once('/').unwrap_or((".", path));
    Ok((home(path)?, if dir == "~" { quote(".")? } else { home(dir)? }))
}

fn about(revision: &str, mirror: &str) -> Result<Sheet, BadInput> {
    full(revision)?;
    Sheet::new().word("revision", revision)?.path("mirror", mirror)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mirror_has_is_read() {
        let check = |lines: &[&str], expect: Option<Mirrored>| {
            assert_eq!(has(lines).ok(), expect, "{lines:?}");
        };
        let one = "1".repeat(40);
        let line = format!("commit {one}");
        check(&["mirror 1", "end"], Some(Mirrored::Only(Vec::new())));
        check(&["mirror 1", &line, "commit x", "end"], Some(Mirrored::Only(vec![one])));
        check(&["mirror 1", "there", "end"], Some(Mirrored::There));
        check(&["mirror 1", "there"], None);
    }

    #[test]
    fn a_parcel_is_taken_in_one_line() {
        let line = receive("~/it's/a.bundle", 7, None).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.starts_with(r#"p="$HOME"/'it'\''s/a.bundle'; "#), "{line}");
        assert!(receive("relative", 7, None).is_err());
        assert!(receive("/a\nb", 7, None).is_err());
        assert!(receive("/a", 7, Some("$(id)")).is_err());
        assert!(whole("/a\nb").is_err());
    }
}
