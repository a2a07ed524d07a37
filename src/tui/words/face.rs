//! The mark, the word and the look of each state.

use jiff::Timestamp;

use super::{since, took};
use crate::tui::{
    glyphs::Glyphs,
    state::face::{Before, Face},
    styles::Tone,
};

/// How a state is shown.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) glyph: &'static str,
    pub(crate) tone: Tone,
    /// The state in words.
    pub(crate) word: String,
    /// The same for a narrow column: a time, or a short word.
    pub(crate) short: String,
    /// The same where there is more room.
    pub(crate) long: Option<String>,
}

/// How a state is shown.
pub(crate) fn look(face: &Face, glyphs: &Glyphs, now: Timestamp) -> Look {
    let time = |from: &Option<Timestamp>| from.map_or_else(String::new, |at| since(at, now));
    let (glyph, tone) = mark(face, glyphs, glyphs.spinning(now));
    let (word, short) = match face {
        Face::Absent => plain("not for this host", ""),
        Face::Waiting => plain("waiting", ""),
        Face::Held => plain("held: something before it waits for you", "held"),
        Face::Break => plain("stopped before it at your breakpoint", "break"),
        Face::Prepared => plain("starting", "start"),
        Face::Running(from) => (format!("running {}", time(from)), time(from)),
        Face::Stopping(from) => (format!("stopping, {}", time(from)), "stop".to_owned()),
        Face::Asks => plain("waits for your input", "asks"),
        Face::Settling(end) => {
            (format!("ended ({end}); something that it started still runs"), "ends".to_owned())
        }
        Face::LinkLost(from) => {
            let lost = since(*from, now);
            (format!("unknown {lost}: the connection is lost; it may go on"), lost)
        }
        Face::Ok(Some(time)) => (format!("ok, {}", took(*time)), took(*time)),
        Face::Ok(None) => plain("ok", "ok"),
        Face::Edited(Some(time)) => {
            (format!("ok, {}; with a command that was edited", took(*time)), "edited".to_owned())
        }
        Face::Edited(None) => plain("ok; with a command that was edited", "edited"),
        Face::Failed(end) => (format!("FAILED, {end}"), "FAILED".to_owned()),
        Face::Refused => plain("FAILED: the host could not begin it", "FAILED"),
        Face::Unknown => plain("outcome unknown", "unknown"),
        Face::Stranded => plain("held: its host was excluded", "held"),
        Face::Skipped => plain("skipped by you", "skip"),
        Face::Fixed => plain("marked fixed by you", "fixed"),
        Face::Assumed => plain("taken as done by you", "taken"),
        Face::Excluded(before) => (excluded(*before), "excl".to_owned()),
        Face::NotWanted => {
            plain("not needed: its condition says that there is nothing to do", "none")
        }
        Face::Aborted => plain("will not run: the run was aborted before it", "never"),
        Face::Undoing => plain("being undone", "undo"),
        Face::Undone => plain("undone", "undone"),
        Face::NotUndone(end) => (format!("NOT undone: taking it back failed, {end}"), "NOT".into()),
    };
    Look { glyph, tone, word, short, long: longer(face).map(str::to_owned) }
}

/// A word for a column with more room.
fn longer(face: &Face) -> Option<&'static str> {
    let longer = [(Face::NotWanted, "not needed"), (Face::Aborted, "aborted")];
    if matches!(face, Face::NotUndone(_)) {
        return Some("NOT undone");
    }
    longer.iter().find(|(it, _)| it == face).map(|(_, long)| *long)
}

/// A step of a host that was left out.
fn excluded(before: Before) -> String {
    match before {
        Before::NotDone => "not done: the host was excluded".to_owned(),
        Before::Failed(end) => format!("FAILED, {end}; then the host was excluded"),
        Before::Refused => "FAILED: the host could not begin it; then it was excluded".to_owned(),
        Before::Unknown => "outcome unknown: it may have run when the host was excluded".to_owned(),
    }
}

fn plain(word: &str, short: &str) -> (String, String) {
    (word.to_owned(), short.to_owned())
}

fn mark(face: &Face, glyphs: &Glyphs, spun: &'static str) -> (&'static str, Tone) {
    match face {
        Face::Absent => (glyphs.absent, Tone::Dim),
        Face::Waiting => (glyphs.waiting, Tone::Dim),
        Face::Held | Face::Asks | Face::Stranded => (glyphs.held, Tone::Held),
        Face::Break => (glyphs.breakpoint, Tone::Held),
        Face::Prepared | Face::Running(_) | Face::Stopping(_) | Face::Settling(_) => {
            (spun, Tone::Running)
        }
        Face::LinkLost(_) | Face::Unknown | Face::Excluded(Before::Unknown) => {
            (glyphs.unknown, Tone::Unknown)
        }
        Face::Ok(_) | Face::Edited(_) | Face::Fixed | Face::Assumed => (glyphs.ok, Tone::Ok),
        Face::Failed(_)
        | Face::Refused
        | Face::NotUndone(_)
        | Face::Excluded(Before::Failed(_) | Before::Refused) => (glyphs.failed, Tone::Failed),
        Face::Skipped | Face::Excluded(Before::NotDone) | Face::NotWanted | Face::Aborted => {
            (glyphs.skipped, Tone::Dim)
        }
        Face::Undoing => (glyphs.undone, Tone::Running),
        Face::Undone => (glyphs.undone, Tone::Warn),
    }
}
