//! The one fold: facts in, what is known out. It is total (any sequence of facts that begins with
//! `Opened` folds) and the only place that changes a [`Run`]. Reopening a run is folding its
//! journal, and nothing else.

mod attempt;
mod decide;
mod exclude;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;

pub(super) use attempt::settled;

use super::{
    Abort, Cause, End, Event, Excerpt, Fact, Hold, LinkState, Mode, Observation, Question, Reason,
    State, Stop, Verdict, Why,
};
use crate::model::{HoldId, HostId, Kind, Node, NodeId, Origin, Plan, Text, Try};

/// What is known of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The node, with the needs it has by now.
    pub node: Node,
    /// Its state.
    pub state: State,
    /// Attempts armed so far.
    pub tries: u16,
    /// Whether the host has the box of the last attempt.
    pub staged: bool,
    /// Whether a start may be under way that nobody will hear of: the connection over which it may
    /// have been sent was lost. Until it is known to have begun, or never to begin.
    pub astray: bool,
    /// The text to run instead of the plan's, in this run.
    pub edited: Option<Text>,
    /// How the last attempt ended.
    pub end: Option<End>,
    /// Whether the host could not begin the last attempt.
    pub refused: bool,
    /// When the last attempt began, as far as it was seen.
    pub started: Option<Timestamp>,
    /// When the last attempt ended, or the gate was passed.
    pub ended: Option<Timestamp>,
    /// Whether nobody saw that end: it was there when the host was reached again, and may be older.
    pub unseen: bool,
    /// The fact by which it was first known to have begun, or was passed: the order of undoing.
    pub began: Option<u64>,
    /// A signal on its way.
    pub stop: Option<(Stop, Timestamp)>,
    /// What an ask printed.
    pub listed: Vec<String>,
    /// The number of the last question of its last attempt; 0: it has asked nothing.
    pub asked: u16,
    /// What the step waits for.
    pub question: Option<(u16, Question)>,
    /// The question whose answer is on its way.
    pub answering: Option<u16>,
    /// Whether there is a breakpoint on this gate, or on the gates that this list will bring.
    pub breakpoint: bool,
    /// Whether the operator let this gate be passed.
    pub released: bool,
    /// Where a stranded `once` action goes.
    pub moved: Option<HostId>,
    /// Bytes its last attempt printed, once that is known.
    pub bytes: Option<u64>,
}

impl Cell {
    fn new(node: Node) -> Self {
        Self {
            node,
            state: State::Waiting,
            tries: 0,
            staged: false,
            astray: false,
            edited: None,
            end: None,
            refused: false,
            started: None,
            ended: None,
            unseen: false,
            began: None,
            stop: None,
            listed: Vec::new(),
            asked: 0,
            question: None,
            answering: None,
            breakpoint: false,
            released: false,
            moved: None,
            bytes: None,
        }
    }

    /// Whether an attempt of it may be sent a line of input that was not asked for.
    #[must_use]
    pub fn hears(&self) -> bool {
        let takes = self.node.kind.command().is_some_and(|command| command.input);
        takes && self.question.is_none() && self.answering.is_none()
    }

    /// Whether an attempt may be running on the host right now.
    #[must_use]
    pub fn in_flight(&self) -> bool {
        self.state.is_in_flight()
    }

    /// Whether nothing more will happen to it without the operator.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state.is_over()
    }

    /// Whether this is its current attempt.
    fn tries_now(&self, attempt: Try) -> bool {
        self.tries == attempt.n
    }
}

/// What was seen of each host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    /// The connection, and since when it is so.
    pub links: BTreeMap<HostId, (LinkState, Timestamp)>,
    /// What the host said of itself, when it was first reached or another machine answered.
    pub machines: BTreeMap<HostId, Excerpt>,
}

impl World {
    /// Whether the host can be talked to now.
    #[must_use]
    pub fn is_up(&self, host: HostId) -> bool {
        matches!(self.links.get(&host), Some((LinkState::Up, _)))
    }

    /// From then on nobody hears of the hosts, and why: whoever drove the run is gone. There is no fact of
    /// that, and whoever takes it up sees for himself.
    pub fn unheard(&mut self, why: &str, since: Timestamp) {
        for link in self.links.values_mut().filter(|(state, _)| *state == LinkState::Up) {
            *link = (LinkState::Down(why.to_owned()), since);
        }
    }
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// What it was asked to do.
    pub plan: Plan,
    /// All nodes; the id is the position.
    pub cells: Vec<Cell>,
    /// Open questions.
    pub holds: BTreeMap<HoldId, Hold>,
    /// Questions asked so far.
    pub holds_asked: u32,
    /// How far it may go.
    pub mode: Mode,
    /// Whether, and how, it was given up.
    pub aborting: Option<Abort>,
    /// Whether the taking back has been laid out.
    pub undo_grown: bool,
    /// Hosts that take no further part.
    pub excluded: BTreeMap<HostId, Why>,
    /// So many hosts were missing when the next batch was begun all the same.
    pub missing_agreed: u16,
    /// What was left out before its turn: what waits for it waits for that turn, so that nobody gets past
    /// what comes before.
    pub early: BTreeSet<NodeId>,
    /// What was seen of the hosts.
    pub world: World,
    /// The end.
    pub closed: Option<Verdict>,
    /// Whether a console is with it.
    pub left: bool,
    /// When it was opened.
    pub opened: Timestamp,
    /// When the last fact was learned.
    pub latest: Timestamp,
    /// Facts folded so far; the `seq` of the next one.
    pub seq: u64,
}

/// A sequence of facts that does not begin with `Opened`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotARun;

impl fmt::Display for NotARun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the journal does not begin with the opening of a run")
    }
}

impl std::error::Error for NotARun {}

impl Run {
    /// Folds a whole journal.
    ///
    /// # Errors
    /// When the first fact is not `Opened`.
    pub fn fold(events: &[Event]) -> Result<Self, NotARun> {
        let Some((first, rest)) = events.split_first() else { return Err(NotARun) };
        let mut run = Self::open(first)?;
        for event in rest {
            run.apply(event);
        }
        Ok(run)
    }

    /// Begins with the first fact.
    ///
    /// # Errors
    /// When it is not `Opened`.
    pub fn open(first: &Event) -> Result<Self, NotARun> {
        let Fact::Opened(plan) = &first.fact else { return Err(NotARun) };
        Ok(Self {
            cells: plan.nodes.iter().cloned().map(Cell::new).collect(),
            plan: (**plan).clone(),
            holds: BTreeMap::new(),
            holds_asked: 0,
            mode: Mode::Pause,
            aborting: None,
            undo_grown: false,
            excluded: BTreeMap::new(),
            missing_agreed: 0,
            early: BTreeSet::new(),
            world: World::default(),
            closed: None,
            left: false,
            opened: first.at,
            latest: first.at,
            seq: 1,
        })
    }

    /// Adds a fact.
    pub fn apply(&mut self, event: &Event) {
        let at = event.at;

        match &event.fact {
            Fact::Opened(_) => {}
            Fact::Taken(_) => {
                self.left = false;
                // Whoever takes it up says how it goes on: nothing begins before.
                self.mode = Mode::Pause;
                self.go_astray(|_| true);
                // What was seen of connections was seen by another console.
                self.world.links.clear();
            }
            Fact::Left(_) => self.left = true,
            Fact::Mode(mode) => self.set_mode(*mode),
            Fact::Break(gate, set) => self.with(*gate, |cell| cell.breakpoint = *set),
            Fact::Passed(gate) => self.pass(*gate, at),
            Fact::Grew(nodes, edges) => self.grow(nodes, edges),
            Fact::Pruned(nodes, reason) => self.prune(nodes, reason),
            Fact::Link(host, state) => self.link(*host, state, at),
            Fact::Saw(host, Observation::Machine(machine)) => {
                self.world.machines.insert(*host, machine.clone());
            }
            Fact::Held(id, hold) => {
                self.holds_asked = self.holds_asked.max(id.0.saturating_add(1));
                self.holds.insert(*id, hold.clone());
            }
            Fact::Chose(id, choice, why) => self.choose(*id, choice, why),
            Fact::Excluded(host, why) => self.exclude(*host, why),
            Fact::Aborted(abort, _) => self.abort(*abort),
            Fact::Closed(verdict) => {
                self.closed = Some(*verdict);
                self.leave_stranded();
            }
            Fact::Armed(attempt) => self.armed(*attempt),
            Fact::Staged(attempt) => self.staged(*attempt),
            Fact::Started(attempt) => self.started(*attempt, at),
            Fact::Refused(attempt, words) => self.refused(*attempt, words),
            Fact::Listed(attempt, lines) => {
                self.with_try(*attempt, |cell, _| cell.listed.clone_from(lines));
            }
            Fact::Asks(attempt, n, question) => self.asks(*attempt, *n, question),
            // Either way the question is over.
            Fact::Answered(attempt, n) | Fact::WentOn(attempt, n) => self.answered(*attempt, *n),
            Fact::Ended(attempt, end, bytes) => self.ended(*attempt, *end, *bytes, at),
            Fact::Settled(attempt, bytes) => self.settle(*attempt, *bytes),
            Fact::Fenced(attempt) => self.fenced(*attempt),
            Fact::Lost(attempt, lost) => self.lost(*attempt, *lost),
            Fact::LogReplaced(..) => {}
            Fact::Stopping(attempt, stop) => {
                let stop = (*stop, at);
                self.with_try(*attempt, |cell, _| cell.stop = Some(stop));
            }
        }
        self.come();
        self.latest = self.latest.max(at);
        self.seq = self.seq.max(event.seq.saturating_add(1));
    }

    /// The turn of what was left out before has come where all before it is done; in a run that is given
    /// up nothing has a turn any more.
    pub(super) fn come(&mut self) {
        if self.aborting.is_some() {
            self.early.clear();
        }
        loop {
            let has_come = |id: &NodeId| self.cell(*id).is_none_or(|it| self.ready(it));
            let come: Vec<NodeId> = self.early.iter().copied().filter(has_come).collect();
            if come.is_empty() {
                return;
            }
            // What waited for these may come now, too.
            self.early.retain(|id| !come.contains(id));
        }
    }

    /// The cell of a node; ids come only from this run.
    #[must_use]
    pub fn cell(&self, id: NodeId) -> Option<&Cell> {
        self.cells.get(usize::try_from(id.0).ok()?)
    }

    /// All cells with their ids.
    pub fn ids(&self) -> impl Iterator<Item = (NodeId, &Cell)> {
        (0u32..).map(NodeId).zip(&self.cells)
    }

    fn with(&mut self, id: NodeId, change: impl FnOnce(&mut Cell)) {
        let cell = usize::try_from(id.0).ok().and_then(|place| self.cells.get_mut(place));
        if let Some(cell) = cell {
            change(cell);
        }
    }

    /// Changes the cell, if this is its current attempt and nobody has decided otherwise.
    fn with_try(&mut self, attempt: Try, change: impl FnOnce(&mut Cell, u16)) {
        self.with(attempt.node, |cell| {
            let decided = matches!(
                cell.state,
                State::Overruled(_) | State::Never(_) | State::Reverted(_) | State::Stranded(_)
            );
            if cell.tries_now(attempt) && !decided {
                change(cell, attempt.n);
            }
        });
    }

    fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        // A step passes one barrier, whichever: breakpoints that it does not reach stay.
        let released = match mode {
            Mode::Run => true,
            Mode::Step => false,
            Mode::Pause => return,
        };
        let broken: Vec<NodeId> = self
            .holds
            .values()
            .filter(|hold| hold.cause == Cause::Break)
            .map(|hold| hold.on)
            .collect();
        self.drop_holds(|hold| hold.cause == Cause::Break);
        for gate in broken {
            self.with(gate, |cell| cell.released |= released);
        }
    }

    fn pass(&mut self, gate: NodeId, at: Timestamp) {
        let mut stop = false;
        let seq = self.seq;
        self.with(gate, |cell| {
            cell.state = State::Ok(0);
            cell.began.get_or_insert(seq);
            cell.ended = Some(at);
            stop = cell.node.is_stop();
        });
        if stop && self.mode == Mode::Step {
            self.mode = Mode::Pause;
        }
    }

    fn grow(&mut self, nodes: &[Node], edges: &[(NodeId, NodeId)]) {
        let takes_back = nodes.iter().all(|node| node.origin.takes_back());
        self.undo_grown |= takes_back && self.is_taken_back();
        for node in nodes {
            let mut cell = Cell::new(node.clone());
            cell.breakpoint = self.breaks_at(node);
            self.cells.push(cell);
        }
        for (waits, needed) in edges {
            self.with(*waits, |cell| cell.node.needs.push(*needed));
        }
    }

    /// Whether a node that a list brings takes over a breakpoint on that list: the gate of the item,
    /// and the next reading, for the gates that it will bring.
    fn breaks_at(&self, node: &Node) -> bool {
        let Origin::ItemOf(list) = node.origin else { return false };
        let stops = match node.kind {
            Kind::Gate(_) | Kind::Ask(_) => true,
            Kind::Act(_) => false,
        };
        stops && self.cell(list).is_some_and(|cell| cell.breakpoint)
    }

    fn prune(&mut self, nodes: &[NodeId], reason: &Reason) {
        for node in nodes {
            self.with(*node, |cell| cell.state = State::Never(reason.clone()));
        }
        self.early.extend(nodes);
        self.drop_holds(|hold| nodes.contains(&hold.on));
    }

    fn link(&mut self, host: HostId, state: &LinkState, at: Timestamp) {
        let was_up = self.world.is_up(host);
        let is_up = *state == LinkState::Up;
        let since = match self.world.links.get(&host) {
            Some((_, since)) if was_up == is_up => *since,
            Some(_) | None => at,
        };
        self.world.links.insert(host, (state.clone(), since));
        if !is_up {
            self.go_astray(|on| on == host);
        }
        if is_up {
            let here = self.nodes_of(host);
            self.drop_holds(|hold| hold.cause == Cause::Unreachable && here.contains(&hold.on));
        }
    }

    fn nodes_of(&self, host: HostId) -> Vec<NodeId> {
        self.ids().filter(|(_, cell)| cell.node.host == Some(host)).map(|(id, _)| id).collect()
    }

    fn drop_holds(&mut self, gone: impl Fn(&Hold) -> bool) {
        self.holds.retain(|_, hold| !gone(hold));
    }
}
