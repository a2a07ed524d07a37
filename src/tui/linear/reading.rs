//! The open dialog, said as a text: once it is all there, and again when it says something else, from the
//! beginning.

use jiff::{SignedDuration, Timestamp};

use super::{Linear, asked::Offered, out::flat};
use crate::{
    model::Candidate,
    tui::{
        feed::Source,
        state::{
            Model,
            dialog::{Deed, Dialog, Field, Focus, Need, Subject},
        },
        told::{Intent, Wish},
        words,
    },
};

/// So long it is waited for what something would do, before the question is said without it.
const PREVIEW: SignedDuration = SignedDuration::from_secs(4);

/// The word that confirms.
pub(super) const YES: &str = "yes";

/// The word that opens the editor.
pub(super) const EDITOR: &str = "editor";

/// The word that empties a field that holds something already.
pub(super) const NONE: &str = "none";

/// What is asked of a dialog now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing yet: what it would do is being asked.
    Waits,
    /// Nothing yet: what the chosen button would do is being asked.
    Weighs,
    /// Which button.
    Button,
    /// The text of a field.
    Field(usize),
    /// Whether the button is meant.
    Yes,
}

/// How far the open dialog is read and answered.
#[derive(Debug)]
pub(super) struct Reading {
    /// What was said of it: another text is another dialog.
    said: Said,
    pub(super) step: Step,
    pub(super) button: usize,
    pub(super) since: Timestamp,
    /// How the release differs is not known yet, and is said as soon as it is.
    owes: bool,
}

/// What makes a dialog the one that was said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    title: String,
    subject: Subject,
    buttons: Vec<(String, String)>,
    changed: Option<String>,
}

impl Said {
    fn of(dialog: &Dialog) -> Self {
        let buttons = dialog.buttons.iter();
        Self {
            title: dialog.title.clone(),
            subject: dialog.subject.clone(),
            buttons: buttons.map(|it| (it.label.clone(), it.about.clone())).collect(),
            changed: dialog.changed.clone(),
        }
    }

    /// Whether it is the same question, which says something else by now.
    fn continues(&self, before: &Self) -> bool {
        let same = match (&self.subject, &before.subject) {
            // Each prompt is one of its own, however many are called the same.
            (Subject::Prompt(one), Subject::Prompt(other)) => one == other,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        };
        same && self.title == before.title
    }
}

impl Reading {
    /// Whether it is waited for an answer of the hosts.
    pub(super) fn waits(&self) -> bool {
        matches!(self.step, Step::Waits | Step::Weighs) || self.owes
    }

    /// Whether what is typed now must not be seen.
    pub(super) fn hides(&self, model: &Model) -> bool {
        let field = self.field(model);
        field.is_some_and(Field::is_hidden)
    }

    pub(super) fn field<'a>(&self, model: &'a Model) -> Option<&'a Field> {
        let Step::Field(at) = self.step else { return None };
        model.dialog.as_ref()?.fields.get(at)
    }

    /// The wish to leave, where that is what is asked.
    pub(super) fn detach(&self, model: &Model) -> Option<Wish> {
        let dialog = model.dialog.as_ref()?;
        let leaves = dialog.buttons.iter().any(|button| button.deed == Deed::Detach);
        (dialog.subject == Subject::Quit && leaves).then_some(Wish::Quit)
    }

    /// What is asked, without an end of the line.
    pub(super) fn prompt(&self, model: &Model) -> Option<String> {
        let dialog = model.dialog.as_ref()?;
        Some(match self.step {
            Step::Waits | Step::Weighs => return None,
            Step::Button => "Type its number; anything else cancels: ".to_owned(),
            Step::Field(at) if dialog.fields.get(at)?.tall => {
                let number = if is_numbered(dialog) { "its number, editor" } else { "editor" };
                format!("Type {number}, or the whole command in one line; an empty line cancels: ")
            }
            Step::Field(at) => of_field(dialog.fields.get(at)?),
            Step::Yes => {
                let button = dialog.buttons.get(self.button)?;
                let stays = match dialog.stays() {
                    Some(label) => format!("means: {label}"),
                    None => "cancels".to_owned(),
                };
                format!("Type {YES} for: {}; anything else {stays}: ", button.label)
            }
        })
    }
}

/// Whether one of several buttons is chosen by its number.
fn is_numbered(dialog: &Dialog) -> bool {
    dialog.buttons.len() > 2
}

fn of_field(field: &Field) -> String {
    let typed = field.typed();
    let label = field.label.trim_end_matches(':');
    match &field.need {
        Need::Exactly(_) => format!("{label}; anything else cancels: "),
        _ if field.is_hidden() => format!("{label}: "),
        Need::Some(_) if !typed.is_empty() => format!("{label}; Enter keeps {typed}: "),
        Need::Some(_) => format!("{label}; an empty line cancels: "),
        Need::Nothing | Need::Moment if !typed.is_empty() => {
            format!("{label}; Enter keeps {typed}, {NONE} empties it: ")
        }
        Need::Nothing | Need::Moment => format!("{label}; may be left empty: "),
    }
}

impl<S: Source> Linear<S> {
    /// Says the open dialog, once it is all there, and again when it says something else.
    pub(super) fn keep_reading(&mut self) {
        let Some(dialog) = &mut self.model.dialog else {
            self.reading = None;
            return;
        };
        let said = Said::of(dialog);
        let says = dialog.says.take();
        let known = self.reading.as_ref().filter(|reading| reading.said == said);
        let now = self.model.now;
        let young = |reading: &Reading| now.duration_since(reading.since) < PREVIEW;
        match known.map(|reading| (reading.step, young(reading))) {
            Some((Step::Waits, true)) if self.is_previewed() || self.is_compared() => {}
            Some((Step::Weighs, true)) if self.is_previewed() => {}
            Some((Step::Waits, _)) => self.read_out(),
            Some((Step::Weighs, _)) => self.weighed(),
            Some((Step::Button | Step::Field(_) | Step::Yes, _)) => {
                self.out.lines(says.map(|says| format!("{}.", words::capital(&says))));
                self.pay();
            }
            None => {
                if self.reading.as_ref().is_some_and(|before| said.continues(&before.said)) {
                    self.out.line("It says something else now:");
                }
                self.typing.unasked |= !self.typing.hearing;
                let step = Step::Waits;
                self.reading = Some(Reading { said, step, button: 1, since: now, owes: false });
                if self.is_previewed() || self.is_compared() {
                    self.out.line("Asking the hosts what this would do.");
                } else {
                    self.read_out();
                }
            }
        }
    }

    /// Whether it is still asked what the dialog would do.
    fn is_previewed(&self) -> bool {
        let untold = |(_, intent): (&str, &Intent)| self.model.sight.preview.of(intent).is_none();
        let dialog = self.model.dialog.as_ref();
        dialog.is_some_and(|dialog| dialog.intents().any(untold)) && !self.model.alone
    }

    /// The release that the open dialog would serve.
    fn release_asked(&self) -> Option<&Candidate> {
        let Subject::Rollback(release, _) = &self.model.dialog.as_ref()?.subject else {
            return None;
        };
        self.model.sight.candidate(release)
    }

    /// Whether it is still asked how the release differs.
    fn is_compared(&self) -> bool {
        self.release_asked().is_some_and(|release| self.awaits_difference(&release.name))
    }

    /// Says how the release differs, where that was not known when the dialog was read out.
    fn pay(&mut self) {
        let owes = self.reading.as_ref().is_some_and(|reading| reading.owes);
        if !owes || self.is_compared() {
            return;
        }
        let Some(release) = self.release_asked() else { return };
        let lines = differs(&self.model, release);
        self.out.line("How it differs is known now:");
        self.out.lines(lines);
        if let Some(reading) = &mut self.reading {
            reading.owes = false;
        }
    }

    /// Says the open dialog again.
    pub(super) fn read_out(&mut self) {
        let owes = self.is_compared();
        let Some(dialog) = &self.model.dialog else { return };
        self.out.line(&dialog.title);
        let (about, text) = words::dialog_parts(&self.model);
        self.out.lines(about.iter().map(|line| flat(line)));
        let differs = self.release_asked().map(|release| differs(&self.model, release));
        self.out.lines(differs.unwrap_or_default());
        // What stands in columns there does so for a reason: a difference, what a host has printed.
        self.out.lines(text);
        let previews = words::previews(&self.model, dialog);
        self.out.lines(previews.iter().map(|line| flat(line)));
        if let Some(field) = dialog.fields.iter().find(|field| field.tall) {
            self.out.line(format!("{}:", field.label));
            self.out.lines(field.area.lines());
        }
        let numbered = is_numbered(dialog);
        let tall = dialog.fields.iter().position(|field| field.tall);
        // A word has chosen already.
        let chosen = if let Focus::Button(at @ 1..) = dialog.focus { Some(at) } else { None };
        match chosen {
            Some(at) => self.button_said(at),
            None => self.buttons(),
        }
        let Some(reading) = &mut self.reading else { return };
        (reading.button, reading.owes) = (chosen.unwrap_or(1), owes);
        match (tall, chosen) {
            // A text is typed, or what is there is gone on with.
            (Some(at), _) => reading.step = Step::Field(at),
            (None, None) if numbered => reading.step = Step::Button,
            (None, _) => self.next_field(0),
        }
    }

    /// The one button that was chosen.
    fn button_said(&mut self, at: usize) {
        self.asking.offered.clear();
        let button = self.model.dialog.as_ref().and_then(|dialog| dialog.buttons.get(at));
        let Some(button) = button else { return };
        self.out.line(match button.about.as_str() {
            "" => format!("{}.", button.label),
            about => format!("{}: {about}", button.label),
        });
    }

    /// The buttons that do something: of several, each with its number.
    pub(super) fn buttons(&mut self) {
        let Some(dialog) = &self.model.dialog else { return };
        let numbered = is_numbered(dialog);
        self.asking.offered.clear();
        for (at, button) in dialog.buttons.iter().enumerate().skip(1) {
            let about =
                if button.about.is_empty() { String::new() } else { format!(": {}", button.about) };
            if numbered {
                self.asking.offered.push(Offered::Button(at));
                self.out.line(format!("{at}. {}{about}", button.label));
            } else if !about.is_empty() {
                self.out.line(format!("{}{about}", button.label));
            }
        }
    }
}

/// How a release differs from what is served, as the choice of a release has it on a screen.
fn differs(model: &Model, release: &Candidate) -> Vec<String> {
    labelled(words::differs(model, release))
}

/// Rows of which the first of each kind has a label, as lines.
pub(super) fn labelled(rows: Vec<words::Detail>) -> Vec<String> {
    let line = |(label, text, _): words::Detail| {
        let (label, text) = (words::capital(&label.to_lowercase()), flat(&text));
        if label.is_empty() { text } else { format!("{label}: {text}") }
    };
    rows.into_iter().map(line).collect()
}
