//! `deployui releases`: every release of every host.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        say,
        table::table,
    },
    args::Listing,
    seen::{self, Seen},
    words,
};
use crate::{
    driver,
    model::{Release, Site},
    text::escape,
};

const HEADING: [&str; 8] = ["HOST", "RELEASE", "", "VERDICT", "REVISION", "AGE", "BY", "REF"];

pub(super) async fn releases(
    around: &Surroundings,
    global: &Global,
    args: &Listing,
) -> Result<Exit, Stop> {
    let seen = seen::look(around, global, seen::request(around, global, args)?).await?;
    if !seen.wrapping().survey().releases {
        return Err(Stop::new(Exit::Usage, "the recipe has no layout: there are no releases")
            .hint("add [layout] kind = \"releases\""));
    }
    match args.output {
        Format::Plain => plain(&seen, driver::now()),
        Format::Json => {
            let hosts: Vec<Value> =
                carrying(&seen).map(|(host, site)| one(&seen, host, site)).collect();
            seen::print(seen.document(), json!({ "hosts": hosts }));
        }
    }
    seen.tell_trouble();
    let exit = if seen.troubled() { Exit::Failed } else { Exit::Done };
    seen.stage.fleet.close().await;
    Ok(exit)
}

/// The hosts that carry releases, and what they were seen to have.
fn carrying(seen: &Seen) -> impl Iterator<Item = (&str, Option<&Site>)> {
    let machines = seen.machines().filter(|it| it.layout.is_some());
    machines.map(|it| (it.host.name.as_str(), seen.site(&it.host.name)))
}

fn plain(seen: &Seen, now: Timestamp) {
    let mut rows = vec![HEADING.map(str::to_owned).to_vec()];
    for (host, site) in carrying(seen) {
        let Some(site) = site else { continue };
        if let Some(odd) = words::unserved(&site.served) {
            rows.push(vec![host.to_owned(), escape(&odd)]);
        } else if site.releases.is_empty() {
            rows.push(vec![host.to_owned(), "no releases yet".to_owned()]);
        }
        rows.extend(site.releases.iter().map(|release| row(host, site, release, now)));
    }
    table(&rows).iter().for_each(|line| say::out(line));
}

fn row(host: &str, site: &Site, release: &Release, now: Timestamp) -> Vec<String> {
    let place = if site.served.release() == Some(&release.name) {
        "current"
    } else if site.previous.as_deref() == Some(&release.name) {
        "previous"
    } else {
        ""
    };
    let text = |text: &Option<String>| escape(text.as_deref().unwrap_or_default());
    vec![
        host.to_owned(),
        escape(&release.name),
        place.to_owned(),
        words::verdict(release.verdict).to_owned(),
        words::revision(release.revision.as_deref()),
        release.at.map(|at| words::age(at, now)).unwrap_or_default(),
        text(&release.by),
        text(&release.reference),
    ]
}

fn one(seen: &Seen, host: &str, site: Option<&Site>) -> Value {
    let Some(site) = site else {
        let error = seen.trouble(host);
        return json!({ "host": host, "error": error, "current": null, "previous": null, "releases": [] });
    };
    let served = site.served.release();
    let releases: Vec<Value> =
        site.releases.iter().map(|release| release_value(release, served)).collect();
    json!({ "host": host, "current": served, "previous": site.previous, "releases": releases })
}

fn release_value(release: &Release, served: Option<&str>) -> Value {
    json!({
        "name": release.name,
        "path": release.path,
        "revision": release.revision,
        "ref": release.reference,
        "by": release.by,
        "at": release.at.map(|at| at.to_string()),
        "verdict": words::verdict(release.verdict),
        "reason": release.reason,
        "migrations": release.schema,
        "served": served == Some(&release.name),
    })
}
