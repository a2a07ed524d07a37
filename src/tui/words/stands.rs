//! How a step stands on all its hosts, and a host in all its steps: what matters most of it.

use std::collections::BTreeMap;

use super::{Linked, linked, look};
use crate::{
    model::HostId,
    tui::{
        state::{
            Model,
            face::{Before, Face},
            grid::Column,
        },
        styles::Tone,
    },
};

/// How much a state matters among others; what matters more is said first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    Done,
    Undone,
    NotNeeded,
    Aborted,
    Excluded,
    Skipped,
    Waiting,
    /// A host on its way: over what waits, below what is held.
    Connecting,
    Held,
    Running,
    Asks,
    LinkLost,
    Unknown,
    Failed,
    /// A host without which nothing can begin.
    Away,
}

impl Weight {
    /// Of a state.
    pub(crate) fn of(face: &Face) -> Self {
        match face {
            Face::Failed(_)
            | Face::Refused
            | Face::NotUndone(_)
            | Face::Excluded(Before::Failed(_) | Before::Refused) => Self::Failed,
            Face::Unknown | Face::Excluded(Before::Unknown) => Self::Unknown,
            Face::LinkLost(_) => Self::LinkLost,
            Face::Asks | Face::Stranded => Self::Asks,
            Face::Running(_)
            | Face::Stopping(_)
            | Face::Settling(_)
            | Face::Undoing
            | Face::Prepared => Self::Running,
            Face::Held | Face::Break => Self::Held,
            Face::Waiting => Self::Waiting,
            Face::Skipped => Self::Skipped,
            Face::Excluded(Before::NotDone) => Self::Excluded,
            Face::Aborted => Self::Aborted,
            Face::NotWanted => Self::NotNeeded,
            Face::Undone => Self::Undone,
            Face::Ok(_) | Face::Edited(_) | Face::Fixed | Face::Assumed | Face::Absent => {
                Self::Done
            }
        }
    }

    /// In a word or two, as it is said of several.
    fn word(self) -> &'static str {
        match self {
            Self::Away => "cannot be reached",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::LinkLost => "link lost",
            Self::Asks => "asks",
            Self::Running => "running",
            Self::Held => "held",
            Self::Connecting => "connecting",
            Self::Waiting => "waiting",
            Self::Skipped => "skipped by you",
            Self::Excluded => "host excluded",
            Self::Aborted => "never: aborted",
            Self::NotNeeded => "not needed",
            Self::Undone => "undone",
            Self::Done => "ok",
        }
    }
}

/// A state in a word or two, as it is said of several.
fn group(face: &Face) -> &'static str {
    if matches!(face, Face::NotUndone(_)) { "NOT undone" } else { Weight::of(face).word() }
}

/// The state that matters most; of none at all, that there is nothing to do.
pub(crate) fn worst(faces: &[Face]) -> Face {
    faces.iter().max_by_key(|face| Weight::of(face)).cloned().unwrap_or(Face::Absent)
}

/// How a step stands on all its hosts, in words.
pub(crate) fn step_stands(model: &Model, column: &Column) -> String {
    let faces: Vec<Face> = column.hosts().map(|host| model.face(column, host)).collect();
    together(&faces)
}

/// What all hosts together say: `ok 12s`, or `2 ok, 1 failed`.
pub(crate) fn together(faces: &[Face]) -> String {
    let mut counts: BTreeMap<(Weight, &'static str), usize> = BTreeMap::new();
    for face in faces {
        *counts.entry((Weight::of(face), group(face))).or_default() += 1;
    }
    let apart = apart(faces);
    if let [((_, word), all)] = counts.iter().collect::<Vec<_>>().as_slice() {
        let longest = faces.iter().filter_map(|face| {
            let (Face::Ok(took) | Face::Edited(took)) = face else { return None };
            *took
        });
        let took = longest.max().map_or_else(String::new, |took| format!(" {}", super::took(took)));
        return if **all == 1 || !took.is_empty() {
            format!("{word}{took}{apart}")
        } else {
            format!("{word}{apart}")
        };
    }
    let parts: Vec<String> =
        counts.iter().rev().map(|((_, word), count)| format!("{count} {word}")).collect();
    parts.join(", ") + &apart
}

/// What is done, and not as it was planned: `, edited`, or `, 1 fixed by you` of several.
fn apart(faces: &[Face]) -> String {
    let count = |what: fn(&Face) -> bool| faces.iter().filter(|face| what(face)).count();
    let kinds = [
        (count(|face| matches!(face, Face::Edited(_))), "edited"),
        (count(|face| *face == Face::Fixed), "fixed by you"),
        (count(|face| *face == Face::Assumed), "taken as done"),
    ];
    let said = kinds.iter().filter(|(some, _)| *some > 0).map(|(some, what)| match some {
        all if *all == faces.len() => format!(", {what}"),
        some => format!(", {some} {what}"),
    });
    said.collect()
}

/// How a host is, by its worst step or by its connection: its weight, its word, its look.
pub(crate) fn host_stands(model: &Model, host: HostId) -> (Weight, &'static str, Tone) {
    let worst = in_steps(model, host);
    match linked(model, host) {
        Linked { tone, news: Some(weight), .. } if weight > worst.0 => {
            (weight, weight.word(), tone)
        }
        Linked { .. } => worst,
    }
}

/// What matters most of the steps of a host: its weight, its word, its look.
fn in_steps(model: &Model, host: HostId) -> (Weight, &'static str, Tone) {
    let faces = model.grid.columns.iter().map(|column| model.face(column, host));
    let faces: Vec<Face> = faces.filter(|face| *face != Face::Absent).collect();
    let worst = worst(&faces);
    let begun = faces.iter().any(|face| Weight::of(face) == Weight::Done);
    let weight = Weight::of(&worst);
    let word = if weight == Weight::Aborted && begun { "under way" } else { group(&worst) };
    (weight, word, look(&worst, model.glyphs(), model.now).tone)
}
