//! A program under a real pseudo-terminal, its screen read by a terminal emulator.

use std::fs;
use std::io::{Read, Result, Write as _};
use std::num::NonZero;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};

use super::deployui::signal;
use super::gather::{Gather, now};

/// Between two keys of a hand that is quick.
const KEY: Duration = Duration::from_millis(40);

/// A program on a terminal. Dropping it kills the program.
pub(crate) struct Console {
    child: Child,
    pty: Arc<Pty>,
    screen: Gather<Seen>,
    gate: Arc<Gate>,
}

/// What the program has written: the screen that is made of it, and all of it.
struct Seen {
    parser: vt100::Parser<Frames>,
    bytes: Vec<u8>,
}

/// Whether the terminal is read at all.
#[derive(Default)]
struct Gate {
    shut: Mutex<bool>,
    changed: Condvar,
}

impl Console {
    /// Starts `command` on a new terminal of this many rows and columns.
    pub(crate) fn start(command: Command, rows: u16, cols: u16) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(rows, cols)).unwrap();
        let child = command.spawn(pts).unwrap();
        let pty = Arc::new(pty);
        let gate = Arc::new(Gate::default());
        let (rows, cols, marks) = (cells(rows), cells(cols), Frames::default());
        let parser = vt100::Parser::new_with_callbacks(rows, cols, 0, marks);
        let screen = Gather::start(
            Master(Arc::clone(&pty), Arc::clone(&gate)),
            Seen { parser, bytes: Vec::new() },
            |seen, piece| {
                seen.parser.process(piece);
                seen.bytes.extend_from_slice(piece);
            },
        );
        Self { child, pty, screen, gate }
    }

    /// What the screen shows, one line a row, without blanks at the ends.
    pub(crate) fn screen(&self) -> String {
        self.screen.look(|seen| seen.parser.screen().contents())
    }

    /// The whole state of the screen: cells, colours, cursor, and whether the alternate screen,
    /// the mouse or bracketed paste is on.
    pub(crate) fn state(&self) -> vt100::Screen {
        self.screen.look(|seen| seen.parser.screen().clone())
    }

    /// Types these bytes. A terminal without a program takes none, and would be waited for.
    pub(crate) fn send(&self, keys: &str) {
        assert!(!self.screen.ended(), "the console has ended; it shows:\n{}", self.screen());
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Opens the dialog of a key, and presses its first button that is not Cancel.
    pub(crate) fn act(&self, key: &str, dialog: &str) {
        self.send(key);
        self.wait_for(dialog);
        self.confirm("\t");
        self.wait_without(dialog);
    }

    /// Presses a button of the open dialog, to which these keys lead, as a hand does: Enter comes when it
    /// is seen that the button has the keys, and not at once.
    pub(crate) fn press(&self, keys: &str, button: &str) {
        self.press_where(keys, button, |screen| on_button(screen) == Some(button));
    }

    /// As [`Self::press`], the first button on the way that does something.
    pub(crate) fn confirm(&self, keys: &str) {
        self.press_where(keys, "a button that does something", on_deed);
    }

    fn press_where(&self, keys: &str, what: &str, is_it: impl Fn(&str) -> bool) {
        self.send(keys);
        self.wait_until(&format!("the keys on {what}"), |screen| is_it(&screen.contents()));
        self.rest();
        self.send("\r");
    }

    /// Types what is to be typed by hand into a field that is empty and has the keys; `before` stands
    /// before it on the screen.
    pub(crate) fn type_by_hand(&self, text: &str, before: &str) {
        // What was there has left it: it is not read together with the first letter.
        self.wait_for(&format!("{before} "));
        for (at, letter) in text.char_indices() {
            self.wait_for(&format!("{before}{}", &text[..at]));
            self.rest();
            self.send(&letter.to_string());
        }
        self.wait_for(&format!("{before}{text}"));
    }

    /// Lets the time pass that a hand needs for one key.
    pub(crate) fn rest(&self) {
        let over: Option<()> = self.wait_before(Some(now() + KEY), |_| None);
        assert_eq!(over, None);
    }

    /// Presses Ctrl-C, or sends `TERM` to the program under the shell; gives the screen that is left.
    pub(crate) fn leave_by(self, end: &str) -> String {
        match end {
            "TERM" => self.signal_child(end),
            key => self.send(key),
        }
        self.wait_exit().1.contents()
    }

    /// Waits until the screen shows `text`; gives that screen.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contents().contains(text))
    }

    /// Waits until the screen shows `text` no more; gives that screen.
    pub(crate) fn wait_without(&self, text: &str) -> String {
        let what = format!("no {text}");
        self.wait_until(&what, |screen| !screen.contents().contains(text))
    }

    /// Waits until `holds` is true of the screen; `what` names it if it never comes.
    pub(crate) fn wait_until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) -> String {
        let found = self.wait_before(None, |screen| holds(screen).then(|| screen.contents()));
        found.unwrap_or_else(|| panic!("never on the screen: {what}; it shows:\n{}", self.screen()))
    }

    /// Waits until `found` gives something of the screen; `None` when it is `end`, or the program
    /// has ended, without it.
    pub(crate) fn wait_before<T>(
        &self,
        end: Option<Instant>,
        found: impl Fn(&vt100::Screen) -> Option<T>,
    ) -> Option<T> {
        self.screen.wait_before(end, |seen| found(seen.parser.screen()))
    }

    /// As [`Self::wait_before`], and looks only when all of a frame has come.
    pub(crate) fn wait_frame<T>(
        &self,
        end: Option<Instant>,
        found: impl Fn(&vt100::Screen) -> Option<T>,
    ) -> Option<T> {
        self.screen.wait_before(end, |seen| {
            if seen.parser.callbacks().open { None } else { found(seen.parser.screen()) }
        })
    }

    /// How many frames have come so far, and bytes.
    pub(crate) fn frames(&self) -> (u64, u64) {
        self.screen.look(|seen| (seen.parser.callbacks().count, seen.bytes.len() as u64))
    }

    /// Waits until more than so many frames have come.
    pub(crate) fn wait_more_frames(&self, than: u64) {
        let more = |seen: &Seen| (seen.parser.callbacks().count > than).then_some(());
        let came = self.screen.wait_before(None, |seen| more(seen));
        came.unwrap_or_else(|| panic!("no frame came; it shows:\n{}", self.screen()));
    }

    /// The process id of the program.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that the program has had resident so far, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Gives the terminal another size; the program is told by the kernel.
    pub(crate) fn resize(&self, rows: u16, cols: u16) {
        self.screen.look(|seen| seen.parser.screen_mut().set_size(cells(rows), cells(cols)));
        self.pty.resize(Size::new(rows, cols)).unwrap();
    }

    /// Everything that the program has written.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.screen.look(|seen| seen.bytes.clone())
    }

    /// Reads the terminal, or lets it fill up.
    pub(crate) fn read(&self, reads: bool) {
        *self.gate.shut.lock().unwrap() = !reads;
        self.gate.changed.notify_all();
    }

    /// Waits for the program's end, while nobody may read its terminal; gives its exit code.
    pub(crate) fn wait_unread(mut self) -> (Option<i32>, Self) {
        let code = self.child.wait().unwrap().code();
        (code, self)
    }

    /// Sends a signal by its name: `TERM`, `INT`, `HUP`, `KILL`.
    pub(crate) fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Sends a signal by its name to the one child of the program.
    pub(crate) fn signal_child(&self, name: &str) {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        signal(children.trim().parse().unwrap(), name);
    }

    /// Waits for the program's end; gives its exit code (`None` after a signal) and what the
    /// terminal was left in.
    pub(crate) fn wait_exit(mut self) -> (Option<i32>, vt100::Screen) {
        if !self.screen.wait_end() {
            panic!("the console did not end; it shows:\n{}", self.screen());
        }
        (self.child.wait().unwrap().code(), self.state())
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Whether a button of a dialog has the keys that does something.
pub(crate) fn on_deed(screen: &str) -> bool {
    on_button(screen).is_some_and(|it| !["Cancel", "Keep running", "Stay", "No"].contains(&it))
}

/// The button of a dialog that has the keys: the mark before it, its letter or none, its label.
fn on_button(screen: &str) -> Option<&str> {
    screen.lines().find_map(|row| {
        row.match_indices("[ ").find_map(|(at, open)| {
            let before: Vec<char> = row[..at].chars().rev().take(4).collect();
            let marked = matches!(before[..], [' ', _, ' ', '\u{25b8}' | '>']);
            let label = row[at + open.len()..].split_once(" ]")?.0;
            marked.then_some(label)
        })
    })
}

/// What has come, by the marks of synchronized output.
#[derive(Default)]
struct Frames {
    /// A frame has begun to come and not ended.
    open: bool,
    /// Those that have come whole.
    count: u64,
}

/// The private mode of synchronized output.
const SYNCHRONIZED: u16 = 2026;

impl vt100::Callbacks for Frames {
    fn unhandled_csi(
        &mut self,
        _: &mut vt100::Screen,
        first: Option<u8>,
        _: Option<u8>,
        params: &[&[u16]],
        end: char,
    ) {
        if first == Some(b'?') && params == [[SYNCHRONIZED]] {
            self.count += u64::from(self.open && end == 'l');
            self.open = end == 'h';
        }
    }
}

/// The reading half of a terminal that is written and resized through the same handle.
struct Master(Arc<Pty>, Arc<Gate>);

impl Read for Master {
    fn read(&mut self, piece: &mut [u8]) -> Result<usize> {
        let shut = self.1.shut.lock().unwrap_or_else(PoisonError::into_inner);
        // Poisoned or not: what counts is what it says.
        drop(self.1.changed.wait_while(shut, |shut| *shut));
        (&*self.0).read(piece)
    }
}

fn cells(length: u16) -> NonZero<u16> {
    NonZero::new(length).expect("a terminal has at least one cell")
}
