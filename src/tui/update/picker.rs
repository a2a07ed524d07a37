//! Keys while the picker of a release is open. None of them changes anything: Enter asks.

use crossterm::event::KeyCode;

use super::{
    allowed::{self, why_not},
    keys::{self, rows, shifted},
    outside,
    typing::{self, Came},
};
use crate::{
    model::{Candidate, Pair},
    tui::{
        action::{Act, Action, Motion},
        errand::Errand,
        keymap::{self, Press},
        state::{
            Model, Pane,
            dialog::{Dialog, Subject},
            picker::Picker,
        },
        styles::Tone,
        told::{Guest, Lines, Wish},
        view, words,
    },
};

/// Rows of details that a page has, at least.
const PAGE: usize = 8;

/// Opens it: on the release that the pane of releases is at, else on the one before the served.
pub(super) fn open(model: &mut Model) {
    let sight = &model.sight;
    let here = (model.focus == Pane::Releases).then(|| sight.candidates.get(sight.at())).flatten();
    let Some(candidate) = here.or_else(|| sight.default_target()) else { return };
    model.picker = Some(Picker::on(&candidate.name));
}

/// It was asked for while what is served is not known: it opens as soon as that was looked at.
pub(super) fn wait(model: &mut Model) {
    (model.next, model.sight.wanted) = (None, true);
    let why = allowed::LOOKED_AT;
    let key = keymap::written(model, Action::Back);
    let line = format!("{why}; the choice of a release opens by itself ({key}: it does not)");
    model.say(line, Tone::Dim);
}

/// Opens what was asked for before, or says why that cannot be any more.
pub(super) fn due(model: &mut Model) {
    if !model.sight.wanted {
        return;
    }
    let why = why_not(model, Action::Act(Act::Rollback));
    if why.as_deref() == Some(allowed::LOOKED_AT) || !model.is_free() {
        return;
    }
    model.sight.wanted = false;
    match why {
        Some(why) => keys::refuse(model, Action::Act(Act::Rollback), &why),
        None => open(model),
    }
}

/// A key while the filter is typed. Whether it is.
pub(super) fn types(model: &mut Model, press: Option<Press>) -> bool {
    let typing = model.picker.as_ref().is_some_and(|picker| picker.typing.is_some());
    if typing {
        filter(model, press);
    }
    typing
}

/// What a key stands for, in the list.
pub(super) fn act(model: &mut Model, action: Option<Action>) -> Vec<Wish> {
    match action {
        Some(Action::Go(motion)) => go(model, motion),
        Some(Action::Commands) => turn(model),
        Some(Action::Back) if shows_commands(model) => turn(model),
        Some(Action::Back) if clear(model) => {}
        Some(Action::Back | Action::Quit) => model.picker = None,
        Some(Action::Act(Act::Rollback) | Action::Open) => choose(model),
        Some(Action::Copy) => copy(model),
        Some(Action::NextPause | Action::Pager) => return diff(model),
        Some(Action::Search) => {
            if let Some(picker) = &mut model.picker {
                picker.typing = Some(std::mem::take(&mut picker.filter));
            }
        }
        Some(Action::Look) => {
            model.sight.differences.forget_failures();
            return keys::act(model, Action::Look);
        }
        Some(action) => return keys::act(model, action),
        None => {}
    }
    Vec::new()
}

/// Why what has a meaning of its own in the list does nothing now.
pub(super) fn refused(model: &Model, action: Action) -> Option<String> {
    let asks = matches!(action, Action::Open | Action::Act(Act::Rollback));
    let differs = matches!(action, Action::NextPause | Action::Pager);
    let of_one = asks || differs || matches!(action, Action::Copy | Action::Commands);
    match candidate(model).filter(|_| of_one) {
        None => of_one.then(|| {
            let leaves = keymap::fixed(model, "Esc", "an empty line");
            format!("no release fits the filter; {leaves} takes it away")
        }),
        Some(Candidate { name, refused, .. }) if asks => {
            refused.as_ref().map(|why| format!("{name} is not offered: {why}"))
        }
        Some(Candidate { name, .. }) => {
            let none = differs && model.sight.pair(name).is_none();
            none.then(|| format!("no host serves another release than {name}"))
        }
    }
}

/// The chosen release, where the filter leaves one.
fn candidate(model: &Model) -> Option<&Candidate> {
    model.picker.as_ref()?.candidate(&model.sight)
}

/// Asks for the whole difference of the chosen release, to be read in the pager.
fn diff(model: &mut Model) -> Vec<Wish> {
    let Some(pair) = candidate(model).and_then(|it| model.sight.pair(&it.name)) else {
        return Vec::new();
    };
    model.say(format!("reading how {} differs from {}…", pair.to, pair.from), Tone::Dim);
    model.sight.differences.opening = Some(pair.clone());
    vec![Wish::Diff(pair)]
}

/// Who looks at something else by now does not wait for the difference any more.
pub(super) fn keep_reading(model: &mut Model) {
    let Some(Pair { to, .. }) = &model.sight.differences.opening else { return };
    let here = model.picker.as_ref().is_some_and(|picker| picker.chosen == *to);
    let over = model.dialog.is_some() || model.help.is_some() || model.palette.is_some();
    if here && !over && model.sheet.is_none() {
        return;
    }
    let line = format!("how {to} differs is not shown any more: you went on to something else");
    model.sight.differences.opening = None;
    model.say(line, Tone::Dim);
}

/// The whole difference is there, and still wanted: it is shown.
pub(super) fn read(model: &mut Model, pair: &Pair, found: Result<Vec<String>, String>) {
    if model.sight.differences.opening.take_if(|opening| opening == pair).is_none() {
        return;
    }
    match found {
        Ok(lines) => {
            model.errands.ask(Errand::Lend(Guest::Lines(Lines {
                name: format!("{}-{}", pair.from, pair.to),
                lines,
                program: model.settings.pager.clone(),
                colours: model.settings.colour,
            })));
        }
        Err(why) => model.say(format!("how {} differs is not known: {why}", pair.to), Tone::Warn),
    }
}

/// Asks how the chosen release differs, once; the answer to an older question is not waited for.
pub(super) fn compare(model: &mut Model) -> Option<Wish> {
    let about = |dialog: &Dialog| matches!(dialog.subject, Subject::Rollback(..));
    let other = model.dialog.as_ref().is_some_and(|dialog| !about(dialog));
    let picker = model.picker.as_ref().filter(|_| !other && !model.alone)?;
    let pair = model.sight.pair(&picker.candidate(&model.sight)?.name)?;
    let differences = &mut model.sight.differences;
    if differences.of(&pair).is_some() || differences.asked.as_ref() == Some(&pair) {
        return None;
    }
    differences.asked = Some(pair.clone());
    Some(Wish::Compare(pair))
}

/// From the details to the commands, or back.
fn turn(model: &mut Model) {
    if let Some(picker) = &mut model.picker {
        (picker.commands, picker.scroll) = (!picker.commands, 0);
    }
}

fn shows_commands(model: &Model) -> bool {
    model.picker.as_ref().is_some_and(|picker| picker.commands)
}

/// Takes the filter away. Whether there was one.
fn clear(model: &mut Model) -> bool {
    let Some(picker) = &mut model.picker else { return false };
    !std::mem::take(&mut picker.filter).is_empty()
}

/// A key while the filter is typed: the list follows at once.
fn filter(model: &mut Model, press: Option<Press>) {
    let Some(picker) = &mut model.picker else { return };
    let Some(typing) = &mut picker.typing else { return };
    match press {
        Some(Press::Named(KeyCode::Esc)) => picker.typing = None,
        Some(Press::Named(KeyCode::Enter)) => {
            picker.filter = picker.typing.take().unwrap_or_default();
        }
        press => {
            if typing::key(typing, press) == Came::Left {
                picker.typing = None;
            }
        }
    }
    picker.settle(&model.sight);
}

/// Copies all that is known of the chosen release.
fn copy(model: &mut Model) {
    let Some(picker) = &model.picker else { return };
    let name = picker.chosen.clone();
    let text = view::picker_text(model);
    let lines = words::count(text.lines().count(), "line");
    model.errands.ask(Errand::Copy(text));
    model.say(
        format!("what is known of {name} is on the clipboard ({lines}), if the terminal allows it"),
        Tone::Ok,
    );
}

pub(super) fn go(model: &mut Model, motion: Motion) {
    let details = view::picker_rows(model);
    let Some(picker) = &mut model.picker else { return };
    let by = rows(motion, PAGE);
    match motion {
        Motion::Up | Motion::Down | Motion::Top | Motion::Bottom => {
            let shown = picker.shown(&model.sight);
            let at = shifted(picker.at(&model.sight), by, shown.len());
            if let Some(name) = shown.get(at).map(|candidate| candidate.name.clone()) {
                (picker.chosen, picker.scroll) = (name, 0);
            }
        }
        Motion::PageUp | Motion::PageDown | Motion::HalfUp | Motion::HalfDown => {
            picker.scroll = shifted(picker.scroll, by, details);
        }
        Motion::Left | Motion::Right => {}
    }
}

/// Enter: the question.
fn choose(model: &mut Model) {
    if let Some(name) = candidate(model).map(|it| it.name.clone()) {
        outside::rollback(model, &name);
    }
}
