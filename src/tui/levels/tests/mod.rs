//! Lines as tools print them, and what they speak of.

mod builds;
mod frameworks;
mod systems;

use proptest::prelude::*;

use super::*;

/// A tool, what its lines speak of, and the lines.
type Lines = &'static [(&'static str, Level, &'static str)];

#[test]
fn a_line_speaks_of_what_it_says_itself() {
    let mut wrong = String::new();
    let all = [builds::LINES, frameworks::LINES, systems::LINES].concat();
    for (tool, wanted, lines) in all {
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let found = level(line);
            if found != wanted {
                wrong.push_str(&format!("{tool}: {line:?} is {found:?}, not {wanted:?}\n"));
            }
            let candidate = CANDIDATE.as_ref().unwrap().is_match(line.as_bytes());
            if wanted != Level::Calm && !candidate {
                wrong.push_str(&format!("{tool}: {line:?} is not looked at\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_rules_are_patterns() {
    for rule in [&CALM, &ENDS_WELL, &HARMLESS, &NAMED, &FORM, &ERROR, &WARNING, &CANDIDATE] {
        assert!(rule.is_some());
    }
}

/// Words that rules are made of.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "error",
        "Error",
        "ERROR",
        "failed",
        "fail",
        "FAIL",
        "exit code 1",
        "status=1/FAILURE",
        "not found",
        "cannot",
        "can't",
        "could not",
        "no",
        "0",
        "[warn]",
        "level=err",
        "Killed",
        "INFO",
        "warning",
        "deprecated",
        ":",
        "::",
        ".",
        "-",
        "/",
        "=",
        " ",
        "  ",
        "E1",
        "W: ",
        "ok",
        "✘",
        "×",
        "ä",
        "\u{212a}",
        "ſ",
        "SQLSTATE[",
        "! [rejected]",
        "CONFLICT (",
        "not ok 1",
        "Exit Status: 2",
        "Result: timeout",
        "signal: killed",
        "killed process",
        "no such x",
        "1",
        "err!",
        "Err:1",
        "x.errors.X:",
        "FooError",
        "FooWarning",
        "tracebacK",
        "critical:",
        "\t",
    ]);
    prop::collection::vec(word, 0..8).prop_map(|words| words.concat())
}

proptest! {
    /// A search for candidates passes over no line that speaks of something.
    #[test]
    fn no_line_is_passed_over(text in words()) {
        let candidate = CANDIDATE.as_ref().unwrap().is_match(text.as_bytes());
        prop_assert!(candidate || level(&text) == Level::Calm);
    }
}
