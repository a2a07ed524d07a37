//! The maintenance page on one host: raised and lowered, each by one short act.

use jiff::Timestamp;

use super::layout::absolute;
use super::{
    BadInput, Unreadable,
    answer::{facts, fields},
    sheet::{Sheet, is_run, json},
};
use crate::{
    model::{MAINTENANCE_KEPT, Raised, Text},
    script::quote::quote,
};

const PAGE: &str = include_str!("../sh/builtin/page.sh");

/// What became of an act on the maintenance page. Whether visitors see it is for a probe to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maintained {
    /// The page lies there, and is this run's.
    On,
    /// There is no page.
    Off,
    /// Someone else raised it; nothing was changed.
    Other(Raised),
    /// A page lies there, and nobody says who raised it; nothing was changed.
    Foreign,
    /// What says who raised it cannot be read; nothing was changed.
    Strange(String),
    /// It could not be done; the host's words.
    Failed(String),
}

/// Puts the page where the web server looks for it, readable by everybody; before it, who raised it.
/// `left`: a run that is over and had it up, in whose place it is raised; of any other it is kept.
///
/// # Errors
/// A value that no script is written with.
pub fn maintenance_on(
    state_dir: &str,
    path: &str,
    (page, raised): (&str, &Raised),
    left: Option<&str>,
) -> Result<String, BadInput> {
    Ok(putting(state_dir, path, (page, raised), left)?
        .then(include_str!("../sh/builtin/page_on.sh"))
        .string())
}

/// With what a page is put up by.
fn putting(
    state_dir: &str,
    path: &str,
    (page, raised): (&str, &Raised),
    left: Option<&str>,
) -> Result<Sheet, BadInput> {
    is_run(&raised.run)?;
    left.map_or(Ok(()), is_run)?;
    Ok(about(state_dir, path)?
        .word("run", &raised.run)?
        .word("left", left.unwrap_or_default())?
        .word("text", &json(raised)?)?
        .word("content", page)?
        .then(PAGE))
}

/// A time as people write it: `22 November 2026, 14:30 UTC`.
#[must_use]
pub fn day_and_time(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// Removes the page, then what says who raised it; `run`: only if that one raised it, `None`: whoever.
///
/// # Errors
/// A value that no script is written with.
pub fn maintenance_off(state_dir: &str, path: &str, run: Option<&str>) -> Result<String, BadInput> {
    run.map_or(Ok(()), is_run)?;
    Ok(about(state_dir, path)?
        .word("run", run.unwrap_or_default())?
        .word("force", if run.is_none() { "yes" } else { "" })?
        .then(PAGE)
        .then(include_str!("../sh/builtin/page_off.sh"))
        .string())
}

fn about(state_dir: &str, path: &str) -> Result<Sheet, BadInput> {
    let sheet = Sheet::new().path("state", state_dir)?.path("page", path)?;
    Ok(sheet.then(include_str!("../sh/builtin/fields.sh")))
}

/// Reads what an act on the maintenance page answered.
///
/// # Errors
/// When it is not such an answer.
pub fn maintained(lines: &[impl AsRef<str>]) -> Result<Maintained, Unreadable> {
    let facts = facts("maintenance 1", lines)?;
    let answer = facts.first().and_then(|line| fields(line));
    let Some((word, fields)) = answer else { return Err(Unreadable::new("it says nothing")) };
    Ok(match (word, fields.as_slice()) {
        ("on", []) => Maintained::On,
        ("off", []) => Maintained::Off,
        ("foreign", []) => Maintained::Foreign,
        ("failed", [why]) => Maintained::Failed(why.clone()),
        ("other", [text]) => match serde_json::from_str(text) {
            Ok(raised) => Maintained::Other(raised),
            Err(_no_state) => Maintained::Strange(text.clone()),
        },
        _ => return Err(Unreadable::new(facts.join("; "))),
    })
}

/// Puts the page up as a step: it fails where the page is not there afterwards. It is planned long before:
/// the time of it, in what is recorded and on the page, is the one on the host when it goes up, in UTC.
///
/// # Errors
/// A value that no script is written with.
pub fn raise(
    state_dir: &str,
    path: &str,
    (page, raised): (&str, &Raised),
    left: Option<&str>,
) -> Result<Text, BadInput> {
    let act = putting(state_dir, path, (page, raised), left)?
        .word("since", &raised.since.to_string())?
        .word("since_day", &day_and_time(raised.since))?
        .then(include_str!("../sh/builtin/page_since.sh"))
        .then(include_str!("../sh/builtin/page_on.sh"));
    Ok(as_step(&act.string(), "on"))
}

/// The same under a page that a person has up already, and since when that was.
///
/// # Errors
/// A value that no script is written with.
pub fn raise_again(state_dir: &str, path: &str, page: (&str, &Raised)) -> Result<Text, BadInput> {
    Ok(as_step(&maintenance_on(state_dir, path, page, None)?, "on"))
}

/// Takes the page of this run down as a step: it fails where a page is left.
///
/// # Errors
/// A value that no script is written with.
pub fn lower(state_dir: &str, path: &str, run: &str) -> Result<Text, BadInput> {
    Ok(as_step(&maintenance_off(state_dir, path, Some(run))?, "off"))
}

/// In place of [`lower`] where a person raised the page: it is said, and nothing is changed.
///
/// # Errors
/// A value that no script is written with.
pub fn kept_up(path: &str, raised: &Raised) -> Result<Text, BadInput> {
    absolute(path)?;
    let words = format!(
        "{MAINTENANCE_KEPT}: {} raised it by hand at {} (deployui maintenance off takes it down)",
        raised.by, raised.since
    );
    Ok(Text::literal(format!("printf '%s\\n' {}\n", quote(&words)?)))
}

/// An act whose answer decides how a step ends.
fn as_step(act: &str, wanted: &str) -> Text {
    Text::literal(format!(
        "deployui_said=$(\n{act}\n)\ncase \"\n$deployui_said\n\" in *'\n{wanted}\n'*)\n\
         echo 'the maintenance page is {wanted}' ;;\n*)\n\
         printf '%s\\n' \"$deployui_said\" >&2\nexit 1 ;;\nesac\n"
    ))
}
