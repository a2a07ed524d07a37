//! Random plans: every kind of step, gate and scope that a recipe can ask for.

use std::time::Duration;

use deployui::model::{
    Act, Ask, BoxMode, Changes, Command, Elsewhere, Follower, Gate, Host, HostId, Items, Key, Kind,
    Node, NodeId, Origin, Part, Plan, Query, RunId, ScopeId, StepName, Text,
};

use crate::random::Random;

/// A plan in the making.
struct Draft<'a> {
    random: &'a mut Random,
    /// Which rare things this seed has.
    rare: [bool; 6],
    nodes: Vec<Node>,
    /// What the next gate waits for.
    tail: Vec<NodeId>,
    followers: Vec<Follower>,
    gates: u16,
    scopes: u16,
}

const ONCE: usize = 0;
const ITEMS: usize = 1;
const WHEN: usize = 2;
const SCHEMA: usize = 3;
const SERVED: usize = 4;
const GROUPS: usize = 5;

/// A random plan.
pub(crate) fn plan(random: &mut Random) -> Plan {
    let hosts = u16::try_from(random.between(1, 5)).unwrap();
    let rare = std::array::from_fn(|_| random.chance(50));
    let steps = random.between(1, 8);
    let mut draft = Draft {
        random,
        rare,
        nodes: Vec::new(),
        tail: Vec::new(),
        followers: Vec::new(),
        gates: 0,
        scopes: 0,
    };
    let all: Vec<HostId> = (0..hosts).map(HostId).collect();
    let mut step = 0;
    while step < steps {
        if draft.rare[GROUPS] && draft.random.chance(30) {
            let inner = draft.random.between(1, 2);
            draft.group(step, inner, &all);
            step += inner;
        } else {
            draft.step(&name(step), &all);
            step += 1;
        }
    }
    draft.finish(hosts)
}

/// How the simulation names what closes a scope.
fn closing_name(scope: ScopeId, turn: usize) -> String {
    format!("close-{}-{turn}", scope.0)
}

/// The scope that a step closes.
pub(crate) fn closes(step: &StepName) -> Option<ScopeId> {
    let rest = step.as_str().strip_prefix("close-")?;
    Some(ScopeId(rest.split_once('-')?.0.parse().ok()?))
}

fn name(step: i64) -> String {
    format!("s{step}")
}

fn step_name(name: &str) -> StepName {
    StepName::try_from(name.to_owned()).unwrap()
}

fn command(text: String) -> Command {
    Command::new(Text::literal(text))
}

impl Draft<'_> {
    fn finish(self, hosts: u16) -> Plan {
        let host = |n| Host {
            name: format!("h{n}"),
            address: format!("h{n}"),
            roles: Vec::new(),
            state_dir: "/srv/.deployui".into(),
        };
        Plan {
            run: RunId::new("20260101-000000", [7; 10]),
            app: "shop".into(),
            stage: "test".into(),
            protected: false,
            pipeline: "deploy".into(),
            hosts: (0..hosts).map(host).collect(),
            nodes: self.nodes,
            columns: Vec::new(),
            batches: Vec::new(),
            followers: self.followers,
            released: None,
        }
    }

    fn push(
        &mut self,
        step: &str,
        part: Part,
        host: Option<HostId>,
        needs: Vec<NodeId>,
        kind: Kind,
    ) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap());
        let key = Key { step: step_name(step), part };
        self.nodes.push(Node { key, host, needs, kind, origin: Origin::Plan });
        id
    }

    /// A gate behind everything so far.
    fn gate(&mut self, step: &str, gate: Gate) -> NodeId {
        self.gates += 1;
        let needs = std::mem::take(&mut self.tail);
        let id = self.push(step, Part::Gate(self.gates), None, needs, Kind::Gate(gate));
        self.tail = vec![id];
        id
    }

    fn act(&mut self, step: &str, changes: Changes) -> Act {
        let random = &mut *self.random;
        let limit = random.chance(20).then(|| random.between(1, 60));
        let retry = if changes == Changes::Schema || random.chance(80) { 0 } else { 2 };
        let mut command = command(step.to_owned());
        command.input = random.chance(20);
        Act {
            command,
            undo: random.chance(60).then(|| self::command(format!("undo {step}"))),
            changes,
            mode: if random.chance(50) { BoxMode::Detached } else { BoxMode::Inline },
            limit: limit.map(|seconds| Duration::from_secs(seconds.unsigned_abs())),
            retry,
            elsewhere: Vec::new(),
        }
    }

    fn group(&mut self, first: i64, steps: i64, all: &[HostId]) {
        let scope = self.random.chance(50).then(|| {
            self.scopes += 1;
            ScopeId(self.scopes)
        });
        let label = name(first);
        if let Some(scope) = scope {
            self.gate(&label, Gate::Enter(scope));
        }
        let size = 1 + self.random.below(all.len());
        for (turn, batch) in all.chunks(size).enumerate() {
            if turn > 0 {
                let max_failed = u16::try_from(self.random.below(3)).unwrap();
                self.gate(&label, Gate::Batch { max_failed });
            }
            for step in first..first + steps {
                self.plain(&name(step), batch, Changes::Nothing);
            }
        }
        if let Some(scope) = scope {
            self.gate(&label, Gate::Leave(scope));
            for turn in 0..self.random.below(3) {
                if turn > 0 {
                    self.gate(&label, Gate::Join);
                }
                self.closing(&closing_name(scope, turn), all);
            }
        }
    }

    /// What leaves a scope, behind its gate.
    fn closing(&mut self, name: &str, all: &[HostId]) {
        let mut act = self.act(name, Changes::Nothing);
        act.undo = None;
        let needs = std::mem::take(&mut self.tail);
        for host in all {
            let kind = Kind::Act(Box::new(act.clone()));
            let node = self.push(name, Part::Main, Some(*host), needs.clone(), kind);
            self.tail.push(node);
        }
    }

    fn step(&mut self, name: &str, all: &[HostId]) {
        if self.random.chance(5) {
            self.gate(name, Gate::Confirm("sure?".into()));
        }
        if self.random.chance(5) {
            self.gate(name, Gate::Until(Duration::from_secs(20)));
        }
        let kind = self.random.below(5);
        match kind {
            ONCE if self.rare[ONCE] => self.once(name, all, Changes::Nothing),
            ITEMS if self.rare[ITEMS] => self.items(name, all),
            SCHEMA if self.rare[SCHEMA] => self.once(name, all, Changes::Schema),
            SERVED if self.rare[SERVED] => self.served(name, all),
            _ => self.plain(name, all, Changes::Nothing),
        }
    }

    /// What the nodes of a step on this host wait for: its barrier, or the question behind it.
    fn opening(&mut self, name: &str, host: HostId, barrier: NodeId) -> NodeId {
        if !(self.rare[WHEN] && self.random.chance(30)) {
            return barrier;
        }
        let ask = Ask { command: command(format!("when {name}")), query: Query::When(Vec::new()) };
        self.push(name, Part::When(1), Some(host), vec![barrier], Kind::Ask(Box::new(ask)))
    }

    fn wanted_by(&mut self, opening: NodeId, nodes: &[NodeId]) {
        let place = usize::try_from(opening.0).unwrap();
        if let Kind::Ask(ask) = &mut self.nodes[place].kind {
            ask.query = Query::When(nodes.to_vec());
        }
    }

    fn plain(&mut self, name: &str, hosts: &[HostId], changes: Changes) {
        let barrier = self.gate(name, Gate::Barrier);
        let act = self.act(name, changes);
        self.tail = Vec::new();
        for host in hosts {
            let opening = self.opening(name, *host, barrier);
            let kind = Kind::Act(Box::new(act.clone()));
            let node = self.push(name, Part::Main, Some(*host), vec![opening], kind);
            self.wanted_by(opening, &[node]);
            self.tail.push(node);
        }
    }

    fn once(&mut self, name: &str, all: &[HostId], changes: Changes) {
        let barrier = self.gate(name, Gate::Barrier);
        let mut act = self.act(name, changes);
        let host = all[0];
        if self.random.chance(70) {
            let asked = self.rare[WHEN] && self.random.chance(30);
            let other = |host: &HostId| Elsewhere {
                host: *host,
                command: act.command.clone(),
                undo: act.undo.clone(),
                when: asked.then(|| command(format!("when {name}"))),
            };
            act.elsewhere = all[1..].iter().map(other).collect();
        }
        let opening = self.opening(name, host, barrier);
        let kind = Kind::Act(Box::new(act));
        let node = self.push(name, Part::Main, Some(host), vec![opening], kind);
        self.wanted_by(opening, &[node]);
        self.tail = vec![node];
    }

    fn items(&mut self, name: &str, all: &[HostId]) {
        let barrier = self.gate(name, Gate::Barrier);
        let host = *self.random.pick(all).unwrap();
        let changes = if self.random.chance(30) { Changes::Schema } else { Changes::Nothing };
        let each = self.act(name, changes);
        let opening = self.opening(name, host, barrier);
        let list = NodeId(u32::try_from(self.nodes.len()).unwrap());
        let close = NodeId(list.0 + 1);
        let pattern = self.random.chance(50).then(|| "^i(?<n>[0-9]+)$".to_owned());
        let items = Items { pattern, each, close };
        let query = Query::Items(Box::new(items));
        let ask = Ask { command: command(format!("list {name}")), query };
        let kind = Kind::Ask(Box::new(ask));
        self.push(name, Part::List(1), Some(host), vec![opening], kind);
        self.wanted_by(opening, &[list]);
        self.tail = vec![list];
        self.gate(name, Gate::Join);
    }

    fn served(&mut self, name: &str, all: &[HostId]) {
        self.plain(name, all, Changes::Served);
        let acts = self.tail.clone();
        let follower = format!("{name}-after");
        let act = self.act(&follower, Changes::Nothing);
        self.tail = Vec::new();
        for (host, after) in all.iter().zip(acts) {
            let kind = Kind::Act(Box::new(act.clone()));
            let node = self.push(&follower, Part::Main, Some(*host), vec![after], kind);
            self.tail.push(node);
            self.followers.push(Follower {
                of: step_name(name),
                step: step_name(&follower),
                host: *host,
                act: act.clone(),
            });
        }
    }
}
