//! The card of a failure: what was run, where, when, how it ended, and what it says.

use super::{cause, cause::not_undone, clock, count, place, since, took};
use crate::{
    model::{Command, HoldId, Kind, Part, Query, Text, Try},
    run::{Cause, Cell, End, Hold, Overrule, Run, Sig, State, StopCause},
    tui::{
        action::{Act, Action},
        keymap::{with_keys, written},
        state::{
            Model,
            failure::{Found, attempt, cards},
        },
        styles::Tone,
    },
};

/// One entry of the card: a name, and a text of one or more lines; raw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) tone: Tone,
    /// Rows that it may take on the screen; the rest is in the copy.
    pub(crate) rows: usize,
}

fn entry(name: &'static str, text: impl Into<String>, tone: Tone, rows: usize) -> Point {
    Point { name, text: text.into(), tone, rows }
}

/// What stands in place of a value that is not shown.
const HIDDEN: &str = "‹hidden›";

/// Parts of names of variables whose values are not shown.
const SECRET_NAMES: [&str; 9] =
    ["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH", "PRIVATE", "DSN", "DATABASE_URL"];

/// All entries, what matters most first.
pub(crate) fn card(model: &Model, id: HoldId, hold: &Hold) -> Vec<Point> {
    let Some(run) = model.run() else { return Vec::new() };
    let Some(cell) = run.cell(hold.on) else { return Vec::new() };
    let mut card = happened(model, run, hold);
    if let Some(command) = cell.node.kind.command() {
        card.push(entry("command", as_run(model, run, cell, command), Tone::Strong, 3));
        card.push(entry("where", whereabouts(model, run, cell, command), Tone::Text, 3));
    }
    if let Some(text) = times(model, cell) {
        card.push(entry("when", text, Tone::Text, 2));
    }
    card.extend(says(model, run, hold));
    card.extend(again(model, run, hold));
    if let Some(text) = items(run, cell) {
        card.push(entry("items", text, Tone::Text, 2));
    }
    card.extend(alike(model, run, id, hold));
    if let Some(command) = cell.node.kind.command() {
        card.push(entry("env", environment(run, cell, command), Tone::Dim, 2));
    }
    if let Some(text) = edited(model, run, cell) {
        card.push(entry("edited", text, Tone::Warn, 2));
    }
    card
}

/// How it ended, or what it waits for.
fn happened(model: &Model, run: &Run, hold: &Hold) -> Vec<Point> {
    let (end, tone) = match &hold.cause {
        Cause::Failed(end) | Cause::NotUndone(end) => (*end, Tone::Failed),
        Cause::Input(_, question) => {
            let unseen = question.text.is_empty();
            let asks = if unseen { "no question was seen" } else { question.text.trim() };
            let asks = entry("asks", asks, Tone::Held, 3);
            let hidden = match unseen {
                true => "what you type is not shown: it may ask for a secret",
                false => "what you type is not shown: it asks for a secret",
            };
            let hidden = question.hidden.then(|| entry("answer", hidden, Tone::Text, 1));
            return std::iter::once(asks).chain(hidden).collect();
        }
        Cause::Refused(_)
        | Cause::Unknown(_)
        | Cause::Unsettled
        | Cause::Unreachable
        | Cause::Break
        | Cause::Confirm(_)
        | Cause::Schema
        | Cause::Batch(_)
        | Cause::LockHeld(_)
        | Cause::Diverges(_)
        | Cause::OnceHostGone(_) => {
            let lines = cause(model, run, hold);
            return vec![entry("what", lines.join(" "), Tone::Failed, 3)];
        }
    };
    let meaning = killed(model, run, hold, end).or_else(|| meaning(end).map(str::to_owned));
    let meaning = meaning.map_or_else(String::new, |words| format!(": {words}"));
    let in_an_undo = matches!(hold.cause, Cause::NotUndone(_));
    let undone = if in_an_undo { format!(". {}", not_undone(run, hold)) } else { String::new() };
    vec![entry("ended", format!("{end}{meaning}{undone}"), tone, 2)]
}

/// Who sent the signal that ended it, where a fact says so.
fn killed(model: &Model, run: &Run, hold: &Hold, end: End) -> Option<String> {
    let (stop, _) = run.cell(hold.on)?.stop?;
    let number = match stop.sig {
        Sig::Term => 15,
        Sig::Kill => 9,
    };
    let by = match stop.cause {
        StopCause::Operator => "killed by the operator ({stop})",
        StopCause::Limit => "the step's `timeout` was over",
        StopCause::Abort => "the run was aborted with its running steps",
    };
    (end == End::Signal(number)).then(|| with_keys(model, by))
}

/// What an end commonly means, where the number says more than that it failed.
fn meaning(end: End) -> Option<&'static str> {
    match end {
        End::Exit(1) => Some("the command says that it failed"),
        End::Exit(2) => Some("often wrong usage, or a file that is not there"),
        End::Exit(124) => Some("often `timeout`: its time was over"),
        End::Exit(126) => Some("it is there, but not executable, or for another machine"),
        End::Exit(127) => Some("is it installed, and in PATH?"),
        End::Exit(255) => Some("often ssh: the connection failed"),
        End::Exit(_) => None,
        End::Signal(1) => Some("its session was hung up"),
        End::Signal(2) => Some("interrupted"),
        End::Signal(6) => Some("it gave itself up"),
        End::Signal(9) => Some("by someone, or by the kernel for want of memory"),
        End::Signal(11 | 7) => Some("it crashed"),
        End::Signal(13) => Some("what read its output has gone"),
        End::Signal(15) => Some("it was asked to end"),
        End::Signal(24 | 25) => Some("it was over a limit of the system"),
        End::Signal(_) => None,
        End::TimedOut => Some("the step's `timeout` was over"),
    }
}

/// The command as it was sent, values filled in.
fn as_run(model: &Model, run: &Run, cell: &Cell, command: &Command) -> String {
    let text = cell.edited.as_ref().unwrap_or(&command.run);
    let sent = super::as_sent(model, run, cell, text);
    sent.unwrap_or_else(|_| text.to_string()).trim_end().to_owned()
}

fn filled(run: &Run, cell: &Cell, text: &Text) -> String {
    text.fill(|hole| run.value(cell, hole)).unwrap_or_else(|_| text.to_string())
}

/// Host, its address, user and directory.
fn whereabouts(model: &Model, run: &Run, cell: &Cell, command: &Command) -> String {
    let host = cell.node.host.and_then(|id| run.plan.host(id));
    let name = cell.node.host.map_or("", |id| model.host_name(id));
    let address = host.map_or("", |host| host.address.as_str());
    let named = address.rsplit_once('@').map(|(user, _)| user);
    let login = model.sight.logins.get(name).map(String::as_str).or(named);
    let at = address.rsplit_once('@').map_or(address, |(_, at)| at);
    let user = match (&command.user, login) {
        (Some(user), _) => format!(" as {user} (sudo)"),
        (None, Some(user)) => format!(" as {user}"),
        (None, None) => String::new(),
    };
    let at = match host {
        Some(host) if host.is_local() => " (this machine)".to_owned(),
        Some(_) if at != name && !at.is_empty() => format!(" ({at})"),
        Some(_) | None => String::new(),
    };
    let dir = command.cwd.as_ref().map_or_else(|| "~".to_owned(), |cwd| filled(run, cell, cwd));
    format!("{name}{at}{user} in {dir}")
}

/// When it began and ended, how long it took, and which attempt it was.
fn times(model: &Model, cell: &Cell) -> Option<String> {
    let zone = &model.settings.zone;
    let started = cell.started?;
    let begun = clock(started, zone);
    let attempt = format!("attempt {}", cell.tries);
    Some(match cell.ended {
        Some(ended) => {
            let time = took(ended.duration_since(started));
            let to = model.glyphs().to;
            // Its end was there when the host was reached again.
            let (by, most) = if cell.unseen { ("seen ", "at most ") } else { ("", "") };
            format!("{begun} {to} {by}{}, {most}{time}, {attempt}", clock(ended, zone))
        }
        None => format!("since {begun}, {}, {attempt}", since(started, model.now)),
    })
}

/// The first error of its log, and where it lies in the code.
fn says(model: &Model, run: &Run, hold: &Hold) -> Vec<Point> {
    let found = attempt(run, hold).and_then(|attempt| model.failure.found(attempt));
    match found {
        None => Vec::new(),
        Some(Found::Looking(_)) => vec![entry("error", "looking for it …", Tone::Dim, 1)],
        Some(Found::Error { text, at, .. }) => {
            let at = at.as_ref().map(|at| entry("at", at.as_str(), Tone::Strong, 1));
            std::iter::once(entry("error", text.as_str(), Tone::Failed, 2)).chain(at).collect()
        }
        Some(Found::Nothing(Some(last))) => {
            vec![entry("last line", last.as_str(), Tone::Text, 2)]
        }
        Some(Found::Nothing(None)) => vec![entry("output", "it printed nothing", Tone::Text, 1)],
    }
}

/// How many items are done on this host, of those that are known.
fn items(run: &Run, cell: &Cell) -> Option<String> {
    let Part::Item { .. } = cell.node.key.part else { return None };
    let (step, host) = (&cell.node.key.step, cell.node.host);
    let own = |other: &&Cell| other.node.key.step == *step && other.node.host == host;
    items_of(run.cells.iter().filter(own))
}

/// How many items among the cells of a step on a host are done, what failed and what was not begun. The
/// list may hold more: it is read again after each item.
pub(crate) fn items_of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Option<String> {
    let mut items: Vec<(&str, &State)> = Vec::new();
    let mut list = None;
    for cell in cells {
        if !cell.listed.is_empty() {
            list = Some(cell);
        }
        if let Part::Item { line, .. } = &cell.node.key.part
            && !cell.node.origin.takes_back()
        {
            items.push((line, &cell.state));
        }
    }
    if items.is_empty() {
        return None;
    }
    let ahead: Vec<&str> = list.map_or_else(Vec::new, |cell| {
        let Kind::Ask(ask) = &cell.node.kind else { return Vec::new() };
        let Query::Items(each) = &ask.query else { return Vec::new() };
        let known = |line: &str| items.iter().any(|(item, _)| *item == line);
        let lines = cell.listed.iter().map(String::as_str);
        lines.filter(|line| !known(line) && each.captures(line).is_some()).collect()
    });
    let of = |what: fn(&State) -> bool| {
        let lines = items.iter().filter(|(_, state)| what(state)).map(|(line, _)| *line);
        lines.collect::<Vec<&str>>()
    };
    let done = of(|state| matches!(state, State::Ok(_))).len();
    let said = |it: fn(&Overrule) -> bool| {
        let over = |state: &State| matches!(state, State::Overruled(overrule) if it(overrule));
        let lines = items.iter().filter(|(_, state)| over(state));
        lines.map(|(line, _)| *line).collect::<Vec<&str>>()
    };
    let apart = [
        named("failed", &of(State::is_failure)),
        named("marked fixed", &said(|it| matches!(it, Overrule::Fixed(_)))),
        named("taken as done", &said(|it| matches!(it, Overrule::Assumed(true, _)))),
        named("skipped", &said(|it| matches!(it, Overrule::Skipped(_)))),
        named("left out", &said(|it| matches!(it, Overrule::Excluded(..)))),
        named("undone", &of(|state| matches!(state, State::Reverted(_)))),
        named("not begun", &ahead),
    ];
    let all = items.len() + ahead.len();
    Some(format!("{done} of {all} done{}", apart.concat()))
}

fn named(what: &str, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [first] => format!("; {what}: {first}"),
        [first, rest @ ..] => format!("; {what}: {first} and {} more", rest.len()),
    }
}

/// Failures of the same step on other hosts, those with the same error in one line.
fn alike(model: &Model, run: &Run, id: HoldId, hold: &Hold) -> Vec<Point> {
    let host = |hold: &Hold| run.cell(hold.on)?.node.host.map(|host| model.host_name(host));
    let step = |hold: &Hold| run.cell(hold.on).map(|cell| &cell.node.key.step);
    let own = error_of(model, run, hold).map(alike_in);
    let (mut same, mut others) = (Vec::new(), Vec::new());
    for other in cards(run) {
        let Some(other_hold) = run.holds.get(&other).filter(|_| other != id) else { continue };
        if !other_hold.cause.is_trouble() {
            continue;
        }
        match (host(other_hold), error_of(model, run, other_hold)) {
            (Some(name), Some(error))
                if own.as_ref() == Some(&alike_in(error)) && step(other_hold) == step(hold) =>
            {
                same.push(name);
            }
            (_, Some(error)) => {
                others.push(format!("{}: {error}", place(model, run, other_hold)));
            }
            (_, None) => others.push(place(model, run, other_hold)),
        }
    }
    let all = same.len() + 1;
    let mut entries = Vec::new();
    if !same.is_empty() {
        let mut names: Vec<&str> = host(hold).into_iter().chain(same).collect();
        names.sort_unstable();
        let text = format!("same error on {}: {}", count(all, "host"), names.join(" "));
        entries.push(entry("same", text, Tone::Warn, 2));
    }
    if !others.is_empty() {
        entries.push(entry("also", others.join("\n"), Tone::Warn, 2));
    }
    entries
}

/// What the log of an attempt says of the error, if it is known.
fn said_in(model: &Model, attempt: Try) -> Option<&str> {
    match model.failure.found(attempt)? {
        Found::Error { text, .. } | Found::Nothing(Some(text)) => Some(text),
        Found::Looking(_) | Found::Nothing(None) => None,
    }
}

/// The same without numbers: by that it is told whether errors are the same.
fn alike_in(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

fn error_of<'a>(model: &'a Model, run: &Run, hold: &Hold) -> Option<&'a str> {
    said_in(model, attempt(run, hold)?)
}

/// Whether it failed as the attempt before it did.
fn again(model: &Model, run: &Run, hold: &Hold) -> Option<Point> {
    let now = attempt(run, hold).filter(|now| now.n > 1 && hold.cause.is_trouble())?;
    let last = Try { n: now.n - 1, ..now };
    let (here, before) = (said_in(model, now)?, said_in(model, last)?);
    let text = match alike_in(here) == alike_in(before) {
        true => format!("fails as attempt {} did", last.n),
        false => format!("fails otherwise than attempt {}, which said: {before}", last.n),
    };
    Some(entry("again", text, Tone::Warn, 2))
}

/// The variables that it got; what looks like a secret by its name is not shown.
fn environment(run: &Run, cell: &Cell, command: &Command) -> String {
    let hides = |name: &str| {
        let name = name.to_uppercase();
        SECRET_NAMES.iter().any(|part| name.contains(part))
    };
    let plain = command.env.iter().map(|(name, value)| match hides(name) {
        true => format!("{name}={HIDDEN}"),
        false => format!("{name}={}", filled(run, cell, value)),
    });
    let secret = command.secrets.iter().map(|name| format!("{name}={HIDDEN}"));
    let umask = std::iter::once(format!("umask={:03o}", command.umask));
    plain.chain(secret).chain(umask).collect::<Vec<_>>().join(" ")
}

/// By how much the command differs from the planned one.
fn edited(model: &Model, run: &Run, cell: &Cell) -> Option<String> {
    let planned = super::planned(model, run, cell)?;
    let now = cell.edited.as_ref()?.to_string();
    let (added, removed) = super::changes(&super::diff(&planned, &now));
    Some(format!(
        "in this run: +{added} {minus}{removed} lines against the plan; {key} shows them",
        key = written(model, Action::Act(Act::Edit)),
        minus = if model.settings.ascii { "-" } else { "−" }
    ))
}

/// The card as text, to be copied.
pub(crate) fn copied(model: &Model, id: HoldId, hold: &Hold) -> Option<(String, usize)> {
    let run = model.run()?;
    let plan = &run.plan;
    let mut text = format!("{}\n", super::headline(model, run, hold));
    let head = format!("{} of {} on {}, run {}", plan.pipeline, plan.app, plan.stage, plan.run);
    text.push_str(&format!("{:<10}{head}\n", "run"));
    for Point { name, text: lines, .. } in card(model, id, hold) {
        for (at, line) in lines.lines().enumerate() {
            text.push_str(&format!("{:<10}{line}\n", if at == 0 { name } else { "" }));
        }
    }
    let lines = text.lines().count();
    Some((text, lines))
}
