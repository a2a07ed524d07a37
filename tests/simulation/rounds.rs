//! The rounds: many seeds without a bug, and every planted bug until it is found.

use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use crate::{
    ahead,
    bugs::Bug,
    world::{Failure, Figures, simulate},
};

/// Seeds of an ordinary test run.
const SEEDS: u64 = 2_000;
/// Seeds in which each planted bug must be found.
const BUG_SEEDS: u64 = 2_000;
/// What is shown of a seed that fails.
const TRACE_LINES: usize = 80;
/// More failures than this tell nothing new.
const FAILURES_MAX: usize = 100;

#[expect(clippy::disallowed_methods, reason = "how many seeds, and which, is asked from outside")]
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[expect(clippy::disallowed_methods, reason = "only for the figure of seeds per second")]
fn clock() -> std::time::Instant {
    std::time::Instant::now()
}

/// For people: past the capture of the test harness.
fn say(line: &str) {
    let _shown = writeln!(std::io::stderr().lock(), "{line}");
}

fn replayed(failure: &Failure, bug: Option<Bug>) -> String {
    let again = simulate(failure.seed, bug, TRACE_LINES).expect_err("a seed replays");
    let trace: Vec<String> = again.trace.into();
    format!("seed {}: {}\n{}", failure.seed, failure.what, trace.join("\n"))
}

/// One seed, with everything that happens in it.
fn replay(seed: u64) {
    match simulate(seed, None, usize::MAX) {
        Ok(figures) => {
            figures.trace.iter().for_each(|line| say(line));
            say(&format!("seed {seed} is fine"));
        }
        Err(failure) => {
            failure.trace.iter().for_each(|line| say(line));
            panic!("seed {seed}: {}", failure.what);
        }
    }
}

/// All seeds below `seeds`, on all processors, and those that failed.
fn round(seeds: u64) -> (Figures, Vec<Failure>) {
    let next = AtomicU64::new(0);
    let worker = || {
        let (mut figures, mut failures) = (Figures::default(), Vec::new());
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds || failures.len() >= FAILURES_MAX {
                return (figures, failures);
            }
            match simulate(seed, None, 0) {
                Ok(one) => add(&mut figures, one),
                Err(failure) => failures.push(failure),
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let done: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = (Figures::default(), Vec::new());
    for (figures, failures) in done {
        add(&mut all.0, figures);
        all.1.extend(failures);
    }
    all.1.sort_by_key(|failure| failure.seed);
    all
}

fn add(all: &mut Figures, one: Figures) {
    all.events += one.events;
    all.begun += one.begun;
    all.crashes += one.crashes;
    for (what, count) in one.met {
        *all.met.entry(what).or_default() += count;
    }
}

#[test]
fn nothing_is_done_twice_too_early_or_after_the_end_whatever_happens() {
    if let Some(seed) = asked("DEPLOYUI_SEED") {
        return replay(seed);
    }
    let seeds = asked("DEPLOYUI_SEEDS").unwrap_or(SEEDS);
    let begun = clock();
    let (figures, failures) = round(seeds);
    if let Some(failure) = failures.first() {
        let all: Vec<String> = failures.iter().map(|f| format!("{}: {}", f.seed, f.what)).collect();
        panic!("{}\n\nseeds that fail:\n{}", replayed(failure, None), all.join("\n"));
    }
    let took = begun.elapsed().as_secs_f64();
    say(&format!(
        "simulation: {seeds} seeds in {took:.1} s ({:.0} a second), {} events, {} attempts begun, \
         {} consoles died",
        seeds as f64 / took,
        figures.events,
        figures.begun,
        figures.crashes,
    ));
    if seeds > SEEDS {
        figures.met.iter().for_each(|(what, count)| say(&format!("    {count:>9} {what}")));
    }
    if seeds >= SEEDS {
        met_everything(&figures.met);
    }
}

/// What a round must have met; else it proves less than it says.
fn met_everything(met: &BTreeMap<String, u64>) {
    let facts = "Taken Left Mode Break Passed Grew Pruned Armed Staged Started Refused Listed Asks \
                 Answered Ended Settled Fenced Lost Stopping Link Saw Excluded Aborted";
    let causes = "failed refused unknown unsettled break confirm schema input batch once-host-gone \
                  unreachable not-undone";
    let choices = "Go Retry Edit Skip Fixed Assume Exclude Undo Abort Answer Move";
    let verdicts = "Ok Failed Aborted Unknown";
    let all = facts
        .split_whitespace()
        .map(str::to_owned)
        .chain(causes.split_whitespace().map(|word| format!("held {word}")))
        .chain(choices.split_whitespace().map(|word| format!("chose {word}")))
        .chain(verdicts.split_whitespace().map(|word| format!("closed {word}")))
        .chain(ahead::COMPARED.map(str::to_owned))
        .chain(["rest left".to_owned()]);
    let never: Vec<String> = all.filter(|what| !met.contains_key(what)).collect();
    assert!(never.is_empty(), "never met: {never:?}");
}

#[test]
fn every_planted_bug_is_found() {
    if asked("DEPLOYUI_SEED").is_some() {
        return;
    }
    let mut missed = Vec::new();
    for bug in Bug::ALL {
        let found = (0..BUG_SEEDS).find_map(|seed| simulate(seed, Some(bug), 0).err());
        match found {
            Some(failure) => {
                say(&format!("    {bug:?}: seed {}: {}", failure.seed, failure.what));
            }
            None => missed.push(bug),
        }
    }
    assert!(missed.is_empty(), "not found in {BUG_SEEDS} seeds: {missed:?}");
}
