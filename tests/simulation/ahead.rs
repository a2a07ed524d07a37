//! What is said to begin by itself, once a run is let go on or a question is answered, against what the
//! engine then begins: on copies of it, where everything ends well.

use std::collections::BTreeSet;

use deployui::{
    engine::{BoxFact, Effect, Engine, Input},
    model::NodeId,
    run::{Cell, Choice, Command, End, Mode, Run, State},
};
use jiff::Timestamp;

use crate::world::who;

/// What a round must have compared.
pub(crate) const COMPARED: [&str; 9] = [
    "said next step",
    "said to go on",
    "said up to breakpoints",
    "said behind a question",
    "said behind a failure",
    "said without a host",
    "said elsewhere",
    "said before items",
    "said before items that are broken at",
];

/// What lists print that are read on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lists {
    Nothing,
    Items,
}

/// What this command begins, as it is said and as it is done; the name of what was compared, if it was.
pub(crate) fn compare(
    engine: &Engine,
    what: &Command,
    now: Timestamp,
) -> Result<Option<&'static str>, String> {
    let run = engine.run();
    let Some((name, after)) = said(run, what).filter(|(_, after)| is_known(run, after)) else {
        return Ok(None);
    };
    let begins = after.begins();
    let here = |ids: &[NodeId]| ids.iter().copied().collect::<BTreeSet<NodeId>>();
    let mut with_items = here(&begins.nodes);
    let grows = !begins.lists.is_empty() || !begins.stops.is_empty();
    let both = if grows { &[Lists::Items, Lists::Nothing][..] } else { &[Lists::Nothing] };
    for lists in both {
        if *lists == Lists::Nothing {
            with_items.extend(&begins.without_items);
        }
        let Some(begun) = begun(engine.clone(), what, now, *lists) else { return Ok(None) };
        if begun != with_items {
            let named = |ids: &BTreeSet<NodeId>| {
                let name = |id: &NodeId| {
                    run.cell(*id).map(|cell| (*id, cell.node.host, cell.node.key.to_string()))
                };
                ids.iter().filter_map(name).collect::<Vec<_>>()
            };
            return Err(format!(
                "{what:?}, lists with {lists:?}: said to begin {:?}; it is {:?}",
                named(&with_items),
                named(&begun)
            ));
        }
    }
    Ok(Some(match (begins.stops.is_empty(), after.mode) {
        (true, _) => name,
        (false, Mode::Run) => "said before items that are broken at",
        (false, Mode::Step | Mode::Pause) => "said before items",
    }))
}

/// The run as it would be then, and what is compared by that.
fn said(run: &Run, what: &Command) -> Option<(&'static str, Run)> {
    match what {
        Command::Mode(Mode::Step) => Some(("said next step", run.in_mode(Mode::Step))),
        Command::Mode(Mode::Run) => {
            let breaks = run.cells.iter().any(|cell| cell.breakpoint && cell.state.is_ahead());
            let name = if breaks { "said up to breakpoints" } else { "said to go on" };
            Some((name, run.in_mode(Mode::Run)))
        }
        Command::Choose(id, choice, _) => {
            let name = match choice {
                Choice::Go => "said behind a question",
                Choice::Retry | Choice::Skip | Choice::Fixed | Choice::Assume(true) => {
                    "said behind a failure"
                }
                Choice::Exclude => "said without a host",
                Choice::Move(_) => "said elsewhere",
                _ => return None,
            };
            Some((name, run.with_answer(&[*id], choice)))
        }
        _ => None,
    }
}

/// Whether nothing comes between that nobody knows: what takes back is laid out on the way; what failed a
/// moment ago may be tried again by the recipe, and what it decides about may be left out.
fn is_known(run: &Run, after: &Run) -> bool {
    let failing = |cell: &Cell| matches!(&cell.state, State::Settling(_, end) if !end.is_ok());
    let read = |cell: &Cell| cell.state.is_in_flight() && !cell.listed.is_empty();
    let unknown = after.is_taken_back() && !after.undo_grown;
    !unknown && !run.cells.iter().any(|cell| failing(cell) || read(cell))
}

/// What the engine begins; `None`: it refuses.
fn begun(
    mut engine: Engine,
    what: &Command,
    mut now: Timestamp,
    lists: Lists,
) -> Option<BTreeSet<NodeId>> {
    let known = engine.run().cells.len();
    let mut begun = BTreeSet::new();
    engine.handle(&Input::Command { by: who(), what: what.clone() }, now).ok()?;
    let mut inputs = news(&engine, &mut begun, lists);
    loop {
        for input in &inputs {
            let _taken = engine.handle(input, now);
        }
        inputs = news(&engine, &mut begun, lists);
        if !inputs.is_empty() {
            continue;
        }
        match engine.deadline(now) {
            Some(due) if due > now => now = due,
            Some(_) | None => break,
        }
        inputs.push(Input::Due);
    }
    begun.retain(|id| usize::try_from(id.0).is_ok_and(|place| place < known));
    Some(begun)
}

/// What the hosts say to what is wanted of them.
fn news(engine: &Engine, begun: &mut BTreeSet<NodeId>, lists: Lists) -> Vec<Input> {
    let mut inputs = Vec::new();
    for effect in engine.wanted() {
        let (attempt, facts) = match effect {
            Effect::Stage(_, attempt) => (attempt, vec![BoxFact::Staged]),
            Effect::Start(_, attempt) => {
                begun.insert(attempt.node);
                (attempt, vec![BoxFact::Running])
            }
            Effect::Attach(_, attempt) => {
                let items = ["i8", "i9"].map(str::to_owned).to_vec();
                let lines = if lists == Lists::Items { items } else { Vec::new() };
                let ended = [BoxFact::Ended(End::Exit(0), 0), BoxFact::Settled(0)];
                (attempt, [BoxFact::Lines(lines)].into_iter().chain(ended).collect())
            }
            Effect::Fence(_, attempt) => (attempt, vec![BoxFact::Fenced]),
            Effect::Link(_) | Effect::Stop(..) | Effect::Answer(..) | Effect::Close(_) => continue,
        };
        inputs.extend(facts.into_iter().map(|fact| Input::Box(attempt, fact)));
    }
    inputs
}
