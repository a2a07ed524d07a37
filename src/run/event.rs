//! Facts: the only thing that changes what is known of a run. They are what the journal holds, so
//! their form is frozen: new facts may be added with a new journal format, none may change.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Choice, End, Hold, Lost, Reason, Sig};
use crate::model::{HoldId, HostId, Node, NodeId, Plan, Try};

/// Who did something: `user@machine`, or the name of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Who(pub String);

/// Why someone did something; empty where no reason was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Why(pub String);

/// A fact, with its place in the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Position in the run, from 0, without gaps.
    pub seq: u64,
    /// When it was learned, by the operator's clock.
    pub at: Timestamp,
    /// Who caused it; nobody when it was learned from a host.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub by: Option<Who>,
    /// The fact.
    pub fact: Fact,
}

/// What can be learned of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The run was opened with this plan. Always the first fact, and only that.
    Opened(Box<Plan>),
    /// A console took the run up (again).
    Taken(Who),
    /// The console left; steps in flight go on.
    Left(Who),
    /// How far the run may go.
    Mode(Mode),
    /// A breakpoint was set on a gate, or removed; on a list: on the gates of all items to come.
    Break(NodeId, bool),
    /// A gate was passed.
    Passed(NodeId),
    /// The graph grew: nodes, and further needs of nodes that were there (who waits, for whom).
    Grew(Vec<Node>, Vec<(NodeId, NodeId)>),
    /// Nodes that will not be done.
    Pruned(Vec<NodeId>, Reason),
    /// An attempt is about to be prepared on its host. Written before the first byte is sent.
    Armed(Try),
    /// The host has the attempt's box. Only after this is a start ever sent.
    Staged(Try),
    /// The host began the attempt.
    Started(Try),
    /// The host could not prepare or begin the attempt, and certainly did not; its words.
    Refused(Try, String),
    /// What an [`Ask`](crate::model::Ask) printed, line by line.
    Listed(Try, Vec<String>),
    /// The step waits for input: question number, from 1, and the end of what it printed.
    Asks(Try, u16, Question),
    /// The input for that question was delivered. The input itself is never journalled.
    Answered(Try, u16),
    /// The step went on without an input for that question: it was not waiting, or no longer is.
    WentOn(Try, u16),
    /// The attempt ended so, having printed this many bytes.
    Ended(Try, End, u64),
    /// Nothing that the attempt started lives any more; its log has this many bytes.
    Settled(Try, u64),
    /// The attempt can never begin any more, and had not.
    Fenced(Try),
    /// The attempt's outcome cannot be learned from the host.
    Lost(Try, Lost),
    /// Its log on the host is not the one read so far: bytes read, bytes there now.
    LogReplaced(Try, u64, u64),
    /// The attempt was sent a signal.
    Stopping(Try, Stop),
    /// The connection to a host.
    Link(HostId, LinkState),
    /// Something was observed on a host.
    Saw(HostId, Observation),
    /// A question for the operator.
    Held(HoldId, Hold),
    /// The answer.
    Chose(HoldId, Choice, Why),
    /// A host takes no further part.
    Excluded(HostId, Why),
    /// The run is given up.
    Aborted(Abort, Why),
    /// The run is over.
    Closed(Verdict),
}

/// How far a run may go by itself. A run is opened paused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// To its end, or to a breakpoint.
    Run,
    /// Through the next barrier, then paused.
    Step,
    /// No further barrier is passed.
    #[default]
    Pause,
}

/// What a waiting step printed last, as raw text (front ends neutralise it), and whether the answer
/// should be hidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The unfinished line.
    pub text: String,
    /// Whether it looks like a question for a password.
    pub hidden: bool,
}

/// A signal on its way to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Which.
    pub sig: Sig,
    /// Why.
    pub cause: StopCause,
}

/// Why a step is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopCause {
    /// The operator wants it.
    Operator,
    /// Its time limit is over.
    Limit,
    /// The run was aborted with its running steps.
    Abort,
}

/// The connection to a host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// There, and its agent answers.
    Up,
    /// Gone or not to be had, and why.
    Down(String),
}

/// Something seen on a host. Later issues add more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// What the host said of itself when our agent came up.
    Machine(Excerpt),
}

/// What identifies a host and its present uptime, and where our state lies on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    /// Kernel host name and machine id, as one name.
    pub machine: String,
    /// Boot id, `-` where the system has none.
    pub boot: String,
    /// Absolute directory of our state on it, already with the machine's name.
    pub base: String,
}

/// How a run is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abort {
    /// Whether what was done is taken back.
    pub undo: bool,
    /// Whether steps that still run are stopped; otherwise they run to their end.
    pub stop: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything was done.
    Ok,
    /// Something failed, was left out, or a host differs.
    Failed,
    /// Given up by the operator.
    Aborted,
    /// An outcome is unknown.
    Unknown,
}
