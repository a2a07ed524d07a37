//! When lines of several hosts are alike: the time that stands at the beginning of a line, and the
//! number of the process behind it, are no part of what it says.

use std::sync::LazyLock;

use regex::bytes::Regex;
use sha2::{Digest as _, Sha256};

/// A time at the beginning of a line, behind its colours: ISO 8601 and what looks like it, a clock,
/// syslog and `date`, the common log format, seconds since 1970 or since the machine was started.
static STAMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)^(?<colour>(?:\x1b\[[0-9;]*m)*)
        (?:
            [\[(]? (?:
                \d{4}[-/.]\d\d[-/.]\d\d [T\ _] \d\d:\d\d(?::\d\d(?:[.,]\d+)?)?
                    (?:\ ?(?:Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?))?
                | \d\d?:\d\d:\d\d(?:[.,]\d+)?(?:\ ?[AP]M)?
                | (?:[A-Z][a-z]{2},?\ )?[A-Z][a-z]{2}\ [\ \d]\d\ \d\d:\d\d:\d\d(?:[.,]\d+)?
                    (?:\ [A-Z]{3,4})?(?:\ \d{4})?
                | \d\d/[A-Z][a-z]{2}/\d{4}[:\ ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:\ [+-]\d{4})?
                | (?:1[5-9]|2[01])\d{8}(?:\d{3}|\.\d+)?
            ) [\])]?
            | \[\ *\d+\.\d{3,9}\]
        )
        (?<behind>:?(?:\x1b\[[0-9;]*m)*(?:[\ \t|]|$))",
    )
    .ok()
});

/// The host and the process of a line of syslog, or the process alone, as gunicorn tells it.
static PROCESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)^(?:
            (?:[\w.-]+\ )?(?<name>[\w./@-]+)\[\d+\]:\ |
            \[(?:pid\ )?\d+\]\ |
            (?<word>\[\w+\]\ )\d+\#\d+:\ 
        )",
    )
    .ok()
});

/// Tells texts apart: nobody who prints lines can make two of them pass for one.
pub(super) type Digest = [u8; 16];

/// What a line says, without its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gist<'a> {
    /// Whether it begins with a time.
    is_stamped: bool,
    parts: [&'a [u8]; 4],
}

impl<'a> Gist<'a> {
    /// That of a line.
    pub(super) fn of(line: &'a [u8]) -> Self {
        let none: &[u8] = &[];
        let Some(stamp) = STAMP.as_ref().and_then(|stamp| stamp.captures(line)) else {
            return Self::plain(line);
        };
        let part = |name| stamp.name(name).map_or(none, |part| part.as_bytes());
        let rest = stamp.get(0).and_then(|all| line.get(all.end()..)).unwrap_or_default();
        let process = PROCESS.as_ref().and_then(|process| process.captures(rest));
        let (name, rest) = process.map_or((none, rest), |process| {
            let name = process.name("name").or(process.name("word"));
            let end = process.get(0).map_or(0, |all| all.end());
            (name.map_or(none, |name| name.as_bytes()), rest.get(end..).unwrap_or_default())
        });
        Self { is_stamped: true, parts: [part("colour"), part("behind"), name, rest] }
    }

    pub(super) fn digest(self) -> Digest {
        let mut whole = Sha256::new();
        whole.update([u8::from(self.is_stamped)]);
        for part in self.parts {
            whole.update((part.len() as u64).to_le_bytes());
            whole.update(part);
        }
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(whole.finalize()) {
            *to = from;
        }
        short
    }

    /// That of the whole line.
    pub(super) fn bytes_digest(self, line: &'a [u8]) -> Digest {
        if self.is_stamped { Self::plain(line).digest() } else { self.digest() }
    }

    fn plain(line: &'a [u8]) -> Self {
        Self { is_stamped: false, parts: [line, &[], &[], &[]] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_alike_that_differ_in_their_time_alone() {
        assert!(STAMP.is_some() && PROCESS.is_some());
        for (one, other) in [
            ("2026-11-22T14:00:01Z migrate", "2026-11-22T14:00:07Z migrate"),
            ("2026-11-22T14:00:01.123456+01:00 migrate", "2026-11-22T14:00:07.1+01:00 migrate"),
            ("2026-11-22 14:00:01,123 INFO x", "2026-11-22 14:00:01,124 INFO x"),
            ("2026-11-22 14:00 x", "2026-11-22 14:01 x"),
            (
                "[2026-11-22 14:00:01 +0000] [4488] [INFO] Listening",
                "[2026-11-22 14:00:02 +0000] [17] [INFO] Listening",
            ),
            (
                "[2026-11-22 14:00:01] production.INFO: x",
                "[2026-11-22 14:00:02] production.INFO: x",
            ),
            ("2026/11/22 14:00:01 [error] 1234#0: *1 x", "2026/11/22 14:00:02 [error] 77#3: *1 x"),
            ("2026/11/22 14:00:01 x", "2026/11/22 14:00:02 x"),
            ("14:00:01 x", "14:00:02 x"),
            ("14:00:01.123 x", "14:00:02.5 x"),
            ("[14:00:01] x", "[14:00:02] x"),
            ("(14:00:01) x", "(14:00:02) x"),
            ("14:00:01: x", "14:00:02: x"),
            ("9:00:01 AM x", "11:00:02 AM x"),
            ("14:00:01", "14:00:02"),
            (
                "[22/Nov/2026 14:00:01] \"GET / HTTP/1.1\" 200",
                "[22/Nov/2026 14:00:02] \"GET / HTTP/1.1\" 200",
            ),
            ("22/Nov/2026:14:00:01 +0000 x", "22/Nov/2026:14:00:02 +0000 x"),
            ("Nov 22 14:00:01 web1 app[4488]: x", "Nov 22 14:00:02 web2 app[17]: x"),
            ("Nov  2 14:00:01 x", "Nov 12 14:00:02 x"),
            ("Sun Nov 22 14:00:01 UTC 2026 x", "Sun Nov 22 14:00:02 UTC 2026 x"),
            (
                "2026-11-22T14:00:01+0000 web1 systemd[1]: x",
                "2026-11-22T14:00:02+0000 web2 systemd[1]: x",
            ),
            ("1763820001 x", "1763820002 x"),
            ("[1763820001] x", "[1763820002] x"),
            ("1763820001.123 x", "1763820002.5 x"),
            ("1763820001123 x", "1763820002456 x"),
            ("[   12.345678] usb x", "[  112.345678] usb x"),
            ("\x1b[2m14:00:01\x1b[0m x", "\x1b[2m14:00:02\x1b[0m x"),
            ("14:00:01 | x", "14:00:02 | x"),
        ] {
            let (one_gist, other_gist) = (Gist::of(one.as_bytes()), Gist::of(other.as_bytes()));
            assert_eq!(one_gist, other_gist, "{one}");
            assert_eq!(one_gist.digest(), other_gist.digest(), "{one}");
            let bytes =
                |gist: Gist<'static>, line: &'static str| gist.bytes_digest(line.as_bytes());
            assert_ne!(bytes(one_gist, one), bytes(other_gist, other));
        }
    }

    #[test]
    fn other_lines_stay_apart() {
        for (one, other) in [
            ("x", "y"),
            ("14:00:01 x", "14:00:01 y"),
            ("14:00:01 x", "x"),
            ("14:00:01 x", " x"),
            ("14:00:01 x", "14:00:01  x"),
            ("14:00:01x", "14:00:02x"),
            ("x 14:00:01", "x 14:00:02"),
            ("1.2.3.4 x", "1.2.3.5 x"),
            ("[3] x", "[4] x"),
            ("12 rows", "13 rows"),
            ("5000000001 rows", "5000000002 rows"),
            ("app[3]: x", "app[4]: x"),
            ("took 12 ms", "took 13 ms"),
            ("14:00:01 took 12 ms", "14:00:01 took 13 ms"),
            ("\x1b[2m14:00:01 x", "\x1b[1m14:00:01 x"),
            ("Nov 22 14:00:01 web1 app[4488]: x", "Nov 22 14:00:01 web1 api[4488]: x"),
            ("Nov 22 14:00:01 web1 x", "Nov 22 14:00:01 web2 x"),
            ("2026-11-22 orders", "2026-11-23 orders"),
            ("20261122140000_add.sql", "20261122140001_add.sql"),
            ("14:00:01 [error] 1#0: x", "14:00:01 [warn] 1#0: x"),
        ] {
            assert_ne!(Gist::of(one.as_bytes()), Gist::of(other.as_bytes()), "{one}");
            assert_ne!(Gist::of(one.as_bytes()).digest(), Gist::of(other.as_bytes()).digest());
        }
    }
}
