//! The screen as whoever drives runs sees it: what it is told, and what is wished on it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    ask::Asking,
    clipboard,
    lending::{Lending, Reach},
    linear,
    past::Archive,
    reload::{self, Watched},
    save,
    wished::{Later, Wished},
};
use crate::{
    cli::{
        environment::Surroundings,
        exit::{Exit, Stop},
        headless,
        own::Own,
        signals::{INT, Signals},
        terminal::{self, Mark},
    },
    config::Theme,
    driver::{self, Asker},
    model::{HostId, Plan},
    script::quote,
    store::{Dirty, Store},
    tui::{self, Clock, Keymap, Notify, Saving, Settings, Themes, Told, TuiError, Wish},
};

/// What the screen may have on its way to the driver, and to the screen.
pub(super) const QUEUE_MAX: usize = 256;

/// How long a signal may take to be told after it has broken off the reading of keys.
const SIGNAL_WAIT: Duration = Duration::from_millis(100);

/// How long a line waits that matters less than what is said at the beginning.
const READ_FIRST: Duration = Duration::from_secs(3);

/// The screen, and the channels to it.
pub(super) struct Screen {
    pub(super) told: mpsc::Sender<Told>,
    pub(super) asking: Arc<Asking>,
    pub(super) dirty: Dirty,
    archive: Archive,
    wishes: mpsc::Receiver<Wish>,
    later: Later,
    interrupt: Option<u8>,
    /// It is lines.
    linear: bool,
    gone: bool,
    lending: Lending,
    _mark: Option<Mark>,
    /// Where logs lie, and the operator's home.
    logs: (Store, PathBuf),
    ended: JoinHandle<Result<(), TuiError>>,
    signals: Signals,
    /// Whoever reads config.toml again when it is saved.
    watched: Option<Watched>,
}

/// Shows a line when what is said at the beginning has been read.
fn later(line: String, told: mpsc::WeakSender<Told>) {
    drop(tokio::spawn(async move {
        sleep(READ_FIRST).await;
        if let Some(told) = told.upgrade() {
            // A screen that is gone needs no telling.
            drop(told.send(Told::Note(line)).await);
        }
    }));
}

impl Screen {
    /// Opens it, with what the operator likes.
    pub(super) fn open(around: &Surroundings, own: Own, lasting: bool) -> Result<Self, Stop> {
        let signals = headless::listen()?;
        let (told, hears) = mpsc::channel(QUEUE_MAX);
        let (wishing, wishes) = mpsc::channel(QUEUE_MAX);
        let (dirty, grown): (Dirty, watch::Receiver<u64>) = Dirty::new();
        let settings = Settings {
            ascii: around.looks.ascii_auto,
            seven_bit: around.looks.seven_bit,
            colour: around.looks.colour,
            depth: around.looks.depth,
            themes: Themes::One(Theme::default()),
            keymap: Keymap::default(),
            mouse: false,
            read_only: around.read_only,
            quote: |word| quote(word).ok(),
            who: around.person().to_owned(),
            lasting,
            notify: Notify::Auto,
            notices: around.emulator.notices,
            progress: around.emulator.progress,
            editor: around.programs.editor.clone(),
            pager: around.programs.pager.clone(),
            tmux: around.tmux(),
            here: std::env::current_dir().unwrap_or_default(),
            zone: TimeZone::system(),
        };
        // Before it is taken.
        let mark = terminal::mark(&around.marks, around.linear);
        let liked = own.over(around.looks, &settings);
        own.warning(around.looks).into_iter().for_each(|it| later(it, told.downgrade()));
        let watched = reload::watch(own, settings, around.looks, told.downgrade());
        let store = around.store.clone();
        let clock = Clock { now: driver::now, wall: driver::wall };
        let ended = if around.linear {
            let ends = tui::Ends { told: hears, wishes: wishing, dirty: grown };
            tokio::spawn(linear::run(ends, store, liked, clock))
        } else {
            tokio::spawn(tui::run(hears, wishing, grown, store, liked, clock))
        };
        let asking = Arc::new(Asking::new(told.clone()));
        let lending = Lending::new(around, told.clone());
        let archive = Archive::new(around.store.clone(), told.clone());
        Ok(Self {
            told,
            asking,
            dirty,
            archive,
            wishes,
            later: Later::default(),
            interrupt: None,
            linear: around.linear,
            gone: false,
            lending,
            _mark: mark,
            logs: (around.store.clone(), around.environment.home.clone()),
            ended,
            signals,
            watched,
        })
    }

    /// The signal by which the screen was made to leave, if it was one. It also breaks off the
    /// reading of keys, which may be noticed first.
    pub(super) async fn signal(&mut self) -> Option<u8> {
        loop {
            match timeout(SIGNAL_WAIT, self.signals.next()).await {
                // A terminal that is read by the line sends it for Ctrl-c, which asks and may be answered
                // by staying.
                Ok(INT) if self.linear => {}
                Ok(number) => return Some(number),
                Err(_) => return self.interrupt,
            }
        }
    }

    /// A screen that is gone needs no telling.
    pub(super) async fn tell(&self, told: Told) {
        drop(self.told.send(told).await);
    }

    pub(super) async fn note(&self, line: impl Into<String>) {
        self.tell(Told::Note(line.into())).await;
    }

    /// Tells how long a pipeline usually takes, as soon as the journals are read.
    pub(super) fn tell_pace(&self, store: &Store, plan: &Plan, pipeline: &str) {
        let (store, told) = (store.clone(), self.told.clone());
        let (app, stage) = (plan.app.clone(), plan.stage.clone());
        let pipeline = pipeline.to_owned();
        // On a thread of its own: neither the screen nor the driver waits for the disk.
        drop(tokio::task::spawn_blocking(move || {
            let pace = store.typical(&app, &stage, &pipeline);
            drop(told.blocking_send(Told::Pace(pace)));
        }));
    }

    /// The next wish; answers to prompts are passed on. `None`: the operator has left.
    pub(super) async fn wish(&mut self) -> Option<Wished> {
        if let Some(wished) = self.later.next() {
            return Some(wished);
        }
        while !self.gone {
            let wish = self.wishes.recv().await;
            let wished = self.serve(wish);
            if wished.is_some() {
                return wished;
            }
        }
        None
    }

    /// Does what can be done whatever else goes on; a wish that cannot is given back.
    fn serve(&mut self, wish: Option<Wish>) -> Option<Wished> {
        match wish {
            None | Some(Wish::Quit) => self.gone = true,
            Some(Wish::Prompted(id, answer)) => self.asking.answer(id, answer),
            Some(Wish::Runs { asked, skip }) => self.archive.list(asked, skip),
            Some(Wish::Past(run)) => self.archive.read(run),
            Some(Wish::Interrupted) => self.interrupt = Some(INT),
            Some(Wish::Lend(guest)) => self.lending.begin(guest),
            Some(Wish::Save(saving, file)) => self.save(saving, file),
            Some(Wish::Copy(text)) => self.copy(text),
            Some(wish) => return Some(Wished::new(wish, self.told.clone())),
        }
        None
    }

    /// Does something while prompts are answered; what else is wished waits. `None`: the operator
    /// left, and it was broken off.
    pub(super) async fn during<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(work);
        loop {
            if self.gone {
                return None;
            }
            tokio::select! {
                done = &mut work => return Some(done),
                () = self.hear() => {}
            }
        }
    }

    /// As [`Self::during`], for what must not be broken off.
    pub(super) async fn through<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = self.hear(), if !self.gone => {}
            }
        }
    }

    /// Takes in one wish while something else is being done.
    async fn hear(&mut self) {
        let wish = self.wishes.recv().await;
        self.keep(wish);
    }

    /// Serves a wish, or keeps it for later.
    fn keep(&mut self, wish: Option<Wish>) {
        if let Some(wished) = self.serve(wish) {
            self.later.keep(wished);
        }
    }

    /// Refuses what waits and would change something: whoever wished it did not know this.
    pub(super) fn refuse_acts(&mut self, why: &str) {
        self.later.refuse_acts(why);
    }

    /// From now on shells are opened on these hosts.
    pub(super) fn reach(&self, asker: Asker, hosts: BTreeMap<String, HostId>) {
        self.lending.reach(Reach { asker, hosts });
    }

    /// Whether a guest has the terminal.
    pub(super) fn is_lent(&self) -> bool {
        self.lending.is_lent()
    }

    /// Waits until no guest has the terminal: one may be on a host whose connection is to be closed.
    pub(super) async fn unlent(&mut self) {
        while !self.gone {
            let Self { lending, .. } = self;
            if !lending.is_lent() {
                return;
            }
            tokio::select! {
                () = self.lending.left() => return,
                wish = self.wishes.recv() => self.keep(wish),
            }
        }
    }

    /// Shows a guest out that is there still when the operator has left: the terminal is plain again.
    pub(super) async fn show_out(&mut self) {
        self.lending.end().await;
    }

    /// Saves logs beside whatever else is done; it changes nothing of a run.
    fn save(&self, saving: Saving, file: String) {
        let (told, (store, home)) = (self.told.clone(), self.logs.clone());
        drop(tokio::task::spawn_blocking(move || {
            // A screen that is gone needs no telling.
            drop(told.blocking_send(save::save(&store, &saving, &file, &home)));
        }));
    }

    /// Gives tmux a text for the clipboard; what it does not take is said.
    fn copy(&self, text: String) {
        let told = self.told.clone();
        drop(tokio::spawn(async move {
            if let Err(why) = clipboard::to_tmux(&text).await {
                let line = format!("tmux did not take the copy: {why}; the terminal may have it");
                // A screen that is gone needs no telling.
                drop(told.send(Told::Note(line)).await);
            }
        }));
    }

    /// Whether the operator has left.
    pub(super) fn gone(&self) -> bool {
        self.gone
    }

    /// Gives the terminal back.
    pub(super) async fn close(self) -> Result<(), Stop> {
        let Self { told, wishes, asking, archive, ended, mut lending, watched, .. } = self;
        lending.end().await;
        drop((told, wishes, asking, archive, lending, watched));
        match ended.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Stop::new(Exit::Refused, format!("the terminal: {error}"))),
            Err(_panicked) => {
                tui::restore();
                Err(Stop::new(Exit::Failed, "the screen failed; the terminal was restored"))
            }
        }
    }
}
