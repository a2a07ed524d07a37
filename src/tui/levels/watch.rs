//! Lines one after the other: an error is one with all that belongs to it, a traceback, its causes
//! and details.

use std::sync::LazyLock;

use regex::Regex;

use super::level;
use crate::tui::state::log::Level;

/// Lines that belong to one error at most; a traceback that never ends marks no whole log.
const BLOCK_LINES_MAX: u32 = 500;

/// Bytes before a traceback that are taken for what a supervisor puts before each line.
const PREFIX_MAX: usize = 200;

/// What belongs to the error above it.
static BELONGS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        # Databases.
        ^(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LINE\ \d+):
        # Frames, in many languages.
        | ^Caused\ by: | ^\s+(?:at\ |\.\.\.\ \d+\ more|File\ |\^|\d+:\ ) | ^\s*\^+\s*$
        | ^During\ handling\ of\ the\ above\ exception
        | ^The\ above\ exception\ was\ the\ direct\ cause
        # Compilers.
        | ^\s*(?:-->|\||\d+\s+\||=\ (?:note|help):) | ^(?:note|hint):\ ",
    )
    .ok()
});

/// What the lines before say about the next one.
#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    Calm,
    /// Inside of a Python traceback; what stands before each line of it.
    Traceback(String),
    /// Behind an error.
    After,
}

/// What a line is, with those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Kind {
    Calm,
    Warning,
    /// The first line of an error.
    Error,
    /// A line that belongs to the error before it.
    Within,
}

/// Reads the lines of one stream, one after the other.
#[derive(Clone, Debug, Default)]
pub(in crate::tui) struct Watch {
    state: State,
    lines: u32,
}

impl Watch {
    /// Whether the next line must be looked at, whatever is in it.
    pub(in crate::tui) fn is_on(&self) -> bool {
        !matches!(self.state, State::Calm)
    }

    /// What the next line is.
    pub(in crate::tui) fn line(&mut self, text: &str) -> Kind {
        self.lines += 1;
        if self.lines > BLOCK_LINES_MAX {
            self.state = State::Calm;
        }
        match std::mem::take(&mut self.state) {
            State::Calm => self.fresh(text),
            State::Traceback(prefix) => {
                let rest = text.strip_prefix(prefix.as_str()).unwrap_or(text);
                let frame = rest.starts_with([' ', '\t']) || rest.starts_with("Traceback (");
                self.state = if frame { State::Traceback(prefix) } else { State::After };
                Kind::Within
            }
            State::After => {
                let traceback = text.starts_with("Traceback (most recent call last)");
                if traceback {
                    self.state = State::Traceback(String::new());
                    return Kind::Within;
                }
                let blank = text.trim().is_empty();
                let belongs = BELONGS.as_ref().is_some_and(|regex| regex.is_match(text));
                if blank || belongs {
                    self.state = State::After;
                    return if blank { Kind::Calm } else { Kind::Within };
                }
                self.fresh(text)
            }
        }
    }

    fn fresh(&mut self, text: &str) -> Kind {
        let kind = match level(text) {
            Level::Calm => return Kind::Calm,
            Level::Warning => return Kind::Warning,
            Level::Error => Kind::Error,
        };
        self.lines = 0;
        let traceback = text.find("Traceback (most recent call last)");
        self.state = match traceback.and_then(|at| text.get(..at)) {
            Some(prefix) if prefix.len() <= PREFIX_MAX => State::Traceback(prefix.to_owned()),
            Some(_) | None => State::After,
        };
        kind
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Watch};

    #[test]
    fn a_traceback_is_one_error() {
        let text = "Running\n\
                    Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    \
                    main()\nKeyError: 'x'\n\nDuring handling of the above exception, another \
                    exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\"\n\
                    django.db.utils.OperationalError: boom\nDETAIL:  Process 4488 waits\n\
                    make: *** [migrate] Error 1\ndone";
        let mut watch = Watch::default();
        let kinds: Vec<Kind> = text.lines().map(|line| watch.line(line)).collect();
        use Kind::{Calm, Error, Within};
        let wanted = [
            Calm, Error, Within, Within, Within, Calm, Within, Calm, Within, Within, Within,
            Within, Error, Calm,
        ];
        assert_eq!(kinds, wanted);
    }

    #[test]
    fn what_a_compiler_shows_belongs_to_its_error() {
        let text = "error[E0308]: mismatched types\n --> src/main.rs:2:5\n  |\n2 |     foo\n  \
                    |     ^^^ expected `u8`\n  |\n  = note: expected\n\nwarning: unused\ndone";
        let mut watch = Watch::default();
        let kinds: Vec<Kind> = text.lines().map(|line| watch.line(line)).collect();
        use Kind::{Calm, Error, Warning, Within};
        let wanted = [Error, Within, Within, Within, Within, Within, Within, Calm, Warning, Calm];
        assert_eq!(kinds, wanted);
    }

    #[test]
    fn a_traceback_behind_the_words_of_a_supervisor_is_one_error() {
        let text = "web.1 | Traceback (most recent call last):\nweb.1 |   File \"a.py\"\nweb.1 | \
                    ValueError: no\nweb.1 | listening";
        let mut watch = Watch::default();
        let kinds: Vec<Kind> = text.lines().map(|line| watch.line(line)).collect();
        assert_eq!(kinds, [Kind::Error, Kind::Within, Kind::Within, Kind::Calm]);
    }

    #[test]
    fn a_traceback_without_an_end_marks_no_whole_log() {
        let mut watch = Watch::default();
        watch.line("Traceback (most recent call last):");
        let within = (0..10_000).filter(|_| watch.line("  still a frame") == Kind::Within).count();
        assert!(within <= 500, "{within}");
    }
}
