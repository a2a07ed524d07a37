//! One more record of a release, outside of any step.

use super::{
    BadInput, Unreadable,
    answer::{facts, fields},
    sheet::{Sheet, json},
};
use crate::model::Record;

/// Appends a record, read back; a line that was torn before does not take it along.
///
/// # Errors
/// A value that no script is written with.
pub fn record(state_dir: &str, record: &Record) -> Result<String, BadInput> {
    Ok(Sheet::new()
        .path("state", state_dir)?
        .word("record", &json(record)?)?
        .then(include_str!("../sh/builtin/fields.sh"))
        .then(include_str!("../sh/builtin/note.sh"))
        .then(include_str!("../sh/builtin/record.sh"))
        .string())
}

/// Reads what [`record`] answered: nothing, or why it could not be written.
///
/// # Errors
/// When it is not such an answer.
pub fn recorded(lines: &[impl AsRef<str>]) -> Result<Result<(), String>, Unreadable> {
    let facts = facts("record 1", lines)?;
    match facts.first().and_then(|line| fields(line)) {
        Some(("written", fields)) => match fields.as_slice() {
            [why] if why.is_empty() => Ok(Ok(())),
            why => Ok(Err(why.join(" "))),
        },
        Some(_) | None => Err(Unreadable::new(facts.join("; "))),
    }
}
