//! What a question about a schema change keeps back: what is undone once it is answered.

use std::collections::BTreeSet;

use super::hosts;
use crate::{
    model::{Changes, Gate, Kind, MAINTENANCE_KEPT, MAINTENANCE_OFF, Node, Origin, SERVED_BEFORE},
    run::{Cause, Cell, Hold, Run, State},
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
    /// Hosts that serve an older release again by it.
    older: Vec<String>,
    /// Hosts that serve nothing by it: nothing was served there before.
    nothing: Vec<String>,
    /// Hosts that serve nothing since that was taken back, and those that serve something again.
    back: (Vec<String>, bool),
    /// Hosts that were left out, and keep what the run made them serve.
    kept: Vec<String>,
    /// Each step once.
    names: Vec<String>,
}

impl Behind {
    /// What lies between this question and the next one like it; `None`: it is another question.
    pub(crate) fn of(run: &Run, hold: &Hold) -> Option<Self> {
        if hold.cause != Cause::Schema {
            return None;
        }
        let mut found = Self {
            acts: Vec::new(),
            asks_again: false,
            older: Vec::new(),
            nothing: Vec::new(),
            back: (Vec::new(), false),
            kept: keep_the_new(run),
            names: Vec::new(),
        };
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
                if serves(run, cell) {
                    let hosts =
                        if to_nothing(&cell.node) { &mut found.nothing } else { &mut found.older };
                    hosts.extend(host_of(run, cell));
                }
            }
        }
        let done = run.ids().filter(|(_, cell)| matches!(cell.state, State::Ok(_)));
        for (_, cell) in done.filter(|(_, cell)| serves(run, cell)) {
            match to_nothing(&cell.node) {
                true => found.back.0.extend(host_of(run, cell)),
                false => found.back.1 = true,
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

    /// What comes of it for visitors, in sentences.
    pub(crate) fn for_visitors(&self) -> Vec<String> {
        let serves = !self.older.is_empty() || !self.nothing.is_empty();
        let (empty, others) = &self.back;
        let first = match (self.opens(), serves) {
            (true, false) if !empty.is_empty() && !others && self.kept.is_empty() => {
                "VISITORS then get NO application: nothing is served.".to_owned()
            }
            (true, false) if !empty.is_empty() => format!(
                "VISITORS then get the code that is served now, on that schema; NOTHING is served on {}.",
                hosts(empty)
            ),
            (true, false) => {
                "VISITORS then get the code that is served now, on that schema.".to_owned()
            }
            (true, true) if self.nothing.is_empty() => {
                "VISITORS then get the code that is served now, and then OLDER code, on that schema."
                    .to_owned()
            }
            (true, true) => format!(
                "VISITORS then get the code that is served now, on that schema, and then {}.",
                self.then()
            ),
            (false, true) => format!("Then {}.", self.then()),
            (false, false) => "What visitors get is not changed by that.".to_owned(),
        };
        let goes_back = self.opens() || serves;
        let kept = keeps(&self.kept).filter(|_| goes_back);
        let older = !serves || !self.older.is_empty();
        let older = older && (empty.is_empty() || *others || !self.older.is_empty());
        let mind = older.then(|| "Older code may not fit the new schema.".to_owned());
        std::iter::once(first).chain(kept).chain(mind).collect()
    }

    /// What is served when that is taken back.
    fn then(&self) -> String {
        match (self.older.is_empty(), self.nothing.is_empty()) {
            (_, true) => "OLDER code is served again, on that schema".to_owned(),
            (true, false) => "NOTHING is served: nothing was before".to_owned(),
            (false, false) => format!(
                "OLDER code is served again on {}, on that schema, and NOTHING on {}: nothing was before",
                hosts(&self.older),
                hosts(&self.nothing)
            ),
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

/// What is served once a run is taken back, where that is not just older code.
pub(crate) fn undone_serves(run: &Run) -> Vec<String> {
    let nodes = run.left_to_take_back();
    let empty = |node: &&Node| takes_back_serving(run, node) && to_nothing(node);
    let names = nodes.iter().filter(empty).filter_map(|node| name_of(run, node));
    let names: Vec<String> = names.collect();
    let nothing = (!names.is_empty())
        .then(|| format!("Then NOTHING is served on {}: nothing was before.", hosts(&names)));
    nothing.into_iter().chain(keeps(&keep_the_new(run))).collect()
}

/// That hosts which were left out go on with the new code.
fn keeps(names: &[String]) -> Option<String> {
    let keep = if names.len() == 1 { "KEEPS" } else { "KEEP" };
    let were = if names.len() == 1 { "was" } else { "were" };
    let names = (!names.is_empty()).then(|| hosts(names))?;
    Some(format!("{names} {were} left out, and {keep} the new code."))
}

/// Hosts that were left out after the run made them serve something else.
fn keep_the_new(run: &Run) -> Vec<String> {
    let serving = |cell: &Cell| {
        let Kind::Act(act) = &cell.node.kind else { return false };
        let out = cell.node.host.is_some_and(|host| !run.takes_part(host));
        out && act.changes == Changes::Served && matches!(cell.state, State::Ok(_))
    };
    let cells = run.ids().filter(|(_, cell)| serving(cell));
    let mut names: Vec<String> = cells.filter_map(|(_, cell)| host_of(run, cell)).collect();
    names.dedup();
    names
}

fn host_of(run: &Run, cell: &Cell) -> Option<String> {
    name_of(run, &cell.node)
}

fn name_of(run: &Run, node: &Node) -> Option<String> {
    Some(run.plan.host(node.host?)?.name.clone())
}

/// Whether taking a change of what is served back leaves nothing served, as it was before.
fn to_nothing(node: &Node) -> bool {
    let command = node.kind.command().map(|command| command.run.to_string()).unwrap_or_default();
    let nothing = format!("{SERVED_BEFORE}=''");
    command.lines().any(|line| line == nothing)
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
pub(super) fn serves(run: &Run, cell: &Cell) -> bool {
    takes_back_serving(run, &cell.node)
}

fn takes_back_serving(run: &Run, node: &Node) -> bool {
    let Origin::UndoOf(of) = node.origin else { return false };
    match run.cell(of).map(|cell| &cell.node.kind) {
        Some(Kind::Act(act)) => act.changes == Changes::Served,
        Some(Kind::Ask(_) | Kind::Gate(_)) | None => false,
    }
}
