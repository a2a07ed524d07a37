//! Keys of the log: looking for lines, choosing them, and taking them along.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    follow,
    keys::rows,
    typing::{self, Came},
};
use crate::tui::{
    action::Motion,
    keymap::{Press, with_keys},
    state::{
        Model, Pane,
        dialog::{Deed, Dialog, Need, Subject},
        facts::Facts,
        log::{Move, Shape, search::Choose},
    },
    styles::Tone,
    told::{Saving, Wish},
    view, words,
};

/// A key while a pattern is typed.
pub(super) fn typing(model: &mut Model, key: KeyEvent) {
    let log = &mut model.log;
    let Some(typing) = &mut log.typing else { return };
    match Press::of(key) {
        Some(Press::Named(KeyCode::Esc)) => log.stop_typing(),
        Some(Press::Named(KeyCode::Enter)) => log.end_typing(),
        Some(Press::Named(KeyCode::Up) | Press::Ctrl('p')) => log.walk(true),
        Some(Press::Named(KeyCode::Down) | Press::Ctrl('n')) => log.walk(false),
        press => match typing::key(&mut typing.text, press) {
            Came::Changed => log.typed(),
            Came::Left => log.stop_typing(),
            Came::Nothing => {}
        },
    }
}

/// Text was pasted into a pattern.
pub(super) fn paste(model: &mut Model, text: &str) {
    let Some(typing) = &mut model.log.typing else { return };
    typing::paste(&mut typing.text, text);
    model.log.typed();
}

/// Moves about in the log.
pub(super) fn go(model: &mut Model, motion: Motion) {
    let (_, page) = view::log_room(model);
    if motion == Motion::Bottom && model.log.stays && model.log.choose.is_none() {
        follow::again(model);
        return;
    }
    let log = &mut model.log;
    match motion {
        Motion::Left => log.left = log.left.saturating_sub(8),
        Motion::Right if log.wrap => {}
        Motion::Right => log.left = log.left.saturating_add(8),
        Motion::Top => (log.way, log.left) = (Some(Move::Top), 0),
        Motion::Bottom => (log.way, log.left) = (Some(Move::Bottom), 0),
        Motion::Up
        | Motion::Down
        | Motion::PageUp
        | Motion::PageDown
        | Motion::HalfUp
        | Motion::HalfDown => log.scroll(rows(motion, page)),
    }
    if matches!(motion, Motion::Top | Motion::Bottom) {
        log.search.found = None;
    }
}

/// Leaves what is on in the log, one at a time; whether there was anything.
pub(super) fn back(model: &mut Model) -> bool {
    let log = &mut model.log;
    if log.choose.take().is_some() {
        // The place stays.
    } else if log.jump.take().is_some() {
        log.search.says = Some("the search was stopped".to_owned());
    } else if log.search.pattern.is_some() {
        log.forget_search();
    } else if log.sieve.pattern.is_some() {
        log.forget_filter();
    } else if log.shape != Shape::One && model.focus == Pane::Log {
        log.shape = Shape::One;
    } else {
        return false;
    }
    true
}

/// From all hosts to the one whose line is the current one; whether it was all hosts.
pub(super) fn one_host(model: &mut Model) -> bool {
    if model.log.shape == Shape::One {
        return false;
    }
    let place = model.log.place();
    model.log.shape = Shape::One;
    let Some((of, line)) = place else { return true };
    let place = model.grid.find(of.node);
    if let Some((column, Some(host))) = place
        && let Some(row) = model.grid.row(host)
    {
        (model.cursor.column, model.cursor.row, model.cursor.moved) = (column, row, true);
    }
    model.log.pinned = Some(of);
    model.log.arrive = Some(line);
    true
}

/// All hosts of the step, in one way or the other, and back to one.
pub(super) fn all_hosts(model: &mut Model) {
    let shape = model.log.shape.next();
    model.log.shape = shape;
    model.focus = Pane::Log;
    let line = match shape {
        Shape::One => "one host",
        Shape::Folded => {
            "all hosts: equal lines once; {all_hosts} shows each line, {open} goes to its host"
        }
        Shape::Each => {
            "all hosts: each line with its host; {open} goes to its host, {all_hosts} back to one"
        }
    };
    model.say(with_keys(model, line), Tone::Dim);
}

/// Marks the current line.
pub(super) fn mark(model: &mut Model) {
    let line = model.log.current();
    model.log.go_to(line);
    let (text, tone) = match model.log.marks.turn(line) {
        Some(true) => {
            let next = with_keys(model, "{next_mark} goes to the next mark");
            (format!("line {} is marked; {next}", line + 1), Tone::Text)
        }
        Some(false) => (format!("line {} is not marked any more", line + 1), Tone::Dim),
        None => ("not marked: there are too many marks".to_owned(), Tone::Warn),
    };
    model.say(text, tone);
}

/// A cursor among the lines; then the other end of those that are chosen.
pub(super) fn choose(model: &mut Model) {
    let at = model.log.current();
    let (choose, line) = match model.log.choose {
        None => (
            Choose { at, anchor: None },
            "{down} {up} move; {choose} again: from here on; {copy} copies, {save} saves, {mark} marks, Esc leaves",
        ),
        Some(Choose { at, anchor: None }) => (
            Choose { at, anchor: Some(at) },
            "{down} {up} choose lines; {copy} copies them, {save} saves them, Esc leaves",
        ),
        Some(Choose { at, anchor: Some(_) }) => {
            (Choose { at, anchor: None }, "no lines are chosen")
        }
    };
    model.focus = Pane::Log;
    model.log.choose = Some(choose);
    model.say(with_keys(model, line), Tone::Dim);
}

/// Copies the current line, or those that are chosen.
pub(super) fn copy(model: &mut Model) {
    let current = model.log.current();
    let chosen = model.log.choose.map_or(current..current + 1, Choose::lines);
    model.log.copy = Some(chosen);
}

/// Asks where to save the log, or the lines that are chosen.
pub(super) fn save(model: &mut Model) {
    let Some(saving) = saving(model) else { return };
    let host = model.host().map_or("log", |host| model.host_name(host));
    let step = model.column().map_or("step", |column| column.step.as_str());
    let who = if saving.of.len() > 1 { "all" } else { host };
    let run = model.plan().map_or("run", |plan| plan.run.as_str());
    let run = run.get(..15).unwrap_or(run);
    // By the time it is a name that no log was saved in before, and says how far a log was that grows.
    let time = words::clock(model.wall(), &model.settings.zone).replace(':', "");
    let name = format!("{run}-{who}-{step}-{time}.log").replace(['/', '\\'], "-");
    let path = model.settings.here.join(name).display().to_string();
    ask_where(model, saving, path, "a new file on this machine, which only you can read");
}

/// Asks for the file; `place` says what kind of file it is.
fn ask_where(model: &mut Model, saving: Saving, path: String, place: &str) {
    let what = match (&saving.lines, saving.of.len()) {
        (Some(lines), _) => format!("lines {} to {}", lines.start + 1, lines.end),
        (None, 1) => "all lines".to_owned(),
        (None, hosts) => format!("all lines of {hosts} hosts, one host after the other"),
    };
    let log = &model.log;
    let filter = log.sieve.pattern.as_ref().map(|_| ", also those that the filter leaves out");
    let chosen = log.choose.filter(|_| saving.lines.is_none());
    let chosen = chosen.map(|_| ", not only the chosen ones (go to one host for that)");
    let (filter, chosen) = (filter.unwrap_or_default(), chosen.unwrap_or_default());
    let facts = Facts::new(
        format!("saves {what}{filter}{chosen}: as they are shown, without colours, secrets hidden"),
        place,
        "none needed; a file that is there is never written over",
    );
    model.dialog = Some(
        Dialog::new("Save the log?", Subject::Save, model.now)
            .about(facts)
            .button("Save", Some('S'), "Writes a new file on this machine", Deed::Save(saving))
            .field("File", vec![path], Need::Some("a file"), false),
    );
}

/// Says that a log was not saved, and asks again where only its name was taken.
pub(super) fn not_saved(model: &mut Model, why: &str, again: Option<(Saving, String)>) {
    model.say(format!("not saved: {why}"), Tone::Failed);
    // Whoever does something else by now is not disturbed.
    if let Some((saving, path)) = again.filter(|_| model.dialog.is_none()) {
        ask_where(model, saving, path, &format!("another file: {why}"));
    }
}

/// What is to be saved.
fn saving(model: &Model) -> Option<Saving> {
    let together = model.log.shape != Shape::One;
    let lines = model.log.choose.filter(|_| !together).map(Choose::lines);
    let of = match together {
        true => model.newest_attempts(),
        false => vec![model.attempt()?],
    };
    Some(Saving { run: model.run()?.plan.run.clone(), of, lines })
}

/// The file was named.
pub(super) fn save_in(model: &mut Model, file: &str, saving: Saving) -> Wish {
    model.say("saving the log", Tone::Dim);
    Wish::Save(saving, file.trim().to_owned())
}
