//! `deployui check`: everything that would stop a release, on every host, all of it at once.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    super::{
        DEPLOY,
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load, say,
    },
    args::Check,
    seen::{self, Seen},
};
use crate::{
    driver::{self, Outlived},
    model::{Host, HostId, RunId},
    plan::{Request, Surveyed},
    remote::ssh::Connector,
    script::builtin::{Finding, Grade},
    store::{Dirty, Store},
    text::escape,
};

/// One thing that was found on a host.
struct Found {
    host: String,
    finding: Finding,
}

pub(super) async fn check(
    around: &Surroundings,
    global: &Global,
    args: &Check,
) -> Result<Exit, Stop> {
    let pipeline = match &args.pipeline {
        Some(pipeline) => pipeline.clone(),
        // A project that calls it otherwise is checked without the checks of its steps.
        None if load::recipe(global)?.pipelines.contains_key(DEPLOY) => DEPLOY.to_owned(),
        None => String::new(),
    };
    let request = Request { pipeline, ..seen::request(around, global, &args.listing)? };
    let connector = load::connector(around, headless::asker(around));
    let seen = seen::look_by(around, global, request, Arc::clone(&connector)).await?;
    let mut signals = headless::listen()?;
    let mut found = seen::or_left(&mut signals, async { Ok(found(&seen).await) }).await?;
    let names: Vec<String> = seen.machines().map(|it| it.host.name.clone()).collect();
    let (there, run, head) = (there(&seen), seen.stage.request.run.clone(), seen.document());
    // A session that is still there may keep alive what ends with the last one.
    seen.stage.fleet.close().await;
    let outlived = async { Ok(outlived(around, global, (&run, &there), connector).await) };
    found.extend(seen::or_left(&mut signals, outlived).await?);
    found.sort_by_key(|of| names.iter().position(|name| *name == of.host));
    match args.listing.output {
        Format::Plain => found.iter().for_each(plain),
        Format::Json => document(head, &names, &found),
    }
    let bad = found.iter().any(|it| it.finding.grade == Grade::Bad);
    Ok(if bad { Exit::Refused } else { Exit::Done })
}

/// The hosts that can be asked.
fn there(seen: &Seen) -> Vec<(HostId, Host)> {
    let there = |it: &&Surveyed| !it.host.is_local() && seen.trouble(&it.host.name).is_none();
    seen.machines().filter(there).map(|it| (it.id, it.host.clone())).collect()
}

/// Whether steps outlive their connections.
async fn outlived(
    around: &Surroundings,
    global: &Global,
    (run, hosts): (&RunId, &[(HostId, Host)]),
    connector: Arc<Connector>,
) -> Vec<Found> {
    // What the boxes print is of no use: it goes where it can be removed.
    let dir = around.store.root().join(format!("check-{run}"));
    let (dirty, _grown) = Dirty::new();
    let settings = load::settings(around, global, Store::at(&dir), (connector, dirty));
    let outlived = driver::outlives(run, hosts, &settings).await;
    drop(std::fs::remove_dir_all(&dir));
    let name = |id| hosts.iter().find(|(other, _)| *other == id).map(|(_, host)| host.name.clone());
    let of = |(id, outlived)| Some(Found { host: name(id)?, finding: lasting(outlived) });
    outlived.into_iter().filter_map(of).collect()
}

fn lasting(outlived: Outlived) -> Finding {
    const CHECK: &str = "durability";
    match outlived {
        Outlived::Yes => graded(CHECK, Grade::Ok, "a step outlives its connection"),
        Outlived::No => Finding {
            hint: Some(
                "logind does that where KillUserProcesses=yes: set it to no in /etc/systemd/logind.conf, or \
                 name the user in KillExcludeUsers (lingering does not help); else look for what kills the \
                 processes of a session that ends: a container, a cron job, a PAM module"
                    .to_owned(),
            ),
            ..bad(CHECK, "a step is killed when its connection ends: it would not survive a lost line")
        },
        Outlived::Untried(why) => bad(CHECK, &format!("could not be tried: {why}")),
    }
}

/// Every finding, host by host in the order of the stage.
async fn found(seen: &Seen) -> Vec<Found> {
    let mut all = Vec::new();
    let checked = seen.wrapping().check(driver::now()).await;
    for one in checked {
        let host = one.host;
        let mut add = |finding| all.push(Found { host: host.clone(), finding });
        if let Some(why) = seen.away(&host) {
            add(bad("connection", why));
            continue;
        }
        add(graded("connection", Grade::Ok, "is there"));
        if let Some(why) = seen.trouble(&host) {
            add(bad("look", why));
        }
        let odd = seen.site(&host).map(|site| site.odd.as_slice()).unwrap_or_default();
        odd.iter().for_each(|odd| add(graded("look", Grade::Warning, odd)));
        match one.findings {
            Ok(findings) => findings.into_iter().for_each(add),
            Err(why) => add(bad("checks", &why)),
        }
    }
    all
}

fn bad(check: &str, what: &str) -> Finding {
    graded(check, Grade::Bad, what)
}

fn graded(check: &str, grade: Grade, what: &str) -> Finding {
    Finding { check: check.to_owned(), grade, what: what.to_owned(), hint: None }
}

fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Ok => "ok",
        Grade::Warning => "warning",
        Grade::Bad => "bad",
    }
}

fn plain(found: &Found) {
    let Found { host, finding: Finding { check, grade, what, hint } } = found;
    let mut lines = what.lines();
    let first = escape(lines.next().unwrap_or_default());
    say::out(&format!("{:<8} {host}: {check}: {first}", word(*grade)));
    lines.for_each(|line| say::out(&format!("         {}", escape(line))));
    if let Some(hint) = hint {
        say::out(&format!("         hint: {}", escape(hint)));
    }
}

fn document(head: Map<String, Value>, names: &[String], found: &[Found]) {
    let of = |host: &String| {
        let findings = found.iter().filter(|it| it.host == *host).map(|it| {
            let Finding { check, grade, what, hint } = &it.finding;
            json!({ "check": check, "grade": word(*grade), "what": what, "hint": hint })
        });
        json!({ "host": host, "findings": findings.collect::<Vec<Value>>() })
    };
    let hosts: Vec<Value> = names.iter().map(of).collect();
    seen::print(head, json!({ "hosts": hosts }));
}
