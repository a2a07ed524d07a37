//! The time. The clock of a machine may be set at any moment, by hand or by a time service, and all that
//! goes on would seem to take longer or shorter by that. So the time goes on evenly from what that clock
//! said when the last run was asked for, or this process began; and where a run is taken up or watched whose
//! facts lie in the future by that, from the last of them.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// A clock that nobody sets, and that goes on while the machine sleeps. Monotonic time does so elsewhere.
#[cfg(target_os = "linux")]
const STEADY: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const STEADY: ClockId = ClockId::Monotonic;

/// By so much what others write may be older when it is read, and still was written just now.
const A_MOMENT: SignedDuration = SignedDuration::from_secs(2);

/// From where it goes on evenly.
static FROM: Mutex<Option<Base>> = Mutex::new(None);

/// What the machine's clock said when the steady one said that.
#[derive(Clone, Copy)]
struct Base {
    wall: Timestamp,
    steady: SignedDuration,
}

impl Base {
    fn at(self, steady: SignedDuration) -> Timestamp {
        let gone = steady.saturating_sub(self.steady);
        self.wall.saturating_add(gone).unwrap_or(self.wall)
    }

    /// With that time at this moment.
    fn being(wall: Timestamp, steady: SignedDuration) -> Self {
        Self { wall, steady }
    }

    /// No earlier than that at this moment.
    fn no_earlier(self, than: Timestamp, steady: SignedDuration) -> Self {
        if self.at(steady) < than { Self::being(than, steady) } else { self }
    }

    /// As that time goes, of which this is read a moment later.
    fn along(self, other: Timestamp, steady: SignedDuration) -> Self {
        let apart = self.at(steady).duration_since(other).abs();
        if apart < A_MOMENT { self } else { Self::being(other, steady) }
    }
}

/// The time now: what it is compared with was told by it as well, so that no time is ever measured wrong.
#[must_use]
pub fn now() -> Timestamp {
    let mut from = FROM.lock().unwrap_or_else(PoisonError::into_inner);
    from.get_or_insert_with(both).at(steady())
}

/// The time by the machine's clock, as it is set now: for what others say, and what is said to others.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
pub fn wall() -> Timestamp {
    Timestamp::now()
}

/// From now on the time goes on from the machine's clock as it is set now, which is given: for a run that
/// is about to begin, while none is open and nothing is measured.
pub fn set_right() -> Timestamp {
    let from = both();
    *FROM.lock().unwrap_or_else(PoisonError::into_inner) = Some(from);
    from.wall
}

/// From now on it is no earlier than this, the last fact of a run that is taken up or watched: the clock was
/// set back since, and what follows would else have no time until it is as late again.
pub fn no_earlier(than: Timestamp) {
    change(|base, steady| base.no_earlier(than, steady));
}

/// From now on the time goes as it does for whoever drives a run that is watched, and has just written this.
pub fn along(other: Timestamp) {
    change(|base, steady| base.along(other, steady));
}

fn change(how: impl FnOnce(Base, SignedDuration) -> Base) {
    let mut from = FROM.lock().unwrap_or_else(PoisonError::into_inner);
    let base = *from.get_or_insert_with(both);
    *from = Some(how(base, steady()));
}

fn both() -> Base {
    Base { wall: wall(), steady: steady() }
}

fn steady() -> SignedDuration {
    let gone = clock_gettime(STEADY);
    SignedDuration::new(gone.tv_sec, i32::try_from(gone.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_evenly_whatever_the_clock_is_set_to() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let from = Base { wall: at(1_000_000), steady: SignedDuration::from_secs(70) };
        // The machine's clock is not asked again.
        assert_eq!(from.at(SignedDuration::from_secs(74)), at(1_000_004));
        assert_eq!(from.at(SignedDuration::from_secs(70)), at(1_000_000));
    }

    #[test]
    fn it_goes_on_from_facts_that_lie_ahead_and_as_it_does_for_others() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let gone = SignedDuration::from_secs;
        let from = Base { wall: at(1_000_000), steady: gone(70) };
        // A day ahead: from there. Behind: nothing is known of how long that is ago.
        assert_eq!(from.no_earlier(at(1_086_400), gone(80)).at(gone(85)), at(1_086_405));
        assert_eq!(from.no_earlier(at(1_000_005), gone(80)).at(gone(85)), at(1_000_015));
        for other in [1_086_400, 913_600] {
            assert_eq!(from.along(at(other), gone(80)).at(gone(85)), at(other + 5));
        }
        assert_eq!(from.along(at(1_000_009), gone(80)).at(gone(85)), at(1_000_015), "just read");
    }

    #[test]
    fn it_never_goes_back_and_begins_with_the_machines() {
        let [first, second] = [now(), now()];
        assert!(first <= second);
        let (wall, after) = (set_right(), now());
        assert!(after.duration_since(wall) < SignedDuration::from_mins(1) && wall <= after);
    }
}
