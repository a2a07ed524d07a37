//! Releases that could be served again, over all chosen hosts together.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use crate::model::{Candidate, Release, ReleaseVerdict, Site, release_order};

/// All releases that any of these hosts has, the newest name first, and why each can or cannot be
/// rolled back to. The first that is not refused is `previous`: the newest good one that is older
/// than what is served, on every host.
#[must_use]
pub fn candidates(sites: &BTreeMap<String, Site>, hosts: &[&str]) -> Vec<Candidate> {
    let sites: Vec<(&str, &Site)> =
        hosts.iter().filter_map(|host| Some((*host, sites.get(*host)?))).collect();
    let names: BTreeSet<&str> = sites
        .iter()
        .flat_map(|(_, site)| site.releases.iter().map(|release| release.name.as_str()))
        .collect();
    let mut names = Vec::from_iter(names);
    names.sort_by_key(|name| Reverse(release_order(name)));
    let served = sites.iter().filter_map(|(_, site)| site.served.release());
    let served = served.max_by_key(|name| release_order(name));
    names.into_iter().map(|name| candidate(name, &sites, served)).collect()
}

fn candidate(name: &str, sites: &[(&str, &Site)], newest: Option<&str>) -> Candidate {
    let found = |site: &Site| site.releases.iter().find(|it| it.name == name).cloned();
    let having: Vec<(&str, &Site, Release)> =
        sites.iter().filter_map(|(host, site)| Some((*host, *site, found(site)?))).collect();
    let hosts = |wanted: &dyn Fn(&Site) -> bool| -> Vec<String> {
        let those = sites.iter().filter(|(_, site)| wanted(site));
        those.map(|(host, _)| (*host).to_owned()).collect()
    };
    let first = |field: &dyn Fn(&Release) -> Option<String>| {
        having.iter().find_map(|(_, _, release)| field(release))
    };
    let revisions: BTreeSet<&str> =
        having.iter().filter_map(|(_, _, release)| release.revision.as_deref()).collect();
    let revision = revisions.first().filter(|_| revisions.len() == 1);
    let verdict = having.iter().map(|(_, _, it)| it.verdict).max_by_key(|v| rank(*v));
    let mut one = Candidate {
        name: name.to_owned(),
        revision: revision.map(|revision| (*revision).to_owned()),
        reference: first(&|it| it.reference.clone()),
        by: first(&|it| it.by.clone()),
        at: having.iter().find_map(|(_, _, release)| release.at),
        verdict: verdict.unwrap_or_default(),
        reason: first(&|it| it.reason.clone()),
        served: hosts(&|site| site.served.release() == Some(name)),
        previous: hosts(&|site| site.previous.as_deref() == Some(name)),
        missing: hosts(&|site| found(site).is_none()),
        refused: None,
        migrations: migrations(name, &having, sites),
    };
    one.refused = refused(&one, sites.len(), newest, revisions.len());
    one
}

/// Migrations that a later release is known to have run with, and this one is not: a rollback of code
/// leaves them applied.
///
/// Of a release that nobody judged, as another tool made it, it is not known what it ran with.
fn migrations(
    name: &str,
    having: &[(&str, &Site, Release)],
    sites: &[(&str, &Site)],
) -> Vec<String> {
    if having.iter().all(|(_, _, it)| it.verdict == ReleaseVerdict::Unknown) {
        return Vec::new();
    }
    let then: BTreeSet<&str> =
        having.iter().flat_map(|(_, _, it)| it.schema.iter().map(String::as_str)).collect();
    let later = sites.iter().flat_map(|(_, site)| &site.releases);
    let later = later.filter(|release| release_order(&release.name) > release_order(name));
    let mut since: Vec<String> = later
        .flat_map(|release| &release.schema)
        .filter(|name| !then.contains(name.as_str()))
        .cloned()
        .collect();
    since.sort();
    since.dedup();
    since
}

fn refused(
    one: &Candidate,
    hosts: usize,
    newest: Option<&str>,
    revisions: usize,
) -> Option<String> {
    if !one.missing.is_empty() {
        return Some(format!("missing on {}", one.missing.join(", ")));
    }
    if one.served.len() == hosts {
        return Some("served now, on every host".to_owned());
    }
    if revisions > 1 {
        return Some("hosts have different commits under this name".to_owned());
    }
    let word = match one.verdict {
        ReleaseVerdict::Good | ReleaseVerdict::Unknown => None,
        ReleaseVerdict::Failed => Some("its run failed"),
        ReleaseVerdict::Unfinished => Some("it was never finished"),
        ReleaseVerdict::Bad => Some("it was marked bad"),
    };
    let newer = newest.is_some_and(|served| release_order(&one.name) > release_order(served));
    word.map(str::to_owned).or_else(|| newer.then(|| "newer than what is served".to_owned()))
}

/// The worse the higher.
fn rank(verdict: ReleaseVerdict) -> u8 {
    match verdict {
        ReleaseVerdict::Good => 0,
        ReleaseVerdict::Unknown => 1,
        ReleaseVerdict::Failed => 2,
        ReleaseVerdict::Unfinished => 3,
        ReleaseVerdict::Bad => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Served;

    #[test]
    fn numbers_are_older_and_newer_as_numbers() {
        let release = |name: &str| Release { name: name.to_owned(), ..Release::default() };
        let site = Site {
            served: Served::Release("10".to_owned()),
            releases: ["11", "10", "9", "8"].map(release).into(),
            ..Site::default()
        };
        let found = candidates(&BTreeMap::from([("web1".to_owned(), site)]), &["web1"]);
        let told: Vec<String> = found
            .iter()
            .map(|one| format!("{}: {}", one.name, one.refused.as_deref().unwrap_or("yes")))
            .collect();
        assert_eq!(
            told,
            ["11: newer than what is served", "10: served now, on every host", "9: yes", "8: yes"]
        );
    }

    #[test]
    fn what_later_releases_ran_with_stays_applied() {
        use ReleaseVerdict::{Failed, Good, Unknown};
        type Recorded<'a> = (&'a str, &'a [&'a str], ReleaseVerdict);
        let check = |served: &str, recorded: &[Recorded<'_>], of: &str, expect: &[&str]| {
            let release = |(name, schema, verdict): &Recorded<'_>| Release {
                name: (*name).to_owned(),
                schema: schema.iter().map(|name| (*name).to_owned()).collect(),
                verdict: *verdict,
                ..Release::default()
            };
            let site = Site {
                served: Served::Release(served.to_owned()),
                releases: recorded.iter().map(release).collect(),
                ..Site::default()
            };
            let sites = BTreeMap::from([("web1".to_owned(), site)]);
            let found = candidates(&sites, &["web1"]);
            let one = found.iter().find(|one| one.name == of).map(|one| one.migrations.clone());
            assert_eq!(one.unwrap(), expect, "{of} where {served} is served");
        };
        let recorded: &[Recorded<'_>] =
            &[("1", &["a"], Good), ("2", &["a", "b"], Good), ("3", &["a", "c"], Good)];
        check("3", recorded, "2", &["c"]);
        check("3", recorded, "1", &["b", "c"]);
        // Also when what brought them is served no more.
        check("2", recorded, "1", &["b", "c"]);
        // What a run did that failed in the end.
        check("1", &[("1", &["a"], Good), ("2", &["b"], Failed)], "1", &["b"]);
        check("1", &[("1", &[], Good), ("2", &["b"], Failed)], "1", &["b"]);
        // Other tools number their releases.
        check("10", &[("10", &["a", "b"], Good), ("9", &["a"], Good)], "9", &["b"]);
        // Nothing is known of the one, so that nothing can be said of the others.
        check("2", &[("1", &[], Unknown), ("2", &["a"], Good)], "1", &[]);
    }
}
