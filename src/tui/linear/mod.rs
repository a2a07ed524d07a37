//! The console as plain lines, for whoever hears or feels them, and for terminals that can do nothing
//! else: the same model, changed by the same `update`, read in another way.
//!
//! What happened is said once, in whole words, and nothing that was written is written over. The operator
//! types lines: a word for what keys do, the number of an offered choice, an answer. What acts asks by a
//! dialog, which is said, whose names are typed, and to which the last answer is `yes`; only `pause` acts at
//! once. A word with a place acts there, or nowhere.

mod answered;
mod asked;
mod commands;
mod filling;
mod logs;
mod news;
mod out;
mod pages;
mod reading;
mod seen;
mod stands;
mod together;
mod vocabulary;

use std::collections::VecDeque;

use jiff::Timestamp;
use ratatui::layout::Size;

use self::{
    asked::Asking, commands::Rest, logs::Logs, news::SoFar, out::Out, reading::Reading, seen::Seen,
    together::together, vocabulary::Page,
};
use super::{
    Keymap, Settings,
    errand::Errand,
    errors,
    feed::{Open, Source},
    state::{Model, dialog::Subject},
    told::{Guest, Told, Wish},
    update::{self, Msg, Spoken, update},
    view,
};

/// The size that the model has: nothing is laid out, but what depends on room has much of it.
const SIZE: Size = Size { width: 120, height: 36 };

/// Pieces of a log that are looked through for the error of a failure, before anything else has its turn.
const LOOKS: usize = 16;

/// A line that the operator typed.
pub(crate) struct Heard<'a> {
    /// Without its end.
    pub(crate) text: &'a str,
    /// When it was read.
    pub(crate) at: Timestamp,
    /// More waits behind it.
    pub(crate) crowded: bool,
    /// It was read before something was said that nobody had asked for.
    pub(crate) early: bool,
}

/// Whether a line was asked for that nobody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Secret {
    No,
    /// It is being typed.
    Asked,
    /// Its question is gone, and half of it may be typed: up to the end of that line nothing is shown.
    Gone,
}

/// What is to be written now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Speech {
    /// Lines, and a prompt without an end where something is asked.
    pub(crate) text: String,
    /// Something is asked that nobody asked for: what is being typed was not meant for it.
    pub(crate) unasked: bool,
}

/// How lines come, and what is done meanwhile.
#[derive(Debug)]
struct Typing {
    /// A line is being taken in: what is asked now is asked because of it.
    hearing: bool,
    /// Something is asked that nobody asked for.
    unasked: bool,
    secret: Secret,
    /// More lines wait behind the last: nothing is asked between them.
    crowded: bool,
    /// It was said that several lines came at once.
    pasted: bool,
}

/// The console as lines.
pub(crate) struct Linear<S> {
    model: Model,
    open: Open<S>,
    logs: Logs<S>,
    out: Out,
    wishes: VecDeque<Wish>,
    /// What was said of what happens.
    so_far: SoFar,
    /// What was said of the hosts.
    seen: Seen,
    /// Of the open dialog: how far it is read and answered.
    reading: Option<Reading>,
    /// What is asked beside dialogs.
    asking: Asking,
    /// Of what would be run: what is not said yet.
    rest: Rest,
    /// Runs were asked for, and are said when they are there.
    runs: bool,
    /// A prompt stands at the end of what was written.
    prompted: Option<String>,
    typing: Typing,
    guest: Option<Guest>,
}

impl<S: Source> Linear<S> {
    /// Begins.
    pub(crate) fn new(mut settings: Settings, open: Open<S>, now: Timestamp) -> Self {
        in_words(&mut settings);
        let model = Model::new(settings, SIZE, now);
        Self {
            model,
            logs: Logs::new(open.clone()),
            open,
            out: Out::default(),
            wishes: VecDeque::new(),
            so_far: SoFar::default(),
            seen: Seen::default(),
            reading: None,
            asking: Asking::default(),
            rest: Rest::default(),
            runs: false,
            prompted: None,
            typing: Typing {
                hearing: false,
                unasked: false,
                secret: Secret::No,
                crowded: false,
                pasted: false,
            },
            guest: None,
        }
    }

    /// It is so late, also by the clock of this machine.
    pub(crate) fn at(&mut self, now: Timestamp, wall: Timestamp) {
        self.model.now = now;
        update::clock(&mut self.model, wall);
    }

    /// Something was told.
    pub(crate) fn told(&mut self, mut told: Told) {
        if let Told::Settings(Ok(settings)) = &mut told {
            in_words(settings);
        }
        let edited = matches!(told, Told::Text(_));
        let guide = matches!(told, Told::Guide(_));
        let refused = matches!(told, Told::Refused(_) | Told::Did(Err(_)));
        let unlooked = matches!(told, Told::Unlooked(_) | Told::Did(Err(_)));
        if matches!(told, Told::Events(_) | Told::Whole(_)) {
            self.happened();
        }
        self.take(Msg::Told(Box::new(told)));
        if edited {
            self.edited();
        }
        if guide {
            self.page(Page::Guide);
        }
        if refused {
            self.asking.sent = None;
        }
        if unlooked {
            self.seen.gives_up();
        }
    }

    /// Nobody tells anything any more.
    pub(crate) fn alone(&mut self) {
        self.model.alone = true;
        if self.model.over.is_none() {
            self.told(Told::Over("the run is no longer driven from here; quit leaves".to_owned()));
        }
    }

    /// Ctrl-c: cancels a question; else asks how to leave. Where nothing goes on, once more leaves.
    pub(crate) fn interrupt(&mut self) {
        let asked = self.model.dialog.as_ref().map(|dialog| dialog.subject == Subject::Quit);
        let free = update::leaves_at_once(&self.model);
        self.torn();
        // With it the terminal has forgotten what was typed.
        (self.typing.secret, self.typing.crowded) = (Secret::No, false);
        if asked == Some(true) && free {
            self.model.quit = true;
            self.wishes.extend(self.model.run().is_none().then_some(Wish::Interrupted));
            return;
        }
        if asked == Some(false) {
            self.out.line("Cancelled; nothing was done.");
        }
        // Whoever asks to leave while that is asked hears it again.
        if asked == Some(true) {
            self.again();
            return;
        }
        self.typing.hearing = true;
        if asked.is_none() && free && self.model.picker.is_none() {
            self.spoken(Spoken::AskToLeave);
        } else {
            self.take(Msg::Interrupt);
        }
        self.typing.hearing = false;
        if self.model.dialog.is_none() {
            self.again();
        }
    }

    /// The terminal has shown something behind what was written last.
    fn torn(&mut self) {
        self.prompted = Some("^".to_owned());
    }

    /// The end of what is typed (Ctrl-d): as Ctrl-c; and once more it leaves, since a terminal that is gone
    /// has nothing but ends.
    pub(crate) fn end(&mut self) {
        let leaving = self.reading.as_ref().and_then(|reading| reading.detach(&self.model));
        self.torn();
        match leaving {
            Some(wish) => {
                self.model.quit = true;
                self.wishes.push_back(wish);
            }
            None => self.interrupt(),
        }
    }

    /// Asked to stop for a while (TSTP).
    pub(crate) fn stop(&mut self) {
        self.torn();
        self.take(Msg::Stop);
    }

    /// A second has passed, or logs have grown.
    pub(crate) fn second(&mut self) {
        self.take(Msg::Second);
    }

    /// Whether time has to pass for something to be said.
    pub(crate) fn ticks(&self) -> bool {
        let waits =
            self.asking.looking.is_some() || self.reading.as_ref().is_some_and(Reading::waits);
        waits || self.model.sight.doing.is_some() || self.model.steps_running() > 0
    }

    /// What is to be wished, the oldest first.
    pub(crate) fn wishes(&mut self) -> impl Iterator<Item = Wish> {
        std::mem::take(&mut self.wishes).into_iter()
    }

    /// Whoever is to have the terminal, once.
    pub(crate) fn guest(&mut self) -> Option<Guest> {
        self.guest.take()
    }

    /// Whether it is left.
    pub(crate) fn is_over(&self) -> bool {
        self.model.quit
    }

    /// Whether a prompt stands at the end of what was written.
    pub(crate) fn is_prompted(&self) -> bool {
        self.prompted.is_some()
    }

    /// Whether what is typed now must not be seen.
    pub(crate) fn is_hidden(&self) -> bool {
        self.typing.secret == Secret::Gone || self.asks_unseen()
    }

    /// Whether a line is asked for that nobody may see.
    fn asks_unseen(&self) -> bool {
        self.reading.as_ref().is_some_and(|reading| reading.hides(&self.model))
    }

    fn take(&mut self, msg: Msg) {
        let wishes = update(&mut self.model, msg);
        self.sends(&wishes);
        // The last wish is sent when everything else was.
        self.wishes.extend(wishes.into_iter().filter(|wish| *wish != Wish::Quit));
        while let Some(errand) = self.model.errands.next() {
            match errand {
                Errand::Lend(guest) => self.guest = Some(guest),
                // Everything is said in lines already, and nothing else goes to this terminal.
                Errand::Copy(_)
                | Errand::Alert(..)
                | Errand::Stream
                | Errand::Ground
                | Errand::Mouse(_) => {}
            }
        }
        self.catch_up();
    }

    fn spoken(&mut self, what: Spoken) {
        self.take(Msg::Spoken(what));
    }

    /// Brings what is to be said, and what is asked, up to date.
    pub(crate) fn catch_up(&mut self) {
        for _ in 0..LOOKS {
            if !errors::look(&mut self.model, &self.open) {
                break;
            }
        }
        self.news();
        self.asking.taken |= self.model.dialog.is_some();
        self.keep_reading();
        self.weigh();
        self.keep_secret();
        self.ask();
        self.list_runs();
    }

    /// The question may go away while its secret is typed.
    fn keep_secret(&mut self) {
        if self.typing.secret == Secret::Asked && !self.asks_unseen() {
            self.typing.secret = Secret::Gone;
            self.out.line(
                "What you were to type unseen is not asked for any more: up to your next Enter nothing is shown, and nothing is taken.",
            );
        }
    }

    /// What is to be written now, if anything is: as it was when it was caught up with.
    pub(crate) fn speak(&mut self) -> Option<Speech> {
        self.seen();
        self.renumber();
        let prompt = self.prompt();
        let said = self.out.take();
        if said.is_empty() && prompt == self.prompted {
            return None;
        }
        let mut text = String::new();
        if self.prompted.take().is_some_and(|it| !it.is_empty()) {
            text.push('\n');
        }
        for line in together(said) {
            text.push_str(&view::plain(&self.model, &line));
            text.push('\n');
        }
        if let Some(prompt) = &prompt {
            text.push_str(&view::plain(&self.model, prompt));
        }
        self.prompted = prompt;
        if let Some(dialog) = &mut self.model.dialog {
            dialog.meant.sent();
        }
        let unasked = std::mem::take(&mut self.typing.unasked);
        if self.asks_unseen() {
            self.typing.secret = Secret::Asked;
        }
        Some(Speech { text, unasked })
    }

    /// All that was to be written is written.
    pub(crate) fn written(&mut self) {
        if let Some(dialog) = &mut self.model.dialog {
            dialog.meant.taken();
        }
    }

    /// A line was typed.
    pub(crate) fn heard(&mut self, heard: &Heard<'_>) {
        (self.prompted, self.typing.crowded) = (None, heard.crowded);
        self.model.hand.comes(heard.at, heard.crowded);
        if !self.model.hand.is_alone() {
            if !std::mem::replace(&mut self.typing.pasted, true) {
                self.out.line(
                    "Several lines came at once, as pasted text does: none of them was taken.",
                );
            }
            return;
        }
        self.typing.pasted = false;
        let secret = std::mem::replace(&mut self.typing.secret, Secret::No);
        if secret != Secret::No && !self.asks_unseen() {
            self.out.line("Not taken: it was typed unseen, for a question that is gone.");
            self.again();
            return;
        }
        if heard.early || self.typing.unasked {
            self.out.line("Not taken: it was typed before that was asked.");
            self.again();
            return;
        }
        if commands::asked(heard.text) != Some(commands::Asked::More) {
            self.rest.forget();
        }
        self.typing.hearing = true;
        if self.model.dialog.is_some() {
            self.answer(heard.text);
        } else {
            self.unlist(heard.text.trim());
            self.word(heard.text.trim());
        }
        self.typing.hearing = false;
    }
}

/// Settings for lines: actions are named by their words, and nothing has a colour.
fn in_words(settings: &mut Settings) {
    (settings.keymap, settings.colour, settings.mouse) = (Keymap::in_words(), false, false);
}
