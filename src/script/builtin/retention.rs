//! Which releases are removed.

use std::collections::BTreeSet;

use super::Layout;
use crate::model::{Release, ReleaseVerdict, Site};

/// The releases that are removed, the oldest first: all but the newest `keep` good ones and the newest
/// `keep` others, and never what is served, previous, in use, or in `protect`. `new`: the release of this
/// run, which is good when it comes to that. Names that are not exactly of the layout's pattern belong
/// to somebody else.
#[must_use]
pub fn doomed(layout: &Layout, site: &Site, new: Option<&str>, protect: &[String]) -> Vec<String> {
    let served = site.served.release();
    let spared: BTreeSet<&str> = [served, site.previous.as_deref(), new]
        .into_iter()
        .flatten()
        .chain(protect.iter().map(String::as_str))
        .collect();
    let ours = || site.releases.iter().filter(|it| layout.name.matches(&it.name));
    let good = |it: &&Release| it.verdict == ReleaseVerdict::Good || Some(it.name.as_str()) == new;
    // The new one is not always among what was seen before it was made.
    let made = new.is_some_and(|new| site.releases.iter().all(|it| it.name != new));
    let old_good = ours().filter(good).skip(layout.keep.saturating_sub(usize::from(made)));
    let old_rest = ours().filter(|it| !good(it)).skip(layout.keep);
    let mut names: Vec<String> = old_good
        .chain(old_rest)
        .filter(|it| !spared.contains(it.name.as_str()) && it.pids.is_empty())
        .map(|it| it.name.clone())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Served, script::builtin::Pattern};

    fn layout() -> Layout {
        Layout {
            root: "/srv/shop".into(),
            state_dir: ".deployui".into(),
            releases: "releases".into(),
            current: "current".into(),
            previous: None,
            shared: "shared".into(),
            code: ".".into(),
            shared_dirs: Vec::new(),
            shared_files: Vec::new(),
            keep: 2,
            name: Pattern::new("%Y%m%d").unwrap(),
        }
    }

    /// Releases of the days of a month, each with its verdict, the newest first.
    fn site(releases: &[(u32, ReleaseVerdict)], served: u32) -> Site {
        let release = |&(day, verdict): &(u32, ReleaseVerdict)| Release {
            name: format!("202601{day:02}"),
            path: String::new(),
            revision: None,
            reference: None,
            by: None,
            at: None,
            verdict,
            reason: None,
            schema: Vec::new(),
            pids: Vec::new(),
        };
        Site {
            served: Served::Release(format!("202601{served:02}")),
            releases: releases.iter().map(release).collect(),
            ..Site::default()
        }
    }

    fn check(site: &Site, new: Option<u32>, protect: &[u32], expect: &[u32]) {
        let name = |day: u32| format!("202601{day:02}");
        let new = new.map(name);
        let protect: Vec<String> = protect.iter().copied().map(name).collect();
        let expect: Vec<String> = expect.iter().copied().map(name).collect();
        assert_eq!(doomed(&layout(), site, new.as_deref(), &protect), expect);
    }

    #[test]
    fn good_ones_are_counted_and_failed_ones_push_no_good_one_out() {
        use ReleaseVerdict::{Bad, Failed, Good, Unknown};
        let many = [(9, Failed), (8, Failed), (7, Failed), (6, Good), (5, Good), (4, Good)];
        check(&site(&many, 6), None, &[], &[4, 7]);
        check(&site(&many, 6), Some(10), &[], &[4, 5, 7]);
        check(&site(&many, 4), Some(10), &[5], &[7]);
        check(&site(&many, 6), Some(9), &[], &[4, 5]);
        check(&site(&[(3, Unknown), (2, Bad), (1, Unknown)], 3), None, &[], &[1]);
        check(&site(&[], 1), Some(1), &[], &[]);
        let mut busy = site(&many, 6);
        busy.releases[5].pids = vec![7];
        check(&busy, None, &[], &[7]);
        busy.releases[5].pids.clear();
        busy.previous = Some("20260104".into());
        check(&busy, None, &[], &[7]);
    }

    #[test]
    fn what_is_not_of_the_pattern_is_not_ours() {
        let mut strange = site(&[(3, ReleaseVerdict::Failed); 4], 9);
        for release in &mut strange.releases {
            release.name = "20260103000000".into();
        }
        check(&strange, None, &[], &[]);
    }
}
