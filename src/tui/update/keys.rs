//! Keys outside of dialogs.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind};

use super::{
    acts,
    allowed::{self, why_not},
    dialog, failure, follow, help, history, lend, log, narrow, over, palette, picker, stages,
};
use crate::tui::{
    action::{Act, Action, Motion},
    errand::Errand,
    keymap::{self, Press},
    over::Over,
    state::{
        Model, Pane,
        dialog::{Focus, Subject},
        help::Help,
        host::HostView,
        log::{
            Move,
            search::{Sought, Typed},
        },
        narrow::List,
        said::{Paper, Sheet},
    },
    styles::Tone,
    told::Wish,
    view,
};

/// Cells by which the panes on the left become wider at once, and at most.
const WIDEN: i16 = 4;
const WIDER_MAX: i16 = 24;

/// A key.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    let press = Press::of(key);
    if press == Some(Press::Ctrl('c')) {
        return interrupt(model);
    }
    // Also over lists and dialogs; a letter that it is bound to may be typed there.
    let everywhere = press.filter(|press| !matches!(press, Press::Char(_)));
    let meant = everywhere.and_then(|press| keymap::action(model, press));
    if meant == Some(Action::Suspend) && !is_typing(model) {
        lend::suspend(model);
        return Vec::new();
    }
    if model.is_tiny() {
        return tiny(model, key);
    }
    if model.dialog.is_some() {
        return dialog::key(model, key);
    }
    if model.stages.is_some() {
        return stages::key(model, press);
    }
    if let Some(wishes) = overlay(model, key) {
        return wishes;
    }
    if model.log.typing.is_some() {
        log::typing(model, key);
        return Vec::new();
    }
    if let Some(list) = model.narrow.typing {
        narrow::typing(model, list, press);
        return Vec::new();
    }
    match press.and_then(|press| keymap::action(model, press)) {
        Some(action) => act(model, action),
        None => {
            unbound(model, press);
            Vec::new()
        }
    }
}

/// A key that stands for nothing.
pub(super) fn unbound(model: &mut Model, press: Option<Press>) {
    let Some(press) = press else { return };
    let help = keymap::written(model, Action::Help);
    let line = format!("{} stands for nothing; {help} lists the keys", press.written());
    model.say(line, Tone::Dim);
}

/// Whether keys go into a text, where each may have a meaning of its own.
fn is_typing(model: &Model) -> bool {
    matches!(&model.dialog, Some(dialog) if matches!(dialog.focus, Focus::Field(_)))
}

/// A key for what lies over the panes, the topmost first.
fn overlay(model: &mut Model, key: KeyEvent) -> Option<Vec<Wish>> {
    if model.help.is_some() {
        Some(help::key(model, key))
    } else if model.palette.is_some() {
        Some(palette::key(model, key))
    } else if model.sheet.is_some() {
        sheet(model, key);
        Some(Vec::new())
    } else {
        Over::of(model).map(|open| over::key(model, open, key))
    }
}

/// A key while a text lies over the panes.
fn sheet(model: &mut Model, key: KeyEvent) {
    let Some(sheet) = model.sheet else { return };
    match Press::of(key).and_then(|press| keymap::action(model, press)) {
        Some(Action::Go(motion)) => {
            let rows = rows(motion, usize::from(model.size.height / 2));
            let first = shifted(sheet.first, rows, view::sheet_rows(model, sheet));
            model.sheet = Some(Sheet { first, ..sheet });
        }
        Some(_) | None => model.sheet = None,
    }
}

/// Leaves what lies over the panes.
pub(super) fn close_screens(model: &mut Model) {
    (model.help, model.palette, model.sheet, model.host_view) = (None, None, None, None);
    (model.picker, model.history.open) = (None, false);
}

/// Whether a key lies over what is open, or has nothing to do with it: it is there still afterwards.
fn leaves_open(action: Action) -> bool {
    use Action::{Guide, Help, Look, Messages, Mouse, Redraw};
    matches!(action, Guide | Help | Look | Messages | Mouse | Redraw)
}

/// What was chosen in a list of keys: as if its key had been pressed, but what would act at once asks.
pub(super) fn listed(model: &mut Model, action: Action) -> Vec<Wish> {
    if why_not(model, action).is_some() {
        return act(model, action);
    }
    if leaves_open(action) {
        (model.help, model.palette) = (None, None);
        return act(model, action);
    }
    close_screens(model);
    match asks(model, action) {
        true => Vec::new(),
        false => act(model, action),
    }
}

/// Asks first where it would act at once. Whether it does.
pub(super) fn asks(model: &mut Model, action: Action) -> bool {
    let dialog = acts::asked(model, action);
    let asks = dialog.is_some();
    model.dialog = dialog.or_else(|| model.dialog.take());
    asks
}

/// A screen that cannot show what a key would do takes only those that leave: what is asked, or all.
fn tiny(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    let leaving = matches!(&model.dialog, Some(dialog) if dialog.subject == Subject::Quit);
    match Press::of(key) {
        _ if leaving => dialog::key(model, key),
        Some(Press::Named(KeyCode::Esc)) => super::answer::cancel(model),
        Some(press) => match keymap::action(model, press) {
            Some(action @ Action::Quit) => {
                let mut wishes = super::answer::cancel(model);
                wishes.extend(act(model, action));
                wishes
            }
            Some(_) | None => Vec::new(),
        },
        None => Vec::new(),
    }
}

/// Ctrl-c: asks how to leave; then goes from choice to choice, and never presses one.
pub(super) fn interrupt(model: &mut Model) -> Vec<Wish> {
    (model.help, model.palette) = (None, None);
    if let Some(dialog) = &mut model.dialog {
        if dialog.subject == Subject::Quit {
            let last = dialog.buttons.len().saturating_sub(1);
            if let Focus::Button(at) = dialog.focus {
                dialog.focus = Focus::Button((at + 1).min(last));
            }
            return Vec::new();
        }
        return super::answer::cancel(model);
    }
    let screens = model.picker.is_some() || model.host_view.is_some() || model.history.open;
    if screens || model.sheet.is_some() {
        close_screens(model);
        return Vec::new();
    }
    history::leave(model);
    model.log.stop_typing();
    narrow::stop(model);
    let mut wishes = acts::quit(model);
    if model.quit && model.run().is_none() {
        wishes.insert(0, Wish::Interrupted);
    }
    wishes
}

/// Says why a key does nothing now; what passes by itself is waited for.
pub(super) fn refuse(model: &mut Model, action: Action, why: &str) {
    if why == allowed::LOOKED_AT {
        picker::wait(model);
        return;
    }
    let key = keymap::written(model, action).to_owned();
    model.say(format!("{key}{}{why}", allowed::NOT_NOW), Tone::Warn);
}

/// Does what a key stands for, or says why not.
pub(super) fn act(model: &mut Model, action: Action) -> Vec<Wish> {
    if let Some(why) = why_not(model, action) {
        refuse(model, action, &why);
        return Vec::new();
    }
    match action {
        Action::Help => model.help = Some(Help::default()),
        Action::Back => back(model),
        Action::Redraw => model.redraw = true,
        Action::Mouse => super::mouse::toggle(model),
        Action::NextPane => turn(model, true),
        Action::PreviousPane => turn(model, false),
        Action::Hosts => model.focus = Pane::Hosts,
        Action::Releases => {
            failure::close(model);
            model.focus = Pane::Releases;
        }
        Action::Steps => model.focus = Pane::Steps,
        Action::Log => model.focus = Pane::Log,
        Action::Choices => failure::choices(model),
        Action::Zoom => model.zoom = !model.zoom,
        Action::Follow if model.failure.open => model.log.way = Some(Move::Bottom),
        Action::Follow => follow::again(model),
        Action::Wrap => (model.log.wrap, model.log.left) = (!model.log.wrap, 0),
        Action::Times => model.log.times = model.log.times.next(),
        Action::Search => match narrow::here(model) {
            Some(list) => narrow::begin(model, list),
            None => model.log.begin_typing(Typed::Search),
        },
        Action::Filter => model.log.begin_typing(Typed::Filter),
        Action::NextHit => model.log.jump_on(true),
        Action::PreviousHit => model.log.jump_on(false),
        Action::NextError => model.log.jump(Sought::Error, true),
        Action::PreviousError => model.log.jump(Sought::Error, false),
        Action::NextWarning => model.log.jump(Sought::Warning, true),
        Action::PreviousWarning => model.log.jump(Sought::Warning, false),
        Action::NextPause => model.log.jump(Sought::Gap, true),
        Action::NextMark => model.log.jump(Sought::Mark, true),
        Action::LessContext => model.log.widen(false),
        Action::MoreContext => model.log.widen(true),
        Action::Mark => log::mark(model),
        Action::AllHosts => log::all_hosts(model),
        Action::Choose => log::choose(model),
        Action::Copy if copies_card(model) => failure::copy(model),
        Action::Copy => log::copy(model),
        Action::Save => log::save(model),
        Action::OlderAttempt => attempt(model, false),
        Action::NewerAttempt => attempt(model, true),
        Action::Open => return open(model),
        Action::Go(motion) => go(model, motion),
        Action::Act(act) => return acts::act(model, act),
        Action::Quit => {
            history::leave(model);
            return acts::quit(model);
        }
        Action::Palette => return palette::open(model),
        Action::Runs => return history::open(model),
        Action::Host => model.host_view = Some(HostView::default()),
        Action::Guide => model.sheet = Paper::Guide.open(),
        Action::Messages => model.sheet = Paper::Messages.open(),
        Action::Narrower => widen(model, -WIDEN),
        Action::Wider => widen(model, WIDEN),
        Action::Evidence | Action::Commands => {}
        Action::Interrupt => return interrupt(model),
        Action::Look => return look(model),
        Action::Suspend => lend::suspend(model),
        Action::Editor => lend::log(model, false),
        Action::Pager => lend::log(model, true),
        Action::Stream => model.errands.ask(Errand::Stream),
    }
    Vec::new()
}

/// Whether it is the card of a failure that would be copied, not its log.
pub(super) fn copies_card(model: &Model) -> bool {
    model.failure.open && model.focus != Pane::Log
}

/// The panes on the left, so many cells wider; the screen says how far that goes.
fn widen(model: &mut Model, cells: i16) {
    let wider = model.wider + cells;
    if (-WIDER_MAX..=WIDER_MAX).contains(&wider) {
        model.wider = wider;
    } else {
        model.say("they get no narrower and no wider than this", Tone::Dim);
    }
}

/// Leaves one thing that does not last, the innermost first.
fn back(model: &mut Model) {
    if model.next.take().is_some() {
        model.say("the dialog of the next run does not open by itself", Tone::Dim);
    } else if std::mem::take(&mut model.sight.wanted) {
        model.say("the choice of a release does not open by itself", Tone::Dim);
    } else if narrow::back(model, false) || log::back(model) || narrow::back(model, true) {
        // It was something of a list, or of the log.
    } else if model.zoom {
        model.zoom = false;
    } else if history::leave(model) {
        model.say("back in the present", Tone::Dim);
    } else if model.failure.open {
        failure::close(model);
    } else if !model.guide.is_empty() && !model.cursor.moved {
        model.cursor.moved = true;
        let key = keymap::written(model, Action::Guide);
        model.say(format!("{key} shows where to begin again"), Tone::Dim);
    } else {
        (model.focus, model.line) = (Pane::Hosts, None);
    }
}

/// Looks at the hosts again; those that are not connected are connected first.
fn look(model: &mut Model) -> Vec<Wish> {
    model.say("looking at the hosts again", Tone::Dim);
    let mut wishes = Vec::new();
    let left_out = model.run().is_none() && !model.without.is_empty();
    // An open run has its hosts connected by itself.
    let lost = model.open_run().is_none() && allowed::all_connected(model).is_none();
    if left_out || lost {
        wishes.push(Wish::Connect);
    }
    if model.sight.has.something() {
        wishes.push(Wish::Look);
    }
    wishes
}

fn turn(model: &mut Model, forward: bool) {
    let mut panes = vec![Pane::Hosts];
    if model.sight.has.releases && !model.failure.open {
        panes.push(Pane::Releases);
    }
    panes.extend([Pane::Steps, Pane::Log]);
    if model.hold().is_some() {
        panes.push(Pane::Choices);
    }
    let here = panes.iter().position(|pane| *pane == model.focus).unwrap_or(0);
    let there = if forward { here + 1 } else { here + panes.len() - 1 };
    let there = there.checked_rem(panes.len()).unwrap_or(0);
    model.focus = panes.get(there).copied().unwrap_or(Pane::Hosts);
}

/// Enter: the log of the cell, a release to go back to, or the dialog of the choice.
fn open(model: &mut Model) -> Vec<Wish> {
    match model.focus {
        Pane::Hosts if model.failure.open => model.focus = Pane::Choices,
        Pane::Choices if failure::opens(model) => failure::choices(model),
        Pane::Hosts | Pane::Steps => model.focus = Pane::Log,
        Pane::Releases => return act(model, Action::Act(Act::Rollback)),
        Pane::Log => {
            if !log::one_host(model) {
                model.zoom = !model.zoom;
            }
        }
        Pane::Choices => return acts::choose(model),
    }
    Vec::new()
}

/// Moves about in the pane that has the keys.
pub(super) fn go(model: &mut Model, motion: Motion) {
    if failure::go(model, motion) {
        return;
    }
    match model.focus {
        Pane::Hosts => in_matrix(model, motion),
        Pane::Releases => in_releases(model, motion),
        Pane::Steps => in_steps(model, motion),
        Pane::Log if model.attempt().is_some() => log::go(model, motion),
        Pane::Log => in_detail(model, motion),
        Pane::Choices => in_choices(model, motion),
    }
}

/// How far a motion goes, in rows of a page.
pub(super) fn rows(motion: Motion, page: usize) -> i64 {
    let page = i64::try_from(page).unwrap_or(1).max(2);
    match motion {
        Motion::Up => -1,
        Motion::Down => 1,
        Motion::PageUp => 1 - page,
        Motion::PageDown => page - 1,
        Motion::HalfUp => -page / 2,
        Motion::HalfDown => page / 2,
        Motion::Top => i64::MIN,
        Motion::Bottom => i64::MAX,
        Motion::Left | Motion::Right => 0,
    }
}

fn in_matrix(model: &mut Model, motion: Motion) {
    match motion.across() {
        Some(by) => among(model, List::Steps, by),
        None => among(model, List::Hosts, rows(motion, 5)),
    }
}

/// So many further in a list, among those that are listed.
fn among(model: &mut Model, list: List, by: i64) {
    let listed = view::listed(model, list);
    let cursor = &mut model.cursor;
    let at = match list {
        List::Hosts => &mut cursor.row,
        List::Steps => &mut cursor.column,
    };
    let here = listed.iter().position(|it| it == at).unwrap_or(0);
    if let Some(there) = listed.get(shifted(here, by, listed.len())) {
        *at = *there;
    }
    cursor.moved = true;
    model.at_another_cell();
}

pub(super) fn shifted(at: usize, by: i64, len: usize) -> usize {
    let at = i64::try_from(at).unwrap_or(0).saturating_add(by).max(0);
    usize::try_from(at).unwrap_or(0).min(len.saturating_sub(1))
}

fn in_releases(model: &mut Model, motion: Motion) {
    let sight = &mut model.sight;
    let at = shifted(sight.at(), rows(motion, 5), sight.candidates.len());
    sight.chosen = sight.candidates.get(at).map(|candidate| candidate.name.clone());
}

/// Up and down the list is left and right in the matrix.
fn in_steps(model: &mut Model, motion: Motion) {
    among(model, List::Steps, rows(motion, 5));
}

fn in_detail(model: &mut Model, motion: Motion) {
    let (_, page) = view::log_room(model);
    model.detail = shifted(model.detail, rows(motion, page), view::detail_rows(model));
}

fn in_choices(model: &mut Model, motion: Motion) {
    let Some((id, hold)) = model.hold() else { return };
    let offers = hold.offers.len();
    let ids: Vec<_> =
        model.open_run().map_or_else(Vec::new, |run| run.holds.keys().copied().collect());
    let here = ids.iter().position(|other| *other == id).unwrap_or(0);
    let Some(by) = motion.across() else {
        model.asked.hold = Some(id);
        model.asked.choice = shifted(model.asked.choice, rows(motion, 5), offers);
        return;
    };
    let there = shifted(here, by, ids.len());
    model.asked.hold = ids.get(there).copied();
    model.asked.choice = 0;
    acts::show_cell(model);
}

fn attempt(model: &mut Model, newer: bool) {
    let attempts = model.attempts();
    let here = model.attempt().and_then(|shown| attempts.iter().position(|other| *other == shown));
    let here = here.unwrap_or(0);
    let last = attempts.len().saturating_sub(1);
    let there = if newer { (here + 1).min(last) } else { here.saturating_sub(1) };
    model.log.pinned = attempts.get(there).copied().filter(|_| there < last);
    model.log.stays &= there < last;
}
