//! Whatever the text, decoding comes to an end, and every fault has its place.

use proptest::prelude::*;

use super::faults::TWENTY_FAULTS;
use super::*;

const TEXTS: [&str; 4] = [
    include_str!("../../../recipes/reference.toml"),
    include_str!("../../../recipes/examples/fabric-maintenance.toml"),
    include_str!("../../../recipes/django-releases.toml"),
    TWENTY_FAULTS,
];

/// What is put into a text or over it.
const PIECES: [&str; 24] = [
    "\"",
    "'''",
    "[",
    "]",
    "{",
    "}",
    "=",
    "\n",
    "{{",
    "}}",
    "{% if %}",
    "false",
    "-1",
    "99999999999999999999",
    "\u{0}",
    "\u{FDD0}",
    "é",
    "[steps.x]\n",
    "steps = 1\n",
    "[[notify]]\n",
    "run = [1, {}]\n",
    "..",
    "1e999",
    "# ",
];

#[derive(Clone, Debug)]
enum Change {
    Put(usize, usize),
    Cut(usize, usize),
    Move(usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), 0..PIECES.len()).prop_map(|(at, piece)| Change::Put(at, piece)),
        (any::<usize>(), 1..40usize).prop_map(|(at, length)| Change::Cut(at, length)),
        (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Change::Move(from, to)),
    ]
}

fn boundary(text: &str, at: usize) -> usize {
    let at = at % (text.len() + 1);
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut text = text.to_owned();
    for change in changes {
        match change {
            Change::Put(at, piece) => text.insert_str(boundary(&text, *at), PIECES[*piece]),
            Change::Cut(at, length) => {
                let begin = boundary(&text, *at);
                let end = boundary(&text, (begin + length).min(text.len())).max(begin);
                text.replace_range(begin..end, "");
            }
            Change::Move(from, to) => {
                let mut lines: Vec<&str> = text.lines().collect();
                let line = lines.remove(from % lines.len().max(1));
                lines.insert(to % (lines.len() + 1), line);
                text = lines.join("\n");
            }
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_decoding(which in 0..TEXTS.len(), changes in prop::collection::vec(change(), 1..12)) {
        let text = changed(TEXTS[which], &changes);
        let load = |path: &str| match path {
            "reference-base.toml" => Ok(changed(include_str!("../../../recipes/reference-base.toml"), &changes)),
            path => Err(format!("there is no {path}")),
        };
        if let Err(found) = Recipe::parse("deploy.toml", &text, &load) {
            prop_assert!(found.iter().any(|found| found.severity == Severity::Error));
            for found in found {
                let plain = found.render(false);
                prop_assert!(!plain.contains(char::from(0x1b)), "an escape");
                prop_assert!(found.span.is_some(), "{plain}");
            }
        }
    }
}
