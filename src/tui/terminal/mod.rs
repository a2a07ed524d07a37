//! The terminal, borrowed: taken over when the console starts, lent to guests, and given back on every
//! way out. Whatever it is set to stands in the table of `modes`.

mod cells;
mod ink;
mod modes;
mod tty;

use std::{
    io,
    sync::{Once, atomic::Ordering},
    time::Duration,
};

use crossterm::{
    Command as _, clipboard::CopyToClipboard, queue, style::force_color_output, terminal::SetTitle,
};
use ratatui::{
    Frame, TerminalOptions, Viewport,
    backend::{Backend, CrosstermBackend},
    buffer::Buffer,
    layout::{Rect, Size},
};

pub(super) use self::modes::Mode;
use self::{
    cells::Cells,
    ink::{Ink, TAKEN},
};
pub use self::{
    modes::{after_guest, mended},
    tty::is_with_us,
};
use super::{
    notice::{self, Progress},
    tmux,
};

/// How long a terminal may take for what was sent to it, before that is thrown away.
const PATIENCE: Duration = Duration::from_millis(400);

/// No more of a screen is drawn on: a terminal may say that it has 65,535 rows of as many cells.
const SIZE_MAX: Size = Size::new(1000, 500);

/// What is set while the console draws. The rest of the table is set where it is wanted.
const DRAWN: [Mode; 4] = [Mode::Title, Mode::Screen, Mode::Paste, Mode::Focus];

/// Gives the terminal back: every mode that was set, and how it passes bytes on. May be called at any
/// time and as often as one likes; only the first call after the console took it does anything. A
/// terminal that takes nothing loses what it was sent, and is not waited for.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    if !ink::settle(PATIENCE) {
        tty::drop_unsent();
        ink::settle(PATIENCE);
    }
    ink::put(modes::unset_all().as_bytes());
    if !ink::settle(PATIENCE) {
        tty::drop_unsent();
    }
    if let Err(error) = tty::as_before() {
        tracing::debug!(%error, "the terminal refused to be restored");
    }
}

tokio::task_local! {
    /// Set where the console itself runs.
    pub(super) static CONSOLE: ();
}

/// Makes a panic of the console give the terminal back before its message is printed. A panic
/// elsewhere, while the console is open, is only logged: the console goes on, and its screen must
/// not be written over. Installs itself once.
pub fn install_panic_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let ours = CONSOLE.try_with(|()| ()).is_ok();
            tracing::error!(%panic, "panicked");
            if ours {
                restore();
            }
            if !TAKEN.load(Ordering::SeqCst) {
                before(panic);
            }
        }));
    });
}

/// The terminal, as long as it is ours.
pub(super) struct Terminal {
    inner: ratatui::Terminal<Cells<CrosstermBackend<Ink>>>,
    ink: Ink,
    /// The frame that is on the screen, if it has characters of which terminals differ about the width.
    before: Option<Buffer>,
    title: String,
    progress: Progress,
    /// Nothing of what the screen shows is known.
    forgotten: bool,
}

impl Terminal {
    /// Takes the terminal over.
    pub(super) fn take(colour: bool) -> io::Result<Self> {
        // Without this, crossterm itself obeys NO_COLOR by a full reset that also takes reverse and
        // bold away, so that a selection cannot be seen. Colours are left out by our styles.
        force_color_output(true);
        ink::begin()?;
        let guard = Restore;
        TAKEN.store(true, Ordering::SeqCst);
        tty::raw()?;
        // Whatever asks the terminal for what it can do belongs here: before anybody reads keys, and
        // with a limit, since not every terminal answers.
        let ink = Ink::new(colour);
        let inner = of_one_size(Cells(CrosstermBackend::new(ink.clone())))?;
        let (title, progress) = (String::new(), Progress::Off);
        let mut terminal = Self { inner, ink, before: None, title, progress, forgotten: true };
        terminal.begin();
        std::mem::forget(guard);
        Ok(terminal)
    }

    /// Takes it again after it was lent, or after this program was stopped.
    pub(super) fn take_again(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        tty::raw()?;
        self.begin();
        Ok(())
    }

    fn begin(&mut self) {
        for mode in DRAWN {
            self.set(mode, true);
        }
        self.title.clear();
        self.progress = Progress::Off;
        self.forget();
    }

    /// Sets a mode, or unsets it; with the next frame.
    pub(super) fn set(&mut self, mode: Mode, on: bool) {
        let bytes = if on { modes::set(mode) } else { modes::unset(mode) };
        ink::put(bytes.as_bytes());
    }

    /// Has clicks and the wheel sent, or leaves them to the terminal.
    pub(super) fn mouse(&mut self, on: bool) {
        self.set(Mode::Mouse, on);
    }

    /// Leaves the alternate screen, for plain lines, or comes back to it.
    pub(super) fn plain(&mut self, plain: bool) {
        self.set(Mode::Cursor, !plain);
        self.set(Mode::Screen, !plain);
        self.forget();
    }

    /// Plain lines; each ends with CR and LF.
    pub(super) fn lines(&mut self, lines: &str) {
        ink::put(lines.as_bytes());
    }

    /// Its size, as far as we draw on it.
    pub(super) fn size(&self) -> io::Result<Size> {
        let size = self.inner.size()?;
        Ok(Size::new(size.width.min(SIZE_MAX.width), size.height.min(SIZE_MAX.height)))
    }

    /// Everything is drawn anew with the next frame.
    pub(super) fn forget(&mut self) {
        self.forgotten = true;
    }

    /// Puts text on the clipboard of whoever sits at the terminal, where the terminal allows it.
    ///
    /// Inside of tmux it is asked for in both ways: tmux itself listens if `set-clipboard` is on, and
    /// hands on to the terminal what is wrapped if `allow-passthrough` is on. As it comes, both are not: so
    /// tmux is wished to be given the text by its own command as well.
    pub(super) fn copy(&mut self, text: &str, tmux: bool) -> io::Result<()> {
        let mut plain = String::new();
        CopyToClipboard::to_clipboard_from(text)
            .write_ansi(&mut plain)
            .map_err(io::Error::other)?;
        self.send(&plain)?;
        if tmux {
            self.send(&tmux::wrapped(&plain))?;
        }
        Ok(())
    }

    /// Sends something that draws nothing; with the next frame.
    pub(super) fn send(&mut self, bytes: &str) -> io::Result<()> {
        self.add(bytes.as_bytes())
    }

    /// Shows how far the run is in the terminal's own indicator; with the next frame.
    pub(super) fn progress(&mut self, progress: Progress) -> io::Result<()> {
        if self.progress == progress {
            return Ok(());
        }
        self.progress = progress;
        if progress == Progress::Off {
            return self.send(modes::unset(Mode::Progress));
        }
        let bytes = [modes::set(Mode::Progress), &notice::shown(progress)].concat();
        self.send(&bytes)
    }

    /// Whether the next frame may be drawn: the terminal has taken the last one.
    ///
    /// # Errors
    /// When the last one could not be written.
    pub(super) fn is_free() -> io::Result<bool> {
        ink::is_free()
    }

    /// Whether the terminal takes the last frame within this time.
    pub(super) fn has_taken(within: Duration) -> io::Result<bool> {
        ink::settle(within);
        ink::is_free()
    }

    /// Waits until the next frame may be drawn.
    pub(super) async fn freed() {
        ink::freed().await;
    }

    /// Draws a frame of this size: the terminal shows all of it at once, where it can. Should it have
    /// another size by now, that is for the next frame.
    pub(super) fn draw(
        &mut self,
        size: Size,
        title: &str,
        view: impl FnOnce(&mut Frame<'_>),
    ) -> io::Result<()> {
        let before_it = self.ink.gathered();
        let begin = [modes::set(Mode::Frame), modes::set(Mode::Cursor)].concat();
        self.add(begin.as_bytes())?;
        let nothing = self.ink.gathered();
        fit(&mut self.inner, size, std::mem::take(&mut self.forgotten))?;
        let before = self.before.take().filter(|before| before.area.as_size() == size);
        if self.title != title {
            title.clone_into(&mut self.title);
            queue!(self.inner.backend_mut(), SetTitle(title))?;
        }
        self.inner.draw(|frame| {
            view(frame);
            let buffer = frame.buffer_mut();
            self.before = cells::settle(buffer, before.as_ref()).then(|| buffer.clone());
        })?;
        if self.ink.gathered() > nothing {
            self.add(modes::unset(Mode::Frame).as_bytes())?;
        } else {
            // As the last one: the terminal has it.
            self.ink.cut(before_it);
        }
        self.ink.send();
        Ok(())
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(self.inner.backend_mut(), bytes)
    }
}

/// A terminal whose frames have the size that they are told. Left to itself, ratatui asks for the size once
/// more when it draws, and a frame that was laid out for the size before does not fit.
fn of_one_size<B: Backend>(backend: B) -> Result<ratatui::Terminal<B>, B::Error> {
    // Nothing yet: the first frame says which.
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::ZERO) };
    ratatui::Terminal::with_options(backend, options)
}

/// Gives the next frame this size. All of it is drawn where the size is another or nothing is known of
/// what the screen shows: not by ratatui's `clear`, which asks the terminal where its cursor is, and a
/// terminal that does not answer would be waited for.
fn fit<B: Backend>(
    inner: &mut ratatui::Terminal<B>,
    size: Size,
    forgotten: bool,
) -> Result<(), B::Error> {
    let area = Rect::from(size);
    if forgotten || inner.get_frame().area() != area {
        inner.resize(area)?;
    }
    Ok(())
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back when taking it over failed half-way.
struct Restore;

impl Drop for Restore {
    fn drop(&mut self) {
        restore();
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{backend::TestBackend, widgets::Paragraph};

    use super::*;

    #[test]
    fn a_frame_has_the_size_that_it_was_laid_out_for() {
        let mut terminal = of_one_size(TestBackend::new(20, 4)).unwrap();
        let sizes = [((20, 4), (8, 2)), ((8, 2), (20, 4)), ((20, 4), (20, 4)), ((1, 1), (30, 9))];
        for (laid_out, by_now) in sizes {
            fit(&mut terminal, laid_out.into(), false).unwrap();
            terminal.backend_mut().resize(by_now.0, by_now.1);
            let drawn = terminal.draw(|frame| {
                assert_eq!(frame.area().as_size(), laid_out.into(), "it has {by_now:?} by now");
            });
            drawn.unwrap();
        }
    }

    #[test]
    fn nothing_is_left_of_what_was_shown_at_another_size() {
        let mut terminal = of_one_size(TestBackend::new(9, 3)).unwrap();
        terminal.draw(|frame| frame.render_widget(Paragraph::new("before"), frame.area())).unwrap();
        terminal.backend_mut().resize(12, 2);
        fit(&mut terminal, Size::new(12, 2), false).unwrap();
        terminal.draw(|_| {}).unwrap();
        terminal.backend().assert_buffer_lines([" ".repeat(12), " ".repeat(12)]);
    }

    #[test]
    fn a_terminal_that_was_not_taken_is_left_alone() {
        restore();
        restore();
        assert!(!TAKEN.load(Ordering::SeqCst));
    }
}
