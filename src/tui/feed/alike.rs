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

    fn plain(line: &'a [u8]) -> Self {
        Self { is_stamped: false, parts: [&[], &[], &[], line] }
    }

    /// What tells it apart, with so many more bytes behind the last part.
    fn begin(self, more: u64) -> Sha256 {
        let mut whole = Sha256::new();
        whole.update([u8::from(self.is_stamped)]);
        let [colour, behind, name, rest] = self.parts;
        for (part, more) in [(colour, 0), (behind, 0), (name, 0), (rest, more)] {
            whole.update((part.len() as u64 + more).to_le_bytes());
            whole.update(part);
        }
        whole
    }
}

/// What tells a line apart while it is read on, piece by piece: however long it is, no more of it is in
/// memory than a piece.
#[derive(Clone, Debug)]
pub(super) struct Digesting {
    gist: Sha256,
    /// Of the whole line, where that is something else.
    line: Option<Sha256>,
}

impl Digesting {
    /// Of a line that begins so; so many bytes of it follow.
    pub(super) fn of(line: &[u8], more: u64) -> Self {
        let gist = Gist::of(line);
        let [.., rest] = gist.parts;
        // What follows may be no end of a time.
        if !gist.is_stamped || (rest.is_empty() && more > 0) {
            return Self { gist: Gist::plain(line).begin(more), line: None };
        }
        Self { gist: gist.begin(more), line: Some(Gist::plain(line).begin(more)) }
    }

    /// Its next bytes.
    pub(super) fn add(&mut self, piece: &[u8]) {
        self.gist.update(piece);
        if let Some(line) = &mut self.line {
            line.update(piece);
        }
    }

    /// The digests of what it says, and of its bytes.
    pub(super) fn end(self) -> (Digest, Digest) {
        let gist = short(self.gist);
        (gist, self.line.map_or(gist, short))
    }
}

fn short(whole: Sha256) -> Digest {
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(whole.finalize()) {
        *to = from;
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(line: &str) -> (Digest, Digest) {
        Digesting::of(line.as_bytes(), 0).end()
    }

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
            let (one_digest, other_digest) = (digests(one), digests(other));
            assert_eq!(one_digest.0, other_digest.0, "{one}");
            assert_ne!(one_digest.1, other_digest.1, "{one}");
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
            assert_ne!(digests(one).0, digests(other).0);
        }
    }

    /// A line that is read in pieces is the same line; behind its time it says the same, too.
    #[test]
    fn pieces_are_the_whole() {
        for line in ["2026-11-22T14:00:01Z app[17]: migrate", "14:00:01", "no time", ""] {
            for at in 0..=line.len() {
                let (head, tail) = line.as_bytes().split_at(at);
                let mut pieces = Digesting::of(head, tail.len() as u64);
                tail.chunks(3).for_each(|piece| pieces.add(piece));
                let (gist, bytes) = pieces.end();
                let (whole_gist, whole_bytes) = digests(line);
                assert_eq!(bytes, whole_bytes, "{line}, {at}");
                let told = at > "2026-11-22T14:00:01Z app[17]: ".len() || whole_gist == whole_bytes;
                assert!(!told || gist == whole_gist, "{line}, {at}");
            }
        }
    }
}
