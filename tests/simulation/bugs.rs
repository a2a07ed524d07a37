//! Planted bugs: each is one thing that a driver, a box or a front end could get wrong. The
//! simulation must find every one of them.

use deployui::{
    engine::BoxFact,
    model::{Gate, HostId, Kind, Node, Origin, Try},
    run::{Cause, End, Event, Fact},
};

use crate::world::World;

/// One thing done wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// A start is sent together with the box, before the journal says that the box is there.
    StartBeforeStaged,
    /// Effects are carried out before the facts behind them are durable.
    EffectBeforeJournal,
    /// A crash takes facts along that were acted upon.
    JournalNotSynced,
    /// A given up attempt is called fenced without asking the host.
    NoFence,
    /// A fence does not look whether the attempt has begun.
    FenceWithoutLook,
    /// All attempts of a node share one box.
    RetryReusesNumber,
    /// A new attempt is put while a start of the one before may still come.
    EarlierNotBarred,
    /// What has ended is called settled.
    SettledAtEnded,
    /// An unknown outcome is reported as a failure.
    UnknownAsFailed,
    /// A missing witness is reported as success.
    UnknownAsOk,
    /// A box is started as soon as it is staged, whatever the gates say.
    GateIgnored,
    /// Compensations run first done first.
    UndoFirstFirst,
    /// The question about an unknown outcome is never put.
    DroppedHold,
    /// After a reconnect, a start makes a new box.
    StartTwice,
    /// Signals are not sent.
    ForgottenStop,
    /// A list is told as it was read the first time.
    ItemsNotReread,
    /// A breakpoint is passed.
    BreakpointIgnored,
    /// An excluded host is still sent starts.
    ExcludedStarted,
    /// After a reconnect nobody asks for news.
    NeverReattached,
    /// An answer to an old question is given to the present one.
    StaleAnswer,
    /// Input is delivered again after a reconnect.
    InputTwice,
    /// The schema gate is passed unasked.
    SchemaPassed,
    /// A scope stays open when the run is undone.
    ScopeLeftOpen,
}

impl Bug {
    pub(crate) const ALL: [Self; 23] = [
        Self::StartBeforeStaged,
        Self::EffectBeforeJournal,
        Self::JournalNotSynced,
        Self::NoFence,
        Self::FenceWithoutLook,
        Self::RetryReusesNumber,
        Self::EarlierNotBarred,
        Self::SettledAtEnded,
        Self::UnknownAsFailed,
        Self::UnknownAsOk,
        Self::GateIgnored,
        Self::UndoFirstFirst,
        Self::DroppedHold,
        Self::StartTwice,
        Self::ForgottenStop,
        Self::ItemsNotReread,
        Self::BreakpointIgnored,
        Self::ExcludedStarted,
        Self::NeverReattached,
        Self::StaleAnswer,
        Self::InputTwice,
        Self::SchemaPassed,
        Self::ScopeLeftOpen,
    ];
}

/// Changes facts on their way into the journal, as a wrong engine would; says whether it did.
pub(crate) fn spoil(bug: Bug, events: &mut Vec<Event>) -> bool {
    let before = events.clone();
    match bug {
        Bug::UndoFirstFirst => events.iter_mut().for_each(turn_undo_round),
        Bug::DroppedHold => events.retain(|event| {
            !matches!(&event.fact, Fact::Held(_, hold) if matches!(hold.cause, Cause::Unknown(_)))
        }),
        Bug::BreakpointIgnored => pass_instead(events, &Cause::Break),
        Bug::SchemaPassed => pass_instead(events, &Cause::Schema),
        Bug::ScopeLeftOpen => events.iter_mut().for_each(forget_to_leave),
        _ => {}
    }
    let first = before.first().map_or(0, |event| event.seq);
    for (seq, event) in (first..).zip(events.iter_mut()) {
        event.seq = seq;
    }
    *events != before
}

fn pass_instead(events: &mut [Event], cause: &Cause) {
    for event in events {
        if let Fact::Held(_, hold) = &event.fact
            && hold.cause == *cause
        {
            event.fact = Fact::Passed(hold.on);
        }
    }
}

fn forget_to_leave(event: &mut Event) {
    let Fact::Grew(nodes, _) = &mut event.fact else { return };
    let leaves =
        |node: &&mut Node| matches!(node.origin, Origin::LeaveOf(_)) && node.host.is_some();
    for node in nodes.iter_mut().filter(leaves) {
        (node.kind, node.host) = (Kind::Gate(Gate::Join), None);
    }
}

fn turn_undo_round(event: &mut Event) {
    let Fact::Grew(nodes, _) = &mut event.fact else { return };
    let undoes = |node: &Node| node.host.is_some() && matches!(node.origin, Origin::UndoOf(_));
    let places: Vec<usize> = (0..nodes.len()).filter(|place| undoes(&nodes[*place])).collect();
    let mut turned: Vec<Node> = places.iter().rev().map(|place| nodes[*place].clone()).collect();
    for (place, mut node) in places.into_iter().zip(turned.drain(..)) {
        std::mem::swap(&mut node.needs, &mut nodes[place].needs);
        nodes[place] = node;
    }
}

/// What the engine is told of this news: nothing else, unless there is a bug.
pub(crate) fn retell(world: &mut World, host: HostId, attempt: Try, fact: BoxFact) -> Vec<BoxFact> {
    match (world.bug, fact) {
        (Some(Bug::SettledAtEnded), BoxFact::Ended(end, bytes)) => {
            vec![BoxFact::Ended(end, bytes), BoxFact::Settled(bytes)]
        }
        (Some(Bug::UnknownAsFailed), BoxFact::Lost(_)) => {
            vec![BoxFact::Ended(End::Exit(1), 0), BoxFact::Settled(0)]
        }
        (Some(Bug::UnknownAsOk), BoxFact::Lost(_)) => {
            vec![BoxFact::Ended(End::Exit(0), 0), BoxFact::Settled(0)]
        }
        (Some(Bug::ItemsNotReread), BoxFact::Lines(lines)) => {
            let cell = world.console.as_ref().and_then(|c| c.engine.run().cell(attempt.node));
            let step = cell.map(|cell| cell.node.key.step.to_string()).unwrap_or_default();
            vec![BoxFact::Lines(world.first_lines.entry((host, step)).or_insert(lines).clone())]
        }
        (_, fact) => vec![fact],
    }
}
