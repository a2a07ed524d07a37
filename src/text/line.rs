//! One row of a terminal, as long as it needs to be: cells, a cursor that only goes back, and
//! erasing. Every operation costs no more than the bytes that asked for it.

use super::neutral::{self, Kind};
use super::shown::Shown;
use super::style::Style;

/// Most combining marks on one character; the next one is shown as a code point.
const MARKS: usize = 8;
/// Cells from one tab stop to the next.
const TAB: usize = 8;

#[derive(Debug, Clone, Copy)]
enum Glyph {
    Char(char),
    /// A character with marks: an index into `clusters`.
    Cluster(usize),
    /// The right half of the wide character before it.
    RightHalf,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    glyph: Glyph,
    style: Style,
    /// Cells written before the last erasing of the whole row count as blank.
    era: u32,
}

/// The row being written.
#[derive(Debug, Default)]
pub(super) struct Line {
    cells: Vec<Cell>,
    clusters: Vec<String>,
    /// Cell written next; never beyond the end of `cells`.
    column: usize,
    era: u32,
    /// The cell that a mark joins, and its last character.
    open: Option<(usize, char)>,
    dropped: u32,
}

impl Line {
    /// Prints one character; control characters are dropped.
    pub(super) fn print(&mut self, c: char, style: Style) {
        match neutral::kind(c) {
            Kind::Visible(width) => self.put(c, width, style),
            Kind::Mark => self.mark(c, style),
            Kind::Selector => self.selector(c),
            Kind::Hidden => self.code_point(c),
            Kind::Control => self.dropped = self.dropped.saturating_add(1),
        }
    }

    /// Prints `<U+XXXX>` in place of a character that has no look of its own.
    pub(super) fn code_point(&mut self, c: char) {
        self.words(&format!("<U+{:04X}>", u32::from(c)), Style::REVERSE);
    }

    /// Prints words of ours; nothing that follows combines with them.
    pub(super) fn words(&mut self, text: &str, style: Style) {
        for c in text.chars() {
            match neutral::kind(c) {
                Kind::Visible(width) => self.put(c, width, style),
                Kind::Mark => self.mark(c, style),
                Kind::Selector | Kind::Hidden | Kind::Control => self.code_point(c),
            }
        }
        self.open = None;
    }

    /// To the next tab stop; cells on the way keep what they hold.
    pub(super) fn tab(&mut self) {
        let stop = (self.column / TAB + 1) * TAB;
        while self.cells.len() < stop {
            self.cells.push(self.cell(Glyph::Char(' '), Style::default()));
        }
        self.go(stop);
    }

    /// To the first cell.
    pub(super) fn home(&mut self) {
        self.go(0);
    }

    /// So many cells to the left.
    pub(super) fn back(&mut self, cells: usize) {
        self.go(self.column.saturating_sub(cells));
    }

    /// To a cell; to the right no further than to the end of what was written.
    pub(super) fn to(&mut self, column: usize) {
        self.go(column.min(self.cells.len()));
    }

    /// Erases from the cursor to the end.
    pub(super) fn erase_right(&mut self) {
        self.split_wide_at(self.column);
        self.cells.truncate(self.column);
        self.open = None;
    }

    /// Erases the whole row; the cursor stays.
    pub(super) fn erase_all(&mut self) {
        self.era += 1;
        self.open = None;
    }

    /// Number of control characters left out.
    pub(super) fn dropped(&self) -> u32 {
        self.dropped
    }

    /// What the row shows in the end.
    pub(super) fn finish(self) -> Shown {
        let length =
            self.cells.iter().rposition(|cell| cell.era == self.era).map_or(0, |at| at + 1);
        let mut shown = Shown::default();
        let mut buffer = [0; 4];
        for cell in &self.cells[..length] {
            if cell.era != self.era {
                shown.push_str(" ", Style::default());
                continue;
            }
            match cell.glyph {
                Glyph::Char(c) => shown.push_str(c.encode_utf8(&mut buffer), cell.style),
                Glyph::Cluster(at) => {
                    shown.push_str(self.clusters.get(at).map_or(" ", String::as_str), cell.style);
                }
                Glyph::RightHalf => {}
            }
        }
        shown
    }

    fn cell(&self, glyph: Glyph, style: Style) -> Cell {
        Cell { glyph, style, era: self.era }
    }

    fn go(&mut self, column: usize) {
        self.column = column;
        self.open = None;
    }

    fn put(&mut self, c: char, width: usize, style: Style) {
        let start = self.column;
        self.split_wide_at(start);
        self.split_wide_at(start + width);
        self.set(start, self.cell(Glyph::Char(c), style));
        for at in start + 1..start + width {
            self.set(at, self.cell(Glyph::RightHalf, style));
        }
        self.column = start + width;
        self.open = Some((start, c));
    }

    fn set(&mut self, at: usize, cell: Cell) {
        match self.cells.get_mut(at) {
            Some(old) => *old = cell,
            None => self.cells.push(cell),
        }
    }

    /// Where a wide character lies across the border before cell `at`, blanks both halves: one
    /// of them is about to be overwritten.
    fn split_wide_at(&mut self, at: usize) {
        let blank = self.cell(Glyph::Char(' '), Style::default());
        if let Some(Glyph::RightHalf) = self.cells.get(at).map(|cell| cell.glyph) {
            self.cells[at - 1] = blank;
            self.cells[at] = blank;
        }
    }

    fn mark(&mut self, c: char, style: Style) {
        match self.open {
            Some((at, before)) if neutral::combines(before, c) => self.join(at, c),
            _ if neutral::combines(neutral::LONE_BASE, c) => {
                self.put(neutral::LONE_BASE, 1, style);
                self.join(self.column - 1, c);
            }
            _ => self.code_point(c),
        }
    }

    fn join(&mut self, at: usize, mark: char) {
        let cell = &mut self.cells[at];
        match cell.glyph {
            Glyph::Char(base) => {
                cell.glyph = Glyph::Cluster(self.clusters.len());
                self.clusters.push(String::from_iter([base, mark]));
            }
            Glyph::Cluster(index) => match self.clusters.get_mut(index) {
                Some(cluster) if cluster.chars().count() <= MARKS => cluster.push(mark),
                // All are seen, and none is drawn over the rows around it.
                _ => return self.code_point(mark),
            },
            Glyph::RightHalf => {}
        }
        self.open = Some((at, mark));
    }

    /// Left out directly after an emoji. With U+FE0F behind it, some terminals draw it in two cells, as
    /// Unicode recommends and the renderer counts, others in the one that it has alone. Which of both the
    /// terminal at hand does could be asked of it, but what is shown goes into files, pagers and plain
    /// lines, too, and a row that is counted wrong loses its frame. Without the selector all mean the
    /// character alone; what is lost is in which of its two looks it is drawn.
    fn selector(&mut self, c: char) {
        if !self.open.is_some_and(|(_, before)| neutral::takes_selectors(before)) {
            self.code_point(c);
        }
    }
}
