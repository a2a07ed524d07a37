//! Keys while the picker of a release is open. None of them changes anything: Enter asks.

use crossterm::event::KeyCode;

use super::{
    allowed::{self, why_not},
    commands,
    keys::{self, rows, shifted},
    outside,
    typing::{self, Came},
};
use crate::{
    model::Pair,
    tui::{
        action::{Act, Action, Motion},
        errand::Errand,
        keymap::{self, Press},
        state::{Model, Pane, picker::Picker},
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
    let line = format!("{why}; the choice of a release opens by itself (Esc: it does not)");
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

/// A key.
pub(super) fn key(model: &mut Model, press: Option<Press>) -> Vec<Wish> {
    if model.picker.as_ref().is_some_and(|picker| picker.typing.is_some()) {
        filter(model, press);
        return Vec::new();
    }
    match press {
        Some(commands::KEY) => turn(model),
        Some(Press::Named(KeyCode::Esc)) if shows_commands(model) => turn(model),
        Some(Press::Named(KeyCode::Esc)) if clear(model) => {}
        Some(Press::Named(KeyCode::Esc)) => model.picker = None,
        Some(Press::Named(KeyCode::Enter)) => choose(model),
        Some(press) => match act(model, keymap::action(model, press)) {
            Some(wishes) => return wishes,
            None => nothing(model, press),
        },
        None => {}
    }
    Vec::new()
}

/// What a key stands for, in the list; `None`: nothing.
pub(super) fn act(model: &mut Model, action: Option<Action>) -> Option<Vec<Wish>> {
    match action {
        Some(Action::Go(motion)) => go(model, motion),
        Some(Action::Quit) => model.picker = None,
        Some(Action::Act(Act::Rollback) | Action::Open) => choose(model),
        Some(Action::Copy) => copy(model),
        Some(Action::NextPause | Action::Pager) => return Some(diff(model)),
        Some(Action::Search) => {
            if let Some(picker) = &mut model.picker {
                picker.typing = Some(std::mem::take(&mut picker.filter));
            }
        }
        Some(
            action @ (Action::Help
            | Action::Palette
            | Action::Messages
            | Action::Look
            | Action::Redraw),
        ) => {
            if action == Action::Look {
                model.sight.differences.forget_failures();
            }
            return Some(keys::act(model, action));
        }
        Some(_) | None => return None,
    }
    Some(Vec::new())
}

/// A key that stands for nothing here.
fn nothing(model: &mut Model, press: Press) {
    let line =
        format!("{} does nothing while a release is chosen; Esc closes the list", press.written());
    model.say(line, Tone::Dim);
}

/// The name of the chosen release; where the filter leaves none, that is said.
fn chosen(model: &mut Model) -> Option<String> {
    let chosen = model.picker.as_ref()?.candidate(&model.sight).map(|it| it.name.clone());
    if chosen.is_none() {
        model.say("no release fits the filter; Esc takes it away", Tone::Dim);
    }
    chosen
}

/// Asks for the whole difference of the chosen release, to be read in the pager.
fn diff(model: &mut Model) -> Vec<Wish> {
    let Some(name) = chosen(model) else { return Vec::new() };
    let Some(pair) = model.sight.pair(&name) else {
        model.say(format!("no host serves another release than {name}"), Tone::Warn);
        return Vec::new();
    };
    model.say(format!("reading how {name} differs from {}…", pair.from), Tone::Dim);
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
    let picker = model.picker.as_ref().filter(|_| model.dialog.is_none() && !model.alone)?;
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

/// Enter: the question, or why there is none.
fn choose(model: &mut Model) {
    let Some(name) = chosen(model) else { return };
    let refused = model.sight.candidate(&name).and_then(|candidate| candidate.refused.clone());
    match refused {
        Some(why) => model.say(format!("{name} is not offered: {why}"), Tone::Warn),
        None => outside::rollback(model, &name),
    }
}
