//! The loop of the console: keys first, then news; a frame for each key at once, for anything else
//! at most every 33 ms, and once a second where a time is shown that grows. None while the terminal has
//! not taken the last one, and none while it is lent: what happens then is shown afterwards.

mod holder;

use std::{io, time::Duration};

use crossterm::event::{Event, EventStream, KeyEvent, KeyEventKind};
use futures::StreamExt;
use ratatui::layout::Size;
use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};

use self::holder::Holder;
use super::{
    Clock, TuiError,
    action::Action,
    ends::{Ends, Signals, leaving},
    errand::Errand,
    feed::Feed,
    hearing::Hearing,
    keymap::written,
    notice,
    outbox::Outbox,
    probe,
    settings::{Settings, Themes},
    state::Model,
    stream::{Cause, Stream},
    terminal::Terminal,
    told::{Told, Wish},
    update::{self, Msg, update},
    view, words,
};
use crate::store::{LogReader, Store};

/// Between two frames that no key asked for.
const FRAME: Duration = Duration::from_millis(33);

/// Between two frames that only a growing time asks for.
const SECOND: Duration = Duration::from_secs(1);

/// News that is taken in before a key has its turn again.
const NEWS_MAX: usize = 256;

/// How long it is looked whether more keys have come. crossterm 0.29 finds none when it may not wait at all,
/// not even those that it has read.
const GLANCE: Duration = Duration::from_micros(200);

/// How long a key waits for the frame with the dialog that it answers.
const SOON: Duration = Duration::from_millis(20);

/// What happened next.
enum Next {
    Input(Option<io::Result<Event>>),
    Leave,
    Interrupt,
    Stop,
    Continued,
    Freed,
    Sent,
    Told(Option<Told>),
    Dirty(bool),
    Found,
    Frame,
    Second,
}

struct Turns {
    model: Model,
    feed: Feed<LogReader>,
    hearing: Hearing,
    terminal: Terminal,
    /// Nobody reads keys while somebody else has the terminal.
    keys: Option<EventStream>,
    /// What the terminal may still say to what it was asked.
    late: probe::Late,
    holder: Holder,
    stream: Option<Stream>,
    store: Store,
    signals: Signals,
    ends: Ends,
    /// Something was found in a log.
    found: watch::Receiver<u64>,
    outbox: Outbox,
    /// Something is not on the screen yet.
    pending: bool,
    told_open: bool,
    dirty_open: bool,
    frame: Interval,
    second: Interval,
    clock: Clock,
}

pub(super) async fn run(
    ends: Ends,
    store: Store,
    settings: Settings,
    clock: Clock,
) -> Result<(), TuiError> {
    leaving(ends.wishes.clone(), async {
        let mut turns = Turns::begin(ends, store, settings, clock)?;
        turns.go().await
    })
    .await
}

impl Turns {
    fn begin(ends: Ends, store: Store, settings: Settings, clock: Clock) -> Result<Self, TuiError> {
        let signals = Signals::listen()?;
        let terminal = Terminal::take(settings.colour).map_err(TuiError::Take)?;
        let size = terminal.size().map_err(TuiError::Take)?;
        let (feed, found) = Feed::of(store.clone());
        let asks = settings.colour && matches!(settings.themes, Themes::ByGround { .. });
        let said = if asks { probe::ground(clock.now) } else { probe::Said::default() };
        let mut model = Model::new(settings, size, (clock.now)());
        model.looks.on(&model.settings, said.light);
        if model.looks.mouse {
            model.errands.ask(Errand::Mouse(true));
        }
        let every = |time| {
            let mut ticks = interval(time);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks
        };
        Ok(Self {
            model,
            late: said.late,
            hearing: Hearing::of(store.clone()),
            feed,
            terminal,
            keys: Some(EventStream::new()),
            holder: Holder::Us,
            stream: None,
            store,
            signals,
            ends,
            found,
            outbox: Outbox::default(),
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
            self.model.now = (self.clock.now)();
            update::clock(&mut self.model, (self.clock.wall)());
            match next {
                Next::Input(Some(Ok(event))) => self.input(event)?,
                Next::Input(Some(Err(error))) => return Err(TuiError::Terminal(error)),
                Next::Input(None) | Next::Leave => return Ok(()),
                Next::Interrupt => {
                    self.take(Msg::Interrupt);
                    self.draw()?;
                }
                Next::Stop => {
                    self.take(Msg::Stop);
                    self.draw()?;
                }
                Next::Continued => self.continued()?,
                Next::Told(Some(told)) => self.news(told)?,
                Next::Told(None) => self.told_ends()?,
                Next::Dirty(open) => (self.dirty_open, self.pending) = (open, true),
                Next::Second if self.holder == Holder::Shell => self.continued()?,
                Next::Second => {
                    self.hearing.listen(&mut self.model);
                    self.take(Msg::Second);
                    self.draw()?;
                }
                Next::Found => self.pending = true,
                Next::Frame | Next::Freed => self.draw()?,
                Next::Sent => {}
            }
        }
        self.outbox.flush(&self.ends.wishes).await;
        Ok(())
    }

    async fn next(&mut self) -> Next {
        let Self { keys, signals, ends, found, outbox, frame, second, holder, .. } = self;
        let ticks = match holder {
            Holder::Us => self.model.ticks() && self.stream.is_none(),
            Holder::Busy | Holder::Guest => false,
            Holder::Shell => true,
        };
        let key = async {
            match keys {
                Some(keys) => keys.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = signals.leave.asked() => Next::Leave,
            _ = signals.int.recv(), if *holder != Holder::Guest => Next::Interrupt,
            _ = signals.stop.recv(), if *holder != Holder::Guest => Next::Stop,
            _ = signals.go_on.recv(), if *holder != Holder::Guest => Next::Continued,
            event = key => Next::Input(event),
            () = Terminal::freed(), if *holder == Holder::Busy => Next::Freed,
            () = outbox.send(&ends.wishes), if !outbox.is_empty() => Next::Sent,
            _ = frame.tick(), if self.pending && *holder == Holder::Us => Next::Frame,
            told = ends.told.recv(), if self.told_open => Next::Told(told),
            changed = ends.dirty.changed(), if self.dirty_open && !self.pending => {
                Next::Dirty(changed.is_ok())
            }
            Ok(()) = found.changed(), if !self.pending => Next::Found,
            _ = second.tick(), if ticks => Next::Second,
        }
    }

    fn input(&mut self, event: Event) -> Result<(), TuiError> {
        let wanted = |stream: &Stream| stream.cause == Cause::Wanted;
        if self.model.is_tiny() {
            // Keys are read before the news of a size that came with them.
            self.model.size = self.terminal.size().map_err(TuiError::Terminal)?;
        }
        if !matches!(event, Event::Key(_)) {
            // What came with the last key is no key.
            self.model.hand.no_key();
        }
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                // The key that comes back from the lines means nothing more.
                if self.stream.take_if(|stream| wanted(stream)).is_some() {
                    self.terminal.plain(false);
                } else {
                    match self.late.is_of(key) {
                        probe::Heard::Key => self.key(key)?,
                        probe::Heard::Answer(None) => {}
                        probe::Heard::Answer(light) => {
                            self.model.looks.on(&self.model.settings, light);
                        }
                    }
                }
            }
            Event::Paste(_) if self.stream.as_ref().is_some_and(wanted) => {}
            Event::Paste(text) => {
                self.comes();
                self.take(Msg::Paste(text));
            }
            Event::Resize(width, height) => {
                // Many may come at once: one frame is enough for them.
                self.take(Msg::Resize(Size { width, height }));
                self.pending = true;
                return Ok(());
            }
            Event::FocusGained => self.take(Msg::Focus(true)),
            Event::FocusLost => self.take(Msg::Focus(false)),
            Event::Mouse(mouse) => self.take(Msg::Mouse(mouse)),
            Event::Key(_) => {}
        }
        self.draw()
    }

    fn key(&mut self, key: KeyEvent) -> Result<(), TuiError> {
        // A hand that is quick may answer while we are still being told that the terminal has the frame.
        let asks = self.model.dialog.as_ref().is_some_and(|dialog| dialog.meant.is_sent());
        if asks && Terminal::has_taken(SOON).map_err(TuiError::Terminal)? {
            self.taken();
        }
        self.comes();
        self.take(Msg::Key(key));
        Ok(())
    }

    /// A key comes, or pasted text: it is looked whether more comes with it. Whoever waits for keys begins
    /// to wait only when there is none.
    fn comes(&mut self) {
        let crowded = crossterm::event::poll(GLANCE).is_ok_and(|waits| waits);
        self.model.hand.comes(self.model.now, crowded);
    }

    /// Takes in what was told, and what waits behind it.
    fn news(&mut self, first: Told) -> Result<(), TuiError> {
        let mut next = Some(first);
        for _ in 0..NEWS_MAX {
            let Some(told) = next else { break };
            if matches!(told, Told::Back(_)) {
                self.continued()?;
            }
            let events = if let (Told::Events(events), Some(_)) = (&told, &self.stream) {
                events.clone()
            } else {
                Vec::new()
            };
            self.take(Msg::Told(Box::new(told)));
            if let Some(stream) = &mut self.stream {
                stream.events(&self.model, &events);
            }
            // That nobody tells anything any more is met by the next turn.
            next = self.ends.told.try_recv().ok();
        }
        self.pending = true;
        Ok(())
    }

    fn told_ends(&mut self) -> Result<(), TuiError> {
        (self.told_open, self.model.alone) = (false, true);
        let key = written(&self.model, Action::Quit);
        let told = match self.model.over {
            None => Told::Over(format!("the run is no longer driven from here; {key} leaves")),
            Some(_) => Told::Did(Err(format!("nothing is carried out any more; {key} leaves"))),
        };
        self.take(Msg::Told(Box::new(told)));
        self.pending = true;
        // Who would say that a guest has left is gone, and the guest with it.
        self.take_again()
    }

    fn take(&mut self, msg: Msg) {
        let Self { model, outbox, .. } = self;
        outbox.exchange(msg, |msg| update(model, msg));
    }

    /// Sends it as soon as there is room; where too much waits, it is answered at once.
    fn wish(&mut self, wish: Wish) {
        if let Some(told) = self.outbox.put(wish) {
            self.take(Msg::Told(Box::new(told)));
        }
    }

    /// Does what is to be done with the terminal, beside drawing.
    fn errands(&mut self) -> Result<(), TuiError> {
        while let Some(errand) = self.model.errands.next() {
            match errand {
                Errand::Copy(text) => {
                    let tmux = self.model.settings.tmux;
                    self.terminal.copy(&text, tmux).map_err(TuiError::Terminal)?;
                    if tmux {
                        self.wish(Wish::Copy(text));
                    }
                }
                Errand::Alert(how, text) => {
                    let bytes = notice::call(how, &text, self.model.settings.tmux);
                    self.terminal.send(&bytes).map_err(TuiError::Terminal)?;
                }
                Errand::Lend(guest) => self.lend(guest),
                Errand::Stream => self.begin_stream(Cause::Wanted),
                Errand::Ground => {
                    self.late.expect();
                    self.terminal.send(probe::ASK).map_err(TuiError::Terminal)?;
                }
                Errand::Mouse(on) => self.terminal.mouse(on),
            }
        }
        Ok(())
    }

    fn begin_stream(&mut self, cause: Cause) {
        self.stream = Some(Stream::begin(cause, self.store.clone(), &self.model));
        self.terminal.plain(true);
    }

    /// Draws, if the terminal is ours and has taken the last frame; otherwise later.
    fn draw(&mut self) -> Result<(), TuiError> {
        self.errands()?;
        match self.holder {
            Holder::Guest | Holder::Shell => return Ok(()),
            Holder::Us | Holder::Busy => {}
        }
        if !Terminal::is_free().map_err(TuiError::Terminal)? {
            (self.holder, self.pending) = (Holder::Busy, true);
            return Ok(());
        }
        self.holder = Holder::Us;
        self.taken();
        // As the frame will have it, should the news of a new size still be under way.
        self.model.size = self.terminal.size().map_err(TuiError::Terminal)?;
        match (&self.stream, self.model.is_tiny()) {
            (None, true) => self.begin_stream(Cause::Small),
            (Some(Stream { cause: Cause::Small, .. }), false) => {
                self.stream = None;
                self.terminal.plain(false);
            }
            (Some(_) | None, _) => {}
        }
        if let Some(stream) = &mut self.stream {
            self.pending = stream.look(&self.model);
            self.terminal.lines(&stream.take());
            return Ok(());
        }
        if std::mem::take(&mut self.model.redraw) {
            self.terminal.forget();
        }
        let model = &mut self.model;
        self.pending = self.feed.look(model) || !model.errands.is_empty();
        let title = view::title(model);
        if model.settings.progress && model.past.is_none() {
            let progress = words::progress(model);
            self.terminal.progress(progress).map_err(TuiError::Terminal)?;
        }
        let drawn = self.terminal.draw(model.size, &title, |frame| view::view(model, frame));
        if let Some(dialog) = &mut self.model.dialog {
            dialog.meant.sent();
        }
        drawn.map_err(TuiError::Terminal)
    }

    /// The terminal has taken all frames so far.
    fn taken(&mut self) {
        if let Some(dialog) = &mut self.model.dialog {
            dialog.meant.taken();
        }
    }
}
