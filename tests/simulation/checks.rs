//! What must hold at every moment, whatever happens: the invariants of the design, judged by what
//! was really done on the hosts and by the durable facts.

use std::collections::{BTreeMap, BTreeSet};

use deployui::{
    engine::{Effect, Engine, Policy},
    model::{Changes, HostId, NodeId, Origin, Try},
    run::{Cause, End, Event, Fact, Run, State},
};
use jiff::Timestamp;

use crate::{
    hosts::{Host, Kept, What},
    plans::closes,
    reference::{Fate, Item, Reference, act, changes, is_good, takes_back},
};

/// What was really done, and what is durably known of it.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    pub(crate) reference: Reference,
    /// The fold of the durable facts.
    shadow: Option<Run>,
    begun: BTreeMap<Try, u32>,
    ends: BTreeMap<Try, End>,
    delivered: BTreeSet<(Try, u16)>,
    lists: BTreeMap<(HostId, String), Vec<String>>,
    /// What was met in this run, for the figures.
    pub(crate) met: BTreeMap<String, u64>,
}

type Check = Result<(), String>;

fn must(holds: bool, otherwise: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(otherwise()) }
}

impl Checks {
    /// Facts have become durable.
    pub(crate) fn durable(&mut self, events: &[Event]) -> Check {
        for event in events {
            self.count(event);
            self.barred(&event.fact)?;
            self.reference.take(event)?;
            match &mut self.shadow {
                Some(run) => {
                    must(event.seq == run.seq, || format!("a gap before {event:?}"))?;
                    run.apply(event);
                }
                None => self.shadow = Some(Run::open(event).unwrap()),
            }
        }
        Ok(())
    }

    /// What is said never to begin has not begun.
    fn barred(&self, fact: &Fact) -> Check {
        let attempts: Vec<Try> = match fact {
            Fact::Fenced(attempt) => vec![*attempt],
            Fact::Pruned(ids, _) => {
                let armed = |id: &NodeId| self.reference.item(*id).filter(|item| item.armed);
                ids.iter().filter_map(|id| Some(Try { node: *id, n: armed(id)?.tries })).collect()
            }
            _ => Vec::new(),
        };
        let begun = attempts.iter().find(|attempt| self.begun.contains_key(attempt));
        must(begun.is_none(), || format!("{begun:?} is said never to begin, and has begun"))
    }

    /// Durable facts were lost, by a bug: only these are left.
    pub(crate) fn start_over(&mut self, journal: &[Event]) {
        self.reference = Reference::default();
        self.shadow = None;
        let _known = self.durable(journal);
    }

    fn count(&mut self, event: &Event) {
        let what = match &event.fact {
            Fact::Held(_, hold) => format!("held {}", hold.cause.word()),
            Fact::Chose(_, choice, _) => {
                let text = format!("{choice:?}");
                let word: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
                format!("chose {word}")
            }
            Fact::Closed(verdict) => format!("closed {verdict:?}"),
            other => {
                let text = format!("{other:?}");
                text.chars().take_while(|c| c.is_alphabetic()).collect()
            }
        };
        *self.met.entry(what).or_default() += 1;
    }

    /// The engine has taken an input in, and its facts are durable.
    pub(crate) fn after(&self, engine: &Engine, hosts: &[Host], now: Timestamp) -> Check {
        let run = engine.run();
        must(self.shadow.as_ref() == Some(run), || "the journal folds to another state".into())?;
        for (id, cell) in run.ids() {
            let (ours, theirs) = (self.reference.satisfied(id), run.satisfied(id));
            must(ours == theirs, || {
                format!("{} {id:?} satisfied: {theirs}, not {ours}", cell.node.key)
            })?;
            self.state(run, id, &cell.state, hosts)?;
        }
        let must_ask = |id: NodeId| must(run.hold_on(id).is_some(), || format!("{id:?}: no hold"));
        for (id, cell) in run.ids() {
            let aborting = run.aborting.is_some() || takes_back(&cell.node);
            match &cell.state {
                State::Unknown(..) | State::Stranded(_) if run.closed.is_none() => must_ask(id)?,
                State::Failed(..) | State::Refused(..) if !aborting => must_ask(id)?,
                _ => {}
            }
        }
        for hold in run.holds.values() {
            if let (Cause::Input(n, _), Some(cell)) = (&hold.cause, run.cell(hold.on)) {
                let asked = cell.question.as_ref().map(|(n, _)| *n);
                must(asked == Some(*n), || format!("a hold for input {n}, asked is {asked:?}"))?;
            }
        }
        let due = engine.deadline(now);
        must(due.is_none_or(|due| due > now), || format!("deadline {due:?} is past"))?;
        wanted(engine)
    }

    /// Outcomes need a witness, or the operator's word.
    fn state(&self, run: &Run, id: NodeId, state: &State, hosts: &[Host]) -> Check {
        let Some(item) = self.reference.item(id) else { return Err("unknown node".into()) };
        let (n, wanted) = match state {
            State::Ok(0) => return Ok(()),
            State::Ok(n) => (*n, true),
            State::Failed(n, _) if !item.spoken => (*n, false),
            _ => return Ok(()),
        };
        let attempt = Try { node: id, n };
        let end = self.ends.get(&attempt);
        let as_said = end.is_some_and(|end| is_good(&item.node, *end) == wanted);
        must(as_said, || format!("{attempt:?} is {state:?}, but the host says {end:?}"))?;
        let leftover = self.living(hosts, id).any(|kept| kept.attempt == attempt);
        must(!leftover || item.released, || format!("{attempt:?} is {state:?}, but lives"))?;
        must(run.cell(id).is_some_and(|cell| cell.tries == n), || format!("{attempt:?}: old"))
    }

    fn living<'a>(&self, hosts: &'a [Host], node: NodeId) -> impl Iterator<Item = &'a Kept> {
        let kept = hosts.iter().flat_map(|host| host.boxes.values());
        kept.filter(move |kept| kept.attempt.node == node && kept.lives())
    }

    /// The engine was dropped and opened again.
    pub(crate) fn reopened(&self, journal: &[Event], live: &Engine, policy: Policy) -> Check {
        let engine = Engine::open(journal, policy).map_err(|e| e.to_string())?;
        must(engine.run() == live.run(), || "reopened, the run is another".into())?;
        must(engine.wanted() == live.wanted(), || "reopened, other effects are wanted".into())
    }

    /// An order leaves for a host.
    pub(crate) fn sent(&self, host: HostId, order: &str) -> Check {
        let out = self.reference.out.contains(&host);
        must(!out, || format!("{order} was sent to {host:?}, which is excluded"))
    }

    pub(crate) fn listed(&mut self, host: HostId, list: String, lines: Vec<String>) {
        self.lists.insert((host, list), lines);
    }

    pub(crate) fn ended(&mut self, attempt: Try, end: End) {
        self.ends.insert(attempt, end);
    }

    pub(crate) fn delivered(&mut self, attempt: Try, n: u16) -> Check {
        must(self.delivered.insert((attempt, n)), || format!("{attempt:?}: input {n} came twice"))
    }

    /// An attempt begins on a host.
    pub(crate) fn begins(
        &mut self,
        host: HostId,
        attempt: Try,
        what: &What,
        hosts: &[Host],
    ) -> Check {
        let count = self.begun.entry(attempt).or_default();
        *count += 1;
        must(*count == 1, || format!("{attempt:?} began {count} times"))?;
        let reference = &self.reference;
        let item = reference.item(attempt.node).ok_or("a node begins that no fact has")?;
        must(attempt.n <= item.tries, || format!("{attempt:?} began unjournalled"))?;
        must(item.node.host == Some(host), || format!("{attempt:?} began on {host:?}"))?;
        must(item.was_ready, || format!("{attempt:?} began before what it needs was done"))?;
        must(!reference.barred.contains(&attempt), || {
            format!("{attempt:?} was barred, and began")
        })?;
        let stray = reference.stray.contains(&attempt);
        must(!reference.closed || stray, || format!("{attempt:?} began after the close"))?;
        self.alone(attempt, item, hosts)?;
        let later = |kept: &Kept| kept.attempt.node == attempt.node && kept.attempt.n > attempt.n;
        let here = &hosts[usize::from(host.0)];
        let boxes = here.boxes.iter().filter(|(key, _)| key.0 == here.machine);
        let passed = boxes.map(|(_, kept)| kept).any(|kept| later(kept) && kept.has_begun());
        must(!passed, || format!("{attempt:?} began after a later attempt"))?;
        if let What::Item { list, line } = what {
            let listed = self.lists.get(&(host, list.clone()));
            let there = attempt.n > 1 || listed.is_some_and(|lines| lines.contains(line));
            must(there, || format!("item {line:?} began, the list has {listed:?}"))?;
        }
        // One that failed is tried again when all others had their turn.
        match (item.node.origin, attempt.n) {
            (Origin::UndoOf(of), 1) => self.takes_back_in_order(of, attempt),
            (Origin::LeaveOf(_), 1) => self.leaves_in_order(item, attempt),
            _ => Ok(()),
        }
    }

    /// No two attempts at the same thing live at a time, unless the operator accepted it.
    fn alone(&self, attempt: Try, item: &Item, hosts: &[Host]) -> Check {
        let accepted = |id: NodeId| self.reference.item(id).is_none_or(|item| item.double_accepted);
        let mut same = vec![(attempt.node, item.double_accepted)];
        if let Origin::InsteadOf(other) = item.node.origin {
            same.push((other, accepted(other)));
        }
        for (id, other) in self.reference.ids() {
            let instead = other.node.origin == Origin::InsteadOf(attempt.node);
            if instead && act(&other.node).is_some() {
                same.push((id, item.double_accepted));
            }
        }
        for (node, accepted) in same {
            for other in self.living(hosts, node) {
                let double = other.attempt != attempt && !accepted;
                must(!double, || format!("{attempt:?} began while {:?} lives", other.attempt))?;
            }
        }
        Ok(())
    }

    /// What was begun later is taken back before; and nothing passes a schema change unasked.
    fn takes_back_in_order(&self, of: NodeId, attempt: Try) -> Check {
        let reference = &self.reference;
        let began = |id: NodeId| reference.item(id).and_then(|item| item.began);
        let same = |a: NodeId, b: NodeId| {
            let key = |id: NodeId| reference.item(id).map(|item| item.node.key.clone());
            key(a) == key(b)
        };
        for (undo, item) in reference.ids() {
            let Origin::UndoOf(other) = item.node.origin else { continue };
            if item.node.host.is_none() || began(other) <= began(of) || same(other, of) {
                continue;
            }
            let over = reference.satisfied(undo);
            must(over, || format!("{attempt:?} takes {of:?} back before {other:?}"))?;
        }
        let schema = reference
            .items
            .iter()
            .filter(|item| changes(&item.node) == Changes::Schema)
            .filter_map(|item| item.began)
            .max();
        let visible =
            reference.item(of).is_some_and(|item| changes(&item.node) != Changes::Nothing);
        let passes = schema.is_some() && (visible || began(of) <= schema);
        must(!passes || reference.schema_go, || format!("{attempt:?} passes a schema change"))
    }

    /// A scope is left after all inside it was taken back, or the operator spoke of it, and before
    /// anything from before it; over a changed schema never unasked.
    fn leaves_in_order(&self, closing: &Item, attempt: Try) -> Check {
        let reference = &self.reference;
        let entered = closes(&closing.node.key.step).and_then(|scope| reference.entered(scope));
        must(entered.is_some(), || format!("{attempt:?} leaves what was not entered"))?;
        for (undo, item) in reference.ids() {
            let Origin::UndoOf(of) = item.node.origin else { continue };
            if act(&item.node).is_none() {
                continue;
            }
            let inside = reference.item(of).and_then(|of| of.began) > entered;
            let good = match item.fate {
                Fate::Over(end) => is_good(&item.node, end) || item.spoken || item.released,
                _ => reference.satisfied(undo) && item.fate != Fate::Refused,
            };
            must(!inside || good, || format!("{attempt:?} leaves over {undo:?}: {:?}", item.fate))?;
            must(inside || item.began.is_none(), || format!("{attempt:?} comes after {undo:?}"))?;
        }
        let changed = reference
            .items
            .iter()
            .any(|item| item.began.is_some() && changes(&item.node) == Changes::Schema);
        must(!changed || reference.schema_go, || format!("{attempt:?} opens over a new schema"))
    }

    /// The run was closed: everything has an outcome, and the verdict is no better than they are.
    pub(crate) fn closed(&self, run: &Run, hosts: &[Host]) -> Check {
        use deployui::run::Verdict;
        for (id, item) in self.reference.ids() {
            let open = matches!(item.fate, Fate::Open | Fate::Ended(_) | Fate::Unknown);
            let out = item.node.host.is_some_and(|host| self.reference.out.contains(&host));
            must(!open || out, || format!("closed, but {id:?} is {:?}", item.fate))?;
            let stray = |kept: &Kept| {
                self.reference.stray.contains(&kept.attempt)
                    || self.reference.item(id).is_some_and(|item| item.released || item.spoken)
            };
            if let Some(kept) = self.living(hosts, id).find(|kept| !stray(kept)) {
                return Err(format!("closed, but {:?} lives", kept.attempt));
            }
            let good = match item.fate {
                Fate::Over(end) => is_good(&item.node, end),
                Fate::Done | Fate::Moved => true,
                _ => false,
            };
            let fair = run.closed != Some(Verdict::Ok) || good;
            must(fair, || format!("closed as ok, but {id:?} is {:?}", item.fate))?;
        }
        Ok(())
    }
}

/// What is wanted never reaches beyond the run and its hosts.
fn wanted(engine: &Engine) -> Check {
    let run = engine.run();
    for effect in engine.wanted() {
        let fits = match (effect, run.closed) {
            (Effect::Close(verdict), closed) => closed == Some(verdict),
            (_, Some(_)) => false,
            (other, None) => other.host().is_some_and(|host| run.takes_part(host)),
        };
        must(fits, || format!("{effect:?} is wanted"))?;
    }
    Ok(())
}
