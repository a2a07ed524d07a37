//! The last row of a dialog: why the last press did nothing, what is wrong with what is typed, what comes
//! of the button that has the keys.

use super::buttons;
use crate::tui::{
    state::{
        Model,
        dialog::{Dialog, Field, Focus, Need},
        moment,
    },
    styles::Tone,
    words,
};

/// What is said, for a dialog with so many cells inside.
pub(super) fn said(model: &Model, dialog: &Dialog, width: usize) -> (String, Tone) {
    if let Some(says) = &dialog.says {
        return (says.clone(), Tone::Warn);
    }
    match dialog.focus {
        Focus::Field(at) => dialog.fields.get(at).map_or_else(nothing, |it| of_field(model, it)),
        Focus::Button(at) => of_button(model, dialog, at, width),
    }
}

fn nothing() -> (String, Tone) {
    (String::new(), Tone::Dim)
}

fn of_field(model: &Model, field: &Field) -> (String, Tone) {
    let zone = &model.settings.zone;
    let empty = field.typed().is_empty();
    match (&field.need, field.lacks(model.wall(), zone)) {
        (Need::Moment, Some(why)) => (why, Tone::Warn),
        (Need::Moment, None) => match moment::read(&field.typed(), model.wall(), zone) {
            Ok(Some(at)) => {
                let clock = words::clock_minutes(at, model.wall(), zone);
                let ahead = words::ago(model.wall(), at);
                (format!("that is until {clock}, in {ahead}"), Tone::Ok)
            }
            Ok(None) | Err(_) => ("may be left empty".to_owned(), Tone::Dim),
        },
        (Need::Nothing | Need::Some(_) | Need::Exactly(_), Some(lacks)) => (lacks, Tone::Dim),
        (Need::Nothing, None) if empty => ("may be left empty".to_owned(), Tone::Dim),
        (Need::Nothing | Need::Some(_) | Need::Exactly(_), None) => nothing(),
    }
}

fn of_button(model: &Model, dialog: &Dialog, at: usize, width: usize) -> (String, Tone) {
    // What comes of a button is said in full where it did not fit beside it.
    if let Some(button) = dialog.buttons.get(at).filter(|it| buttons::is_cut(it, width)) {
        return (button.about.clone(), Tone::Text);
    }
    let lacks = dialog.lacks(model.wall(), &model.settings.zone);
    if let Some(lacks) = lacks.filter(|_| at > 0) {
        return (lacks, Tone::Dim);
    }
    match dialog.fields.len() {
        _ if dialog.visited => nothing(),
        0 => nothing(),
        1 => ("Tab gives the keys to the field".to_owned(), Tone::Dim),
        _ => ("Tab gives the keys to the fields".to_owned(), Tone::Dim),
    }
}
