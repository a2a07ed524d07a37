//! Words and values that several listings have in common.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    model::{Lock, Maintenance, Raised, ReleaseVerdict, Served},
    text::escape,
};

const REVISION_CHARS: usize = 12;
const MINUTE_SECS: i64 = 60;
const HOUR_SECS: i64 = 60 * MINUTE_SECS;
const DAY_SECS: i64 = 24 * HOUR_SECS;

/// A verdict, as everywhere.
pub(super) fn verdict(verdict: ReleaseVerdict) -> &'static str {
    match verdict {
        ReleaseVerdict::Good => "good",
        ReleaseVerdict::Failed => "failed",
        ReleaseVerdict::Unfinished => "unfinished",
        ReleaseVerdict::Bad => "bad",
        ReleaseVerdict::Unknown => "unknown",
    }
}

/// A commit, short; nothing where it is not known.
pub(super) fn revision(revision: Option<&str>) -> String {
    let short: String = revision.unwrap_or_default().chars().take(REVISION_CHARS).collect();
    escape(&short)
}

/// How long ago something was.
pub(super) fn age(at: Timestamp, now: Timestamp) -> String {
    let secs = now.duration_since(at).as_secs().max(0);
    match secs {
        ..MINUTE_SECS => format!("{secs}s"),
        MINUTE_SECS..HOUR_SECS => format!("{}m", secs / MINUTE_SECS),
        HOUR_SECS..DAY_SECS => {
            format!("{}h{:02}m", secs / HOUR_SECS, secs % HOUR_SECS / MINUTE_SECS)
        }
        DAY_SECS.. => format!("{}d{:02}h", secs / DAY_SECS, secs % DAY_SECS / HOUR_SECS),
    }
}

/// Why nothing that is a release is served; `None`: one is, or nothing was ever released.
pub(super) fn unserved(served: &Served) -> Option<String> {
    match served {
        Served::Nothing | Served::Release(_) => None,
        Served::Dangling(to) => Some(format!("current leads to {to}, which is not there")),
        Served::Outside(to) => Some(format!("current leads to {to}, out of the releases")),
        Served::Loop(to) => Some(format!("current leads to itself ({to})")),
        Served::NotALink => Some("current is no link, but a real file or directory".to_owned()),
    }
}

/// Who has the stage, as one line.
pub(super) fn held(lock: &Lock) -> String {
    let Lock { run, by, at, purpose } = lock;
    escape(&format!("locked by {by} since {at:.0} for {purpose} (run {run})"))
}

/// Who put the page up, as one line.
pub(super) fn raised(raised: &Raised) -> String {
    let Raised { run, by, since, reason, until } = raised;
    let why = reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let until = until.map(|until| format!(", until about {until:.0}")).unwrap_or_default();
    escape(&format!("put up by {by} at {since:.0} (run {run}){until}{why}"))
}

/// What visitors get, in the word of the documents.
pub(super) fn maintenance(seen: Option<&Maintenance>) -> &'static str {
    match seen {
        Some(Maintenance::On(_)) => "on",
        Some(Maintenance::Off(_)) => "off",
        Some(Maintenance::Unknown(_)) | None => "unknown",
    }
}

/// What visitors get, for people.
pub(super) fn visitors(seen: Option<&Maintenance>) -> String {
    match seen {
        Some(Maintenance::On(odd)) if odd.is_empty() => "visitors get the page".to_owned(),
        Some(Maintenance::On(odd)) => format!("visitors get the page, but {}", odd.join("; ")),
        Some(Maintenance::Off(status)) => {
            format!("visitors get the application (status {status})")
        }
        Some(Maintenance::Unknown(why)) => {
            format!("what visitors get is not known: {}", escape(why))
        }
        None => "what visitors get is not asked: [maintenance] has no probe".to_owned(),
    }
}

/// How many visitors were turned away, where that is counted.
pub(super) fn hits(counted: Option<&Result<String, String>>) -> Option<String> {
    Some(match counted? {
        Ok(count) => format!("{} visitors were turned away", escape(count)),
        Err(why) => format!("how many visitors were turned away is not known: {}", escape(why)),
    })
}

/// A lock in a document.
pub(super) fn lock_value(lock: &Lock) -> Value {
    let Lock { run, by, at, purpose } = lock;
    json!({ "run": run, "by": by, "at": at.to_string(), "purpose": purpose })
}

/// Who put the page up, in a document.
pub(super) fn raised_value(raised: &Raised) -> Value {
    let Raised { run, by, since, reason, until } = raised;
    let until = until.map(|until| until.to_string());
    json!({ "run": run, "by": by, "since": since.to_string(), "reason": reason, "until": until })
}
