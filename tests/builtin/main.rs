//! The built-in steps, looks and acts, on real shells and real directories.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

mod acts;
mod adopted;
mod checks;
mod code;
mod compared;
mod evidence;
mod figures;
mod full;
mod outputs;
mod proofs;
mod releases;
mod rig;
mod switches;
mod uploads;
