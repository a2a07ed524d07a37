//! Which lines speak of an error or a warning. There is one answer: the marks beside a log, the
//! jumps to them and the first error of the failure view all ask here.
//!
//! Words alone deceive (`0 failed`, `error_log on;`). So a level that a line names itself goes
//! first, and names of things, counts of none and conditions are taken out before words count.
//! Letters beyond ASCII are no part of any of these words.

mod watch;

#[cfg(test)]
mod tests;

use std::{borrow::Cow, sync::LazyLock};

use regex::bytes::{Captures, Regex};

pub(super) use self::watch::{Kind, Watch};
use super::state::log::Level;

/// A pattern of ours; it compiles, as a test shows.
type Rule = LazyLock<Option<Regex>>;

/// What every line has somewhere that speaks of an error or a warning, and few others have.
pub(super) static CANDIDATE: Rule = LazyLock::new(|| {
    Regex::new(
        r"(?x)(?i-u)
        err|fail|fatal|panic|exception|tracebac|denied|cannot|crit|warn|deprecat|abort|deadlock
        |unable\ to|could\ ?n[o']t|can't|refused|undefined\ ref|segmentation|core\ dump|of\ memory
        |no\ such|no\ space|timed\ out|not\ found|unbound\ var|already\ in\ use|only\ file\ system
        |quota\ exc|broken\ pipe|reset\ by|not\ known|not\ permitted|exit|non-zero|not\ ok|sqlstate
        |rejected\]|conflict\ \(|killed|status=|code=|result:|(?-i)EMERG|ALERT|SEVERE|✘|✗|✖|×
        |(?:^|\n)[EFW](?:[0-9]|:\ )",
    )
    .ok()
});

/// Lines that tell a command, or of a test that passed, whatever its name is.
static CALM: Rule = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)^\s*(?:
            # What a shell runs, as `set -x` tells it.
            \++\ | trap\ 
            # Migrations of Rails.
            | ==\ .*:\ (?:migrat|revert)(?:ing|ed)\b | --\ \w+\(
            # A frame of a stack by itself.
            | at\ [\w.$/<>]+\(
            | (?:✓|✔|√)\ | ok\ \d+\b | PASS\b
        )",
    )
    .ok()
});

/// Lines that end well: `test_login_failed ... ok`.
static ENDS_WELL: Rule = LazyLock::new(|| {
    Regex::new(r"(?-u)(?:\.\.+|…|:)\s*(?:[\d.]+ ?m?s\s+)?(?:ok|OK|done|DONE|passed|PASSED)\s*$")
        .ok()
});

/// Words that speak of an error, and none was meant.
static HARMLESS: Rule = LazyLock::new(|| {
    Regex::new(
        r#"(?x)(?i-u)
        # None of them: `0 errors`, `without any lint errors`.
        (?:^|[\s,;(\[|])(?:0|no|zero|without|any)\s+(?:any\s+)?
            (?:(?:tests?|rows?|files?|hosts?|tasks?|jobs?|lint|type|syntax|build|fatal|critical
                |new|other|known|more|further|unexpected)\s+)?
            (?:errors?|fail(?:ed|ures?)|warnings?|exceptions?|deprecations?|critical)\b
        # `failed=0`, `Errors: 0,`, `error: null`.
        | \b(?:errors?|fail(?:ed|ures?)|warnings?|exceptions?)"?\s*
            (?:=\s*0\b | :\s*0(?:[,;.)}\]|]|\s*$|\s+\w+\s*[=:]|\s+in\b)
                | [=:]\s*(?:none|null|nil|<nil>|false|off|\[\]|\{\}|""|'')(?:[\s,;.)}\]]|$))
        # Conditions.
        | \b(?:on|if|upon|in\ case\ of|ignor(?:e|ing)|retry(?:ing)?|for|expected)[\s_-]
            (?:an?\s|any\s|the\s)?(?:errors?|fail(?:ed|ures?)|warnings?|exceptions?)\b
        # Things that are about errors.
        | \b(?:error|exception|failure|warning)\s(?:handl(?:ers?|ing)|pages?|report(?:s|er|ing)
            |track(?:er|ing)|logs?|rates?|templates?|middleware|levels?)\b
        | \bnot\s(?:an?\s)?(?:errors?|fatal|critical)\b | \bcannot\ be\ undone\b
        # Flags, and what a log is asked to be.
        | --?\w[\w-]*(?:error|fail|warn)[\w=-]* | \bpanic\s?=\s?\S+
        | (?-i:LOG_?LEVEL)\s?[=:]\s?\S+ | \berror_log\s.*; | \berrors=(?:strict|ignore|replace|surrogateescape)\b
        # Names: `errors.py`, `on-error`, `errors::tests`, `es-errors@1.3.0`, `app/errors/index.js`,
        # `:error`, `shop:errors`, `Compiling failure v0.1.8`.
        | (?-i:
            \w[\w.]*-WORD\b | \bWORD-\w+ | \b\w+\.WORD\b(?:\.[a-z]\w*)? | \bWORD\.[a-z]\w*
            | \bWORD(?:::|@)\w+ | ::WORD\b | [\s(,\[{]:WORD\b | [a-z]\w*:WORD(?:\s|$)
            | [\w.@~+-]*/[\w./@~+-]*WORD[\w./@~+-]*
            | ^\s*[A-Z][a-z]+ing\s+WORD\s+\(?v?\d+\.
        )
        "#
        .replace("WORD", "(?:errors?|fail(?:ed|ures?)|fatal|panic|exceptions?|warn(?:ings?)?|denied|critical|deprecat(?:ed|ions?)|killed|aborted|refused)")
        .as_str(),
    )
    .ok()
});

/// A level that a line names at its beginning: by a word in capitals, in brackets, by `level=`, or
/// as glog and apt do it.
static NAMED: Rule = LazyLock::new(|| {
    Regex::new(
        r#"(?x-u)
        ^.{0,48}?\b(?:
            (?<calm>TRACE|DEBUG|INFO|NOTICE) | (?<warn>WARN|WARNING) |
            (?<error>ERROR|ERR|FATAL|CRITICAL|PANIC|EMERG|ALERT|SEVERE)
        )\b
        | ^.{0,48}?\[(?i:
            (?<calm1>trace|debug|info|notice|note|system) | (?<warn1>warn|warning) |
            (?<error1>error|err|crit|critical|alert|emerg|fatal|panic)
        )\]
        | \b(?:level|lvl|severity)"?\s*[=:]\s*"?(?i:
            (?<calm2>trace|debug|info|notice) | (?<warn2>warn(?:ing)?) |
            (?<error2>err(?:or)?|fatal|crit(?:ical)?|panic|alert|emerg)
        )\b
        | ^(?i:(?:npm\ )?(?<warn3>warn(?:ing)?)\b)
        | ^(?:(?<calm4>I)|(?<warn4>W)|(?<error4>[EF]))(?:\d{4}\ |:\ )
        "#,
    )
    .ok()
});

/// What speaks of an error by its form.
static FORM: Rule = LazyLock::new(|| {
    Regex::new(
        r"(?x-u)
        # A class of Python: `psycopg2.errors.UndefinedTable: …`
        ^[\w.]+\.(?:errors|exceptions|exc)\.[A-Z]\w*(?::|$)
        # What systemd, docker, make and shells say of the end of a process.
        | \bstatus=[1-9]\d*/[A-Z] | \bcode=(?:killed|dumped)\b
        | \bResult:\ (?:exit-code|signal|timeout|core-dump|oom-kill|start-limit-hit)\b
        | \b[Ee]xit(?:ed|ing)?\ (?:with\ )?(?:error\ )?(?:code|status):?\ [1-9] | \bnon-zero\ (?:exit|code|status)
        | ^Killed\b | [Kk]illed\ process | \bsignal:\ killed
        | ^\s*not\ ok\ \d | \bSQLSTATE\[ | !\ \[(?:remote\ )?rejected\] | ^CONFLICT\ \(
        | ^\s*(?:✘|✗|✖|×)\ 
        ",
    )
    .ok()
});

static ERROR: Rule = LazyLock::new(|| {
    Regex::new(
        r"(?x)(?i-u)
        \b(?:errors?|fail(?:ed|ures?)|fatal|panic(?:ked)?|traceback|denied|cannot|\w*exception|aborted
            |deadlock|unable\ to|could\ not|couldn't|can't|refused|undefined\ reference
            |segmentation\ fault|core\ dumped|out\ of\ memory|no\ such\ \w+|no\ space\ left|timed\ out
            |(?:command|404)\ not\ found|unbound\ variable|already\ in\ use|read-only\ file\ system
            |quota\ exceeded|broken\ pipe|reset\ by\ peer|service\ not\ known
            |operation\ not\ permitted)\b
        | \bcritical: | \berr! | ^err:\d | \bnot\ found[.!]?\s*$
        | (?-i:\w+Error\b | \bFAIL\b)
        ",
    )
    .ok()
});

static WARNING: Rule = LazyLock::new(|| {
    Regex::new(r"(?i-u)\bwarn(?:ings?)?\b|\bdeprecat(?:ed|ions?)\b|(?-i:\w+Warning\b)").ok()
});

fn fits(rule: &Rule, text: &[u8]) -> bool {
    rule.as_ref().is_some_and(|rule| rule.is_match(text))
}

/// What a text speaks of by itself.
pub(super) fn level(text: &str) -> Level {
    let text = text.as_bytes();
    if fits(&CALM, text) {
        return Level::Calm;
    }
    let bare =
        HARMLESS.as_ref().map_or(Cow::Borrowed(text), |rule| rule.replace_all(text, &b" "[..]));
    if let Some(named) = NAMED.as_ref().and_then(|rule| rule.captures(&bare)) {
        return named_level(&named, &bare);
    }
    match () {
        () if fits(&FORM, text) => Level::Error,
        () if fits(&ENDS_WELL, text) => Level::Calm,
        () if fits(&ERROR, &bare) => Level::Error,
        () if fits(&WARNING, &bare) => Level::Warning,
        () => Level::Calm,
    }
}

fn named_level(named: &Captures<'_>, text: &[u8]) -> Level {
    let first = |names: &[&str]| names.iter().find_map(|name| named.name(name));
    match () {
        () if first(&["error", "error1", "error2", "error4"]).is_some() => Level::Error,
        () if first(&["warn", "warn1", "warn2", "warn3", "warn4"]).is_some() => Level::Warning,
        // `Error: no INFO at hand` names no level.
        () if first(&["calm", "calm1"])
            .and_then(|calm| text.get(..calm.start()))
            .is_some_and(|before| fits(&ERROR, before)) =>
        {
            Level::Error
        }
        () => Level::Calm,
    }
}
