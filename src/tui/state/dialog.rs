//! Dialogs: a text, perhaps a field, and buttons of which the first does nothing.

use crossterm::event::KeyEvent;
use jiff::{Timestamp, tz::TimeZone};
use ratatui::style::Style;
use tui_textarea::{CursorMove, TextArea};

use super::{as_seen::AsSeen, facts::Facts, hand::Bursts, meant::Meant, moment};
use crate::{
    model::{HoldId, NodeId, Served, Try},
    run::{Abort, Choice, Mode, Sig},
    tui::told::{Guest, Intent, Saving},
};

/// What a confirmed button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Nothing: the dialog closes.
    Nothing,
    /// Starts the run.
    Start(Mode),
    /// Sets how far the run goes.
    Mode(Mode),
    /// Sets breakpoints, or removes them.
    Break(Vec<(NodeId, bool)>),
    /// Answers these holds, with the field as the reason.
    Choose(Vec<HoldId>, Choice),
    /// Shows how the command in the field differs, before it is an answer.
    Compare(HoldId),
    /// Opens the text of the command again: what was typed, or as it was run.
    Amend(HoldId, bool),
    /// Asks whether what was typed is to be dropped.
    Drop(HoldId),
    /// Sends a signal to a running step.
    Stop(Try, Sig),
    /// Sends the field as input.
    Answer(Try, u16),
    /// Leaves a host out, with the field as the reason.
    Exclude(crate::model::HostId),
    /// Plans the next run without these hosts, by their names.
    Without(Vec<String>),
    /// Gives the run up.
    Abort(Abort),
    /// Breaks the taking back off, with the field as the reason.
    Rest,
    /// Answers a prompt: yes, or the field.
    Prompted(u64, bool),
    /// Does this, with the fields for its reason and its time.
    Do(Intent),
    /// Gives the terminal to a guest.
    Lend(Guest),
    /// Saves a log in the file of the field.
    Save(Saving),
    /// Leaves.
    Detach,
}

/// A button.
#[derive(Clone, Debug)]
pub(crate) struct Button {
    pub(crate) label: String,
    /// What comes of it.
    pub(crate) about: String,
    /// The letter that presses it, while letters do.
    pub(crate) key: Option<char>,
    pub(crate) deed: Deed,
}

/// What the field must hold before anything but Cancel can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Anything, also nothing.
    Nothing,
    /// Something; what it is.
    Some(&'static str),
    /// Exactly this, typed by hand.
    Exactly(String),
    /// A time to come, or nothing.
    Moment,
}

/// What a field is for, where a dialog has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// What the button is about: a reason, a command, an answer.
    Main,
    /// To be typed by hand, so that the button can be pressed.
    Confirm,
    /// Until when.
    Until,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) role: Role,
    pub(crate) label: String,
    pub(crate) area: TextArea<'static>,
    pub(crate) need: Need,
    /// Several lines: Enter is one more.
    pub(crate) tall: bool,
    /// A key hides what is typed, and shows it again.
    pub(crate) veiled: bool,
    bursts: Bursts,
}

/// Where the keys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// To the field with that number.
    Field(usize),
    /// To the button with that number.
    Button(usize),
}

/// What a dialog is about, so that it can close by itself when that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The start of the run.
    Start,
    /// Which hosts the next run is planned without.
    Without,
    /// Open questions.
    Holds(Vec<HoldId>),
    /// The run as a whole, while it is open.
    Run,
    /// Going back to a release, while that is offered and this is what is served.
    Rollback(String, Vec<(Served, Vec<String>)>),
    /// Maintenance, and why turning it off needs care.
    Maintenance(Vec<String>),
    /// Ending the lock that this run has, while it has it.
    Lock(String),
    /// A shell on a host, by its name.
    Shell(String),
    /// A prompt.
    Prompt(u64),
    /// Saving a log.
    Save,
    /// Leaving.
    Quit,
}

/// An open dialog.
#[derive(Debug)]
pub(crate) struct Dialog {
    pub(crate) title: String,
    /// What, where, how long, and how to undo it.
    pub(crate) facts: Option<Facts>,
    pub(crate) text: Vec<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) buttons: Vec<Button>,
    /// The first button has a name of its own: it does nothing, and is no mere Cancel.
    named: bool,
    pub(crate) focus: Focus,
    pub(crate) subject: Subject,
    /// What was seen of the hosts that it is about, once they are looked at again for it.
    pub(crate) as_seen: Option<AsSeen>,
    /// What has become other since then, in a line that stays in it.
    pub(crate) changed: Option<String>,
    /// Lines that begin with a plus or a minus are differences.
    pub(crate) diff: bool,
    /// First line of the text shown.
    pub(crate) scroll: usize,
    /// The commands that it would run are read, from this row on.
    pub(crate) commands: Option<usize>,
    /// A field has had the keys: before, Tab gives them to the first one, and letters press nothing, since
    /// whoever types them may mean them for a field.
    pub(crate) visited: bool,
    /// Which presses are meant for it.
    pub(crate) meant: Meant,
    /// Why the last press did nothing.
    pub(crate) says: Option<String>,
}

impl Dialog {
    /// A dialog whose first button, which has the keys, does nothing.
    pub(crate) fn new(title: impl Into<String>, subject: Subject, now: Timestamp) -> Self {
        Self {
            title: title.into(),
            facts: None,
            text: Vec::new(),
            fields: Vec::new(),
            buttons: vec![Button {
                label: "Cancel".to_owned(),
                about: String::new(),
                key: None,
                deed: Deed::Nothing,
            }],
            named: false,
            focus: Focus::Button(0),
            subject,
            as_seen: None,
            changed: None,
            diff: false,
            scroll: 0,
            commands: None,
            visited: false,
            meant: Meant::new(now),
            says: None,
        }
    }

    /// With what every dialog says.
    pub(crate) fn about(mut self, facts: Facts) -> Self {
        self.facts = Some(facts);
        self
    }

    /// With one more line of text.
    pub(crate) fn line(mut self, text: impl Into<String>) -> Self {
        self.text.push(text.into());
        self
    }

    /// With a name on the first button other than Cancel.
    pub(crate) fn first(mut self, label: &str, about: &str) -> Self {
        self.named = true;
        if let Some(first) = self.buttons.first_mut() {
            (first.label, first.about) = (label.to_owned(), about.to_owned());
        }
        self
    }

    /// With what comes of Cancel.
    pub(crate) fn cancels(mut self, about: &str) -> Self {
        if let Some(first) = self.buttons.first_mut() {
            about.clone_into(&mut first.about);
        }
        self
    }

    /// What the first button is called, where it is no mere Cancel.
    pub(crate) fn stays(&self) -> Option<&str> {
        self.buttons.first().filter(|_| self.named).map(|first| first.label.as_str())
    }

    /// With one more button.
    pub(crate) fn button(
        mut self,
        label: impl Into<String>,
        key: Option<char>,
        about: impl Into<String>,
        deed: Deed,
    ) -> Self {
        // Keys can be bound otherwise: two buttons on one letter would be one too many.
        let key = key.filter(|key| self.buttons.iter().all(|button| button.key != Some(*key)));
        self.buttons.push(Button { label: label.into(), about: about.into(), key, deed });
        self
    }

    /// With a field. The keys stay on Cancel until they are given to it.
    pub(crate) fn field(mut self, label: &str, lines: Vec<String>, need: Need, tall: bool) -> Self {
        let role = match &need {
            Need::Exactly(_) => Role::Confirm,
            Need::Moment => Role::Until,
            Need::Nothing | Need::Some(_) => Role::Main,
        };
        let mut area = TextArea::new(lines);
        area.set_cursor_line_style(Style::default());
        let (label, bursts) = (label.to_owned(), Bursts::default());
        self.fields.push(Field { role, label, area, need, tall, veiled: false, bursts });
        self
    }

    /// With a word that is to be typed by hand before anything can be pressed.
    pub(crate) fn confirmed_by(self, word: &str) -> Self {
        let need = Need::Exactly(word.to_owned());
        self.field(&format!("Type {word} to confirm"), Vec::new(), need, false)
    }

    /// With a field for a reason, which must be given.
    pub(crate) fn with_reason(self) -> Self {
        let need = Need::Some("a reason, for the record");
        self.field("Reason", Vec::new(), need, false)
    }

    /// With a field of one line that can be hidden while it is typed: it is not shown then, nor
    /// remembered for undoing.
    pub(crate) fn line_of(self, label: &str, hidden: bool) -> Self {
        let mut dialog = self.field(label, Vec::new(), Need::Nothing, false);
        if let Some(field) = dialog.fields.last_mut() {
            field.veiled = true;
            field.hide(hidden);
        }
        dialog
    }

    /// Hides what is typed in the field that has the keys, or shows it.
    pub(crate) fn toggle_hidden(&mut self) {
        let Some(field) = self.active().filter(|field| field.veiled) else { return };
        let hidden = !field.is_hidden();
        field.hide(hidden);
        let is = if hidden { "not shown" } else { "shown on this screen" };
        self.says = Some(format!("what you type is {is}"));
    }

    /// With the keys in its first field: a question whose answer is typed, and nothing else.
    pub(crate) fn in_field(mut self) -> Self {
        self.give(Focus::Field(0));
        self
    }

    /// Hides what is typed in its first field, or shows it, where that can be chosen.
    pub(crate) fn hide_first(&mut self, hidden: bool) {
        if let Some(field) = self.fields.first_mut().filter(|field| field.veiled) {
            field.hide(hidden);
        }
    }

    /// Gives the keys to a field or a button.
    pub(crate) fn give(&mut self, focus: Focus) {
        self.focus = focus;
        self.visited |= matches!(focus, Focus::Field(_));
        // What is typed goes on where the line ends.
        if let Some(field) = self.active().filter(|field| !field.tall) {
            field.area.move_cursor(CursorMove::End);
        }
    }

    /// Whether letters press buttons: with the keys on one, and not while they may be meant for a field
    /// that is to be filled.
    pub(crate) fn takes_letters(&self) -> bool {
        // A text of several lines is there to be changed.
        let filled = self.fields.iter().all(|field| !field.tall && !field.typed().is_empty());
        matches!(self.focus, Focus::Button(_)) && (self.visited || filled)
    }

    /// The field that has the keys.
    pub(crate) fn active(&mut self) -> Option<&mut Field> {
        match self.focus {
            Focus::Field(at) => self.fields.get_mut(at),
            Focus::Button(_) => None,
        }
    }

    /// What the field of a role holds; nothing where there is none.
    pub(crate) fn typed(&self, role: Role) -> String {
        let field = self.fields.iter().find(|field| field.role == role);
        field.map_or_else(String::new, Field::typed)
    }

    /// Why a button cannot be pressed yet.
    pub(crate) fn lacks(&self, now: Timestamp, zone: &TimeZone) -> Option<String> {
        self.fields.iter().find_map(|field| field.lacks(now, zone))
    }

    /// What its buttons would do outside of a run, each with its label.
    pub(crate) fn intents(&self) -> impl Iterator<Item = (&str, &Intent)> {
        self.buttons.iter().filter_map(|button| match &button.deed {
            Deed::Do(intent) => Some((button.label.as_str(), intent)),
            Deed::Nothing
            | Deed::Start(_)
            | Deed::Mode(_)
            | Deed::Break(_)
            | Deed::Choose(..)
            | Deed::Compare(_)
            | Deed::Amend(..)
            | Deed::Drop(_)
            | Deed::Stop(..)
            | Deed::Answer(..)
            | Deed::Exclude(_)
            | Deed::Without(_)
            | Deed::Abort(_)
            | Deed::Rest
            | Deed::Prompted(..)
            | Deed::Lend(_)
            | Deed::Save(_)
            | Deed::Detach => None,
        })
    }

    /// Tab: the keys to the next place; from where the dialog opened to its first field.
    pub(crate) fn tab(&mut self) {
        if self.visited || self.fields.is_empty() {
            self.turn(true);
        } else {
            self.give(Focus::Field(0));
        }
    }

    /// The keys to the next place, or the one before.
    pub(crate) fn turn(&mut self, forward: bool) {
        let shift = self.fields.len();
        let places = self.buttons.len() + shift;
        let here = match self.focus {
            Focus::Field(at) => at,
            Focus::Button(at) => at + shift,
        };
        let there = if forward { here + 1 } else { here + places.saturating_sub(1) };
        let there = there.checked_rem(places).unwrap_or(0);
        self.give(match there.checked_sub(shift) {
            Some(at) => Focus::Button(at),
            None => Focus::Field(there),
        });
    }

    /// The keys to the next button or field, or the one before; from the first and from the last it goes
    /// no further: nobody comes to the gravest answer by one key too many.
    pub(crate) fn step(&mut self, forward: bool) {
        let last = Focus::Button(self.buttons.len().saturating_sub(1));
        let first = if self.fields.is_empty() { Focus::Button(0) } else { Focus::Field(0) };
        if self.focus != if forward { last } else { first } {
            self.turn(forward);
        }
    }

    /// Scrolls the text by a page; so many of its rows have no room.
    pub(crate) fn scroll(&mut self, (hidden, page): (usize, usize), down: bool) {
        self.scroll = match down {
            true => (self.scroll + page).min(hidden),
            false => self.scroll.min(hidden).saturating_sub(page),
        };
    }
}

/// What the label of a hidden field says.
const NOT_SHOWN: &str = " (not shown)";

/// Changes that a field can take back.
const HISTORIES: usize = 50;

impl Field {
    /// Whether it does not show what is typed.
    pub(crate) fn is_hidden(&self) -> bool {
        self.area.mask_char().is_some()
    }

    fn hide(&mut self, hidden: bool) {
        let label = self.label.strip_suffix(NOT_SHOWN).unwrap_or(&self.label);
        if hidden {
            self.label = format!("{label}{NOT_SHOWN}");
            self.area.set_mask_char('*');
            self.area.set_max_histories(0);
        } else {
            self.label = label.to_owned();
            self.area.clear_mask_char();
            self.area.set_max_histories(HISTORIES);
        }
    }

    /// Takes a key; whether that changed what it holds. `follows`: it came with the one before it.
    pub(crate) fn input(&mut self, key: KeyEvent, follows: bool) -> bool {
        if !matches!(self.need, Need::Exactly(_)) {
            return self.area.input(key);
        }
        let before = self.chars();
        let changed = self.area.input(key);
        let chars = self.chars();
        self.bursts.grew(chars.saturating_sub(before), chars, follows);
        changed
    }

    /// Holds this text from now on; `follows`: it came with something else.
    pub(crate) fn fill(&mut self, text: &str, follows: bool) {
        self.area.select_all();
        self.area.cut();
        self.area.set_yank_text("");
        self.area.insert_str(text);
        self.bursts = Bursts::default();
        if follows {
            self.bursts.grew(self.chars(), self.chars(), follows);
        }
    }

    fn chars(&self) -> usize {
        self.area.lines().iter().map(|line| line.chars().count()).sum()
    }

    /// What it holds.
    pub(crate) fn typed(&self) -> String {
        self.area.lines().join("\n")
    }

    /// What it lacks.
    pub(crate) fn lacks(&self, now: Timestamp, zone: &TimeZone) -> Option<String> {
        let typed = self.typed();
        match &self.need {
            Need::Nothing => None,
            Need::Some(what) => typed.trim().is_empty().then(|| format!("first type {what}")),
            Need::Exactly(wanted) if typed != *wanted => {
                Some(format!("first type {wanted} into the field"))
            }
            Need::Exactly(_) => self.bursts.are_in(self.chars()).then(|| {
                "half of it or more came at once: empty the field, and type it slowly".to_owned()
            }),
            Need::Moment => moment::read(&typed, now, zone).err(),
        }
    }
}
