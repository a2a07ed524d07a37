//! From lines to the rows of the screen.

use std::ops::Range;

use super::{
    board::Finds,
    lane::Lane,
    reader::{Item, Reader},
    source::{Raw, Source, show},
};
use crate::{
    store::DiskError,
    text::{Filter, Shown, Style},
    tui::state::log::{Level, LogPane, Row, Shape},
};

/// Lines above the first visible one that are read for their colours.
const CARRY: usize = 32;

/// Bytes of them.
const CARRY_BYTES: usize = 256 * 1024;

/// Places in one line that are marked as found.
const HITS_MAX: usize = 2048;

/// Cells that the names of hosts have before a line.
const NAMES_MAX: usize = 20;

/// How lines are laid out.
pub(super) struct Layout<'a> {
    pub(super) finds: &'a Finds,
    pub(super) lane: &'a Lane<'a>,
    pub(super) shape: Shape,
    /// The names of the hosts.
    pub(super) names: Vec<String>,
    pub(super) wrap: bool,
    pub(super) cells: usize,
}

impl Layout<'_> {
    /// Rows that a line takes.
    pub(super) fn height(&self, item: &Item) -> usize {
        let apart = usize::from(self.lane.left_out(item.number) > 0);
        if !self.wrap {
            return 1 + apart;
        }
        let (text, _) = self.text(item, &mut Filter::default());
        parts(&text, self.cells).len() + apart
    }

    /// Whether every line takes one row.
    pub(super) fn is_even(&self) -> bool {
        !self.wrap && !self.lane.has_gaps()
    }

    /// What is shown of a line, and the cells before its own text.
    fn text(&self, item: &Item, filter: &mut Filter) -> (Shown, usize) {
        let mut whole = self.who(item);
        if let Some(ms) = self.finds.gaps.of(item.number) {
            let style = Style { reverse: true, ..Style::default() };
            whole.push(&Shown::styled(&format!("+{}", pause(ms)), style));
            whole.push(&Shown::literal(" "));
        }
        let before = whole.width();
        whole.push(&show(filter, &Raw::item(item)));
        (whole, before)
    }

    /// Whose line it is, where lines of several hosts are shown. A `≈` tells that they differ in
    /// the time at their beginning.
    pub(super) fn who(&self, item: &Item) -> Shown {
        let (all, mine) = match self.shape {
            Shape::One => return Shown::default(),
            Shape::Each => (false, 1),
            Shape::Folded => {
                let mine = item.hosts.count_ones() as usize;
                (mine > 1 && mine == self.names.len(), mine)
            }
        };
        let width = self.names.iter().map(|name| Shown::literal(name).width()).max();
        let width = width.unwrap_or(0).clamp(8, NAMES_MAX);
        let own = self.names.get(item.host).map_or("?", String::as_str);
        let (times, between) = if item.about { ("≈", "≈") } else { ("×", " ") };
        let text = match (all, mine) {
            (true, all) => format!("{times}{all} hosts"),
            (false, 0 | 1) => own.to_owned(),
            (false, some) => {
                let bit = |at: usize| u32::try_from(at).ok().and_then(|at| 1_u64.checked_shl(at));
                let has = |at: &usize| bit(*at).is_some_and(|bit| item.hosts & bit != 0);
                let names: Vec<&str> = (0..self.names.len())
                    .filter(has)
                    .filter_map(|at| self.names.get(at).map(String::as_str))
                    .collect();
                let names = names.join(between);
                if Shown::literal(&names).width() <= NAMES_MAX {
                    names
                } else {
                    format!("{times}{some} of {}", self.names.len())
                }
            }
        };
        let text = crate::text::fit(&Shown::literal(&text), NAMES_MAX).plain();
        let blanks = width.saturating_sub(Shown::literal(&text).width());
        let style = Style { dim: all, bold: !all, ..Style::default() };
        let mut who = Shown::styled(&text, style);
        who.push(&Shown::literal(&format!("{} ", " ".repeat(blanks))));
        who
    }

    /// What is shown of a line, and the cells of it that were found.
    fn searched(
        &self,
        log: &LogPane,
        item: &Item,
        filter: &mut Filter,
    ) -> (Shown, Vec<Range<usize>>) {
        let (text, before) = self.text(item, filter);
        let Some(pattern) = &log.search.pattern else { return (text, Vec::new()) };
        let own = text.clip(before, usize::MAX - before).plain();
        let hits = hits(pattern.regex(), &own).into_iter();
        let hits = hits.map(|hit| hit.start + before..hit.end + before).collect();
        (text, hits)
    }

    /// What was found first in a line: the row of it, and its cells in the line.
    pub(super) fn first_hit(&self, log: &LogPane, item: &Item) -> Option<(usize, Range<usize>)> {
        let (text, hits) = self.searched(log, item, &mut Filter::default());
        let hit = hits.into_iter().next()?;
        let (apart, mut end) = (usize::from(self.lane.left_out(item.number) > 0), 0);
        let rows = parts(&text, self.cells);
        let row = rows.iter().position(|(_, part)| {
            end += part.width();
            end > hit.start
        });
        Some((row.unwrap_or(0) + apart, hit))
    }

    /// The rows of a line.
    fn rows(&self, log: &LogPane, item: &Item, filter: &mut Filter) -> Vec<Row> {
        let (text, hits) = self.searched(log, item, filter);
        let level = self.level(item.number);
        let row = |text, begins| Row {
            number: item.number,
            place: Some((item.of, item.line.number)),
            begins,
            arrival: item.line.arrival,
            text,
            level,
            ..Row::default()
        };
        if !self.wrap {
            let seen = log.left..log.left + self.cells;
            let cut = (seen.start > 0 && !text.is_empty(), text.width() > seen.end);
            let inside = within(&hits, seen, 0);
            return vec![Row { hits: inside, cut, ..row(text.clip(log.left, self.cells), true) }];
        }
        let mut start = 0;
        let rows = parts(&text, self.cells).into_iter().map(|(indent, part)| {
            let until = start + part.width();
            let inside = within(&hits, start..until, indent);
            let mut shown = Shown::literal(&" ".repeat(indent));
            shown.push(&part);
            let begins = start == 0;
            start = until;
            Row { hits: inside, ..row(shown, begins) }
        });
        rows.collect()
    }

    /// The row that says how many lines are left out before a line.
    fn apart(&self, item: &Item) -> Option<Row> {
        let lines = self.lane.left_out(item.number);
        let text = format!("⋯ {}", crate::tui::words::count(usize::try_from(lines).ok()?, "line"));
        let text = Shown::literal(&text);
        let row = Row { number: item.number, parted: true, text, ..Row::default() };
        (lines > 0).then_some(row)
    }

    fn level(&self, number: u64) -> Level {
        let levels = &self.finds.levels;
        match () {
            () if levels.within.contains(number) => Level::Error,
            () if levels.warnings.contains(number) => Level::Warning,
            () => Level::Calm,
        }
    }
}

/// Cells that were found, as far as they are inside.
fn within(hits: &[Range<usize>], cells: Range<usize>, indent: usize) -> Vec<Range<usize>> {
    let inside = |hit: &Range<usize>| {
        let part = hit.start.max(cells.start)..hit.end.min(cells.end);
        let moved = |cell: usize| cell - cells.start + indent;
        (!part.is_empty()).then(|| moved(part.start)..moved(part.end))
    };
    hits.iter().filter_map(inside).collect()
}

/// A text in rows, each with the blanks before it: where it goes on it keeps its indentation.
fn parts(text: &Shown, cells: usize) -> Vec<(usize, Shown)> {
    let indent = text.indent().min(cells / 3);
    let rows = text.wrap_behind(cells, cells.saturating_sub(indent));
    rows.into_iter().enumerate().map(|(at, row)| (if at == 0 { 0 } else { indent }, row)).collect()
}

/// A pause in a few characters.
pub(super) fn pause(ms: i64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0..60 => format!("{seconds}.{}s", ms % 1000 / 100),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Cells of a text that fit a pattern.
fn hits(regex: &regex::Regex, plain: &str) -> Vec<Range<usize>> {
    let (mut cells, mut at) = (0, 0);
    let mut to = |byte: usize| {
        cells += Shown::literal(plain.get(at..byte).unwrap_or_default()).width();
        at = byte;
        cells
    };
    let found = regex.find_iter(plain).filter(|found| !found.is_empty());
    found.take(HITS_MAX).map(|found| to(found.start())..to(found.end())).collect()
}

/// Reads the visible rows.
pub(super) fn read<S: Source>(
    reader: &mut Reader<S>,
    log: &LogPane,
    layout: &Layout<'_>,
    rows: usize,
) -> Result<Vec<Row>, DiskError> {
    let (first, skipped) = log.top;
    let mut filter = carried(reader, layout, first)?;
    let mut made: Vec<Row> = Vec::new();
    let mut last = None;
    let numbers = layout.lane.down(first, rows);
    for item in reader.fetch(&layout.finds.rows, &numbers)? {
        // Colours go from a line to the next one of the same log, and nowhere else.
        if layout.shape != Shape::One || last.is_some_and(|last| last + 1 != item.number) {
            filter = Filter::default();
        }
        last = Some(item.number);
        let skip = if item.number == first { skipped } else { 0 };
        let apart = layout.apart(&item);
        let rows_of_it = layout.rows(log, &item, &mut filter);
        made.extend(apart.into_iter().chain(rows_of_it).skip(skip));
        if made.len() >= rows {
            break;
        }
    }
    made.truncate(rows);
    Ok(made)
}

/// The colours with which a line begins.
fn carried<S: Source>(
    reader: &mut Reader<S>,
    layout: &Layout<'_>,
    first: u64,
) -> Result<Filter, DiskError> {
    let mut filter = Filter::default();
    if layout.shape != Shape::One {
        return Ok(filter);
    }
    let numbers: Vec<u64> = (first.saturating_sub(CARRY as u64)..first).collect();
    let above = reader.fetch(&layout.finds.rows, &numbers)?;
    let mut bytes = 0;
    let near = above.iter().rev().take_while(|item| {
        bytes += item.line.bytes.len();
        bytes <= CARRY_BYTES
    });
    let near = near.count();
    for item in above.iter().skip(above.len() - near) {
        show(&mut filter, &Raw::item(item));
    }
    Ok(filter)
}
