//! Commits that would no longer be served, as the mirror on a host knows them.

use super::{
    BadInput, Unreadable,
    answer::facts,
    sheet::Sheet,
    steps::{full, mirror},
};
use crate::model::Commits;

/// The script that says what is in the commits `served` and not in `revision`.
///
/// # Errors
/// A value that no script is written with.
pub fn leaving(state_dir: &str, served: &[&str], revision: &str) -> Result<String, BadInput> {
    served.iter().try_for_each(|commit| full(commit))?;
    full(revision)?;
    Ok(Sheet::new()
        .word("revision", revision)?
        .path("mirror", &mirror(state_dir))?
        .words(served.iter().copied())?
        .then(include_str!("../sh/builtin/commits.sh"))
        .string())
}

/// Reads what [`leaving`] printed; `None`: the mirror does not know all of these commits.
///
/// # Errors
/// When it is not such an answer.
pub fn left(lines: &[impl AsRef<str>]) -> Result<Option<Commits>, Unreadable> {
    let facts = facts("commits 1", lines)?;
    let count = facts.iter().find_map(|line| line.strip_prefix("count ")?.parse().ok());
    let newest = facts.iter().filter_map(|line| line.strip_prefix("commit "));
    Ok(count.map(|count| Commits { count, newest: newest.map(str::to_owned).collect() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_leave_is_read() {
        let check = |lines: &[&str], expect: Option<Option<(u64, &[&str])>>| {
            let read = left(lines).ok();
            let read = read.map(|it| it.map(|Commits { count, newest }| (count, newest)));
            let own = |it: &&str| (*it).to_owned();
            let expect = expect.map(|it| it.map(|(n, all)| (n, all.iter().map(own).collect())));
            assert_eq!(read, expect, "{lines:?}");
        };
        let one = "commit a1b2c3d Add totals (ana, 2026-11-21)";
        check(&["commits 1", "count 1", one, "end"], Some(Some((1, &[&one[7..]]))));
        check(&["commits 1", "count 0", "end"], Some(Some((0, &[]))));
        check(&["commits 1", "end"], Some(None));
        check(&["commits 1", "count 1", one], None);
        assert!(leaving("/s", &["main"], &"1".repeat(40)).is_err());
        assert!(leaving("/s", &[], "-x").is_err());
    }
}
