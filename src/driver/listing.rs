//! What an asking node printed, as lines that are written down: without secrets.

use super::wants;
use crate::{
    model::{Kind, RunId, Try},
    run::{Run, State},
    store::{DiskError, LogReader, Store, Window},
};

/// What an asking node may print, in bytes; the rest is not read.
const LISTING_BYTES_MAX: usize = 256 * 1024;

/// The migrations that are applied, as the steps of the run said that list them; where none did,
/// those that the run applied one by one. Without secrets.
#[must_use]
pub fn applied(run: &Run, store: &Store) -> Vec<String> {
    let Some(released) = &run.plan.released else { return Vec::new() };
    let lists = run.ids().filter(|(_, cell)| released.lists.contains(&cell.node.key.step));
    let good = lists.filter_map(|(node, cell)| {
        let State::Ok(n) = cell.state else { return None };
        matches!(cell.node.kind, Kind::Act(_)).then_some(Try { node, n })
    });
    let listed = names(good.flat_map(|attempt| printed(run, store, attempt)));
    if listed.is_empty() { names(run.migrated().into_iter()) } else { listed }
}

/// What an attempt printed, line by line.
pub(super) fn printed(run: &Run, store: &Store, attempt: Try) -> Vec<String> {
    let Some((host, name)) = wants::box_of(run, attempt) else { return Vec::new() };
    let Some(host) = run.plan.host(host) else { return Vec::new() };
    lines(store, &run.plan.run, &host.name, &name)
}

/// The lines of a log, by the names of its host and its box. A log that cannot be read has none.
fn lines(store: &Store, run: &RunId, host: &str, name: &str) -> Vec<String> {
    match window(store, run, host, name) {
        Ok(window) => shown(&window).lines().map(str::to_owned).collect(),
        Err(error) => {
            tracing::warn!(%error, "the listing of a step could not be read");
            Vec::new()
        }
    }
}

fn window(store: &Store, run: &RunId, host: &str, name: &str) -> Result<Window, DiskError> {
    LogReader::open(store, run, host, name)?.window(0, LISTING_BYTES_MAX)
}

/// The text, with the name of a secret in its place: lines go into the journal, and items into
/// argument lists.
fn shown(window: &Window) -> String {
    let mut masks: Vec<_> = window.masks.iter().collect();
    masks.sort_by_key(|mask| mask.at);
    let (mut text, mut from) = (Vec::new(), 0);
    for mask in masks {
        let end = mask.at.saturating_add(mask.len).min(window.bytes.len());
        if end > from {
            let start = mask.at.max(from);
            text.extend_from_slice(&window.bytes[from..start]);
            text.extend_from_slice(format!("<{} hidden>", mask.name).as_bytes());
            from = end;
        }
    }
    text.extend_from_slice(&window.bytes[from..]);
    String::from_utf8_lossy(&text).into_owned()
}

/// So many names are kept, and so many bytes of them: a record of a release is one short line.
const NAMES_MAX: usize = 500;
const NAMES_BYTES_MAX: usize = 32 * 1024;

/// The names that are in these lines, one each; the last ones, where there are too many.
fn names(lines: impl Iterator<Item = String>) -> Vec<String> {
    let lines: Vec<String> = lines.collect();
    let mut bytes = 0;
    let mut names: Vec<String> = Vec::new();
    for line in lines.iter().rev().map(|line| line.trim()).filter(|line| !line.is_empty()) {
        bytes += line.len();
        if names.len() == NAMES_MAX || bytes > NAMES_BYTES_MAX {
            break;
        }
        names.push(line.to_owned());
    }
    names.reverse();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_names_are_kept() {
        let check = |lines: Vec<String>, expect: &[&str]| {
            assert_eq!(names(lines.into_iter()), expect);
        };
        let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        check(own(&["  0001-a ", "", "0002 b\r"]), &["0001-a", "0002 b"]);
        check(own(&[&"x".repeat(NAMES_BYTES_MAX), "last"]), &["last"]);
        let many = (0..NAMES_MAX + 2).map(|n| n.to_string()).collect();
        let kept = names(Vec::into_iter(many));
        assert_eq!((kept.len(), kept[0].as_str()), (NAMES_MAX, "2"));
    }
}
