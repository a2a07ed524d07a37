//! `deployui status`: what every host serves, what visitors get, and what is not as it should be.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::{
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, say,
        table::table,
    },
    args::Listing,
    seen::{self, Seen},
    words,
};
use crate::{
    model::{Maintenance, NO_RELEASE, ReleaseVerdict, Site},
    plan::Surveyed,
    text::escape,
};

const HEADING: [&str; 5] = ["HOST", "SERVES", "REVISION", "MAINTENANCE", "LOCK"];

/// What visitors get, by host; only those that are told how to ask.
type Probes = BTreeMap<String, Maintenance>;

pub(super) async fn status(
    around: &Surroundings,
    global: &Global,
    args: &Listing,
) -> Result<Exit, Stop> {
    let seen = seen::look(around, global, seen::request(around, global, args)?).await?;
    let mut signals = headless::listen()?;
    let probing = async { Ok(seen.wrapping().probe().await) };
    let probes: Probes = seen::or_left(&mut signals, probing).await?.into_iter().collect();
    let drifts: Vec<Vec<String>> = seen.machines().map(|it| drift(&seen, it, &probes)).collect();
    match args.output {
        Format::Plain => plain(&seen, &probes, &drifts),
        Format::Json => document(&seen, &probes, &drifts),
    }
    seen.tell_trouble();
    let right = !seen.troubled() && drifts.iter().all(Vec::is_empty);
    seen.stage.fleet.close().await;
    Ok(if right { Exit::Done } else { Exit::Failed })
}

/// Everything on a host that is not as it should be, or not as on the others.
fn drift(seen: &Seen, machine: &Surveyed, probes: &Probes) -> Vec<String> {
    let host = &machine.host.name;
    let mut drift = Vec::new();
    if let Some(site) = seen.site(host) {
        drift.extend(words::unserved(&site.served));
        drift.extend(differs(seen, host, site));
        drift.extend(blemish(site));
        let owner = &seen.wrapping().survey().owner;
        let other = site.owner.as_ref().filter(|it| *it != owner);
        drift.extend(other.map(|it| format!("the root belongs to {} {}", it.app, it.stage)));
        drift.extend(page(site, probes.get(host)));
        drift.extend(site.odd.iter().cloned());
    }
    if let Some(Maintenance::On(odd)) = probes.get(host) {
        drift.extend(odd.iter().map(|odd| format!("the maintenance page: {odd}")));
    }
    drift
}

/// What most hosts serve, where this one serves something else; where no release is served by more
/// than half of them, that they differ.
fn differs(seen: &Seen, host: &str, site: &Site) -> Option<String> {
    let all = || seen.machines().filter_map(|it| seen.site(&it.host.name));
    let served = site.served.release();
    let mut count: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for other in all() {
        *count.entry(other.served.release()).or_default() += 1;
    }
    let shown = |name: Option<&str>| name.unwrap_or(NO_RELEASE).to_owned();
    let (most, times) = count.iter().max_by_key(|(_, times)| **times)?;
    if *times * 2 <= all().count() {
        return Some(format!("serves {}; the hosts serve {} releases", shown(served), count.len()));
    }
    if served != *most {
        return Some(format!("serves {}; most hosts serve {}", shown(served), shown(*most)));
    }
    let own = revision(site)?;
    let alike = |other: &&Site| other.served.release() == served;
    let differing = all().filter(alike).filter_map(revision).any(|other| other != own);
    let name = served.filter(|_| differing)?;
    Some(format!("hosts have different commits as {name}: {own} on {host}"))
}

/// The commit of what a host serves.
fn revision(site: &Site) -> Option<&str> {
    let served = site.served.release()?;
    site.releases.iter().find(|it| it.name == served)?.revision.as_deref()
}

/// What is wrong with the release that is served.
fn blemish(site: &Site) -> Option<String> {
    let served = site.served.release()?;
    let release = site.releases.iter().find(|it| it.name == served)?;
    let why = release.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    match release.verdict {
        ReleaseVerdict::Good | ReleaseVerdict::Unknown => None,
        ReleaseVerdict::Failed => Some(format!("serves {served}, whose run failed{why}")),
        ReleaseVerdict::Unfinished => Some(format!("serves {served}, which was never finished")),
        ReleaseVerdict::Bad => Some(format!("serves {served}, which is marked bad{why}")),
    }
}

/// Where the page and what visitors get do not go together.
fn page(site: &Site, seen: Option<&Maintenance>) -> Option<String> {
    match (site.page, seen) {
        (true, Some(Maintenance::Off(status))) => Some(format!(
            "the maintenance page lies there, and visitors do not get it (status {status})"
        )),
        (false, Some(Maintenance::On(_))) => {
            Some("visitors get the maintenance page, and it does not lie there".to_owned())
        }
        (true, _) if site.raised.is_none() => {
            Some("a maintenance page lies there, and nobody says who put it up".to_owned())
        }
        (
            true | false,
            Some(Maintenance::On(_) | Maintenance::Off(_) | Maintenance::Unknown(_)) | None,
        ) => None,
    }
}

fn plain(seen: &Seen, probes: &Probes, drifts: &[Vec<String>]) {
    let mut rows = vec![HEADING.map(str::to_owned).to_vec()];
    let mut below = Vec::new();
    for (machine, drift) in seen.machines().zip(drifts) {
        let host = machine.host.name.as_str();
        rows.push(row(seen, machine, probes));
        below.extend(drift.iter().map(|drift| format!("{host}: {}", escape(drift))));
        let raised = seen.site(host).and_then(|site| site.raised.as_ref());
        below.extend(raised.map(|it| format!("{host}: the page was {}", words::raised(it))));
        if let Some(Maintenance::Unknown(why)) = probes.get(host) {
            below.push(format!("{host}: what visitors get is not known: {}", escape(why)));
        }
        if let Err(why) = seen.lock(host) {
            below.push(format!("{host}: who has it locked is not known: {}", escape(why)));
        }
    }
    table(&rows).iter().for_each(|line| say::out(line));
    let locks = seen.machines().filter_map(|it| Some(words::held(seen.lock(&it.host.name).ok()??)));
    below.into_iter().chain(each_once(locks)).for_each(|line| say::out(&line));
}

/// Lines in their order, none twice: a lock is on many hosts.
fn each_once(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = Vec::new();
    for line in lines {
        if !all.contains(&line) {
            all.push(line);
        }
    }
    all
}

fn row(seen: &Seen, machine: &Surveyed, probes: &Probes) -> Vec<String> {
    let host = machine.host.name.as_str();
    let mut row = vec![host.to_owned()];
    if seen.trouble(host).is_some() {
        let what = if seen.away(host).is_some() { "not reachable" } else { "not readable" };
        row.push(what.to_owned());
        return row;
    }
    let site = seen.site(host);
    let serves = match site {
        Some(site) => escape(site.served.release().unwrap_or("nothing")),
        None => "-".to_owned(),
    };
    let maintenance = match &machine.probe {
        Some(_) => words::maintenance(probes.get(host)),
        None => "-",
    };
    let lock = match seen.lock(host) {
        Ok(lock) => lock.map(|lock| escape(&lock.by)),
        Err(_why) => Some("?".to_owned()),
    };
    row.extend([
        serves,
        words::revision(site.and_then(revision)),
        maintenance.to_owned(),
        lock.unwrap_or_default(),
    ]);
    row
}

fn document(seen: &Seen, probes: &Probes, drifts: &[Vec<String>]) {
    let hosts = seen.machines().zip(drifts).map(|(machine, drift)| {
        let host = machine.host.name.as_str();
        let site = seen.site(host);
        let mut value = json!({
            "host": host,
            "reachable": seen.away(host).is_none(),
            "current": site.and_then(|site| site.served.release()),
            "revision": site.and_then(revision),
            "maintenance": words::maintenance(probes.get(host)),
            "lock": seen.lock(host).ok().flatten().map(words::lock_value),
            "drift": drift,
        });
        if let (Value::Object(fields), Some(why)) = (&mut value, seen.trouble(host)) {
            fields.insert("error".to_owned(), json!(why));
        }
        value
    });
    let hosts: Vec<Value> = hosts.collect();
    seen::print(seen.document(), json!({ "hosts": hosts }));
}

#[cfg(test)]
mod tests {
    use super::each_once;

    #[test]
    fn a_lock_of_many_hosts_is_told_once() {
        let lines = ["eva", "bob", "eva", "bob", "bob"].map(str::to_owned);
        assert_eq!(each_once(lines.into_iter()), ["eva", "bob"]);
    }
}
