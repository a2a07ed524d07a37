//! The console in its states: what it looks like, and what its keys wish for. Runs are told as
//! lists of facts; there is no engine here.

mod anew;
mod answers;
mod anything;
mod attention;
mod bound;
mod commands;
mod dialogs;
mod driven;
mod excluded;
mod failure;
mod follow;
mod heard;
mod host;
mod items;
mod keys;
mod lent;
mod linear;
mod linear_asked;
mod linear_true;
mod listed;
mod locks;
mod log;
mod looks;
mod maintenance;
mod many;
mod mouse;
mod nav;
mod next;
mod outside;
mod palette;
mod past;
mod picker;
mod previews;
mod reasons;
mod rollback;
mod said;
mod screens;
mod search;
mod sites;
mod stays;
pub(crate) mod story;
mod styled;
mod takes;
mod tempo;
mod themes;
mod typing;
mod unanswered;
mod unplanned;
mod waits;

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::{SignedDuration, tz::TimeZone};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Size};

use self::story::at;
use super::{
    Depth, Keymap, Notices, Notify, Settings, Themes, Told, Wish,
    feed::{Feed, Source},
    state::Model,
    update::{Msg, update},
    view,
};
use crate::{
    config::Theme,
    store::{Arrival, Block, Dirty, DiskError, LINE_BYTES_MAX, Line, Spot, Window},
};

pub(super) const WIDE: Size = Size { width: 120, height: 36 };
pub(super) const NARROW: Size = Size { width: 80, height: 24 };
/// The smallest with all of its panes.
pub(super) const SMALL: Size = Size { width: 60, height: 16 };

/// A log made of a function, that counts the lines read from it.
pub(super) struct FakeLog {
    pub(super) count: u64,
    pub(super) text: fn(u64) -> String,
    pub(super) read: Arc<AtomicU64>,
}

impl Source for FakeLog {
    fn refresh(&mut self) -> Result<bool, DiskError> {
        Ok(false)
    }

    fn line_count(&self) -> u64 {
        self.count
    }

    fn identity(&self) -> u64 {
        1
    }

    fn block(&mut self, first: Spot, bytes: &mut Vec<u8>) -> Result<Option<Block>, DiskError> {
        let until = (first.line + 4096).min(self.count);
        bytes.clear();
        for number in first.line..until {
            bytes.extend_from_slice((self.text)(number).as_bytes());
            bytes.push(b'\n');
        }
        let next = Spot { line: until, offset: 0 };
        let block = Block { first, next, open: false, cut: 0, masks: Vec::new() };
        Ok((first.line < until).then_some(block))
    }

    fn part(&mut self, line: &Line, part: Range<u64>) -> Result<Window, DiskError> {
        let at = |byte: u64| usize::try_from(byte.min(line.len)).unwrap_or(usize::MAX);
        let part = at(part.start)..at(part.end);
        let bytes = (self.text)(line.number).into_bytes()[part].to_vec();
        Ok(Window { bytes, masks: Vec::new() })
    }

    fn stamps(&mut self, _: u64, _: u64) -> Result<Vec<(u64, Arrival)>, DiskError> {
        Ok(Vec::new())
    }

    fn lines(&mut self, from: u64, count: usize) -> Result<Vec<Line>, DiskError> {
        let until = from.saturating_add(count as u64).min(self.count);
        let lines = (from..until).map(|number| {
            let mut bytes = (self.text)(number).into_bytes();
            let len = bytes.len() as u64;
            bytes.truncate(LINE_BYTES_MAX);
            let at = at(9) + SignedDuration::from_millis(i64::try_from(number).unwrap() * 40);
            let arrival = Some(Arrival { at, exact: number % 5 != 0 });
            let masks = Vec::new();
            Line { number, offset: 0, bytes, len, arrival, masks, complete: true }
        });
        let lines: Vec<Line> = lines.collect();
        self.read.fetch_add(lines.len() as u64, Ordering::Relaxed);
        Ok(lines)
    }
}

/// An operator in front of the console.
pub(super) struct Desk {
    pub(super) model: Model,
    pub(super) feed: Feed<FakeLog>,
    pub(super) wishes: Vec<Wish>,
    pub(super) read: Arc<AtomicU64>,
}

pub(super) fn settings() -> Settings {
    Settings {
        ascii: false,
        seven_bit: false,
        colour: true,
        depth: Depth::True,
        themes: Themes::One(Theme::default()),
        keymap: Keymap::default(),
        mouse: false,
        read_only: false,
        quote: |word| crate::script::quote(word).ok(),
        who: story::bob().0,
        lasting: true,
        notify: Notify::Auto,
        notices: Notices::Osc9,
        progress: false,
        editor: "vi".to_owned(),
        pager: "less -R".to_owned(),
        tmux: false,
        here: "/home/bob".into(),
        zone: TimeZone::UTC,
    }
}

pub(super) fn chatter(number: u64) -> String {
    format!("compiling module {number} of the application")
}

impl Desk {
    pub(super) fn new(size: Size) -> Self {
        Self::with(size, settings(), 40, chatter)
    }

    pub(super) fn with(
        size: Size,
        settings: Settings,
        count: u64,
        text: fn(u64) -> String,
    ) -> Self {
        let read = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&read);
        let open = move |_: &crate::model::RunId, _: &str, _: &str| {
            Ok(FakeLog { count, text, read: Arc::clone(&counter) })
        };
        let model = Model::new(settings, size, at(60));
        let feed = Feed::new(Arc::new(open), Dirty::new().0);
        Self { model, feed, wishes: Vec::new(), read }
    }

    pub(super) fn tell(mut self, told: Told) -> Self {
        self.take(Msg::Told(Box::new(told)));
        self
    }

    pub(super) fn tell_all(self, all: impl IntoIterator<Item = Told>) -> Self {
        all.into_iter().fold(self, Self::tell)
    }

    /// Presses keys, a second apart: `K`, `<tab>`, `<ret>`, `<esc>`, `<C-c>`.
    pub(super) fn keys(mut self, keys: &str) -> Self {
        for key in parse(keys) {
            self.model.now += SignedDuration::from_secs(1);
            self.look();
            self.show();
            self.model.hand.comes(self.model.now, false);
            self.take(Msg::Key(key));
        }
        self
    }

    /// The terminal shows the dialog that is open.
    fn show(&mut self) {
        if let Some(dialog) = &mut self.model.dialog {
            dialog.meant.sent();
            dialog.meant.taken();
        }
    }

    /// Presses keys with no time between them.
    pub(super) fn burst(mut self, keys: &str) -> Self {
        let mut keys = parse(keys).into_iter().peekable();
        while let Some(key) = keys.next() {
            self.model.hand.comes(self.model.now, keys.peek().is_some());
            self.take(Msg::Key(key));
        }
        self
    }

    /// The same a while later, on a terminal that shows each frame at once: as it pastes text that it does
    /// not mark.
    pub(super) fn unmarked(mut self, keys: &str) -> Self {
        self.model.now += SignedDuration::from_secs(2);
        let mut keys = parse(keys).into_iter().peekable();
        while let Some(key) = keys.next() {
            self.show();
            self.model.hand.comes(self.model.now, keys.peek().is_some());
            self.take(Msg::Key(key));
        }
        self
    }

    /// Presses keys as fast as a hand can, and as a key repeats that is held.
    pub(super) fn fast(mut self, keys: &str) -> Self {
        for key in parse(keys) {
            self.model.now += SignedDuration::from_millis(30);
            self.show();
            self.model.hand.comes(self.model.now, false);
            self.take(Msg::Key(key));
        }
        self
    }

    pub(super) fn paste(mut self, text: &str) -> Self {
        self.take(Msg::Paste(text.to_owned()));
        self
    }

    pub(super) fn resize(mut self, width: u16, height: u16) -> Self {
        self.take(Msg::Resize(Size { width, height }));
        self
    }

    fn take(&mut self, msg: Msg) {
        self.wishes.extend(update(&mut self.model, msg));
    }

    /// Brings the log up to date, until a search has come to its end.
    pub(super) fn look(&mut self) {
        while self.feed.look(&mut self.model) {}
    }

    pub(super) fn buffer(&mut self) -> Buffer {
        self.look();
        let Size { width, height } = self.model.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| view::view(&self.model, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// The screen as text.
    pub(super) fn screen(&mut self) -> String {
        let buffer = self.buffer();
        let area = buffer.area;
        let mut text = String::new();
        for y in 0..area.height {
            let row: String = (0..area.width).map(|x| buffer[(x, y)].symbol()).collect();
            text.push_str(row.trim_end());
            text.push('\n');
        }
        text
    }

    /// Every size is drawn, and afterwards it looks as before.
    pub(super) fn outlives_sizes(mut self) {
        let (before, size) = (self.screen(), self.model.size);
        for width in (1..130).step_by(6) {
            for height in (1..40).step_by(2) {
                self = self.resize(width, height);
                self.buffer();
            }
        }
        assert_eq!(self.resize(size.width, size.height).screen(), before);
    }

    /// What was wished for; that times are read again is asked by the screen itself.
    pub(super) fn wishes(&self) -> Vec<String> {
        let wished = self.wishes.iter().filter(|wish| **wish != Wish::Times);
        wished.map(|wish| format!("{wish:?}")).collect()
    }
}

fn parse(keys: &str) -> Vec<KeyEvent> {
    let mut found = Vec::new();
    let mut rest = keys;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        match named {
            Some((name, after)) => {
                found.push(key(name));
                rest = after;
            }
            None => {
                found.push(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    found
}

fn key(name: &str) -> KeyEvent {
    if let Some(letter) = name.strip_prefix("C-") {
        let letter = letter.chars().next().unwrap();
        return KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
    }
    let code = match name {
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "ret" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "bs" => KeyCode::Backspace,
        "lt" => KeyCode::Char('<'),
        "f2" => KeyCode::F(2),
        "f3" => KeyCode::F(3),
        other => panic!("no key {other}"),
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}
