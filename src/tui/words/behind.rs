//! What a question about a schema change keeps back: what is undone once it is answered.

use std::collections::BTreeSet;

use crate::{
    model::{Changes, Gate, Kind, MAINTENANCE_OFF, Node, Origin},
    run::{Cause, Cell, Hold, Run},
};

/// Taking the maintenance page down, among what undoing a run does.
const OPENS: &str = "take the maintenance page down";

/// What goes on behind an answered question about a schema change.
pub(crate) struct Behind {
    /// What is done, in that order.
    pub(crate) acts: Vec<Node>,
    /// It is asked again before what comes after that.
    asks_again: bool,
    /// What is served becomes another release by it.
    serves: bool,
    /// Each step once.
    names: Vec<String>,
}

impl Behind {
    /// What lies between this question and the next one like it; `None`: it is another question.
    pub(crate) fn of(run: &Run, hold: &Hold) -> Option<Self> {
        if hold.cause != Cause::Schema {
            return None;
        }
        let mut found =
            Self { acts: Vec::new(), asks_again: false, serves: false, names: Vec::new() };
        let mut reached = BTreeSet::from([hold.on]);
        // What is done later is laid out later, so that one look in order finds all.
        for (id, cell) in run.ids() {
            if !cell.node.needs.iter().any(|need| reached.contains(need)) {
                continue;
            }
            if matches!(cell.node.kind, Kind::Gate(Gate::Schema(_))) {
                found.asks_again = true;
                continue;
            }
            reached.insert(id);
            let ahead = cell.state.is_ahead() && !run.given_up(cell);
            if ahead && matches!(cell.node.kind, Kind::Act(_)) {
                found.put(cell);
                found.serves |= serves(run, cell);
            }
        }
        Some(found)
    }

    fn put(&mut self, cell: &Cell) {
        self.acts.push(cell.node.clone());
        let opens = cell.node.key.step.as_str() == MAINTENANCE_OFF;
        let name = if opens { OPENS.to_owned() } else { cell.node.key.to_string() };
        if !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    /// Whether it lets visitors in again.
    pub(crate) fn opens(&self) -> bool {
        self.names.iter().any(|name| name == OPENS)
    }

    /// What comes of it for visitors.
    pub(crate) fn for_visitors(&self) -> &'static str {
        match (self.opens(), self.serves) {
            (true, _) => "VISITORS then get the code that is served now, on that schema.",
            (false, true) => "Then OLDER code is served again, on that schema.",
            (false, false) => "What visitors get is not changed by that.",
        }
    }

    /// What it is asked before, in a few words.
    pub(crate) fn asked_before(&self) -> &str {
        match self.names.first() {
            _ if self.opens() => "the maintenance page goes down",
            Some(first) => first,
            None => "the undo goes on",
        }
    }

    /// What is done, in a few words.
    pub(crate) fn in_short(&self) -> String {
        match (self.names.split_first(), self.opens()) {
            (_, true) => "takes the maintenance page DOWN".to_owned(),
            (Some((first, [])), _) => format!("goes on with {first}"),
            (Some((first, more)), _) => format!("goes on with {first}, {} more", more.len()),
            (None, _) => "goes on with the undo".to_owned(),
        }
    }

    /// All of what is done, and what then.
    pub(crate) fn in_full(&self) -> String {
        let what = if self.names.is_empty() { "nothing".to_owned() } else { self.names.join(", ") };
        let then = if self.asks_again { "then asks again" } else { "then the undo is over" };
        format!("{what}; {then}")
    }
}

/// Whether this takes back a change of what is served.
fn serves(run: &Run, cell: &Cell) -> bool {
    let Origin::UndoOf(of) = cell.node.origin else { return false };
    match run.cell(of).map(|cell| &cell.node.kind) {
        Some(Kind::Act(act)) => act.changes == Changes::Served,
        Some(Kind::Ask(_) | Kind::Gate(_)) | None => false,
    }
}
