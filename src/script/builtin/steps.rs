//! Steps that build a release: its directory, its code, and what it shares.

use super::{
    BadInput, Layout, is_name,
    sheet::{Sheet, json},
};
use crate::model::{Owner, Record, Text};

const DISCARD: &str = include_str!("../sh/builtin/discard.sh");
const NOTE: &str = include_str!("../sh/builtin/note.sh");

/// Where the code of a release comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// The host fetches from the repository.
    Host {
        /// The address of the repository.
        repository: String,
    },
    /// A git bundle was put on the host before.
    Operator {
        /// Its path there, absolute or beginning with `~/`.
        bundle: String,
    },
}

/// What `fetch` gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The release.
    pub release: String,
    /// The full commit.
    pub revision: String,
    /// From where.
    pub via: Via,
}

/// Makes the directory of a release, on a first deploy also the root and what is shared; `record` says
/// that the release begins, and names it. A retry finds its own directory by that record.
///
/// # Errors
/// A value that no script is written with.
pub fn release(layout: &Layout, owner: &Owner, record: &Record) -> Result<Text, BadInput> {
    let dirs = layout.shared_dirs.iter().map(|it| ["d", it.from.as_str()]);
    let files = layout.shared_files.iter().map(|it| ["f", it.from.as_str()]);
    Ok(named(layout, &record.release)?
        .word("owner", &json(owner)?)?
        .word("record", &json(record)?)?
        .words(dirs.chain(files).flatten())?
        .then(NOTE)
        .then(include_str!("../sh/builtin/release.sh"))
        .text())
}

/// Removes the directory of a release: the undo of [`release`]. Never what is served, what the
/// previous link names, or what processes work in.
///
/// # Errors
/// A value that no script is written with.
pub fn remove_release(layout: &Layout, release: &str) -> Result<Text, BadInput> {
    Ok(named(layout, release)?.then(DISCARD).then(include_str!("../sh/builtin/remove.sh")).text())
}

/// Gets the code of a release through a mirror on the host; `REVISION` is written last.
///
/// # Errors
/// A value that no script is written with.
pub fn fetch(layout: &Layout, fetch: &Fetch) -> Result<Text, BadInput> {
    let Fetch { release, revision, via } = fetch;
    full(revision)?;
    let (repository, bundle) = match via {
        Via::Host { repository } => (repository.as_str(), None),
        Via::Operator { bundle } => ("", Some(layout.path(bundle))),
    };
    Ok(named(layout, release)?
        .word("revision", revision)?
        .word("repository", repository)?
        .optional("bundle", bundle)?
        .path("mirror", &mirror(&layout.state()))?
        .then(include_str!("../sh/builtin/few.sh"))
        .then(include_str!("../sh/builtin/fetch.sh"))
        .text())
}

/// Links what all releases share into a release. All sources and places are looked at before the
/// first link is made, and everything that is wrong is named.
///
/// # Errors
/// A value that no script is written with.
pub fn link(layout: &Layout, release: &str) -> Result<Text, BadInput> {
    Ok(named(layout, release)?
        .words(shared(layout))?
        .then(include_str!("../sh/builtin/link.sh"))
        .text())
}

/// Removes releases. `removed`: one record for each, which also names it; each is looked at again
/// before, and what cannot be removed is a warning.
///
/// # Errors
/// A value that no script is written with.
pub fn prune(layout: &Layout, removed: &[Record]) -> Result<Text, BadInput> {
    let mut words = Vec::new();
    for record in removed {
        name(&record.release)?;
        words.extend([record.release.clone(), json(record)?]);
    }
    Ok(Sheet::of(layout)?
        .path("mirror", &mirror(&layout.state()))?
        .words(words.iter().map(String::as_str))?
        .then(NOTE)
        .then(DISCARD)
        .then(include_str!("../sh/builtin/prune.sh"))
        .text())
}

/// Kind, source and place of all that releases share, three words each.
pub(super) fn shared(layout: &Layout) -> impl Iterator<Item = &str> {
    let dirs = layout.shared_dirs.iter().map(|it| ["d", it.from.as_str(), it.at.as_str()]);
    let files = layout.shared_files.iter().map(|it| ["f", it.from.as_str(), it.at.as_str()]);
    dirs.chain(files).flatten()
}

/// A script about one release.
pub(super) fn named(layout: &Layout, release: &str) -> Result<Sheet, BadInput> {
    name(release)?;
    Sheet::of(layout)?.word("name", release)
}

pub(super) fn name(release: &str) -> Result<(), BadInput> {
    if is_name(release) { Ok(()) } else { Err(BadInput::Name(release.to_owned())) }
}

/// Where the mirror of the repository lies on a host with this state directory.
pub(super) fn mirror(state_dir: &str) -> String {
    format!("{}/mirror.git", state_dir.trim_end_matches('/'))
}

pub(super) fn full(revision: &str) -> Result<(), BadInput> {
    if is_full(revision) { Ok(()) } else { Err(BadInput::Revision(revision.to_owned())) }
}

/// Whether this is a full commit, as git writes it.
pub(super) fn is_full(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64)
        && revision.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'a'..=b'f'))
}
