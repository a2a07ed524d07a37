//! The lines of one stream, one after the other.

use std::ops::Range;

use super::escapes::{Escapes, Token};
use super::home;
use super::line::Line;
use super::mask::{self, Mask, Piece};
use super::sgr;
use super::shown::Shown;
use super::style::Style;

/// Bytes of a raw line that are looked at; the rest is only counted.
pub const LINE_CAP: usize = 64 * 1024;

/// Turns the raw lines of one stream into what may be shown.
///
/// Colours and attributes go on from line to line, as in a terminal; nothing else does. A clone
/// is a place to come back to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    style: Style,
    dropped: u32,
}

impl Filter {
    /// Shows one raw line, given without its newline.
    ///
    /// Bytes that are not UTF-8 become U+FFFD. Carriage returns, backspaces, `CSI K`, `CSI 2 K`,
    /// `CSI n G` and `CSI n D` rewrite the line as in a terminal; back by as many cells as no terminal has
    /// is to the first one. Of a line longer than [`LINE_CAP`] the beginning is shown or, when it rewrites
    /// itself, the end; a mark tells how many bytes are left out.
    pub fn line(&mut self, raw: &[u8]) -> Shown {
        self.masked_line(raw, &[])
    }

    /// Shows one raw line with the secrets in it replaced by `‹NAME hidden›`.
    ///
    /// The masks are cut out before the line is read, so a mark is shown even where the secret
    /// lay inside of an escape sequence; that sequence ends there.
    pub fn masked_line(&mut self, raw: &[u8], masks: &[Mask<'_>]) -> Shown {
        if masks.is_empty() && is_plain(raw) {
            let mut shown = Shown::default();
            shown.push_str(str::from_utf8(raw).unwrap_or_default(), self.style.legible());
            return shown;
        }
        let window = Window::of(raw);
        let mut escapes = Escapes::default();
        let mut line = Line::default();
        for piece in mask::pieces(window.range(), masks) {
            match piece {
                Piece::Open(range) => self.read(&raw[range], &mut escapes, &mut line),
                Piece::Hidden(names) => {
                    escapes.give_up();
                    line.words(&format!("‹{} hidden›", names.join(", ")), Style::DIM);
                }
            }
        }
        escapes.give_up();
        self.count(escapes.dropped());
        self.count(line.dropped());
        window.around(line.finish())
    }

    /// Number of escape sequences and control characters taken out so far. Colours and what rewrites a line
    /// are not counted.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    fn count(&mut self, dropped: u32) {
        self.dropped = self.dropped.saturating_add(dropped);
    }

    fn read(&mut self, bytes: &[u8], escapes: &mut Escapes, line: &mut Line) {
        for chunk in bytes.utf8_chunks() {
            let broken = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
            for c in chunk.valid().chars().chain(broken) {
                match escapes.push(c) {
                    Some(Token::Char(c)) => self.char(c, line),
                    Some(Token::Csi { params, last }) => self.csi(params, last, line),
                    None => {}
                }
            }
        }
    }

    fn char(&self, c: char, line: &mut Line) {
        match c {
            '\r' => line.home(),
            '\u{8}' => line.back(1),
            '\t' => line.tab(),
            _ => line.print(c, self.style.legible()),
        }
    }

    fn csi(&mut self, params: &str, last: char, line: &mut Line) {
        let public = params.bytes().all(|b| matches!(b, b'0'..=b';'));
        match (last, params) {
            ('m', _) if public => sgr::apply(&mut self.style, params),
            ('K', "" | "0") => line.erase_right(),
            ('K', "2") => line.erase_all(),
            // What some tools send in place of a carriage return.
            ('G' | 'D', _) => match number(params) {
                Some(column) if last == 'G' => line.to(column.saturating_sub(1)),
                Some(home::FAR..) => line.home(),
                Some(cells) => line.back(cells.max(1)),
                None => self.count(1),
            },
            _ => self.count(1),
        }
    }
}

/// The only parameter of a sequence; 0 where it has none.
fn number(params: &str) -> Option<usize> {
    if params.is_empty() { Some(0) } else { params.parse().ok() }
}

/// Whether these bytes show as themselves.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.len() <= LINE_CAP && bytes.iter().all(|b| matches!(b, b' '..=b'~'))
}

/// The part of a raw line that is looked at.
#[derive(Debug)]
pub(super) enum Window {
    /// The beginning, up to here; so many bytes are left out after it.
    Head { end: usize, cut: usize },
    /// The end, from here; as many bytes are left out before it.
    Tail { start: usize, end: usize },
}

impl Window {
    /// The end of a long line that rewrites itself there, otherwise the beginning.
    fn of(raw: &[u8]) -> Self {
        let tail_start = raw.len().saturating_sub(LINE_CAP);
        if tail_start == 0 {
            return Self::head(raw);
        }
        match home::rewritten(&raw[tail_start..]) {
            Some(found) => Self::Tail { start: tail_start + found, end: raw.len() },
            None => Self::head(raw),
        }
    }

    /// The beginning, without half a character at its end.
    pub(super) fn head(raw: &[u8]) -> Self {
        let is_inside = |at: &usize| raw.get(*at).is_some_and(|b| matches!(b, 0x80..=0xbf));
        let cap = raw.len().min(LINE_CAP);
        // A character has at most three bytes after its first; more than that is not UTF-8.
        let end = (cap.saturating_sub(3)..=cap).rev().find(|at| !is_inside(at)).unwrap_or(cap);
        Self::Head { end, cut: raw.len() - end }
    }

    /// The bytes looked at.
    pub(super) fn range(&self) -> Range<usize> {
        match *self {
            Self::Head { end, .. } => 0..end,
            Self::Tail { start, end } => start..end,
        }
    }

    /// `shown` with a mark where bytes were left out.
    pub(super) fn around(&self, mut shown: Shown) -> Shown {
        match *self {
            Self::Head { cut: 0, .. } => shown,
            Self::Head { cut, .. } => {
                shown.push_str(&format!(" ⋯ +{} bytes", grouped(cut)), Style::DIM);
                shown
            }
            Self::Tail { start, .. } => {
                let mut whole = Shown::default();
                whole.push_str(&format!("⋯ +{} bytes ", grouped(start)), Style::DIM);
                whole.push(&shown);
                whole
            }
        }
    }
}

/// A number with a comma before every three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
