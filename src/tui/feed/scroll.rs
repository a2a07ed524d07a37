//! Finds the first row, after what was asked for.

use super::{lane::Lane, reader::Reader, rows::Layout, source::Source};
use crate::{
    store::DiskError,
    tui::state::log::{LogPane, Move},
};

/// The pane, and what is in it.
pub(super) struct Scroll<'a, S> {
    pub(super) reader: &'a mut Reader<S>,
    pub(super) lane: &'a Lane<'a>,
    pub(super) layout: &'a Layout<'a>,
    pub(super) rows: usize,
    /// The number behind the last line.
    pub(super) end: u64,
}

impl<S: Source> Scroll<'_, S> {
    /// Finds the first row.
    pub(super) fn place(&mut self, log: &mut LogPane) -> Result<(), DiskError> {
        let end = self.end()?;
        match log.way.take() {
            way if log.choose.is_some() => self.choose(log, way)?,
            None => {}
            Some(Move::Bottom) => log.follow = true,
            Some(Move::Top) => (log.follow, log.top) = (false, (0, 0)),
            Some(Move::Rows(way)) => {
                let from = if log.follow { end } else { log.top };
                log.top = self.moved(from, way)?;
                log.follow = log.top >= end;
            }
        }
        // Also when the log has become shorter than the place in it.
        if log.follow || log.top.0 >= self.end {
            log.top = end;
        } else if let Some(top) = self.lane.from(log.top.0).filter(|top| *top != log.top.0) {
            log.top = (top, 0);
        } else if !self.lane.has(log.top.0) {
            log.top = end;
        }
        // A filter that keeps little shows all of that, and no empty rows below.
        if log.sieve.pattern.is_some() && log.top > end {
            log.top = end;
        }
        Ok(())
    }

    /// Moves the cursor among lines, and the rows with it where it leaves them.
    fn choose(&mut self, log: &mut LogPane, way: Option<Move>) -> Result<(), DiskError> {
        let Some(choose) = &mut log.choose else { return Ok(()) };
        let to = match way {
            None => None,
            Some(Move::Top) => self.lane.from(0),
            Some(Move::Bottom) => self.lane.before(self.end),
            Some(Move::Rows(rows)) => {
                let count = usize::try_from(rows.unsigned_abs()).unwrap_or(0);
                let way = match rows < 0 {
                    true => self.lane.up(choose.at, count),
                    false => self.lane.down(choose.at.saturating_add(1), count),
                };
                way.last().copied()
            }
        };
        choose.at = to.unwrap_or(choose.at);
        let at = choose.at;
        log.follow = false;
        self.bring(log, at, 0)
    }

    /// Puts a line so many rows below the first.
    pub(super) fn put(
        &mut self,
        log: &mut LogPane,
        line: u64,
        above: usize,
    ) -> Result<(), DiskError> {
        log.follow = false;
        let top = self.moved((line, 0), -i64::try_from(above).unwrap_or(0))?;
        // No empty rows below, where more of what was before it can be seen.
        log.top = top.min(self.end()?);
        Ok(())
    }

    /// Makes sure that a line is on the screen, with so many rows above it if it was not.
    pub(super) fn bring(
        &mut self,
        log: &mut LogPane,
        line: u64,
        above: usize,
    ) -> Result<(), DiskError> {
        if line < log.top.0 || (line == log.top.0 && log.top.1 > 0) {
            log.top = self.moved((line, 0), -i64::try_from(above).unwrap_or(0))?;
            return Ok(());
        }
        // The last place from which it can be seen whole, or its first rows.
        let height = match self.reader.fetch(&self.layout.finds.rows, &[line])?.first() {
            Some(item) => self.layout.height(item).min(self.rows),
            None => 1,
        };
        let room = i64::try_from(self.rows.saturating_sub(height)).unwrap_or(0);
        let last = self.moved((line, 0), -room)?;
        if log.top < last {
            let above = i64::try_from(above).unwrap_or(0);
            log.top = if above == 0 { last } else { self.moved((line, 0), -above.min(room))? };
        }
        Ok(())
    }

    /// Makes sure that what was found in a line is on the screen, however long the line is.
    pub(super) fn bring_hit(
        &mut self,
        log: &mut LogPane,
        line: u64,
        above: usize,
    ) -> Result<(), DiskError> {
        let items = self.reader.fetch(&self.layout.finds.rows, &[line])?;
        let hit = items.first().and_then(|item| self.layout.first_hit(log, item));
        let Some((row, cells)) = hit else { return Ok(()) };
        if !log.wrap {
            let room = self.layout.cells;
            if cells.end <= room {
                log.left = 0;
            } else if cells.start < log.left || cells.end > log.left + room {
                log.left = cells.start.saturating_sub(room / 3);
            }
            return Ok(());
        }
        let rows = i64::try_from(self.rows).unwrap_or(1);
        let last = self.moved((line, row), 1 - rows)?;
        if (line, row) < log.top || log.top < last {
            log.top = self.moved((line, row), -i64::try_from(above).unwrap_or(0))?;
        }
        Ok(())
    }

    /// The place from which the last rows fill the pane.
    pub(super) fn end(&mut self) -> Result<(u64, usize), DiskError> {
        self.above(self.end, self.rows)
    }

    /// The place so many rows above a line.
    fn above(&mut self, until: u64, rows: usize) -> Result<(u64, usize), DiskError> {
        let numbers = self.lane.up(until, rows);
        let first = numbers.last().copied().unwrap_or(until);
        if self.layout.is_even() {
            return Ok((first, 0));
        }
        let mut left = rows;
        for item in self.reader.fetch(&self.layout.finds.rows, &numbers)? {
            let height = self.layout.height(&item);
            if height >= left {
                return Ok((item.number, height - left));
            }
            left -= height;
        }
        Ok((first, 0))
    }

    /// The place so many rows from there, up or down.
    fn moved(&mut self, (line, row): (u64, usize), way: i64) -> Result<(u64, usize), DiskError> {
        let rows = usize::try_from(way.unsigned_abs()).unwrap_or(usize::MAX);
        if way < 0 {
            let Some(left) = rows.checked_sub(row) else { return Ok((line, row - rows)) };
            return if left == 0 { Ok((line, 0)) } else { self.above(line, left) };
        }
        let last = |lane: &Lane<'_>, end| lane.before(end).unwrap_or(line);
        let numbers = self.lane.down(line, rows.saturating_add(1));
        if self.layout.is_even() {
            let there = numbers.get(rows).copied();
            return Ok((there.unwrap_or_else(|| last(self.lane, self.end)), 0));
        }
        let mut left = rows + row;
        for item in self.reader.fetch(&self.layout.finds.rows, &numbers)? {
            let height = self.layout.height(&item);
            if left < height {
                return Ok((item.number, left));
            }
            left -= height;
        }
        Ok((last(self.lane, self.end), 0))
    }
}
