//! What the integration tests stand on: real OpenSSH hosts on this machine, the built program run
//! in a home of its own, with pipes or under a terminal, and a network that can be broken.
//!
//! Failing here is a failed test, so these helpers panic with a text that says what happened.
#![allow(dead_code, reason = "each test crate uses its own part")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test support")]

pub(crate) mod console;
pub(crate) mod deployui;
pub(crate) mod fleet;
pub(crate) mod gather;
pub(crate) mod proxy;
pub(crate) mod random;
