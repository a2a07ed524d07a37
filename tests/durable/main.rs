//! Consoles killed at any instant, and networks that fail at any byte: nothing runs twice, nothing is
//! lost, and the run ends as if nothing had been. `DEPLOYUI_ROUNDS=100` does more of them.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

#[path = "../recipes/mod.rs"]
mod recipes;
#[path = "../support/mod.rs"]
mod support;

mod console;
mod effects;
mod headless;
mod instants;
mod network;
