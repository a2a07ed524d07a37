//! Values on their way into a command: a template is rendered with a token in place of every
//! value, and here each token becomes a quoted word, but only where the shell reads one.

use std::{fmt, ops::Range};

use super::lexer::{self, Emptied, Emptying, Open, Place, Unit};
use super::quote::quote;
use crate::model::{Hole, Piece, Text};

/// Noncharacters of Unicode: never part of text that is exchanged, so no recipe needs them.
const MARK_BEGIN: char = '\u{FDD0}';
const MARK_END: char = '\u{FDD1}';

/// A value to insert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insert {
    /// Becomes exactly one word.
    Word(String),
    /// Becomes as many words as there are values, none for an empty list.
    Words(Vec<String>),
    /// Is known only during the run; becomes exactly one word then.
    Hole(Hole),
}

/// The values of one rendering, in the order of their insertion.
#[derive(Clone, Debug, Default)]
pub struct Inserts(Vec<Insert>);

/// Something that keeps a rendered text from becoming a command or data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is.
    pub site: Site,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// A place in a rendered text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// The text as a whole.
    Whole,
    /// At the value of that number, in order of insertion.
    Insert(usize),
    /// In what stands behind so many values, up to the next: a range of bytes of that.
    Text(usize, Range<usize>),
}

/// What is wrong with an inserted value, or with the command around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The value stands where no word can be inserted.
    Misplaced(Place),
    /// A list adjoins other text.
    ListInWord,
    /// A list is part of plain text.
    ListInData,
    /// The value holds a NUL byte.
    HasNul,
    /// The value was changed or dropped after it was inserted, as by a `{% set %}` block.
    Captured,
    /// Something was opened and never closed.
    Open(Open),
    /// The step would empty its own log.
    Empties(Emptying),
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misplaced(place) => write!(f, "a value cannot be inserted {place}"),
            Self::ListInWord => f.write_str("a list must stand as words of its own"),
            Self::ListInData => f.write_str("a list cannot be inserted into plain text"),
            Self::HasNul => f.write_str("a NUL byte, which no command line can carry"),
            Self::Captured => {
                f.write_str("an inserted value was caught by a block and changed or dropped")
            }
            Self::Open(open) => write!(f, "the command ends inside {open}"),
            Self::Empties(emptying) => emptying.fmt(f),
        }
    }
}

impl ProblemKind {
    /// What to do about it.
    #[must_use]
    pub fn hint(self) -> Option<&'static str> {
        match self {
            Self::Misplaced(place) => Some(place.hint()),
            Self::ListInWord => {
                Some("put blanks around it, or join it into one word: {{ x | join(\",\") }}")
            }
            Self::ListInData => Some("join it: {{ x | join(\",\") }}"),
            Self::HasNul => None,
            Self::Captured => Some("use {% set name = expression %} instead of a block"),
            Self::Open(_) => Some("close it"),
            Self::Empties(emptying) => Some(emptying.hint()),
        }
    }
}

/// Whether text holds one of the noncharacters U+FDD0 to U+FDEF, which mark tokens and the like.
/// Neither recipes nor values may.
#[must_use]
pub fn has_mark(text: &str) -> bool {
    text.contains(|c| ('\u{FDD0}'..='\u{FDEF}').contains(&c))
}

impl Inserts {
    /// Takes a value and returns the token to render in its place.
    pub fn push(&mut self, insert: Insert) -> String {
        let token = format!("{MARK_BEGIN}{}{MARK_END}", self.0.len());
        self.0.push(insert);
        token
    }

    /// How many values were taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rendered text as a command: each value one quoted word, lists several.
    ///
    /// # Errors
    /// Every value that stands where no word can, what the command leaves open, and what would empty
    /// the log of its step.
    pub fn command(&self, rendered: &str) -> Result<Text, Vec<Problem>> {
        let pieces = self.split(rendered)?;
        let reading = lexer::read(&units(&pieces));
        let mut problems = Vec::new();
        let mut text = Builder::default();
        let mut spots = reading.spots.into_iter();
        for piece in &pieces {
            match piece {
                Stretch::Literal(literal) => text.literal(literal),
                Stretch::Token(index, insert) => {
                    let kind = match spots.next() {
                        Some(Ok(spot)) => text.word(insert, spot.alone).err(),
                        Some(Err(place)) => Some(ProblemKind::Misplaced(place)),
                        None => Some(ProblemKind::Captured),
                    };
                    problems.extend(kind.map(|kind| Problem { site: Site::Insert(*index), kind }));
                }
            }
        }
        let open = reading.open.filter(|_| problems.is_empty());
        problems
            .extend(open.map(|open| Problem { site: Site::Whole, kind: ProblemKind::Open(open) }));
        problems.extend(reading.emptied.iter().map(|emptied| empties(&pieces, emptied)));
        if problems.is_empty() { Ok(text.done()) } else { Err(problems) }
    }

    /// The rendered text as plain data, such as a path or the value of a variable.
    ///
    /// # Errors
    /// Lists and NUL bytes.
    pub fn data(&self, rendered: &str) -> Result<Text, Vec<Problem>> {
        let mut text = Builder::default();
        let mut problems = Vec::new();
        for piece in self.split(rendered)? {
            let (index, kind) = match piece {
                Stretch::Literal(literal) => {
                    text.literal(literal);
                    continue;
                }
                Stretch::Token(_, Insert::Word(word)) if !word.contains('\0') => {
                    text.literal(word);
                    continue;
                }
                Stretch::Token(_, Insert::Hole(hole)) => {
                    text.hole(hole);
                    continue;
                }
                Stretch::Token(index, Insert::Word(_)) => (index, ProblemKind::HasNul),
                Stretch::Token(index, Insert::Words(_)) => (index, ProblemKind::ListInData),
            };
            problems.push(Problem { site: Site::Insert(index), kind });
        }
        if problems.is_empty() { Ok(text.done()) } else { Err(problems) }
    }

    /// Cuts rendered text at its tokens, each of which must be there once and in order.
    fn split<'r>(&'r self, rendered: &'r str) -> Result<Vec<Stretch<'r>>, Vec<Problem>> {
        let captured = |at: usize| {
            let site = if at < self.0.len() { Site::Insert(at) } else { Site::Whole };
            vec![Problem { site, kind: ProblemKind::Captured }]
        };
        if rendered.contains('\0') {
            return Err(vec![Problem { site: Site::Whole, kind: ProblemKind::HasNul }]);
        }
        let mut pieces = Vec::new();
        let mut rest = rendered;
        for (index, insert) in self.0.iter().enumerate() {
            let token = format!("{MARK_BEGIN}{index}{MARK_END}");
            let (before, after) = rest.split_once(&token).ok_or_else(|| captured(index))?;
            if has_mark(before) {
                return Err(captured(index));
            }
            pieces.extend([Stretch::Literal(before), Stretch::Token(index, insert)]);
            rest = after;
        }
        if has_mark(rest) {
            return Err(captured(self.0.len()));
        }
        pieces.push(Stretch::Literal(rest));
        Ok(pieces)
    }
}

/// A command that answers the opposite: exit status 0 becomes 1, 1 becomes 0, all others stay.
#[must_use]
pub fn negated(command: &Text) -> Text {
    // An exit trap, because the command must keep its `set -e`, which no `!` or `||` leaves alive.
    const FLIP: &str = "trap 'case $? in 0) exit 1 ;; 1) exit 0 ;; esac' EXIT\n";
    let mut pieces = vec![Piece::Literal(FLIP.to_owned())];
    pieces.extend(command.0.iter().cloned());
    Text(pieces)
}

enum Stretch<'r> {
    Literal(&'r str),
    Token(usize, &'r Insert),
}

/// What empties the log, and where: the units it was found at, as bytes of one literal.
fn empties(pieces: &[Stretch<'_>], (range, emptying): &Emptied) -> Problem {
    let (mut values, mut begin, mut site) = (0, 0, Site::Whole);
    for piece in pieces {
        let units = match piece {
            Stretch::Literal(text) => {
                let count = text.chars().count();
                if begin <= range.start && range.end <= begin + count {
                    let bytes = |units: usize| text.chars().take(units).map(char::len_utf8).sum();
                    site = Site::Text(values, bytes(range.start - begin)..bytes(range.end - begin));
                }
                count
            }
            Stretch::Token(..) => {
                values += 1;
                1
            }
        };
        begin += units;
    }
    Problem { site, kind: ProblemKind::Empties(*emptying) }
}

fn units(pieces: &[Stretch<'_>]) -> Vec<Unit> {
    let mut units = Vec::new();
    for piece in pieces {
        match piece {
            Stretch::Literal(text) => units.extend(text.chars().map(Unit::Char)),
            Stretch::Token(..) => units.push(Unit::Token),
        }
    }
    units
}

/// Text in the making; neighbouring literals become one piece.
#[derive(Default)]
struct Builder {
    pieces: Vec<Piece>,
    literal: String,
}

impl Builder {
    fn literal(&mut self, text: &str) {
        self.literal.push_str(text);
    }

    fn hole(&mut self, hole: &Hole) {
        self.flush();
        self.pieces.push(Piece::Hole(hole.clone()));
    }

    fn word(&mut self, insert: &Insert, alone: bool) -> Result<(), ProblemKind> {
        match insert {
            Insert::Hole(hole) => self.hole(hole),
            Insert::Word(word) => self.literal(&quoted(word)?),
            Insert::Words(_) if !alone => return Err(ProblemKind::ListInWord),
            Insert::Words(words) => {
                let words: Result<Vec<_>, _> = words.iter().map(|word| quoted(word)).collect();
                self.literal(&words?.join(" "));
            }
        }
        Ok(())
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            self.pieces.push(Piece::Literal(std::mem::take(&mut self.literal)));
        }
    }

    fn done(mut self) -> Text {
        self.flush();
        Text(self.pieces)
    }
}

fn quoted(word: &str) -> Result<String, ProblemKind> {
    quote(word).map_err(|_has_nul| ProblemKind::HasNul)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn word(text: &str) -> Insert {
        Insert::Word(text.to_owned())
    }

    /// The kinds of problems of `{0} ... {n}` with these values.
    fn kinds(rendered: &str, inserts: &[Insert]) -> Vec<ProblemKind> {
        let (all, rendered) = filled(rendered, inserts);
        let problems = all.command(&rendered).err().unwrap_or_default();
        problems.into_iter().map(|problem| problem.kind).collect()
    }

    fn filled(rendered: &str, inserts: &[Insert]) -> (Inserts, String) {
        let mut all = Inserts::default();
        let mut rendered = rendered.to_owned();
        for (index, insert) in inserts.iter().enumerate() {
            let token = all.push(insert.clone());
            rendered = rendered.replace(&format!("{{{index}}}"), &token);
        }
        (all, rendered)
    }

    #[test]
    fn words_lists_and_holes_become_pieces_of_one_command() {
        let list = Insert::Words(vec!["a b".to_owned(), String::new()]);
        let hole = Insert::Hole(Hole("item".to_owned()));
        let (all, rendered) =
            filled("x {0} {1}{2}/c {3}", &[list, word("it's"), hole, Insert::Words(Vec::new())]);
        let text = all.command(&rendered).unwrap();
        assert_eq!(text.to_string(), r"x 'a b' '' 'it'\''s'{{ item }}/c ");
        assert_eq!(text.0.len(), 3);
        assert!(!all.is_empty() && Inserts::default().is_empty());
    }

    #[test]
    fn data_takes_words_and_holes_as_they_are() {
        let hole = Insert::Hole(Hole("item".to_owned()));
        let (all, rendered) = filled("'{0}\" {1}", &[word("$(x)'"), hole]);
        assert_eq!(all.data(&rendered).unwrap().to_string(), "'$(x)'\" {{ item }}");
        let (all, rendered) = filled("{0} {1}", &[Insert::Words(Vec::new()), word("\0")]);
        let kinds: Vec<_> = all.data(&rendered).unwrap_err().iter().map(|p| p.kind).collect();
        assert_eq!(kinds, [ProblemKind::ListInData, ProblemKind::HasNul]);
    }

    #[test]
    fn what_was_tampered_with_or_cannot_be_passed_is_refused() {
        let list = || Insert::Words(vec!["a".to_owned()]);
        assert_eq!(
            kinds("a{0} {1}b >{2}", &[list(), list(), list()]),
            [ProblemKind::ListInWord; 3]
        );
        assert_eq!(kinds("a {0}", &[word("\0")]), [ProblemKind::HasNul]);
        assert_eq!(kinds("a \0", &[]), [ProblemKind::HasNul]);
        assert_eq!(kinds("a", &[word("b")]), [ProblemKind::Captured]);
        assert_eq!(kinds("a {1} {0}", &[word("b"), word("c")]), [ProblemKind::Captured]);
        assert_eq!(kinds("a {0} {0}", &[word("b")]), [ProblemKind::Captured]);
        assert_eq!(kinds("a \u{FDD0}7\u{FDD1}", &[]), [ProblemKind::Captured]);
        assert_eq!(kinds("a \"b", &[]), [ProblemKind::Open(Open::DoubleQuote)]);
    }

    #[test]
    fn a_negated_condition_answers_the_opposite_and_keeps_failures() {
        let shells: [&[&str]; 3] = [&["sh"], &["bash"], &["busybox", "sh"]];
        for shell in shells {
            let status = |command: &str| {
                let text = negated(&Text::literal(command)).fill(|_| None).unwrap();
                let status = Command::new(shell[0])
                    .args(&shell[1..])
                    .args(["-c", &format!("set -e\n{text}\n")])
                    .stdin(Stdio::null())
                    .status();
                status.ok().and_then(|status| status.code())
            };
            if status("true").is_none() {
                continue;
            }
            let given = ["true", "false", "(exit 2)", "false\ntrue", "exit 127", "true\n(exit 1)"];
            let answers: Vec<_> = given.iter().filter_map(|command| status(command)).collect();
            assert_eq!(answers, [1, 0, 2, 0, 127, 0], "{shell:?}");
        }
    }
}
