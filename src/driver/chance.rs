//! Randomness: its only source.

use jiff::{Timestamp, tz::TimeZone};

use super::clock;
use crate::model::RunId;

/// Random bytes from the system.
///
/// # Errors
/// When the system has none, which it always has.
pub(super) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A new run's id.
///
/// # Errors
/// When the system has no random bytes.
pub fn run_id() -> Result<RunId, getrandom::Error> {
    Ok(RunId::new(&stamp(clock::now()), random()?))
}

/// When a run is opened, to the millisecond: runs of one second are listed, kept and pruned by the
/// order of their names, too.
fn stamp(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%d-%H%M%S%3f").to_string()
}

/// A name for one connection: 80 random bits as letters and digits.
pub(super) fn nonce() -> Result<String, getrandom::Error> {
    let bytes: [u8; 10] = random()?;
    Ok(bytes.iter().fold("n".to_owned(), |name, byte| format!("{name}{byte:02x}")))
}

/// A random number for the spread of waits.
pub(super) fn jitter() -> u32 {
    random().map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_run_has_a_later_name() {
        let at = |millis| stamp(Timestamp::from_millisecond(millis).unwrap());
        assert_eq!(at(1_795_311_792_042), "20261122-014312042");
        assert!(at(1_795_311_792_042) < at(1_795_311_792_100));
        // Runs of before, without milliseconds.
        assert!("20261122-014312-zz" < &*format!("{}-aa", at(1_795_311_792_000)));
    }
}
