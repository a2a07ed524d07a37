//! A way through all lines: from some line to the end and on as the log grows, and the lines before
//! that one, too.

use std::ops::Range;

use super::{
    board::Cover,
    reader::{Item, Reader},
    source::Source,
    together::Rows,
};
use crate::{
    store::{Block, DiskError, Spot},
    tui::state::log::Shape,
};

/// Lines of several hosts that are looked at together.
const ITEMS: u64 = 512;

/// Lines without a line end that there can be at once: one for each host.
const OPEN_LINES_MAX: u64 = 256;

/// Some lines, one behind the other.
#[derive(Debug)]
pub(super) enum Piece {
    /// Bytes of one log.
    Block(Block),
    /// Lines of several logs, of that range; the last of them may have no line end.
    Items(Vec<Item>, (Range<u64>, bool)),
}

impl Piece {
    fn first(&self) -> u64 {
        match self {
            Self::Block(block) => block.first.line,
            Self::Items(_, (range, _)) => range.start,
        }
    }

    fn next(&self) -> Spot {
        match self {
            Self::Block(block) => block.next,
            Self::Items(_, (range, true)) => Spot { line: range.start, offset: 0 },
            Self::Items(_, (range, false)) => Spot { line: range.end, offset: 0 },
        }
    }

    /// The lines that will be looked at again.
    pub(super) fn open(&self) -> Range<u64> {
        match self {
            Self::Block(block) if block.open => block.next.line..block.next.line + 1,
            Self::Items(_, (range, true)) => range.clone(),
            Self::Block(_) | Self::Items(..) => 0..0,
        }
    }

    /// The lines that may have been looked at before, when they were not whole.
    pub(super) fn again(&self) -> Range<u64> {
        let end = self.next().line.max(self.open().end);
        self.first()..end.min(self.first() + OPEN_LINES_MAX)
    }

    /// What tells whether open lines are still as they were.
    fn size(&self, bytes: usize) -> (u64, u64) {
        match self {
            Self::Block(block) => (block.first.offset, bytes as u64 + block.cut),
            Self::Items(items, (range, _)) => {
                (range.end, items.iter().map(|item| item.line.len).sum())
            }
        }
    }
}

/// How far it is.
#[derive(Debug, Default)]
pub(super) struct Walk {
    start: Option<Spot>,
    tail: Spot,
    head: Spot,
    /// The open lines that were looked at last.
    seen: Option<(u64, u64)>,
    /// Behind the last of them.
    open_end: u64,
    /// The end was met: the lines before are looked at beside what the log grows by, however fast it does.
    met: bool,
    /// The last piece was on the way to the end.
    forward: bool,
}

impl Walk {
    /// The next lines to look at: those behind `from`, then those before. `None`: none for now.
    pub(super) fn next<S: Source>(
        &mut self,
        reader: &mut Reader<S>,
        rows: &Rows,
        from: u64,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<Piece>, DiskError> {
        let (first, end) = reader.extent(rows);
        if end == first {
            return Ok(None);
        }
        let start = match self.start {
            Some(start) => start,
            None => {
                let start = spot(reader, from.clamp(first, end - 1))?;
                (self.start, self.tail) = (Some(start), start);
                self.head = Spot { line: first, offset: 0 };
                start
            }
        };
        self.tail.line = self.tail.line.max(first);
        self.head.line = self.head.line.max(first);
        if self.met
            && self.forward
            && self.head.line < start.line
            && let Some(piece) = read(reader, rows, self.head, bytes)?
        {
            return Ok(Some(piece));
        }
        if let Some(piece) = read(reader, rows, self.tail, bytes)? {
            let open = !piece.open().is_empty() && piece.first() == piece.next().line;
            let size = open.then(|| piece.size(bytes.len()));
            if !open || self.seen != size {
                self.seen = size;
                return Ok(Some(piece));
            }
        }
        self.met = true;
        if self.head.line >= start.line {
            return Ok(None);
        }
        read(reader, rows, self.head, bytes)
    }

    /// Whether a piece lies on the way to the end.
    pub(super) fn is_behind(&self, piece: &Piece) -> bool {
        piece.first() == self.tail.line
    }

    /// A piece was looked at; what has been by now.
    pub(super) fn take(&mut self, piece: &Piece) -> Cover {
        let next = piece.next();
        self.forward = self.is_behind(piece);
        if self.forward {
            self.tail = next;
        } else {
            self.head = next;
        }
        let open = piece.open();
        if !open.is_empty() {
            self.open_end = open.end;
        }
        let start = self.start.map_or(0, |start| start.line);
        let tail = self.tail.line.max(self.open_end);
        Cover { start, tail, head: self.head.line.min(start) }
    }
}

/// Where a line begins.
fn spot<S: Source>(reader: &mut Reader<S>, line: u64) -> Result<Spot, DiskError> {
    if reader.shape != Shape::One || line == 0 {
        return Ok(Spot { line, offset: 0 });
    }
    let Some(host) = reader.hosts.first_mut() else { return Ok(Spot::default()) };
    let found = host.source.lines(line, 1)?;
    Ok(found.first().map_or_else(Spot::default, |found| Spot { line, offset: found.offset }))
}

fn read<S: Source>(
    reader: &mut Reader<S>,
    rows: &Rows,
    at: Spot,
    bytes: &mut Vec<u8>,
) -> Result<Option<Piece>, DiskError> {
    if reader.shape == Shape::One {
        let Some(host) = reader.hosts.first_mut() else { return Ok(None) };
        return Ok(host.source.block(at, bytes)?.map(Piece::Block));
    }
    let open = at.line >= rows.stable;
    let end = if open { rows.end() } else { rows.stable.min(at.line + ITEMS) };
    if at.line >= end {
        return Ok(None);
    }
    let numbers: Vec<u64> = (at.line..end).collect();
    let items = reader.fetch(rows, &numbers)?;
    Ok(Some(Piece::Items(items, (at.line..end, open))))
}
