//! Keys, pasted text and news while a dialog is open.

use crossterm::event::{KeyCode, KeyEvent};

use super::{answer, edit, lend, log, narrow, outside};
use crate::tui::{
    keymap::Press,
    state::{
        Model,
        dialog::{Deed, Dialog, Focus, Need, Subject},
        facts::Facts,
    },
    styles::Tone,
    told::{Prompt, PromptKind, Wish},
    words,
};

/// A key for the open dialog.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    let rows = words::dialog(model).len() * 4;
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    dialog.says = None;
    if !dialog.turned && begins_to_type(key) && !dialog.fields.is_empty() {
        dialog.focus = match dialog.focus {
            Focus::Button(_) => Focus::Field(0),
            Focus::Field(at) => Focus::Field(at),
        };
    }
    let tall = dialog.active().is_some_and(|field| field.tall);
    let in_field = matches!(dialog.focus, Focus::Field(_));
    match Press::of(key) {
        Some(Press::Named(KeyCode::Esc)) => return answer::cancel(model),
        Some(Press::Named(KeyCode::Tab)) => dialog.turn(true),
        Some(Press::Named(KeyCode::BackTab)) => dialog.step(false),
        Some(Press::Named(KeyCode::Enter)) if in_field && !tall => return leave_field(model),
        Some(Press::Named(KeyCode::PageUp)) if !tall => {
            dialog.scroll = dialog.scroll.saturating_sub(5);
        }
        Some(Press::Named(KeyCode::PageDown)) if !tall => {
            dialog.scroll = (dialog.scroll + 5).min(rows);
        }
        _ if in_field => {
            if let Some(field) = dialog.active() {
                field.area.input(key);
            }
        }
        Some(press) => return at_button(model, press),
        None => {}
    }
    Vec::new()
}

/// Whether a key is the beginning of a text.
fn begins_to_type(key: KeyEvent) -> bool {
    match Press::of(key) {
        Some(Press::Char(_)) => true,
        Some(Press::Named(code)) => {
            matches!(code, KeyCode::Backspace | KeyCode::Delete | KeyCode::Home | KeyCode::End)
        }
        Some(Press::Ctrl(_)) | None => false,
    }
}

/// Enter in a field of one line: to the next, and from the last to the first button, which does
/// nothing; a prompt is answered.
fn leave_field(model: &mut Model) -> Vec<Wish> {
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    if matches!(dialog.subject, Subject::Prompt(_)) {
        return answer::press(model, 1);
    }
    dialog.turn(true);
    Vec::new()
}

fn at_button(model: &mut Model, press: Press) -> Vec<Wish> {
    let now = model.now;
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    let Focus::Button(here) = dialog.focus else { return Vec::new() };
    match press {
        Press::Named(KeyCode::Enter) => answer::press(model, here),
        Press::Named(KeyCode::Down | KeyCode::Right) => {
            dialog.step(true);
            Vec::new()
        }
        Press::Named(KeyCode::Up | KeyCode::Left) => {
            dialog.step(false);
            Vec::new()
        }
        Press::Char(letter) if letter.is_ascii_uppercase() => {
            let pressed = dialog.buttons.iter().position(|button| button.key == Some(letter));
            let meant = dialog.is_meant(now);
            match pressed {
                Some(at) if meant => answer::press(model, at),
                Some(_) => {
                    dialog.says = Some(format!("read first, then press {letter} once more"));
                    Vec::new()
                }
                None => stray(dialog),
            }
        }
        Press::Char(_) => stray(dialog),
        Press::Ctrl(_) | Press::Named(_) => Vec::new(),
    }
}

/// A letter that stands for nothing here: whoever types it means something else, and an Enter that
/// follows must do nothing.
fn stray(dialog: &mut Dialog) -> Vec<Wish> {
    dialog.focus = Focus::Button(0);
    dialog.says = Some(match dialog.fields.is_empty() {
        true => "that letter is no answer here; nothing was done".to_owned(),
        false => "this is typed nowhere: Shift-Tab goes to the fields".to_owned(),
    });
    Vec::new()
}

/// Pasted text goes into a field or a search, and nowhere else. It never is what is to be typed by hand.
pub(super) fn paste(model: &mut Model, text: &str) {
    let line = || text.replace(['\r', '\n'], " ").trim_end().to_owned();
    if let Some(dialog) = &mut model.dialog {
        if !dialog.turned && !dialog.fields.is_empty() {
            dialog.focus = Focus::Field(0);
        }
        let Some(field) = dialog.active() else {
            dialog.says = Some("pasted text presses nothing".to_owned());
            return;
        };
        if matches!(field.need, Need::Exactly(_)) {
            dialog.says = Some("type it by hand: pasted text does not count here".to_owned());
            return;
        }
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        field.area.insert_str(if field.tall { lines } else { line() });
    } else if let Some(help) = &mut model.help {
        (help.chosen, _) = (0, help.filter.push_str(&line()));
    } else if let Some(palette) = &mut model.palette {
        (palette.chosen, _) = (0, palette.typed.push_str(&line()));
    } else if model.history.open && model.history.typing {
        model.history.filter.push_str(&line());
    } else if let Some(typing) = model.picker.as_mut().and_then(|it| it.typing.as_mut()) {
        typing.push_str(&line());
    } else if model.log.typing.is_some() {
        log::paste(model, &line());
    } else if let Some(list) = model.narrow.typing {
        narrow::paste(model, list, &line());
    } else {
        model.say("pasted text is not taken for keys", Tone::Dim);
    }
}

/// Closes a dialog whose question is gone.
pub(super) fn close_stale(model: &mut Model) {
    let Some(dialog) = &model.dialog else { return };
    let gone = match &dialog.subject {
        Subject::Start => model.run().is_some().then_some("the run has begun"),
        Subject::Holds(holds) => {
            let open = |run: &crate::run::Run| holds.iter().all(|id| run.holds.contains_key(id));
            let there = model.open_run().is_some_and(open);
            (!there).then_some("that question was answered meanwhile; nothing was sent")
        }
        Subject::Run => model.open_run().is_none().then_some("the run is over; nothing was sent"),
        Subject::Rollback(release, served) => outside::gone(model, release, served),
        Subject::Lock(run) => outside::lock_gone(model, run),
        Subject::Shell(host) => lend::gone(model, host),
        Subject::Maintenance(_) | Subject::Prompt(_) | Subject::Save | Subject::Quit => None,
    };
    if let Some(why) = gone {
        if let Some(dialog) = model.dialog.take() {
            edit::keep(model, &dialog);
        }
        model.say(why, Tone::Warn);
    }
}

/// Opens the next prompt, when nothing else is open.
pub(super) fn next_prompt(model: &mut Model) {
    if model.dialog.is_some() {
        return;
    }
    let Some(prompt) = model.prompts.pop_front() else { return };
    let id = prompt.id;
    let facts = prompt_facts(&prompt);
    let mut dialog = Dialog::new(prompt.title, Subject::Prompt(id), model.now).about(facts);
    dialog.text = prompt.lines;
    model.dialog = Some(match prompt.kind {
        PromptKind::YesNo => {
            dialog.first("No", "").button("Yes", Some('Y'), "", Deed::Prompted(id, true))
        }
        PromptKind::Text => dialog
            .button("Send", None, "Enter sends", Deed::Prompted(id, false))
            .field("Answer", Vec::new(), Need::Nothing, false),
        PromptKind::Secret => dialog
            .button(
                "Send",
                None,
                "Enter sends; what you type is not shown",
                Deed::Prompted(id, false),
            )
            .secret("Answer"),
    });
}

fn prompt_facts(prompt: &Prompt) -> Facts {
    let (what, undo) = match prompt.kind {
        PromptKind::YesNo => {
            ("Yes trusts it; No does not connect", "take it out of that file again")
        }
        PromptKind::Text | PromptKind::Secret => {
            ("sends your answer to whoever asks", "none; Esc sends nothing, and does not connect")
        }
    };
    Facts::new(what, "on its way to the host; nothing is changed there", undo)
}
