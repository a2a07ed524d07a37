//! The graph of a run: what is done on which host, and what waits for what. A plan is a first graph;
//! facts make it grow (items, undo, followers, another host for a `once` step), never shrink.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Command, HostId, NodeId, ScopeId, StepName};

/// What a node is called: the step it belongs to and which part of it. Unique per host in a run,
/// and the name of its boxes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The step in the recipe.
    pub step: StepName,
    /// Which part of the step.
    pub part: Part,
}

/// The parts that a step can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The step itself.
    Main,
    /// The same step where a pipeline names it once more, or where it moved to another host:
    /// 2, 3, …
    Again(u16),
    /// The opening gate of a step.
    Gate(u16),
    /// The question that lists the items still to do; asked anew before each item, from 1.
    List(u16),
    /// The question whether the step is wanted; numbered, since a pipeline may name it twice.
    When(u16),
    /// One item, in the order in which it was met, from 1.
    Item {
        /// Position, from 1.
        index: u16,
        /// The line as the host listed it.
        line: String,
    },
    /// The compensation of another part, numbered in the order of growth.
    Undo(u16),
    /// A run of this step because it follows another, numbered in the order of growth.
    Follow(u16),
    /// The closing action of a scope, done because the run is undone.
    Leave(u16),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = &self.step;
        match &self.part {
            Part::Main | Part::Gate(_) => write!(f, "{step}"),
            Part::Again(n) => write!(f, "{step} ({n})"),
            Part::List(_) => write!(f, "{step}: list"),
            Part::When(_) => write!(f, "{step}: when"),
            Part::Item { line, .. } => write!(f, "{step}: {line}"),
            Part::Undo(_) => write!(f, "undo {step}"),
            Part::Follow(_) => write!(f, "{step} (follows)"),
            Part::Leave(_) => write!(f, "leave {step}"),
        }
    }
}

/// One node of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Its name.
    pub key: Key,
    /// Where it is done; gates are nowhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub host: Option<HostId>,
    /// What must be done before it. Later facts can add to this.
    pub needs: Vec<NodeId>,
    /// What it is.
    pub kind: Kind,
    /// Why it is there.
    pub origin: Origin,
}

impl Node {
    /// Whether a run that is paused stops here, and one that goes step by step begins a step: at barriers,
    /// and where a scope is left to take it back, since visitors see that.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        match &self.kind {
            Kind::Gate(Gate::Barrier) => true,
            Kind::Gate(Gate::Leave(_)) => self.origin.takes_back(),
            Kind::Gate(
                Gate::Join
                | Gate::Enter(_)
                | Gate::Batch { .. }
                | Gate::Confirm(_)
                | Gate::Schema(_)
                | Gate::Until(_),
            )
            | Kind::Act(_)
            | Kind::Ask(_) => false,
        }
    }
}

/// Why a node is in the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The plan had it.
    Plan,
    /// An item of the step that this listing belongs to.
    ItemOf(NodeId),
    /// The compensation of that node.
    UndoOf(NodeId),
    /// Runs because that node changed what is served.
    FollowerOf(NodeId),
    /// Leaves a scope because the run is undone: in the place of that closing action of the plan,
    /// or (a gate) the scope that this gate entered.
    LeaveOf(NodeId),
    /// Takes the place of that `once` node, whose host was excluded.
    InsteadOf(NodeId),
}

impl Origin {
    /// Whether the node is there to take something back: such a node may fail without stopping
    /// the others.
    #[must_use]
    pub fn takes_back(self) -> bool {
        match self {
            Self::UndoOf(_) | Self::FollowerOf(_) | Self::LeaveOf(_) => true,
            Self::Plan | Self::ItemOf(_) | Self::InsteadOf(_) => false,
        }
    }
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Something done on a host.
    Act(Box<Act>),
    /// Something asked of a host; the answer grows or prunes the graph.
    Ask(Box<Ask>),
    /// A place where many wait for many. All waiting is here.
    Gate(Gate),
}

impl Kind {
    /// What is run for it; gates run nothing.
    #[must_use]
    pub fn command(&self) -> Option<&Command> {
        match self {
            Self::Act(act) => Some(&act.command),
            Self::Ask(ask) => Some(&ask.command),
            Self::Gate(_) => None,
        }
    }
}

/// How an attempt is kept on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxMode {
    /// Under its own supervisor and session: outlives connection and agent.
    Detached,
    /// Done by the agent itself: for short built-in actions.
    Inline,
}

/// What an action changes beyond files of its own release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changes {
    /// Nothing that visitors or other releases see.
    #[default]
    Nothing,
    /// The database schema: once begun, nothing is reverted without being asked.
    Schema,
    /// Which release is served.
    Served,
}

/// Something done on a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// What is run.
    pub command: Command,
    /// Its compensation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undo: Option<Command>,
    /// What it changes.
    #[serde(default)]
    pub changes: Changes,
    /// How its box is kept.
    pub mode: BoxMode,
    /// After this long TERM is sent, and KILL 10 s later. `None`: late is shown, never killed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<Duration>,
    /// How often a failure is tried again without asking; 0 for a schema change.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub retry: u16,
    /// A `once` action: where else it could be done, in stage order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub elsewhere: Vec<Elsewhere>,
}

/// A `once` action as it would be done on another host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Where.
    pub host: HostId,
    /// What is run there.
    pub command: Command,
    /// Its compensation.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undo: Option<Command>,
    /// Asks there whether it is wanted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub when: Option<Command>,
}

fn is_zero(n: &u16) -> bool {
    *n == 0
}

/// Something asked of a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// What is run to find out.
    pub command: Command,
    /// What the answer decides.
    pub query: Query,
}

/// What the answer to an [`Ask`] decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Query {
    /// Exit status 0: wanted. 1: these nodes are not. Anything else is a failure.
    When(Vec<NodeId>),
    /// Lines of items. The first that was not met yet is done, then the list is read again.
    Items(Box<Items>),
}

/// How an item is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Items {
    /// A regular expression; named groups become `item.NAME`. Lines that do not match are not items.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pattern: Option<String>,
    /// What is done for one item; its command has the holes `item` and `item.NAME`.
    pub each: Act,
    /// The gate that waits for all items.
    pub close: NodeId,
}

/// A place where nodes wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// Before a step: pause, stepping and breakpoints act here.
    Barrier,
    /// Joins without stopping anybody.
    Join,
    /// Opens a scope.
    Enter(ScopeId),
    /// Ends a scope: the actions behind it, with nothing but joins in between, close it.
    Leave(ScopeId),
    /// Before the next batch: asks when more hosts than this were excluded.
    Batch {
        /// Hosts that may be missing without a question.
        max_failed: u16,
    },
    /// Asks before going on.
    Confirm(String),
    /// Asks before anything behind a schema change is taken back.
    Schema(NodeId),
    /// Opens this long after everything before it was done.
    Until(Duration),
}

impl Key {
    /// The name of the box of one attempt: `<step>[.<part>].<attempt>`. An item is named by its
    /// position and the first eight hexadecimal digits of its line's SHA-256, since a line may hold
    /// what a file name cannot.
    #[must_use]
    pub fn box_name(&self, attempt: u16) -> String {
        let step = &self.step;
        match &self.part {
            Part::Main => format!("{step}.{attempt}"),
            Part::Again(n) => format!("{step}.again{n}.{attempt}"),
            Part::Gate(n) => format!("{step}.gate{n}.{attempt}"),
            Part::List(n) => format!("{step}.list{n}.{attempt}"),
            Part::When(n) => format!("{step}.when{n}.{attempt}"),
            Part::Item { index, line } => format!("{step}.{index}-{}.{attempt}", hash8(line)),
            Part::Undo(n) => format!("{step}.undo{n}.{attempt}"),
            Part::Follow(n) => format!("{step}.follow{n}.{attempt}"),
            Part::Leave(n) => format!("{step}.leave{n}.{attempt}"),
        }
    }
}

fn hash8(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_named_after_its_step_part_and_attempt() {
        let check = |part: Part, expect: &str| {
            let step = StepName::try_from("migrate".to_owned()).unwrap();
            assert_eq!(Key { step, part }.box_name(2), expect);
        };
        check(Part::Main, "migrate.2");
        check(Part::Again(3), "migrate.again3.2");
        check(Part::Item { index: 7, line: "abc".to_owned() }, "migrate.7-ba7816bf.2");
        check(Part::Undo(4), "migrate.undo4.2");
    }
}
