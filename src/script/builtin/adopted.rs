//! Hosts that other tools released to: what their names look like, and what their logs say.
//! What they read of us is in [`others`](super::others). Formats: Deployer 7 and 8 write JSON lines into `.dep/releases_log`, Capistrano
//! 3 a sentence a line into `revisions.log`; Mina, Ansistrano and dated directories have no log.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Layout, seen::is_commit};

/// What is known from other tools.
#[derive(Default)]
pub(super) struct Adopted {
    /// Releases are numbered.
    numbered: bool,
    told: BTreeMap<String, Foreign>,
}

/// What another tool's log says of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Foreign {
    pub revision: Option<String>,
    pub reference: Option<String>,
    pub by: Option<String>,
    pub at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct DeployerLine {
    created_at: String,
    release_name: String,
    user: String,
    #[serde(default)]
    target: Option<String>,
}

impl Adopted {
    /// Another tool's mark was seen.
    pub(super) fn tool(&mut self, name: &str) {
        self.numbered |= matches!(name, "deployer" | "mina");
    }

    /// Whether a directory is a release of another tool.
    pub(super) fn matches(&self, layout: &Layout, name: &str) -> bool {
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = name.split_at(digits);
        if layout.is_flat() {
            // A date, perhaps with a time and a tag.
            return digits == 8 && (rest.is_empty() || (rest.starts_with('-') && rest.len() > 1));
        }
        let sequence = self.numbered && (1..=9).contains(&digits);
        let split = rest.strip_prefix('.');
        let again =
            split.is_some_and(|it| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit()));
        (sequence && (rest.is_empty() || again)) || (number.len() == 14 && matches!(rest, "" | "Z"))
    }

    /// A line of `.dep/releases_log`.
    pub(super) fn deployer(&mut self, line: &str) {
        let Ok(line) = serde_json::from_str::<DeployerLine>(line) else { return };
        let foreign = Foreign {
            revision: None,
            reference: line.target,
            by: Some(line.user),
            at: deployer_time(&line.created_at),
        };
        self.told.insert(line.release_name, foreign);
    }

    /// A line of `revisions.log`: `Branch B (at SHA) deployed as release R by WHO`. Read from its right
    /// end, because a branch may hold anything; lines about rollbacks say nothing of a release.
    pub(super) fn capistrano(&mut self, line: &str) {
        let line = line.trim_end_matches([';', ' ']);
        let Some((rest, done)) = line.rsplit_once(" deployed as release ") else { return };
        let Some((release, by)) = done.split_once(" by ") else { return };
        let Some((branch, revision)) = rest.rsplit_once(" (at ") else { return };
        let revision = revision.trim_end_matches(')');
        let foreign = Foreign {
            revision: is_commit(revision).then(|| revision.to_owned()),
            reference: branch.strip_prefix("Branch ").map(str::to_owned),
            by: Some(by.to_owned()),
            at: None,
        };
        self.told.insert(release.to_owned(), foreign);
    }

    pub(super) fn of(&self, release: &str) -> Foreign {
        self.told.get(release).cloned().unwrap_or_default()
    }
}

/// A time as Deployer writes it.
pub(super) fn deployer_time(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_of_other_tools() {
        let mut adopted = Adopted::default();
        adopted.deployer(
            r#"{"created_at":"2021-11-06T20:51:45+0000","release_name":"7","user":"Anton M","target":"main"}"#,
        );
        adopted.deployer("20211106205145,8");
        adopted.capistrano(
            "Branch a by b (at 0123456) deployed as release 20150120114500 by eva by night; ",
        );
        adopted.capistrano("eva rolled back to release 20150120114500");
        adopted.capistrano("Branch main (at ) deployed as release 20150120114501 by eva");
        let seven = adopted.of("7");
        assert_eq!(seven.at, Some("2021-11-06T20:51:45Z".parse().unwrap()));
        assert_eq!(seven.by.as_deref(), Some("Anton M"));
        assert_eq!(adopted.of("8"), Foreign::default());
        let dated = adopted.of("20150120114500");
        assert_eq!(dated.by.as_deref(), Some("eva by night"));
        assert_eq!(dated.reference.as_deref(), Some("a by b"));
        assert_eq!(dated.revision.as_deref(), Some("0123456"));
        assert_eq!(adopted.of("20150120114501").by.as_deref(), Some("eva"));
    }
}
