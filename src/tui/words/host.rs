//! All that is known of one host, in rows with a label; raw.

use jiff::Timestamp;

use super::{Detail, ago, count, face, release, served, since, took};
use crate::{
    model::{Disk, HostId, Lock, Maintenance, NodeId, Site},
    run::{LinkState, Run, State},
    tui::{
        action::{Act, Action},
        keymap,
        state::{Model, face::Face, grid},
        styles::Tone,
        told::HostState,
        update,
    },
};

/// Less than this is free, in hundredths: it is said to be low.
const DISK_LOW: u64 = 10;

/// All that is known of it, what matters at night first.
pub(crate) fn host(model: &Model, host: HostId) -> Vec<Detail> {
    let Some(it) = model.plan().and_then(|plan| plan.host(host)) else { return Vec::new() };
    let mut rows = vec![connected(model, host)];
    rows.extend(trouble(model, host));
    rows.push(("ADDRESS", address(model, &it.name, &it.address, it.is_local()), Tone::Text));
    rows.extend(round_trip(model, &it.name));
    let roles = if it.roles.is_empty() { "none".to_owned() } else { it.roles.join(", ") };
    rows.push(("ROLES", roles, Tone::Text));
    rows.extend(part(model, host));
    let site = model.sight.sites.get(&it.name);
    rows.extend(site.and_then(|(site, at)| disk(model, site.disk?, *at)));
    if let Some((site, at)) = site {
        rows.extend(sited(model, &it.name, site));
        rows.push(("SEEN", format!("{} ago", ago(*at, model.now)), Tone::Dim));
    } else if let Some((lock, at)) = model.sight.locks.get(&it.name) {
        rows.push(locked(lock.as_deref(), model.now));
        rows.push(("SEEN", format!("{} ago", ago(*at, model.now)), Tone::Dim));
    } else if model.sight.has.releases && !it.is_local() {
        rows.push(("SERVES", "not looked at yet".to_owned(), Tone::Dim));
    }
    rows.extend(page(model, &it.name));
    rows.extend(steps(model, host));
    rows.push(("STATE DIR", it.state_dir.clone(), Tone::Dim));
    rows.extend(keys(model));
    rows
}

fn connected(model: &Model, host: HostId) -> Detail {
    if let Some(run) = model.run() {
        return match run.world.links.get(&host) {
            Some((LinkState::Up, at)) => {
                ("LINK", format!("connected since {}", since(*at, model.now)), Tone::Ok)
            }
            Some((LinkState::Down(why), at)) => {
                let lost = since(*at, model.now);
                let text = format!("lost {lost} ago: {why}; what runs there goes on");
                ("LINK", text, Tone::Unknown)
            }
            None => ("LINK", "not connected in this run yet".to_owned(), Tone::Dim),
        };
    }
    let name = model.host_name(host);
    match model.hosts.get(&host) {
        Some(HostState::Ready) => {
            let at = model.ways.get(name).and_then(|met| met.since);
            let at = at.map_or_else(String::new, |at| format!(", since {}", since(at, model.now)));
            ("LINK", format!("connected, ready{at}"), Tone::Ok)
        }
        Some(HostState::Trouble { .. }) => ("LINK", "NOT CONNECTED".to_owned(), Tone::Failed),
        Some(HostState::Connecting) | None => ("LINK", "connecting".to_owned(), Tone::Running),
    }
}

/// What is wrong, in the words of whoever met it.
fn trouble(model: &Model, host: HostId) -> Vec<Detail> {
    let mut rows = Vec::new();
    if let (None, Some(HostState::Trouble { what, hint })) = (model.run(), model.hosts.get(&host)) {
        rows.push(("TROUBLE", what.clone(), Tone::Failed));
        rows.extend(hint.iter().map(|hint| ("", format!("hint: {hint}"), Tone::Text)));
    }
    let Some(run) = model.run() else { return rows };
    let here = run.cells.iter().filter(|cell| cell.node.host == Some(host));
    for cell in here {
        let said = match &cell.state {
            State::Failed(_, end) => format!("{} failed: {end}", cell.node.key),
            State::Refused(_, words) => format!("{} could not be begun: {words}", cell.node.key),
            State::Unknown(_, lost) => format!("{}: {lost}", cell.node.key),
            State::Waiting
            | State::Armed(_)
            | State::Running(_)
            | State::Settling(..)
            | State::Ok(_)
            | State::Stranded(_)
            | State::Overruled(_)
            | State::Never(_)
            | State::Reverted(_) => continue,
        };
        let label = if rows.is_empty() { "TROUBLE" } else { "" };
        rows.push((label, said, Tone::Failed));
    }
    rows
}

fn address(model: &Model, name: &str, address: &str, local: bool) -> String {
    if local {
        return "this machine".to_owned();
    }
    match model.ways.get(name).and_then(|met| met.way.as_ref()) {
        None => format!("{address} (as in deploy.toml; ssh completes it)"),
        Some(way) => {
            let jump = way.jump.as_ref().map(|jump| format!(", through {jump}"));
            let jump = jump.unwrap_or_default();
            format!("{}@{}, port {}{jump}", way.user, way.host, way.port)
        }
    }
}

/// How far away it is.
fn round_trip(model: &Model, name: &str) -> Option<Detail> {
    let (took, at) = model.ways.get(name)?.round_trip?;
    let millis = took.as_secs_f64() * 1000.0;
    let took = if millis < 10.0 { format!("{millis:.1} ms") } else { format!("{millis:.0} ms") };
    let text = format!("{took} on this connection (measured {} ago)", ago(at, model.now));
    Some(("ROUND TRIP", text, Tone::Text))
}

/// How full the disk of the root is.
fn disk(model: &Model, disk: Disk, at: Timestamp) -> Option<Detail> {
    let percent = disk.percent_free()?;
    let seen = ago(at, model.now);
    let text = format!(
        "{} of {} free ({percent} %) where the application is (seen {seen} ago)",
        size(disk.free_kib),
        size(disk.free_kib.saturating_add(disk.used_kib)),
    );
    Some(match percent {
        0..DISK_LOW => ("DISK", format!("{} LOW: {text}", model.glyphs().warn), Tone::Warn),
        _ => ("DISK", text, Tone::Text),
    })
}

/// An amount of KiB in the unit that one thinks of it in.
fn size(kib: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut amount = kib as f64;
    for unit in ["KiB", "MiB", "GiB"] {
        if amount < 1000.0 {
            let digits = usize::from(amount < 10.0);
            return format!("{amount:.digits$} {unit}");
        }
        amount /= 1024.0;
    }
    format!("{amount:.1} TiB")
}

/// Whether it takes part in the run.
fn part(model: &Model, host: HostId) -> Option<Detail> {
    let run = model.run()?;
    let why = run.excluded.get(&host)?;
    let reason = if why.0.is_empty() { String::new() } else { format!(": {}", why.0) };
    Some(("EXCLUDED", format!("takes no further part in this run{reason}"), Tone::Warn))
}

fn sited(model: &Model, name: &str, site: &Site) -> Vec<Detail> {
    let (now, tone) = served(&site.served);
    let outdated = if model.is_outdated(name) { " (the run has changed it since)" } else { "" };
    let mut rows = vec![("SERVES", format!("{now}{outdated}"), tone)];
    if let Some(previous) = &site.previous {
        rows.push(("PREVIOUS", previous.clone(), Tone::Text));
    }
    let mut label = "RELEASES";
    for one in &site.releases {
        let (word, tone) = release::verdict(one.verdict);
        let mut parts = vec![one.name.clone(), word.to_owned()];
        parts.extend(one.revision.as_deref().map(super::short_revision));
        parts.extend(one.at.map(|at| format!("{} ago", ago(at, model.now))));
        parts.extend(one.by.as_ref().map(|by| format!("by {by}")));
        if !one.pids.is_empty() {
            parts.push(format!("in use (pid {})", pids(&one.pids)));
        }
        parts.extend(one.reason.clone());
        rows.push((std::mem::take(&mut label), parts.join("  "), tone));
    }
    rows.push(locked(site.lock.as_ref(), model.now));
    if let Some(raised) = &site.raised {
        let reason = raised.reason.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let text = format!("raised by {} {} ago{reason}", raised.by, ago(raised.since, model.now));
        rows.push(("PAGE", text, Tone::Held));
    }
    let mut label = "ODD";
    rows.extend(site.odd.iter().map(|odd| (std::mem::take(&mut label), odd.clone(), Tone::Warn)));
    rows
}

fn locked(lock: Option<&Lock>, now: Timestamp) -> Detail {
    match lock {
        Some(lock) => ("LOCK", lock_of(lock, now), Tone::Warn),
        None => ("LOCK", "free".to_owned(), Tone::Dim),
    }
}

/// Who has the stage, since when and what for.
pub(super) fn lock_of(lock: &Lock, now: Timestamp) -> String {
    let held = ago(lock.at, now);
    format!("{} has it since {held} (run {}): {}", lock.by, lock.run, lock.purpose)
}

fn pids(pids: &[u32]) -> String {
    let shown: Vec<String> = pids.iter().take(4).map(u32::to_string).collect();
    let more = if pids.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// What visitors were seen to get.
fn page(model: &Model, name: &str) -> Option<Detail> {
    let (page, at) = model.sight.pages.get(name)?;
    let (text, tone) = match page {
        Maintenance::On(odd) if odd.is_empty() => ("the maintenance page".to_owned(), Tone::Held),
        Maintenance::On(odd) => (format!("the maintenance page, {}", odd.join(", ")), Tone::Warn),
        Maintenance::Off(status) => (format!("the application, status {status}"), Tone::Text),
        Maintenance::Unknown(why) => (format!("not known: {why}"), Tone::Unknown),
    };
    Some(("VISITORS", format!("get {text} (seen {} ago)", ago(*at, model.now)), tone))
}

/// The steps of the run on it, with how long each took.
fn steps(model: &Model, host: HostId) -> Vec<Detail> {
    let mut label = if model.run().is_some() { "STEPS" } else { "WOULD DO" };
    let glyphs = model.glyphs();
    let mut rows = Vec::new();
    for column in &model.grid.columns {
        let face = model.face(column, host);
        if face == Face::Absent {
            continue;
        }
        let look = face::look(&face, glyphs, model.now);
        let tries = model.run().map_or(0, |run| tries(run, column.nodes(host)));
        let tries =
            if tries > 1 { format!(", {}", count(tries, "attempt")) } else { String::new() };
        let text = format!("{} {:<16} {}{tries}", look.glyph, column.step, look.word);
        rows.push((std::mem::take(&mut label), text, look.tone));
    }
    let spent = model.run().map(|run| spent(run, host)).filter(|spent| !spent.is_zero());
    if let Some(spent) = spent {
        rows.push(("", format!("in all {}", took(spent)), Tone::Dim));
    }
    rows
}

/// How often the step itself was tried.
fn tries(run: &Run, nodes: &[NodeId]) -> usize {
    grid::face_of(run, nodes).map_or(0, |(_, cell)| usize::from(cell.tries))
}

fn spent(run: &Run, host: HostId) -> jiff::SignedDuration {
    let here = run.cells.iter().filter(|cell| cell.node.host == Some(host));
    let times = here.filter_map(|cell| Some(cell.ended?.duration_since(cell.started?)));
    times.fold(jiff::SignedDuration::ZERO, jiff::SignedDuration::saturating_add)
}

/// What can be done with it from here.
fn keys(model: &Model) -> Vec<Detail> {
    let acts = [Act::Shell, Act::Exclude, Act::Maintenance, Act::Rollback];
    let actions = std::iter::once(Action::Look).chain(acts.map(Action::Act));
    let mut label = "KEYS";
    let rows = actions.filter_map(|action| {
        let row = keymap::binding(action)?;
        let key = keymap::written(model, action);
        let (text, tone) = match update::why_not(model, action) {
            None => (format!("{key}  {}", row.about), Tone::Text),
            Some(why) => (format!("{key}  {} Not now: {why}.", row.about), Tone::Dim),
        };
        Some((std::mem::take(&mut label), text, tone))
    });
    rows.collect()
}
