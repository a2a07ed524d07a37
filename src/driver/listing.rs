//! What an asking node printed, as lines that are written down: without secrets.

use crate::{
    model::RunId,
    store::{DiskError, LogReader, Store, Window},
};

/// What an asking node may print, in bytes; the rest is not read.
const LISTING_BYTES_MAX: usize = 256 * 1024;

/// The lines of a log, by the names of its host and its box. A log that cannot be read has none.
pub(super) fn lines(store: &Store, run: &RunId, host: &str, name: &str) -> Vec<String> {
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
