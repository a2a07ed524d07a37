//! Names of things. All of them end up in paths, journals or on screens, so what they may hold is
//! decided here, once.

use std::fmt;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A host of a plan, as its position in [`Plan::hosts`](super::Plan::hosts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HostId(pub u16);

/// A node of a run's graph, numbered in the order of growth. Nodes are never removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub u32);

/// A question put to the operator, numbered in the order of asking. Never reused within a run, so
/// that an answer to an old question cannot reach a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HoldId(pub u32);

/// A scope (such as maintenance) that is entered and left, numbered within its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScopeId(pub u16);

/// One attempt of a node: exactly one box on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Try {
    /// What is tried.
    pub node: NodeId,
    /// Which attempt it is, from 1.
    pub n: u16,
}

/// A name that holds something it must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadId {
    /// What was given.
    pub given: String,
    /// What would have been right.
    pub wanted: &'static str,
}

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.given.escape_debug(), self.wanted)
    }
}

impl std::error::Error for BadId {}

/// Names one run for ever: UTC date and time to the millisecond, then 80 random bits. It is a directory name on every
/// host, so it holds only `[a-z0-9-]`, and more than digits, so that nothing reads it as a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

const RUN_ID_CHARS_MAX: usize = 64;
/// Date and time to the second, at the beginning of a run's id.
const STAMP_CHARS: usize = 15;
const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl RunId {
    /// Makes an id from the UTC time as `%Y%m%d-%H%M%S%3f` and 80 random bits.
    #[must_use]
    pub fn new(stamp: &str, random: [u8; 10]) -> Self {
        let mut bits = random.iter().fold(0u128, |all, byte| all << 8 | u128::from(*byte));
        let mut tail = [0u8; 16];
        for place in tail.iter_mut().rev() {
            *place = BASE32[usize::try_from(bits & 31).unwrap_or(0)];
            bits >>= 5;
        }
        Self(format!("{stamp}-{}", String::from_utf8_lossy(&tail)))
    }

    /// The id as it is written in paths.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The time in the id, to the second: that for which the run was planned.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        let stamp = self.0.get(..STAMP_CHARS)?;
        let civil = DateTime::strptime("%Y%m%d-%H%M%S", stamp).ok()?;
        Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

impl TryFrom<String> for RunId {
    type Error = BadId;

    fn try_from(given: String) -> Result<Self, BadId> {
        let good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let fits = !given.is_empty() && given.len() <= RUN_ID_CHARS_MAX;
        let named = given.bytes().any(|c| !c.is_ascii_digit()) && !given.starts_with('-');
        if fits && named && given.bytes().all(good) {
            return Ok(Self(given));
        }
        Err(BadId { given, wanted: "a run id (letters a-z, digits and `-`)" })
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> Self {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a step: a directory name on hosts and a word on screens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StepName(String);

const STEP_NAME_CHARS_MAX: usize = 40;

impl StepName {
    /// The name as written in the recipe.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StepName {
    type Error = BadId;

    fn try_from(given: String) -> Result<Self, BadId> {
        let inner = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        let starts = given.bytes().next().is_some_and(|c| c.is_ascii_alphabetic());
        if starts && given.len() <= STEP_NAME_CHARS_MAX && given.bytes().all(inner) {
            return Ok(Self(given));
        }
        Err(BadId {
            given,
            wanted: "a step name (a letter, then letters, digits, `-` and `_`, at most 40)",
        })
    }
}

impl From<StepName> for String {
    fn from(name: StepName) -> Self {
        name.0
    }
}

impl fmt::Display for StepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_id_is_a_safe_directory_name_and_reads_back() {
        let id = RunId::new("20261122-014312", [0xff; 10]);
        assert_eq!(id.as_str(), "20261122-014312-7777777777777777");
        assert_eq!(RunId::try_from(id.as_str().to_owned()), Ok(id));
        let low = RunId::new("20261122-014312", [0; 10]);
        assert_eq!(low.as_str(), "20261122-014312-aaaaaaaaaaaaaaaa");
    }

    #[test]
    fn the_time_in_an_id_is_read_with_and_without_milliseconds() {
        let at = |text: &str| RunId::try_from(text.to_owned()).unwrap().time();
        let then = Timestamp::from_second(1_795_311_792).unwrap();
        for good in ["20261122-014312-aa", "20261122-014312042-aa", "20261122-014312"] {
            assert_eq!(at(good), Some(then), "{good}");
        }
        for bad in ["a", "20261322-014312-aa", "by-hand-root"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_that_could_leave_their_directory_are_refused() {
        for bad in ["", "-rf", "..", "a/b", "123", "a b", "A", "é", "a\nb", &"a".repeat(65)] {
            assert!(RunId::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
        for bad in ["", "-x", ".", "1a", "a/b", "a b", "a.b", "$(id)", "a\n", &"a".repeat(41)] {
            assert!(StepName::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
