//! What is said to begin by itself, once a run is let go on or a question is answered, against what the
//! engine then begins: on copies of it, where everything ends well.

use std::collections::BTreeSet;

use deployui::{
    engine::{BoxFact, Effect, Engine, Input},
    model::{HostId, Kind, NodeId},
    run::{Begins, Cell, Choice, Command, End, Hold, Mode, Offer, Opening, Run, State, Why},
};
use jiff::Timestamp;

use crate::world::who;

/// What a round must have compared.
pub(crate) const COMPARED: [&str; 10] = [
    "said next step",
    "said to go on",
    "said up to breakpoints",
    "said behind a question",
    "said behind a failure",
    "said without a host",
    "said elsewhere",
    "said before items",
    "said before items that are broken at",
    "said behind what is asked on the way",
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
    let grows = begins.legs().any(|leg| !leg.lists.is_empty() || !leg.stops.is_empty());
    let both = if grows { &[Lists::Items, Lists::Nothing][..] } else { &[Lists::Nothing] };
    for lists in both {
        let mut going = Going { engine: engine.clone(), now, lists: *lists };
        if !going.does(what) {
            return Ok(None);
        }
        compare_legs(run, &begins, &mut going).map_err(|error| format!("{what:?}, {error}"))?;
    }
    Ok(Some(match (begins.stops.is_empty(), after.mode) {
        (true, _) if begins.waits.iter().any(|wait| !wait.begins.nodes.is_empty()) => {
            "said behind what is asked on the way"
        }
        (true, _) => name,
        (false, Mode::Run) => "said before items that are broken at",
        (false, Mode::Step | Mode::Pause) => "said before items",
    }))
}

/// What begins by itself, and behind each of the questions that are said to be asked, against what then does.
fn compare_legs(run: &Run, begins: &Begins, going: &mut Going) -> Result<(), String> {
    let none = Vec::new();
    let asked = begins.waits.iter().map(|wait| &wait.at).map(Some).chain([None]);
    for (leg, next) in begins.legs().zip(asked) {
        let mut said: BTreeSet<NodeId> = leg.nodes.iter().copied().collect();
        if going.lists == Lists::Nothing {
            said.extend(&leg.without_items);
        }
        let begun = going.until_it_stands(run.cells.len());
        if begun != said {
            return Err(format!(
                "lists with {:?}: said to begin {:?}; it is {:?}",
                going.lists,
                named(run, &said),
                named(run, &begun)
            ));
        }
        if !leg.stops.is_empty() {
            return Ok(());
        }
        let next = next.unwrap_or(&none);
        let (said, asked) = (next.iter().map(|(gate, _)| *gate).collect(), going.asked());
        if asked != said {
            return Err(format!(
                "lists with {:?}: said to ask at {:?}; it does at {:?}",
                going.lists,
                named(run, &said),
                named(run, &asked)
            ));
        }
        going.answer();
    }
    Ok(())
}

fn named(run: &Run, ids: &BTreeSet<NodeId>) -> Vec<(NodeId, Option<HostId>, String)> {
    let name =
        |id: &NodeId| run.cell(*id).map(|cell| (*id, cell.node.host, cell.node.key.to_string()));
    ids.iter().filter_map(name).collect()
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

/// An engine on whose hosts everything ends well.
struct Going {
    engine: Engine,
    now: Timestamp,
    lists: Lists,
}

impl Going {
    /// Whether it does not refuse that.
    fn does(&mut self, what: &Command) -> bool {
        let input = Input::Command { by: who(), what: what.clone() };
        self.engine.handle(&input, self.now).is_ok()
    }

    /// What it begins among so many first nodes, until nothing goes on by itself.
    fn until_it_stands(&mut self, known: usize) -> BTreeSet<NodeId> {
        let mut begun = BTreeSet::new();
        loop {
            let mut inputs = news(&self.engine, &mut begun, self.lists);
            if inputs.is_empty() {
                match self.engine.deadline(self.now) {
                    Some(due) if due > self.now => self.now = due,
                    Some(_) | None => break,
                }
                inputs.push(Input::Due);
            }
            for input in &inputs {
                let _taken = self.engine.handle(input, self.now);
            }
        }
        begun.retain(|id| usize::try_from(id.0).is_ok_and(|place| place < known));
        begun
    }

    /// The gates at which it asks whether to go on.
    fn asked(&self) -> BTreeSet<NodeId> {
        let run = self.engine.run();
        let asks = |hold: &&Hold| {
            let gate = run.cell(hold.on).is_some_and(|it| matches!(it.node.kind, Kind::Gate(_)));
            let paused = run.opening(hold.on, run.mode) == Some(Opening::Paused);
            gate && !paused && hold.offers.contains(&Offer::Go)
        };
        run.holds.values().filter(asks).map(|hold| hold.on).collect()
    }

    /// All of that is answered with going on.
    fn answer(&mut self) {
        for gate in self.asked() {
            if let Some(hold) = self.engine.run().hold_on(gate) {
                self.does(&Command::Choose(hold, Choice::Go, Why::default()));
            }
        }
    }
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
