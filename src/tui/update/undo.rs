//! Taking a run back: the dialogs that begin it, go on with it, and leave the rest of it as it is.

use super::{
    acts::ABORTED,
    allowed::{breaks_off, ends_the_run},
    question::about_hold,
};
use crate::{
    model::{HostId, NodeId},
    run::{Abort, Cause, Cell, Choice, Mode, Run},
    tui::{
        action::Act,
        keymap::{letter, with_keys},
        state::{
            Model,
            dialog::{Deed, Dialog, Subject},
            facts::Facts,
        },
        words,
    },
};

/// How long it takes.
const NOT_RECORDED: &str = "not known: how long taking back takes is not recorded";

/// The dialog that gives the run up and takes it back.
pub(super) fn begin(model: &Model) -> Dialog {
    let running = words::count(model.steps_running(), "step");
    let dialog = Dialog::new("Abort and undo?", Subject::Run, model.now)
        .about(
            Facts::new(
                "gives the run up and takes back what was done, last first",
                words::all_hosts(model),
                with_keys(model, ABORTED),
            )
            .takes(NOT_RECORDED),
        )
        .line(format!("Running now: {running}; they go on to their end first."))
        .line("Steps without an undo stay done. What cannot be taken back is reported.");
    let serves = model.open_run().map(words::undone_serves).unwrap_or_default();
    serves.into_iter().fold(dialog, Dialog::line).button(
        "Undo",
        letter(model, Act::Undo),
        "",
        Deed::Abort(Abort { undo: true, stop: false }),
    )
}

/// A paused undo is let go on.
pub(super) fn go_on(model: &Model, run: &Run) -> Dialog {
    let names = words::left_to_undo(run);
    let steps = words::count(names.len(), "step");
    let what = format!("goes on with the undo: {steps}: {}; stops at a question", names.join(", "));
    let facts = Facts::new(
        what,
        words::all_hosts(model),
        with_keys(model, "{pause} pauses before the next of them; what is undone stays so"),
    );
    Dialog::new("Continue the undo to its end?", Subject::Run, model.now)
        .about(facts.takes(NOT_RECORDED))
        .button("Continue", letter(model, Act::Continue), "", Deed::Mode(Mode::Run))
}

/// While the run is undone, a question may end that: the rest is left as it is.
pub(super) fn leave(model: &Model) -> Option<Dialog> {
    let run = model.open_run().filter(|run| run.aborting.is_some())?;
    let (id, hold) = model.hold().filter(|(_, hold)| ends_the_run(run, hold))?;
    let mut dialog = about_hold(model, run, id, hold, LEAVE_REST);
    // What is asked about is what comes of the other answer.
    let others = match hold.cause == Cause::Schema {
        true => std::mem::take(&mut dialog.text),
        false => Vec::new(),
    };
    let mut dialog = leaving_rest(model, dialog, Deed::Choose(vec![id], Choice::Abort));
    if !others.is_empty() {
        dialog = dialog.line(with_keys(model, INSTEAD));
        dialog.text.extend(others.into_iter().map(|line| format!("  {line}")));
    }
    Some(dialog)
}

/// A paused undo is broken off.
pub(super) fn rest(model: &Model) -> Option<Dialog> {
    let run = model.open_run().filter(|run| breaks_off(run))?;
    let mut dialog = Dialog::new(LEAVE_REST, Subject::Run, model.now);
    if model.steps_running() > 0 {
        let running = words::count(model.steps_running(), "step");
        dialog = dialog.line(format!("Running now: {running}; they go on to their end."));
    }
    let (perhaps, left): (Vec<_>, Vec<_>) =
        run.left_of_the_undo().partition(|(_, cell)| run.may_have_started(cell));
    for (heading, of) in [(PERHAPS, perhaps), ("Left out then, host by host:", left)] {
        let on_hosts = on_hosts(model, run, &of);
        if !on_hosts.is_empty() {
            dialog = dialog.line(heading);
            dialog.text.extend(on_hosts);
        }
    }
    Some(leaving_rest(model, dialog, Deed::Rest).with_reason())
}

/// The question whether what is not taken back yet stays as it is.
const LEAVE_REST: &str = "Leave the rest as it is?";

/// Said above what the other answer would do.
const INSTEAD: &str = "NOT by leaving, but by {continue}:";

/// What comes of that, whichever way it is asked, and the button that does it: what stays where it is
/// left, what is served and the page.
fn leaving_rest(model: &Model, dialog: Dialog, deed: Deed) -> Dialog {
    let what = "ends the run: what was taken back stays so, what was not stays done";
    let facts = Facts::new(what, words::all_hosts(model), "none: the run cannot be taken up again");
    let about = "takes back nothing further";
    let dialog = dialog.about(facts).button("Leave as it is", Some('L'), about, deed);
    let stays = words::served_stays(model).into_iter().chain(words::page_stays(model));
    stays.fold(dialog, |dialog, stays| dialog.line(format!("Left as it is: {stays}")))
}

/// Said above what of an undo was told to begin, and nothing was heard of since.
const PERHAPS: &str = "May have begun already, and then goes on to its end:";

/// Parts of an undo, host by host.
fn on_hosts(model: &Model, run: &Run, parts: &[(NodeId, &Cell)]) -> Vec<String> {
    let on = |host: HostId| {
        let here = parts.iter().filter(|(_, cell)| cell.node.host == Some(host));
        let names: Vec<String> = here.map(|(_, cell)| words::undone_by(&cell.node)).collect();
        (!names.is_empty()).then(|| format!("  {}: {}", model.host_name(host), names.join(", ")))
    };
    run.plan.host_ids().filter_map(|(host, _)| on(host)).collect()
}
