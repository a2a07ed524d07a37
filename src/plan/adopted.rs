//! Maintenance that is up before a run enters it: what a person raised is adopted, and stays up when the
//! run leaves it, since only that person knows what it is for. Anyone else's is nobody's to touch.

use std::collections::BTreeMap;

use super::scope::MAINTENANCE_ON;
use crate::model::{Plan, Raised, Site};

/// A page that is up on a host before a run raises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageUp<'s> {
    /// The host.
    pub host: &'s str,
    /// Who raised it; `None`: nobody says so.
    pub raised: Option<&'s Raised>,
}

impl PageUp<'_> {
    /// Whether the run goes through maintenance under it, and leaves it up.
    #[must_use]
    pub fn is_adopted(&self) -> bool {
        self.raised.is_some_and(by_hand)
    }
}

/// The pages that a plan would find up where it puts up its own, in the order of its hosts.
#[must_use]
pub fn pages_up<'s>(plan: &'s Plan, sites: &'s BTreeMap<String, Site>) -> Vec<PageUp<'s>> {
    let enters = |id| {
        let mut nodes = plan.nodes.iter();
        nodes.any(|node| node.host == Some(id) && node.key.step.as_str() == MAINTENANCE_ON)
    };
    let up = plan.host_ids().filter(|(id, _)| enters(*id)).filter_map(|(_, host)| {
        let site = sites.get(&host.name)?;
        let up = site.page || site.raised.is_some();
        up.then_some(PageUp { host: &host.name, raised: site.raised.as_ref() })
    });
    up.collect()
}

/// Whether a person raised it, and no run.
pub(super) fn by_hand(raised: &Raised) -> bool {
    raised.run.starts_with("by-hand") || raised.run == "by hand"
}
