//! The shipped recipes on the software that they are for: real web servers, application servers,
//! process supervisors, databases and migrations on real ssh hosts. What a recipe's head tells the
//! operator to configure is read out of it and used, so those texts are tested too.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

#[path = "../recipes/mod.rs"]
mod recipes;
#[path = "../support/mod.rs"]
mod support;

mod capistrano;
mod django;
mod machines;
mod repository;
mod web;
