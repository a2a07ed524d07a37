//! How long runs take, in words.

use jiff::SignedDuration;

use crate::tui::took;

/// What the last runs took; nothing where there were none. The middle one comes first: one run that
/// waited for its operator says nothing of the next.
pub(super) fn typical(newest_first: &[SignedDuration]) -> Option<String> {
    let mut sorted = newest_first.to_vec();
    sorted.sort();
    let middle = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    if let [only] = newest_first {
        return Some(format!("took {} the last time", took(*only)));
    }
    let each: Vec<String> = newest_first.iter().map(|time| took(*time)).collect();
    Some(format!("typically {} (the last took {})", took(*middle), each.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_long_run_does_not_make_the_next_one_long() {
        let check = |millis: &[i64], expect: Option<&str>| {
            let times: Vec<_> = millis.iter().map(|it| SignedDuration::from_millis(*it)).collect();
            assert_eq!(typical(&times).as_deref(), expect, "{millis:?}");
        };
        check(&[], None);
        check(&[900], Some("took 0.9s the last time"));
        check(&[9_000, 1_200], Some("typically 1.2s (the last took 9.0s, 1.2s)"));
        check(&[11_000, 3_600_000, 10_000], Some("typically 11s (the last took 11s, 1h00m, 10s)"));
    }
}
