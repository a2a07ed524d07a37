//! Runs told as facts: a pipeline of five steps on two web hosts and a database host.

use jiff::{SignedDuration, Timestamp};

use crate::{
    model::{
        Act, BoxMode, Changes, Column, Command, Gate, HoldId, Host, HostId, Key, Kind, Node,
        NodeId, Origin, Part, Plan, RunId, StepName, Text, Try,
    },
    run::{
        Cause, Choice, End, Event, Fact, Hold, LinkState, Lost, Mode, Offer, Question, Run,
        Verdict, Who, Why,
    },
    tui::{HostState, Told},
};

/// Seconds since the stories begin.
pub(crate) fn at(seconds: i64) -> Timestamp {
    let begin: Timestamp = "2026-11-22T14:00:00Z".parse().unwrap();
    begin + SignedDuration::from_secs(seconds)
}

const HOSTS: [&str; 3] = ["web1", "web2", "db1"];
const STEPS: [(&str, &str, &[u16]); 5] = [
    ("release", "Make the directory of the new release", &[0, 1, 2]),
    ("build", "Install what the application needs and build its assets", &[0, 1]),
    ("migrate", "Apply database migrations", &[2]),
    ("switch", "Make the new release the current one", &[0, 1]),
    ("restart", "Restart the application server", &[0, 1]),
];

fn name(step: &str) -> StepName {
    StepName::try_from(step.to_owned()).unwrap()
}

fn act(step: &str) -> Act {
    let mut command = Command::new(Text::literal(format!("./bin/{step} --release 1121-1012")));
    command.cwd = Some(Text::literal("/srv/www/shop"));
    let undo =
        (step != "migrate").then(|| Command::new(Text::literal(format!("./bin/{step} --undo"))));
    let changes = match step {
        "migrate" => Changes::Schema,
        "switch" => Changes::Served,
        _ => Changes::Nothing,
    };
    Act {
        command,
        undo,
        changes,
        mode: BoxMode::Detached,
        limit: None,
        retry: 0,
        elsewhere: Vec::new(),
    }
}

/// The plan: each step behind a gate that waits for all of the step before.
pub(crate) fn plan() -> Plan {
    let (mut nodes, mut columns) = (Vec::new(), Vec::new());
    let mut before: Vec<NodeId> = Vec::new();
    for (step, about, hosts) in STEPS {
        let id = |nodes: &Vec<Node>| NodeId(u32::try_from(nodes.len()).unwrap());
        let gate = id(&nodes);
        let key = |part| Key { step: name(step), part };
        let origin = Origin::Plan;
        nodes.push(Node {
            key: key(Part::Gate(1)),
            host: None,
            needs: before,
            kind: Kind::Gate(Gate::Barrier),
            origin,
        });
        before = Vec::new();
        for host in hosts {
            before.push(id(&nodes));
            let kind = Kind::Act(Box::new(act(step)));
            let (host, needs) = (Some(HostId(*host)), vec![gate]);
            nodes.push(Node { key: key(Part::Main), host, needs, kind, origin });
        }
        let gates = vec![gate];
        let about = about.to_owned();
        columns.push(Column {
            step: name(step),
            about,
            built_in: None,
            gates,
            nodes: before.clone(),
        });
    }
    let host = |name: &str| Host {
        name: name.to_owned(),
        address: format!("deploy@{name}.example.com"),
        roles: vec!["app".to_owned()],
        state_dir: "~/.deployui".to_owned(),
    };
    Plan {
        run: RunId::new("20261122-140000", [7; 10]),
        app: "shop".to_owned(),
        stage: "production".to_owned(),
        protected: true,
        pipeline: "deploy".to_owned(),
        hosts: HOSTS.map(host).to_vec(),
        nodes,
        columns,
        batches: Vec::new(),
        followers: Vec::new(),
        released: None,
    }
}

/// Writes down facts as they happen.
pub(crate) struct Story {
    pub(crate) events: Vec<Event>,
    seconds: i64,
    run: Option<Run>,
}

pub(crate) fn bob() -> Who {
    Who("bob@laptop".to_owned())
}

impl Story {
    /// A run was opened and all hosts are there.
    pub(crate) fn opened() -> Self {
        Self::of(plan())
    }

    /// A run of this plan was opened and all hosts are there.
    pub(crate) fn of(plan: Plan) -> Self {
        let mut story = Self { events: Vec::new(), seconds: 0, run: None };
        story.fact(Fact::Opened(Box::new(plan)));
        for host in 0..3 {
            story.fact(Fact::Link(HostId(host), LinkState::Up));
        }
        story.then(Fact::Mode(Mode::Run))
    }

    fn fact(&mut self, fact: Fact) {
        let seq = self.events.len() as u64;
        let by = matches!(fact, Fact::Mode(_) | Fact::Chose(..) | Fact::Aborted(..)).then(bob);
        let event = Event { seq, at: at(self.seconds), by, fact };
        match &mut self.run {
            Some(run) => run.apply(&event),
            None => self.run = Some(Run::open(&event).unwrap()),
        }
        self.events.push(event);
    }

    pub(crate) fn then(mut self, fact: Fact) -> Self {
        self.fact(fact);
        self
    }

    pub(crate) fn wait(mut self, seconds: i64) -> Self {
        self.seconds += seconds;
        self
    }

    pub(crate) fn mode(self, mode: Mode) -> Self {
        self.then(Fact::Mode(mode))
    }

    /// The node of a step on a host, the newest that is no compensation.
    pub(crate) fn node(&self, step: &str, host: u16) -> NodeId {
        let (step, host) = (name(step), Some(HostId(host)));
        let here = |node: &Node| node.key.step == step && node.host == host;
        let nodes = self.run.as_ref().unwrap().ids();
        let ids = nodes
            .filter(|(_, cell)| here(&cell.node) && !cell.node.origin.takes_back())
            .map(|(id, cell)| (cell.tries > 0 && !cell.is_over(), cell.began, id));
        ids.max().unwrap().2
    }

    pub(crate) fn gate(&self, step: &str) -> NodeId {
        let run = self.run.as_ref().unwrap();
        run.plan.columns.iter().find(|column| column.step == name(step)).unwrap().gates[0]
    }

    fn next_try(&self, node: NodeId) -> Try {
        Try { node, n: self.run.as_ref().unwrap().cell(node).unwrap().tries + 1 }
    }

    pub(crate) fn pass(self, step: &str) -> Self {
        let gate = self.gate(step);
        self.then(Fact::Passed(gate))
    }

    /// A step lies ready on its host before its turn comes.
    pub(crate) fn ready(self, step: &str, host: u16) -> Self {
        let attempt = self.next_try(self.node(step, host));
        self.then(Fact::Armed(attempt)).then(Fact::Staged(attempt))
    }

    pub(crate) fn start(self, step: &str, host: u16) -> Self {
        let node = self.node(step, host);
        self.start_node(node)
    }

    pub(crate) fn start_node(self, node: NodeId) -> Self {
        let attempt = self.next_try(node);
        self.then(Fact::Armed(attempt)).then(Fact::Staged(attempt)).then(Fact::Started(attempt))
    }

    pub(crate) fn end(self, step: &str, host: u16, status: u8) -> Self {
        let node = self.node(step, host);
        self.end_node(node, status)
    }

    pub(crate) fn end_node(self, node: NodeId, status: u8) -> Self {
        let n = self.run.as_ref().unwrap().cell(node).unwrap().tries;
        let attempt = Try { node, n };
        self.then(Fact::Ended(attempt, End::from_status(status), 1640))
            .then(Fact::Settled(attempt, 1640))
    }

    /// A whole step, done well on these hosts.
    pub(crate) fn done(mut self, step: &str, hosts: &[u16], seconds: i64) -> Self {
        self = self.pass(step);
        for host in hosts {
            self = self.start(step, *host);
        }
        self = self.wait(seconds);
        for host in hosts {
            self = self.end(step, *host, 0);
        }
        self
    }

    pub(crate) fn hold(mut self, on: NodeId, cause: Cause, offers: &[Offer]) -> Self {
        let id = HoldId(self.run.as_ref().unwrap().holds_asked);
        self.fact(Fact::Held(id, Hold { on, cause, offers: offers.to_vec() }));
        self
    }

    pub(crate) fn told(self) -> Told {
        Told::Events(self.events)
    }
}

pub(crate) const AFTER_FAILURE: [Offer; 7] = [
    Offer::Retry,
    Offer::Edit,
    Offer::Fixed,
    Offer::Skip,
    Offer::Exclude,
    Offer::Undo,
    Offer::Abort,
];

/// The plan, and hosts on their way.
pub(crate) fn connecting() -> Vec<Told> {
    vec![
        Told::Plan(Box::new(plan())),
        Told::Host(HostId(0), HostState::Ready),
        Told::Host(HostId(1), HostState::Connecting),
        Told::Host(
            HostId(2),
            HostState::Trouble {
                what: "no answer from 10.0.3.12:22 within 10 s".to_owned(),
                hint: Some("is the address right, and does a firewall let you in?".to_owned()),
            },
        ),
    ]
}

/// The plan, and all hosts there.
pub(crate) fn ready() -> Vec<Told> {
    let hosts = (0..3).map(|host| Told::Host(HostId(host), HostState::Ready));
    std::iter::once(Told::Plan(Box::new(plan()))).chain(hosts).collect()
}

/// The build runs on both web hosts; a breakpoint is ahead.
pub(crate) fn running() -> Story {
    let story = Story::opened().wait(2).done("release", &[0, 1, 2], 1).pass("build");
    let gate = story.gate("switch");
    story
        .start("build", 0)
        .start("build", 1)
        .then(Fact::Break(gate, true))
        .wait(12)
        .end("build", 1, 0)
}

/// The database migration failed.
pub(crate) fn failed() -> Story {
    let story = running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2);
    let story = story.wait(8).end("migrate", 2, 1);
    let node = story.node("migrate", 2);
    story.hold(node, Cause::Failed(End::Exit(1)), &AFTER_FAILURE)
}

/// The migration's outcome is unknown.
pub(crate) fn unknown() -> Story {
    let story = running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2).wait(8);
    let node = story.node("migrate", 2);
    let offers = [
        Offer::AssumeOk,
        Offer::AssumeFailed,
        Offer::Retry,
        Offer::Exclude,
        Offer::Undo,
        Offer::Abort,
    ];
    story.then(Fact::Lost(Try { node, n: 1 }, Lost::Died)).hold(
        node,
        Cause::Unknown(Lost::Died),
        &offers,
    )
}

/// The migration asks something.
pub(crate) fn asking() -> Story {
    let story = running().wait(3).end("build", 0, 0).pass("migrate").start("migrate", 2).wait(8);
    let node = story.node("migrate", 2);
    let question = Question {
        text: "Really drop table \x1b[31mold?\x1b]0;x\x07 [y/N] ".into(),
        hidden: false,
    };
    story.then(Fact::Asks(Try { node, n: 1 }, 1, question.clone())).hold(
        node,
        Cause::Input(1, question),
        &[Offer::Answer, Offer::Undo, Offer::Abort],
    )
}

/// The run was given up while the migration asks.
pub(crate) fn asking_given_up() -> Story {
    use crate::run::Abort;
    asking().then(Fact::Aborted(Abort { undo: false, stop: false }, Why::default()))
}

/// Stopped at the breakpoint before the switch.
pub(crate) fn broken() -> Story {
    let story = running().wait(3).end("build", 0, 0).done("migrate", &[2], 9);
    let gate = story.gate("switch");
    story.hold(gate, Cause::Break, &[Offer::Go, Offer::Abort, Offer::Undo])
}

/// All done.
pub(crate) fn done_ok() -> Story {
    running()
        .wait(3)
        .end("build", 0, 0)
        .done("migrate", &[2], 9)
        .done("switch", &[0, 1], 1)
        .done("restart", &[0, 1], 4)
        .then(Fact::Closed(Verdict::Ok))
}

/// The failed migration was skipped, the rest was done.
pub(crate) fn done_failed() -> Story {
    let why = Why("done by hand tomorrow".to_owned());
    failed()
        .then(Fact::Chose(HoldId(0), Choice::Skip, why))
        .done("switch", &[0, 1], 1)
        .done("restart", &[0, 1], 4)
        .then(Fact::Closed(Verdict::Failed))
}

/// All but the last step was done.
fn done_part() -> Story {
    running().end("build", 0, 0).pass("migrate").done("migrate", &[2], 26).pass("switch").done(
        "switch",
        &[0, 1],
        1,
    )
}

/// The failed run is taken back: the first compensation runs.
pub(crate) fn undoing() -> Story {
    let (story, first) = taken_back();
    story.start_node(NodeId(first))
}

/// A compensation has failed, and is asked about.
pub(crate) fn not_undone() -> Story {
    let (story, first) = taken_back();
    let node = NodeId(first + 1);
    let offers = [Offer::Retry, Offer::Edit, Offer::Fixed, Offer::Skip, Offer::Abort];
    let story = story.start_node(node).wait(1).end_node(node, 2);
    story.hold(node, Cause::NotUndone(End::Exit(2)), &offers)
}

/// The failed run is given up, and what takes it back is known: the number of its first node.
fn taken_back() -> (Story, u32) {
    use crate::run::Abort;
    let mut story = failed().then(Fact::Aborted(Abort { undo: true, stop: false }, Why::default()));
    let pairs = [("build", 0), ("build", 1), ("release", 0), ("release", 1), ("release", 2)];
    let mut nodes = Vec::new();
    for (step, host) in pairs {
        let of = story.node(step, host);
        nodes.push(Node {
            key: Key { step: name(step), part: Part::Undo(1) },
            host: Some(HostId(host)),
            needs: Vec::new(),
            kind: Kind::Act(Box::new(act(step))),
            origin: Origin::UndoOf(of),
        });
    }
    let first = u32::try_from(plan().nodes.len()).unwrap();
    story = story.then(Fact::Grew(nodes, Vec::new()));
    (story, first)
}

/// The served release was changed after the schema was: the undo asks before that is taken back, and again
/// before the maintenance page goes down.
pub(crate) fn asks_about_schema(opens: bool) -> Story {
    use crate::run::Abort;
    let story = done_part().then(Fact::Aborted(Abort { undo: true, stop: false }, Why::default()));
    let (schema, first) = (story.node("migrate", 2), u32::try_from(plan().nodes.len()).unwrap());
    let gate = |at: u32, needs: &[u32]| Node {
        key: Key { step: name("migrate"), part: Part::Undo(u16::try_from(at).unwrap()) },
        host: None,
        needs: needs.iter().map(|need| NodeId(first + need)).collect(),
        kind: Kind::Gate(Gate::Schema(schema)),
        origin: Origin::UndoOf(schema),
    };
    let back = |step: &str, part, host, gate: u32, origin| Node {
        key: Key { step: name(step), part },
        host: Some(HostId(host)),
        needs: vec![NodeId(first + gate)],
        kind: Kind::Act(Box::new(act(step))),
        origin,
    };
    let of = story.node("switch", 0);
    let nodes = vec![
        gate(0, &[]),
        back("switch", Part::Undo(1), 0, 0, Origin::UndoOf(of)),
        back("switch", Part::Undo(1), 1, 0, Origin::UndoOf(story.node("switch", 1))),
        back("restart", Part::Follow(1), 0, 1, Origin::FollowerOf(of)),
        gate(1, &[1, 2, 3]),
        back("maintenance-off", Part::Leave(1), 0, 4, Origin::LeaveOf(of)),
        back("release", Part::Undo(2), 0, 5, Origin::UndoOf(story.node("release", 0))),
    ];
    let asks = NodeId(first + if opens { 4 } else { 0 });
    let story = story.then(Fact::Grew(nodes, Vec::new()));
    story.hold(asks, Cause::Schema, &[Offer::Go, Offer::Abort])
}

/// What follows the undo of what was served has failed, and is asked about.
pub(crate) fn not_followed() -> Story {
    let first = u32::try_from(plan().nodes.len()).unwrap();
    let mut story = asks_about_schema(false)
        .then(Fact::Chose(HoldId(0), Choice::Go, Why::default()))
        .then(Fact::Passed(NodeId(first)));
    for (at, status) in [(1, 0), (2, 0), (3, 1)] {
        let node = NodeId(first + at);
        story = story.start_node(node).wait(1).end_node(node, status);
    }
    let offers = [Offer::Retry, Offer::Edit, Offer::Fixed, Offer::Skip, Offer::Abort];
    story.hold(NodeId(first + 3), Cause::NotUndone(End::Exit(1)), &offers)
}

/// The failed run was taken back; one compensation failed.
pub(crate) fn undone() -> Story {
    let (mut story, first) = taken_back();
    for (at, status) in [(0, 0), (1, 2), (2, 0), (3, 0), (4, 0)] {
        let node = NodeId(first + at);
        story = story.start_node(node).wait(1).end_node(node, status);
    }
    let waiting = [("switch", 0), ("switch", 1), ("restart", 0), ("restart", 1)];
    let waiting = waiting.map(|(step, host)| story.node(step, host)).to_vec();
    story
        .then(Fact::Pruned(waiting, crate::run::Reason::Aborted))
        .then(Fact::Closed(Verdict::Failed))
}
