//! Whether a release would bring nothing new.

use std::collections::BTreeMap;

use crate::model::{Plan, Served, Site};

/// The hosts that serve the commit of a new release already, in the order of the plan.
#[must_use]
pub fn again<'p>(plan: &'p Plan, sites: &BTreeMap<String, Site>) -> Vec<&'p str> {
    let released = plan.released.as_ref().filter(|released| released.made);
    let Some(released) = released else { return Vec::new() };
    let Some(revision) = &released.revision else { return Vec::new() };
    let serves = |host: &str| {
        let Some(site) = sites.get(host) else { return false };
        let Served::Release(served) = &site.served else { return false };
        let mut releases = site.releases.iter();
        releases.any(|it| it.name == *served && it.revision.as_ref() == Some(revision))
    };
    let hosts = released.hosts.iter().filter_map(|id| plan.host(*id));
    hosts.map(|host| host.name.as_str()).filter(|host| serves(host)).collect()
}
