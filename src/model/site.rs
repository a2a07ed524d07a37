//! What a host was seen to have: releases, what is served, the lock, maintenance. Observed, never
//! assumed; a plan is made of it, and screens show it with its age.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What one host was seen to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The application and stage that the root belongs to, once it was released to.
    pub owner: Option<Owner>,
    /// What the current link is.
    pub served: Served,
    /// The release that the previous link names, where the layout has one.
    pub previous: Option<String>,
    /// All releases, the newest name first.
    pub releases: Vec<Release>,
    /// Who may change the stage now.
    pub lock: Option<Lock>,
    /// What the maintenance record says; whether visitors see the page is probed, not read from it.
    pub raised: Option<Raised>,
    /// Whether the maintenance page lies where the web server looks for it.
    pub page: bool,
    /// The disk of the root, where it was read.
    pub disk: Option<Disk>,
    /// Oddities, each in a line: files of ours that cannot be read, links that leave the root.
    pub odd: Vec<String>,
}

/// How full a disk is, as `df` says it to the login user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    /// What may still be written, in KiB.
    pub free_kib: u64,
    /// What is written, in KiB.
    pub used_kib: u64,
}

impl Disk {
    /// Free, in hundredths of what the user has of it; `None` of a disk without a size.
    #[must_use]
    pub fn percent_free(self) -> Option<u64> {
        let all = self.free_kib.checked_add(self.used_kib)?;
        self.free_kib.checked_mul(100)?.checked_div(all)
    }
}

/// What the current link is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Served {
    /// There is no link: nothing was released yet.
    #[default]
    Nothing,
    /// A release, by its name.
    Release(String),
    /// It points to something that does not exist.
    Dangling(String),
    /// It points out of the directory of releases.
    Outside(String),
    /// It points to itself, in whatever way.
    Loop(String),
    /// It is a real directory or file.
    NotALink,
}

/// What is said in place of a release where none is served.
pub const NO_RELEASE: &str = "no release";

impl Served {
    /// The release that is served, or that it is none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.release().unwrap_or(NO_RELEASE)
    }

    /// The release that is served, if it is one.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        match self {
            Self::Release(name) => Some(name),
            Self::Nothing
            | Self::Dangling(_)
            | Self::Outside(_)
            | Self::Loop(_)
            | Self::NotALink => None,
        }
    }
}

/// Whose a root is (`stage.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The application.
    pub app: String,
    /// The stage.
    pub stage: String,
}

/// One release on one host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// Its directory, absolute.
    pub path: String,
    /// The full commit, where it is known.
    pub revision: Option<String>,
    /// The branch or tag that was asked for.
    pub reference: Option<String>,
    /// Who released it.
    pub by: Option<String>,
    /// When it was begun.
    pub at: Option<Timestamp>,
    /// What became of it.
    pub verdict: ReleaseVerdict,
    /// Why it is bad.
    pub reason: Option<String>,
    /// Migrations that were applied when it was served, where a step lists them.
    pub schema: Vec<String>,
    /// Processes that work in it.
    pub pids: Vec<u32>,
}

/// What became of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseVerdict {
    /// It was served, and verified.
    Good,
    /// Its run failed.
    Failed,
    /// It was begun and never finished.
    Unfinished,
    /// It was rolled back, or marked so by someone.
    Bad,
    /// Nothing is recorded of it: another tool made it.
    #[default]
    Unknown,
}

/// A line of `releases.jsonl`: something that became of a release. Lines are only appended; what a
/// release is follows from all of its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The release.
    pub release: String,
    /// What became of it.
    pub event: RecordEvent,
    /// When, by the operator's clock.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The run in which it did.
    pub run: String,
    /// The full commit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<String>,
    /// The branch or tag that was asked for.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Migrations that are applied now.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub schema: Vec<String>,
}

/// What can become of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordEvent {
    /// Its directory was made.
    Begun,
    /// It was built, and is served.
    Published,
    /// Its run ended well, and what it serves was verified.
    Good,
    /// Its run did not end well.
    Failed,
    /// It was rolled back, or marked so by someone.
    Bad,
    /// Its directory was removed.
    Removed,
}

/// Who may change a stage now (the lock's file).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The run that holds it, or a word that begins with `by-hand` for a person.
    pub run: String,
    /// Who, as `user@machine`.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
    /// What for, in a line.
    pub purpose: String,
}

/// Why visitors are sent to the maintenance page (`maintenance.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The run that raised it, or a word that begins with `by-hand` for a person.
    pub run: String,
    /// Who, as `user@machine`.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Why, as visitors read it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Until when it is expected to last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Timestamp>,
}

/// What visitors were seen to get, by a request on the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Maintenance {
    /// Our page's mark is in the answer; what is not as it should be (no 503, no Retry-After).
    On(Vec<String>),
    /// An answer without our page's mark, with this status.
    Off(u16),
    /// No answer could be had, and why.
    Unknown(String),
}

/// A release that could be served again, as the chosen hosts have it together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name.
    pub name: String,
    /// The full commit, where every host that knows it agrees.
    pub revision: Option<String>,
    /// The branch or tag that was asked for.
    pub reference: Option<String>,
    /// Who released it.
    pub by: Option<String>,
    /// When it was begun.
    pub at: Option<Timestamp>,
    /// The worst that any host says of it.
    pub verdict: ReleaseVerdict,
    /// Why it is bad.
    pub reason: Option<String>,
    /// Hosts that serve it now.
    pub served: Vec<String>,
    /// Hosts on which it was served before the present one.
    pub previous: Vec<String>,
    /// Chosen hosts that do not have it: it cannot be chosen then.
    pub missing: Vec<String>,
    /// Why it is not offered; `None`: it can be rolled back to.
    pub refused: Option<String>,
    /// Migrations that were applied after it was served, where that is recorded.
    pub migrations: Vec<String>,
}

/// Where a release stands among others, by its name: by the number that it begins with, then by the
/// rest. So `10` is after `9`, and a date after both.
#[must_use]
pub fn release_order(name: &str) -> (usize, &str, &str) {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = name.split_at(digits);
    let number = number.trim_start_matches('0');
    (number.len(), number, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_as_numbers_and_dates_as_dates() {
        let mut names = ["20260101000000", "10", "9", "2.1", "20260101-1", "20251231-2"];
        names.sort_by(|a, b| release_order(a).cmp(&release_order(b)));
        assert_eq!(names, ["2.1", "9", "10", "20251231-2", "20260101-1", "20260101000000"]);
    }
}
