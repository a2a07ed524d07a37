//! Keys while the palette is open. It never acts by itself: Enter goes to the dialog of what acts.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    allowed::why_not,
    history,
    keys::{self, shifted},
    typing::{self, Came},
};
use crate::tui::{
    action::{Act, Action},
    keymap::Press,
    state::{
        Model, Pane,
        palette::{Goal, Palette},
        picker::Picker,
        sight::Pages,
    },
    told::{Intent, Wish},
    view,
    words::{self, Entry},
};

/// Opens it; runs can be gone to as soon as they are told.
pub(super) fn open(model: &mut Model) -> Vec<Wish> {
    model.palette = Some(Palette::default());
    if model.history.rows.is_empty() { history::ask(model, 0) } else { Vec::new() }
}

/// A key while it is open.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    let entries = words::entries(model);
    let rows = view::palette_rows(model);
    if recall(model, Press::of(key)) {
        return Vec::new();
    }
    let Some(palette) = &mut model.palette else { return Vec::new() };
    palette.says = None;
    let page = 5;
    let before = (palette.chosen, palette.typed.len());
    let mut go = |by| palette.chosen = shifted(palette.chosen, by, entries.len());
    match Press::of(key) {
        Some(Press::Named(KeyCode::Esc)) => model.palette = None,
        Some(Press::Named(KeyCode::Enter)) => return choose(model, entries),
        Some(Press::Named(KeyCode::Up) | Press::Ctrl('p')) => go(-1),
        Some(Press::Named(KeyCode::Down) | Press::Ctrl('n')) => go(1),
        Some(Press::Named(KeyCode::Home)) => go(i64::MIN),
        Some(Press::Named(KeyCode::End)) => go(i64::MAX),
        Some(Press::Named(KeyCode::PageUp)) => {
            palette.scroll = palette.scroll.saturating_sub(page);
        }
        Some(Press::Named(KeyCode::PageDown)) => {
            palette.scroll = (palette.scroll + page).min(rows.saturating_sub(1));
        }
        press => match typing::key(&mut palette.typed, press) {
            Came::Changed => (palette.chosen, palette.recalled) = (0, None),
            Came::Left => model.palette = None,
            Came::Nothing => {}
        },
    }
    if let Some(palette) = &mut model.palette
        && before != (palette.chosen, palette.typed.len())
    {
        palette.scroll = 0;
    }
    Vec::new()
}

/// Up from the first entry: what was typed before in this session, as a shell has it; Down comes back.
/// Whether the key was that.
fn recall(model: &mut Model, press: Option<Press>) -> bool {
    let Some(palette) = &mut model.palette else { return false };
    let fresh = palette.typed.is_empty() && palette.recalled.is_none();
    let ago = match (press, palette.recalled) {
        _ if palette.chosen > 0 => return false,
        (Some(Press::Named(KeyCode::Up) | Press::Ctrl('p')), None) if fresh => Some(0),
        (Some(Press::Named(KeyCode::Up) | Press::Ctrl('p')), Some(ago)) => Some(ago + 1),
        (Some(Press::Named(KeyCode::Down) | Press::Ctrl('n')), Some(ago)) => ago.checked_sub(1),
        (_, _) => return false,
    };
    let text = match ago {
        None => "",
        Some(ago) => match model.recent.text(ago) {
            Some(text) => text,
            None => return palette.recalled.is_some(),
        },
    };
    text.clone_into(&mut palette.typed);
    (palette.recalled, palette.scroll, palette.says) = (ago, 0, None);
    true
}

/// Enter: goes there, or says why that does nothing now.
fn choose(model: &mut Model, mut entries: Vec<Entry>) -> Vec<Wish> {
    let Some(palette) = &mut model.palette else { return Vec::new() };
    if palette.chosen >= entries.len() {
        return Vec::new();
    }
    let Entry { goal, refused, .. } = entries.swap_remove(palette.chosen);
    if let Some(why) = refused {
        palette.says = Some(format!("not now: {why}"));
        return Vec::new();
    }
    let typed = palette.typed.trim().to_owned();
    model.palette = None;
    model.recent.typed(&typed);
    model.recent.add(goal.clone());
    reach(model, goal)
}

/// Goes there: what acts asks first.
pub(super) fn reach(model: &mut Model, goal: Goal) -> Vec<Wish> {
    match goal {
        Goal::Key(Action::Palette) => Vec::new(),
        Goal::Key(action) => keys::listed(model, action),
        Goal::Host(name) => {
            let named = |id: &_| model.host_name(*id) == name;
            let Some(row) = model.grid.hosts.iter().position(named) else { return Vec::new() };
            keys::close_screens(model);
            (model.cursor.row, model.cursor.moved, model.focus) = (row, true, Pane::Hosts);
            Vec::new()
        }
        Goal::Step(name) => {
            let named = model.grid.columns.iter().position(|column| column.step == name);
            let Some(column) = named else { return Vec::new() };
            keys::close_screens(model);
            (model.cursor.column, model.cursor.moved, model.focus) = (column, true, Pane::Hosts);
            Vec::new()
        }
        Goal::Release(name) => {
            keys::close_screens(model);
            model.picker = Some(Picker::on(&name));
            Vec::new()
        }
        Goal::Run(run) => history::open_run(model, run),
    }
}

/// What would be done outside of the run by the chosen entry: it is asked what that would run.
pub(crate) fn intent(model: &Model) -> Option<Intent> {
    let entry = words::chosen(model)?;
    let allowed = |act| why_not(model, Action::Act(act)).is_none();
    let back = |release: &str| Intent::rollback(release);
    match entry.goal {
        Goal::Key(Action::Act(Act::Rollback)) if allowed(Act::Rollback) => {
            Some(back(&model.sight.default_target()?.name))
        }
        Goal::Release(name) => {
            let offered = model.sight.candidate(&name)?.refused.is_none();
            (offered && allowed(Act::Rollback)).then(|| back(&name))
        }
        Goal::Key(Action::Act(Act::Maintenance)) if allowed(Act::Maintenance) => {
            let on = !matches!(model.sight.pages(), Pages::On { .. });
            Some(Intent::maintenance(on))
        }
        Goal::Key(Action::Act(Act::TakeOver)) if allowed(Act::TakeOver) => {
            let outside = model.open_run().is_none();
            outside.then(|| Intent::Unlock { reason: String::new() })
        }
        Goal::Key(_) | Goal::Host(_) | Goal::Step(_) | Goal::Run(_) => None,
    }
}
