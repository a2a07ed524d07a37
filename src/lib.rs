//! deployui: a terminal console for releases on plain hosts over SSH.
//!
//! ARCHITECTURE.md has the map. Dependencies point one way only; `tests/house.rs` keeps it so.

pub mod boxes;
pub mod cli;
pub mod config;
pub mod demo;
pub mod driver;
pub mod engine;
pub mod model;
pub mod plan;
pub mod recipe;
pub mod remote;
pub mod run;
pub mod script;
pub mod store;
pub mod text;
pub mod tui;
