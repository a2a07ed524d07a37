//! Simulation: random plans, a random operator, random hosts and a network that loses things, on a
//! virtual clock; the console dies at any event. After every event the invariants of the design are
//! checked against what was really done.
//!
//! `DEPLOYUI_SEEDS=200000 cargo test --release --test simulation` makes a longer round,
//! `DEPLOYUI_SEED=17` replays one seed and prints what happened.
//!
//! It judges by what was really done on the simulated hosts (`checks`), and by a second opinion on
//! the facts (`reference`) that shares no code with `run`. The planted `bugs` show that it can fail.

#![expect(
    clippy::wildcard_enum_match_arm,
    clippy::unwrap_in_result,
    reason = "a check looks at the few cases it is about; its own mistakes may panic"
)]

#[cfg(test)]
mod ahead;
#[cfg(test)]
mod bugs;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod console;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod plans;
#[cfg(test)]
#[path = "../support/random.rs"]
mod random;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod world;
