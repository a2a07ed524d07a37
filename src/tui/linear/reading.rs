//! The open dialog: said as a text, then answered one by one. What is not an answer cancels it; what has
//! become other is said again, and answered again from the beginning.

use jiff::{SignedDuration, Timestamp};

use super::{Linear, asked::Offered, commands, out::flat};
use crate::{
    model::Candidate,
    tui::{
        feed::Source,
        state::{
            Model,
            dialog::{Deed, Dialog, Field, Focus, Need, Subject},
            palette::Goal,
        },
        told::{Guest, Intent, Lines, Wish},
        update::Spoken,
        words,
    },
};

/// So long it is waited for what something would do, before the question is said without it.
const PREVIEW: SignedDuration = SignedDuration::from_secs(4);

/// The word that confirms.
const YES: &str = "yes";

/// Words that mean no, whatever is asked.
const NO: [&str; 4] = ["no", "n", "cancel", "nothing"];

/// The word that opens the editor.
const EDITOR: &str = "editor";

/// The word that empties a field that holds something already.
const NONE: &str = "none";

/// What is asked of a dialog now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
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
    step: Step,
    button: usize,
    since: Timestamp,
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

    fn field<'a>(&self, model: &'a Model) -> Option<&'a Field> {
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

/// Whether any text is a good one, and no program waits for it, to which every word is an answer.
fn is_free(field: &Field) -> bool {
    !field.veiled && matches!(field.need, Need::Nothing | Need::Some(_))
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
    fn buttons(&mut self) {
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

    /// Asks for the next field from there on that the button needs, or whether it is meant.
    fn next_field(&mut self, from: usize) {
        let (Some(dialog), Some(reading)) = (&self.model.dialog, &mut self.reading) else { return };
        let button = dialog.buttons.get(reading.button);
        let off = button
            .is_some_and(|it| matches!(it.deed, Deed::Do(Intent::Maintenance { on: false, .. })));
        let wanted = |field: &Field| match field.need {
            Need::Exactly(_) | Need::Some(_) => true,
            // The words are for visitors of the page.
            Need::Nothing | Need::Moment => !off,
        };
        let mut fields = dialog.fields.iter().enumerate().skip(from);
        reading.step = match fields.find(|(_, field)| wanted(field)) {
            Some((at, _)) => Step::Field(at),
            None => Step::Yes,
        };
    }

    /// An answer to the open dialog.
    pub(super) fn answer(&mut self, text: &str) {
        let Some(reading) = &self.reading else { return };
        let (step, button) = (reading.step, reading.button);
        if let Some(asked) = commands::asked(text)
            && self.is_for_us(step, &asked)
        {
            self.commands(asked);
            if step == Step::Button {
                self.buttons();
            }
            return;
        }
        match step {
            Step::Waits | Step::Weighs => self.cancel("cancelled"),
            Step::Button => self.chosen(text.trim()),
            Step::Field(at) => self.filled(at, text),
            Step::Yes if text.trim() == YES => self.spoken(Spoken::Press(button)),
            Step::Yes => self.cancel("cancelled"),
        }
    }

    /// Whether a line that begins with the word for commands asks for them, and is no text for a field.
    fn is_for_us(&self, step: Step, asked: &commands::Asked) -> bool {
        let Step::Field(at) = step else { return matches!(step, Step::Button | Step::Yes) };
        let Some(field) = self.model.dialog.as_ref().and_then(|it| it.fields.get(at)) else {
            return false;
        };
        let words = match asked {
            commands::Asked::Of(called) => self.has_text(called),
            commands::Asked::Rows | commands::Asked::More | commands::Asked::All => true,
        };
        matches!(field.need, Need::Exactly(_)) || is_free(field) && words
    }

    fn chosen(&mut self, text: &str) {
        let Some(at) = self.button(text) else {
            self.cancel("cancelled");
            return;
        };
        if let Some(reading) = &mut self.reading {
            (reading.button, reading.step, reading.since) = (at, Step::Weighs, self.model.now);
        }
        self.spoken(Spoken::Point(at));
    }

    /// What the chosen button would do, where that was not said right before; then its fields.
    fn weighed(&mut self) {
        let at = self.reading.as_ref().map_or(1, |reading| reading.button);
        let button = self.model.dialog.as_ref().and_then(|dialog| dialog.buttons.get(at));
        if let Some(Deed::Do(intent)) = button.map(|button| &button.deed).filter(|_| at > 1) {
            let preview = words::preview(&self.model, intent);
            self.out.lines(preview.iter().map(|line| flat(line)));
        }
        self.next_field(0);
    }

    /// The button of that number.
    fn button(&self, text: &str) -> Option<usize> {
        let Offered::Button(at) = self.numbered_as(text.parse().ok()?)? else { return None };
        Some(*at)
    }

    fn filled(&mut self, at: usize, text: &str) {
        let Some(field) = self.model.dialog.as_ref().and_then(|it| it.fields.get(at)) else {
            return;
        };
        if field.tall && text.trim() == EDITOR {
            self.guest = Some(Guest::Text(Lines {
                name: "command".to_owned(),
                lines: field.area.lines().to_vec(),
                program: self.model.settings.editor.clone(),
                colours: false,
            }));
            return;
        }
        if field.tall
            && let Some(at) = self.button(text.trim())
        {
            self.spoken(Spoken::Press(at));
            return;
        }
        let may_be_empty = matches!(field.need, Need::Nothing | Need::Moment) && !field.veiled;
        if may_be_empty && text.trim() == NONE {
            self.spoken(Spoken::Fill(at, String::new()));
            self.out.line("Taken as: nothing; it is empty.");
            self.behind_field(at);
            return;
        }
        if is_free(field) && self.is_no_text(text.trim()) {
            let label = field.label.trim_end_matches(':');
            self.cancel(&format!("cancelled: {} alone is not taken as {label}", text.trim()));
            return;
        }
        let kept =
            text.is_empty() && !field.typed().is_empty() && !field.is_hidden() && !field.tall;
        if let Need::Some(what) = field.need
            && text.trim().is_empty()
            && !kept
        {
            self.cancel(&format!("cancelled: {what} is needed"));
            return;
        }
        let text = if matches!(field.need, Need::Exactly(_)) { text.trim() } else { text };
        if !kept {
            self.spoken(Spoken::Fill(at, text.to_owned()));
        }
        let (now, zone) = (self.model.wall(), self.model.settings.zone.clone());
        let Some(dialog) = &self.model.dialog else { return };
        let lacks =
            dialog.fields.get(at).map(|field| (field.need.clone(), field.lacks(now, &zone)));
        match lacks {
            Some((Need::Moment, Some(why))) => self.out.line(format!("{}.", words::capital(&why))),
            Some((Need::Exactly(name), Some(_))) if text != name => {
                self.cancel(&format!("cancelled: that is not {name}"));
            }
            Some((_, Some(why))) => self.cancel(&format!("cancelled: {why}")),
            Some((_, None)) | None => self.behind_field(at),
        }
    }

    /// Whether a line means this console, and is no reason or name that is typed into it.
    fn is_no_text(&self, text: &str) -> bool {
        let no = NO.contains(&text.to_lowercase().as_str());
        no || matches!(self.exactly(text), Some(Goal::Key(_)))
    }

    /// An editor has changed the text: it is compared.
    pub(super) fn edited(&mut self) {
        let tall = |dialog: &Dialog| dialog.fields.iter().position(|field| field.tall);
        if let Some(at) = self.model.dialog.as_ref().and_then(tall) {
            self.behind_field(at);
        }
    }

    /// A field is filled: the next one; a prompt is answered.
    fn behind_field(&mut self, at: usize) {
        let Some(dialog) = &self.model.dialog else { return };
        let typed = dialog.fields.get(at).map(Field::typed).unwrap_or_default();
        if matches!(dialog.subject, Subject::Prompt(_)) {
            // Nothing is sent by an Enter that was meant for something else.
            if typed.is_empty() {
                self.cancel("nothing was typed, and nothing is sent");
            } else {
                self.spoken(Spoken::Press(1));
            }
            return;
        }
        let compares = matches!(dialog.buttons.get(1).map(|it| &it.deed), Some(Deed::Compare(_)));
        if compares {
            self.spoken(Spoken::Press(1));
            return;
        }
        self.next_field(at + 1);
    }

    fn cancel(&mut self, why: &str) {
        let leaving = self.model.dialog.as_ref().is_some_and(|it| it.subject == Subject::Quit);
        let said =
            if leaving { "you stay here".to_owned() } else { format!("{why}; nothing was done") };
        self.out.line(format!("{}.", words::capital(&said)));
        self.spoken(Spoken::Leave);
        // A prompt that has waited behind it was read out by then.
        if self.model.dialog.is_none() {
            self.again();
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
