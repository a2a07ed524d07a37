//! Finds escape sequences in a stream of characters and takes them out.
//!
//! The states follow ECMA-48 and the behaviour of common terminals, with one difference: where a
//! sequence is malformed, it ends and what follows is text again. Showing too much is harmless,
//! swallowing a line of a log is not. For the same reason the 8-bit introducers U+0080 to U+009F
//! are not honoured: text that was encoded twice is full of them.

const ESC: char = '\u{1b}';
const BEL: char = '\u{7}';
const CAN: char = '\u{18}';
const SUB: char = '\u{1a}';
const ST: char = '\u{9c}';

/// Longest escape sequence in bytes; after that the rest is text.
pub(super) const SEQUENCE_CAP: usize = 4 * 1024;

/// What is left of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A character outside of any sequence; it may be a control character.
    Char(char),
    /// A control sequence `CSI params last`.
    Csi { params: &'a str, last: char },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Text,
    /// After ESC.
    Escape,
    /// After ESC and an intermediate: charset selections and the like.
    Intermediate,
    /// After CSI, collecting parameters.
    Csi,
    /// Inside OSC, DCS, APC, PM or SOS.
    Payload,
    /// After an ESC inside of a payload: the end if a backslash follows.
    PayloadEscape,
}

/// The state of one line.
#[derive(Debug, Default)]
pub(super) struct Escapes {
    state: State,
    /// Bytes of the sequence so far, without its ESC.
    taken: usize,
    params: String,
    dropped: u32,
}

impl Escapes {
    /// Takes one character; answers what it means, if anything yet.
    pub(super) fn push(&mut self, c: char) -> Option<Token<'_>> {
        if self.state != State::Text {
            self.taken += c.len_utf8();
            if self.taken > SEQUENCE_CAP {
                self.give_up();
            }
        }
        match self.state {
            State::Text => self.text(c),
            State::Escape => self.after_escape(c),
            State::Intermediate => self.intermediate(c),
            State::Csi => self.csi(c),
            State::Payload => self.payload(c),
            State::PayloadEscape => self.payload_escape(c),
        }
    }

    /// Ends a sequence that is still open; it counts as dropped.
    pub(super) fn give_up(&mut self) {
        if self.state != State::Text {
            self.drop_sequence();
        }
    }

    /// Number of sequences taken out, without those answered as [`Token::Csi`].
    pub(super) fn dropped(&self) -> u32 {
        self.dropped
    }

    fn drop_sequence(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
        self.state = State::Text;
    }

    fn text(&mut self, c: char) -> Option<Token<'_>> {
        if c == ESC {
            self.state = State::Escape;
            self.taken = 0;
            return None;
        }
        Some(Token::Char(c))
    }

    fn after_escape(&mut self, c: char) -> Option<Token<'_>> {
        match c {
            '[' => {
                self.params.clear();
                self.state = State::Csi;
                None
            }
            ']' | 'P' | '_' | '^' | 'X' => {
                self.state = State::Payload;
                None
            }
            ' '..='/' => {
                self.state = State::Intermediate;
                None
            }
            _ => self.last_of_escape(c),
        }
    }

    fn intermediate(&mut self, c: char) -> Option<Token<'_>> {
        if matches!(c, ' '..='/') { None } else { self.last_of_escape(c) }
    }

    fn last_of_escape(&mut self, c: char) -> Option<Token<'_>> {
        self.drop_sequence();
        if matches!(c, '0'..='~') { None } else { self.text(c) }
    }

    fn csi(&mut self, c: char) -> Option<Token<'_>> {
        match c {
            ' '..='?' => {
                self.params.push(c);
                None
            }
            '@'..='~' => {
                self.state = State::Text;
                Some(Token::Csi { params: &self.params, last: c })
            }
            _ => {
                self.drop_sequence();
                self.text(c)
            }
        }
    }

    fn payload(&mut self, c: char) -> Option<Token<'_>> {
        match c {
            ESC => self.state = State::PayloadEscape,
            BEL | CAN | SUB | ST => self.drop_sequence(),
            _ => {}
        }
        None
    }

    /// An ESC that does not end the payload starts a sequence of its own.
    fn payload_escape(&mut self, c: char) -> Option<Token<'_>> {
        self.drop_sequence();
        if c == '\\' {
            return None;
        }
        self.state = State::Escape;
        self.taken = c.len_utf8();
        self.after_escape(c)
    }
}
