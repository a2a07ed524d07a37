//! Whether keys come one by one, as from a hand, or at once: as text does that a terminal pastes as if it
//! were typed (GNU screen, `tmux paste-buffer` without `-p`, a Linux console).

use jiff::{SignedDuration, Timestamp};

/// A hand hardly ever types two keys within this time, nor repeats a key that is held so quickly.
const APART: SignedDuration = SignedDuration::from_millis(15);

/// So many keys one at once behind the other are two fingers on two keys; more are no hand's.
const TOGETHER: usize = 2;

/// How the last key came.
#[derive(Debug, Default)]
pub(crate) struct Hand {
    at: Option<Timestamp>,
    follows: bool,
    crowded: bool,
}

impl Hand {
    /// A key comes, or a text that is marked as pasted; `crowded`: more waits behind it.
    pub(crate) fn comes(&mut self, now: Timestamp, crowded: bool) {
        // The clock may have been set back.
        let soon = |at: Timestamp| now.duration_since(at).abs() < APART;
        self.follows = self.crowded || self.at.is_some_and(soon);
        (self.at, self.crowded) = (Some(now), crowded);
    }

    /// What waited behind the last key is none.
    pub(crate) fn no_key(&mut self) {
        self.crowded = false;
    }

    /// Whether the last key came with the one before it.
    pub(crate) fn follows(&self) -> bool {
        self.follows
    }

    /// Whether the last key came with no other: a press that a hand meant.
    pub(crate) fn is_alone(&self) -> bool {
        !self.follows && !self.crowded
    }
}

/// How a text came: how many of its characters at once, in their order. What a hand types over a slow link
/// comes in pieces, too; what is pasted comes in one.
#[derive(Debug, Default)]
pub(crate) struct Bursts(Vec<usize>);

impl Bursts {
    /// The text has grown by so many characters, and has so many now; `follows`: with the key before.
    pub(crate) fn grew(&mut self, by: usize, chars: usize, follows: bool) {
        match self.0.last_mut() {
            Some(last) if follows => *last += by,
            Some(_) | None if by > 0 => self.0.push(by),
            Some(_) | None => {}
        }
        // What is taken away was typed last, as far as is known.
        let mut gone = self.0.iter().sum::<usize>().saturating_sub(chars);
        while let Some(last) = self.0.last_mut().filter(|_| gone > 0) {
            let of_it = gone.min(*last);
            (*last, gone) = (*last - of_it, gone - of_it);
            if *last == 0 {
                self.0.pop();
            }
        }
    }

    /// Whether half of a text of so many characters, or more, came at once, as no hand types it. That a
    /// single one did, or two of more, means nothing.
    pub(crate) fn are_in(&self, chars: usize) -> bool {
        let longest = self.0.iter().copied().max().unwrap_or(0);
        let (half, all) = (longest * 2 >= chars, longest >= chars);
        (longest > TOGETHER && half) || (longest > 1 && all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + millis).unwrap()
    }

    #[test]
    fn a_hand_presses_one_key_after_the_other() {
        let check = |keys: &[(i64, bool)], alone| {
            let mut hand = Hand::default();
            for (millis, crowded) in keys {
                hand.comes(at(*millis), *crowded);
            }
            assert_eq!(hand.is_alone(), alone, "{keys:?}");
        };
        check(&[(0, false)], true);
        check(&[(0, true)], false);
        check(&[(0, false), (15, false)], true);
        check(&[(0, false), (14, false)], false);
        // However late it is taken in.
        check(&[(0, true), (900, false)], false);
        check(&[(0, true), (900, false), (960, false)], true);
        check(&[(0, false), (-3_600_000, false)], true);
    }

    #[test]
    fn what_waits_behind_a_key_may_be_none() {
        let mut hand = Hand::default();
        hand.comes(at(0), true);
        hand.no_key();
        assert!(hand.is_alone());
        hand.comes(at(60), false);
        assert!(hand.is_alone() && !hand.follows());
    }

    #[test]
    fn a_text_came_at_once_or_letter_by_letter() {
        let check = |came: &[(usize, bool)], at_once| {
            let (mut bursts, mut chars) = (Bursts::default(), 0);
            for (by, follows) in came {
                chars += by;
                bursts.grew(*by, chars, *follows);
            }
            assert_eq!(bursts.are_in(chars), at_once, "{came:?}");
        };
        check(&[(1, false)], false);
        check(&[(1, true)], false);
        check(&[(1, false), (1, true), (1, true)], true);
        check(&[(3, false)], true);
        // Two fingers on two keys, as hands do.
        check(&[(1, false), (1, true), (1, false)], false);
        check(&[(1, false), (1, true), (1, false), (1, true), (1, false)], false);
        // A letter that was typed makes the rest no more so, before it or behind.
        check(&[(1, false), (1, false), (1, true), (1, true)], true);
        check(&[(1, false), (1, true), (1, true), (1, false), (1, false)], true);
        check(&[(1, false), (3, false), (1, false), (1, false)], true);
        check(&[(5, false), (5, false)], true);
        // A hand over a link that brings several keys together.
        check(&[(3, false), (3, false), (4, false)], false);
        check(&[(1, false), (3, false), (3, false)], false);
        let mut bursts = Bursts::default();
        bursts.grew(5, 5, false);
        bursts.grew(0, 4, false);
        assert!(bursts.are_in(4), "a letter taken away makes nothing typed");
        bursts.grew(0, 0, false);
        bursts.grew(1, 1, false);
        bursts.grew(1, 2, false);
        assert!(!bursts.are_in(2), "it was typed anew");
        bursts.grew(3, 5, false);
        assert!(bursts.are_in(5));
        for chars in (2..5).rev() {
            bursts.grew(0, chars, false);
        }
        for chars in 3..6 {
            bursts.grew(1, chars, false);
        }
        assert!(!bursts.are_in(5), "what had come at once was typed anew");
    }
}
