//! Keys that act: each asks first, but step, pause and break in a run that has begun. A dialog says
//! what is done, where, and how to undo it.

use super::{
    allowed::{self, asking, breaks, excludable, stoppable},
    edit, keys, lend, outside, picker,
};
use crate::{
    model::{HoldId, HostId},
    run::{Abort, Cause, Choice, Command, Hold, Mode, Offer, Run, Sig},
    tui::{
        action::{Act, Action},
        state::{
            Model,
            dialog::{Deed, Dialog, Need, Subject},
        },
        told::Wish,
        words,
    },
};

/// Carries out a key that acts: opens its dialog, or does at once what does not ask.
pub(super) fn act(model: &mut Model, act: Act) -> Vec<Wish> {
    model.next = None;
    let dialog = match act {
        Act::Pause => return vec![Wish::Command(Command::Mode(Mode::Pause))],
        Act::Step if model.open_run().is_some() => {
            return vec![Wish::Command(Command::Mode(Mode::Step))];
        }
        Act::Break => return toggle_break(model),
        Act::Deploy | Act::Step if model.run().is_some() => {
            let mode = if act == Act::Step { Mode::Step } else { Mode::Run };
            model.next = Some(mode);
            let line =
                "the next run is being planned; its dialog opens by itself (Esc: it does not)";
            model.say(line, crate::tui::styles::Tone::Dim);
            return vec![Wish::Connect];
        }
        Act::Deploy => start(model, Mode::Run),
        Act::Step => start(model, Mode::Step),
        Act::Continue => go_on(model),
        Act::Exclude => exclude(model),
        Act::Abort => Some(leave_undone(model).unwrap_or_else(|| abort(model))),
        Act::Undo => Some(undo(model)),
        Act::Stop => stop(model),
        Act::TakeOver if model.open_run().is_none() => {
            outside::unlock(model);
            return Vec::new();
        }
        Act::Retry
        | Act::Edit
        | Act::Fixed
        | Act::Skip
        | Act::AssumeFailed
        | Act::Elsewhere
        | Act::TakeOver
        | Act::Input => answer(model, act),
        Act::Rollback => {
            picker::open(model);
            return Vec::new();
        }
        Act::Maintenance => {
            outside::maintenance(model);
            return Vec::new();
        }
        Act::Shell => lend::shell(model),
    };
    model.dialog = dialog;
    Vec::new()
}

/// Enter on a choice of the open question: its dialog.
pub(super) fn choose(model: &mut Model) -> Vec<Wish> {
    let offer = model.hold().and_then(|(_, hold)| hold.offers.get(model.asked.choice).copied());
    let Some(offer) = offer else { return Vec::new() };
    let chosen = words::key_of(offer);
    if let Some(why) = allowed::why_not(model, Action::Act(chosen)) {
        model.say(why, crate::tui::styles::Tone::Warn);
        return Vec::new();
    }
    act(model, chosen)
}

/// Leaves at once where nothing is driven, else asks.
pub(super) fn quit(model: &mut Model) -> Vec<Wish> {
    let Some(run) = model.open_run() else {
        if model.starting {
            let dialog = keys::quit_dialog(model)
                .line("The run is being started.")
                .first("Stay", "")
                .button("Leave", Some('D'), "the run may have begun", Deed::Detach);
            model.dialog = Some(dialog);
            return Vec::new();
        }
        model.quit = true;
        return vec![Wish::Quit];
    };
    let running = words::count(allowed::running(model), "step");
    let open = format!("The run is open; running now: {running}.");
    if !model.settings.lasting {
        let dialog = keys::quit_dialog(model)
            .line(open)
            .line("Nothing of it is kept: its hosts and its folder are removed when you leave.")
            .first("Stay", "")
            .button("Leave", Some('D'), "all of it is gone", Deed::Detach);
        model.dialog = Some(dialog);
        return Vec::new();
    }
    let resume = format!("deployui resume {} goes on with it", run.plan.run);
    let pausing = run.mode != Mode::Pause;
    let mut dialog = keys::quit_dialog(model)
        .line(open)
        .line("Detached, steps that run go on to their end on their hosts; no further one begins.")
        .line(resume)
        .first("Keep running", "stay here")
        .button("Detach", Some('D'), "leave; nothing is stopped", Deed::Detach);
    if pausing {
        let about = "stay here; no further step begins";
        dialog = dialog.button("Stop after this step", Some('P'), about, Deed::Mode(Mode::Pause));
    }
    model.dialog = Some(dialog);
    Vec::new()
}

/// Shows the cell that the open question is about.
pub(super) fn show_cell(model: &mut Model) {
    let found = model.hold().and_then(|(_, hold)| model.grid.find(hold.on));
    let Some((column, host)) = found else { return };
    model.cursor.column = column;
    if let Some(row) = host.and_then(|host| model.grid.row(host)) {
        model.cursor.row = row;
    }
    (model.cursor.moved, model.log.pinned) = (true, None);
}

fn toggle_break(model: &Model) -> Vec<Wish> {
    let changes = model.open_run().and_then(|run| breaks(model, run).ok()).unwrap_or_default();
    changes.into_iter().map(|(at, set)| Wish::Command(Command::Break(at, set))).collect()
}

/// The dialog of the run that was asked for before its plan was there.
pub(super) fn next(model: &mut Model) {
    let Some(mode) = model.next else { return };
    let free = model.dialog.is_none() && model.picker.is_none() && model.prompts.is_empty();
    let planned = model.run().is_none() && model.plan().is_some();
    if !free || !planned || allowed::why_not(model, Action::Act(Act::Deploy)).is_some() {
        return;
    }
    model.next = None;
    model.dialog = start(model, mode);
}

fn start(model: &Model, preferred: Mode) -> Option<Dialog> {
    let plan = model.plan()?;
    let hosts = words::count(plan.hosts.len(), "host");
    let steps = words::count(plan.columns.len(), "step");
    let title = format!("Start {} of {} on {}?", plan.pipeline, plan.app, plan.stage);
    let mut dialog = Dialog::new(title, Subject::Start, model.now)
        .line(format!("{steps} on {hosts}; the plan is behind this dialog."))
        .line("Undo: A during the run gives it up, and takes back what has an undo.");
    let straight = ("Run straight", 'D', "to the end, or to the first failure", Mode::Run);
    let stepping = ("Step by step", 'S', "the first step, then wait for you", Mode::Step);
    let order = if preferred == Mode::Step { [stepping, straight] } else { [straight, stepping] };
    for (label, key, about, mode) in order {
        dialog = dialog.button(label, Some(key), about, Deed::Start(mode));
    }
    if plan.protected {
        let label = format!("Type {} to confirm", plan.stage);
        dialog = dialog.field(&label, Vec::new(), Need::Exactly(plan.stage.clone()), false);
    }
    Some(dialog)
}

fn go_on(model: &Model) -> Option<Dialog> {
    let run = model.open_run()?;
    if let Some((id, hold)) = model.hold()
        && hold.cause != Cause::Break
        && hold.offers.contains(&Offer::Go)
    {
        let dialog = about_hold(model, run, id, hold, "Go on?");
        let about = words::consequence(model, hold, Offer::Go);
        return Some(dialog.button("Go on", Some('C'), about, Deed::Choose(vec![id], Choice::Go)));
    }
    let (done, _) = model.progress();
    let left = words::count(model.grid.columns.len().saturating_sub(done), "step");
    let dialog = Dialog::new("Continue to the end?", Subject::Run, model.now)
        .line(format!("Still to do: {left} on {}.", words::count(model.grid.hosts.len(), "host")))
        .line("The run stops at a breakpoint, at a question, and when a step fails.")
        .line("Undo: P pauses before the next step.");
    Some(dialog.button("Continue", Some('C'), "", Deed::Mode(Mode::Run)))
}

fn exclude(model: &Model) -> Option<Dialog> {
    let run = model.open_run()?;
    let host = excludable(model, run).ok()?;
    let name = model.host_name(host);
    let asked = model.hold().filter(|(_, hold)| {
        let here = run.cell(hold.on).is_some_and(|cell| cell.node.host == Some(host));
        here && hold.offers.contains(&Offer::Exclude)
    });
    let (subject, deed) = match asked {
        Some((id, _)) => (Subject::Holds(vec![id]), Deed::Choose(vec![id], Choice::Exclude)),
        None => (Subject::Run, Deed::Exclude(host)),
    };
    let dialog = Dialog::new(format!("Exclude {name}?"), subject, model.now)
        .line(format!("{name} takes no further part and stays as it is now, unlike the others."))
        .line("A step that runs there goes on to its end. The run ends as failed.")
        .line("Undo: none in this run; a new run brings the host back in line.")
        .button("Exclude", Some('X'), "go on without it", deed);
    Some(with_reason(dialog))
}

fn with_reason(dialog: Dialog) -> Dialog {
    dialog.field("Reason", Vec::new(), Need::Some("a reason, for the record"), false)
}

/// While the run is undone, a question may end that: the rest is left as it is.
fn leave_undone(model: &Model) -> Option<Dialog> {
    let run = model.open_run().filter(|run| run.aborting.is_some())?;
    let (id, hold) = model.hold().filter(|(_, hold)| hold.offers.contains(&Offer::Abort))?;
    let deed = Deed::Choose(vec![id], Choice::Abort);
    let dialog = about_hold(model, run, id, hold, "Leave the rest as it is?")
        .line("What was taken back stays so, what was not stays done, and the run ends.")
        .button("Leave as it is", Some('L'), "takes back nothing further", deed);
    Some(dialog)
}

fn abort(model: &Model) -> Dialog {
    let running = words::count(allowed::running(model), "step");
    let kind = |undo, stop| Deed::Abort(Abort { undo, stop });
    Dialog::new("Abort the run: which way?", Subject::Run, model.now)
        .line(format!("No further step begins. Running now: {running}."))
        .line("An aborted run cannot be taken up again.")
        .button("Leave as it is", Some('L'), "what was done stays", kind(false, false))
        .button("Undo", Some('U'), "take back what was done, last first", kind(true, false))
        .button("Leave, and stop", None, "also send TERM to running steps", kind(false, true))
        .button("Undo, and stop", None, "also send TERM to running steps", kind(true, true))
}

fn undo(model: &Model) -> Dialog {
    let running = words::count(allowed::running(model), "step");
    Dialog::new("Abort and undo?", Subject::Run, model.now)
        .line("Gives the run up and takes back what was done, last first.")
        .line(format!("Running now: {running}; they go on to their end first."))
        .line("Steps without an undo stay done. What cannot be taken back is reported.")
        .button("Undo", Some('U'), "", Deed::Abort(Abort { undo: true, stop: false }))
}

/// A running step is asked to end; killed only when that was of no use.
fn stop(model: &Model) -> Option<Dialog> {
    let run = model.open_run()?;
    let attempt = stoppable(model, run).ok()?;
    let cell = run.cell(attempt.node)?;
    let host = cell.node.host.map_or("", |host| model.host_name(host));
    let step = &cell.node.key;
    let mut dialog = Dialog::new(format!("Stop {step} on {host}?"), Subject::Run, model.now)
        .line("Only this step on this host. When it has ended you are asked what to do about it.")
        .line("What it did so far stays done: nothing is taken back by this.");
    if words::changes_schema(cell) {
        let half = "It changes the database schema: stopped now it may be changed in part.";
        dialog = dialog.line(half);
    }
    if cell.node.host.is_some_and(|host| run.down(host).is_some()) {
        dialog = dialog.line("The host cannot be reached: it is sent when it is back.");
    }
    let Some((sent, at)) = cell.stop else {
        let about = "to all its processes; it can clean up";
        return Some(dialog.button("Send TERM", Some('H'), about, Deed::Stop(attempt, Sig::Term)));
    };
    let since = words::since(at, model.now);
    let line = format!("It was sent {} {since} ago, and has not ended.", sent.sig);
    let about = "it ends at once and cannot clean up";
    Some(dialog.line(line).button("Send KILL", Some('K'), about, Deed::Stop(attempt, Sig::Kill)))
}

fn about_hold(model: &Model, run: &Run, id: HoldId, hold: &Hold, title: &str) -> Dialog {
    let mut dialog = Dialog::new(title, Subject::Holds(vec![id]), model.now);
    dialog.text = words::cause(model, run, hold);
    dialog
}

/// The dialog of an answer to the open question.
fn answer(model: &Model, action: Act) -> Option<Dialog> {
    let run = model.open_run()?;
    let (id, hold) = model.hold()?;
    let offered = |offer: &&Offer| words::key_of(**offer) == action;
    let offer = *hold.offers.iter().find(offered)?;
    let place = words::place(model, run, hold);
    let about = words::consequence(model, hold, offer);
    let ask = |title: String| about_hold(model, run, id, hold, &title);
    let one = |choice| Deed::Choose(vec![id], choice);
    Some(match offer {
        Offer::Retry => retry(model, run, id, hold),
        Offer::Edit => edit::dialog(model, id, true)?,
        Offer::Answer => input(model, run)?,
        Offer::Move(_) => elsewhere(model, run, id, hold),
        Offer::Fixed => with_reason(
            ask(format!("Mark {place} fixed?"))
                .line("Undo: none; the journal keeps your reason.")
                .button("Mark fixed", Some('F'), about, one(Choice::Fixed)),
        ),
        Offer::AssumeOk => with_reason(
            ask(format!("Take {place} as done?"))
                .line("Undo: none; the journal keeps your reason.")
                .button("Take as done", Some('F'), about, one(Choice::Assume(true))),
        ),
        Offer::AssumeFailed => with_reason(
            ask(format!("Take {place} as failed?"))
                .line("Undo: you are asked next what to do about the failure.")
                .button("Take as failed", Some('L'), about, one(Choice::Assume(false))),
        ),
        Offer::Skip => with_reason(
            ask(format!("Skip {place}?"))
                .line("Later steps run as if it were there. The run ends as failed.")
                .line("Undo: none in this run.")
                .button("Skip", Some('K'), about, one(Choice::Skip)),
        ),
        Offer::TakeOver => with_reason(
            ask("Take the lock over?".to_owned())
                .line("Undo: none. Be sure that the other run does not go on.")
                .button("Take over", Some('V'), about, one(Choice::TakeOver)),
        ),
        Offer::Go | Offer::Exclude | Offer::Undo | Offer::Abort => return None,
    })
}

fn retry(model: &Model, run: &Run, id: HoldId, hold: &Hold) -> Dialog {
    let place = words::place(model, run, hold);
    let about = words::consequence(model, hold, Offer::Retry);
    let again = if matches!(hold.cause, Cause::Unknown(_)) {
        "If it was done, or done in part, it is then done TWICE."
    } else {
        "The same command runs once more on this host."
    };
    let mut dialog = about_hold(model, run, id, hold, &format!("Retry {place}?"))
        .line(again)
        .line("Undo: none needed; each attempt has a log of its own ([ and ] go through them).")
        .button("Retry", Some('T'), about, Deed::Choose(vec![id], Choice::Retry));
    let all = words::same_step(run, hold);
    if all.len() > 1 {
        let label = format!("Retry on all {}", words::count(all.len(), "host"));
        let about = "wherever this step failed";
        dialog = dialog.button(label, Some('A'), about, Deed::Choose(all, Choice::Retry));
    }
    dialog
}

fn input(model: &Model, run: &Run) -> Option<Dialog> {
    let (attempt, number, hidden) = asking(model, run)?;
    let (id, hold) = model.hold()?;
    let place = words::place(model, run, hold);
    let mut dialog = about_hold(model, run, id, hold, &format!("Answer {place}?"))
        .line("It goes to the step's input once, and into no file here or on the host.");
    if hidden {
        dialog = dialog.line("It asks for a secret: what you type is not shown.");
    }
    let dialog = dialog
        .line("If it was not asking: as soon as it prints on, nothing is sent. Undo: none.")
        .button("Send", Some('I'), "with a line end", Deed::Answer(attempt, number));
    Some(match hidden {
        true => dialog.secret("Line (not shown)"),
        false => dialog.field("Line", Vec::new(), Need::Nothing, false),
    })
}

fn elsewhere(model: &Model, run: &Run, id: HoldId, hold: &Hold) -> Dialog {
    let place = words::place(model, run, hold);
    let mut dialog = about_hold(model, run, id, hold, &format!("Where to do {place}?"))
        .line("If it was done before, it is done twice.");
    let hosts = hold
        .offers
        .iter()
        .filter_map(|offer| if let Offer::Move(host) = offer { Some(*host) } else { None });
    for host in hosts {
        dialog =
            dialog.button(label(model, host), None, "", Deed::Choose(vec![id], Choice::Move(host)));
    }
    dialog
}

fn label(model: &Model, host: HostId) -> String {
    format!("On {}", model.host_name(host))
}
