//! Steps that change what is served, and read it back.

use super::{
    BadInput, Layout,
    health::{self, Health},
    others,
    proof::pids_inside,
    sheet::json,
    steps::{name, named, shared},
};
use crate::model::{Piece, Record, SERVED_BEFORE, Text};

const NOTE: &str = include_str!("../sh/builtin/note.sh");
const SWITCH: &str = include_str!("../sh/builtin/switch.sh");

/// A change of what is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// What will be served.
    pub release: String,
    /// What is served when this is planned.
    pub before: Option<String>,
    /// What the previous link names when this is planned.
    pub previous: Option<String>,
    /// That it was published; its run names the temporary link.
    pub record: Record,
    /// Its run makes it; otherwise it was there before.
    pub made: bool,
    /// What is served before is rolled back: it is not to be offered again.
    pub bad: bool,
}

/// What `verify` reads back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// What should be served.
    pub release: String,
    /// The commit that it should hold, where it is known.
    pub revision: Option<String>,
    /// Commands that print processes; all of them should work in what is served.
    pub pids: Vec<Text>,
    /// What should answer.
    pub health: Vec<Health>,
}

/// Makes a release the served one. What is served is never missing: a link with a unique name is
/// renamed over the one that is there, and read back. A retry of one that had done it says so.
///
/// # Errors
/// A value that no script is written with.
pub fn publish(layout: &Layout, publish: &Publish) -> Result<Text, BadInput> {
    Ok(switching(layout, publish)?
        .word("record", &json(&publish.record)?)?
        .then(NOTE)
        .then(include_str!("../sh/builtin/publish.sh"))
        .text())
}

/// The undo of [`publish`]: what was served before is served again, or nothing, if that was so.
///
/// # Errors
/// A value that no script is written with.
pub fn unpublish(layout: &Layout, publish: &Publish) -> Result<Text, BadInput> {
    Ok(switching(layout, publish)?
        .word("earlier", publish.previous.as_deref().unwrap_or_default())?
        .then(include_str!("../sh/builtin/unpublish.sh"))
        .text())
}

fn switching(layout: &Layout, publish: &Publish) -> Result<super::sheet::Sheet, BadInput> {
    for release in publish.before.iter().chain(&publish.previous) {
        name(release)?;
    }
    let sheet = named(layout, &publish.release)?
        .word(SERVED_BEFORE, publish.before.as_deref().unwrap_or_default())?
        .word("run", &publish.record.run)?
        .then(SWITCH);
    others::told(sheet, publish)
}

/// Reads everything back that makes a release the served one; says all that is wrong, then fails.
///
/// # Errors
/// A value that no script is written with.
pub fn verify(layout: &Layout, verify: &Verify) -> Result<Text, BadInput> {
    let links = named(layout, &verify.release)?
        .word("revision", verify.revision.as_deref().unwrap_or_default())?
        .words(shared(layout))?
        .then(include_str!("../sh/builtin/verify.sh"));
    let mut pieces = links.text().0;
    // Each in a shell of its own, so that one that fails does not keep the others from being told.
    let mut each = |text: Text| {
        pieces.push(Piece::Literal("set +e\n(\nset -e\n".to_owned()));
        pieces.extend(text.0);
        pieces.push(Piece::Literal("\n)\n[ \"$?\" = 0 ] || wrong=1\nset -e\n".to_owned()));
    };
    for pids in &verify.pids {
        each(pids_inside(layout, pids)?);
    }
    for health in &verify.health {
        each(health::health(health)?);
    }
    pieces.push(Piece::Literal("[ \"$wrong\" = 0 ]\n".to_owned()));
    Ok(Text(pieces))
}
