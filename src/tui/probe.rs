//! Asks the terminal whether its ground is light: before keys are read, where it is waited for a short
//! time only, and again when config.toml was, where it is not waited for at all. What it says then, or
//! later than it should, is never taken for keys.
//!
//! The question is OSC 11 (xterm's ctlseqs), and behind it "what are you" (DA1), which terminals answer
//! that do not know the first: so those need not be waited for. Nothing is lost where neither comes.

use std::{
    fs::File,
    io::{Read, Write},
    os::fd::AsFd,
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    termios::isatty,
};

use super::colour::{contrast, rgb};
use crate::text::Color;

/// How long the terminal has for its answer, in milliseconds.
const LIMIT_MILLIS: i64 = 100;

/// The question, and the one behind it.
pub(super) const ASK: &str = "\x1b]11;?\x1b\\\x1b[c";

/// Bytes of an answer, at most; more is not one.
const ANSWER_MAX: usize = 256;

/// What came of the question.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Whether the ground is light; `None`: it did not say.
    pub(super) light: Option<bool>,
    /// What may still come.
    pub(super) late: Late,
}

/// Asks. The terminal is in raw mode, and nothing else reads from it.
pub(super) fn ground(clock: fn() -> Timestamp) -> Said {
    let answer = ask(clock).unwrap_or_else(|error| {
        tracing::debug!(%error, "the terminal could not be asked for its ground");
        Vec::new()
    });
    Said { light: light(&answer), late: Late::after(&answer) }
}

/// What the terminal says within the limit. Keys that were typed so early are not kept: nobody has seen
/// yet what they would do.
fn ask(clock: fn() -> Timestamp) -> std::io::Result<Vec<u8>> {
    // Where crossterm reads, too: standard input, if that is the terminal.
    let stdin = std::io::stdin();
    let mut tty = match isatty(&stdin) {
        true => File::from(stdin.as_fd().try_clone_to_owned()?),
        false => File::options().read(true).open("/dev/tty")?,
    };
    let mut out = std::io::stdout().lock();
    out.write_all(ASK.as_bytes())?;
    out.flush()?;
    let begun = clock();
    let mut answer = Vec::new();
    while answer.len() < ANSWER_MAX && !is_whole(&answer) {
        let gone = i64::try_from(clock().duration_since(begun).as_millis()).unwrap_or(LIMIT_MILLIS);
        // A clock that was set back must not make it longer.
        let left = LIMIT_MILLIS - gone;
        if !(1..=LIMIT_MILLIS).contains(&left) {
            break;
        }
        let wait = Timespec { tv_sec: 0, tv_nsec: left * 1_000_000 };
        let mut ready = [PollFd::new(&tty, PollFlags::IN)];
        match poll(&mut ready, Some(&wait)) {
            Ok(0) => break,
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let mut piece = [0; ANSWER_MAX];
        let read = tty.read(&mut piece)?;
        if read == 0 {
            break;
        }
        answer.extend_from_slice(piece.get(..read).unwrap_or_default());
    }
    Ok(answer)
}

/// Whether the answer to the second question is there: `ESC [ ? … c`. Nothing comes behind it.
fn is_whole(answer: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(answer, b"\x1b[?") else { return false };
    answer.get(at..).is_some_and(|rest| rest.contains(&b'c'))
}

/// Whether a text with an answer to the first question speaks of a light ground.
fn light(answer: &[u8]) -> Option<bool> {
    let text = String::from_utf8_lossy(answer);
    let (_, rest) = text.split_once("]11;")?;
    // Half of an answer would be another colour.
    let end = rest.find("\x07").into_iter().chain(rest.find("\x1b\\")).min()?;
    let colour = rest.get(..end)?;
    let parts = colour.strip_prefix("rgb:").or_else(|| colour.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(byte);
    let (red, green, blue) = (parts.next()??, parts.next()??, parts.next()??);
    let ground = rgb(Color::Rgb(red, green, blue));
    Some(contrast(ground, (0, 0, 0)) > contrast(ground, (255, 255, 255)))
}

/// A part of a colour, one to four hexadecimal digits (X11's XParseColor), as a byte.
fn byte(digits: &str) -> Option<u8> {
    let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() <= 4)?;
    let most = 16_u32.pow(u32::try_from(digits.len()).ok()?) - 1;
    u8::try_from(value * 255 / most.max(1)).ok()
}

/// Keys of a late answer that are swallowed, at most: a terminal that never ends it is not obeyed.
const LATE_MAX: usize = 64;

/// An answer that may still come, between the keys.
#[derive(Debug, Default)]
pub(super) enum Late {
    /// None is expected.
    #[default]
    Nothing,
    /// It has not begun.
    Waits,
    /// Its first byte has come.
    Begins,
    /// So far it says this.
    Comes(String),
    /// It says this, and half of its end has come.
    Ends(String),
}

/// How the answers begin, behind their first byte.
const GROUND: &str = "]11;";
const WHAT: &str = "[?";

/// Whether an answer may begin like this.
fn fits(text: &str) -> bool {
    let allowed = match (text.strip_prefix(GROUND), text.strip_prefix(WHAT)) {
        (Some(colour), _) => colour.chars().all(|c| c.is_ascii_hexdigit() || "rgba:/".contains(c)),
        (None, Some(what)) => what.chars().all(|c| c.is_ascii_digit() || c == ';'),
        (None, None) => GROUND.starts_with(text) || WHAT.starts_with(text),
    };
    allowed && text.len() < LATE_MAX
}

/// What a key was.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A key.
    Key,
    /// A piece of the answer; with the last of it, what it said.
    Answer(Option<bool>),
}

impl Late {
    /// It was asked again, while keys are read: nobody waits for the answer.
    pub(super) fn expect(&mut self) {
        if matches!(self, Self::Nothing) {
            *self = Self::Waits;
        }
    }

    /// So much of it has come, unless it is none.
    fn comes(&mut self, text: String) -> Heard {
        if fits(&text) {
            *self = Self::Comes(text);
            Heard::Answer(None)
        } else {
            *self = Self::Nothing;
            Heard::Key
        }
    }

    /// What may come after the bytes that came in time.
    fn after(answer: &[u8]) -> Self {
        if is_whole(answer) {
            return Self::Nothing;
        }
        let text = String::from_utf8_lossy(answer);
        let mut pieces = text.rsplit('\x1b');
        match (pieces.next(), pieces.next()) {
            (Some(""), Some(before)) if before.starts_with(GROUND) && fits(before) => {
                Self::Ends(before.to_owned())
            }
            (Some(""), Some(_)) => Self::Begins,
            (Some(last), Some(_)) if fits(last) => Self::Comes(last.to_owned()),
            (Some(_) | None, _) => Self::Waits,
        }
    }

    /// What a key was: crossterm gives an answer that it does not know as Alt-], its characters, and
    /// Ctrl-g or Alt-\. Where it was cut, Alt is a key of its own, or came before keys were read.
    pub(super) fn is_of(&mut self, key: KeyEvent) -> Heard {
        let alt = key.modifiers.contains(KeyModifiers::ALT);
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match (&mut *self, key.code) {
            (Self::Waits, KeyCode::Char(c @ ']')) if alt => self.comes(c.to_string()),
            (Self::Begins, KeyCode::Char(c @ (']' | '['))) => self.comes(c.to_string()),
            (Self::Ends(text), KeyCode::Char('\\')) => {
                let said = light(format!("{text}\x07").as_bytes());
                *self = Self::Nothing;
                Heard::Answer(said)
            }
            (Self::Comes(text), KeyCode::Char(c)) => {
                let ends = (ctrl && c == 'g') || (alt && c == '\\');
                if ends || (c == 'c' && text.starts_with(WHAT)) {
                    let said = light(format!("{text}\x07").as_bytes());
                    *self = Self::Nothing;
                    return Heard::Answer(said);
                }
                let text = format!("{text}{c}");
                self.comes(text)
            }
            (Self::Comes(text), KeyCode::Esc) if text.starts_with(GROUND) => {
                *self = Self::Ends(std::mem::take(text));
                Heard::Answer(None)
            }
            (Self::Nothing | Self::Waits, _) => Heard::Key,
            // No answer has such a key in it: it was none.
            (Self::Begins | Self::Comes(_) | Self::Ends(_), _) => {
                *self = Self::Nothing;
                Heard::Key
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grounds_are_read_as_terminals_say_them() {
        let check = |answer: &str, wanted: Option<bool>| {
            assert_eq!(light(answer.as_bytes()), wanted, "{answer:?}");
        };
        check("\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;4c", Some(true));
        check("\x1b]11;rgb:fb/fb/f8\x07\x1b[?1;2c", Some(true));
        check("\x1b]11;rgb:1616/1818/1d1d\x07", Some(false));
        check("\x1b]11;rgba:0000/0000/0000/ffff\x07", Some(false));
        check("typed\x1b]11;rgb:f/f/f\x07", Some(true));
        check("\x1b[?62;4c", None);
        check("", None);
        check("\x1b]11;rgb:zz/00/00\x07", None);
        check("\x1b]11;rgb:00/00\x07", None);
        check("\x1b]11;rgb:ffff/ffff/ff", None);
        check("\x1b]11;rgb:12345/0/0\x07", None);
    }

    #[test]
    fn the_second_answer_ends_the_wait() {
        assert!(is_whole(b"\x1b]11;rgb:0/0/0\x07\x1b[?62;4c"));
        assert!(!is_whole(b"\x1b]11;rgb:cc/cc/cc\x07"));
        assert!(!is_whole(b"\x1b[?62;4"));
    }

    fn keys(answer: &str) -> Vec<KeyEvent> {
        let mut keys = Vec::new();
        let mut chars = answer.chars();
        while let Some(c) = chars.next() {
            keys.push(match c {
                '\x1b' => KeyEvent::new(KeyCode::Char(chars.next().unwrap()), KeyModifiers::ALT),
                '\x07' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
                c => KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE),
            });
        }
        keys
    }

    #[test]
    fn what_comes_late_is_no_key_and_is_heard() {
        for answer in ["\x1b]11;rgb:ffff/ffff/ffff\x07", "\x1b]11;rgb:FF/FF/FF\x1b\\"] {
            let mut late = Late::Waits;
            let heard: Vec<Heard> = keys(answer).into_iter().map(|key| late.is_of(key)).collect();
            assert!(!heard.contains(&Heard::Key), "{heard:?}");
            assert_eq!(heard.last(), Some(&Heard::Answer(Some(true))));
            assert_eq!(late.is_of(keys("D")[0]), Heard::Key);
        }
    }

    const ANSWERS: [&str; 3] = [
        "\x1b]11;rgb:ffff/ffff/ffff\x07",
        "\x1b]11;rgb:FF/FF/FF\x1b\\",
        "\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;4c",
    ];

    #[test]
    fn what_is_cut_by_the_limit_is_no_key_wherever() {
        for answer in ANSWERS {
            for at in 0..answer.len() {
                let (first, rest) = answer.split_at(at);
                let (before, mut late) = (light(first.as_bytes()), Late::after(first.as_bytes()));
                // The second answer, when it comes whole, is kept back by crossterm.
                let rest = rest.strip_suffix("\x1b[?62;4c").unwrap_or(rest);
                let heard: Vec<Heard> = keys(rest).into_iter().map(|key| late.is_of(key)).collect();
                assert!(!heard.contains(&Heard::Key), "{answer:?} cut at {at}: {heard:?}");
                let after = heard.iter().find_map(|heard| match heard {
                    Heard::Answer(light) => *light,
                    Heard::Key => None,
                });
                assert_eq!(before.or(after), Some(true), "{answer:?} cut at {at}");
                assert_eq!(late.is_of(keys("D")[0]), Heard::Key);
            }
        }
    }

    #[test]
    fn what_comes_late_and_in_two_pieces_is_no_key() {
        let answer = ANSWERS[1];
        // An escape at the end of a piece is a key of its own to crossterm.
        for at in 2..answer.len() {
            let (first, rest) = answer.split_at(at);
            let mut all = keys(first.strip_suffix('\x1b').unwrap_or(first));
            if first.ends_with('\x1b') {
                all.push(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
            }
            all.extend(keys(rest));
            let mut late = Late::Waits;
            let heard: Vec<Heard> = all.into_iter().map(|key| late.is_of(key)).collect();
            assert!(!heard.contains(&Heard::Key), "cut at {at}: {heard:?}");
            assert_eq!(heard.last(), Some(&Heard::Answer(Some(true))), "cut at {at}");
        }
    }

    #[test]
    fn what_is_asked_again_is_heard_between_the_keys() {
        let mut late = Late::Nothing;
        late.expect();
        assert_eq!(late.is_of(keys("j")[0]), Heard::Key);
        let [answer @ .., last] = &keys("\x1b]11;rgb:1616/1818/1d1d\x07")[..] else { panic!() };
        // Asked once more before it was all there: it is the same answer.
        for key in answer {
            assert_eq!(late.is_of(*key), Heard::Answer(None));
            late.expect();
        }
        assert_eq!(late.is_of(*last), Heard::Answer(Some(false)));
        assert_eq!(late.is_of(keys("D")[0]), Heard::Key);
    }

    #[test]
    fn an_answer_without_an_end_does_not_take_all_keys() {
        let mut late = Late::Waits;
        let endless = format!("\x1b]11;{}", "x".repeat(200));
        let taken = keys(&endless).into_iter().filter(|key| late.is_of(*key) != Heard::Key).count();
        assert!(taken <= LATE_MAX, "{taken}");
    }

    #[test]
    fn what_was_not_asked_is_no_answer() {
        let mut late = Late::default();
        assert_eq!(late.is_of(keys("\x1b]")[0]), Heard::Key);
    }
}
