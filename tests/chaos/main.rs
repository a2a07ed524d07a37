//! Boxes under every fault that a host, a network and a console can have: against a model, and
//! against real shells. `DEPLOYUI_ROUNDS=n` sets the rounds of everything that is random,
//! `DEPLOYUI_FIGURES=1` prints what things cost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a failed test")]
#![expect(clippy::print_stdout, reason = "tables and figures are shown with --nocapture")]
#![expect(clippy::wildcard_enum_match_arm, reason = "tests wait for one thing among many")]

mod asked;
mod chunks;
mod conformance;
mod connection;
mod crash;
mod disk;
mod fates;
mod figures;
mod host;
mod kills;
mod logs;
#[path = "../support/random.rs"]
mod random;
mod special;
mod wire;
