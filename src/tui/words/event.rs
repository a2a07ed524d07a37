//! Facts as a line above the keys.

use super::{cause::headline, mark, took};
use crate::{
    model::{HostId, NodeId, Try},
    run::{Cell, Choice, Event, Fact, LinkState, Mode, Run, State},
    tui::{
        state::{Came, Model, Part},
        styles::Tone,
    },
};

/// What is said of a fact; nothing of those that only matter to the machinery. Raw.
pub(crate) fn event(model: &Model, run: &Run, event: &Event) -> Option<(String, Tone)> {
    let of = |attempt: &Try| node(model, run, attempt.node);
    let by = event.by.as_ref().map_or_else(String::new, |who| format!(" by {}", who.0));
    let said = match &event.fact {
        Fact::Opened(plan) => (format!("run {} opened{by}", plan.run), Tone::Text),
        Fact::Taken(who) => (format!("taken up by {}", who.0), Tone::Text),
        Fact::Left(who) => (format!("left by {}; steps in flight go on", who.0), Tone::Warn),
        Fact::Mode(mode) => (format!("{}{by}", going(*mode)), Tone::Text),
        Fact::Break(gate, set) => {
            let what = if *set { "breakpoint before" } else { "no breakpoint before" };
            let each = if run.lists(*gate) { " each item of" } else { "" };
            let behind = run.item_behind(*gate).map(|(_, cell)| cell.node.key.to_string());
            let step = || run.cell(*gate).map(|cell| cell.node.key.step.to_string());
            let place = behind.or_else(step).unwrap_or_default();
            (format!("{what}{each} {place}"), Tone::Text)
        }
        Fact::Started(attempt) => (format!("{} started", of(attempt)), Tone::Text),
        Fact::Refused(attempt, words) => {
            (format!("{} could not begin: {words}", of(attempt)), Tone::Failed)
        }
        Fact::Asks(attempt, _, question) if question.text.is_empty() => {
            (format!("{} can be sent input: no question of it was seen", of(attempt)), Tone::Held)
        }
        Fact::Asks(attempt, ..) => (format!("{} waits for your input", of(attempt)), Tone::Held),
        Fact::Answered(attempt, _) => (format!("{} got its input", of(attempt)), Tone::Text),
        Fact::WentOn(attempt, _) => {
            (format!("{} went on without input: it was not waiting", of(attempt)), Tone::Text)
        }
        Fact::Ended(attempt, ..) | Fact::Settled(attempt, _) => return ended(model, run, *attempt),
        Fact::Lost(attempt, lost) => {
            (format!("{}: outcome unknown: {lost}", of(attempt)), Tone::Unknown)
        }
        Fact::LogReplaced(attempt, ..) => (
            format!("{}: its log on the host was replaced; both are kept", of(attempt)),
            Tone::Warn,
        ),
        Fact::Stopping(attempt, stop) => {
            (format!("{} was sent {}", of(attempt), stop.sig), Tone::Warn)
        }
        Fact::Link(host, state) => return Some(link(model, *host, state)),
        Fact::Held(_, hold) => (headline(model, run, hold), Tone::Held),
        Fact::Chose(_, choice, _) => (format!("{}{by}", chosen(choice)), Tone::Text),
        Fact::Excluded(host, _) => {
            (format!("{} takes no further part{by}", model.host_name(*host)), Tone::Warn)
        }
        Fact::Aborted(abort, _) => match abort.undo {
            true => (format!("the run is given up and undone{by}"), Tone::Warn),
            false => (format!("the run is given up; what was done stays{by}"), Tone::Warn),
        },
        Fact::Closed(_) => return closed(model, run),
        Fact::Passed(_)
        | Fact::Grew(..)
        | Fact::Pruned(..)
        | Fact::Armed(_)
        | Fact::Staged(_)
        | Fact::Listed(..)
        | Fact::Fenced(_)
        | Fact::Saw(..) => return None,
    };
    Some(said)
}

/// The step that began, or ended well, by a fact that says no more.
pub(crate) fn part(model: &Model, run: &Run, event: &Event) -> Option<Part> {
    let part = |attempt: &Try, end| {
        let cell = run.cell(attempt.node)?;
        let host = model.host_name(cell.node.host?).to_owned();
        Some(Part { host, step: cell.node.key.to_string(), end })
    };
    if let Fact::Started(attempt) = &event.fact {
        return part(attempt, Came::Started);
    }
    let (Fact::Ended(attempt, ..) | Fact::Settled(attempt, _)) = &event.fact else { return None };
    let cell = run.cell(attempt.node)?;
    let good = matches!(cell.state, State::Ok(_) | State::Reverted(_));
    part(attempt, Came::Ok(time(cell)?)).filter(|_| good)
}

/// How long it took, where that is known.
fn time(cell: &Cell) -> Option<String> {
    let most = if cell.unseen { "at most " } else { "" };
    Some(format!("{most}{}", took(cell.ended?.duration_since(cell.started?))))
}

fn node(model: &Model, run: &Run, id: NodeId) -> String {
    let Some(cell) = run.cell(id) else { return "a step".to_owned() };
    match cell.node.host {
        Some(host) => format!("{} {}", model.host_name(host), cell.node.key),
        None => cell.node.key.to_string(),
    }
}

fn ended(model: &Model, run: &Run, attempt: Try) -> Option<(String, Tone)> {
    let cell = run.cell(attempt.node)?;
    let what = node(model, run, attempt.node);
    let time = time(cell).map_or_else(String::new, |time| format!(" after {time}"));
    match &cell.state {
        State::Ok(_) | State::Reverted(_) => Some((format!("{what} ok{time}"), Tone::Ok)),
        State::Failed(_, end) => Some((format!("{what} FAILED{time}: {end}"), Tone::Failed)),
        State::Waiting
        | State::Armed(_)
        | State::Running(_)
        | State::Settling(..)
        | State::Unknown(..)
        | State::Refused(..)
        | State::Stranded(_)
        | State::Overruled(_)
        | State::Never(_) => None,
    }
}

fn link(model: &Model, host: HostId, state: &LinkState) -> (String, Tone) {
    let name = model.host_name(host);
    match state {
        LinkState::Up => (format!("{name} is connected"), Tone::Ok),
        LinkState::Down(why) => {
            (format!("{name}: connection lost ({why}); steps there go on"), Tone::Unknown)
        }
    }
}

fn going(mode: Mode) -> &'static str {
    match mode {
        Mode::Run => "going on",
        Mode::Step => "one step",
        Mode::Pause => "paused: no further step begins",
    }
}

fn chosen(choice: &Choice) -> String {
    format!("answered: {}", choice.needs())
}

fn closed(model: &Model, run: &Run) -> Option<(String, Tone)> {
    let ending = run.ending()?;
    let (_, tone) = mark(ending, model.glyphs());
    let stays = super::page_stays(model).map_or_else(String::new, |page| format!(". {page}"));
    Some((format!("the run is over: {ending}{stays}"), tone))
}
