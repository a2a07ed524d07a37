//! The fold: total, and the form of the facts in the journal.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{
    Abort, Choice, End, Event, Excerpt, Fact, LinkState, Lost, Mode, Observation, Question, Reason,
    Run, Sig, State, Stop, StopCause, Verdict, Who, Why,
};
use crate::model::{
    Act, Ask, BoxMode, Changes, Command, Elsewhere, Gate, HoldId, HostId, Items, Key, Kind, Node,
    NodeId, Origin, Part, Plan, Query, RunId, StepName, Text, Try,
};

fn act() -> Act {
    Act {
        command: Command::new(Text::literal("true")),
        undo: Some(Command::new(Text::literal("false"))),
        changes: Changes::Schema,
        mode: BoxMode::Inline,
        limit: None,
        retry: 0,
        elsewhere: vec![Elsewhere {
            host: HostId(1),
            command: Command::new(Text::literal("there")),
            undo: None,
            when: None,
        }],
    }
}

fn node(id: u32, kind: Kind) -> Node {
    let host = (!matches!(kind, Kind::Gate(_))).then_some(HostId(0));
    let part = if host.is_some() { Part::Main } else { Part::Gate(1) };
    let step = StepName::try_from(format!("s{id}")).unwrap();
    let needs = id.checked_sub(1).map(NodeId).into_iter().collect();
    Node { key: Key { step, part }, host, needs, kind, origin: Origin::Plan }
}

fn opened() -> Event {
    let items = Items { pattern: None, each: act(), close: NodeId(0) };
    let ask = |query| {
        let command = Command::new(Text::literal("ask"));
        Kind::Ask(Box::new(Ask { command, query }))
    };
    let kinds = [
        Kind::Gate(Gate::Barrier),
        Kind::Act(Box::new(act())),
        ask(Query::Items(Box::new(items))),
        ask(Query::When(vec![NodeId(1)])),
    ];
    let plan = Plan {
        run: RunId::new("20260101-000000", [1; 10]),
        app: "shop".into(),
        stage: "test".into(),
        protected: false,
        pipeline: "deploy".into(),
        hosts: Vec::new(),
        nodes: (0u32..).zip(kinds).map(|(id, kind)| node(id, kind)).collect(),
        columns: Vec::new(),
        batches: Vec::new(),
        followers: Vec::new(),
        released: None,
    };
    event(0, Fact::Opened(Box::new(plan)))
}

fn event(seq: u64, fact: Fact) -> Event {
    Event { seq, at: Timestamp::UNIX_EPOCH, by: None, fact }
}

fn run(facts: Vec<Fact>) -> Run {
    let rest = (1u64..).zip(facts).map(|(seq, fact)| event(seq, fact));
    let events: Vec<Event> = std::iter::once(opened()).chain(rest).collect();
    Run::fold(&events).unwrap()
}

#[test]
fn each_kind_of_cause_answers_its_questions() {
    use super::Cause;
    let question = || Question { text: String::new(), hidden: false };
    let (yes, no) = (true, false);
    // Failure, trouble, stops what comes later, outlives an abort.
    for (cause, answers) in [
        (Cause::Failed(End::Exit(1)), [yes, yes, yes, no]),
        (Cause::Refused(String::new()), [yes, yes, yes, no]),
        (Cause::Unknown(Lost::Died), [no, yes, yes, yes]),
        (Cause::Unsettled, [no, no, yes, yes]),
        (Cause::Break, [no, no, no, no]),
        (Cause::Confirm(String::new()), [no, no, yes, no]),
        (Cause::Schema, [no, no, yes, no]),
        (Cause::Input(1, question()), [no, no, no, yes]),
        (Cause::Batch(1), [no, no, yes, no]),
        (Cause::LockHeld(String::new()), [no, no, yes, no]),
        (Cause::Diverges(String::new()), [no, no, yes, no]),
        (Cause::OnceHostGone(true), [no, no, yes, no]),
        (Cause::Unreachable, [no, no, yes, yes]),
        (Cause::NotUndone(End::Exit(1)), [no, yes, no, no]),
    ] {
        let said = [cause.is_failure(), cause.is_trouble(), cause.stops(), cause.outlives_abort()];
        assert_eq!(said, answers, "{cause:?}");
    }
}

#[test]
fn an_end_says_what_its_status_means() {
    let said = |status| End::from_status(status).to_string();
    assert_eq!(said(3), "exit 3");
    assert_eq!(said(126), "exit 126 (cannot be executed)");
    assert_eq!(said(127), "exit 127 (command not found)");
    assert_eq!(said(137), "killed by signal 9 (KILL)");
    assert_eq!(said(255), "exit 255");
}

fn attempt(node: u32, n: u16) -> Try {
    Try { node: NodeId(node), n }
}

#[test]
fn a_journal_begins_with_the_opening() {
    assert!(Run::fold(&[]).is_err());
    assert!(Run::fold(&[event(0, Fact::Mode(Mode::Run))]).is_err());
    assert!(Run::fold(&[opened()]).is_ok());
}

#[test]
fn facts_of_an_old_attempt_change_nothing() {
    let first = [Fact::Armed(attempt(1, 1)), Fact::Armed(attempt(1, 2))];
    let before = run(first.to_vec());
    for fact in [
        Fact::Staged(attempt(1, 1)),
        Fact::Started(attempt(1, 1)),
        Fact::Ended(attempt(1, 1), End::Exit(0), 1),
        Fact::Lost(attempt(1, 1), Lost::Gone),
        Fact::Fenced(attempt(1, 1)),
        Fact::Started(attempt(99, 1)),
    ] {
        let mut facts = first.to_vec();
        facts.push(fact);
        assert_eq!(run(facts).cells, before.cells);
    }
}

#[test]
fn a_list_that_was_read_well_can_be_refused_later() {
    let one = attempt(2, 1);
    let mut facts =
        vec![Fact::Armed(one), Fact::Ended(one, End::Exit(0), 1), Fact::Settled(one, 1)];
    assert_eq!(run(facts.clone()).cells[2].state, State::Ok(1));
    facts.push(Fact::Refused(one, "too many".into()));
    assert_eq!(run(facts).cells[2].state, State::Refused(1, "too many".into()));
}

#[test]
fn an_abort_is_only_ever_made_stronger() {
    let abort = |undo, stop| Fact::Aborted(Abort { undo, stop }, Why::default());
    let all = run(vec![abort(false, true), abort(true, false)]);
    assert_eq!(all.aborting, Some(Abort { undo: true, stop: true }));
}

#[test]
fn the_form_of_facts_is_frozen() {
    let lines: Vec<String> = [
        Fact::Taken(Who("op@desk".into())),
        Fact::Mode(Mode::Step),
        Fact::Break(NodeId(3), true),
        Fact::Passed(NodeId(3)),
        Fact::Grew(
            vec![node(4, Kind::Gate(Gate::Schema(NodeId(1))))],
            vec![(NodeId(0), NodeId(4))],
        ),
        Fact::Pruned(vec![NodeId(1)], Reason::NotWanted),
        Fact::Armed(attempt(1, 2)),
        Fact::Ended(attempt(1, 2), End::Signal(9), 17),
        Fact::Lost(attempt(1, 2), Lost::OtherHost),
        Fact::Asks(attempt(1, 2), 1, Question { text: "sure? ".into(), hidden: true }),
        Fact::Stopping(attempt(1, 2), Stop { sig: Sig::Term, cause: StopCause::Limit }),
        Fact::Link(HostId(0), LinkState::Down("reset".into())),
        Fact::Chose(HoldId(1), Choice::Edit("make".into()), Why("typo".into())),
        Fact::Chose(HoldId(2), Choice::Move(HostId(1)), Why::default()),
        Fact::Aborted(Abort { undo: true, stop: false }, Why::default()),
        Fact::Closed(Verdict::Unknown),
    ]
    .iter()
    .map(|fact| serde_json::to_string(fact).unwrap())
    .collect();
    let expected = [
        r#"{"taken":"op@desk"}"#,
        r#"{"mode":"step"}"#,
        r#"{"break":[3,true]}"#,
        r#"{"passed":3}"#,
        r#"{"grew":[[{"key":{"step":"s4","part":{"gate":1}},"needs":[3],"kind":{"gate":{"schema":1}},"origin":"plan"}],[[0,4]]]}"#,
        r#"{"pruned":[[1],"not-wanted"]}"#,
        r#"{"armed":{"node":1,"n":2}}"#,
        r#"{"ended":[{"node":1,"n":2},{"signal":9},17]}"#,
        r#"{"lost":[{"node":1,"n":2},"other-host"]}"#,
        r#"{"asks":[{"node":1,"n":2},1,{"text":"sure? ","hidden":true}]}"#,
        r#"{"stopping":[{"node":1,"n":2},{"sig":"term","cause":"limit"}]}"#,
        r#"{"link":[0,{"down":"reset"}]}"#,
        r#"{"chose":[1,{"edit":"make"},"typo"]}"#,
        r#"{"chose":[2,{"move":1},""]}"#,
        r#"{"aborted":[{"undo":true,"stop":false},""]}"#,
        r#"{"closed":"unknown"}"#,
    ];
    assert_eq!(lines, expected);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let one = || (0u32..6, 0u16..4).prop_map(|(node, n)| attempt(node, n));
    let node_id = || (0u32..6).prop_map(NodeId);
    let choices = prop::sample::select(vec![
        Choice::Go,
        Choice::Retry,
        Choice::Skip,
        Choice::Assume(false),
        Choice::Exclude,
        Choice::Undo,
        Choice::Abort,
        Choice::Answer(1),
        Choice::Move(HostId(1)),
        Choice::TakeOver,
    ]);
    let question = || Question { text: "?".into(), hidden: false };
    let machine = Excerpt { machine: "m".into(), boot: "b".into(), base: "/s".into() };
    prop_oneof![
        one().prop_map(Fact::Armed),
        one().prop_map(Fact::Staged),
        one().prop_map(Fact::Started),
        (one(), 0u8..3).prop_map(|(one, exit)| Fact::Ended(one, End::Exit(exit), 1)),
        one().prop_map(|one| Fact::Settled(one, 2)),
        one().prop_map(|one| Fact::Lost(one, Lost::Died)),
        one().prop_map(Fact::Fenced),
        one().prop_map(|one| Fact::Refused(one, "no".into())),
        one().prop_map(move |one| Fact::Asks(one, 1, question())),
        one().prop_map(|one| Fact::Answered(one, 1)),
        one().prop_map(|one| Fact::WentOn(one, 1)),
        node_id().prop_map(Fact::Passed),
        node_id().prop_map(|id| Fact::Pruned(vec![id], Reason::Aborted)),
        node_id().prop_map(|id| Fact::Grew(
            vec![node(5, Kind::Act(Box::new(act())))],
            vec![(id, NodeId(5))]
        )),
        (0u32..4, choices).prop_map(|(id, choice)| Fact::Chose(HoldId(id), choice, Why::default())),
        (0u32..4, node_id()).prop_map(|(id, on)| {
            let hold = super::Hold { on, cause: super::Cause::Break, offers: Vec::new() };
            Fact::Held(HoldId(id), hold)
        }),
        (0u16..3).prop_map(|host| Fact::Excluded(HostId(host), Why::default())),
        any::<(bool, bool)>()
            .prop_map(|(undo, stop)| Fact::Aborted(Abort { undo, stop }, Why::default())),
        Just(Fact::Saw(HostId(0), Observation::Machine(machine))),
        Just(Fact::Mode(Mode::Run)),
        Just(Fact::Closed(Verdict::Ok)),
    ]
}

proptest! {
    /// Whatever a journal holds behind its first line, it folds, in one go as fact by fact, and
    /// what was read from the disk folds the same.
    #[test]
    fn any_facts_fold(facts in prop::collection::vec(any_fact(), 0..40)) {
        let whole = run(facts.clone());
        let mut grown = Run::open(&opened()).unwrap();
        for (seq, fact) in (1u64..).zip(facts) {
            let text = serde_json::to_string(&event(seq, fact)).unwrap();
            grown.apply(&serde_json::from_str(&text).unwrap());
            let _asked = (grown.verdict(), grown.visible(), grown.busy());
        }
        prop_assert_eq!(whole, grown);
    }
}
