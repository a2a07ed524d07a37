//! The first graph: gates, actions and questions in topological order.

use std::collections::BTreeMap;

use super::commands::{Body, Rendered};
use crate::model::{
    Ask, Batch, Column, Command, Gate, HostId, Items, Key, Kind, Node, NodeId, Origin, Part, Query,
    ScopeId, StepName,
};

/// Questions for groups and scopes are numbered from here, those of steps from 1.
const ASKED_FROM: u16 = 1_000;

/// A graph in the making.
#[derive(Default)]
pub(super) struct Layout {
    nodes: Vec<Node>,
    columns: Vec<Column>,
    /// The batches of groups that have more than one.
    pub(super) batches: Vec<Batch>,
    gates: BTreeMap<StepName, u16>,
    /// How often the pipeline named a step so far.
    named: BTreeMap<StepName, u16>,
    /// The last number of a question that is asked for a whole group or scope.
    asked: BTreeMap<StepName, u16>,
    /// What the next gate waits for.
    frontier: Vec<NodeId>,
}

/// Whether something is wanted, asked of a host.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) step: StepName,
    pub(super) host: HostId,
    pub(super) command: Command,
}

/// How a step begins.
#[derive(Clone, Debug)]
pub(super) enum Opening {
    /// At a barrier, where the operator can stop.
    Barrier,
    /// At a barrier, and a question of the recipe behind it.
    Confirm(String),
    /// At a barrier, and there the scope is entered; where something is asked before, the answer
    /// decides about what enters and leaves it.
    Enter(ScopeId, Option<Question>),
    /// At a barrier, and there the scope is left.
    Leave(ScopeId),
    /// Without a stop: it belongs to what leaves a scope.
    Join,
}

/// A step as the pipeline names it; the place of its column.
#[derive(Clone, Copy)]
pub(super) struct Occurrence {
    column: usize,
    /// Which time the pipeline names the step, from 1.
    time: u16,
}

/// What lies before a step.
struct Opened {
    /// Where the operator can stop.
    barrier: NodeId,
    /// Behind what its actions stand.
    open: NodeId,
    /// The question before a scope.
    asked: Option<NodeId>,
}

impl Layout {
    /// A step begins to be laid out. A column without nodes is left out in the end.
    pub(super) fn open(
        &mut self,
        step: &StepName,
        about: &str,
        built_in: Option<&str>,
    ) -> Occurrence {
        let time = self.named.entry(step.clone()).or_default();
        *time += 1;
        let occurrence = Occurrence { column: self.columns.len(), time: *time };
        self.columns.push(Column {
            step: step.clone(),
            about: about.to_owned(),
            built_in: built_in.map(str::to_owned),
            gates: Vec::new(),
            nodes: Vec::new(),
        });
        occurrence
    }

    /// The gate between two batches of hosts.
    pub(super) fn batch(&mut self, step: &StepName) {
        let gate = self.gate(step, Gate::Batch { max_failed: 0 });
        self.frontier = vec![gate];
    }

    /// The step on these machines, all after everything that was laid out before. Returns the question
    /// that was asked before a scope was entered.
    pub(super) fn step(
        &mut self,
        occurrence: Occurrence,
        opening: Opening,
        on: Vec<(HostId, Rendered)>,
    ) -> Option<NodeId> {
        let step = self.columns.get(occurrence.column).map(|column| column.step.clone())?;
        let Opened { barrier, open, asked } = self.opening(&step, opening);
        let asks: usize = on.iter().map(|(_, rendered)| questions(rendered)).sum();
        let itemized = on.iter().any(|(_, rendered)| matches!(rendered.body, Body::Items { .. }));
        let close = node_id(self.nodes.len() + asks);
        let mut done = Vec::new();
        let mut questions = Vec::new();
        for (host, mut rendered) in on {
            let question = rendered.confirm_after.take();
            let node = self.machine((&step, occurrence.time), host, rendered, (open, close));
            questions.extend(question.map(|question| (node, question)));
            done.push(node);
        }
        if let Some(column) = self.columns.get_mut(occurrence.column) {
            column.gates.push(barrier);
            column.nodes.extend(&done);
        }
        self.frontier = done;
        let joined = itemized.then(|| self.gate(&step, Gate::Join));
        if let Some(join) = joined {
            self.frontier = vec![join];
        }
        for (node, question) in questions {
            // A list is read before its items are done.
            self.confirm_after(&step, joined.unwrap_or(node), question);
        }
        asked
    }

    /// What lies before a step.
    fn opening(&mut self, step: &StepName, opening: Opening) -> Opened {
        if let Opening::Join = opening {
            let join = self.gate(step, Gate::Join);
            return Opened { barrier: join, open: join, asked: None };
        }
        let barrier = self.gate(step, Gate::Barrier);
        self.frontier = vec![barrier];
        let mut asked = None;
        let open = match opening {
            Opening::Barrier | Opening::Join => barrier,
            Opening::Confirm(question) => self.gate(step, Gate::Confirm(question)),
            Opening::Leave(scope) => self.gate(step, Gate::Leave(scope)),
            Opening::Enter(scope, question) => {
                asked = question.map(|question| self.ask(question));
                self.frontier = vec![asked.unwrap_or(barrier)];
                self.gate(step, Gate::Enter(scope))
            }
        };
        Opened { barrier, open, asked }
    }

    /// What comes later waits for the answer, too.
    fn confirm_after(&mut self, step: &StepName, node: NodeId, question: String) {
        let rest = std::mem::take(&mut self.frontier);
        self.frontier = vec![node];
        let gate = self.gate(step, Gate::Confirm(question));
        self.frontier = rest.into_iter().filter(|id| *id != node).chain([gate]).collect();
    }

    /// Questions behind a barrier of their own; what they decide about is said by [`Self::wants`].
    pub(super) fn ask_all(&mut self, step: &StepName, questions: Vec<Question>) -> Vec<NodeId> {
        let barrier = self.gate(step, Gate::Barrier);
        self.frontier = vec![barrier];
        let asked: Vec<NodeId> = questions.into_iter().map(|question| self.ask(question)).collect();
        self.frontier.clone_from(&asked);
        asked
    }

    fn ask(&mut self, question: Question) -> NodeId {
        let Question { step, host, command } = question;
        let time = self.asked.entry(step.clone()).or_insert(ASKED_FROM);
        *time = time.saturating_add(1);
        let part = Part::When(*time);
        let ask = Ask { command, query: Query::When(Vec::new()) };
        let needs = self.frontier.clone();
        self.push(&step, part, Some(host), needs, Kind::Ask(Box::new(ask)))
    }

    /// What a question decides about.
    pub(super) fn wants(&mut self, question: NodeId, nodes: Vec<NodeId>) {
        if let Some(Node { kind: Kind::Ask(ask), .. }) = self.node_mut(question) {
            ask.query = Query::When(nodes);
        }
    }

    /// Whoever asks, since then, whether a step is wanted decides about all that was laid out since.
    pub(super) fn decides_also(&mut self, from: usize, step: &StepName) {
        let all: Vec<NodeId> = self.since(from, None);
        for node in self.nodes.iter_mut().skip(from).filter(|node| node.key.step == *step) {
            if let Kind::Ask(ask) = &mut node.kind
                && let Query::When(wanted) = &mut ask.query
            {
                let first = wanted.first().copied();
                wanted.extend(all.iter().filter(|id| Some(**id) > first));
            }
        }
    }

    /// These hosts have gone through all of a group since then.
    pub(super) fn batch_done(
        &mut self,
        (number, of): (usize, usize),
        hosts: &[HostId],
        steps: impl Iterator<Item = StepName>,
        from: usize,
    ) {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let (from, until) = (node_id(from), node_id(self.nodes.len()));
        if of > 1 {
            let (number, of, hosts) = (small(number), small(of), hosts.to_vec());
            self.batches.push(Batch { number, of, hosts, steps: steps.collect(), from, until });
        }
    }

    /// How many nodes there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The actions and questions since then, on one host or on all.
    pub(super) fn since(&self, from: usize, host: Option<HostId>) -> Vec<NodeId> {
        let those = self.nodes.iter().enumerate().skip(from);
        let works = |node: &Node| node.host.is_some() && (host.is_none() || node.host == host);
        those.filter(|(_, node)| works(node)).map(|(at, _)| node_id(at)).collect()
    }

    fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(usize::try_from(id.0).ok()?)
    }

    /// One machine; returns what does the work there.
    fn machine(
        &mut self,
        (step, time): (&StepName, u16),
        host: HostId,
        rendered: Rendered,
        (barrier, close): (NodeId, NodeId),
    ) -> NodeId {
        let mut after = barrier;
        if let Some(command) = rendered.when {
            let wanted = vec![node_id(self.nodes.len() + 1)];
            let ask = Ask { command, query: Query::When(wanted) };
            after = self.push(
                step,
                Part::When(time),
                Some(host),
                vec![after],
                Kind::Ask(Box::new(ask)),
            );
        }
        let (part, kind) = match rendered.body {
            Body::Act(act) => (part(time), Kind::Act(Box::new(act))),
            Body::Items { list, pattern, each } => {
                let items = Items { pattern, each, close };
                let ask = Ask { command: list, query: Query::Items(Box::new(items)) };
                (Part::List(1), Kind::Ask(Box::new(ask)))
            }
        };
        self.push(step, part, Some(host), vec![after], kind)
    }

    fn gate(&mut self, step: &StepName, gate: Gate) -> NodeId {
        let number = self.gates.entry(step.clone()).or_default();
        *number += 1;
        let part = Part::Gate(*number);
        let needs = std::mem::take(&mut self.frontier);
        self.push(step, part, None, needs, Kind::Gate(gate))
    }

    fn push(
        &mut self,
        step: &StepName,
        part: Part,
        host: Option<HostId>,
        needs: Vec<NodeId>,
        kind: Kind,
    ) -> NodeId {
        let id = node_id(self.nodes.len());
        let key = Key { step: step.clone(), part };
        self.nodes.push(Node { key, host, needs, kind, origin: Origin::Plan });
        id
    }

    /// The graph and its columns.
    pub(super) fn done(mut self) -> (Vec<Node>, Vec<Column>) {
        self.columns.retain(|column| !column.nodes.is_empty());
        (self.nodes, self.columns)
    }
}

fn part(time: u16) -> Part {
    if time > 1 { Part::Again(time) } else { Part::Main }
}

/// How many nodes the step has on a machine.
fn questions(rendered: &Rendered) -> usize {
    1 + usize::from(rendered.when.is_some())
}

/// The node at a position. A plan with more nodes than ids is refused before it is laid out.
fn node_id(at: usize) -> NodeId {
    NodeId(u32::try_from(at).unwrap_or(u32::MAX))
}
