//! How long the steps of a pipeline take: what the journals of its last runs say.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Summary;
use crate::{
    model::{Kind, RunId},
    run::{Cell, Run, State, Verdict},
    store::{Store, journal::Journal},
};

/// So many of the newest runs are looked through, of any kind.
const LOOKED_MAX: usize = 200;

/// So many runs of the pipeline are read whole.
const READ_MAX: usize = 20;

/// A longer journal is left out: a run with many thousands of facts is not a usual one.
const JOURNAL_BYTES_MAX: u64 = 32 << 20;

/// So many of the newest runs tell how long a step is silent; their indexes are read.
const SILENCE_RUNS: usize = 3;

/// With fewer runs nothing is known of how times spread.
const FEW: usize = 5;

/// From so many times on one that was very long does not make the 95th percentile.
const MANY: usize = 20;

/// With fewer, so many times the median is late, however long one of them was.
const LATE_FACTOR: i32 = 3;

/// What is over by less than this is not called late: clocks here and there are seconds.
const SLACK: SignedDuration = SignedDuration::from_secs(1);

/// How long something took, several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The shortest first.
    sorted: Vec<SignedDuration>,
    /// In so many runs; the same step on several hosts is one run.
    runs: usize,
}

impl Times {
    fn learn(&mut self, took: SignedDuration) {
        let at = self.sorted.partition_point(|other| *other <= took);
        self.sorted.insert(at, took);
    }

    /// In how many runs it was seen.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs
    }

    /// The middle one; of an even number the shorter of the two in the middle.
    #[must_use]
    pub fn median(&self) -> Option<SignedDuration> {
        self.sorted.get(self.sorted.len().checked_sub(1)? / 2).copied()
    }

    /// Whether it was seen so often that [`Times::p95`] is not just the longest.
    #[must_use]
    pub fn has_p95(&self) -> bool {
        self.sorted.len() >= MANY
    }

    /// Whether it was seen once only.
    #[must_use]
    pub fn is_one(&self) -> bool {
        self.sorted.len() == 1
    }

    /// What 95 of 100 were not longer than, by nearest rank: of fewer than twenty the longest.
    #[must_use]
    pub fn p95(&self) -> Option<SignedDuration> {
        let rank = (self.sorted.len() * 95).div_ceil(100);
        self.sorted.get(rank.checked_sub(1)?).copied()
    }

    /// What goes on for longer than this is late: longer than the 95th percentile. Of fewer than twenty
    /// times that is the longest, and one that went wrong would hide for many runs what is late: so it is
    /// at most three times the median then; and twice the median, where too few runs say how times spread.
    #[must_use]
    pub fn late_after(&self) -> Option<SignedDuration> {
        let (median, p95) = (self.median()?, self.p95()?);
        let limit = match self.runs {
            0..FEW => median * 2,
            _ if self.has_p95() => p95,
            _ => p95.min(median * LATE_FACTOR),
        };
        Some(limit.max(median + SLACK))
    }
}

/// How long a pipeline and its steps took in its last runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// The pipeline.
    pub pipeline: String,
    /// Whole runs that ended well; what the operator took to decide is in it.
    pub whole: Times,
    /// By step; what ended well, also of runs that did not.
    steps: BTreeMap<String, Step>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Step {
    all: Times,
    hosts: BTreeMap<String, Times>,
    /// The longest time in which it printed nothing.
    silence: Option<SignedDuration>,
}

impl Pace {
    /// Of a pipeline that was never run.
    #[must_use]
    pub fn new(pipeline: &str) -> Self {
        Self { pipeline: pipeline.to_owned(), ..Self::default() }
    }

    /// How long a step takes on a host, by their names: as on this host, if it was seen there at
    /// least three times, else as on all. `None` where it was never seen.
    #[must_use]
    pub fn step(&self, step: &str, host: &str) -> Option<&Times> {
        const ENOUGH: usize = 3;
        let step = self.steps.get(step)?;
        let here = step.hosts.get(host).filter(|times| times.runs >= ENOUGH);
        here.or_else(|| Some(&step.all).filter(|times| times.runs > 0))
    }

    /// How long a step was silent at most, where that was seen.
    #[must_use]
    pub fn silence(&self, step: &str) -> Option<SignedDuration> {
        self.steps.get(step)?.silence
    }

    /// Learns from a run.
    pub fn learn(&mut self, run: &Run) {
        if run.closed == Some(Verdict::Ok) {
            self.whole.learn(run.latest.duration_since(run.opened));
            self.whole.runs += 1;
        }
        for (step, hosts) in taken(run) {
            let known = self.steps.entry(step.to_owned()).or_default();
            known.all.runs += 1;
            for (host, took) in hosts {
                known.all.learn(took);
                let here = known.hosts.entry(host.to_owned()).or_default();
                here.learn(took);
                here.runs += 1;
            }
        }
    }

    fn learn_silence(&mut self, store: &Store, run: &Run) {
        for (_, cell) in run.ids() {
            let Some((host, took)) = quick(run, cell) else { continue };
            let name = cell.node.key.box_name(cell.tries);
            let silence = store.longest_silence(&run.plan.run, host, &name, took);
            let known = self.steps.entry(cell.node.key.step.to_string()).or_default();
            known.silence = known.silence.max(silence);
        }
    }
}

/// The host and the times of an attempt that ended well, at the first try and unchanged.
fn quick<'a>(run: &'a Run, cell: &Cell) -> Option<(&'a str, (Timestamp, Timestamp))> {
    let plain = cell.tries == 1
        && cell.edited.is_none()
        && !cell.unseen
        && matches!(cell.state, State::Ok(_));
    let host = run.plan.host(cell.node.host?)?;
    (plain && !cell.node.origin.takes_back())
        .then(|| Some((host.name.as_str(), (cell.started?, cell.ended?))))?
}

/// What each step took on each host, where all of it ended well at the first try.
fn taken(run: &Run) -> BTreeMap<&str, BTreeMap<&str, SignedDuration>> {
    let mut sums: BTreeMap<(&str, &str), Option<SignedDuration>> = BTreeMap::new();
    for (_, cell) in run.ids() {
        let Some(host) = cell.node.host.and_then(|host| run.plan.host(host)) else { continue };
        if cell.node.origin.takes_back() || matches!(cell.node.kind, Kind::Gate(_)) {
            continue;
        }
        let took = quick(run, cell).map(|(_, (from, until))| until.duration_since(from));
        let sum = sums.entry((cell.node.key.step.as_str(), host.name.as_str()));
        let sum = sum.or_insert(Some(SignedDuration::ZERO));
        *sum = sum.zip(took).map(|(sum, took)| sum.saturating_add(took.max(SignedDuration::ZERO)));
    }
    let mut steps: BTreeMap<&str, BTreeMap<&str, SignedDuration>> = BTreeMap::new();
    for ((step, host), sum) in sums {
        if let Some(sum) = sum {
            steps.entry(step).or_default().insert(host, sum);
        }
    }
    steps
}

impl Store {
    /// How long a pipeline and its steps took in its last runs, as far as their journals can be read. Reads
    /// at most 20 of them: not for the thread that draws.
    #[must_use]
    pub fn typical(&self, app: &str, stage: &str, pipeline: &str) -> Pace {
        let mut pace = Pace::new(pipeline);
        let ids = self.ids().unwrap_or_default();
        let newest = ids.into_iter().rev().take(LOOKED_MAX).map(|run| self.summary(run));
        let alike = |it: &Summary| {
            let same = |header: &super::Header| {
                (header.app.as_str(), header.stage.as_str(), header.pipeline.as_str())
                    == (app, stage, pipeline)
            };
            it.damage.is_none() && it.closed.is_some() && it.header.as_ref().is_some_and(same)
        };
        for (at, summary) in newest.filter(alike).take(READ_MAX).enumerate() {
            let Some(run) = self.folded(&summary.run) else { continue };
            pace.learn(&run);
            if at < SILENCE_RUNS {
                pace.learn_silence(self, &run);
            }
        }
        pace
    }

    fn folded(&self, run: &RunId) -> Option<Run> {
        let len = std::fs::metadata(self.journal_path(run)).ok()?.len();
        let reading = (len <= JOURNAL_BYTES_MAX).then(|| Journal::read(self, run).ok())??;
        Run::fold(&reading.events).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(seconds: &[i64]) -> Times {
        let mut times = Times { sorted: Vec::new(), runs: seconds.len() };
        seconds.iter().for_each(|it| times.learn(SignedDuration::from_secs(*it)));
        times
    }

    #[test]
    fn the_middle_the_longest_usual_one_and_what_is_late() {
        let check = |seconds: &[i64], wanted: Option<(i64, i64, i64)>| {
            let times = times(seconds);
            let found =
                times.median().map(|it| it.as_secs()).zip(times.p95()).zip(times.late_after());
            let found = found.map(|((median, p95), late)| (median, p95.as_secs(), late.as_secs()));
            assert_eq!(found, wanted, "{seconds:?}");
        };
        check(&[], None);
        check(&[11], Some((11, 11, 22)));
        check(&[0], Some((0, 0, 1)));
        check(&[9, 30], Some((9, 30, 18)));
        check(&[10, 11, 12, 11, 30], Some((11, 30, 30)));
        check(&[5; 5], Some((5, 5, 6)));
        // One that went wrong among few.
        check(&[1, 1, 1, 1, 1, 1, 6], Some((1, 6, 3)));
        check(&[10, 11, 12, 11, 600], Some((11, 600, 33)));
        let mut many = [10; 40].to_vec();
        many.extend([70, 90]);
        check(&many, Some((10, 10, 11)));
        many.push(80);
        check(&many, Some((10, 70, 70)));
    }
}
