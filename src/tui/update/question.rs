//! The dialogs of the answers to an open question.

use super::{allowed::asking, edit, together::Answer};
use crate::{
    model::{HoldId, HostId},
    run::{Cause, Choice, Hold, Offer, Run},
    tui::{
        action::Act,
        keymap::{fixed, letter, with_keys},
        state::{
            Model,
            dialog::{Deed, Dialog, Subject},
            facts::Facts,
        },
        words,
    },
};

/// How what the operator says is undone.
const KEPT: &str = "none; the journal keeps your reason";
const ASKED_NEXT: &str = "you are asked next what to do about the failure";

/// What is said of an answer to a question that is about a host.
pub(super) fn about(
    model: &Model,
    run: &Run,
    hold: &Hold,
    what: &str,
    undo: impl Into<String>,
) -> Facts {
    let host = run.cell(hold.on).and_then(|cell| cell.node.host);
    Facts::new(what, words::on_host(model, host), undo)
}

/// The host on which a question is about a change of the schema.
fn migrates<'a>(model: &'a Model, run: &Run, hold: &Hold) -> Option<&'a str> {
    let cell = run.cell(hold.on)?;
    let host = cell.node.host.filter(|_| words::concerns_schema(cell))?;
    Some(model.host_name(host))
}

pub(super) fn about_hold(model: &Model, run: &Run, id: HoldId, hold: &Hold, title: &str) -> Dialog {
    let mut dialog = Dialog::new(title, Subject::Holds(vec![id]), model.now);
    dialog.text = words::cause(model, run, hold);
    dialog
}

/// The dialog of an answer to the open question.
pub(super) fn answer(model: &Model, action: Act) -> Option<Dialog> {
    let run = model.open_run()?;
    let (id, hold) = model.hold()?;
    let offered = |offer: &&Offer| words::key_of(**offer) == action;
    let offer = *hold.offers.iter().find(offered)?;
    let place = words::place(model, run, hold);
    let ask = |title: String, what: &str, undo: &str| {
        let facts = about(model, run, hold, what, undo);
        about_hold(model, run, id, hold, &title).about(facts)
    };
    let give = |dialog, act, label, choice| {
        Answer::new(offer, act, label, choice).buttons(model, run, (id, hold), dialog)
    };
    Some(match offer {
        Offer::Retry => retry(model, run, id, hold),
        Offer::Edit => edit::dialog(model, id, true)?,
        Offer::Answer => input(model, run)?,
        Offer::Move(_) => elsewhere(model, run, id, hold),
        Offer::Fixed => {
            let dialog =
                ask(format!("Mark {place} fixed?"), "takes it as done; the run goes on", KEPT);
            give(dialog, Act::Fixed, "Mark fixed", Choice::Fixed).with_reason()
        }
        Offer::AssumeOk => {
            let dialog =
                ask(format!("Take {place} as done?"), "takes it as done; the run goes on", KEPT);
            give(dialog, Act::Fixed, "Take as done", Choice::Assume(true)).with_reason()
        }
        Offer::AssumeFailed => {
            let dialog =
                ask(format!("Take {place} as failed?"), "takes it as not done", ASKED_NEXT);
            let choice = Choice::Assume(false);
            give(dialog, Act::AssumeFailed, "Take as failed", choice).with_reason()
        }
        Offer::Skip => {
            let takes_back = run.cell(hold.on).is_some_and(|cell| cell.node.origin.takes_back());
            let what = match takes_back {
                true => {
                    "leaves it NOT undone; the undo goes on with the rest, the run ends as failed"
                }
                false => {
                    "leaves it out; later steps run as if it were there, the run ends as failed"
                }
            };
            let undo = with_keys(model, "none in this run; {deploy} runs all anew");
            let dialog = ask(format!("Skip {place}?"), what, &undo);
            let dialog = give(dialog, Act::Skip, "Skip", Choice::Skip);
            let dialog = match migrates(model, run, hold) {
                Some(host) => dialog.confirmed_by(host),
                None => dialog,
            };
            dialog.with_reason()
        }
        Offer::TakeOver => {
            let what = "the other run can change no more";
            ask("Take the lock over?".to_owned(), what, "none")
                .line("Be sure that the other run does not go on.")
                .button(
                    "Take over",
                    letter(model, Act::TakeOver),
                    words::consequence(model, hold, offer),
                    Deed::Choose(vec![id], Choice::TakeOver),
                )
                .with_reason()
        }
        Offer::Go | Offer::Exclude | Offer::Undo | Offer::Abort => return None,
    })
}

fn retry(model: &Model, run: &Run, id: HoldId, hold: &Hold) -> Dialog {
    let place = words::place(model, run, hold);
    let again = if matches!(hold.cause, Cause::Unknown(_)) {
        "runs it AGAIN: if it was done, or done in part, it is then done TWICE"
    } else {
        "runs the same command once more on this host"
    };
    let undo = fixed(
        model,
        "none needed; each attempt has a log of its own ({older_attempt} and {newer_attempt} go through them)",
        "none needed; each attempt has a log of its own",
    );
    let undo = with_keys(model, undo);
    let facts = about(model, run, hold, again, undo).takes(words::usual_step(model, hold));
    let dialog = about_hold(model, run, id, hold, &format!("Retry {place}?")).about(facts);
    let answer = Answer::new(Offer::Retry, Act::Retry, "Retry", Choice::Retry);
    answer.buttons(model, run, (id, hold), dialog)
}

fn input(model: &Model, run: &Run) -> Option<Dialog> {
    let (attempt, number, hidden) = asking(model, run)?;
    let (id, hold) = model.hold()?;
    let place = words::place(model, run, hold);
    let what =
        "sends one line to the step's input, once; it is in no file, unless the step prints it";
    let facts = about(model, run, hold, what, "none");
    let mut dialog = about_hold(model, run, id, hold, &format!("Answer {place}?")).about(facts);
    if hidden {
        let unseen = matches!(&hold.cause, Cause::Input(_, question) if question.text.is_empty());
        let key = fixed(model, "Ctrl-t", "input shown");
        dialog = dialog.line(match unseen {
            true => {
                format!("It may ask for a secret: what you type is not shown ({key} shows it).")
            }
            false => "It asks for a secret: what you type is not shown.".to_owned(),
        });
        dialog = dialog.line(
            "Should the step print it while this console drives the run, it is hidden where it is shown (from \
                 4 characters on); its log holds it as it is, on the host and in the state directory here.",
        );
    } else {
        let key = fixed(model, "Ctrl-t", "input hidden");
        let line = format!("Is it a secret? {key} hides it: here, and where the step prints it.");
        dialog = dialog.line(line);
    }
    let dialog =
        dialog.line("If it was not asking: as soon as it prints on, nothing is sent.").button(
            "Send",
            letter(model, Act::Input),
            "with a line end",
            Deed::Answer(attempt, number),
        );
    Some(dialog.line_of("Line", hidden))
}

fn elsewhere(model: &Model, run: &Run, id: HoldId, hold: &Hold) -> Dialog {
    let place = words::place(model, run, hold);
    let mut dialog = about_hold(model, run, id, hold, &format!("Where to do {place}?")).about(
        about(
            model,
            run,
            hold,
            "does it on the host that you choose; if it was done before, it is done twice",
            "none in this run",
        )
        .takes(words::usual_step(model, hold)),
    );
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
