//! Which keys act now, and of those that do not: why.

use super::{keys::copies_card, lend, narrow};
use crate::{
    model::{BoxMode, HostId, Kind, NodeId, Try},
    run::{Cause, Hold, LinkState, Mode, Offer, Run, Sig, State},
    tui::{
        action::{Act, Action, Motion},
        keymap::{fixed, with_keys, written},
        state::{Model, Pane, Subject, face, failure::cards},
        told::HostState,
        view, words,
    },
};

/// Why nothing can be chosen yet to go back to: that passes by itself.
pub(super) const LOOKED_AT: &str = "what is served has changed, and is looked at now";

/// What stands between a key that does nothing now and why.
pub(crate) const NOT_NOW: &str = " not now: ";

/// The same on a screen that lies over the panes.
pub(crate) const NOT_HERE_NOW: &str = " not here now: ";

/// Why a key does nothing now; `None` when it does something.
pub(crate) fn why_not(model: &Model, action: Action) -> Option<String> {
    let when = |so: bool, why: &str| so.then(|| with_keys(model, why));
    match action {
        Action::Help
        | Action::Palette
        | Action::Back
        | Action::Quit
        | Action::Interrupt
        | Action::Redraw
        | Action::Messages
        | Action::Suspend
        | Action::Stream
        | Action::Mouse
        | Action::NextPane
        | Action::PreviousPane
        | Action::Hosts
        | Action::Steps
        | Action::Log
        | Action::Open
        | Action::Zoom
        | Action::Follow
        | Action::Wrap
        | Action::Times => None,
        Action::Go(motion) => beside(model, motion),
        Action::Search if narrow::here(model).is_some() => None,
        Action::Editor
        | Action::Pager
        | Action::Search
        | Action::Filter
        | Action::NextError
        | Action::PreviousError
        | Action::NextWarning
        | Action::PreviousWarning
        | Action::NextPause => {
            model.attempt().is_none().then(|| "there is no log here yet".to_owned())
        }
        Action::Choices => model.hold().is_none().then(|| "nothing is being asked".to_owned()),
        Action::NextHit | Action::PreviousHit => {
            let none = model.log.search.pattern.is_none() && model.log.sieve.pattern.is_none();
            when(none, "first search with {search}")
        }
        Action::OlderAttempt | Action::NewerAttempt => {
            (model.attempts().len() < 2).then(|| "there is no other attempt here".to_owned())
        }
        Action::Narrower | Action::Wider => {
            let stacked = !view::lies_beside(model);
            stacked.then(|| "here the panes lie below each other".to_owned())
        }
        Action::Host => model.host().is_none().then(|| "there is no host yet".to_owned()),
        Action::Runs => when(model.alone, "nothing is read any more; {quit} leaves"),
        Action::Guide => when(model.guide.is_empty(), "there is nothing for newcomers here"),
        Action::Commands => some("no dialog asks anything: it would list what that would run"),
        Action::Evidence => {
            when(true, "there is no such pane: what was gathered ends the log ({log})")
        }
        Action::Releases | Action::Look if model.past.is_some() => past(model),
        Action::NextMark => when(model.log.marks.here().is_none(), "first mark a line with {mark}"),
        Action::Copy if copies_card(model) => None,
        Action::Mark | Action::Choose | Action::Copy | Action::Save => {
            model.log.rows.is_empty().then(|| "there is no log here".to_owned())
        }
        Action::LessContext | Action::MoreContext => {
            when(model.log.sieve.pattern.is_none(), "first filter with {filter}")
        }
        Action::AllHosts => one_host_alone(model),
        Action::Releases => no_releases(model),
        Action::Look => nothing_to_look_at(model),
        Action::Act(act) => acting(model, act),
    }
}

/// Why there is nothing on the left and on the right of what has the keys.
fn beside(model: &Model, motion: Motion) -> Option<String> {
    motion.across()?;
    let questions = |open: usize| (open < 2).then(|| "there is no other question".to_owned());
    let nothing = || some("there is nothing beside it here");
    let run = model.open_run();
    match model.focus {
        Pane::Hosts | Pane::Steps | Pane::Choices if model.failure.open => {
            questions(run.map_or(0, |run| cards(run).len()))
        }
        Pane::Choices => questions(run.map_or(0, |run| run.holds.len())),
        Pane::Hosts => None,
        Pane::Log if model.attempt().is_none() => nothing(),
        Pane::Log => {
            let why = "long lines are in several rows here; {wrap} cuts them";
            model.log.wrap.then(|| with_keys(model, why))
        }
        Pane::Releases | Pane::Steps => nothing(),
    }
}

fn past(model: &Model) -> Option<String> {
    let back = fixed(model, "Esc", "back");
    Some(format!("this is a run of the past; {back} returns to the present"))
}

fn some(why: &str) -> Option<String> {
    Some(why.to_owned())
}

fn acting(model: &Model, action: Act) -> Option<String> {
    if model.past.is_some() {
        return past(model);
    }
    if model.settings.read_only {
        return some("this console only looks (--read-only)");
    }
    if let Some(by) = &model.watched {
        let by = by.as_deref().unwrap_or("nobody");
        return Some(format!("{by} drives this run; this console only watches"));
    }
    if model.untaken {
        return some("the run is being taken up; its hosts are asked first");
    }
    if action == Act::Shell {
        return lend::no_shell(model);
    }
    let unlocks = action == Act::TakeOver && model.open_run().is_none();
    if unlocks || matches!(action, Act::Maintenance | Act::Rollback) {
        return outside_of_a_run(model, action);
    }
    match &model.subject {
        Subject::Nothing => some("there is no plan yet"),
        Subject::Plan(_) => before_a_run(model, action),
        Subject::Run(run) if run.closed.is_some() => after_a_run(model, action),
        Subject::Run(run) => match &model.over {
            Some(_) => some("the run is no longer driven from here"),
            None => during_a_run(model, run, action),
        },
    }
}

/// Why the logs of all hosts cannot be shown together.
fn one_host_alone(model: &Model) -> Option<String> {
    use crate::tui::state::log::Shape;
    let hosts = model.column().map_or(0, |column| column.hosts().count());
    let together = model.log.shape != Shape::One;
    (hosts < 2 && !together).then(|| "this step is for one host alone".to_owned())
}

fn no_releases(model: &Model) -> Option<String> {
    (!model.sight.has.releases).then(|| "this recipe has no releases".to_owned())
}

/// What is done beside the run that is planned, or after it.
fn outside_of_a_run(model: &Model, action: Act) -> Option<String> {
    match &model.subject {
        _ if model.alone => return Some(nobody(model)),
        Subject::Nothing => return some("there is no plan yet"),
        Subject::Run(run) if run.closed.is_none() && model.over.is_some() => {
            return some("the run is no longer driven from here");
        }
        Subject::Plan(_) | Subject::Run(_) => {}
    }
    let busy = under_way(model).or_else(|| match &model.subject {
        Subject::Plan(_) => model.grid.hosts.iter().find_map(|host| not_ready(model, *host)),
        Subject::Nothing | Subject::Run(_) => None,
    });
    if action == Act::Maintenance {
        let none = || "this recipe has no maintenance page".to_owned();
        return (!model.sight.has.maintenance).then(none).or(busy);
    }
    if action == Act::TakeOver {
        let locked = model.foreign_lock().is_some();
        return (!locked).then(|| "nobody else was seen to have the lock".to_owned()).or(busy);
    }
    no_releases(model).or_else(|| unsuited_for_rollback(model)).or(busy)
}

fn unsuited_for_rollback(model: &Model) -> Option<String> {
    if model.open_run().is_some() {
        return some("a run is open that is not over");
    }
    // A choice among what was there before would go back one release too far.
    let outdated = model.sight.sites.keys().any(|host| model.is_outdated(host));
    if outdated || model.sight.unlisted {
        return some(LOOKED_AT);
    }
    if model.sight.candidates.is_empty() {
        return some(match model.sight.sites.is_empty() {
            true => "the hosts were not looked at yet",
            false => "no host has a release yet",
        });
    }
    None
}

/// What is being done already.
fn under_way(model: &Model) -> Option<String> {
    let doing = model.sight.doing.as_ref().map(|doing| format!("{doing} is under way"));
    doing.or_else(|| model.starting.then(|| "the run is being started".to_owned()))
}

fn before_a_run(model: &Model, action: Act) -> Option<String> {
    if action == Act::Exclude && !away(model).is_empty() {
        let alone = away(model).len() == model.grid.hosts.len();
        return alone.then(|| "no host can be reached".to_owned()).or_else(|| under_way(model));
    }
    if !matches!(action, Act::Deploy | Act::Step) {
        return some("nothing has been started");
    }
    if let Some(doing) = under_way(model) {
        return Some(doing);
    }
    if model.over.is_some() {
        return some("this run cannot be started any more");
    }
    model.grid.hosts.iter().find_map(|host| not_ready(model, *host))
}

/// The hosts of a plan that cannot be reached, in its order.
pub(super) fn away(model: &Model) -> Vec<HostId> {
    let away = |host: &&HostId| matches!(model.hosts.get(host), Some(HostState::Trouble { .. }));
    model.grid.hosts.iter().filter(away).copied().collect()
}

/// The next run is planned by the keys that start one: its plan takes the place of what is shown.
fn after_a_run(model: &Model, action: Act) -> Option<String> {
    let begins = matches!(action, Act::Deploy | Act::Step) && !model.alone;
    if begins { under_way(model) } else { some("the run is over") }
}

pub(super) fn not_ready(model: &Model, host: HostId) -> Option<String> {
    let name = model.host_name(host);
    match model.hosts.get(&host) {
        Some(HostState::Ready) => None,
        Some(HostState::Connecting) | None => Some(format!("{name} is not connected yet")),
        Some(HostState::Trouble { .. }) => {
            let again = written(model, Action::Look);
            let leave = written(model, Action::Act(Act::Exclude));
            let others = away(model).len() < model.grid.hosts.len() && !model.settings.read_only;
            let without = if others { format!(", {leave} leaves it out") } else { String::new() };
            Some(format!("{name} cannot be reached; {again} tries again{without}"))
        }
    }
}

/// Why nothing can be done once nobody hears it.
pub(super) fn nobody(model: &Model) -> String {
    format!("nothing is carried out any more; {} leaves", written(model, Action::Quit))
}

fn nothing_to_look_at(model: &Model) -> Option<String> {
    if model.watched.is_some() && (model.open_run().is_some() || model.hosts.is_empty()) {
        return some("this console only watches a run: it is connected to no host");
    }
    if model.alone {
        return Some(nobody(model));
    }
    let left_out = model.run().is_none() && !model.without.is_empty();
    if model.sight.has.something() || left_out { None } else { all_connected(model) }
}

/// Says so when all hosts can be talked to.
pub(super) fn all_connected(model: &Model) -> Option<String> {
    let up = |host: &HostId| match model.run() {
        Some(run) => !matches!(run.world.links.get(host), Some((LinkState::Down(_), _))),
        None => matches!(model.hosts.get(host), Some(HostState::Ready)),
    };
    model.grid.hosts.iter().all(up).then(|| "all hosts are connected".to_owned())
}

fn during_a_run(model: &Model, run: &Run, action: Act) -> Option<String> {
    let aborting = run.aborting.is_some();
    match action {
        Act::Deploy => some("the run has begun"),
        Act::Step | Act::Pause if aborting && !run.is_taken_back() => {
            some("the run is being aborted")
        }
        Act::Step if aborting && !run.undo_grown => some("what runs ends first; then it is undone"),
        Act::Step | Act::Pause if run.undo_grown && run.left_to_take_back().is_empty() => {
            some("nothing is left to be undone")
        }
        Act::Step => steps(model, run),
        Act::Pause => (run.mode == Mode::Pause).then(|| "the run is paused already".to_owned()),
        Act::Continue => continues(model, run),
        Act::Break => breaks(model, run).err(),
        Act::Exclude => excludable(model, run).err(),
        Act::Stop => stoppable(model, run).err(),
        Act::Undo => match run.aborting {
            Some(abort) if abort.undo => some("it is being undone already"),
            Some(_) | None => None,
        },
        Act::Abort if model.hold().is_some_and(|(_, it)| ends_the_run(run, it)) => None,
        Act::Abort if breaks_off(run) => when_running(model, run),
        Act::Abort => match run.aborting {
            Some(abort) if abort.undo && (abort.stop || !model.abort_stops()) => {
                some("it is being undone already")
            }
            Some(_) | None => None,
        },
        Act::Retry
        | Act::Edit
        | Act::Fixed
        | Act::Skip
        | Act::AssumeFailed
        | Act::Elsewhere
        | Act::TakeOver => answers(model, action),
        Act::Input => answers(model, action).filter(|_| unheard(model, run).is_none()),
        Act::Maintenance | Act::Rollback | Act::Shell => outside_of_a_run(model, action),
    }
}

/// Whether the answer `Abort` to a question ends a run, or the undoing of one that is given up.
pub(super) fn ends_the_run(run: &Run, hold: &Hold) -> bool {
    // What is not taken back is given up already, though the question may be older than that.
    let takes_back = run.cell(hold.on).is_some_and(|cell| cell.node.origin.takes_back());
    hold.offers.contains(&Offer::Abort) && (run.aborting.is_none() || takes_back)
}

/// While an undo goes on, what is left of it changes: what is said of it would not hold.
fn when_running(model: &Model, run: &Run) -> Option<String> {
    let why = "it is being undone: {pause} pauses that, then the rest can be left as it is";
    (run.mode != Mode::Pause).then(|| with_keys(model, why))
}

/// Whether something is left of the taking back of a run, which the operator may leave as it is.
pub(super) fn breaks_off(run: &Run) -> bool {
    run.is_taken_back() && run.undo_grown && !run.left_to_take_back().is_empty()
}

/// One step at a time: what is asked for now would be done later, when nobody looks for it.
fn steps(model: &Model, run: &Run) -> Option<String> {
    if let Some((_, hold)) = model.hold()
        && hold.cause != Cause::Break
    {
        return Some(format!("first answer what is asked ({})", words::headline(model, run, hold)));
    }
    match run.mode {
        Mode::Run => None,
        Mode::Step => some("the next step begins already"),
        Mode::Pause if model.steps_running() > 0 => {
            some("a step is running: again when it has ended")
        }
        Mode::Pause => None,
    }
}

fn continues(model: &Model, run: &Run) -> Option<String> {
    let offered = model.hold().is_some_and(|(_, hold)| hold.offers.contains(&Offer::Go));
    if let Some((_, hold)) = model.failure()
        && !offered
    {
        let what = words::headline(model, run, hold);
        return Some(format!("first answer what failed ({what})"));
    }
    let paused = run.mode != Mode::Run;
    let broken = run.holds.values().any(|hold| hold.cause == Cause::Break);
    (!offered && !paused && !broken).then(|| "the run goes on already".to_owned())
}

fn answers(model: &Model, action: Act) -> Option<String> {
    let Some((_, hold)) = model.hold() else {
        return some("nothing is being asked");
    };
    let offered = hold.offers.iter().any(|offer| words::key_of(*offer) == action);
    if !offered {
        return some("that is no answer to the question that is shown");
    }
    let again = matches!(action, Act::Retry | Act::Edit);
    let barred = model.run().and_then(|run| Some(run.barred(run.cell(hold.on)?)));
    if again && barred == Some(true) {
        return some("the run is given up there");
    }
    if action == Act::Edit { editable(model, hold.on).err() } else { None }
}

/// The command of a node, as it would be edited.
///
/// # Errors
/// Why it cannot be.
pub(super) fn editable(model: &Model, node: NodeId) -> Result<String, String> {
    let nothing = || "there is no command to edit".to_owned();
    let run = model.run().ok_or_else(nothing)?;
    let cell = run.cell(node).ok_or_else(nothing)?;
    let planned = &cell.node.kind.command().ok_or_else(nothing)?.run;
    let text = cell.edited.as_ref().unwrap_or(planned);
    words::as_sent(model, run, cell, text)
        .map_err(|missing| format!("it cannot be shown as it was run: {missing}"))
}

/// What the key for breakpoints sets and removes at the chosen step now, which is never nothing.
///
/// Before the step it goes from none to one before the step, for a step with items further to one
/// before each of them, and back to none; within such a step, only between the last two.
pub(super) fn breaks(model: &Model, run: &Run) -> Result<Vec<(NodeId, bool)>, String> {
    let column = model.column().ok_or_else(|| "no step is chosen".to_owned())?;
    let is_set = |id: &NodeId| run.cell(*id).is_some_and(|cell| cell.breakpoint);
    let waits = |id: &&NodeId| run.cell(**id).is_some_and(|cell| cell.state == State::Waiting);
    let step: Vec<NodeId> = column.gates.iter().find(waits).copied().into_iter().collect();
    let lists = column.hosts().flat_map(|host| column.nodes(host));
    let lists = lists.filter(|id| run.lists_on(**id));
    // The lists come last: what is said of them says the most.
    let items: Vec<NodeId> = column.stops.keys().filter(waits).chain(lists).copied().collect();
    let (at_step, at_items) = (step.iter().any(is_set), items.iter().any(is_set));
    let (at_step, at_items) = match (at_step, at_items) {
        (false, false) if !step.is_empty() => (true, false),
        (true, false) => (false, true),
        (false, false) => (false, true),
        (_, true) => (false, false),
    };
    let wanted = step.iter().map(|id| (*id, at_step)).chain(items.iter().map(|id| (*id, at_items)));
    let changes: Vec<_> = wanted.filter(|(id, set)| is_set(id) != *set).collect();
    match changes.is_empty() {
        true => Err(format!("the run is past the beginning of {}", column.step)),
        false => Ok(changes),
    }
}

/// The host that would be left out.
pub(super) fn excludable(model: &Model, run: &Run) -> Result<HostId, String> {
    let asked = model.hold().and_then(|(_, hold)| {
        let offered = hold.offers.contains(&Offer::Exclude);
        run.cell(hold.on).filter(|_| offered)?.node.host
    });
    let host = asked.or_else(|| model.host()).ok_or_else(|| "no host is chosen".to_owned())?;
    match run.takes_part(host) {
        true => Ok(host),
        false => Err(format!("{} takes no part any more", model.host_name(host))),
    }
}

/// The attempt in the chosen cell that goes on and can be stopped.
pub(super) fn stoppable(model: &Model, run: &Run) -> Result<Try, String> {
    let attempt = face::running(run, model.nodes())
        .ok_or_else(|| "nothing runs in the chosen cell".to_owned())?;
    let cell = run.cell(attempt.node).ok_or_else(|| "nothing runs there".to_owned())?;
    let inline = matches!(&cell.node.kind, Kind::Act(act) if act.mode == BoxMode::Inline);
    if inline {
        return Err("a built-in step is over in a moment and cannot be stopped".to_owned());
    }
    match cell.stop {
        Some((stop, _)) if stop.sig == Sig::Kill => Err("it was sent KILL already".to_owned()),
        Some(_) | None => Ok(attempt),
    }
}

/// The attempt in the chosen cell that takes input, though nothing of it was seen that asks.
pub(super) fn unheard(model: &Model, run: &Run) -> Option<Try> {
    let attempt = face::running(run, model.nodes())?;
    let cell = run.cell(attempt.node)?;
    (matches!(cell.state, State::Running(_)) && cell.hears()).then_some(attempt)
}

/// The attempt that asks for input, the number of its question, and whether it is to be hidden.
pub(super) fn asking(model: &Model, run: &Run) -> Option<(Try, u16, bool)> {
    let (_, hold) = model.hold()?;
    let Cause::Input(number, question) = &hold.cause else { return None };
    let cell = run.cell(hold.on)?;
    Some((Try { node: hold.on, n: cell.tries }, *number, question.hidden))
}
