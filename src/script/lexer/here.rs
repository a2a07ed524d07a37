//! Here-documents: the word that ends one, and its body.

use super::{Fault, Lexer, Open, Place, Shell, Unit, ends_word};

/// A here-document that begins after the present line.
#[derive(Debug)]
pub(super) struct Here {
    delimiter: String,
    strip_tabs: bool,
    quoted: bool,
}

impl Lexer<'_> {
    /// After `<<`: the word that ends the document.
    pub(super) fn here(&mut self, shell: &mut Shell) {
        let strip_tabs = self.eat('-');
        while self.eat(' ') || self.eat('\t') {}
        let mut here = Here { delimiter: String::new(), strip_tabs, quoted: false };
        let mut within: Option<char> = None;
        while let Some(unit) = self.peek() {
            if within.is_none() && ends_word(unit) {
                break;
            }
            self.at += 1;
            match (unit, within) {
                (Unit::Token, _) => {
                    self.refuse(Place::HereDelimiter);
                    self.doubt(Fault::HereDocument);
                }
                (Unit::Char(c), Some(quote)) if c == quote => within = None,
                (Unit::Char(quote @ ('\'' | '"')), None) => {
                    within = Some(quote);
                    here.quoted = true;
                }
                (Unit::Char('\\'), None) => {
                    here.quoted = true;
                    if let Some(Unit::Char(c)) = self.peek() {
                        here.delimiter.push(c);
                        self.at += 1;
                    }
                }
                (Unit::Char('\\' | '\n'), Some(_)) | (Unit::Char('$' | '`'), None) => {
                    self.doubt(Fault::HereDocument);
                }
                (Unit::Char(c), _) => here.delimiter.push(c),
            }
        }
        if here.delimiter.is_empty() {
            self.doubt(Fault::HereDocument);
        }
        shell.pending.push(here);
    }

    /// At the end of a line: the bodies of the documents that it announced.
    pub(super) fn documents(&mut self, pending: Vec<Here>) {
        for here in pending {
            let mut continued = false;
            loop {
                if self.peek().is_none() {
                    self.unfinished = Some(Open::HereDocument);
                    return;
                }
                let line = self.line();
                let seen = if here.strip_tabs { line.trim_start_matches('\t') } else { &line };
                if seen == here.delimiter {
                    if continued {
                        self.doubt(Fault::HereDocument);
                    }
                    break;
                }
                continued = !here.quoted && line.ends_with('\\');
                if !here.quoted && !balanced(&line) {
                    self.doubt(Fault::HereDocument);
                }
            }
        }
    }

    /// The rest of the line, without its end; tokens in it are refused.
    fn line(&mut self) -> String {
        const STAND_IN: char = '\0';
        let mut line = String::new();
        while let Some(unit) = self.peek() {
            self.at += 1;
            match unit {
                Unit::Char('\n') => break,
                Unit::Char(c) => line.push(c),
                Unit::Token => {
                    self.refuse(Place::HereDocument);
                    line.push(STAND_IN);
                }
            }
        }
        line
    }
}

/// Whether every substitution that a line of a here-document opens is closed on the same line.
fn balanced(line: &str) -> bool {
    let count = |wanted: char| line.chars().filter(|c| *c == wanted).count();
    let opens = line.contains("$(") || line.contains("${") || line.contains('`');
    !opens || (count('(') == count(')') && count('{') == count('}') && count('`') % 2 == 0)
}
