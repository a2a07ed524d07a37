//! How long things take and usually took: what is late, what is silent, and how long it may still be.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Model, grid::Column};
use crate::{
    model::{HostId, Kind, NodeId, Try},
    run::{Cell, Run, State},
    store::{Pace, Times},
};

/// A step that prints nothing for less than this is not called silent.
const SILENCE_MIN: SignedDuration = SignedDuration::from_secs(30);

/// As many times as long as it was ever silent before.
const SILENCE_FACTOR: i32 = 3;

/// What is known of times.
#[derive(Debug, Default)]
pub(crate) struct Tempo {
    /// By pipeline.
    pub(crate) paces: BTreeMap<String, Pace>,
    /// When bytes of an attempt that runs last arrived here.
    pub(crate) heard: BTreeMap<Try, Heard>,
    /// Of which it was said that they are late.
    pub(crate) said: BTreeSet<Try>,
    /// How long the run may still take, as of the last second or news.
    pub(crate) left: Option<Left>,
    /// The times were asked for, for what is open now.
    pub(crate) asked: bool,
}

/// When an attempt was last heard of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// By the clock of this machine when its log grew, which may have been set since.
    file: Timestamp,
    /// By the time that goes on evenly.
    pub(crate) at: Timestamp,
}

impl Heard {
    /// For a log that grew then, by the clock that was `set` so far forward until now; `before`: what was
    /// known of it.
    pub(crate) fn of(
        file: Timestamp,
        before: Option<Self>,
        now: Timestamp,
        set: SignedDuration,
    ) -> Self {
        let at = match before {
            Some(before) if before.file == file => before.at,
            Some(_) => now,
            None => file.saturating_sub(set).unwrap_or(file).min(now),
        };
        Self { file, at }
    }
}

impl Tempo {
    /// Another run: its attempts have the numbers of others.
    pub(crate) fn forget(&mut self) {
        self.heard.clear();
        self.said.clear();
    }
}

/// What is unusual about the time of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Odd {
    /// Runs for longer than it usually takes, or took longer.
    pub(crate) late: bool,
    /// Has printed nothing for so long.
    pub(crate) silent: Option<SignedDuration>,
}

/// How long a run may still take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) time: SignedDuration,
    /// Of something ahead it is not known how long it takes.
    pub(crate) more: bool,
    /// Something that runs is late.
    pub(crate) late: bool,
}

impl Model {
    /// How long the pipeline that is shown usually takes.
    pub(crate) fn pace(&self) -> Option<&Pace> {
        self.tempo.paces.get(&self.plan()?.pipeline)
    }

    /// How long a cell usually takes.
    pub(crate) fn typical(&self, column: &Column, host: HostId) -> Option<&Times> {
        self.pace()?.step(&column.step, self.host_name(host))
    }

    /// How long a cell has taken so far.
    pub(crate) fn spent(&self, column: &Column, host: HostId) -> Option<SignedDuration> {
        spent(self.run()?, column.nodes(host), self.now)
    }

    /// What is unusual about the time of a cell.
    pub(crate) fn odd(&self, column: &Column, host: HostId) -> Odd {
        let Some(run) = self.run() else { return Odd::default() };
        let nodes = column.nodes(host);
        let late = self.spent(column, host).zip(self.typical(column, host));
        let late = late.and_then(|(spent, times)| Some(spent > times.late_after()?));
        // What failed, was decided by the operator or ended while nobody looked is not told by its time.
        let plain = nodes.iter().filter_map(|id| run.cell(*id)).all(|cell| {
            let quiet = matches!(cell.state, State::Ok(_) | State::Never(_)) && !cell.unseen;
            quiet || cell.state.is_ahead() || cell.in_flight()
        });
        let silent = self.running(nodes).and_then(|attempt| self.silent(run, column, attempt));
        Odd { late: plain && late == Some(true), silent }
    }

    /// The attempt of a cell that runs, and can be heard and waits for nobody.
    fn running(&self, nodes: &[NodeId]) -> Option<Try> {
        let run = self.open_run()?;
        let runs = |id: &&NodeId| {
            let cell = run.cell(**id);
            let going = |cell: &Cell| {
                // One that is not known to go on may have ended long ago.
                let up = cell.node.host.is_some_and(|host| run.world.is_up(host));
                let seen = up && !run.catches_up(cell, self.now);
                matches!(cell.state, State::Running(_)) && cell.question.is_none() && seen
            };
            cell.is_some_and(going)
        };
        let id = nodes.iter().find(runs)?;
        Some(Try { node: *id, n: run.cell(*id)?.tries })
    }

    /// How long an attempt has printed nothing, if that is long.
    fn silent(&self, run: &Run, column: &Column, attempt: Try) -> Option<SignedDuration> {
        let begun = run.cell(attempt.node)?.started?;
        let heard = self.tempo.heard.get(&attempt).map_or(begun, |heard| heard.at.max(begun));
        let usual = self.pace().and_then(|pace| pace.silence(&column.step));
        let limit = usual.map_or(SILENCE_MIN, |usual| (usual * SILENCE_FACTOR).max(SILENCE_MIN));
        Some(self.now.duration_since(heard)).filter(|silent| *silent > limit)
    }

    /// All attempts that run now.
    pub(crate) fn all_running(&self) -> Vec<Try> {
        let columns = self.grid.columns.iter();
        let cells = columns.flat_map(|column| column.hosts().map(|host| column.nodes(host)));
        cells.filter_map(|nodes| self.running(nodes)).collect()
    }

    /// Brings what was worked out up to date, and gives what has become late since.
    pub(crate) fn keep_time(&mut self) -> Vec<Try> {
        self.tempo.left = self.left();
        let running = self.all_running();
        let late = running.iter().filter(|attempt| !self.tempo.said.contains(attempt));
        let late: Vec<Try> = late.copied().filter(|it| self.is_late(*it)).collect();
        self.tempo.said.extend(&late);
        late
    }

    fn is_late(&self, attempt: Try) -> bool {
        let Some((column, Some(host))) = self.grid.find(attempt.node) else { return false };
        self.grid.columns.get(column).is_some_and(|column| self.odd(column, host).late)
    }

    /// How long the run may still take, on its longest way; `None` where nothing is known of it.
    fn left(&self) -> Option<Left> {
        let run = self.open_run().filter(|run| run.aborting.is_none())?;
        let pace = self.pace()?;
        let mut ahead =
            Ahead { pace, run, now: self.now, shares: shares(run), known: false, more: false };
        let own: Vec<SignedDuration> = run.ids().map(|(id, cell)| ahead.of(id, cell)).collect();
        let time = longest(run, &own);
        let columns = self.grid.columns.iter();
        let mut runs = columns.flat_map(|column| column.hosts().map(move |host| (column, host)));
        let late = runs.any(|(column, host)| {
            self.running(column.nodes(host)).is_some() && self.odd(column, host).late
        });
        ahead.known.then_some(Left { time, more: ahead.more, late })
    }
}

/// The longest way through the graph. What has grown may come before what was there: so it is gone over
/// until nothing changes, which is at once where nothing has grown.
fn longest(run: &Run, own: &[SignedDuration]) -> SignedDuration {
    const ROUNDS_MAX: usize = 16;
    let mut ends = own.to_vec();
    for _ in 0..ROUNDS_MAX {
        let mut changed = false;
        for ((id, cell), own) in run.ids().zip(own) {
            let before = cell.node.needs.iter().filter_map(|need| ends.get(place(*need))).max();
            let end = before.map_or(*own, |before| before.saturating_add(*own));
            let Some(known) = ends.get_mut(place(id)).filter(|known| **known != end) else {
                continue;
            };
            (*known, changed) = (end, true);
        }
        if !changed {
            break;
        }
    }
    ends.into_iter().max().unwrap_or(SignedDuration::ZERO)
}

fn place(node: NodeId) -> usize {
    usize::try_from(node.0).unwrap_or(usize::MAX)
}

/// What still is to be done of a run.
struct Ahead<'a> {
    pace: &'a Pace,
    run: &'a Run,
    now: Timestamp,
    /// The first cell of each step and host that is not over bears what is left of both.
    shares: BTreeMap<NodeId, Vec<NodeId>>,
    /// Something of it has a history.
    known: bool,
    /// Something of it has none.
    more: bool,
}

impl Ahead<'_> {
    fn of(&mut self, id: NodeId, cell: &Cell) -> SignedDuration {
        let Some(nodes) = self.shares.get(&id) else { return SignedDuration::ZERO };
        let host = cell.node.host.and_then(|host| self.run.plan.host(host));
        let times = host.and_then(|host| self.pace.step(cell.node.key.step.as_str(), &host.name));
        let Some(median) = times.and_then(Times::median) else {
            self.more = true;
            return SignedDuration::ZERO;
        };
        self.known = true;
        let spent = spent(self.run, nodes, self.now).unwrap_or(SignedDuration::ZERO);
        median.saturating_sub(spent).max(SignedDuration::ZERO)
    }
}

/// All cells of each step on each host, by the first of them that is not over.
fn shares(run: &Run) -> BTreeMap<NodeId, Vec<NodeId>> {
    let mut groups: BTreeMap<(&str, HostId), Vec<NodeId>> = BTreeMap::new();
    for (id, cell) in run.ids() {
        let gate = matches!(cell.node.kind, Kind::Gate(_));
        if let Some(host) = cell.node.host.filter(|_| !gate && !cell.node.origin.takes_back()) {
            groups.entry((cell.node.key.step.as_str(), host)).or_default().push(id);
        }
    }
    let open =
        |id: &&NodeId| run.cell(**id).is_some_and(|cell| !cell.is_over() && !run.given_up(cell));
    let bearer = |nodes: Vec<NodeId>| Some((*nodes.iter().find(open)?, nodes));
    groups.into_values().filter_map(bearer).collect()
}

/// How long the last attempts of these nodes took together, so far.
fn spent(run: &Run, nodes: &[NodeId], now: Timestamp) -> Option<SignedDuration> {
    let cells = nodes.iter().filter_map(|id| run.cell(*id));
    let times = cells.filter(|cell| !cell.node.origin.takes_back()).filter_map(|cell| {
        let until = if cell.in_flight() { now } else { cell.ended? };
        Some(until.duration_since(cell.started?).max(SignedDuration::ZERO))
    });
    times.reduce(SignedDuration::saturating_add)
}
