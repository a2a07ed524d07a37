//! Maintenance that is up before a run enters it. What a person raised is adopted, and stays up when the
//! run leaves it, since only that person knows what it is for. What a run left up that is over (a schema
//! change that did not end well) is the next run's: it mends forward under the page, and takes it down
//! at its end. What an open run has up, or nobody accounts for, is nobody's to touch.

use std::collections::BTreeMap;

use super::ground::Machine;
use crate::model::{MAINTENANCE_ON, Plan, Raised, Site};

/// Who has a page up, as a run finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'s> {
    /// A person: the run goes through maintenance under it, and leaves it up.
    Hand(&'s Raised),
    /// A run that is over, since its lock is gone: the page becomes the next run's.
    Left(&'s Raised),
    /// A run that has the lock.
    Open(&'s Raised),
    /// Nobody says so.
    Nobody,
}

/// Who has the page up on a host; `None`: it is not up.
fn whose(site: &Site) -> Option<Whose<'_>> {
    let Some(raised) = &site.raised else { return site.page.then_some(Whose::Nobody) };
    let holds = site.lock.as_ref().is_some_and(|lock| lock.run == raised.run);
    Some(match raised.run.starts_with("by-hand") {
        true => Whose::Hand(raised),
        false if holds => Whose::Open(raised),
        false => Whose::Left(raised),
    })
}

/// Who has the page up on a machine.
pub(super) fn whose_on(machine: &Machine) -> Option<Whose<'_>> {
    whose(&machine.lies.as_ref()?.site)
}

/// The pages that a plan would find up where it puts up its own, by host, in the order of its hosts.
#[must_use]
pub fn pages_up<'s>(
    plan: &'s Plan,
    sites: &'s BTreeMap<String, Site>,
) -> Vec<(&'s str, Whose<'s>)> {
    let enters = |id| {
        let mut nodes = plan.nodes.iter();
        nodes.any(|node| node.host == Some(id) && node.key.step.as_str() == MAINTENANCE_ON)
    };
    let up = plan.host_ids().filter(|(id, _)| enters(*id));
    up.filter_map(|(_, host)| Some((host.name.as_str(), whose(sites.get(&host.name)?)?))).collect()
}
