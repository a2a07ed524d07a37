//! What a question about a schema change keeps back: what is undone once it is answered.

use std::collections::BTreeSet;

use crate::{
    model::{Changes, Gate, Kind, MAINTENANCE_KEPT, MAINTENANCE_OFF, Node, Origin},
    run::{Cause, Cell, Hold, Run},
};

/// Taking the maintenance page down, among what undoing a run does.
const OPENS: &str = "take the maintenance page down";

/// The same where a person raised it.
const KEEPS: &str = "leave the maintenance page up (raised by hand)";

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
        let name = named(&cell.node);
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
            (true, false) => "VISITORS then get the code that is served now, on that schema.",
            (true, true) => {
                "VISITORS then get the code that is served now, and then OLDER code, on that schema."
            }
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
        let does = match self.names.first() {
            _ if self.opens() && self.names.len() > 1 => "takes the page DOWN".to_owned(),
            _ if self.opens() => "takes the maintenance page DOWN".to_owned(),
            Some(first) => format!("goes on with {first}"),
            None => "goes on with the undo".to_owned(),
        };
        match self.names.len() {
            0 | 1 => does,
            some => format!("{does}, {} more", some - 1),
        }
    }

    /// All of what is done, and what then.
    pub(crate) fn in_full(&self) -> String {
        let what = if self.names.is_empty() { "nothing".to_owned() } else { self.names.join(", ") };
        let then = if self.asks_again { "then asks again" } else { "then the undo is over" };
        format!("{what}; {then}")
    }
}

/// What is still to be undone of a run, each step once.
pub(crate) fn left_to_undo(run: &Run) -> Vec<String> {
    let mut names = Vec::new();
    for node in run.left_to_take_back() {
        let name = named(&node);
        if matches!(node.kind, Kind::Act(_)) && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// What a node of an undo does, by the name of its step; what the page becomes, by that.
pub(crate) fn named(node: &Node) -> String {
    if node.key.step.as_str() != MAINTENANCE_OFF {
        return node.key.to_string();
    }
    let kept = |text: &str| text.contains(MAINTENANCE_KEPT);
    let command = node.kind.command().map(|command| command.run.to_string());
    if command.is_some_and(|text| kept(&text)) { KEEPS } else { OPENS }.to_owned()
}

/// Whether this takes back a change of what is served.
fn serves(run: &Run, cell: &Cell) -> bool {
    let Origin::UndoOf(of) = cell.node.origin else { return false };
    match run.cell(of).map(|cell| &cell.node.kind) {
        Some(Kind::Act(act)) => act.changes == Changes::Served,
        Some(Kind::Ask(_) | Kind::Gate(_)) | None => false,
    }
}
