//! Where in a shell command a value stands. Reads POSIX shell text that has tokens in place of
//! inserted values and says of each token whether the shell reads an unquoted word there; only
//! there does a value in single quotes stay one argument.
//!
//! Where shells differ, or the text cannot be followed without being a shell, every later token is
//! refused (`Unclear`): refusing a good command costs a minute, running a bad one costs the host.

mod emptied;
mod here;
mod place;
#[cfg(test)]
mod tests;

pub(super) use emptied::Emptied;
pub use emptied::Emptying;
use emptied::Simple;
use here::Here;
pub use place::{Fault, Open, Place};

/// One unit of command text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Text of the author.
    Char(char),
    /// Stands for an inserted value.
    Token,
}

/// A place where a value may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// Whether it is a word by itself, where also several words or none may stand.
    pub(super) alone: bool,
}

/// What was found in a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Of each token, in order: whether it may stand there.
    pub(super) spots: Vec<Result<Spot, Place>>,
    /// What was left open at the end.
    pub(super) open: Option<Open>,
    /// Where the log of the step is emptied.
    pub(super) emptied: Vec<Emptied>,
}

/// Reads a command.
pub(super) fn read(units: &[Unit]) -> Reading {
    let ground = vec![Frame::Shell(Shell::default())];
    let mut lexer = Lexer {
        units,
        at: 0,
        frames: ground,
        spots: Vec::new(),
        emptied: Vec::new(),
        unclear: None,
        unfinished: None,
    };
    while lexer.step() {}
    lexer.end()
}

/// The word being read.
#[derive(Debug, Default)]
struct Word {
    started: bool,
    /// Whether it holds anything but plain characters.
    quoted: bool,
    /// Whether it ends with a `$` that stands before a token.
    dollar: bool,
    /// Its plain characters.
    text: String,
}

impl Word {
    fn push(&mut self, c: char) {
        self.started = true;
        self.text.push(c);
    }

    fn quote(&mut self) {
        self.started = true;
        self.quoted = true;
        self.dollar = false;
    }

    /// Whether the word is `name[…` or `[…`, still open: shells with arrays read on to the `]`, over
    /// blanks and operators, and calculate what stands there.
    fn in_subscript(&self) -> bool {
        let Some((name, rest)) = self.text.split_once('[') else { return false };
        let count = |wanted: char| rest.chars().filter(|c| *c == wanted).count();
        let named = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        named && count(']') <= count('[')
    }
}

/// Shell text: the whole command, or the inside of `$( … )`.
#[derive(Debug, Default)]
struct Shell {
    nested: bool,
    parens: u32,
    word: Word,
    redirects: bool,
    simple: Simple,
    pending: Vec<Here>,
}

#[derive(Debug)]
enum Frame {
    Shell(Shell),
    Single,
    Double,
    Backticks,
    Parameter { in_double: bool },
    Arithmetic { depth: u32 },
}

impl Frame {
    fn awaits_document(&self) -> bool {
        matches!(self, Self::Shell(shell) if !shell.pending.is_empty())
    }

    /// Why no value can stand directly in it.
    fn refusal(&self) -> Option<Place> {
        match self {
            Self::Shell(_) => None,
            Self::Single => Some(Place::SingleQuotes),
            Self::Double => Some(Place::DoubleQuotes),
            Self::Backticks => Some(Place::Backticks),
            Self::Parameter { .. } => Some(Place::Parameter),
            Self::Arithmetic { .. } => Some(Place::Arithmetic),
        }
    }

    /// What is missing when the text ends in it.
    fn open(&self) -> Option<Open> {
        match self {
            Self::Shell(shell) if !shell.pending.is_empty() => Some(Open::HereDocument),
            Self::Shell(shell) => shell.nested.then_some(Open::Substitution),
            Self::Single => Some(Open::SingleQuote),
            Self::Double => Some(Open::DoubleQuote),
            Self::Backticks => Some(Open::Backticks),
            Self::Parameter { .. } => Some(Open::Parameter),
            Self::Arithmetic { .. } => Some(Open::Arithmetic),
        }
    }
}

/// Whether a word ends before this unit.
fn ends_word(unit: Unit) -> bool {
    match unit {
        Unit::Char(c) => matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')'),
        Unit::Token => false,
    }
}

/// What a unit did to the frame that it was read in.
enum Flow {
    Stay,
    Enter(Frame),
    Leave,
}

struct Lexer<'u> {
    units: &'u [Unit],
    at: usize,
    frames: Vec<Frame>,
    spots: Vec<Result<Spot, Place>>,
    emptied: Vec<Emptied>,
    unclear: Option<Fault>,
    /// A document whose end was not found.
    unfinished: Option<Open>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<Unit> {
        self.units.get(self.at).copied()
    }

    fn next_is(&self, wanted: char) -> bool {
        self.peek() == Some(Unit::Char(wanted))
    }

    fn eat(&mut self, wanted: char) -> bool {
        let there = self.next_is(wanted);
        self.at += usize::from(there);
        there
    }

    fn refuse(&mut self, place: Place) {
        self.spots.push(Err(place));
    }

    fn doubt(&mut self, fault: Fault) {
        self.unclear.get_or_insert(fault);
    }

    /// Passes over the unit after a backslash; a token there cannot stand.
    fn skip_escaped(&mut self, place: Place) {
        match self.peek() {
            Some(Unit::Token) => self.refuse(place),
            Some(Unit::Char(_)) => {}
            None => self.unfinished = Some(Open::Backslash),
        }
        self.at += 1;
    }

    fn step(&mut self) -> bool {
        let Some(unit) = self.peek() else { return false };
        let Some(mut frame) = self.frames.pop() else { return false };
        self.at += 1;
        if unit == Unit::Char('\n') && self.frames.iter().any(Frame::awaits_document) {
            self.doubt(Fault::HereDocument);
        }
        let flow = match (&mut frame, unit) {
            (Frame::Shell(shell), Unit::Token) => self.token(shell),
            (Frame::Shell(shell), Unit::Char(c)) => self.in_shell(shell, c),
            (Frame::Arithmetic { depth }, Unit::Char(c)) => self.in_arithmetic(depth, c),
            (Frame::Parameter { in_double }, Unit::Char(c)) => self.in_parameter(*in_double, c),
            (Frame::Double, Unit::Char(c)) => self.in_double(c),
            (Frame::Backticks, Unit::Char('\\')) => {
                self.skip_escaped(Place::Backticks);
                Flow::Stay
            }
            (Frame::Backticks, Unit::Char('`')) | (Frame::Single, Unit::Char('\'')) => Flow::Leave,
            (Frame::Backticks | Frame::Single, Unit::Char(_)) => Flow::Stay,
            (frame, Unit::Token) => {
                self.spots.extend(frame.refusal().map(Err));
                Flow::Stay
            }
        };
        match flow {
            Flow::Stay => self.frames.push(frame),
            Flow::Enter(inner) => self.frames.extend([frame, inner]),
            Flow::Leave => {}
        }
        true
    }

    fn end(mut self) -> Reading {
        if let Some(mut frame) = self.frames.pop() {
            if let Frame::Shell(shell) = &mut frame {
                self.simple_word(shell, self.units.len());
                self.end_command(shell, false);
            }
            self.frames.push(frame);
        }
        let open = self.unfinished.or_else(|| self.frames.last().and_then(Frame::open));
        Reading {
            spots: self.spots,
            open: open.filter(|_| self.unclear.is_none()),
            emptied: self.emptied,
        }
    }

    fn simple_word(&self, shell: &mut Shell, end: usize) {
        let Shell { word, simple, redirects, .. } = shell;
        if word.started {
            let plain = (!word.quoted).then_some(word.text.as_str());
            simple.word(plain, end, *redirects);
        }
    }

    fn end_command(&mut self, shell: &mut Shell, piped: bool) {
        let found = shell.simple.end(piped || shell.nested);
        if self.unclear.is_none() {
            self.emptied.extend(found);
        }
    }

    /// A token in shell text: fine, unless what is directly before it changes its meaning.
    fn token(&mut self, shell: &mut Shell) -> Flow {
        let spot = if let Some(fault) = self.unclear {
            Err(Place::Unclear(fault))
        } else if shell.word.dollar {
            Err(Place::AfterDollar)
        } else if shell.word.in_subscript() {
            Err(Place::Arithmetic)
        } else {
            let ends = self.peek().is_none_or(ends_word);
            Ok(Spot { alone: !shell.word.started && ends && !shell.redirects })
        };
        self.spots.push(spot);
        shell.word.quote();
        Flow::Stay
    }

    fn in_shell(&mut self, shell: &mut Shell, c: char) -> Flow {
        match c {
            '\\' => {
                if !self.eat('\n') {
                    self.skip_escaped(Place::AfterBackslash);
                    shell.word.quote();
                } else if self.peek().is_none() {
                    self.unfinished = Some(Open::Backslash);
                }
                return Flow::Stay;
            }
            '\'' => {
                shell.word.quote();
                return Flow::Enter(Frame::Single);
            }
            '"' => {
                shell.word.quote();
                return Flow::Enter(Frame::Double);
            }
            '`' => {
                shell.word.quote();
                return Flow::Enter(Frame::Backticks);
            }
            '$' => {
                shell.word.quote();
                shell.word.dollar = self.peek() == Some(Unit::Token);
                return self.dollar(false);
            }
            '#' if !shell.word.started => self.comment(),
            ' ' | '\t' => self.end_word(shell),
            '\n' => {
                self.end_word(shell);
                self.end_command(shell, false);
                shell.redirects = false;
                self.documents(std::mem::take(&mut shell.pending));
            }
            '<' | '>' | ';' | '&' | '|' | '(' | ')' => {
                self.end_word(shell);
                return self.operator(shell, c);
            }
            _ => shell.word.push(c),
        }
        Flow::Stay
    }

    fn end_word(&mut self, shell: &mut Shell) {
        self.simple_word(shell, self.at.saturating_sub(1));
        let word = std::mem::take(&mut shell.word);
        if !word.started {
            return;
        }
        shell.redirects = false;
        // `[` and `[[` by themselves are commands.
        if word.in_subscript() && (word.quoted || !["[", "[["].contains(&word.text.as_str())) {
            self.doubt(Fault::Subscript);
        }
        if shell.nested && !word.quoted {
            match word.text.as_str() {
                "case" => self.doubt(Fault::Case),
                "[[" => self.doubt(Fault::DoubleBracket),
                _ => {}
            }
        }
    }

    fn operator(&mut self, shell: &mut Shell, c: char) -> Flow {
        let begin = self.at.saturating_sub(1);
        if !matches!(c, '<' | '>') {
            let piped = c == '|' && !self.next_is('|');
            self.end_command(shell, piped);
        }
        match c {
            '<' if self.next_is('<') => {
                self.at += 1;
                if !self.eat('<') {
                    self.here(shell);
                } else {
                    shell.redirects = true;
                }
            }
            '<' | '>' => {
                // The rest of `<&`, `<>`, `>>`, `>&`, `>|`.
                let more = ['&', '>', '|'].into_iter().find(|more| self.eat(*more));
                shell.redirects = true;
                shell.simple.redirects(begin, c == '>' && matches!(more, None | Some('|')));
            }
            '(' => {
                if self.next_is('(') {
                    self.doubt(Fault::DoubleParen);
                }
                shell.parens += 1;
                shell.redirects = false;
            }
            ')' if shell.parens > 0 => shell.parens -= 1,
            ')' if shell.nested => {
                if !shell.pending.is_empty() {
                    self.doubt(Fault::HereDocument);
                }
                return Flow::Leave;
            }
            _ => shell.redirects = false,
        }
        Flow::Stay
    }

    /// After `$`: what it opens.
    fn dollar(&mut self, in_double: bool) -> Flow {
        match self.peek() {
            Some(Unit::Char('(')) => {
                self.at += 1;
                if self.eat('(') {
                    return Flow::Enter(Frame::Arithmetic { depth: 2 });
                }
                Flow::Enter(Frame::Shell(Shell { nested: true, ..Shell::default() }))
            }
            Some(Unit::Char('{')) => {
                self.at += 1;
                if let Some(Unit::Char(' ' | '\t' | '\n' | '|')) = self.peek() {
                    self.doubt(Fault::DollarBrace);
                }
                Flow::Enter(Frame::Parameter { in_double })
            }
            Some(Unit::Char('[')) => {
                self.doubt(Fault::DollarBracket);
                Flow::Stay
            }
            Some(Unit::Char('\'')) if !in_double => {
                self.doubt(Fault::DollarQuote);
                Flow::Stay
            }
            Some(Unit::Char('$' | '?' | '#' | '!' | '@' | '*' | '-' | '0'..='9')) => {
                self.at += 1;
                Flow::Stay
            }
            Some(Unit::Char(_) | Unit::Token) | None => Flow::Stay,
        }
    }

    fn comment(&mut self) {
        while let Some(unit) = self.peek() {
            match unit {
                Unit::Char('\n') => return,
                Unit::Char(_) => {}
                Unit::Token => self.refuse(Place::Comment),
            }
            self.at += 1;
        }
    }

    fn in_double(&mut self, c: char) -> Flow {
        match c {
            '\\' => {
                self.skip_escaped(Place::DoubleQuotes);
                Flow::Stay
            }
            '"' => Flow::Leave,
            '`' => Flow::Enter(Frame::Backticks),
            '$' => self.dollar(true),
            _ => Flow::Stay,
        }
    }

    fn in_parameter(&mut self, in_double: bool, c: char) -> Flow {
        match c {
            '\\' => {
                self.skip_escaped(Place::Parameter);
                Flow::Stay
            }
            '}' => Flow::Leave,
            '\'' | '"' if in_double => {
                self.doubt(Fault::QuoteInParameter);
                Flow::Stay
            }
            '\'' => Flow::Enter(Frame::Single),
            '"' => Flow::Enter(Frame::Double),
            '`' => Flow::Enter(Frame::Backticks),
            '$' => self.dollar(in_double),
            _ => Flow::Stay,
        }
    }

    /// Plain arithmetic only; anything that could make it two subshells is doubtful.
    fn in_arithmetic(&mut self, depth: &mut u32, c: char) -> Flow {
        match c {
            '(' => *depth += 1,
            ')' => {
                *depth -= 1;
                if *depth == 1 {
                    if !self.eat(')') {
                        self.doubt(Fault::Arithmetic);
                    }
                    return Flow::Leave;
                }
            }
            '\'' | '"' | '\\' | '\n' | ';' | '#' => self.doubt(Fault::Arithmetic),
            '`' => return Flow::Enter(Frame::Backticks),
            '$' => return self.dollar(false),
            _ => {}
        }
        Flow::Stay
    }
}
