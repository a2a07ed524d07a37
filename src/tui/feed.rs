//! Reads what the log pane shows: the visible lines, a few above them for their colours, and no
//! more, however long the log is.

use std::ops::Range;

use regex::Regex;

use super::{
    errors,
    state::{
        Model,
        failure::Found,
        log::{Hunt, LogPane, Move, Row},
    },
    view,
};
use crate::{
    model::{RunId, Try},
    store::{DiskError, Line, LogReader, Store},
    text::{Filter, Mask, Shown},
};

/// Lines above the first visible one that are read for their colours.
const CARRY: u64 = 32;

/// Lines that a search looks at before the screen has its turn again.
const HUNT_LINES: u64 = 4096;

/// Lines that a search reads at once, so that long ones do not fill the memory.
const HUNT_CHUNK: u64 = 128;

/// Bytes that a search looks at before the screen has its turn again.
const HUNT_BYTES: usize = 4 << 20;

/// Where lines come from.
pub(crate) trait Source {
    fn refresh(&mut self) -> Result<bool, DiskError>;
    fn line_count(&self) -> u64;
    fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError>;
}

impl Source for LogReader {
    fn refresh(&mut self) -> Result<bool, DiskError> {
        Self::refresh(self)
    }

    fn line_count(&self) -> u64 {
        Self::line_count(self)
    }

    fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError> {
        Self::lines(self, from, count)
    }
}

/// Opens the log of an attempt, by run, host and box.
type Open<S> = Box<dyn FnMut(&RunId, &str, &str) -> Result<S, DiskError> + Send>;

/// What the rows were made from: the same again needs no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Made {
    attempt: Try,
    top: (u64, usize),
    lines: u64,
    rows: usize,
    cells: usize,
    wrap: bool,
    marked: bool,
}

/// The reader of the log that is shown.
pub(crate) struct Feed<S> {
    open: Open<S>,
    source: Option<S>,
    made: Option<Made>,
}

impl Feed<LogReader> {
    /// Reads from the operator's disk.
    pub(crate) fn of(store: Store) -> Self {
        Self::new(Box::new(move |run, host, name| LogReader::open(&store, run, host, name)))
    }
}

impl<S: Source> Feed<S> {
    pub(crate) fn new(open: Open<S>) -> Self {
        Self { open, source: None, made: None }
    }

    /// Brings the rows of the log pane up to date. Whether a search goes on.
    pub(crate) fn look(&mut self, model: &mut Model) -> bool {
        let wanted = model.attempt();
        if wanted != model.log.of || (wanted.is_some() && self.source.is_none()) {
            model.log.begin(wanted);
            self.made = None;
            self.source = None;
            if let Some(attempt) = wanted {
                self.begin(model, attempt);
            }
        }
        let more = errors::look(model, &mut self.open);
        at_first_error(model);
        let room = view::log_room(model);
        let looked = self.hunt(&mut model.log);
        let looked = looked.and_then(|()| self.rows(&mut model.log, wanted, room));
        if let Err(error) = looked {
            model.log.trouble = Some(error.to_string());
            model.log.search.hunt = None;
        }
        model.log.search.hunt.is_some() || more
    }

    fn begin(&mut self, model: &mut Model, attempt: Try) {
        let Some(run) = model.run() else { return };
        let Some(cell) = run.cell(attempt.node) else { return };
        let host = cell.node.host.and_then(|host| run.plan.host(host));
        let Some(host) = host else { return };
        let name = cell.node.key.box_name(attempt.n);
        match (self.open)(&run.plan.run, &host.name, &name) {
            Ok(source) => self.source = Some(source),
            Err(error) => model.log.trouble = Some(error.to_string()),
        }
    }

    fn rows(
        &mut self,
        log: &mut LogPane,
        attempt: Option<Try>,
        (cells, rows): (usize, usize),
    ) -> Result<(), DiskError> {
        let (Some(source), Some(attempt)) = (&mut self.source, attempt) else { return Ok(()) };
        let changed = source.refresh()?;
        log.lines = source.line_count();
        place(source, log, cells, rows)?;
        let marked = log.search.pattern.is_some();
        let (top, lines, wrap) = (log.top, log.lines, log.wrap);
        let made = Made { attempt, top, lines, rows, cells, wrap, marked };
        if changed || self.made != Some(made) || marked {
            log.rows = read(source, log, cells, rows)?;
            self.made = Some(made);
        }
        let last = log.rows.last().map_or(log.top.0, |row| row.number + 1);
        log.below = if log.follow { 0 } else { log.lines.saturating_sub(last) };
        Ok(())
    }

    /// Goes on with a search, for a while.
    fn hunt(&mut self, log: &mut LogPane) -> Result<(), DiskError> {
        let Some(mut hunt) = log.search.hunt.take() else { return Ok(()) };
        let Some(source) = &mut self.source else {
            log.search.says = Some("there is no log here yet".to_owned());
            return Ok(());
        };
        let next = hunt.next.unwrap_or_else(|| from_here(log, hunt.forward));
        let (found, next) = chase(source, &hunt, next, log.lines)?;
        match (found, next) {
            (Some(line), _) => {
                log.search.found = Some(line);
                log.search.says = Some(format!("{} in line {}", hunt.what, line + 1));
                log.follow = false;
                let above = u64::try_from(log.rows.len() / 3).unwrap_or(0);
                log.top = (line.saturating_sub(above), 0);
                self.made = None;
            }
            (None, Some(next)) => {
                let done = if hunt.forward { next } else { log.lines.saturating_sub(next) };
                let percent = done.saturating_mul(100).checked_div(log.lines).unwrap_or(100);
                log.search.says = Some(format!("looking for {}: {percent} %", hunt.what));
                hunt.next = Some(next);
                log.search.hunt = Some(hunt);
            }
            (None, None) => {
                let way = if hunt.forward { "further down" } else { "further up" };
                log.search.says = Some(format!("no {} {way}", hunt.what));
            }
        }
        Ok(())
    }
}

/// In the failure view a log is shown from its first error on, once, and from its end where there is
/// none.
fn at_first_error(model: &mut Model) {
    let (_, rows) = view::log_room(model);
    let Some(attempt) = model.log.of.filter(|_| model.failure.open) else { return };
    let placed = model.failure.placed.is_some_and(|(of, _)| of == attempt);
    let Some(Found::Error { line, .. }) = model.failure.found(attempt).filter(|_| !placed) else {
        return;
    };
    let above = u64::try_from(rows / 4).unwrap_or(0);
    let top = (line.saturating_sub(above), 0);
    (model.log.follow, model.log.top, model.log.way) = (false, top, None);
    model.failure.placed = Some((attempt, top));
}

/// The line at which a search begins that has found nothing yet.
fn from_here(log: &LogPane, forward: bool) -> u64 {
    match (log.follow, forward) {
        // At the end there is nothing further down: from the first line.
        (true, true) => 0,
        (true, false) => log.lines.saturating_sub(1),
        (false, _) => log.top.0,
    }
}

/// The first line that fits, or the line to go on with.
fn chase(
    source: &mut impl Source,
    hunt: &Hunt,
    mut next: u64,
    lines: u64,
) -> Result<(Option<u64>, Option<u64>), DiskError> {
    let (mut looked, mut bytes) = (0, 0);
    while next < lines && looked < HUNT_LINES && bytes < HUNT_BYTES {
        let from = if hunt.forward { next } else { next.saturating_sub(HUNT_CHUNK - 1) };
        let wanted = if hunt.forward { HUNT_CHUNK } else { next - from + 1 };
        let mut chunk = source.lines(from, usize::try_from(wanted).unwrap_or(1))?;
        if !hunt.forward {
            chunk.reverse();
        }
        for line in &chunk {
            bytes += line.bytes.len();
            let shown = show(&mut Filter::default(), line).plain();
            if hunt.pattern.is_match(&shown) {
                return Ok((Some(line.number), None));
            }
        }
        looked += wanted;
        next = match hunt.forward {
            true => from + wanted,
            false if from == 0 => return Ok((None, None)),
            false => from - 1,
        };
    }
    Ok((None, (next < lines).then_some(next)))
}

/// Finds the first row, after what was asked for.
fn place(
    source: &mut impl Source,
    log: &mut LogPane,
    cells: usize,
    rows: usize,
) -> Result<(), DiskError> {
    let end = end(source, log, cells, rows)?;
    match log.way.take() {
        None => {}
        Some(Move::Bottom) => log.follow = true,
        Some(Move::Top) => (log.follow, log.top) = (false, (0, 0)),
        Some(Move::Rows(way)) => {
            let from = if log.follow { end } else { log.top };
            log.top = moved(source, log, from, way, cells)?;
            log.follow = log.top >= end;
        }
    }
    // Also when the log has become shorter than the place in it.
    if log.follow || log.top.0 >= log.lines {
        log.top = end;
    }
    Ok(())
}

/// The place from which the last rows fill the pane.
fn end(
    source: &mut impl Source,
    log: &LogPane,
    cells: usize,
    rows: usize,
) -> Result<(u64, usize), DiskError> {
    let first = log.lines.saturating_sub(rows as u64);
    if !log.wrap {
        return Ok((first, 0));
    }
    let mut left = rows;
    for line in source.lines(first, rows)?.iter().rev() {
        let height = height(line, cells);
        if height >= left {
            return Ok((line.number, height - left));
        }
        left -= height;
    }
    Ok((first, 0))
}

/// The place so many rows from there, up or down.
fn moved(
    source: &mut impl Source,
    log: &LogPane,
    (line, row): (u64, usize),
    way: i64,
    cells: usize,
) -> Result<(u64, usize), DiskError> {
    let far = way.unsigned_abs();
    let rows = usize::try_from(far).unwrap_or(usize::MAX);
    if !log.wrap {
        let there = if way < 0 { line.saturating_sub(far) } else { line.saturating_add(far) };
        return Ok((there.min(log.lines.saturating_sub(1)), 0));
    }
    if way >= 0 {
        let mut left = rows + row;
        for line in source.lines(line, rows + 1)? {
            let height = height(&line, cells);
            if left < height {
                return Ok((line.number, left));
            }
            left -= height;
        }
        return Ok((log.lines.saturating_sub(1), 0));
    }
    let Some(mut left) = rows.checked_sub(row) else { return Ok((line, row - rows)) };
    let first = line.saturating_sub(far);
    let above = usize::try_from(line - first).unwrap_or(0);
    for line in source.lines(first, above)?.iter().rev() {
        if left == 0 {
            break;
        }
        let height = height(line, cells);
        if height >= left {
            return Ok((line.number, height - left));
        }
        left -= height;
    }
    Ok(if left == 0 { (line, 0) } else { (first, 0) })
}

fn height(line: &Line, cells: usize) -> usize {
    show(&mut Filter::default(), line).wrap(cells).len()
}

/// Reads the visible rows.
fn read(
    source: &mut impl Source,
    log: &LogPane,
    cells: usize,
    rows: usize,
) -> Result<Vec<Row>, DiskError> {
    let (first, skipped) = log.top;
    let from = first.saturating_sub(CARRY);
    let above = usize::try_from(first - from).unwrap_or(0);
    let mut filter = Filter::default();
    let mut made = Vec::new();
    for line in source.lines(from, above + rows)? {
        let text = show(&mut filter, &line);
        if line.number < first {
            continue;
        }
        let skip = if line.number == first { skipped } else { 0 };
        made.extend(rows_of(&line, &text, log, cells).into_iter().skip(skip));
        if made.len() >= rows {
            break;
        }
    }
    made.truncate(rows);
    Ok(made)
}

fn rows_of(line: &Line, text: &Shown, log: &LogPane, cells: usize) -> Vec<Row> {
    let hits = log.search.pattern.as_ref().map_or_else(Vec::new, |regex| hits(regex, text));
    let parts = match log.wrap {
        true => text.wrap(cells),
        false => vec![text.clip(log.left, cells)],
    };
    let mut start = if log.wrap { 0 } else { log.left };
    let mut rows = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        let until = start + if log.wrap { part.width() } else { cells };
        let inside = |hit: &Range<usize>| {
            let within = hit.start.max(start)..hit.end.min(until);
            (!within.is_empty()).then(|| within.start - start..within.end - start)
        };
        rows.push(Row {
            number: line.number,
            begins: at == 0,
            arrival: line.arrival,
            hits: hits.iter().filter_map(inside).collect(),
            text: part,
        });
        start = until;
    }
    rows
}

/// Cells of a text that fit a pattern.
fn hits(regex: &Regex, text: &Shown) -> Vec<Range<usize>> {
    let plain = text.plain();
    let cell = |byte: usize| Shown::literal(plain.get(..byte).unwrap_or_default()).width();
    let found = regex.find_iter(&plain).filter(|found| !found.is_empty());
    found.take(64).map(|found| cell(found.start())..cell(found.end())).collect()
}

/// A raw line as it is shown, without secrets.
pub(super) fn show(filter: &mut Filter, line: &Line) -> Shown {
    let masks: Vec<Mask<'_>> = line
        .masks
        .iter()
        .map(|mask| Mask { at: mask.at, len: mask.len, name: &mask.name })
        .collect();
    filter.masked_line(&line.bytes, &masks)
}
