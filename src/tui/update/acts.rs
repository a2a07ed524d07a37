//! Keys that act: each asks first, but step, pause and break in a run that has begun. A dialog says
//! what is done, where, and how to undo it.

use super::{
    allowed::{self, breaks, stoppable, unheard},
    exclude, lend, outside, picker,
    question::{about, about_hold, answer},
    undo,
};
use crate::{
    model::{Gate, Kind},
    run::{Abort, Cause, Choice, Command, Hold, Mode, Offer, Sig},
    tui::{
        action::{Act, Action},
        keymap::{self, letter, with_keys},
        state::{
            Model,
            dialog::{Deed, Dialog, Subject},
            facts::Facts,
        },
        told::Wish,
        words,
    },
};

/// How a run is undone, and that it is begun only once.
const DURING: &str =
    "during the run: {undo} takes back what has an undo, {abort} gives it up as it is";
pub(super) const ABORTED: &str =
    "none: an aborted run cannot be taken up again; {deploy} begins a new one";

/// Where leaving happens.
const HERE: &str = "this console";

/// Carries out a key that acts: opens its dialog, or does at once what does not ask.
pub(super) fn act(model: &mut Model, act: Act) -> Vec<Wish> {
    (model.next, model.sight.wanted) = (None, false);
    let at_once = model.open_run().is_some() && !model.hand.is_alone();
    let dialog = match act {
        // What does not ask takes a press that somebody meant; a pause is never wrong.
        Act::Step | Act::Break if at_once => {
            let key = keymap::written(model, Action::Act(act)).to_owned();
            let line = format!("{key} came with other keys: press it alone");
            model.say(line, crate::tui::styles::Tone::Warn);
            return Vec::new();
        }
        Act::Pause => return vec![Wish::Command(Command::Mode(Mode::Pause))],
        Act::Step if model.open_run().is_some() => {
            return vec![Wish::Command(Command::Mode(Mode::Step))];
        }
        Act::Break => return toggle_break(model),
        Act::Deploy | Act::Step if model.run().is_some() => {
            let mode = if act == Act::Step { Mode::Step } else { Mode::Run };
            model.next = Some(mode);
            let line =
                "the next run is being planned; its dialog opens by itself ({back}: it does not)";
            model.say(with_keys(model, line), crate::tui::styles::Tone::Dim);
            return vec![Wish::Connect];
        }
        Act::Deploy => start(model, Mode::Run),
        Act::Step => start(model, Mode::Step),
        Act::Continue => go_on(model),
        Act::Exclude => exclude::dialog(model),
        Act::Abort => {
            Some(undo::leave(model).or_else(|| undo::rest(model)).unwrap_or_else(|| abort(model)))
        }
        Act::Undo => Some(undo::begin(model)),
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
        | Act::TakeOver => answer(model, act),
        Act::Input => match model.run().and_then(|run| unheard(model, run)) {
            Some(attempt) if !asks(model) => {
                return vec![Wish::Command(Command::Listen(attempt))];
            }
            Some(_) | None => answer(model, act),
        },
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

/// The question before what a key does at once, for where it is chosen from a list: Enter alone
/// changes nothing.
pub(super) fn asked(model: &Model, action: Action) -> Option<Dialog> {
    let (run, Action::Act(act)) = (model.open_run()?, action) else { return None };
    let ask = |title: &str, what: String, undo: &str| {
        let facts = Facts::new(what, words::all_hosts(model), undo);
        Dialog::new(title, Subject::Run, model.now).about(facts)
    };
    if act == Act::Step {
        let what = "does the next step; the run pauses again when it is done".to_owned();
        let undo = with_keys(model, DURING);
        let dialog = ask("Do the next step?", what, &undo).button(
            "Do the next step",
            letter(model, Act::Step),
            "",
            Deed::Mode(Mode::Step),
        );
        return Some(dialog);
    }
    if act == Act::Pause {
        let what = "no further step begins; what runs goes on to its end".to_owned();
        let dialog = ask("Pause the run?", what, &with_keys(model, "{continue} goes on")).button(
            "Pause",
            letter(model, Act::Pause),
            "",
            Deed::Mode(Mode::Pause),
        );
        return Some(dialog);
    }
    if act != Act::Break {
        return None;
    }
    let changes = breaks(model, run).ok()?;
    let set = changes.iter().any(|(_, set)| *set);
    let title = if set { "Set a breakpoint?" } else { "Remove the breakpoint?" };
    let label = if set { "Set it" } else { "Remove it" };
    let step = model.column().map_or("", |column| column.step.as_str());
    let stops = if set { "the run stops at" } else { "the run no longer stops at" };
    let dialog = ask(title, format!("{stops} the step {step}"), &with_keys(model, "{break} again"));
    Some(dialog.button(label, letter(model, Act::Break), "", Deed::Break(changes)))
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
    model.dialog = leaving(model);
    if model.dialog.is_some() {
        return Vec::new();
    }
    model.quit = true;
    vec![Wish::Quit]
}

/// Whether nothing goes on that is driven here, so that to leave is to end the console alone.
pub(crate) fn leaves_at_once(model: &Model) -> bool {
    leaving(model).is_none()
}

/// Whether it leaves at once, and no page that somebody has put up by hand is left to visitors.
pub(super) fn leaves_nothing(model: &Model) -> bool {
    leaves_at_once(model) && words::left_up(model).is_none()
}

/// Asks whether to leave, also where nothing goes on.
pub(super) fn ask_to_leave(model: &mut Model) {
    model.dialog = Some(leaving(model).unwrap_or_else(|| idle(model)));
}

/// The question before one leaves where nothing is driven here.
fn idle(model: &Model) -> Dialog {
    let (what, undo) = match (model.settings.lasting, model.open_run()) {
        (false, _) => ("leaves; hosts and folder are removed", "none"),
        (true, Some(_)) => {
            ("leaves; the run is not driven here, and is left as it is", "deployui shows it again")
        }
        (true, None) => ("leaves; no run is open here", "deployui comes back"),
    };
    quit_dialog(model).about(Facts::new(what, HERE, undo)).first("Stay", "").button(
        "Leave",
        Some('D'),
        "",
        Deed::Detach,
    )
}

/// The question how to leave what goes on; none where nothing is driven.
fn leaving(model: &Model) -> Option<Dialog> {
    // Who only watches, leaves nothing behind.
    let Some(run) = model.open_run().filter(|_| model.watched.is_none()) else {
        return model.starting.then(|| {
            quit_dialog(model)
                .about(Facts::new(
                    "leaves while the run is being started; it may have begun",
                    HERE,
                    "deployui resume takes up a run that has begun",
                ))
                .first("Stay", "")
                .button("Leave", Some('D'), "the run may have begun", Deed::Detach)
        });
    };
    if !model.settings.lasting {
        let dialog = quit_dialog(model)
            .about(Facts::new(
                "leaves. Nothing of the open run is kept: hosts and folder are removed",
                HERE,
                "none",
            ))
            .first("Stay", "")
            .button("Leave", Some('D'), "all of it is gone", Deed::Detach);
        return Some(dialog);
    }
    let facts = Facts::new(
        "leaves. Steps that run go on to their end on their hosts; no further one begins",
        format!("{HERE}; nothing is stopped on a host"),
        format!("deployui resume {} goes on with it", run.plan.run),
    );
    let pausing = run.mode != Mode::Pause && !model.untaken;
    let mut dialog = quit_dialog(model).about(facts).first("Keep running", "stay here").button(
        "Detach",
        Some('D'),
        "leave; nothing is stopped",
        Deed::Detach,
    );
    if pausing {
        let about = "stay here; no further step begins";
        dialog = dialog.button(
            "Stop after this step",
            letter(model, Act::Pause),
            about,
            Deed::Mode(Mode::Pause),
        );
    }
    Some(dialog)
}

/// The dialog that asks how to leave.
fn quit_dialog(model: &Model) -> Dialog {
    Dialog::new("Leave?", Subject::Quit, model.now)
}

/// Shows the cell that the open question is about.
pub(super) fn show_cell(model: &mut Model) {
    let found = model.hold().and_then(|(_, hold)| model.grid.find(hold.on));
    let Some((column, host)) = found else { return };
    model.cursor.column = column;
    if let Some(row) = host.and_then(|host| model.grid.row(host)) {
        model.cursor.row = row;
    }
    (model.cursor.moved, model.log.pinned, model.log.stays) = (true, None, false);
}

fn toggle_break(model: &Model) -> Vec<Wish> {
    let changes = model.open_run().and_then(|run| breaks(model, run).ok()).unwrap_or_default();
    changes.into_iter().map(|(at, set)| Wish::Command(Command::Break(at, set))).collect()
}

/// The dialog of the run that was asked for before its plan was there.
pub(super) fn next(model: &mut Model) {
    let Some(mode) = model.next else { return };
    let planned = model.run().is_none() && model.plan().is_some();
    if !model.is_free() || !planned || allowed::why_not(model, Action::Act(Act::Deploy)).is_some() {
        return;
    }
    model.next = None;
    model.dialog = start(model, mode);
}

fn start(model: &Model, preferred: Mode) -> Option<Dialog> {
    let plan = model.plan()?;
    let steps = words::count(plan.columns.len(), "step");
    let title = format!("Start {} of {} on {}?", plan.pipeline, plan.app, plan.stage);
    let mut dialog = Dialog::new(title, Subject::Start, model.now).about(Facts::new(
        format!("runs {}: {steps}", plan.pipeline),
        words::all_hosts(model),
        with_keys(model, DURING),
    ));
    let asks = plan.nodes.iter().any(|node| matches!(node.kind, Kind::Gate(Gate::Confirm(_))));
    let end = match asks {
        true => "to the end, or to the first question or failure",
        false => "to the end, or to the first failure",
    };
    let straight = ("Run straight", Act::Deploy, end, Mode::Run);
    let stepping = ("Step by step", Act::Step, "the first step, then wait for you", Mode::Step);
    let order = if preferred == Mode::Step { [stepping, straight] } else { [straight, stepping] };
    for (label, act, about, mode) in order {
        dialog = dialog.button(label, letter(model, act), about, Deed::Start(mode));
    }
    if let Some(line) = words::left_out(model) {
        dialog = dialog.line(line);
    }
    if plan.protected {
        dialog = dialog.confirmed_by(&plan.stage);
    }
    Some(dialog)
}

fn go_on(model: &Model) -> Option<Dialog> {
    let run = model.open_run()?;
    if let Some((id, hold)) = model.hold()
        && hold.cause != Cause::Break
        && hold.offers.contains(&Offer::Go)
    {
        let behind = words::Behind::of(run, hold);
        let what = behind.as_ref().map_or_else(
            || words::then(run, id),
            |behind| format!("goes on with the undo: {}", behind.in_full()),
        );
        let undo = match behind.map(|behind| behind.opens()) {
            Some(true) => "{maintenance} puts the page up again; what is undone stays so",
            Some(false) => "none: what is taken back is done again only by a new run",
            None => "{pause} pauses before the next step",
        };
        let mut facts = about(model, run, hold, &what, with_keys(model, undo));
        if let Some(place) = words::asked_on(model, run, hold) {
            facts.place = place;
        }
        let facts = facts.takes(words::usual_rest(model));
        let dialog = about_hold(model, run, id, hold, "Go on?").about(facts);
        let about = words::consequence(model, hold, Offer::Go);
        return Some(dialog.button(
            "Go on",
            letter(model, Act::Continue),
            about,
            Deed::Choose(vec![id], Choice::Go),
        ));
    }
    if run.is_taken_back() {
        return Some(undo::go_on(model, run));
    }
    let (done, _) = model.progress();
    let left = words::count(model.grid.columns.len().saturating_sub(done), "step");
    let dialog = Dialog::new("Continue to the end?", Subject::Run, model.now).about(
        Facts::new(
            format!("goes on to the end: {left}; stops at a breakpoint, a question, a failure"),
            words::all_hosts(model),
            with_keys(model, "{pause} pauses before the next step"),
        )
        .takes(words::usual_rest(model)),
    );
    Some(dialog.button("Continue", letter(model, Act::Continue), "", Deed::Mode(Mode::Run)))
}

fn abort(model: &Model) -> Dialog {
    let running = words::count(model.steps_running(), "step");
    let kind = |undo, stop| Deed::Abort(Abort { undo, stop });
    let page = words::page_stays(model);
    let stays = match &page {
        Some(_) => "what was done stays, the maintenance page, too",
        None => "what was done stays",
    };
    let dialog = Dialog::new("Abort the run: which way?", Subject::Run, model.now).about(
        Facts::new(
            format!("gives the run up: no further step begins; running now: {running}"),
            words::all_hosts(model),
            with_keys(model, ABORTED),
        )
        .takes(until_ended(model)),
    );
    // What is given up can only be given up more: stopped, or undone.
    let given = model.run().and_then(|run| run.aborting);
    let undoing = given.is_some_and(|abort| abort.undo);
    let mut dialog = match (given, page) {
        (Some(_), _) => dialog,
        (None, page) => {
            let dialog = dialog.button("Leave as it is", Some('L'), stays, kind(false, false));
            page.into_iter()
                .fold(dialog, |dialog, page| dialog.line(format!("Left as it is: {page}")))
        }
    };
    if !undoing {
        let back = "take back what was done, last first";
        dialog = dialog.button("Undo", letter(model, Act::Undo), back, kind(true, false));
    }
    if !model.abort_stops() || given.is_some_and(|abort| abort.stop) {
        return dialog;
    }
    let term = "also send TERM to running steps";
    if !undoing {
        dialog = dialog.button("Leave, and stop", None, term, kind(false, true));
    }
    dialog.button("Undo, and stop", None, term, kind(true, true))
}

/// Whether the question that is shown is one for input.
fn asks(model: &Model) -> bool {
    model.hold().is_some_and(|(_, hold)| matches!(hold.cause, Cause::Input(..)))
}

/// How long a run goes on that is given up: a step that waits for input may never end by itself.
fn until_ended(model: &Model) -> String {
    let asks = |hold: &&Hold| matches!(hold.cause, Cause::Input(..));
    let asking = model.run().map_or(0, |run| run.holds.values().filter(asks).count());
    let what = match asking {
        0 => {
            return "until what runs has ended; taking back: not known, it is not recorded"
                .to_owned();
        }
        1 => "1 step waits for input: it ends when it is".to_owned(),
        some => format!("{some} steps wait for input: they end when they are"),
    };
    format!("until what runs has ended; {what} answered or stopped")
}

/// A running step is asked to end; killed only when that was of no use.
fn stop(model: &Model) -> Option<Dialog> {
    let run = model.open_run()?;
    let attempt = stoppable(model, run).ok()?;
    let cell = run.cell(attempt.node)?;
    let (what, time) = match cell.stop {
        None => ("asks this step to end (TERM)", "10 s"),
        Some(_) => ("ends this step now (KILL)", "at once"),
    };
    // What takes back is asked about when it fails, whatever was given up.
    let next = match run.aborting.is_some() && !cell.node.origin.takes_back() {
        false => "you are asked next what to do about it",
        true => "the run is given up, and goes on without it",
    };
    let what = format!("{what}; {next}");
    let undo = "none: what it did so far stays done";
    let facts = Facts::new(what, words::on_host(model, cell.node.host), undo).takes(time);
    let host = cell.node.host.map_or("", |host| model.host_name(host));
    let title = format!("Stop {} on {host}?", cell.node.key);
    let mut dialog = Dialog::new(title, Subject::Run, model.now).about(facts);
    if words::changes_schema(cell) {
        let half = "It changes the database schema: stopped now it may be changed in part.";
        dialog = dialog.line(half);
    }
    if cell.node.host.is_some_and(|host| run.down(host).is_some()) {
        dialog = dialog.line("The host cannot be reached: it is sent when it is back.");
    }
    let Some((sent, at)) = cell.stop else {
        let about = "to all its processes; it can clean up";
        return Some(dialog.button(
            "Send TERM",
            letter(model, Act::Stop),
            about,
            Deed::Stop(attempt, Sig::Term),
        ));
    };
    let since = words::since(at, model.now);
    let line = format!("It was sent {} {since} ago, and has not ended.", sent.sig);
    let about = "it ends at once and cannot clean up";
    // Another letter than the one that opened the dialog: it is not pressed twice by habit.
    Some(dialog.line(line).button("Send KILL", Some('K'), about, Deed::Stop(attempt, Sig::Kill)))
}
