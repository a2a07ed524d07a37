//! The lock of a stage on one host: taken, taken over, given back, each by one short act.

use super::{
    BadInput, Unreadable,
    answer::{facts, fields},
    sheet::{Sheet, is_run, json},
};
use crate::model::Lock;

const LOCK: &str = include_str!("../sh/builtin/lock.sh");

/// What became of an act on the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Locked {
    /// It is ours.
    Ours,
    /// Nobody holds it.
    Free,
    /// Someone else holds it.
    Other(Lock),
    /// Something that cannot be read lies where it lies.
    Strange(String),
    /// It could not be done; the host's words.
    Failed(String),
}

/// Takes the lock, if nobody has it. Who asks again finds his own.
///
/// # Errors
/// A value that no script is written with.
pub fn lock(state_dir: &str, lock: &Lock) -> Result<String, BadInput> {
    Ok(act(state_dir, &lock.run)?
        .word("text", &json(lock)?)?
        .then(LOCK)
        .then(include_str!("../sh/builtin/lock_take.sh"))
        .string())
}

/// Takes the lock away from the run that was seen to hold it, and from no other. Both locks are
/// written into `locks.jsonl` before.
///
/// # Errors
/// A value that no script is written with.
pub fn take_over(state_dir: &str, new: &Lock, old_run: &str) -> Result<String, BadInput> {
    is_run(old_run)?;
    Ok(act(state_dir, &new.run)?
        .word("text", &json(new)?)?
        .word("old", old_run)?
        .then(LOCK)
        .then(include_str!("../sh/builtin/lock_over.sh"))
        .string())
}

/// Gives the lock back, if it still is this run's.
///
/// # Errors
/// A value that no script is written with.
pub fn unlock(state_dir: &str, run: &str) -> Result<String, BadInput> {
    let sheet = act(state_dir, run)?.then(LOCK);
    Ok(sheet.then(include_str!("../sh/builtin/lock_free.sh")).string())
}

/// Reads who has the lock; nothing is changed.
///
/// # Errors
/// A value that no script is written with.
pub fn holder(state_dir: &str) -> Result<String, BadInput> {
    let sheet = Sheet::new().path("state", state_dir)?;
    let sheet = sheet.then(include_str!("../sh/builtin/fields.sh")).then(LOCK);
    Ok(sheet.then(include_str!("../sh/builtin/lock_seen.sh")).string())
}

fn act(state_dir: &str, run: &str) -> Result<Sheet, BadInput> {
    is_run(run)?;
    let sheet = Sheet::new().path("state", state_dir)?.word("run", run)?;
    Ok(sheet.then(include_str!("../sh/builtin/fields.sh")))
}

/// Whether [`lock`] found the lock taken already by whoever asked, and did not take it just now.
///
/// # Errors
/// When it is not such an answer.
pub fn was_ours(lines: &[impl AsRef<str>]) -> Result<bool, Unreadable> {
    Ok(facts("lock 1", lines)?.first() == Some(&"ours"))
}

/// Reads what an act on the lock answered.
///
/// # Errors
/// When it is not such an answer.
pub fn locked(lines: &[impl AsRef<str>]) -> Result<Locked, Unreadable> {
    let facts = facts("lock 1", lines)?;
    let answer = facts.first().and_then(|line| fields(line));
    let Some((word, fields)) = answer else { return Err(Unreadable::new("it says nothing")) };
    Ok(match (word, fields.as_slice()) {
        ("ours", [] | [_]) => Locked::Ours,
        ("free", []) => Locked::Free,
        ("failed", [why]) => Locked::Failed(why.clone()),
        ("held", [text]) => match serde_json::from_str(text) {
            Ok(lock) => Locked::Other(lock),
            Err(_no_lock) => Locked::Strange(text.clone()),
        },
        _ => return Err(Unreadable::new(facts.join("; "))),
    })
}
