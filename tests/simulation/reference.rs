//! A second opinion on what a run is: written against the words of the design, in other terms than
//! `run`, from the durable facts alone.

use std::collections::{BTreeMap, BTreeSet};

use deployui::{
    model::{Act, Changes, Gate, HoldId, HostId, Kind, Node, NodeId, Origin, Query, ScopeId, Try},
    run::{Cause, Choice, End, Event, Fact, Hold, Lost, Mode},
};

use crate::{plans::closes, world::who};

/// What became of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing is decided.
    Open,
    /// Ended so; something of it may live.
    Ended(End),
    /// Ended so and settled, or the operator goes on without.
    Over(End),
    Refused,
    Unknown,
    /// Its host is out, and where else to do it is being asked.
    Stranded,
    /// Done elsewhere.
    Moved,
    /// Decided by the operator, pruned, fenced, or passed.
    Done,
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) node: Node,
    pub(crate) fate: Fate,
    pub(crate) tries: u16,
    /// Whether its latest attempt may still begin, as far as the facts say.
    pub(crate) armed: bool,
    /// The fact by which it was first known to have begun.
    pub(crate) began: Option<u64>,
    /// The operator accepted that an earlier attempt may still run.
    pub(crate) double_accepted: bool,
    pub(crate) breakpoint: bool,
    /// The operator let it go on.
    pub(crate) released: bool,
    /// The operator said what became of it.
    pub(crate) spoken: bool,
    /// Everything before it was done at some time.
    pub(crate) was_ready: bool,
    /// Its host was left out before it was done.
    left: bool,
}

/// What the durable facts add up to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    pub(crate) items: Vec<Item>,
    hosts: usize,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) paused: bool,
    stepping: bool,
    pub(crate) aborting: bool,
    pub(crate) undo: bool,
    pub(crate) out: BTreeSet<HostId>,
    pub(crate) closed: bool,
    pub(crate) schema_go: bool,
    /// So many hosts were out when it was said that the next batch begins.
    missing_agreed: usize,
    /// Attempts that may begin at any time, as the operator was told.
    pub(crate) stray: BTreeSet<Try>,
    /// Attempts that must never begin.
    pub(crate) barred: BTreeSet<Try>,
    pub(crate) undo_laid_out: bool,
}

impl Item {
    /// Whether it was decided that it is not done, before it could be.
    fn left_out(&self) -> bool {
        self.fate == Fate::Done && self.tries == 0
    }
}

impl Reference {
    pub(crate) fn item(&self, id: NodeId) -> Option<&Item> {
        self.items.get(usize::try_from(id.0).ok()?)
    }

    fn item_mut(&mut self, id: NodeId) -> Option<&mut Item> {
        self.items.get_mut(usize::try_from(id.0).ok()?)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = (NodeId, &Item)> {
        (0u32..).map(NodeId).zip(&self.items)
    }

    /// Whether what waits for this node may go on.
    pub(crate) fn satisfied(&self, id: NodeId) -> bool {
        let Some(item) = self.item(id) else { return false };
        match item.fate {
            // What was left out before its turn keeps back what waits for it until then.
            Fate::Done => item.was_ready || self.aborting,
            Fate::Over(end) => is_good(&item.node, end) || takes_back(&item.node),
            Fate::Refused => takes_back(&item.node),
            Fate::Moved => self.ids().any(|(_, other)| other.node.origin == Origin::InsteadOf(id)),
            Fate::Open | Fate::Ended(_) | Fate::Unknown | Fate::Stranded => false,
        }
    }

    pub(crate) fn ready(&self, item: &Item) -> bool {
        item.node.needs.iter().all(|need| self.satisfied(*need))
    }

    /// Takes a durable fact in, and says what was wrong with it.
    pub(crate) fn take(&mut self, event: &Event) -> Result<(), String> {
        self.fact(event)?;
        // What was left out comes once all before it has: that may let more come.
        let mut more = true;
        while std::mem::take(&mut more) {
            for place in 0..self.items.len() {
                let come = !self.items[place].was_ready && self.ready(&self.items[place]);
                self.items[place].was_ready |= come;
                more |= come && self.items[place].left_out();
            }
        }
        Ok(())
    }

    fn fact(&mut self, event: &Event) -> Result<(), String> {
        if self.closed && !matches!(event.fact, Fact::Taken(_) | Fact::Link(..) | Fact::Saw(..)) {
            return Err(format!("{:?} after the run was closed", event.fact));
        }
        match &event.fact {
            Fact::Opened(plan) => {
                self.paused = true;
                self.hosts = plan.hosts.len();
                self.items = plan.nodes.iter().cloned().map(Item::new).collect();
            }
            Fact::Grew(nodes, edges) => {
                self.grew(nodes)?;
                for (waits, needed) in edges {
                    if let Some(item) = self.item_mut(*waits) {
                        item.node.needs.push(*needed);
                    }
                }
            }
            Fact::Passed(gate) => self.passed(*gate, event.seq)?,
            Fact::Pruned(ids, _) => {
                for id in ids {
                    let item = self.item_mut(*id).ok_or("no such node")?;
                    item.fate = Fate::Done;
                    let attempt = Try { node: *id, n: item.tries };
                    self.barred.insert(attempt);
                }
            }
            Fact::Mode(mode) => self.mode(*mode),
            Fact::Break(gate, set) => {
                self.item_mut(*gate).ok_or("no such gate")?.breakpoint = *set;
            }
            Fact::Held(id, hold) => {
                if self.holds.insert(*id, hold.clone()).is_some() {
                    return Err(format!("{id:?} was used twice"));
                }
            }
            Fact::Chose(id, choice, _) => {
                let alone = event.by != Some(who());
                self.chose(*id, choice, alone)?;
            }
            Fact::Excluded(host, _) => self.exclude(*host),
            Fact::Aborted(abort, _) => self.abort(abort.undo),
            Fact::Closed(_) => self.closed = true,
            Fact::Armed(attempt) => self.armed(*attempt)?,
            Fact::Started(attempt) => self.began(*attempt, event.seq),
            Fact::Ended(attempt, end, _) => {
                self.began(*attempt, event.seq);
                self.now(*attempt, Fate::Ended(*end));
            }
            Fact::Settled(attempt, _) => self.settled(*attempt),
            Fact::Refused(attempt, words) => self.refused(*attempt, words),
            Fact::Fenced(attempt) => self.fenced(*attempt),
            Fact::Lost(attempt, lost) => {
                self.lost(*attempt, *lost, event.seq);
            }
            Fact::Taken(_) => self.mode(Mode::Pause),
            Fact::Left(_)
            | Fact::Staged(_)
            | Fact::Listed(..)
            | Fact::Asks(..)
            | Fact::Answered(..)
            | Fact::WentOn(..)
            | Fact::LogReplaced(..)
            | Fact::Stopping(..)
            | Fact::Link(..)
            | Fact::Saw(..) => {}
        }
        Ok(())
    }

    fn refused(&mut self, attempt: Try, words: &str) {
        self.now(attempt, Fate::Refused);
        if words.ends_with("may still begin it") {
            self.stray.extend((1..=attempt.n).map(|n| Try { n, ..attempt }));
        }
    }

    fn fenced(&mut self, attempt: Try) {
        // One that was still wanted was refused for it.
        if self.item(attempt.node).is_some_and(|item| item.fate != Fate::Refused) {
            self.now(attempt, Fate::Done);
        }
        self.barred.insert(attempt);
    }

    fn grew(&mut self, nodes: &[Node]) -> Result<(), String> {
        let undoes = |node: &Node| matches!(node.origin, Origin::UndoOf(_) | Origin::LeaveOf(_));
        let laid_out = self.undo && (nodes.is_empty() || nodes.iter().any(undoes));
        if laid_out && !self.undo_laid_out {
            self.undo_laid_out = true;
            self.all_is_taken_back(nodes)?;
            self.all_is_left(nodes)?;
        }
        for node in nodes {
            // What was set before all items of a step is before this one as well.
            let list = if let Origin::ItemOf(list) = node.origin { self.item(list) } else { None };
            let breakpoint = act(node).is_none() && list.is_some_and(|list| list.breakpoint);
            self.items.push(Item { breakpoint, ..Item::new(node.clone()) });
        }
        Ok(())
    }

    /// Whatever has begun, has a compensation and can be reached is taken back.
    fn all_is_taken_back(&self, nodes: &[Node]) -> Result<(), String> {
        for (id, item) in self.ids() {
            let Some(host) = item.node.host else { continue };
            let undo = act(&item.node).is_some_and(|act| act.undo.is_some());
            let due = undo
                && item.began.is_some()
                && !self.out.contains(&host)
                && !takes_back(&item.node);
            let laid_out =
                nodes.iter().any(|node| node.origin == Origin::UndoOf(id) && act(node).is_some());
            if due != laid_out {
                return Err(format!("{} on {host:?}: undo due: {due}", item.node.key));
            }
        }
        Ok(())
    }

    /// The fact by which a scope was entered.
    pub(crate) fn entered(&self, scope: ScopeId) -> Option<u64> {
        let enters = |item: &&Item| item.node.kind == Kind::Gate(Gate::Enter(scope));
        self.items.iter().find(enters)?.began
    }

    /// Whatever closes a scope that was entered, and was not done, is done now where that can be.
    fn all_is_left(&self, nodes: &[Node]) -> Result<(), String> {
        for (id, item) in self.ids() {
            let (Some(host), Some(scope)) = (item.node.host, closes(&item.node.key.step)) else {
                continue;
            };
            let done = match item.fate {
                Fate::Over(end) => is_good(&item.node, end),
                Fate::Done => item.spoken || item.tries > 0 && !self.never_began(id, item),
                _ => false,
            };
            let due = self.entered(scope).is_some() && !done && !self.out.contains(&host);
            let laid_out =
                nodes.iter().any(|node| node.origin == Origin::LeaveOf(id) && act(node).is_some());
            if due != laid_out {
                return Err(format!("{} on {host:?}: leaving due: {due}", item.node.key));
            }
        }
        Ok(())
    }

    /// Whether its last attempt was pruned or fenced.
    fn never_began(&self, id: NodeId, item: &Item) -> bool {
        self.barred.contains(&Try { node: id, n: item.tries })
    }

    fn passed(&mut self, gate: NodeId, seq: u64) -> Result<(), String> {
        let item = self.item(gate).ok_or("no such gate")?;
        if !self.ready(item) {
            return Err(format!("gate {gate:?} was passed before what it waits for was done"));
        }
        let Kind::Gate(kind) = &item.node.kind else { return Err("not a gate".into()) };
        let asks = match kind {
            Gate::Barrier if self.paused && !item.released => {
                return Err(format!("barrier {gate:?} was passed while paused"));
            }
            Gate::Barrier => item.breakpoint && !self.stepping,
            Gate::Confirm(_) => !self.is_about_nobody(item),
            Gate::Schema(_) => true,
            Gate::Batch { max_failed } => {
                self.out.len() > self.missing_agreed.max(usize::from(*max_failed))
            }
            Gate::Join | Gate::Enter(_) | Gate::Leave(_) | Gate::Until(_) => false,
        };
        if asks && !item.released {
            return Err(format!("gate {gate:?} was passed without an answer"));
        }
        if *kind == Gate::Barrier && self.stepping {
            (self.paused, self.stepping) = (true, false);
        }
        let item = self.item_mut(gate).ok_or("no such gate")?;
        item.fate = Fate::Done;
        item.began = Some(seq);
        Ok(())
    }

    /// Whether the hosts that did what a gate asks about are all out.
    fn is_about_nobody(&self, gate: &Item) -> bool {
        let mut about: Vec<NodeId> = gate.node.needs.clone();
        if let [one] = about[..]
            && let Some(join) = self.item(one)
            && matches!(join.node.kind, Kind::Gate(Gate::Join))
        {
            about.clone_from(&join.node.needs);
        }
        let is_out = |id: &NodeId| {
            self.item(*id).and_then(|it| it.node.host).is_some_and(|host| self.out.contains(&host))
        };
        !about.is_empty() && about.iter().all(is_out)
    }

    fn mode(&mut self, mode: Mode) {
        self.paused = mode == Mode::Pause;
        self.stepping = mode == Mode::Step;
        if mode == Mode::Run {
            let broken: Vec<NodeId> = self
                .holds
                .values()
                .filter(|hold| hold.cause == Cause::Break)
                .map(|hold| hold.on)
                .collect();
            for gate in broken {
                if let Some(item) = self.item_mut(gate) {
                    item.released = true;
                }
            }
        }
    }

    fn armed(&mut self, attempt: Try) -> Result<(), String> {
        let aborting = self.aborting;
        let out = self.out.clone();
        let item = self.item_mut(attempt.node).ok_or("no such node")?;
        if attempt.n != item.tries + 1 || item.fate != Fate::Open {
            return Err(format!(
                "{attempt:?} was armed over attempt {} {:?}",
                item.tries, item.fate
            ));
        }
        if (aborting && !takes_back(&item.node)) || item.node.host.is_some_and(|h| out.contains(&h))
        {
            return Err(format!("{attempt:?} was armed though it was given up"));
        }
        item.tries = attempt.n;
        item.armed = true;
        item.spoken = false;
        Ok(())
    }

    /// The item, if this is its latest attempt.
    fn latest(&mut self, attempt: Try) -> Option<&mut Item> {
        self.item_mut(attempt.node).filter(|item| item.tries == attempt.n)
    }

    fn now(&mut self, attempt: Try, fate: Fate) {
        if let Some(item) = self.latest(attempt)
            && !matches!(item.fate, Fate::Done | Fate::Moved | Fate::Stranded)
        {
            item.fate = fate;
        }
    }

    fn began(&mut self, attempt: Try, seq: u64) {
        if let Some(item) = self.latest(attempt) {
            item.armed = false;
            item.began.get_or_insert(seq);
        }
    }

    fn settled(&mut self, attempt: Try) {
        if let Some(item) = self.latest(attempt)
            && let Fate::Ended(end) = item.fate
        {
            item.fate = Fate::Over(end);
        }
        self.taken_back(attempt.node);
    }

    /// What was taken back is done with.
    fn taken_back(&mut self, undo: NodeId) {
        if let Some(item) = self.item(undo)
            && let (Origin::UndoOf(of), Fate::Over(end)) = (item.node.origin, item.fate)
            && is_good(&item.node, end)
            && let Some(item) = self.item_mut(of)
        {
            item.fate = Fate::Done;
        }
    }

    fn lost(&mut self, attempt: Try, _lost: Lost, seq: u64) {
        self.began(attempt, seq);
        self.now(attempt, Fate::Unknown);
        self.stray.insert(attempt);
    }

    /// `alone`: nobody was asked, the recipe or a policy said so.
    fn chose(&mut self, id: HoldId, choice: &Choice, alone: bool) -> Result<(), String> {
        let hold = self.holds.get(&id).cloned().ok_or("an answer to no question")?;
        if !hold.offers.contains(&choice.needs()) {
            return Err(format!("{choice:?} was not offered by {hold:?}"));
        }
        self.holds.remove(&id);
        let undoing = self.item(hold.on).is_some_and(|item| takes_back(&item.node));
        let given_up = self.aborting && !undoing;
        let item = self.item_mut(hold.on).ok_or("no such node")?;
        if !is_about(&hold.cause, item.fate) {
            return Err(format!("{choice:?} answers {hold:?}, but it is {:?}", item.fate));
        }
        match choice {
            Choice::Go | Choice::TakeOver => {
                item.released = true;
                item.double_accepted = true;
                if let Fate::Ended(end) = item.fate {
                    item.fate = Fate::Over(end);
                }
                self.schema_go |= hold.cause == Cause::Schema;
                if let Cause::Batch(out) = hold.cause {
                    self.missing_agreed = self.missing_agreed.max(usize::from(out));
                }
                self.taken_back(hold.on);
            }
            Choice::Retry | Choice::Edit(_) if given_up => {
                return Err(format!("{choice:?} of what was given up: its outcome is forgotten"));
            }
            Choice::Retry if alone && (item.spoken || changes(&item.node) == Changes::Schema) => {
                return Err(format!("{} was tried again unasked", item.node.key));
            }
            Choice::Retry | Choice::Edit(_) => {
                item.double_accepted |= matches!(hold.cause, Cause::Unknown(_));
                item.fate = Fate::Open;
            }
            Choice::Skip | Choice::Fixed | Choice::Assume(true) => {
                item.fate = Fate::Done;
                item.spoken = true;
                item.left = hold.cause == Cause::OnceHostGone(true);
            }
            Choice::Assume(false) => {
                item.double_accepted = true;
                item.fate = Fate::Over(End::TimedOut);
                item.spoken = true;
            }
            Choice::Exclude => {
                if let Some(host) = item.node.host {
                    self.exclude(host);
                }
            }
            Choice::Undo => self.abort(true),
            Choice::Abort if undoing => {
                self.undo = false;
                self.abort(false);
            }
            Choice::Abort => self.abort(false),
            Choice::Answer(_) => {}
            Choice::Move(_) => {
                item.double_accepted |= hold.cause == Cause::OnceHostGone(true);
                item.fate = Fate::Moved;
            }
        }
        Ok(())
    }

    /// Whether nobody else has done this step or will, and a host that goes on comes to something
    /// behind it: it is the last thing of its step there.
    fn is_missed(&self, id: NodeId, host: HostId) -> bool {
        let Some(item) = self.item(id) else { return false };
        let step = &item.node.key.step;
        let of_step = |item: &Item| item.node.key.step == *step && !takes_back(&item.node);
        let last = self.ids().filter(|(_, other)| {
            of_step(other) && other.node.host == Some(host) && !self.is_decided(other)
        });
        if last.map(|(id, _)| id).max() != Some(id) || takes_back(&item.node) {
            return false;
        }
        let others: BTreeSet<HostId> = self
            .items
            .iter()
            .filter(|item| of_step(item))
            .filter_map(|item| item.node.host.filter(|other| *other != host))
            .collect();
        let has_it = |other: &HostId| {
            let mut there =
                self.items.iter().filter(|item| of_step(item) && item.node.host == Some(*other));
            !self.out.contains(other)
                || there.all(|item| self.is_decided(item) && !item.left && item.fate != Fate::Moved)
        };
        !others.iter().any(has_it) && self.leads_on(id, host, &mut BTreeSet::new())
    }

    /// Whether its end is there, or nobody waits for it.
    fn is_decided(&self, item: &Item) -> bool {
        match item.fate {
            Fate::Done | Fate::Moved => true,
            Fate::Over(end) => is_good(&item.node, end),
            Fate::Open | Fate::Ended(_) | Fate::Refused | Fate::Unknown | Fate::Stranded => false,
        }
    }

    /// Whether a host that goes on waits for this, straight or through others.
    fn leads_on(&self, id: NodeId, out: HostId, met: &mut BTreeSet<NodeId>) -> bool {
        let waiting: Vec<NodeId> = self
            .ids()
            .filter(|(_, item)| item.node.needs.contains(&id))
            .map(|(id, _)| id)
            .collect();
        waiting.into_iter().any(|next| {
            let Some(item) = self.item(next) else { return false };
            let goes_on = item.node.host.is_some_and(|it| it != out && !self.out.contains(&it));
            met.insert(next) && (goes_on && !self.is_decided(item) || self.leads_on(next, out, met))
        })
    }

    fn exclude(&mut self, host: HostId) {
        self.out.insert(host);
        let aborting = self.aborting;
        let mut stray = Vec::new();
        let missed: BTreeSet<NodeId> = self
            .ids()
            .map(|(id, _)| id)
            .filter(|id| self.item(*id).is_some_and(|item| item.node.host == Some(host)))
            .filter(|id| self.is_missed(*id, host))
            .collect();
        let hosts = self.hosts;
        for (node, item) in (0u32..).map(NodeId).zip(&mut self.items) {
            let over = match item.fate {
                Fate::Done | Fate::Moved => true,
                Fate::Over(end) => is_good(&item.node, end),
                Fate::Open | Fate::Ended(_) | Fate::Refused | Fate::Unknown | Fate::Stranded => {
                    false
                }
            };
            if item.node.host != Some(host) || over {
                continue;
            }
            stray.push(Try { node, n: item.tries });
            let movable = act(&item.node).is_some_and(|act| !act.elsewhere.is_empty());
            let asked = !aborting && (movable || missed.contains(&node));
            item.fate = if asked { Fate::Stranded } else { Fate::Done };
            item.left = true;
        }
        if self.out.len() >= hosts {
            self.nobody_is_asked();
        }
        self.stray.extend(stray);
    }

    fn abort(&mut self, undo: bool) {
        self.aborting = true;
        self.undo |= undo;
        (self.paused, self.stepping) = (false, false);
        self.nobody_is_asked();
    }

    /// What was left behind stays so.
    fn nobody_is_asked(&mut self) {
        for item in &mut self.items {
            if item.fate == Fate::Stranded {
                item.fate = Fate::Done;
            }
        }
    }
}

impl Item {
    fn new(node: Node) -> Self {
        Self {
            node,
            fate: Fate::Open,
            tries: 0,
            armed: false,
            began: None,
            double_accepted: false,
            breakpoint: false,
            released: false,
            spoken: false,
            was_ready: false,
            left: false,
        }
    }
}

/// The action of a node that is one.
pub(crate) fn act(node: &Node) -> Option<&Act> {
    match &node.kind {
        Kind::Act(act) => Some(act),
        Kind::Ask(_) | Kind::Gate(_) => None,
    }
}

pub(crate) fn changes(node: &Node) -> Changes {
    act(node).map_or(Changes::Nothing, |act| act.changes)
}

pub(crate) fn takes_back(node: &Node) -> bool {
    matches!(node.origin, Origin::UndoOf(_) | Origin::FollowerOf(_) | Origin::LeaveOf(_))
}

/// Whether this end is success; to a condition, exit status 1 is an answer.
pub(crate) fn is_good(node: &Node, end: End) -> bool {
    let condition = match &node.kind {
        Kind::Ask(ask) => matches!(ask.query, Query::When(_)),
        Kind::Act(_) | Kind::Gate(_) => false,
    };
    end == End::Exit(0) || (condition && end == End::Exit(1))
}

/// Whether a question of this cause can still be open while the fate is this.
fn is_about(cause: &Cause, fate: Fate) -> bool {
    match cause {
        Cause::Failed(_) | Cause::NotUndone(_) => matches!(fate, Fate::Over(_)),
        Cause::Refused(_) => fate == Fate::Refused,
        Cause::Unknown(_) => fate == Fate::Unknown,
        Cause::Unsettled => matches!(fate, Fate::Ended(_)),
        Cause::OnceHostGone(_) => fate == Fate::Stranded,
        Cause::Unreachable => matches!(fate, Fate::Open | Fate::Ended(_)),
        Cause::Break
        | Cause::Confirm(_)
        | Cause::Schema
        | Cause::Input(..)
        | Cause::Batch(_)
        | Cause::LockHeld(_)
        | Cause::Diverges(_) => fate == Fate::Open,
    }
}
