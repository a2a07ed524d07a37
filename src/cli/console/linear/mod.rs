//! The console as plain lines: reads what is typed and writes what is said. The terminal stays as it is;
//! only while a secret is typed it does not show what is typed, and shows it again on every way out.

mod ears;
mod mouth;

use std::{sync::Arc, time::Duration};

use rustix::termios::{QueueSelector, tcflush};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use self::{
    ears::{Ears, Sound},
    mouth::Mouth,
};
use crate::{
    cli::prompt::Shown,
    store::{LogReader, Store},
    tui::{Clock, Ends, Heard, Linear, Outbox, Settings, Signals, Told, TuiError, Wish, leaving},
};

/// News that is taken in before a line has its turn again.
const NEWS_MAX: usize = 256;

/// So long it is waited for more of what happens together, so that it is said together.
const TOGETHER: Duration = Duration::from_millis(400);

/// Between two looks at what steps print.
const LOOK: Duration = Duration::from_millis(500);

/// How long the last words wait to be taken.
const LAST: Duration = Duration::from_secs(1);

/// What happened next.
enum Next {
    Sound(Sound),
    Leave,
    Interrupt,
    Stop,
    Told(Option<Told>),
    Dirty(bool),
    Second,
    Speak,
    Written,
    Sent,
}

struct Lines {
    linear: Linear<LogReader>,
    /// Nobody listens while somebody else has the terminal.
    ears: Option<Ears>,
    mouth: Mouth,
    /// While what is typed is not shown.
    hidden: Option<Shown>,
    signals: Signals,
    ends: Ends,
    outbox: Outbox,
    /// When something is to be said.
    due: Option<Instant>,
    /// When something was said last that nobody had asked for: lines that were read before are no answer.
    asked: Option<Instant>,
    /// What was written is not taken by the terminal yet.
    writing: bool,
    /// Nobody can listen to the terminal any more.
    deaf: bool,
    told_open: bool,
    dirty_open: bool,
    second: Interval,
    look: Interval,
    clock: Clock,
}

/// Runs it until the operator leaves, the terminal goes away, or TERM or HUP arrives; in each case
/// [`Wish::Quit`] is the last wish, and the terminal is as it was.
///
/// # Errors
/// When signals cannot be listened to.
pub(super) async fn run(
    ends: Ends,
    store: Store,
    settings: Settings,
    clock: Clock,
) -> Result<(), TuiError> {
    leaving(ends.wishes.clone(), async {
        let mut lines = Lines::begin(ends, store, settings, clock)?;
        lines.go().await;
        lines.end().await;
        Ok(())
    })
    .await
}

fn every(time: Duration) -> Interval {
    let mut ticks = interval(time);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

impl Lines {
    fn begin(ends: Ends, store: Store, settings: Settings, clock: Clock) -> Result<Self, TuiError> {
        let signals = Signals::listen()?;
        let open = Arc::new(move |run: &_, host: &str, name: &str| {
            LogReader::open(&store, run, host, name)
        });
        Ok(Self {
            linear: Linear::new(settings, open, (clock.now)()),
            ears: Some(Ears::open(clock.now).map_err(TuiError::Take)?),
            mouth: Mouth::open().map_err(TuiError::Take)?,
            hidden: None,
            signals,
            ends,
            outbox: Outbox::default(),
            due: Some(Instant::now()),
            asked: None,
            writing: false,
            deaf: false,
            told_open: true,
            dirty_open: true,
            second: every(Duration::from_secs(1)),
            look: every(LOOK),
            clock,
        })
    }

    async fn go(&mut self) {
        while !self.linear.is_over() && !self.deaf {
            let next = self.next().await;
            self.linear.at((self.clock.now)(), (self.clock.wall)());
            match next {
                Next::Sound(Sound::Line { text, at, read, crowded }) => {
                    let early = self.asked.is_some_and(|asked| read < asked);
                    self.linear.heard(&Heard { text: &text, at, crowded, early });
                    self.after();
                    self.speak();
                }
                Next::Sound(Sound::End) => {
                    self.linear.end();
                    self.after();
                    self.speak();
                }
                Next::Sound(Sound::Gone) | Next::Leave => return,
                Next::Interrupt => {
                    self.linear.interrupt();
                    self.after();
                    self.speak();
                }
                Next::Stop => {
                    self.linear.stop();
                    self.soon();
                }
                Next::Told(Some(told)) => {
                    self.news(told);
                    self.soon();
                }
                Next::Told(None) => {
                    self.told_open = false;
                    self.linear.alone();
                    // Who would say that a guest has left is gone, and the guest with it.
                    self.listen();
                    self.soon();
                }
                Next::Dirty(open) => {
                    self.dirty_open = open;
                    self.soon();
                }
                Next::Second => {
                    self.linear.second();
                    self.soon();
                }
                Next::Written => {
                    self.writing = false;
                    self.linear.written();
                }
                Next::Speak => self.speak(),
                Next::Sent => {}
            }
            self.after();
        }
        self.outbox.flush(&self.ends.wishes).await;
    }

    async fn next(&mut self) -> Next {
        let Self { linear, ears, mouth, signals, ends, outbox, second, look, .. } = self;
        let lent = ears.is_none();
        let sound = async {
            match ears {
                Some(ears) => ears.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = signals.leave.asked() => Next::Leave,
            _ = signals.int.recv(), if !lent => Next::Interrupt,
            _ = signals.stop.recv(), if !lent => Next::Stop,
            () = mouth.written(), if self.writing => Next::Written,
            sound = sound => Next::Sound(sound),
            () = outbox.send(&ends.wishes), if !outbox.is_empty() => Next::Sent,
            told = ends.told.recv(), if self.told_open => Next::Told(told),
            () = sleep_until(self.due.unwrap_or_else(Instant::now)), if self.due.is_some() && !self.writing && !lent => Next::Speak,
            _ = second.tick(), if linear.ticks() => Next::Second,
            changed = async { look.tick().await; ends.dirty.changed().await }, if self.dirty_open && self.due.is_none() => {
                Next::Dirty(changed.is_ok())
            }
        }
    }

    /// Takes in what was told, and what waits behind it.
    fn news(&mut self, first: Told) {
        let mut next = Some(first);
        for _ in 0..NEWS_MAX {
            let Some(told) = next else { break };
            if matches!(told, Told::Back(_)) {
                self.listen();
            }
            self.linear.told(told);
            // That nobody tells anything any more is met by the next turn.
            next = self.ends.told.try_recv().ok();
        }
    }

    /// Passes on what is wished, and gives the terminal away where that is.
    fn after(&mut self) {
        let wishes: Vec<Wish> = self.linear.wishes().collect();
        for wish in wishes {
            self.wish(wish);
        }
        if let Some(guest) = self.linear.guest() {
            let lent = !self.outbox.is_full();
            self.wish(Wish::Lend(guest));
            if lent {
                (self.hidden, self.ears) = (None, None);
            }
        }
    }

    /// Sends it as soon as it is taken; where too much waits, it is answered at once.
    fn wish(&mut self, wish: Wish) {
        if let Some(told) = self.outbox.put(wish) {
            self.linear.told(told);
            self.soon();
        }
    }

    /// Listens again, after a guest.
    fn listen(&mut self) {
        if self.ears.is_none() {
            forget_typed();
            match Ears::open(self.clock.now) {
                Ok(ears) => self.ears = Some(ears),
                // Nothing could be answered any more: it is left as when the terminal goes away.
                Err(error) => {
                    tracing::error!(%error, "nobody listens to the terminal");
                    self.deaf = true;
                }
            }
        }
    }

    /// Says what there is to say, with what comes soon.
    fn soon(&mut self) {
        self.due.get_or_insert_with(|| Instant::now() + TOGETHER);
    }

    /// Writes what is to be said now, if the terminal has taken what was written before.
    fn speak(&mut self) {
        if self.writing || self.ears.is_none() {
            // It is said as soon as that is over.
            self.due.get_or_insert_with(Instant::now);
            return;
        }
        self.due = None;
        if !self.hide() {
            tracing::error!("what is typed cannot be hidden: nothing is asked for");
            self.linear.interrupt();
            // What there is to say is kept till nothing is to be hidden.
            return self.soon();
        }
        let Some(speech) = self.linear.speak() else { return };
        if speech.unasked {
            self.asked = Some(Instant::now());
            forget_typed();
        }
        self.writing = self.mouth.say(speech.text);
    }

    /// Hides what is typed, or shows it, as that is asked for next. Whether it could.
    fn hide(&mut self) -> bool {
        self.linear.catch_up();
        if !self.linear.is_hidden() {
            self.hidden = None;
        } else if self.hidden.is_none() {
            forget_typed();
            self.hidden = Shown::hide();
            return self.hidden.is_some();
        }
        true
    }

    /// The last words, on a line of their own; what is typed is seen again.
    async fn end(mut self) {
        (self.hidden, self.ears) = (None, None);
        self.linear.catch_up();
        let mut last = self.linear.speak().map(|speech| speech.text).unwrap_or_default();
        if last.is_empty() && self.linear.is_prompted() {
            last.push('\n');
        }
        self.mouth.end(last, LAST).await;
    }
}

/// What was typed so far, and no line yet, was meant for something else.
fn forget_typed() {
    if let Err(error) = tcflush(std::io::stdin(), QueueSelector::IFlush) {
        tracing::debug!(%error, "what was typed is not forgotten");
    }
}
