//! What a run does from here on, in rows: in the order of the one look ahead (`run/ahead.rs`), batch by batch,
//! and what lies behind each of its questions apart from what comes before it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    commands::{as_begun, heading},
    gate,
    listing::Listing,
    page::{BEGUN, EACH, Line, PLANNED, Page, commands, lines},
};
use crate::{
    model::{Batch, Column, Command, HostId, Kind, Node, NodeId, Origin, Plan, Query},
    run::{Begins, Cause, Cell, Mode, Run, Wait},
    tui::{
        state::{Model, grid::Grid},
        styles::Tone,
    },
};

/// What is said above what is not known to begin: something else must be answered before it.
const ANSWERED: &str = "When what is asked on the way is answered";

/// What it begins by itself, but for some of it; what it asks on its way, and what lies behind that. In a
/// run that goes on to its end also all that is not known to begin.
pub(super) fn ahead(model: &Model, run: &Run, next: &Begins, but: &[NodeId]) -> Listing {
    of_plan(model, run, next, (but, None))
}

/// The same; its texts have the functions of another plan, where its own are too few to tell.
pub(super) fn of_plan(
    model: &Model,
    run: &Run,
    next: &Begins,
    (but, other): (&[NodeId], Option<&Plan>),
) -> Listing {
    let mut way = Way::of(model, run, other);
    way.leg(next, but);
    for (at, wait) in next.waits.iter().enumerate() {
        way.wait(wait, at + 1 == next.waits.len());
    }
    if run.mode == Mode::Run {
        let later = later(run, next);
        if !later.is_empty() {
            way.page.row(format!("{}:", if_no_items(run, next, ANSWERED)), Tone::Dim);
            way.go(&later);
        }
    }
    way.page.done()
}

/// How much of what a node is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Share {
    /// All that may come of it.
    All,
    /// What runs at once.
    First,
    /// The items of its list.
    Items,
}

/// What begins in one go, in that order.
fn in_order(leg: &Begins, but: &[NodeId]) -> Vec<(NodeId, Share)> {
    let nodes: BTreeSet<NodeId> = leg.nodes.iter().copied().collect();
    let lists: BTreeSet<NodeId> = leg.lists.iter().copied().collect();
    let being_read = leg.lists.iter().filter(|id| !nodes.contains(id));
    let begin = leg.nodes.iter().filter_map(|id| match (but.contains(id), lists.contains(id)) {
        (false, true) => Some((*id, Share::All)),
        (false, false) => Some((*id, Share::First)),
        (true, true) => Some((*id, Share::Items)),
        (true, false) => None,
    });
    being_read.map(|id| (*id, Share::Items)).chain(begin).collect()
}

/// What a run would still do beyond all that. What lies ready on a host has not begun.
fn later(run: &Run, next: &Begins) -> Vec<(NodeId, Share)> {
    let nodes: BTreeSet<NodeId> = next.legs().flat_map(|leg| leg.nodes.iter().copied()).collect();
    let stops: BTreeSet<NodeId> = next.legs().flat_map(|leg| leg.stops.iter().copied()).collect();
    let share = |id: NodeId, cell: &Cell| {
        let ahead = cell.state.is_ahead() && !run.given_up(cell);
        if stops.contains(&id) {
            return Some(if nodes.contains(&id) || !ahead { Share::Items } else { Share::All });
        }
        (ahead && !nodes.contains(&id)).then_some(Share::All)
    };
    let works = run.ids().filter(|(_, cell)| cell.node.host.is_some());
    let mut later: Vec<(NodeId, Share)> =
        works.filter_map(|(id, cell)| Some((id, share(id, cell)?))).collect();
    // What has grown stands where it grew.
    later.sort_by_key(|(id, _)| (anchor(run, *id), *id));
    later
}

/// The node of the plan in whose place a node stands.
fn anchor(run: &Run, id: NodeId) -> NodeId {
    match run.cell(id).map(|cell| cell.node.origin) {
        Some(Origin::ItemOf(of) | Origin::InsteadOf(of)) => anchor(run, of),
        Some(Origin::Plan | Origin::UndoOf(_) | Origin::FollowerOf(_) | Origin::LeaveOf(_))
        | None => id,
    }
}

/// A heading, and what is said behind it where lists stop the run: that they may have no items.
fn if_no_items(run: &Run, leg: &Begins, heading: &str) -> String {
    match no_items(run, leg) {
        Some(none) => format!("{heading}; at once, {none}"),
        None => heading.to_owned(),
    }
}

/// Where the lists that stop the run have no items.
fn no_items(run: &Run, leg: &Begins) -> Option<String> {
    let steps = leg.stops.iter().filter_map(|id| Some(run.cell(*id)?.node.key.step.as_str()));
    let steps: BTreeSet<&str> = steps.collect();
    match steps.len() {
        0 => None,
        1 => Some(format!("if {} lists no items", steps.into_iter().collect::<String>())),
        _ => {
            let names: Vec<&str> = steps.into_iter().collect();
            Some(format!("if {} list no items", names.join(" and ")))
        }
    }
}

/// Nodes of one step that begin together, or one after the other.
struct Group<'r> {
    column: &'r Column,
    batch: Option<&'r Batch>,
    nodes: Vec<(Cow<'r, Node>, Share)>,
}

impl Group<'_> {
    fn lines(&self) -> Vec<Line<'_>> {
        let parts = self.nodes.iter().flat_map(|(node, share)| {
            let mine = |part: &str| match share {
                Share::All => true,
                Share::First => part != EACH,
                Share::Items => part == EACH,
            };
            commands(node).into_iter().filter(move |done| mine(done.part))
        });
        lines(parts)
    }

    /// Where it is done, if that is on one host of several.
    fn once(&self, run: &Run) -> Option<String> {
        let (node, others) = self.nodes.iter().find_map(|(node, _)| {
            let act = match &node.kind {
                Kind::Act(act) => &**act,
                Kind::Ask(ask) => match &ask.query {
                    Query::Items(items) => &items.each,
                    Query::When(_) => return None,
                },
                Kind::Gate(_) => return None,
            };
            (!act.elsewhere.is_empty()).then_some((node, &act.elsewhere))
        })?;
        let others = others.iter().map(|other| other.host).filter(|host| run.takes_part(*host));
        let others: Vec<HostId> = others.collect();
        let here = gate::names(run, &[node.host?]);
        Some(match others.as_slice() {
            [] => format!("once, on {here} alone"),
            some => format!("once, on {here} alone, not on {}", gate::names(run, some)),
        })
    }
}

/// The commands of a batch, where all of its hosts run all of them: by step.
type Content = Vec<(String, Vec<(&'static str, Option<Command>)>)>;

/// Batches that do the same as one before them.
struct Same<'r> {
    first: &'r Batch,
    last: &'r Batch,
    hosts: Vec<String>,
}

/// The rows, as far as they have come.
struct Way<'r> {
    model: &'r Model,
    run: &'r Run,
    columns: BTreeMap<NodeId, &'r Column>,
    page: Page<'r>,
    /// The batch that was listed last.
    batch: Option<&'r Batch>,
    /// The last batch that was listed in full, and what it does.
    full: Option<(u16, Content)>,
}

impl<'r> Way<'r> {
    fn of(model: &'r Model, run: &'r Run, other: Option<&Plan>) -> Self {
        let grid = Grid::of_run(run);
        let mut columns = BTreeMap::new();
        for (shown, column) in grid.columns.iter().zip(&run.plan.columns) {
            let nodes = shown.hosts().flat_map(|host| shown.nodes(host));
            columns.extend(nodes.map(|id| (*id, column)));
        }
        // A plan was opened, and nothing else was done with it.
        let heading = if run.seq > 1 { BEGUN } else { PLANNED };
        let page = Page::of(&run.plan, other, heading);
        Self { model, run, columns, page, batch: None, full: None }
    }

    /// What begins in one go.
    fn leg(&mut self, leg: &Begins, but: &[NodeId]) {
        self.go(&in_order(leg, but));
        // A run that goes on to its end lists that with the rest.
        if self.run.mode != Mode::Run
            && !leg.without_items.is_empty()
            && let Some(none) = no_items(self.run, leg)
        {
            self.page.row(format!("At once, too, {none}:"), Tone::Dim);
            let more: Vec<(NodeId, Share)> =
                leg.without_items.iter().map(|id| (*id, Share::First)).collect();
            self.go(&more);
        }
    }

    /// What is asked, and what begins behind the answers.
    fn wait(&mut self, wait: &Wait, last: bool) {
        for row in asked(self.run, wait) {
            self.page.row(row, Tone::Held);
        }
        let confirms = wait.at.iter().any(|(_, cause)| matches!(cause, Cause::Confirm(_)));
        let answer = match (confirms, wait.at.len()) {
            (true, 1) => "After you confirm".to_owned(),
            (true, all) => format!("After you confirm all {all}"),
            (false, _) => "After you go on".to_owned(),
        };
        let nothing = wait.begins.nodes.is_empty() && wait.begins.lists.is_empty();
        let row = match (nothing, self.run.mode) {
            (false, _) => format!("{answer}:"),
            (true, Mode::Run) if last => format!("{answer}: no further command"),
            (true, Mode::Run) => format!("{answer}: no command before the next question"),
            (true, Mode::Step | Mode::Pause) => {
                format!("{answer}: no command, the run pauses before its next step")
            }
        };
        self.page.row(row, Tone::Dim);
        self.leg(&wait.begins, &[]);
    }

    /// Some nodes, in that order.
    fn go(&mut self, nodes: &[(NodeId, Share)]) {
        let mut groups: Vec<Group<'r>> = Vec::new();
        for (id, share) in nodes {
            let (Some(column), Some(cell)) = (self.columns.get(id), self.run.cell(*id)) else {
                continue;
            };
            let batch = self.run.batch(*id);
            let node = (as_begun(self.model, self.run, cell), *share);
            let same = |group: &&mut Group<'_>| {
                std::ptr::eq(group.column, *column) && is_same(group.batch, batch)
            };
            match groups.last_mut().filter(|group| same(group)) {
                Some(group) => group.nodes.push(node),
                None => groups.push(Group { column, batch, nodes: vec![node] }),
            }
        }
        let mut same: Option<Same<'r>> = None;
        for groups in groups.chunk_by(|one, other| is_same(one.batch, other.batch)) {
            let Some(batch) = groups.first().and_then(|group| group.batch) else {
                self.flush(same.take());
                self.behind_batches();
                groups.iter().for_each(|group| self.group(group));
                continue;
            };
            let content = content(batch, groups);
            let alike = content.is_some()
                && self.full.as_ref().is_some_and(|(_, full)| Some(full) == content.as_ref());
            let begins =
                batch.number == 1 || self.batch.is_none_or(|before| before.steps != batch.steps);
            if alike && !begins {
                self.keep(groups);
                self.batch = Some(batch);
                let hosts = self.hosts(batch);
                let same =
                    same.get_or_insert(Same { first: batch, last: batch, hosts: Vec::new() });
                same.last = batch;
                same.hosts.push(hosts);
                continue;
            }
            self.flush(same.take());
            self.headed(batch, begins);
            groups.iter().for_each(|group| self.group(group));
            self.full = content.map(|content| (batch.number, content));
        }
        self.flush(same);
    }

    fn hosts(&self, batch: &Batch) -> String {
        let hosts: Vec<Option<HostId>> = batch.hosts.iter().copied().map(Some).collect();
        self.page.names(&hosts)
    }

    /// What is said above the steps of a batch.
    fn headed(&mut self, batch: &'r Batch, begins: bool) {
        if begins {
            let steps: Vec<&str> = batch.steps.iter().map(|step| step.as_str()).collect();
            let left = usize::from(batch.of.saturating_sub(batch.number)) + 1;
            let how = match steps.len() {
                1 => "one after the other",
                _ => "each goes through all of them before the next begins",
            };
            if left > 1 {
                let row = format!("{} in {left} batches: {how}", steps.join(", "));
                self.page.row(row, Tone::Dim);
            }
        }
        let row = format!("{}: {}", super::capital(&gate::numbered(batch)), self.hosts(batch));
        self.page.row(row, Tone::Strong);
        self.batch = Some(batch);
    }

    /// What is not done in batches any more.
    fn behind_batches(&mut self) {
        if self.batch.take().is_some() {
            self.page.row("All batches are done then:", Tone::Dim);
        }
    }

    /// A step.
    fn group(&mut self, group: &Group<'_>) {
        let lines = group.lines();
        if lines.is_empty() {
            return;
        }
        self.page.row(heading(group.column), Tone::Strong);
        if let Some(once) = group.once(self.run) {
            self.page.row(format!("    {once}"), Tone::Text);
        }
        let column = group.column;
        self.page.lines(column.step.as_str(), column.built_in.as_deref(), &lines);
    }

    /// The texts of steps that are not listed again.
    fn keep(&mut self, groups: &[Group<'_>]) {
        for group in groups.iter().filter(|group| group.column.built_in.is_some()) {
            let lines = group.lines();
            let own: Vec<&Line<'_>> = lines.iter().filter(|line| line.part.is_empty()).collect();
            self.page.keep(group.column.step.as_str(), &own);
        }
    }

    fn flush(&mut self, same: Option<Same<'_>>) {
        let (Some(Same { first, last, hosts }), Some((full, _))) = (same, &self.full) else {
            return;
        };
        let hosts = hosts.join(", ");
        let row = match first.number == last.number {
            true => format!(
                "{}: {hosts}: the same as batch {full}",
                super::capital(&gate::numbered(first))
            ),
            false => format!(
                "Batches {} to {} of {}, one after the other: {hosts}: each the same as batch {full}",
                first.number, last.number, last.of
            ),
        };
        self.page.row(row, Tone::Strong);
    }
}

fn is_same(one: Option<&Batch>, other: Option<&Batch>) -> bool {
    one.map(|batch| batch.from) == other.map(|batch| batch.from)
}

/// What a batch does, if all of its hosts do the same. The texts of what is built in stand below, host by
/// host.
fn content(batch: &Batch, groups: &[Group<'_>]) -> Option<Content> {
    let all = |mut hosts: Vec<Option<HostId>>| {
        hosts.sort_unstable();
        hosts.into_iter().flatten().eq(batch.hosts.iter().copied())
    };
    let of = |group: &Group<'_>| {
        let lines = group.lines();
        let built_in = group.column.built_in.is_some();
        let (own, others): (Vec<_>, Vec<_>) =
            lines.iter().partition(|line| built_in && line.part.is_empty());
        let whole = others.iter().all(|line| all(line.hosts.clone()));
        let own: Vec<Option<HostId>> = own.iter().flat_map(|line| line.hosts.clone()).collect();
        let whole = whole && (own.is_empty() || all(own.clone()));
        let commands = others.iter().map(|line| (line.part, Some(line.command.clone())));
        let commands = commands.chain((!own.is_empty()).then_some(("", None))).collect();
        whole.then(|| (group.column.step.to_string(), commands))
    };
    groups.iter().map(of).collect()
}

/// What is asked at gates, each with its place.
fn asked(run: &Run, wait: &Wait) -> Vec<String> {
    let row = |(id, cause): &(NodeId, Cause)| {
        let at = gate::asked_at(run, *id, cause);
        let what = match cause {
            Cause::Break => return format!("The run stops {at}, at your breakpoint"),
            Cause::Confirm(question) => question.clone(),
            Cause::Batch(out) => gate::too_many_out(*out),
            Cause::Failed(_)
            | Cause::Refused(_)
            | Cause::Unknown(_)
            | Cause::Unsettled
            | Cause::Schema
            | Cause::Input(..)
            | Cause::LockHeld(_)
            | Cause::Diverges(_)
            | Cause::OnceHostGone(_)
            | Cause::Unreachable
            | Cause::NotUndone(_) => "it waits for your answer".to_owned(),
        };
        format!("The run asks {at}: {what}")
    };
    wait.at.iter().map(row).collect()
}
