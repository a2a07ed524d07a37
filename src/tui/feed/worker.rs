//! Looks through a log, a piece at a time: for what is searched, for what the filter keeps, for
//! errors, warnings and pauses. It goes on while the log grows.

use std::sync::Arc;

use super::{
    Pattern,
    board::{Board, Finds, Fits, Found, Gaps, Levels, Order, Shared},
    pattern::{Lines, line_end, line_start, odd_lines, quick_of},
    place::Subject,
    reader::{Item, Open, Reader},
    source::{Raw, Source, show},
    together::{Merge, Rows},
    walk::{Piece, Walk},
    whole::{lengthen, lengthen_block},
};
use crate::{
    store::{Block, DiskError},
    text::Filter,
    tui::{
        levels::{CANDIDATE, Kind, Watch},
        state::log::Shape,
    },
};

/// Pieces that are searched of one log before others have their turn: some milliseconds.
const PIECES: usize = 16;

/// And of several logs together, whose lines are read one by one.
const PIECES_TOGETHER: usize = 4;

/// Memory that is kept for the next piece.
const BYTES_KEPT: usize = 1 << 20;

/// Records of the index that are looked at together.
const STAMPS: u64 = 4096;

/// Errors are looked for first in so many of the last lines: that is where they are.
const LAST_LINES: u64 = 20_000;

/// What is found of levels in one piece.
#[derive(Debug, Default)]
struct Told {
    errors: Vec<u64>,
    within: Vec<u64>,
    warnings: Vec<u64>,
}

impl Told {
    fn add(&mut self, number: u64, kind: Kind) {
        match kind {
            Kind::Calm => {}
            Kind::Warning => self.warnings.push(number),
            Kind::Error => {
                self.errors.push(number);
                self.within.push(number);
            }
            Kind::Within => self.within.push(number),
        }
    }
}

/// One who looks through a log.
pub(super) struct Worker<S> {
    shared: Arc<Shared>,
    open: Open<S>,
    subject: Option<Arc<Subject>>,
    reader: Option<Reader<S>>,
    logs: Vec<u64>,
    /// As they are on the board.
    rows: Rows,
    merge: Merge,
    /// Whether all lines that there are were in order.
    merged: bool,
    hits: Option<(Order, Walk)>,
    kept: Option<(Order, Walk)>,
    levels: Option<Walk>,
    /// What was read before: on from the first piece, and on from the beginning.
    watches: [Vec<Watch>; 2],
    gaps: Gaps,
    stamps: u64,
    /// The last line with a stamp, and when it came; whether that is exact.
    stamped: Option<(i64, bool)>,
    bytes: Vec<u8>,
}

impl<S: Source> Worker<S> {
    pub(super) fn new(shared: Arc<Shared>, open: Open<S>) -> Self {
        Self {
            shared,
            open,
            subject: None,
            reader: None,
            logs: Vec::new(),
            rows: Rows::default(),
            merge: Merge::default(),
            merged: false,
            hits: None,
            kept: None,
            levels: None,
            watches: [Vec::new(), Vec::new()],
            gaps: Gaps::default(),
            stamps: 0,
            stamped: None,
            bytes: Vec::new(),
        }
    }

    /// Looks until it is told to end.
    pub(super) fn run(mut self) {
        while self.shared.wait() {
            while self.step() {
                if self.shared.lock().quit {
                    return;
                }
            }
        }
    }

    /// Looks at a little more; whether there was anything to look at.
    pub(super) fn step(&mut self) -> bool {
        self.orders();
        match self.look() {
            Ok(worked) => {
                if worked {
                    self.shared.tell();
                }
                worked
            }
            Err(error) => {
                let mut board = self.shared.lock();
                board.finds.trouble = Some(error.to_string());
                drop(board);
                self.shared.tell();
                false
            }
        }
    }

    /// Sees what is asked for by now.
    fn orders(&mut self) {
        let shared = Arc::clone(&self.shared);
        let mut board = shared.lock();
        let same = match (&self.subject, &board.subject) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !same {
            self.subject.clone_from(&board.subject);
            self.reader = None;
            self.anew(&mut board);
        }
        let id = |order: &Option<(Order, Walk)>| order.as_ref().map(|(order, _)| order.id);
        let wanted = |order: &Option<Order>| order.as_ref().map(|order| order.id);
        if id(&self.hits) != wanted(&board.search) {
            self.hits = board.search.clone().map(|order| (order, Walk::default()));
            board.finds.hits = Found::default();
        }
        if id(&self.kept) != wanted(&board.filter) {
            self.kept = board.filter.clone().map(|order| (order, Walk::default()));
            board.finds.kept = Found::default();
        }
    }

    /// Forgets all that was found.
    fn anew(&mut self, board: &mut Board) {
        let stamp = board.finds.stamp.wrapping_add(1);
        board.finds = Finds { stamp, ..Finds::default() };
        (self.rows, self.merge, self.merged) = (Rows::default(), Merge::default(), false);
        (self.hits, self.kept, self.levels) = (None, None, None);
        self.watches = [Vec::new(), Vec::new()];
        (self.gaps, self.stamps, self.stamped) = (Gaps::default(), 0, None);
    }

    fn look(&mut self) -> Result<bool, DiskError> {
        let Some(subject) = self.subject.clone() else { return Ok(false) };
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => Reader::open(&subject, &self.open)?,
        };
        reader.refresh()?;
        let logs = reader.identities();
        let known = |(before, now): (&u64, &u64)| *before == 0 || before == now;
        if !self.logs.iter().zip(&logs).all(known) {
            let shared = Arc::clone(&self.shared);
            self.anew(&mut shared.lock());
            self.orders();
        }
        self.logs = logs;
        let worked = self.pieces(&mut reader);
        self.reader = Some(reader);
        worked
    }

    fn pieces(&mut self, reader: &mut Reader<S>) -> Result<bool, DiskError> {
        let mut worked = self.order_lines(reader)?;
        let pieces = match reader.shape {
            Shape::One => PIECES,
            Shape::Folded | Shape::Each => PIECES_TOGETHER,
        };
        for hits in [true, false] {
            for _ in 0..pieces {
                if !self.search(reader, hits)? {
                    break;
                }
                worked = true;
            }
        }
        // Someone waits for what is searched; the rest goes on beside it, slowly.
        worked |= self.levels(reader)?;
        worked |= self.pauses(reader)?;
        Ok(worked)
    }

    /// Puts the next lines of all hosts in order.
    fn order_lines(&mut self, reader: &mut Reader<S>) -> Result<bool, DiskError> {
        if reader.shape == Shape::One {
            return Ok(false);
        }
        let (news, more) = self.merge.step(reader, &mut self.gaps)?;
        if news.is_empty() && self.merged {
            return Ok(false);
        }
        self.rows.apply(&news);
        self.merged = !more;
        let (gaps, behind) = (self.gaps.clone(), self.merge.behind(reader));
        self.publish(|finds| {
            finds.rows.apply(&news);
            finds.gaps = gaps;
            (finds.merged, finds.behind) = (!more, behind);
        });
        Ok(true)
    }

    /// Adds to what was found, unless something else is asked for by now.
    fn publish(&self, add: impl FnOnce(&mut Finds)) {
        let mut board = self.shared.lock();
        let same = |ours: &Arc<Subject>, theirs: &Arc<Subject>| Arc::ptr_eq(ours, theirs);
        let still = self.subject.as_ref().zip(board.subject.as_ref());
        if still.is_some_and(|(ours, theirs)| same(ours, theirs)) {
            add(&mut board.finds);
            board.finds.trouble = None;
            board.finds.stamp = board.finds.stamp.wrapping_add(1);
        }
    }

    /// Looks for a pattern in the next piece: what is searched for, or what is kept.
    fn search(&mut self, reader: &mut Reader<S>, hits: bool) -> Result<bool, DiskError> {
        let slot = if hits { &mut self.hits } else { &mut self.kept };
        let Some((order, walk)) = slot else { return Ok(false) };
        let piece = walk.next(reader, &self.rows, order.from, &mut self.bytes)?;
        let Some(mut piece) = piece else { return Ok(false) };
        let fits = match &mut piece {
            Piece::Block(block) => fitting(&order.pattern, block, &mut self.bytes, reader)?,
            Piece::Items(items, _) => fitting_items(&order.pattern, items, reader)?,
        };
        let again = piece.again();
        let cover = walk.take(&piece);
        let id = order.id;
        let mut board = self.shared.lock();
        let wanted = if hits { &board.search } else { &board.filter };
        if wanted.as_ref().is_some_and(|order| order.id == id) {
            let finds = &mut board.finds;
            let found_so_far = if hits { &mut finds.hits } else { &mut finds.kept };
            found_so_far.take(&fits, again, cover);
            finds.stamp = finds.stamp.wrapping_add(1);
        }
        Ok(true)
    }

    /// Looks for errors and warnings in the next piece.
    fn levels(&mut self, reader: &mut Reader<S>) -> Result<bool, DiskError> {
        let (_, end) = reader.extent(&self.rows);
        let walk = self.levels.get_or_insert_default();
        let from = end.saturating_sub(LAST_LINES);
        let Some(piece) = walk.next(reader, &self.rows, from, &mut self.bytes)? else {
            return Ok(false);
        };
        let [tail, head] = &mut self.watches;
        let watches = if walk.is_behind(&piece) { tail } else { head };
        watches.resize_with(reader.hosts.len().max(1), Watch::default);
        let mut told = Told::default();
        let before = watches.clone();
        match &piece {
            Piece::Block(block) => {
                if let Some(watch) = watches.first_mut() {
                    levels_of(block, &self.bytes, watch, &mut told);
                }
            }
            Piece::Items(items, _) => {
                for item in items {
                    let Some(watch) = watches.get_mut(item.host) else { continue };
                    let text = show(&mut Filter::default(), &Raw::line(&item.line)).plain();
                    told.add(item.number, watch.line(&text));
                }
            }
        }
        if !piece.open().is_empty() {
            // It will be looked at again.
            *watches = before;
        }
        let again = piece.again();
        let cover = walk.take(&piece);
        self.publish(|finds| {
            let Levels { errors, within, warnings, .. } = &mut finds.levels;
            for set in [&mut *errors, &mut *within, &mut *warnings] {
                again.clone().for_each(|line| set.remove(line));
            }
            errors.extend(&told.errors);
            within.extend(&told.within);
            warnings.extend(&told.warnings);
            finds.levels.cover = cover;
        });
        Ok(true)
    }

    /// Looks for pauses in what the index has more.
    fn pauses(&mut self, reader: &mut Reader<S>) -> Result<bool, DiskError> {
        let (Shape::One, Some(host)) = (reader.shape, reader.hosts.first_mut()) else {
            return Ok(false);
        };
        let stamps = host.source.stamps(self.stamps, STAMPS)?;
        if stamps.is_empty() {
            return Ok(false);
        }
        self.stamps += stamps.len() as u64;
        for (line, arrival) in stamps {
            let ms = arrival.at.as_millisecond();
            if let Some((before, true)) = self.stamped
                && arrival.exact
            {
                self.gaps.add(line, ms - before);
            }
            self.stamped = Some((ms, arrival.exact));
        }
        let gaps = self.gaps.clone();
        self.publish(|finds| finds.gaps = gaps);
        Ok(true)
    }
}

/// What fits a pattern in a block.
fn fitting<S: Source>(
    pattern: &Pattern,
    block: &mut Block,
    bytes: &mut Vec<u8>,
    reader: &mut Reader<S>,
) -> Result<Fits, DiskError> {
    if let Some(host) = reader.hosts.first_mut() {
        lengthen_block(&mut host.source, block, bytes)?;
    }
    let (lines, far) = (pattern.find(block, bytes), pattern.far(block, bytes));
    let short = (block.cut > 0).then_some(block.first.line);
    // A line can have taken much memory.
    bytes.clear();
    bytes.shrink_to(BYTES_KEPT);
    Ok(Fits { lines, far, short })
}

/// What fits a pattern among lines of several logs.
fn fitting_items<S: Source>(
    pattern: &Pattern,
    items: &mut [Item],
    reader: &mut Reader<S>,
) -> Result<Fits, DiskError> {
    let mut fits = Fits::default();
    for item in items {
        let len = item.line.bytes.len();
        if let Some(host) = reader.hosts.get_mut(item.host) {
            lengthen(&mut host.source, &mut item.line)?;
        }
        let raw = Raw::line(&item.line);
        let (fit, far) = pattern.fits_whole(&raw);
        fits.lines.extend(fit.then_some(item.number));
        fits.far.extend(far.map(|from| (item.number, from)));
        if raw.cut > 0 && fits.short.is_none() {
            fits.short = Some(item.number);
        }
        item.line.bytes.truncate(len);
        item.line.bytes.shrink_to(len);
    }
    Ok(fits)
}

/// Finds what speaks of errors and warnings: only lines with one of the words are read, and those
/// behind an error.
fn levels_of(block: &Block, bytes: &[u8], watch: &mut Watch, told: &mut Told) {
    let Some(candidate) = CANDIDATE.as_ref() else { return };
    let odd = odd_lines(block, bytes);
    let mut odd = odd.into_iter().peekable();
    let mut lines = Lines::new(bytes, block.first.line);
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        while odd.next_if(|line| line.start < at).is_some() {}
        let next_odd = odd.peek().map(|line| line.start);
        let limit = next_odd.unwrap_or(bytes.len());
        let line = if watch.is_on() || limit == at {
            at..line_end(bytes, at)
        } else {
            let piece = bytes.get(..limit).unwrap_or(bytes);
            let Some(hit) = candidate.find_at(piece, at.saturating_sub(1)) else {
                at = limit;
                continue;
            };
            let inside = hit.end().saturating_sub(1);
            line_start(bytes, inside)..line_end(bytes, inside)
        };
        at = line.end + 1;
        let start = line.start;
        let raw = Raw::of(block, bytes, line);
        let text = match quick_of(&raw, &mut buffer) {
            Some(text) if !watch.is_on() && !candidate.is_match(text) => continue,
            Some(text) => String::from_utf8_lossy(text).into_owned(),
            None => show(&mut Filter::default(), &raw).plain(),
        };
        told.add(lines.number(start), watch.line(&text));
    }
}
