//! How releases are called: a pattern of dates, as a matcher, a shell glob and a maker of names.

use std::fmt::Write as _;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::BadInput;

/// The pattern of a layout's release names, such as `%Y%m%d%H%M%S`, in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(char),
}

/// A name may have this many characters.
const NAME_CHARS_MAX: usize = 100;

impl Pattern {
    /// Reads a pattern: `%Y %m %d %H %M %S` once each at most, in this order, from the year on, so
    /// that later names sort after earlier ones, and between them characters that a name may hold.
    ///
    /// # Errors
    /// When it is not such a pattern.
    pub fn new(text: &str) -> Result<Self, BadInput> {
        let bad = || BadInput::Pattern(text.to_owned());
        let wanted =
            [Piece::Year, Piece::Month, Piece::Day, Piece::Hour, Piece::Minute, Piece::Second];
        let mut wanted = wanted.into_iter();
        let mut pieces = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                pieces.push(Piece::Literal(c));
                continue;
            }
            let piece = match chars.next() {
                Some('Y') => Piece::Year,
                Some('m') => Piece::Month,
                Some('d') => Piece::Day,
                Some('H') => Piece::Hour,
                Some('M') => Piece::Minute,
                Some('S') => Piece::Second,
                _ => return Err(bad()),
            };
            if wanted.next() != Some(piece) {
                return Err(bad());
            }
            pieces.push(piece);
        }
        let pattern = Self { pieces };
        let example = pattern.name(Timestamp::UNIX_EPOCH);
        if pattern.pieces.contains(&Piece::Year) && is_name(&example) {
            Ok(pattern)
        } else {
            Err(bad())
        }
    }

    /// The name of a release that is begun at this time.
    #[must_use]
    pub fn name(&self, at: Timestamp) -> String {
        let at = at.to_zoned(TimeZone::UTC);
        let mut name = String::new();
        for piece in &self.pieces {
            // Writing to a String cannot fail.
            let _ = match piece {
                Piece::Year => write!(name, "{:04}", at.year()),
                Piece::Month => write!(name, "{:02}", at.month()),
                Piece::Day => write!(name, "{:02}", at.day()),
                Piece::Hour => write!(name, "{:02}", at.hour()),
                Piece::Minute => write!(name, "{:02}", at.minute()),
                Piece::Second => write!(name, "{:02}", at.second()),
                Piece::Literal(c) => write!(name, "{c}"),
            };
        }
        name
    }

    /// Whether a name is exactly of this pattern, and its date exists.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.time(name).is_some()
    }

    /// The time that a name says. `None`: the name is not of this pattern.
    #[must_use]
    pub fn time(&self, name: &str) -> Option<Timestamp> {
        let mut rest = name;
        let (mut year, mut month, mut day) = (0, 1, 1);
        let (mut hour, mut minute, mut second) = (0, 0, 0);
        for piece in &self.pieces {
            match piece {
                Piece::Year => year = digits(&mut rest, 4)?,
                Piece::Month => month = small(&mut rest)?,
                Piece::Day => day = small(&mut rest)?,
                Piece::Hour => hour = small(&mut rest)?,
                Piece::Minute => minute = small(&mut rest)?,
                Piece::Second => second = small(&mut rest)?,
                Piece::Literal(c) => rest = rest.strip_prefix(*c)?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let at = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        at.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp())
    }

    /// A glob that lets all names of this pattern through, and perhaps some more, as shell text.
    pub(super) fn glob(&self) -> String {
        let mut glob = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Year => glob.push_str("[0-9][0-9][0-9][0-9]"),
                Piece::Month | Piece::Day | Piece::Hour | Piece::Minute | Piece::Second => {
                    glob.push_str("[0-9][0-9]");
                }
                // Only what a name may hold: nothing that a shell reads as more than itself.
                Piece::Literal(c) => glob.push(*c),
            }
        }
        glob
    }
}

fn digits(rest: &mut &str, count: usize) -> Option<i16> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    head.bytes().all(|c| c.is_ascii_digit()).then(|| head.parse().ok()).flatten()
}

fn small(rest: &mut &str) -> Option<i8> {
    digits(rest, 2).and_then(|n| i8::try_from(n).ok())
}

/// Whether this can be the name of a release: plain characters, so that it is one word, one
/// directory and no option to any program.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'+' | b'-');
    (1..=NAME_CHARS_MAX).contains(&name.len())
        && name.bytes().all(plain)
        && !name.starts_with(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_makes_and_knows_its_names() {
        let at: Timestamp = "2026-02-03T04:05:06Z".parse().unwrap();
        let check = |pattern: &str, name: &str, others: &[&str]| {
            let pattern = Pattern::new(pattern).unwrap();
            assert_eq!(pattern.name(at), name);
            assert!(pattern.matches(name));
            for other in others {
                assert!(!pattern.matches(other), "{other}");
            }
        };
        let others =
            ["2026020304050", "202602030405060", "20261303040506", "20260230040506", "x", ""];
        check("%Y%m%d%H%M%S", "20260203040506", &others);
        check("%Y%m%d-%H%M%S", "20260203-040506", &["20260203040506", "20260203-040506x"]);
        check("r%Y.%m.%d", "r2026.02.03", &["2026.02.03", "r+026.02.03", "r2026.é.03"]);
        assert_eq!(Pattern::new("%Y%m%d-%H%M%S").unwrap().time("20260203-040506"), Some(at));
    }

    #[test]
    fn patterns_whose_names_would_not_sort_or_not_be_names_are_refused() {
        for bad in ["", "x", "%d%m%Y", "%Y%Y", "%Y/%m", "-%Y", ".%Y", "%Y %m", "%Y%", "%Y%q", "%m"]
        {
            assert!(Pattern::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_plain() {
        for good in ["1", "20260203040506Z", "v1.2+3_x-y"] {
            assert!(is_name(good), "{good}");
        }
        let long = "x".repeat(101);
        for bad in
            ["", "-rf", ".x", "..", "../x", "a b", "a'b", "a\nb", "é", "a/b", "a\u{2215}b", &long]
        {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
