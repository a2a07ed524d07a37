//! Cells, each where the buffer has it, whatever the terminal makes of what stands in them.
//!
//! Terminals do not agree how wide a character is: theirs may know a younger or an older Unicode, join
//! what we count one by one, or take two cells for what we count as one. Nobody can ask them. So what is
//! not known to be the same everywhere is drawn on blanks and followed by a move of the cursor, and its
//! neighbour is drawn again: a disagreement stays in its own cells.

use std::io;

use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::{Buffer, Cell, CellDiffOption, CellWidth as _},
    layout::{Position, Size},
};

use crate::text::{clusters, is_agreed};

/// What a character is drawn on, as it may leave some of its cells as they were.
static BLANK: Cell = Cell::new(" ");

/// Draws nothing, at a place that is beside none: whatever comes next has to say where it is.
static NOTHING: Cell = Cell::new("");
const NOWHERE: u16 = u16::MAX - 1;

/// A backend for terminals that count cells in their own way.
pub(super) struct Cells<B>(pub(super) B);

impl<B: Backend> Backend for Cells<B> {
    type Error = B::Error;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), B::Error>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            // The backend would take colours back that nobody has set.
            return Ok(());
        }
        self.0.draw(content.flat_map(|(x, y, cell)| {
            let odd = !is_agreed(cell.symbol());
            let blanks = if odd { cell.cell_width() } else { 0 };
            let before = (0..blanks).map(move |at| (x.saturating_add(at), y, &BLANK));
            let after = odd.then_some((NOWHERE, y, &NOTHING));
            before.chain([(x, y, cell)]).chain(after)
        }))
    }

    fn append_lines(&mut self, n: u16) -> Result<(), B::Error> {
        self.0.append_lines(n)
    }

    /// Each frame that draws something hides it by itself, and none shows it.
    fn hide_cursor(&mut self) -> Result<(), B::Error> {
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), B::Error> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> Result<Position, B::Error> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), B::Error> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> Result<(), B::Error> {
        self.0.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), B::Error> {
        self.0.clear_region(clear_type)
    }

    fn size(&self) -> Result<Size, B::Error> {
        self.0.size()
    }

    fn window_size(&mut self) -> Result<WindowSize, B::Error> {
        self.0.window_size()
    }

    fn flush(&mut self) -> Result<(), B::Error> {
        self.0.flush()
    }
}

impl<B: io::Write> io::Write for Cells<B> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Gives every character with its marks cells of its own, where ratatui has joined several (a flag, a
/// syllable): what changes later is then seen for each, and nothing is left of it. What stands behind a
/// character of unknown width that is drawn is drawn as well, as it may have been covered.
///
/// `before` is the frame that is on the screen, if that is known. Whether there is any such character.
pub(super) fn settle(buffer: &mut Buffer, before: Option<&Buffer>) -> bool {
    let area = buffer.area;
    let mut any = false;
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        let mut covered = false;
        while x < area.right() {
            let Some(cell) = buffer.cell((x, y)) else { break };
            let odd = !is_agreed(cell.symbol());
            let mut width = cell.cell_width().clamp(1, area.right() - x);
            if odd {
                width = take_apart(buffer, (x, y), width);
            }
            let Some(cell) = buffer.cell_mut((x, y)) else { break };
            let same = before.and_then(|before| before.cell((x, y))).is_some_and(|old| {
                (old.symbol(), old.style()) == (cell.symbol(), cell.style()) && !covered
            });
            if covered {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
            covered = odd && !same;
            any |= odd;
            x += width;
        }
    }
    any
}

/// Spreads what stands in one cell over the cells that it takes; how many the first character has.
fn take_apart(buffer: &mut Buffer, (x, y): (u16, u16), width: u16) -> u16 {
    let Some(whole) = buffer.cell((x, y)).cloned() else { return width };
    let mut at = 0;
    let mut first = None;
    for (text, cells) in clusters(whole.symbol()) {
        let cells = u16::try_from(cells).unwrap_or(u16::MAX).max(1);
        if at + cells > width {
            break;
        }
        for blank in at..at + cells {
            if let Some(cell) = buffer.cell_mut((x + blank, y)) {
                cell.clone_from(&whole);
                cell.set_symbol(if blank == at { text } else { " " });
            }
        }
        first.get_or_insert(cells);
        at += cells;
    }
    first.unwrap_or(width)
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use ratatui::{
        Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect, text::Line,
        widgets::Widget,
    };

    use super::*;

    /// What a terminal was sent.
    #[derive(Clone, Default)]
    struct Sent(Rc<RefCell<Vec<u8>>>);

    impl io::Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Draws these rows one after the other on the same place; what the terminal is sent for the last, `@3`
    /// for a move of the cursor to cell 3 and `@?` for one that leads nowhere.
    #[track_caller]
    fn check(rows: &[&str], wanted: &str) {
        let sent = Sent::default();
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 20, 1)) };
        let backend = Cells(CrosstermBackend::new(sent.clone()));
        let mut terminal = Terminal::with_options(backend, options).unwrap();
        let mut before = None;
        for row in rows {
            sent.0.borrow_mut().clear();
            let drawn = terminal.draw(|frame| {
                Line::raw(*row).render(frame.area(), frame.buffer_mut());
                settle(frame.buffer_mut(), before.as_ref());
                before = Some(frame.buffer_mut().clone());
            });
            drawn.unwrap();
        }
        let sent = String::from_utf8(sent.0.take()).unwrap();
        // Of a frame that changes nothing not even what takes colours back is sent.
        let text = sent.split_once("\x1b[39m").map_or(sent.as_str(), |(text, _)| text);
        let text = text.replace("\x1b[1;65535H", "@?").replace("\x1b[1;", "@");
        let text =
            (0..20).fold(text, |text, at| text.replace(&format!("@{at}H"), &format!("@{at} ")));
        assert_eq!(text, wanted, "{rows:?}");
    }

    #[test]
    fn what_may_have_another_width_is_drawn_in_its_place() {
        check(&["abc é ─ 世界 x"], "@1 abc@5 é@7 ─@9 世@11 界@14 x");
        check(&["a🇩🇪b"], "@1 a @2 🇩@?@3  @3 🇪@?@4 b");
        check(&["a🦀b"], "@1 a  @2 🦀@?@4 b");
    }

    #[test]
    fn what_changes_beside_it_is_drawn_and_nothing_more() {
        let flag = "a🇩🇪b";
        check(&[flag, flag, flag], "");
        check(&[flag, flag, "c🇩🇪b"], "@1 c");
        check(&[flag, flag, "a🇩🇫b"], "@3  @3 🇫@?@4 b");
        check(&[flag, flag, "a"], "@2    ");
        check(&[flag, flag, "a世b"], "@2 世");
    }
}
