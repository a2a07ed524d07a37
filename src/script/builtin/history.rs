//! What became of each release, folded from the records of it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{Record, RecordEvent, ReleaseVerdict};

/// All records of a host, folded.
#[derive(Default)]
pub(super) struct History(BTreeMap<String, Told>);

/// What the records say of one release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub revision: Option<String>,
    pub reference: Option<String>,
    pub by: Option<String>,
    /// When the first of them was written.
    pub at: Option<Timestamp>,
    /// When the last of them was.
    pub last: Option<Timestamp>,
    /// `None`: nothing is recorded.
    pub verdict: Option<ReleaseVerdict>,
    pub reason: Option<String>,
    pub schema: Vec<String>,
}

impl History {
    pub(super) fn take(&mut self, record: Record) {
        if record.event == RecordEvent::Removed {
            self.0.remove(&record.release);
            return;
        }
        let told = self.0.entry(record.release).or_default();
        let verdict = match (record.event, told.verdict) {
            (RecordEvent::Begun, None) => Some(ReleaseVerdict::Unfinished),
            (RecordEvent::Published, None | Some(ReleaseVerdict::Unfinished)) => {
                Some(ReleaseVerdict::Unknown)
            }
            // Whoever judged it said more than that it was published again.
            (RecordEvent::Begun | RecordEvent::Published, verdict) => verdict,
            (RecordEvent::Good, _) => Some(ReleaseVerdict::Good),
            (RecordEvent::Failed, _) => Some(ReleaseVerdict::Failed),
            (RecordEvent::Bad, _) => Some(ReleaseVerdict::Bad),
            (RecordEvent::Removed, _) => None,
        };
        if verdict != told.verdict || record.reason.is_some() {
            told.reason = record.reason;
        }
        told.verdict = verdict;
        told.at.get_or_insert(record.at);
        told.last = Some(record.at);
        told.by.get_or_insert(record.by);
        told.revision = record.revision.or(told.revision.take());
        told.reference = record.reference.or(told.reference.take());
        if !record.schema.is_empty() {
            told.schema = record.schema;
        }
    }

    pub(super) fn of(&self, release: &str) -> Told {
        self.0.get(release).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(events: &[RecordEvent]) -> Option<ReleaseVerdict> {
        let mut history = History::default();
        for &event in events {
            history.take(Record {
                release: "1".into(),
                event,
                at: Timestamp::UNIX_EPOCH,
                by: "eva@desk".into(),
                run: "r".into(),
                revision: None,
                reference: None,
                reason: None,
                schema: Vec::new(),
            });
        }
        history.of("1").verdict
    }

    #[test]
    fn the_last_judgement_counts_and_being_published_is_none() {
        use RecordEvent::{Bad, Begun, Failed, Good, Published, Removed};
        assert_eq!(verdict(&[]), None);
        assert_eq!(verdict(&[Begun]), Some(ReleaseVerdict::Unfinished));
        assert_eq!(verdict(&[Begun, Begun, Published]), Some(ReleaseVerdict::Unknown));
        assert_eq!(verdict(&[Published]), Some(ReleaseVerdict::Unknown));
        assert_eq!(verdict(&[Begun, Published, Good]), Some(ReleaseVerdict::Good));
        assert_eq!(verdict(&[Begun, Published, Good, Published]), Some(ReleaseVerdict::Good));
        assert_eq!(verdict(&[Begun, Good, Bad, Published]), Some(ReleaseVerdict::Bad));
        assert_eq!(verdict(&[Begun, Good, Bad, Published, Good]), Some(ReleaseVerdict::Good));
        assert_eq!(verdict(&[Begun, Published, Failed]), Some(ReleaseVerdict::Failed));
        assert_eq!(verdict(&[Begun, Good, Removed]), None);
    }
}
