//! Keys, pasted text and news while a dialog is open.

use crossterm::event::{KeyCode, KeyEvent};

use super::{answer, commands, edit, lend, log, outside, typing};
use crate::tui::{
    action::{Action, Motion},
    keymap::{self, Press},
    state::{
        Model,
        dialog::{Deed, Dialog, Focus, Need, Role, Subject},
        facts::Facts,
    },
    styles::Tone,
    told::{Prompt, PromptKind, Wish},
    view,
};

/// Hides what is typed in a field, or shows it.
const HIDES: Press = Press::Ctrl('t');

/// A key for the open dialog.
pub(super) fn key(model: &mut Model, key: KeyEvent) -> Vec<Wish> {
    let pages = view::dialog_pages(model);
    let bound = Press::of(key).and_then(|press| keymap::action(model, press));
    let follows = model.hand.follows();
    let leaves = Press::of(key) == Some(Press::Named(KeyCode::Esc));
    let unread = unread(model, leaves);
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    if unread {
        return Vec::new();
    }
    if let Some(first) = dialog.commands {
        commands::key(model, first, Press::of(key));
        return Vec::new();
    }
    let tall = dialog.active().is_some_and(|field| field.tall);
    let in_field = matches!(dialog.focus, Focus::Field(_));
    match Press::of(key) {
        Some(Press::Named(KeyCode::Esc)) => return answer::cancel(model),
        Some(press) if commands::lists(bound, press, in_field) => commands::open(model),
        Some(HIDES) if in_field => dialog.toggle_hidden(),
        Some(Press::Named(KeyCode::Tab)) => dialog.tab(),
        Some(Press::Named(KeyCode::BackTab)) => dialog.step(false),
        Some(Press::Named(KeyCode::Enter)) if in_field && !tall => return leave_field(model),
        Some(Press::Named(KeyCode::PageUp)) if !tall => dialog.scroll(pages, false),
        Some(Press::Named(KeyCode::PageDown)) if !tall => dialog.scroll(pages, true),
        press if in_field => typed(dialog, key, press, follows),
        Some(_) if bound == Some(Action::Go(Motion::PageUp)) => dialog.scroll(pages, false),
        Some(_) if bound == Some(Action::Go(Motion::PageDown)) => dialog.scroll(pages, true),
        Some(_) if bound == Some(Action::Palette) => commands::open(model),
        Some(press) => return at_button(model, press),
        None => {}
    }
    Vec::new()
}

/// A press for the open dialog: whether it is answered before it was read what has changed in it, which is
/// said then.
fn unread(model: &mut Model, leaves: bool) -> bool {
    let (now, seen) = (model.now, outside::as_seen(model));
    let Some(dialog) = &mut model.dialog else { return false };
    dialog.says = None;
    let on_button = dialog.commands.is_none() && matches!(dialog.focus, Focus::Button(_));
    if !dialog.meant.is_unread() || leaves {
        return false;
    }
    if dialog.meant.read(now, on_button) {
        dialog.as_seen = Some(seen);
    } else if on_button {
        dialog.says = Some(outside::UNREAD.to_owned());
        return true;
    }
    false
}

/// A typed line fills a field, in the place of what it holds.
pub(super) fn fill(model: &mut Model, at: usize, text: &str) {
    let follows = model.hand.follows();
    let Some(dialog) = &mut model.dialog else { return };
    dialog.says = None;
    if let Some(field) = dialog.fields.get_mut(at) {
        field.fill(text, follows);
    }
    dialog.give(Focus::Button(0));
}

/// An editor has changed the text of several lines that the open dialog has.
pub(super) fn edited(model: &mut Model, text: &str) {
    let tall = |dialog: &Dialog| dialog.fields.iter().position(|field| field.tall);
    match model.dialog.as_ref().and_then(tall) {
        Some(at) => fill(model, at, text.trim_end()),
        None => model.say("what you edited is for nothing: its question is gone", Tone::Warn),
    }
}

/// A typed word that means a button, as its letter does.
pub(super) fn confirm(model: &mut Model, at: usize) -> Vec<Wish> {
    if unread(model, at == 0) {
        return Vec::new();
    }
    let (now, alone) = (model.now, model.hand.is_alone());
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    if at == 0 || dialog.meant.letter(now, alone) {
        return answer::press(model, at);
    }
    dialog.says = Some("read first; answer again in a moment".to_owned());
    Vec::new()
}

/// A key for the field that has them. One with Ctrl that came to nothing says so.
fn typed(dialog: &mut Dialog, key: KeyEvent, press: Option<Press>, follows: bool) {
    let Some(field) = dialog.active() else { return };
    let before = field.area.cursor();
    let changed = field.input(key, follows);
    if let (Some(press @ Press::Ctrl(_)), false) = (press, changed || field.area.cursor() != before)
    {
        dialog.says = Some(format!("{} changed nothing here", press.written()));
    }
}

/// Enter in a field of one line: to the next, and from the last to the first button, which does
/// nothing; a prompt is answered.
fn leave_field(model: &mut Model) -> Vec<Wish> {
    let alone = model.hand.is_alone();
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    if matches!(dialog.subject, Subject::Prompt(_)) {
        // An Enter that was meant for what was there before sends nothing.
        if dialog.typed(Role::Main).is_empty() {
            dialog.says = Some("nothing is typed yet: the button sends an empty answer".to_owned());
            return Vec::new();
        }
        if !alone {
            dialog.says = Some(ONCE_MORE.to_owned());
            return Vec::new();
        }
        return answer::press(model, 1);
    }
    dialog.turn(true);
    Vec::new()
}

/// What is said of an Enter that nobody can have meant.
const ONCE_MORE: &str = "read first, then press Enter once more";

fn at_button(model: &mut Model, press: Press) -> Vec<Wish> {
    if keymap::action(model, press) == Some(Action::Palette) {
        commands::open(model);
        return Vec::new();
    }
    let (now, alone) = (model.now, model.hand.is_alone());
    let Some(dialog) = &mut model.dialog else { return Vec::new() };
    let Focus::Button(here) = dialog.focus else { return Vec::new() };
    match press {
        Press::Named(KeyCode::Enter) if here == 0 || dialog.meant.enter(alone) => {
            answer::press(model, here)
        }
        Press::Named(KeyCode::Enter) => {
            dialog.says = Some(ONCE_MORE.to_owned());
            Vec::new()
        }
        Press::Named(KeyCode::Down | KeyCode::Right) => {
            dialog.step(true);
            Vec::new()
        }
        Press::Named(KeyCode::Up | KeyCode::Left) => {
            dialog.step(false);
            Vec::new()
        }
        Press::Char(letter) if press.may_act() && dialog.takes_letters() => {
            let pressed = dialog.buttons.iter().position(|button| button.key == Some(letter));
            let meant = dialog.meant.letter(now, alone);
            match pressed {
                Some(at) if meant => answer::press(model, at),
                Some(_) => {
                    dialog.says = Some(format!("read first; press {letter} again in a moment"));
                    Vec::new()
                }
                None => stray(dialog),
            }
        }
        Press::Char(_) | Press::Named(KeyCode::Backspace | KeyCode::Delete) => stray(dialog),
        Press::Ctrl(_) | Press::Named(_) => {
            dialog.says = Some(format!("{} does nothing here", press.written()));
            Vec::new()
        }
    }
}

/// A letter that stands for nothing here: whoever types it means something else, and an Enter that
/// follows must do nothing.
fn stray(dialog: &mut Dialog) -> Vec<Wish> {
    (dialog.focus, dialog.visited) = (Focus::Button(0), false);
    dialog.says = Some(match dialog.fields.len() {
        0 => "that letter is no answer here; nothing was done".to_owned(),
        1 => "that was typed nowhere: Tab goes to the field".to_owned(),
        _ => "that was typed nowhere: Tab goes to the fields".to_owned(),
    });
    Vec::new()
}

/// Pasted text goes into a field or a search, and nowhere else. It never is what is to be typed by hand.
pub(super) fn paste(model: &mut Model, text: &str) {
    let line = || text.replace(['\r', '\n'], " ").trim_end().to_owned();
    if let Some(dialog) = &mut model.dialog {
        if dialog.commands.is_some() {
            return;
        }
        let fields = !dialog.fields.is_empty();
        let Some(field) = dialog.active() else {
            let tab = if fields { ": Tab goes to where it can be put" } else { "" };
            dialog.says = Some(format!("pasted text presses nothing{tab}"));
            return;
        };
        if matches!(field.need, Need::Exactly(_)) {
            dialog.says = Some("type it by hand: pasted text does not count here".to_owned());
            return;
        }
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        field.area.insert_str(if field.tall { lines } else { line() });
    } else if let Some(help) = &mut model.help {
        (help.chosen, _) = (0, typing::paste(&mut help.filter, &line()));
    } else if let Some(palette) = &mut model.palette {
        (palette.chosen, _) = (0, typing::paste(&mut palette.typed, &line()));
    } else if model.history.open && model.history.typing {
        typing::paste(&mut model.history.filter, &line());
    } else if let Some(filter) = model.picker.as_mut().and_then(|it| it.typing.as_mut()) {
        typing::paste(filter, &line());
    } else if model.log.typing.is_some() {
        log::paste(model, &line());
    } else if let Some(list) = model.narrow.typing {
        typing::paste(model.narrow.text_mut(list), &line());
    } else {
        model.say("pasted text is not taken for keys", Tone::Dim);
    }
}

/// Closes a dialog whose question is gone.
pub(super) fn close_stale(model: &mut Model) {
    let Some(why) = model.dialog.as_ref().and_then(|dialog| stale(model, dialog)) else { return };
    if let Some(dialog) = model.dialog.take() {
        edit::keep(model, &dialog);
    }
    model.say(why, Tone::Warn);
}

/// Why the question of a dialog is gone, if it is.
fn stale(model: &Model, dialog: &Dialog) -> Option<String> {
    let gone = match &dialog.subject {
        Subject::Start | Subject::Without => model.run().is_some().then_some("the run has begun"),
        Subject::Holds(holds) => {
            let open = |run: &crate::run::Run| holds.iter().all(|id| run.holds.contains_key(id));
            let there = model.open_run().is_some_and(open);
            (!there).then_some("that question was answered meanwhile; nothing was sent")
        }
        Subject::Run => model.open_run().is_none().then_some("the run is over; nothing was sent"),
        Subject::Rollback(release, served) => return outside::gone(model, release, served),
        Subject::Lock(run) => outside::lock_gone(model, run),
        Subject::Shell(host) => lend::gone(model, host),
        Subject::Maintenance(_) | Subject::Prompt(_) | Subject::Save | Subject::Quit => None,
    };
    gone.map(str::to_owned)
}

/// Opens the next prompt, when nothing else is open.
pub(super) fn next_prompt(model: &mut Model) {
    if model.dialog.is_some() {
        return;
    }
    let Some(prompt) = model.prompts.pop_front() else { return };
    let id = prompt.id;
    let facts = prompt_facts(model, &prompt);
    let mut dialog = Dialog::new(prompt.title, Subject::Prompt(id), model.now).about(facts);
    dialog.text = prompt.lines;
    model.dialog = Some(match prompt.kind {
        PromptKind::YesNo => {
            dialog.first("No", "").button("Yes", Some('Y'), "", Deed::Prompted(id, true))
        }
        PromptKind::Text => dialog
            .button("Send", None, "Enter sends", Deed::Prompted(id, false))
            .line_of("Answer", false)
            .in_field(),
        PromptKind::Secret => dialog
            .button(
                "Send",
                None,
                "Enter sends; what you type is not shown",
                Deed::Prompted(id, false),
            )
            .line_of("Answer", true)
            .in_field(),
    });
}

fn prompt_facts(model: &Model, prompt: &Prompt) -> Facts {
    let key = keymap::fixed(model, "Esc", "an empty line");
    let (what, undo) = match prompt.kind {
        PromptKind::YesNo => {
            ("Yes trusts it; No does not connect", "take it out of that file again".to_owned())
        }
        PromptKind::Text | PromptKind::Secret => (
            "sends your answer to whoever asks",
            format!("none; {key} sends nothing, and does not connect"),
        ),
    };
    Facts::new(what, "on its way to the host; nothing is changed there", undo)
}
