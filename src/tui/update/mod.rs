//! What changes the screen: keys, facts and the size, one at a time. Pure: what is to be done
//! outside comes out as wishes.

mod acts;
mod allowed;
mod answer;
mod attention;
mod commands;
mod dialog;
mod edit;
mod exclude;
mod failure;
mod follow;
mod help;
mod history;
mod host;
mod keys;
mod lend;
mod log;
mod mouse;
mod narrow;
mod outside;
mod over;
mod palette;
mod picker;
mod place;
mod question;
mod spoken;
mod stages;
mod tempo;
mod together;
mod told;
mod typing;
mod undo;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::layout::Size;

#[cfg(test)]
pub(crate) use self::allowed::{NOT_HERE_NOW, NOT_NOW};
pub(crate) use self::{
    acts::leaves_at_once, allowed::why_not, exclude::dialog as exclusion,
    history::at as history_at, over::refused, palette::intent as palette_intent, place::Place,
    spoken::Spoken, tempo::clock,
};
use super::{
    state::Model,
    told::{Told, Wish},
};

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Msg {
    /// A key.
    Key(KeyEvent),
    /// A click, or the wheel.
    Mouse(MouseEvent),
    /// A line was typed, where there are no keys.
    Spoken(Spoken),
    /// Text was pasted: it goes into fields, and is never a key.
    Paste(String),
    /// The screen has another size.
    Resize(Size),
    /// Someone outside asks to leave, as Ctrl-c does.
    Interrupt,
    /// Someone outside asks to stop for a while (TSTP).
    Stop,
    /// Something was told.
    Told(Box<Told>),
    /// The terminal got the operator's attention, or lost it.
    Focus(bool),
    /// A second has passed in which a time grows that is shown.
    Second,
}

/// Takes it in. `model.now` was set before.
pub(crate) fn update(model: &mut Model, msg: Msg) -> Vec<Wish> {
    let before = (model.cursor.row, model.cursor.column);
    model.read |= matches!(msg, Msg::Key(_) | Msg::Spoken(_) | Msg::Mouse(_) | Msg::Paste(_));
    let (reach, open) = (Reach::of(&msg), is_open(model));
    let mut wishes = match msg {
        Msg::Key(key) => keys::key(model, key),
        Msg::Spoken(what) => spoken::spoken(model, what),
        Msg::Mouse(event) => {
            mouse::mouse(model, event);
            Vec::new()
        }
        Msg::Paste(text) => {
            dialog::paste(model, &text);
            Vec::new()
        }
        Msg::Resize(size) => {
            model.size = size;
            Vec::new()
        }
        Msg::Interrupt => keys::interrupt(model),
        Msg::Focus(focused) => {
            model.attention.focused = Some(focused);
            Vec::new()
        }
        Msg::Second => {
            tempo::keep(model);
            Vec::new()
        }
        Msg::Stop => {
            lend::stop(model);
            Vec::new()
        }
        Msg::Told(told) => {
            if let Told::Back(back) = *told {
                lend::back(model, &back)
            } else {
                told::take_in(model, *told);
                Vec::new()
            }
        }
    };
    let stays = match reach {
        Reach::Nothing => true,
        Reach::WhatIsOpen => open != (false, false) && open == is_open(model),
        Reach::Anything => false,
    };
    if !stays {
        model.previews.forget();
    }
    model.uncover();
    dialog::close_stale(model);
    outside::keep_true(model);
    dialog::next_prompt(model);
    acts::next(model);
    picker::due(model);
    picker::keep_reading(model);
    failure::keep(model);
    keep_inside(model);
    narrow::keep_listed(model, before);
    attention::call(model);
    wishes.extend(outside::ask(model));
    wishes.extend(picker::compare(model));
    wishes.extend(outside::glance(model));
    wishes.extend(tempo::ask(model));
    wishes
}

/// What something that happened may change of all that previews rest on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Nothing,
    /// The dialog or the palette, and nothing behind it, if one is open and stays so.
    WhatIsOpen,
    Anything,
}

impl Reach {
    fn of(msg: &Msg) -> Self {
        match msg {
            Msg::Second | Msg::Focus(_) | Msg::Resize(_) => Self::Nothing,
            Msg::Told(told) => {
                // These come often, and are of times, ways and words alone.
                let passing = matches!(
                    **told,
                    Told::RoundTrip { .. } | Told::Way(..) | Told::Pace(_) | Told::Note(_)
                );
                if passing { Self::Nothing } else { Self::Anything }
            }
            Msg::Key(_) | Msg::Spoken(_) | Msg::Mouse(_) | Msg::Paste(_) => Self::WhatIsOpen,
            Msg::Interrupt | Msg::Stop => Self::Anything,
        }
    }
}

/// Whether a dialog is open, and the palette.
fn is_open(model: &Model) -> (bool, bool) {
    (model.dialog.is_some(), model.palette.is_some())
}

/// The cursor stays in the matrix, and the focus on a pane that is there.
fn keep_inside(model: &mut Model) {
    use super::state::Pane;
    let last = |len: usize| len.saturating_sub(1);
    model.cursor.column = model.cursor.column.min(last(model.grid.columns.len()));
    model.cursor.row = model.cursor.row.min(last(model.grid.hosts.len()));
    let offers = model.hold().map(|(_, hold)| hold.offers.len());
    let gone = match model.focus {
        Pane::Choices => offers.is_none(),
        Pane::Releases => !model.sight.has.releases,
        Pane::Hosts | Pane::Steps | Pane::Log => false,
    };
    if gone {
        model.focus = Pane::Hosts;
    }
    model.asked.choice = model.asked.choice.min(last(offers.unwrap_or(0)));
}
