//! The terminal, borrowed: taken over when the console starts, and given back on every way out.

use std::{
    io::{self, Write},
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};

use crossterm::{
    clipboard::CopyToClipboard,
    cursor::{SetCursorStyle, Show},
    event::{
        DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
        EnableFocusChange,
    },
    execute, queue,
    style::{Print, ResetColor, force_color_output},
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        SetTitle, disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Frame, backend::CrosstermBackend, layout::Size};

use super::notice::{self, Progress};

/// Whether the terminal is ours. Given back once, whoever comes first.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// Whether the terminal's indicator shows something of ours.
static PROGRESS: AtomicBool = AtomicBool::new(false);

/// Bytes that are gathered before they are written.
const BUFFER_BYTES: usize = 64 * 1024;

/// Keeps the title on the terminal's own stack, and takes it back from there.
const KEEP_TITLE: &str = "\x1b[22;0t";
const OLD_TITLE: &str = "\x1b[23;0t";

/// Gives the terminal back: raw mode, alternate screen, pasting, cursor, title. May be called at any
/// time and as often as one likes; only the first call after the console took it does anything.
pub fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Each on its own: what one terminal refuses must not keep the rest from being undone.
    let mut out = io::stdout();
    let undone = [
        execute!(out, EndSynchronizedUpdate),
        execute!(out, DisableMouseCapture, DisableFocusChange, DisableBracketedPaste),
        execute!(out, LeaveAlternateScreen, ResetColor),
        execute!(out, Print(OLD_TITLE), SetCursorStyle::DefaultUserShape, Show),
        unprogress(&mut out),
        disable_raw_mode(),
    ];
    for error in undone.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "the terminal refused to be restored in part");
    }
}

/// Clears the terminal's indicator, where it shows something of ours.
fn unprogress(out: &mut impl Write) -> io::Result<()> {
    match PROGRESS.swap(false, Ordering::SeqCst) {
        true => execute!(out, Print(notice::shown(Progress::Off))),
        false => Ok(()),
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

/// Gathers a frame and writes it at once; drops what is left when the terminal is no longer ours.
struct Ink {
    bytes: Vec<u8>,
}

impl Write for Ink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.bytes);
        if !TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        out.write_all(&bytes)?;
        out.flush()?;
        self.bytes = bytes;
        self.bytes.clear();
        Ok(())
    }
}

/// The terminal, as long as it is ours.
pub(super) struct Terminal {
    inner: ratatui::Terminal<CrosstermBackend<Ink>>,
    title: String,
    progress: Progress,
}

impl Terminal {
    /// Takes the terminal over.
    pub(super) fn take() -> io::Result<Self> {
        // Without this, crossterm itself obeys NO_COLOR by a full reset that also takes reverse and
        // bold away, so that a selection cannot be seen. Colours are left out by our styles.
        force_color_output(true);
        enable_raw_mode()?;
        TAKEN.store(true, Ordering::SeqCst);
        let guard = Restore;
        let mut out = io::stdout();
        execute!(out, Print(KEEP_TITLE), EnterAlternateScreen, EnableBracketedPaste)?;
        execute!(out, EnableFocusChange)?;
        let ink = Ink { bytes: Vec::with_capacity(BUFFER_BYTES) };
        let mut inner = ratatui::Terminal::new(CrosstermBackend::new(ink))?;
        anew(&mut inner)?;
        std::mem::forget(guard);
        Ok(Self { inner, title: String::new(), progress: Progress::Off })
    }

    pub(super) fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    /// Everything is drawn anew with the next frame.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        anew(&mut self.inner)
    }

    /// Puts text on the clipboard of whoever sits at the terminal, where the terminal allows it.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        queue!(self.inner.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Sends something that draws nothing; with the next frame.
    pub(super) fn send(&mut self, bytes: &str) -> io::Result<()> {
        queue!(self.inner.backend_mut(), Print(bytes))
    }

    /// Shows how far the run is in the terminal's own indicator; with the next frame.
    pub(super) fn progress(&mut self, progress: Progress) -> io::Result<()> {
        if self.progress == progress {
            return Ok(());
        }
        self.progress = progress;
        PROGRESS.store(progress != Progress::Off, Ordering::SeqCst);
        self.send(&notice::shown(progress))
    }

    /// Draws a frame: the terminal shows all of it at once, where it can.
    pub(super) fn draw(
        &mut self,
        title: &str,
        view: impl FnOnce(&mut Frame<'_>),
    ) -> io::Result<()> {
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        if self.title != title {
            title.clone_into(&mut self.title);
            queue!(self.inner.backend_mut(), SetTitle(title))?;
        }
        self.inner.draw(view)?;
        queue!(self.inner.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.inner.backend_mut())
    }
}

/// Clears the screen, so that all of it is drawn with the next frame. Not by ratatui's `clear`: that asks
/// the terminal where its cursor is, and a terminal that does not answer would be waited for.
fn anew(inner: &mut ratatui::Terminal<CrosstermBackend<Ink>>) -> io::Result<()> {
    let size = inner.size()?;
    inner.resize(size.into())
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
    use super::*;

    #[test]
    fn a_terminal_that_was_not_taken_is_left_alone() {
        restore();
        restore();
        assert!(!TAKEN.load(Ordering::SeqCst));
    }

    #[test]
    fn what_is_left_of_a_frame_is_dropped_once_the_terminal_is_given_back() {
        let mut ink = Ink { bytes: Vec::new() };
        ink.write_all(b"half a frame").unwrap();
        ink.flush().unwrap();
        assert!(ink.bytes.is_empty());
    }
}
