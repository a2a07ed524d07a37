//! Lines to their ends, for whoever writes them down: a long one piece by piece, so that none takes more
//! memory than another.

use super::source::{Raw, show};
use crate::{
    store::{DiskError, Line, LogReader, Window},
    text::{Filter, HOME_MAX, LINE_CAP, Shown, rewritten, rewritten_last},
};

/// Bytes in which it is looked at once for what a line rewrites.
const LOOK: u64 = 1 << 20;

/// Bytes at the end of a piece in which an escape sequence may begin that goes on behind it.
const ESCAPE_MAX: usize = 4096;

/// Bytes at the end of a piece in which a character may begin that goes on behind it.
const CHAR_MAX: usize = 4;

/// What a line shows, from its beginning to its end, in pieces that follow each other. Of one that
/// rewrites itself, what is left in the end.
pub(crate) struct Entire<'a> {
    reader: &'a LogReader,
    line: &'a Line,
    filter: &'a mut Filter,
    at: At,
}

/// Where the next piece begins.
enum At {
    Start,
    Byte(u64),
    End,
}

impl<'a> Entire<'a> {
    /// A line that was read by this reader, the next one of those that the filter has shown.
    pub(crate) fn of(reader: &'a LogReader, line: &'a Line, filter: &'a mut Filter) -> Self {
        Self { reader, line, filter, at: At::Start }
    }

    fn window(&self, from: u64, until: u64) -> Result<Window, DiskError> {
        let len = usize::try_from(until.saturating_sub(from)).unwrap_or(usize::MAX);
        self.reader.window(self.line.offset + from, len)
    }

    fn begin(&mut self) -> Result<Shown, DiskError> {
        let len = self.line.len;
        if len <= self.line.bytes.len() as u64 {
            self.at = At::End;
            return Ok(show(self.filter, &Raw::line(self.line)));
        }
        let tail = len.saturating_sub(LINE_CAP as u64);
        match self.last_home()? {
            None => self.piece(0, 0),
            Some(found) if found <= tail => self.piece(found, found),
            Some(_) => {
                let window = self.window(tail, len)?;
                let found = rewritten(&window.bytes).unwrap_or(0);
                let raw = Raw::window(&window).part(found..window.bytes.len());
                self.at = At::End;
                Ok(show(self.filter, &raw.behind(tail + found as u64)))
            }
        }
    }

    /// Behind the last place from which on it is written anew: what is before it is written over.
    fn last_home(&self) -> Result<Option<u64>, DiskError> {
        let (mut end, mut followed) = (self.line.len, false);
        while end > 0 {
            let start = end.saturating_sub(LOOK);
            // What goes back there may lie across the border.
            let window = self.window(start, (end + HOME_MAX as u64).min(self.line.len))?;
            if let Some(found) = rewritten_last(&window.bytes, followed) {
                return Ok(Some(start + found as u64));
            }
            followed |= window.bytes.iter().any(|byte| *byte != b'\r');
            end = start;
        }
        Ok(None)
    }

    /// The piece from there on; so many bytes of the line are left out before it.
    fn piece(&mut self, at: u64, before: u64) -> Result<Shown, DiskError> {
        let until = at.saturating_add(LINE_CAP as u64).min(self.line.len);
        let window = self.window(at, until)?;
        let is_last = until == self.line.len || window.bytes.is_empty();
        let end = if is_last { window.bytes.len() } else { piece_end(&window) };
        self.at = if is_last { At::End } else { At::Byte(at + end as u64) };
        Ok(show(self.filter, &Raw::window(&window).part(0..end).behind(before)))
    }
}

impl Iterator for Entire<'_> {
    type Item = Result<Shown, DiskError>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = match self.at {
            At::End => return None,
            At::Start => self.begin(),
            At::Byte(at) => self.piece(at, 0),
        };
        if piece.is_err() {
            self.at = At::End;
        }
        Some(piece)
    }
}

/// Where a piece ends: in no escape sequence, in no character and in no secret.
fn piece_end(window: &Window) -> usize {
    let bytes = &window.bytes;
    let last = |within: usize, begins: fn(u8) -> bool| {
        let from = bytes.len().saturating_sub(within).max(1);
        bytes.get(from..)?.iter().rposition(|byte| begins(*byte)).map(|found| from + found)
    };
    let escape = last(ESCAPE_MAX, |byte| byte == b'\x1b');
    let whole = escape.or_else(|| last(CHAR_MAX, |byte| byte >= 0xc0)).unwrap_or(bytes.len());
    let mut end = whole;
    for mask in window.masks.iter().rev() {
        let over = mask.at.saturating_add(mask.len);
        if mask.at > 0 && mask.at < end && (over > end || over >= bytes.len()) {
            end = mask.at;
        }
    }
    end
}
