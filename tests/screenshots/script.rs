//! What is typed on a screen and waited for, as a text: `D{Start deploy}<tab><ret>{FAILED}`.
//!
//! Letters are typed as they are, `<ret>`, `<tab>`, `<esc>` and their like are keys, `<C-d>` is Control
//! and a letter. `{text}` waits until the screen shows the text, `{!text}` until it does not; what
//! stands side by side must be so on one screen. `{=900}` shows the screen for 900 ms in a recording.

use std::time::Duration;

/// One thing that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Bytes of one key.
    Press(String),
    /// Texts that are on the screen all at once, or are not.
    Wait(Vec<Wanted>),
    /// The screen is looked at for so long.
    Hold(Duration),
}

/// A text that is to be on the screen, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) text: String,
    pub(crate) there: bool,
}

/// Reads a script. Its own mistakes stop the tool.
pub(crate) fn parse(script: &str) -> Vec<Act> {
    let mut acts = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        let part = |end: char| {
            let Some((inside, after)) = rest[1..].split_once(end) else {
                panic!("no {end} in {rest:?}");
            };
            (inside, after)
        };
        rest = match c {
            '{' => {
                let (inside, after) = part('}');
                wait(&mut acts, inside);
                after
            }
            '<' => {
                let (name, after) = part('>');
                acts.push(Act::Press(key(name)));
                after
            }
            _ => {
                acts.push(Act::Press(c.to_string()));
                &rest[c.len_utf8()..]
            }
        };
    }
    acts
}

fn wait(acts: &mut Vec<Act>, inside: &str) {
    if let Some(time) = inside.strip_prefix('=') {
        acts.push(Act::Hold(Duration::from_millis(time.parse().unwrap())));
        return;
    }
    let wanted = match inside.strip_prefix('!') {
        Some(text) => Wanted { text: text.to_owned(), there: false },
        None => Wanted { text: inside.to_owned(), there: true },
    };
    match acts.last_mut() {
        Some(Act::Wait(all)) => all.push(wanted),
        Some(Act::Press(_) | Act::Hold(_)) | None => acts.push(Act::Wait(vec![wanted])),
    }
}

/// What a terminal sends for a key.
fn key(name: &str) -> String {
    if let Some(letter) = name.strip_prefix("C-") {
        let letter = letter.bytes().next().unwrap();
        return char::from(letter & 0x1f).to_string();
    }
    match name {
        "ret" => "\r",
        "tab" => "\t",
        "backtab" => "\x1b[Z",
        "esc" => "\x1b",
        "bs" => "\x7f",
        "up" => "\x1b[A",
        "down" => "\x1b[B",
        "right" => "\x1b[C",
        "left" => "\x1b[D",
        "home" => "\x1b[H",
        "end" => "\x1b[F",
        "pgup" => "\x1b[5~",
        "pgdn" => "\x1b[6~",
        "f2" => "\x1bOQ",
        other => panic!("no key <{other}>"),
    }
    .to_owned()
}
