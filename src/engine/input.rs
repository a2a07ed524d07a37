//! What the engine is told, and the facts that an input is by itself.

use super::Engine;
use crate::{
    model::{HostId, Kind, NodeId, Try},
    run::{
        Cell, Command, End, Fact, LinkState, Lost, Observation, Question, Refusal, State,
        StopCause, Who,
    },
};

/// What the engine is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A command of the operator.
    Command {
        /// Whose.
        by: Who,
        /// What.
        what: Command,
    },
    /// A console took the run up.
    Taken(Who),
    /// A box says something of its attempt.
    Box(Try, BoxFact),
    /// The connection to a host has changed.
    Link(HostId, LinkState),
    /// Something was seen on a host.
    Saw(HostId, Observation),
    /// The answer to that question is no longer known here (its console is gone): ask again.
    AnswerGone(Try, u16),
    /// Nothing new; a deadline may be over, or the run was just opened.
    Due,
}

/// What a box can say of its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoxFact {
    /// It is on the host.
    Staged,
    /// It has begun.
    Running,
    /// It could not be prepared or begun, and was not; the host's words.
    Refused(String),
    /// It was claimed, and can never begin: what claimed it was killed before that.
    Never,
    /// What it printed, line by line; before its end.
    Lines(Vec<String>),
    /// It waits for input.
    Asks(u16, Question),
    /// The input was delivered.
    Answered(u16),
    /// It goes on without the input for that question.
    WentOn(u16),
    /// It ended, having printed this many bytes.
    Ended(End, u64),
    /// Nothing of it lives any more; bytes in its log.
    Settled(u64),
    /// It can never begin.
    Fenced,
    /// Its outcome cannot be learned from the host.
    Lost(Lost),
    /// Its log is not the one read so far: bytes read, bytes there.
    LogReplaced(u64, u64),
}

/// The words where an attempt that is still wanted turns out to be fenced.
const FORBIDDEN: &str = "another console has forbidden it to start";

/// The words where what was to begin it was killed.
const CLAIMED: &str = "it was claimed, and what claimed it was killed before it began";

/// What is added to the host's words where a start may be under way that nobody hears of.
const ASTRAY: &str = "; a start sent over a connection that was lost may still begin it";

/// It was wanted, and never will begin.
fn never(attempt: Try, words: &str) -> Vec<Fact> {
    vec![Fact::Refused(attempt, words.to_owned()), Fact::Fenced(attempt)]
}

impl Engine {
    pub(super) fn facts_of(&self, input: &Input) -> Result<(Vec<Fact>, Option<Who>), Refusal> {
        Ok(match input {
            Input::Command { by, what } => (self.command(what, by)?, Some(by.clone())),
            Input::Taken(who) => (vec![Fact::Taken(who.clone())], Some(who.clone())),
            Input::Box(attempt, fact) => (self.box_fact(*attempt, fact), None),
            Input::Link(host, state) => (self.link(*host, state), None),
            Input::Saw(host, seen) => (self.saw(*host, seen), None),
            Input::AnswerGone(attempt, n) => (self.ask_again(*attempt, *n), None),
            Input::Due => (Vec::new(), None),
        })
    }

    /// Only what is news of the current attempt becomes a fact: an adapter may repeat itself.
    fn box_fact(&self, attempt: Try, fact: &BoxFact) -> Vec<Fact> {
        let Some(cell) = self.run.cell(attempt.node) else { return Vec::new() };
        if cell.tries != attempt.n || self.run.closed.is_some() {
            return Vec::new();
        }
        let armed = matches!(cell.state, State::Armed(_));
        let running = matches!(cell.state, State::Running(_));
        let unknown = matches!(cell.state, State::Unknown(..));
        let settling = matches!(cell.state, State::Settling(..));
        let (news, fact) = match fact {
            BoxFact::Staged => (armed && !cell.staged, Fact::Staged(attempt)),
            BoxFact::Running => (armed, Fact::Started(attempt)),
            BoxFact::Refused(words) => {
                let astray = if cell.astray { ASTRAY } else { "" };
                (armed, Fact::Refused(attempt, format!("{words}{astray}")))
            }
            BoxFact::Never if armed => return never(attempt, CLAIMED),
            BoxFact::Fenced if armed && !self.run.given_up(cell) => {
                return never(attempt, FORBIDDEN);
            }
            BoxFact::Lines(lines) => {
                let asked = matches!(cell.node.kind, Kind::Ask(_)) && *lines != cell.listed;
                (asked && !cell.is_over(), Fact::Listed(attempt, lines.clone()))
            }
            BoxFact::Asks(n, question) => {
                // A number that was used is delivered nothing any more.
                (running && cell.asked < *n, Fact::Asks(attempt, *n, question.clone()))
            }
            BoxFact::Answered(n) => (cell.answering == Some(*n), Fact::Answered(attempt, *n)),
            BoxFact::WentOn(n) => {
                let open = cell.question.as_ref().is_some_and(|(asked, _)| asked == n);
                (open, Fact::WentOn(attempt, *n))
            }
            BoxFact::Ended(end, bytes) => {
                let end = self.meant(attempt.node, *end);
                (armed || running || unknown, Fact::Ended(attempt, end, *bytes))
            }
            BoxFact::Settled(bytes) => (settling, Fact::Settled(attempt, *bytes)),
            BoxFact::Fenced | BoxFact::Never => (armed, Fact::Fenced(attempt)),
            BoxFact::Lost(lost) => (armed || running, Fact::Lost(attempt, *lost)),
            BoxFact::LogReplaced(read, there) => {
                (armed || running || settling || unknown, Fact::LogReplaced(attempt, *read, *there))
            }
        };
        if news { vec![fact] } else { Vec::new() }
    }

    /// An end by our own time limit is called that. Success is success even then.
    fn meant(&self, node: NodeId, end: End) -> End {
        let limited = self
            .run
            .cell(node)
            .and_then(|cell| cell.stop)
            .is_some_and(|(stop, _)| stop.cause == StopCause::Limit);
        if limited && !end.is_ok() { End::TimedOut } else { end }
    }

    fn link(&self, host: HostId, state: &LinkState) -> Vec<Fact> {
        let same = self.run.world.links.get(&host).is_some_and(|(now, _)| now == state);
        if same { Vec::new() } else { vec![Fact::Link(host, state.clone())] }
    }

    /// A machine that is not the one seen before at this host has none of our boxes: what may have
    /// run on the other one cannot be learned here.
    fn saw(&self, host: HostId, seen: &Observation) -> Vec<Fact> {
        let Observation::Machine(now) = seen;
        let mut facts = Vec::new();
        if let Some(before) = self.run.world.machines.get(&host) {
            if before.machine == now.machine && before.base == now.base {
                return Vec::new();
            }
            let begun = |state: &State| matches!(state, State::Armed(_) | State::Running(_));
            let here = |cell: &Cell| cell.node.host == Some(host) && cell.staged;
            let lost = self.run.ids().filter(|(_, cell)| here(cell) && begun(&cell.state));
            facts.extend(
                lost.map(|(node, cell)| Fact::Lost(Try { node, n: cell.tries }, Lost::OtherHost)),
            );
        }
        facts.push(Fact::Saw(host, seen.clone()));
        facts
    }

    fn ask_again(&self, attempt: Try, n: u16) -> Vec<Fact> {
        let Some(cell) = self.run.cell(attempt.node) else { return Vec::new() };
        match &cell.question {
            Some((asked, question)) if *asked == n && cell.answering == Some(n) => {
                vec![Fact::Asks(attempt, n, question.clone())]
            }
            Some(_) | None => Vec::new(),
        }
    }
}
