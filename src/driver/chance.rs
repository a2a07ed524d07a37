//! Randomness: its only source.

use jiff::tz::TimeZone;

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
    let stamp = clock::now().to_zoned(TimeZone::UTC).strftime("%Y%m%d-%H%M%S").to_string();
    Ok(RunId::new(&stamp, random()?))
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
