//! When a log was written last, and how long a step has printed nothing: from the files' own times
//! and the index, without reading the log.

use std::{fs::File, io};

use jiff::{SignedDuration, Timestamp};

use super::{files::Files, index::Index};
use crate::{
    model::RunId,
    store::{Store, disk::if_there},
};

/// Records of an index that are looked at; more of a log is taken as it begins.
const RECORDS_MAX: u64 = 4096;

impl Store {
    /// When bytes of an attempt were last written here, which is when they were read from its host;
    /// `None` where there is no log, or that cannot be seen.
    #[must_use]
    pub fn heard(&self, run: &RunId, host: &str, box_name: &str) -> Option<Timestamp> {
        let path = self.log_path(run, host, box_name).ok()?;
        let written = std::fs::metadata(path).ok()?.modified().ok()?;
        Timestamp::try_from(written).ok()
    }

    /// The longest time in which an attempt that went on from then until then printed nothing;
    /// `None` where its index cannot tell.
    pub(in crate::store) fn longest_silence(
        &self,
        run: &RunId,
        host: &str,
        box_name: &str,
        (from, until): (Timestamp, Timestamp),
    ) -> Option<SignedDuration> {
        let path = self.log_path(run, host, box_name).ok()?;
        let arrivals = match if_there(File::open(Files::beside(path).index)) {
            Ok(Some(file)) => arrivals(file).ok()??,
            Ok(None) => Vec::new(),
            Err(_) => return None,
        };
        let ends = [from.as_millisecond()].into_iter().chain(arrivals);
        let times: Vec<i64> = ends.chain([until.as_millisecond()]).collect();
        let longest = times.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).max()?;
        Some(SignedDuration::from_millis(longest.max(0)))
    }
}

/// When the indexed lines arrived, in milliseconds since 1970; `None` where that is not known, since
/// they were read after the fact.
fn arrivals(file: File) -> io::Result<Option<Vec<i64>>> {
    let Some(mut index) = Index::of(file)? else { return Ok(None) };
    index.count = RECORDS_MAX;
    let mut found = Vec::new();
    for number in 0..RECORDS_MAX {
        match index.get(number) {
            Ok(Some(entry)) if entry.bound => return Ok(None),
            Ok(Some(entry)) => found.push(entry.at_ms),
            // The end of the file, or of what can be trusted of it.
            Ok(None) | Err(_) => return Ok(Some(found)),
        }
    }
    // The rest was not looked at: the last record says nothing of the end.
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Dirty, LogWriter, place::scratch};

    #[test]
    fn silences_are_between_lines_and_at_both_ends() {
        let (_dir, store) = scratch();
        let run = RunId::new("20261122-014312", [0; 10]);
        let at = |millis: i64| Timestamp::from_millisecond(1_795_312_992_000 + millis).unwrap();
        let longest = |until| store.longest_silence(&run, "web1", "build.1", (at(0), at(until)));
        let secs = |secs| Some(SignedDuration::from_secs(secs));
        assert_eq!(longest(9000), secs(9), "no log: it printed nothing");
        assert_eq!(store.heard(&run, "web1", "build.1"), None);
        let mut writer = LogWriter::open(&store, &run, "web1", "build.1", Dirty::new().0).unwrap();
        for millis in [1000, 2000, 7000, 8000] {
            writer.append(b"line\n", at(millis)).unwrap();
        }
        assert_eq!(longest(9000), secs(5));
        assert_eq!(longest(20_000), secs(12));
        assert!(store.heard(&run, "web1", "build.1").is_some());
    }
}
