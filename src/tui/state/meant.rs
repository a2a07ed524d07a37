//! Whether a press is meant for a dialog: by a hand, and by somebody who could read it.
//!
//! A key that is held down, one that was meant for what was on the screen before, one that others came
//! with, and keys typed into a terminal that shows nothing any more confirm nothing.

use jiff::{SignedDuration, Timestamp};

/// A letter confirms only this long after the last one.
const QUIET: SignedDuration = SignedDuration::from_millis(600);

/// So long nothing is pressed while somebody reads what has changed.
const READ: SignedDuration = SignedDuration::from_secs(1);

/// What is known of a dialog being on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    No,
    /// In a frame that is on its way.
    Sent,
    /// In a frame that the terminal has taken.
    Taken,
}

/// What tells a press that is meant from others.
#[derive(Debug)]
pub(crate) struct Meant {
    shown: Shown,
    /// When a letter was last pressed.
    letter: Timestamp,
    /// While it is not read that the dialog says something else: when it began to, or when a key came
    /// before it can have been read.
    unread: Option<Timestamp>,
}

impl Meant {
    /// For a dialog that opens now.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self { shown: Shown::No, letter: now, unread: None }
    }

    /// It says something else now.
    pub(crate) fn anew(&mut self, now: Timestamp) {
        *self = Self { unread: Some(now), ..Self::new(now) };
    }

    /// It says again what it said before.
    pub(crate) fn as_before(&mut self, now: Timestamp) {
        *self = Self::new(now);
    }

    /// Whether something else is said that was not read yet.
    pub(crate) fn is_unread(&self) -> bool {
        self.unread.is_some()
    }

    /// A key is pressed: on a button and after a while, whatever is said counts as read. Whoever types
    /// into a field reads nothing else.
    pub(crate) fn read(&mut self, now: Timestamp, on_button: bool) -> bool {
        let Some(since) = self.unread else { return true };
        let quiet = now.duration_since(since).abs() >= READ;
        let read = on_button && quiet && self.shown == Shown::Taken;
        self.unread = (!read).then_some(now);
        read
    }

    /// A frame with it is on its way.
    pub(crate) fn sent(&mut self) {
        if self.shown == Shown::No {
            self.shown = Shown::Sent;
        }
    }

    /// Whether the frame with it may be on its way still.
    pub(crate) fn is_sent(&self) -> bool {
        self.shown == Shown::Sent
    }

    /// The terminal has taken every frame that was sent.
    pub(crate) fn taken(&mut self) {
        if self.shown == Shown::Sent {
            self.shown = Shown::Taken;
        }
    }

    /// Whether Enter is meant; `alone`: nothing else came with it.
    pub(crate) fn enter(&self, alone: bool) -> bool {
        alone && self.shown == Shown::Taken
    }

    /// Whether a letter is meant; `alone`: nothing else came with it. Every press begins the wait anew.
    pub(crate) fn letter(&mut self, now: Timestamp, alone: bool) -> bool {
        let quiet = now.duration_since(self.letter) >= QUIET;
        self.letter = now;
        alone && quiet && self.shown == Shown::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + millis).unwrap()
    }

    fn shown() -> Meant {
        let mut meant = Meant::new(at(0));
        meant.sent();
        meant.taken();
        meant
    }

    #[test]
    fn nothing_is_meant_before_it_was_shown() {
        let mut meant = Meant::new(at(0));
        meant.taken();
        assert!(!meant.enter(true), "frames before it are none with it");
        meant.sent();
        assert!(!meant.enter(true) && !meant.letter(at(9_000), true));
        meant.taken();
        assert!(meant.enter(true) && meant.letter(at(18_000), true));
        assert!(!meant.enter(false) && !meant.letter(at(27_000), false));
        meant.anew(at(27_000));
        assert!(!meant.enter(true));
    }

    #[test]
    fn a_letter_is_alone_and_after_a_while() {
        let check = |pressed: i64, alone, wanted| {
            assert_eq!(shown().letter(at(pressed), alone), wanted, "{pressed} {alone}");
        };
        check(599, true, false);
        check(600, true, true);
        check(600, false, false);
        let mut meant = shown();
        assert!(!meant.letter(at(500), true) && !meant.letter(at(1_000), true));
        assert!(meant.letter(at(1_600), true));
    }

    #[test]
    fn what_is_said_anew_is_read_on_a_button_and_after_a_while() {
        let mut meant = shown();
        assert!(meant.read(at(0), true) && !meant.is_unread(), "nothing else is said");
        meant.anew(at(0));
        assert!(!meant.read(at(2_000), true), "it is not shown yet");
        meant.sent();
        meant.taken();
        assert!(!meant.read(at(2_999), true), "a key came before");
        assert!(!meant.read(at(9_000), false) && meant.is_unread());
        assert!(!meant.read(at(9_999), true));
        assert!(meant.read(at(10_999), true) && !meant.is_unread());
    }
}
