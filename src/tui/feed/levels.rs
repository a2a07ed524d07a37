//! Which lines speak of an error or a warning, and which belong to one that did: tracebacks, causes
//! and details. Words alone deceive (`0 failed`), so levels that a line itself names go first.

use std::sync::LazyLock;

use regex::Regex;

use crate::tui::state::log::Level;

/// Lines that belong to one error at most; a traceback that never ends marks no whole log.
const BLOCK_LINES_MAX: u32 = 500;

/// Bytes before a traceback that are taken for what a supervisor puts before each line.
const PREFIX_MAX: usize = 200;

/// What every line has somewhere that speaks of an error or a warning, and few others have. Bytes
/// beyond ASCII may be digits, or a `k` of another script.
pub(super) static CANDIDATE: LazyLock<Option<regex::bytes::Regex>> = LazyLock::new(|| {
    regex::bytes::Regex::new(
        r"(?i-u)err|fail|fatal|panic|exception|tracebac|denied|cannot|crit|warn|deprecat|(?-i)EMERG|ALERT|SEVERE|(?:^|\n)[EFW](?:[0-9\x80-\xff]|: )",
    )
    .ok()
});

/// Words that speak of an error, and no error was meant.
static HARMLESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:0|no|zero|without)\s+(?:\w+\s+)?(?:errors?|fail(?:ed|ures?)|warnings?|exceptions?)\b|\b(?:errors?|fail(?:ed|ures?)|warnings?)\s*[=:]\s*0\b|--\S*(?:error|fail|warn)\S*",
    )
    .ok()
});

static ERROR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:errors?|fail(?:ed|ure|ures)?|fatal|panic(?:ked)?|traceback|denied|cannot|critical|\w*exception)\b|\berr!|(?-i:\w+Error\b)",
    )
    .ok()
});

static WARNING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bwarn(?:ings?)?\b|\bdeprecat(?:ed|ion)\b|(?-i:\w+Warning\b)").ok()
});

/// A level that a line names at its beginning: by a word in capitals, by `level=`, or as glog and
/// apt do it.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        ^.{0,48}?\b(?:
            (?<calm>TRACE|DEBUG|INFO|NOTICE) | (?<warn>WARN|WARNING) |
            (?<error>ERROR|ERR|FATAL|CRITICAL|PANIC|EMERG|ALERT|SEVERE)
        )\b
        | \blevel="?(?i:(?<calm2>trace|debug|info|notice)|(?<warn2>warn(?:ing)?)|(?<error2>err(?:or)?|fatal|crit(?:ical)?|panic))\b
        | ^(?i:(?:npm\ )?(?<warn3>warn(?:ing)?)\b)
        | ^(?:(?<calm4>I)|(?<warn4>W)|(?<error4>[EF]))(?:\d{4}\ |:\ )
        "#,
    )
    .ok()
});

/// What belongs to the error above it.
static BELONGS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LINE \d+):|^Caused by:|^\s+(?:at |\.\.\. \d+ more|File |\^|\d+: )|^\s*\^+\s*$|^During handling of the above exception|^The above exception was the direct cause|^note: run with `RUST_BACKTRACE",
    )
    .ok()
});

/// What a text speaks of by itself.
pub(super) fn level(text: &str) -> Level {
    let fits = |regex: &LazyLock<Option<Regex>>, text: &str| {
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    };
    if let Some(named) = NAMED.as_ref().and_then(|regex| regex.captures(text)) {
        let has = |names: &[&str]| names.iter().any(|name| named.name(name).is_some());
        return match () {
            () if has(&["error", "error2", "error4"]) && !is_harmless(text) => Level::Error,
            () if has(&["warn", "warn2", "warn3", "warn4"]) && !is_harmless(text) => Level::Warning,
            () => Level::Calm,
        };
    }
    let text = HARMLESS.as_ref().map_or(text.into(), |regex| regex.replace_all(text, " "));
    match () {
        () if fits(&ERROR, &text) => Level::Error,
        () if fits(&WARNING, &text) => Level::Warning,
        () => Level::Calm,
    }
}

/// Whether a line that begins with a level only counts none: `ERROR: 0`.
fn is_harmless(text: &str) -> bool {
    HARMLESS.as_ref().is_some_and(|regex| regex.find(text).is_some_and(|found| found.start() == 0))
}

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
pub(super) enum Kind {
    Calm,
    Warning,
    /// The first line of an error.
    Error,
    /// A line that belongs to the error before it.
    Within,
}

/// Reads the lines of one stream, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    state: State,
    lines: u32,
}

impl Watch {
    /// Whether the next line must be looked at, whatever is in it.
    pub(super) fn is_on(&self) -> bool {
        !matches!(self.state, State::Calm)
    }

    /// What the next line is.
    pub(super) fn line(&mut self, text: &str) -> Kind {
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
    use super::{CANDIDATE, Kind, Level, Watch, level};

    #[test]
    fn a_line_speaks_of_what_it_says_itself() {
        for (text, wanted) in [
            ("batch 3 of 9", Level::Calm),
            ("ERROR: deadlock detected", Level::Error),
            ("django.db.utils.OperationalError: server closed", Level::Error),
            ("mv: cannot stat 'x': No such file", Level::Error),
            ("Permission denied (publickey).", Level::Error),
            ("npm ERR! code ELIFECYCLE", Level::Error),
            ("npm warn deprecated har-validator@5.1.5", Level::Warning),
            ("WARNING: failed to fetch, will retry", Level::Warning),
            ("2026-11-22 14:00:01,123 INFO retry after error 3", Level::Calm),
            ("2026-11-22T14:00:01Z ERROR pool is empty", Level::Error),
            ("time=2026 level=warning msg=\"no error yet\"", Level::Warning),
            ("time=2026 level=info msg=\"fatal attraction\"", Level::Calm),
            ("E1122 14:00:01.0 pod.go:12] gone", Level::Error),
            ("W: Target Packages is configured multiple times", Level::Warning),
            ("12 passed, 0 failed, 0 warnings", Level::Calm),
            ("3 passed, 1 failed, 0 errors", Level::Error),
            ("ok=4 changed=1 failed=0", Level::Calm),
            ("Compiled without errors", Level::Calm),
            ("gcc -Werror --fail-fast main.c", Level::Calm),
            ("a/b.py:3: RemovedInDjango60Warning: x", Level::Warning),
            ("terror and default_errors.css", Level::Calm),
            ("14:00:01 ALERT disk is full", Level::Error),
            ("14:00:01 EMERG no memory", Level::Error),
            ("14:00:01 SEVERE: pool", Level::Error),
            ("14:00:01 ERR pool is empty", Level::Error),
            ("level=err msg=gone", Level::Error),
            ("level=crit msg=gone", Level::Error),
            ("tracebac\u{212a}", Level::Error),
            ("E\u{661}\u{661}\u{662}\u{662} pod.go", Level::Error),
        ] {
            assert_eq!(level(text), wanted, "{text}");
            let candidate = CANDIDATE.as_ref().unwrap().is_match(text.as_bytes());
            assert!(wanted == Level::Calm || candidate, "not looked at: {text}");
        }
    }

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
