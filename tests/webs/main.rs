//! Sites on real web servers and real hosts: the maintenance page, publishes under visitors, one burst
//! over hosts that differ, and input that must be refused. `DEPLOYUI_ROUNDS=200` publishes more often.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

#[path = "../recipes/mod.rs"]
mod recipes;
#[path = "../support/mod.rs"]
mod support;

mod burst;
mod faults;
mod publishes;
mod refused;
mod shop;
mod snippets;
mod visitor;
mod web;
mod words;
