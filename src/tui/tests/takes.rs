//! What the list of keys says of a key, on every screen, is what the key does there.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    Desk, SMALL,
    keys::parse_state,
    nav::{ALL, runs},
    settings,
};
use crate::tui::{
    action::{Action, Motion},
    keymap::{Binding, Press, TABLE, written},
    over::Over,
    state::help::Help,
    update::{NOT_HERE_NOW, NOT_NOW},
    words::{self, Listed},
};

/// What is said of a key that does nothing, between it and why.
const REFUSALS: [&str; 2] = [NOT_NOW, NOT_HERE_NOW];

/// Screens: the state they are in, and the keys to them. All stand where there is something on every side.
const SCREENS: [(&str, &str); 14] = [
    ("failed", "<esc>1lj"),
    ("failed", "<esc>3j"),
    ("failed", "<esc>4/module 2<ret>m4kkk"),
    ("failed site", "1"),
    ("failed site", "3"),
    ("failed", "4kkk"),
    ("failed", "5j"),
    ("running", "4kkk"),
    ("calm", "1lj"),
    ("calm", "2j"),
    ("calm", "3j"),
    ("calm", "ij"),
    ("calm", "oj"),
    ("calm", "Rj"),
];

fn at(state: &str, keys: &str) -> Desk {
    let long = |number| format!("compiling module {number} {}", "of the application ".repeat(20));
    let mut desk = Desk::with(SMALL, settings(), 60, long).tell_all(parse_state(state));
    desk.look();
    let mut desk = desk.keys(keys);
    if desk.model.history.open {
        desk = desk.tell(runs(1));
    }
    desk.look();
    while desk.model.errands.next().is_some() {}
    desk.wishes.clear();
    desk
}

fn event(press: Press) -> KeyEvent {
    match press {
        Press::Char(c) => KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE),
        Press::Ctrl(c) => KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL),
        Press::Named(code) => KeyEvent::new(code, KeyModifiers::NONE),
    }
}

/// All that a key can change.
fn seen(desk: &mut Desk) -> String {
    let errands: Vec<String> =
        std::iter::from_fn(|| desk.model.errands.next()).map(|it| format!("{it:?}")).collect();
    let (model, wishes) = (&desk.model, desk.wishes());
    let hidden = (model.redraw, model.quit, model.looks.mouse, &model.log.way, model.wider);
    let log = &model.log;
    let place = (model.focus, &model.cursor, model.zoom, log.jump.is_some());
    let looks = (log.wrap, log.times, log.top, &log.search.says);
    let hidden = format!("{hidden:?} {place:?} {looks:?} {errands:?} {wishes:?}");
    format!("{}{hidden}", desk.screen())
}

fn row(desk: &Desk, action: Action) -> Listed {
    let sections = words::listed(&desk.model, "");
    let mut rows = sections.into_iter().flat_map(|(_, rows)| rows);
    rows.find(|row| row.action == action).expect("every key is listed")
}

fn said(desk: &Desk) -> &str {
    desk.model.line.as_ref().map_or("", |line| line.text.as_str())
}

/// Keys that give what is there already.
fn is_there(desk: &Desk, action: Action) -> bool {
    use crate::tui::state::Pane;
    let focus = match desk.model.focus {
        Pane::Hosts => Action::Hosts,
        Pane::Steps => Action::Steps,
        Pane::Releases => Action::Releases,
        Pane::Log => Action::Log,
        Pane::Choices => Action::Choices,
    };
    let ends = matches!(action, Action::Follow | Action::Go(Motion::Bottom));
    action == focus || (ends && desk.model.log.follow)
}

/// Whether a key that moves about moves anywhere on that screen; a text may be seen whole in a pane.
fn moves(state: &str, keys: &str, binding: &Binding) -> bool {
    let Action::Go(motion) = binding.action else { return false };
    if Over::of(&at(state, keys).model).is_none() {
        return motion.across().is_none();
    }
    ["", "G", "k", "<pgdn>"].into_iter().any(|then| {
        let mut desk = at(state, keys).keys(then);
        desk.look();
        let before = seen(&mut desk);
        desk.take(super::Msg::Key(event(binding.keys[0])));
        seen(&mut desk) != before
    })
}

fn check(state: &str, keys: &str, binding: &Binding) -> Result<(), String> {
    let mut desk = at(state, keys);
    let listed = row(&desk, binding.action);
    let refused = listed.refused(&desk.model);
    let there = is_there(&desk, binding.action);
    let before = seen(&mut desk);
    let case = format!("{state}, {keys}, {}: {}", binding.written, listed.label);
    let press = event(binding.keys[0]);
    let wrong = |what: &str| Err(format!("{case}: {what}"));

    desk.take(super::Msg::Key(press));
    let pressed = seen(&mut desk);
    let key = written(&desk.model, binding.action).to_owned();
    if let Some(why) = &refused {
        // Word for word, so that those words tell a refusal below.
        if !REFUSALS.iter().any(|not| said(&desk) == format!("{key}{not}{why}")) {
            return wrong(&format!("refused for another reason: {why} / {}", said(&desk)));
        }
    } else if REFUSALS.iter().any(|not| said(&desk).starts_with(&format!("{key}{not}"))) {
        return wrong(&format!("refused: {}", said(&desk)));
    } else if pressed == before && !there && !moves(state, keys, binding) {
        return wrong("nothing happens");
    }

    // The same where it is chosen in the list.
    let mut desk = at(state, keys);
    desk.model.help = Some(Help::default());
    let rows = crate::tui::view::help_rows(&desk.model);
    let chosen = rows.iter().position(|row| row.action == binding.action).unwrap();
    desk.model.help = Some(Help { chosen, ..Help::default() });
    desk.take(super::Msg::Key(event(Press::Named(KeyCode::Enter))));
    if let Some(why) = refused {
        let says = desk.model.help.as_ref().and_then(|help| help.says.clone());
        return match says.is_some_and(|says| says.contains(&why)) {
            true => Ok(()),
            false => wrong("the list does not say why"),
        };
    }
    let asks = desk.model.dialog.is_some();
    match binding.action == Action::Help || asks || seen(&mut desk) == pressed {
        true => Ok(()),
        false => wrong(&format!("another thing by the list:\n{}\n{pressed}", seen(&mut desk))),
    }
}

#[test]
fn what_the_list_of_keys_says_on_every_screen_is_what_they_do_there() {
    let cases = SCREENS
        .iter()
        .flat_map(|(state, keys)| TABLE.iter().map(move |binding| check(state, keys, binding)));
    let wrong: Vec<String> = cases.filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn footers_name_only_what_the_screen_takes() {
    for (keys, over) in [("i", Over::Host), ("o", Over::History), ("R", Over::Releases)] {
        for (width, height) in ALL {
            let mut desk = at("calm", keys).resize(width, height);
            let screen = desk.screen();
            let footer = screen.lines().last().unwrap();
            assert!(footer.starts_with(" ? ") && footer.contains("Esc back"), "{screen}");
            for row in over.rows().filter(|row| row.hinted) {
                let label = row.means.map_or("", |(label, _)| label);
                assert!(width < 120 || footer.contains(label), "{label}: {footer}");
            }
        }
    }
}
