//! Another command for this run: typed in a text area, compared with what was planned, then run. What
//! is typed is never lost by accident: it is there again with the next try.

use super::allowed;
use crate::{
    model::{HoldId, NodeId},
    run::{Choice, Hold, Run},
    tui::{
        action::Act,
        keymap::{fixed, letter, with_keys},
        state::{
            Model,
            dialog::{Deed, Dialog, Need, Role, Subject},
            facts::Facts,
        },
        styles::Tone,
        words,
    },
};

/// Commands that are kept; more than one or two at a time is nobody's work.
const DRAFTS_MAX: usize = 32;

/// The text area with the command: what was typed before, or as it was run last.
pub(super) fn dialog(model: &Model, id: HoldId, draft: bool) -> Option<Dialog> {
    let run = model.open_run()?;
    let hold = run.holds.get(&id)?;
    let command = allowed::editable(model, hold.on).ok()?;
    let kept = model.failure.drafts.get(&hold.on).filter(|_| draft);
    let lines = kept.unwrap_or(&command).lines().map(str::to_owned).collect();
    let place = words::place(model, run, hold);
    let title = format!("Edit and retry {place}");
    let mut dialog = Dialog::new(title, Subject::Holds(vec![id]), model.now)
        .about(facts(model, run, hold))
        .line(with_keys(
            model,
            fixed(
                model,
                "Tab goes to the text, and leaves it; Esc keeps it for the next {edit}.",
                "editor opens it in your editor; a line that you type takes the place of all of it.",
            ),
        ));
    if kept.is_some() {
        dialog = dialog.line("This is what you typed before and did not run.");
    }
    let mut dialog = dialog.button(
        "Compare",
        letter(model, Act::Edit),
        "shows the difference; then run it",
        Deed::Compare(id),
    );
    if kept.is_some() {
        let about = "asks, then: the command as it was run";
        dialog = dialog.button("Begin anew", Some('N'), about, Deed::Drop(id));
    }
    Some(dialog.field("Command (sh, set -e)", lines, Need::Some("a command"), true))
}

fn facts(model: &Model, run: &Run, hold: &Hold) -> Facts {
    let what = "runs what you type as a new attempt, in this run and on this host only";
    let undo = "none needed for the recipe, which stays as it is; what the text does is done";
    let host = run.cell(hold.on).and_then(|cell| cell.node.host);
    Facts::new(what, words::on_host(model, host), undo).takes(words::usual_step(model, hold))
}

/// Opens it again.
pub(super) fn amend(model: &mut Model, id: HoldId, draft: bool) {
    if !draft && let Some(node) = node(model, id) {
        model.failure.drafts.remove(&node);
    }
    model.dialog = dialog(model, id, draft);
}

/// Asks whether what is typed is to be dropped; until then it is kept.
pub(super) fn ask_to_drop(model: &mut Model, id: HoldId) {
    let typed = model.dialog.as_ref().map(|dialog| dialog.typed(Role::Main));
    let (Some(typed), Some(node)) = (typed, node(model, id)) else { return };
    let Some(run) = model.open_run() else { return };
    let Some(hold) = run.holds.get(&id) else { return };
    let title = format!("Drop what you typed for {}?", words::place(model, run, hold));
    let what = "shows the command as it was run; what you typed is gone";
    let facts = Facts::new(what, "in this console only: nothing is sent", "none");
    let mut dialog = Dialog::new(title, Subject::Holds(vec![id]), model.now).about(facts);
    let last = allowed::editable(model, node).unwrap_or_default();
    dialog.diff = true;
    dialog.text.push("What would be dropped:".to_owned());
    dialog.text.extend(words::diff(&last, &typed));
    let dialog = dialog
        .cancels("your text is kept")
        .button("Drop it", Some('N'), "the command as it was run", Deed::Amend(id, false))
        .button("Change it further", Some('E'), "back to your text", Deed::Amend(id, true));
    keep_text(model, node, typed);
    model.dialog = Some(dialog);
}

fn node(model: &Model, id: HoldId) -> Option<NodeId> {
    model.open_run()?.holds.get(&id).map(|hold| hold.on)
}

/// Asks whether the typed command is to be run, with how it differs.
pub(super) fn compare(model: &mut Model, id: HoldId) {
    let typed = model.dialog.as_ref().map(|dialog| dialog.typed(Role::Main));
    let (Some(typed), Some(node)) = (typed, node(model, id)) else { return };
    let last = allowed::editable(model, node).unwrap_or_default();
    let against_last = words::diff(&last, &typed);
    if against_last.is_empty() {
        let says = with_keys(model, "nothing is changed; {retry} runs the same command again");
        if let Some(dialog) = &mut model.dialog {
            dialog.says = Some(says);
        }
        return;
    }
    let Some(run) = model.open_run() else { return };
    let Some(hold) = run.holds.get(&id) else { return };
    let place = words::place(model, run, hold);
    let planned = run.cell(node).and_then(|cell| words::planned(model, run, cell));
    let planned = planned.unwrap_or_else(|| last.clone());
    let against_plan = words::diff(&planned, &typed);
    let subject = Subject::Holds(vec![id]);
    let mut dialog = Dialog::new(format!("Run this as {place}?"), subject, model.now);
    dialog.diff = true;
    dialog.text = difference(planned != last, against_plan, against_last);
    dialog = dialog
        .about(facts(model, run, hold))
        .line("")
        .line("The journal keeps the command, and who ran it.")
        .cancels(&with_keys(model, "your text is kept for the next {edit}"))
        .button("Run this", letter(model, Act::Edit), "as a new attempt", run_it(id, typed.clone()))
        .button("Change it further", Some('E'), "back to the text", Deed::Amend(id, true));
    keep_text(model, node, typed);
    model.dialog = Some(dialog);
}

fn run_it(id: HoldId, typed: String) -> Deed {
    Deed::Choose(vec![id], Choice::Edit(typed))
}

/// The difference to the plan; where another command was run since, to that one, too.
fn difference(ran_another: bool, plan: Vec<String>, last: Vec<String>) -> Vec<String> {
    let (added, removed) = words::changes(&plan);
    let mut lines = vec![format!("Against the plan, {added} added and {removed} removed:")];
    lines.extend(plan);
    if ran_another {
        lines.push("Against what was run last:".to_owned());
        lines.extend(last);
    }
    lines
}

/// A dialog is left: a command that was typed in it is kept.
pub(super) fn keep(model: &mut Model, dialog: &Dialog) {
    let compares = |deed: &Deed| if let Deed::Compare(id) = deed { Some(*id) } else { None };
    let Some(id) = dialog.buttons.iter().find_map(|button| compares(&button.deed)) else { return };
    // The question may be gone by now: then there is nothing that it could be an answer to.
    let Some(node) = node(model, id) else { return };
    let typed = dialog.typed(Role::Main);
    let last = allowed::editable(model, node).unwrap_or_default();
    if typed.trim().is_empty() || words::diff(&last, &typed).is_empty() {
        model.failure.drafts.remove(&node);
        return;
    }
    keep_text(model, node, typed);
    model.say(with_keys(model, "what you typed is kept: {edit} shows it again"), Tone::Dim);
}

fn keep_text(model: &mut Model, node: NodeId, typed: String) {
    if model.failure.drafts.len() < DRAFTS_MAX || model.failure.drafts.contains_key(&node) {
        model.failure.drafts.insert(node, typed);
    }
}

/// An edited command was sent: it is no draft any more.
pub(super) fn sent(model: &mut Model, holds: &[HoldId], choice: &Choice) {
    let Choice::Edit(_) = choice else { return };
    for node in holds.iter().filter_map(|id| node(model, *id)).collect::<Vec<_>>() {
        model.failure.drafts.remove(&node);
    }
}
