//! `deployui check`: everything that would stop a release, on every host, all of it at once.

use serde_json::{Value, json};

use super::{
    super::{
        args::{Format, Global},
        environment::Surroundings,
        exit::{Exit, Stop},
        headless, load, say,
    },
    args::Check,
    seen::{self, Seen},
};
use crate::{
    driver,
    plan::Request,
    script::builtin::{Finding, Grade},
    text::escape,
};

const DEPLOY: &str = "deploy";

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
    let seen = seen::look(around, global, request).await?;
    let mut signals = headless::listen()?;
    let found = seen::or_left(&mut signals, async { Ok(found(&seen).await) }).await?;
    match args.listing.output {
        Format::Plain => found.iter().for_each(plain),
        Format::Json => document(&seen, &found),
    }
    let bad = found.iter().any(|it| it.finding.grade == Grade::Bad);
    seen.stage.fleet.close().await;
    Ok(if bad { Exit::Refused } else { Exit::Done })
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

fn document(seen: &Seen, found: &[Found]) {
    let of = |host: &str| {
        let findings = found.iter().filter(|it| it.host == host).map(|it| {
            let Finding { check, grade, what, hint } = &it.finding;
            json!({ "check": check, "grade": word(*grade), "what": what, "hint": hint })
        });
        json!({ "host": host, "findings": findings.collect::<Vec<Value>>() })
    };
    let hosts: Vec<Value> = seen.machines().map(|it| of(&it.host.name)).collect();
    seen::print(seen.document(), json!({ "hosts": hosts }));
}
