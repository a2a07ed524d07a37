//! What is wrong with a pattern: in a few plain words, and where.

use regex_syntax::{
    Error, ParserBuilder,
    ast::{ErrorKind, Span},
};

/// A pattern that is none, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoPattern {
    what: String,
    /// The character of the pattern that it is about, from 0.
    at: Option<usize>,
}

/// What is said in other words than those of the parser.
const WORDS: &[(ErrorKind, &str)] = &[
    (ErrorKind::GroupUnclosed, "( is not closed"),
    (ErrorKind::GroupUnopened, ") closes nothing"),
    (ErrorKind::ClassUnclosed, "[ is not closed"),
    (ErrorKind::ClassRangeInvalid, "the range goes backwards"),
    (ErrorKind::RepetitionMissing, "there is nothing before it to repeat"),
    (ErrorKind::RepetitionCountUnclosed, "{ is not closed"),
    (ErrorKind::RepetitionCountInvalid, "the range goes backwards"),
    (ErrorKind::EscapeUnexpectedEof, "nothing follows the backslash"),
    (ErrorKind::EscapeUnrecognized, "that letter means nothing behind a backslash"),
    (ErrorKind::UnsupportedLookAround, "no pattern here looks ahead or behind"),
    (ErrorKind::UnsupportedBackreference, "no pattern here refers back to a group"),
];

impl NoPattern {
    /// Of a text that `error` refuses.
    pub(super) fn of(text: &str, error: &regex::Error) -> Self {
        if let regex::Error::CompiledTooBig(_) = error {
            return Self { what: "it is too large: it repeats too much".to_owned(), at: None };
        }
        let (what, span) = match ParserBuilder::new().build().parse(text) {
            Err(Error::Parse(error)) => {
                let known = WORDS.iter().find(|(kind, _)| kind == error.kind());
                let words = || error.kind().to_string();
                (known.map_or_else(words, |(_, words)| (*words).to_owned()), Some(*error.span()))
            }
            Err(Error::Translate(error)) => (error.kind().to_string(), Some(*error.span())),
            Ok(_) | Err(_) => {
                let words = error.to_string();
                let last = words.lines().last().unwrap_or_default();
                (last.trim_start_matches("error: ").to_owned(), None)
            }
        };
        let at = |span: Span| text.get(..span.start.offset).map(|before| before.chars().count());
        Self { what, at: span.and_then(at) }
    }

    /// What is said of it, where so many characters were typed before the pattern.
    pub(crate) fn words(&self, before: usize) -> String {
        match self.at {
            Some(at) => format!("no pattern yet, character {}: {}", before + at + 1, self.what),
            None => format!("no pattern: {}", self.what),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tui::feed::Pattern;

    #[test]
    fn it_is_said_what_is_wrong_and_where() {
        let table = [
            ("(", "no pattern yet, character 1: ( is not closed"),
            ("ä(b", "no pattern yet, character 2: ( is not closed"),
            ("a)", "no pattern yet, character 2: ) closes nothing"),
            ("[a", "no pattern yet, character 1: [ is not closed"),
            ("[z-a]", "no pattern yet, character 2: the range goes backwards"),
            ("*", "no pattern yet, character 1: there is nothing before it to repeat"),
            ("a{2", "no pattern yet, character 2: { is not closed"),
            ("a{3,2}", "no pattern yet, character 2: the range goes backwards"),
            ("a\\", "no pattern yet, character 2: nothing follows the backslash"),
            ("a\\q", "no pattern yet, character 2: that letter means nothing behind a backslash"),
            ("a(?=b)", "no pattern yet, character 2: no pattern here looks ahead or behind"),
            ("(?<!b)", "no pattern yet, character 1: no pattern here looks ahead or behind"),
            (r"(a)\1", "no pattern yet, character 4: no pattern here refers back to a group"),
            ("a{9999}{9999}", "no pattern: it is too large: it repeats too much"),
            (r"\pX", "no pattern yet, character 1: Unicode property not found"),
            (r"\xff", ""),
            ("(?i)A", ""),
            (".*", ""),
            ("x*", ""),
            ("^$", ""),
            (r"\n", ""),
        ];
        for (text, wanted) in table {
            let said = Pattern::new(text, false).err().map(|none| none.words(0));
            assert_eq!(said.unwrap_or_default(), wanted, "{text}");
        }
        let nested = "(".repeat(400) + &")".repeat(400);
        let said = Pattern::new(&nested, false).unwrap_err().words(1);
        assert!(said.contains("nest"), "{said}");
    }
}
