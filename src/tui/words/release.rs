//! What is said of a release: its mark, its word, and all that one wants to know before one goes
//! back to it.

use jiff::{Timestamp, tz::TimeZone};

use super::{Detail, Listing, ago, count, difference};
use crate::{
    model::{Candidate, Plan, ReleaseVerdict, Served},
    tui::{
        action::Action,
        glyphs::Glyphs,
        keymap::written,
        state::{
            Model,
            previews::{Of, Rows},
            sight::Sight,
        },
        styles::Tone,
        told::Intent,
    },
};

/// How a release stands, in a mark and a word.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) glyph: &'static str,
    pub(crate) tone: Tone,
    pub(crate) word: String,
}

/// How a release stands on all hosts together.
pub(crate) fn standing(candidate: &Candidate, hosts: usize, glyphs: &Glyphs) -> Standing {
    let verdict = verdict(candidate.verdict);
    let kept = matches!(candidate.verdict, ReleaseVerdict::Good | ReleaseVerdict::Unknown);
    let (word, tone) = if candidate.served.len() >= hosts && hosts > 0 {
        ("served".to_owned(), Tone::Strong)
    } else if !candidate.served.is_empty() {
        (format!("served {}/{hosts}", candidate.served.len()), Tone::Warn)
    } else if !candidate.missing.is_empty() {
        let there = hosts.saturating_sub(candidate.missing.len());
        (format!("on {there}/{hosts}"), Tone::Dim)
    } else if !candidate.previous.is_empty() && kept {
        ("previous".to_owned(), Tone::Ok)
    } else {
        (verdict.0.to_owned(), verdict.1)
    };
    let glyph = if !candidate.served.is_empty() {
        glyphs.served
    } else if !candidate.missing.is_empty() {
        glyphs.absent
    } else {
        mark(candidate.verdict, glyphs)
    };
    Standing { glyph, tone, word }
}

/// What a run is about to make of which commit, and where that would be nothing new; raw.
pub(crate) fn releases(model: &Model, plan: &Plan) -> Vec<String> {
    let Some(released) = plan.released.as_ref().filter(|it| it.made) else { return Vec::new() };
    let Some(revision) = &released.revision else { return Vec::new() };
    let short = short_revision(revision);
    let from = released.reference.as_ref().filter(|it| *it != revision);
    let from = from.map(|name| format!(" ({name})")).unwrap_or_default();
    let mut lines = vec![format!("Releases the commit {short}{from}.")];
    let mut candidates = model.sight.candidates.iter();
    let same =
        candidates.find(|it| !it.served.is_empty() && it.revision.as_ref() == Some(revision));
    lines.extend(same.map(|it| {
        let serve = if it.served.len() == 1 { "serves" } else { "serve" };
        format!("NOTHING NEW: {} {serve} that commit already, as {}.", hosts(&it.served), it.name)
    }));
    lines
}

/// A verdict in a word.
pub(super) fn verdict(verdict: ReleaseVerdict) -> (&'static str, Tone) {
    match verdict {
        ReleaseVerdict::Good => ("good", Tone::Ok),
        ReleaseVerdict::Failed => ("failed", Tone::Failed),
        ReleaseVerdict::Unfinished => ("unfinished", Tone::Warn),
        ReleaseVerdict::Bad => ("bad", Tone::Failed),
        ReleaseVerdict::Unknown => ("unknown", Tone::Unknown),
    }
}

fn mark(verdict: ReleaseVerdict, glyphs: &Glyphs) -> &'static str {
    match verdict {
        ReleaseVerdict::Good => glyphs.ok,
        ReleaseVerdict::Failed | ReleaseVerdict::Bad => glyphs.failed,
        ReleaseVerdict::Unfinished => glyphs.waiting,
        ReleaseVerdict::Unknown => glyphs.unknown,
    }
}

/// The first characters of a commit, as one says it.
pub(crate) fn short_revision(revision: &str) -> String {
    revision.chars().take(7).collect()
}

/// What the current link is, in a few words; raw.
pub(crate) fn served(served: &Served) -> (String, Tone) {
    let broken = |what: &str| (format!("current {what}"), Tone::Failed);
    match served {
        Served::Release(name) => (name.clone(), Tone::Text),
        Served::Nothing => ("nothing".to_owned(), Tone::Dim),
        Served::Dangling(_) => broken("dangles"),
        Served::Outside(_) => broken("leads out"),
        Served::Loop(_) => broken("loops"),
        Served::NotALink => broken("is no link"),
    }
}

/// Hosts by name, all or so many of them.
pub(crate) fn hosts(names: &[impl AsRef<str>]) -> String {
    hosts_up_to(names, HOSTS_SHOWN)
}

/// So many hosts are named.
pub(crate) const HOSTS_SHOWN: usize = 4;

/// As [`hosts`], so many by their names.
pub(crate) fn hosts_up_to(names: &[impl AsRef<str>], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// When a release was made, and how long ago that is.
pub(crate) fn made(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let day = at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
    format!("{day} ({} ago)", ago(at, now))
}

/// Characters of a name that is whole in the list on any screen.
const NAME_MAX: usize = 20;

/// All that is known of a release, for the picker, what decides first, and what going back to it would run;
/// raw. With each label its first line only.
pub(crate) fn details(model: &Model, candidate: &Candidate) -> Vec<Detail> {
    let mut lines = known(model, candidate);
    let revision = lines.pop();
    if candidate.refused.is_none() {
        lines.extend(plan(model, candidate));
    }
    lines.extend(revision);
    lines
}

/// All that is known of a release, its commit last.
pub(crate) fn known(model: &Model, candidate: &Candidate) -> Vec<Detail> {
    let mut lines = vec![match &candidate.refused {
        Some(why) => ("REFUSED", why.clone(), Tone::Warn),
        None => ("VERDICT", weighed(model, candidate), weight(model, candidate)),
    }];
    if candidate.name.chars().count() > NAME_MAX {
        lines.push(("NAME", candidate.name.clone(), Tone::Text));
    }
    let (word, tone) = verdict(candidate.verdict);
    let reason = candidate.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    lines.push(("RELEASED", format!("{word}{reason}; {}", origin(model, candidate)), tone));
    lines.extend(differs(model, candidate));
    lines.extend(per_host(&model.sight, candidate));
    let revision = candidate.revision.clone().unwrap_or_else(|| "unknown".to_owned());
    lines.push(("REVISION", revision, Tone::Text));
    lines
}

/// What is other in it than in what is served, and what is not: commits, files, migrations, dependencies,
/// settings. With each label its first line only.
pub(crate) fn differs(model: &Model, candidate: &Candidate) -> Vec<Detail> {
    let pair = model.sight.pair(&candidate.name);
    let mut lines = difference::code(model, pair.as_ref());
    lines.extend(migrations(model, &candidate.migrations));
    lines.extend(difference::around(model, pair.as_ref()));
    lines
}

/// What going back to it would run, in a line or two: its commands are listed by a key.
fn plan(model: &Model, candidate: &Candidate) -> Vec<Detail> {
    let intent = Intent::rollback(&candidate.name);
    let told = model.sight.preview.of(&intent);
    let Some(plan) = told.and_then(|told| told.plan.as_ref()) else {
        let tone = if told.is_some() { Tone::Warn } else { Tone::Dim };
        return labelled("PLAN", super::preview(model, &intent), tone);
    };
    let steps: Vec<&str> = plan.columns.iter().map(|column| column.step.as_str()).collect();
    let line = format!(
        "{} on {}: {}; {}: their commands",
        count(steps.len(), "step"),
        count(plan.hosts.len(), "host"),
        steps.join(", "),
        written(model, Action::Commands)
    );
    let takes = format!("takes {}", super::usual_run(model, &plan.pipeline));
    labelled("PLAN", vec![line, takes], Tone::Text)
}

/// Every command that going back to it would run, host by host, once that was told.
pub(crate) fn commands(model: &Model, candidate: &Candidate) -> Rows {
    let of = Of::Release(candidate.name.clone(), candidate.refused.clone());
    let listing = || match &candidate.refused {
        Some(why) => Listing::of(format!("{} is not offered: {why}", candidate.name), Tone::Warn),
        None => super::would::intended(model, &Intent::rollback(&candidate.name)),
    };
    model.previews.of(of, || Some(listing().all())).unwrap_or_default()
}

/// What going back to it means, in a few words.
fn weighed(model: &Model, candidate: &Candidate) -> String {
    match candidate.migrations.len() {
        0 if !model.sight.has.unlisted.is_empty() => {
            "CARE: code only; whether the schema has changed since is not known".to_owned()
        }
        0 => "code only; no migration is recorded since".to_owned(),
        1 => "CARE: 1 migration since stays applied".to_owned(),
        all => format!("CARE: {all} migrations since stay applied"),
    }
}

fn weight(model: &Model, candidate: &Candidate) -> Tone {
    let known = model.sight.has.unlisted.is_empty();
    if known && candidate.migrations.is_empty() { Tone::Ok } else { Tone::Warn }
}

/// That nobody knows which migrations a release ran with.
pub(super) fn unlisted(model: &Model) -> Option<String> {
    let steps = &model.sight.has.unlisted;
    let which = (!steps.is_empty()).then(|| steps.join(", "))?;
    Some(format!(
        "not known: {which} may change the schema, and no migrations are listed (lists, items)"
    ))
}

fn migrations(model: &Model, since: &[String]) -> Vec<Detail> {
    if since.is_empty() {
        let none = || ("MIGRATIONS", "none are recorded since".to_owned(), Tone::Dim);
        return vec![unlisted(model).map_or_else(none, |why| ("MIGRATIONS", why, Tone::Warn))];
    }
    let all = since.len();
    let line = match all {
        1 => "1 applied since stays applied: this code must run with it".to_owned(),
        _ => format!("{all} applied since stay applied: this code must run with them"),
    };
    listed(("MIGRATIONS", line, Tone::Warn), since)
}

/// A headline, and what it counts below.
fn listed(headline: Detail, all: &[String]) -> Vec<Detail> {
    let below = all.iter().map(|one| ("", format!("  {one}"), Tone::Text));
    std::iter::once(headline).chain(below).collect()
}

/// Lines of which the first has the label.
fn labelled(label: &'static str, lines: Vec<String>, tone: Tone) -> Vec<Detail> {
    let labels = std::iter::once(label).chain(std::iter::repeat(""));
    labels.zip(lines).map(|(label, line)| (label, line, tone)).collect()
}

fn origin(model: &Model, candidate: &Candidate) -> String {
    let made = candidate.at.map(|at| made(at, model.now, &model.settings.zone));
    let by = candidate.by.as_ref().map(|who| format!("by {who}"));
    let from = candidate.reference.as_ref().map(|name| format!("from {name}"));
    let parts: Vec<String> = [made, by, from].into_iter().flatten().collect();
    match parts.is_empty() {
        true => "by another tool: nothing is recorded".to_owned(),
        false => parts.join(", "),
    }
}

/// What each host says of it; hosts that say the same in one line.
fn per_host(sight: &Sight, candidate: &Candidate) -> Vec<Detail> {
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for host in sight.sites.keys() {
        let words = host_says(sight, candidate, host);
        match said.iter_mut().find(|(other, _)| *other == words) {
            Some((_, hosts)) => hosts.push(host),
            None => said.push((words, vec![host])),
        }
    }
    let lines = said.iter().map(|(words, names)| format!("{}: {words}", hosts(names)));
    labelled("DISK", lines.collect(), Tone::Text)
}

fn host_says(sight: &Sight, candidate: &Candidate, host: &String) -> String {
    let Some(here) = sight.on_host(host, &candidate.name) else { return "not there".to_owned() };
    let mut words = vec!["on disk".to_owned(), verdict(here.verdict).0.to_owned()];
    if candidate.served.contains(host) {
        words.push("served".to_owned());
    }
    if candidate.previous.contains(host) {
        words.push("previous".to_owned());
    }
    if !here.pids.is_empty() {
        words.push(format!("used by {} now", count_processes(here.pids.len())));
    }
    words.join(", ")
}

fn count_processes(n: usize) -> String {
    if n == 1 { "1 process".to_owned() } else { format!("{n} processes") }
}
