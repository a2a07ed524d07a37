//! What is said of maintenance, and in the dialogs of what is done outside of the planned run.

use jiff::Timestamp;

use super::{ago, clock_minutes, count, host::lock_of, hosts, release, served, short_run};
use crate::{
    model::{Maintenance, Raised, Served},
    run::{Run, Verdict},
    tui::{
        action::{Act, Action},
        keymap::{in_words, written},
        state::{
            Model,
            dialog::{Dialog, Subject},
            facts::{Facts, MIND},
            sight::Pages,
        },
        styles::Tone,
        told::Intent,
    },
};

/// What an earlier run may have left.
const SCHEMA_LEFT: &str = "a schema change did not end well";

/// What the name of a page begins with that a person raised.
const BY_HAND: &str = "by-hand";

/// What is probed is old after this long, in seconds.
const STALE: i64 = 120;

/// What is being done, in words.
pub(crate) fn doing(intent: &Intent) -> String {
    match intent {
        Intent::Rollback { release, .. } => format!("rollback to {release}"),
        Intent::Maintenance { on: true, .. } => "turning maintenance on".to_owned(),
        Intent::Maintenance { on: false, .. } => "turning maintenance off".to_owned(),
        Intent::Unlock { .. } => "unlocking".to_owned(),
    }
}

/// Why turning maintenance off needs care, each in words that go on after "although".
pub(crate) fn care(model: &Model) -> Vec<String> {
    let other = model.sight.raised().filter(|raised| raised.by != model.settings.who);
    let other = other.map(|raised| format!("{} turned it on", raised.by));
    let begun = |run: &&Run| run.schema_begun() && run.closed != Some(Verdict::Ok);
    let schema = model.run().filter(begun).map(|run| match run.closed {
        None => "a schema change has begun",
        Some(_) => SCHEMA_LEFT,
    });
    let schema = schema.or(model.sight.schema_left.then_some(SCHEMA_LEFT)).map(str::to_owned);
    let run = model.run().map(|run| run.plan.run.as_str());
    let left = model.sight.raised().filter(|it| !it.run.starts_with(BY_HAND) && schema.is_none());
    let left = left.filter(|it| Some(it.run.as_str()) != run);
    let left = left
        .map(|it| format!("the run {} raised it and has not taken it down", short_run(&it.run)));
    schema.into_iter().chain(left).chain(other).collect()
}

/// How much room there is for what visitors get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Only for the state and its age.
    Little,
    /// Also for the time until which it lasts.
    Some,
    /// Also for the reason why it is not known.
    Much,
}

/// What visitors get, with its age, for the header; shorter where there is little room.
pub(crate) fn maintenance(model: &Model, room: Room) -> Option<(String, Tone)> {
    if !model.sight.has.maintenance {
        return None;
    }
    let pages = model.sight.pages();
    let seen = model.sight.probed_at();
    let old = seen.is_some_and(|at| model.now.duration_since(at).as_secs() > STALE);
    let wide = room != Room::Little;
    let age = match (seen.map(|at| format!("{:>3}", ago(at, model.now))), wide) {
        (Some(age), true) => format!(", seen {age} ago"),
        (Some(age), false) => format!(" {age} ago"),
        (None, _) => String::new(),
    };
    let until = model.sight.raised().and_then(|raised| raised.until).filter(|_| wide);
    let until = until.map_or_else(String::new, |at| {
        format!(" until {}", clock_minutes(at, model.wall(), &model.settings.zone))
    });
    if model.is_page_outdated() {
        return Some(("MAINT ? changing".to_owned(), Tone::Dim));
    }
    let (what, tone) = match pages {
        Pages::NotAsked => match model.sight.lying() {
            (0, _) => ("?".to_owned(), Tone::Dim),
            (lying, all) if lying == all => (format!("raised, not probed{until}"), Tone::Held),
            (lying, all) => (format!("raised on {lying} of {all} hosts, not probed"), Tone::Held),
        },
        Pages::Off => ("off".to_owned(), Tone::Text),
        Pages::On { drift: false } => (format!("on{until}"), Tone::Held),
        Pages::On { drift: true } => (format!("on, NOT AS IT SHOULD BE{until}"), Tone::Warn),
        Pages::Mixed(on, all) => (format!("on {on} of {all} hosts"), Tone::Warn),
        Pages::Unknown(host, why) if room == Room::Much => {
            (format!("? ({host}: {why})"), Tone::Unknown)
        }
        Pages::Unknown(host, _) => (format!("? {host}"), Tone::Unknown),
    };
    let mark = if tone == Tone::Text || tone == Tone::Dim { "" } else { model.glyphs().warn };
    let tone = if old && tone == Tone::Text { Tone::Warn } else { tone };
    let gap = if mark.is_empty() { "" } else { " " };
    Some((format!("{mark}{gap}MAINT {what}{age}"), tone))
}

/// The text of a dialog: of those that are about the hosts as they are now, it is made anew.
pub(crate) fn dialog(model: &Model) -> Vec<String> {
    let (mut lines, text) = dialog_parts(model);
    lines.extend(text);
    lines.extend(model.dialog.iter().flat_map(|dialog| previews(model, dialog)));
    lines
}

/// What the buttons of a dialog would do, as it was told; of several each under its label.
pub(crate) fn previews(model: &Model, dialog: &Dialog) -> Vec<String> {
    let would: Vec<_> = dialog.intents().collect();
    match would.as_slice() {
        [(_, one)] => preview(model, one),
        several => several
            .iter()
            .flat_map(|(label, intent)| {
                let mut would = preview(model, intent);
                if let Some(first) = would.first_mut() {
                    *first = format!("[ {label} ]  {first}");
                }
                would
            })
            .collect(),
    }
}

/// Of the text of a dialog: what it is about, in columns; and the lines that are its own, as they are.
pub(crate) fn dialog_parts(model: &Model) -> (Vec<String>, Vec<String>) {
    let Some(dialog) = &model.dialog else { return (Vec::new(), Vec::new()) };
    let mut lines: Vec<String> =
        dialog.changed.iter().map(|changed| format!("{MIND}{changed}")).collect();
    lines.extend(facts(model, dialog).as_ref().map(Facts::lines).unwrap_or_default());
    if super::has_commands(model, dialog) {
        let key = written(model, Action::Commands);
        lines.push(format!("Runs   {key} lists its commands, host by host"));
    }
    lines.extend(seen(model, dialog));
    lines.extend(match &dialog.subject {
        Subject::Rollback(release, _) => rollback(model, release),
        Subject::Maintenance(care) => pages(model, care),
        Subject::Lock(run) => lock(run),
        Subject::Start => model.plan().map(|plan| super::releases(model, plan)).unwrap_or_default(),
        Subject::Holds(_)
        | Subject::Without
        | Subject::Run
        | Subject::Shell(_)
        | Subject::Prompt(_)
        | Subject::Save => Vec::new(),
        Subject::Quit => leaving(model),
    });
    (lines, dialog.text.clone())
}

/// As long as a look for a dialog is said to be under way, in seconds.
const GLANCE_MAX: i64 = 30;

/// How old it is what a dialog says of the hosts.
fn seen(model: &Model, dialog: &Dialog) -> Option<String> {
    dialog.as_seen.as_ref()?;
    let seen = model.sight.seen_at().into_iter().chain(model.sight.probed_at()).min()?;
    let waits = |at: &Timestamp| model.now.duration_since(*at).as_secs() < GLANCE_MAX;
    let looking =
        if model.sight.glancing.as_ref().is_some_and(waits) { ", looking…" } else { "" };
    Some(format!("Seen   {} ago{looking}", ago(seen, model.now)))
}

/// What goes on, as it is now: the question may stand for long.
fn leaving(model: &Model) -> Vec<String> {
    let running = count(model.steps_running(), "step");
    model
        .open_run()
        .map(|_| format!("The run is open; running now: {running}."))
        .into_iter()
        .chain(left_up(model))
        .collect()
}

/// What every dialog says; of those that are about the hosts as they are now, it is made anew.
fn facts(model: &Model, dialog: &Dialog) -> Option<Facts> {
    let sites: Vec<&str> = model.sight.sites.keys().map(String::as_str).collect();
    let paged: Vec<&str> = model.sight.pages.keys().map(String::as_str).collect();
    let place = |names: &[&str]| match names {
        [] => super::all_hosts(model),
        names => {
            let stage = model.plan().map_or("", |plan| plan.stage.as_str());
            format!("{} ({stage})", hosts(names))
        }
    };
    let key = written(model, Action::Act(Act::Maintenance));
    match &dialog.subject {
        Subject::Rollback(release, _) => Some(
            Facts::new(
                format!("serves {release} again; code only, the database stays as it is"),
                place(&sites),
                "deploy again; what is served now stays on the hosts, marked bad",
            )
            .takes(super::usual_run(model, "rollback"))
            .minding(locked(model).or_else(|| schema(model, release)).or_else(|| stays_up(model))),
        ),
        Subject::Maintenance(_) => Some(
            Facts::new(
                "puts the maintenance page up, or takes it down",
                place(&paged),
                match in_words(model) {
                    true => format!("{key} on, or {key} off"),
                    false => format!("{key} again"),
                },
            )
            .takes("at once; then it is asked what visitors get"),
        ),
        Subject::Lock(_) => Some(Facts::new(
            "whoever has the stage loses its lock",
            place(&model.sight.held().map(|(host, _)| host.as_str()).collect::<Vec<_>>()),
            "none; whoever lost it is not told",
        )),
        Subject::Start => {
            let mind = locked(model).or_else(|| stays_up(model));
            // It is read again once the dialog is open.
            let time = model.plan().map(|plan| super::usual_run(model, &plan.pipeline));
            let facts = dialog.facts.clone()?.minding(mind);
            Some(facts.takes(time.unwrap_or_default()))
        }
        Subject::Without
        | Subject::Holds(_)
        | Subject::Run
        | Subject::Shell(_)
        | Subject::Prompt(_)
        | Subject::Save
        | Subject::Quit => dialog.facts.clone(),
    }
}

fn lock(run: &str) -> Vec<String> {
    vec![
        "Whoever has it may be changing these hosts right now: ask them before.".to_owned(),
        format!("Where it is your own run: deployui resume {run} goes on with it, and ends it."),
    ]
}

/// What something would do, as it was told.
pub(crate) fn preview(model: &Model, intent: &Intent) -> Vec<String> {
    match model.sight.preview.of(intent) {
        Some(told) => told.lines.clone(),
        None => vec!["asking what this would do…".to_owned()],
    }
}

fn rollback(model: &Model, release: &str) -> Vec<String> {
    let sight = &model.sight;
    let to = model.glyphs().to;
    let candidate = sight.candidate(release);
    let age = candidate.and_then(|it| it.at).map(|at| format!(" ({} old)", ago(at, model.now)));
    let age = age.unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for (now, names) in sight.served() {
        let (what, _) = served(now);
        lines.push(match now {
            Served::Release(name) if name == release => {
                format!("{what} stays on {}: it is served there already", hosts(&names))
            }
            Served::Release(_) => {
                format!("{what} (served) {to} {release}{age} on {}", hosts(&names))
            }
            Served::Nothing
            | Served::Dangling(_)
            | Served::Outside(_)
            | Served::Loop(_)
            | Served::NotALink => format!("{what} {to} {release}{age} on {}", hosts(&names)),
        });
    }
    lines
}

/// A host on which somebody else was seen to have the stage, and who, since when and what for.
pub(crate) fn stage_lock(model: &Model) -> Option<(&str, String)> {
    let (host, lock) = model.foreign_lock()?;
    Some((host, lock_of(lock, model.now)))
}

/// That somebody else has the stage, so that nothing would be begun on it.
fn locked(model: &Model) -> Option<String> {
    let (_, lock) = stage_lock(model)?;
    let key = written(model, Action::Act(Act::TakeOver));
    Some(format!(
        "the stage is locked, and this is refused while it is: {lock}. {key} takes the lock away"
    ))
}

/// That a person has the maintenance page up: a run adopts it, and leaves it up.
fn stays_up(model: &Model) -> Option<String> {
    by_hand(model, "when this is over")
}

/// The same where one leaves.
pub(crate) fn left_up(model: &Model) -> Option<String> {
    // What is removed with its hosts is left to nobody.
    let lasting = model.settings.lasting;
    lasting.then(|| by_hand(model, "when you leave")).flatten().map(|said| format!("{said}."))
}

fn by_hand(model: &Model, when: &str) -> Option<String> {
    let raised = model.sight.raised().filter(|it| it.run.starts_with(BY_HAND))?;
    let key = written(model, Action::Act(Act::Maintenance));
    let (by, since) = (&raised.by, ago(raised.since, model.now));
    let turns = if in_words(model) { " off takes it down" } else { " turns it off" };
    Some(format!(
        "{by} has the maintenance page up since {since}: it stays up {when}, until {key}{turns}"
    ))
}

/// That the database is ahead of a release.
fn schema(model: &Model, release: &str) -> Option<String> {
    Some(match model.sight.candidate(release)?.migrations.len() {
        0 => {
            let why = release::unlisted(model)?;
            format!("{why}. Can that code run with the database as it is?")
        }
        1 => "1 migration applied since stays applied: can that code run with it?".to_owned(),
        all => format!("{all} migrations applied since stay applied: can that code run with them?"),
    })
}

fn pages(model: &Model, care: &[String]) -> Vec<String> {
    let mut lines: Vec<String> =
        care.iter().map(|why| format!("CAREFUL with turning it off: {why}.")).collect();
    let sight = &model.sight;
    if sight.pages.is_empty() {
        lines.push("What visitors get was not seen yet.".to_owned());
    }
    for (host, (page, at)) in &sight.pages {
        let what = match page {
            Maintenance::On(drift) if drift.is_empty() => "ON: visitors get the page".to_owned(),
            Maintenance::On(drift) => format!("ON, but: {}", drift.join("; ")),
            Maintenance::Off(status) => format!("off: visitors get the application ({status})"),
            Maintenance::Unknown(why) => format!("?: {why}"),
        };
        lines.push(format!("{host}  {what}, seen {} ago", ago(*at, model.now)));
    }
    let off = sight.pages() == Pages::Off;
    lines.extend(sight.raised().map(|raised| record(model, raised, off)));
    lines
}

/// What is recorded of the page.
fn record(model: &Model, raised: &Raised, off: bool) -> String {
    let zone = &model.settings.zone;
    let since = clock_minutes(raised.since, model.now, zone);
    let time = ago(raised.since, model.now);
    let mut line = format!("Turned on by {} at {since}, {time} ago", raised.by);
    if let Some(until) = raised.until {
        let over = if until < model.wall() { ", which is over" } else { "" };
        line.push_str(&format!(", until {}{over}", clock_minutes(until, model.wall(), zone)));
    }
    if let Some(reason) = &raised.reason {
        line.push_str(&format!(": {reason}"));
    }
    if off {
        line.push_str(". Visitors do not get it: is the web server told of the page?");
    }
    line
}
