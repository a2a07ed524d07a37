//! What a pressed button does.

use super::{edit, log, outside};
use crate::{
    model::HoldId,
    run::{Command, Why},
    tui::{
        errand::Errand,
        state::{
            Model,
            dialog::{Deed, Dialog, Role},
        },
        styles::Tone,
        told::Wish,
    },
};

/// Carries a button out. The dialog is closed, unless it lacks something.
pub(super) fn press(model: &mut Model, at: usize) -> Vec<Wish> {
    let (now, zone) = (model.wall(), model.settings.zone.clone());
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    let Some(deed) = dialog.buttons.get(at).map(|button| button.deed.clone()) else {
        return Vec::new();
    };
    if deed != Deed::Nothing
        && let Some(lacks) = dialog.lacks(now, &zone)
    {
        dialog.says = Some(lacks);
        return Vec::new();
    }
    if let Deed::Compare(hold) = deed {
        edit::compare(model, hold);
        return Vec::new();
    }
    if let Deed::Drop(hold) = deed {
        edit::ask_to_drop(model, hold);
        return Vec::new();
    }
    let Some(dialog) = model.dialog.take() else { return Vec::new() };
    carry_out(model, &dialog, deed)
}

/// Leaves the dialog without doing anything.
pub(super) fn cancel(model: &mut Model) -> Vec<Wish> {
    match model.dialog.take() {
        Some(dialog) => {
            edit::keep(model, &dialog);
            carry_out(model, &dialog, Deed::Nothing)
        }
        None => Vec::new(),
    }
}

fn carry_out(model: &mut Model, dialog: &Dialog, deed: Deed) -> Vec<Wish> {
    use crate::tui::state::dialog::Subject;
    let typed = dialog.typed(Role::Main);
    let why = Why(typed.trim().to_owned());
    let wish = match deed {
        Deed::Nothing => match dialog.subject {
            Subject::Prompt(id) => Wish::Prompted(id, None),
            Subject::Start
            | Subject::Without
            | Subject::Holds(_)
            | Subject::Run
            | Subject::Rollback(..)
            | Subject::Maintenance(_)
            | Subject::Lock(_)
            | Subject::Shell(_)
            | Subject::Save
            | Subject::Quit => return Vec::new(),
        },
        Deed::Start(mode) => {
            model.starting = true;
            model.say("starting the run", Tone::Text);
            Wish::Start(mode)
        }
        Deed::Mode(mode) => Wish::Command(Command::Mode(mode)),
        Deed::Break(changes) => {
            let wish = |(at, set)| Wish::Command(Command::Break(at, set));
            return changes.into_iter().map(wish).collect();
        }
        Deed::Choose(holds, choice) => {
            edit::sent(model, &holds, &choice);
            // Of several some may have been answered while the dialog was open.
            let open = |hold: &HoldId| model.run().is_some_and(|run| run.holds.contains_key(hold));
            let holds: Vec<HoldId> = holds.into_iter().filter(open).collect();
            let choose = |hold| Wish::Command(Command::Choose(hold, choice.clone(), why.clone()));
            return holds.into_iter().map(choose).collect();
        }
        Deed::Compare(_) | Deed::Drop(_) => return Vec::new(),
        Deed::Amend(hold, draft) => {
            edit::amend(model, hold, draft);
            return Vec::new();
        }
        Deed::Stop(attempt, sig) => Wish::Command(Command::Stop(attempt, sig)),
        Deed::Answer(attempt, number) => {
            let hidden = dialog.fields.iter().any(|field| field.is_hidden());
            Wish::Answer { attempt, number, text: typed, hidden }
        }
        Deed::Without(hosts) => {
            model.say("planning the next run anew", Tone::Text);
            Wish::Without(hosts)
        }
        Deed::Exclude(host) => Wish::Command(Command::Exclude(host, why)),
        Deed::Abort(abort) => Wish::Command(Command::Abort(abort, why)),
        Deed::Rest => Wish::Command(Command::Rest(why)),
        Deed::Do(intent) => outside::begin(model, dialog, intent),
        Deed::Prompted(id, true) => Wish::Prompted(id, Some("yes".to_owned())),
        Deed::Prompted(id, false) => Wish::Prompted(id, Some(typed)),
        Deed::Lend(guest) => {
            model.errands.ask(Errand::Lend(guest));
            return Vec::new();
        }
        Deed::Save(saving) => log::save_in(model, &typed, saving),
        Deed::Detach => {
            model.quit = true;
            Wish::Quit
        }
    };
    vec![wish]
}
