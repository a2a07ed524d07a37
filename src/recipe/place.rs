//! Steps find their place in pipelines: beside the step that they name, and behind the one that they
//! follow.

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::Diagnostic;
use super::source::At;
use super::value::{Beside, Entry, Pipeline, Step, followers};
use crate::model::StepName;

/// The pipeline that goes back. What wants to stand beside a step does not come into it: building
/// and migrating have no place there.
pub(super) const ROLLBACK: &str = "rollback";

type Steps = BTreeMap<StepName, Step>;

/// A pipeline as it is written. Steps that are switched off are still in it.
pub(super) struct Draft {
    pub(super) name: At<String>,
    pub(super) entries: Vec<DraftEntry>,
    /// Whether a file has it.
    pub(super) own: bool,
}

/// One entry of it.
pub(super) struct DraftEntry {
    pub(super) entry: Entry,
    /// Whether it is a group, which steps can come into.
    pub(super) group: bool,
}

impl DraftEntry {
    pub(super) fn step(name: At<StepName>) -> Self {
        let entry = Entry {
            steps: vec![name],
            batch: None,
            maintenance: None,
            when: None,
            when_pending: None,
        };
        Self { entry, group: false }
    }
}

/// Where a step stands: the entry, and the place in it.
type Place = (usize, usize);

impl Draft {
    fn find(&self, name: &StepName) -> Option<Place> {
        let mut places = self.entries.iter().enumerate();
        places.find_map(|(at, draft)| {
            let inner = draft.entry.steps.iter().position(|step| step.value == *name)?;
            Some((at, inner))
        })
    }

    /// Puts a step right before or behind a place.
    fn insert(&mut self, (at, inner): Place, behind: bool, name: At<StepName>) {
        let behind = usize::from(behind);
        match self.entries.get_mut(at) {
            Some(draft) if draft.group => draft.entry.steps.insert(inner + behind, name),
            Some(_) | None => self.entries.insert(at + behind, DraftEntry::step(name)),
        }
    }
}

/// The pipelines as they will be gone through.
pub(super) fn pipelines(
    drafts: Vec<Draft>,
    steps: &Steps,
    found: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Pipeline> {
    let circles = circles(steps, found);
    let mut pipelines = BTreeMap::new();
    for mut draft in drafts {
        if !circles {
            while (draft.name.value != ROLLBACK && beside(&mut draft, steps))
                || behind(&mut draft, steps)
            {}
            too_early(&draft, steps, found);
        }
        let name = draft.name.value.clone();
        pipelines.insert(name, finished(draft, steps));
    }
    pipelines
}

/// Places the steps whose neighbour is there; whether there was any.
fn beside(draft: &mut Draft, steps: &Steps) -> bool {
    let mut last: BTreeMap<&StepName, &StepName> = BTreeMap::new();
    let absent: Vec<&Step> =
        steps.values().filter(|step| draft.find(&step.name.value).is_none()).collect();
    let mut placed = false;
    for step in absent {
        let name = &step.name.value;
        let (neighbour, behind) = match &step.beside {
            Some(Beside::Before(neighbour)) => (neighbour, false),
            Some(Beside::After(neighbour)) => (neighbour, true),
            None => continue,
        };
        // Several steps behind the same one stand in the order of their names.
        let anchor = if behind { last.get(&neighbour.value).copied() } else { None };
        if let Some(place) = draft.find(anchor.unwrap_or(&neighbour.value)) {
            draft.insert(place, behind, neighbour.with(name.clone()));
            if behind {
                last.insert(&neighbour.value, name);
            }
            placed = true;
        }
    }
    placed
}

/// Places the followers of the steps that are there; whether there was any.
fn behind(draft: &mut Draft, steps: &Steps) -> bool {
    let there: Vec<StepName> = draft
        .entries
        .iter()
        .flat_map(|draft| &draft.entry.steps)
        .map(|s| s.value.clone())
        .collect();
    let mut placed = false;
    for of in there.iter().filter(|of| steps.contains_key(of)) {
        let mut last = of.clone();
        for follower in followers(steps, of) {
            let name = &follower.name.value;
            if draft.find(name).is_none()
                && let (Some(place), Some(follows)) = (draft.find(&last), &follower.follows)
            {
                draft.insert(place, true, follows.with(name.clone()));
                placed = true;
            }
            if draft.find(name) > draft.find(&last) {
                last = name.clone();
            }
        }
    }
    placed
}

/// Reports followers that are named before what they follow.
fn too_early(draft: &Draft, steps: &Steps, found: &mut Vec<Diagnostic>) {
    for step in draft.entries.iter().flat_map(|draft| &draft.entry.steps) {
        for follower in followers(steps, &step.value) {
            let first = draft.find(&follower.name.value);
            if first < draft.find(&step.value)
                && let Some(at) = first.and_then(|(at, inner)| {
                    draft.entries.get(at).and_then(|draft| draft.entry.steps.get(inner))
                })
            {
                let message = format!("`{}` stands before `{}`", at.value, step.value);
                let problem = Diagnostic::error(&at.span, message).label("too early");
                let problem = problem.other(&follower.name.span, "this step follows it");
                found.push(problem.hint("leave it out here: it finds its place by itself"));
            }
        }
    }
}

fn finished(draft: Draft, steps: &Steps) -> Pipeline {
    let mut entries = Vec::new();
    for DraftEntry { mut entry, group } in draft.entries {
        entry.steps.retain(|name| steps.contains_key(&name.value));
        if let ([only], false) = (entry.steps.as_slice(), group) {
            entry.batch = steps.get(&only.value).and_then(|step| step.batch.clone());
        }
        entry.when_pending = entry.when_pending.filter(|name| steps.contains_key(&name.value));
        if !entry.steps.is_empty() {
            entries.push(entry);
        }
    }
    Pipeline { name: draft.name, entries, own: draft.own }
}

/// Reports steps that stand beside or follow themselves, by whatever way.
fn circles(steps: &Steps, found: &mut Vec<Diagnostic>) -> bool {
    let beside = |step: &Step| match &step.beside {
        Some(Beside::Before(name) | Beside::After(name)) => Some(name.clone()),
        None => None,
    };
    let follows = |step: &Step| step.follows.clone();
    let placed = circle(steps, beside, "stands beside", found);
    let following = circle(steps, follows, "follows", found);
    placed || following
}

fn circle(
    steps: &Steps,
    next: impl Fn(&Step) -> Option<At<StepName>>,
    what: &str,
    found: &mut Vec<Diagnostic>,
) -> bool {
    let mut known: BTreeSet<&StepName> = BTreeSet::new();
    let before = found.len();
    for step in steps.values() {
        let mut way = vec![&step.name.value];
        let mut at = next(step);
        while let Some(name) = at {
            let Some(there) = steps.get(&name.value) else { break };
            if there.name.value == step.name.value && !known.contains(&step.name.value) {
                known.extend(&way);
                let message = format!("the step `{}` {what} itself", step.name.value);
                let by: Vec<&str> = way.iter().skip(1).map(|name| name.as_str()).collect();
                let problem = Diagnostic::error(&name.span, message);
                found.push(match by.as_slice() {
                    [] => problem,
                    by => problem.label(format!("by way of {}", by.join(", "))),
                });
            }
            if way.contains(&&there.name.value) {
                break;
            }
            way.push(&there.name.value);
            at = next(there);
        }
    }
    found.len() > before
}
