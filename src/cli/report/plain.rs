//! Plain lines for people.

use jiff::{Timestamp, tz::TimeZone};

use super::{live::Live, says_no};
use crate::{
    cli::{exit::Exit, say},
    model::{HostId, Kind, NodeId, Origin, Try},
    run::{Cause, Cell, End, Event, Fact, Hold, LinkState, Mode, Overrule, Run, State},
    text::escape,
};

/// A run begins, or goes on.
pub(super) fn opened(run: &Run, how: &str) {
    let plan = &run.plan;
    let hosts: Vec<&str> = plan.hosts.iter().map(|host| host.name.as_str()).collect();
    say::out(&format!(
        "run {} {how}: {} of {} on {} ({})",
        plan.run,
        plan.pipeline,
        plan.app,
        plan.stage,
        hosts.join(", ")
    ));
}

/// A fact.
pub(super) fn event(event: &Event, run: &Run, live: &mut Live) {
    let at = clock(event.at);
    match &event.fact {
        Fact::Started(attempt) => {
            live.follow(run, *attempt, &label(run, attempt.node));
            line(&at, &label(run, attempt.node), &again("started", *attempt));
        }
        Fact::Ended(attempt, end, _) => {
            live.follow(run, *attempt, &label(run, attempt.node));
            live.end(*attempt);
            let took = took(run, *attempt);
            let said =
                if says_no(run, *attempt, *end) { after("no", took) } else { ended(*end, took) };
            line(&at, &label(run, attempt.node), &said);
        }
        Fact::Held(_, hold) => line(&at, &label(run, hold.on), &wants(hold)),
        Fact::Chose(_, choice, why) => {
            let who = event.by.as_ref().map_or("", |who| who.0.as_str());
            let reason = if why.0.is_empty() { String::new() } else { format!(" ({})", why.0) };
            line(&at, "", &format!("{}: {}{reason}", who, choice.needs()));
        }
        Fact::Link(host, LinkState::Down(why)) => {
            let name = host_name(run, *host);
            // The words of a failed connection begin with the host, too.
            let why = why.strip_prefix(&format!("{name}: ")).unwrap_or(why);
            line(&at, &name, &format!("connection lost: {}", escape(why)));
        }
        Fact::Link(host, LinkState::Up) => {
            line(&at, &host_name(run, *host), "connected");
        }
        Fact::Pruned(nodes, reason) => {
            for node in nodes.iter().filter(|node| acts(run, **node)) {
                line(&at, &label(run, *node), &format!("not done: {reason}"));
            }
        }
        Fact::Stopping(attempt, stop) => {
            line(&at, &label(run, attempt.node), &format!("sent {}", stop.sig));
        }
        Fact::Lost(attempt, lost) => {
            line(&at, &label(run, attempt.node), &format!("outcome UNKNOWN: {lost}"));
        }
        Fact::LogReplaced(attempt, read, there) => line(
            &at,
            &label(run, attempt.node),
            &format!(
                "its log on the host was replaced ({read} bytes read, {there} there); both are kept"
            ),
        ),
        Fact::Excluded(host, _) => line(&at, &host_name(run, *host), "excluded from here on"),
        Fact::Aborted(abort, _) => {
            line(&at, "", if abort.undo { "aborted, taking back" } else { "aborted" });
        }
        Fact::Mode(Mode::Pause) => line(&at, "", "paused"),
        Fact::Opened(_)
        | Fact::Taken(_)
        | Fact::Left(_)
        | Fact::Mode(_)
        | Fact::Break(..)
        | Fact::Passed(_)
        | Fact::Grew(..)
        | Fact::Armed(_)
        | Fact::Staged(_)
        | Fact::Refused(..)
        | Fact::Listed(..)
        | Fact::Asks(..)
        | Fact::Answered(..)
        | Fact::WentOn(..)
        | Fact::Settled(..)
        | Fact::Fenced(_)
        | Fact::Saw(..)
        | Fact::Closed(_) => {}
    }
}

/// The last lines: what did not end well, the outcome, and how to go on.
pub(super) fn over(run: &Run, exit: Exit, outcome: &str) {
    for (id, cell) in run.ids().filter(|(id, _)| acts(run, *id)) {
        if let Some(words) = unwell(run, cell) {
            say::out(&format!("  {}: {words}", label(run, id)));
        }
    }
    let took = seconds(run.opened, run.latest);
    // The word is the same as in JSON; how it came to that is said where the word does not say it.
    let how = run.ending().map(|ending| ending.to_string()).filter(|_| outcome != "ok");
    let how = how.map_or_else(String::new, |how| format!(" ({how})"));
    say::out(&format!("run {}: {outcome}{how} after {took}", run.plan.run));
    match exit {
        Exit::Open | Exit::Unknown | Exit::Signal(_) if run.closed.is_none() => {
            say::err(&format!("hint: to go on: deployui resume {}", run.plan.run));
        }
        Exit::Done
        | Exit::Failed
        | Exit::Usage
        | Exit::Open
        | Exit::Locked
        | Exit::Refused
        | Exit::Unknown
        | Exit::Signal(_) => {}
    }
}

fn unwell(run: &Run, cell: &Cell) -> Option<String> {
    let undo = matches!(cell.node.origin, Origin::UndoOf(_));
    Some(match &cell.state {
        State::Failed(_, end) if undo => format!("NOT undone: {end}"),
        State::Failed(_, end) => format!("FAILED: {end}"),
        State::Refused(_, words) => format!("could not be begun: {}", escape(words)),
        State::Unknown(_, lost) => format!("outcome UNKNOWN: {lost}"),
        State::Overruled(Overrule::Skipped(_)) if undo => match cell.end {
            Some(end) => format!("NOT undone: {end}"),
            None => "NOT undone".to_owned(),
        },
        State::Overruled(Overrule::Skipped(why)) => with_reason("skipped", &why.0),
        State::Overruled(Overrule::Fixed(why)) => with_reason("marked as fixed", &why.0),
        State::Overruled(Overrule::Assumed(true, why)) => with_reason("taken as done", &why.0),
        State::Overruled(Overrule::Assumed(false, why)) => with_reason("taken as failed", &why.0),
        State::Overruled(Overrule::Excluded(_, true)) => {
            "its host was excluded while it may have been running: outcome UNKNOWN".to_owned()
        }
        State::Overruled(Overrule::Excluded(why, false)) => {
            with_reason("its host was excluded", &why.0)
        }
        State::Running(_) => "still running".to_owned(),
        State::Settling(..) => {
            "ended, and something that it started still lives (a daemon? then say `detaches = true`)"
                .to_owned()
        }
        State::Armed(_) if run.may_have_started(cell) => "may be running".to_owned(),
        State::Stranded(_) => "its host was excluded; where else is not decided".to_owned(),
        State::Reverted(_) => match cell.end {
            Some(end) if !end.is_ok() => format!("FAILED: {end}; undone"),
            Some(_) | None => "undone".to_owned(),
        },
        State::Ok(_) if cell.edited.is_some() => "ok, edited: not with the plan's command".to_owned(),
        State::Armed(_) | State::Waiting | State::Ok(_) | State::Never(_) => return None,
    })
}

fn with_reason(what: &str, reason: &str) -> String {
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {}", escape(reason)) }
}

/// What is still to be decided, where that was said long ago.
pub(super) fn open_holds(run: &Run) {
    for hold in run.holds.values() {
        say::out(&format!("  {}: {}", label(run, hold.on), wants(hold)));
    }
}

fn wants(hold: &Hold) -> String {
    let offers: Vec<String> = hold.offers.iter().map(ToString::to_string).collect();
    let asked = match &hold.cause {
        Cause::Input(_, question) if question.text.is_empty() => {
            "input: no question was seen".to_owned()
        }
        Cause::Input(_, question) => format!("input: {}", escape(&question.text)),
        Cause::Confirm(question) => format!("confirm: {}", escape(question)),
        Cause::Break if hold.is_rest() => "whether the undo ends here".to_owned(),
        Cause::Failed(_)
        | Cause::Refused(_)
        | Cause::Unknown(_)
        | Cause::Unsettled
        | Cause::Break
        | Cause::Schema
        | Cause::Batch(_)
        | Cause::LockHeld(_)
        | Cause::Diverges(_)
        | Cause::OnceHostGone(_)
        | Cause::Unreachable
        | Cause::NotUndone(_) => hold.cause.word().to_owned(),
    };
    format!("needs a decision ({asked}): {}", offers.join(", "))
}

fn ended(end: End, took: Option<String>) -> String {
    if end.is_ok() { after("ok", took) } else { after(&format!("FAILED: {end}"), took) }
}

fn after(what: &str, took: Option<String>) -> String {
    took.map_or_else(|| what.to_owned(), |took| format!("{what} after {took}"))
}

/// How long an attempt took, where nothing newer has taken its place already.
fn took(run: &Run, attempt: Try) -> Option<String> {
    let cell = run.cell(attempt.node).filter(|cell| cell.tries == attempt.n)?;
    let most = if cell.unseen { "at most " } else { "" };
    Some(format!("{most}{}", seconds(cell.started?, cell.ended?)))
}

fn again(what: &str, attempt: Try) -> String {
    if attempt.n > 1 { format!("{what} (attempt {})", attempt.n) } else { what.to_owned() }
}

fn acts(run: &Run, node: NodeId) -> bool {
    run.cell(node).is_some_and(|cell| !matches!(cell.node.kind, Kind::Gate(_)))
}

fn host_name(run: &Run, host: HostId) -> String {
    run.plan.host(host).map_or_else(|| "?".to_owned(), |host| host.name.clone())
}

/// A node as people know it: host and step.
pub(super) fn label(run: &Run, node: NodeId) -> String {
    let Some(cell) = run.cell(node) else { return "?".to_owned() };
    let step = escape(&cell.node.key.to_string());
    match cell.node.host {
        Some(host) => format!("{} {step}", host_name(run, host)),
        None => step,
    }
}

fn line(at: &str, label: &str, what: &str) {
    if label.is_empty() {
        say::out(&format!("{at} {what}"));
    } else {
        say::out(&format!("{at} {label}: {what}"));
    }
}

/// The operator's own clock.
fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string()
}

/// The same, with the date where that is another day.
pub(in crate::cli) fn when(at: Timestamp, now: Timestamp) -> String {
    let date = |at: Timestamp| at.to_zoned(TimeZone::system()).date();
    if date(at) == date(now) { clock(at) } else { format!("{} {}", date(at), clock(at)) }
}

fn seconds(from: Timestamp, to: Timestamp) -> String {
    format!("{:.1}s", to.duration_since(from).as_secs_f64())
}
