//! The loop of the console: keys first, then news; a frame for each key at once, for anything else
//! at most every 33 ms, and once a second where a time is shown that grows.

use std::{collections::VecDeque, io, time::Duration};

use crossterm::event::{Event, EventStream, KeyEventKind};
use futures::StreamExt;
use jiff::Timestamp;
use ratatui::layout::Size;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::{mpsc, watch},
    time::{Interval, MissedTickBehavior, interval, timeout},
};

use super::{
    TuiError,
    errand::Errand,
    feed::Feed,
    hearing::Hearing,
    notice,
    settings::Settings,
    state::Model,
    styles::Tone,
    terminal::Terminal,
    told::{Told, Wish},
    update::{Msg, update},
    view, words,
};
use crate::store::{LogReader, Store};

/// Between two frames that no key asked for.
const FRAME: Duration = Duration::from_millis(33);

/// Between two frames that only a growing time asks for.
const SECOND: Duration = Duration::from_secs(1);

/// News that is taken in before a key has its turn again.
const NEWS_MAX: usize = 256;

/// Wishes that wait for whoever carries them out.
const WISHES_MAX: usize = 64;

/// How long the last wish waits to be taken.
const LAST_WISH: Duration = Duration::from_secs(1);

/// The console's ends of its channels.
pub(super) struct Ends {
    pub(super) told: mpsc::Receiver<Told>,
    pub(super) wishes: mpsc::Sender<Wish>,
    pub(super) dirty: watch::Receiver<u64>,
}

/// What happened next.
enum Next {
    Input(Option<io::Result<Event>>),
    Leave,
    Interrupt,
    Sent,
    Told(Option<Told>),
    Dirty(bool),
    Frame,
    Second,
}

/// Signals that ask to leave.
struct Signals {
    term: Signal,
    hup: Signal,
    int: Signal,
}

struct Turns {
    model: Model,
    feed: Feed<LogReader>,
    hearing: Hearing,
    terminal: Terminal,
    keys: EventStream,
    signals: Signals,
    ends: Ends,
    outbox: VecDeque<Wish>,
    /// Something is not on the screen yet.
    pending: bool,
    told_open: bool,
    dirty_open: bool,
    frame: Interval,
    second: Interval,
    clock: fn() -> Timestamp,
}

pub(super) async fn run(
    ends: Ends,
    store: Store,
    settings: Settings,
    clock: fn() -> Timestamp,
) -> Result<(), TuiError> {
    let wishes = ends.wishes.clone();
    let ended = match Turns::begin(ends, store, settings, clock) {
        Ok(mut turns) => {
            let ended = turns.go().await;
            drop(turns);
            ended
        }
        Err(error) => Err(error),
    };
    // Whoever takes wishes may be gone already, which is as good.
    match timeout(LAST_WISH, wishes.send(Wish::Quit)).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) | Err(_) => tracing::debug!("nobody took the last wish"),
    }
    ended
}

impl Turns {
    fn begin(
        ends: Ends,
        store: Store,
        settings: Settings,
        clock: fn() -> Timestamp,
    ) -> Result<Self, TuiError> {
        let listen = |kind| signal(kind).map_err(TuiError::Signals);
        let signals = Signals {
            term: listen(SignalKind::terminate())?,
            hup: listen(SignalKind::hangup())?,
            int: listen(SignalKind::interrupt())?,
        };
        let terminal = Terminal::take().map_err(TuiError::Take)?;
        let size = terminal.size().map_err(TuiError::Take)?;
        let every = |time| {
            let mut ticks = interval(time);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        Ok(Self {
            model: Model::new(settings, size, clock()),
            hearing: Hearing::of(store.clone()),
            feed: Feed::of(store),
            terminal,
            keys: EventStream::new(),
            signals,
            ends,
            outbox: VecDeque::new(),
            pending: true,
            told_open: true,
            dirty_open: true,
            frame: every(FRAME),
            second: every(SECOND),
            clock,
        })
    }

    async fn go(&mut self) -> Result<(), TuiError> {
        self.draw()?;
        while !self.model.quit {
            let next = self.next().await;
            self.model.now = (self.clock)();
            match next {
                Next::Input(Some(Ok(event))) => {
                    self.input(event);
                    self.draw()?;
                }
                Next::Input(Some(Err(error))) => return Err(TuiError::Terminal(error)),
                Next::Input(None) | Next::Leave => return Ok(()),
                Next::Interrupt => {
                    self.take(Msg::Interrupt);
                    self.draw()?;
                }
                Next::Told(Some(told)) => self.news(told),
                Next::Told(None) => self.told_ends(),
                Next::Dirty(open) => (self.dirty_open, self.pending) = (open, true),
                Next::Second => {
                    self.hearing.listen(&mut self.model);
                    self.take(Msg::Second);
                    self.draw()?;
                }
                Next::Frame => self.draw()?,
                Next::Sent => {}
            }
        }
        self.flush().await;
        Ok(())
    }

    async fn next(&mut self) -> Next {
        let Self { keys, signals, ends, outbox, frame, second, .. } = self;
        let ticks = self.model.ticks();
        tokio::select! {
            biased;
            _ = signals.term.recv() => Next::Leave,
            _ = signals.hup.recv() => Next::Leave,
            _ = signals.int.recv() => Next::Interrupt,
            event = keys.next() => Next::Input(event),
            permit = ends.wishes.reserve(), if !outbox.is_empty() => {
                match (permit, outbox.pop_front()) {
                    (Ok(permit), Some(wish)) => permit.send(wish),
                    (Ok(_) | Err(_), _) => outbox.clear(),
                }
                Next::Sent
            }
            _ = frame.tick(), if self.pending => Next::Frame,
            told = ends.told.recv(), if self.told_open => Next::Told(told),
            changed = ends.dirty.changed(), if self.dirty_open && !self.pending => {
                Next::Dirty(changed.is_ok())
            }
            _ = second.tick(), if ticks => Next::Second,
        }
    }

    fn input(&mut self, event: Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.take(Msg::Key(key)),
            Event::Paste(text) => self.take(Msg::Paste(text)),
            Event::Resize(width, height) => self.take(Msg::Resize(Size { width, height })),
            Event::FocusGained => self.take(Msg::Focus(true)),
            Event::FocusLost => self.take(Msg::Focus(false)),
            Event::Key(_) | Event::Mouse(_) => {}
        }
    }

    /// Takes in what was told, and what waits behind it.
    fn news(&mut self, first: Told) {
        self.take(Msg::Told(Box::new(first)));
        for _ in 1..NEWS_MAX {
            let Ok(told) = self.ends.told.try_recv() else { break };
            self.take(Msg::Told(Box::new(told)));
        }
        self.pending = true;
    }

    fn told_ends(&mut self) {
        (self.told_open, self.model.alone) = (false, true);
        if self.model.over.is_none() {
            let line = "the run is no longer driven from here; q leaves".to_owned();
            self.take(Msg::Told(Box::new(Told::Over(line))));
        }
        self.pending = true;
    }

    fn take(&mut self, msg: Msg) {
        for wish in update(&mut self.model, msg) {
            // Sent last, when everything else was.
            if wish == Wish::Quit {
                continue;
            }
            if self.outbox.len() < WISHES_MAX {
                self.outbox.push_back(wish);
            } else {
                self.model.say("not sent: too much waits to be carried out", Tone::Failed);
            }
        }
    }

    /// Does what is to be done with the terminal, beside drawing.
    fn errands(&mut self) -> Result<(), TuiError> {
        while let Some(errand) = self.model.errands.next() {
            match errand {
                Errand::Copy(text) => self.terminal.copy(&text).map_err(TuiError::Terminal)?,
                Errand::Alert(how, text) => {
                    let bytes = notice::call(how, &text);
                    self.terminal.send(&bytes).map_err(TuiError::Terminal)?;
                }
            }
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<(), TuiError> {
        self.errands()?;
        if std::mem::take(&mut self.model.redraw) {
            self.terminal.forget().map_err(TuiError::Terminal)?;
        }
        let model = &mut self.model;
        // As the frame will have it, should the news of a new size still be under way.
        model.size = self.terminal.size().map_err(TuiError::Terminal)?;
        self.pending = self.feed.look(model);
        let title = view::title(model);
        if model.settings.progress {
            let progress = words::progress(model);
            self.terminal.progress(progress).map_err(TuiError::Terminal)?;
        }
        let drawn = self.terminal.draw(&title, |frame| view::view(model, frame));
        drawn.map_err(TuiError::Terminal)
    }

    /// Sends what still waits.
    async fn flush(&mut self) {
        while let Some(wish) = self.outbox.pop_front() {
            let sent = timeout(LAST_WISH, self.ends.wishes.send(wish)).await;
            if !matches!(sent, Ok(Ok(()))) {
                tracing::warn!("a wish was not taken before the console was left");
                return;
            }
        }
    }
}
