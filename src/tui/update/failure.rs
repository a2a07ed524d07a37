//! The failure view: when it opens and closes, and its keys.

use super::{acts, keys::rows};
use crate::{
    model::HoldId,
    tui::{
        action::Motion,
        errand::Errand,
        state::{
            Model, Pane,
            failure::{cards, has_card},
        },
        styles::Tone,
        view, words,
    },
};

/// After everything: opens the view once for a new failure, as soon as nothing is in the way, and
/// closes it when there is nothing left to show.
pub(super) fn keep(model: &mut Model) {
    let Some(run) = model.open_run() else {
        close(model);
        return;
    };
    let troubles = run.holds.iter().filter(|(_, hold)| hold.cause.is_trouble());
    let new: Vec<HoldId> =
        troubles.map(|(id, _)| *id).filter(|id| !model.failure.seen.contains(id)).collect();
    let left = cards(run);
    if model.failure.open {
        model.failure.seen.extend(new);
        keep_shown(model, &left);
        return;
    }
    let Some(first) = new.first().copied() else { return };
    if !model.is_free() {
        if !std::mem::replace(&mut model.failure.announced, true) {
            let what = headline(model, first);
            let line = format!("{what}; its view opens when you are done here");
            model.say(line, Tone::Failed);
        }
        return;
    }
    model.failure.seen.extend(new);
    open(model, first);
}

/// The question that is shown was answered: the next one, or back to the overview.
fn keep_shown(model: &mut Model, left: &[HoldId]) {
    let shown = model.asked.hold.is_some_and(|id| left.contains(&id));
    match left.first() {
        _ if shown => {}
        Some(next) => show(model, *next),
        None => close(model),
    }
}

fn headline(model: &Model, id: HoldId) -> String {
    let found = model.open_run().and_then(|run| Some((run, run.holds.get(&id)?)));
    found.map_or_else(String::new, |(run, hold)| words::headline(model, run, hold))
}

/// Opens the view at this question.
fn open(model: &mut Model, id: HoldId) {
    if !model.failure.open {
        model.failure.moved = model.cursor.moved;
    }
    (model.failure.open, model.failure.announced) = (true, false);
    (model.focus, model.zoom) = (Pane::Hosts, false);
    show(model, id);
}

/// The key for what is asked: the view, where the question has a card.
pub(super) fn choices(model: &mut Model) {
    let here = model.hold().filter(|(_, hold)| has_card(hold)).map(|(id, _)| id);
    if let Some(id) = here.filter(|_| !model.failure.open) {
        model.failure.seen.extend(model.open_run().into_iter().flat_map(cards).collect::<Vec<_>>());
        open(model, id);
    }
    model.focus = Pane::Choices;
}

/// Whether Enter on the question opens its view first.
pub(super) fn opens(model: &Model) -> bool {
    !model.failure.open && model.hold().is_some_and(|(_, hold)| has_card(hold))
}

/// Back to the overview.
pub(super) fn close(model: &mut Model) {
    // Nobody has moved the log away from where it was put.
    model.log.follow |= model.failure.stands(model.log.of, model.log.top) && !model.log.is_busy();
    if !std::mem::replace(&mut model.failure.open, false) {
        return;
    }
    model.cursor.moved = model.failure.moved;
    // A log that is read stays.
    model.log.pinned = model.log.pinned.filter(|_| model.log.stays);
    model.failure.placed = None;
    (model.focus, model.zoom) = (Pane::Hosts, false);
}

/// Shows a question, its cell and its log.
pub(super) fn show(model: &mut Model, id: HoldId) {
    (model.asked.hold, model.asked.choice) = (Some(id), 0);
    (model.failure.scroll, model.failure.standing, model.failure.placed) = (0, 0, None);
    acts::show_cell(model);
    let attempt = model.open_run().and_then(|run| {
        let hold = run.holds.get(&id)?;
        crate::tui::state::failure::attempt(run, hold)
    });
    let attempts = model.attempts();
    model.log.pinned = attempt.filter(|attempt| attempts.last() != Some(attempt));
}

/// To the question before, or the next one.
pub(super) fn turn(model: &mut Model, forward: bool) {
    let all = model.open_run().map_or_else(Vec::new, cards);
    let here = all.iter().position(|id| Some(*id) == model.asked.hold).unwrap_or(0);
    let there = if forward { here + 1 } else { here.saturating_sub(1) };
    if let Some(id) = all.get(there).copied().filter(|_| there != here) {
        show(model, id);
    }
}

/// Moves about in the card, or in where things stand. Whether the motion is taken.
pub(super) fn go(model: &mut Model, motion: Motion) -> bool {
    if !model.failure.open {
        return false;
    }
    match (model.focus, motion) {
        (Pane::Hosts | Pane::Steps | Pane::Choices, Motion::Left) => turn(model, false),
        (Pane::Hosts | Pane::Steps | Pane::Choices, Motion::Right) => turn(model, true),
        (Pane::Hosts, _) => {
            let (all, page) = view::card_rows(model);
            model.failure.scroll = scrolled(model.failure.scroll, motion, all, page);
        }
        (Pane::Steps, _) => {
            let (all, page) = view::standing_rows(model);
            model.failure.standing = scrolled(model.failure.standing, motion, all, page);
        }
        (Pane::Releases | Pane::Log | Pane::Choices, _) => return false,
    }
    true
}

/// Never further than to the last page.
fn scrolled(at: usize, motion: Motion, all: usize, page: usize) -> usize {
    let last = all.saturating_sub(page);
    super::keys::shifted(at, rows(motion, page), last + 1)
}

/// The card, on the clipboard.
pub(super) fn copy(model: &mut Model) {
    let copied = model.hold().and_then(|(id, hold)| words::copied(model, id, hold));
    let Some((text, lines)) = copied else { return };
    model.errands.ask(Errand::Copy(text));
    let lines = words::count(lines, "line");
    let line = format!("the card was sent to the clipboard ({lines}), {}", model.settings.copies());
    model.say(line, Tone::Ok);
}
