//! A run with every fact that format 1 knows, and the one that format 2 adds.

use std::time::Duration;

use super::super::*;
use crate::{
    model::{
        Act, Ask, BoxMode, Changes, Column, Command, Elsewhere, Follower, Gate, HoldId, Hole, Host,
        HostId, Items, Key, Kind, Node, NodeId, Origin, Part, Piece, Query, ScopeId, StepName,
        Text, Try,
    },
    run::{
        Abort, Cause, Choice, End, Excerpt, Fact, Hold, LinkState, Lost, Mode, Observation, Offer,
        Question, Reason, Sig, Stop, StopCause, Verdict, Who, Why,
    },
};

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_312_992 + second).unwrap()
}

pub(super) fn run() -> RunId {
    RunId::new("20261122-014312", [0; 10])
}

pub(super) fn header() -> Header {
    Header {
        format: 1,
        program: "deployui 0.1.0".into(),
        run: run(),
        app: "shop".into(),
        stage: "production".into(),
        pipeline: "deploy".into(),
        opened: at(0),
    }
}

pub(super) fn step(name: &str) -> StepName {
    StepName::try_from(name.to_owned()).unwrap()
}

pub(super) fn node(name: &str, part: Part, kind: Kind, origin: Origin) -> Node {
    let key = Key { step: step(name), part };
    Node { key, host: Some(HostId(0)), needs: vec![NodeId(0)], kind, origin }
}

pub(super) fn act() -> Act {
    let mut command = Command::new(Text(vec![
        Piece::Literal("migrate ".into()),
        Piece::Hole(Hole("item.name".into())),
    ]));
    command.cwd = Some(Text::literal("/srv/shop"));
    command.env = vec![("LANG".into(), Text::literal("C.UTF-8"))];
    command.user = Some("root".into());
    command.input = true;
    command.detaches = true;
    Act {
        command,
        undo: Some(Command::new(Text::literal("true"))),
        changes: Changes::Schema,
        mode: BoxMode::Detached,
        limit: Some(Duration::from_millis(1500)),
        retry: 0,
        elsewhere: vec![Elsewhere {
            host: HostId(1),
            command: Command::new(Text::literal("migrate")),
            undo: Some(Command::new(Text::literal("migrate back"))),
            when: Some(Command::new(Text::literal("pending"))),
        }],
    }
}

pub(super) fn plain_act() -> Act {
    Act {
        command: Command::new(Text::literal("ln -sfn release current")),
        undo: None,
        changes: Changes::Served,
        mode: BoxMode::Inline,
        limit: None,
        retry: 0,
        elsewhere: vec![],
    }
}

pub(super) fn ask(query: Query) -> Kind {
    Kind::Ask(Box::new(Ask { command: Command::new(Text::literal("list")), query }))
}

pub(super) fn plan() -> Plan {
    let items = Items { pattern: Some("(?<name>.+)".into()), each: act(), close: NodeId(2) };
    let gate = |gate| Node {
        host: None,
        ..node("migrate", Part::Gate(1), Kind::Gate(gate), Origin::Plan)
    };
    let host = |name: &str| Host {
        name: name.into(),
        address: format!("deploy@{name}.example.com:22"),
        roles: vec!["web".into()],
        state_dir: "~/.deployui".into(),
    };
    Plan {
        run: run(),
        app: "shop".into(),
        stage: "production".into(),
        protected: true,
        pipeline: "deploy".into(),
        hosts: vec![host("web1"), host("web2")],
        nodes: vec![
            gate(Gate::Barrier),
            node("migrate", Part::Main, Kind::Act(Box::new(act())), Origin::Plan),
            gate(Gate::Join),
            gate(Gate::Enter(ScopeId(0))),
            gate(Gate::Leave(ScopeId(0))),
            gate(Gate::Batch { max_failed: 1 }),
            gate(Gate::Confirm("Go on?".into())),
            gate(Gate::Schema(NodeId(1))),
            gate(Gate::Until(Duration::from_secs(60))),
            node("migrate", Part::List(1), ask(Query::Items(Box::new(items))), Origin::Plan),
            node("migrate", Part::When(1), ask(Query::When(vec![NodeId(1)])), Origin::Plan),
        ],
        columns: vec![Column {
            step: step("migrate"),
            about: "Apply migrations".into(),
            built_in: None,
            gates: vec![NodeId(0)],
            nodes: vec![NodeId(1)],
        }],
        batches: Vec::new(),
        followers: vec![Follower {
            of: step("publish"),
            step: step("restart"),
            host: HostId(0),
            act: plain_act(),
        }],
        released: None,
    }
}

pub(super) fn grown() -> Vec<Node> {
    let act = || Kind::Act(Box::new(plain_act()));
    let item = Part::Item { index: 1, line: "[ ] \"a\"\u{1b}".into() };
    vec![
        node("migrate", item, act(), Origin::ItemOf(NodeId(9))),
        node("migrate", Part::Again(2), act(), Origin::InsteadOf(NodeId(1))),
        node("migrate", Part::Undo(1), act(), Origin::UndoOf(NodeId(1))),
        node("restart", Part::Follow(1), act(), Origin::FollowerOf(NodeId(1))),
        node("pages", Part::Leave(1), act(), Origin::LeaveOf(NodeId(3))),
    ]
}

pub(super) fn causes() -> Vec<Cause> {
    let question = Question { text: "Password: ".into(), hidden: true };
    vec![
        Cause::Failed(End::Exit(3)),
        Cause::Refused("no space".into()),
        Cause::Unknown(Lost::Rebooted),
        Cause::Unsettled,
        Cause::Break,
        Cause::Confirm("Go on?".into()),
        Cause::Schema,
        Cause::Input(1, question),
        Cause::Batch(2),
        Cause::LockHeld("bob@desk".into()),
        Cause::Diverges("web2 serves another".into()),
        Cause::OnceHostGone(true),
        Cause::Unreachable,
        Cause::NotUndone(End::Signal(9)),
    ]
}

pub(super) fn offers() -> Vec<Offer> {
    vec![
        Offer::Go,
        Offer::Retry,
        Offer::Edit,
        Offer::Skip,
        Offer::Fixed,
        Offer::AssumeOk,
        Offer::AssumeFailed,
        Offer::Exclude,
        Offer::Undo,
        Offer::Abort,
        Offer::Answer,
        Offer::Move(HostId(1)),
        Offer::TakeOver,
    ]
}

pub(super) fn choices() -> Vec<Choice> {
    vec![
        Choice::Go,
        Choice::Retry,
        Choice::Edit("migrate --fake".into()),
        Choice::Skip,
        Choice::Fixed,
        Choice::Assume(true),
        Choice::Exclude,
        Choice::Undo,
        Choice::Abort,
        Choice::Answer(1),
        Choice::Move(HostId(1)),
        Choice::TakeOver,
    ]
}

/// Every fact that there is, with every value that it can hold.
pub(super) fn facts() -> Vec<Fact> {
    let attempt = Try { node: NodeId(1), n: 1 };
    let why = || Why("as agreed".into());
    let stop = |sig, cause| Fact::Stopping(attempt, Stop { sig, cause });
    let mut facts = vec![
        Fact::Opened(Box::new(plan())),
        Fact::Taken(Who("ana@desk".into())),
        Fact::Left(Who("ana@desk".into())),
        Fact::Mode(Mode::Run),
        Fact::Mode(Mode::Step),
        Fact::Mode(Mode::Pause),
        Fact::Break(NodeId(0), true),
        Fact::Passed(NodeId(0)),
        Fact::Grew(grown(), vec![(NodeId(2), NodeId(11))]),
        Fact::Pruned(vec![NodeId(1)], Reason::Aborted),
        Fact::Pruned(vec![NodeId(1)], Reason::NotWanted),
        Fact::Pruned(vec![NodeId(1)], Reason::Fenced),
        Fact::Armed(attempt),
        Fact::Staged(attempt),
        Fact::Started(attempt),
        Fact::Refused(attempt, "no space".into()),
        Fact::Listed(attempt, vec!["[ ] a".into(), String::new()]),
        Fact::Asks(attempt, 1, Question { text: "Sure? ".into(), hidden: false }),
        Fact::Answered(attempt, 1),
        Fact::Ended(attempt, End::Exit(0), 4096),
        Fact::Ended(attempt, End::Signal(15), u64::MAX),
        Fact::Ended(attempt, End::TimedOut, 0),
        Fact::Settled(attempt, 4096),
        Fact::Fenced(attempt),
        Fact::LogReplaced(attempt, 4096, 12),
        stop(Sig::Term, StopCause::Operator),
        stop(Sig::Kill, StopCause::Limit),
        stop(Sig::Kill, StopCause::Abort),
        Fact::Link(HostId(0), LinkState::Up),
        Fact::Link(HostId(0), LinkState::Down("reset by peer\r\n\"\\".into())),
        Fact::Saw(
            HostId(0),
            Observation::Machine(Excerpt {
                machine: "web1-0a1b".into(),
                boot: "-".into(),
                base: "/home/deploy/.deployui".into(),
            }),
        ),
        Fact::Excluded(HostId(1), why()),
        Fact::Aborted(Abort { undo: true, stop: false }, why()),
    ];
    let lost = [Lost::Died, Lost::Rebooted, Lost::Gone, Lost::Corrupt, Lost::OtherHost];
    facts.extend(lost.map(|lost| Fact::Lost(attempt, lost)));
    facts.extend(
        causes()
            .into_iter()
            .map(|cause| Fact::Held(HoldId(0), Hold { on: NodeId(1), cause, offers: offers() })),
    );
    facts.extend(choices().into_iter().map(|choice| Fact::Chose(HoldId(0), choice, why())));
    let verdicts = [Verdict::Ok, Verdict::Failed, Verdict::Aborted, Verdict::Unknown];
    facts.extend(verdicts.map(Fact::Closed));
    facts
}

pub(super) fn events(facts: Vec<Fact>) -> Vec<Event> {
    let by = |seq: u64| seq.is_multiple_of(2).then(|| Who("ana@desk".into()));
    (0..).zip(facts).map(|(seq, fact)| Event { seq, at: at(1), by: by(seq), fact }).collect()
}
